"""Calculate a workbook file: every formula that can be computed gets its value.

What cannot be computed - another workbook, an unknown function, a circle - keeps the value that the
file holds, and so does everything that depends on it. Nothing is overwritten by an error that only
says that the calculator does not know better.
"""

from __future__ import annotations

import datetime
import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.calculator import Calculator
from csm_xl.calc.constants import load_constants
from csm_xl.calc.dependents import Cell, Dependents, circles
from csm_xl.calc.engine import Engine, Failure
from csm_xl.calc.formualizer_engine import FormualizerEngine, can_be_given, known_function
from csm_xl.calc.formula_groups import Family, array_family, columns_read, copied_down, families
from csm_xl.calc.host_functions import FunctionMessage, HostFunctions, WorksheetFunction
from csm_xl.calc.kept_reasons import NotCalculated, Why
from csm_xl.calc.report import CalculationReport, KeptFormula, shown_cell
from csm_xl.calc.scope import Surroundings
from csm_xl.calc.suspect_results import Doubts
from csm_xl.calc.translation import Translation, translate
from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, FormulaCell, WorkbookModel
from csm_xl.language import Text

#: A number with more digits than Excel puts into a text, or one that Excel writes as 1E-05.
_LONG_NUMBER = re.compile(r"\d[\d.]{15,}|0\.0000\d")
#: What these give depends on more than their own text and place.
_ONE_BY_ONE = re.compile(r"SUBTOTAL|AGGREGATE|ANCHORARRAY|\d#", re.IGNORECASE)


