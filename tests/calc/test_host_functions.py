"""csm-xl's functions get from the calculator what Excel would deliver through COM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.calc.host_functions import arguments_as_excel, result_rows
from csm_xl.errors import EXCEL_ERRORS, tagged
from csm_xl.formulas.workbook_model import ErrorValue

NA = EXCEL_ERRORS["#N/A"] - 2146828288
DIV = EXCEL_ERRORS["#DIV/0!"] - 2146828288
DATA = {
    "A1": "rating",
    "A2": 5,
    "A3": 4.5,
    "A4": "满意",
    "A5": True,
    "A7": ErrorValue("#N/A"),
    "B3": 1,
    "B4": "=1/0",
    "C3": 45000,
    "D9": "",
}


@dataclass(frozen=True)
class Parameter:
    optional: bool = False
    hidden: str | None = None


@dataclass
class Function:
    """Keeps the arguments of its calls and gives back what it was told."""

    result: Any = field(default_factory=lambda: [[1.0]])
    parameters: tuple[Parameter, ...] = (Parameter(), Parameter(True), Parameter(True))
    name: str = "ASKED"
    returns: str = "rows"
    received: list[tuple] = field(default_factory=list)

    def call(self, *arguments: Any) -> Any:
        self.received.append(arguments)
        return self.result(*arguments) if isinstance(self.result, Callable) else self.result


def run(formula: str, function: Function, cell: str = "T3", hidden=None, block=None, **more):
    book = MemoryWorkbook(
        {"Sheet1": DATA | {cell: Formula(formula, None, block)}, "Big": {"A3": 7, "B2": 8}}, **more
    )
    report = calculate(book, {"ASKED": function}, hidden)
    assert report.kept == []
    return book, report


def received(formula: str, **more) -> tuple:
    function = Function()
    run(formula, function, **more)
    (call,) = set(function.received)
    return call


@pytest.mark.parametrize(
    ("argument", "delivered"),
    [
        ("A2", 5.0),
        ("A2:A2", 5.0),
        ("A6", None),
        ("A4", "满意"),
        ("A5", True),
        ("A7", NA),
        ("B4", DIV),
        ("C3", 45000.0),
        ("D9", ""),
        ("A1:A3", (("rating",), (5.0,), (4.5,))),
        ("A3:C3", ((4.5, 1.0, 45000.0),)),
        ("A6:B7", ((None, None), (NA, None))),
        ("{1,2,3}", (1.0, 2.0, 3.0)),
        ("{1;2}", ((1.0,), (2.0,))),
        ("{1,2;3,4}", ((1.0, 2.0), (3.0, 4.0))),
        ('{1,"x",TRUE,#N/A}', (1.0, "x", True, NA)),
        ("1/0", DIV),
        ("#N/A", NA),
        ('"words"', "words"),
        ("A2*2", 10.0),
        ("Z1:Z3", ((None,), (None,), (None,))),
        ("Big!A3", 7.0),
        ("Big!A2:B3", ((None, 8.0), (7.0, None))),
        ("(A2:A3)", ((5.0,), (4.5,))),
        ("INDEX(A1:C3,3,0)", ((4.5, 1.0, 45000.0),)),
        ("OFFSET(A2,0,0,2,1)", ((5.0,), (4.5,))),
        ("IF(TRUE,A2:A3)", ((5.0,), (4.5,))),
        ("A2:A4 A3:C3", 4.5),
    ],
)
def test_arguments_arrive_as_through_com(argument, delivered):
    first, *others = received(f"=ASKED({argument})")
    assert first == delivered
    assert type(first) is type(delivered)
    assert others == [None, None]


def test_numbers_arrive_as_floats_and_truth_values_as_such():
    first, *_ = received("=ASKED(A2:A5)")
    assert [type(row[0]) for row in first] == [float, float, str, bool]


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        ("=ASKED(A2)", (5.0, None, None)),
        ("=ASKED(A2,)", (5.0, None, None)),
        ("=ASKED(A2,,3)", (5.0, None, 3.0)),
        ("=ASKED(A2,0)", (5.0, 0.0, None)),
        ("=asked(A2)", (5.0, None, None)),
        ("=_xludf.ASKED(A2)", (5.0, None, None)),
        ("=IF(A2=5,ASKED(A3),0)", (4.5, None, None)),
    ],
)
def test_an_argument_left_out_is_none(formula, arguments):
    assert received(formula) == arguments


def test_a_computed_row_is_flat_and_a_row_of_cells_is_not():
    assert received("=ASKED(A3:C3*1)", block="T3:T3")[0] == (4.5, 1.0, 45000.0)
    assert received("=ASKED(A3:C3)", block="T3:T3")[0] == ((4.5, 1.0, 45000.0),)


def test_a_plain_formula_computes_with_the_cell_beside_it():
    assert received("=ASKED(A2:A3*2)")[0] == 9.0


@pytest.mark.parametrize(
    ("formula", "delivered"),
    [
        ("=ASKED(A:A)", (("rating",), (5.0,), (4.5,), ("满意",), (True,), (None,), (NA,))),
        ("=ASKED(Big!A:A)", ((None,), (None,), (7.0,))),
        ("=ASKED(Big!A:B)", ((None, None), (None, 8.0), (7.0, None))),
        ("=ASKED(Z:Z)", ((None,),)),
        ("=ASKED(3:3)", None),
    ],
)
def test_a_whole_column_loses_blank_rows_at_the_bottom_but_none_at_the_top(formula, delivered):
    cell = "T3" if delivered else "T4"
    first = received(formula, cell=cell)[0]
    assert first == delivered if delivered else first[0][:3] == (4.5, 1.0, 45000.0)


def test_whole_columns_side_by_side_keep_one_length():
    first, second, _ = received("=ASKED(A:A,B:B)")
    assert len(first) == len(second) == 7
    assert second[2:5] == ((1.0,), (DIV,), (None,))


def test_a_bounded_range_keeps_its_blank_rows():
    assert len(received("=ASKED(Z1:Z9)")[0]) == 9


def test_hidden_arguments_are_filled_in_by_their_key():
    function = Function(
        parameters=(
            Parameter(),
            Parameter(hidden="model"),
            Parameter(True),
            Parameter(True, "lang"),
        )
    )
    run("=ASKED(A2,A3)", function, hidden={"model": "{json}"})
    assert function.received[0] == (5.0, "{json}", 4.5, None)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("=ASKED((A2:A3,C3))", "one range at a time"),
        ("=ASKED(Sheet1:Big!A2)", "one range at a time"),
        ("=ASKED(1,2,3,4)", "at most 3 arguments, not 4"),
        ("=ASKED()", "needs its argument 1"),
        ("=ASKED(,2)", "needs its argument 1"),
    ],
)
def test_a_call_that_excel_refuses_is_an_error_with_a_message(formula, said):
    function = Function()
    book, report = run(formula, function)
    assert function.received == []
    assert book["T3"] == ErrorValue("#VALUE!")
    assert said in report.messages[0].message


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([[2.5]], 2.5),
        ([["低"]], "低"),
        ([[""]], ""),
        ([[True]], True),
        ([[3]], 3.0),
        ([[tagged("#NUM!", "too big")]], ErrorValue("#NUM!")),
        ([[tagged("#DIV/0!", "nothing")]], ErrorValue("#DIV/0!")),
        ([[float("nan")]], ErrorValue("#NUM!")),
        ([[float("inf")]], ErrorValue("#NUM!")),
        ([], ErrorValue("#N/A")),
        ([["=1+1"]], "=1+1"),
    ],
)
def test_results_are_numbers_texts_truth_values_or_real_errors(rows, value):
    book, _ = run("=ASKED(A2)", Function(rows))
    assert book["T3"] == value
    assert type(book["T3"]) is type(value)


def test_rows_fill_a_block_and_errors_stand_in_their_places():
    rows = [[0.5, "low"], [tagged("#DIV/0!", "Row 2: no total."), "?"], ["", True]]
    book, report = run("=ASKED(A2)", Function(rows), block="T3:U5")
    values = [[book[f"{c}{r}"] for c in "TU"] for r in (3, 4, 5)]
    assert values == [[0.5, "low"], [ErrorValue("#DIV/0!"), "?"], ["", True]]
    (message,) = report.messages
    assert (message.sheet, message.row, message.column) == ("Sheet1", 3, 20)
    assert (message.function, message.error, message.message) == (
        *("ASKED", "#DIV/0!", "Row 2: no total."),
    )


def test_results_are_used_in_other_functions():
    function = Function([[1.0], [2.0], [3.0]])
    assert run("=SUM(ASKED(A2))", function)[0]["T3"] == 6.0
    assert run("=ASKED(A2)*10", function)[0]["T3"] == 10.0
    assert run("=INDEX(ASKED(A2),3)", function)[0]["T3"] == 3.0
    assert run('=IF(ASKED(A2)<2,"low","ok")', function)[0]["T3"] == "low"


def test_a_caught_error_has_no_message():
    function = Function([[tagged("#N/A", "no data")]])
    book, report = run('=IFERROR(ASKED(A2),"none")', function)
    assert book["T3"] == "none"
    assert report.messages == []


def test_each_cell_has_its_own_message():
    cells = {f"B{row}": f"=ASKED(A{row})" for row in range(1, 60)}
    cells |= {f"A{row}": row for row in range(1, 60)}
    function = Function(lambda x, *_: [[tagged("#NUM!", f"not {x:g}")]] if x % 2 else [[x]])
    book = MemoryWorkbook(cells)
    report = calculate(book, {"ASKED": function})
    assert {(m.row, m.column): m.message for m in report.messages} == {
        (row, 2): f"not {row}" for row in range(1, 60, 2)
    }
    assert [book["B1"], book["B2"], book["B58"]] == [ErrorValue("#NUM!"), 2.0, 58.0]


def test_a_function_that_gives_one_value_stays_one_value():
    function = Function([[2.0]], returns="value")
    book, _ = run("=ASKED(A2:A3)+1", function)
    assert book["T3"] == 3.0


def test_an_interruption_is_not_swallowed():
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calculate(MemoryWorkbook({"A1": "=ASKED(1)"}), {"ASKED": Function(interrupt)})


def test_a_fault_in_a_function_does_not_stop_the_others():
    def fault(*_):
        raise ZeroDivisionError("a fault")

    book = MemoryWorkbook({"A1": "=ASKED(1)", "A2": "=1+1"})
    calculate(book, {"ASKED": Function(fault)})
    assert [book["A1"], book["A2"]] == [ErrorValue("#VALUE!"), 2.0]


def test_an_own_function_goes_before_a_built_in_one_of_its_name():
    function = Function([[7.0]], name="MEDIAN")
    book = MemoryWorkbook({"A1": "=MEDIAN(1)"})
    calculate(book, {"MEDIAN": function})
    assert book["A1"] == 7.0


def test_arguments_and_results_are_turned_without_a_workbook():
    given = arguments_as_excel(Function(), "ra", ([[1.0], [None]], [[1.0, 2.0]]), {})
    assert given == [((1.0,), (None,)), (1.0, 2.0), None]
    found: list[tuple[str, str]] = []
    result_rows([[tagged("#NUM!", "same"), tagged("#NUM!", "same")]], found)
    assert found == [("#NUM!", "same")]
