"""What cannot be computed keeps its value, is listed with the reason, and harms nothing else."""

from __future__ import annotations

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.calc.kept_reasons import Why
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.language import use_language

TABLES = [("T", "Sheet1", "A1:B2", ["a", "b"])]
NAMES = {
    "outside": "[1]Sheet1!$A$1",
    "endless": "endless+1",
    "ping": "pong",
    "pong": "ping",
    "twice": "_xlfn.LAMBDA(_xlpm.x,_xlpm.x*2)",
    "broken": "1+",
}
HELD = 42.0


def kept(formula: str, **more) -> tuple[Why, str]:
    book = MemoryWorkbook(
        {
            "A1": "a",
            "B1": "b",
            "A2": "text",
            "B2": 5,
            "T1": Formula(formula, HELD, more.pop("block", None), more.pop("kind", "plain")),
            "T9": Formula("=T1*2", 84.0),
            "U9": Formula('=IFERROR(T9,"caught")', "as it was"),
            "V9": "=B2*2",
        },
        tables=TABLES,
        names=NAMES,
        **more,
    )
    report = calculate(book)
    assert [entry.cell for entry in report.kept] == ["Sheet1!T1", "Sheet1!T9", "Sheet1!U9"]
    assert [book["T1"], book["T9"], book["U9"]] == [HELD, 84.0, "as it was"]
    assert book["V9"] == 10.0
    assert report.kept[1].why is report.kept[2].why is Why.DEPENDS
    assert str(report.kept[1].reason.en) == "It depends on Sheet1!T1."
    return report.kept[0].why, report.kept[0].reason.en


@pytest.mark.parametrize(
    "formula",
    [
        "=[1]Sheet1!A1*2",
        "='[2]Other sheet'!$A:$A",
        r"='C:\my books\[b.xlsx]S'!A1",
        "=SUM([1]Sheet1!A1:A3)",
        "=IFERROR([1]Sheet1!A1,0)",
        "=IF(TRUE,1,[1]Sheet1!A1)",
        "=[1]!rate",
        "='prices.xlsx'!rate",
        "=[1]!Discount(B2)",
        "='tools.xlam'!Discount(B2)",
        "=[1]!T[a]",
        "=outside+1",
    ],
)
def test_another_workbook_is_not_opened(formula):
    why, reason = kept(formula)
    assert why is Why.EXTERNAL
    assert reason.startswith("It refers to another workbook")


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("=MYUDF(A2)", "MYUDF"),
        ("=IFERROR(_xlfn.WEBSERVICE(A2),0)", "WEBSERVICE"),
        ('=RTD("a",,"b")', "RTD"),
        ('=GETPIVOTDATA("a",$A$1)', "GETPIVOTDATA"),
        ("=_xll.BDP(A2)", "BDP"),
        ("=_xludf.DUMMY(1)", "DUMMY"),
        ("=twice(2)", "TWICE"),
        ("=SUM(_xlfn.MAP(B2,_xlfn.LAMBDA(_xlpm.x,_xlpm.x)))", "MAP"),
        ("=我的函数(A2)", "我的函数"),
    ],
)
def test_an_unknown_function_is_named(formula, name):
    assert kept(formula) == (Why.FUNCTION, f"The function {name} is not known outside Excel.")


@pytest.mark.parametrize(
    ("formula", "why", "reason"),
    [
        ("=nowhere+1", Why.NAME, "The workbook defines no name nowhere."),
        ("=endless", Why.NAME, "The name endless is defined by itself."),
        ("=SUM(ping)", Why.NAME, "The name ping is defined by itself."),
        ("=broken", Why.SYNTAX, "The formula ends too early."),
        ("=Nowhere!A1", Why.REFERENCE, "There is no sheet Nowhere."),
        ("=SUM(Sheet1:Nowhere!A1)", Why.REFERENCE, "There is no sheet Nowhere."),
        ("=SUM(Nothing[a])", Why.REFERENCE, "There is no table Nothing."),
        ("=SUM(T[c])", Why.REFERENCE, "The table T has no column c."),
        ("=[@a]", Why.REFERENCE, "There is no table [@a]."),
        ("=SUM(1,2", Why.SYNTAX, "The formula ends too early."),
        ("=1 2", Why.SYNTAX, "The formula cannot be read from character 3 on: 2"),
        ("=", Why.SYNTAX, "The formula ends too early."),
        ("=" + "(" * 999 + "1" + ")" * 999, Why.SYNTAX, None),
        ("=of:=SUM([.A1])", Why.SYNTAX, None),
    ],
)
def test_what_is_not_there_is_named(formula, why, reason):
    found = kept(formula)
    assert found[0] is why
    assert reason is None or found[1] == reason


