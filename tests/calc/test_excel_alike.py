"""What Excel gives and the calculator alone would not: letters, dates as text, sizes of ranges, units.

The values are those of Microsoft's documentation, and of LibreOffice and IronCalc where both agree.
"""

from __future__ import annotations

import pytest
from hosts.memory_workbook import MemoryWorkbook

import csm_xl.calc.computation
from csm_xl.calc.calculate import calculate
from csm_xl.formulas.workbook_model import ErrorValue

VALUE, NA = ErrorValue("#VALUE!"), ErrorValue("#N/A")
CELLS = {
    "A1": "Köln",
    "A2": "KÖLN",
    "A3": "张三",
    "A4": "张三丰",
    "A6": "Oslo",
    "B1": 1,
    "B2": 2,
    "B3": 3,
    "B4": 4,
    "B6": 6,
    "C1": -1000,
    "C2": 300,
    "C3": 400,
    "C5": 500,
    "C6": "x",
    "D1": "2024-02-29",
    "D2": "13:45",
    "D3": "a-1",
    "D4": "A-1",
    "D5": "b",
    "E1": "0",
    "E2": 0,
    "E3": False,
    "H1": 45350,
    "H2": 45351,
    "H3": 45352,
    "I1": 0.2,
    "I2": 0.25,
}


def value_of(formula, block=None):
    book = MemoryWorkbook(CELLS | {"T10": formula})
    assert calculate(book).kept == []
    return book["T10"]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=LOWER(A2)", "köln"),
        ("=UPPER(A1)", "KÖLN"),
        ('=UPPER("straße")', "STRAßE"),
        ("=PROPER(A2)", "Köln"),
        ('=PROPER("2nd o\'neil")', "2Nd O'Neil"),
        ("=A1=A2", True),
        ("=A1<>A2", False),
        ('=A2="köln"', True),
        ('=IF(A2="köln",1,0)', 1),
        ('=IF("KÖLN"=A1,B1>0,0)', True),
        ("=EXACT(A1,A2)", False),
        ('="ä"<"b"', True),
        ('="Ä">"a"', True),
        ('=SUMPRODUCT((A1:A6="köln")*B1:B6)', 3),
        ('=SEARCH("ö",A2)', 2),
        ('=SEARCH("Ö?",A1)', 2),
        ('=SWITCH(A2,"köln",1,2)', 1),
        ('=COUNTIF(A1:A6,"K?LN")', 2),
        ('=COUNTIF(A1:A6,"张?")', 1),
        ('=SUMIF(A1:A6,"张??",B1:B6)', 4),
        ('=SUMIFS(B1:B6,A1:A6,"k?ln",B1:B6,">1")', 2),
        ('=SUM(COUNTIF(A1:A6,{"张?","K?LN"}))', 3),
        ('=COUNTIF(E1:E3,"<>0")', 2),
        ("=ROWS(UNIQUE(D3:D5))", 2),
        ('=SEARCH("~d","My dear")', 4),
        ('=SEARCH("~?","a?b")', 2),
        ("=REPT(TRUE,2)", "TRUETRUE"),
        ('=COUNTIF(A:A,"<>Oslo")', 1048575),
        ('=COUNTIF(A:A,"Oslo")', 1),
        ('=COUNTIF(A:A,"")', 1048571),
        ('=COUNTIFS(A:A,"<>Oslo",B:B,">1")', 3),
        ('=COUNTIF(H1:H3,">=2024-02-28")', 3),
        ('=COUNTIF(H1:H3,"2024-02-29")', 1),
        ('=COUNTIF(H1:H3,">="&"2024-02-29")', 2),
        ('=SUMIFS(B1:B3,H1:H3,"<2024-02-29")', 1),
        ('=COUNTIF(I1:I2,">20%")', 1),
    ],
)
def test_letters_are_folded_beyond_ascii(formula, expected):
    assert value_of(formula) == expected


