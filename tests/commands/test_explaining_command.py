"""Explain customer and Why?: answers in words, nothing written."""

import pytest
from sample_books import rows_of, trained

from csm_xl import commands, doctor
from csm_xl.commands import customer_explanation as explaining
from csm_xl.commands.session import Session
from csm_xl.errors import SheetError


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    found = trained(tmp_path_factory.mktemp("explained"))
    found.app.calculate()
    yield found
    found.close()


class Selected:
    """A book in which a cell is selected, as Excel would say."""

    def __init__(self, book, cell):
        self._book, self.selection = book, cell

    def __getattr__(self, name):
        return getattr(self._book, name)


def test_a_customer_is_explained_by_number_or_name(book):
    row = next(r for r in rows_of(book, "customers") if r["risk"] == "High")
    by_number = commands.explain(book, row["customer_id"])
    assert row["name"] in by_number.message.en and "within 90 days" in by_number.message.en
    assert "风险高" in by_number.message.zh
    assert commands.explain(book, row["name"].upper()).message == by_number.message
    assert len(by_number.table) >= 5
    assert by_number.warnings[0].en.startswith(("What to do", "Not on the call list"))


def test_a_customer_is_found_by_mail_row_or_part_of_a_name(book):
    rows = rows_of(book, "customers")
    at, row = next((i, r) for i, r in enumerate(rows) if r["risk"] == "High")
    expected = commands.explain(book, row["customer_id"]).message
    assert commands.explain(book, row["email"]).message == expected
    assert commands.explain(book, f"row {at + 2}").message == expected
    assert commands.explain(book, f"第 {at + 2} 行").message == expected
    part = row["name"].split()[-1]
    if sum(part in str(r["name"]) for r in rows) == 1:
        assert commands.explain(book, part.lower()).message == expected
    with pytest.raises(SheetError, match=f"Did you mean {row['name']}"):
        commands.explain(book, row["name"][:-1] + "#")


def test_whoever_left_has_no_probability_and_that_is_said(book):
    row = next(r for r in rows_of(book, "customers") if r["left_on"])
    assert "no churn probability: left" in commands.explain(book, row["customer_id"]).message.en


def test_the_selected_row_is_explained_on_whichever_sheet_it_is(book):
    on_customers = Selected(book, book.sheets["Customers"].range("D5"))
    number = rows_of(book, "customers")[3]["customer_id"]
    expected = commands.explain(book, number).message
    assert commands.explain(on_customers).message == expected
    order = next(i for i, r in enumerate(rows_of(book, "orders")) if r["customer_id"] == number)
    on_orders = Selected(book, book.sheets["Orders"].range((order + 2, 6)))
    assert commands.explain(on_orders).message == expected
    with pytest.raises(SheetError, match="Select a cell"):
        commands.explain(Selected(book, book.sheets["Settings"].range("A1")))
    with pytest.raises(SheetError, match="Select a cell"):
        commands.explain(book)


def test_nobody_and_somebody_twice_are_named(book):
    with pytest.raises(SheetError, match="no customer Zebra"):
        commands.explain(book, "Zebra")
    table = Session(book).customers()
    table.rows[1] = (table.rows[1][0], table.rows[0][1], *table.rows[1][2:])
    with pytest.raises(SheetError, match="2 customers"):
        explaining.row_of_customer(table, table.rows[0][1])


def test_why_tells_what_a_function_said_and_what_excels_errors_mean(tmp_path):
    book = trained(tmp_path)
    sheet = book.sheets["History"]
    sheet.range("P1").formula = '=CSAT("splendiferous")'
    sheet.range("P2").formula = "=1/0"
    book.app.calculate()
    said = commands.why(book, "History!P1").message
    assert "splendiferous" in said.en and "#VALUE!" in said.en
    assert "divides by zero" in commands.why(book, "History!P2").message.en
    assert "no error" in commands.why(book, "history!$A$1").message.en
    assert "没有错误" in commands.why(Selected(book, sheet.range("A1"))).message.zh
    for cell in ("Nowhere!A1", "nonsense"):
        with pytest.raises(SheetError, match="no cell"):
            commands.why(book, cell)
    with pytest.raises(SheetError, match="Select a cell"):
        commands.why(book)
    book.close()


def test_check_setup_answers_with_a_table(book):
    outcome = doctor.check_setup(book)
    assert outcome.table and outcome.message.zh


def test_explaining_writes_nothing(book):
    before = rows_of(book, "customers")
    commands.explain(book, before[0]["customer_id"])
    assert rows_of(book, "customers") == before
