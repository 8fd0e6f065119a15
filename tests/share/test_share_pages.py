"""The sheets that the copy adds, as they look on screen and on paper."""

import re
import zipfile

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from share.sharing import formulas, saved, shared, values

from csm_xl import commands
from csm_xl.commands.opening import open_book

N = 240


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy of a workbook with a trained model, whole numbers and shares among its columns."""
    folder = tmp_path_factory.mktemp("pages")
    cells = {"A1": "Customer ID", "B1": "Visits", "C1": "Share", "D1": "Spend", "E1": "Churned"}
    for row in range(2, N + 2):
        visits = row * 7 % 30
        cells |= {
            f"A{row}": f"C{row:04d}",
            f"B{row}": visits,
            f"C{row}": row * 3 % 7 / 7,
            f"D{row}": row * 11 % 13 * 123.45,
            f"E{row}": "yes" if (visits < 9) != (row % 11 == 0) else "no",
        }
    path = saved(folder / "shop.xlsx", {"Customers": cells})
    book = open_book(path)
    commands.retrain(book)
    book.save()
    book.close()
    shared(path, folder / "copy.xlsx")
    return folder / "copy.xlsx"


def test_on_paper_a_box_is_its_sentence_and_its_weight(copy):
    sheet = formulas(copy)["Churn formula"]
    top = next(row for row in range(1, sheet.max_row) if sheet.cell(row, 1).value == "If") - 1
    first, second = sheet.print_area.split(",")
    assert first == f"'Churn formula'!$A$1:$D${top - 1}"
    assert second == f"'Churn formula'!$A${top}:$B${sheet.max_row}"
    assert sheet.max_column > 4


def test_limits_are_shown_like_the_cells_they_are_compared_with(copy):
    sheet = formulas(copy)["Churn formula"]
    shown = {
        (row[0].value, row[1].value): row[1].number_format
        for row in sheet.iter_rows(max_col=2)
        if row[0].value in ("Visits", "Share") and isinstance(row[1].value, int | float)
    }
    assert shown
    for (_, limit), number_format in shown.items():
        assert number_format == ("#,##0" if limit == int(limit) else "#,##0.0000##")


def test_every_page_of_the_readings_repeats_the_headers(copy):
    assert formulas(copy)["Readings"].print_title_rows == "$1:$1"


def test_the_first_sheet_prints_what_was_written_on_it(copy):
    sheet = formulas(copy)["About this copy"]
    assert sheet.print_area == f"'About this copy'!$A$1:$F${sheet.max_row}"


@pytest.mark.parametrize("sheet", ["Readings", "Worked example"])
def test_readings_show_no_more_digits_than_a_person_reads(copy, sheet):
    book = formulas(copy)
    names = [cell.value for cell in book["Readings"][1]]
    formats = {}
    for place, name in enumerate(names[1:]):
        cell = (
            book[sheet].cell(2, place + 2)
            if sheet == "Readings"
            else book[sheet].cell(10 + place, 3)
        )
        formats[name] = cell.number_format
    wanted = {"Visits": "#,##0", "Share": "0.0000", "Spend": "#,##0.00"}
    assert formats == {name: wanted[name] for name in names[1:]}
    assert values(copy)["Readings"]["B2"].value is not None


def _about(path):
    rows = values(path)["About this copy"].iter_rows(max_col=2, values_only=True)
    return {str(label): str(text) for label, text in rows}


def test_the_first_sheet_says_which_formulas_were_computed_again(copy, tmp_path):
    said = _about(copy)["Formulas"]
    assert "repeat one formula down a column, of which a sample was computed" in said
    assert "could not be computed" not in said
    path = saved(tmp_path / "b.xlsx", {"Data": {"A1": 2, "A2": '=CELL("address",A1)', "A3": "=A1"}})
    shared(path, tmp_path / "copy.xlsx")
    said = _about(tmp_path / "copy.xlsx")["Formulas"]
    assert said.startswith("2 live formulas")
    assert "1 could not be computed again" in said
    assert "sample" not in said


def test_the_first_sheet_says_that_hidden_rows_and_columns_are_shown(tmp_path):
    path = saved(tmp_path / "b.xlsx", {"Data": {"A1": 1, "B1": 2, "A2": 3}})
    shared(path, tmp_path / "plain.xlsx")
    book = openpyxl.load_workbook(path)
    book["Data"].column_dimensions["B"].hidden = True
    book.save(path)
    shared(path, tmp_path / "copy.xlsx")
    said, unsaid = (str(_about(tmp_path / f"{name}.xlsx")) for name in ("copy", "plain"))
    assert "Rows and columns that were hidden are shown." in said
    assert "that were hidden" not in unsaid
    assert not formulas(tmp_path / "copy.xlsx")["Data"].column_dimensions["B"].hidden


def test_columns_are_wide_enough_for_pseudonyms(tmp_path):
    cells = {"A1": "Phone", "B1": "Name", "C1": "Orders", "D1": "Plan"}
    for row in range(2, 6):
        cells |= {f"A{row}": f"+44 20 7946 095{row}", f"B{row}": f"Alice Jones {row}", f"C{row}": 1}
    path = saved(tmp_path / "b.xlsx", {"Data": cells})
    book = openpyxl.load_workbook(path)
    for letters, width in {"A": 9.0, "C": 7.0, "D": 44.0}.items():
        book["Data"].column_dimensions[letters].width = width
    book["Data"].column_dimensions.group("E", "G", hidden=False)
    book.save(path)
    shared(path, tmp_path / "copy.xlsx")
    assert_valid(tmp_path / "copy.xlsx")
    sheet = formulas(tmp_path / "copy.xlsx")["Data"]
    for letters in "AB":
        assert sheet.column_dimensions[letters].width >= len(sheet[f"{letters}2"].value) + 1
    assert [sheet.column_dimensions[letters].width for letters in "CD"] == [7, 44]
    shared(path, tmp_path / "names.xlsx", keep_names=True)
    assert formulas(tmp_path / "names.xlsx")["Data"].column_dimensions["A"].width == 9


def test_one_width_of_several_columns_stays_that_of_the_others(tmp_path):
    cells = {f"{letters}1": f"H{letters}" for letters in "ACD"} | {
        "B1": "Name",
        "B2": "Alice Jones",
    }
    path = saved(tmp_path / "b.xlsx", {"Data": {**cells, "A2": 1, "C2": 2, "D2": 3}})
    with zipfile.ZipFile(path) as old:
        content = {name: old.read(name) for name in old.namelist()}
    part = "xl/worksheets/sheet1.xml"
    spans = b'<cols><col min="1" max="4" width="6.5" customWidth="1"/></cols><sheetData>'
    content[part] = content[part].replace(b"<sheetData>", spans)
    with zipfile.ZipFile(path, "w") as new:
        for name, data in content.items():
            new.writestr(name, data)
    shared(path, tmp_path / "copy.xlsx")
    assert_valid(tmp_path / "copy.xlsx")
    with zipfile.ZipFile(tmp_path / "copy.xlsx") as copied:
        sheet = copied.read("xl/worksheets/sheet2.xml").decode()
    found = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet)
    assert [(a, b) for a, b, _ in found] == [("1", "1"), ("2", "2"), ("3", "4")]
    assert [float(w) for _, _, w in found][::2] == [6.5, 6.5]
    assert float(found[1][2]) > 20


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"A1": 1, "A2": 2}, "No personal data was found."),
        ({"A1": "ask alice@example.com"}, "Replaced by pseudonyms"),
        ({"A1": "Name", "B1": "Orders", "A2": "Alice Jones", "B2": 1}, "Columns: Name."),
    ],
)
def test_the_first_sheet_says_what_became_of_names(tmp_path, cells, said):
    path = saved(tmp_path / "b.xlsx", {"Data": cells})
    shared(path, tmp_path / "copy.xlsx")
    assert said in _about(tmp_path / "copy.xlsx")["Names"]
    shared(path, tmp_path / "names.xlsx", keep_names=True)
    assert _about(tmp_path / "names.xlsx")["Names"] == "Names are kept."
