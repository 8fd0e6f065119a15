"""Experience: the weighted sum of functional, service and emotional satisfaction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import ScaleError
from csm_xl.language import Text
from csm_xl.metrics.rows import Rows, columns, mark, mark_holes, no_problems, outside, sound

_PARTS = (
    Text("functional satisfaction", "功能满意度"),
    Text("service satisfaction", "服务满意度"),
    Text("emotional satisfaction", "情感满意度"),
)


def experience(
    functional: ArrayLike,
    service: ArrayLike,
    emotional: ArrayLike,
    weights: Sequence[float] = (1.0, 1.0, 1.0),
) -> Rows:
    """Experience score, row by row.

    Parameters
    ----------
    functional, service, emotional : array_like of float, shape (n,)
        The three satisfactions, on one scale of the owner's choice; NaN in all is a blank row.
    weights : sequence of 3 floats
        What each part counts, none negative.

    Returns
    -------
    Rows
        ``w1 * functional + w2 * service + w3 * emotional``; a CellError where only some of the
        three are filled in, since such a sum could not be compared with the others.

    Raises
    ------
    ScaleError
        If there are not three weights or one is negative.

    Notes
    -----
    一人公司如何打造高效的客户成功管理体系, §4.3. That article's program adds the first part twice;
    its formula, followed here, adds all three.
    """
    factors = checked_weights(weights, 3)
    parts = columns(functional, service, emotional)
    problems = no_problems(parts[0].size)
    mark_holes(problems, list(zip(_PARTS, parts, strict=True)))
    for what, part in zip(_PARTS, parts, strict=True):
        mark(problems, np.isinf(part), outside(what, part, 0))
    score = factors[0] * parts[0] + factors[1] * parts[1] + factors[2] * parts[2]
    return Rows(np.where(sound(problems), score, np.nan), problems)


def checked_weights(weights: Sequence[float] | ArrayLike, n: int) -> np.ndarray:
    """The weights as floats.

    Raises
    ------
    ScaleError
        If there are not `n` weights, or one is negative, blank or infinite.
    """
    factors = np.asarray(weights, dtype=np.float64).reshape(-1)
    if factors.size != n or not np.all(np.isfinite(factors)) or np.any(factors < 0):
        given = ", ".join(f"{w:g}" for w in factors)
        text = Text(
            "The weights must be {n} numbers of 0 or more, not: {given}.",
            "权重应为 {n} 个不小于 0 的数字，而现在是：{given}。",
        ).fill(n=n, given=given)
        raise ScaleError(text.en, text.zh)
    return factors
