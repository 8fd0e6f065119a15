"""Cohorts: who comes back, by the month of the first order, and how long that takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import TooLittleDataError
from csm_xl.metrics.rows import Floats, Ints

#: Mean length of a month of the Gregorian calendar.
DAYS_PER_MONTH = 365.2425 / 12

_EPOCH = np.datetime64("1899-12-30", "D")


class Cohorts(NamedTuple):
    """A cohort retention table.

    Attributes
    ----------
    months : ndarray of datetime64[M], shape (c,)
        Month of the first order of each cohort; every month from the first to the last.
    customers : ndarray of int, shape (c,)
        How many customers first ordered in that month.
    active : ndarray of int, shape (c, m)
        How many of them ordered 0, 1, 2, ... months later.
    share : ndarray of float, shape (c, m)
        `active` by `customers`; NaN for months still to come and for months without a cohort.
    """

    months: np.ndarray
    customers: Ints
    active: Ints
    share: Floats


def days(dates: ArrayLike) -> np.ndarray:
    """Dates as whole days: datetime64 of any unit, or Excel's serial numbers."""
    given = np.asarray(dates)
    if np.issubdtype(given.dtype, np.datetime64):
        return given.astype("datetime64[D]")
    serial = given.astype(np.float64)
    out = np.full(serial.shape, np.datetime64("NaT"), dtype="datetime64[D]")
    known = np.isfinite(serial)
    out[known] = _EPOCH + np.floor(serial[known]).astype("timedelta64[D]")
    return out


def cohorts(customer: ArrayLike, date: ArrayLike, until: object = None) -> Cohorts:
    """The share of each month's new customers who order again in the months that follow.

    Parameters
    ----------
    customer : array_like, shape (n,)
        Key of the customer of each order; refunds must have been left out.
    date : array_like of datetime64 or Excel serials, shape (n,)
        Date of each order; rows without one (NaT, NaN) are skipped.
    until : date, optional
        The last day on record; the latest order by default. Its month is counted as far as it
        goes.

    Returns
    -------
    Cohorts

    Raises
    ------
    TooLittleDataError
        If there is no order with a date.
    """
    who, when = _dated(customer, date)
    last = when.max() if until is None else days(np.array([until], dtype="datetime64[D]"))[0]
    month = when.astype("datetime64[M]").astype(np.int64)
    end = int(np.datetime64(last, "M").astype(np.int64))
    month, who = month[month <= end], who[month <= end]
    if not month.size:
        raise _no_orders()
    _, who = np.unique(who, return_inverse=True)
    first = np.full(who.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, who, month)
    begin = int(first.min())
    size = end - begin + 1
    # One entry for each customer and month, however many orders it holds.
    cell = np.unique(who * size + (month - begin))
    seen_by, seen_in = cell // size, cell % size
    cohort = first[seen_by] - begin
    active = np.zeros((size, size), dtype=np.int64)
    np.add.at(active, (cohort, seen_in - cohort), 1)
    customers = np.bincount(first - begin, minlength=size).astype(np.int64)
    rows = int(np.flatnonzero(customers).max()) + 1
    active, customers = active[:rows], customers[:rows]
    future = np.arange(rows)[:, None] + np.arange(size) >= size
    share = np.full((rows, size), np.nan)
    np.divide(active, customers[:, None], out=share, where=~future & (customers[:, None] > 0))
    return Cohorts((begin + np.arange(rows)).astype("datetime64[M]"), customers, active, share)


def _dated(customer: ArrayLike, date: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    who, when = np.asarray(customer).reshape(-1), days(date).reshape(-1)
    known = ~np.isnat(when)
    if not known.any():
        raise _no_orders()
    return who[known], when[known]


def _no_orders() -> TooLittleDataError:
    return TooLittleDataError(
        "There is no order with a date. Add orders first.", "没有带日期的订单，请先添加订单。"
    )
