"""Build features: the columns of the Customers table that are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl import metrics
from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm, write_column
from csm_xl.company.counts import counted
from csm_xl.company.frames import Company, refuse_no_customers
from csm_xl.company.unread import listed, unread_note
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import as_key

_COUNTED = Text(
    "{n} columns of {k} customers counted from {o} orders.",
    "已根据 {o} 笔订单统计 {k} 位客户的 {n} 列数据。",
)
_NOT_LISTED = Text(
    "{n} customers of these orders are not in the Customers table.",
    "订单中有 {n} 位客户不在“客户”表中。",
)


def build_features(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Fill csm-xl's columns that are counted from the Orders, Feedback and Contacts sheets.

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    company = session.company
    if company is None:
        refuse_no_customers(session.table)
        raise SheetError(
            "There are no orders to count from. Fill in the Orders sheet (customer, date, amount) "
            "or import an export of your shop.",
            "没有可统计的订单。请填写“订单”表（客户编号、日期、金额），或导入店铺的导出文件。",
        )
    columns, notes = counted(company)
    refuse_locked(session, [company.table.sheet])
    back_up(book)
    with calm(book):
        written = write_columns(session, company, columns)
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    message = _COUNTED.fill(n=written, k=sum(map(bool, company.keys)), o=len(company.orders))
    unread = [listed(table, one) for table, one in company.unread]
    said = (*notes, *company.notes, *unread_note(unread))
    return Outcome(message, said, more={"unreadable": unread})


def build_features_from(
    book: xw.Book,
    address: str,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Fill the columns that are counted from orders by a table of orders that is no sheet.

    Parameters
    ----------
    book : xlwings.Book
    address : str
        A Parquet or CSV file, a folder of them, ``duckdb:``, ``sqlite:`` or ``postgres://``.
    table, query : str, optional
        Which table, or SQL whose result are the orders.
    maps : sequence of str
        ``THEIRS=OURS``, where a title does not say what a column is.
    progress : callable, optional

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    found = figures_elsewhere(
        session, address, table=table, query=query, maps=maps, progress=progress
    )
    refuse_locked(session, [found.company.table.sheet])
    back_up(book)
    with calm(book):
        written = write_columns(session, found.company, found.columns)
    book.app.calculate()
    k = sum(map(bool, found.company.keys))
    return Outcome(_COUNTED.fill(n=written, k=k, o=found.orders), tuple(found.notes))


@dataclass(frozen=True)
class Figures:
    """The columns that are counted from orders, for the rows of the Customers table.

    Attributes
    ----------
    company : Company
        Without orders.
    columns : dict of str to ndarray of float
    orders : int
    notes : list of Text
    """

    company: Company
    columns: dict[str, Any]
    orders: int
    notes: list[Text]


def customers_for_orders(session: Session) -> Company:
    """The Customers table with its numbers, for orders that are kept elsewhere.

    Raises
    ------
    SheetError
    """
    customers = session.table("customers")
    place = customers.places("customers").get("customer_id") if customers is not None else None
    if customers is None or place is None or not customers.rows:
        raise SheetError(
            "There is no Customers table with customer numbers to count the orders for. Fill it in "
            "or import your customers.",
            "没有带客户编号的“客户”表，无法统计订单。请先填写或导入客户。",
        )
    keys = [as_key(cell) for cell in customers.cells(place)]
    return Company(customers, keys, None, None, None, None, session.today, session.settings)


def figures_elsewhere(
    session: Session,
    address: str,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    progress: Progress | None = None,
) -> Figures:
    """The columns that are counted, by a table of orders that is no sheet; nothing is written."""
    from csm_xl.database.orders import order_figures

    company = customers_for_orders(session)
    today, keys = company.today, company.keys
    figures, orders, said = order_figures(
        address,
        int(today),
        int(session.settings.number("window_days")),
        table=table,
        query=query,
        maps=maps,
        progress=progress,
    )
    columns = {name: values.reindex(keys).to_numpy(dtype=float) for name, values in figures.items()}
    columns["last_order"] = today - columns["days_since"]
    count = columns["orders"]
    columns["loyalty"] = metrics.loyalty(np.maximum(count - 1, 0), count).values
    unknown = len(set(figures.index) - set(keys))
    notes = [*said, *([_NOT_LISTED.fill(n=unknown)] if unknown else [])]
    return Figures(company, columns, orders, notes)


def write_columns(session: Session, company: Company, columns: dict[str, Any]) -> int:
    """Write those of the columns that the Customers sheet has; returns how many.

    An array of floats is written with NaN as blank; a list is written as it is.
    """
    places = company.table.places("customers")
    written = 0
    for key, values in columns.items():
        column = next((c for c in layout.table("customers").columns if c.key == key), None)
        if column is None or not column.ours or key not in places:
            continue
        cells = [
            None if not name or value is None or value != value else value
            for name, value in zip(
                company.keys,
                values.tolist() if isinstance(values, np.ndarray) else values,
                strict=True,
            )
        ]
        numeric = all(not isinstance(cell, str) for cell in cells)
        write_column(
            session, company.table, places[key], cells, column.number_format if numeric else None
        )
        written += 1
    return written
