"""Numbers and categories to bin numbers, which trees compare exactly.

Trees that compare in single precision put a threshold beside the one they report, which moved
probabilities by up to 0.056 near a split. Here a tree only ever sees small whole numbers; the
edges between bins stay doubles, and become the ends of rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.linear import frequent_levels

# Categories that trees tell apart: at most so many, each with so many customers and this part
# of all. Their churned shares are drawn towards the overall one as if by so many customers.
_LEVELS, _LEAST, _SHARE, _DRAWN = 8, 5, 30, 5.0
# By what part of itself, and of the column's largest number, a number may differ from an equal one.
_SAME, _SAME_AS_LARGEST = 1e-10, 1e-15


@dataclass(frozen=True)
class _Numeric:
    impute: float
    edges: np.ndarray


@dataclass(frozen=True)
class _Text:
    bins: np.ndarray
    """Per level its bin number, in the order of the churned share."""
    pooled: int
    """The bin of the levels that are not told apart."""


class Bins:
    """Bin numbers of every feature, learned from one set of rows.

    Parameters
    ----------
    table : FeatureTable
    y : array (n,)
        Outcomes of the same rows; categories are put in the order of their churned share.
    most : int
        Bins per numeric feature at most.
    """

    def __init__(self, table: FeatureTable, y: np.ndarray, most: int) -> None:
        self.parts: list[_Numeric | _Text] = [
            _learn_text(column, y, len(levels))
            if feature.kind == "text"
            else _learn_numeric(column, most)
            for feature, column, levels in zip(
                table.features, table.columns, table.levels, strict=True
            )
        ]

    def codes(self, table: FeatureTable) -> np.ndarray:
        """Bin numbers of some rows, (p, n)."""
        out = np.empty((len(self.parts), table.n), dtype=np.int32)
        for k, (part, column) in enumerate(zip(self.parts, table.columns, strict=True)):
            if isinstance(part, _Text):
                out[k] = part.bins[column]
            else:
                x = np.where(np.isnan(column), part.impute, column)
                out[k] = np.searchsorted(part.edges, x)
        return out

    @property
    def most(self) -> int:
        """The largest number of bins of a feature."""
        return max(
            (int(part.bins.max(initial=0)) + 1 if isinstance(part, _Text) else len(part.edges) + 1)
            for part in self.parts
        )

    def upper(self, feature: int, code: int, listed: Sequence[int]) -> float:
        """The end of a rule between bin `code` and the next: lower bins are those with x <= it.

        Parameters
        ----------
        listed : sequence of int
            A text feature's levels in the order of their places in the formula.
        """
        part = self.parts[feature]
        if isinstance(part, _Numeric):
            return float(part.edges[code])
        below = sum(1 for level in listed if part.bins[level] <= code)
        # The pooled levels, and with them all that are not listed, lie on one side together.
        return below + (0.25 if code < part.pooled else 0.75)

    def places(self, feature: int, listed: Sequence[int]) -> tuple[list[int], float]:
        """A text feature's listed levels in the order of their bins, and the others' place."""
        part = self.parts[feature]
        assert isinstance(part, _Text)
        order = sorted(listed, key=lambda level: (int(part.bins[level]), level))
        below = sum(1 for level in listed if part.bins[level] < part.pooled)
        return order, below + 0.5


def _learn_numeric(column: np.ndarray, most: int) -> _Numeric:
    filled = column[~np.isnan(column)]
    if len(filled) == 0:
        return _Numeric(0.0, np.zeros(0))
    low, high, counts = _distinct(filled)
    if len(counts) > most:
        # Equally full bins; a value that fills several bins alone takes just one.
        below = (np.cumsum(counts) - counts / 2.0) / len(filled)
        bins = np.minimum((below * most).astype(int), most - 1)
        last = np.flatnonzero(np.diff(bins))
    else:
        last = np.arange(len(counts) - 1)
    edges = np.array([between(*map(_plain, (high[k], low[k + 1]))) for k in last])
    if np.array_equal(filled, np.rint(filled)):
        # Whole numbers are exact everywhere, and "at most 66" reads better than "at most 66.5".
        edges = np.floor(edges)
    return _Numeric(float(np.median(filled)), edges)


def _distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ends of each group of equal numbers, in order, and how many there are.

    Processors and libraries round the last digits of a sum or a logarithm differently. Numbers that
    only this parts are equal: an edge between them would exist on one computer and not on another.
    """
    exact, counts = np.unique(numbers, return_counts=True)
    sizes = np.abs(exact)
    with np.errstate(over="ignore"):
        apart = np.diff(exact) > _SAME * sizes[1:] + _SAME_AS_LARGEST * sizes.max()
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    last = np.concatenate([first[1:], [len(exact)]]) - 1
    return exact[first], exact[last], np.add.reduceat(counts, first)


def _plain(number: float) -> float:
    """A number without the digits that rounding decides."""
    return float(f"{number:.12g}")


def between(low: float, high: float) -> float:
    """The number with the fewest digits that is about as far from `low` as from `high`.

    It keeps off both of them: a reading whose last digit is rounded otherwise stays on its side.
    """
    gap = high - low
    middle = low + gap / 2.0
    if not gap > 0 or not math.isfinite(gap):
        return low
    for digits in range(-math.floor(math.log10(gap)), -math.floor(math.log10(gap)) + 3):
        tidy = round(middle, digits)
        if abs(tidy - middle) <= gap / 4.0:
            return float(tidy)
    return middle if low <= middle < high else low


def _learn_text(column: np.ndarray, y: np.ndarray, n_levels: int) -> _Text:
    counts = np.bincount(column, minlength=n_levels)
    left = np.bincount(column, weights=y, minlength=n_levels)
    # Sorting many categories by outcome finds order in noise: only the large ones take part.
    kept = frequent_levels(column, max(_LEAST, len(column) / _SHARE), _LEVELS)
    rare = np.ones(n_levels, dtype=bool)
    rare[kept] = False
    rate = y.mean()
    share = (left + _DRAWN * rate) / (counts + _DRAWN)
    order = kept[np.argsort(share[kept], kind="stable")]
    pooled_share = (left[rare].sum() + _DRAWN * rate) / (counts[rare].sum() + _DRAWN)
    pooled = int(np.sum(share[order] <= pooled_share))
    bins = np.full(n_levels, pooled)
    bins[order] = np.arange(len(order)) + (np.arange(len(order)) >= pooled)
    return _Text(bins, pooled)
