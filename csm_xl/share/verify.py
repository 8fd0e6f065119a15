"""The copy's formulas computed, and compared with what the owner's workbook shows.

A formula that computes something else becomes the owner's value: because of a pseudonym in place
of a name, of a cell that was left out, or of anything that nobody thought of. The copy may be less
live than it could be, but it does not lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from csm_xl.calc.calculate import calculate
from csm_xl.calc.kept_reasons import NotCalculated, Why
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.formulas.addresses import contains
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Reference, walk
from csm_xl.formulas.workbook_model import Block, CellValue
from csm_xl.language import Text
from csm_xl.share.copy_model import CopyBook
from csm_xl.share.owner_workbook import scope_of

Cell = tuple[str, int, int]

DIFFERS = Text(
    "Its native formula gives another value in the copy.", "原生公式在副本中得出的值不同。"
)
UNCHECKED = Text(
    "Its native formula could not be computed to check it.", "原生公式无法计算，因而无法核对。"
)


class Difference(NamedTuple):
    """What the copy computed for a cell, and what the owner's workbook shows."""

    found: CellValue
    value: CellValue

    @property
    def text(self) -> Text | None:
        """By how much they differ, for numbers."""
        if type(self.found) is not float or type(self.value) is not float:
            return None
        return Text(
            "{found} instead of {value}: {by} off", "得出 {found}，应为 {value}，相差 {by}"
        ).fill(
            found=f"{self.found:.10g}",
            value=f"{self.value:.10g}",
            by=f"{self.found - self.value:.3g}",
        )


def verify(
    copy: CopyBook,
    expected: Mapping[Cell, CellValue],
    rewritten: set[Cell],
    shown: Callable[[Cell], CellValue],
    agrees: Callable[[Cell, CellValue], bool],
    alike: Callable[[Cell], list[Cell]],
    reason_of: Callable[[Cell, Text], Text],
) -> None:
    """Compute the copy; formulas that do not give what is expected become values.

    Parameters
    ----------
    copy : CopyBook
        Its results are set.
    expected : mapping of cell to value
        What the owner's workbook shows in the cells that formulas fill.
    rewritten : set of cell
        The formulas that were written anew.
    shown : callable
        What a cell of the copy may show of the owner's value.
    agrees : callable
        Whether a cell of the copy may show what it computes.
    alike : callable
        The cells that become values together with one.
    reason_of : callable
        Why a formula became a value, from its cell and what was found.
    """
    blocks = _blocks(copy)
    expected = dict(expected)
    while True:
        unknown = _computed(copy, expected, shown)
        wrong = [
            cell
            for cell in expected
            if cell not in unknown and not agrees(cell, copy.cached(*cell))
        ]
        if _open_groups(copy, wrong, expected):
            # A sample was wrong, so no row that repeats its formula is taken to be right.
            continue
        wrong = list(dict.fromkeys(other for cell in wrong for other in (cell, *alike(cell))))
        # What could not be computed may have read what is wrong: that becomes a value first.
        unchecked = [
            cell
            for cell, why in unknown.items()
            if not wrong and cell in rewritten and why is not Why.DEPENDS
        ]
        if not wrong and not unchecked:
            break
        first = _roots(copy, blocks, wrong) or wrong
        for cells, reason in ((first, DIFFERS), (unchecked, UNCHECKED)):
            for cell in cells:
                found = Difference(copy.cached(*cell), shown(cell))
                _freeze(copy, blocks, cell, shown, reason_of(cell, reason), found)
        expected = {cell: v for cell, v in expected.items() if _is_computed(copy, blocks, cell)}
    copy.unchecked = sum((row, column) in copy.sheets[s].formulas for s, row, column in unknown)
    for cell, value in expected.items():
        if cell not in unknown and isinstance(value, float) and not isinstance(value, bool):
            copy.set_cached(*cell, value)


