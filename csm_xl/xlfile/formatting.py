"""Number formats, fill colours and alignment of a range."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.xlfile.reading import refuse_whole_sheet

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range


def _styles(cells: Range) -> set[int]:
    """The styles of the cells; of whole columns, those of their used cells and the column's."""
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    r1, c1, r2, c2 = cells.block
    used = sheet.used_block()
    found = set()
    if (r1, r2) == (1, MAX_ROW):
        found = {sheet.frame.column_style(column) for column in range(c1, c2 + 1)}
        r1, r2 = (used[0], used[2]) if used else (1, 0)
    for column in range(c1, c2 + 1):
        found |= {style for *_, style in sheet.styles(column, r1, r2)}
    return found


def number_format(cells: Range) -> str | None:
    """The number format; None where the cells differ."""
    styles = cells.sheet.worksheet.workbook.styles
    formats = {styles.number_format(style) for style in _styles(cells)}
    return formats.pop() if len(formats) == 1 else None


def set_number_format(cells: Range, value: str) -> None:
    """Show the cells with a number format."""
    styles = cells.sheet.worksheet.workbook.styles
    restyle(cells, lambda style: styles.with_number_format(style, value))


def color(cells: Range) -> tuple[int, int, int] | None:
    """The fill colour of the first cell."""
    sheet = cells.sheet.worksheet
    return sheet.workbook.styles.color(sheet.style(cells.row, cells.column))


def set_color(cells: Range, value: tuple[int, int, int] | int | str | None) -> None:
    """Fill the cells with a colour: (red, green, blue), ``#rrggbb`` or Excel's number."""
    rgb = None if value is None else as_rgb(value)
    styles = cells.sheet.worksheet.workbook.styles
    restyle(cells, lambda style: styles.with_color(style, rgb))


def as_rgb(value: tuple[int, int, int] | int | str) -> tuple[int, int, int]:
    """A colour given as (red, green, blue), ``#rrggbb`` or Excel's number."""
    from xlwings.utils import hex_to_rgb, int_to_rgb

    rgb: tuple[int, int, int] = (
        hex_to_rgb(value)
        if isinstance(value, str)
        else int_to_rgb(value)
        if isinstance(value, int)
        else value
    )
    return rgb


def alignment(cells: Range, attribute: str) -> str:
    """An attribute of the first cell's alignment."""
    sheet = cells.sheet.worksheet
    return sheet.workbook.styles.alignment(sheet.style(cells.row, cells.column), attribute)


def set_alignment(cells: Range, attribute: str, value: str) -> None:
    """Change an attribute of the cells' alignment."""
    styles = cells.sheet.worksheet.workbook.styles
    restyle(cells, lambda style: styles.with_alignment(style, {attribute: value}))


def clear(cells: Range) -> None:
    """Take the styles of the cells away."""
    sheet = cells.sheet.worksheet
    used = sheet.used_block()
    if used is None:
        return
    r1, c1, r2, c2 = cells.block
    r1, c1, r2, c2 = max(r1, used[0]), max(c1, used[1]), min(r2, used[2]), min(c2, used[3])
    if r1 <= r2:
        sheet.restyle((r1, c1, r2, c2), lambda _: 0)


def restyle(cells: Range, changed: Callable[[int], int]) -> None:
    """Give every cell of a range a style made from its own."""
    if not len(cells):
        return
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    r1, c1, r2, c2 = cells.block
    made: dict[int, int] = {}

    def new(style: int) -> int:
        if style not in made:
            made[style] = changed(style)
            sheet.workbook.styles_changed()
        return made[style]

    if (r1, r2) == (1, MAX_ROW):
        used = sheet.used_block()
        r1, r2 = (used[0], used[2]) if used else (1, 0)
        for column in range(c1, c2 + 1):
            old = sheet.frame.column_style(column)
            style = new(old)
            if style != old:
                width = sheet.frame.column_width(column)
                sheet.frame.set_columns(column, column, {"style": str(style)})
                sheet.frame.set_column_width(column, column, width)
    sheet.restyle((r1, c1, r2, c2), new)
