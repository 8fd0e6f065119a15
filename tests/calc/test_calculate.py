"""Formulas of a workbook computed: values, names, tables, dates, what formulas mean in Excel."""

from __future__ import annotations

import datetime

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.workbook_model import ErrorValue

DATA = {
    "A1": 1,
    "B1": 2,
    "C1": "x",
    "D1": True,
    "A2": 4,
    "B2": 5,
    "C2": "y",
    "D2": False,
    "E2": 7,
    "B3": 8,
    "C3": "",
    "D3": "a",
    "E3": 10,
    "A4": 0.1,
    "A5": 0.2,
    "A6": 0.3,
}
OTHER = {"A1": 10, "B1": 20, "A2": 30, "B2": 40}
TABLES = [
    ("Sales", "Sheet1", "A1:C3", ["qty", "unit price [€]", "note"]),
    ("客户", "客户 表", "A1:B4", ["姓名", "评分"], 1),
]
NAMES = {
    "rate": "0.25",
    "prices": "Sheet1!$B$1:$B$3",
    "Sheet1!here": "Sheet1!$B$2",
    "客户 表!here": "'客户 表'!$B$2",
    "left": "Sheet1!XFD1",
    "filled": "OFFSET(Sheet1!$A$1,0,0,COUNT(Sheet1!$A:$A),1)",
    "levels": "{1,2,3}",
    "cubes": "prices^3",
    "two": "Sheet1!$A$1:$A$2,Sheet1!$B$1",
    "greeting": '"hello"',
}


def workbook(formula: str, cell: str = "T2", **more) -> MemoryWorkbook:
    return MemoryWorkbook(
        {
            "Sheet1": DATA | {cell: formula},
            "客户 表": {"A1": "姓名", "B1": "评分", "A2": "Ann", "B2": 5, "B3": 3, "B4": 99},
            "O'Neil": OTHER,
            "Last": OTHER,
        },
        tables=TABLES,
        names=NAMES,
        **more,
    )


def value(formula: str, cell: str = "T2", **more):
    book = workbook(formula, cell, **more)
    report = calculate(book, now=datetime.datetime(2024, 5, 6, 7, 8, 9))
    assert report.kept == [], report.kept[0].reason.en
    assert report.calculated == 1
    return book[cell]


def error(code: str) -> tuple[type, str]:
    return ErrorValue, code


def outcome(formula: str, cell: str = "T2", **more):
    got = value(formula, cell, **more)
    return error(got.code) if isinstance(got, ErrorValue) else got


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=SUM(A1:B2)/COUNT(B1:B3)", 4.0),
        ("=-2^2", 4.0),
        ("=50%*A2", 2.0),
        ('=IF(A1>5,"more","less")', "less"),
        ("=IF(A1>5,1)", False),
        ("=D1", True),
        ('=""', ""),
        ('=A2&"-"&C1&TRUE', "4-xTRUE"),
        ("=1/0", error("#DIV/0!")),
        ("=C1+1", error("#VALUE!")),
        ('=VLOOKUP("nobody",C1:D3,2,FALSE)', error("#N/A")),
        ("=SQRT(-1)", error("#NUM!")),
        ("=SUM(A1:A3,#REF!)", error("#REF!")),
        ("=Sheet1!#REF!+1", error("#REF!")),
        ("=#REF!A1", error("#REF!")),
        ("=#N/A", error("#N/A")),
        ("=IFERROR(1/0,-1)", -1.0),
        ("=SUM(1,2,)", 3.0),
        ("=IF(A1,,3)", 0.0),
        ("=_xlfn.CONCAT(C1:C2)", "xy"),
        ("=_xlfn.XLOOKUP(4,A1:A3,B1:B3)", 5.0),
        ("=_xlfn.LET(_xlpm.x,A2,_xlpm.x*_xlpm.x)", 16.0),
        ("=SUM(B2:A1)", 12.0),
        ("=ROW()*100+COLUMN()", 220.0),
        ("=ROW(T2)", 2.0),
        ("=ROWS(A:A)", 1048576.0),
    ],
)
def test_formulas_are_computed(formula, result):
    assert outcome(formula) == result


