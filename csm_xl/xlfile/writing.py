"""Writing values and formulas into a range."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from csm_xl.formulas.addresses import overlaps
from csm_xl.formulas.moving import ShiftableFormula
from csm_xl.ooxml.styles import BUILT_IN_FORMATS
from csm_xl.xlfile.conversion import cell_value
from csm_xl.xlfile.reading import refuse_whole_sheet, typed

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range

_DATE_FORMAT, _MOMENT_FORMAT = BUILT_IN_FORMATS[14], BUILT_IN_FORMATS[22]


def write_values(cells: Range, data: Any) -> None:
    """Write a scalar into every cell, or rows of values; text stays text.

    A date gets a date format where the cell has none, as Excel does it.
    """
    if not len(cells):
        return
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    date1904 = sheet.workbook.date1904
    r1, c1, *_ = cells.block
    columns = _columns(data, *cells.shape)
    sheet.clear_formulas(cells.block)
    for column, values in enumerate(columns, c1):
        quoted = [
            i
            for i, v in enumerate(values)
            if v.__class__ is str and v[:1] == "'" and not _is_text_cell(cells, r1 + i, column)
        ]
        dated = [i for i, v in enumerate(values) if isinstance(v, date) and v == v]
        plain = list(values)
        for at in quoted:
            plain[at] = plain[at][1:]
        sheet.set_values(r1, column, [cell_value(v, date1904) for v in plain])
        for at in quoted:
            style = sheet.workbook.styles.with_quote_prefix(sheet.style(r1 + at, column))
            sheet.set_style(r1 + at, column, style)
        for at in dated:
            _show_date(cells, r1 + at, column, values[at])
    sync_headers(cells)


def _columns(data: Any, rows: int, columns: int) -> list[Sequence[Any]]:
    """The values column by column: a scalar fills all cells, one row fills all rows."""
    if not isinstance(data, list | tuple):
        return [[data] * rows] * columns
    if not data or not isinstance(data[0], list | tuple):
        data = [data] * rows
    found: list[Sequence[Any]] = list(zip(*data, strict=True))
    if len(data) != rows or len(found) != columns:
        raise ValueError(
            f"{len(data)} x {len(found)} values do not fit into {rows} x {columns} cells"
        )
    return found


def _is_text_cell(cells: Range, row: int, column: int) -> bool:
    """Whether a cell is formatted as text, where an apostrophe is one."""
    sheet = cells.sheet.worksheet
    return sheet.workbook.styles.number_format(sheet.style(row, column)) == "@"


def _show_date(cells: Range, row: int, column: int, moment: date) -> None:
    sheet = cells.sheet.worksheet
    workbook = sheet.workbook
    style = sheet.style(row, column)
    if style in workbook.date_styles:
        return
    has_time = isinstance(moment, datetime) and moment.time() != time()
    wanted = _MOMENT_FORMAT if has_time else _DATE_FORMAT
    new = workbook.styles.with_number_format(style, wanted)
    workbook.styles_changed()
    sheet.set_style(row, column, new)


def write_formulas(cells: Range, data: Any, *, each_an_array: bool = False) -> None:
    """Write formulas (texts that begin with ``=``) or constants.

    One formula for many cells is moved along, as if it were filled down and right.
    """
    if not len(cells):
        return
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    r1, c1, *_ = cells.block
    filled = ShiftableFormula(data) if isinstance(data, str) and data[:1] == "=" else None
    sheet.clear_formulas(cells.block)
    for column, values in enumerate(_columns(data, *cells.shape), c1):
        for row, value in enumerate(values, r1):
            if isinstance(value, str) and value[:1] == "=" and len(value) > 1:
                text = filled.moved(row - r1, column - c1) if filled else value
                ref = (row, column, row, column) if each_an_array else None
                sheet.set_formula(row, column, text[1:], ref)
            else:
                write_values(cells.sheet.range((row, column)), value)
    sync_headers(cells)


def sync_headers(cells: Range) -> None:
    """Make tables whose header cells were written take the new names of their columns."""
    sheet = cells.sheet.worksheet
    for table in sheet.workbook.sheet_tables(sheet):
        header = table.header
        if header is None or not overlaps(header, cells.block):
            continue
        row, first, _, last = header
        shown = [sheet.value(row, column) for column in range(first, last + 1)]
        given = table.rename_columns([typed(value) for value in shown])
        for column, (old, new) in enumerate(zip(shown, given, strict=True), first):
            if old != new or not isinstance(old, str):
                sheet.set_values(row, column, [new])
