"""The table that an import writes into: found, or made when it is first needed, and widened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from csm_xl.commands.looks import TABLE_STYLE, dress_table
from csm_xl.commands.session import Session
from csm_xl.commands.writing import LAST_COLUMN, add_sheet, cells, resize, write_block
from csm_xl.company.header_table import HeaderTable, block
from csm_xl.errors import SheetError
from csm_xl.intake.workbook_files import MOST_ROWS
from csm_xl.language import Language
from csm_xl.vocabulary import layout


def target(session: Session, table: str) -> HeaderTable:
    """The table of a workbook that rows are imported into.

    Raises
    ------
    SheetError
        The workbook has none.
    """
    found = session.table(table)
    if found is not None:
        return found
    name, title = layout.table(table).name, layout.sheet(table).title
    raise SheetError(
        f"This workbook has no {name} table to import into. Make a workbook with csm-xl new, "
        f"or turn your {title.en.lower()} into a table called {name}.",
        f"本工作簿没有可导入的表格 {name}。请用 csm-xl new 新建工作簿，"
        f"或把您的{title.zh}数据转换为名为 {name} 的表格。",
    )


def made_when_needed(session: Session, table: str, lang: Language) -> HeaderTable:
    """A table that a new workbook has not: as it will be on a sheet that :func:`make` adds."""
    found = session.table(table)
    if found is not None:
        return found
    title = layout.sheet(table).title.within(lang)
    if title.casefold() in {name.casefold() for name in session.sheets}:
        title = f"{title} (csm-xl)"
    headers = layout.table(table).headers(lang)
    return HeaderTable(title, layout.table(table).name, headers, 1, 1, [], height=1)


def make(session: Session, into: HeaderTable, table: str) -> None:
    """Add the sheet of a table that a new workbook has not, where it is missing."""
    if into.sheet in {sheet.name for sheet in session.book.sheets}:
        return
    declared = layout.table(table)
    sheet = add_sheet(session.book, into.sheet)
    headers = into.headers[: len(declared.template)]
    write_block(session, sheet, 1, 1, [headers])
    source = cells(sheet, 1, 1, 2, len(headers))
    sheet.tables.add(source=source, name=declared.name, table_style_name=TABLE_STYLE)
    dress_table(sheet, into, declared, session.language)


def refuse_too_long(into: HeaderTable, more: int, name: str) -> None:
    """Refuse rows that a sheet cannot hold.

    Raises
    ------
    SheetError
    """
    if into.row + len(into.rows) + more > MOST_ROWS:
        raise SheetError(
            f"{into.sheet} would grow beyond Excel's {MOST_ROWS:,} rows with the "
            f"{more:,} rows of {name}. Import a shorter period.",
            f"导入 {name} 的 {more:,} 行后，工作表“{into.sheet}”会超过 Excel 的 "
            f"{MOST_ROWS:,} 行，请导入较短的时间段。",
        )


def missing_titles(into: HeaderTable, titles: Sequence[str]) -> list[str]:
    """Which of these columns a sheet has not yet."""
    return [title for title in titles if into.position(title) is None]


def planned(into: HeaderTable, titles: Sequence[str]) -> HeaderTable:
    """The table as it will be with further columns at its right; nothing is written."""
    if not titles:
        return into
    blank: tuple[Any, ...] = (None,) * len(titles)
    return replace(
        into,
        headers=[*into.headers, *titles],
        rows=[(*row, *blank) for row in into.rows],
        formulas=[*into.formulas, *[""] * len(titles)],
    )


def widen(session: Session, into: HeaderTable, titles: Sequence[str]) -> None:
    """Add columns at the right of an Excel table, whose cells there must be empty.

    Parameters
    ----------
    session : Session
    into : HeaderTable
        As :func:`planned` gave it.
    titles : sequence of str

    Raises
    ------
    SheetError
    """
    if not titles:
        return
    first = into.column + len(into.headers) - len(titles)
    refuse_filled(session, into, first, len(titles))
    resize(session, into, into.height, len(into.headers))
    write_block(session, session.sheet(into), into.row, first, [list(titles)])


def refuse_filled(session: Session, into: HeaderTable, first: int, count: int) -> None:
    """Refuse to take cells at the right of a table that hold something.

    Raises
    ------
    SheetError
    """
    if first + count - 1 > LAST_COLUMN:
        raise SheetError(
            f"{into.sheet} has no room for {count} further columns. Clear the cells at its right edge.",
            f"工作表“{into.sheet}”右侧没有 {count} 列的空间，请清空最右侧的内容。",
        )
    found = cells(session.sheet(into), into.row, first, into.height + 1, count).formula
    if any(cell not in (None, "") for row in block(found) for cell in row):
        raise SheetError(
            f"Columns of the file should come to the right of the table on {into.sheet}, but something stands there. "
            "Move it, or insert empty columns.",
            f"文件中的列应加到工作表“{into.sheet}”表格的右侧，但那里已有内容。请移走，或插入空列。",
        )
