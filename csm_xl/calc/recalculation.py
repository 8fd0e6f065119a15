"""Which formulas are computed, and which of their values are a spreadsheet program's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from csm_xl.calc.computation import filled, parted
from csm_xl.calc.dependents import Cell, Dependents
from csm_xl.calc.formula_groups import FormulaGroup
from csm_xl.calc.proved import INCOMPARABLE, all_proved
from csm_xl.calc.provenance import Provenance
from csm_xl.calc.scope import Scope
from csm_xl.formulas.workbook_model import ErrorValue, FormulaCell

#: Functions that read the clock.
_CLOCK = frozenset({"NOW", "TODAY"})


class Recalculation:
    """What must be computed.

    Parameters
    ----------
    groups : sequence of FormulaGroup
        Every formula of the workbook.
    cells : mapping of cell to FormulaCell
    scope : Scope
    provenance : Provenance
    """

    def __init__(
        self,
        groups: Sequence[FormulaGroup],
        cells: Mapping[Cell, FormulaCell],
        scope: Scope,
        provenance: Provenance,
    ) -> None:
        self._groups = groups
        self._cells = cells
        self._own = scope.own_functions.keys()
        self._provenance = provenance
        self._trusts = True
        self._changed: dict[Cell, Cell] | None = None
        self._clock: set[Cell] = set()
        self._incomparable: set[Cell] = set()
        self._calls_own: set[Cell] = set()
        for group in groups:
            if group.functions & (INCOMPARABLE | self._own):
                cells_of = {(group.sheet, row, group.column) for row in group.rows}
                self._incomparable |= cells_of
                if group.functions & _CLOCK:
                    self._clock |= cells_of
                if group.functions & self._own:
                    self._calls_own |= cells_of

    def has_value(self, origin: Cell) -> bool:
        """Whether a formula has a value that a spreadsheet program computed."""
        if not self._trusts or self._cells[origin].cached is None:
            return False
        return not self._provenance.computed_here(*origin)

    def lacks_value(self, origin: Cell) -> bool:
        """Whether a formula shows nothing that its owner could use.

        An error beside a function of csm-xl mostly says that macros were blocked.
        """
        if origin in self._calls_own and isinstance(self._cells[origin].cached, ErrorValue):
            return True
        return not self.has_value(origin)

    def reads_clock(self, origin: Cell) -> bool:
        """Whether a formula itself asks for the time."""
        return origin in self._clock

    def is_comparable(self, origin: Cell) -> bool:
        """Whether two computations of a formula must give the same."""
        return origin not in self._incomparable

    def changed(self) -> dict[Cell, Cell]:
        """The constants and formulas that changed since the file was opened."""
        if self._changed is None:
            self._changed = {
                (sheet, row, column): (sheet, row, column)
                for sheet, column, first, last in self._provenance.changed()
                for row in range(first, last + 1)
            }
        return self._changed

    def chosen(self, everything: bool) -> set[Cell]:
        """The formulas to be computed, by their first cells."""
        if everything or self._provenance.demands_calculation:
            return set(self._cells)
        found: set[Cell] = set()
        for group in self._groups:
            always = bool(group.functions & (_CLOCK | self._own))
            for row in group.rows:
                origin = (group.sheet, row, group.column)
                if always or not self.has_value(origin):
                    found.add(origin)
        changed = self.changed()
        if not found and not changed:
            return found
        # Which cells INDIRECT reads is not known: they may be among those.
        found |= {
            (group.sheet, row, group.column)
            for group in self._groups
            if group.dynamic
            for row in group.rows
        }
        if len(found) == len(self._cells):
            return found
        causes = changed | dict(filled(parted(self._groups, found)[0]))
        return found | Dependents(self._groups).reached(causes).keys()

    def examined(self, chosen: Collection[Cell]) -> set[Cell]:
        """Those of the chosen formulas that have a program's value to be compared with."""
        tables = self._provenance.reshaped_tables()
        changed = self.changed()
        return {
            (group.sheet, row, group.column)
            for group in self._groups
            if group.refused is None and not group.functions & (INCOMPARABLE | self._own)
            for row in group.rows
            if (origin := (group.sheet, row, group.column)) in chosen
            and self.has_value(origin)
            and origin not in changed
            and not (tables and _names_one_of(self._cells[origin].text, tables))
        }

    def is_stale_file(self, differing: Collection[Cell]) -> bool:
        """Whether the values beside the formulas are those of other inputs.

        Only where the writer asks for a calculation on opening: that formulas differ which this
        calculator surely computes as Excel does then tells that it is needed.
        """
        return self._provenance.demands_calculation and any(
            all_proved(group.functions) for group in parted(self._groups, differing)[0]
        )

    def trust_nothing(self) -> None:
        """From now on no formula has a program's value."""
        self._trusts = False


def _names_one_of(formula: str, tables: Collection[str]) -> bool:
    text = formula.casefold()
    return any(f"{table}[" in text for table in tables)
