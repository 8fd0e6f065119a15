"""formualizer as csm-xl uses it: load constants and formulas, compute, read the results.

One formula can make formualizer refuse everything, or panic. Such formulas are found by halving
and left out, so that the others are computed all the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from csm_xl.calc.array_functions import FILLED, HELD, PART, add_array_functions
from csm_xl.calc.formualizer_values import error_literal
from csm_xl.calc.formula_groups import Family
from csm_xl.formulas.workbook_model import Block, CellValue, ErrorValue

#: formualizer lets an array spill over 10,000 cells at most; a larger block is filled in parts.
_PART = 8_000

#: A panic in Rust arrives as a BaseException, like these, which are meant for somebody else.
_NEVER_CAUGHT = (KeyboardInterrupt, SystemExit, MemoryError)
#: What formualizer gives where it fails.
_FAILED = {"type": "Error", "kind": "Error"}

Cell = tuple[str, int, int]


def workbook_maker(date1904: bool, now: datetime.datetime | None) -> Callable[[], Any]:
    """A function that makes empty formualizer workbooks.

    Parameters
    ----------
    date1904 : bool
    now : datetime, optional
        What ``NOW()`` and ``TODAY()`` answer, in its own time zone; the real time if left out.
    """
    import formualizer as fz

    def make() -> Any:
        config = fz.EvaluationConfig()
        config.date_system = "1904" if date1904 else "1900"
        # A circle that no computed branch closes is none, as in Excel.
        config.cycle_detection = "runtime"
        # With its change log, formualizer takes eight times as long to load values.
        workbook = fz.Workbook(config=fz.WorkbookConfig(eval_config=config, enable_changelog=False))
        workbook.set_temporal_egress("serial")
        if now is not None:
            workbook.set_deterministic_clock(*_clock(now))
        return workbook

    return make


def _clock(now: datetime.datetime) -> tuple[datetime.datetime, int]:
    """An instant and the distance of its time zone from UTC in seconds."""
    aware = now if now.tzinfo is not None else now.replace(tzinfo=datetime.UTC)
    offset = aware.utcoffset() or datetime.timedelta()
    return aware.astimezone(datetime.UTC), int(offset.total_seconds())


@cache
def known_function(name: str) -> bool:
    """Whether formualizer has a built-in function of this name."""
    workbook = workbook_maker(False, None)()
    workbook.add_sheet("known")
    workbook.set_formula("known", 1, 1, f"={name}()")
    try:
        value = workbook.evaluate_cell("known", 1, 1)
    except Exception:
        return False
    return not (isinstance(value, dict) and value["kind"] in ("Name", "Error"))


class Calculator:
    """Computes formulas.

    Parameters
    ----------
    make_workbook : callable
        See :func:`workbook_maker`.
    prepare : callable
        Registers functions with a new workbook.
    load : callable
        Puts the constants into a new workbook.
    sheets : collection of str
        The sheets' names.
    """

    def __init__(
        self,
        make_workbook: Callable[[], Any],
        prepare: Callable[[Any], None],
        load: Callable[[Any], None],
        sheets: Collection[str],
    ) -> None:
        self._make = make_workbook
        self._spare_sheet = "csm-xl"
        while self._spare_sheet.casefold() in map(str.casefold, sheets):
            self._spare_sheet += "_"
        self._prepare = prepare
        self._load = load
        self._workbook: Any = None
        self._spare: dict[Cell, int] = {}
        #: The formulas that formualizer cannot be given, by (family, row).
        self.refused: list[tuple[Family, int]] = []

    def compute(self, families: Sequence[Family]) -> None:
        """Compute formulas; those that cannot be are in :attr:`refused`."""
        workbook = self._computed(families)
        if workbook is None:
            single = [(family, row) for family in families for row in family.rows]
            self.refused = list(self._faulty(single))
            bad = set(map(_identity, self.refused))
            rest = [pair for pair in single if _identity(pair) not in bad]
            workbook = self._computed(_alone(rest))
            if workbook is None:
                # Each is fine alone, together they are not: nothing can be trusted.
                self.refused, workbook = single, self._computed([])
        self._workbook = workbook

    def _computed(self, families: Iterable[Family]) -> Any:
        """A workbook with these formulas computed; None when formualizer fails on one of them."""
        workbook = self._make()
        self._prepare(workbook)
        add_array_functions(workbook, self._make)
        self._load(workbook)
        try:
            workbook.add_sheet(self._spare_sheet)
            for family in families:
                self._set_formulas(workbook, family)
            workbook.evaluate_all()
        except _NEVER_CAUGHT:
            raise
        except BaseException:
            return None
        return workbook

    def _faulty(self, formulas: list[tuple[Family, int]]) -> Iterator[tuple[Family, int]]:
        if self._computed(_alone(formulas)) is not None:
            return
        if len(formulas) == 1:
            yield formulas[0]
            return
        middle = len(formulas) // 2
        yield from self._faulty(formulas[:middle])
        yield from self._faulty(formulas[middle:])

    def change(self, values: Mapping[Cell, CellValue], families: Iterable[Family]) -> None:
        """Change some cells and formulas and compute what depends on them again."""
        for (sheet, row, column), value in values.items():
            given = error_literal(value) if isinstance(value, ErrorValue) else value
            self._workbook.set_value(sheet, row, column, given)
        for family in families:
            self._set_formulas(self._workbook, family)
        self._workbook.evaluate_all()

    def _set_formulas(self, workbook: Any, family: Family) -> None:
        if family.block is not None and family.block[:2] != family.block[2:]:
            self._set_block(workbook, family, family.block)
            return
        texts = iter(family.texts())
        for first, last in runs(family.rows):
            batch = [[next(texts)] for _ in range(first, last + 1)]
            workbook.set_formulas_batch(family.sheet, first, family.column, batch)

    def _set_block(self, workbook: Any, family: Family, block: Block) -> None:
        r1, c1, r2, c2 = block
        rows, columns = r2 - r1 + 1, c2 - c1 + 1
        expression = family.text(family.rows[0]).removeprefix("=")
        if rows * columns <= _PART:
            workbook.set_formula(family.sheet, r1, c1, f"={FILLED}({rows},{columns},{expression})")
            return
        # Computed once in a spare cell and handed out part by part.
        spare = self._spare.setdefault((family.sheet, r1, c1), len(self._spare) + 1)
        workbook.set_formula(self._spare_sheet, spare, 1, f"={HELD}({spare},{expression})")
        height = max(1, _PART // columns)
        for first in range(0, rows, height):
            count = min(height, rows - first)
            size = f"{first},{count},{columns}"
            workbook.set_formula(
                family.sheet, r1 + first, c1, f"={PART}('{self._spare_sheet}'!A{spare},{size})"
            )

    def results(self, family: Family) -> Iterator[tuple[int, int, Any]]:
        """Row, column and value of every cell that the formulas fill, as formualizer has it."""
        if family.block is not None:
            r1, c1 = family.block[:2]
            for r, line in enumerate(self._values(family.sheet, family.block), r1):
                for c, value in enumerate(line, c1):
                    yield r, c, value
            return
        column = family.column
        for first, last in runs(family.rows):
            values = self._values(family.sheet, (first, column, last, column))
            for row, (value,) in enumerate(values, first):
                yield row, column, value

    def _values(self, sheet: str, block: Block) -> list[list[Any]]:
        from formualizer import RangeAddress

        try:
            values: list[list[Any]] = self._workbook[sheet].get_values(RangeAddress(sheet, *block))
        except _NEVER_CAUGHT:
            raise
        except BaseException:
            r1, c1, r2, c2 = block
            if block[:2] == block[2:]:
                return [[_FAILED]]
            # One value that cannot be handed over hides all others.
            cells = [[(r, c, r, c) for c in range(c1, c2 + 1)] for r in range(r1, r2 + 1)]
            return [[self._values(sheet, cell)[0][0] for cell in line] for line in cells]
        return values


def _identity(pair: tuple[Family, int]) -> tuple[str, int, int]:
    return pair[0].sheet, pair[1], pair[0].column


def _alone(formulas: Iterable[tuple[Family, int]]) -> Iterator[Family]:
    for family, row in formulas:
        yield family.only([row])


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each stretch of rows without a gap."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last
