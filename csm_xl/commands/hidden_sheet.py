"""The very hidden sheet ``_csm``: the records that travel with the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import xlwings as xw

from csm_xl.commands.excel import hide_for_good
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, cells
from csm_xl.functions.records import HEADER, Record, Records, pack
from csm_xl.vocabulary import layout


def read_records(book: xw.Book) -> Records:
    """The records of a workbook by name; empty where nothing was stored yet."""
    return Session(book).records


def write_records(
    session: Session, changed: Mapping[str, str], removed: Iterable[str] = ()
) -> None:
    """Store texts under their names and take some away; other records stay as they are.

    Parameters
    ----------
    session : Session
    changed : mapping of str to str
    removed : iterable of str
        Names of records that no longer hold.
    """
    there = session.records
    gone = (set(removed) - set(changed)) & {*there, *there.damaged}
    if not changed and not gone:
        return
    records = {name: record for name, record in there.items() if name not in gone}
    records |= {name: Record(name, text) for name, text in changed.items()}
    unread = [
        row
        for name, rows in there.damaged.items()
        if name not in gone and name not in records
        for row in rows
    ]
    sheet = session.sheets.get(layout.HIDDEN_SHEET)
    if sheet is None:
        sheet = add_sheet(session.book, layout.HIDDEN_SHEET)
        hide_for_good(sheet)
    else:
        sheet.clear_contents()
    rows: list[tuple[Any, ...]] = [HEADER, *pack(records.values()), *unread]
    area = cells(sheet, 1, 1, len(rows), len(HEADER))
    # Text cells, or Excel would read a chunk that begins with = or + as a formula.
    area.number_format = "@"
    area.raw_value = [list(row) for row in rows]
