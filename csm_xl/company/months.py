"""Months side by side, and sheets named by months: usage over time, as its level and its trend."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.company.column_contents import Contents, is_mark, number_of, spoken
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH
from csm_xl.vocabulary.months import NAMES
from csm_xl.vocabulary.roles import TITLES

_YEAR_MONTH = re.compile(r"^(?:19|20)(\d{2})\s*[-/.年_ m]?\s*(\d{1,2})\s*月?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})\s*[-/.]\s*((?:19|20)\d{2})$")
_NAMED = re.compile(r"^([^\W\d_]+)\.?[\s\-_/']*((?:19|20)?\d{2})?$")
_YEAR_NAMED = re.compile(r"^((?:19|20)\d{2})[\s\-_/]*([^\W\d_]+)\.?$")
_CHINESE = re.compile(r"^(?:((?:19|20)?\d{2})\s*年)?\s*(\d{1,2})\s*月$")
#: Months side by side are usage from this many on.
_LEAST = 3
_COUNTED = dict(TITLES)["usage"]
#: The months that a level is the mean of, and that it is compared with.
_WINDOW = 3


def month_of(title: object) -> tuple[int | None, int] | None:
    """Year (None where it is not said) and month that a title names, or None.

    >>> month_of("Mar 2026"), month_of("2026-03"), month_of("3月"), month_of("March")
    ((2026, 3), (2026, 3), (None, 3), (None, 3))
    """
    if isinstance(title, (dt.datetime, dt.date)):
        return title.year, title.month
    text = _plain(str(title))
    found = _named(text)
    if found is None:
        # Jan visits, 签到 3月: what was counted stands beside the month.
        bare = " ".join(_COUNTED.sub(" ", spoken(text)).split())
        if bare != text:
            found = _named(bare)
    return found


def _plain(text: str) -> str:
    """A title without accents, commas and capitals: Févr., 2026 as fevr. 2026."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c)).replace(",", " ")
    return " ".join(bare.split()).removesuffix("份")


def _named(text: str) -> tuple[int | None, int] | None:
    for pattern, order in ((_YEAR_MONTH, "ym"), (_CHINESE, "ym"), (_MONTH_YEAR, "my")):
        found = pattern.match(text)
        if found:
            year: int | None
            if pattern is _YEAR_MONTH:
                year, month = int(text[:4]), int(found[2])
            elif order == "my":
                year, month = int(found[2]), int(found[1])
            else:
                year, month = _year(found[1]), int(found[2])
            return (year, month) if 1 <= month <= 12 else None
    found = _YEAR_NAMED.match(text)
    if found and found[2] in NAMES:
        return int(found[1]), NAMES[found[2]]
    found = _NAMED.match(text)
    if found and found[1] in NAMES:
        return _year(found[2]), NAMES[found[1]]
    return None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    number = int(text)
    return number if number > 100 else 2000 + number


def month_columns(headers: Sequence[str], read: Sequence[Contents]) -> list[int]:
    """The columns whose titles are months in a row, with numbers or marks below them."""
    found = [
        place
        for place, header in enumerate(headers)
        if header
        and month_of(header) is not None
        and (read[place].filled == 0 or read[place].number_share >= 0.8 or read[place].marks >= 0.8)
    ]
    return found if len(found) >= _LEAST else []


def month_number(serial: float) -> int:
    """The month of a serial number, counted from year 0."""
    day = EXCEL_EPOCH + dt.timedelta(days=float(serial))
    return day.year * 12 + day.month - 1


def consecutive(titles: Sequence[object], today: float) -> list[int]:
    """The months that titles name, counted from year 0.

    Where years are not said the last title is the latest such month up to `today` (a serial
    number), and each earlier one the latest before the one after it.

    Raises
    ------
    ValueError
        For a title that names no month.
    """
    named = [month_of(title) for title in titles]
    if any(month is None for month in named):
        raise ValueError("no month")
    months = [month for month in named if month is not None]
    if all(year is not None for year, _ in months):
        return [int(year or 0) * 12 + month - 1 for year, month in months]
    found: list[int] = []
    latest = month_number(today)
    for _, month in reversed(months):
        latest -= (latest - (month - 1)) % 12
        found.append(latest)
        latest -= 1
    return found[::-1]


def in_order(titles: Sequence[object]) -> list[int]:
    """The places of month titles from the oldest on; without years as they stand."""
    months = [month_of(title) for title in titles]
    if any(month is None or month[0] is None for month in months):
        return list(range(len(titles)))
    return sorted(range(len(titles)), key=lambda place: months[place])  # type: ignore[arg-type,return-value]


def level_and_trend(usage: np.ndarray, until: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """Usage of late and how it changed, from months side by side.

    Parameters
    ----------
    usage : ndarray of float, shape (n, m)
        Oldest month first; NaN where nothing is known.
    until : ndarray of float, shape (n,), optional
        How many of the months count for each customer: those before the one who left, left.

    Returns
    -------
    level, trend : ndarray of float, shape (n,)
        The mean of the last three months, and that less the mean of the three before.
    """
    n, m = usage.shape
    last = np.full(n, m) if until is None else np.clip(np.nan_to_num(until, nan=m), 0, m)
    level, trend = np.full(n, np.nan), np.full(n, np.nan)
    for i in range(n):
        end = int(last[i])
        now = usage[i, max(0, end - _WINDOW) : end]
        before = usage[i, max(0, end - 2 * _WINDOW) : max(0, end - _WINDOW)]
        if now.size and not np.isnan(now).all():
            level[i] = np.nanmean(now)
            if before.size and not np.isnan(before).all():
                trend[i] = level[i] - np.nanmean(before)
    return level, trend


def attendance(cells: Sequence[Any]) -> float:
    """What one person's row of a month comes to: numbers added up, marks counted."""
    total, seen = 0.0, False
    for cell in cells:
        number = number_of(cell)
        if number is not None:
            total, seen = total + number, True
        elif is_mark(cell):
            total, seen = total + 1.0, True
    return total if seen else 0.0
