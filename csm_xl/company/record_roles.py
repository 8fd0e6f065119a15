"""Roles in tables of orders, feedback, contacts, subscriptions and usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csm_xl.company.column_contents import contents_of, spoken
from csm_xl.company.leaving import Leaving
from csm_xl.company.roles import ColumnRole, Roles, example_of
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.layout import match_headers
from csm_xl.vocabulary.roles import TITLES

_ROLES = {
    "customer_id": "customer",
    "order_id": "order number",
    "invoice": "order number",
    "feedback_id": "id",
    "date": "date",
    "amount": "amount",
    "rating": "rating",
    "functional": "rating",
    "service": "rating",
    "emotional": "rating",
    "recommend": "nps",
    "text": "text",
    "note": "note",
    "times": "usage",
    "start": "start",
    "left_on": "left",
    "price": "price",
    "name": "customer",
}
_NUMBER = dict(TITLES)["id"]
_PERSONAL = ("buyer", "phone", "address", "contact")
_TITLE = Text("its title says so", "标题如此说明")
_ONLY = Text("the only column of dates", "唯一的日期列")
_OTHER = Text("kept as it is", "保持原样")


def record_roles(
    kind: str,
    headers: Sequence[str],
    columns: Sequence[Sequence[Any]],
    chosen: Mapping[int, str],
) -> Roles:
    """The role of each column of a table in which a customer can have many rows.

    Parameters
    ----------
    kind : str
        A kind of :data:`csm_xl.company.table_kinds.KINDS`.
    headers : sequence of p str
    columns : sequence of p sequences of n cells
    chosen : mapping of int to str
        What the owner set.
    """
    key = kind if kind in layout.TABLES else "orders"
    matched = match_headers(headers, key).key_of
    read = [contents_of(cells) for cells in columns]
    dates = [place for place, one in enumerate(read) if one.filled and one.serials >= 0.7]
    found = []
    for place, header in enumerate(headers):
        role, why = "feature", _OTHER
        column = matched.get(place)
        if place in chosen:
            role, why = chosen[place], Text("you set it", "由您指定")
        elif column in _ROLES:
            role, why = _ROLES[column], _TITLE
        elif column in _PERSONAL:
            role, why = "personal", _TITLE
        elif "date" not in matched.values() and dates == [place]:
            role, why = "date", _ONLY
        elif not header:
            role = "ignore"
        elif (
            kind == "orders"
            and not {"order_id", "invoice"} & set(matched.values())
            and _NUMBER.search(spoken(header))
            and read[place].distinct_share > 0.5
        ):
            role, why = "order number", _TITLE
        found.append(ColumnRole(header, role, why, example_of(read[place]), place in chosen))
    return Roles(tuple(found), Leaving())
