"""A workbook file calculated and saved: the values that a reader finds beside the formulas."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from csm_xl.calc.calculate import calculate
from csm_xl.calc.report import CalculationReport
from csm_xl.functions import REGISTRY
from csm_xl.ooxml.workbook_file import Workbook

#: What the file holds beside formulas that nothing but Excel can compute.
HELD = {"H1": "42", "H2": "7", "H3": "49"}
FORMULAS = {
    "F1": "=CSAT(B2:B6)",
    "F2": "=CSAT(B:B)",
    "F3": '=CSAT(Customers[评分],"positive")',
    "F4": '=IF(CSAT(B2:B6)<3,"low","ok")',
    "F5": '=IFERROR(CSAT(Z1:Z9),"none")',
    "F6": "=CSAT(C2:C6)",
    "F7": "=SATISFACTION(C2:C6,D2:D6)",
    "F8": "=CSAT(Z1:Z9)",
    "F9": "=SUM(G2:G6)",
    "F10": "=1/0",
    "F11": '=""',
    "E2": "=Customers[[#This Row],[正面]]/Customers[[#This Row],[总数]]",
    "E3": "=Customers[[#This Row],[正面]]/Customers[[#This Row],[总数]]",
    "H1": "=[1]Sheet1!A1*2",
    "H2": "=MYUDF(A1)",
    "H3": "=H1+H2",
}


@pytest.fixture(scope="module")
def calculated(tmp_path_factory) -> tuple[openpyxl.Workbook, CalculationReport]:
    folder = tmp_path_factory.mktemp("calculated")
    source, target = folder / "book.xlsx", folder / "out.xlsx"
    write(source)
    before = source.read_bytes()
    book = Workbook(source)
    report = calculate(book, REGISTRY, everything=True)
    book.save(target)
    assert source.read_bytes() == before
    return openpyxl.load_workbook(target, data_only=True), report


def write(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户 表"
    for row in [
        ["客户", "评分", "正面", "总数", "满意度"],
        ["甲", "非常满意", 100, 200],
        ["乙", "满意", 80, 150],
        ["丙", "一般", None, None],
        ["丁", "不满意", 5, 10],
        ["戊", "非常不满意", 6, 0],
    ]:
        sheet.append(row)
    for address, formula in FORMULAS.items():
        sheet[address] = formula
    sheet["G2"] = ArrayFormula("G2:G6", "=SATISFACTION(C2:C6,D2:D6)")
    sheet.add_table(Table(displayName="Customers", ref="A1:E6"))
    book.save(path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    part = "xl/worksheets/sheet1.xml"
    for address, held in HELD.items():
        pattern = rb'(<c r="%s"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?' % address.encode()
        parts[part], count = re.subn(pattern, rb"\1<v>%s</v>" % held.encode(), parts[part])
        assert count == 1
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("F1", 3),
        ("F2", 3),
        ("F3", 0.4),
        ("F4", "ok"),
        ("F5", "none"),
        ("F6", "#NUM!"),
        ("F7", 0.5),
        ("F8", "#DIV/0!"),
        ("F9", "#DIV/0!"),
        ("F10", "#DIV/0!"),
        ("E2", 0.5),
        ("E3", pytest.approx(80 / 150)),
        ("G2", 0.5),
        ("G3", pytest.approx(80 / 150)),
        ("G5", 0.5),
        ("G6", "#DIV/0!"),
        ("H1", 42),
        ("H2", 7),
        ("H3", 49),
    ],
)
def test_each_value_is_right(calculated, cell, value):
    assert calculated[0].active[cell].value == value


@pytest.mark.parametrize("cell", ["F6", "F8", "F9", "F10", "G6"])
def test_an_error_is_a_real_error(calculated, cell):
    assert calculated[0].active[cell].data_type == "e"


def test_a_blank_row_gives_an_empty_text_in_its_place(calculated):
    assert calculated[0].active["G4"].value in ("", None)


def test_no_neighbour_was_filled(calculated):
    sheet = calculated[0].active
    own = {*FORMULAS, "G2", "G3", "G4", "G5", "G6"}
    filled = {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None and (cell.row > 6 or cell.column > 4)
    }
    assert filled - {"E1"} <= own


def test_what_could_not_be_calculated_is_listed(calculated):
    listed = {kept.cell: kept.reason.en for kept in calculated[1].kept}
    assert listed == {
        "客户 表!H1": "It refers to another workbook, which is not opened.",
        "客户 表!H2": "The function MYUDF is not known outside Excel.",
    }


def test_an_error_has_its_message(calculated):
    messages = {(m.row, m.column): m.error for m in calculated[1].messages}
    assert messages == {(6, 6): "#NUM!", (8, 6): "#DIV/0!", (2, 7): "#DIV/0!"}
