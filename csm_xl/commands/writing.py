"""The only place that writes into the owner's workbook: csm-xl's own columns, text as text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import xlwings as xw

from csm_xl.commands.excel import hide_name
from csm_xl.commands.session import Session
from csm_xl.company.header_table import HeaderTable, block, free_title
from csm_xl.company.ownership import RECORD, new_name, titles_on_record
from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.moving import ShiftableFormula
from csm_xl.language import LANGUAGES, Text
from csm_xl.ooxml.defined_names import referred_block
from csm_xl.vocabulary import layout

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


def write_block(
    session: Session,
    sheet: xw.Sheet,
    row: int,
    column: int,
    rows: Sequence[Sequence[Any]],
    number_format: str | None = None,
    *,
    owners: bool = False,
) -> None:
    """Write a block at once: numbers as numbers, texts as texts, None as blank.

    Cells that get a text are formatted as text first, so the block must be csm-xl's own cells or
    cells that the owner asked to be filled.

    Parameters
    ----------
    session : Session
    sheet : xlwings.Sheet
    row, column : int
        Of the first cell, from 1.
    rows : sequence of sequences
    number_format : str, optional
        Of the numbers.
    owners : bool
        In the owner's columns a blank cell keeps its format: a number may be typed there.
    """
    if not rows:
        return
    area = cells(sheet, row, column, len(rows), len(rows[0]))
    if number_format is not None:
        area.number_format = number_format
    for place in range(len(rows[0])):
        for top, height in _texts([line[place] for line in rows], blanks_too=not owners):
            alone = height == len(rows) and len(rows[0]) == 1
            part = area if alone else cells(sheet, row + top, column + place, height)
            # A number in a cell formatted as text would become a text.
            part.number_format = TEXT_FORMAT
    area.raw_value = [[session.prepared(value) for value in line] for line in rows]


def _texts(values: Sequence[Any], *, blanks_too: bool) -> Iterator[tuple[int, int]]:
    """First place and length of each stretch of texts, the blanks between them included."""
    if blanks_too and not any(isinstance(value, str) for value in values):
        return
    top = 0
    for is_text, run in groupby(
        isinstance(value, str) or (blanks_too and value is None) for value in values
    ):
        height = len(list(run))
        if is_text:
            yield top, height
        top += height


def cells(sheet: xw.Sheet, row: int, column: int, height: int = 1, width: int = 1) -> xw.Range:
    """A block of cells, in one call: xlwings' own ``resize`` makes a dozen."""
    return sheet.range((row, column), (row + height - 1, column + width - 1))


def own_column(session: Session, table: HeaderTable, key: str, title: str) -> int:
    """The place of csm-xl's own column, added at the right of the rows when it is missing.

    Parameters
    ----------
    session : Session
    table : HeaderTable
        Its headers are kept up to date.
    key : str
        Of the column in the Customers table, such as ``"churn_probability"``.
    title : str
        The header it should have; an older header of the same column is replaced.

    Raises
    ------
    SheetError
        When the cells at the right of a table are not empty.
    """
    place = next((place for place, own in table.ours.items() if own == key), None)
    title = free_title(table, title, place)
    if place is not None and table.headers[place] == title:
        return place
    sheet = session.sheet(table)
    if place is None:
        place = _free_place(session, sheet, table)
        if session.excel_table(table) is not None:
            resize(session, table, table.height, place + 1)
        missing = place + 1 - len(table.headers)
        table.headers += [""] * missing
        table.formulas += [""] * missing
        table.ours[place] = key
    table.headers[place] = title
    cells(sheet, table.row, table.column + place).value = title
    return place


def _free_place(session: Session, sheet: xw.Sheet, table: HeaderTable) -> int:
    """The first place at the right that is free: beside loose cells, side notes are passed by."""
    place = len(table.headers)
    if session.excel_table(table) is None:
        row, column, used = session.used(table.sheet)
        first, last = table.row - row, table.row - row + len(table.rows)
        while column + len(used[0]) > table.column + place:
            at = table.column + place - column
            if all(line[at] in (None, "") for line in used[first : last + 1]):
                break
            place += 1
    _refuse_occupied(sheet, table, place)
    return place


def record_columns(session: Session, table: HeaderTable) -> dict[str, str]:
    """Name the title cells of our columns; returns the record that says so.

    Parameters
    ----------
    session : Session
    table : HeaderTable
        With its own columns as they were just written.
    """
    facts = table.facts
    before = titles_on_record(facts.records)
    titles = dict(before)
    at = {cell: name for name, cell in facts.cells.items()}
    kept = {name.casefold(): name for name in titles}
    for place, key in table.ours.items():
        cell = (table.sheet, table.row, table.column + place)
        name = kept.get(at.get(cell, ""), "")
        if not name:
            name = new_name(titles)
            sheet = table.sheet.replace("'", "''")
            address = f"${column_letters(cell[2])}${cell[1]}"
            hide_name(session.book.names.add(name, f"='{sheet}'!{address}"))
        titles[name] = (key, table.headers[place])
    if titles == before:
        return {}
    return {RECORD: json.dumps(titles, ensure_ascii=False)}


def _refuse_occupied(sheet: xw.Sheet, table: HeaderTable, place: int) -> None:
    """A new column may only take cells that hold nothing."""
    column = table.column + place
    if column > LAST_COLUMN:
        raise SheetError(
            f"csm-xl needs an empty column at the right of your data, but {table.sheet} has "
            "none left. Clear the cells at its right edge, or move them.",
            f"csm-xl 需要使用数据右侧的空列，但工作表“{table.sheet}”已没有空列。"
            "请清空或移走最右侧的内容。",
        )
    formulas = block(cells(sheet, table.row, column, len(table.rows) + 1).formula)
    for index, (cell,) in enumerate(formulas):
        if cell not in (None, ""):
            where = table.address(index - 1, place)
            raise SheetError(
                f"csm-xl needs the empty column at the right of your data, but {where} is filled. "
                "Move what stands there, or insert an empty column.",
                f"csm-xl 需要使用数据右侧的空列，但 {where} 中已有内容。"
                "请移走该内容，或插入一个空列。",
            )


