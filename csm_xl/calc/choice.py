"""Which formulas are computed, and which of their values are a spreadsheet program's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from csm_xl.calc.computation import filled, parted
from csm_xl.calc.dependents import Cell, Dependents
from csm_xl.calc.formula_groups import Family
from csm_xl.calc.past import Past
from csm_xl.calc.proved import INCOMPARABLE, all_proved
from csm_xl.calc.scope import Surroundings
from csm_xl.formulas.workbook_model import FormulaCell

#: Functions that read the clock.
_CLOCK = frozenset({"NOW", "TODAY"})


class Choice:
    """What must be computed.

    Parameters
    ----------
    families : sequence of Family
        Every formula of the workbook.
    cells : mapping of cell to FormulaCell
    surroundings : Surroundings
    past : Past
    """

    def __init__(
        self,
        families: Sequence[Family],
        cells: Mapping[Cell, FormulaCell],
        surroundings: Surroundings,
        past: Past,
    ) -> None:
        self._families = families
        self._cells = cells
        self._own = surroundings.own_functions.keys()
        self._past = past
        self._trusts = True
        self._changed: dict[Cell, Cell] | None = None
        self._clock: set[Cell] = set()
        self._incomparable: set[Cell] = set()
        for family in families:
            if family.functions & (INCOMPARABLE | self._own):
                cells_of = {(family.sheet, row, family.column) for row in family.rows}
                self._incomparable |= cells_of
                if family.functions & _CLOCK:
                    self._clock |= cells_of

    def has_value(self, origin: Cell) -> bool:
        """Whether a formula has a value that a spreadsheet program computed."""
        if not self._trusts or self._cells[origin].cached is None:
            return False
        return not self._past.computed_here(*origin)

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
                for sheet, column, first, last in self._past.changed()
                for row in range(first, last + 1)
            }
        return self._changed

    def chosen(self, everything: bool) -> set[Cell]:
        """The formulas to be computed, by their first cells."""
        if everything or self._past.demands_calculation:
            return set(self._cells)
        found: set[Cell] = set()
        for family in self._families:
            always = bool(family.functions & (_CLOCK | self._own))
            for row in family.rows:
                origin = (family.sheet, row, family.column)
                if always or not self.has_value(origin):
                    found.add(origin)
        changed = self.changed()
        if not found and not changed:
            return found
        # Which cells INDIRECT reads is not known: they may be among those.
        found |= {
            (family.sheet, row, family.column)
            for family in self._families
            if family.dynamic
            for row in family.rows
        }
        if len(found) == len(self._cells):
            return found
        causes = changed | dict(filled(parted(self._families, found)[0]))
        return found | Dependents(self._families).reached(causes).keys()

    def examined(self, chosen: Collection[Cell]) -> set[Cell]:
        """Those of the chosen formulas that have a program's value to be compared with."""
        tables = self._past.reshaped_tables()
        changed = self.changed()
        return {
            (family.sheet, row, family.column)
            for family in self._families
            if family.refused is None and not family.functions & (INCOMPARABLE | self._own)
            for row in family.rows
            if (origin := (family.sheet, row, family.column)) in chosen
            and self.has_value(origin)
            and origin not in changed
            and not (tables and _names_one_of(self._cells[origin].text, tables))
        }

    def is_stale_file(self, differing: Collection[Cell]) -> bool:
        """Whether the values beside the formulas are those of other inputs.

        Only where the writer asks for a calculation on opening: that formulas differ which this
        calculator surely computes as Excel does then tells that it is needed.
        """
        return self._past.demands_calculation and any(
            all_proved(family.functions) for family in parted(self._families, differing)[0]
        )

    def trust_nothing(self) -> None:
        """From now on no formula has a program's value."""
        self._trusts = False


def _names_one_of(formula: str, tables: Collection[str]) -> bool:
    text = formula.casefold()
    return any(f"{table}[" in text for table in tables)
