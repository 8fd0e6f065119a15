"""check: what csm-xl understands, and every cell that it cannot read; nothing is written."""

import datetime as dt

import openpyxl
import pytest
from sample_books import trained
from workbooks import opened, values

from csm_xl import commands
from csm_xl.commands.session import Session
from csm_xl.errors import SheetError

NAMES = [f"{a} {b}" for a in ("Ada", "Ben", "Cora", "Dirk") for b in ("Abel", "Brook", "Crane")]


def clients(path, *, top=1, sheet="Clients", change=None, more=None):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    rows = [["Client", "Since", "Monthly fee", "Logins", "Status"]]
    for i, name in enumerate(NAMES):
        status = "cancelled" if i % 3 == 0 else "active"
        rows.append([name, dt.datetime(2025, 1, 1 + i), 29.0 + i, float(i), status])
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            page.cell(top + i, 1 + j, value)
    for address, value in (change or {}).items():
        page[address] = value
    for title, cells in (more or {}).items():
        other = book.create_sheet(title)
        for row in cells:
            other.append(row)
    book.save(path)
    return path


def checked(path, sheet=None):
    book = opened(path)
    try:
        return commands.check(book, sheet)
    finally:
        book.close()


def test_each_column_has_a_role_and_nothing_is_written(tmp_path):
    path = clients(tmp_path / "book.xlsx")
    before = path.read_bytes()
    outcome = checked(path)
    (table,) = outcome.more["tables"]
    assert (table["sheet"], table["range"], table["rows"]) == ("Clients", "A1:E13", 12)
    assert [c["role"] for c in table["columns"]] == ["name", "start", "price", "usage", "left"]
    assert "4 left and 8 are customers" in outcome.message.en
    assert path.read_bytes() == before


def test_every_cell_that_cannot_be_read_is_listed_with_its_address(tmp_path):
    messy = {"C5": "ask Bob", "D7": "1o", "B9": "31/31/2024", "E4": "hm"}
    outcome = checked(clients(tmp_path / "book.xlsx", change=messy))
    found = {c["cell"]: (c["text"], c["role"]) for c in outcome.more["unreadable"]}
    assert found == {
        "E4": ("hm", "left"),
        "C5": ("ask Bob", "price"),
        "D7": ("1o", "usage"),
        "B9": ("31/31/2024", "start"),
    }
    assert all(f"Clients!{cell}" in outcome.warnings[-1].en for cell in messy)


def test_more_than_twenty_are_counted(tmp_path):
    messy = {f"{letter}{row}": "?!" for letter in "CD" for row in range(2, 14)}
    outcome = checked(clients(tmp_path / "book.xlsx", change=messy))
    if len(outcome.more["unreadable"]) > 20:
        assert f"and {len(outcome.more['unreadable']) - 20} more" in outcome.warnings[-1].en


def test_a_role_that_is_set_is_remembered_and_shown_on_the_columns_sheet(tmp_path):
    path = clients(tmp_path / "book.xlsx")
    book = opened(path)
    commands.columns(book, ["Logins=ignore"])
    book.save()
    book.close()
    shown = {row[1]: row[2] for row in values(path, "Columns") if row[1]}
    assert shown["Logins"] == "ignore"
    assert shown["Status"] == "left"
    (table, *_) = checked(path).more["tables"]
    assert {c["header"]: (c["role"], c["set"]) for c in table["columns"]}["Logins"] == (
        "ignore",
        True,
    )


def test_what_the_owner_chooses_on_the_columns_sheet_stands(tmp_path):
    path = clients(tmp_path / "book.xlsx")
    book = opened(path)
    commands.columns(book)
    book.save()
    book.close()
    edited = openpyxl.load_workbook(path)
    for row in edited["Columns"].iter_rows(min_row=4):
        if row[1].value == "Monthly fee":
            row[2].value = "feature"
    edited.save(path)
    book = opened(path)
    commands.columns(book)
    book.save()
    book.close()
    (table, *_) = checked(path).more["tables"]
    assert {c["header"]: c["role"] for c in table["columns"]}["Monthly fee"] == "feature"


@pytest.mark.parametrize(
    ("given", "words"),
    [("Logins", "title and a role"), ("Logins=fast", "Roles:"), ("Speed=usage", "no table has")],
)
def test_a_set_that_means_nothing_gets_one_sentence(tmp_path, given, words):
    book = opened(clients(tmp_path / "book.xlsx"))
    with pytest.raises(SheetError, match=f"(?i){words}"):
        commands.columns(book, [given])
    book.close()


def test_two_sheets_of_customers_are_named_and_one_can_be_chosen(tmp_path):
    other = [["Member", "Fee", "Quit"], ["Ada A", 1.0, "yes"], ["Ben B", 2.0, "no"]]
    path = clients(tmp_path / "book.xlsx", more={"Members": other})
    assert {t["sheet"] for t in checked(path).more["tables"]} == {"Clients", "Members"}
    assert [t["sheet"] for t in checked(path, "members").more["tables"]] == ["Members"]
    book = opened(path)
    with pytest.raises(SheetError, match="Clients, Members"):
        commands.read_training(book)
    book.close()


def test_kinds_of_tables_are_told_apart(tmp_path):
    orders = [["Invoice no", "Date", "Client", "Amount"]]
    orders += [[f"R{i}", dt.datetime(2026, 1, 1 + i), NAMES[i % 3], 20.0 + i] for i in range(9)]
    reviews = [["Date", "Who", "Stars", "Comment"]]
    reviews += [
        [dt.datetime(2026, 1, 1 + i), NAMES[i % 3], 4.0, "was good and quick"] for i in range(9)
    ]
    path = clients(tmp_path / "b.xlsx", more={"Invoices": orders, "Reviews": reviews})
    kinds = {t["sheet"]: t["kind"] for t in checked(path).more["tables"]}
    assert kinds == {"Clients": "customers", "Invoices": "orders", "Reviews": "feedback"}


def test_a_workbook_without_any_titles_gets_one_sentence(tmp_path):
    book = openpyxl.Workbook()
    for i in range(5):
        book.active.append([float(i), 2.0])
    book.save(tmp_path / "bare.xlsx")
    with pytest.raises(SheetError, match="row of titles"):
        checked(tmp_path / "bare.xlsx")


def test_tables_that_csm_xl_fills_are_not_the_owners_wherever_they_stand(tmp_path):
    book = trained(tmp_path)
    before = {one.name for one in Session(book).tables()}
    path = book.fullname
    book.close()
    moved = openpyxl.load_workbook(path)
    for name in ("Model", "History", "Retention", "Actions"):
        moved[name].title = f"My {name.lower()}"
    moved.save(path)
    outcome = checked(path)
    assert {one["table"] for one in outcome.more["tables"]} == before
