"""A calculator at work: load constants and formulas, compute, read the results.

One formula can make a calculator refuse everything, or panic. Such formulas are found by halving
and left out, so that the others are computed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from csm_xl.calc.array_functions import FILLED, HELD, PART, add_array_functions
from csm_xl.calc.engine import Engine, EngineError, Failure
from csm_xl.calc.formula_groups import FormulaGroup
from csm_xl.calc.repaired_functions import add_repaired_functions
from csm_xl.formulas.workbook_model import Block, CellValue

#: A calculator lets an array spill over 10,000 cells at most; a larger block is filled in parts.
_PART = 8_000
#: Working on 20,000 formulas at once takes a calculator twice the memory of their results.
_STEP = 4_000

Cell = tuple[str, int, int]


class Calculator:
    """Computes formulas.

    Parameters
    ----------
    make_engine : callable
        Makes an empty calculator.
    prepare : callable
        Registers functions with a new one.
    load : callable
        Puts the constants into a new one.
    sheets : collection of str
        The sheets' names.
    in_steps : bool
        Compute long columns some thousand rows at a time.
    """

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        prepare: Callable[[Engine], None],
        load: Callable[[Engine], None],
        sheets: Collection[str],
        *,
        in_steps: bool = False,
    ) -> None:
        self._in_steps = in_steps
        self._make = make_engine
        self._spare_sheet = "csm-xl"
        while self._spare_sheet.casefold() in map(str.casefold, sheets):
            self._spare_sheet += "_"
        self._prepare = prepare
        self._load = load
        self._engine: Engine | None = None
        self._spare: dict[Cell, int] = {}
        #: The formulas that the calculator cannot be given, by (group, row).
        self.refused: list[tuple[FormulaGroup, int]] = []

    def compute(self, groups: Sequence[FormulaGroup]) -> None:
        """Compute formulas; those that cannot be are in :attr:`refused`."""
        engine = self._computed(groups)
        if engine is None:
            single = [(group, row) for group in groups for row in group.rows]
            self.refused = list(self._faulty(single))
            bad = set(map(_identity, self.refused))
            rest = [pair for pair in single if _identity(pair) not in bad]
            engine = self._computed(_alone(rest))
            if engine is None:
                # Each is fine alone, together they are not: nothing can be trusted.
                self.refused, engine = single, self._computed([])
        self._engine = engine

    def _computed(self, groups: Iterable[FormulaGroup]) -> Engine | None:
        """A calculator with these formulas computed; None when it fails on one of them."""
        engine = self._make()
        self._prepare(engine)
        add_array_functions(engine, self._make)
        add_repaired_functions(engine)
        self._load(engine)
        engine.add_sheet(self._spare_sheet)
        try:
            if self._in_steps:
                # The long columns first: hardly any of their formulas reads what comes later.
                groups = sorted(groups, key=lambda group: -len(group.rows))
            for group in groups:
                self._set_formulas(engine, group)
            engine.evaluate()
        except EngineError:
            return None
        return engine

    def _faulty(
        self, formulas: list[tuple[FormulaGroup, int]]
    ) -> Iterator[tuple[FormulaGroup, int]]:
        if self._computed(_alone(formulas)) is not None:
            return
        if len(formulas) == 1:
            yield formulas[0]
            return
        middle = len(formulas) // 2
        yield from self._faulty(formulas[:middle])
        yield from self._faulty(formulas[middle:])

    def change(self, values: Mapping[Cell, CellValue], groups: Iterable[FormulaGroup]) -> None:
        """Change some cells and formulas and compute what depends on them again."""
        assert self._engine is not None
        for (sheet, row, column), value in values.items():
            self._engine.set_values(sheet, row, column, [[value]])
        for group in groups:
            self._set_formulas(self._engine, group)
        self._engine.evaluate()

    def _set_formulas(self, engine: Engine, group: FormulaGroup) -> None:
        if group.block is not None and group.block[:2] != group.block[2:]:
            self._set_block(engine, group, group.block)
            return
        texts = iter(group.texts())
        for first, last in runs(group.rows):
            for top in range(first, last + 1, _STEP):
                batch = [[next(texts)] for _ in range(top, min(last, top + _STEP - 1) + 1)]
                engine.set_formulas(group.sheet, top, group.column, batch)
                if self._in_steps and len(batch) == _STEP:
                    engine.evaluate()

    def _set_block(self, engine: Engine, group: FormulaGroup, block: Block) -> None:
        r1, c1, r2, c2 = block
        rows, columns = r2 - r1 + 1, c2 - c1 + 1
        expression = group.text(group.rows[0]).removeprefix("=")
        if rows * columns <= _PART:
            text = f"={FILLED}({rows},{columns},{expression})"
            engine.set_formulas(group.sheet, r1, c1, [[text]])
            return
        # Computed once in a spare cell and handed out part by part.
        spare = self._spare.setdefault((group.sheet, r1, c1), len(self._spare) + 1)
        engine.set_formulas(self._spare_sheet, spare, 1, [[f"={HELD}({spare},{expression})"]])
        height = max(1, _PART // columns)
        for first in range(0, rows, height):
            count = min(height, rows - first)
            size = f"{first},{count},{columns}"
            text = f"={PART}('{self._spare_sheet}'!A{spare},{size})"
            engine.set_formulas(group.sheet, r1 + first, c1, [[text]])

    def results(self, group: FormulaGroup) -> Iterator[tuple[int, int, CellValue | Failure]]:
        """Row, column and value of every cell that the formulas fill."""
        if group.block is not None:
            r1, c1 = group.block[:2]
            for r, line in enumerate(self._values(group.sheet, group.block), r1):
                for c, value in enumerate(line, c1):
                    yield r, c, value
            return
        column = group.column
        for first, last in runs(group.rows):
            values = self._values(group.sheet, (first, column, last, column))
            for row, (value,) in enumerate(values, first):
                yield row, column, value

    def _values(self, sheet: str, block: Block) -> list[list[CellValue | Failure]]:
        assert self._engine is not None
        return self._engine.values(sheet, block)


def _identity(pair: tuple[FormulaGroup, int]) -> tuple[str, int, int]:
    return pair[0].sheet, pair[1], pair[0].column


def _alone(formulas: Iterable[tuple[FormulaGroup, int]]) -> Iterator[FormulaGroup]:
    for group, row in formulas:
        yield group.only([row])


def runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each stretch of rows without a gap."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last
