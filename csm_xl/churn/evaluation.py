"""Quality of out-of-fold predictions, with intervals, and the peers on the same folds.

Log-loss, Brier score, calibration and AUC; never accuracy alone. Intervals are a bootstrap over
customers (whole sets of rows that belong together) of predictions that were averaged over
repeated folds. The spread over repeats is no interval: it covered 40 % where 95 % was meant.
Predictions are taken as given there, but the models that made them share most of their customers,
and the formula that is kept is one draw more: with few customers the bootstrap alone held the later
value in 70 to 85 % of cases. So its intervals are widened (S. Bates, T. Hastie & R. Tibshirani, 2024,
Cross-validation: what does it estimate and how well does it do it?, JASA 119, on why they must be);
by how much was measured on three public sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import sigmoid
from csm_xl.churn.report import Figure, Peer
from csm_xl.language import Text

#: Below this many customers ten per cent are too few to say anything about.
LEAST_FOR_LIFT = 200
_BOOTSTRAPS = 400
_EDGE = 1e-6
#: By what part an interval is widened with so many customers, or fewer; with more by less.
_WIDER, _WIDER_SLOPE, _FEW = 0.3, 0.8, 100
#: What a figure cannot exceed.
_RANGES = {
    "log_loss": (0.0, np.inf),
    "brier": (0.0, 1.0),
    "auc": (0.0, 1.0),
    "lift_top_tenth": (0.0, np.inf),
}

NAMES = {
    "ours": Text("csm-xl", "csm-xl"),
    "base_rate": Text("base rate", "平均流失率"),
    "logistic": Text("logistic regression", "逻辑回归"),
    "forest": Text("random forest (100 trees)", "随机森林（100 棵树）"),
    "boosting": Text("gradient boosting", "梯度提升"),
}


def log_loss(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean of ``-log`` of the probability given to what happened; 0 is perfect."""
    p = np.clip(p, _EDGE, 1.0 - _EDGE)
    return float(np.average(-np.where(y == 1, np.log(p), np.log(1.0 - p)), weights=weights))


