"""The model: candidates, their out-of-fold predictions, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import MAX_FEATURES, ChurnFormula
from csm_xl.churn.linear import Basis, choose_penalty, fit_ridge
from csm_xl.churn.screening import strongest
from csm_xl.churn.table import Table
from csm_xl.language import Text

PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0)
METHOD_RIDGE = Text(
    "Logistic regression, shrunk towards the average customer.",
    "向平均水平收缩的逻辑回归。",
)


@dataclass(frozen=True)
class Fitted:
    """A trained formula and its log-odds.

    Parameters
    ----------
    formula : ChurnFormula
    in_sample : array (n,)
        Log-odds by the final formula.
    out_of_fold : array (n,)
        Log-odds by models that had not seen the customer, averaged over repeats.
    first_out_of_fold : array (n,)
        The same, of the first repeat alone.
    method : Text
    """

    formula: ChurnFormula
    in_sample: np.ndarray
    out_of_fold: np.ndarray
    first_out_of_fold: np.ndarray
    method: Text


def fit_blend(
    table: Table,
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    seed: int,
    n_jobs: int | None,
    step: Callable[[float], None],
) -> Fitted:
    """Train on all customers, and predict each by models that have not seen them."""
    table = table.select(strongest(table, y, MAX_FEATURES))
    step(0.0)
    scores = []
    for r, folds in enumerate(plan):
        penalty, score = choose_penalty(table, y, folds, PENALTIES, 0, 3)
        scores.append(score)
        step((r + 1) / len(plan))
    basis = Basis(table, 0, 3)
    matrix = basis.matrix(table)
    intercept, weights = fit_ridge(matrix, y, penalty)
    in_sample = intercept + matrix @ weights
    base, numeric, text = basis.terms(table, weights, intercept)
    formula = ChurnFormula(
        base, tuple(numeric), tuple(text), (), tuple(f.name for f in table.features)
    )
    return Fitted(formula, in_sample, np.mean(scores, axis=0), scores[0], METHOD_RIDGE)
