"""The values of a sheet of the copy by row and column, kept column by column.

A dictionary with an entry for each of a million cells takes ten times the memory of their values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from heapq import merge
from itertools import groupby
from operator import itemgetter

from csm_xl.formulas.workbook_model import CellValue
from csm_xl.ooxml.cell_columns import ColumnValues, merged_rows

Place = tuple[int, int]
#: A row's number, and what its cells hold, by column.
CellsOfRow = tuple[int, dict[int, CellValue]]
#: So many rows are looked at together.
_CHUNK = 1024


class CopyCells(MutableMapping[Place, CellValue]):
    """What cells hold, by (row, column); a cell that holds None is not there."""

    def __init__(self) -> None:
        self._columns: dict[int, ColumnValues] = {}

    def __getitem__(self, place: Place) -> CellValue:
        value = self.at(*place)
        if value is None:
            raise KeyError(place)
        return value

    def at(self, row: int, column: int) -> CellValue:
        """What a cell holds; None where it holds nothing."""
        found = self._columns.get(column)
        return None if found is None else found.get(row)

    def __setitem__(self, place: Place, value: CellValue) -> None:
        row, column = place
        values = self._columns.get(column)
        if values is None:
            if value is None:
                return
            values = self._columns[column] = ColumnValues()
        if row < values.next_row:
            values.put(row, [value])
        elif value is not None:
            if row > values.next_row or not values:
                values.begin(row)
            values.append(value)
            values.next_row = row + 1

    def __delitem__(self, place: Place) -> None:
        if place not in self:
            raise KeyError(place)
        self._columns[place[1]].put(place[0], [None])

    def __contains__(self, place: object) -> bool:
        return isinstance(place, tuple) and self.at(*place) is not None

    def __iter__(self) -> Iterator[Place]:
        for column, values in self._columns.items():
            for row, _ in values.items():
                yield row, column

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def rows(self) -> Iterator[CellsOfRow]:
        """The rows that hold something, top to bottom, each with its cells by column."""
        spans = merged_rows(s for values in self._columns.values() for s in values.spans())
        for first, last in list(spans):
            for top in range(first, last + 1, _CHUNK):
                bottom = min(last, top + _CHUNK - 1)
                columns = sorted(self._columns)
                lines = zip(*(self._columns[c].slice(top, bottom) for c in columns), strict=True)
                for row, line in enumerate(lines, top):
                    held = {
                        column: value
                        for column, value in zip(columns, line, strict=True)
                        if value is not None
                    }
                    if held:
                        yield row, held


def merged(*sources: Iterable[CellsOfRow]) -> Iterator[CellsOfRow]:
    """Rows from several sources, top to bottom; of the same cell the last source counts."""
    for row, several in groupby(merge(*sources, key=itemgetter(0)), key=itemgetter(0)):
        held: dict[int, CellValue] = {}
        for _, cells in several:
            held |= cells
        yield row, held
