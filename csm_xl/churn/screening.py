"""Which features to keep when there are more than the model takes."""

from __future__ import annotations

import numpy as np

from csm_xl.churn.feature_table import FeatureTable


def strongest(table: FeatureTable, y: np.ndarray, most: int) -> np.ndarray:
    """Places of the `most` features that say most about the label on their own, in order.

    Must only be given rows to learn from: choosing features by the label of rows that are judged
    afterwards would flatter the judgement.
    """
    if len(table.features) <= most:
        return np.arange(len(table.features))
    strength = [
        _shared_by_levels(column, y)
        if feature.kind == "text"
        else _shared_by_levels(_tenths(column), y)
        for feature, column in zip(table.features, table.columns, strict=True)
    ]
    return np.sort(np.argsort(-np.array(strength), kind="stable")[:most])


def _tenths(column: np.ndarray) -> np.ndarray:
    """Blank, or which of up to ten equally full ranges a number is in."""
    filled = column[~np.isnan(column)]
    if len(filled) == 0:
        return np.zeros(len(column), dtype=int)
    edges = np.unique(np.quantile(filled, np.linspace(0, 1, 11)[1:-1]))
    return np.where(np.isnan(column), 0, 1 + np.searchsorted(edges, column))


def _shared_by_levels(levels: np.ndarray, y: np.ndarray) -> float:
    """Variance of the outcome between levels, less what as many random levels would give."""
    counts = np.bincount(levels)
    left = np.bincount(levels, weights=y)
    seen = counts > 0
    rate = y.mean()
    between = np.sum((left[seen] - rate * counts[seen]) ** 2 / counts[seen])
    return float(between - (seen.sum() - 1) * rate * (1.0 - rate))
