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
    values, counts = np.unique(filled, return_counts=True)
    if len(values) > most:
        # Equally full bins; a value that fills several bins alone takes just one.
        below = (np.cumsum(counts) - counts / 2.0) / len(filled)
        bins = np.minimum((below * most).astype(int), most - 1)
        last = np.flatnonzero(np.diff(bins))
    else:
        last = np.arange(len(values) - 1)
    edges = np.array([between(values[k], values[k + 1]) for k in last])
    return _Numeric(float(np.median(filled)), edges)


def between(low: float, high: float) -> float:
    """The number with the fewest digits in ``low <= x < high``, near the middle."""
    middle = low + (high - low) / 2.0
    gap = high - low
    if not gap > 0 or not math.isfinite(gap):
        return low
    for digits in range(-math.floor(math.log10(gap)), -math.floor(math.log10(gap)) + 3):
        tidy = round(middle, digits)
        if low <= tidy < high:
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