@pytest.mark.parametrize(
    "formula",
    [
        '=CELL("filename",A1)',
        "=_xlfn.FORMULATEXT(A1)",
        "=_xlfn.SHEET()",
        "=_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(3)",
        "=AREAS((A1:A2,B1))+INDEX((A1:A2,B1),1,1,2)",
        "=LARGE((A1:A2,B2),1)",
        "=INDEX(A1:B2,0,1) A2:B2",
        '=TEXT(B2,"0.00E+00")',
        '=TEXT(B2,"# ?/?")',
        "=TEXT(B2,A2)",
        '=DATEDIF(1,B2,"md")',
        "=MATCH(5,B1:B2,-1)",
        "=#GETTING_DATA",
        "=SUM(OFFSET(A1,{0,1},0))",
        "=AGGREGATE(14,6,B2:B2,1)",
    ],
)
def test_what_only_excel_can_compute_is_left_to_it(formula):
    why, reason = kept(formula)
    assert why in (Why.UNSUPPORTED, Why.FUNCTION)
    assert reason.endswith(("only Excel can calculate.", "outside Excel."))


def test_a_data_table_keeps_its_values():
    assert kept("", block="T1:T3", kind="data_table")[0] is Why.UNSUPPORTED


def test_ranges_of_different_sizes_are_left_to_excel():
    assert kept("=B1:B3+B1:B2", block="T1:T3")[0] is Why.UNSUPPORTED


@pytest.mark.parametrize(
    ("formula", "by_hand", "by_filter"),
    [
        ("=SUBTOTAL(9,A1:A4)", 15, 11),
        ("=SUBTOTAL(109,A1:A4)", 11, 11),
        ("=SUBTOTAL(103,A:A)", 3, 3),
        ("=SUBTOTAL(2,A1:A2,A3:A4)", 4, 3),
        ("=AGGREGATE(9,5,A1:A4)", 11, 11),
        ("=AGGREGATE(4,4,A1:A4)", 8, 8),
    ],
)
def test_a_subtotal_counts_the_rows_that_are_shown(formula, by_hand, by_filter):
    cells = {"A1": 1, "A2": 2, "A3": 4, "A4": 8, "B1": formula}
    for filtered, expected in ((False, by_hand), (True, by_filter)):
        book = MemoryWorkbook(cells, hidden_rows={"Sheet1": {3}}, filtered=filtered)
        assert calculate(book).kept == []
        assert book["B1"] == expected


def test_a_computed_choice_of_rows_that_are_shown_is_left_to_excel():
    why, _ = kept("=SUBTOTAL(B2+4,B1:B5)", hidden_rows={"Sheet1": {4}})
    assert why is Why.UNSUPPORTED


@pytest.mark.parametrize(
    "formula",
    ["=MATCH(4,A1:A4)", "=VLOOKUP(4,A1:B4,2)", "=LOOKUP(4,A1:A4,B1:B4)", "=VLOOKUP(4,A:B,2,TRUE)"],
)
def test_a_near_search_needs_cells_in_order(formula):
    rows = {"B1": 10, "B2": 20, "B3": 30, "B4": 40}
    ordered = MemoryWorkbook(rows | {"A1": 1, "A2": 3, "A3": 5, "A4": 7, "T1": formula})
    assert calculate(ordered).kept == []
    assert ordered["T1"] == (2 if "MATCH" in formula else 20)
    mixed = MemoryWorkbook(
        rows | {"A1": 5, "A2": 1, "A3": "=3+0", "A4": 7, "T1": Formula(formula, HELD)}
    )
    assert [entry.cell for entry in calculate(mixed).kept] == ["Sheet1!T1"]
    assert mixed["T1"] == HELD


