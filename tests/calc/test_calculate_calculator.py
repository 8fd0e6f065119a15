"""One bad formula does not spoil the others."""

from __future__ import annotations

from typing import Any

from csm_xl.calc.calculator import Calculator, runs
from csm_xl.calc.engine import Engine, Failure
from csm_xl.calc.formualizer_engine import FormualizerEngine, known_function
from csm_xl.calc.formula_groups import FormulaGroup


def group(column: int, texts: list[str]) -> list[FormulaGroup]:
    """One group for each formula of a column, the first in row 1."""
    return [
        FormulaGroup("S", column, [row], (), (), (text,), False, False)
        for row, text in enumerate(texts, 1)
    ]


def load(engine: Engine) -> None:
    engine.add_sheet("S")
    engine.set_values("S", 1, 1, [[2.0], [3.0]])


def computed(groups: list[FormulaGroup]) -> tuple[dict[tuple[int, int], Any], set[tuple[int, int]]]:
    calculator = Calculator(FormualizerEngine, lambda engine: None, load, ["S"])
    calculator.compute(groups)
    refused = {(row, one.column) for one, row in calculator.refused}
    values = {
        (row, column): value
        for one in groups
        for row, column, value in calculator.results(one)
        if (row, column) not in refused
    }
    return values, refused


def test_formulas_that_formualizer_refuses_are_left_out():
    good = [f"=A1*{n}" for n in range(20)]
    texts = [*good[:7], "=[1]S!A1", *good[7:], "=SUM(A2:A1)"]
    values, refused = computed(group(3, texts))
    assert refused == {(8, 3), (22, 3)}
    assert [values[row, 3] for row in (1, 2, 7, 9, 21)] == [0.0, 2.0, 12.0, 14.0, 38.0]


def test_a_formula_copied_down_is_refused_only_in_the_rows_that_fail():
    rows = list(range(1, 40))
    copied = FormulaGroup("S", 3, rows, (), (), ("=SUM(A", 0, ":A20)"), False, False)
    values, refused = computed([copied])
    assert refused == {(row, 3) for row in rows if row > 20}
    assert values[1, 3] == 5.0


class Faulty:
    """A formualizer workbook that fails as it sometimes does."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def __getitem__(self, name: str) -> Any:
        return self.inner[name]


def test_a_panic_is_survived():
    class Panic(BaseException):
        pass

    class Panicking(Faulty):
        bad = False

        def set_formulas_batch(self, sheet: str, row: int, column: int, texts: list) -> None:
            self.bad = self.bad or any("BOOM" in text for line in texts for text in line)
            self.inner.set_formulas_batch(sheet, row, column, texts)

        def evaluate_all(self) -> None:
            if self.bad:
                raise Panic
            self.inner.evaluate_all()

    def make() -> FormualizerEngine:
        engine = FormualizerEngine()
        engine._book = Panicking(engine._book)
        return engine

    calculator = Calculator(make, lambda engine: None, load, ["S"])
    groups = group(3, ["=A1+1", "=BOOM()", "=A2+1"])
    calculator.compute(groups)
    assert [(one.column, row) for one, row in calculator.refused] == [(3, 2)]
    assert list(calculator.results(groups[2])) == [(3, 3, 4.0)]


def test_a_value_that_cannot_be_read_hides_no_other():
    class Unreadable(Faulty):
        def __getitem__(self, name: str) -> Any:
            return self

        def get_values(self, area: Any) -> list:
            if area.start_row <= 2 <= area.end_row:
                raise RuntimeError("PyObject pointer is null")
            return self.inner["S"].get_values(area)

    engine = FormualizerEngine()
    calculator = Calculator(lambda: engine, lambda engine: None, load, ["S"])
    copied = FormulaGroup("S", 3, [1, 2], (), (), ("=A", 0, "*2"), False, False)
    calculator.compute([copied])
    engine._book = Unreadable(engine._book)
    assert list(calculator.results(copied)) == [(1, 3, 4.0), (2, 3, Failure("other"))]


def test_known_functions_are_told_from_unknown_ones():
    assert known_function("SUM")
    assert known_function("XLOOKUP")
    assert known_function("NA")
    assert not known_function("CSAT")
    assert not known_function("客户函数")
    assert not known_function("A B")


def test_stretches_of_rows():
    assert list(runs([1])) == [(1, 1)]
    assert list(runs([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]


def test_a_sheet_may_have_the_name_of_the_spare_one():
    values, refused = {}, None
    calculator = Calculator(FormualizerEngine, lambda engine: None, load, ["CSM-XL"])
    block = FormulaGroup("S", 3, [1], (), (), ("=SEQUENCE(9000)",), False, False, (1, 3, 9000, 3))
    calculator.compute([block])
    refused = calculator.refused
    values = {row: value for row, _, value in calculator.results(block)}
    assert refused == []
    assert (values[1], values[8001], values[9000]) == (1.0, 8001.0, 9000.0)
