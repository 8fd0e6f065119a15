"""The sheets that the copy adds, as they look on screen and on paper."""

import openpyxl
import pytest
from share.sharing import formulas, saved, shared, values

from csm_xl import commands
from csm_xl.engine import open_book

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
