"""Calculate a workbook file: every formula that can be computed gets its value.

What cannot be computed - another workbook, an unknown function, a circle - keeps the value that the
file holds, and so does everything that depends on it. Nothing is overwritten by an error that only
says that the calculator does not know better.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from csm_xl.engine import reasons
from csm_xl.engine.addresses import MAX_ROW
from csm_xl.engine.calculation_report import CalculationReport, KeptFormula, shown_cell
from csm_xl.engine.calculator import Calculator, known_function, load_columns, workbook_maker
from csm_xl.engine.dependents import Cell, Dependents, circles
from csm_xl.engine.families import Family, array_family, copied_down, families
from csm_xl.engine.formualizer_values import OwnError, can_be_given, from_formualizer
from csm_xl.engine.host_functions import FunctionMessage, HostFunctions, WorksheetFunction
from csm_xl.engine.model import CellValue, ErrorValue, FormulaCell, WorkbookModel
from csm_xl.engine.reasons import NotCalculated, Why
from csm_xl.engine.references import Area
from csm_xl.engine.surroundings import Surroundings
from csm_xl.engine.translation import Translation, translate
from csm_xl.language import Text

#: A number with more digits than Excel puts into a text, or one that Excel writes as 1E-05.
_LONG_NUMBER = re.compile(r"\d[\d.]{15,}|0\.0000\d")
#: What these give depends on more than their own text and place.
_ONE_BY_ONE = re.compile(r"SUBTOTAL|AGGREGATE|ANCHORARRAY|#", re.IGNORECASE)


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
        Worksheet functions by name; csm-xl's own if left out.
    hidden : mapping of str to object, optional
        The arguments that functions get without the owner typing them, by their key.
    now : datetime, optional
        What ``NOW()`` and ``TODAY()`` answer; the real time if left out.

    Returns
    -------
    CalculationReport
    """
    if functions is None:
        from csm_xl.functions import REGISTRY

        functions = REGISTRY
    return _Calculation(model, functions, hidden or {}, now).run()


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
        self._make_workbook = workbook_maker(model.date1904, now)
        self._cells: dict[Cell, FormulaCell] = {}
        self._kept: dict[Cell, KeptFormula] = {}
        self._families: list[Family] = []
        self._results: dict[Cell, list[list[CellValue]]] = {}
        self._report = CalculationReport()

    def run(self) -> CalculationReport:
        self._translate()
        self._keep_dependents(self._causes())
        calculator = Calculator(self._make_workbook, self._host.register, self._load)
        calculator.compute(self._families)
        if self._host.interrupted is not None:
            raise self._host.interrupted
        for family, row in calculator.refused:
            error = reasons.unsupported("something unusual", "不常见的写法")
            self._keep(self._cells[family.sheet, row, family.column], family.sheet, error)
        self._keep_dependents(self._causes())
        self._read(calculator)
        self._write_texts_as_excel(calculator)
        self._check_dynamic(calculator)
        self._write()
        return self._report

    # -- before computing ---------------------------------------------------------------------

    def _translate(self) -> None:
        formulas = {sheet: self._model.formulas(sheet) for sheet in self._surroundings.sheets}
        for sheet, cells in formulas.items():
            for cell in cells:
                self._cells[sheet, cell.row, cell.col] = cell
                block = None if cell.ref is None or cell.kind == "shared" else Area(sheet, cell.ref)
                self._surroundings.add_formula(sheet, cell.row, cell.col, block)
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
            for row, first, values in self._surroundings.rows(sheet):
                if ErrorValue in map(type, values):
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

    def _keep_dependents(self, causes: Mapping[Cell, Cell]) -> None:
        """Leave alone what depends on cells that were not computed."""
        reached = Dependents(self._families).reached(causes) if causes else {}
        for origin, cause in reached.items():
            if origin not in self._kept:
                self._keep_depending(origin, cause)
        self._families = [family for family in map(self._computable, self._families) if family.rows]

    def _keep_depending(self, origin: Cell, cause: Cell) -> None:
        reason = reasons.depends(shown_cell(*cause))
        self._keep_for(self._cells[origin], origin[0], Why.DEPENDS, reason)

    def _computable(self, family: Family) -> Family:
        if not self._kept:
            return family
        rows = [row for row in family.rows if (family.sheet, row, family.column) not in self._kept]
        return family if len(rows) == len(family.rows) else family.only(rows)

    def _load(self, workbook: Any) -> None:
        for sheet in self._surroundings.sheets:
            workbook.add_sheet(sheet)
        for sheet in self._sheets_read():
            load_columns(workbook, sheet, self._surroundings.rows(sheet), self._wanted(sheet))

    def _wanted(self, sheet: str) -> dict[int, tuple[int, int]]:
        """The columns of a sheet that formulas read, with the first and last row read."""
        used = self._surroundings.used(sheet)[1]
        if any(family.dynamic for family in self._families):
            return dict.fromkeys(range(1, used + 1), (1, MAX_ROW))
        wanted: dict[int, tuple[int, int]] = {}
        for family in self._families:
            for area in family.areas:
                if area.sheet != sheet:
                    continue
                ends = [area.at(family.rows[0]).block, area.at(family.rows[-1]).block]
                low, high = min(end[0] for end in ends), max(end[2] for end in ends)
                for column in range(area.first_column, min(area.last_column, used) + 1):
                    before = wanted.get(column, (low, high))
                    wanted[column] = min(before[0], low), max(before[1], high)
        return wanted

    # -- after computing ------------------------------------------------------------------------

    def _read(self, calculator: Calculator) -> None:
        """Take over the results; leave alone what formualizer could not compute."""
        circular: list[Cell] = []
        for family, row, given in self._given(calculator):
            origin = (family.sheet, row, family.column)
            try:
                values = [[from_formualizer(value) for value in line] for line in given]
            except OwnError as error:
                if error.kind == "Circ":
                    circular.append(origin)
                else:
                    what = reasons.unsupported("something unusual", "不常见的写法")
                    self._keep(self._cells[origin], family.sheet, what)
                continue
            self._results[origin] = values
        self._keep_names_not_found()
        self._keep_circular(circular)
        if self._kept:
            self._keep_dependents(self._causes())
        for origin in self._kept:
            self._results.pop(origin, None)

    def _given(self, calculator: Calculator) -> Iterator[tuple[Family, int, list[list[Any]]]]:
        for family in self._families:
            for row, given in calculator.results(family):
                yield family, row, given

    def _keep_names_not_found(self) -> None:
        """``#NAME?`` from formualizer, when no cell and no formula holds it, is its own failure."""
        wrong = [
            origin
            for origin, values in self._results.items()
            if any(value == "#NAME?" for line in values for value in line if _is_error(value))
        ]
        if not wrong or self._holds_name_error():
            return
        for origin in wrong:
            what = reasons.unsupported("something unusual", "不常见的写法")
            self._keep(self._cells[origin], origin[0], what)

    def _holds_name_error(self) -> bool:
        if any("#NAME?" in cell.text.upper() for cell in self._cells.values()):
            return True
        if any("#NAME?" in name.text.upper() for name in self._model.names()):
            return True
        return any(
            _is_error(value) and value == "#NAME?"
            for sheet in self._sheets_read()
            for _, _, values in self._surroundings.rows(sheet)
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
        self._keep_dependents(self._causes())
        for cell in cells:
            if cell not in self._kept:
                first = next(iter(self._kept))
                self._keep_depending(cell, groups[0][0] if groups else first)

    def _write_texts_as_excel(self, calculator: Calculator) -> None:
        """Formualizer joins numbers with 17 digits, Excel with 15: do those formulas again."""
        again: dict[Cell, str] = {}
        for family in self._families:
            if not family.joins_text:
                continue
            for row in family.rows:
                origin = (family.sheet, row, family.column)
                values = self._results.get(origin, [])
                if any(
                    isinstance(v, str) and _LONG_NUMBER.search(v) for line in values for v in line
                ):
                    again[origin] = self._exact_text(origin, family)
        if again:
            calculator.change({}, again)
            self._read(calculator)

    def _exact_text(self, origin: Cell, family: Family) -> str:
        cell = self._cells[origin]
        return translate(self._surroundings, *origin, cell.text, family.block, exact_text=True).text

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
        calculator.change(held, {})
        before = [list(calculator.results(family)) for family in dynamic]
        broken: dict[Cell, CellValue] = {
            cell: 0.0 if _is_error(value) else ErrorValue("#NULL!") for cell, value in held.items()
        }
        calculator.change(broken, {})
        cause = next(iter(self._kept))
        for family, results in zip(dynamic, before, strict=True):
            for one, other in zip(results, calculator.results(family), strict=True):
                if one != other:
                    self._keep_depending((family.sheet, one[0], family.column), cause)
        self._keep_dependents(self._causes())
        for origin in self._kept:
            self._results.pop(origin, None)

    def _write(self) -> None:
        for (sheet, row, column), values in self._results.items():
            for r, line in enumerate(values, row):
                for c, value in enumerate(line, column):
                    self._model.set_cached(sheet, r, c, value)
        report = self._report
        report.calculated = len(self._results)
        order = {sheet: number for number, sheet in enumerate(self._surroundings.sheets)}
        report.kept = [
            self._kept[cell]
            for cell in sorted(self._kept, key=lambda cell: (order[cell[0]], cell[1], cell[2]))
        ]
        report.messages = list(self._shown(dict.fromkeys(self._host.messages)))

    def _shown(self, messages: Iterable[FunctionMessage]) -> Iterator[FunctionMessage]:
        """The messages of cells that show an error: one caught by ``IFERROR`` is none."""
        for message in messages:
            values = self._results.get((message.sheet, message.row, message.column), [])
            if any(_is_error(value) for line in values for value in line):
                yield message


def _is_error(value: CellValue) -> bool:
    return isinstance(value, ErrorValue)