def test_wildcards_hold_where_too_many_cells_are_read_to_do_all_here(monkeypatch):
    monkeypatch.setattr(csm_xl.calc.computation, "_FEW", -1)
    assert value_of('=COUNTIF(A1:A6,"张?")') == 1
    assert value_of('=COUNTIF(A:A,"K?LN")') == 2
    assert value_of('=COUNTIF(A1:A6,"*o*")') == 1


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=YEAR(D1)", 2024),
        ("=HOUR(D2)", 13),
        ('=IFERROR(MINUTE(D2),"none")', 45),
        ("=EDATE(D1,12)", 45716),
        ('=DATEDIF(D1,"2025-03-01","m")', 12),
        ('=NETWORKDAYS("2024-02-26",D1)', 4),
        ("=SUM(YEAR(D1),MONTH(D1))", 2026),
    ],
)
def test_dates_written_as_text_are_dates(formula, expected):
    assert value_of(formula) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=POWER(0,0)", ErrorValue("#NUM!")),
        ("=B1^E2", 1),
        ("=E2^E2", ErrorValue("#NUM!")),
        ("=LOG(8,2)", 3),
        ("=LOG(8,1)", ErrorValue("#DIV/0!")),
        ("=TIME(0,0,-1)", ErrorValue("#NUM!")),
        ("=TIME(25,30,0)", 0.0625),
        ("=INT(D1)", 45351),
        ("=ROUND(D2,1)", 0.6),
        ("=SUMPRODUCT(B1:B3,B1:B4)", VALUE),
        ('=_xlfn.XLOOKUP(FALSE,A1:A6,B1:B6,"none",-1)', 4),
        ('=_xlfn.XLOOKUP(1,A1:A6,B1:B6,"none",7)', VALUE),
        ("=IRR(C1:C5)", 0.0889633946933447),
        ("=IRR(C1:C6)", 0.0889633946933447),
        ("=MIRR(C1:C5,0.1,0.12)", 0.0981566924463153),
        ("=MOD(5.5,0.1)", 0),
        ("=MOD(-3,2)", 1),
        ("=MOD(3,-2)", -1),
        ("=MOD(1,0)", ErrorValue("#DIV/0!")),
        ("=SUM(OFFSET(B3,0,0,-3,1))", 6),
        ("=AVERAGE(OFFSET(B1,COUNT(B1:B4)-1,0,-2,1))", 3.5),
        ("=SUM(OFFSET(B2,0,0,1,-1))", 2),
        ("=SUM(OFFSET(B1,1,0,2))", 5),
        ('=SUMIFS(B1:B6,A1:A5,"x")', VALUE),
        ('=COUNTIFS(A1:A6,"x",B1:B2,1)', VALUE),
        ('=SUMIF(A1:A6,"Oslo",B1)', 6),
        ('=SUMIF(A1:A2,"KÖLN",B3:B6)', 7),
    ],
)
def test_cash_flows_remainders_and_sizes_are_excels(formula, expected):
    got = value_of(formula)
    assert got == (
        pytest.approx(expected, abs=1e-12) if isinstance(expected, float | int) else expected
    )


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (3, "tsp", "tbs", 1),
        (1, "gal", "l", 3.785411784),
        (100, "C", "F", 212),
        (0, "K", "C", -273.15),
        (1, "km2", "ha", 100),
        (1, "kWh", "J", 3.6e6),
        (1, "kibyte", "byte", 1024),
        (1, "mph", "km/h", 1.609344),
        (1, "stone", "kg", 6.35029318),
        (1, "ml", "cm3", 1),
        (2, "min", "s", 120),
        (1, "m", "kg", NA),
        (1, "GB", "MB", NA),
        (1, "kft", "m", NA),
    ],
)
def test_units_are_those_of_excel(value, source, target, expected):
    got = value_of(f'=CONVERT({value},"{source}","{target}")')
    assert got == (expected if expected == NA else pytest.approx(expected))


@pytest.mark.parametrize(
    "formula", ["=LENB(A3)", "=TYPE({1,2})", '=VLOOKUP("张三",A3:B4,2)', "=MATCH(A4,A3:A4)"]
)
def test_what_depends_on_the_language_of_excel_is_left_to_it(formula):
    book = MemoryWorkbook(CELLS | {"T10": formula})
    assert [entry.cell for entry in calculate(book).kept] == ["Sheet1!T10"]


@pytest.mark.parametrize("formula", ['=TEXT(B1,"0,00")', '=TEXT(B1,"#,0")', '=TEXT(B1,"0,0")'])
@pytest.mark.parametrize("comma", [None, True])
def test_a_format_with_a_decimal_comma_is_left_to_excel(formula, comma):
    book = MemoryWorkbook(CELLS | {"T10": formula}, by_excel=True)
    book.provenance.decimal_comma = comma
    assert [entry.cell for entry in calculate(book).kept] == ["Sheet1!T10"]


@pytest.mark.parametrize(
    ("formula", "with_point", "with_comma"),
    [
        ('=TEXT(1234.5,"#,##0.00")', "1,234.50", None),
        ('=TEXT(1234.5,"0,0")', "1,235", None),
        ('="sum "&B1/2', "sum 0.5", None),
        ("=FIXED(1.5,1)", "1.5", None),
        ('="sum "&B1', "sum 1", "sum 1"),
        ('=TEXT(0.25,"0%")', "25%", "25%"),
        ('=TEXT(45351,"yyyy-mm-dd")', "2024-02-29", "2024-02-29"),
        ('=TEXT(45351,"d.m.yyyy")', "29.2.2024", "29.2.2024"),
    ],
)
def test_decimals_in_texts_are_those_of_the_owners_excel(formula, with_point, with_comma):
    for comma, expected in ((False, with_point), (True, with_comma)):
        book = MemoryWorkbook(CELLS | {"T10": formula}, by_excel=True)
        book.provenance.decimal_comma = comma
        report = calculate(book)
        assert [entry.cell for entry in report.kept] == ([] if expected else ["Sheet1!T10"])
        assert book["T10"] == expected