def test_a_near_search_passes_over_a_title():
    book = MemoryWorkbook({"A1": "from", "A2": 1, "A3": 5, "T1": "=MATCH(4,A:A)"})
    assert calculate(book).kept == []
    assert book["T1"] == 2.0


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("1,234", "=A1*2"),
        ("$5", "=A1+1"),
        ("2024年5月6日", "=A1+1"),
        ("5 May 2024", "=MONTH(A1)"),
        ("1,234", "=IFERROR(A1*2,0)"),
        ("$5", "=IF(ISERROR(A1+1),0,1)"),
        ("5 May 2024", '=IFERROR(MONTH(A1),"")'),
    ],
)
def test_a_text_that_excel_may_read_as_a_number_is_left_to_excel(text, formula):
    book = MemoryWorkbook({"A1": text, "B1": Formula(formula, HELD), "C1": "=A1&1"})
    assert [entry.cell for entry in calculate(book).kept] == ["Sheet1!B1"]
    assert book["B1"] == HELD


@pytest.mark.parametrize("text", ["n/a", "none", "客户", "A-12b", "x"])
def test_a_text_that_is_no_number_makes_an_error_as_in_excel(text):
    book = MemoryWorkbook({"A1": text, "B1": Formula("=A1*2", HELD)})
    assert calculate(book).kept == []
    assert book["B1"] == ErrorValue("#VALUE!")


@pytest.mark.parametrize(
    ("text", "number"),
    [("$1,234.50", 1234.5), ("(5)", -5), ("￥3", 3), ("12%", 0.12), (" 7 ", 7), ("-1,000", -1000)],
)
def test_value_reads_amounts(text, number):
    book = MemoryWorkbook({"A1": text, "B1": "=VALUE(A1)"})
    assert calculate(book).kept == []
    assert book["B1"] == pytest.approx(number)


def test_an_error_newer_than_the_calculator_is_not_turned_into_another():
    book = MemoryWorkbook(
        {"A1": ErrorValue("#FIELD!"), "B1": Formula("=A1", ErrorValue("#FIELD!")), "C1": "=1+1"}
    )
    assert [entry.cell for entry in calculate(book).kept] == ["Sheet1!B1"]
    assert book["B1"] == "#FIELD!"


def test_dependents_are_found_through_ranges_names_tables_and_other_sheets():
    book = MemoryWorkbook(
        {
            "One": {
                "A1": "a",
                "A2": Formula("=[1]S!A1", 3.0),
                "B1": Formula("=SUM(One!A:A)", 3.0),
                "B2": Formula("=SUM(T[a])", 3.0),
                "B3": Formula("=SUM(named)", 3.0),
                "B4": Formula("=SUM(1:3)", 9.0),
                "C9": "=COUNT(A3:A9)",
            },
            "Two": {"A1": Formula("=One!B3*2", 6.0), "A2": Formula("=SUM(One:Two!B1)", 3.0)},
        },
        tables=[("T", "One", "A1:A3", ["a"])],
        names={"named": "One!$A$2:$A$3"},
    )
    report = calculate(book)
    assert {entry.cell for entry in report.kept} == {
        *("One!A2", "One!B1", "One!B2", "One!B3", "One!B4", "Two!A1", "Two!A2"),
    }
    assert book["One!C9"] == 0.0
    assert book["Two!A1"] == 6.0


