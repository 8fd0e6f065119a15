"""Reading a range: what its cells hold, whichever program has the workbook open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import xlwings as xw

from csm_xl.company.header_table import block


def cells_of(area: xw.Range) -> list[tuple]:
    """Rows of what cells hold: numbers, texts, bools, dates, None, and errors as integers.

    Excel for Windows gives an amount in a cell that is formatted as currency as a Decimal of four
    places, and a date as one of a time zone. What the cell holds is a number, which is asked for
    once more, and a day that knows no zone.
    """
    shown = block(area.raw_value)
    if any(type(cell) is Decimal for row in shown for cell in row):
        exact = block(area.api.Value2)
        shown = [
            tuple(e if type(s) is Decimal else s for s, e in zip(*rows, strict=True))
            for rows in zip(shown, exact, strict=True)
        ]
    return [tuple(_without_zone(cell) for cell in row) for row in shown]


def _without_zone(cell: object) -> object:
    if isinstance(cell, dt.datetime) and cell.tzinfo is not None:
        return dt.datetime(*cell.timetuple()[:6], cell.microsecond)
    return cell
