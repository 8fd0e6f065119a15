"""Reading the values and formulas of a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import block_address
from csm_xl.formulas.workbook_model import CellValue
from csm_xl.ooxml.cell_text import encode_number
from csm_xl.xlfile.conversion import com_values, show_dates

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range

#: More cells than this are a whole sheet, read by mistake.
MAX_CELLS = 100_000_000


def refuse_whole_sheet(cells: Range) -> None:
    """Raise SheetError for a range of more cells than any work needs."""
    if len(cells) > MAX_CELLS:
        address = block_address(cells.block)
        raise SheetError(
            f"{address} on sheet {cells.sheet.name} are too many cells; name the used range.",
            f"工作表 {cells.sheet.name} 的 {address} 单元格过多，请只选择有数据的区域。",
        )


def raw_value(cells: Range, *, dates: bool) -> Any:
    """A scalar for one cell, else a tuple of row tuples; None for no cells."""
    if not len(cells):
        return None
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    date1904 = sheet.workbook.date1904
    r1, c1, r2, c2 = cells.block
    columns = []
    for column in range(c1, c2 + 1):
        values = com_values(sheet.column_values(column, r1, r2))
        if dates:
            show_dates(values, r1, sheet.date_rows(column, r1, r2), date1904)
        columns.append(values)
    if len(cells) == 1:
        return columns[0][0]
    return tuple(zip(*columns, strict=True))


def formulas(cells: Range) -> Any:
    """Formulas with ``=``, constants as typed: a text, or a tuple of row tuples."""
    if not len(cells):
        return None
    refuse_whole_sheet(cells)
    sheet = cells.sheet.worksheet
    r1, c1, r2, c2 = cells.block

    def spelled(row: int, column: int) -> str:
        text = sheet.formula_cells.text(row, column)
        if text is None:
            array = next((b for b in sheet.formula_cells.blocks() if _inside(row, column, b)), None)
            text = None if array is None else sheet.formula_cells.text(array[0], array[1])
        return f"={text}" if text else typed(sheet.value(row, column))

    if len(cells) == 1:
        return spelled(r1, c1)
    return tuple(
        tuple(spelled(row, column) for column in range(c1, c2 + 1)) for row in range(r1, r2 + 1)
    )


def typed(value: CellValue) -> str:
    """A constant as the formula bar shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return value if isinstance(value, str) else encode_number(value).decode()


def array_place(cells: Range) -> tuple[int, int] | None:
    """The first cell of the array formula that the range's first cell belongs to."""
    found = cells.sheet.worksheet.formula_cells
    row, column = cells.row, cells.column
    if found.array_block(row, column) is not None:
        return row, column
    for block in found.blocks():
        if _inside(row, column, block) and found.array_block(block[0], block[1]) is not None:
            return block[0], block[1]
    return None


def _inside(row: int, column: int, block: tuple[int, int, int, int]) -> bool:
    return block[0] <= row <= block[2] and block[1] <= column <= block[3]
