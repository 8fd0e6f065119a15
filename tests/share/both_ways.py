"""Formulas with csm-xl's functions and their native forms, computed side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from hosts.memory_workbook import Cells, Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.addresses import block_address, cell_address, parse_block, parse_cell
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.functions import REGISTRY
from csm_xl.share.owner_workbook import rewriter_for
from csm_xl.workbook.hidden_arguments import HiddenArguments


def computed(sheets: Mapping[str, Cells], **more) -> MemoryWorkbook:
    """A workbook whose formulas were computed, csm-xl's functions among them."""
    book = MemoryWorkbook(sheets, **more)
    report = calculate(book, REGISTRY, HiddenArguments(book))
    assert not report.kept, [(k.cell, k.reason.en) for k in report.kept]
    return book


def native_formulas(
    sheets: Mapping[str, Cells], sheet: str, lang="en", settings=None, **more
) -> dict[str, Formula]:
    """The native formulas of one sheet of a computed workbook, by address."""
    book = computed(sheets, **more)
    rewriter = rewriter_for(book, lang, HiddenArguments(book), settings=settings)
    found: dict[str, Formula] = {}
    for cell in book.formulas(sheet):
        block = cell.ref if cell.kind == "array" else None
        native = rewriter.rewrite(sheet, cell.row, cell.col, cell.text, block)
        address = cell_address(cell.row, cell.col)
        if native is None:
            found[address] = Formula(cell.text, block=block_address(block) if block else None)
        elif native.cells:
            found |= {cell_address(r, c): Formula(text) for (r, c), text in native.cells.items()}
        else:
            own = block or (cell.row, cell.col, cell.row, cell.col)
            found[address] = Formula(
                native.text, block=block_address(own) if native.array else None
            )
    return found


def places(sheets: Mapping[str, Cells], sheet: str) -> list[tuple[int, int]]:
    """Every cell of a sheet that a formula fills."""
    filled = []
    for address, cell in sheets[sheet].items():
        if isinstance(cell, str) and cell.startswith("="):
            filled.append(parse_cell(address))
        elif isinstance(cell, Formula):
            r1, c1, r2, c2 = parse_block(cell.block or address)
            filled += [(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]
    return filled


def same(original: CellValue, native: CellValue) -> bool:
    """Whether a native result is the original one, to 1e-9; any error stands for any error."""
    if isinstance(original, ErrorValue):
        return isinstance(native, ErrorValue) or str(native).startswith("#")
    if isinstance(native, ErrorValue):
        return False
    if isinstance(original, bool) or isinstance(native, bool):
        return original is native
    if isinstance(original, int | float) and isinstance(native, int | float):
        return math.isclose(original, native, rel_tol=1e-9, abs_tol=1e-9)
    return (original or "") == (native or "")


def differences(
    sheets: Mapping[str, Cells], sheet: str, **more
) -> Sequence[tuple[str, CellValue, CellValue, str]]:
    """The cells of a sheet where the native formulas compute something else."""
    before = computed(sheets)
    formulas = native_formulas(sheets, sheet, **more)
    after = computed({**sheets, sheet: formulas})
    wrong = []
    for row, column in places(sheets, sheet):
        old, new = before.cached(sheet, row, column), after.cached(sheet, row, column)
        if not same(old, new):
            address = cell_address(row, column)
            text = formulas[address].text if address in formulas else ""
            wrong.append((address, old, new, text))
    return wrong
