"""Every declared export, written as its declaration says, is recognised and read as the truth."""

import csv
import os

import pytest
from generated_shops import shops
from hypothesis import HealthCheck, given, settings

from csm_xl.intake.exporters import ALL
from csm_xl.intake.identities import match
from csm_xl.intake.reading import Asked, open_export, read_intake

WORDS = {
    "en": {"paid": "Paid", "refunded": "Refunded", "part": "Partially refunded", "cancelled": "Cancelled", "unpaid": "Unpaid"},
    "zh": {"paid": "交易成功", "refunded": "退款成功", "part": "部分退款", "cancelled": "已取消", "unpaid": "等待买家付款"},
}  # fmt: skip


def named(exporter):
    return f"{exporter.name}, {exporter.table}, {exporter.signs[:20]}"


def titles_of(exporter):
    """The titles of an export in the first form of each, and which of them holds what."""
    signs = [sign.split("/")[0] for sign in exporter.signs.split("|")]
    held = {}
    for key, forms in exporter.columns.items():
        there = [form for form in forms.split("|") if form in signs]
        held[key] = (there or [forms.split("|")[0]])[0]
    # What a title is declared as first, it is.
    once = {}
    for key, title in held.items():
        if title not in once.values():
            once[key] = title
    return list(dict.fromkeys([*signs, *held.values()])), once


def exported(exporter, shop, rows_of):
    titles, held = titles_of(exporter)
    for cells in rows_of:
        row = dict.fromkeys(titles, "")
        row |= {held[key]: value for key, value in cells.items() if key in held}
        yield row


def who(shop, buyer, held):
    cells = {
        "email": shop.mail(buyer),
        "account": f"acc{buyer}",
        "name": f"Buyer Number{'abcde'[buyer]}",
        "first_name": "Buyer",
        "last_name": f"Number{'abcde'[buyer]}",
    }
    # A phone that is hidden or missing tells nothing, so another identity must be there.
    telling = {"email", "account"} & set(held)
    cells["phone"] = shop.phone(buyer) if telling else f"138{buyer:08d}"
    return cells


def order_rows(exporter, shop):
    """The rows that the shop's orders are in such an export; what it cannot say is not there."""
    _, held = titles_of(exporter)
    words = WORDS["en" if held["order_id"].isascii() else "zh"]
    for order in shop.orders:
        back = order.total if order.state == "refunded" else order.back
        common = {
            "order_id": order.number, "date": f"{order.day} 10:00:00", "status": words[order.state],
            "currency": order.currency, "kind": "Payment", **who(shop, order.buyer, held),
        }  # fmt: skip
        if "kept" in held and back:
            common["kept"] = f"{order.total - back:.2f}"
        if exporter.amounts == "line":
            for i, line in enumerate(order.lines):
                yield common | {
                    "product": line.item, "quantity": line.quantity,
                    "amount": f"{line.quantity * line.price:.2f}", "refunded": f"{back:.2f}" if i == 0 and back else "",
                }  # fmt: skip
        else:
            lines = order.lines if exporter.amounts == "order" else order.lines[:1]
            for line in lines:
                yield common | {
                    "product": line.item, "quantity": line.quantity, "amount": f"{order.total:.2f}",
                    "refunded": f"{back:.2f}" if back else "0",
                }  # fmt: skip
        if back and "refunded" not in held and "kind" in held:
            refund = {
                "order_id": f"{order.number}9", "kind": "Refund", "amount": f"{-back:.2f}", "status": words["paid"],
                "payee": common["email"],
            }  # fmt: skip
            yield common | refund


