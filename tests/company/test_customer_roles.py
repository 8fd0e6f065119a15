"""The role of each column is found by its title and its contents, never by the title alone."""

import datetime as dt

import pytest

from csm_xl.company.readable_cells import readable
from csm_xl.company.roles import find_roles
from csm_xl.vocabulary.cell_readers import serial

DAY = dt.datetime(2026, 6, 1)
TODAY = serial(DAY)
NAMES = [f"{a} {b}" for a in ("Ada", "Ben", "Cora", "Dirk") for b in ("Abel", "Brook", "Crane")]


def day(days):
    return DAY - dt.timedelta(days=days)


def roles(columns, **options):
    found = find_roles(list(columns), [list(c) for c in columns.values()], TODAY, **options)
    return {one.header: one.role for one in found.columns}


def leaving(columns, **options):
    return find_roles(list(columns), [list(c) for c in columns.values()], TODAY, **options).leaving


SHEETS = {
    "gym": (
        {
            "Member": NAMES,
            "Joined": [day(400 + i) for i in range(12)],
            "Monthly fee": [29.0, 49.0] * 6,
            "Visits last month": [float(i) for i in range(12)],
            "Last visit": [day(i) for i in range(12)],
            "Mobile": [f"+44 7700 900{i:03d}" for i in range(12)],
            "Membership status": ["active", "frozen", "cancelled"] * 4,
        },
        ["name", "start", "price", "usage", "last contact", "phone", "left"],
    ),
    "语言学校": (
        {
            "学号": [f"S{i:04d}" for i in range(12)],
            "学员": [f"王{chr(0x4E00 + i)}" for i in range(12)],
            "报名日期": [day(400 + i) for i in range(12)],
            "学费": [300.0, 500.0] * 6,
            "上课次数": [float(i) for i in range(12)],
            "满意度": ["满意", "一般"] * 6,
            "是否退课": ["是", "否"] * 6,
            "备注": ["周末有空", None] * 6,
        },
        ["id", "name", "start", "price", "usage", "rating", "left", "note"],
    ),
    "landlord": (
        {
            "Flat": [f"Flat {i % 3}" for i in range(12)],
            "Tenant": NAMES,
            "Rent": [600.0 + i for i in range(12)],
            "Moved out": [day(30), None, None] * 4,
        },
        ["feature", "name", "price", "left"],
    ),
    "studio": (
        {
            "Kunde": NAMES,
            "Sessions/month": [float(i) for i in range(12)],
            "Age": [20.0 + i for i in range(12)],
            "Annual fee": [290.0, 490.0] * 6,
            "Last gift": [day(i) for i in range(12)],
            "Moved away?": ["yes", None, None] * 4,
        },
        ["name", "usage", "feature", "price", "last contact", "left"],
    ),
    "saas": (
        {
            "Account": NAMES,
            "Plan": ["Pro", "Starter"] * 6,
            "MRR": [29.0, 129.0] * 6,
            "Seats": [float(i) for i in range(12)],
            "NPS": [9.0, 3.0] * 6,
            "Renews on": [DAY + dt.timedelta(days=30 + i) for i in range(12)],
            "Do not email": ["x", None, None] * 4,
            "Active?": ["Y", "N", "Y"] * 4,
        },
        ["name", "feature", "price", "feature", "nps", "renewal", "do not contact", "left"],
    ),
}


@pytest.mark.parametrize("trade", SHEETS)
def test_the_roles_of_an_ordinary_list(trade):
    columns, expected = SHEETS[trade]
    assert list(roles(columns).values()) == expected


def test_a_title_whose_contents_say_otherwise_does_not_decide():
    columns = {
        "Who": NAMES,
        "Cancelled orders": [0.0, 1.0, 2.0] * 4,
        "Rating": ["ask later", "no", "maybe"] * 4,
        "Start": ["morning", "evening"] * 6,
        "Phone model": ["iPhone", "Pixel"] * 6,
    }
    assert list(roles(columns).values()) == ["name", "feature", "feature", "feature", "feature"]


