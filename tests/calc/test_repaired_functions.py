"""Functions that the calculator gets wrong, done as Excel does them; values from Excel's own files
and from Microsoft's documentation."""

from __future__ import annotations

import pytest
from hosts.memory_workbook import MemoryWorkbook
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.calc.calculate import calculate
from csm_xl.calc.criteria import criterion
from csm_xl.calc.repaired_functions import position
from csm_xl.formulas.workbook_model import ErrorValue

NA, DIV = ErrorValue("#N/A"), ErrorValue("#DIV/0!")
CELLS = {
    "A1": 3,
    "A2": 1,
    "A3": 5,
    "A4": 2,
    "B1": "c",
    "B2": "a",
    "B3": "e",
    "B4": "b",
    "D1": "apple",
    "D2": "pear",
    "D3": "apricot",
    "E1": NA,
    "E2": 5,
    "E3": 7,
    "F1": "x",
    "F2": "y",
    "F3": "x",
}
NAMES = {"price": "Sheet1!$A$3", "prices": "Sheet1!$A$3:$A$4"}
TABLES = [("T", "Sheet1", "H1:H3", ["q"])]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=_xlfn.CEILING.MATH(-5.5,2,1)", -6),
        ("=_xlfn.FLOOR.MATH(-5.5,2,1)", -4),
        ("=CEILING(-2.5,-2)", -4),
        ("=CEILING(-2.5,2)", -2),
        ("=CEILING(0,0)", 0),
        ("=CEILING(2.5,-2)", ErrorValue("#NUM!")),
        ("=FLOOR(-2.5,2)", -4),
        ("=FLOOR(2.5,0)", DIV),
        ("=FLOOR(0.6,0.2)", 0.6),
        ('=_xlfn.XLOOKUP(4,A1:A4,B1:B4,"no",-1)', "c"),
        ('=_xlfn.XLOOKUP(4,A1:A4,B1:B4,"no",1)', "e"),
        ('=_xlfn.XLOOKUP(9,A1:A4,B1:B4,"no",1)', "no"),
        ("=_xlfn.XLOOKUP(9,A1:A4,B1:B4,,1)", NA),
        ('=_xlfn.XLOOKUP("ap*",D1:D3,A1:A3,"no",2,-1)', 5),
        ("=_xlfn.XMATCH(4,A1:A4,-1)", 1),
        ("=_xlfn.XMATCH(4,A1:A4,1)", 3),
        ("=IPMT(0.1/12,2,36,8000,0,1)", -64.53329891831378),
        ("=IPMT(0.1/12,1,36,8000,0,1)", 0),
        ("=PPMT(0.1/12,2,36,8000,0,1)", -191.47083088403394),
        ('=SUMIF(F1:F3,"x",E1:E3)', NA),
        ('=SUMIF(F1:F3,"y",E1:E3)', 5),
        ('=SUMIF(E:E,">5")', 7),
        ('=SUMIFS(E1:E3,F1:F3,"y")', 5),
        ('=COUNTIFS(F:F,"x",E:E,">1")', 1),
        ('=AVERAGEIF(F1:F3,"z",E1:E3)', DIV),
        ('=COUNTIF(E1:E3,"#N/A")', 1),
        ("=INDEX(ROW(A1:A3),2)", 2),
        ('=MATCH(1,INDEX((D1:D3="pear")*(F1:F3="y"),0),0)', 2),
        ('=SUM(INDEX((F1:F3="x")*A1:A3,0))', 8),
        ('=LOOKUP(2,1/(F1:F3="x"),A1:A3)', 5),
        ("=GCD(A1:A3)", 1),
        ("=LCM(A1:A4)", 30),
        ('=_xlfn.TEXTBEFORE("abc","-",1,0,0,"none")', "none"),
        ('=_xlfn.TEXTBEFORE("aXbxc","x",1,1)', "a"),
        ('=_xlfn.TEXTAFTER("aXbxc","x",-1,1)', "c"),
        ('=INDIRECT("price")', 5),
        ('=INDIRECT("pri"&"ce")*2', 10),
        ('=SUM(INDIRECT("prices"))', 7),
        ('=SUM(INDIRECT("T[q]"))', 9),
        ('=SUM(INDIRECT("T"&"[q]"))', 9),
        ('=SUM(INDIRECT("R1C1:R2C1",FALSE))', 4),
        ('=INDIRECT("R[-8]C[-19]",FALSE)', 1),
        ('=ROWS(INDIRECT("A1:A4"))', 4),
        ("=INDIRECT(\"'Sheet1'!A\"&2)", 1),
    ],
)
def test_what_excel_gives(formula, expected):
    book = MemoryWorkbook(
        CELLS | {"H1": "q", "H2": 4, "H3": 5, "T10": formula}, names=NAMES, tables=TABLES
    )
    assert calculate(book).kept == []
    assert book["T10"] == (pytest.approx(expected) if isinstance(expected, float) else expected)


@pytest.mark.parametrize("formula", ['=ISEVEN("3")', '=DGET(B1:B1,"x",B1:B1)'])
def test_an_error_that_only_the_calculator_may_have_is_not_written(formula):
    book = MemoryWorkbook({"A1": formula, "B1": "=1+1"})
    assert [entry.cell for entry in calculate(book).kept] == ["Sheet1!A1"]
    assert [book["A1"], book["B1"]] == [None, 2.0]


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        (">5", [6.0]),
        ("<>5", [None, "", "5", "text", True, DIV, 6.0]),
        ("5", [5.0, "5"]),
        ("", [None, ""]),
        ("=", [None]),
        ("<>", ["", 5.0, "5", "text", True, DIV, 6.0]),
        ("t*", ["text"]),
        ("?", ["5"]),
        (True, [True]),
        ("#DIV/0!", [DIV]),
        (">t", ["text"]),
    ],
)
def test_a_criterion_finds_what_excel_finds(given, cells):
    column = [None, "", 5.0, "5", "text", True, DIV, 6.0]
    assert [cell for cell in column if criterion(given)(cell)] == cells


@given(st.lists(st.integers(-9, 9), max_size=8), st.integers(-10, 10), st.sampled_from([-1, 0, 1]))
def test_the_nearest_value_is_found_in_any_order(values, wanted, mode):
    found = position(float(wanted), [float(v) for v in values], mode, 1)
    fits = [
        v for v in values if v == wanted or (mode < 0 and v < wanted) or (mode > 0 and v > wanted)
    ]
    if not fits:
        assert found is None
    else:
        assert values[found] == (max(fits) if mode < 0 else min(fits))
        assert values.index(values[found]) == found
