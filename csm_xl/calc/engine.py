"""What the calculation asks of a calculator: cells, formulas, functions, results.

:class:`csm_xl.calc.formualizer_engine.FormualizerEngine` is the one in use; another calculator is
another class with these methods. Values are those of cells (:data:`CellValue`), errors included.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from csm_xl.formulas.workbook_model import Block, CellValue


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands where a calculator could not compute a formula.

    Attributes
    ----------
    kind : {"circular", "other"}
    """

    kind: str


class EngineError(Exception):
    """The calculator cannot be given a formula, or gave up on all of them."""


class Engine(Protocol):
    """A workbook in a calculator."""

    def add_sheet(self, name: str) -> None:
        """Add an empty sheet."""
        ...

    def register(
        self, name: str, function: Callable[..., Any], least: int = 0, most: int | None = None
    ) -> None:
        """Add a worksheet function.

        It gets a value for each argument, a list of rows for a range or array, and gives one value
        or rows.
        """
        ...

    def set_values(
        self, sheet: str, row: int, column: int, lines: Sequence[Sequence[CellValue]]
    ) -> None:
        """Set constants, from one cell on to the right and down; None clears a cell."""
        ...

    def set_formulas(
        self, sheet: str, row: int, column: int, lines: Sequence[Sequence[str]]
    ) -> None:
        """Set formulas, each with ``=``.

        Raises
        ------
        EngineError
        """
        ...

    def evaluate(self) -> None:
        """Compute every formula that was not, or whose inputs changed.

        Raises
        ------
        EngineError
        """
        ...

    def values(self, sheet: str, block: Block) -> list[list[CellValue | Failure]]:
        """What cells hold, row by row; the result of a formula that is blank is 0."""
        ...
