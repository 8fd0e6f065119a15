"""What a calculation did, and what it left alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from csm_xl.calc.host_functions import FunctionMessage
from csm_xl.calc.kept_reasons import Why
from csm_xl.formulas.addresses import cell_address
from csm_xl.language import Text


@dataclass(frozen=True, slots=True)
class KeptFormula:
    """A formula that kept the value it had.

    Attributes
    ----------
    sheet : str
    row, column : int
    formula : str
        As stored, without ``=``; empty for a data table.
    why : Why
    reason : Text
        One sentence for the owner.
    """

    sheet: str
    row: int
    column: int
    formula: str
    why: Why
    reason: Text

    @property
    def cell(self) -> str:
        """For people: ``Sheet1!B2``."""
        return shown_cell(self.sheet, self.row, self.column)


@dataclass(slots=True)
class CalculationReport:
    """The outcome of :func:`csm_xl.calc.calculate.calculate`.

    Attributes
    ----------
    calculated : int
        How many formulas were computed.
    kept : list of KeptFormula
        Those that are out of date: their inputs changed, or they have no value yet, and they could
        not be computed. Here and below in the order of sheets, rows and columns.
    stands : list of KeptFormula
        Those that the calculator does differently from Excel, whose value is right as it is.
    differing : list of KeptFormula
        With everything computed: what is not as Excel had it.
    unchecked : list of KeptFormula
        Those computed for the first time with a function that was never compared with Excel's.
    circular : list of list of str
        The cells of each circle, as ``Sheet1!B2``.
    messages : list of FunctionMessage
        Why functions of csm-xl gave errors, for the cells that show one.
    """

    calculated: int = 0
    kept: list[KeptFormula] = field(default_factory=list)
    stands: list[KeptFormula] = field(default_factory=list)
    differing: list[KeptFormula] = field(default_factory=list)
    unchecked: list[KeptFormula] = field(default_factory=list)
    circular: list[list[str]] = field(default_factory=list)
    messages: list[FunctionMessage] = field(default_factory=list)


def shown_cell(sheet: str, row: int, column: int) -> str:
    """A cell as people write it: ``Sheet1!B2``."""
    return f"{sheet}!{cell_address(row, column)}"
