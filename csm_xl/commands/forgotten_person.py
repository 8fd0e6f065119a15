"""Who is to be forgotten: the row, and the texts by which the person is found anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from csm_xl.churn.feature_columns import named_personal
from csm_xl.commands.customer_explanation import row_of_customer
from csm_xl.commands.session import Session
from csm_xl.company.column_contents import spoken
from csm_xl.company.customers import identifier_columns
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.traces import Traces
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key, as_text, is_blank
from csm_xl.vocabulary.forgotten import new_code


@dataclass
class Person:
    """Somebody to be forgotten.

    Attributes
    ----------
    table : HeaderTable
        The customers.
    row : int
        From 0.
    place : int or None
        The column of the number.
    key : str
        The number, "" without one.
    traces : Traces
    others : list of str
        Texts of the row that somebody else has too.
    keys : set of str
        What the person is called in the records of what was imported.
    """

    table: HeaderTable
    row: int
    place: int | None
    key: str
    traces: Traces
    others: list[str]
    keys: set[str]


def person_of(session: Session, customer: str) -> Person:
    """Who is meant, and by what texts that person is found.

    Raises
    ------
    SheetError
        When nobody, or more than one customer, is meant.
    """
    table = session.customers()
    row = row_of_customer(table, customer)
    places, roles = table.places("customers"), table.roles
    traces = Traces(new_code(session.language))
    cells_there = table.rows[row]
    others: list[str] = []
    keys: set[str] = set()

    def alone(place: int) -> str:
        """The text of a cell, if nobody else has it."""
        cell = cells_there[place] if place < len(cells_there) else None
        if is_blank(cell) or not isinstance(cell, (str, int, float)):
            return ""
        text = as_text(cell).strip()
        alike = [i for i, other in enumerate(table.cells(place)) if i != row and same(other, text)]
        if alike:
            others.append(text)
            return ""
        keys.add(text)
        return text

    width = len(roles.columns)
    for place in range(width):
        role = roles.role_of(place)
        if place in table.ours:
            continue
        if role in ("name", "customer") or place in _at(places, "name", "company"):
            traces.add_name(alone(place))
        elif role == "e-mail" or place in _at(places, "email"):
            traces.add_mail(alone(place))
        elif role == "phone" or place in _at(places, "phone"):
            if text := alone(place):
                traces.add_phone(text)
        elif role in ("note", "text"):
            traces.add_remark(alone(place))
        elif role == "personal" or (
            role not in ("id", "left") and named_personal(table.headers[place])
        ):
            text = alone(place)
            # A town of one word belongs to many, whoever else buys there.
            if any(c.isdigit() for c in text) or "@" in text or len(text.split()) > 1:
                traces.add_mail(text)
    ids = [places["customer_id"]] if "customer_id" in places else []
    numbered = [p for p in [*ids, *identifier_columns(table)] if as_key(cells_there[p])]
    key = as_key(cells_there[numbered[0]]) if numbered else ""
    if "@" in key:
        traces.add_mail(key)
    if key:
        keys.add(key)
        if not key.replace(".", "").isdigit():
            # A number of digits alone is that of an order, a day or an amount as well.
            traces.add_number(key)
    parts = [p for p in range(width) if _PART.search(spoken(table.headers[p]))]
    named = [as_text(cells_there[p]) for p in parts if not is_blank(cells_there[p])]
    if sum(_row_is(table, i, parts, named) for i in range(len(table.rows))) == 1:
        traces.add_parts(named)
    return Person(
        table,
        row,
        numbered[0] if numbered else None,
        key,
        traces,
        list(dict.fromkeys(others)),
        keys,
    )


#: Titles of a part of a name.
_PART = re.compile(
    r"\b(first|given|fore|middle|christian|last|family|sur|second) ?names?\b|^surname$|^(vor|nach)name$|^prénom$|^apellidos?$"
    r"|^姓$|^名$|^姓氏$|^名字$"
)


def _row_is(table: HeaderTable, row: int, places: list[int], said: list[str]) -> bool:
    there = [as_text(table.rows[row][p]) for p in places if not is_blank(table.rows[row][p])]
    return list(map(folded, there)) == list(map(folded, said))


def _at(places: dict[str, int], *names: str) -> list[int]:
    return [places[name] for name in names if name in places]


def same(cell: Any, text: str) -> bool:
    """Whether a cell says a text."""
    return not is_blank(cell) and folded(as_text(cell)) == folded(text)
