"""Health: one figure from 0 to 100 out of satisfaction, loyalty, usage and churn risk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import DivideError
from csm_xl.language import Text
from csm_xl.metrics.experience_score import checked_weights
from csm_xl.metrics.rows import Rows, columns, mark_scale, no_problems, sound

_PARTS = (
    Text("satisfaction", "满意度"),
    Text("loyalty", "忠诚度"),
    Text("usage", "使用度"),
    Text("churn probability", "流失概率"),
)


def health(
    satisfaction: ArrayLike,
    loyalty: ArrayLike,
    usage: ArrayLike,
    churn_probability: ArrayLike,
    weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
) -> Rows:
    """Health score, row by row.

    Parameters
    ----------
    satisfaction, loyalty, usage, churn_probability : array_like of float, shape (n,)
        Each from 0 to 1. A blank (NaN) part drops out of its row.
    weights : sequence of 4 floats
        What each part counts, none negative; those of the parts that are there are scaled to
        sum to 1.

    Returns
    -------
    Rows
        ``100 * sum(w * part) / sum(w)`` with ``1 - churn_probability`` as the fourth part;
        NaN where every part with a weight is blank, a ScaleError where a part is outside 0 to 1.

    Raises
    ------
    ScaleError
        If there are not four weights or one is negative.
    DivideError
        If all weights are 0.
    """
    factors = checked_weights(weights, 4)
    if not factors.any():
        raise DivideError(
            "All weights are 0. Give one of them more.", "权重全为 0，请至少填一个正数。"
        )
    given = columns(satisfaction, loyalty, usage, churn_probability)
    problems = no_problems(given[0].size)
    for what, part in zip(_PARTS, given, strict=True):
        mark_scale(problems, what, part, 0, 1)
    parts = np.column_stack([*given[:3], 1.0 - given[3]])
    there = ~np.isnan(parts)
    weight = np.where(there, factors, 0.0).sum(axis=1)
    points = np.where(there, parts, 0.0) @ factors
    values = np.full(weight.size, np.nan)
    np.divide(100.0 * points, weight, out=values, where=sound(problems) & (weight > 0))
    return Rows(values, problems)
