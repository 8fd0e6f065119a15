"""A company from data frames, as a notebook or a service has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.history import as_day
from csm_xl.churn.orders import FEATURES
from csm_xl.company.frames import Company, company_of, refuse_unknown_headers, unreadable
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.settings import Settings
from csm_xl.company.table_frames import as_of, table_frame
from csm_xl.errors import SheetError
from csm_xl.language import Language
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank


@dataclass
class FrameTable(HeaderTable):
    """The rows of a data frame; messages name the column and the row's place, from 0.

    Attributes
    ----------
    index : sequence of n
        The frame's own labels of the rows.
    """

    index: Any = field(default=None, kw_only=True)

    def address(self, index: int, place: int) -> str:
        """The place of a cell, such as ``orders["amount"].iloc[3]``."""
        return f'{self.sheet}["{self.headers[place]}"].iloc[{index}]'


def table_from(frame: Any, name: str) -> FrameTable:
    """A data frame as rows under headers.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
        What messages call it.
    """
    cells = frame.astype(object).where(frame.notna(), None)
    rows = [tuple(map(_cell, row)) for row in cells.itertuples(index=False, name=None)]
    headers = [str(column) for column in frame.columns]
    # Row numbers are then places, from 0.
    return FrameTable(name, name, headers, -1, 1, rows, index=frame.index)


def _cell(value: Any) -> Any:
    """A value as a sheet delivers it: plain numbers, texts and dates."""
    if isinstance(value, np.generic):
        value = value.item()
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime()
    return float(value) if type(value) is int else value


@dataclass(frozen=True)
class Given:
    """What was handed over.

    Attributes
    ----------
    table : FrameTable
        The customers.
    company : Company or None
        None where no orders were given.
    settings : Settings
    today : float
        A serial number.
    feedback : pandas.DataFrame or None
        Under our own column names.
    """

    table: FrameTable
    company: Company | None
    settings: Settings
    today: float
    feedback: Any


def read_frames(
    customers: Any,
    orders: Any = None,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
    settings: Mapping[str, Any] | None = None,
    lang: Language = "en",
) -> Given:
    """Read the frames under whatever titles their columns have.

    Raises
    ------
    SheetError
        When a column that cannot be done without is missing; names it.
    CellError
        Names the cell that cannot be read.
    """
    tables = {
        key: table_from(frame, key)
        for key, frame in (
            ("customers", customers),
            ("orders", orders),
            ("feedback", feedback),
            ("contacts", contacts),
        )
        if frame is not None
    }
    given = dict(settings or {})
    if today is not None:
        given["as_of"] = float(as_day(today))
    elif is_blank(given.get("as_of")) and orders is not None:
        last = _last_order(tables["orders"])
        if last is not None:
            given["as_of"] = last
    chosen = Settings(given)
    day = as_of(chosen)
    if orders is not None:
        _with_counted_columns(tables["customers"], lang)
    company = company_of(tables.get, chosen, day)
    if orders is not None and company is None:
        refuse_unknown_headers(tables.get)
        raise SheetError(
            "Orders can be counted for customers only when both frames hold rows and the column "
            "customer_id, and the orders a date and an amount.",
            "两个数据框都要有数据和 customer_id 列，订单还要有日期和金额，才能按客户统计订单。",
        )
    if company is not None and company.unread:
        # Whoever hands over frames prepares them: nothing is taken for blank in silence.
        raise unreadable(*company.unread[0])
    answers = company.feedback if company else table_frame(tables.get("feedback"), "feedback")
    return Given(tables["customers"], company, chosen, day, answers)


def _last_order(orders: HeaderTable) -> float | None:
    """The day of the last order, until which the records go."""
    frame = table_frame(orders, "orders")
    if frame is None or "date" not in frame:
        return None
    place = layout.match_headers(orders.headers, "orders").columns["date"]
    days = [orders.date(i, place) for i in range(len(orders.rows))]
    known = [day for day in days if day == day]
    return float(np.floor(max(known))) if known else None


def _with_counted_columns(customers: FrameTable, lang: Language) -> None:
    """The columns that a workbook has for what is counted from orders, still blank here.

    The model learns from columns that are there to be seen, so a frame has them too.
    """
    there = layout.match_headers(customers.headers, "customers").columns
    declared = layout.table("customers").columns
    counted = [column for column in declared if column.key in FEATURES]
    more = [column for column in counted if column.key not in there]
    places = {there[column.key]: column.key for column in counted if column.key in there}
    places |= {len(customers.headers) + i: column.key for i, column in enumerate(more)}
    customers.headers += [column.title.within(lang) for column in more]
    customers.formulas += [""] * len(more)
    customers.rows = [row + (None,) * len(more) for row in customers.rows]
    customers.ours.update(places)