@pytest.mark.parametrize("formula", ["=A9", "=IF(TRUE,A9)", "=INDEX(A7:A9,2)", "=Last!Z9"])
def test_a_formula_that_gives_a_blank_gives_0(formula):
    assert value(formula) == 0.0


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("='O''Neil'!A1+Last!B2", 50.0),
        ("=SUM('客户 表'!B2:B3)", 8.0),
        ("='客户 表'!b2", 5.0),
        ("=LAST!A1", 10.0),
        ("=SUM('O''Neil:Last'!A1:B1)", 60.0),
        ("=SUM(Sheet1:Last!A1)", 21.0),
        ("=SUM((A1:A2,B1:B2))", 12.0),
        ("=SUM(A1:B2 B1:C3)", 7.0),
        ("=A1:B2 B2:B3", 5.0),
        ("=A1:A2 C1:C2", error("#NULL!")),
        ("=SUM(Sheet1!A1:Sheet1!A2)", 5.0),
        ("=SUM(A1:INDEX(B1:B3,2))", 12.0),
        ("=SUM(B:B)", 15.0),
        ('=INDIRECT("B"&2)', 5.0),
        ('=INDIRECT("Last!A"&2)', 30.0),
        ("=SUM(OFFSET(A1,0,1,3,1))", 15.0),
        ("=INDEX(A1:B3,0,2)", 5.0),
    ],
)
def test_references_mean_what_they_mean_in_excel(formula, result):
    assert outcome(formula) == result


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=rate*4", 1.0),
        ("=SUM(prices)", 15.0),
        ("=prices*2", 10.0),
        ("=here", 5.0),
        ("='客户 表'!here", 5.0),
        ("=[0]!rate", 0.25),
        ("=left&greeting", "hello"),
        ("=SUM(filled)", 5.3),
        ("=SUM(levels)", 6.0),
        ("=SUM(cubes)", 645.0),
        ("=SUM(two)", 7.0),
        ("=IF(rate>0.2,greeting,0)", "hello"),
        ("=LET(rate,2,rate*3)", 6.0),
    ],
)
def test_defined_names_stand_for_what_they_are_defined_as(formula, result):
    assert value(formula) == pytest.approx(result)


def test_a_sheets_own_name_goes_before_the_workbooks():
    book = MemoryWorkbook(
        {"One": {"A1": "=x", "B1": "=Two!x"}, "Two": {"A1": "=x"}},
        names={"x": "1", "Two!x": "2"},
    )
    calculate(book)
    assert [book["One!A1"], book["One!B1"], book["Two!A1"]] == [1.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=SUM(Sales[qty])", 4.0),
        ("=SUM(Sales[unit price '[€']])", 13.0),
        ("=Sales[[#This Row],[unit price '[€']]]*2", 10.0),
        ("=Sales[@qty]+1", 5.0),
        ("=SUM(Sales[[#This Row],[qty]:[unit price '[€']]])", 9.0),
        ("=SUM(Sales[@])", 9.0),
        ("=COUNTA(Sales[#All])", 8.0),
        ("=COUNTA(Sales[])", 5.0),
        ("=SUM(Sales)", 17.0),
        ("=SUM(Sales[[qty]:[note]])", 17.0),
        ("=COUNT(Sales[[#Headers],[#Data],[qty]])", 2.0),
        ("=SUM(客户[评分])", 8.0),
        ("=SUM(客户[[#Totals],[评分]])", 99.0),
        ("=客户[[#Headers],[评分]]", "评分"),
        ("=Sales[[#Totals],[qty]]", error("#REF!")),
        ("=客户[@评分]", error("#VALUE!")),
        ("=IF(SUM(Sales[qty])>3,MAX(客户[评分]),0)", 5.0),
    ],
)
def test_structured_references_mean_parts_of_tables(formula, result):
    assert outcome(formula) == result


def test_a_bare_column_means_the_table_that_the_formula_stands_in():
    book = MemoryWorkbook(
        {"A1": "qty", "B1": "price", "C1": "sum", "A2": 2, "B2": 3, "C2": "=[@qty]*[@price]"},
        tables=[("T", "Sheet1", "A1:C2", ["qty", "price", "sum"])],
    )
    calculate(book)
    assert book["C2"] == 6.0


