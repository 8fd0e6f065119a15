"""Where Ctrl and the arrow keys lead, and what lies around a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm_xl.engine.addresses import MAX_COLUMN, MAX_ROW

if TYPE_CHECKING:
    from csm_xl.engine.objects.range import Range

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
        line, start, limit, step = columns.get(cells.column, {}), cells.row, MAX_ROW, down
    else:
        line = {column: True for column, rows in columns.items() if cells.row in rows}
        start, limit, step = cells.column, MAX_COLUMN, right
    at = start + step
    if start in line and at in line:
        while at + step in line:
            at += step
    else:
        ahead = [place for place in line if (place - start) * step > 0]
        nearest = min if step > 0 else max
        at = nearest(ahead) if ahead else (limit if step > 0 else 1)
    return cells.sheet.range((at, cells.column) if down else (cells.row, at))


def current_region(cells: Range) -> Range:
    """The block that empty rows and columns enclose, grown from the first cell."""
    columns = cells.sheet.worksheet.cells.columns
    r1 = r2 = cells.row
    c1 = c2 = cells.column

    def any_in_rows(first: int, last: int, column: int) -> bool:
        rows = columns.get(column, {})
        return bool(rows) and any(row in rows for row in range(first, last + 1))

    def any_in_columns(row: int, first: int, last: int) -> bool:
        return any(row in columns.get(column, {}) for column in range(first, last + 1))

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
