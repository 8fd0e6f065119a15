"""Filling csm-xl's tables of the workbook: blocks of a fixed size, and lists that grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from csm_xl.commands.session import Session
from csm_xl.commands.writing import append_rows, write_column
from csm_xl.company.header_table import HeaderTable
from csm_xl.vocabulary import layout

_TEXTS = frozenset({"text", "long_text", "id", "choice"})

Row = Mapping[str, Any]


def fill_block(session: Session, table: HeaderTable, table_key: str, rows: Sequence[Row]) -> None:
    """Fill a table of a fixed size; rows that are left over become blank.

    Parameters
    ----------
    session : Session
    table : HeaderTable
    table_key : str
    rows : sequence of mappings
        Our columns' keys to values; more rows than the table has are left out.
    """
    height = table.height
    shown = [dict(row) for row in rows[:height]]
    shown += [{}] * (height - len(shown))
    _write(session, table, table_key, dict(enumerate(shown)))


def write_rows(
    session: Session,
    table: HeaderTable,
    table_key: str,
    rows: Mapping[int, Row],
    added: Sequence[Row] = (),
) -> None:
    """Write our columns of some rows of a list, and add rows below the last one.

    Parameters
    ----------
    session : Session
    table : HeaderTable
    table_key : str
    rows : mapping of int to mapping
        Place of a row below the header, from 0, to our columns' keys and values. Columns that the
        owner fills are not touched.
    added : sequence of mappings
    """
    _write(session, table, table_key, rows)
    declared = layout.table(table_key)
    ours = [column.key for column in declared.columns if column.source == "command"]
    append_rows(session, table, [{key: row.get(key) for key in ours} for row in added], table_key)


def _write(session: Session, table: HeaderTable, table_key: str, rows: Mapping[int, Row]) -> None:
    for key, place in layout.match_headers(table.headers, table_key).columns.items():
        column = layout.table(table_key).column(key)
        if column.source != "command":
            continue
        number_format = None if column.kind in _TEXTS else column.number_format
        for first, last in _runs(rows):
            values = [rows[i].get(key) for i in range(first, last + 1)]
            write_column(session, table, place, values, number_format, first)


def _runs(places: Any) -> list[tuple[int, int]]:
    """First and last of each stretch of places that follow one another."""
    runs = []
    for _, run in groupby(enumerate(sorted(places)), key=lambda pair: pair[1] - pair[0]):
        stretch = [place for _, place in run]
        runs.append((stretch[0], stretch[-1]))
    return runs
