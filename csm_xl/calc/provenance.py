"""What is known of a workbook's values: who computed them, and what they were before it changed.

A model that knows it has an attribute ``provenance``
(:class:`csm_xl.ooxml.value_history.ValueHistory`). Without one nothing has changed, and
every value beside a formula is a spreadsheet program's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Protocol

from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel

#: Values that differ by less, relatively, are equal: processors and orders of adding differ.
TOLERANCE = 1e-9
#: What is left of a difference of equal numbers.
_NOTHING = 1e-12


class Provenance(Protocol):
    """The values of a workbook as it was opened."""

    @property
    def demands_calculation(self) -> bool:
        """Whether whoever wrote the file asks to have everything computed on opening."""
        ...

    @property
    def iterates(self) -> bool:
        """Whether the workbook computes circles in rounds."""
        ...

    @property
    def decimal_comma(self) -> bool | None:
        """Whether the program that wrote the file puts a comma before decimals; None if unknown."""
        ...

    def changed(self) -> Iterator[tuple[str, int, int, int]]:
        """Constants and formulas that changed: sheet, column, first row, last row."""
        ...

    def original(self, sheet: str, row: int, column: int) -> CellValue:
        """What a cell held when the file was opened."""
        ...

    def computed_here(self, sheet: str, row: int, column: int) -> bool:
        """Whether the value of a formula is known to be this calculator's, not a program's."""
        ...

    def reshaped_tables(self) -> frozenset[str]:
        """The tables, in small letters, that had another size when the file was opened."""
        ...


class NoProvenance:
    """The provenance of a workbook that keeps none: everything as it is now."""

    demands_calculation = False
    iterates = False
    decimal_comma: bool | None = None

    def __init__(self, model: WorkbookModel) -> None:
        self._model = model

    def changed(self) -> Iterator[tuple[str, int, int, int]]:
        """Nothing."""
        return iter(())

    def original(self, sheet: str, row: int, column: int) -> CellValue:
        """What the cell holds."""
        return self._model.cached(sheet, row, column)

    def computed_here(self, sheet: str, row: int, column: int) -> bool:
        """Never."""
        return False

    def reshaped_tables(self) -> frozenset[str]:
        """None."""
        return frozenset()


def provenance_of(model: WorkbookModel) -> Provenance:
    """What a model knows of its values' provenance."""
    found: Provenance | None = getattr(model, "provenance", None)
    return NoProvenance(model) if found is None else found


def same_value(one: CellValue, other: CellValue) -> bool:
    """Whether two values of a cell are equal, but for the last digits of a number."""
    if isinstance(one, ErrorValue) or isinstance(other, ErrorValue):
        return isinstance(one, ErrorValue) and isinstance(other, ErrorValue) and one == other
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) or isinstance(other, str):
        return (one or "") == (other or "") and isinstance(one, str) == isinstance(other, str)
    return math.isclose(one or 0.0, other or 0.0, rel_tol=TOLERANCE, abs_tol=_NOTHING)
