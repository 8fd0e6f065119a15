"""Rules: what the leaves of small trees add, and how to add thousands of them up fast."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LeafRule:
    """`value` where ``lo < x <= hi`` for each ``(feature, lo, hi)``; the leaf of a small tree."""

    value: float
    conditions: tuple[tuple[int, float, float], ...]


class PackedRules:
    """Rules as bits: one row of bits per interval of each feature, and-ed over the features.

    A rule with three conditions and five thousand others cost one look-up per feature and one per
    eight rules, not fifteen thousand comparisons.
    """

    _CHUNK = 4096

    def __init__(self, rules: Sequence[LeafRule]) -> None:
        n_bytes = -(-len(rules) // 8)
        used = sorted({f for rule in rules for f, _, _ in rule.conditions})
        self.n_bytes = n_bytes
        self.edges: dict[int, np.ndarray] = {}
        self.masks: dict[int, np.ndarray] = {}
        for f in used:
            ends = {
                end
                for rule in rules
                for g, lo, hi in rule.conditions
                if g == f
                for end in (lo, hi)
                if math.isfinite(end)
            }
            edges = np.array(sorted(ends))
            inside = np.ones((len(edges) + 1, n_bytes * 8), dtype=bool)
            for b, rule in enumerate(rules):
                for g, lo, hi in rule.conditions:
                    if g == f:
                        # Interval k holds the x with exactly k edges below it: lo < x <= hi.
                        inside[: np.searchsorted(edges, lo) + 1 if lo > -math.inf else 0, b] = False
                        if hi < math.inf:
                            inside[np.searchsorted(edges, hi) + 1 :, b] = False
            self.edges[f] = edges
            self.masks[f] = np.packbits(inside, axis=1, bitorder="little")
        values = np.zeros((n_bytes, 8))
        values.ravel()[: len(rules)] = [rule.value for rule in rules]
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
        #: (bytes, 256): the sum of the values of the rules whose bits are set in one byte.
        self.sums = values @ bits.T.astype(float)

    def values(self, readings: Sequence[np.ndarray]) -> np.ndarray:
        """The sum of the rules that each customer is in, (n,)."""
        n = len(readings[0])
        total = np.empty(n)
        column = np.arange(self.n_bytes)[None, :] * 256
        flat = self.sums.ravel()
        for start in range(0, n, self._CHUNK):
            part = slice(start, min(start + self._CHUNK, n))
            bits = np.full((part.stop - part.start, self.n_bytes), 255, dtype=np.uint8)
            for f, edges in self.edges.items():
                bits &= self.masks[f][np.searchsorted(edges, readings[f][part])]
            total[part] = flat[bits + column].sum(axis=1)
        return total
