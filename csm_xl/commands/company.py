"""The whole company in data frames: customers, orders, feedback, contacts, and the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xlwings as xw

from csm_xl.churn.reading import read_numbers
from csm_xl.commands.header_table import Source
from csm_xl.commands.settings import workbook_setting
from csm_xl.commands.table_frames import as_of, find_table, table_frame
from csm_xl.errors import CellError, SheetError
from csm_xl.intake.values import as_text
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH
from csm_xl.vocabulary.cells import is_blank

#: What the two tables need, so that orders can be counted for customers.
_KEYED = ("customer_id",)
_COUNTED = ("customer_id", "date", "amount")


@dataclass
class Company:
    """What the workbook knows.

    Attributes
    ----------
    source : Source
        The Customers table.
    keys : list of str
        The customer number of each row of `source`; ``""`` where it is blank.
    customers, orders, feedback, contacts : pandas.DataFrame or None
    today : float
        The date of the figures, a serial number.
    """

    source: Source
    keys: list[str]
    customers: Any
    orders: Any
    feedback: Any
    contacts: Any
    today: float

    @property
    def day(self) -> np.datetime64:
        """The date of the figures."""
        epoch = np.datetime64(EXCEL_EPOCH.date().isoformat(), "D")
        return epoch + np.timedelta64(int(self.today), "D")


def read_company(book: xw.Book) -> Company | None:
    """Read the tables; None for a workbook that keeps no orders by customer, or no customers.

    Raises
    ------
    SheetError
        When two customers have one number, or a cell cannot be read.
    """
    source = find_table(book, "customers")
    orders = table_frame(find_table(book, "orders"), "orders")
    if source is None or orders is None:
        return None
    place = source.places("customers").get("customer_id")
    if place is None or not set(_COUNTED) <= set(orders.columns):
        return None
    keys = ["" if is_blank(cell) else as_text(cell).strip() for cell in source.cells(place)]
    _refuse_doubles(source, keys, place)
    kept = find_table(book, "orders")
    assert kept is not None
    _refuse_unreadable(kept, orders, "orders", {"date": "date", "amount": "number"})
    feedback = table_frame(find_table(book, "feedback"), "feedback")
    contacts = table_frame(find_table(book, "contacts"), "contacts")
    customers = table_frame(source, "customers")
    if customers is None:
        return None
    _refuse_unreadable(source, customers, "customers", {"start": "date", "left_on": "date"})
    company = Company(source, keys, customers, orders, feedback, contacts, as_of(book))
    _with_sentiment(company)
    return company


def refuse_no_customers(book: xw.Book) -> None:
    """Refuse a workbook with orders whose Customers table has not a single customer.

    Raises
    ------
    SheetError
    """
    customers, orders = find_table(book, "customers"), find_table(book, "orders")
    if customers is None or customers.rows or orders is None or not orders.rows:
        return
    raise SheetError(
        "The Customers sheet has no customers yet. Type them in or import them; an export of "
        "orders that names its customers can be imported as customers too.",
        "“客户”表中还没有客户。请填写或导入客户；含客户信息的订单文件也可以作为客户导入。",
    )


def refuse_unknown_headers(book: xw.Book) -> None:
    """Refuse to go on without orders only because a header of theirs is not understood.

    Raises
    ------
    SheetError
        Names the sheet, the column that was looked for and the headers that are there.
    """
    sources = {key: find_table(book, key) for key in ("customers", "orders")}
    for key, wanted in (("customers", _KEYED), ("orders", _COUNTED)):
        source = sources[key]
        if source is None or not all(one and one.rows for one in sources.values()):
            return
        if key == "customers" and source.flagged:
            return
        places = source.places(key)
        for column in wanted:
            if column in places:
                continue
            title = layout.table(key).column(column).title
            headers = ", ".join(filter(None, source.headers))
            raise SheetError(
                f"The sheet {source.sheet.name} has no column “{title.en}”, so no order can be "
                f"counted. Rename the header that means it (there are: {headers}).",
                f"工作表“{source.sheet.name}”没有“{title.zh}”列，无法统计订单。"
                f"请把对应的列标题改成它（现有：{headers}）。",
            )


def _refuse_unreadable(
    source: Source, frame: Any, table: str, kinds: Mapping[str, Literal["date", "number"]]
) -> None:
    """Name the first cell that is no number or date, by its address."""
    places = source.places(table)
    for key in kinds.keys() & set(frame.columns):
        cells, kind = frame[key].tolist(), kinds[key]
        try:
            read_numbers(cells, key, kind)
        except CellError:
            for cell, row in zip(cells, frame.attrs["rows"], strict=True):
                where = source.address(row - source.row - 1, places[key])
                _read_one(cell, where, kind)


def _read_one(cell: Any, where: str, kind: Literal["date", "number"]) -> None:
    try:
        read_numbers([cell], where, kind)
    except CellError:
        what = (
            Text("a date from 1900 on, such as 2026-03-05", "1900 年以后的日期，例如 2026-03-05")
            if kind == "date"
            else Text("a number", "数字")
        )
        raise CellError(
            f"{where} holds “{str(cell)[:40]}”: it should be {what.en}. Correct or clear the cell.",
            f"{where} 是“{str(cell)[:40]}”：应为{what.zh}，请更正或清空该单元格。",
        ) from None


def _refuse_doubles(source: Source, keys: list[str], place: int) -> None:
    first: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key and key in first:
            one, other = source.address(first[key], place), source.address(index, place)
            raise SheetError(
                f"{one} and {other} have the same customer number {key}. Give one of them another.",
                f"{one} 和 {other} 的客户编号都是 {key}，请给其中一位改一个编号。",
            )
        first.setdefault(key, index)


def _with_sentiment(company: Company) -> None:
    """Read what was written, so that features and figures can use it."""
    feedback = company.feedback
    if feedback is None or "text" not in feedback or not {"customer_id", "date"} <= set(feedback):
        return
    from csm_xl.feedback.sentiment import sentiment

    feedback["sentiment"] = sentiment(
        [None if is_blank(text) else str(text) for text in feedback["text"]]
    )


def setting(book: xw.Book, key: str) -> float:
    """A number of the Settings sheet; the layout's default where it is blank or missing."""
    declared = layout.setting(key)
    default = declared.value("en")
    value = workbook_setting(book, key, default)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    low = -np.inf if declared.low is None else declared.low
    high = np.inf if declared.high is None else declared.high
    if not low <= number <= high:
        raise SheetError(
            f"The setting “{declared.label.en}” is {value!s}; it should be a number"
            f"{_between(declared.low, declared.high, ' from ', ' to ', ' of at least ')}.",
            f"设置项“{declared.label.zh}”的值是 {value!s}，应为数字"
            f"{_between(declared.low, declared.high, '，', ' 到 ', '，不小于 ')}。",
        )
    return number


def _between(low: float | None, high: float | None, start: str, to: str, least: str) -> str:
    if low is not None and high is not None:
        return f"{start}{low:g}{to}{high:g}"
    return f"{least}{low:g}" if low is not None else ""
