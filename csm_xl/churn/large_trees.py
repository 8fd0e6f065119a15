"""Large gradient boosted trees on bin numbers.

scikit-learn's histogram boosting grows the trees. It only ever sees bin numbers, which are small
whole numbers, so that a split is the same in its arithmetic and in ours; the ends of the bins are
the ends of the rules.
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
        Trees at most.
    least : int
        Customers that a leaf needs.
    ridge : float
        Added to a leaf's curvature: shrinks leaves with few customers.
    columns : float
        Share of the features that a split may ask.
    bins : int
        Bins per numeric feature at most.
    """

    leaves: int
    rate: float
    rounds: int
    least: int = 5
    ridge: float = 1.0
    columns: float = 0.5
    bins: int = 32

    @property
    def work(self) -> int:
        """How long one fit takes, compared with others."""
        return self.leaves * self.rounds


def fit_large_trees(
    views: Callable[[np.ndarray | None], FeatureTable],
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    shape: LargeTrees,
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
        Called after each fold, and after the whole.
    """
    n = len(y)
    stages: list[list[np.ndarray]] = []
    losses = np.zeros(shape.rounds)
    for folds in plan:
        stages.append([])
        for train, test in folds:
            table = views(train)
            bins = Bins(table.rows(train), y[train], shape.bins)
            codes = _matrix(bins, table)
            staged = np.empty((shape.rounds, len(test)), dtype=np.float32)
            model = _grown(codes[train], y[train], shape, seed, shape.rounds)
            for k, scores in enumerate(model.staged_decision_function(codes[test])):
                staged[k] = scores
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
    model = _grown(codes, y, shape, seed, best + 1)
    base = float(model._baseline_prediction.ravel()[0])
    inside = np.asarray(model.decision_function(codes), dtype=float)
    step()
    return Boosted(list(_leaves(model)), base, bins, out, inside)


def _matrix(bins: Bins, table: FeatureTable) -> np.ndarray:
    return np.ascontiguousarray(bins.codes(table).T, dtype=np.float32)


def _grown(codes: np.ndarray, y: np.ndarray, shape: LargeTrees, seed: int, rounds: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    class FromEvenOdds(HistGradientBoostingClassifier):
        """Begins at even odds (see ``small_trees``), for which scikit-learn has no parameter."""

        def _get_loss(self, *args: Any, **kwargs: Any) -> Any:
            loss = super()._get_loss(*args, **kwargs)
            loss.fit_intercept_only = lambda *args, **kwargs: np.float64(0.0)
            return loss

    model = FromEvenOdds(
        max_iter=rounds,
        max_leaf_nodes=shape.leaves,
        learning_rate=shape.rate,
        min_samples_leaf=shape.least,
        l2_regularization=shape.ridge,
        max_features=shape.columns,
        early_stopping=False,
        random_state=seed,
    )
    return model.fit(codes, y)


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
