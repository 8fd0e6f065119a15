"""Churn rate and retention: of flags, of counts, and between two dates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import DivideError, ScaleError
from csm_xl.language import Text
from csm_xl.metrics.rows import Rows, columns, nothing, on_scale
from csm_xl.metrics.satisfaction import ratio


def churn_rate(flags: ArrayLike) -> float:
    """Share of customers who left.

    Parameters
    ----------
    flags : array_like of float or bool
        1 for a customer who left, 0 for one who stayed; NaN is a blank and is skipped.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ScaleError
        If a flag is neither 0 nor 1.
    DivideError
        If there is no flag at all.

    Notes
    -----
    一人公司的客户成功管理实践, §2.
    """
    given = on_scale(Text("the flag", "流失标记"), flags, 0, 1)
    between = (given != 0) & (given != 1)
    if between.any():
        text = Text(
            "{value:g} is neither 0 (stayed) nor 1 (left). Correct that cell.",
            "{value:g} 既不是 0（未流失）也不是 1（已流失），请更正该单元格。",
        ).fill(value=float(given[between][0]))
        raise ScaleError(text.en, text.zh)
    if not given.size:
        raise nothing(Text("customer", "客户"))
    return float(np.mean(given))


def churn_rate_count(churned: ArrayLike, total: ArrayLike) -> Rows:
    """Customers who left by all customers, row by row.

    Parameters
    ----------
    churned, total : array_like of float, shape (n,)
        Counts.

    Returns
    -------
    Rows
        Shares from 0 to 1, with problems as in :func:`~csm_xl.metrics.satisfaction.ratio`.

    Notes
    -----
    一人公司的客户成功管理实践, §2.
    """
    return ratio(churned, total)


def churn_rate_period(
    start: ArrayLike, left: ArrayLike, first_day: float, last_day: float
) -> float:
    """Share of the customers at the first day who had left by the end of the last day.

    Parameters
    ----------
    start, left : array_like of float, shape (n,)
        Excel's serial dates (or any day numbers); NaN in `left` is a customer who stayed, NaN in
        `start` a blank row. Both days of the period belong to it: who leaves on the first day
        was still a customer that morning, and who starts on it is one already.
    first_day, last_day : float
        The period.

    Returns
    -------
    float
        From 0 to 1. Customers won within the period are in neither count.

    Raises
    ------
    ScaleError
        If the period ends before it begins, or a customer left before starting.
    DivideError
        If nobody was a customer at the first day.
    """
    if not (np.isfinite(first_day) and np.isfinite(last_day)) or last_day < first_day:
        text = Text(
            "The period ends before it begins. Exchange its two dates.",
            "期间的结束日期早于开始日期，请对调这两个日期。",
        )
        raise ScaleError(text.en, text.zh)
    start, left = columns(start, left)
    backwards = left < start
    if backwards.any():
        text = Text(
            "Row {row}: the customer left before starting. Correct one of the two dates.",
            "第 {row} 行：客户的流失日期早于开始日期，请更正其中一个日期。",
        ).fill(row=int(np.argmax(backwards)) + 1)
        raise ScaleError(text.en, text.zh)
    there = (start <= first_day) & ~(left < first_day)
    if not there.any():
        text = Text(
            "Nobody was a customer at the first day of the period. Choose another one.",
            "期间的第一天还没有客户，请选择其他日期。",
        )
        raise DivideError(text.en, text.zh)
    return float(np.count_nonzero(there & (left <= last_day)) / np.count_nonzero(there))


def retention(start: ArrayLike, left: ArrayLike, first_day: float, last_day: float) -> float:
    """Share of the customers at the first day who were still customers after the last day.

    Parameters and errors are those of :func:`churn_rate_period`; the result is 1 minus it.
    """
    return 1.0 - churn_rate_period(start, left, first_day, last_day)


def net_revenue_retention(before: ArrayLike, now: ArrayLike) -> float:
    """What the customers of then pay now, by what they paid then.

    Parameters
    ----------
    before, now : array_like of float, shape (n,)
        What each customer paid per month then, and pays now; NaN in `now` is nothing. Customers
        without a price before were won since and are in neither sum.

    Returns
    -------
    float
        Above 1 where those who stayed pay more than those who left took away.

    Raises
    ------
    ScaleError
        If a price is below 0.
    DivideError
        If nobody paid anything before.
    """
    before, now = _prices(before, now)
    return float(now.sum() / before.sum())


def gross_revenue_retention(before: ArrayLike, now: ArrayLike) -> float:
    """What is left of what the customers of then paid, raises not counted.

    Parameters and errors are those of :func:`net_revenue_retention`; the result is from 0 to 1.
    """
    before, now = _prices(before, now)
    return float(np.minimum(before, now).sum() / before.sum())


def _prices(before: ArrayLike, now: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """The prices then and now of those who had one then."""
    before, now = (np.nan_to_num(column, posinf=np.inf) for column in columns(before, now))
    for what, prices in (
        (Text("the price before", "之前的月费"), before),
        (Text("the price now", "现在的月费"), now),
    ):
        on_scale(what, prices, 0)
    paid = before > 0
    if not paid.any():
        text = Text(
            "Nobody had a price before, so nothing can be kept. Choose another month.",
            "之前没有任何客户付费，无法计算留存，请选择其他月份。",
        )
        raise DivideError(text.en, text.zh)
    return before[paid], now[paid]
