"""Low, medium or high: a probability of leaving as a word."""

from __future__ import annotations

import numpy as np

from csm_xl.errors import ScaleError
from csm_xl.language import Text

#: From the lowest to the highest, by the codes that :func:`risk_levels` gives.
RISKS = (Text("Low", "低"), Text("Medium", "中"), Text("High", "高"))
#: From these probabilities up a risk is medium, or high.
MEDIUM, HIGH = 0.3, 0.6


def risk_levels(probability: np.ndarray, medium: float = MEDIUM, high: float = HIGH) -> np.ndarray:
    """Index into :data:`RISKS` for each probability.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)
        Without NaN.
    medium, high : float
        The probabilities from which a risk is medium, and high.

    Returns
    -------
    ndarray of int, shape (n,)

    Raises
    ------
    ScaleError
        Unless 0 <= medium <= high <= 1.
    """
    if not 0 <= medium <= high <= 1:
        raise ScaleError(
            f"The limits of risk are {medium:g} and {high:g}, but medium must not be above high "
            "and both lie between 0 and 1. Correct them.",
            f"风险界限为 {medium:g} 和 {high:g}，但中风险界限不能高于高风险界限，"
            "且两者都应在 0 到 1 之间，请更正。",
        )
    return (probability >= medium).astype(int) + (probability >= high)
