"""Values between the cells of a file and xlwings, in the shapes that Excel for Windows uses.

There a number is a float, a date-formatted number a datetime, an error an integer, and an empty
cell None; what runs on a file then sees what it sees in Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from csm_xl.errors import COM_ERRORS
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.ooxml.cell_text import ERRORS, date_of, normalised, serial_of

_COM_NUMBERS: dict[str, int] = {code: number for number, code in COM_ERRORS.items()}


def com_values(values: Sequence[CellValue]) -> list[Any]:
    """Cell values as ``Range.Value2`` gives them: errors are integers, dates numbers."""
    return [
        _COM_NUMBERS.get(v, _COM_NUMBERS["#VALUE!"]) if v.__class__ is ErrorValue else v
        for v in values
    ]


def show_dates(values: list[Any], first: int, dates: list[tuple[int, int]], date1904: bool) -> None:
    """Make numbers in the rows of `dates` datetimes, as ``Range.Value`` gives them."""
    for low, high in dates:
        for at in range(low - first, high - first + 1):
            if values[at].__class__ is float:
                moment = date_of(values[at], date1904)
                if moment is not None:
                    values[at] = moment


def cell_value(value: Any, date1904: bool) -> CellValue:
    """What a cell holds after xlwings wrote `value`: an error's integer is the error again."""
    kind = value.__class__
    if kind is str:
        return normalised(value)
    if kind is float:
        return value if value - value == 0 else normalised(value)
    if kind is int:
        code = COM_ERRORS.get(value)
        return ERRORS[code] if code else normalised(value)
    if isinstance(value, date):
        if value != value:
            return None  # pandas' NaT
        return serial_of(value, date1904)
    if kind.__name__ == "datetime64":
        moment = value.astype("datetime64[us]").item()
        return None if moment is None else serial_of(moment, date1904)
    if kind.__name__ in ("NAType", "NaTType"):
        return None
    return normalised(value)


def prepared(value: Any) -> Any:
    """One value on its way to a cell (xlwings asks for each); :func:`cell_value` does the work."""
    return value


def cleaned(
    data: Sequence[Sequence[Any]],
    datetime_builder: Callable[..., Any],
    empty_as: Any,
    number_builder: Callable[[float], Any] | None,
    err_to_str: bool,
) -> list[list[Any]]:
    """Raw values as ``Range.value`` gives them: errors None, dates and numbers as asked."""

    def clean(value: Any) -> Any:
        kind = value.__class__
        if kind is float:
            return value if number_builder is None else number_builder(value)
        if kind is str:
            return value or empty_as
        if value is None:
            return empty_as
        if kind is int and value in COM_ERRORS:
            return COM_ERRORS[value] if err_to_str else None
        if kind is datetime and datetime_builder is not datetime:
            return datetime_builder(
                month=value.month,
                day=value.day,
                year=value.year,
                hour=value.hour,
                minute=value.minute,
                second=value.second,
                microsecond=value.microsecond,
                tzinfo=None,
            )
        return value

    return [[clean(value) for value in row] for row in data]
