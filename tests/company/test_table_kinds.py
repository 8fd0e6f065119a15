"""What the rows of a table are, by the sheet's name and by what it holds."""

import datetime as dt

import pytest

from csm_xl.company.table_kinds import table_kind

_DAYS = [dt.datetime(2026, 1, 1) + dt.timedelta(days=i) for i in range(6)]


@pytest.mark.parametrize(
    "name", ["订阅用户", "Subscription clients", "订阅会员名单", "Members with contract"]
)
def test_who_subscribes_one_in_each_row_is_a_list_of_customers(name):
    headers = ["客户", "月费", "开通日期"]
    assert table_kind(name, headers, [list("ABCDEF"), [9.0] * 6, _DAYS]) == "customers"


@pytest.mark.parametrize("name", ["订阅", "Subscriptions", "合同"])
def test_what_they_pay_for_stays_a_list_of_subscriptions(name):
    headers = ["客户", "月费", "开通日期"]
    assert table_kind(name, headers, [list("AABBCC"), [9.0] * 6, _DAYS]) == "subscriptions"


SERIALS = [46000.0 - 7 * i for i in range(20)]
LATER = [46100.0 + 3 * i for i in range(20)]
NAMES = [f"N{i:02}" for i in range(20)]
MARKS = ["✓", "✓", "✗", "✓"] * 5
AMOUNTS = [12.0 + i for i in range(20)]


@pytest.mark.parametrize(
    ("sheet", "table", "kind"),
    [
        ("Walks", {"Dog": NAMES, "First walk": SERIALS, "Price/walk": AMOUNTS, "Still with us": MARKS}, "customers"),
        ("Cards", {"Card": NAMES, "Joined": SERIALS, "Last seen": LATER, "Stamps": AMOUNTS}, "customers"),
        ("Tabelle1", {"Liegeplatz": NAMES, "Beginn": SERIALS, "Gekündigt am": LATER, "Betrag": AMOUNTS}, "customers"),
        ("Sheet1", {"铺位": NAMES, "起租": SERIALS, "退租日期": LATER, "金额": AMOUNTS}, "customers"),
        ("Sheet1", {"Order no.": NAMES, "Date": SERIALS, "Amount": AMOUNTS, "Cancelled": MARKS}, "orders"),
        ("Sheet1", {"单号": NAMES, "日期": SERIALS, "金额": AMOUNTS, "是否取消": MARKS}, "orders"),
    ],
)  # fmt: skip
def test_who_stays_or_leaves_is_a_customer_whatever_it_is_called(sheet, table, kind):
    assert table_kind(sheet, list(table), list(table.values())) == kind
