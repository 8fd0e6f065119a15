"""Symmetric gradient boosted trees on bin numbers: every branch of a level asks the same.

A tree of depth 4 asks four things of everybody, whatever was answered before. That is a much
poorer family than free trees, and so a different and steadier opinion for the blend, most of all
where few customers left. Splits are drawn, not only chosen: each candidate's score has noise that
fades as the model grows, and every tree weighs the customers anew (Bayesian bootstrap). The kind
of tree, the cosine score and both kinds of noise are CatBoost's (Prokhorenkova et al. 2018,
CatBoost: unbiased boosting with categorical features; its documentation of ``score_function`` and
``random_strength``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from csm_xl.churn.binning import Bins
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import sigmoid
from csm_xl.churn.leaves import Boosted, Conditions


@dataclass(frozen=True)
class SymmetricTrees:
    """How trees are grown.

    Parameters
    ----------
    depth : int
        Questions per tree.
    rate : float
        Learning rate.
    rounds : int
        Trees at most.
    ridge : float
        Added to a leaf's customers when splits are scored, and to its curvature when it gets its
        value: shrinks leaves with few customers.
    noise : float
        Spread of what is added to each split's score, in that of a gradient, at the beginning.
    drawn : int
        Customers that splits are scored on at most; all of them give the leaves their values.
    patience : int
        Stop after so many rounds without a better out-of-fold log-loss.
    bins : int
        Bins per numeric feature at most.
    """

    depth: int
    rate: float
    rounds: int
    ridge: float = 3.0
    noise: float = 1.0
    drawn: int = 4000
    patience: int = 50
    bins: int = 64

    @property
    def work(self) -> int:
        """How long one fit takes, compared with others."""
        return self.depth * self.rounds


@dataclass(frozen=True)
class Tree:
    """The questions, is the bin number of `feature` above `code`, and the value of each leaf.

    A customer's leaf has the answers as its binary digits, the first one the highest.
    """

    feature: tuple[int, ...]
    code: tuple[int, ...]
    value: np.ndarray

    def place(self, codes: np.ndarray) -> np.ndarray:
        """The leaf of each customer, from bin numbers (p, n)."""
        leaf = np.zeros(codes.shape[1], dtype=np.intp)
        for feature, code in zip(self.feature, self.code, strict=True):
            leaf = 2 * leaf + (codes[feature] > code)
        return leaf

    def leaves(self) -> Iterator[tuple[Conditions, float]]:
        """Those leaves that anybody can be in."""
        found: list[Conditions | None] = [{}]
        for feature, code in zip(self.feature, self.code, strict=True):
            found = [
                parted for conditions in found for parted in _parted(conditions, feature, code)
            ]
        for reached, value in zip(found, self.value.tolist(), strict=True):
            if reached is not None and value != 0.0:
                yield reached, value


def _parted(
    conditions: Conditions | None, feature: int, code: int
) -> tuple[Conditions | None, Conditions | None]:
    """A branch's two, up to `code` and above it; None for one that nobody can be in."""
    if conditions is None:
        return None, None
    low, high = conditions.get(feature, (-1, None))
    below = {**conditions, feature: (low, code)} if high is None or high > code else conditions
    above = {**conditions, feature: (code, high)} if low < code else conditions
    return (
        below if code > low else None,
        above if high is None or code < high else None,
    )


def fit_symmetric_trees(
    views: Callable[[np.ndarray | None], FeatureTable],
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    shape: SymmetricTrees,
    seed: int,
    step: Callable[[], None],
) -> Boosted:
    """Grow trees on all folds and on all rows, cut where the out-of-fold log-loss is least.

    Parameters
    ----------
    views : callable
        Gives the features to learn from, chosen from the rows it is given (all for None), of all
        customers.
    step : callable
        Called after each round on all folds.
    """
    n = len(y)
    growing = []
    for r, folds in enumerate(plan):
        for train, test in folds:
            table = views(train)
            bins = Bins(table.rows(train), y[train], shape.bins)
            codes = bins.codes(table)
            trees = boost(codes[:, train], y[train], shape, seed)
            growing.append((r, test, np.ascontiguousarray(codes[:, test]), trees))
    out = np.zeros((len(plan), n))
    least, best, best_out = np.inf, 0, out.copy()
    for number in range(shape.rounds):
        for r, test, codes, trees in growing:
            tree = next(trees)
            out[r, test] += tree.value[tree.place(codes)]
        loss = float((np.logaddexp(0.0, out) - y * out).sum())
        if loss < least:
            least, best, best_out = loss, number, out.copy()
        step()
        if number - best >= shape.patience:
            break
    table = views(None)
    bins = Bins(table, y, shape.bins)
    codes = bins.codes(table)
    inside = np.zeros(n)
    leaves: list[tuple[Conditions, float]] = []
    for tree in islice(boost(codes, y, shape, seed), best + 1):
        inside += tree.value[tree.place(codes)]
        leaves += tree.leaves()
    return Boosted(leaves, 0.0, bins, best_out, inside)


