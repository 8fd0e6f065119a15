"""What a calculator sees of a workbook file: constants, formulas, tables, names.

The package reader (:class:`csm_xl.ooxml.workbook_file.Workbook`) implements :class:`WorkbookModel`;
the calculation only knows this page. Rows and columns count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

#: First row, first column, last row, last column; all four belong to the block.
Block: TypeAlias = tuple[int, int, int, int]


class ErrorValue(str):
    """An Excel error value in a cell, such as ``ErrorValue("#N/A")``; not the text ``#N/A``.

    It is a text so that it can be printed and compared; ``isinstance(value, ErrorValue)`` tells
    it from a text that merely reads like an error.
    """

    __slots__ = ()

    @property
    def code(self) -> str:
        """The error as Excel shows it, such as ``#VALUE!``."""
        return str(self)

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"ErrorValue({str.__repr__(self)})"


#: What a cell can hold. None is an empty cell. Dates are numbers (serials), as in the file.
CellValue: TypeAlias = float | str | bool | ErrorValue | None


@dataclass(slots=True)
class FormulaCell:
    """One cell with a formula.

    Attributes
    ----------
    row, col : int
        Its place, from 1.
    text : str
        The formula as stored, without ``=``. The children of a shared formula carry their own
        text, moved from the master's. Empty for a data table.
    kind : {"plain", "array", "shared", "data_table"}
        How the file holds it.
    ref : tuple of int or None
        The block an array formula (or data table) fills; only its first cell is listed.
    cached : float, str, bool, ErrorValue or None
        The value stored beside the formula.
    """

    row: int
    col: int
    text: str
    kind: Literal["plain", "array", "shared", "data_table"]
    ref: Block | None
    cached: CellValue


@dataclass(slots=True)
class TableInfo:
    """One table (list object): `ref` includes header and totals rows."""

    name: str
    sheet: str
    ref: Block
    columns: list[str]
    has_header: bool
    totals_rows: int


@dataclass(slots=True)
class NameInfo:
    """One defined name; `sheet` is the sheet it belongs to, None for the whole workbook."""

    name: str
    sheet: str | None
    text: str


class WorkbookModel(Protocol):
    """A workbook to be calculated."""

    @property
    def sheet_names(self) -> list[str]:
        """The sheets with cells, in the workbook's order (chart sheets have none)."""
        ...

    @property
    def date1904(self) -> bool:
        """Whether day 0 is 1 January 1904."""
        ...

    def values(self, sheet: str) -> Iterator[tuple[int, int, list[CellValue]]]:
        """Constants, row by row: (row, first column, values), None where a cell is empty.

        Cells with a formula, and cells that an array formula or data table fills, are None.
        """
        ...

    def formulas(self, sheet: str) -> list[FormulaCell]:
        """Every cell with a formula, row by row."""
        ...

    def cached(self, sheet: str, row: int, col: int) -> CellValue:
        """The value a cell holds now, whether constant or cached beside a formula."""
        ...

    def tables(self) -> list[TableInfo]:
        """Every table of the workbook."""
        ...

    def names(self) -> list[NameInfo]:
        """Every defined name."""
        ...

    def set_cached(self, sheet: str, row: int, col: int, value: CellValue) -> None:
        """Set the value beside a formula, or a cell that an array formula fills.

        Written only where it differs. A cell that holds a constant of the owner's is refused
        with ``ValueError``.
        """
        ...
