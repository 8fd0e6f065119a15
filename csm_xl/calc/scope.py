"""What a formula may refer to: the workbook's sheets, tables, names, array blocks and functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.constants import Stretch
from csm_xl.calc.provenance import provenance_of
from csm_xl.formulas.addresses import MAX_ROW, contains
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Node, parse
from csm_xl.formulas.workbook_model import (
    CellValue,
    ErrorValue,
    FormulaCell,
    NameInfo,
    TableInfo,
    WorkbookModel,
)

#: Formulas and the texts of names repeat; reading one takes longer than finding it again.
read_formula: Callable[[str], Node] = lru_cache(4096)(parse)

Row = tuple[int, int, list[CellValue]]

#: Ten full columns of a sheet: as much as fits into the memory of an ordinary computer.
MAX_CELLS_READ = 10 * MAX_ROW


class Scope:
    """Everything around a formula that decides what it means.

    Parameters
    ----------
    model : WorkbookModel
    own_functions : collection of str
        The worksheet functions that csm-xl adds, in capitals, with whether each gives one value.
    known_function : callable
        Whether the calculator has a built-in function of this name.
    """

    def __init__(
        self,
        model: WorkbookModel,
        own_functions: dict[str, bool],
        known_function: Callable[[str], bool],
    ) -> None:
        self._model = model
        self.own_functions = own_functions
        self.known_function = known_function
        self.decimal_comma = provenance_of(model).decimal_comma
        self.sheets = list(model.sheet_names)
        self._sheets = {name.casefold(): name for name in self.sheets}
        self._tables = {table.name.casefold(): table for table in model.tables()}
        self._names: dict[tuple[str | None, str], NameInfo] = {}
        for name in model.names():
            scope = None if name.sheet is None else name.sheet.casefold()
            self._names[scope, name.name.casefold()] = name
        self._blocks: dict[str, list[Area]] = {}
        self._rows: dict[str, list[Row]] = {}
        self._stretches: dict[str, list[Stretch]] = {}
        self._error_rows: dict[str, list[Row]] = {}
        self._lines: dict[str, dict[int, Row]] = {}
        self._used: dict[str, tuple[int, int]] = {}
        self._hidden: dict[tuple[str, bool], list[tuple[int, int]]] = {}
        self._formula_extent: dict[str, tuple[int, int]] = {}

    def sheet(self, name: str) -> str | None:
        """The sheet of this name, in any case, as the workbook spells it."""
        return self._sheets.get(name.casefold())

    def sheets_between(self, first: str, last: str) -> list[str]:
        """The sheets from one to another, as ``First:Last!A1`` means them."""
        places = sorted((self.sheets.index(first), self.sheets.index(last)))
        return self.sheets[places[0] : places[1] + 1]

    def table(self, name: str) -> TableInfo | None:
        """The table of this name, in any case."""
        return self._tables.get(name.casefold())

    def table_at(self, sheet: str, row: int, column: int) -> TableInfo | None:
        """The table that a cell belongs to."""
        cell = (row, column, row, column)
        for table in self._tables.values():
            if table.sheet == sheet and contains(table.ref, cell):
                return table
        return None

    def tables_above(self, sheet: str, row: int) -> int:
        """How many tables of a sheet end above a row."""
        return sum(table.sheet == sheet and table.ref[2] < row for table in self._tables.values())

    def name(self, name: str, sheet: str | None) -> NameInfo | None:
        """What a name means on a sheet: the sheet's own one, else the workbook's."""
        key = name.casefold()
        own = None if sheet is None else self._names.get((sheet.casefold(), key))
        return own or self._names.get((None, key))

    def add_formulas(self, sheet: str, cells: Sequence[FormulaCell]) -> None:
        """Take note of where formulas stand, and of the blocks that array formulas fill."""
        self._blocks[sheet] = [
            Area(sheet, cell.ref)
            for cell in cells
            if cell.ref is not None and cell.kind in ("array", "data_table")
        ]
        ends = [area.block[2:] for area in self._blocks[sheet]]
        self._formula_extent[sheet] = (
            max([cell.row for cell in cells] + [end[0] for end in ends], default=1),
            max([cell.col for cell in cells] + [end[1] for end in ends], default=1),
        )

    def block_from(self, sheet: str, row: int, column: int) -> Area | None:
        """The block of the array formula in a cell (``A1#``)."""
        for area in self._blocks.get(sheet, ()):
            if area.block[:2] == (row, column):
                return area
        return None

    def rows(self, sheet: str) -> list[Row]:
        """The sheet's constants, row by row (read once)."""
        if sheet not in self._rows:
            self._rows[sheet] = list(self._model.values(sheet))
        return self._rows[sheet]

    def forget_cells(self) -> None:
        """Let go of the constants; they are read again when they are next asked for."""
        for read in (self._rows, self._stretches, self._error_rows, self._lines):
            read.clear()

    def stretches(self, sheet: str) -> list[Stretch]:
        """The sheet's constants in rectangles as tall as they come."""
        if sheet not in self._stretches:
            found: list[Stretch] = []
            next_row, shape = 0, (0, 0)
            for row, first, values in self.rows(sheet):
                if row == next_row and shape == (first, len(values)):
                    found[-1].lines.append(values)
                else:
                    found.append(Stretch(row, first, [values]))
                    shape = (first, len(values))
                next_row = row + 1
            self._stretches[sheet] = found
        return self._stretches[sheet]

    def rows_with_errors(self, sheet: str) -> list[Row]:
        """The rows with an error value among their constants."""
        if sheet not in self._error_rows:
            self._error_rows[sheet] = [
                row for row in self.rows(sheet) if ErrorValue in map(type, row[2])
            ]
        return self._error_rows[sheet]

    def constant(self, sheet: str, row: int, column: int) -> CellValue:
        """The constant in a cell, None where there is none."""
        if sheet not in self._lines:
            self._lines[sheet] = {line[0]: line for line in self.rows(sheet)}
        line = self._lines[sheet].get(row)
        if line is None or not line[1] <= column < line[1] + len(line[2]):
            return None
        return line[2][column - line[1]]

    def begins_block(self, area: Area) -> bool:
        """Whether an area begins at the top of its block, where a title may stand.

        That is in a table's header row, in the first row of the sheet, or below blank cells.
        """
        r1, c1, _, c2 = area.block
        if r1 == 1:
            return True
        table = self.table_at(area.sheet, r1, c1)
        if table is not None:
            return table.has_header and r1 == table.ref[0]
        c2 = min(c2, self.used(area.sheet)[1])
        return all(
            self._model.cached(area.sheet, r1 - 1, column) in (None, "")
            for column in range(c1, c2 + 1)
        )

    def used(self, sheet: str) -> tuple[int, int]:
        """The last row and column with a constant or a formula; at least 1 and 1."""
        if sheet not in self._used:
            rows = self.rows(sheet)
            last_row = rows[-1][0] if rows else 1
            last_column = max((first + len(values) - 1 for _, first, values in rows), default=1)
            extent = self._formula_extent.get(sheet, (1, 1))
            self._used[sheet] = max(last_row, extent[0]), max(last_column, extent[1])
        return self._used[sheet]

    def cut(self, area: Area, sheets: Collection[str] | None = None) -> Area:
        """The area without the rows and columns behind everything that is used.

        Parameters
        ----------
        area : Area
        sheets : collection of str, optional
            Cut to what is used on any of these, so that ranges on several sheets keep one size.
        """
        used = [self.used(sheet) for sheet in sheets or (area.sheet,)]
        rows, columns = (max(extent) for extent in zip(*used, strict=True))
        r1, c1, r2, c2 = area.block
        return Area(area.sheet, (r1, c1, max(r1, min(r2, rows)), max(c1, min(c2, columns))))

    def shown(self, area: Area, filtered_only: bool) -> list[Area]:
        """The parts of an area whose rows are shown.

        Parameters
        ----------
        area : Area
        filtered_only : bool
            Leave out only what a filter hides, not what is hidden by hand.
        """
        key = area.sheet, filtered_only
        if key not in self._hidden:
            word = "filtered_rows" if filtered_only else "hidden_rows"
            ask: Any = getattr(self._model, word, None)
            self._hidden[key] = [] if ask is None else list(ask(area.sheet))
        r1, c1, r2, c2 = area.block
        parts = []
        for first, last in self._hidden[key]:
            if last < r1 or first > r2:
                continue
            if first > r1:
                parts.append(Area(area.sheet, (r1, c1, first - 1, c2)))
            r1 = last + 1
        if r1 <= r2:
            parts.append(Area(area.sheet, (r1, c1, r2, c2)))
        return parts

    def names_hold(self, text: str) -> bool:
        """Whether what a defined name stands for contains a text in capitals."""
        return any(text in name.text.upper() for name in self._names.values())

    def refuse_too_wide(self, area: Area) -> None:
        """Raise :class:`NotCalculated` for a range that reads more cells than memory holds."""
        if area.rows * area.columns > MAX_CELLS_READ:
            used = self.cut(area)
            if used.rows * used.columns > MAX_CELLS_READ:
                raise reasons.too_wide(used.rows * used.columns)