def boost(codes: np.ndarray, y: np.ndarray, shape: SymmetricTrees, seed: int) -> Iterator[Tree]:
    """One tree after the other without end, from even odds (see ``small_trees``).

    Parameters
    ----------
    codes : array (p, n) of int
        Bin numbers.
    y : array (n,)
    """
    rng = np.random.default_rng(seed)
    p, n = codes.shape
    order = rng.permutation(n)
    codes, y = np.ascontiguousarray(codes[:, order]), y[order]
    n_bins = int(codes.max()) + 1
    width = p * n_bins
    flat = codes + (np.arange(p) * n_bins)[:, None]
    # A question that everybody answers alike is none.
    asks = np.arange(n_bins) < codes.max(axis=1)[:, None]
    if not asks.any():
        asks[:, 0] = True
    part = min(n, shape.drawn)
    scores = np.zeros(n)
    for number in count():
        chance = sigmoid(scores)
        begin = number % (n // part) * part
        rows = slice(begin, begin + part)
        weight = rng.exponential(1.0, part)
        gradient = (chance[rows] - y[rows]) * weight
        fading = 1.0 / (1.0 + np.exp(shape.rate * number) / n)
        spread = shape.noise * fading * np.sqrt(np.mean(gradient**2))
        tiled, weights = np.tile(gradient, p), np.tile(weight, p)
        leaf = np.zeros(part, dtype=np.intp)
        feature, code = [], []
        for level in range(shape.depth):
            n_leaves = 1 << level
            place = (flat[:, rows] + leaf * width).ravel()
            shaped = (n_leaves, p, n_bins)
            slopes = np.bincount(place, tiled, n_leaves * width).reshape(shaped)
            sizes = np.bincount(place, weights, n_leaves * width).reshape(shaped)
            score = _cosine(slopes, sizes, shape.ridge)
            score += spread * rng.standard_normal((p, n_bins))
            score[~asks] = -np.inf
            best, at = divmod(int(np.argmax(score)), n_bins)
            feature.append(best)
            code.append(at)
            leaf = 2 * leaf + (codes[best, rows] > at)
        tree = Tree(tuple(feature), tuple(code), np.zeros(1 << shape.depth))
        leaf = tree.place(codes)
        slope = np.bincount(leaf, chance - y, 1 << shape.depth)
        curve = np.bincount(leaf, chance * (1.0 - chance), 1 << shape.depth)
        tree.value[:] = -shape.rate * slope / (curve + shape.ridge)
        scores += tree.value[leaf]
        yield tree


def _cosine(gradient: np.ndarray, weight: np.ndarray, ridge: float) -> np.ndarray:
    """How near the leaves' means come to the gradients for each split, (p, bins).

    The cosine of the angle between both, times the length of the gradients.

    Parameters
    ----------
    gradient, weight : arrays (leaves, p, bins)
        Sums.
    """
    low, n_low = np.cumsum(gradient, axis=2), np.cumsum(weight, axis=2)
    high, n_high = low[:, :, -1:] - low, n_low[:, :, -1:] - n_low
    mean_low, mean_high = low / (n_low + ridge), high / (n_high + ridge)
    along = (low * mean_low + high * mean_high).sum(axis=0)
    length = (n_low * mean_low**2 + n_high * mean_high**2).sum(axis=0)
    out: np.ndarray = along / np.sqrt(length + 1e-12)
    return out