def brier(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean squared difference between probability and outcome; 0 is perfect."""
    return float(np.average((p - y) ** 2, weights=weights))


def auc(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """The chance that a customer who left was rated riskier than one who stayed; 0.5 is luck."""
    w = np.ones(len(y)) if weights is None else weights
    # Equal up to rounding errors is equal: customers without a difference have no order.
    _, level = np.unique(np.round(p, 12), return_inverse=True)
    left = np.bincount(level, weights=w * y)
    stayed = np.bincount(level, weights=w * (1 - y), minlength=len(left))
    if left.sum() == 0 or stayed.sum() == 0:
        return 0.5
    below = np.cumsum(stayed) - stayed
    return float(np.sum(left * (below + 0.5 * stayed)) / (left.sum() * stayed.sum()))


def calibration_slope(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Slope of the outcome on the predicted log-odds; 1 is right, below 1 is overconfident."""
    p = np.clip(p, _EDGE, 1.0 - _EDGE)
    z = np.log(p / (1.0 - p))
    w = np.ones(len(y)) if weights is None else weights
    design = np.column_stack([np.ones(len(z)), z])
    beta = np.array([0.0, 1.0])
    # The whisper of a prior at slope 1 keeps separable customers finite.
    prior = np.diag([1e-3, 1e-1])
    for _ in range(25):
        q = sigmoid(design @ beta)
        gradient = design.T @ (w * (q - y)) + prior @ (beta - [0.0, 1.0])
        hessian = (design * (w * q * (1.0 - q))[:, None]).T @ design + prior
        step = np.linalg.solve(hessian, gradient)
        beta = beta - np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return float(beta[1])


def calibration_gap(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Mean predicted probability minus the share that left; 0 is right."""
    return float(np.average(p - y, weights=weights))


def lift_top_tenth(y: np.ndarray, p: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Share that left among the riskiest tenth, over the share that left among all."""
    w = np.ones(len(y)) if weights is None else weights
    # Equal probabilities share their places, or the sheet's order would decide the lift.
    levels, level = np.unique(-p, return_inverse=True)
    size = np.bincount(level, weights=w, minlength=len(levels))
    left = np.bincount(level, weights=w * y, minlength=len(levels))
    wanted = 0.1 * w.sum()
    before = np.cumsum(size) - size
    taken = np.clip(wanted - before, 0.0, size)
    found = np.sum(np.divide(taken * left, size, out=np.zeros_like(size), where=size > 0))
    rate = float(w @ y) / w.sum()
    return float(found / wanted / rate) if rate > 0 else 1.0


MEASURES: dict[str, Callable[..., float]] = {
    "log_loss": log_loss,
    "brier": brier,
    "auc": auc,
    "calibration_slope": calibration_slope,
    "calibration_gap": calibration_gap,
}


def auc_interval(area: float, left: int, stayed: int) -> tuple[float, float]:
    """A 95 % interval of an AUC that also holds for a handful of customers, and for 0 and 1.

    The score method of R. G. Newcombe (2006), Confidence intervals for an effect size measure
    based on the Mann-Whitney statistic, part 2, method 5.

    Parameters
    ----------
    area : float
    left, stayed : int
        Customers of either outcome, at least one each.
    """
    half = (left + stayed) / 2.0

    def away(a: float) -> float:
        more = (half - 1.0) * ((1.0 - a) / (2.0 - a) + a / (1.0 + a))
        return 1.96 * float(np.sqrt(max(a * (1.0 - a) * (1.0 + more), 0.0) / (left * stayed)))

    def end(low: float, high: float, outside: Callable[[float], bool]) -> float:
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (middle, high) if outside(middle) else (low, middle)
        return (low + high) / 2.0

    lower = end(0.0, area, lambda a: area - a > away(a))
    upper = end(area, 1.0, lambda a: a - area <= away(a))
    return lower, upper


def figures(y: np.ndarray, p: np.ndarray, sets: np.ndarray, seed: int = 0) -> dict[str, Figure]:
    """Every quality figure of out-of-fold probabilities with its 95 % interval.

    Parameters
    ----------
    y : array (n,) of 0 and 1
    p : array (n,)
        Out-of-fold probabilities, averaged over repeats.
    sets : array (n,) of int
        Rows with one number are drawn together.
    """
    measures = dict(MEASURES)
    if len(y) >= LEAST_FOR_LIFT:
        measures["lift_top_tenth"] = lift_top_tenth
    names, members = np.unique(sets, return_inverse=True)
    members = members.ravel()
    rng = np.random.default_rng(seed)
    rounds = _BOOTSTRAPS if len(y) <= 20_000 else 100
    drawn: dict[str, list[float]] = {key: [] for key in measures}
    for _ in range(rounds):
        times = rng.multinomial(len(names), np.full(len(names), 1.0 / len(names)))
        weights = times[members].astype(float)
        churned = weights @ y
        if churned == 0 or churned == weights.sum():
            continue
        for key, measure in measures.items():
            drawn[key].append(measure(y, p, weights))
    out = {}
    for key, measure in measures.items():
        low, high = (None, None)
        if len(drawn[key]) >= rounds // 2:
            low, high = (float(q) for q in np.quantile(drawn[key], [0.025, 0.975]))
        value = measure(y, p)
        if key == "auc" and 0 < y.sum() < len(y):
            # Drawing again from a few customers who happen to be in order never leaves that order.
            customers = np.bincount(members, weights=y) > 0
            least, most = auc_interval(value, int(customers.sum()), max(1, int((~customers).sum())))
            low, high = (
                min(least, value if low is None else low),
                max(most, value if high is None else high),
            )
        if low is not None and high is not None:
            low, high = _widened(key, value, low, high, len(names))
        out[key] = Figure(value, low, high)
    return out


def _widened(
    key: str, value: float, low: float, high: float, customers: int
) -> tuple[float, float]:
    """An interval that allows for the training too, not only for who was judged."""
    most = _WIDER_SLOPE if key == "calibration_slope" else _WIDER
    factor = 1.0 + most * min(1.0, np.sqrt(_FEW / customers))
    least, largest = _RANGES.get(key, (-np.inf, np.inf))
    return (
        float(max(value - factor * (value - low), least)),
        float(min(value + factor * (high - value), largest)),
    )


def compare(
    table: FeatureTable,
    y: np.ndarray,
    folds: Sequence[Fold],
    ours: np.ndarray,
    n_jobs: int | None,
    step: Callable[[float], None],
) -> list[Peer]:
    """Ours beside the base rate, logistic regression, a random forest and gradient boosting.

    Parameters
    ----------
    ours : array (n,)
        Our out-of-fold probabilities on these folds.
    step : callable
        Called with the part that is done, 0 to 1.
    """
    judged = np.sort(np.concatenate([test for _, test in folds]))
    makers = _peers(table, n_jobs)
    scores = {key: np.zeros(len(y)) for key in makers}
    scores["base_rate"] = np.zeros(len(y))
    done = 0
    for train, test in folds:
        inside, outside = table.rows(train), table.rows(test)
        rate = float(y[train].mean())
        scores["base_rate"][test] = rate
        for key, make in makers.items():
            if 0.0 < rate < 1.0:
                encode = _Encoder(inside)
                model = make().fit(encode(inside), y[train])
                scores[key][test] = model.predict_proba(encode(outside))[:, 1]
            else:
                scores[key][test] = rate
            done += 1
            step(done / (len(folds) * len(makers)))
    scores["ours"] = ours
    order = ("ours", "base_rate", *makers)
    return [
        Peer(
            key,
            NAMES[key],
            log_loss(y[judged], scores[key][judged]),
            brier(y[judged], scores[key][judged]),
            auc(y[judged], scores[key][judged]),
        )
        for key in order
    ]


class _Encoder:
    """What a practitioner would do: median for blanks, a column per category, scaled."""

    def __init__(self, table: FeatureTable) -> None:
        self.kept: list[Any] = []
        for feature, column in zip(table.features, table.columns, strict=True):
            if feature.kind == "text":
                counts = np.bincount(column)
                order = np.argsort(-counts, kind="stable")[:20]
                self.kept.append(order[counts[order] > 0])
            else:
                filled = column[~np.isnan(column)]
                if len(filled) == 0:
                    self.kept.append((0.0, 0.0, 1.0))
                else:
                    spread = float(filled.std())
                    self.kept.append(
                        (float(np.median(filled)), float(filled.mean()), spread or 1.0)
                    )

    def __call__(self, table: FeatureTable) -> np.ndarray:
        blocks = []
        for kept, feature, column in zip(self.kept, table.features, table.columns, strict=True):
            if feature.kind == "text":
                blocks.append((column[:, None] == kept[None, :]).astype(np.float32))
            else:
                median, mean, spread = kept
                x = np.where(np.isnan(column), median, column)
                blocks.append(((x - mean) / spread)[:, None].astype(np.float32))
        return np.hstack(blocks) if blocks else np.zeros((table.n, 1), dtype=np.float32)


def _peers(table: FeatureTable, n_jobs: int | None) -> dict[str, Callable[[], Any]]:
    from sklearn.ensemble import (
        GradientBoostingClassifier,
        HistGradientBoostingClassifier,
        RandomForestClassifier,
    )
    from sklearn.linear_model import LogisticRegression

    def boosting() -> Any:
        if table.n > 2000:
            return HistGradientBoostingClassifier(max_depth=3, random_state=0)
        return GradientBoostingClassifier(
            n_estimators=100, max_depth=3, learning_rate=0.05, subsample=0.5, random_state=0
        )

    return {
        "logistic": lambda: LogisticRegression(max_iter=300),
        "forest": lambda: RandomForestClassifier(n_estimators=100, random_state=42, n_jobs=n_jobs),
        "boosting": boosting,
    }