def test_a_header_with_a_line_break_is_found():
    book = MemoryWorkbook(
        {"A1": "first\nsecond", "A2": 2, "C1": "=SUM(T[first\nsecond])"},
        tables=[("T", "Sheet1", "A1:A2", ["first\nsecond"])],
    )
    calculate(book)
    assert book["C1"] == 2.0


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=A1:A3", 4.0),
        ("=A1:A3*2", 8.0),
        ("=SUM(A1:A3*2)", 8.0),
        ("=ABS(A1:A3)", 4.0),
        ("=IF(A1:A3>2,1,0)", 1.0),
        ("=@A1:A3", 4.0),
        ("=_xlfn.SINGLE(A1:A3)", 4.0),
        ("=Sales[qty]", 4.0),
        ("=A5:A6*2", error("#VALUE!")),
        ("=A1:B3", error("#VALUE!")),
        ("=SUMPRODUCT(A1:A2*B1:B2)", 22.0),
        ("={7,8,9}", 7.0),
        ("=SUM({1,2;3,4}*2)", 20.0),
        ("=_xlfn._xlws.SORT(B1:B3,1,-1)", 8.0),
        ("=TRANSPOSE(B1:B3)", 2.0),
        ("=AND(A1:A2>0)", True),
    ],
)
def test_a_plain_formula_gives_one_value_as_in_excel(formula, result):
    book = workbook(formula)
    calculate(book)
    got = book["T2"]
    assert (error(got.code) if isinstance(got, ErrorValue) else got) == result
    assert book.filled() == {"Sheet1!T2"}


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=A4+A5=A6", True),
        ("=A6=A4+A5", True),
        ("=A4+A5<>A6", False),
        ("=A4+A5>A6", False),
        ("=A4+A5<=A6", True),
        ('=IF(A4+A5-A6=0,"ties","off")', "ties"),
        ("=A4=A5", False),
        ("=A1<A2", True),
        ("=A4*3>=0.3", True),
        ("=A4*3>0.3", False),
        ("=A4*3<=0.3", True),
        ("=0.3<A4*3", False),
        ("=A4*3=0.3", True),
        ("=0.3<>A4*3", False),
        ("=A2>=4", True),
        ("=A2>4", False),
        ("=5>A2", True),
        ("=C1>1", True),
        ("=D1>5", True),
        ("=A9<0.5", True),
        ("=A5-A4-A4=0", True),
        ('=IF(A1-"1"=0,"zero","more")', "zero"),
        ("=A2-B2<0", True),
        ('=A9=""', True),
        ("=A9=0", True),
        ("=A9=B9", True),
        ("=C3=A9", True),
        ('="X"=C1', True),
        ("=D1=1", False),
    ],
)
def test_numbers_compare_by_15_digits_and_texts_in_any_case(formula, result):
    assert value(formula) == result


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ('=A4+A5&""', "0.3"),
        ('="one third: "&A1/3', "one third: 0.333333333333333"),
        ("=CONCATENATE(1/3,C1)", "0.333333333333333x"),
        ('=2^50&""', "1.12589990684262E+15"),
        ('=45000&""', "45000"),
    ],
)
def test_a_number_in_a_text_has_at_most_15_digits(formula, result):
    assert value(formula) == result


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("=TODAY()", 45418.0),
        ("=NOW()-TODAY()", pytest.approx(0.2973263)),
        ("=DATE(2024,2,29)", 45351.0),
        ('=TEXT(DATE(2024,2,29),"yyyy-mm-dd")', "2024-02-29"),
        ("=YEAR(45351.5)", 2024.0),
        ("=TIME(12,0,0)", 0.5),
        ("=DATE(2024,3,1)-DATE(2024,2,1)", 29.0),
    ],
)
def test_dates_are_serial_numbers_and_now_is_what_was_said(formula, result):
    assert value(formula) == result


def test_a_workbook_may_count_days_from_1904():
    book = MemoryWorkbook({"A1": "=DATE(2024,1,1)", "A2": "=YEAR(0)"}, date1904=True)
    calculate(book)
    assert [book["A1"], book["A2"]] == [43830.0, 1904.0]


def test_now_in_a_time_zone_is_the_local_time_there():
    book = MemoryWorkbook({"A1": '=TEXT(NOW(),"hh:mm")'})
    zone = datetime.timezone(datetime.timedelta(hours=8))
    calculate(book, now=datetime.datetime(2024, 5, 6, 7, 8, tzinfo=zone))
    assert book["A1"] == "07:08"


