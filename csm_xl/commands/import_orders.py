"""Imported orders: one row for each, and one for what was paid back of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csm_xl.commands.import_job import Job, row_of
from csm_xl.commands.import_merge import NewRow, Unit, column_places, counted, row_key, spelled
from csm_xl.commands.import_people import as_said, numbers_from
from csm_xl.commands.import_target import target
from csm_xl.company.header_table import HeaderTable
from csm_xl.intake.cells import unwrapped
from csm_xl.intake.identities import Match, Who
from csm_xl.intake.order import Order
from csm_xl.intake.orders import CANCELLED, UNPAID
from csm_xl.intake.whose import mixed_who
from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank

ANOTHERS = Text(
    "its order number is in the workbook already, with another customer, date and amount",
    "该订单号已在工作簿中，但客户、日期和金额都不同",
)
_CONTENT = ("date", "amount", "product")


def plan_orders(job: Job) -> None:
    """Plan what an import changes in the Orders table."""
    into = target(job.session, "orders")
    places = column_places(into, "orders")
    _need_number(into, places)
    orders = job.intake.orders
    assert orders is not None
    sheet = _SheetOrders(job, into, places)
    everyone = [*orders.kept, *orders.called_off]
    found = job.people.match([*(order.who for order in everyone), *sheet.whos.values()])
    sheet.resolve(found)
    numbered = [order for order in orders.kept if order.order_id is not None]
    unnumbered = [order for order in orders.kept if order.order_id is None]
    units = []
    unknown: dict[int, str] = {}
    first_lines: dict[Who, int] = {}
    customers: dict[Who, str | None] = {}
    for order in orders.kept:
        if order.who not in customers:
            number = job.people.number(found.of[order.who])
            customers[order.who] = number or as_said(order.who)
            first_lines[order.who] = order.line
        if any(order.who) and not 0 <= found.of[order.who] < found.known:
            unknown[order.line] = as_said(order.who) or ""
    for order in numbered:
        unit = sheet.numbered(order, customers[order.who])
        if unit is None:
            job.intake.account.merged -= len(order.lines) - 1
            job.intake.account.leave_out(ANOTHERS, order.lines)
        else:
            units.append(unit)
    units += sheet.by_content(unnumbered, customers)
    units += sheet.taken_back(orders.called_off)
    job.tell_nobody(unknown)
    job.tell_doubts(found, first_lines)
    job.apply("orders", into, units, sheet.keys, job.intake.own)


def _need_number(into: HeaderTable, places: dict[str, int]) -> None:
    if "order_id" not in places:
        from csm_xl.errors import SheetError

        raise SheetError(
            f"{into.sheet} has no column Order no.. Add it: it tells rows apart.",
            f"工作表“{into.sheet}”缺少“订单号”列，请添加，用于区分各行。",
        )


class _SheetOrders:
    """The orders that a workbook has."""

    def __init__(self, job: Job, into: HeaderTable, places: dict[str, int]) -> None:
        self.job, self.into, self.places = job, into, places
        self.keys: dict[str, int] = {}
        for i, row in enumerate(into.rows):
            cell = row[places["order_id"]]
            if not is_blank(cell):
                self.keys.setdefault(row_key([cell]), i)
        numbers = frozenset(job.people.numbers)
        place = places.get("customer_id")
        cells = [] if place is None else [row[place] for row in into.rows]
        self.whos: dict[Any, Who] = {
            cell: mixed_who(as_text(cell).strip(), numbers)
            for cell in dict.fromkeys(cells)
            if not is_blank(cell)
        }
        self.found: Match | None = None
        self.refund_word = words.ORDER_KINDS.word("refund", job.lang)

    def resolve(self, found: Match) -> None:
        """Take over who is who."""
        self.found = found

    def _customer(self, cell: Any) -> str:
        """What a customer cell is compared as: the number of whom it names."""
        if is_blank(cell) or self.found is None:
            return ""
        number = self.job.people.number(self.found.of.get(self.whos.get(cell, Who()), -1))
        return folded(number if number is not None else as_text(cell))

    def _cell(self, at: int, key: str) -> Any:
        place = self.places.get(key)
        return None if place is None else self.into.rows[at][place]

    # -- orders with numbers ----------------------------------------------------------------------

    def numbered(self, order: Order, customer: str | None) -> Unit | None:
        """The rows of an order; None where its number is another one's in the workbook."""
        assert order.order_id is not None
        key = row_key([order.order_id])
        at = self.keys.get(key)
        if at is not None and self._is_another(at, order, customer):
            return None
        if at is not None and order.is_refund and order.amount and not self._is_refund(at):
            # The order came in with an earlier file, and this one tells of its refund.
            back = self._refund(order, order.amount, customer)
            return Unit([row_of(key, {}, at=at), back], order.line)
        values = self._values(order, customer)
        own = self.job.own_columns([order])
        rows = [row_of(key, values | {"order_id": order.order_id}, own, at)]
        if at is not None:
            # Of two spellings of a number the first one stays.
            rows[0].values.pop("order_id")
            if (
                is_blank(self._cell(at, "amount")) is False
                and self._is_refund(at) != order.is_refund
            ):
                rows[0].values.pop("amount", None)
        if order.refund and not order.is_refund:
            rows.append(self._refund(order, order.refund, customer))
        return Unit(rows, order.line)

    def _is_refund(self, at: int) -> bool:
        kind, amount = self._cell(at, "kind"), self._cell(at, "amount")
        return words.ORDER_KINDS.key(kind) == "refund" or (
            isinstance(amount, (int, float)) and amount < 0
        )

    def _is_another(self, at: int, order: Order, customer: str | None) -> bool:
        there = self._cell(at, "customer_id")
        if is_blank(there) or customer is None or self._customer(there) == folded(customer):
            return False
        if self._customer(there) not in self.job.people.by_number:
            # Nobody who is known: the same order before its customer was.
            return False
        date, amount = self._cell(at, "date"), self._cell(at, "amount")
        return spelled(date) != spelled(order.date) and spelled(amount) != spelled(order.amount)

    def _refund(self, order: Order, amount: float, customer: str | None) -> NewRow:
        """The refund within an order as the row of its own that the sheet keeps.

        Where the file does not say when it was paid back, the order's day stands for it.
        """
        assert order.order_id is not None
        at = self._refund_row(order.order_id)
        values: dict[str, Any] = {
            "date": order.date if order.refund_date is None else order.refund_date,
            "customer_id": customer,
            "kind": self.refund_word,
            "amount": -abs(amount),
            "product": order.fields.get("product"),
            "invoice": order.fields.get("invoice"),
        }
        own_id = f"{order.order_id}R"
        if at is None:
            return row_of(row_key([own_id]), values | {"order_id": own_id})
        return row_of(row_key([self._cell(at, "order_id")]), values, at=at)

    def _refund_row(self, order_id: str) -> int | None:
        """The row of an order's refund: its number with a letter behind it."""
        for letter in "RBCDEFGHIJKLMNOPQSTUVWXYZA":
            at = self.keys.get(row_key([f"{order_id}{letter}"]))
            if at is not None and self._is_refund(at):
                return at
        return None

    def _values(self, order: Order, customer: str | None) -> dict[str, Any]:
        values: dict[str, Any] = {
            "date": order.date,
            "customer_id": customer,
            "amount": order.amount,
            "product": order.fields.get("product"),
            "quantity": order.fields.get("quantity"),
        }
        columns = self.job.intake.columns
        export = self.job.intake.export
        invoice = columns.first("invoice")
        if invoice is not None:
            cell = unwrapped(export.columns[invoice][order.row])
            values["invoice"] = None if cell is None else as_text(cell)
        kind = columns.first("kind")
        if order.is_refund:
            values["kind"] = self.refund_word
            values["amount"] = None if order.amount is None else -abs(order.amount)
        elif kind is not None:
            cell = unwrapped(export.columns[kind][order.row])
            word = None if cell is None else words.ORDER_KINDS.key(cell)
            if cell is not None:
                values["kind"] = (
                    as_text(cell) if word is None else words.ORDER_KINDS.word(word, self.job.lang)
                )
        return values

    # -- orders without numbers -------------------------------------------------------------------

    def by_content(self, orders: Sequence[Order], customers: dict[Who, str | None]) -> list[Unit]:
        """Orders without a number: the same day, customer, amount and product again is the same."""
        if not orders:
            return []
        shown = [
            key
            for key in _CONTENT
            if any(self._content(order).get(key) is not None for order in orders)
        ]
        there = counted(
            row_key(
                [
                    self._customer(self._cell(i, "customer_id")),
                    *(self._cell(i, key) for key in shown),
                ]
            )
            or f"\x00{i}"
            for i in range(len(self.into.rows))
        )
        known = {key: i for i, key in enumerate(there)}
        numbers = iter(
            numbers_from([row[self.places["order_id"]] for row in self.into.rows], "orders")
        )
        units = []
        contents = counted(
            row_key(
                [
                    folded(customers[order.who] or ""),
                    *(self._content(order).get(key) for key in shown),
                ]
            )
            for order in orders
        )
        for order, content in zip(orders, contents, strict=True):
            at = known.get(content)
            values = self._values(order, customers[order.who])
            if at is None:
                number = next(numbers)
                order.order_id = number
                rows = [
                    row_of(
                        row_key([number]),
                        values | {"order_id": number},
                        self.job.own_columns([order]),
                    )
                ]
            else:
                number = as_text(self._cell(at, "order_id") or "")
                order.order_id = number
                rows = [row_of(row_key([number]), values, self.job.own_columns([order]), at)]
            if order.refund and not order.is_refund:
                rows.append(self._refund(order, order.refund, customers[order.who]))
            units.append(Unit(rows, order.line))
        return units

    def _content(self, order: Order) -> dict[str, Any]:
        amount = order.amount
        if order.is_refund and amount is not None:
            amount = -abs(amount)
        return {"date": order.date, "amount": amount, "product": order.fields.get("product")}

    # -- orders that were called off later ----------------------------------------------------------

    def taken_back(self, orders: Sequence[Order]) -> list[Unit]:
        """Orders that came in as paid before and are cancelled now: what they brought goes back."""
        units = []
        for order in orders:
            if order.order_id is None:
                continue
            at = self.keys.get(row_key([order.order_id]))
            paid = None if at is None else self._cell(at, "amount")
            if at is None or not isinstance(paid, (int, float)) or paid <= 0:
                continue
            customer = self._cell(at, "customer_id")
            row = self._refund(
                order, float(paid), None if is_blank(customer) else as_text(customer)
            )
            if order.date is None and row.at is None:
                row.values["date"] = self._cell(at, "date")
            # The order itself stays as it is; it counts as one row of the file.
            unit = Unit([row_of(row_key([order.order_id]), {}, at=at), row], order.line)
            units.append(unit)
            self._counted_again(order)
        if units:
            n = len(units)
            self.job.report.notes.append(
                Text(
                    f"{n} order{'s' if n > 1 else ''} that had come in as paid {'are' if n > 1 else 'is'} cancelled or "
                    "unpaid now: a refund takes the amount back.",
                    f"有 {n} 笔已导入的订单现已取消或未付款，已用退款行冲回。",
                )
            )
        return units

    def _counted_again(self, order: Order) -> None:
        """The order was counted as left out; it is a row that is compared now."""
        account = self.job.intake.account
        why = UNPAID if order.called_off == "unpaid" else CANCELLED
        lines = set(order.lines)
        account.reasons[why] = [line for line in account.reasons[why] if line not in lines]
        if not account.reasons[why]:
            del account.reasons[why]
        account.merged += len(order.lines) - 1
