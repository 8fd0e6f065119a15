"""The very hidden sheet ``_csm``: the records that travel with the workbook."""

from __future__ import annotations

from typing import Any

import xlwings as xw

from csm_xl.commands.excel import hide_for_good
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, cells
from csm_xl.errors import NoModelError
from csm_xl.functions.records import HEADER, Record, pack
from csm_xl.vocabulary import layout


def read_records(book: xw.Book) -> dict[str, Record]:
    """The records of a workbook by name; empty where nothing was stored yet.

    Raises
    ------
    NoModelError
        When a record is damaged.
    """
    return Session(book).records


def write_records(session: Session, changed: dict[str, str]) -> None:
    """Store texts under their names; other records stay as they are."""
    if not changed:
        return
    try:
        records = dict(session.records)
    except NoModelError:
        # Damaged records cannot be kept, and the owner has asked for new ones.
        records = {}
    records |= {name: Record(name, text) for name, text in changed.items()}
    sheet = session.sheets.get(layout.HIDDEN_SHEET)
    if sheet is None:
        sheet = add_sheet(session.book, layout.HIDDEN_SHEET)
        hide_for_good(sheet)
    else:
        sheet.clear_contents()
    rows: list[tuple[Any, ...]] = [HEADER, *pack(records.values())]
    area = cells(sheet, 1, 1, len(rows), len(HEADER))
    # Text cells, or Excel would read a chunk that begins with = or + as a formula.
    area.number_format = "@"
    area.raw_value = [list(row) for row in rows]
