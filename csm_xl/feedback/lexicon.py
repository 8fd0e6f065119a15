"""Chinese words of feeling, emoji and emoticons, read with what negates and strengthens them.

The learned part of the sentiment model knows the shops it was trained on. This part knows the
language: it reads a review of a shop that nobody has labelled, and signs (😡, [爱你]) on which the
labelled reviews are silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from csm_xl.feedback.characters import (
    Folded,
    KeyTable,
    fold,
    key_of,
    keys,
    resource_lines,
)

_WORD, _FACE, _NEGATION, _WEAK, _DEGREE, _AFTER, _CONTRAST, _BOTH = range(8)
_KINDS = {
    "score": _WORD,
    "negation": _NEGATION,
    "weak": _WEAK,
    "degree": _DEGREE,
    "after": _AFTER,
    "contrast": _CONTRAST,
    "both": _BOTH,
}
#: A negation or degree word acts on a word of feeling at most this many characters further on.
_REACH = 3
#: What is left of a word's strength when it is negated: 不好吃 is nearly as bad as 好吃 is good, while
#: 不难吃 is faint praise.
_NEGATED = {True: -0.8, False: -0.35}
_WEAKLY_NEGATED = {True: -0.5, False: -0.25}
#: How much a word that can be both strengthens the word of feeling after it.
_BOTH_DEGREE = 1.2
#: What was said before a "but" counts for less than what follows it.
_BEFORE_CONTRAST = 0.6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of feeling in each text add up to.

    Attributes
    ----------
    positive, negative : array of float, shape (n,)
        Sums of strengths, both counted from 0 upwards.
    faces : array of float, shape (n,)
        Sum of the strengths of emoji and emoticons, with its sign.
    start, end : array of int, shape (m,)
        Where each word of feeling stands.
    negated : array of bool, shape (m,)
        Whether it is negated.
    """

    positive: np.ndarray
    negative: np.ndarray
    faces: np.ndarray
    start: np.ndarray
    end: np.ndarray
    negated: np.ndarray


def evidence(folded: Folded) -> Evidence:
    """Read the words of feeling in folded texts."""
    lexicon = _lexicon()
    positive, negative, faces = (np.zeros(folded.n) for _ in range(3))
    starts, ends, entries = lexicon.matches(folded)
    rows = folded.row[starts].tolist()
    values, kinds = _settled(starts, ends, lexicon.value[entries], lexicon.kind[entries])
    # Punctuation ends the reach of a negation: 不，好吃 praises.
    breaks = np.cumsum(_is_break(folded.codes))
    clause = breaks[starts].tolist()
    said: list[float] = []
    stands: list[tuple[int, int, bool]] = []
    row_now, reach_end, clause_now = -1, -1, -1
    turn: dict[bool, float] | None = None
    degree = 1.0

    def close(row: int) -> None:
        for part in said:
            if part > 0:
                positive[row] += part
            else:
                negative[row] -= part
        said.clear()

    for start, end, row, kind, value, part in zip(
        starts.tolist(), ends.tolist(), rows, kinds, values, clause, strict=True
    ):
        if row != row_now:
            close(row_now)
            row_now, turn, degree = row, None, 1.0
        elif start > reach_end + _REACH or part != clause_now:
            turn, degree = None, 1.0
        clause_now = part
        if kind == _WORD:
            if value:
                if turn:
                    value *= turn[value > 0]
                said.append(value * degree)
                stands.append((start, end, turn is not None))
                turn, degree = None, 1.0
                reach_end = end
        elif kind == _FACE:
            faces[row] += value
        elif kind in (_NEGATION, _WEAK):
            # Two negations in a row cancel out: 不能不, 没有不.
            turn = None if turn else (_NEGATED if kind == _NEGATION else _WEAKLY_NEGATED)
            reach_end = end
        elif kind == _DEGREE:
            degree *= value
            reach_end = end
        elif kind == _AFTER:
            if said and start == reach_end:
                said[-1] *= value
        else:
            said[:] = [earlier * _BEFORE_CONTRAST for earlier in said]
            turn, degree = None, 1.0
    close(row_now)
    stood = np.array(stands, dtype=np.int64).reshape(-1, 3)
    return Evidence(positive, negative, faces, stood[:, 0], stood[:, 1], stood[:, 2] > 0)


