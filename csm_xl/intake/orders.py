"""Orders out of an export: lines put together, statuses heeded, currencies kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.intake.account import Account, lines_text
from csm_xl.intake.cells import Amount, amounts
from csm_xl.intake.columns import Columns
from csm_xl.intake.export import TOTALS, Export
from csm_xl.intake.identities import Who, clean_mail
from csm_xl.intake.order import Order
from csm_xl.intake.order_cells import OrderCells
from csm_xl.intake.order_currency import one_currency
from csm_xl.intake.order_worth import Line, Worth, line_wise, one_line, repeated, summed
from csm_xl.intake.whose import first_said
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import folded

NO_NUMBER = Text("nothing says which order it is", "没有订单号，无法识别")
UNPAID = Text("not paid", "未付款")
CANCELLED = Text("cancelled or closed", "已取消或关闭")
TWO_CUSTOMERS = Text(
    "its order number is another customer's in the same file", "同一订单号在文件中属于另一位客户"
)
NO_SALE = Text("a transfer or fee, no sale", "转账或手续费，不是销售")


@dataclass
class Orders:
    """The orders of a file and what became of its rows.

    Attributes
    ----------
    kept : list of Order
        Those that count.
    called_off : list of Order
        Unpaid and cancelled ones, counted as left out.
    currency : str or None
        The one that was kept, where the file names any.
    account : Account
    """

    kept: list[Order]
    called_off: list[Order]
    currency: str | None
    account: Account


def read_orders(
    export: Export,
    columns: Columns,
    *,
    currency: str | None = None,
    rates: Mapping[str, float] | None = None,
    known_numbers: Sequence[str] = (),
) -> Orders:
    """Read the orders of a file.

    Parameters
    ----------
    export : Export
    columns : Columns
    currency : str, optional
        The currency of the books; without it the file's most frequent one.
    rates : mapping, optional
        What one unit of other currencies is worth.
    known_numbers : sequence of str
        The workbook's customer numbers, folded.

    Returns
    -------
    Orders
    """
    return _Reading(export, columns, currency, dict(rates or {}), known_numbers).result()


class _Reading(OrderCells):
    def __init__(
        self,
        export: Export,
        columns: Columns,
        currency: str | None,
        rates: dict[str, float],
        known_numbers: Sequence[str],
    ) -> None:
        super().__init__(export, columns, known_numbers)
        self.currency, self.rates = currency, rates
        #: Lines of orders of which some unknown part was paid back.
        self.vague: list[int] = []

    # -- rows -------------------------------------------------------------------------------------

    def result(self) -> Orders:
        """The orders."""
        self._carry_down()
        self._sums_of_all()
        groups = self._groups()
        line_wise = self._line_wise(groups)
        orders: list[Order] = []
        for order_id, rows in groups:
            own = None if rows[0] in self.cut_down else order_id
            orders += self._orders_of(own, rows, line_wise)
        orders, self.currency = one_currency(
            orders, self.codes(self.currency), self.currency, self.rates, self.account
        )
        kept = [order for order in orders if not order.called_off]
        called_off = [order for order in orders if order.called_off]
        for order in called_off:
            why = UNPAID if order.called_off == "unpaid" else CANCELLED
            self.account.leave_out(why, order.lines)
        for order in kept:
            self.account.merged += len(order.lines) - 1
        self._tell_unknown()
        self._tell_refunds(kept)
        return Orders(kept, called_off, self.currency, self.account)

    def _carry_down(self) -> None:
        """A line without a number, buyer and date belongs to the order above it."""
        if self.ids is None:
            return
        above: str | None = None
        for i, own in enumerate(self.ids):
            if own is not None:
                above = own
            elif i in self.out:
                continue
            elif (
                above is not None
                and self.dates[i] is None
                and not any(self.who[i])
                and (self.products[i] or self.prices[i] is not None)
            ):
                self.ids[i] = above
            else:
                above = None

    def _sums_of_all(self) -> None:
        """A last row without number, buyer and date that is the sum of those above is a total."""
        if self.n < 3:
            return
        last = self.n - 1
        amount = self.money[last]
        if (
            amount is None
            or last in self.out
            or any(self.who[last])
            or self.dates[last] is not None
        ):
            return
        if self.ids is not None and self.ids[last] is not None and self.products[last] is None:
            return
        if self.ids is None or self.ids[last] is None:
            total = sum(a.number for a in self.money[:last] if a is not None)
            if total and abs(total - amount.number) < 0.005 * self.n:
                self.leave_out(TOTALS, [last])

    def _groups(self) -> list[tuple[str | None, list[int]]]:
        """Rows by order; without numbers every row is one."""
        rows = [i for i in range(self.n) if i not in self.out]
        if self.ids is None:
            return [(None, [i]) for i in rows if not self._empty(i)]
        groups: dict[str, list[int]] = {}
        nameless = []
        for i in rows:
            own = self.ids[i]
            if own is None:
                nameless.append(i)
            else:
                groups.setdefault(own, []).append(i)
        self.leave_out(NO_NUMBER, nameless)
        for own, lines in list(groups.items()):
            if all(map(self._says_nothing, lines)):
                # What a program writes below the last row: "2 record(s) downloaded".
                self.leave_out(TOTALS, groups.pop(own))
        return list(groups.items())

    def _says_nothing(self, i: int, but_who: bool = False) -> bool:
        """Whether a row has a number (or a name where there are none), and nothing else of an order."""
        return (
            self.money[i] is None
            and self.dates[i] is None
            and (but_who or not any(self.who[i]))
            and not self.products[i]
            and not self.states[i]
            and self.quantities[i] is None
        )

    def _empty(self, i: int) -> bool:
        if self.money[i] is None and self.dates[i] is None and not any(self.who[i]):
            self.leave_out(NO_NUMBER, [i])
            return True
        if self._says_nothing(i, but_who=True):
            self.leave_out(TOTALS, [i])
            return True
        return False

    # -- lines ------------------------------------------------------------------------------------

    def _line_wise(self, groups: Sequence[tuple[str | None, list[int]]]) -> bool:
        place = self.columns.first("amount")
        if place is None:
            return True
        numbers = [
            None if a is None or i in self.out else a.number for i, a in enumerate(self.money)
        ]
        told = next(
            (
                a.number
                for row in reversed(self.export.totals)
                if isinstance(a := amounts([row[place]])[0], Amount)
            ),
            None,
        )
        several = [rows for _, rows in groups if len(rows) > 1]
        decided = line_wise(
            numbers,
            self.prices,
            self.quantities,
            several,
            self.export.headers[place],
            self.columns.amounts,
            told,
        )
        if decided is None:
            self.account.note(
                Text(
                    "Every line of an order has the same amount; it was taken once, as the order's.",
                    "同一订单各行金额相同，视为订单总额，只计一次。",
                )
            )
        return bool(decided)

    def _orders_of(self, order_id: str | None, rows: list[int], line_wise: bool) -> list[Order]:
        refunds = [i for i in rows if self.kinds[i] == "refund"]
        none = [i for i in rows if self.kinds[i] == "none"]
        self.leave_out(NO_SALE, none)
        sales = [i for i in rows if self.kinds[i] is None]
        later = self._taken_off_later(sales)
        refunds += later
        sales = [i for i in sales if i not in later]
        if len(sales) > 1:
            sales = self._same_customer(sales)
        found = []
        if sales:
            order = self._order(order_id, sales, line_wise)
            if refunds and not order.called_off:
                back_amounts = [self.money[i] for i in refunds]
                order.refund += sum(abs(a.number) for a in back_amounts if a is not None)
                order.refund_date = self.dates[refunds[0]]
                order.lines += [self.export.lines[i] for i in refunds]
                return [order]
            found.append(order)
        if refunds:
            back = self._order(order_id, refunds, True, refund=True)
            found.append(back)
        return found

    def _taken_off_later(self, rows: list[int]) -> list[int]:
        """Of an order's lines those with a negative amount on another day: they are refunds.

        On the same day such a line is a discount.
        """
        if len(rows) < 2:
            return []
        first = next((day for i in rows if (day := self.dates[i]) is not None), None)
        later = []
        for i in rows:
            amount, day = self.money[i], self.dates[i]
            if amount is not None and amount.number < 0 and day is not None and first is not None:
                later += [i] if int(day) != int(first) else []
        return later if len(later) < len(rows) else []

    def _same_customer(self, rows: list[int]) -> list[int]:
        """The lines of the first customer; lines of another one under the same number are left out."""
        first = self.who[rows[0]]
        kept: list[int] = []
        wrong: list[int] = []
        for i in rows:
            other = self.who[i]
            (wrong if other is not first and _differ(first, other) else kept).append(i)
            if first == Who():
                first = other
        self.leave_out(TWO_CUSTOMERS, wrong)
        return kept

    def _order(
        self, order_id: str | None, rows: list[int], line_wise: bool, refund: bool = False
    ) -> Order:
        lines = [
            Line(
                self.money[i],
                frozenset(self.states[i]),
                self.back[i],
                self.prices[i],
                self.quantities[i],
            )
            for i in rows
        ]
        worth = (
            one_line(lines[0])
            if len(rows) == 1
            else summed(lines)
            if line_wise
            else repeated(lines)
        )
        if worth.vague:
            self.vague += [self.export.lines[i] for i in rows]
        return self._made(order_id, rows, worth, refund)

    def _made(self, order_id: str | None, rows: list[int], worth: Worth, refund: bool) -> Order:
        fields: dict[str, Any] = {}
        products = list(dict.fromkeys(p for p in (self.products[i] for i in rows) if p))
        if products:
            fields["product"] = products[0] if len(products) == 1 else _listed(products)
        quantities = self._quantities(rows)
        if quantities:
            fields["quantity"] = sum(quantities)
        first = rows[0]
        date = next((self.dates[i] for i in rows if self.dates[i] is not None), None)
        who = self.who[first] if len(rows) == 1 else first_said([self.who[i] for i in rows])
        order = Order(
            order_id, self.export.lines[first], who, date, fields, worth.amount, worth.refund
        )
        order.called_off, order.sign, order.row, order.is_refund = (
            worth.called_off,
            worth.sign,
            first,
            refund or (worth.amount is not None and worth.amount < 0 and not worth.called_off),
        )
        order.lines = [self.export.lines[i] for i in rows]
        if worth.refund and self.refund_dates is not None:
            back_on = (self.refund_dates[i] for i in rows)
            order.refund_date = next((day for day in back_on if isinstance(day, float)), None)
        return order

    def _quantities(self, rows: list[int]) -> list[float]:
        return [q for q in (self.quantities[i] for i in rows) if q is not None]

    # -- telling ----------------------------------------------------------------------------------

    def _tell_unknown(self) -> None:
        for status, rows in self.unknown.items():
            told = [i for i in rows if i not in self.out and not self.states[i]]
            if told:
                total = sum(a.number for a in (self.money[i] for i in told) if a is not None)
                n = len(told)
                self.account.note(
                    Text(
                        f"The status “{status}” is not known: {n} row{'s' if n > 1 else ''} with {total:,.2f} in all "
                        "were imported as paid.",
                        f"无法识别的状态“{status}”：{n} 行，共 {total:,.2f}，已按已付款导入。",
                    )
                )

    def _tell_refunds(self, kept: Sequence[Order]) -> None:
        refunds = [order for order in kept if order.refund]
        if refunds:
            n, total = len(refunds), sum(order.refund for order in refunds)
            self.account.note(
                Text(
                    f"{n} refund{'s' if n > 1 else ''} within orders, {total:,.2f} in all, became rows of their own.",
                    f"订单中的 {n} 笔退款（共 {total:,.2f}）已单独成行。",
                )
            )
        if self.vague:
            where = lines_text(self.vague)
            self.account.note(
                Text(
                    f"A part of these orders was paid back, but the file does not say how much: {where.en}. They count "
                    "in full.",
                    f"以下订单部分退款，但文件中没有退款金额，按全额计入：{where.zh}。",
                )
            )
        wanted = [
            i for i in range(self.n) if i not in self.out and "refund_asked" in self.states[i]
        ]
        if wanted:
            where = lines_text(self.export.lines[i] for i in wanted)
            self.account.note(
                Text(
                    f"A refund was asked for but not paid yet: {where.en}. These orders count until it is.",
                    f"正在申请退款、尚未退款的订单仍计入：{where.zh}。",
                )
            )


def _listed(products: Sequence[str]) -> str:
    shown = "; ".join(products[:5])
    return shown if len(products) <= 5 else f"{shown}; … (+{len(products) - 5})"


def _differ(one: Who, other: Who) -> bool:
    """Whether two lines of one order cannot be one customer's."""
    if one.account and other.account and folded(one.account) != folded(other.account):
        return True
    a, b = clean_mail(one.email), clean_mail(other.email)
    return bool(a and b and a != b)
