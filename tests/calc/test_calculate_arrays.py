"""Array formulas fill their blocks, and nothing else does."""

from __future__ import annotations

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.addresses import cell_address, parse_block
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.functions import REGISTRY

COLUMNS = {"A": (1, -4, None), "B": (2, 5, 8), "C": ("x", "yy", ""), "D": (45000, 45100.5, 45365)}
DATA = {
    f"{letter}{row}": value
    for letter, values in COLUMNS.items()
    for row, value in enumerate(values, 1)
    if value is not None
}
NA = ErrorValue("#N/A")


def block(formula: str, ref: str) -> list[list[CellValue]]:
    first = ref.partition(":")[0]
    book = MemoryWorkbook(DATA | {first: Formula(formula, None, ref)})
    report = calculate(book)
    assert report.kept == [], report.kept[0].reason.en
    r1, c1, r2, c2 = parse_block(ref)
    cells = [[cell_address(r, c) for c in range(c1, c2 + 1)] for r in range(r1, r2 + 1)]
    assert book.filled() == {f"Sheet1!{cell}" for line in cells for cell in line}
    return [[book[cell] for cell in line] for line in cells]


@pytest.mark.parametrize(
    ("formula", "ref", "values"),
    [
        ("=B1:B3*2", "T1:T3", [[4.0], [10.0], [16.0]]),
        ("=A1:B2", "T1:U2", [[1.0, 2.0], [-4.0, 5.0]]),
        ("=A1:A3", "T1:T3", [[1.0], [-4.0], [0.0]]),
        ("=B1:B3", "T5:T6", [[2.0], [5.0]]),
        ("=B1:B3", "T1:T5", [[2.0], [5.0], [8.0], [NA], [NA]]),
        ("=B1:B2", "T1:U3", [[2.0, 2.0], [5.0, 5.0], [NA, NA]]),
        ("=A1:B1", "T1:V2", [[1.0, 2.0, NA], [1.0, 2.0, NA]]),
        ("=7", "T1:U2", [[7.0, 7.0], [7.0, 7.0]]),
        ('=""', "T1:T2", [[""], [""]]),
        ("=1/0", "T1:T2", [[ErrorValue("#DIV/0!")]] * 2),
        ("={1,2;3,4}", "T1:U2", [[1.0, 2.0], [3.0, 4.0]]),
        ("=TRANSPOSE(B1:B3)", "T1:V1", [[2.0, 5.0, 8.0]]),
        ("=SUM(B1:B3*B1:B3)", "T1:T1", [[93.0]]),
        ("=B1:B3", "T1:T1", [[2.0]]),
        ("=B1:B3*TRANSPOSE(B1:B2)", "T1:U3", [[4.0, 10.0], [10.0, 25.0], [16.0, 40.0]]),
        ("=1/(B1:B3-2)", "T1:T3", [[ErrorValue("#DIV/0!")], [1 / 3], [1 / 6]]),
        ("=IF(B1:B3>2,C1:C3,B1:B3)", "T1:T3", [[2.0], ["yy"], [""]]),
        ("=ROW(B2:B4)", "T1:T3", [[2.0], [3.0], [4.0]]),
        ("=COLUMN(B2:D2)", "T1:V1", [[2.0, 3.0, 4.0]]),
    ],
)
def test_an_array_formula_fills_exactly_its_block(formula, ref, values):
    assert block(formula, ref) == values


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=SUM(ABS(A1:A3))", 5.0),
        ("=SUM(LEN(C1:C3))", 3.0),
        ("=SUM(ROUND(B1:B3/3,1))", 5.1),
        ('=MAX(IF(C1:C3="x",B1:B3))', 2.0),
        ('=MATCH(1,(B1:B3=5)*(C1:C3="yy"),0)', 2.0),
        ("=SUM(IF(ISNUMBER(A1:A3),1,0))", 2.0),
        ("=SUM((MONTH(D1:D3)=3)*B1:B3)", 10.0),
        ("=SUM(LARGE(B1:B3,{1,2}))", 13.0),
        ('=SUM(COUNTIF(C1:C3,{"x","yy"}))', 2.0),
        ('=SUM(SUMIF(C1:C3,{"x","yy"},B1:B3))', 7.0),
        ('=SUM(MID("123",{1,2,3},1)*1)', 6.0),
        ('=SUM(VLOOKUP({"x","yy"},C1:D3,2,FALSE))', 90100.5),
        ("=SUM(--(FREQUENCY(B1:B3,B1:B3)>0))", 3.0),
        ("=SUM(ROW(1:3))", 6.0),
        ("=SUM(CHOOSE({1,2},B1,B2))", 7.0),
        ("=SUM(N(B1:B3>2))", 2.0),
        ("=SUM(YEAR(D1:D3)-2000)", 70.0),
        ('=SUM(IFERROR(FIND("y",C1:C3),0))', 1.0),
    ],
)
def test_functions_of_one_value_are_computed_for_each_cell(formula, result):
    assert block(formula, "T1:T1") == [[pytest.approx(result)]]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=SUMPRODUCT(--ISNUMBER(A1:C3))", 5.0),
        ('=SUMPRODUCT((YEAR(D1:D3)=2023)*(LEFT(C1:C3,1)="y")*B1:B3)', 5.0),
        ("=SUMPRODUCT(1/COUNTIF(B1:B3,B1:B3))", 3.0),
        ('=SUM(COUNTIF(C1:C3,{"x","yy"}))', 2.0),
        ("=SUMPRODUCT((B:B>2)*(A:A<>0))", 1.0),
    ],
)
def test_sumproduct_and_written_out_arrays_need_no_array_formula(formula, result):
    book = MemoryWorkbook(DATA | {"T1": formula})
    assert calculate(book).kept == []
    assert book["T1"] == pytest.approx(result)


