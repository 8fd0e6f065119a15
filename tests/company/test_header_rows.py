"""Titles are found below headings and beside notes; totals and remarks are no rows."""

import datetime as dt

import pytest

from csm_xl.company.header_rows import Area, find_area

_ = None
PEOPLE = [("Ada", 1.0, 3.0), ("Ben", 2.0, 4.0), ("Cora", 4.0, 5.0), ("Dirk", 5.0, 9.0)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Name", "Fee", "Logins"), *PEOPLE], Area(0, 0, 3, 5)),
        ([("My clients", _, _), ("as of", "today", _), ("Name", "Fee", "Logins"), *PEOPLE], Area(2, 0, 3, 7)),
        ([("Person", _, "Money"), ("Name", "Mail", "Fee", "Paid"), ("a", "x", 1.0, 2.0), ("b", "y", 2.0, 1.0)], Area(1, 0, 4, 4)),
        ([("Name", "Fee", "Logins"), *PEOPLE, ("Total", 12.0, 21.0), (_, _, _), ("* without VAT", _, _)], Area(0, 0, 3, 5)),
        ([("Name", "Fee", "Logins"), *PEOPLE, (_, 12.0, 21.0)], Area(0, 0, 3, 5)),
        ([("客户", "月费", "登录"), *PEOPLE, ("合计：", 12.0, _), ("备注：不含税", _, _)], Area(0, 0, 3, 5)),
        ([("Name", "Fee", "Logins", _, "To do"), *((*p, _, "call" if p[0] == "Ada" else _) for p in PEOPLE)], Area(0, 0, 3, 5)),
        ([("Name", "Fee", "Logins"), *PEOPLE, (_, _, _), ("Plan", "Price", _), ("A", 9.0, _), ("B", 8.0, _)], Area(0, 0, 3, 5)),
        ([("Name", dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 1)), *PEOPLE], Area(0, 0, 3, 5)),
        ([("Member", 1.0, 2.0, 3.0), ("Ada", "x", _, "x"), ("Ben", _, "x", _)], Area(0, 0, 4, 3)),
        ([("Ada", 1.0, 3.0), ("Ben", 2.0, 4.0)], None),
        ([("just a note", _, _)], None),
        ([], None),
    ],
)  # fmt: skip
def test_where_a_table_begins_and_ends(rows, expected):
    width = max((len(row) for row in rows), default=0)
    assert find_area([(*row, *[_] * (width - len(row))) for row in rows]) == expected