def test_a_town_is_no_name_and_a_text_that_differs_in_every_row_is():
    assert roles({"Town": ["Leeds", "York", "Hull"] * 4, "Contact details": NAMES}) == {
        "Town": "feature",
        "Contact details": "name",
    }


def test_what_the_owner_set_stands():
    columns, _ = SHEETS["saas"]
    found = roles(columns, chosen={3: "ignore", 7: "feature"})
    assert (found["Seats"], found["Active?"]) == ("ignore", "feature")


def test_csm_xls_own_columns_are_csm_xls_whatever_they_are_called():
    columns = {"Client": NAMES, "Risk": ["legal", "ok"] * 6, "Risk (csm-xl)": ["Low", "High"] * 6}
    assert list(roles(columns, ours={2: "risk"}).values()) == ["name", "feature", "csm-xl"]


def test_months_side_by_side_are_usage():
    columns = {"Member": NAMES, **{m: [1.0, 2.0] * 6 for m in ("2026-01", "2026-02", "2026-03")}}
    assert list(roles(columns).values()) == ["name", "usage", "usage", "usage"]


@pytest.mark.parametrize(
    ("title", "cells", "expected"),
    [
        ("Status", ["active", "Cancelled", "closed", "Active"], "kllk"),
        ("Status", ["Active (monthly)", "Left - moved", "former client", "current"], "klLk".lower()),
        ("客户状态", ["在用", "已流失", "暂停", "试用"], "klpt"),
        ("Stage", ["lead", "customer", "on hold", "ex-client"], "?kpl"),
        ("Active?", ["Y", "N", "yes", "no"], "klkl"),
        ("Still a client", [True, False, True, False], "klkl"),
        ("Quit", ["x", None, None, "X"], "lkkl"),
        ("已退课", ["√", None, "√", None], "lklk"),
        ("Churned", [1.0, 0.0, None, 1.0], "lk-l"),
        ("Churned", ["yes", "no", None, "no"], "lk-k"),
        ("Last day", [day(10), None, None, DAY + dt.timedelta(days=20)], "lkkn"),
        ("流失日期", ["2026-03-01", None, "无", "2026/4/2"], "lkkl"),
        ("Cancelled date", [day(10), day(9), day(8), "soon"], "lll?"),
        ("Anything", ["live", "gone", "live", "gone"], "klkl"),
        ("Order status", ["closed", "open", "closed", "open"], None),
        ("Lessons left", [3.0, 0.0, 1.0, 1.0], None),
        ("Reason for leaving", ["price", None, "moved", None], None),
        ("Happy?", ["yes", "no", "yes", "no"], None),
        ("Renewal date", [DAY + dt.timedelta(days=9 + i) for i in range(4)], None),
    ],
)  # fmt: skip
def test_a_column_says_who_left_or_does_not(title, cells, expected):
    found = leaving({"Client": ["a", "b", "c", "d"], title: cells})
    letters = {"left": "l", "kept": "k", "paused": "p", "trial": "t", "notice": "n", "": "-"}
    said = "".join(letters.get(one, "?") for one in found.status)
    if expected is None:
        assert found.places == ()
    else:
        assert (found.places, said) == ((1,), expected)


def test_a_flag_and_a_date_that_agree_are_one_thing():
    found = leaving(
        {
            "Quit": ["yes", "no", "yes", "no"],
            "Quit date": [day(20), None, None, None],
            "Fee": [1.0, 2.0, 3.0, 4.0],
        }
    )
    assert found.dated and set(found.places) == {0, 1}
    assert found.status.tolist() == ["left", "kept", "left", "kept"]