def resize(session: Session, table: HeaderTable, height: int, width: int) -> None:
    """Give an Excel table more rows or columns."""
    totals = int(session.excel_table(table).show_totals)
    area = cells(session.sheet(table), table.row, table.column, height + 1 + totals, width)
    session.excel_table(table).resize(area)
    table.height = height


def write_column(
    session: Session,
    table: HeaderTable,
    place: int,
    values: Sequence[Any],
    number_format: str | None = None,
    first: int = 0,
    *,
    owners: bool = False,
) -> None:
    """Fill one column, from body row `first` down; see :func:`write_block`."""
    write_block(
        session,
        session.sheet(table),
        table.row + 1 + first,
        table.column + place,
        [[value] for value in values],
        number_format,
        owners=owners,
    )


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


def write_scattered(
    session: Session,
    table: HeaderTable,
    changed: dict[tuple[int, int], Any],
    formats: Mapping[int, str] | None = None,
) -> None:
    """Write single cells, (row, column) from 0, joining those that stand below one another.

    `formats` are the number formats of columns whose cells may have none yet, such as dates.
    """
    runs: list[tuple[int, int, list[Any]]] = []
    for (row, place), value in sorted(changed.items(), key=lambda item: (item[0][1], item[0][0])):
        if runs and runs[-1][1] == place and runs[-1][0] + len(runs[-1][2]) == row:
            runs[-1][2].append(value)
        else:
            runs.append((row, place, [value]))
    for row, place, values in runs:
        number_format = (formats or {}).get(place)
        write_column(session, table, place, values, number_format, row, owners=True)


def append_rows(
    session: Session,
    table: HeaderTable,
    rows: Sequence[dict[str, Any]],
    table_key: str,
    own: Sequence[Mapping[str, Any]] = (),
    formats: Mapping[int, str] | None = None,
) -> None:
    """Add rows below the last one of a table, one write for each column.

    Parameters
    ----------
    session : Session
    table : HeaderTable
        An Excel table.
    rows : sequence of dict
        Our columns' keys to values; columns that the sheet does not have are left out.
    table_key : str
    own : sequence of mapping, optional
        For each row the titles of the owner's own columns to values.
    formats : mapping, optional
        The number formats of those columns, by their places, where they are not the usual one.
    """
    if not rows:
        return
    count = len(table.rows)
    needed = count + len(rows)
    if needed > table.height:
        _refuse_below(session, table, needed)
        resize(session, table, needed, len(table.headers))
    sheet = session.sheet(table)
    first = table.row + 1 + count
    columns = layout.match_headers(table.headers, table_key).columns
    for title in dict.fromkeys(title for row in own for title in row):
        place = table.position(title)
        if place is not None and not table.formulas[place]:
            shown = (formats or {}).get(place)
            write_column(session, table, place, [row.get(title) for row in own], shown, count)
            columns = {key: at for key, at in columns.items() if at != place}
    for key, place in columns.items():
        kind = layout.table(table_key).column(key)
        values = [row.get(key) for row in rows]
        formula = table.formulas[place] or _declared_formula(kind, table.headers, table_key)
        if formula:
            area = cells(sheet, first, table.column + place, len(rows))
            if not table.formulas[place]:
                area.number_format = kind.number_format
            # Written where it stood in the first row, it would speak of that row's cells.
            area.formula = "=" + ShiftableFormula(formula[1:]).moved(count, 0)
        elif any(value is not None for value in values):
            is_text = kind.kind in ("text", "long_text", "id", "choice")
            number_format = None if is_text else kind.number_format
            # A column of texts is one throughout, or each blank cell would begin a stretch of its own.
            owners = not kind.ours and not is_text
            write_column(session, table, place, values, number_format, count, owners=owners)


def _declared_formula(column: layout.Column, headers: Sequence[str], table_key: str) -> str:
    """The formula that a new workbook has in a column, if this one's headers are as there."""
    if column.formula is None:
        return ""
    for lang in LANGUAGES:
        if set(layout.table(table_key).headers(lang)) <= set(headers):
            return "=" + layout.formula(column.formula, lang, table_key)
    return ""


def _refuse_below(session: Session, table: HeaderTable, needed: int) -> None:
    """Rows may only be added where nothing stands below the table."""
    sheet = session.sheet(table)
    first = table.row + 1 + table.height
    used = sheet.used_range
    # Below the last cell that was ever used there is nothing to read, however many rows come.
    below = min(needed - table.height, used.row + used.rows.count - first)
    if below <= 0:
        return
    found = cells(sheet, first, table.column, below, len(table.headers)).formula
    for index, row in enumerate(block(found)):
        for cell in row:
            if cell not in (None, ""):
                where = f"{table.sheet}!{first + index}:{first + index}"
                raise SheetError(
                    f"Something stands below the table, in row {where}. Move it elsewhere, so "
                    "that the table can grow.",
                    f"表格下方的第 {where} 行有内容，请移到别处，以便表格增长。",
                )


def write_setting(session: Session, key: str, value: float) -> None:
    """Change a setting that csm-xl itself has set; nothing where its name or sheet is gone."""
    wanted = layout.setting(key).name.casefold()
    for name in session.book.names:
        found = referred_block(name.refers_to.removeprefix("="))
        if name.name.casefold() == wanted and found is not None and found[0] in session.sheets:
            name.refers_to_range.value = value
