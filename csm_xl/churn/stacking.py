"""Putting candidates together: a non-negative stack in log-odds.

The log-odds of the blend are ``shift + sum(weight * candidate)``, with weights of zero or more
that need not add up to one: their sum is the calibration slope. They are fitted to out-of-fold
predictions and drawn towards a given average, the harder the fewer customers there are.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import sigmoid

#: Each doubles the digits that are right, or finds a weight that is zero.
_NEWTON_STEPS = 6
#: By so much a sum of losses may seem to rise by its last digits.
_ROUNDING = 1e-9


def fit_stack(
    scores: np.ndarray, y: np.ndarray, prior: np.ndarray, pull: float
) -> tuple[float, np.ndarray]:
    """Shift and weights with the least penalised log-loss.

    Parameters
    ----------
    scores : array (repeats, n, k)
        Out-of-fold log-odds of k candidates.
    y : array (n,)
    prior : array (k,)
    pull : float
        How hard the weights are drawn towards `prior`, and the shift towards 0.
    """
    from scipy.optimize import minimize

    repeats, _, k = scores.shape
    design = np.concatenate([np.ones((*scores.shape[:2], 1)), scores], axis=2).reshape(-1, k + 1)
    labels = np.tile(y, repeats)
    spread = scores.std(axis=(0, 1)) + 1e-9
    begin = np.concatenate([[0.0], prior])
    pulls = pull * np.concatenate([[0.3], spread**2])

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        z = design @ parameters
        away = parameters - begin
        value = float((np.logaddexp(0.0, z) - labels * z).sum()) / repeats
        value += 0.5 * float(pulls @ away**2)
        return value, design.T @ (sigmoid(z) - labels) / repeats + pulls * away

    bounds = [(None, None)] + [(0.0, None)] * k
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds)
    least = np.asarray(found.x, dtype=float)
    # The search stops where the last digits of sums decide, which differ between processors; the
    # least itself does not. Weights at their bound of zero stay there.
    value, slope = loss(least)
    for _ in range(_NEWTON_STEPS):
        free = np.concatenate([[True], least[1:] > 0.0])
        chance = sigmoid(design @ least)
        own = design[:, free]
        curvature = (own.T * (chance * (1.0 - chance))) @ own / repeats + np.diag(pulls[free])
        step = np.zeros(k + 1)
        try:
            step[free] = np.linalg.solve(curvature, slope[free])
        except np.linalg.LinAlgError:
            # Nothing depends on the weights: the search's are as good as any.
            break
        nearer = least - step
        # A search may stop beside a bound that the least itself lies on.
        nearer[1:] = np.maximum(nearer[1:], 0.0)
        lower, level = loss(nearer)
        if not lower <= value + _ROUNDING:
            break
        least, value, slope = nearer, lower, level
    return float(least[0]), least[1:]


def cross_fitted(
    scores: np.ndarray,
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    prior: np.ndarray,
    pull: float,
) -> np.ndarray:
    """The blend's log-odds by weights that were fitted without the customer, (repeats, n)."""
    blended = np.zeros(scores.shape[:2])
    for r, folds in enumerate(plan):
        for train, test in folds:
            shift, weights = fit_stack(scores[:, train], y[train], prior, pull)
            blended[r, test] = shift + scores[r, test] @ weights
    return blended
