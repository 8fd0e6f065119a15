"""formualizer as csm-xl uses it: load constants and formulas, compute, read the results.

One formula can make formualizer refuse everything, or panic. Such formulas are found by halving
and left out, so that the others are computed all the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from csm_xl.engine.array_functions import add_array_functions
from csm_xl.engine.families import Family
from csm_xl.engine.formualizer_values import error_literal
from csm_xl.engine.model import CellValue, ErrorValue

#: Rows without a wanted cell between two others that are loaded as blanks rather than in two steps.
_GAP = 64

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
    """

    def __init__(
        self,
        make_workbook: Callable[[], Any],
        prepare: Callable[[Any], None],
        load: Callable[[Any], None],
    ) -> None:
        self._make = make_workbook
        self._prepare = prepare
        self._load = load
        self._workbook: Any = None
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
            for family in families:
                _set_formulas(workbook, family)
            workbook.evaluate_all()
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # a panic in Rust is no Exception
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

    def change(self, values: Mapping[Cell, CellValue], formulas: Mapping[Cell, str]) -> None:
        """Change some cells and compute what depends on them again."""
        for (sheet, row, column), value in values.items():
            given = error_literal(value) if isinstance(value, ErrorValue) else value
            self._workbook.set_value(sheet, row, column, given)
        for (sheet, row, column), text in formulas.items():
            self._workbook.set_formula(sheet, row, column, text)
        self._workbook.evaluate_all()

    def results(self, family: Family) -> Iterator[tuple[int, list[list[Any]]]]:
        """For each formula its row and the values of the cells it fills, as formualizer has them."""
        if family.block is not None:
            yield family.rows[0], self._values(family.sheet, family.block)
            return
        for first, last in runs(family.rows):
            values = self._values(family.sheet, (first, family.column, last, family.column))
            for row, value in zip(range(first, last + 1), values, strict=True):
                yield row, [value]

    def _values(self, sheet: str, block: tuple[int, int, int, int]) -> list[list[Any]]:
        from formualizer import RangeAddress

        values: list[list[Any]] = self._workbook[sheet].get_values(RangeAddress(sheet, *block))
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


def _set_formulas(workbook: Any, family: Family) -> None:
    texts = iter(family.texts())
    for first, last in runs(family.rows):
        batch = [[next(texts)] for _ in range(first, last + 1)]
        workbook.set_formulas_batch(family.sheet, first, family.column, batch)


def load_columns(
    workbook: Any,
    sheet: str,
    rows: Sequence[tuple[int, int, list[CellValue]]],
    wanted: Mapping[int, tuple[int, int]],
) -> None:
    """Put a sheet's constants into a formualizer workbook, only those that are read.

    Parameters
    ----------
    workbook : formualizer.Workbook
    sheet : str
    rows : sequence of (row, first column, values)
        In order.
    wanted : mapping of int to (int, int)
        The columns that formulas read, each with its first and last row read.
    """
    columns = sorted(wanted)
    start = 0
    while start < len(columns):
        stop = start + 1
        while stop < len(columns) and columns[stop] == columns[stop - 1] + 1:
            stop += 1
        run = columns[start:stop]
        first_row = min(wanted[c][0] for c in run)
        last_row = max(wanted[c][1] for c in run)
        _load_run(workbook, sheet, rows, (first_row, run[0], last_row, run[-1]))
        start = stop


def _load_run(
    workbook: Any,
    sheet: str,
    rows: Sequence[tuple[int, int, list[CellValue]]],
    block: tuple[int, int, int, int],
) -> None:
    first_row, left, last_row, right = block
    width = right - left + 1
    blank = [None] * width
    batch: list[list[Any]] = []
    start = 0
    for row, first, values in rows:
        if row < first_row:
            continue
        if row > last_row:
            break
        if first > right or first + len(values) <= left:
            continue
        if first == left and len(values) == width:
            line: list[Any] = values
        else:
            line = [None] * max(0, first - left) + values[max(0, left - first) : right - first + 1]
            line += [None] * (width - len(line))
        if ErrorValue in map(type, line):
            line = [error_literal(v) if type(v) is ErrorValue else v for v in line]
        gap = row - start - len(batch)
        if batch and gap > _GAP:
            workbook.set_values_batch(sheet, start, left, batch)
            batch = []
        if not batch:
            start = row
        elif gap:
            batch += [blank] * gap
        batch.append(line)
    if batch:
        workbook.set_values_batch(sheet, start, left, batch)
