"""One computation of some formulas of a workbook, all other cells holding what they hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.calculator import Calculator, runs
from csm_xl.calc.conditional_functions import CONDITIONAL
from csm_xl.calc.constants import load_constants
from csm_xl.calc.dependents import Cell, Dependents, circles
from csm_xl.calc.engine import Engine, Failure
from csm_xl.calc.formualizer_engine import can_be_given
from csm_xl.calc.formula_groups import FormulaGroup, columns_read
from csm_xl.calc.indirect import ADDRESS, address
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.report import shown_cell
from csm_xl.calc.scope import Scope
from csm_xl.calc.text_functions import has_letters_with_case
from csm_xl.calc.translation import translate
from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, FormulaCell

#: A number with more digits than Excel puts into a text, or one that Excel writes as 1E-05.
_LONG_NUMBER = re.compile(r"\d[\d.]{15,}|0\.0000\d")
#: Formulas with a condition are done exactly as long as they read no more cells than this.
_FEW = 1_000_000
#: Rows of a column that are computed at a time, where they can be.
PART = 4_000
#: More cells than these, the same for every row, are not given to a calculator again and again.
_FEW_FIXED = 100
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
    scope : Scope
    cells : mapping of cell to FormulaCell
    groups : sequence of FormulaGroup
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
        scope: Scope,
        cells: Mapping[Cell, FormulaCell],
        groups: Sequence[FormulaGroup],
        chosen: Collection[Cell],
        held: Lookup,
        replaced: Iterable[tuple[str, int, int, int]] = (),
    ) -> None:
        self._scope = scope
        self._cells = cells
        self._held = held
        self._replaced = list(replaced)
        self.groups, self._others = parted(groups, chosen)
        self.dynamic = any(group.dynamic for group in self.groups)
        self._dependents: Dependents | None = None
        self.results: dict[Cell, CellValue] = {}
        self.failed: dict[Cell, NotCalculated] = {}
        self.circular: list[list[Cell]] = []

        #: What was computed part by part, by sheet and column: the value of each row.
        self._done: dict[tuple[str, int], dict[int, CellValue | Failure]] = {}

        def prepare(engine: Engine) -> None:
            register(engine)
            engine.register(ADDRESS, partial(address, scope), 2)

        # Functions that are handed in say what is wrong with cells that are still empty.
        in_steps = not (self.dynamic or scope.own_functions)

        def calculator(groups: Sequence[FormulaGroup]) -> Calculator:
            load = partial(self._load, groups=groups)
            found = Calculator(make_engine, prepare, load, scope.sheets, in_steps=in_steps)
            found.compute(groups)
            return found

        self._make_calculator = calculator
        self._calculator = calculator(self._compute_in_parts() if in_steps else self.groups)
        for group, row in self._calculator.refused:
            self.failed[group.sheet, row, group.column] = reasons.beyond()
        self._read()
        self._compute_exactly()

    @property
    def dependents(self) -> Dependents:
        """Who reads whom, among the computed formulas."""
        if self._dependents is None:
            self._dependents = Dependents(self.groups)
        return self._dependents

    def change(self, values: Mapping[Cell, CellValue]) -> dict[Cell, CellValue | Failure]:
        """What the dynamic formulas give with some cells changed."""
        self._calculator.change(values, [])
        return {
            (group.sheet, row, column): value
            for group in self.groups
            if group.dynamic
            for row, column, value in self._calculator.results(group)
        }

    # -- in parts -------------------------------------------------------------------------------

    def _compute_in_parts(self) -> list[FormulaGroup]:
        """Compute long columns whose formulas read their own row, some thousand rows at a time.

        A calculator keeps several kilobytes of each formula, and all that formulas read, for as
        long as it is there.

        Returns
        -------
        list of FormulaGroup
            What is left to be computed together.
        """
        left, together = list(self.groups), list[FormulaGroup]()
        while True:
            unknown = [*left, *together]
            long = next((group for group in left if self._by_itself(group, unknown)), None)
            if long is None:
                return unknown
            left = [group for group in left if group is not long]
            done: dict[int, CellValue | Failure] = {}
            for _, rows in groupby(long.rows, key=lambda row: row // PART):
                part = long.only(list(rows))
                found = self._make_calculator([part])
                refused = {row for _, row in found.refused}
                done |= {
                    row: value
                    for row, _, value in found.results(part)
                    if row not in refused and _is_constant(value)
                }
            self._done.setdefault((long.sheet, long.column), {}).update(done)
            rest = [row for row in long.rows if row not in done]
            if rest:
                # What is no constant in parts would be none in parts again.
                together.append(long.only(rest))

    def _by_itself(self, group: FormulaGroup, unknown: Sequence[FormulaGroup]) -> bool:
        """Whether the formulas of a long column read nothing but their row's known cells."""
        if group.block is not None or group.refused is not None:
            return False
        if group.rows[-1] - group.rows[0] < PART:
            return False
        if not all(area.of_one_row or area.fixed_cells <= _FEW_FIXED for area in group.areas):
            return False
        return not any(other.meets(area) for area in group.areas for other in unknown)

    # -- loading --------------------------------------------------------------------------------

    def sheets_read(self) -> set[str]:
        """The sheets that the formulas read."""
        return self._sheets_read(self.groups)

    def _sheets_read(self, groups: Iterable[FormulaGroup]) -> set[str]:
        if self.dynamic:
            return set(self._scope.sheets)
        return {area.sheet for group in groups for area in group.areas}

    def _load(self, engine: Engine, groups: Sequence[FormulaGroup]) -> None:
        """Put what some formulas read into a calculator, and what was computed before."""
        for sheet in self._scope.sheets:
            engine.add_sheet(sheet)
        wanted = {sheet: self._wanted(groups, sheet) for sheet in self._sheets_read(groups)}
        for sheet, columns in wanted.items():
            load_constants(engine, sheet, self._scope.stretches(sheet), columns)
        for sheet, column, first, last in self._replaced:
            if column in wanted.get(sheet, ()):
                low, high = wanted[sheet][column]
                rows = range(max(first, low), min(last, high) + 1)
                values = {row: self._held(sheet, row, column) for row in rows}
                _set_column(engine, sheet, column, values, blanks=True)
        for group in self._others:
            self._load_held(engine, group, wanted.get(group.sheet, {}))
        for (sheet, column), known in self._done.items():
            if column in wanted.get(sheet, ()):
                low, high = wanted[sheet][column]
                within = {row: v for row, v in known.items() if low <= row <= high}
                _set_column(engine, sheet, column, within)

    def _load_held(
        self, engine: Engine, group: FormulaGroup, wanted: Mapping[int, tuple[int, int]]
    ) -> None:
        columns: dict[int, dict[int, CellValue]] = defaultdict(dict)
        for row in group.rows:
            for r, c in group.cells(row):
                if c in wanted and wanted[c][0] <= r <= wanted[c][1]:
                    columns[c][r] = self._held(group.sheet, r, c)
        for column, values in columns.items():
            _set_column(engine, group.sheet, column, values)

    def _wanted(self, groups: Iterable[FormulaGroup], sheet: str) -> dict[int, tuple[int, int]]:
        """The columns of a sheet that formulas read, with the first and last row read."""
        used = self._scope.used(sheet)[1]
        if self.dynamic:
            return dict.fromkeys(range(1, used + 1), (1, MAX_ROW))
        return columns_read(groups, sheet, used)

    # -- reading --------------------------------------------------------------------------------

    def _results(self, group: FormulaGroup) -> Iterator[tuple[int, int, CellValue | Failure]]:
        """Row, column and value of every cell that formulas fill."""
        done = self._done.get((group.sheet, group.column), {}) if group.block is None else {}
        rest = [row for row in group.rows if row not in done] if done else group.rows
        for row in group.rows if done else ():
            if row in done:
                yield row, group.column, done[row]
        if rest:
            yield from self._calculator.results(group.only(rest) if done else group)

    def _read(self) -> None:
        circular: dict[Cell, None] = {}
        failed: dict[Cell, NotCalculated] = {}
        unnamed: dict[Cell, NotCalculated] = {}
        for group in self.groups:
            sheet = group.sheet
            for row, column, value in self._results(group):
                origin = (sheet, *(group.block or (row, column))[:2])
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
        groups = circles(self.groups, cells)
        # A circle through INDIRECT is not seen in the formulas' texts.
        for group in groups or [[cell] for cell in cells]:
            self.circular.append(group)
            shown = [shown_cell(*cell) for cell in group[: _NAMED + 1]]
            listed = ", ".join(shown[:_NAMED]) + (", …" if len(shown) > _NAMED else "")
            self.failed.update(dict.fromkeys(group, reasons.circular(listed)))

    def _name_error_is_held(self) -> bool:
        if any("#NAME?" in cell.text.upper() for cell in self._cells.values()):
            return True
        if self._scope.names_hold("#NAME?"):
            return True
        if any(
            value == "#NAME?" and isinstance(value, ErrorValue)
            for sheet in self.sheets_read()
            for _, _, values in self._scope.rows_with_errors(sheet)
            for value in values
        ):
            return True
        return any(
            self._held(group.sheet, r, c) == "#NAME?"
            for group in self._others
            for row in group.rows
            for r, c in group.cells(row)
        )

    def unreadable(self) -> dict[Cell, Cell]:
        """Constants that the calculator cannot hold: errors of newer Excels."""
        return {
            (sheet, row, column): (sheet, row, column)
            for sheet in self.sheets_read()
            for row, first, values in self._scope.rows_with_errors(sheet)
            for column, value in enumerate(values, first)
            if not can_be_given(value)
        } | {
            (group.sheet, r, c): (group.sheet, r, c)
            for group in self._others
            for row in group.rows
            for r, c in group.cells(row)
            if not can_be_given(self._held(group.sheet, r, c))
        }

    # -- texts ----------------------------------------------------------------------------------

    def _compute_exactly(self) -> None:
        """Some formulas are done again, more slowly.

        The calculator joins numbers with 17 digits, Excel with 15; it misses errors in cells that
        are added up under a condition, and some wildcards; and it knows ASCII letters only.
        """
        again = []
        few, many = self._conditional()
        conditions = few | self._readers(many, is_error).keys()
        # formualizer takes ? for one byte where a column has blank cells.
        asking = [group for group in many if "?" in group.text(group.rows[0])]
        conditions |= self._readers(asking, _beyond_ascii).keys()
        folding = [group for group in self.groups if group.compares_text]
        letters = self._readers(folding, has_letters_with_case)
        for group in self.groups:
            under = bool(group.functions & CONDITIONAL)
            if not (group.joins_text or under or group.compares_text):
                continue
            written = group.compares_text and has_letters_with_case(group.text(group.rows[0]))
            for row in group.rows:
                place = (group.sheet, row, group.column)
                exact = {
                    "text": group.joins_text and self._shows_long_number(group, row),
                    "conditions": under and place in conditions,
                    "letters": group.compares_text and (written or place in letters),
                }
                if not any(exact.values()):
                    continue
                try:
                    again.append(self._exact(group, row, {k for k, v in exact.items() if v}))
                except NotCalculated as error:
                    self.failed[group.sheet, row, group.column] = error
        if again:
            self._compute_again(again)
            self._read()

    def _compute_again(self, groups: Iterable[FormulaGroup]) -> None:
        """Compute the formulas of single rows with other translations."""
        together: list[FormulaGroup] = []
        apart: list[FormulaGroup] = []
        for group in groups:
            known = self._done.get((group.sheet, group.column), {})
            (apart if group.rows[0] in known else together).append(group)
        changed: dict[Cell, CellValue] = {}
        for first in range(0, len(apart), PART):
            part = apart[first : first + PART]
            found = self._make_calculator(part)
            refused = {(group.sheet, row, group.column) for group, row in found.refused}
            for group in part:
                for row, column, value in found.results(group):
                    cell = (group.sheet, row, column)
                    given = Failure("other") if cell in refused else value
                    self._done[group.sheet, column][row] = given
                    if not isinstance(given, Failure):
                        changed[cell] = given
        self._calculator.change(changed, together)

    def _conditional(self) -> tuple[set[Cell], list[FormulaGroup]]:
        """The formulas with a condition that are all done exactly, and those that read too much."""
        few: set[Cell] = set()
        many: list[FormulaGroup] = []
        left = _FEW
        groups = [group for group in self.groups if group.functions & CONDITIONAL]
        for cells, group in sorted(((self._cells_read(f), f) for f in groups), key=_first):
            if cells > left:
                many.append(group)
                continue
            left -= cells
            few |= {(group.sheet, row, group.column) for row in group.rows}
        return few, many

    def _cells_read(self, group: FormulaGroup) -> int:
        """How many cells the formulas of a group read, each by itself."""
        areas = (self._scope.cut(area.at(group.rows[0])) for area in group.areas)
        return len(group.rows) * sum(area.rows * area.columns for area in areas)

    def _readers(
        self, groups: Sequence[FormulaGroup], told: Callable[[CellValue], bool]
    ) -> dict[Cell, Cell]:
        """Those of some formulas that read a cell whose value is of a kind."""
        if not groups:
            return {}
        found = {
            (sheet, row, column)
            for sheet in {area.sheet for group in groups for area in group.areas}
            for row, first, values in self._scope.rows(sheet)
            for column, value in enumerate(values, first)
            if told(value)
        }
        found |= {cell for cell, value in self.results.items() if told(value)}
        found |= {
            (group.sheet, r, c)
            for group in self._others
            for row in group.rows
            for r, c in group.cells(row)
            if told(self._held(group.sheet, r, c))
        }
        return Dependents(groups).readers({cell: cell for cell in found}) if found else {}

    def _shows_long_number(self, group: FormulaGroup, row: int) -> bool:
        values = (self.results.get((group.sheet, r, c)) for r, c in group.cells(row))
        return any(isinstance(v, str) and _LONG_NUMBER.search(v) is not None for v in values)

    def _exact(self, group: FormulaGroup, row: int, exact: Collection[str]) -> FormulaGroup:
        """The formula of one row, translated so that it does some things as Excel does."""
        origin = (group.sheet, row, group.column)
        text = self._cells[origin].text
        done = translate(self._scope, *origin, text, group.block, exact=exact)
        return group.with_text(row, done.text)


