"""What a list of subscribers came to month by month is what a person adds up by hand."""

import datetime as dt

import numpy as np
import pytest

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.monthly_movements import monthly_movements
from csm_xl.company.workbook_facts import Facts
from csm_xl.vocabulary.cell_readers import serial

TODAY = dt.datetime(2026, 11, 29)
ROWS = [
    ("Old One", 100.0, dt.datetime(2024, 3, 1), None),
    ("Old Two", 50.0, dt.datetime(2025, 1, 9), dt.datetime(2026, 10, 12)),
    ("New One", 30.0, dt.datetime(2026, 10, 5), None),
    ("Short Stay", 20.0, dt.datetime(2026, 10, 2), dt.datetime(2026, 10, 30)),
    ("Gone Before", 70.0, dt.datetime(2025, 2, 1), dt.datetime(2026, 8, 31)),
    ("Will Leave", 10.0, dt.datetime(2025, 2, 1), dt.datetime(2026, 12, 31)),
]


def listed(rows=ROWS):
    found = HeaderTable("Accounts", None, ["Account", "MRR", "Start", "Cancelled on"], 1, 1, rows)
    found.facts = Facts(today=serial(TODAY))
    return found


def test_the_last_whole_month():
    worth = np.array([row[1] for row in ROWS])
    month = monthly_movements(listed(), worth, serial(TODAY))[-1]
    assert month.first == dt.date(2026, 10, 1)
    assert (month.opening, month.new, month.lost, month.closing) == (160.0, 50.0, 70.0, 140.0)
    assert month.kept == pytest.approx(110 / 160)


def test_each_month_begins_where_the_one_before_ended():
    months = monthly_movements(listed(), None, serial(TODAY))
    assert len(months) == 12
    assert [m.closing for m in months[:-1]] == [m.opening for m in months[1:]]
    assert months[-1].opening == 3.0


def test_without_a_start_or_days_of_leaving_there_are_no_months():
    rows = [row[:3] for row in ROWS]
    table = HeaderTable("Accounts", None, ["Account", "MRR", "Start"], 1, 1, rows)
    assert monthly_movements(table, None, serial(TODAY)) == []


def test_who_left_on_an_unknown_day_is_in_no_month():
    headers = ["Account", "MRR", "Start", "Cancelled on", "Status"]
    rows = [(*row, "cancelled" if row[3] and row[0] != "Will Leave" else "active") for row in ROWS]
    rows.append(("No Day", 900.0, dt.datetime(2025, 1, 1), None, "cancelled"))
    table = HeaderTable("Accounts", None, headers, 1, 1, rows)
    table.facts = Facts(today=serial(TODAY))
    assert monthly_movements(table, None, serial(TODAY))[-1].opening == 3.0
