"""What exports of shops say of an order beside its row: refunds, and orders that came to nothing."""

from __future__ import annotations

from typing import Any

from csm_xl.language import Language
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank
from csm_xl.vocabulary.words import ORDER_KINDS

#: States, as shops call them, of orders that nobody paid.
_UNPAID = frozenset(
    folded(state)
    for state in [
        "cancelled",
        "canceled",
        "voided",
        "failed",
        "expired",
        "unpaid",
        "pending",
        "payment pending",
        "pending payment",
        "awaiting payment",
        "incomplete",
        "draft",
        "declined",
        "closed lost",
        "abandoned",
        "交易关闭",
        "已关闭",
        "订单关闭",
        "已取消",
        "订单取消",
        "取消",
        "交易取消",
        "未付款",
        "待付款",
        "等待买家付款",
        "等待付款",
        "未支付",
        "待支付",
        "支付失败",
    ]
)


def never_paid(row: dict[str, Any]) -> bool:
    """Whether the shop says that an order was not paid, or was called off."""
    status = row.get("status")
    return not is_blank(status) and folded(as_text(status)) in _UNPAID


def sign_refund(row: dict[str, Any]) -> None:
    """A refund is negative, whichever way the export writes it."""
    kind = ORDER_KINDS.key(row.get("kind")) if row.get("kind") is not None else None
    if kind == "refund" and row.get("amount", 0) > 0:
        row["amount"] = -row["amount"]


def refund_of(row: dict[str, Any], lang: Language) -> dict[str, Any] | None:
    """The refund that an order's row tells of, as the row of its own that the sheet keeps.

    The day of the refund is not in such exports; the order's day stands for it.
    """
    back = row.get("refunded")
    if not back or is_blank(row.get("order_id")) or row.get("amount", 0.0) < 0:
        return None
    return {
        **{key: row[key] for key in ("date", "customer_id", "invoice", "product") if key in row},
        "order_id": f"{as_text(row['order_id'])}R",
        "kind": ORDER_KINDS.word("refund", lang),
        "amount": -abs(back),
    }