def test_a_column_and_a_row_give_a_table():
    assert block("=POWER(B1:B3,{1,2})", "T1:U3") == [[2.0, 4.0], [5.0, 25.0], [8.0, 64.0]]


def test_formulas_read_the_cells_that_an_array_formula_fills():
    book = MemoryWorkbook(
        {
            "A1": "=SUM(C1:C3)",
            "A2": "=C2",
            "A3": "=SUM(C:C)",
            "B1": 10,
            "C1": Formula("=B1*{1;2;3}", None, "C1:C3"),
            "D1": Formula("=C1:C3+A2", None, "D1:D3"),
            "E1": "=SUM(D1#)",
            "E2": "=SUM(_xlfn.ANCHORARRAY(C1))",
        }
    )
    assert calculate(book).kept == []
    assert [book[c] for c in ("A1", "A2", "A3", "D3", "E1", "E2")] == [60, 20, 60, 50, 120, 60]


def test_a_block_larger_than_formualizer_lets_an_array_be_is_filled_all_the_same():
    rows = 12_345
    cells: dict = {f"A{row}": row for row in range(1, rows + 1)}
    cells["C1"] = Formula("=A1:A12345*{1,2}", None, f"C1:D{rows}")
    cells["F1"] = "=SUM(D1:D12345)"
    book = MemoryWorkbook(cells)
    assert calculate(book).kept == []
    assert [book["C1"], book["D1"], book["C12345"], book["D8001"]] == [1, 2, 12345, 16002]
    assert book["F1"] == rows * (rows + 1)


def test_a_plain_formula_never_fills_a_neighbour():
    cells = {
        "T1": "=B1:B3*{1,2}",
        "T5": "={1,2;3,4}",
        "T9": "=TRANSPOSE(B1:B3)",
        "V1": "=_xlfn.SEQUENCE(5,5)",
        "AA1": "=SATISFACTION(B1:B3,B1:B3)",
        "AC1": "=OFFSET(B1,0,0,3,2)",
        "AE1": '=INDIRECT("B1:C3")',
        "AG1": "=IF(TRUE,B1:C3)",
        "AI1": "=CHOOSE(1,B1:C3)",
        "AK1": "=INDEX(B1:C3,0,0)",
        "AM1": "=LET(x,B1:C3,x)",
    }
    book = MemoryWorkbook(DATA | cells)
    calculate(book, REGISTRY)
    assert book.filled() <= {f"Sheet1!{cell}" for cell in cells}


def test_a_broken_array_formula_keeps_its_whole_block():
    book = MemoryWorkbook(
        {"A1": Formula("=NOSUCH(B1:B2)", 5.0, "A1:A2"), "C1": Formula("=A2+1", 7.0)}
    )
    report = calculate(book)
    assert [kept.cell for kept in report.kept] == ["Sheet1!A1", "Sheet1!C1"]
    assert [book["A1"], book["A2"], book["C1"]] == [5.0, None, 7.0]
