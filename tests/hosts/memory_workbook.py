"""A workbook in memory for the calculation: cells by address, formulas beginning with ``=``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from csm_xl.formulas.addresses import cell_address, parse_block, parse_cell
from csm_xl.formulas.workbook_model import (
    Block,
    CellValue,
    ErrorValue,
    FormulaCell,
    NameInfo,
    TableInfo,
)


@dataclass(frozen=True)
class Formula:
    """A formula with the value that the file holds beside it, or an array formula with its block."""

    text: str
    cached: CellValue = None
    block: str | None = None
    kind: str = "plain"


Cells = Mapping[str, CellValue | int | Formula]


class MemoryProvenance:
    """What was known of a workbook before it changed.

    Parameters
    ----------
    book : MemoryWorkbook
    before : mapping of address to value
        What changed cells of the first sheet held.
    """

    demands_calculation = False
    iterates = False
    decimal_comma: bool | None = None

    def __init__(self, book: MemoryWorkbook, before: Mapping[str, CellValue]) -> None:
        self._cached = dict(book._cached)
        self._book = book
        self._before = {
            (book.sheet_names[0], *parse_cell(a)): float(v) if type(v) is int else v
            for a, v in before.items()
        }
        self.own: set[tuple[str, int, int]] = set()
        self.all_own = False

    def changed(self) -> Iterator[tuple[str, int, int, int]]:
        for sheet, row, column in self._before:
            yield sheet, column, row, row

    def original(self, sheet: str, row: int, column: int) -> CellValue:
        place = (sheet, row, column)
        if place in self._before:
            return self._before[place]
        return self._cached.get(place, self._book._constants[sheet].get(place[1:]))

    def computed_here(self, sheet: str, row: int, column: int) -> bool:
        return self.all_own or (sheet, row, column) in self.own

    def reshaped_tables(self) -> frozenset[str]:
        return frozenset()


class MemoryWorkbook:
    """What a calculator sees of a workbook.

    Parameters
    ----------
    sheets : mapping of str to mapping of address to value
        A text that begins with ``=`` is a formula without a value beside it.
    tables : sequence of (name, sheet, block, columns[, totals rows])
    names : mapping of str to str
        ``"Sheet1!rate"`` belongs to the sheet.
    filtered : bool
        Whether a filter hides the hidden rows.
    by_excel : bool
        Whether Excel computed the values beside formulas; else they are those of an earlier
        calculation of ours.
    before : mapping of address to value
        What constants of the first sheet held when Excel computed.
    """

    def __init__(
        self,
        sheets: Mapping[str, Cells] | Cells,
        tables: Sequence[tuple] = (),
        names: Mapping[str, str] | None = None,
        date1904: bool = False,
        hidden_rows: Mapping[str, set[int]] | None = None,
        filtered: bool = False,
        by_excel: bool = False,
        before: Mapping[str, CellValue] | None = None,
    ) -> None:
        if not all(isinstance(value, Mapping) for value in sheets.values()):
            sheets = {"Sheet1": sheets}
        self.date1904 = date1904
        self._constants: dict[str, dict[tuple[int, int], CellValue]] = {}
        self._formulas: dict[str, dict[tuple[int, int], FormulaCell]] = {}
        self._cached: dict[tuple[str, int, int], CellValue] = {}
        self._hidden_rows = hidden_rows or {}
        self._filtered = filtered
        for sheet, cells in sheets.items():
            self._constants[sheet] = {}
            self._formulas[sheet] = {}
            for address, value in cells.items():
                self._put(sheet, *parse_cell(address), value)
        self._tables = [
            TableInfo(name, sheet, parse_block(block), list(columns), True, *(rest or (0,)))
            for name, sheet, block, columns, *rest in tables
        ]
        self._names = []
        for name, text in (names or {}).items():
            sheet, _, short = name.rpartition("!")
            self._names.append(NameInfo(short, sheet or None, text))

        self.provenance = MemoryProvenance(self, before or {})
        self.provenance.all_own = not by_excel

    def _put(self, sheet: str, row: int, column: int, value: CellValue | int | Formula) -> None:
        if isinstance(value, str) and not isinstance(value, ErrorValue) and value[:1] == "=":
            value = Formula(value)
        if not isinstance(value, Formula):
            number = isinstance(value, int) and not isinstance(value, bool)
            self._constants[sheet][row, column] = float(value) if number else value
            return
        block: Block | None = parse_block(value.block) if value.block else None
        kind = "array" if block and value.kind == "plain" else value.kind
        self._formulas[sheet][row, column] = FormulaCell(
            row, column, value.text.removeprefix("="), kind, block, value.cached
        )
        self._cached[sheet, row, column] = value.cached

    @property
    def sheet_names(self) -> list[str]:
        return list(self._constants)

    def values(self, sheet: str) -> Iterator[tuple[int, int, list[CellValue]]]:
        rows: dict[int, dict[int, CellValue]] = {}
        for (row, column), value in self._constants[sheet].items():
            rows.setdefault(row, {})[column] = value
        for row in sorted(rows):
            first, last = min(rows[row]), max(rows[row])
            yield row, first, [rows[row].get(column) for column in range(first, last + 1)]

    def formulas(self, sheet: str) -> list[FormulaCell]:
        return [self._formulas[sheet][place] for place in sorted(self._formulas[sheet])]

    def tables(self) -> list[TableInfo]:
        return self._tables

    def names(self) -> list[NameInfo]:
        return self._names

    def hidden_rows(self, sheet: str) -> list[tuple[int, int]]:
        return [(row, row) for row in sorted(self._hidden_rows.get(sheet, set()))]

    def filtered_rows(self, sheet: str) -> list[tuple[int, int]]:
        return self.hidden_rows(sheet) if self._filtered else []

    def cached(self, sheet: str, row: int, col: int) -> CellValue:
        if (sheet, row, col) in self._cached:
            return self._cached[sheet, row, col]
        return self._constants[sheet].get((row, col))

    def set_cached(self, sheet: str, row: int, col: int, value: CellValue) -> None:
        if (row, col) in self._constants[sheet]:
            raise ValueError(f"{sheet}!{cell_address(row, col)} holds a constant")
        self._cached[sheet, row, col] = value

    def __getitem__(self, address: str) -> CellValue:
        """The value of ``B2`` on the first sheet, or of ``Sheet!B2``."""
        sheet, _, cell = address.rpartition("!")
        return self.cached(sheet or self.sheet_names[0], *parse_cell(cell))

    def filled(self) -> set[str]:
        """The cells with a value beside a formula or in an array's block, as ``Sheet!B2``."""
        return {
            f"{sheet}!{cell_address(row, column)}"
            for (sheet, row, column), value in self._cached.items()
            if value is not None
        }
