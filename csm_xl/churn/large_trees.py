"""Large gradient boosted trees on bin numbers.

scikit-learn's histogram boosting grows the trees. It only ever sees bin numbers, which are small
whole numbers, so that a split is the same in its arithmetic and in ours; the ends of the bins are
the ends of the rules. A candidate is the mean of a few forests that differ in the features that
their splits may ask and in the weights of their customers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.binning import Bins
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.leaves import Boosted, Conditions


@dataclass(frozen=True)
class LargeTrees:
    """How trees are grown.

    Parameters
    ----------
    leaves : int
        Leaves per tree at most.
    rate : float
        Learning rate.
    rounds : int
        Trees per forest at most.
    least : int
        Customers that a leaf needs.
    ridge : float
        Added to a leaf's curvature: shrinks leaves with few customers.
    columns : float
        Share of the features that a split may ask.
    copies : int
        Forests that are averaged.
    bins : int
        Bins per numeric feature at most.
    """

    leaves: int
    rate: float
    rounds: int
    least: int = 5
    ridge: float = 1.0
    columns: float = 0.5
    copies: int = 1
    bins: int = 32

    @property
    def work(self) -> int:
        """How long one fit takes, compared with others."""
        return self.leaves * self.rounds * self.copies


def fit_large_trees(
    views: Callable[[np.ndarray | None], FeatureTable],
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    shape: LargeTrees,
    seed: int,
    step: Callable[[], None],
) -> Boosted:
    """Grow forests on all folds and on all rows, cut where the out-of-fold log-loss is least.

    Parameters
    ----------
    views : callable
        Gives the features to learn from, chosen from the rows it is given (all for None), of all
        customers.
    step : callable
        Called after each fold, and after the whole.
    """
    n = len(y)
    weights = _weights(n, shape.copies, seed)
    stages: list[list[np.ndarray]] = []
    losses = np.zeros(shape.rounds)
    for folds in plan:
        stages.append([])
        for train, test in folds:
            table = views(train)
            bins = Bins(table.rows(train), y[train], shape.bins)
            codes = _matrix(bins, table)
            staged = np.zeros((shape.rounds, len(test)), dtype=np.float32)
            for copy, weight in enumerate(weights):
                model = _grown(codes[train], y[train], weight[train], shape, seed + copy)
                for k, scores in enumerate(model.staged_decision_function(codes[test])):
                    staged[k] += scores / shape.copies
            losses += (np.logaddexp(0.0, staged) - y[test] * staged).sum(axis=1)
            stages[-1].append(staged)
            step()
    best = int(np.argmin(losses))
    out = np.empty((len(plan), n))
    for r, folds in enumerate(plan):
        for (_, test), staged in zip(folds, stages[r], strict=True):
            out[r, test] = staged[best]
    table = views(None)
    bins = Bins(table, y, shape.bins)
    codes = _matrix(bins, table)
    inside, base, leaves = np.zeros(n), 0.0, []
    for copy, weight in enumerate(weights):
        model = _grown(codes, y, weight, shape, seed + copy, rounds=best + 1)
        inside += model.decision_function(codes) / shape.copies
        base += float(model._baseline_prediction.ravel()[0]) / shape.copies
        leaves += [(conditions, value / shape.copies) for conditions, value in _leaves(model)]
    step()
    return Boosted(leaves, base, bins, out, inside)


def _weights(n: int, copies: int, seed: int) -> list[np.ndarray]:
    """The customers' weights of each copy: a Bayesian bootstrap where there are several."""
    if copies == 1:
        return [np.ones(n)]
    rng = np.random.default_rng(seed)
    return [rng.exponential(1.0, n) for _ in range(copies)]


def _matrix(bins: Bins, table: FeatureTable) -> np.ndarray:
    return np.ascontiguousarray(bins.codes(table).T, dtype=np.float32)


def _grown(
    codes: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray,
    shape: LargeTrees,
    seed: int,
    rounds: int | None = None,
) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=rounds or shape.rounds,
        max_leaf_nodes=shape.leaves,
        learning_rate=shape.rate,
        min_samples_leaf=shape.least,
        l2_regularization=shape.ridge,
        max_features=shape.columns,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(codes, y, sample_weight=weight)


def _leaves(model: Any) -> Iterator[tuple[Conditions, float]]:
    """The leaves of a model's trees.

    scikit-learn has no public way to its trees; a test holds what is read here against the
    model's own answers.
    """
    for (tree,) in model._predictors:
        nodes = tree.nodes
        waiting: list[tuple[int, Conditions]] = [(0, {})]
        while waiting:
            place, conditions = waiting.pop()
            node = nodes[place]
            if node["is_leaf"]:
                yield conditions, float(node["value"])
                continue
            feature, code = int(node["feature_idx"]), math.floor(node["num_threshold"])
            low, high = conditions.get(feature, (-1, None))
            waiting.append((int(node["left"]), {**conditions, feature: (low, code)}))
            waiting.append((int(node["right"]), {**conditions, feature: (code, high)}))
