"""Ridge logistic regression on straight lines or hinges, and its terms.

Two bases are learned from the rows they are given: straight lines (one slope a feature), and
piecewise lines (a hinge at each of a few quantiles, so that a slope may change there). Categories
have a column each, rare ones are pooled, and blanks have an indicator where there are enough.

The ridge penalty acts on columns scaled to a standard deviation of one (numbers) or left as 0 and
1 (categories); hinges are shrunk towards "the slope does not change here".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import NumericTerm, TextTerm, sigmoid

#: A text feature has at most so many categories of its own.
MOST_CATEGORIES = 50
#: A category, and the blanks of a numeric feature, need this many customers.
LEAST = 3
#: A change of slope is shrunk so many times harder than the slope itself.
STRAIGHTER = 4.0
#: The penalty that suits small data best, and how strongly choices are drawn towards it.
_USUAL, _PULL = 12.0, 0.5
#: How fast a feature that says much alone is trusted, and between what its penalty may change.
_DOUBT, _DOUBTED = 3.0, (0.25, 8.0)
#: A tenth of a customer of either outcome keeps the intercept finite when a fold lacks one.
_BOTH = 0.1


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
    table : FeatureTable
        The rows to learn from.
    n_knots : int
        Slope changes per numeric feature; 0 is a straight line.
    """

    def __init__(self, table: FeatureTable, n_knots: int) -> None:
        self.parts: list[_Numeric | _Text] = []
        for feature, column in zip(table.features, table.columns, strict=True):
            if feature.kind == "text":
                self.parts.append(_Text(frequent_levels(column, LEAST, MOST_CATEGORIES)))
            else:
                self.parts.append(_learn_numeric(column, n_knots, LEAST))
        matrix = self._columns(table)
        self.means = matrix.mean(axis=0) if len(matrix) else np.zeros(matrix.shape[1])

    def kept_levels(self) -> dict[int, list[int]]:
        """Per text feature (by place) the levels that have a column of their own."""
        return {
            k: part.kept.tolist() for k, part in enumerate(self.parts) if isinstance(part, _Text)
        }

    @property
    def penalties(self) -> np.ndarray:
        """How hard each column is shrunk compared with the others, (d,)."""
        each: list[float] = []
        for part in self.parts:
            if isinstance(part, _Text):
                each += [1.0] * len(part.kept)
            else:
                each += [1.0] + [STRAIGHTER] * (len(part.knots) - 1) + [1.0] * part.blanks
        return np.array(each)

    def doubt(self, matrix: np.ndarray, y: np.ndarray) -> np.ndarray:
        """How much harder to shrink each column because its feature alone says little, (d,).

        With many columns and few customers most columns are noise. A feature's score statistic
        is 1 on average when it has nothing to do with the outcome.

        Parameters
        ----------
        matrix : array (n, d)
            Of the rows to learn from.
        y : array (n,)
        """
        rate = y.mean()
        spread = np.maximum((matrix**2).sum(axis=0) * rate * (1.0 - rate), 1e-9)
        score = (matrix.T @ (y - rate)) ** 2 / spread
        each: list[float] = []
        for part in self.parts:
            own = len(part.kept) if isinstance(part, _Text) else len(part.knots) + part.blanks
            if own:
                mean = float(score[len(each) : len(each) + own].mean())
                each += [float(np.clip(_DOUBT / (mean + _DOUBT - 1.0), *_DOUBTED))] * own
        return np.array(each)

    def matrix(self, table: FeatureTable) -> np.ndarray:
        """The centred columns of some rows, (n, d)."""
        return self._columns(table) - self.means

    def _columns(self, table: FeatureTable) -> np.ndarray:
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
        self, table: FeatureTable, weights: np.ndarray, intercept: float
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


