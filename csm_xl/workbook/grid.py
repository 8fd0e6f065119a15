"""Writing one of the layout's tables into a sheet: headers, notes, rows, validation, the table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableFormula
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.columns import Column, Table
from csm_xl.workbook.cell_styles import LAST_ROW, UNDERLINE, Look

Rows = Sequence[Mapping[str, Any]]

_FILLED = {
    "command": Text("Filled by csm-xl: do not type here.", "由 csm-xl 填写，请勿手工输入。"),
    "formula": Text("A formula of Excel: do not type here.", "Excel 公式，请勿手工输入。"),
}
_RIGHT = frozenset({"integer", "number", "money", "share", "scale5", "scale10"})


def put_text(cell: Cell, text: str) -> None:
    """Write a text that stays text, whatever it looks like."""
    cell.value = text
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "'"):
        cell.quotePrefix = True


def write_table(
    sheet: Worksheet,
    table: Table,
    look: Look,
    rows: Rows = (),
    *,
    top: int = 1,
    left: int = 1,
    blank_rows: int | None = None,
    widths: bool = True,
) -> tuple[int, int]:
    """Write a table with its header at (`top`, `left`).

    Parameters
    ----------
    sheet, table, look
        Where, what and how.
    rows : sequence of mappings
        Column key to value; a missing key is a blank cell.
    top, left : int
        From 1.
    blank_rows : int, optional
        Rows set aside where there are fewer; by default what the layout says.
    widths : bool
        Whether the table sets the widths of its columns.

    Returns
    -------
    tuple of int
        First and last row of the data.
    """
    columns = table.template
    first = top + 1
    count = max(len(rows), table.rows if blank_rows is None else blank_rows, 1)
    last = top + count
    for offset, column in enumerate(columns):
        place = left + offset
        _header(sheet.cell(top, place), column, look)
        if widths:
            sheet.column_dimensions[get_column_letter(place)].width = column.width
        _body(sheet, table, column, look, rows, first, last, place)
        _validate(sheet, column, look.lang, first, place)
    sheet.row_dimensions[top].height = 32
    ref = f"{get_column_letter(left)}{top}:{get_column_letter(left + len(columns) - 1)}{last}"
    _register(sheet, table, look.lang, ref)
    return first, last


def _header(cell: Cell, column: Column, look: Look) -> None:
    put_text(cell, column.title.within(look.lang))
    cell.font = look.own_header if column.ours else look.header
    cell.fill = look.own_header_fill if column.ours else look.accent_fill
    right = column.kind in _RIGHT
    cell.alignment = Alignment(
        horizontal="right" if right else "left",
        vertical="center",
        wrap_text=True,
        indent=0 if right else 1,
    )
    parts = [column.note.within(look.lang)] if column.note else []
    if column.source in _FILLED:
        parts.append(_FILLED[column.source].within(look.lang))
    if parts:
        note = Comment("\n".join(parts), "csm-xl", height=90, width=240)
        cell.comment = note


def _body(
    sheet: Worksheet,
    table: Table,
    column: Column,
    look: Look,
    rows: Rows,
    first: int,
    last: int,
    place: int,
) -> None:
    formula = None
    if column.formula:
        formula = "=" + layout.formula(column.formula, look.lang, table.key)
    style = _style(sheet.cell(first, place), column, look)
    for row in range(first, last + 1):
        cell = sheet.cell(row, place)
        # Looking a style up for every cell would take most of the time of building.
        cell._style = copy(style)
        index = row - first
        if formula:
            cell.value = formula
        elif index < len(rows):
            _put(cell, rows[index].get(column.key))


def _style(cell: Cell, column: Column, look: Look) -> Any:
    cell.number_format = column.number_format
    cell.font = look.body
    cell.alignment = _alignment(column)
    cell.border = UNDERLINE
    if column.ours:
        cell.fill = look.own_fill
    return cell._style


def _alignment(column: Column) -> Alignment:
    if column.kind in _RIGHT:
        return Alignment(horizontal="right", vertical="top")
    # The indent keeps a text apart from a number at its left.
    wraps = column.kind == "long_text"
    return Alignment(horizontal="left", vertical="top", wrap_text=wraps, indent=1)


def _put(cell: Cell, value: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        put_text(cell, value)
    elif isinstance(value, dt.date):
        number_format = cell.number_format
        cell.value = value
        # openpyxl chooses a format of its own for dates.
        cell.number_format = number_format
    else:
        cell.value = value


def _validate(sheet: Worksheet, column: Column, lang: Language, first: int, place: int) -> None:
    """Say what a cell may hold; only where the owner types."""
    if column.ours:
        return
    rule = _rule(column, lang)
    if rule is None:
        return
    letter = get_column_letter(place)
    rule.add(f"{letter}{first}:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _rule(column: Column, lang: Language) -> DataValidation | None:
    title = column.title.within(lang)[:32]
    if column.words is not None:
        return listed(
            column.words.within(lang), title, lang, strict=column.words.name not in words.OPEN_LISTS
        )
    if column.kind == "rating":
        levels = ["5", "4", "3", "2", "1", *words.LEVELS.within(lang)]
        return listed(levels, title, lang, strict=True)
    if column.kind in ("scale5", "scale10"):
        low, high = (1, 5) if column.kind == "scale5" else (0, 10)
        text = Text(f"A whole number from {low} to {high}.", f"{low} 到 {high} 的整数。")
        return _limited("whole", str(low), str(high), title, text.within(lang))
    if column.kind == "date":
        text = Text("A date such as 2026-03-05.", "日期，例如 2026-03-05。")
        return _limited("date", "1", "2958465", title, text.within(lang))
    return None


def listed(choices: Sequence[str], title: str, lang: Language, *, strict: bool) -> DataValidation:
    """A list to choose from; `strict` refuses anything else."""
    text = Text("Choose one of the list.", "请从列表中选择。").within(lang)
    return DataValidation(
        type="list",
        formula1='"' + ",".join(choices) + '"',
        allow_blank=True,
        showErrorMessage=strict,
        errorTitle=title,
        error=text,
        showInputMessage=False,
    )


def _limited(kind: str, low: str, high: str, title: str, text: str) -> DataValidation:
    return DataValidation(
        type=kind,
        operator="between",
        formula1=low,
        formula2=high,
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=title,
        error=text,
        showInputMessage=False,
    )


def _register(sheet: Worksheet, table: Table, lang: Language, ref: str) -> None:
    excel = ExcelTable(displayName=table.name, name=table.name, ref=ref)
    excel._initialise_columns()
    for part, column in zip(excel.tableColumns, table.template, strict=True):
        part.name = column.title.within(lang)
        _calculated(part, column, table, lang)
    sheet.add_table(excel)


def _calculated(part: TableColumn, column: Column, table: Table, lang: Language) -> None:
    """New rows of the table get the formula by themselves."""
    if column.formula:
        part.calculatedColumnFormula = TableFormula(
            attr_text=layout.formula(column.formula, lang, table.key)
        )
