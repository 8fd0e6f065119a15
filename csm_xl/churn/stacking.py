"""Putting candidates together: a non-negative stack in log-odds.

The log-odds of the blend are ``shift + sum(weight * candidate)``, with weights of zero or more
that need not add up to one: their sum is the calibration slope. They are fitted to out-of-fold
predictions and drawn towards a given average, the harder the fewer customers there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import sigmoid


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
    spread = scores.std(axis=(0, 1)) + 1e-9

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        z = parameters[0] + scores @ parameters[1:]
        error = sigmoid(z) - y
        away = (parameters[1:] - prior) * spread
        value = float((np.logaddexp(0.0, z) - y * z).sum()) / repeats
        value += 0.5 * pull * float(away @ away + 0.3 * parameters[0] ** 2)
        slope = np.tensordot(error, scores, axes=([0, 1], [0, 1])) / repeats
        shift = error.sum() / repeats + 0.3 * pull * parameters[0]
        return value, np.concatenate([[shift], slope + pull * away * spread])

    found = minimize(
        loss,
        np.concatenate([[0.0], prior]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(None, None)] + [(0.0, None)] * k,
    )
    penalty = np.concatenate([[0.3 * pull], pull * spread**2])
    x = _at_the_least(np.asarray(found.x, dtype=float), scores, loss, penalty)
    return float(x[0]), x[1:]


def _at_the_least(
    x: np.ndarray,
    scores: np.ndarray,
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]],
    penalty: np.ndarray,
) -> np.ndarray:
    """Parameters at the very least of the loss, by Newton steps from where the search stopped.

    The search stops where the last digits of sums decide, which differ between processors; the least
    does not. Weights at their bound of zero stay there.
    """
    repeats = scores.shape[0]
    for _ in range(_NEWTON_STEPS):
        _, gradient = loss(x)
        free = np.concatenate([[True], x[1:] > 0.0])
        chance = sigmoid(x[0] + scores @ x[1:])
        design = np.concatenate([np.ones((*chance.shape, 1)), scores], axis=2)[:, :, free]
        weighted = design * (chance * (1.0 - chance))[:, :, None]
        curvature = np.tensordot(weighted, design, axes=([0, 1], [0, 1])) / repeats
        curvature += np.diag(penalty[free])
        try:
            step = np.linalg.solve(curvature, gradient[free])
        except np.linalg.LinAlgError:
            return x
        new = x.copy()
        new[free] -= step
        if not np.isfinite(new).all() or (new[1:] < 0.0).any() or loss(new)[0] > loss(x)[0] + 1e-9:
            return x
        x = new
    return x


_NEWTON_STEPS = 3


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
