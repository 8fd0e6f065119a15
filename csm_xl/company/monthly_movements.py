"""What a list of subscribers came to month by month: what was new, what was lost, what was kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import readable
from csm_xl.company.rule_health import day_of
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH, serial

#: So many whole months are shown at most.
_MONTHS = 12


@dataclass(frozen=True)
class MonthlyMovement:
    """One whole month of a list, in money a month, or in customers where there are no prices.

    Attributes
    ----------
    first : datetime.date
        The first day of the month.
    opening, new, lost, closing : float
        ``opening + new - lost == closing``.
    kept : float
        The share of the opening that was still there at the end; NaN where nothing opened. Whoever
        came and left within the month is in `new` and `lost` and not in it.
    """

    first: dt.date
    opening: float
    new: float
    lost: float
    closing: float
    kept: float


def monthly_movements(
    table: HeaderTable, worth: np.ndarray | None, today: float
) -> list[MonthlyMovement]:
    """The last whole months of a list with dates of a start and of leaving, oldest first.

    Who has no start was always there; who left on an unknown day is left out.

    Parameters
    ----------
    table : HeaderTable
    worth : ndarray of float, shape (n,), or None
        What each pays a month; None counts customers.
    today : float
        A serial number.

    Returns
    -------
    list of MonthlyMovement
        Empty where the list has no start or no days of leaving, or nobody was there yet.
    """
    place = table.roles.place("start")
    leaving = table.leaving
    if place is None or not leaving.dated or not len(leaving.status):
        return []
    start = np.array([day_of(cell) for cell in readable(table.cells(place), "date")[0]])
    start = np.where(np.isnan(start), -np.inf, start)
    end = np.where(np.isnan(leaving.left_on), np.inf, leaving.left_on)
    counted = table.holds & np.isin(leaving.status, ["left", "kept", "notice", ""])
    counted &= ~((leaving.status == "left") & np.isnan(leaving.left_on)) & (end >= start)
    amount = np.where(counted, 1.0 if worth is None else np.nan_to_num(worth), 0.0)
    found = []
    until = (EXCEL_EPOCH + dt.timedelta(days=float(today))).date().replace(day=1)
    for _ in range(_MONTHS):
        first = (until - dt.timedelta(days=1)).replace(day=1)
        low, high = serial(first), serial(until)
        there = (start < low) & (end >= low)
        opening = float(amount[there].sum())
        new = float(amount[(start >= low) & (start < high)].sum())
        lost = float(amount[(end >= low) & (end < high)].sum())
        gone = float(amount[there & (end < high)].sum())
        kept = 1.0 - gone / opening if opening > 0 else float("nan")
        found.append(MonthlyMovement(first, opening, new, lost, opening + new - lost, kept))
        until = first
    while found and not (found[-1].opening or found[-1].new):
        found.pop()
    return found[::-1]
