"""The copy while it is being made: what its cells hold, as a calculator can read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from csm_xl.formulas.addresses import cell_address
from csm_xl.formulas.workbook_model import Block, CellValue, FormulaCell, NameInfo, TableInfo
from csm_xl.language import Text
from csm_xl.share.copy_cells import CopyCells, Place, merged
from csm_xl.share.lambda_names import LambdaName

#: Stands in a pattern for the row of the formula; in no formula.
ROW = "\ue000"


@dataclass(slots=True)
class CopyFormula:
    """A formula of the copy.

    Attributes
    ----------
    pattern : str
        Without ``=``; :data:`ROW` where its row stands, so that a long column holds one text.
    block : Block or None
        The cells that an array formula fills.
    group : int
        Formulas of one column that are the same but for the row have one number above 0; the file
        then holds the text once.
    row : int
        What :data:`ROW` means.
    """

    pattern: str
    block: Block | None = None
    group: int = 0
    row: int = 0

    @property
    def text(self) -> str:
        """Without ``=``."""
        return self.pattern.replace(ROW, str(self.row)) if self.row else self.pattern


@dataclass
class CopySheet:
    """One sheet of the copy.

    Attributes
    ----------
    name : str
        In the copy.
    source : Worksheet or None
        The owner's sheet that it was made from.
    styles_from : int
        Added to the style numbers of the source's cells.
    column_styles : dict of int to int
        The styles of cells that the source does not have, by column.
    values : CopyCells
        What cells without a formula hold.
    formulas : dict of (row, column) to CopyFormula
    results : CopyCells
        The values beside formulas, and of the cells that array formulas fill.
    """

    name: str
    source: Any = None
    styles_from: int = 0
    column_styles: dict[int, int] = field(default_factory=dict)
    values: CopyCells = field(default_factory=CopyCells)
    formulas: dict[Place, CopyFormula] = field(default_factory=dict)
    results: CopyCells = field(default_factory=CopyCells)

    def put_value(self, row: int, column: int, value: CellValue) -> None:
        """A constant in place of whatever the cell held."""
        self.formulas.pop((row, column), None)
        self.results[row, column] = None
        self.values[row, column] = value

    def put_formula(
        self, row: int, column: int, formula: CopyFormula, result: CellValue = None
    ) -> None:
        """A formula in place of whatever the cell held."""
        self.values[row, column] = None
        self.formulas[row, column] = formula
        self.results[row, column] = result

    def filled(self) -> Iterator[tuple[int, dict[int, CellValue]]]:
        """The rows that hold something, top to bottom: what their cells show, by column."""
        waiting: dict[int, dict[int, CellValue]] = {}
        for row, column in self.formulas:
            waiting.setdefault(row, {})[column] = self.results.at(row, column)
        formulas = ((row, waiting[row]) for row in sorted(waiting))
        return merged(self.values.rows(), self.results.rows(), formulas)


FROZEN_REFERENCE = Text(
    "The formula stays; what it read on a sheet that was left out is written into it as a value.",
    "公式保留；其引用的、未包含的工作表中的内容已写为数值。",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A formula that became a value, and why.

    Attributes
    ----------
    sheet : str
        In the copy.
    row, column : int
    reason : Text
    what : Text, optional
        What was kept, where it is no cell: a name, a rule of a conditional format.
    detail : Text, optional
        What stood there, or by how much it differs.
    """

    sheet: str
    row: int
    column: int
    reason: Text
    what: Text | None = None
    detail: Text | None = None

    @property
    def place(self) -> Text:
        """For people: ``Dashboard!C7``."""
        if self.what is not None:
            return self.what
        address = f"{self.sheet}!{cell_address(self.row, self.column)}"
        return Text(address, address)


class CopyBook:
    """The copy as a whole; reads as a ``WorkbookModel``.

    Parameters
    ----------
    date1904 : bool
    """

    def __init__(self, date1904: bool = False) -> None:
        self.date1904 = date1904
        self.sheets: dict[str, CopySheet] = {}
        self.kept: list[Kept] = []
        #: Formulas that stay, but for references to what is not in the copy.
        self.frozen: list[Kept] = []
        #: Cells whose formulas need not be computed: their results are known to be right.
        self.known: dict[str, set[Place]] = {}
        #: How many formulas could not be computed to compare them with the owner's workbook.
        self.unchecked = 0
        #: csm-xl's functions as defined names, which no calculator here knows.
        self.functions: list[LambdaName] = []
        self._tables: list[TableInfo] = []
        self._names: list[NameInfo] = []

    def keep(
        self, sheet: str, row: int, column: int, reason: Text, detail: Text | None = None
    ) -> None:
        """Take note of a formula that became a value."""
        self.kept.append(Kept(sheet, row, column, reason, None, detail))

    # -- as a WorkbookModel ---------------------------------------------------------------------

    @property
    def sheet_names(self) -> list[str]:
        """See ``WorkbookModel``."""
        return list(self.sheets)

    def values(self, sheet: str) -> Iterator[tuple[int, int, list[CellValue]]]:
        """See ``WorkbookModel``."""
        one = self.sheets[sheet]
        known: dict[int, dict[int, CellValue]] = {}
        for row, column in self.known.get(sheet, ()):
            known.setdefault(row, {})[column] = one.results.at(row, column)
        for row, cells in merged(one.values.rows(), sorted(known.items(), key=itemgetter(0))):
            first, last = min(cells), max(cells)
            yield row, first, [cells.get(column) for column in range(first, last + 1)]

    def formulas(self, sheet: str) -> list[FormulaCell]:
        """See ``WorkbookModel``."""
        one = self.sheets[sheet]
        known = self.known.get(sheet, ())
        return [
            FormulaCell(
                row,
                column,
                formula.text,
                "plain" if formula.block is None else "array",
                formula.block,
                one.results.get((row, column)),
            )
            for (row, column), formula in sorted(one.formulas.items(), key=lambda item: item[0])
            if (row, column) not in known
        ]

    def cached(self, sheet: str, row: int, col: int) -> CellValue:
        """See ``WorkbookModel``."""
        one = self.sheets[sheet]
        found = one.results.at(row, col)
        return one.values.at(row, col) if found is None else found

    def tables(self) -> list[TableInfo]:
        """See ``WorkbookModel``."""
        return self._tables

    def add_table(self, table: TableInfo) -> None:
        """A table of the copy."""
        self._tables.append(table)

    def names(self) -> list[NameInfo]:
        """See ``WorkbookModel``."""
        return self._names

    def set_names(self, names: list[NameInfo]) -> None:
        """The defined names of the copy."""
        self._names = names

    def set_cached(self, sheet: str, row: int, col: int, value: CellValue) -> None:
        """See ``WorkbookModel``."""
        one = self.sheets[sheet]
        if one.values.at(row, col) is not None:
            raise ValueError(f"{sheet}!{cell_address(row, col)} holds a constant")
        one.results[row, col] = value
