"""One currency in the books: the others are converted or reported, never added up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from csm_xl.intake.account import Account
from csm_xl.intake.order import Order
from csm_xl.language import Text
from csm_xl.vocabulary.currencies import currency_code


def one_currency(
    orders: Sequence[Order],
    codes: Sequence[str | None],
    currency: str | None,
    rates: Mapping[str, float],
    account: Account,
) -> tuple[list[Order], str | None]:
    """The orders in the currency of the books, and which one that is.

    Parameters
    ----------
    orders : sequence of Order
    codes : sequence of str or None, shape (n_rows,)
        What the file's rows say of their currency.
    currency : str or None
        That of the books; None takes the one of most orders that count, of equals the first.
    rates : mapping
        What one unit of other currencies is worth.
    account : Account
        Told of the orders that are left out.
    """
    of = [codes[order.row] or currency_code(order.sign, currency) for order in orders]
    if currency is None:
        counts = Counter(
            code for order, code in zip(orders, of, strict=True) if code and not order.called_off
        )
        currency = counts.most_common(1)[0][0] if counts else None
    foreign: dict[str, list[Order]] = defaultdict(list)
    kept = []
    for order, code in zip(orders, of, strict=True):
        if code is None or code == currency:
            kept.append(order)
        elif code in rates:
            rate = rates[code]
            if order.amount is not None:
                order.amount = round(order.amount * rate, 2)
            order.refund = round(order.refund * rate, 2)
            kept.append(order)
        elif order.called_off:
            kept.append(order)
        else:
            foreign[code].append(order)
    for code, those in foreign.items():
        total = sum((order.amount or 0.0) - order.refund for order in those)
        n = len(those)
        why = Text(
            f"{n} order{'s' if n > 1 else ''} in {code}, {total:,.2f} in all; the books are in {currency}. "
            f"--rate {code}=1.08 converts them",
            f"{n} 笔 {code} 订单，共 {total:,.2f}；账本币种为 {currency}，可用 --rate {code}=1.08 换算",
        )
        account.leave_out(why, [line for order in those for line in order.lines])
    return kept, currency
