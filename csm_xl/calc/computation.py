"""One computation of some formulas of a workbook, all other cells holding what they hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.calculator import Calculator, runs
from csm_xl.calc.conditional_functions import CONDITIONAL
from csm_xl.calc.constants import load_constants
from csm_xl.calc.dependents import Cell, Dependents, circles
from csm_xl.calc.engine import Engine, Failure
from csm_xl.calc.formualizer_engine import can_be_given
from csm_xl.calc.formula_groups import Family, columns_read
from csm_xl.calc.indirect import ADDRESS, address
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.report import shown_cell
from csm_xl.calc.scope import Surroundings
from csm_xl.calc.translation import translate
from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, FormulaCell

#: A number with more digits than Excel puts into a text, or one that Excel writes as 1E-05.
_LONG_NUMBER = re.compile(r"\d[\d.]{15,}|0\.0000\d")
#: So many cells of a circle are named.
_NAMED = 8

#: The value of a cell.
Lookup = Callable[[str, int, int], CellValue]


class Computation:
    """Formulas computed, and those that could not be.

    Parameters
    ----------
    make_engine : callable
        Makes an empty calculator.
    register : callable
        Gives a calculator the worksheet functions that it lacks.
    surroundings : Surroundings
    cells : mapping of cell to FormulaCell
    families : sequence of Family
        Every formula of the workbook.
    chosen : collection of cell
        The formulas to be computed, by their first cells.
    held : callable
        What the other formulas hold.
    replaced : iterable of (str, int, int, int)
        Constants to be taken from `held` too: sheet, column, first and last row.

    Attributes
    ----------
    results : dict of cell to value
    failed : dict of cell to NotCalculated
        The formulas that could not be computed, by their first cells, without those that only
        read one of them.
    circular : list of list of cell
    """

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        register: Callable[[Engine], None],
        surroundings: Surroundings,
        cells: Mapping[Cell, FormulaCell],
        families: Sequence[Family],
        chosen: Collection[Cell],
        held: Lookup,
        replaced: Iterable[tuple[str, int, int, int]] = (),
    ) -> None:
        self._surroundings = surroundings
        self._cells = cells
        self._held = held
        self._replaced = list(replaced)
        self.families, self._others = parted(families, chosen)
        self.dynamic = any(family.dynamic for family in self.families)
        self._dependents: Dependents | None = None
        self.results: dict[Cell, CellValue] = {}
        self.failed: dict[Cell, NotCalculated] = {}
        self.circular: list[list[Cell]] = []

        def prepare(engine: Engine) -> None:
            register(engine)
            engine.register(ADDRESS, partial(address, surroundings), 2)

        self._calculator = Calculator(make_engine, prepare, self._load, surroundings.sheets)
        self._calculator.compute(self.families)
        for family, row in self._calculator.refused:
            self.failed[family.sheet, row, family.column] = reasons.beyond()
        self._read()
        self._compute_exactly()

    @property
    def dependents(self) -> Dependents:
        """Who reads whom, among the computed formulas."""
        if self._dependents is None:
            self._dependents = Dependents(self.families)
        return self._dependents

    def change(self, values: Mapping[Cell, CellValue]) -> dict[Cell, CellValue | Failure]:
        """What the dynamic formulas give with some cells changed."""
        self._calculator.change(values, [])
        return {
            (family.sheet, row, column): value
            for family in self.families
            if family.dynamic
            for row, column, value in self._calculator.results(family)
        }

    # -- loading --------------------------------------------------------------------------------

    def sheets_read(self) -> set[str]:
        """The sheets that the formulas read."""
        if self.dynamic:
            return set(self._surroundings.sheets)
        return {area.sheet for family in self.families for area in family.areas}

    def _load(self, engine: Engine) -> None:
        for sheet in self._surroundings.sheets:
            engine.add_sheet(sheet)
        wanted = {sheet: self._wanted(sheet) for sheet in self.sheets_read()}
        for sheet, columns in wanted.items():
            load_constants(engine, sheet, self._surroundings.stretches(sheet), columns)
        for sheet, column, first, last in self._replaced:
            if column in wanted.get(sheet, ()):
                low, high = wanted[sheet][column]
                rows = range(max(first, low), min(last, high) + 1)
                values = {row: self._held(sheet, row, column) for row in rows}
                _set_column(engine, sheet, column, values, blanks=True)
        for family in self._others:
            self._load_held(engine, family, wanted.get(family.sheet, {}))

    def _load_held(
        self, engine: Engine, family: Family, wanted: Mapping[int, tuple[int, int]]
    ) -> None:
        columns: dict[int, dict[int, CellValue]] = defaultdict(dict)
        for row in family.rows:
            for r, c in family.cells(row):
                if c in wanted and wanted[c][0] <= r <= wanted[c][1]:
                    columns[c][r] = self._held(family.sheet, r, c)
        for column, values in columns.items():
            _set_column(engine, family.sheet, column, values)

    def _wanted(self, sheet: str) -> dict[int, tuple[int, int]]:
        """The columns of a sheet that formulas read, with the first and last row read."""
        used = self._surroundings.used(sheet)[1]
        if self.dynamic:
            return dict.fromkeys(range(1, used + 1), (1, MAX_ROW))
        return columns_read(self.families, sheet, used)

    # -- reading --------------------------------------------------------------------------------

    def _read(self) -> None:
        circular: dict[Cell, None] = {}
        failed: dict[Cell, NotCalculated] = {}
        unnamed: dict[Cell, NotCalculated] = {}
        for family in self.families:
            sheet = family.sheet
            for row, column, value in self._calculator.results(family):
                origin = (sheet, *(family.block or (row, column))[:2])
                if origin in self.failed:
                    continue
                if isinstance(value, Failure):
                    if value.kind == "circular":
                        circular[origin] = None
                    else:
                        failed[origin] = reasons.beyond()
                    continue
                self.results[sheet, row, column] = value
                if value == "#NAME?" and isinstance(value, ErrorValue):
                    unnamed[origin] = reasons.beyond()
        if unnamed and not self._name_error_is_held():
            # Where no cell and no formula holds #NAME?, it is the calculator that misses a name.
            failed |= unnamed
        self.failed |= failed
        self._drop_consequences()
        self._find_circles(list(circular))

    def _drop_consequences(self) -> None:
        """The failure of one formula shows in all that read it."""
        if not self.failed:
            return
        reached = self.dependents.reached({cell: cell for cell in self.failed})
        roots = self.failed.keys() - reached.keys()
        if roots:
            self.failed = {cell: self.failed[cell] for cell in roots}

    def _find_circles(self, cells: list[Cell]) -> None:
        if not cells:
            return
        groups = circles(self.families, cells)
        # A circle through INDIRECT is not seen in the formulas' texts.
        for group in groups or [[cell] for cell in cells]:
            self.circular.append(group)
            shown = [shown_cell(*cell) for cell in group[: _NAMED + 1]]
            listed = ", ".join(shown[:_NAMED]) + (", …" if len(shown) > _NAMED else "")
            self.failed.update(dict.fromkeys(group, reasons.circular(listed)))

    def _name_error_is_held(self) -> bool:
        if any("#NAME?" in cell.text.upper() for cell in self._cells.values()):
            return True
        if self._surroundings.names_hold("#NAME?"):
            return True
        if any(
            value == "#NAME?" and isinstance(value, ErrorValue)
            for sheet in self.sheets_read()
            for _, _, values in self._surroundings.rows_with_errors(sheet)
            for value in values
        ):
            return True
        return any(
            self._held(family.sheet, r, c) == "#NAME?"
            for family in self._others
            for row in family.rows
            for r, c in family.cells(row)
        )

    def unreadable(self) -> dict[Cell, Cell]:
        """Constants that the calculator cannot hold: errors of newer Excels."""
        return {
            (sheet, row, column): (sheet, row, column)
            for sheet in self.sheets_read()
            for row, first, values in self._surroundings.rows_with_errors(sheet)
            for column, value in enumerate(values, first)
            if not can_be_given(value)
        } | {
            (family.sheet, r, c): (family.sheet, r, c)
            for family in self._others
            for row in family.rows
            for r, c in family.cells(row)
            if not can_be_given(self._held(family.sheet, r, c))
        }

    # -- texts ----------------------------------------------------------------------------------

    def _compute_exactly(self) -> None:
        """Some formulas are done again, more slowly.

        The calculator joins numbers with 17 digits, Excel with 15; and it misses errors in cells
        that are added up under a condition.
        """
        again = []
        errors = self._readers_of_errors()
        for family in self.families:
            conditional = bool(family.functions & CONDITIONAL)
            for row in family.rows if family.joins_text or conditional else ():
                place = (family.sheet, row, family.column)
                long = family.joins_text and self._shows_long_number(family, row)
                if not long and not (conditional and place in errors):
                    continue
                try:
                    again.append(self._exact(family, row))
                except NotCalculated as error:
                    self.failed[family.sheet, row, family.column] = error
        if again:
            self._calculator.change({}, again)
            self._read()

    def _readers_of_errors(self) -> Collection[Cell]:
        """The conditional formulas that read a cell with an error."""
        families = [family for family in self.families if family.functions & CONDITIONAL]
        if not families:
            return ()
        errors = {
            (sheet, row, column)
            for sheet in {area.sheet for family in families for area in family.areas}
            for row, first, values in self._surroundings.rows_with_errors(sheet)
            for column, value in enumerate(values, first)
            if isinstance(value, ErrorValue)
        }
        errors |= {c for c, value in self.results.items() if isinstance(value, ErrorValue)}
        errors |= {
            (family.sheet, r, c)
            for family in self._others
            for row in family.rows
            for r, c in family.cells(row)
            if isinstance(self._held(family.sheet, r, c), ErrorValue)
        }
        return Dependents(families).readers({cell: cell for cell in errors}) if errors else ()

    def _shows_long_number(self, family: Family, row: int) -> bool:
        values = (self.results.get((family.sheet, r, c)) for r, c in family.cells(row))
        return any(isinstance(v, str) and _LONG_NUMBER.search(v) is not None for v in values)

    def _exact(self, family: Family, row: int) -> Family:
        """The formula of one row, translated so that it joins texts as Excel does."""
        origin = (family.sheet, row, family.column)
        text = self._cells[origin].text
        exact = translate(self._surroundings, *origin, text, family.block, exact_text=True)
        return family.with_text(row, exact.text)


def parted(
    families: Iterable[Family], chosen: Collection[Cell]
) -> tuple[list[Family], list[Family]]:
    """The chosen formulas, and the others."""
    yes: list[Family] = []
    no: list[Family] = []
    for family in families:
        rows = [row for row in family.rows if (family.sheet, row, family.column) in chosen]
        if len(rows) == len(family.rows):
            yes.append(family)
            continue
        if rows:
            yes.append(family.only(rows))
            inside = set(rows)
            no.append(family.only([row for row in family.rows if row not in inside]))
        else:
            no.append(family)
    return yes, no


def filled(families: Iterable[Family]) -> Iterator[tuple[Cell, Cell]]:
    """Every cell that formulas fill, with the first cell of its formula."""
    for family in families:
        for row in family.rows:
            origin = (family.sheet, row, family.column)
            if family.block is None:
                yield origin, origin
                continue
            for r, c in family.cells(row):
                yield (family.sheet, r, c), origin


def _set_column(
    engine: Engine, sheet: str, column: int, values: Mapping[int, CellValue], blanks: bool = False
) -> None:
    rows = [row for row, value in values.items() if blanks or value is not None]
    for first, last in runs(sorted(rows)) if rows else ():
        engine.set_values(sheet, first, column, [[values[row]] for row in range(first, last + 1)])