def test_errors_in_cells_are_handed_on():
    book = MemoryWorkbook(
        {
            "A1": ErrorValue("#N/A"),
            "A2": ErrorValue("#NAME?"),
            "A3": "#N/A",
            "B1": "=A1+1",
            "B2": "=A2",
            "B3": "=ISERROR(A3)",
            "B4": '=IFERROR(A1,"none")',
        }
    )
    assert calculate(book).kept == []
    assert isinstance(book["B1"], ErrorValue)
    assert [book["B1"], book["B2"], book["B3"], book["B4"]] == ["#N/A", "#NAME?", False, "none"]


def test_trim_takes_away_plain_spaces_only():
    texts = ["\u00a0b", "a\u3000", "  c\u00a0 d  e ", "tab\t", " ", 0.1 + 0.2, ErrorValue("#N/A")]
    trimmed = ["\u00a0b", "a\u3000", "c\u00a0 d e", "tab\t", "", "0.3", ErrorValue("#N/A")]
    cells: dict = {f"A{row}": text for row, text in enumerate(texts, 1)}
    cells |= {f"B{row}": f"=TRIM(A{row})" for row in range(1, 8)}
    book = MemoryWorkbook(cells | {"C1": Formula("=TRIM(A1:A7)", None, "C1:C7"), "D1": "=TRIM(D2)"})
    assert calculate(book).kept == []
    assert [book[f"B{row}"] for row in range(1, 8)] == trimmed
    assert [book[f"C{row}"] for row in range(1, 8)] == trimmed
    assert book["D1"] == ""


def test_a_text_longer_than_a_cell_is_an_error():
    book = MemoryWorkbook({"A1": '=REPT("x",32767)', "A2": '=A1&"y"'})
    calculate(book)
    assert (len(book["A1"]), book["A2"]) == (32767, ErrorValue("#VALUE!"))


def test_a_text_is_never_read_as_a_formula():
    book = MemoryWorkbook({"A1": Formula("=T(B1)")})
    book._constants["Sheet1"][1, 2] = '=WEBSERVICE("http://example.com")'
    calculate(book)
    assert book["A1"] == '=WEBSERVICE("http://example.com")'


def test_the_same_formula_down_a_column_is_computed_in_every_row():
    rows = 300
    cells: dict = {f"A{row}": row for row in range(2, rows)}
    cells |= {f"B{row}": f"=A{row}*10+$A$2+ROW()" for row in range(2, rows)}
    cells |= {f"C{row}": f"=N(C{row - 1})+A{row}" for row in range(2, rows)}
    cells |= {f"D{row}": f'=IF(A{row}>150,"D{row}","10")' for row in range(2, rows)}
    cells |= {f"E{row}": "=T[[#This Row],[a]]*2" for row in range(2, rows)}
    cells |= {f"F{row}": f"=SUM($A$2:A{row})" for row in range(2, rows)}
    book = MemoryWorkbook(cells, tables=[("T", "Sheet1", "A1:A200", ["a"])])
    assert calculate(book).calculated == 5 * (rows - 2)
    for row in range(2, rows):
        total = sum(range(2, row + 1))
        expected = [row * 11 + 2, total, f"D{row}" if row > 150 else "10", total]
        assert [book[f"{column}{row}"] for column in "BCDF"] == expected
        doubled = book[f"E{row}"]
        assert doubled == (row * 2 if row <= 200 else "#VALUE!")


def test_calculating_again_changes_nothing():
    book = workbook("=SUM(Sales[qty])*rate")
    calculate(book)
    first = book["T2"]
    calculate(book)
    assert book["T2"] == first == 1.0


@pytest.mark.parametrize("name", ["sheet1", "SHEET1", "Sheet1", "sheet2"])
def test_a_sheet_may_be_named_like_the_calculators_own_but_for_the_case(name):
    book = MemoryWorkbook(
        {
            "Other": {"A1": 2, "A2": f"={name}!B1+1"},
            name: {"A1": 5, "B1": "=A1*2", "B2": f"={name.swapcase()}!A1+Other!A1"},
        }
    )
    assert calculate(book).kept == []
    assert [book[f"{name}!B1"], book[f"{name}!B2"], book["Other!A2"]] == [10.0, 7.0, 11.0]
