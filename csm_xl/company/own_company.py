"""A company that keeps its orders, reviews and calls on sheets of its own: invoices by client, say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.company.customers import customer_keys
from csm_xl.company.frames import Company, refuse_uncountable, with_sentiment
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import UnreadCell
from csm_xl.company.settings import Settings
from csm_xl.company.table_frames import table_frame
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key

#: The share of a table's rows whose customer has to be found for the table to be about them.
_FOUND = 0.6
#: What the roles of such a table are among our columns.
_KEYS = {
    "date": "date",
    "amount": "amount",
    "order number": "order_id",
    "rating": "rating",
    "text": "text",
}


def own_company(
    customers: HeaderTable, tables: Sequence[HeaderTable], settings: Settings, today: float
) -> Company | None:
    """The frames of an owner's own tables; None where none of them holds orders of these customers.

    Several tables of one form, one for each year say, are one. Where two of different form hold
    orders, neither is counted, since an invoice may be of an order.

    Parameters
    ----------
    customers : HeaderTable
    tables : sequence of HeaderTable
        The workbook's others.
    settings : Settings
    today : float
        A serial number.

    Raises
    ------
    SheetError
        When most orders have no day, or no amount, that can be read.
    """
    if not customers.rows:
        return None
    keys, twice = _unique(customer_keys(customers))
    index = _Customers(customers, keys)
    notes: list[Text] = []
    unread: list[tuple[HeaderTable, UnreadCell]] = []
    found: dict[str, Any] = {}
    for kind in ("orders", "feedback", "contacts"):
        linked = [
            (table, *link)
            for table in tables
            if table.kind == kind and not table.declared and (link := index.link(table)) is not None
        ]
        if kind == "orders":
            linked = [one for one in linked if _countable(one[0])]
        forms = {tuple(map(folded, table.headers)) for table, *_ in linked}
        if len(forms) > 1:
            notes.append(_SEVERAL[kind].fill(names=", ".join(t.title for t, *_ in linked)))
            continue
        frames = []
        for table, place, rows in linked:
            frame = _frame(table, kind, place, rows)
            unread += [(table, one) for one in frame.attrs["unread"]]
            if kind == "orders":
                refuse_uncountable(table, frame)
            frames.append(frame)
        found[kind] = _joined(frames)
    if found.get("orders") is None:
        return None
    people = _people(customers, keys)
    if people is None:
        return None
    unread += [(customers, one) for one in people.attrs["unread"]]
    if twice:
        notes.append(_TWICE.fill(n=len(twice), names=", ".join(twice[:5])))
    company = Company(
        customers,
        keys,
        people,
        found["orders"],
        found.get("feedback"),
        found.get("contacts"),
        today,
        settings,
        unread,
        notes,
    )
    with_sentiment(company)
    return company


_SEVERAL = {
    "orders": Text(
        "Several tables of different form hold orders ({names}); none of them is counted, since one may "
        "hold the invoices of another. Set the columns of the others to ignore on the Columns sheet.",
        "有多个形式不同的表格都是订单（{names}），其中一个可能是另一个的发票，因此都未统计。"
        "请在“列”工作表中把其他表格的列设为“忽略”。",
    ),
    "feedback": Text(
        "Several tables of different form hold feedback ({names}); none of them is counted.",
        "有多个形式不同的表格都是反馈（{names}），均未统计。",
    ),
    "contacts": Text(
        "Several tables of different form hold contacts ({names}); none of them is counted.",
        "有多个形式不同的表格都是联系记录（{names}），均未统计。",
    ),
}
_TWICE = Text(
    "{n} customers share their name with another ({names}), so orders cannot be told apart and are "
    "not counted for them. Give each a number of its own.",
    "有 {n} 位客户与他人重名（{names}），无法区分订单，未为其统计。请给每位客户一个编号。",
)


def _unique(keys: Sequence[str]) -> tuple[list[str], list[str]]:
    """The keys with "" for those that several customers share, and these."""
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    shared = [key for key, n in counts.items() if key and n > 1]
    return [key if counts[key] == 1 else "" for key in keys], shared


class _Customers:
    """Whom a cell of another table names: by number, name, mail or telephone."""

    def __init__(self, table: HeaderTable, keys: Sequence[str]) -> None:
        roles = table.roles
        places = [p for role in ("id", "name", "e-mail", "phone") for p in roles.places(role)]
        self.indexes = [_index(table.cells(place), keys) for place in places]

    def link(self, table: HeaderTable) -> tuple[int, list[str]] | None:
        """The column that says whose a row is, and the customer's key of each row; None without one."""
        best, most = None, _FOUND
        for place in range(len(table.columns)):
            cells = [folded(as_key(cell)) for cell in table.cells(place)]
            filled = sum(map(bool, cells))
            if filled < 0.5 * len(cells) or len(set(cells)) < 2:
                continue
            for index in self.indexes:
                rows = [index.get(cell, "") if cell else "" for cell in cells]
                share = sum(map(bool, rows)) / filled
                if share > most or (best is None and share >= most):
                    best, most = (place, rows), share
        return best


def _index(cells: Sequence[Any], keys: Sequence[str]) -> dict[str, str]:
    """What a cell says to whom it means; what two customers share means nobody."""
    found: dict[str, str] = {}
    for cell, key in zip(cells, keys, strict=True):
        said = folded(as_key(cell))
        if said:
            found[said] = "" if said in found else key
    return found


def _countable(table: HeaderTable) -> bool:
    return table.roles.place("date") is not None and table.roles.place("amount") is not None


def _frame(table: HeaderTable, kind: str, place: int, rows: list[str]) -> Any:
    """A table's rows under our names, each with its customer's key."""
    roles = table.roles
    places = {
        key: at
        for key, at in table.places(kind).items()
        if key != "customer_id" and at != place and roles.role_of(at) not in ("ignore", "customer")
    }
    for role, key in _KEYS.items():
        at = roles.place(role)
        if at is not None and at != place and key in _columns(kind):
            places[key] = at
    frame = table_frame(table, kind, {**places, "customer_id": place})
    first = table.row + 1
    frame["customer_id"] = [rows[number - first] or None for number in frame.attrs["rows"]]
    return frame


def _columns(kind: str) -> set[str]:
    return {column.key for column in layout.table(kind).columns}


def _joined(frames: list[Any]) -> Any:
    import pandas as pd

    if not frames:
        return None
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _people(customers: HeaderTable, keys: list[str]) -> Any:
    """The customers under our names, with the keys that orders are counted by."""
    places = {k: p for k, p in customers.places("customers").items() if p not in customers.ours}
    known = places.pop("customer_id", None)
    frame = table_frame(customers, "customers", {**places, "name": places.get("name", known or 0)})
    if frame is None:
        return None
    first = customers.row + 1
    frame["customer_id"] = np.array(
        [keys[number - first] or None for number in frame.attrs["rows"]], dtype=object
    )
    return frame
