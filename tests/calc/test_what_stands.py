"""What Excel computed stands until an input changes, and the file examines the calculator."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc.calculate import calculate
from csm_xl.calc.kept_reasons import Why
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.functions import REGISTRY
from csm_xl.ooxml.workbook_file import Workbook


def cells(entries) -> list[str]:
    return [entry.cell.removeprefix("Sheet1!") for entry in entries]


def test_a_value_of_excel_is_not_computed_again():
    book = MemoryWorkbook(
        {"A1": 2, "B1": Formula("=A1*3", 7.0), "C1": Formula("=B1+1", 8.0), "D1": "=A1+1"},
        by_excel=True,
    )
    report = calculate(book)
    assert [book["B1"], book["C1"], book["D1"]] == [7.0, 8.0, 3.0]
    assert (report.calculated, report.kept, report.stands) == (1, [], [])


def test_what_depends_on_a_changed_cell_is_computed():
    book = MemoryWorkbook(
        {"A1": 5, "A2": 1, "B1": Formula("=A1*3", 6.0), "B2": Formula("=A2*9", 8.0)},
        by_excel=True,
        before={"A1": 2},
    )
    report = calculate(book)
    # B2 is wrong, but nothing it reads has changed.
    assert [book["B1"], book["B2"]] == [15.0, 8.0]
    assert report.calculated == 1


def test_a_formula_that_the_calculator_cannot_do_is_out_of_date_once_an_input_changed():
    book = MemoryWorkbook(
        {
            "A1": 5,
            "B1": Formula("=A1*3", 77.0),
            "C1": Formula("=B1+1", 78.0),
            "D1": Formula("=A1+1", 3.0),
            "E1": "=CSAT(C1:C1)",
        },
        by_excel=True,
        before={"A1": 2},
    )
    report = calculate(book, REGISTRY)
    assert [book[c] for c in ("B1", "C1", "D1", "E1")] == [77.0, 78.0, 6.0, None]
    assert cells(report.kept) == ["B1", "C1", "E1"]
    assert report.kept[0].why is Why.DIFFERS
    assert report.kept[0].reason.en == "Excel computed 77, csm-xl computes 6."
    assert report.kept[2].reason.en == "It depends on Sheet1!B1."


def test_a_formula_that_the_calculator_cannot_do_stands_while_its_inputs_do():
    book = MemoryWorkbook(
        {
            "A1": ErrorValue("#NAME?"),
            "A2": 4,
            "B1": Formula("=CSAT(A2:A3)", 4.0),
            "C1": Formula("=IF(B1>3,A2*2,0)", 9.0),
            "D1": Formula("=CSAT(A2:A2)+C1", ErrorValue("#NAME?")),
        },
        by_excel=True,
    )
    report = calculate(book, REGISTRY)
    # CSAT gives what stood there, so that C1, which differs, is as right as before.
    assert [book["C1"], book["D1"]] == [9.0, 13.0]
    assert report.kept == []
    assert cells(report.stands) == ["C1"]


def test_everything_is_computed_on_demand_and_what_differs_is_listed():
    book = MemoryWorkbook(
        {"A1": 2, "B1": Formula("=A1*3", 7.0), "C1": Formula("=A1+1", 3.0)}, by_excel=True
    )
    report = calculate(book, everything=True)
    assert [book["B1"], book["C1"]] == [6.0, 3.0]
    assert cells(report.differing) == ["B1"]
    assert report.calculated == 2


def test_the_last_digits_of_a_number_are_excels():
    excel = 0.30000000000000004
    book = MemoryWorkbook({"A1": 3, "B1": Formula("=A1/10", excel)}, by_excel=True)
    calculate(book, everything=True)
    assert book["B1"] == excel


def test_the_clock_is_read_and_what_depends_on_it_computed():
    book = MemoryWorkbook(
        {"A1": Formula("=TODAY()", 45000.0), "B1": Formula("=A1-44000", 1000.0), "C1": 1}
        | {"D1": Formula("=C1*2", 5.0)},
        by_excel=True,
    )
    report = calculate(book, now=datetime.datetime(2024, 1, 1))
    assert [book["A1"], book["B1"], book["D1"]] == [45292.0, 1292.0, 5.0]
    assert report.kept == []


def test_a_changed_cell_read_through_indirect_is_found():
    book = MemoryWorkbook(
        {"A1": 5, "A2": "A", "B1": Formula("=INDIRECT(A2&1)*2", 4.0)},
        by_excel=True,
        before={"A1": 2},
    )
    calculate(book)
    assert book["B1"] == 10.0


def test_a_function_of_csm_xl_that_cannot_be_computed_is_listed_where_it_shows_an_error():
    book = MemoryWorkbook(
        {
            "A1": ErrorValue("#FIELD!"),
            "B1": Formula("=CSAT(A1)", ErrorValue("#NAME?")),
            "C1": Formula("=ROUND(B1,1)", ErrorValue("#NAME?")),
            "B2": Formula("=CSAT([1]Other!A1:A9)", 4.5),
            "B3": Formula("=CSAT({5,4})", ErrorValue("#NAME?")),
        },
        by_excel=True,
    )
    report = calculate(book, REGISTRY)
    assert cells(report.kept) == ["B1", "C1"]
    assert [book["B1"], book["B2"], book["B3"]] == [ErrorValue("#NAME?"), 4.5, 4.5]


def test_the_language_of_excel_tells_how_decimals_are_written(path):
    for title, comma in (("Arbeitsblätter", True), ("Worksheets", False), ("工作表", False)):
        book = Workbook(path)
        titles = f"<ap:HeadingPairs><v><vt:lpstr>{title}</vt:lpstr></v></ap:HeadingPairs>"
        book.package.replace("docProps/app.xml", [f"<p>{titles}</p>".encode()])
        assert book.provenance.decimal_comma is comma
    assert Workbook(path).provenance.decimal_comma is None


def test_a_function_that_nobody_compared_with_excel_is_marked():
    book = MemoryWorkbook({"A1": 4, "B1": "=SUM(A1,1)", "C1": "=SUMX2PY2(A1:A2,A1:A2)"})
    report = calculate(book)
    assert cells(report.unchecked) == ["C1"]
    assert report.unchecked[0].reason.en == "Not checked against Excel: SUMX2PY2."


def test_circles_keep_their_values_and_the_rest_is_computed():
    book = MemoryWorkbook(
        {
            "A1": Formula("=B1*0.1", 1.0),
            "B1": Formula("=10-A1", 9.0),
            "C1": Formula("=B1+TODAY()*0", 9.0),
            "D1": "=B1*2",
        },
        by_excel=True,
    )
    report = calculate(book)
    assert report.kept == report.circular == []
    assert [book["A1"], book["B1"], book["D1"]] == [1.0, 9.0, 18.0]


# -- in a file ----------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    for row, number in enumerate((5, 4, 3), 1):
        page.cell(row, 1, number)
    page["B1"], page["B2"] = "=SUM(A1:A3)", "=B1*2"
    book.calculation.fullCalcOnLoad = False
    file = tmp_path / "book.xlsx"
    book.save(file)
    return file


def test_values_computed_here_never_count_as_excels(path):
    first = Workbook(path)
    calculate(first)
    first.save()
    again = Workbook(path)
    assert again.provenance.computed_here("Sheet", 1, 2)
    assert again.provenance.computed_here("Sheet", 2, 2)
    assert calculate(again).calculated == 2


def test_a_value_that_excel_computed_since_is_excels(path):
    first = Workbook(path)
    calculate(first)
    first.save()
    # As if Excel had computed and saved: the record is still there, the values are others.
    excels = Workbook(path)
    excels.sheet("Sheet")._store(2).put(1, [99.0])
    excels.sheet("Sheet")._mark(1, 2)
    excels.provenance._recorded = {}
    excels.provenance.record = lambda: None
    excels.save()
    again = Workbook(path)
    assert not again.provenance.computed_here("Sheet", 1, 2)


def test_a_file_without_changes_gets_no_record(path):
    workbook = Workbook(path)
    calculate(workbook)
    workbook.save()
    saved = path.read_bytes()
    again = Workbook(path)
    calculate(again)
    again.save()
    assert path.read_bytes() == saved


def test_what_a_cell_held_when_the_file_was_opened_is_known(path):
    workbook = Workbook(path)
    sheet = workbook.sheet("Sheet")
    sheet.set_values(2, 1, [40.0, 3.0])
    assert [sheet.original_value(row, 1) for row in (1, 2, 3)] == [5.0, 4.0, 3.0]
    assert list(workbook.provenance.changed()) == [("Sheet", 1, 2, 2)]
