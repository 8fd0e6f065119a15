"""Put imported rows into a table: each is added, updated or unchanged, and the owner's edits stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.commands.import_record import Written
from csm_xl.company.header_table import HeaderTable
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded, serial
from csm_xl.vocabulary.cells import is_blank


@dataclass
class NewRow:
    """What a row of a table should hold.

    Attributes
    ----------
    key : str
        What tells it from the others, as :func:`row_key` writes it.
    values : dict
        Our columns' keys to values; None is not written.
    own : dict
        The owner's columns' titles to values.
    at : int or None
        The row of the table that it is, where something else than its key tells.
    """

    key: str
    values: dict[str, Any]
    own: dict[str, Any] = field(default_factory=dict)
    at: int | None = None


@dataclass
class Unit:
    """The rows that one row of a file makes, counted once: an order and its refund."""

    rows: list[NewRow]
    line: int


@dataclass
class Plan:
    """What changes in a table.

    Attributes
    ----------
    updates : dict of (row, place) to value
    additions : list of NewRow
    added, updated, unchanged : int
    owners : list of str
        Addresses of cells that the owner changed since the last import, which stay.
    """

    updates: dict[tuple[int, int], Any] = field(default_factory=dict)
    additions: list[NewRow] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    owners: list[str] = field(default_factory=list)


def row_key(cells: Sequence[Any]) -> str:
    """The cells that tell a row apart as one text; ``""`` where all are blank."""
    if all(map(is_blank, cells)):
        return ""
    return "\x1f".join("" if is_blank(cell) else spelled(cell) for cell in cells)


def spelled(cell: Any) -> str:
    """A cell as it is compared; the sheet has dates where an export has their serial numbers."""
    if isinstance(cell, dt.date):
        cell = serial(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.6f}"
    text = str(cell)
    # Folding plain letters is no more than this; there may be a million keys.
    return (
        " ".join(text.lower().replace("_", " ").replace("-", " ").split())
        if text.isascii()
        else folded(text)
    )


def number_in(cell: Any) -> float | None:
    """The number in a cell, a date as its serial number; None for anything else."""
    if isinstance(cell, dt.date):
        return serial(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    return None


def merge(
    into: HeaderTable,
    table: str,
    units: Sequence[Unit],
    keys: dict[str, int],
    written: Written,
    own_titles: Sequence[str],
    remember_as: dict[int, str] | None = None,
) -> Plan:
    """Compare rows with those that are there.

    Parameters
    ----------
    into : HeaderTable
        The table, its own columns already added.
    table : str
    units : sequence of Unit
    keys : dict
        What tells the table's rows apart, to their places from 0.
    written : Written
        What imports wrote; kept up to date.
    own_titles : sequence of str
        The owner's columns that the file has.
    remember_as : dict, optional
        For rows of the table, the key by which their cells are remembered, where it is not the
        row's own.
    """
    places = column_places(into, table)
    titles = {key: into.headers[place] for key, place in places.items()}
    own_places = {
        title: place for title in own_titles if (place := into.position(title)) is not None
    }
    plan = Plan()
    for unit in units:
        states = set()
        for row in unit.rows:
            at = row.at if row.at is not None else keys.get(row.key)
            cells = [
                (places[k], titles[k], v)
                for k, v in row.values.items()
                if k in places and v is not None
            ]
            cells += [
                (own_places[t], t, v)
                for t, v in row.own.items()
                if t in own_places and v is not None
            ]
            if at is None:
                plan.additions.append(row)
                written.put(row.key, {title: value for _, title, value in cells})
                states.add("added")
                continue
            known_as = (remember_as or {}).get(at, row.key)
            states.add(_update(into, at, known_as, cells, written, plan))
        first = unit.rows[0]
        if first.at is None and first.key not in keys:
            plan.added += 1
        elif states & {"added", "updated"}:
            plan.updated += 1
        else:
            plan.unchanged += 1
    return plan


def _update(
    into: HeaderTable,
    at: int,
    key: str,
    cells: Sequence[tuple[int, str, Any]],
    written: Written,
    plan: Plan,
) -> str:
    changed = {}
    for place, title, value in cells:
        there = into.rows[at][place]
        if same(there, value):
            continue
        if written.owners(key, title, there):
            plan.owners.append(into.address(at, place))
            continue
        plan.updates[at, place] = value
        changed[title] = value
    if changed:
        written.put(key, changed)
    return "updated" if changed else "unchanged"


def same(there: Any, new: Any) -> bool:
    """Whether a cell holds a value already, however it is spelled."""
    if isinstance(there, dt.date):
        there = serial(there)
    if is_blank(there):
        return False
    if isinstance(there, (int, float)) and isinstance(new, (int, float)):
        return abs(float(there) - float(new)) < 1e-6
    if isinstance(there, str) and isinstance(new, str):
        return there == new
    return spelled(there) == spelled(new)


def column_places(into: HeaderTable, table: str) -> dict[str, int]:
    """Where a sheet has our columns that its owner fills."""
    return layout.match_headers(into.headers, table, owners_only=True).columns


def counted(keys: Iterator[str] | Sequence[str]) -> Iterator[str]:
    """Equal keys told apart by how many times they came before: two equal sales are two."""
    seen: dict[str, int] = {}
    for key in keys:
        n = seen[key] = seen.get(key, 0) + 1
        yield key if n == 1 else f"{key}\x1f#{n}"