def as_it_can_say(exporter, shop):
    """Change a shop to one that such an export can tell of."""
    _, held = titles_of(exporter)
    says_back = {"refunded", "kind", "kept"} & set(held)
    kept = []
    for order in shop.orders:
        if "currency" not in held:
            order.currency = "USD"
        if "status" not in held and order.state in ("cancelled", "unpaid"):
            continue
        if order.state == "part" and not says_back:
            order.state, order.back = "paid", 0.0
        if order.state == "refunded" and not ({*says_back, "status"} & {*held}):
            order.state = "paid"
        if "kind" in held and "refunded" not in held and order.state in ("refunded", "part"):
            # The refund is a row of its own, and the sale stays paid.
            order.back = order.total if order.state == "refunded" else order.back
            order.state = "part"
        kept.append(order)
    shop.orders = kept
    return shop


def written(folder, rows):
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("exporter", [e for e in ALL if e.table == "orders"], ids=named)
@settings(max_examples=int(os.environ.get("SHOPS", "8")), deadline=None, suppress_health_check=list(HealthCheck),
          derandomize=True)  # fmt: skip
@given(shop=shops())
def test_orders_are_worth_what_was_kept(tmp_path_factory, exporter, shop):
    shop = as_it_can_say(exporter, shop)
    if not shop.counting:
        return
    rows = list(exported(exporter, shop, order_rows(exporter, shop)))
    path = written(tmp_path_factory.mktemp("shop"), rows)
    intake = read_intake(open_export(path, Asked()), Asked(), {}, "en")
    assert intake.exporter is exporter
    kept = intake.orders.kept
    sold = [order for order in kept if not order.is_refund]
    net = round(sum((order.amount or 0) - order.refund for order in kept), 2)
    found = match([order.who for order in kept], [])
    people = {found.of[order.who] for order in kept}
    assert (net, len(sold), len(people)) == (
        shop.net, len(shop.counting), len({order.buyer for order in shop.counting}),
    )  # fmt: skip
    account = intake.account
    assert account.read == len(kept) + account.merged + account.left_out
    assert -1 not in people


VALUES = {
    "customer_id": "C-77", "account": "acc77", "email": "ann@x.example", "phone": "+1 555 010 0001", "name": "Ann Ash",
    "first_name": "Ann", "last_name": "Ash", "company": "North Ltd", "city": "Austin", "source": "Ads", "plan": "Pro",
    "start": "2026-01-05", "end": "2026-03-06", "last_seen": "2026-02-05", "date": "2026-02-05", "points": "12",
    "total_spend": "120.50", "total_purchases": "3", "usage": "9", "note": "Nice", "do_not_contact": "no",
    "text": "It broke", "rating": "4", "recommend": "9", "status": "open", "feedback_id": "F-9", "response_hours": "2",
    "subscription_id": "S-5", "price": "30.00", "interval": "month", "quantity": "1", "currency": "USD", "trial_end": "",
}  # fmt: skip


@pytest.mark.parametrize("exporter", [e for e in ALL if e.table != "orders"], ids=named)
def test_other_exports_give_what_stands_in_their_columns(tmp_path, exporter):
    _, held = titles_of(exporter)
    assert set(held) <= set(VALUES)
    cells = {key: VALUES[key] for key in held}
    rows = list(exported(exporter, None, [cells]))
    if exporter.questions:
        rows[0] |= {"Overall, how satisfied are you?": "Satisfied", "Anything else?": "It broke"}
    intake = read_intake(open_export(written(tmp_path, rows), Asked()), Asked(), {}, "en")
    assert intake.exporter is exporter and intake.table == exporter.table
    (record,) = intake.records
    if exporter.questions:
        assert record.values["rating"] == "Satisfied" and record.values["text"] == "It broke"
    for key, said in (("email", record.who.email), ("phone", record.who.phone)):
        if key in held:
            assert said == VALUES[key]
    if "name" in held or {"first_name", "last_name"} <= set(held):
        assert record.who.name == "Ann Ash"
    for key in ("total_spend", "points", "price", "rating", "plan", "city"):
        if key in held and key in record.values:
            assert str(record.values[key]).rstrip("0").rstrip(".") == VALUES[key].rstrip(
                "0"
            ).rstrip(".")
    account = intake.account
    assert account.read == 1 and account.left_out == 0