def _settled(
    starts: np.ndarray, ends: np.ndarray, values: np.ndarray, kinds: np.ndarray
) -> tuple[list[float], list[int]]:
    """Decide which of the words that can be both are words of feeling, and which degree words."""
    feeling = ((kinds == _WORD) & (values != 0)) | (kinds == _BOTH)
    touches = np.zeros(kinds.size, dtype=bool)
    touches[:-1] = (ends[:-1] == starts[1:]) & feeling[1:]
    both = kinds == _BOTH
    values = np.where(both & touches, _BOTH_DEGREE, values)
    kinds = np.where(both, np.where(touches, _DEGREE, _WORD), kinds)
    return values.tolist(), kinds.tolist()


def is_feeling(word: str) -> bool:
    """Whether a folded word is itself a word of feeling, a negation or a degree word."""
    return word in _lexicon().entry


class _Lexicon:
    """The entries of the word lists, found in folded texts by the longest match."""

    def __init__(self, words: dict[str, tuple[int, float]]) -> None:
        self.entry = {word: i for i, word in enumerate(words)}
        self.kind = np.array([kind for kind, _ in words.values()])
        self.value = np.array([value for _, value in words.values()])
        self._by_length = {}
        for length in range(1, 5):
            named = {key_of(w): i for w, i in self.entry.items() if len(w) == length}
            self._by_length[length] = KeyTable(named)
        self._long = {w: i for w, i in self.entry.items() if len(w) > 4}
        self._lengths = sorted({len(w) for w in self._long}, reverse=True)
        self._long_heads = KeyTable({key_of(w[:4]): 0 for w in self._long})

    def matches(self, folded: Folded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start, end and entry of each match, none overlapping another, from left to right."""
        size = np.zeros(folded.codes.size, dtype=np.int64)
        entry = np.zeros(folded.codes.size, dtype=np.int64)
        for length, table in self._by_length.items():
            key, start = keys(folded.codes, length)
            at, found = table.find(key)
            size[start[at]] = length
            entry[start[at]] = found
            if length == 4:
                self._match_long(folded, start[self._long_heads.find(key)[0]], size, entry)
        hits = np.flatnonzero(size)
        hits = hits[~_inside_latin(folded.codes, hits, hits + size[hits])]
        starts, last = [], 0
        for start, end in zip(hits.tolist(), (hits + size[hits]).tolist(), strict=True):
            if start >= last:
                starts.append(start)
                last = end
        kept = np.array(starts, dtype=np.int64)
        return kept, kept + size[kept], entry[kept]

    def _match_long(
        self, folded: Folded, heads: np.ndarray, size: np.ndarray, entry: np.ndarray
    ) -> None:
        joined = folded.codes.astype("<u2").tobytes().decode("utf-16-le")
        for start in heads.tolist():
            for length in self._lengths:
                found = self._long.get(joined[start : start + length])
                if found is not None:
                    size[start], entry[start] = length, found
                    break


def _inside_latin(codes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Whether a match begins or ends within a word of Latin letters: "bad" in "badge"."""
    latin = (codes >= ord("a")) & (codes <= ord("z"))
    before = latin[np.maximum(start - 1, 0)] & (start > 0)
    return (latin[start] & before) | (latin[end - 1] & latin[np.minimum(end, codes.size - 1)])


def _is_break(codes: np.ndarray) -> np.ndarray:
    return np.isin(codes, np.array([ord(c) for c in ",。!?;:.~…\x00\n"], dtype=np.uint16))


@cache
def _lexicon() -> _Lexicon:
    words: dict[str, tuple[int, float]] = {}
    for name in ("lexicon_zh.txt", "emoji.txt"):
        kind, value = _WORD, 0.0
        for line in resource_lines(name):
            head, _, number = line.strip("[]").partition(" ")
            if line.startswith("[") and head in _KINDS:
                kind = _KINDS[head] if name == "lexicon_zh.txt" else _FACE
                value = float(number) if number and head != "weak" else 0.0
                continue
            items = line.split()
            for item, text in zip(items, fold(items).texts(), strict=True):
                if text and item not in words:
                    words.setdefault(text, (kind, value))
    return _Lexicon(words)
