"""Ridge logistic regression on straight lines or hinges, and its terms.

Two bases are learned from the rows they are given: straight lines (one slope a feature), and
piecewise lines (a hinge at each of a few quantiles, so that a slope may change there). Categories
have a column each, rare ones are pooled, and blanks have an indicator where there are enough.

The ridge penalty acts on columns scaled to a standard deviation of one (numbers) or left as 0 and
1 (categories); hinges are shrunk towards "the slope does not change here".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.formula import NumericTerm, TextTerm, sigmoid
from csm_xl.churn.table import Table


@dataclass(frozen=True)
class _Numeric:
    impute: float
    highest: float
    knots: np.ndarray
    scale: float
    blanks: bool


@dataclass(frozen=True)
class _Text:
    kept: np.ndarray
    """Indices into the table's levels that have a column each."""


class Basis:
    """Columns of a design matrix, learned from one set of rows.

    Parameters
    ----------
    table : Table
        The rows to learn from.
    n_knots : int
        Slope changes per numeric feature; 0 is a straight line.
    least : int
        A category, and the blanks of a numeric feature, need this many customers.
    """

    def __init__(self, table: Table, n_knots: int, least: int) -> None:
        self.parts: list[_Numeric | _Text] = []
        for feature, column in zip(table.features, table.columns, strict=True):
            if feature.kind == "text":
                counts = np.bincount(column)
                self.parts.append(_Text(np.flatnonzero(counts >= least)))
            else:
                self.parts.append(_learn_numeric(column, n_knots, least))
        matrix = self._columns(table)
        self.means = matrix.mean(axis=0) if len(matrix) else np.zeros(matrix.shape[1])

    def matrix(self, table: Table) -> np.ndarray:
        """The centred columns of some rows, (n, d)."""
        return self._columns(table) - self.means

    def _columns(self, table: Table) -> np.ndarray:
        blocks = []
        for part, column in zip(self.parts, table.columns, strict=True):
            if isinstance(part, _Text):
                blocks.append((column[:, None] == part.kept[None, :]).astype(float))
            else:
                blank = np.isnan(column)
                x = np.minimum(np.where(blank, part.impute, column), part.highest)
                blocks.append(np.maximum(0.0, x[:, None] - part.knots[None, :]) / part.scale)
                if part.blanks:
                    blocks.append(blank[:, None].astype(float))
        return np.hstack(blocks) if blocks else np.zeros((table.n, 0))

    def terms(
        self, table: Table, weights: np.ndarray, intercept: float
    ) -> tuple[float, list[NumericTerm], list[TextTerm]]:
        """The fitted weights (d,) as an intercept and terms of a formula."""
        numeric, text = [], []
        intercept = float(intercept - self.means @ weights)
        place = 0
        for part, feature, levels in zip(self.parts, table.features, table.levels, strict=True):
            if isinstance(part, _Text):
                own = weights[place : place + len(part.kept)]
                place += len(part.kept)
                text.append(
                    TextTerm(
                        name=feature.name,
                        categories=tuple(levels[k] for k in part.kept),
                        weights=tuple(own.tolist()),
                        other=0.0,
                    )
                )
            else:
                own = weights[place : place + len(part.knots)] / part.scale
                place += len(part.knots)
                missing = 0.0
                if part.blanks:
                    missing = float(weights[place])
                    place += 1
                numeric.append(
                    NumericTerm(
                        name=feature.name,
                        impute=part.impute,
                        missing=missing,
                        knots=tuple(part.knots.tolist()),
                        weights=tuple(own.tolist()),
                        highest=part.highest,
                        kind=feature.kind,
                    )
                )
        return intercept, numeric, text


