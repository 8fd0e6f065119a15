"""Filling csm-xl's tables of the workbook: blocks of a fixed size, and lists that grow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import xlwings as xw

from csm_xl.commands.header_table import Source
from csm_xl.commands.writing import append_rows, write_cells
from csm_xl.vocabulary import layout

_TEXTS = frozenset({"text", "long_text", "id", "choice"})

Row = Mapping[str, Any]


def fill_block(source: Source, table_key: str, rows: Sequence[Row]) -> None:
    """Fill a table of a fixed size; rows that are left over become blank.

    Parameters
    ----------
    source : Source
        The table.
    table_key : str
    rows : sequence of mappings
        Our columns' keys to values; more rows than the table has are left out.
    """
    height = _height(source)
    shown = [dict(row) for row in rows[:height]]
    shown += [{}] * (height - len(shown))
    _write(source, table_key, dict(enumerate(shown)))


def write_rows(
    source: Source, table_key: str, rows: Mapping[int, Row], added: Sequence[Row] = ()
) -> None:
    """Write our columns of some rows of a list, and add rows below the last one.

    Parameters
    ----------
    source : Source
        The table.
    table_key : str
    rows : mapping of int to mapping
        Place of a row below the header, from 0, to our columns' keys and values. Columns that the
        owner fills are not touched.
    added : sequence of mappings
    """
    _write(source, table_key, rows)
    table = layout.table(table_key)
    ours = [column.key for column in table.columns if column.source == "command"]
    append_rows(source, [{key: row.get(key) for key in ours} for row in added], table_key)


def _height(source: Source) -> int:
    body = source.table.data_body_range
    return 0 if body is None else body.rows.count


def _write(source: Source, table_key: str, rows: Mapping[int, Row]) -> None:
    for key, place in layout.match_headers(source.headers, table_key).columns.items():
        column = layout.table(table_key).column(key)
        if column.source != "command":
            continue
        for first, last in _runs(rows):
            values = [rows[i].get(key) for i in range(first, last + 1)]
            area = _area(source, place, first, last)
            if column.kind not in _TEXTS:
                area.number_format = column.number_format
            write_cells(area, [[value] for value in values])


def _area(source: Source, place: int, first: int, last: int) -> xw.Range:
    top = source.sheet.range((source.row + 1 + first, source.column + place))
    return top.resize(last - first + 1, 1)


def _runs(places: Any) -> list[tuple[int, int]]:
    """First and last of each stretch of places that follow one another."""
    runs = []
    for _, run in groupby(enumerate(sorted(places)), key=lambda pair: pair[1] - pair[0]):
        stretch = [place for _, place in run]
        runs.append((stretch[0], stretch[-1]))
    return runs
