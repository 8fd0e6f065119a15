"""The things that feedback is about: a list of themes, and those that the texts add to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from csm_xl.feedback import english_words, lexicon
from csm_xl.feedback.characters import Folded, fold, resource_lines, spread
from csm_xl.feedback.clauses import Clauses
from csm_xl.feedback.matching import WordTable
from csm_xl.feedback.nouns import Named, NamedWords, named_words
from csm_xl.feedback.words import chinese_names, english_names, english_words_of
from csm_xl.language import Text

#: Two unlisted words that share this part of their clauses are one theme (Dice coefficient).
_TOGETHER = 0.5
_NONE = -1
#: From this many reviews on, two that share a word are chance.
_MANY = 100
#: A noun in this share of all reviews, that is complained about less than this many times as often as
#: clauses are on the whole, is what the reviews are about.
_OFTEN, _LIFT = 0.03, 1.5


#: A clause without a theme of its own speaks of the theme of a clause before it this short: 早餐嘛，…
LEAD_IN = 8


@dataclass(frozen=True)
class Themes:
    """Themes, and where the clauses name them.

    Attributes
    ----------
    names : list of Text
        The name of each theme; an unlisted one is named by its word, in either language.
    clause, theme : array of int, shape (m,)
        Each pair of a clause and a theme that it names, once.
    """

    names: list[Text]
    clause: np.ndarray
    theme: np.ndarray


def find_themes(
    clauses: Clauses,
    folded: Folded,
    judging: np.ndarray,
    about: np.ndarray,
    praises: np.ndarray,
) -> Themes:
    """Find what the clauses are about.

    Parameters
    ----------
    clauses : Clauses
    folded : Folded
        The distinct clauses, folded.
    judging : array of int, shape (j,)
        Where a word of feeling, a negation or a degree word begins.
    about : array of bool, shape (m,)
        The clauses that complain or wish: an unlisted theme must occur in several of them.
    praises : array of bool, shape (m,)
        The clauses that praise: a complaint beside one is not about what it names.
    """
    listed = _listed()
    names = list(listed.names)
    theme_of = dict(listed.theme_of)
    stop = frozenset(theme_of)
    words_of = english_words_of(clauses.distinct, folded)
    everywhere = named_words(folded, words_of, stop, clauses.form)
    subject = _subjects(everywhere, clauses, about)
    nouns = everywhere.within(about[everywhere.clause] & ~subject[everywhere.word])
    for word in _unlisted(clauses, folded, judging, words_of):
        inside = _contained(word, listed.theme_of)
        if inside is None:
            names.append(Text(word, word))
            inside = len(names) - 1
        theme_of[word] = inside
    table = WordTable(list(theme_of))
    start, _, entry = table.matches(folded)
    clause, found = spread(folded.row[start], clauses.form)
    theme = np.array(list(theme_of.values()), dtype=np.int64)[entry[found]]
    kept = (theme != _NONE) & ~_rare(theme, clause, len(listed.names), clauses, about)
    clause, theme = clause[kept], theme[kept]
    more_clauses, more_themes = _named(clauses, nouns, about, praises, clause, theme, names)
    clause, theme = np.append(clause, more_clauses), np.append(theme, more_themes)
    pair = np.unique(clause * len(names) + theme)
    clause, theme = pair // len(names), pair % len(names)
    theme = _joined(clause, theme, len(listed.names), len(names))
    pair = np.unique(clause * len(names) + theme)
    return Themes(names, pair // len(names), pair % len(names))


def _named(
    clauses: Clauses,
    found: list[Named],
    about: np.ndarray,
    praises: np.ndarray,
    themed: np.ndarray,
    themes: np.ndarray,
    names: list[Text],
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of clause and theme by common nouns; new themes are added to `names`.

    A noun that several complaints or wishes share is a theme of each of them. A clause that has no
    theme even so gets its noun that most of the others share, or its first; without a noun the theme
    of the clause beside it, or else its verb.
    """
    known = {name.zh: number for number, name in enumerate(names)}
    reviews: dict[str, set[int]] = {}
    review = clauses.review.tolist()
    for i, word, _ in found:
        reviews.setdefault(word, set()).add(review[i])
    at_least = _at_least(clauses)

    def theme(word: str) -> int:
        if word not in known:
            known[word] = len(names)
            names.append(Text(word, word))
        return known[word]

    pairs = [(i, theme(w)) for i, w, noun in found if noun and len(reviews[w]) >= at_least]
    bare = set(np.flatnonzero(about).tolist()) - set(themed.tolist()) - {i for i, _ in pairs}
    best: dict[int, tuple[tuple[bool, int], str]] = {}
    for i, word, noun in found:
        if i in bare:
            rank = (noun, len(reviews[word]))
            if i not in best or rank > best[i][0]:
                best[i] = (rank, word)
    blamed = ~praises[themed]
    beside = _beside(clauses, themed[blamed], themes[blamed], bare)
    for i in sorted(bare):
        announced = i in beside and i > 0 and len(clauses.texts[i - 1]) <= LEAD_IN
        if i in best and best[i][0][0] and not announced:
            pairs.append((i, theme(best[i][1])))
        elif i in beside:
            pairs += [(i, other) for other in beside[i]]
        elif i in best:
            pairs.append((i, theme(best[i][1])))
    both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _subjects(everywhere: NamedWords, clauses: Clauses, about: np.ndarray) -> np.ndarray:
    """Which nouns name what all the reviews are about (the laptop, the app, the brand).

    They stand in many reviews, and are complained about hardly more than anything else.
    """
    n = len(everywhere.words)
    reviews = clauses.reviews()
    if reviews < _MANY:
        return np.zeros(n, dtype=bool)
    times = np.bincount(everywhere.word, minlength=n)
    complained = np.bincount(everywhere.word, about[everywhere.clause], n)
    room = int(clauses.review[-1]) + 1
    pairs = np.unique(everywhere.word * room + clauses.review[everywhere.clause])
    seen = np.bincount(pairs // room, minlength=n)
    return (seen >= _OFTEN * reviews) & (complained < _LIFT * float(about.mean()) * times)


def _beside(
    clauses: Clauses, themed: np.ndarray, themes: np.ndarray, wanted: set[int]
) -> dict[int, list[int]]:
    """The themes of the clause before each wanted clause in its sentence, else of the one after."""
    near = np.zeros(len(clauses.texts) + 1, dtype=bool)
    at = np.array(sorted(wanted), dtype=np.int64)
    near[at - 1] = near[at + 1] = True
    own: dict[int, list[int]] = {}
    kept = near[themed]
    for clause, number in zip(themed[kept].tolist(), themes[kept].tolist(), strict=True):
        own.setdefault(clause, []).append(number)
    goes_on = [*clauses.goes_on.tolist(), False]
    out: dict[int, list[int]] = {}
    for i in at.tolist():
        if goes_on[i] and i - 1 in own:
            out[i] = own[i - 1]
        elif goes_on[i + 1] and i + 1 in own:
            out[i] = own[i + 1]
    return out


def _at_least(clauses: Clauses) -> int:
    """Reviews in which a word that stands in no list must be complained about or wished for."""
    reviews = clauses.reviews()
    return max(2 if reviews < _MANY else 3, round(0.002 * reviews))


@dataclass(frozen=True)
class _Listed:
    names: list[Text]
    #: The theme of each folded word; -1 for words that are no theme.
    theme_of: dict[str, int]
    stop: frozenset[str]


@cache
def _listed() -> _Listed:
    names: list[Text] = []
    theme_of: dict[str, int] = {}
    for line in resource_lines("themes.txt"):
        if line.startswith("["):
            en, _, zh = line.strip("[]").partition(" | ")
            names.append(Text(en, zh))
            continue
        words = line[3:].split(",") if line.startswith("en:") else line.split()
        for word in fold([word.strip() for word in words]).texts():
            theme_of.setdefault(word, len(names) - 1)
    stop: list[str] = []
    for line in resource_lines("stop_words.txt"):
        if not line.startswith("["):
            stop += fold(line.split()).texts()
    for word in stop:
        theme_of.setdefault(word, _NONE)
    return _Listed(names, theme_of, frozenset(stop))


def _unlisted(
    clauses: Clauses, folded: Folded, judging: np.ndarray, words_of: dict[int, list[str]]
) -> list[str]:
    """Words and pairs of words that name something and stand in no list."""
    at_least = _at_least(clauses)
    listed = _listed()
    every, at = folded.spread(clauses.form)
    judged = np.zeros(folded.codes.size, dtype=bool)
    judged[judging] = True
    english = [words_of[form] for form in clauses.form.tolist() if form in words_of]
    return [
        word
        for word in (
            *chinese_names(every, judged[at], at_least),
            *english_names(english, at_least, listed.stop),
        )
        if word not in listed.theme_of
        and not _composed(word, listed.stop)
        and not (word.isascii() and any(map(_says_how, word.split())))
    ]


def _rare(
    theme: np.ndarray, clause: np.ndarray, listed: int, clauses: Clauses, about: np.ndarray
) -> np.ndarray:
    """Whether each match is of an unlisted theme that too few complaints or wishes share."""
    wanted = (theme >= listed) & about[clause]
    pair = np.unique(np.stack([theme[wanted], clauses.review[clause[wanted]]]), axis=1)
    in_reviews = np.bincount(pair[0], minlength=int(theme.max(initial=0)) + 1)
    return (theme >= listed) & (in_reviews[theme] < _at_least(clauses))


def _says_how(word: str) -> bool:
    return english_words.is_feeling(word) or english_words.role(word) is not None


def _composed(word: str, stop: frozenset[str]) -> bool:
    """Whether a word is made of words of feeling and words that are no theme: 建议大家."""

    def plain(part: str) -> bool:
        return part in stop or lexicon.is_listed(part)

    return plain(word) or any(plain(word[:i]) and plain(word[i:]) for i in range(1, len(word)))


def _contained(word: str, theme_of: dict[str, int]) -> int | None:
    """The theme of a listed word that an unlisted one begins or ends with: 房间门, 洗澡水."""
    if word.isascii():
        return None
    for length in range(len(word) - 1, 1, -1):
        for part in (word[:length], word[-length:]):
            theme = theme_of.get(part, _NONE)
            if theme != _NONE:
                return theme
    return None


def _joined(clause: np.ndarray, theme: np.ndarray, listed: int, n: int) -> np.ndarray:
    """Themes after those that always come together have become one; the more frequent one stays."""
    count = np.bincount(theme, minlength=n)
    own = theme >= listed
    clauses_of: dict[int, set[int]] = {}
    themes_of: dict[int, list[int]] = {}
    for t, c in zip(theme[own].tolist(), clause[own].tolist(), strict=True):
        clauses_of.setdefault(t, set()).add(c)
        themes_of.setdefault(c, []).append(t)
    becomes = np.arange(n)
    ordered = sorted(clauses_of, key=lambda t: (-count[t], t))
    place = {t: i for i, t in enumerate(ordered)}
    for rare in ordered:
        beside = {t for c in clauses_of[rare] for t in themes_of[c] if place[t] < place[rare]}
        for frequent in sorted(beside, key=place.__getitem__):
            both = len(clauses_of[rare] & clauses_of[frequent])
            if 2 * both >= _TOGETHER * (count[rare] + count[frequent]):
                becomes[rare] = becomes[frequent]
                break
    return becomes[theme]
