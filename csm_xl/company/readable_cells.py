"""Cells that cannot be read as what their column holds: they count as blank, and are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.churn.feature_columns import kind_of
from csm_xl.company.column_contents import (
    date_of,
    flag_of,
    is_error,
    is_mark,
    is_nothing,
    number_of,
    points_of,
)
from csm_xl.company.roles import Roles
from csm_xl.errors import COM_ERRORS, CsmError
from csm_xl.vocabulary.cell_readers import LEVEL

#: What the cells of a column with this role are read as.
_READ_AS = {
    "start": "date",
    "last contact": "date",
    "renewal": "date",
    "date": "date",
    "price": "number",
    "revenue": "number",
    "amount": "number",
    "usage": "number",
    "tenure": "number",
    "nps": "number",
    "points": "number",
    "rating": "rating",
    "do not contact": "flag",
}
_LATEST = 2958466.0


@dataclass(frozen=True)
class UnreadCell:
    """A cell that could not be read.

    Attributes
    ----------
    row, place : int
        Its row and column in the table, from 0.
    text : str
        What it holds.
    role : str
    """

    row: int
    place: int
    text: str
    role: str


def readable(cells: Sequence[Any], kind: str) -> tuple[list[Any], list[int]]:
    """The cells with None for those that cannot be read, and which those are.

    Parameters
    ----------
    cells : sequence of n
    kind : {"number", "date", "flag", "rating", "points", "text"}
        Texts are never unreadable, but for errors. Points are read without their unit.
    """
    read: list[Any] = []
    wrong: list[int] = []
    for i, cell in enumerate(cells):
        if is_error(cell):
            wrong.append(i)
            read.append(None)
        elif kind == "text":
            read.append(cell)
        elif is_nothing(cell):
            read.append(None)
        elif _reads(cell, kind):
            read.append(points_of(cell) if kind == "points" else cell)
        else:
            wrong.append(i)
            read.append(None)
    return read, wrong


def _reads(cell: Any, kind: str) -> bool:
    if kind == "date":
        day = date_of(cell)
        day = number_of(cell) if day is None else day
        return day is not None and 0 <= day < _LATEST
    if kind == "flag":
        return flag_of(cell) is not None or is_mark(cell)
    if kind == "rating":
        try:
            LEVEL.read(cell)
        except CsmError:
            number = number_of(cell)
            return number is not None and 0 <= number <= 10
        return True
    if kind == "points":
        return points_of(cell) is not None
    if isinstance(cell, bool):
        return True
    number = number_of(cell)
    if number is None:
        number = date_of(cell)
    return number is not None and abs(number) <= 1e300


def read_as(cells: Sequence[Any], header: str, role: str) -> str:
    """What the cells of a column are: a kind of :func:`readable`."""
    if role in _READ_AS:
        return _READ_AS[role]
    if role not in ("feature", "formula"):
        return "text"
    plain = [None if is_nothing(cell) or is_error(cell) else cell for cell in cells]
    return str(kind_of(plain, header))


def unread_cells(
    headers: Sequence[str], columns: Sequence[Sequence[Any]], roles: Roles
) -> list[UnreadCell]:
    """Every cell of a table that cannot be read as what its column is, row by row."""
    found = [
        UnreadCell(row, place, shown(columns[place][row]), "left")
        for row, place in roles.leaving.unreadable
    ]
    said = set(roles.leaving.places)
    for place, header in enumerate(headers):
        role = roles.role_of(place)
        if place in said or role in ("csm-xl", "ignore"):
            continue
        # The model takes numbers alone; figures of a loyalty programme take 300分 as well.
        kind = "points" if role == "points" else read_as(columns[place], header, role)
        found += [
            UnreadCell(row, place, shown(columns[place][row]), role)
            for row in readable(columns[place], kind)[1]
        ]
    return sorted(found, key=lambda one: (one.row, one.place))


def shown(cell: Any) -> str:
    """What a cell shows, cut to a length that a message can hold."""
    if is_error(cell):
        return COM_ERRORS[cell]
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell)[:40]
