"""Ours is what we wrote: by a hidden name and the recorded title, never by what a column is called."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from workbooks import opened, values

from csm_xl import commands
from csm_xl.company.ownership import own_places
from csm_xl.company.workbook_facts import Facts
from csm_xl.vocabulary import layout

OLD = Path(__file__).parent / "data" / "made_by_0_1_0.xlsx"


@pytest.fixture
def old(tmp_path):
    """A workbook that csm-xl 0.1.0 made, trained and refreshed: Clients, with its two columns at the right."""
    return Path(shutil.copy(OLD, tmp_path / "old.xlsx"))


def refreshed(path):
    book = opened(path)
    outcome = commands.refresh(book)
    book.save()
    book.close()
    return outcome


def titles(path, sheet="Clients"):
    return [title for title in values(path, sheet)[0] if title is not None]


def names(path):
    book = openpyxl.load_workbook(path)
    return {
        name: book.defined_names[name] for name in book.defined_names if name.startswith("_csm")
    }


def test_the_first_refresh_adopts_what_0_1_0_wrote(old):
    before = values(old, "Clients")
    assert before[0][7:9] == ("Churn probability", "Risk")
    refreshed(old)
    after = values(old, "Clients")
    assert titles(old) == list(before[0])
    for was, now in zip(before[1:], after[1:], strict=True):
        assert now[:7] == was[:7]
        if was[5] == "no":
            assert now[7] == pytest.approx(was[7], abs=1e-9)
            assert now[8] == was[8]
        else:
            assert now[7:9] == (None, "Left")


def test_what_was_adopted_is_on_record_in_names_that_nobody_sees(old):
    refreshed(old)
    found = names(old)
    assert sorted(name.attr_text for name in found.values()) == [
        "'Clients'!$H$1",
        "'Clients'!$I$1",
    ]
    assert all(name.hidden for name in found.values())
    refreshed(old)
    assert names(old).keys() == found.keys()


def test_a_column_that_the_owner_gave_another_title_is_the_owners(old):
    refreshed(old)
    book = openpyxl.load_workbook(old)
    sheet = book["Clients"]
    sheet["I1"] = "My view"
    for row in range(2, 72):
        sheet.cell(row, 9, "typed by me")
    book.save(old)
    refreshed(old)
    rows = values(old, "Clients")
    assert rows[0][7:10] == ("Churn probability", "My view", "Risk")
    assert {row[8] for row in rows[1:]} == {"typed by me"}
    assert {row[9] for row in rows[1:] if row[5] == "yes"} == {"Left"}


def test_our_columns_are_found_again_when_the_owner_inserts_one_before_them(old):
    refreshed(old)
    book = opened(old)
    # Excel moves the name along with its cell; here it is done by hand.
    for name in book.names:
        if name.name.startswith("_csm"):
            place = name.refers_to_range
            name.refers_to = f"=Clients!${'I' if place.column == 8 else 'J'}$1"
    sheet = book.sheets["Clients"]
    block = sheet.range("H1:I71").value
    sheet.range("I1:J71").value = block
    sheet.range("H1:H71").value = [["Town"]] + [["York"]] * 70
    book.save()
    book.close()
    refreshed(old)
    assert titles(old)[7:] == ["Town", "Churn probability", "Risk"]


def test_an_owners_column_called_like_ours_is_never_written_into(tmp_path):
    path = tmp_path / "own.xlsx"
    book = openpyxl.load_workbook(OLD)
    sheet = book["Clients"]
    sheet["H1"], sheet["I1"] = "Health", "Risk"
    for row in range(2, 72):
        sheet.cell(row, 8, "red" if row % 3 else "green")
        sheet.cell(row, 9, "legal issue" if row % 2 else "none")
    book.save(path)
    before = values(path, "Clients")
    refreshed(path)
    after = values(path, "Clients")
    assert [row[:6] + row[7:9] for row in after] == [row[:6] + row[7:9] for row in before]
    assert after[0][9:] == ("Churn probability", "Risk (csm-xl)")
    refreshed(path)
    assert titles(path) == list(after[0])


def test_side_notes_at_the_right_are_passed_by(old):
    refreshed(old)
    path = old.with_name("notes.xlsx")
    book = openpyxl.load_workbook(OLD)
    sheet = book["Clients"]
    for row in range(1, 72):
        for column in (8, 9):
            sheet.cell(row, column).value = None
    sheet["I3"], sheet["I4"] = "call Ada", "ask Ben"
    book.save(path)
    refreshed(path)
    rows = values(path, "Clients")
    assert (rows[2][8], rows[3][8]) == ("call Ada", "ask Ben")
    assert {"Churn probability", "Risk"} <= set(rows[0])


@pytest.mark.parametrize(
    "title",
    ["Churn probability", "Churn probability (within 90 days)", "流失概率（90 天内）", "流失概率"],
)
def test_a_template_of_0_1_0_is_ours_whatever_the_horizon_in_its_title(title):
    lang = "en" if title.isascii() else "zh"
    declared = layout.table("customers").template
    headers = [column.title.within(lang) for column in declared]
    keys = [column.key for column in declared]
    headers[keys.index("churn_probability")] = title
    found = own_places(Facts({}, {}), "Customers", "Customers", headers, 1, 1, [])
    assert set(found.values()) == {column.key for column in declared if column.ours}
