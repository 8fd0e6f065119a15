"""A new workbook is complete: values beside every formula, macros, ribbon, the same bytes twice."""

import datetime as dt
import zipfile

import openpyxl
import pytest

from csm_xl.errors import FileError
from csm_xl.sample.sample_company import TODAY, company
from csm_xl.workbook.create import create


@pytest.fixture(scope="module", params=["en", "zh"])
def made(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "CSM.xlsm"
    create(path, request.param, company(request.param))
    return path


def test_the_dashboard_shows_figures_of_the_day(made):
    book = openpyxl.load_workbook(made, data_only=True)
    name = "csm_date"
    sheet, cell = book.defined_names[name].attr_text.split("!")
    shown = book[sheet.strip("'")][cell.replace("$", "")].value
    assert shown == dt.datetime(TODAY.year, TODAY.month, TODAY.day)
    board = book[sheet.strip("'")]
    figures = {row[1].value: row[2].value for row in board.iter_rows(6, 9, max_col=3)}
    customers, satisfaction = list(figures.values())[1:3]
    assert 100 < customers <= 200 and 1 < satisfaction < 5


def test_every_formula_has_a_value_and_excel_need_not_recalculate(made):
    formulas = openpyxl.load_workbook(made)
    values = openpyxl.load_workbook(made, data_only=True)
    with zipfile.ZipFile(made) as package:
        workbook = package.read("xl/workbook.xml").decode()
    assert 'calcId="191029"' in workbook and "fullCalcOnLoad" not in workbook
    bare = [
        f"{sheet.title}!{cell.coordinate}"
        for sheet in formulas
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
        and values[sheet.title][cell.coordinate].value is None
        # An empty text reads back as None.
        and 't="str"' not in raw(made, sheet, cell.coordinate)
    ]
    assert bare == []


def raw(path, sheet, coordinate):
    key = (path, sheet.title)
    if key not in _parts:
        with zipfile.ZipFile(path) as package:
            number = openpyxl.load_workbook(path).sheetnames.index(sheet.title) + 1
            _parts[key] = package.read(f"xl/worksheets/sheet{number}.xml").decode()
    text = _parts[key]
    start = text.index(f'r="{coordinate}"')
    return text[start : text.index("</c>", start)]


_parts: dict = {}


def test_the_same_company_gives_the_same_bytes(made, tmp_path):
    lang = "zh" if "客户" in openpyxl.load_workbook(made, read_only=True).sheetnames else "en"
    again = tmp_path / "CSM.xlsm"
    create(again, lang, company(lang))
    assert again.read_bytes() == made.read_bytes()


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "nowhere/a.xlsm"])
def test_a_file_that_cannot_be_made_is_refused(tmp_path, name):
    with pytest.raises(FileError):
        create(tmp_path / name, "en")


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("mine")
    with pytest.raises(FileError, match="exists"):
        create(path, "en")
    assert path.read_text() == "mine"