def test_formulas_in_a_circle_are_named_and_kept():
    book = MemoryWorkbook(
        {
            "A1": Formula("=B1+1", 1.0),
            "B1": Formula("=C1", 2.0),
            "C1": Formula("=A1*2", 3.0),
            "D1": Formula("=A1", 4.0),
            "E1": Formula("=SUM(E1:E3)", 5.0),
            "F1": Formula('=IFERROR(A1,"caught")', "as it was"),
            "G1": "=1+1",
        }
    )
    report = calculate(book)
    assert report.circular == [["Sheet1!A1", "Sheet1!B1", "Sheet1!C1"], ["Sheet1!E1"]]
    assert [book[c] for c in ("A1", "B1", "C1", "D1", "E1", "F1", "G1")] == [
        *(1.0, 2.0, 3.0, 4.0, 5.0, "as it was", 2.0),
    ]
    reasons = {entry.cell: (entry.why, entry.reason) for entry in report.kept}
    assert reasons["Sheet1!B1"][0] is Why.CIRCULAR
    with use_language("zh"):
        assert str(reasons["Sheet1!A1"][1]) == "公式之间循环引用：Sheet1!A1, Sheet1!B1, Sheet1!C1。"
    assert reasons["Sheet1!D1"][0] is reasons["Sheet1!F1"][0] is Why.DEPENDS


def test_a_circle_that_no_branch_closes_is_none():
    book = MemoryWorkbook({"A1": "=IF(TRUE,5,B1)", "B1": "=A1*2"})
    report = calculate(book)
    assert report.circular == report.kept == []
    assert [book["A1"], book["B1"]] == [5.0, 10.0]


def test_a_circle_through_a_kept_formula_harms_nobody():
    book = MemoryWorkbook(
        {"A1": Formula("=[1]S!A1+B1", 1.0), "B1": Formula("=A1", 2.0), "C1": "=2+2"}
    )
    report = calculate(book)
    assert {entry.cell for entry in report.kept} == {"Sheet1!A1", "Sheet1!B1"}
    assert book["C1"] == 4.0


def test_what_reads_a_kept_cell_through_indirect_is_found():
    book = MemoryWorkbook(
        {
            "A1": Formula("=[1]S!A1", 3.0),
            "A2": 2,
            "B1": Formula('=INDIRECT("A1")', 3.0),
            "B2": '=INDIRECT("A2")',
            "B3": Formula("=SUM(OFFSET(A3,-2,0,2,1))", 5.0),
            "B4": "=SUM(OFFSET(A2,0,0,2,1))",
            "B5": '=COUNTA(INDIRECT("A1:A"&2))',
            "B6": Formula('=IFERROR(INDIRECT("A"&1),9)', 3.0),
            "B7": Formula("=B1+1", 4.0),
        }
    )
    report = calculate(book)
    cells = {entry.cell for entry in report.kept}
    assert cells == {f"Sheet1!{c}" for c in ("A1", "B1", "B3", "B6", "B7")}
    # However many cells there are does not depend on what they hold.
    assert [book["B2"], book["B4"], book["B5"]] == [2.0, 2.0, 2.0]
    assert [book["B1"], book["B3"], book["B6"]] == [3.0, 5.0, 3.0]


def test_kept_formulas_are_listed_in_the_order_of_the_workbook():
    book = MemoryWorkbook(
        {"Z": {"B9": "=X()", "A9": "=X()", "A10": "=X()"}, "A": {"A1": "=X()", "A2": "=Z!A9"}}
    )
    order = [entry.cell for entry in calculate(book).kept]
    assert order == ["Z!A9", "Z!B9", "Z!A10", "A!A1", "A!A2"]


def test_a_long_column_of_dependents_is_followed_to_its_end():
    rows = 400
    cells: dict = {"A1": Formula("=[1]S!A1", 1.0), "C1": 1}
    cells |= {f"A{row}": Formula(f"=A{row - 1}+1", float(row)) for row in range(2, rows)}
    cells |= {f"C{row}": f"=C{row - 1}+1" for row in range(2, rows)}
    book = MemoryWorkbook(cells)
    report = calculate(book)
    assert len(report.kept) == rows - 1
    assert book[f"A{rows - 1}"] == book[f"C{rows - 1}"] == rows - 1
