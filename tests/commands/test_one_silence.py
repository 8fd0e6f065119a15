"""A shop that notes nobody's leaving: Customers, Dashboard, Retention and History say silent of the same ones."""

import datetime as dt

import pytest
from sample_books import NOW, rows_of

from csm_xl import commands
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.sample.sample_company import company
from csm_xl.vocabulary import words
from csm_xl.workbook.build import build

MOST = 160


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A part of the sample company without days of leaving, trained; the file."""
    told = company("en")
    kept = {row["customer_id"] for row in told.tables["customers"][:MOST]}
    tables = {
        key: [row for row in rows if row.get("customer_id") in kept]
        for key, rows in told.tables.items()
        if key in ("customers", "orders")
    }
    tables["customers"] = [{**row, "left_on": None} for row in tables["customers"]]
    path = tmp_path_factory.mktemp("shop") / "shop.xlsx"
    path.write_bytes(
        build("en", tables, {**told.settings, "as_of": NOW.date(), "horizon_days": 60})
    )
    book = open_book(path)
    commands.retrain(book, today=NOW.date())
    commands.refresh(book, now=NOW)
    book.save()
    book.close()
    return path


@pytest.fixture
def book(shop):
    found = open_book(shop, readonly=True)
    yield found
    found.close()


def silent(book):
    after = Session(book).settings.number("silence_days")
    return {r["customer_id"] for r in rows_of(book, "customers") if (r["days_since"] or 0) > after}


def test_settings_show_the_horizon_as_the_days_of_silence(book):
    assert Session(book).settings.number("silence_days") == 60.0


def test_customers_who_are_silent_have_left(book):
    left = words.STATUSES.word("left", "en")
    gone = {row["customer_id"] for row in rows_of(book, "customers") if row["risk"] == left}
    assert gone == silent(book)
    assert 10 < len(gone) < MOST - 10


def test_history_counts_the_same(book):
    last = rows_of(book, "history")[-1]
    assert (last["customers"], last["left"]) == (MOST - len(silent(book)), len(silent(book)))


def test_so_does_the_dashboard(book):
    sheet = book.sheets["Dashboard"]
    figures = {row[0]: row[1:3] for row in sheet.range("B1:D40").raw_value if row[0]}
    assert figures["Customers now"] == (MOST - len(silent(book)), MOST)
    kept, there = figures["Kept over 12 months"]
    after = Session(book).settings.number("silence_days")
    before = [r for r in rows_of(book, "customers") if r["start"] <= NOW - dt.timedelta(days=365)]
    before = [r for r in before if not (r["days_since"] or 0) > after + 365]
    assert there == len(before)
    still = [r for r in before if r["customer_id"] not in silent(book)]
    assert kept == pytest.approx(len(still) / len(before))
    assert 0 < kept < 1


def test_so_does_retention_at_the_end_of_the_last_month(book):
    first = {}
    for row in sorted(rows_of(book, "orders"), key=lambda row: row["date"]):
        if row["amount"] >= 0:
            first.setdefault(row["customer_id"], f"{row['date']:%Y-%m}")
    checked = 0
    for row in rows_of(book, "cohorts"):
        own = {who for who, month in first.items() if month == row["cohort"]}
        shares = [row[f"month_{k}"] for k in range(1, 13) if row[f"month_{k}"] is not None]
        year, month = map(int, row["cohort"].split("-"))
        if own and (2026 - year) * 12 + 6 - month == len(shares):
            checked += 1
            assert shares[-1] == pytest.approx(len(own - silent(book)) / len(own))
    assert checked >= 3
