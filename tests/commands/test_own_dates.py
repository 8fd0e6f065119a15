"""Dates that stand in a sheet as text are read by their whole column."""

import datetime as dt

from csm_xl.commands.own_dates import with_dates


def test_the_order_of_day_and_month_is_that_of_the_table():
    rows = [("A", "25/03/2024", "01/02/2025"), ("B", "02/04/2024", "-"), ("C", "05/06/2024", None)]
    found = with_dates(["Client", "Start", "Left on"], rows)
    assert [row[1] for row in found] == [
        dt.datetime(2024, m, d) for m, d in ((3, 25), (4, 2), (6, 5))
    ]
    assert [row[2] for row in found] == [dt.datetime(2025, 2, 1), "-", None]


def test_where_nothing_tells_the_order_they_stay_as_they_are():
    rows = [("A", "05/03/2024"), ("B", "02/09/2024"), ("C", "05/06/2024"), ("D", "01/02/2024")]
    assert with_dates(["Client", "Start"], rows) == rows


def test_months_in_words_and_eight_digits():
    rows = [("A", "5 Mar 2024", 20240305.0), ("B", "March 9, 2025", 20250309.0)]
    found = with_dates(["Client", "Joined", "入会日"], rows)
    assert [row[1:] for row in found] == [
        (dt.datetime(2024, 3, 5),) * 2,
        (dt.datetime(2025, 3, 9),) * 2,
    ]


def test_numbers_and_remarks_are_no_dates():
    rows = [("A", 20240001.0, "12/25", "asked on 3/4/2024"), ("B", 20240002.0, "1/2", "25/03/2024")]
    assert with_dates(["Client", "Student no", "Ratio", "Notes"], rows) == rows


def test_a_cell_that_is_no_day_stays_to_be_named():
    rows = [("A", "25/03/2024"), ("B", "31/31/2024"), ("C", "14/06/2024"), ("D", "15/06/2024")]
    assert with_dates(["Client", "Start"], rows)[1][1] == "31/31/2024"


def test_months_of_a_year_are_their_first_days():
    rows = [
        ("A", "Mar 2024", "2025年3月"),
        ("B", "September 2023", None),
        ("C", "Jan 2025", "2025年11月"),
    ]
    found = with_dates(["Client", "Since", "退会"], rows)
    assert [row[1] for row in found] == [
        dt.datetime(2024, 3, 1),
        dt.datetime(2023, 9, 1),
        dt.datetime(2025, 1, 1),
    ]
    assert [row[2] for row in found] == [dt.datetime(2025, 3, 1), None, dt.datetime(2025, 11, 1)]


def test_months_without_a_year_stay_as_they_are():
    rows = [("A", "March"), ("B", "May"), ("C", "3月")]
    assert with_dates(["Client", "Billing month"], rows) == rows