def _learn_numeric(column: np.ndarray, n_knots: int, least: int) -> _Numeric:
    filled = column[~np.isnan(column)]
    if len(filled) == 0:
        return _Numeric(0.0, 0.0, np.zeros(1), 1.0, False)
    lowest, highest = float(filled.min()), float(filled.max())
    knots = [lowest]
    if n_knots:
        inner = np.unique(np.quantile(filled, np.linspace(0, 1, n_knots + 2)[1:-1]))
        knots += [float(k) for k in inner if lowest < k < highest]
    n_blank = len(column) - len(filled)
    scale = float(filled.std())
    return _Numeric(
        impute=float(np.median(filled)),
        highest=highest,
        knots=np.array(knots),
        scale=scale if scale > 0 else 1.0,
        blanks=min(n_blank, len(filled)) >= least,
    )


def fit_ridge(
    matrix: np.ndarray,
    y: np.ndarray,
    penalty: float | np.ndarray,
    start: tuple[float, np.ndarray] | None = None,
    iterations: int = 30,
) -> tuple[float, np.ndarray]:
    """Logistic regression with a ridge penalty, by Newton's method.

    Minimises ``sum(log-loss) + 1/2 sum(penalty * weights**2)``; the intercept is free.

    Parameters
    ----------
    matrix : array (n, d)
        Centred columns.
    y : array (n,)
        1 for a customer who left.
    penalty : float or array (d,)
    start : (intercept, weights), optional

    Returns
    -------
    intercept : float
    weights : array (d,)
    """
    n, d = matrix.shape
    rate = (y.sum() + 0.5) / (n + 1.0)
    beta = np.zeros(d + 1)
    beta[0] = np.log(rate / (1.0 - rate))
    if start is not None:
        beta = np.concatenate([[start[0]], start[1]])
    # A whisper of a penalty on the intercept keeps it finite when one outcome is missing.
    ridge = np.concatenate([[1e-4], np.broadcast_to(np.asarray(penalty, dtype=float), (d,))])
    objective = _objective(matrix, y, ridge, beta)
    for _ in range(iterations):
        p = sigmoid(beta[0] + matrix @ beta[1:])
        error = p - y
        gradient = np.concatenate([[error.sum()], matrix.T @ error]) + ridge * beta
        curve = np.maximum(p * (1.0 - p), 1e-9)
        weighted = matrix * curve[:, None]
        hessian = np.empty((d + 1, d + 1))
        hessian[0, 0] = curve.sum()
        hessian[0, 1:] = hessian[1:, 0] = weighted.sum(axis=0)
        hessian[1:, 1:] = matrix.T @ weighted
        hessian[np.diag_indices(d + 1)] += ridge
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while True:
            tried = beta - size * step
            value = _objective(matrix, y, ridge, tried)
            if value <= objective or size < 1e-4:
                break
            size /= 2.0
        gain = objective - value
        if gain <= 0:
            break
        beta, objective = tried, value
        if gain < 1e-9 * n:
            break
    return float(beta[0]), beta[1:]


def _objective(matrix: np.ndarray, y: np.ndarray, ridge: np.ndarray, beta: np.ndarray) -> float:
    z = beta[0] + matrix @ beta[1:]
    return float(np.logaddexp(0.0, z).sum() - y @ z + 0.5 * ridge @ (beta * beta))


def choose_penalty(
    table: Table,
    y: np.ndarray,
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    penalties: Sequence[float],
    n_knots: int,
    least: int,
) -> tuple[float, np.ndarray]:
    """The penalty with the least out-of-fold log-loss, and its out-of-fold log-odds (n,)."""
    scores = np.zeros((len(penalties), table.n))
    for train, test in folds:
        basis = Basis(table.rows(train), n_knots, least)
        inside, outside = basis.matrix(table.rows(train)), basis.matrix(table.rows(test))
        start = None
        for k, penalty in enumerate(penalties):
            start = fit_ridge(inside, y[train], penalty, start)
            scores[k, test] = start[0] + outside @ start[1]
    losses = np.logaddexp(0.0, scores).mean(axis=1) - (scores * y).mean(axis=1)
    best = int(np.argmin(losses))
    return penalties[best], scores[best]
