"""Months are usage over time: its level of late and how it changed, before leaving for who left."""

import datetime as dt

import numpy as np
import pytest

from csm_xl.company.header_table import table_of
from csm_xl.company.months import consecutive, month_of
from csm_xl.company.usage import usage_over_time
from csm_xl.company.workbook_facts import Facts
from csm_xl.vocabulary.cell_readers import serial

TODAY = Facts(today=serial(dt.date(2026, 7, 10)))
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07")


def table(rows, sheet="Clients", row=1):
    found = table_of(sheet, sheet, row, 1, rows)
    found.facts = TODAY
    return found


def members(titles=MONTHS, left="Left on"):
    """Ada falls, Ben left in April, everybody else is steady."""
    rows = [("Member", *titles, left)]
    rows.append(("Ada", *map(float, (9, 9, 9, 3, 3, 3, 0)), None))
    rows.append(("Ben", *map(float, (8, 8, 2, 1, 0, 0, 0)), dt.datetime(2026, 4, 20)))
    rows += [(f"Guest {i}", *map(float, (5, 6, 5, 6, 5, 6, 1)), None) for i in range(12)]
    return rows


def test_months_side_by_side_become_level_and_trend():
    usage = usage_over_time(table(members()))
    assert usage.titles == ("Usage lately", "Change in usage")
    assert usage.places == tuple(range(1, 8))
    # July is not over on the 10th.
    assert usage.level[0] == pytest.approx(3.0) and usage.trend[0] == pytest.approx(-6.0)


def test_months_from_leaving_on_do_not_count():
    usage = usage_over_time(table(members()))
    assert usage.level[1] == pytest.approx(6.0)
    assert usage.telling


def test_without_days_of_leaving_months_of_nothing_are_not_learned_from():
    rows = [(*row[:-1], "yes" if row[-1] else "no") for row in members(left="Churned")]
    rows[0] = (*rows[0][:-1], "Churned")
    usage = usage_over_time(table(rows))
    assert np.isnan(usage.level[1]) and not usage.telling


def test_a_blank_month_is_nothing_where_no_zero_is_written():
    rows = [tuple(None if cell == 0.0 else cell for cell in row) for row in members()]
    usage = usage_over_time(table(rows))
    assert usage.level[0] == pytest.approx(3.0) and usage.level[1] == pytest.approx(6.0)


def test_chinese_sheets_named_by_months_are_matched_by_number():
    """A dance school: a tick for each lesson, one sheet a month, students by number."""
    people = table(
        [("学号", "姓名", "入学日期", "退课日期")]
        + [(f"S{i:03d}", f"学员{i}", dt.datetime(2025, 1, 5), None) for i in range(10)],
        "学员",
    )
    lessons = {"2026年3月": 6, "2026年4月": 6, "2026年5月": 2, "2026年6月": 1}
    for month, held in lessons.items():
        rows = [("学号", *(f"{day}" for day in range(1, 9)), "合计")]
        for i in range(10):
            came = held if i == 0 else 4
            rows.append((f"S{i:03d}", *("√" if d < came else None for d in range(8)), float(came)))
        people.month_sheets.append(table(rows, month))
    usage = usage_over_time(people)
    assert usage.titles == ("近期使用量", "使用量变化")
    assert usage.level[0] == pytest.approx(3.0) and usage.trend[0] == pytest.approx(-3.0)
    assert usage.level[1] == pytest.approx(4.0) and usage.trend[1] == pytest.approx(0.0)


def test_two_customers_of_one_name_are_nobody_on_a_months_sheet():
    people = table([("Client", "City")] + [(n, "Ulm") for n in ("Kim", "Kim", "Lea", "Max")])
    for month in ("Jan 2026", "Feb 2026", "Mar 2026"):
        rows = [("Who", "Logins")] + [(n, 7.0) for n in ("Kim", "Lea", "Max")]
        people.month_sheets.append(table(rows, month))
    usage = usage_over_time(people)
    assert np.isnan(usage.level[:2]).all() and usage.level[2:] == pytest.approx([7.0, 7.0])


def test_months_without_years_end_with_the_latest_such_month():
    today = serial(dt.date(2026, 2, 3))
    months = consecutive(["Nov", "Dec", "Jan"], today)
    assert months == [2025 * 12 + 10, 2025 * 12 + 11, 2026 * 12]
    assert consecutive(["10月", "11月"], today) == [2025 * 12 + 9, 2025 * 12 + 10]


@pytest.mark.parametrize(
    ("title", "month"),
    [
        ("Jan-25", (2025, 1)),
        ("March, 2026", (2026, 3)),
        ("2026M01", (2026, 1)),
        ("März 2026", (2026, 3)),
        ("févr. 2026", (2026, 2)),
        ("août", (None, 8)),
        ("三月份", (None, 3)),
        ("1 月", (None, 1)),
        ("Visits Jan", (None, 1)),
        ("Jan 2026 check-ins", (2026, 1)),
        ("3月签到", (None, 3)),
        ("2026年3月到课", (2026, 3)),
        ("Mar price", None),
        ("3月实付", None),
        ("Market", None),
        ("Marks", None),
        ("Maybe", None),
        ("13月", None),
    ],
)
def test_titles_that_name_a_month(title, month):
    assert month_of(title) == month