def _open_groups(copy: CopyBook, wrong: list[Cell], expected: dict[Cell, CellValue]) -> bool:
    """Expect something of all rows of a column of which one was wrong; whether any were not yet."""
    columns = {
        (sheet, column)
        for sheet, row, column in wrong
        if (formula := copy.sheets[sheet].formulas.get((row, column))) is not None and formula.group
    }
    opened = False
    for sheet, column in columns:
        known = copy.known.get(sheet, set())
        for place in [place for place in known if place[1] == column]:
            known.discard(place)
            expected[(sheet, *place)] = copy.sheets[sheet].results.get(place)
            opened = True
    return opened


def _computed(
    copy: CopyBook, expected: Mapping[Cell, CellValue], shown: Callable[[Cell], CellValue]
) -> dict[Cell, Why]:
    """Compute; the cells that could not be, which show what the owner's workbook shows."""
    report = calculate(copy, everything=True)
    unknown = {(k.sheet, k.row, k.column): k.why for k in report.kept}
    for cell in unknown:
        if cell in expected:
            copy.set_cached(*cell, shown(cell))
    return unknown


def _roots(
    copy: CopyBook, blocks: Mapping[Cell, tuple[Cell, Block]], wrong: list[Cell]
) -> list[Cell]:
    """Those that do not read another wrong cell: the others may be right once these are values."""
    around = scope_of(copy)
    by_sheet: dict[str, list[Cell]] = {}
    for cell in wrong:
        by_sheet.setdefault(cell[0], []).append(cell)
    return [cell for cell in wrong if not _reads(copy, blocks, around, cell, by_sheet)]


def _reads(
    copy: CopyBook,
    blocks: Mapping[Cell, tuple[Cell, Block]],
    around: Scope,
    cell: Cell,
    wrong: Mapping[str, list[Cell]],
) -> bool:
    sheet, row, column = blocks[cell][0] if cell in blocks else cell
    formula = copy.sheets[sheet].formulas.get((row, column))
    if formula is None:
        return False
    resolver = Resolver(around, sheet, row, column)
    for node in walk(read_formula(formula.text)):
        if not isinstance(node, Reference):
            continue
        try:
            meant = resolver.meant(node)
        except NotCalculated:
            continue
        for area in meant if isinstance(meant, list) else [meant]:
            if isinstance(area, Area) and any(
                other != cell and contains(area.block, (*other[1:], *other[1:]))
                for other in wrong.get(area.sheet, ())
            ):
                return True
    return False


def _blocks(copy: CopyBook) -> dict[Cell, tuple[Cell, Block]]:
    """The cells that array formulas fill, each with the formula's own cell and block."""
    found = {}
    for sheet in copy.sheets.values():
        for (row, column), formula in sheet.formulas.items():
            if formula.block is not None:
                r1, c1, r2, c2 = formula.block
                for r in range(r1, r2 + 1):
                    for c in range(c1, c2 + 1):
                        found[sheet.name, r, c] = ((sheet.name, row, column), formula.block)
    return found


def _is_computed(copy: CopyBook, blocks: dict[Cell, tuple[Cell, Block]], cell: Cell) -> bool:
    origin = blocks[cell][0] if cell in blocks else cell
    return origin[1:] in copy.sheets[origin[0]].formulas


def _freeze(
    copy: CopyBook,
    blocks: dict[Cell, tuple[Cell, Block]],
    cell: Cell,
    shown: Callable[[Cell], CellValue],
    reason: Text,
    found: Difference,
) -> None:
    if not _is_computed(copy, blocks, cell):
        return
    sheet, row, column = cell
    (_, row, column), block = blocks.get(cell, (cell, (row, column, row, column)))
    for r in range(block[0], block[2] + 1):
        for c in range(block[1], block[3] + 1):
            copy.sheets[sheet].put_value(r, c, shown((sheet, r, c)))
    copy.keep(sheet, row, column, reason, found.text if reason is DIFFERS else None)
