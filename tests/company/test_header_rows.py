"""Titles are found below headings and beside notes; totals and remarks are no rows."""

import datetime as dt

import pytest

from csm_xl.company.header_rows import Area, find_area, is_section, is_units
from csm_xl.company.header_table import table_on

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


#: Titles over groups of columns, and those of the columns below.
GROUPED = [
    ("Client", "Contract", _, "Usage", _, "Left"),
    (_, "Start", "Fee", "Logins", "Tickets", "on"),
    ("Ada", 45000.0, 9.0, 3.0, 1.0, 45900.0),
    ("Ben", 45010.0, 8.0, 2.0, 0.0, _),
    ("Cora", 45020.0, 7.0, 4.0, 2.0, _),
]


class TestTwoRowsOfTitles:
    def test_the_lower_ones_name_the_columns_with_their_group_where_they_say_little(self):
        found = find_area(GROUPED)
        assert found == Area(1, 0, 6, 5)
        titles = ["Client", "Start", "Contract Fee", "Logins", "Tickets", "Left on"]
        assert found.titles == titles

    def test_the_lower_ones_may_go_on_where_the_upper_ones_end(self):
        rows = [
            ("Client", "Contract", _, "Health", _),
            (_, "Since", "MRR", "Tickets", "Last visit"),
            *((name, 45000.0, fee, logins, 45900.0) for name, fee, logins in PEOPLE),
        ]
        found = find_area(rows)
        assert (found.first, found.last, found.header) == (0, 5, 1)
        assert found.titles == ["Client", "Since", "Contract MRR", "Tickets", "Last visit"]

    def test_units_below_titles_are_no_customer(self):
        rows = [(_, "€ a month", "per month"), *PEOPLE]
        assert is_units(rows[0], rows[1:])
        assert not is_units(rows[1], rows[2:])
        table = table_on("Clients", 1, 1, [("Client", "Fee", "Logins"), *rows])
        assert table.headers == ["Client", "Fee", "Logins"]
        assert table.holds.tolist() == [False, True, True, True, True]

    def test_a_first_customer_in_words_is_a_customer(self):
        rows = [("Client", "Plan", "Fee"), ("Ada", "Basic", 9.0), ("Ben", "Pro", 8.0)]
        assert find_area(rows) == Area(0, 0, 3, 3)


def test_names_of_parts_and_subtotals_within_are_no_customers():
    rows = [
        ("Client", "Fee", "Logins"),
        ("CURRENT CLIENTS", _, _),
        *PEOPLE,
        ("Subtotal current", 12.0, 21.0),
        ("Left:", _, _),
        ("Eva", 3.0, 1.0),
        ("Finn", _, _),
    ]
    table = table_on("Clients", 1, 1, rows)
    assert table.holds.tolist() == [False, *[True] * 4, False, False, True, True]


def test_names_without_a_title_belong_to_the_table():
    table = table_on("Clients", 1, 1, [(_, "Fee", "Logins"), *PEOPLE])
    assert table.headers == ["", "Fee", "Logins"]
    assert table.roles.places("name") == [0]


@pytest.mark.parametrize("name", ["— Former clients —", "=== 已离开 ===", "** VIP **", "[Friends]"])
def test_a_name_between_lines_is_no_customer(name):
    people = [(n, 1.0 * i, 2.0 * i) for i, (n, *_rest) in enumerate(PEOPLE, 1)]
    assert is_section((name, None, None), people)
    assert not is_section(("Friends", None, None), people)
