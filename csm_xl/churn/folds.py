"""Splitting customers into folds: one customer's rows, and exact duplicates, stay together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csm_xl.churn.feature_table import FeatureTable

Fold = tuple[np.ndarray, np.ndarray]
"""Rows to train on, rows to judge."""


def duplicate_sets(table: FeatureTable) -> np.ndarray:
    """A number per customer, the same for customers with exactly the same features, (n,).

    Where a few coarse features would make many customers alike by chance, nobody counts as a
    duplicate and every customer has an own number.
    """
    n = table.n
    own = np.arange(n)
    if n < 2 or not table.columns:
        return own
    chance = 0.0
    for column in table.columns:
        _, counts = np.unique(column, return_counts=True)
        chance += np.log(np.sum((counts / n) ** 2))
    if np.log(n * (n - 1) / 2.0) + chance > 0.0:
        return own
    return alike(table.columns)


def alike(columns: Sequence[np.ndarray]) -> np.ndarray:
    """A number per row, the same for rows with equal cells in every column, (n,); blanks are equal."""
    stacked = np.column_stack([np.unique(c, return_inverse=True)[1] for c in columns])
    return np.unique(stacked, axis=0, return_inverse=True)[1].ravel()


def joined(first: np.ndarray, second: np.ndarray | None) -> np.ndarray:
    """The coarsest numbering that keeps together what either of two numberings does, (n,)."""
    labels = np.unique(first, return_inverse=True)[1].ravel()
    if second is None:
        return labels
    other = np.unique(second, return_inverse=True)[1].ravel()
    while True:
        before = labels
        for grouping in (other, before):
            least = np.full(grouping.max() + 1, len(labels))
            np.minimum.at(least, grouping, labels)
            labels = least[grouping]
        if np.array_equal(labels, before):
            return np.unique(labels, return_inverse=True)[1].ravel()


def make_folds(y: np.ndarray, sets: np.ndarray, n_folds: int, seed: int) -> list[Fold]:
    """Folds with about the same share of churned customers each, sets kept whole.

    Parameters
    ----------
    y : array (n,) of 0 and 1
    sets : array (n,) of int
        Customers with one number stay together.
    n_folds : int
        At most the number of sets.
    """
    rng = np.random.default_rng(seed)
    names, members = np.unique(sets, return_inverse=True)
    sizes = np.bincount(members)
    churned = np.bincount(members, weights=y)
    n_folds = max(2, min(n_folds, len(names)))
    # The largest sets first, shuffled among equals, each to the fold that is emptiest of its kind.
    order = rng.permutation(len(names))
    order = order[np.argsort(-churned[order], kind="stable")]
    order = order[np.argsort(-sizes[order], kind="stable")]
    load = np.zeros((n_folds, 2))
    fold_of_set = np.empty(len(names), dtype=int)
    turn = rng.permutation(n_folds)
    for k in order:
        positive = churned[k] > 0
        # Folds with the fewest of this outcome, then with the fewest customers at all.
        keys = np.lexsort((turn, load.sum(axis=1), load[:, 1] if positive else load[:, 0]))
        fold = keys[0]
        fold_of_set[k] = fold
        load[fold, 1] += churned[k]
        load[fold, 0] += sizes[k] - churned[k]
    fold_of = fold_of_set[members]
    rows = np.arange(len(y))
    return [(rows[fold_of != k], rows[fold_of == k]) for k in range(n_folds)]


def plan_folds(y: np.ndarray, sets: np.ndarray, seed: int) -> list[list[Fold]]:
    """Repeats of folds, more of both when customers are few.

    Averaging over repeats takes the luck of one split out of every choice that is made.
    """
    n = len(y)
    n_folds, repeats = (5, 3) if n < 200 else (5, 2) if n < 1000 else (5, 1)
    return [make_folds(y, sets, n_folds, seed + 1000 * r) for r in range(repeats)]


def out_of_fold(folds: Sequence[Fold], scores: Sequence[np.ndarray], n: int) -> np.ndarray:
    """Per-fold scores put back in the customers' order, (n,)."""
    whole = np.full(n, np.nan)
    for (_, test), part in zip(folds, scores, strict=True):
        whole[test] = part
    return whole
