"""The only place that writes into the owner's workbook: csm-xl's own columns, text as text."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import xlwings as xw

from csm_xl.commands.header_table import Source
from csm_xl.errors import SheetError
from csm_xl.formulas.moving import ShiftableFormula
from csm_xl.language import LANGUAGES, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded

#: Excel formats a cell as text before a text is written, or ``00123`` would lose its zeros and
#: ``=...`` become a formula.
TEXT_FORMAT = "@"
#: Excel's last column, XFD.
LAST_COLUMN = 16384


@contextmanager
def calm(book: xw.Book) -> Iterator[None]:
    """Manual calculation and no flicker while a command writes; both restored in any case."""
    app = book.app
    calculation, updating = app.calculation, app.screen_updating
    app.calculation = "manual"
    app.screen_updating = False
    try:
        yield
    finally:
        app.calculation = calculation
        app.screen_updating = updating


def write_cells(area: xw.Range, rows: Sequence[Sequence[Any]]) -> None:
    """Write a block at once: numbers as numbers, texts as texts, None as blank.

    Cells that get a text are formatted as text first, so `area` must be csm-xl's own cells or
    cells that the owner asked to be filled.
    """
    if not rows:
        return
    for place in range(len(rows[0])):
        texts = [isinstance(row[place], str) for row in rows]
        if all(texts):
            area[:, place].number_format = TEXT_FORMAT
            continue
        # A number in a cell formatted as text would become a text.
        for is_text, run in groupby(range(len(rows)), key=texts.__getitem__):
            if is_text:
                cells = list(run)
                area[cells[0] : cells[-1] + 1, place].number_format = TEXT_FORMAT
    area.value = [list(row) for row in rows]


def own_column(source: Source, key: str, title: str) -> int:
    """The place of csm-xl's own column, added at the right of the rows when it is missing.

    Parameters
    ----------
    source : Source
        Its headers, and what is ours among them, are kept up to date.
    key : str
        Of the column in the Customers table, such as ``"churn_probability"``.
    title : str
        The header it should have; an older header of the same column is replaced.

    Raises
    ------
    SheetError
        When the cells at the right of a table are not empty.
    """
    place = next((place for place, own in source.ours.items() if own == key), None)
    wanted = _free_title(source, title, place)
    if place is None:
        place = _free_column(source)
        _refuse_occupied(source, place)
        if source.table is None:
            source.sheet.range((source.row, source.column + place)).value = wanted
        else:
            _widen(source, wanted)
        source.headers += [""] * (place - len(source.headers)) + [wanted]
        source.ours[place] = key
    elif source.headers[place] != wanted:
        source.sheet.range((source.row, source.column + place)).value = wanted
        source.headers[place] = wanted
    return place


def _free_title(source: Source, title: str, place: int | None) -> str:
    """The title of our column; with our name behind it where the owner has a column of that title."""
    taken = {folded(own) for at, own in enumerate(source.headers) if at != place}
    return f"{title} (csm-xl)" if folded(title) in taken else title


def _free_column(source: Source) -> int:
    """The first place at the right that is free: side notes of the owner's are passed by."""
    place = len(source.headers)
    if source.table is not None:
        return place
    used = source.sheet.used_range
    last = used.column + used.columns.count - source.column
    while place < last:
        if _filled_cell(source, place) is None:
            return place
        place += 1
    return place


def _refuse_occupied(source: Source, place: int) -> None:
    """A new column may only take cells that hold nothing."""
    column = source.column + place
    if column > LAST_COLUMN:
        raise SheetError(
            f"csm-xl needs an empty column at the right of your data, but {source.sheet.name} has "
            "none left. Clear the cells at its right edge, or move them.",
            f"csm-xl 需要使用数据右侧的空列，但工作表“{source.sheet.name}”已没有空列。"
            "请清空或移走最右侧的内容。",
        )
    index = _filled_cell(source, place)
    if index is not None:
        where = source.address(index - 1, place)
        raise SheetError(
            f"csm-xl needs the empty column at the right of your data, but {where} is filled. "
            "Move what stands there, or insert an empty column.",
            f"csm-xl 需要使用数据右侧的空列，但 {where} 中已有内容。请移走该内容，或插入一个空列。",
        )


def _filled_cell(source: Source, place: int) -> int | None:
    """The first filled cell of a column beside the rows, counted from the titles; None where it is free."""
    area = source.sheet.range((source.row, source.column + place)).resize(len(source.rows) + 1, 1)
    cells = area.formula
    rows = cells if isinstance(cells, (tuple, list)) else ((cells,),)
    for index, row in enumerate(rows):
        cell = row[0] if isinstance(row, (tuple, list)) else row
        if cell not in (None, ""):
            return index
    return None