def test_two_columns_that_disagree_compete():
    cells = {"Status": ["active", "ended"] * 6, "Cancelled?": ["yes", "no"] * 6}
    found = leaving(cells)
    assert (found.places, found.competing) == ((), (0, 1))
    chosen = leaving(cells, chosen={1: "left"})
    assert chosen.places == (1,)
    assert chosen.status.tolist() == ["left", "kept"] * 6


def test_a_flag_of_activity_beside_a_plain_label_is_a_feature():
    cells = {"Exited": [1.0, 0.0, 0.0, 1.0] * 5, "IsActiveMember": [1.0, 0.0, 1.0, 0.0] * 5}
    found = leaving(cells)
    assert (found.places, found.repeats, found.competing) == ((0,), (), ())


def test_a_flag_that_says_the_same_the_other_way_round_is_no_feature():
    cells = {"Exited": [1.0, 0.0, 0.0, 1.0] * 5, "Active": [0.0, 1.0, 1.0, 0.0] * 5}
    assert leaving(cells).repeats == (1,)


def test_values_that_nobody_knows_can_be_named():
    cells = {"Client": NAMES, "Situation": ["R", "G", "G"] * 4}
    assert leaving(cells).nearest == (1,)
    found = leaving(cells, chosen={1: "left:R"})
    assert found.status.tolist() == ["left", "kept", "kept"] * 4


class TestTitlesOfManyTrades:
    def test_traditional_characters_are_read_as_simplified_ones(self):
        found = roles({
            "客戶": NAMES, "聯絡電話": [f"09{i:08d}" for i in range(12)], "每月收費": [300.0 + i for i in range(12)],
            "電郵": [f"a{i}@b.example" for i in range(12)], "使用次數": [float(i) for i in range(12)],
            "狀態": ["已停止合作", "服務中", "服務中"] * 4,
        })  # fmt: skip
        assert list(found.values()) == ["name", "phone", "price", "e-mail", "usage", "left"]

    def test_titles_in_two_languages(self):
        found = roles(
            {
                "Client 客户": NAMES,
                "Start 开始": [day(400 + i) for i in range(12)],
                "Fee 月费": [29.0, 49.0] * 6,
            }
        )
        assert list(found.values()) == ["name", "start", "price"]

    def test_what_went_wrong_is_no_usage(self):
        counts = [float(i) for i in range(12)]
        found = roles(
            {
                "学员": NAMES,
                "投诉次数": counts,
                "缺勤次数": counts,
                "Cancelled lessons": counts,
                "到店次数": counts,
            }
        )
        assert list(found.values()) == ["name", "feature", "feature", "feature", "usage"]

    def test_days_written_day_first_are_no_telephone_numbers(self):
        found = roles({"Client": NAMES, "Seen": [f"{i + 10}/03/2024" for i in range(12)]})
        assert found["Seen"] == "feature"

    def test_numbers_of_accounts_are_known_by_their_form(self):
        found = roles(
            {
                "Account": [str(6222021234567800000 + i) for i in range(12)],
                "Logins": [float(i) for i in range(12)],
            }
        )
        assert found["Account"] == "id"

    def test_consent_is_no_address(self):
        found = roles({"Client": NAMES, "OK to e-mail?": ["yes", "no"] * 6})
        assert found["OK to e-mail?"] == "do not contact"


@pytest.mark.parametrize(
    "title",
    [
        "Letzter Besuch",
        "Letzte Bestellung",
        "Dernière visite",
        "Última compra",
        "Ultimo acquisto",
        "Laatste bezoek",
        "最終来店日",
    ],
)
def test_the_last_contact_is_known_in_other_languages(title):
    days = [day(3 * i) for i in range(12)]
    assert roles({"Name": NAMES, title: days})[title] == "last contact"


def test_points_may_be_written_with_their_unit():
    written = ["300分", "120 points", 80.0, "1,200积分", None, "50 Pts."] * 2
    assert roles({"Name": NAMES, "积分": written})["积分"] == "points"
    assert readable(written, "points") == ([300.0, 120.0, 80.0, 1200.0, None, 50.0] * 2, [])
