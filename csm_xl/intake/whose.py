"""Whose each row of a file is, in the file's own words: the first that is filled of several columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from csm_xl.intake.cells import identifiers, texts
from csm_xl.intake.columns import Columns
from csm_xl.intake.export import Export
from csm_xl.intake.identities import Who, clean_mail
from csm_xl.intake.names import clean_name, is_full_name
from csm_xl.intake.phones import phone_digits
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.placeholders import is_nobody

_CODE = re.compile(r"[a-z]{0,6}[-_#]?[a-z0-9]*\d[a-z0-9_-]*", re.IGNORECASE)


def whose(export: Export, columns: Columns, known_numbers: Collection[str] = ()) -> list[Who]:
    """Who each row is of.

    Parameters
    ----------
    export : Export
    columns : Columns
    known_numbers : collection of str
        The workbook's customer numbers, folded: a column that may hold a number, a mail, a phone
        or a name is told by them too.

    Returns
    -------
    list of Who
        One for each row; equal rows share one object.
    """
    n = len(export)
    account = _first(export, columns, "account", n, _some_account)
    email = _first(export, columns, "email", n, lambda cell: clean_mail(cell) and cell)
    phone = _first(export, columns, "phone", n, lambda cell: phone_digits(cell) and cell)
    name = _names(export, columns, n)
    company = _first(export, columns, "company", n, _some_name)
    mixed = _first(export, columns, "who", n, _some_account)
    numbers = frozenset(known_numbers)
    shared: dict[Any, Who] = {}
    found = []
    for row in zip(account, email, phone, name, company, mixed, strict=True):
        who = shared.get(row)
        if who is None:
            who = shared[row] = _sorted_out(row, numbers)
        found.append(who)
    return found


def _sorted_out(row: tuple[str | None, ...], numbers: frozenset[str]) -> Who:
    account, email, phone, name, company, mixed = row
    if mixed is not None:
        if account is None and folded(mixed) in numbers:
            account = mixed
        elif clean_mail(mixed):
            email = email or mixed
        elif phone_digits(mixed) and sum(map(str.isdigit, mixed)) >= 7:
            phone = phone or mixed
        elif account is None and _CODE.fullmatch(mixed):
            account = mixed
        else:
            name = name or mixed
    return Who(account, email, phone, name, company)


def mixed_who(cell: str, known_numbers: frozenset[str]) -> Who:
    """Who a cell names that may hold a number, a mail, a phone or a name."""
    return _sorted_out((None, None, None, None, None, cell), known_numbers)


def _some_account(cell: str) -> str | None:
    return None if is_nobody(cell) else cell


def _some_name(cell: str) -> str | None:
    return cell if clean_name(cell) else None


def _first(export: Export, columns: Columns, key: str, n: int, fits: Any) -> list[str | None]:
    found: list[str | None] = [None] * n
    for place in columns.places.get(key, ()):
        cells = identifiers(export.columns[place])
        known: dict[str, str | None] = {}
        for i, cell in enumerate(cells):
            if cell is not None and found[i] is None:
                if cell not in known:
                    known[cell] = cell if fits(cell) else None
                found[i] = known[cell]
    return found


def _names(export: Export, columns: Columns, n: int) -> list[str | None]:
    """Names as the file writes them: of several columns a whole name is preferred to a nickname."""
    names = _first(export, columns, "name", n, _some_name)
    others = columns.places.get("name", [])[1:]
    for place in others:
        cells = identifiers(export.columns[place])
        for i, cell in enumerate(cells):
            if cell and names[i] and cell != names[i] and not _whole(names[i]) and _whole(cell):
                names[i] = cell
    first, last = columns.first("first_name"), columns.first("last_name")
    if first is None or last is None:
        return names
    firsts, lasts = texts(export.columns[first]), texts(export.columns[last])
    for i in range(n):
        if names[i] is None:
            parts = [part for part in (firsts[i], lasts[i]) if part]
            chinese = all(re.fullmatch(r"[\u3400-\u9fff]+", part) for part in parts)
            joined = "".join(reversed(parts)) if chinese else " ".join(parts)
            names[i] = joined if joined and clean_name(joined) else None
    return names


def _whole(name: str | None) -> bool:
    plain = clean_name(name)
    return plain is not None and is_full_name(plain)


def first_said(rows: Sequence[Who]) -> Who:
    """Who several rows of one thing are of: for each identity the first that any row has."""
    fields: list[str | None] = [None] * len(Who._fields)
    for who in rows:
        fields = [a if a is not None else b for a, b in zip(fields, who, strict=True)]
    return Who(*fields)