def calculate(
    model: WorkbookModel,
    functions: Mapping[str, WorksheetFunction] | None = None,
    hidden: Mapping[str, Any] | None = None,
    *,
    now: datetime.datetime | None = None,
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

    Returns
    -------
    CalculationReport
    """
    with _collector_paused():
        return _Calculation(model, functions or {}, {} if hidden is None else hidden, now).run()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hundreds of thousands of small objects come and none goes: looking for garbage costs 25 %."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class _Calculation:
    """One run over one workbook."""

    def __init__(
        self,
        model: WorkbookModel,
        functions: Mapping[str, WorksheetFunction],
        hidden: Mapping[str, Any],
        now: datetime.datetime | None,
    ) -> None:
        self._model = model
        own = {name.upper(): function.returns == "value" for name, function in functions.items()}
        self._surroundings = Surroundings(model, own, known_function)
        self._host = HostFunctions(functions, hidden, self._surroundings.sheets)
        self._make_engine = partial(FormualizerEngine, model.date1904, now)
        self._cells: dict[Cell, FormulaCell] = {}
        self._kept: dict[Cell, KeptFormula] = {}
        self._families: list[Family] = []
        self._results: dict[Cell, CellValue] = {}
        self._report = CalculationReport()
        #: How many formulas were left alone when their dependents were last looked for.
        self._settled = -1

    def run(self) -> CalculationReport:
        self._translate()
        self._keep_dependents()
        calculator = Calculator(
            self._make_engine, self._host.register, self._load, self._surroundings.sheets
        )
        calculator.compute(self._families)
        if self._host.interrupted is not None:
            raise self._host.interrupted
        for family, row in calculator.refused:
            self._keep(
                self._cells[family.sheet, row, family.column], family.sheet, reasons.beyond()
            )
        self._keep_dependents()
        self._read(calculator)
        self._write_texts_as_excel(calculator)
        self._check_dynamic(calculator)
        self._keep_doubtful()
        self._write()
        return self._report

    # -- before computing ---------------------------------------------------------------------

    def _translate(self) -> None:
        formulas = {sheet: self._model.formulas(sheet) for sheet in self._surroundings.sheets}
        for sheet, cells in formulas.items():
            self._surroundings.add_formulas(sheet, cells)
            self._cells.update(((sheet, cell.row, cell.col), cell) for cell in cells)
        for sheet, cells in formulas.items():
            plain = []
            for cell in cells:
                if cell.kind == "data_table":
                    self._keep(cell, sheet, reasons.unsupported("a data table", "模拟运算表"))
                elif cell.kind == "array" and cell.ref is not None:
                    self._translate_array(sheet, cell)
                else:
                    plain.append(cell)
            self._translate_plain(sheet, plain)

    def _translate_array(self, sheet: str, cell: FormulaCell) -> None:
        try:
            translation = translate(
                self._surroundings, sheet, cell.row, cell.col, cell.text, cell.ref
            )
        except NotCalculated as error:
            self._keep(cell, sheet, error)
        else:
            self._families.append(array_family(sheet, cell, translation))

    def _translate_plain(self, sheet: str, cells: list[FormulaCell]) -> None:
        def translated(cell: FormulaCell) -> Translation:
            return translate(self._surroundings, sheet, cell.row, cell.col, cell.text)

        for alike in copied_down(cells):
            single = len(alike) > 1 and _ONE_BY_ONE.search(alike[0].text)
            for group in [[cell] for cell in alike] if single else [alike]:
                for family in families(sheet, group, translated):
                    if isinstance(family, Family):
                        self._families.append(family)
                        continue
                    for cell in family[0]:
                        self._keep(cell, sheet, family[1])

    def _keep(self, cell: FormulaCell, sheet: str, error: NotCalculated) -> None:
        self._keep_for(cell, sheet, error.why, error.text)

    def _keep_for(self, cell: FormulaCell, sheet: str, why: Why, reason: Text) -> None:
        self._kept[sheet, cell.row, cell.col] = KeptFormula(
            sheet, cell.row, cell.col, cell.text, why, reason
        )

    def _causes(self) -> dict[Cell, Cell]:
        """The cells whose values were not computed, each with the cell to name as the reason."""
        causes = {
            filled: origin
            for origin in self._kept
            for filled in self._filled(origin[0], self._cells[origin])
        }
        for sheet in self._sheets_read():
            for row, first, values in self._surroundings.rows_with_errors(sheet):
                for column, value in enumerate(values, first):
                    if not can_be_given(value):
                        causes[sheet, row, column] = (sheet, row, column)
        return causes

    def _sheets_read(self) -> set[str]:
        if any(family.dynamic for family in self._families):
            return set(self._surroundings.sheets)
        return {area.sheet for family in self._families for area in family.areas}

    @staticmethod
    def _filled(sheet: str, cell: FormulaCell) -> Iterator[Cell]:
        if cell.ref is None or cell.kind == "shared":
            yield sheet, cell.row, cell.col
            return
        for row in range(cell.ref[0], cell.ref[2] + 1):
            for column in range(cell.ref[1], cell.ref[3] + 1):
                yield sheet, row, column

    def _keep_dependents(self) -> None:
        """Leave alone what depends on cells that were not computed."""
        if len(self._kept) == self._settled:
            return
        causes = self._causes()
        reached = Dependents(self._families).reached(causes) if causes else {}
        for origin, cause in reached.items():
            if origin not in self._kept:
                self._keep_depending(origin, cause)
        self._settled = len(self._kept)
        self._families = [family for family in map(self._computable, self._families) if family.rows]

    def _keep_depending(self, origin: Cell, cause: Cell) -> None:
        reason = reasons.depends(shown_cell(*cause))
        self._keep_for(self._cells[origin], origin[0], Why.DEPENDS, reason)

    def _computable(self, family: Family) -> Family:
        if not self._kept:
            return family
        rows = [row for row in family.rows if (family.sheet, row, family.column) not in self._kept]
        return family if len(rows) == len(family.rows) else family.only(rows)

    def _load(self, engine: Engine) -> None:
        for sheet in self._surroundings.sheets:
            engine.add_sheet(sheet)
        for sheet in self._sheets_read():
            load_constants(engine, sheet, self._surroundings.stretches(sheet), self._wanted(sheet))

    def _wanted(self, sheet: str) -> dict[int, tuple[int, int]]:
        """The columns of a sheet that formulas read, with the first and last row read."""
        used = self._surroundings.used(sheet)[1]
        if any(family.dynamic for family in self._families):
            return dict.fromkeys(range(1, used + 1), (1, MAX_ROW))
        return columns_read(self._families, sheet, used)

    # -- after computing ------------------------------------------------------------------------

    def _read(self, calculator: Calculator) -> None:
        """Take over the results; leave alone what formualizer could not compute."""
        failed: list[tuple[Cell, str]] = []
        for family in self._families:
            sheet, block = family.sheet, family.block
            for row, column, value in calculator.results(family):
                if isinstance(value, Failure):
                    kind = value.kind
                else:
                    self._results[sheet, row, column] = value
                    if value != "#NAME?" or not _is_error(value):
                        continue
                    kind = "name"
                failed.append(((sheet, *(block or (row, column))[:2]), kind))
        # Where no cell and no formula holds #NAME?, it is formualizer that misses a name.
        misses_name = any(kind == "name" for _, kind in failed) and not self._holds_name_error()
        beyond = {
            origin: origin
            for origin, kind in failed
            if kind != "circular" and (kind != "name" or misses_name)
        }
        # The failure of one formula shows in all that read it.
        reached = Dependents(self._families).reached(beyond) if beyond else {}
        for origin in beyond.keys() - reached.keys() or beyond:
            self._keep(self._cells[origin], origin[0], reasons.beyond())
        self._keep_circular(
            list(dict.fromkeys(cell for cell, kind in failed if kind == "circular"))
        )
        self._keep_dependents()
        self._forget_kept()

    def _forget_kept(self) -> None:
        for origin in self._kept:
            for filled in self._filled(origin[0], self._cells[origin]):
                self._results.pop(filled, None)

    def _values_of(self, family: Family, row: int) -> Iterator[CellValue]:
        """The results of one formula: one, or those of its block."""
        for r, c in family.cells(row):
            yield self._results.get((family.sheet, r, c))

    def _holds_name_error(self) -> bool:
        if any("#NAME?" in cell.text.upper() for cell in self._cells.values()):
            return True
        if any("#NAME?" in name.text.upper() for name in self._model.names()):
            return True
        return any(
            _is_error(value) and value == "#NAME?"
            for sheet in self._sheets_read()
            for _, _, values in self._surroundings.rows_with_errors(sheet)
            for value in values
        )

    def _keep_circular(self, cells: list[Cell]) -> None:
        if not cells:
            return
        groups = circles(self._families, cells)
        # A circle through INDIRECT is not seen in the formulas' texts.
        for group in groups or [[cell] for cell in cells]:
            shown = [shown_cell(*cell) for cell in group]
            self._report.circular.append(shown)
            listed = ", ".join(shown[:8]) + (", …" if len(shown) > 8 else "")
            for cell in group:
                self._keep_for(self._cells[cell], cell[0], Why.CIRCULAR, reasons.circular(listed))
        self._keep_dependents()
        for cell in cells:
            if cell not in self._kept:
                self._keep_depending(cell, groups[0][0])

    def _write_texts_as_excel(self, calculator: Calculator) -> None:
        """Formualizer joins numbers with 17 digits, Excel with 15: do those formulas again."""
        again = []
        for family in self._families:
            for row in family.rows if family.joins_text else ():
                if not self._shows_long_number(family, row):
                    continue
                try:
                    again.append(self._exact(family, row))
                except NotCalculated as error:
                    self._keep(self._cells[family.sheet, row, family.column], family.sheet, error)
        if again:
            calculator.change({}, again)
            self._read(calculator)

    def _shows_long_number(self, family: Family, row: int) -> bool:
        return any(
            isinstance(value, str) and _LONG_NUMBER.search(value) is not None
            for value in self._values_of(family, row)
        )

    def _exact(self, family: Family, row: int) -> Family:
        """The formula of one row, translated so that it joins texts as Excel does."""
        origin = (family.sheet, row, family.column)
        text = self._cells[origin].text
        exact = translate(self._surroundings, *origin, text, family.block, exact_text=True)
        return family.with_text(row, exact.text)

    def _check_dynamic(self, calculator: Calculator) -> None:
        """Leave alone what reads a kept cell through ``INDIRECT`` or ``OFFSET``.

        Which cells these read is known to nobody before they are computed, so they are computed
        twice, with what the kept cells hold and with errors in their places.
        """
        dynamic = [family for family in self._families if family.dynamic]
        if not dynamic or not self._kept:
            return
        held = {
            cell: self._model.cached(*cell)
            for origin in self._kept
            for cell in self._filled(origin[0], self._cells[origin])
        }
        calculator.change(held, [])
        self._read(calculator)
        dynamic = [family for family in self._families if family.dynamic]
        before = [list(calculator.results(family)) for family in dynamic]
        broken: dict[Cell, CellValue] = {
            cell: 0.0 if _is_error(value) else ErrorValue("#NULL!") for cell, value in held.items()
        }
        calculator.change(broken, [])
        for family, results in zip(dynamic, before, strict=True):
            for one, other in zip(results, calculator.results(family), strict=True):
                if one != other:
                    row = one[0] if family.block is None else family.rows[0]
                    cell = self._cells[family.sheet, row, family.column]
                    self._keep_for(cell, family.sheet, Why.DEPENDS, reasons.READS_KEPT)
        self._keep_dependents()
        self._forget_kept()

    def _keep_doubtful(self) -> None:
        explained = {(m.sheet, m.row, m.column) for m in self._host.messages}
        doubts = Doubts(self._surroundings, self._results, explained)
        for origin, error in list(doubts.doubtful(self._families)):
            self._keep(self._cells[origin], origin[0], error)
        self._keep_dependents()
        self._forget_kept()

    def _write(self) -> None:
        for (sheet, row, column), value in self._results.items():
            self._model.set_cached(sheet, row, column, value)
        report = self._report
        report.calculated = sum(len(family.rows) for family in self._families)
        order = {sheet: number for number, sheet in enumerate(self._surroundings.sheets)}
        report.kept = [
            self._kept[cell]
            for cell in sorted(self._kept, key=lambda cell: (order[cell[0]], cell[1], cell[2]))
        ]
        report.messages = list(self._shown(dict.fromkeys(self._host.messages)))

    def _shown(self, messages: Iterable[FunctionMessage]) -> Iterator[FunctionMessage]:
        """The messages of cells that show an error: one caught by ``IFERROR`` is none."""
        for message in messages:
            origin = (message.sheet, message.row, message.column)
            for filled in self._filled(message.sheet, self._cells[origin]):
                if _is_error(self._results.get(filled)):
                    yield message
                    break


def _is_error(value: CellValue) -> bool:
    return isinstance(value, ErrorValue)
