"""Build features: the columns of the Customers table that are counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm, write_column
from csm_xl.company.counts import counted
from csm_xl.company.frames import Company, refuse_no_customers
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout


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
    message = Text(
        "{n} columns of {k} customers counted from {o} orders.",
        "已根据 {o} 笔订单统计 {k} 位客户的 {n} 列数据。",
    ).fill(n=written, k=sum(map(bool, company.keys)), o=len(company.orders))
    return Outcome(message, tuple(notes))


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
