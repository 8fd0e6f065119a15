"""The very hidden sheet ``_csm``: the records that travel with the workbook."""

from __future__ import annotations

from typing import Any

import xlwings as xw

from csm_xl.commands.excel import hide_for_good
from csm_xl.commands.header_table import block
from csm_xl.commands.writing import add_sheet
from csm_xl.errors import NoModelError
from csm_xl.functions.records import HEADER, Record, pack, unpack
from csm_xl.vocabulary import layout


def read_records(book: xw.Book) -> dict[str, Record]:
    """The records of a workbook by name; empty where nothing was stored yet.

    Raises
    ------
    NoModelError
        When a record is damaged.
    """
    sheet = _find(book)
    if sheet is None:
        return {}
    return unpack(row[: len(HEADER)] for row in block(sheet.used_range.raw_value) if len(row) >= 5)


def read_texts(book: xw.Book) -> dict[str, str]:
    """The records' texts by name; nothing where they are damaged."""
    try:
        return {name: record.text for name, record in read_records(book).items()}
    except NoModelError:
        return {}


def write_records(book: xw.Book, changed: dict[str, str]) -> None:
    """Store texts under their names; other records stay as they are."""
    try:
        records = read_records(book)
    except NoModelError:
        # Damaged records cannot be kept, and the owner has asked for new ones.
        records = {}
    records |= {name: Record(name, text) for name, text in changed.items()}
    sheet = _find(book)
    if sheet is None:
        sheet = add_sheet(book, layout.HIDDEN_SHEET)
        hide_for_good(sheet)
    else:
        sheet.clear_contents()
    rows: list[tuple[Any, ...]] = [HEADER, *pack(records.values())]
    area = sheet.range("A1").resize(len(rows), len(HEADER))
    # Text cells, or Excel would read a chunk that begins with = or + as a formula.
    area.number_format = "@"
    area.value = [list(row) for row in rows]


def _find(book: xw.Book) -> xw.Sheet | None:
    for sheet in book.sheets:
        if sheet.name == layout.HIDDEN_SHEET:
            return sheet
    return None