def frequent_levels(column: np.ndarray, least: float, most: int) -> np.ndarray:
    """Indices of the at most `most` commonest levels with `least` customers, in order."""
    counts = np.bincount(column)
    commonest = np.argsort(-counts, kind="stable")[:most]
    return np.sort(commonest[counts[commonest] >= least])


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
    ridge = np.concatenate([[0.0], np.broadcast_to(np.asarray(penalty, dtype=float), (d,))])
    objective = _objective(matrix, y, ridge, beta)
    for _ in range(iterations):
        p = sigmoid(beta[0] + matrix @ beta[1:])
        error = p - y
        gradient = np.concatenate([[error.sum()], matrix.T @ error]) + ridge * beta
        average = float(sigmoid(beta[:1])[0])
        gradient[0] += _BOTH * (2.0 * average - 1.0)
        curve = np.maximum(p * (1.0 - p), 1e-9)
        weighted = matrix * curve[:, None]
        hessian = np.empty((d + 1, d + 1))
        hessian[0, 0] = curve.sum()
        hessian[0, 1:] = hessian[1:, 0] = weighted.sum(axis=0)
        hessian[1:, 1:] = matrix.T @ weighted
        hessian[np.diag_indices(d + 1)] += ridge
        hessian[0, 0] += 2.0 * _BOTH * average * (1.0 - average)
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
    both = _BOTH * (np.logaddexp(0.0, beta[0]) + np.logaddexp(0.0, -beta[0]))
    return float(np.logaddexp(0.0, z).sum() - y @ z + 0.5 * ridge @ (beta * beta) + both)


@dataclass(frozen=True)
class LinearFit:
    """A linear candidate.

    Parameters
    ----------
    basis : Basis
        Learned from all rows.
    intercept, weights : float, array (d,)
        Averaged over the penalties.
    out_of_fold : array (repeats, n)
        Log-odds.
    in_sample : array (n,)
        Log-odds.
    """

    basis: Basis
    intercept: float
    weights: np.ndarray
    out_of_fold: np.ndarray
    in_sample: np.ndarray


def _fits(
    basis: Basis, matrix: np.ndarray, y: np.ndarray, penalties: Sequence[float]
) -> list[tuple[float, np.ndarray]]:
    """Intercept and weights by each penalty: on all columns alike, then by what each says."""
    found = []
    for doubt in (np.ones(matrix.shape[1]), basis.doubt(matrix, y)):
        start = None
        for penalty in penalties:
            start = fit_ridge(matrix, y, penalty * basis.penalties * doubt, start)
            found.append(start)
    return found


def fit_linear(
    views: Callable[[np.ndarray | None], FeatureTable],
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    penalties: Sequence[float],
    n_knots: int,
    step: Callable[[], None],
) -> LinearFit:
    """Fit all penalties on all folds, and average over penalties by out-of-fold log-loss.

    One penalty chosen from folds of a hundred customers is a lottery. The average, over penalties
    that treat all columns alike and such that shrink doubtful ones harder, weighs each by its
    out-of-fold likelihood, drawn a little towards the penalty that is usually right.

    Parameters
    ----------
    views : callable
        Gives the features to learn from, chosen from the rows it is given (all for None), of all
        customers.
    """
    n, k = len(y), len(penalties)
    scores = np.zeros((2 * k, len(plan), n))
    for r, folds in enumerate(plan):
        for train, test in folds:
            table = views(train)
            inside = table.rows(train)
            basis = Basis(inside, n_knots)
            matrix, outside = basis.matrix(inside), basis.matrix(table.rows(test))
            for m, (intercept, weights) in enumerate(_fits(basis, matrix, y[train], penalties)):
                scores[m, r, test] = intercept + outside @ weights
            step()
    table = views(None)
    basis = Basis(table, n_knots)
    matrix = basis.matrix(table)
    fits = _fits(basis, matrix, y, penalties)
    fitted = np.array([intercept + matrix @ weights for intercept, weights in fits])
    losses = (np.logaddexp(0.0, scores) - scores * y).mean(axis=(1, 2))
    losses += np.tile(_PULL / n * np.log(np.array(penalties) / _USUAL) ** 2, 2)
    shares = np.exp(-n * (losses - losses.min()))
    shares /= shares.sum()
    step()
    return LinearFit(
        basis,
        float(shares @ np.array([intercept for intercept, _ in fits])),
        shares @ np.array([weights for _, weights in fits]),
        np.tensordot(shares, scores, axes=1),
        shares @ fitted,
    )
