"""Random formulas over random cells equal what a few lines of Python compute."""

from __future__ import annotations

import math
import re

import pytest
from hosts.formulas import formulas
from hosts.memory_workbook import Formula, MemoryWorkbook
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.addresses import cell_address, parse_block
from csm_xl.formulas.workbook_model import CellValue, ErrorValue

#: Constants stand in rows 1 to 6 of columns A to D.
CELLS = st.builds(lambda c, r: f"{c}{r}", st.sampled_from("ABCD"), st.integers(1, 6))
NUMBERS = st.one_of(st.integers(-99, 99), st.sampled_from([0.1, 0.25, 1e6, 2.5]))
VALUES = st.dictionaries(CELLS, NUMBERS, max_size=20)
RANGES = st.builds(lambda a, b: f"{a}:{b}", CELLS, CELLS)


def _formulas() -> st.SearchStrategy[str]:
    operand = st.one_of(CELLS, st.integers(0, 20).map(str), st.sampled_from(["0.5", "1E+2"]))

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        operator = st.sampled_from("+-*/")
        compared = st.builds("{}{}{}".format, inner, st.sampled_from([">", "<", ">=", "<>"]), inner)
        arguments = st.lists(st.one_of(inner, RANGES), min_size=1, max_size=3).map(",".join)
        return st.one_of(
            st.builds("({}{}{})".format, inner, operator, inner),
            st.builds("-{}".format, CELLS),
            st.builds("SUM({})".format, arguments),
            st.builds("IF({},{},{})".format, compared, inner, inner),
        )

    return st.recursive(operand, wider, max_leaves=10)


class _Number(float):
    """A float that compares by 15 digits, as numbers do in Excel."""

    def _close(self, other: float) -> bool:
        return abs(float(self) - float(other)) <= abs(float(other)) * 2**-48

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and self._close(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __lt__(self, other: float) -> bool:
        return float(self) < float(other) and not self._close(other)

    def __gt__(self, other: float) -> bool:
        return float(self) > float(other) and not self._close(other)

    def __ge__(self, other: float) -> bool:
        return not self < other

    def __add__(self, other: float) -> _Number:
        return _Number(float(self) + float(other))

    def __sub__(self, other: float) -> _Number:
        return _Number(float(self) - float(other))

    def __mul__(self, other: float) -> _Number:
        return _Number(float(self) * float(other))

    def __truediv__(self, other: float) -> _Number:
        return _Number(float(self) / float(other))

    def __neg__(self) -> _Number:
        return _Number(-float(self))

    __hash__ = float.__hash__


class _Divided(Exception):
    """Division by zero."""


def _by_python(formula: str, cells: dict[str, float]) -> float:
    """The formula as a Python expression; blanks are 0."""

    def cell(address: str) -> float:
        return _Number(cells.get(address, 0))

    def total(*items: float | list[float]) -> float:
        return _Number(
            math.fsum(v for item in items for v in (item if isinstance(item, list) else [item]))
        )

    def block(address: str) -> list[float]:
        r1, c1, r2, c2 = parse_block(address)
        return [cell(cell_address(r, c)) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)]

    expression = re.sub(r"[A-D]\d:[A-D]\d", lambda m: f"block('{m[0]}')", formula)
    expression = re.sub(r"(?<!')\b[A-D]\d\b(?!')", lambda m: f"cell('{m[0]}')", expression)
    expression = re.sub(r"(?<![\w'.+])(\d+(?:\.\d+)?(?:E\+\d+)?)(?!\w)", r"number(\1)", expression)
    expression = expression.replace("SUM(", "total(").replace("<>", "!=")
    try:
        names = {"cell": cell, "block": block, "total": total, "number": _Number}
        return eval(_lazy(expression), {"__builtins__": {}}, names)
    except ZeroDivisionError:
        raise _Divided from None


def _lazy(expression: str) -> str:
    """``IF(a,b,c)`` as Python's own conditional, so that only one branch is computed."""
    while "IF(" in expression:
        start = expression.rindex("IF(")
        depth, commas, end = 0, [], start + 2
        for end in range(start + 2, len(expression)):
            depth += {"(": 1, ")": -1}.get(expression[end], 0)
            if depth == 1 and expression[end] == ",":
                commas.append(end)
            if depth == 0:
                break
        condition = expression[start + 3 : commas[0]]
        yes, no = expression[commas[0] + 1 : commas[1]], expression[commas[1] + 1 : end]
        expression = (
            f"{expression[:start]}(({yes}) if ({condition}) else ({no})){expression[end + 1 :]}"
        )
    return expression


def _outcome(formula: str, cells: dict[str, float]) -> CellValue:
    book = MemoryWorkbook({**cells, "T9": "=" + formula})
    report = calculate(book)
    assert report.kept == []
    return book["T9"]


@settings(max_examples=150, deadline=None)
@given(_formulas(), VALUES)
def test_random_formulas_equal_python(formula, cells):
    got = _outcome(formula, cells)
    try:
        expected = _by_python(formula, cells)
    except _Divided:
        assert got == ErrorValue("#DIV/0!")
        return
    if got is False or got is True:
        assert got == expected
    else:
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.lists(_formulas(), min_size=2, max_size=6), VALUES)
def test_formulas_that_read_each_other_equal_python(formulas, cells):
    """Each formula's value becomes a constant for the next one."""
    book_cells: dict = dict(cells)
    known = dict(cells)
    for place, formula in enumerate(formulas):
        address = f"{'ABCD'[place % 4]}{place + 1}"
        # A formula may read only cells above its own, or a circle could close.
        rows_above = re.sub(
            r"([A-D])(\d)", lambda m, p=place: f"{m[1]}{min(int(m[2]), p) or 9}", formula
        )
        known.pop(address, None)
        try:
            known[address] = _by_python(rows_above, known)
        except _Divided:
            return
        book_cells[address] = "=" + rows_above
    book = MemoryWorkbook(book_cells)
    assert calculate(book).kept == []
    for address, formula in book_cells.items():
        if isinstance(formula, str):
            assert book[address] == pytest.approx(known[address], rel=1e-9, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(formulas())
def test_whatever_stands_in_a_cell_the_others_are_computed(formula):
    book = MemoryWorkbook(
        {
            "Sheet1": {
                "A1": 1,
                "A2": "评分",
                "B1": "text",
                "C1": True,
                "C2": ErrorValue("#N/A"),
                "T9": Formula("=" + formula, "held"),
                "T20": "=A1+1",
                "T21": "=SUM(A1:A2)",
            },
            "客户": {"A1": 2},
            "客户 表": {"A1": 3},
            "O'Neil": {"B2": 4},
        },
        tables=[("T", "客户", "A1:B3", ["评分", "a b", "it's", "x[1]", "#n"])],
        names={"rate": "0.5", "客户数": "Sheet1!$A$1:$A$9", "_x": "SUM(rate)", "TAX_1": "loop"},
    )
    report = calculate(book)
    assert book["T20"] == 2.0
    assert book["T21"] == 1.0
    assert book.filled() <= {"Sheet1!T9", "Sheet1!T20", "Sheet1!T21"}
    if report.kept:
        (entry,) = report.kept
        assert book["T9"] == "held"
        assert entry.reason.en.endswith((".", entry.formula)) or "character" in entry.reason.en
    else:
        assert report.calculated == 3
