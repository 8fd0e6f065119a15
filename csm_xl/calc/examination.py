"""The file examines the calculator: formulas with a program's value, computed once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.computation import Computation, filled
from csm_xl.calc.dependents import Cell
from csm_xl.calc.engine import Engine
from csm_xl.calc.formula_groups import FormulaGroup
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.provenance import Provenance, same_value
from csm_xl.calc.scope import Scope
from csm_xl.formulas.workbook_model import FormulaCell

#: A formula that differs is put aside and the others are computed again, so often at most.
_ROUNDS = 4


class Examination:
    """Compares what the calculator gives with what the file holds.

    Parameters
    ----------
    make_engine : callable
    scope : Scope
    cells : mapping of cell to FormulaCell
    provenance : Provenance
    """

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        scope: Scope,
        cells: Mapping[Cell, FormulaCell],
        provenance: Provenance,
    ) -> None:
        self._make_engine = make_engine
        self._scope = scope
        self._cells = cells
        self._provenance = provenance

    def differing(
        self, groups: Sequence[FormulaGroup], examined: set[Cell]
    ) -> dict[Cell, NotCalculated]:
        """The formulas, by their first cells, whose result is another than the file's, and why."""
        found: dict[Cell, NotCalculated] = {}
        rest = set(examined)
        for _ in range(_ROUNDS):
            if not rest:
                break
            failing, computation = self._failing(groups, rest)
            if not failing:
                break
            reached = computation.dependents.reached({cell: cell for cell in failing})
            roots = {c: error for c, error in failing.items() if c not in reached} or failing
            found |= roots
            rest -= roots.keys()
        else:
            found |= self._failing(groups, rest)[0]
        return found

    def _failing(
        self, groups: Sequence[FormulaGroup], examined: set[Cell]
    ) -> tuple[dict[Cell, NotCalculated], Computation]:
        computation = Computation(
            self._make_engine,
            lambda engine: None,
            self._scope,
            self._cells,
            groups,
            examined,
            self._provenance.original,
            self._provenance.changed(),
        )
        failing = dict(computation.failed)
        for cell, origin in filled(computation.groups):
            if origin not in failing:
                value, before = computation.results.get(cell), self._provenance.original(*cell)
                if not same_value(value, before):
                    failing[origin] = reasons.differs(before, value)
        return failing, computation
