"""Any shop, in any of the declared forms: the workbook's net, orders and customers are the truth."""

import csv
import io
import os
from unittest import mock

import pytest
from generated_shops import shops
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csm_xl import commands
from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.workbook.build import build


def shopify(shop):
    words = {
        "paid": "paid",
        "refunded": "refunded",
        "part": "partially_refunded",
        "cancelled": "voided",
        "unpaid": "pending",
    }
    titles = [
        "Name",
        "Email",
        "Financial Status",
        "Paid at",
        "Fulfillment Status",
        "Currency",
        "Total",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Billing Name",
        "Cancelled at",
        "Refunded Amount",
        "Id",
        "Phone",
    ]
    for order in shop.orders:
        for i, line in enumerate(order.lines):
            row = dict.fromkeys(titles, "")
            row |= {"Name": f"#{order.number}", "Email": shop.mail(order.buyer), "Lineitem quantity": line.quantity,
                    "Lineitem name": line.item, "Lineitem price": f"{line.price:.2f}", "Created at": f"{order.day} 10:00:00 -0500"}  # fmt: skip
            if i == 0:
                back = order.total if order.state == "refunded" else order.back
                row |= {"Financial Status": words[order.state], "Currency": order.currency, "Total": f"{order.total:.2f}",
                        "Refunded Amount": f"{back:.2f}", "Billing Name": f"Buyer Number{'abcde'[order.buyer]}", "Id": 55000 + i}  # fmt: skip
            yield row


def line_export(shop):
    words = {
        "paid": "交易成功",
        "refunded": "退款成功",
        "part": "部分退款",
        "cancelled": "交易关闭",
        "unpaid": "等待买家付款",
    }
    for order in shop.orders:
        for i, line in enumerate(order.lines):
            yield {
                "订单号": f'="{order.number}"', "邮箱": shop.mail(order.buyer), "手机号": shop.phone(order.buyer),
                "商品名称": line.item, "商品数量": line.quantity, "商品总价": f"￥{line.quantity * line.price:,.2f}".replace("￥", ""),
                "付款时间": order.day, "订单状态": words[order.state], "币种": order.currency,
                "退款金额": f"{order.back:.2f}" if order.back and i == 0 else "",
            }  # fmt: skip


def repeated_export(shop):
    words = {
        "paid": "交易完成",
        "refunded": "已全额退款",
        "part": "部分退款",
        "cancelled": "用户已取消",
        "unpaid": "待付款",
    }
    for order in shop.orders:
        for line in order.lines:
            yield {
                "订单号": order.number, "买家邮箱": shop.mail(order.buyer), "商品名称": line.item, "商品数量": line.quantity,
                "订单实付金额": f"{order.total:.2f}", "订单付款时间": order.day, "订单状态": words[order.state],
                "货币": order.currency, "订单已退款金额": f"{order.back:.2f}" if order.back else "0",
            }  # fmt: skip


def stripe(shop):
    words = {
        "paid": "Paid",
        "refunded": "Refunded",
        "part": "Paid",
        "cancelled": "Canceled",
        "unpaid": "Failed",
    }
    for order in shop.orders:
        back = order.total if order.state == "refunded" else order.back
        yield {
            "id": f"ch_{order.number}", "Created date (UTC)": f"{order.day} 10:00:00", "Amount": f"{order.total:.2f}",
            "Amount Refunded": f"{back:.2f}", "Currency": order.currency.lower(), "Captured": "True", "Status": words[order.state],
            "Customer ID": f"cus_{order.buyer}", "Customer Email": shop.mail(order.buyer), "Description": order.lines[0].item,
        }  # fmt: skip


FORMS = {"shopify": shopify, "lines": line_export, "repeated": repeated_export, "stripe": stripe}


def written(folder, rows, name):
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def held(book):
    session = Session(book)
    orders, people = session.table("orders"), session.table("customers")
    at = {
        title: orders.headers.index(title)
        for title in ("Order no.", "Kind", "Amount", "Customer ID")
    }
    rows = [row for row in orders.rows if row[at["Order no."]] is not None]
    sold = [row for row in rows if row[at["Kind"]] != "Refund"]
    net = round(sum(row[at["Amount"]] or 0 for row in rows), 2)
    numbers = {row[0] for row in people.rows if row[0] is not None}
    assert {row[at["Customer ID"]] for row in sold} <= numbers
    return net, len(sold), len(numbers)


EMPTY = build("en", {}, {})


def built(folder, name="own.xlsx"):
    path = folder / name
    path.write_bytes(EMPTY)
    return open_book(path)


def imported(book, path, table):
    outcome = commands.import_data(book, path, table)
    more = outcome.more
    left_out = sum(entry["rows"] for entry in more["left_out"])
    assert (
        more["read"]
        == more["added"] + more["updated"] + more["unchanged"] + more["merged"] + left_out
    )
    return outcome


@pytest.fixture(autouse=True)
def uncalculated():
    """What is imported are values; nothing here depends on the workbook's formulas."""
    with mock.patch("csm_xl.xlfile.app.App.calculate"):
        yield


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=int(os.environ.get("SHOPS", "6")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(shop=shops(), cut=st.integers(0, 14))
def test_the_workbook_holds_the_truth(tmp_path_factory, form, shop, cut):
    if not shop.counting:
        return
    folder = tmp_path_factory.mktemp("shop")
    rows = list(FORMS[form](shop))
    whole = written(folder, rows, "whole.csv")
    truth = shop.net, len(shop.counting), len({order.buyer for order in shop.counting})

    book = built(folder)
    imported(book, whole, "customers")
    imported(book, whole, "orders")
    assert held(book) == truth
    again = imported(book, whole, "orders")
    assert again.more["added"] == again.more["updated"] == 0
    assert held(book) == truth
    book.close()

    # Two halves that overlap by a row, cut between orders.
    numbers = [order.number for order in shop.orders]
    cut = min(cut, len(numbers) - 1)
    key = next(title for title in rows[0] if title in ("Name", "订单号", "id"))

    def number(row):
        return "".join(filter(str.isdigit, row[key]))

    halves = [
        [row for row in rows if number(row) in numbers[: cut + 1]],
        [row for row in rows if number(row) in numbers[cut:]],
    ]
    # Whose buyers came in says which currency the books are in, whatever the first half has more of.
    other = built(folder)
    imported(other, whole, "customers")
    for i, half in enumerate(halves):
        path = written(folder, half, f"half{i}.csv")
        imported(other, path, "orders")
    assert held(other) == truth
    other.close()
