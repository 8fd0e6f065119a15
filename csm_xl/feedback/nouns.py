"""What a clause names, by a list of common words: the nouns of any trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from csm_xl.feedback import english_words, lexicon
from csm_xl.feedback.characters import Folded, resource_lines, spread
from csm_xl.feedback.matching import WordTable

_DETERMINERS = frozenset(
    (
        *(
            "the",
            "a",
            "an",
            "my",
            "our",
            "your",
            "his",
            "her",
            "their",
            "its",
            "every",
            "each",
            "no",
        ),
        *("any", "this", "that", "these", "those", "another", "some"),
    )
)
_SIBILANT = ("s", "x", "z", "ch", "sh")

#: What a clause names: its number, the word and whether it is a noun (else a verb).
Named = tuple[int, str, bool]


@dataclass(frozen=True)
class NamedWords:
    """Words that clauses name.

    Attributes
    ----------
    words : list of str
    noun : array of bool, shape (n_words,)
        Whether a word is a noun (else a verb).
    clause, word : array of int, shape (m,)
        The clause, and the place among the words, of each time that one is named.
    """

    words: list[str]
    noun: np.ndarray
    clause: np.ndarray
    word: np.ndarray

    def within(self, kept: np.ndarray) -> list[Named]:
        """Those times that `kept` marks, one by one."""
        noun = self.noun.tolist()
        return [
            (i, self.words[word], noun[word])
            for i, word in zip(self.clause[kept].tolist(), self.word[kept].tolist(), strict=True)
        ]


def named_words(
    folded: Folded,
    words_of: Mapping[int, Sequence[str]],
    stop: frozenset[str],
    form: np.ndarray,
) -> NamedWords:
    """Nouns and verbs of clauses in both languages, `stop` and words of feeling aside.

    Parameters
    ----------
    folded : Folded
        The distinct clauses.
    words_of : mapping of int to sequence of str
        The English words of each distinct clause, by its number.
    stop : frozenset of str
    form : array of int, shape (n_clauses,)
        Which of the distinct clauses each clause is.
    """
    words, noun, distinct, word = _chinese_nouns(folded, stop)
    clause, found = spread(distinct, form)
    english = english_nouns(words_of, stop)
    english_clause, english_found = spread(
        np.array([i for i, _, _ in english], dtype=np.int64), form
    )
    place: dict[str, int] = {}
    for _, name, _ in english:
        place.setdefault(name, len(words) + len(place))
    kinds = {name: is_noun for _, name, is_noun in english}
    return NamedWords(
        [*words, *place],
        np.append(noun, np.array([kinds[name] for name in place], dtype=bool)),
        np.append(clause, english_clause),
        np.append(
            word[found],
            np.array([place[name] for _, name, _ in english], dtype=np.int64)[english_found],
        ),
    )


def _chinese_nouns(
    folded: Folded, stop: frozenset[str]
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Chinese nouns and verbs of clauses, those of `stop` and words of feeling aside.

    The clauses are cut into words by the longest common word from the left.
    """
    table, kind = _chinese()
    start, _, entry = table.matches(folded)
    words = list(table.entry)
    found = np.unique(entry[kind[entry] != _OTHER])
    names = np.zeros(len(words), dtype=bool)
    names[
        [i for i in found.tolist() if words[i] not in stop and not lexicon.is_listed(words[i])]
    ] = True
    kept = names[entry]
    return words, kind == _NOUN, folded.row[start[kept]], entry[kept]


def english_nouns(words_of: Mapping[int, Sequence[str]], stop: frozenset[str]) -> list[Named]:
    """English nouns and verbs of clauses, in the singular, without `stop` and words of feeling.

    Parameters
    ----------
    words_of : mapping of int to sequence of str
        The words of each clause, by its number (see :func:`csm_xl.feedback.words.english_words_of`).
    stop : frozenset of str
    """
    kinds = _english()
    # A word that no list knows is a noun where a determiner stands before it.
    unknown = {
        word
        for words in words_of.values()
        for before, word in pairwise(words)
        if word not in kinds and before in _DETERMINERS and len(word) > 3 and "'" not in word
    }
    names = {
        word: kinds.get(word, _NOUN) == _NOUN
        for word in {word for words in words_of.values() for word in words}
        if (word in unknown or kinds.get(word) in (_NOUN, _VERB))
        and word not in stop
        and singular(word) not in stop
        and not english_words.is_feeling(word)
        and english_words.role(word) is None
    }
    return [
        (i, singular(word), names[word])
        for i, words in words_of.items()
        for word in words
        if word in names
    ]


def singular(word: str) -> str:
    """An English noun in the singular, where the list of common words knows it."""
    kinds = _english()
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and word[:-3] + "y" in kinds:
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(_SIBILANT) and word[:-2] in kinds:
        return word[:-2]
    return word[:-1] if word[:-1] in kinds or word not in kinds else word


_NOUN, _VERB, _OTHER = range(3)
_KINDS = {"noun": _NOUN, "verb": _VERB, "other": _OTHER}


def _words(name: str) -> dict[str, int]:
    out: dict[str, int] = {}
    kind = _OTHER
    for line in resource_lines(name):
        if line.startswith("["):
            kind = _KINDS[line.strip("[]")]
        else:
            out.update(dict.fromkeys(line.split(), kind))
    return out


@cache
def _chinese() -> tuple[WordTable, np.ndarray]:
    words = _words("words_zh.txt")
    return WordTable(list(words)), np.array(list(words.values()))


@cache
def _english() -> dict[str, int]:
    return _words("words_en.txt")
