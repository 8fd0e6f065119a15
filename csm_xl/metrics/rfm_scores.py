"""RFM: how recently, how often and for how much each customer bought, as scores by rank."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import ScaleError
from csm_xl.language import Text
from csm_xl.metrics.rows import (
    Floats,
    Ints,
    Rows,
    columns,
    mark_holes,
    mark_scale,
    no_problems,
    sound,
)

_DAYS = Text("the number of days since the last order", "距上次购买的天数")
_ORDERS = Text("the number of orders", "订单数")
_SPEND = Text("spend", "消费金额")


def rfm(days_since_last: ArrayLike, orders: ArrayLike, spend: ArrayLike, bins: float = 5) -> Rows:
    """Recency, frequency and monetary score of each customer.

    Parameters
    ----------
    days_since_last, orders, spend : array_like of float, shape (n,)
        NaN in all three is a blank row. Spend may be negative (more refunds than orders).
    bins : int
        The best score.

    Returns
    -------
    Rows
        Integers, shape (n, 3), from 1 to `bins`; `bins` is best, and few days since the last
        order are good. Blank rows and rows with a problem get 0 and are not ranked.

    Raises
    ------
    ScaleError
        If `bins` is not a whole number from 2 up.

    Notes
    -----
    A score is the bin that the middle of a value's ranks falls into, so that equal values get
    equal scores, and a lone customer is in the middle:
    ``ceil(bins * (2 * below + equal) / (2 * n))`` with the numbers of customers below and equal.
    In Excel: ``ROUNDUP(bins*(2*RANK.AVG(x,range,1)-1)/(2*COUNT(range)),0)``.
    """
    if not float(bins).is_integer() or bins < 2:
        text = Text(
            "The number of scores must be a whole number from 2 up, not {bins:g}.",
            "分值个数应为不小于 2 的整数，而不是 {bins:g}。",
        ).fill(bins=bins)
        raise ScaleError(text.en, text.zh)
    days, count, money = columns(days_since_last, orders, spend)
    problems = no_problems(days.size)
    blank = mark_holes(problems, [(_DAYS, days), (_ORDERS, count), (_SPEND, money)])
    mark_scale(problems, _DAYS, days, 0)
    mark_scale(problems, _ORDERS, count, 0)
    mark_scale(problems, _SPEND, money, -np.finfo(float).max)
    fine = sound(problems) & ~blank
    scores = np.zeros((days.size, 3), dtype=np.int64)
    for column, values in enumerate((-days, count, money)):
        scores[fine, column] = rank_scores(values[fine], int(bins))
    return Rows(scores, problems)


def rank_scores(values: Floats, bins: int) -> Ints:
    """Scores 1 to `bins` by the middle of each value's ranks; the highest values score best."""
    _, index, equal = np.unique(values, return_inverse=True, return_counts=True)
    below = np.cumsum(equal) - equal
    # Whole numbers throughout: a quotient of floats could fall on the wrong side of a bin.
    twice = bins * (2 * below + equal)
    score = -(-twice // (2 * values.size)) if values.size else twice
    return score[index].astype(np.int64)
