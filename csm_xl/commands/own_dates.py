"""Dates that an owner's table holds as text: read by the whole column, as imported ones are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from csm_xl.churn.feature_columns import named_identifier
from csm_xl.company.column_contents import contents_of
from csm_xl.company.months import month_of
from csm_xl.intake.dates import Order, date_order, dates
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH

#: A column is one of dates where this share of its texts are.
_MOST = 0.7
_DATED = re.compile(
    r"\s*(?:\d{1,2}[-/. ]+(?:\d{1,2}|[A-Za-z]{3,9}\.?)[-/., ]+\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? +\d{4}"
    r"|(?:19|20)\d{6})\s*"
)


def with_dates(headers: Sequence[str], rows: list[tuple]) -> list[tuple]:
    """The rows with texts such as 25/03/2026 and 5 Mar 2026, numbers such as 20260325, and months, as dates.

    Only columns of such texts are touched, and only where the order of day and month is known
    from the column or from another one of the table.
    """
    columns = {p: [row[p] for row in rows] for p in range(len(headers)) if headers[p]}
    monthly = [p for p, cells in columns.items() if _are_months(cells)]
    columns = {p: cells for p, cells in columns.items() if _are_dates(headers[p], cells)}
    if not columns and not monthly:
        return rows
    orders: set[Order] = {o for o in map(date_order, columns.values()) if o is not None}
    order = orders.pop() if len(orders) == 1 else None
    changed = [list(row) for row in rows]
    for place, cells in columns.items():
        for row, (cell, day) in enumerate(zip(cells, dates(cells, order), strict=True)):
            if _DATED.fullmatch(_text(cell)) and isinstance(day, float):
                changed[row][place] = EXCEL_EPOCH + dt.timedelta(days=day)
    for place in monthly:
        for cells in changed:
            cells[place] = _month(cells[place]) or cells[place]
    return [tuple(row) for row in changed]


def _are_months(cells: Sequence[Any]) -> bool:
    """Whether texts name months of a year, such as Mar 2026 and 2026年3月."""
    filled = _some(cells)
    return len(filled) > 1 and sum(map(bool, map(_month, filled))) >= _MOST * len(filled)


def _month(cell: Any) -> dt.datetime | None:
    """The first day of the month that a text names with its year."""
    found = month_of(cell) if isinstance(cell, str) and len(cell) < 20 else None
    if found is None or found[0] is None:
        return None
    return dt.datetime(found[0], found[1], 1)


def _are_dates(title: str, cells: Sequence[Any]) -> bool:
    filled = _some(cells)
    written = [cell for cell in filled if _DATED.fullmatch(_text(cell))]
    if not written or named_identifier(title):
        return False
    # Numbers of eight digits may be anything: all of them have to be days.
    most = _MOST if all(isinstance(cell, str) for cell in written) else 1.0
    others = sum(hasattr(cell, "strftime") for cell in filled)
    if len(written) + others < most * len(filled):
        return False
    order = date_order(cells)
    known = sum(isinstance(day, float) for day in dates(written, order))
    return most < 1.0 or known == len(written)


def _some(cells: Sequence[Any]) -> list[Any]:
    """The filled cells, or an even sample of them: a column is of one kind."""
    return contents_of(cells).cells


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e9
    return str(int(cell)) if whole else ""
