"""Words found in many folded texts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from csm_xl.feedback.characters import Folded, key_of, keys


class KeyTable:
    """Numbers looked up by 64-bit keys.

    Parameters
    ----------
    named : mapping of int to int
        The number of each key.
    """

    def __init__(self, named: Mapping[int, int]) -> None:
        order = sorted(named)
        self._keys = np.array(order, dtype=np.uint64)
        self._values = np.array([named[key] for key in order], dtype=np.int64)
        # Most keys of a text are in no list: one bit per mixed key rejects them before the search.
        self._shift = np.uint64(64 - max(16, len(order).bit_length() + 4))
        self._seen = np.zeros(1 << (64 - int(self._shift)), dtype=bool)
        self._seen[self._mixed(self._keys)] = True

    def find(self, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions in `key` of the keys that are listed, and their numbers."""
        at = np.flatnonzero(self._seen[self._mixed(key)])
        if not at.size:
            return at, self._values[:0]
        place = np.minimum(np.searchsorted(self._keys, key[at]), self._keys.size - 1)
        right = self._keys[place] == key[at]
        return at[right], self._values[place[right]]

    def _mixed(self, key: np.ndarray) -> np.ndarray:
        return (key * np.uint64(0x9E3779B97F4A7C15)) >> self._shift


class WordTable:
    """A list of words, found in folded texts by the longest match.

    Parameters
    ----------
    words : sequence of str
        Folded words (see :func:`csm_xl.feedback.characters.fold`), Chinese or with Latin letters,
        phrases with spaces included.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.entry = {word: i for i, word in enumerate(words)}
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
    """Whether a match begins or ends within a Latin word or a number: "bad" in "badge"."""
    kind = np.zeros(codes.size + 1, dtype=np.int8)
    kind[:-1][(codes >= ord("a")) & (codes <= ord("z"))] = 1
    kind[:-1][(codes >= ord("0")) & (codes <= ord("9"))] = 2
    begins_inside = (kind[start] > 0) & (kind[start] == kind[start - 1])
    return begins_inside | ((kind[end - 1] > 0) & (kind[end - 1] == kind[end]))
