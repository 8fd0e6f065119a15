"""The whole company in data frames: customers, orders, feedback, contacts, and the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import UnreadCell
from csm_xl.company.settings import Settings
from csm_xl.company.table_frames import table_frame
from csm_xl.errors import CellError, SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH
from csm_xl.vocabulary.cells import as_key, is_blank

#: What the two tables need, so that orders can be counted for customers.
_KEYED = ("customer_id",)
_COUNTED = ("customer_id", "date", "amount")


@dataclass
class Company:
    """What is known of a company that keeps its orders.

    Attributes
    ----------
    table : HeaderTable
        The Customers table.
    keys : list of str
        The customer number of each row of `table`; ``""`` where it is blank.
    customers, orders, feedback, contacts : pandas.DataFrame or None
    today : float
        The date of the figures, a serial number.
    settings : Settings
    unread : list of (HeaderTable, UnreadCell)
        Cells that could not be read and count as blank.
    notes : list of Text
        What was not counted, and why.
    """

    table: HeaderTable
    keys: list[str]
    customers: Any
    orders: Any
    feedback: Any
    contacts: Any
    today: float
    settings: Settings
    unread: list[tuple[HeaderTable, UnreadCell]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)

    @property
    def day(self) -> np.datetime64:
        """The date of the figures."""
        epoch = np.datetime64(EXCEL_EPOCH.date().isoformat(), "D")
        return epoch + np.timedelta64(int(self.today), "D")


#: Finds one of our tables by its key; None where there is none.
Tables = Callable[[str], HeaderTable | None]


def company_of(tables: Tables, settings: Settings, today: float) -> Company | None:
    """The frames; None for a company that keeps no orders by customer, or no customers.

    Raises
    ------
    SheetError
        When two customers have one number, or the orders cannot be read as a whole.
    """
    customers, kept = tables("customers"), tables("orders")
    if customers is None or kept is None:
        return None
    orders = table_frame(kept, "orders")
    if orders is None:
        return None
    place = customers.places("customers").get("customer_id")
    if place is None or not set(_COUNTED) <= set(orders.columns):
        return None
    keys = [as_key(cell) for cell in customers.cells(place)]
    _refuse_doubles(customers, keys, place)
    refuse_uncountable(kept, orders)
    people = table_frame(customers, "customers")
    if people is None:
        return None
    found: dict[str, Any] = {"orders": orders, "customers": people}
    unread = [(kept, one) for one in orders.attrs["unread"]]
    unread += [(customers, one) for one in people.attrs["unread"]]
    for key in ("feedback", "contacts"):
        table = tables(key)
        found[key] = table_frame(table, key)
        if table is not None and found[key] is not None:
            unread += [(table, one) for one in found[key].attrs["unread"]]
    company = Company(
        customers,
        keys,
        people,
        orders,
        found["feedback"],
        found["contacts"],
        today,
        settings,
        unread,
    )
    with_sentiment(company)
    return company


def refuse_uncountable(table: HeaderTable, orders: Any) -> None:
    """Refuse orders of which most have no day, or no amount, that can be read.

    Raises
    ------
    SheetError
        Names the column, how many cells it is, and the first of them.
    """
    places = {one.role: one.place for one in orders.attrs["unread"]}
    for name, what in _NEEDED.items():
        wrong = [one for one in orders.attrs["unread"] if one.role == name]
        if len(wrong) <= 0.5 * (len(wrong) + orders[name].notna().sum()):
            continue
        header = table.headers[places[name]]
        first = [f"{table.address(one.row, one.place)} “{one.text}”" for one in wrong[:3]]
        raise SheetError(
            f"The orders on {table.sheet} cannot be counted: of {len(orders)} rows {len(wrong)} have "
            f"no {what.en} in the column {header} ({', '.join(first)}). Correct the column.",
            f"无法统计“{table.sheet}”中的订单：{len(orders)} 行中有 {len(wrong)} 行的“{header}”列不是"
            f"{what.zh}（{'、'.join(first)}）。请更正该列。",
        )


def unreadable(table: HeaderTable, one: UnreadCell) -> CellError:
    """The error that names a cell by its address."""
    where = table.address(one.row, one.place)
    what = _NEEDED.get(one.role, Text("value of its kind", "符合该列的内容"))
    return CellError(
        f"{where} holds “{one.text}”: it should be a {what.en}. Correct or clear the cell.",
        f"{where} 是“{one.text}”：应为{what.zh}，请更正或清空该单元格。",
    )


_NEEDED = {
    "date": Text("date such as 2026-03-05", "2026-03-05 这样的日期"),
    "amount": Text("number", "数字"),
}


def refuse_no_customers(tables: Tables) -> None:
    """Refuse a workbook with orders whose Customers table has not a single customer.

    Raises
    ------
    SheetError
    """
    customers, orders = tables("customers"), tables("orders")
    if customers is None or customers.rows or orders is None or not orders.rows:
        return
    raise SheetError(
        "The Customers sheet has no customers yet. Type them in or import them; an export of "
        "orders that names its customers can be imported as customers too.",
        "“客户”表中还没有客户。请填写或导入客户；含客户信息的订单文件也可以作为客户导入。",
    )


def refuse_unknown_headers(tables: Tables) -> None:
    """Refuse to go on without orders only because a header of theirs is not understood.

    Raises
    ------
    SheetError
        Names the sheet, the column that was looked for and the headers that are there.
    """
    found = {key: tables(key) for key in ("customers", "orders")}
    for key, wanted in (("customers", _KEYED), ("orders", _COUNTED)):
        table = found[key]
        if table is None or not all(one and one.rows for one in found.values()):
            return
        if key == "customers" and table.flagged:
            return
        places = table.places(key)
        for column in wanted:
            if column in places:
                continue
            title = layout.table(key).column(column).title
            headers = ", ".join(filter(None, table.headers))
            raise SheetError(
                f"The sheet {table.sheet} has no column “{title.en}”, so no order can be "
                f"counted. Rename the header that means it (there are: {headers}).",
                f"工作表“{table.sheet}”没有“{title.zh}”列，无法统计订单。"
                f"请把对应的列标题改成它（现有：{headers}）。",
            )


def _refuse_doubles(table: HeaderTable, keys: list[str], place: int) -> None:
    first: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key and key in first:
            one, other = table.address(first[key], place), table.address(index, place)
            raise SheetError(
                f"{one} and {other} have the same customer number {key}. Give one of them another.",
                f"{one} 和 {other} 的客户编号都是 {key}，请给其中一位改一个编号。",
            )
        first.setdefault(key, index)


def with_sentiment(company: Company) -> None:
    """Read what was written, so that features and figures can use it."""
    feedback = company.feedback
    if feedback is None or "text" not in feedback or not {"customer_id", "date"} <= set(feedback):
        return
    from csm_xl.feedback.sentiment_scores import sentiment

    feedback["sentiment"] = sentiment(
        [None if is_blank(text) else str(text) for text in feedback["text"]]
    )