def is_error(value: CellValue) -> bool:
    """Whether a value is an error."""
    return isinstance(value, ErrorValue)


def _beyond_ascii(value: CellValue) -> bool:
    return isinstance(value, str) and not value.isascii()


def _is_constant(value: CellValue | Failure) -> bool:
    """Whether a result can stand in a calculator in place of its formula."""
    return value is not None and not isinstance(value, Failure) and can_be_given(value)


def _first(pair: tuple[int, FormulaGroup]) -> int:
    return pair[0]


def parted(
    groups: Iterable[FormulaGroup], chosen: Collection[Cell]
) -> tuple[list[FormulaGroup], list[FormulaGroup]]:
    """The chosen formulas, and the others."""
    yes: list[FormulaGroup] = []
    no: list[FormulaGroup] = []
    for group in groups:
        rows = [row for row in group.rows if (group.sheet, row, group.column) in chosen]
        if len(rows) == len(group.rows):
            yes.append(group)
            continue
        if rows:
            yes.append(group.only(rows))
            inside = set(rows)
            no.append(group.only([row for row in group.rows if row not in inside]))
        else:
            no.append(group)
    return yes, no


def filled(groups: Iterable[FormulaGroup]) -> Iterator[tuple[Cell, Cell]]:
    """Every cell that formulas fill, with the first cell of its formula."""
    for group in groups:
        for row in group.rows:
            origin = (group.sheet, row, group.column)
            if group.block is None:
                yield origin, origin
                continue
            for r, c in group.cells(row):
                yield (group.sheet, r, c), origin


def _set_column(
    engine: Engine,
    sheet: str,
    column: int,
    values: Mapping[int, CellValue | Failure],
    blanks: bool = False,
) -> None:
    given = {
        row: value
        for row, value in values.items()
        if not isinstance(value, Failure) and (blanks or value is not None)
    }
    for first, last in runs(sorted(given)) if given else ():
        engine.set_values(sheet, first, column, [[given[row]] for row in range(first, last + 1)])
