"""Words found in many folded texts at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from csm_xl.feedback.characters import Folded, key_of

#: The longest words that are one 64-bit key.
_SHORT = 4
_NO_ENTRY = -1


class KeyTable:
    """Numbers looked up by 64-bit keys.

    Parameters
    ----------
    named : mapping of int to int
        The number of each key.
    """

    def __init__(self, named: Mapping[int, int]) -> None:
        key = np.array(list(named), dtype=np.uint64)
        value = np.array(list(named.values()), dtype=np.int64)
        # Most keys of a text are in no list: one bit per mixed key rejects them before the search.
        bits = max(16, len(named).bit_length() + 4)
        self._seen_shift, self._shift = np.uint64(64 - bits), np.uint64(64 - bits + 3)
        self._seen = np.zeros(1 << bits, dtype=bool)
        self._seen[_mixed(key) >> self._seen_shift] = True
        #: Tables by hash: what shares its place in the first one stands in the second, and so on.
        self._layers: list[tuple[np.ndarray, np.ndarray]] = []
        while key.size:
            slot, first = np.unique(_mixed(key) >> self._shift, return_index=True)
            keys = np.zeros(1 << (bits - 3), dtype=np.uint64)
            values = np.zeros(keys.size, dtype=np.int64)
            keys[slot], values[slot] = key[first], value[first]
            self._layers.append((keys, values))
            key, value = np.delete(key, first), np.delete(value, first)

    def find(self, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions in `key` of the keys that are listed, and their numbers."""
        mixed = _mixed(key)
        at = np.flatnonzero(self._seen[mixed >> self._seen_shift])
        key, slot = key[at], mixed[at] >> self._shift
        number = np.full(at.size, -1, dtype=np.int64)
        left = np.arange(at.size)
        for keys, values in self._layers:
            hit = keys[slot] == key
            number[left[hit]] = values[slot[hit]]
            left, key, slot = left[~hit], key[~hit], slot[~hit]
        right = number >= 0
        return at[right], number[right]


def _mixed(key: np.ndarray) -> np.ndarray:
    return key * np.uint64(0x9E3779B97F4A7C15)


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
        self._single = np.full(0x10000, _NO_ENTRY, dtype=np.int32)
        # Most places of a text begin no word: two small tables of characters leave few to look up.
        self._first = np.zeros(0x10000, dtype=bool)
        self._second = np.zeros(0x10000, dtype=bool)
        for word, i in self.entry.items():
            if len(word) == 1:
                self._single[ord(word)] = i
            else:
                self._first[ord(word[0])] = self._second[ord(word[1])] = True
        self._by_length = {}
        for length in range(2, _SHORT + 1):
            named = {key_of(w): i for w, i in self.entry.items() if len(w) == length}
            self._by_length[length] = KeyTable(named)
        self._long = {w: i for w, i in self.entry.items() if len(w) > _SHORT}
        self._lengths = sorted({len(w) for w in self._long}, reverse=True)
        self._long_heads = KeyTable({key_of(w[:_SHORT]): 0 for w in self._long})

    def matches(self, folded: Folded) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start, end and entry of each match, none overlapping another, from left to right."""
        codes = folded.codes
        entry = self._single[codes]
        size = (entry != _NO_ENTRY).astype(np.int64)
        begins = np.flatnonzero(self._first[codes[:-1]] & self._second[codes[1:]])
        # A key that runs on into the next text holds an END, as no word does.
        padded = np.append(codes, np.zeros(_SHORT, dtype=codes.dtype))
        key = np.zeros(begins.size, dtype=np.uint64)
        for i in range(_SHORT):
            key |= padded[begins + i].astype(np.uint64) << np.uint64(16 * i)
        for length, table in self._by_length.items():
            at, found = table.find(key & np.uint64((1 << 16 * length) - 1))
            size[begins[at]] = length
            entry[begins[at]] = found
        self._match_long(folded, begins[self._long_heads.find(key)[0]], size, entry)
        hits = np.flatnonzero(size)
        hits = hits[~_inside_latin(padded, hits, hits + size[hits])]
        kept = hits[_from_the_left(hits, hits + size[hits])]
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


def _from_the_left(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Which matches stay when each that begins inside one that stays goes: bool, shape (m,)."""
    if not start.size:
        return np.zeros(0, dtype=bool)
    reached = np.maximum.accumulate(end)
    free = np.append(True, start[1:] >= reached[:-1])
    # The first that is not free begins inside the free one before it, and goes. Only what is
    # entangled with both must be decided one after the other.
    entangled = np.flatnonzero(~free)
    leads = np.append(True, np.diff(entangled) > 1)[: entangled.size]
    base = entangled[leads][np.cumsum(leads) - 1]
    later = entangled[~leads]
    last, before = 0, -1
    for i, from_, to, lead in zip(
        *(a.tolist() for a in (later, start[later], end[later], base[~leads])), strict=True
    ):
        if lead != before:
            last, before = int(end[lead - 1]), lead
        if from_ >= last:
            free[i] = True
            last = to
    return free


def _inside_latin(codes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Whether a match begins or ends within a Latin word or a number: "bad" in "badge"."""
    kind = _KIND_OF_CODE[codes]
    begins_inside = (kind[start] > 0) & (kind[start] == kind[start - 1])
    return begins_inside | ((kind[end - 1] > 0) & (kind[end - 1] == kind[end]))


_KIND_OF_CODE = np.zeros(0x10000, dtype=np.int8)
_KIND_OF_CODE[ord("a") : ord("z") + 1] = 1
_KIND_OF_CODE[ord("0") : ord("9") + 1] = 2
