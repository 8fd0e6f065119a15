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