def _widen(source: Source, title: str) -> None:
    table = source.table
    area = table.range
    table.resize(area.resize(area.rows.count, area.columns.count + 1))
    source.sheet.range((source.row, source.column + len(source.headers))).value = title


def write_column(
    source: Source, place: int, values: Sequence[Any], number_format: str | None = None
) -> None:
    """Fill one of csm-xl's own columns, from the first body row down."""
    if not values:
        return
    first = source.sheet.range((source.row + 1, source.column + place))
    area = first.resize(len(values), 1)
    if number_format is not None:
        area.number_format = number_format
    write_cells(area, [[value] for value in values])


def add_sheet(book: xw.Book, title: str) -> xw.Sheet:
    """Add a sheet at the end; the sheet that is shown stays the one that is shown."""
    shown = book.sheets.active
    sheet = book.sheets.add(title, after=book.sheets[len(book.sheets) - 1])
    if book.sheets.active.name != shown.name:
        shown.activate()
    return sheet


def tell(book: xw.Book, what: Text) -> None:
    """Show a line in Excel's status bar; a terminal has its own."""
    if sys.platform in ("win32", "darwin"):
        book.app.status_bar = str(what)


def write_scattered(source: Source, cells: dict[tuple[int, int], Any]) -> None:
    """Write single cells, (row, column) from 0, joining those that stand below one another."""
    runs: list[tuple[int, int, list[Any]]] = []
    for (row, place), value in sorted(cells.items(), key=lambda item: (item[0][1], item[0][0])):
        if runs and runs[-1][1] == place and runs[-1][0] + len(runs[-1][2]) == row:
            runs[-1][2].append(value)
        else:
            runs.append((row, place, [value]))
    for row, place, values in runs:
        area = source.sheet.range((source.row + 1 + row, source.column + place))
        write_cells(area.resize(len(values), 1), [[value] for value in values])


def append_rows(source: Source, rows: Sequence[dict[str, Any]], table_key: str) -> None:
    """Add rows below the last one of a table, one write for each column.

    Parameters
    ----------
    source : Source
        A table.
    rows : sequence of dict
        Our columns' keys to values; columns that the sheet does not have are left out.
    table_key : str
    """
    if not rows:
        return
    table = source.table
    count = len(source.rows)
    height = table.range.rows.count - 1
    needed = count + len(rows)
    if needed > height:
        _refuse_below(source, height, needed)
        table.resize(table.range.resize(needed + 1, len(source.headers)))
    first = source.row + 1 + count
    columns = layout.match_headers(source.headers, table_key).columns
    formulas = source.first_formulas()
    for key, place in columns.items():
        area = source.sheet.range((first, source.column + place)).resize(len(rows), 1)
        kind = layout.table(table_key).column(key)
        values = [row.get(key) for row in rows]
        formula = formulas[place] or _declared_formula(kind, source.headers, table_key)
        if formula:
            if not formulas[place]:
                area.number_format = kind.number_format
            # Written where it stood in the first row, it would speak of that row's cells.
            area.formula = "=" + ShiftableFormula(formula[1:]).moved(count, 0)
        elif any(value is not None for value in values):
            if kind.kind not in ("text", "long_text", "id", "choice"):
                area.number_format = kind.number_format
            write_cells(area, [[value] for value in values])


def _declared_formula(column: layout.Column, headers: Sequence[str], table_key: str) -> str:
    """The formula that a new workbook has in a column, if this one's headers are as there."""
    if column.formula is None:
        return ""
    for lang in LANGUAGES:
        if set(layout.table(table_key).headers(lang)) <= set(headers):
            return "=" + layout.formula(column.formula, lang, table_key)
    return ""


def _refuse_below(source: Source, height: int, needed: int) -> None:
    """Rows may only be added where nothing stands below the table."""
    first = source.row + 1 + height
    used = source.sheet.used_range
    # Below the last cell that was ever used there is nothing to read, however many rows come.
    below = min(needed - height, used.row + used.rows.count - first)
    if below <= 0:
        return
    rows = source.sheet.range((first, source.column)).resize(below, len(source.headers)).formula
    rows = rows if isinstance(rows, (tuple, list)) else ((rows,),)
    for index, row in enumerate(rows):
        for cell in row if isinstance(row, (tuple, list)) else (row,):
            if cell not in (None, ""):
                where = f"{source.sheet.name}!{first + index}:{first + index}"
                raise SheetError(
                    f"Something stands below the table, in row {where}. Move it elsewhere, so "
                    "that the table can grow.",
                    f"表格下方的第 {where} 行有内容，请移到别处，以便表格增长。",
                )
