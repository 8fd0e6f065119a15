"""Where Ctrl and the arrow keys lead, and what lies around a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW
from csm_xl.ooxml.cell_columns import ColumnValues

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range

_STEPS = {
    "up": (-1, 0),
    "u": (-1, 0),
    "down": (1, 0),
    "d": (1, 0),
    "left": (0, -1),
    "l": (0, -1),
    "right": (0, 1),
    "r": (0, 1),
}


def end(cells: Range, direction: str) -> Range:
    """The last filled cell of a run, else the next filled one, else the edge of the sheet."""
    if direction not in _STEPS:
        raise ValueError(f"direction must be up, down, left or right, not {direction!r}")
    down, right = _STEPS[direction]
    columns = cells.sheet.worksheet.cells.columns
    if down:
        line = columns.get(cells.column) or ColumnValues()
        start, limit, step = cells.row, MAX_ROW, down
    else:
        line = ColumnValues()
        for column in sorted(columns):
            line.put(column, [columns[column].get(cells.row)])
        start, limit, step = cells.column, MAX_COLUMN, right
    at = start + step
    if line.get(start) is not None and line.get(at) is not None:
        while line.get(at + step) is not None:
            at += step
    else:
        at = line.nearest(start, step) or (limit if step > 0 else 1)
    return cells.sheet.range((at, cells.column) if down else (cells.row, at))


def current_region(cells: Range) -> Range:
    """The block that empty rows and columns enclose, grown from the first cell."""
    sheet = cells.sheet.worksheet
    r1 = r2 = cells.row
    c1 = c2 = cells.column

    def any_in_rows(first: int, last: int, column: int) -> bool:
        return any(value is not None for value in sheet.column_values(column, first, last))

    def any_in_columns(row: int, first: int, last: int) -> bool:
        return any(sheet.value(row, column) is not None for column in range(first, last + 1))

    grown = True
    while grown:
        grown = False
        # One more row or column on each side, corners included, as Excel looks.
        while r2 < MAX_ROW and any_in_columns(r2 + 1, max(1, c1 - 1), c2 + 1):
            r2, grown = r2 + 1, True
        while r1 > 1 and any_in_columns(r1 - 1, max(1, c1 - 1), c2 + 1):
            r1, grown = r1 - 1, True
        while c2 < MAX_COLUMN and any_in_rows(max(1, r1 - 1), r2 + 1, c2 + 1):
            c2, grown = c2 + 1, True
        while c1 > 1 and any_in_rows(max(1, r1 - 1), r2 + 1, c1 - 1):
            c1, grown = c1 - 1, True
    return cells.sheet.block((r1, c1, r2, c2))
