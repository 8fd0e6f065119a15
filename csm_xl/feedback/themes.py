"""The things that feedback is about: a list of themes, and those that the texts add to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from csm_xl.feedback import english, lexicon
from csm_xl.feedback.characters import Folded, fold, resource_lines
from csm_xl.feedback.clauses import Clauses
from csm_xl.feedback.matching import WordTable
from csm_xl.feedback.words import chinese_names, english_names
from csm_xl.language import Text

#: Two unlisted words that share this part of their clauses are one theme (Dice coefficient).
_TOGETHER = 0.5
_NONE = -1


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


def find_themes(clauses: Clauses, folded: Folded, about: np.ndarray) -> Themes:
    """Find what the clauses are about.

    Parameters
    ----------
    clauses : Clauses
    folded : Folded
        The same clauses, folded.
    about : array of bool, shape (m,)
        The clauses that complain or wish: an unlisted theme must occur in several of them.
    """
    listed = _listed()
    names = list(listed.names)
    theme_of = dict(listed.theme_of)
    for word in _unlisted(clauses, folded, about):
        inside = _contained(word, listed.theme_of)
        if inside is None:
            names.append(Text(word, word))
            inside = len(names) - 1
        theme_of[word] = inside
    table = WordTable(list(theme_of))
    start, _, entry = table.matches(folded)
    theme = np.array(list(theme_of.values()), dtype=np.int64)[entry]
    clause = folded.row[start].astype(np.int64)[theme != _NONE]
    theme = theme[theme != _NONE]
    pair = np.unique(clause * len(names) + theme)
    clause, theme = pair // len(names), pair % len(names)
    theme = _joined(clause, theme, len(listed.names), len(names))
    pair = np.unique(clause * len(names) + theme)
    return Themes(names, pair // len(names), pair % len(names))


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


def _unlisted(clauses: Clauses, folded: Folded, about: np.ndarray) -> list[str]:
    """Words that name something, stand in no list and occur in several complaints or wishes."""
    reviews = len(np.unique(clauses.review))
    at_least = max(3, round(0.002 * reviews))
    listed = _listed()
    found = chinese_names(folded, at_least)
    found |= english_names(clauses.texts, at_least, listed.stop)
    words = [
        word
        for word in found
        if word not in listed.theme_of
        and not _composed(word, listed.stop)
        and not (word.isascii() and english.is_feeling(word))
    ]
    table = WordTable([*words, *(w for w in listed.theme_of if w not in found)])
    start, _, entry = table.matches(folded)
    clause = folded.row[start]
    wanted = (entry < len(words)) & about[clause]
    pair = np.unique(np.stack([entry[wanted], clauses.review[clause[wanted]]]), axis=1)
    in_reviews = np.bincount(pair[0], minlength=len(words))
    return [word for word, n in zip(words, in_reviews, strict=True) if n >= at_least]


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
    own = np.flatnonzero((count > 0) & (np.arange(n) >= listed))
    clauses_of = {int(t): set(clause[theme == t].tolist()) for t in own}
    becomes = np.arange(n)
    ordered = sorted(clauses_of, key=lambda t: (-count[t], t))
    for i, rare in enumerate(ordered):
        for frequent in ordered[:i]:
            both = len(clauses_of[rare] & clauses_of[frequent])
            if 2 * both >= _TOGETHER * (count[rare] + count[frequent]):
                becomes[rare] = becomes[frequent]
                break
    return becomes[theme]
