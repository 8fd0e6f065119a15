"""Calculate a workbook file: what must be computed is, and what Excel computed stands.

A formula is computed when it has no value of a spreadsheet program yet, calls a function that was
handed in, or depends on a cell that changed, on one of those, or on the clock. Before that the file
itself examines the calculator: formulas that have a program's value are computed from unchanged
inputs, and one whose result differs is a formula that the calculator cannot do. It keeps its value;
where an input of it did change, it and what depends on it are listed as out of date.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.computation import Computation, filled, parted
from csm_xl.calc.dependents import Cell, Dependents
from csm_xl.calc.engine import Engine
from csm_xl.calc.examination import Examination
from csm_xl.calc.formualizer_engine import FormualizerEngine, known_function
from csm_xl.calc.formula_groups import FormulaGroup, array_group, copied_down, formula_groups
from csm_xl.calc.host_functions import FunctionMessage, HostFunctions, WorksheetFunction
from csm_xl.calc.kept_reasons import NotCalculated, Why
from csm_xl.calc.proved import unproved
from csm_xl.calc.provenance import provenance_of, same_value
from csm_xl.calc.recalculation import Recalculation
from csm_xl.calc.report import CalculationReport, KeptFormula, shown_cell
from csm_xl.calc.scope import Scope
from csm_xl.calc.suspect_results import SuspectResults
from csm_xl.calc.translation import Translation, translated
from csm_xl.collector import collector_paused
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, FormulaCell, WorkbookModel
from csm_xl.language import Text

#: What these give depends on more than their own text and place.
_ONE_BY_ONE = frozenset({"SUBTOTAL", "AGGREGATE", "ANCHORARRAY", "#"})
#: Errors that are written into formulas, which have a # as well.
_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)")
#: Formulas that cannot be done are put aside and the others computed again, so often at most.
_ROUNDS = 6


def calculate(
    model: WorkbookModel,
    functions: Mapping[str, WorksheetFunction] | None = None,
    hidden: Mapping[str, Any] | None = None,
    *,
    now: datetime.datetime | None = None,
    everything: bool = False,
) -> CalculationReport:
    """Compute the formulas of a workbook and put their values beside them.

    Parameters
    ----------
    model : WorkbookModel
        Its cached values are set; nothing else is changed.
    functions : mapping of str to WorksheetFunction, optional
        Worksheet functions by name that the calculator does not have by itself.
    hidden : mapping of str to object, optional
        The arguments that functions get without the owner typing them, by their key.
    now : datetime, optional
        What ``NOW()`` and ``TODAY()`` answer; the real time if left out.
    everything : bool
        Compute every formula, and take over what the calculator gives.

    Returns
    -------
    CalculationReport
    """
    with collector_paused():
        return _Calculation(
            model, functions or {}, {} if hidden is None else hidden, now, everything
        ).run()


class _Calculation:
    """One run over one workbook."""

    def __init__(
        self,
        model: WorkbookModel,
        functions: Mapping[str, WorksheetFunction],
        hidden: Mapping[str, Any],
        now: datetime.datetime | None,
        everything: bool,
    ) -> None:
        self._model = model
        self._provenance = provenance_of(model)
        own = {name.upper(): function.returns == "value" for name, function in functions.items()}
        self._scope = Scope(model, own, known_function)
        self._host = HostFunctions(functions, hidden, self._scope.sheets)
        self._make_engine: Callable[[], Engine] = partial(FormualizerEngine, model.date1904, now)
        self._everything = everything
        self._cells: dict[Cell, FormulaCell] = {}
        self._groups: list[FormulaGroup] = []
        #: The formulas that passed the examination.
        self._checked: set[Cell] = set()
        #: Those that are examined by the computation itself.
        self._examined_along: set[Cell] = set()
        self._report = CalculationReport()

    def run(self) -> CalculationReport:
        self._translate()
        recalculation = Recalculation(self._groups, self._cells, self._scope, self._provenance)
        chosen = recalculation.chosen(self._everything)
        if not chosen:
            return self._report
        examined = recalculation.examined(chosen)
        differing: dict[Cell, NotCalculated] = {}
        if self._everything and self._stands_as_read(recalculation):
            # Computing everything from what the file holds is the examination.
            self._examined_along = examined
        else:
            examination = Examination(self._make_engine, self._scope, self._cells, self._provenance)
            differing = examination.differing(self._groups, examined)
            self._checked = examined - differing.keys()
        if recalculation.is_stale_file(differing):
            # Whoever wrote the file asks for a calculation, and needs it: no value is right.
            differing = {}
            recalculation.trust_nothing()
        frozen: dict[Cell, NotCalculated] = {
            (group.sheet, row, group.column): group.refused
            for group in parted(self._groups, chosen)[0]
            if group.refused is not None
            for row in group.rows
        }
        if not self._everything:
            frozen |= differing
        computation = self._compute(chosen, frozen)
        out_of_date = self._out_of_date(computation, chosen, frozen, recalculation)
        self._write(computation, chosen, out_of_date, frozen, recalculation)
        return self._report

    def _stands_as_read(self, recalculation: Recalculation) -> bool:
        """Whether all inputs are what the file held, and nobody but the calculator computes."""
        return not (
            self._scope.own_functions
            or recalculation.changed()
            or self._provenance.demands_calculation
        )

    # -- before computing ---------------------------------------------------------------------

    def _translate(self) -> None:
        formulas = {sheet: self._model.formulas(sheet) for sheet in self._scope.sheets}
        for sheet, cells in formulas.items():
            self._scope.add_formulas(sheet, cells)
            self._cells.update(((sheet, cell.row, cell.col), cell) for cell in cells)
        for sheet, cells in formulas.items():
            plain = []
            for cell in cells:
                if cell.kind == "data_table":
                    error = reasons.unsupported("a data table", "模拟运算表")
                    nothing = Translation("", (), (), False, False, (), refused=error)
                    self._groups.append(array_group(sheet, cell, nothing))
                elif cell.kind == "array" and cell.ref is not None:
                    found = self._translated(sheet, cell, cell.ref)
                    self._groups.append(array_group(sheet, cell, found))
                else:
                    plain.append(cell)
            for alike in copied_down(plain):
                text = _ERROR.sub("", alike[0].text.upper())
                single = len(alike) > 1 and any(word in text for word in _ONE_BY_ONE)
                for copies in [[cell] for cell in alike] if single else [alike]:
                    self._groups += formula_groups(sheet, copies, partial(self._translated, sheet))

    def _translated(
        self, sheet: str, cell: FormulaCell, block: tuple[int, int, int, int] | None = None
    ) -> Translation:
        return translated(self._scope, sheet, cell.row, cell.col, cell.text, block)

    # -- computing ----------------------------------------------------------------------------

    def _compute(self, chosen: set[Cell], frozen: dict[Cell, NotCalculated]) -> Computation:
        """Compute what can be; `frozen` gets what cannot, and that holds what it held before."""
        for _ in range(_ROUNDS):
            self._host.messages.clear()
            computation = Computation(
                self._make_engine,
                self._host.register,
                self._scope,
                self._cells,
                self._groups,
                chosen - frozen.keys(),
                self._model.cached,
            )
            if self._host.interrupted is not None:
                raise self._host.interrupted
            failed = dict(computation.failed)
            if not failed:
                failed |= self._doubtful(computation)
            self._name_circles(computation)
            if not failed:
                return computation
            frozen |= failed
        # It does not come to an end: what reads a formula that cannot be computed is not either.
        reached = computation.dependents.reached({cell: cell for cell in failed})
        for origin, cause in reached.items():
            frozen.setdefault(origin, reasons.depending(shown_cell(*cause)))
        for cell, origin in filled(computation.groups):
            if origin in frozen:
                computation.results.pop(cell, None)
        return computation

    def _name_circles(self, computation: Computation) -> None:
        for group in computation.circular:
            self._report.circular.append([shown_cell(*cell) for cell in group])

    def _doubtful(self, computation: Computation) -> dict[Cell, NotCalculated]:
        if self._examined_along:
            original, results = self._provenance.original, computation.results
            self._checked = self._examined_along - {
                origin
                for cell, origin in filled(computation.groups)
                if not same_value(results.get(cell), original(*cell))
            }
        explained = {(m.sheet, m.row, m.column) for m in self._host.messages}
        suspects = SuspectResults(
            self._scope, self._model, computation.results, explained, self._checked
        )
        found = dict(suspects.find(computation.groups))
        unreadable = computation.unreadable()
        if unreadable:
            readers = computation.dependents.readers(unreadable)
            for origin, cause in readers.items():
                found.setdefault(origin, reasons.depending(shown_cell(*cause)))
        return found

    # -- after computing ------------------------------------------------------------------------

    def _out_of_date(
        self,
        computation: Computation,
        chosen: set[Cell],
        frozen: Mapping[Cell, NotCalculated],
        recalculation: Recalculation,
    ) -> dict[Cell, NotCalculated]:
        """The formulas whose value cannot be right any more, by their first cells, and why."""
        if not frozen:
            return {}
        changed = recalculation.changed() | {
            cell: cell
            for cell, value in computation.results.items()
            if not same_value(value, self._model.cached(*cell)) or self._model.cached(*cell) is None
        }
        kept = parted(self._groups, frozen.keys())[0]
        readers = Dependents(kept).readers(changed)
        stale = {
            origin: frozen[origin]
            for origin in frozen
            if origin in readers
            or recalculation.lacks_value(origin)
            or recalculation.reads_clock(origin)
        }
        if not stale:
            return {}
        among = parted(self._groups, chosen)[0]
        causes = dict(filled(parted(self._groups, stale.keys())[0]))
        causes |= self._through_indirect(computation, causes)
        found = dict(stale)
        for origin, cause in Dependents(among).reached(causes).items():
            found.setdefault(origin, reasons.depending(shown_cell(*cause)))
        for origin in causes.values():
            found.setdefault(origin, reasons.reads_kept())
        return found

    def _through_indirect(
        self, computation: Computation, stale: Mapping[Cell, Cell]
    ) -> dict[Cell, Cell]:
        """The formulas that read such cells through ``INDIRECT`` or ``OFFSET``.

        Which cells these read is known to nobody before they are computed, so they are computed
        once more, with errors in the places of the stale cells.
        """
        if not computation.dynamic:
            return {}
        broken: dict[Cell, CellValue] = {
            cell: 0.0 if isinstance(self._model.cached(*cell), ErrorValue) else ErrorValue("#NULL!")
            for cell in stale
        }
        given = computation.change(broken)
        origins = dict(filled(f for f in computation.groups if f.dynamic))
        return {
            cell: origins[cell]
            for cell, value in given.items()
            if value != computation.results.get(cell)
        }

    def _write(
        self,
        computation: Computation,
        chosen: set[Cell],
        out_of_date: Mapping[Cell, NotCalculated],
        frozen: Mapping[Cell, NotCalculated],
        recalculation: Recalculation,
    ) -> None:
        report = self._report
        done = chosen - frozen.keys() - out_of_date.keys()
        groups = parted(self._groups, done)[0]
        unchecked = list(self._unchecked(groups, recalculation))
        differing: list[tuple[Cell, CellValue, CellValue]] = []
        new: list[tuple[Cell, CellValue]] = []
        for cell, origin in filled(groups):
            value = computation.results.get(cell)
            if recalculation.has_value(origin):
                before = self._model.cached(*cell)
                if same_value(value, before):
                    continue
                if recalculation.is_comparable(origin):
                    differing.append((cell, before, value))
            new.append((cell, value))
        for cell, value in new:
            self._model.set_cached(*cell, value)
        report.calculated = sum(len(group.rows) for group in groups)
        report.messages = list(self._shown(computation, done))
        report.unchecked = [
            self._entry(origin, reasons.unchecked(names)) for origin, names in unchecked
        ]
        kept = dict(out_of_date)
        if self._everything:
            kept = dict(frozen) | kept
            report.differing = [
                self._entry(cell, reasons.differs(before, value), cell)
                for cell, before, value in differing
            ]
        else:
            stands = frozen.keys() - kept.keys()
            report.stands = [
                self._entry(origin, frozen[origin])
                for origin in stands
                if frozen[origin].why is Why.DIFFERS
            ]
        report.kept = [self._entry(origin, error) for origin, error in kept.items()]
        order = {sheet: number for number, sheet in enumerate(self._scope.sheets)}
        for entries in (report.kept, report.stands, report.differing, report.unchecked):
            entries.sort(key=lambda entry: (order[entry.sheet], entry.row, entry.column))

    def _entry(self, origin: Cell, error: NotCalculated, cell: Cell | None = None) -> KeptFormula:
        sheet, row, column = cell or origin
        text = self._cells[origin].text if origin in self._cells else ""
        return KeptFormula(sheet, row, column, text, error.why, error.text)

    def _unchecked(
        self, groups: list[FormulaGroup], recalculation: Recalculation
    ) -> Iterator[tuple[Cell, list[str]]]:
        for group in groups:
            names = unproved(group.functions - self._scope.own_functions.keys())
            if not names:
                continue
            for row in group.rows:
                origin = (group.sheet, row, group.column)
                if not recalculation.has_value(origin):
                    yield origin, names

    def _shown(self, computation: Computation, done: set[Cell]) -> Iterator[FunctionMessage]:
        """The messages of cells that show an error: one caught by ``IFERROR`` is none."""
        blocks = dict[Cell, list[Cell]]()
        for message in dict.fromkeys(self._host.messages):
            origin = (message.sheet, message.row, message.column)
            if origin not in done:
                continue
            if origin not in blocks:
                cell = self._cells[origin]
                whole = (
                    cell.ref if cell.kind == "array" and cell.ref else (*origin[1:], *origin[1:])
                )
                r1, c1, r2, c2 = whole
                blocks[origin] = [
                    (message.sheet, r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)
                ]
            if any(isinstance(computation.results.get(c), ErrorValue) for c in blocks[origin]):
                yield message


__all__ = ["CalculationReport", "Text", "calculate"]
