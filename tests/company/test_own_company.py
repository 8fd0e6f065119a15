"""An owner's invoices and reviews are counted for the clients they name."""

import datetime as dt

import pytest

from csm_xl.company.counts import counted
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.own_company import own_company
from csm_xl.company.settings import Settings
from csm_xl.company.workbook_facts import Facts
from csm_xl.errors import SheetError
from csm_xl.vocabulary.cell_readers import serial

DAY = dt.datetime(2026, 6, 1)
TODAY = serial(DAY)
PEOPLE = [
    (f"Client {letter}", f"{letter.lower()}@firm.example", DAY - dt.timedelta(days=400))
    for letter in "ABCDEF"
]


def table(sheet, headers, rows):
    found = HeaderTable(sheet, None, headers, 1, 1, rows)
    found.facts = Facts(today=TODAY)
    return found


def clients(rows=PEOPLE):
    return table("Clients", ["Client", "E-mail", "Since"], rows)


def bills(rows, sheet="Invoices", headers=("No", "Date", "Client", "Amount")):
    return table(sheet, list(headers), rows)


def invoices(sheet="Invoices"):
    rows = [
        (f"R{n}{k}", DAY - dt.timedelta(days=40 * k + n), f"client {letter}", 10.0 * (n + 1))
        for n, letter in enumerate("abcde")
        for k in range(1, 6)
    ]
    return bills(rows, sheet)


def company(*tables, people=None):
    return own_company(people or clients(), tables, Settings({}), TODAY)


def test_orders_are_counted_by_name_in_any_case():
    columns, _ = counted(company(invoices()))
    assert columns["orders"].tolist()[:5] == [5.0] * 5
    assert columns["revenue"].tolist()[:5] == [50.0, 100.0, 150.0, 200.0, 250.0]
    assert columns["days_since"][0] == 40.0


def test_reviews_by_mail_are_read_beside_them():
    rows = [
        (DAY - dt.timedelta(days=9 + i), mail, 4.0 - i % 2, "fine work, thank you")
        for i, (_, mail, _) in enumerate(PEOPLE)
    ]
    reviews = table("Reviews", ["Date", "E-mail", "Stars", "Comment"], rows)
    columns, _ = counted(company(invoices(), reviews))
    assert columns["rating"].tolist() == [4.0, 3.0] * 3


def test_sheets_of_one_form_are_one():
    both = company(invoices("Invoices 2025"), invoices("Invoices 2026"))
    assert len(both.orders) == 50


def test_sheets_of_different_form_are_not_chosen_among():
    other = bills(invoices().rows, "Orders", ("Order no", "Order date", "Customer", "Total"))
    assert company(invoices(), other) is None


def test_sheets_about_others_are_no_orders_of_these():
    rows = [
        (n, day, f"Supplier {n % 4}", amount)
        for n, (_, day, _, amount) in enumerate(invoices().rows)
    ]
    assert company(bills(rows)) is None


def test_two_of_one_name_are_told_and_not_mixed_up():
    people = clients([*PEOPLE, ("Client A", "other@firm.example", DAY)])
    found = company(invoices(), people=people)
    assert "Client A" in found.notes[0].en
    assert found.keys[0] == found.keys[-1] == ""


def test_cells_that_cannot_be_read_are_listed_with_their_sheet():
    kept = invoices()
    kept.rows[3] = (*kept.rows[3][:3], "see contract")
    (one,) = company(kept).unread
    assert (one[0].sheet, one[1].row, one[1].text) == ("Invoices", 3, "see contract")


def test_orders_without_days_are_refused_with_the_column_and_the_first_cells():
    rows = [
        (no, "in spring" if n % 4 else day, who, amount)
        for n, (no, day, who, amount) in enumerate(invoices().rows)
    ]
    dated = table("Invoices", ["No", "Order date", "Client", "Amount"], rows)
    dated.facts = Facts(today=TODAY)
    with pytest.raises(SheetError, match=r"column Order date \(Invoices!B3 “in spring”"):
        company(dated)
