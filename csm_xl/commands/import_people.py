"""The customers of a workbook as an import knows them, and what becomes of new ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from csm_xl.company.header_table import HeaderTable
from csm_xl.intake.cells import identifier
from csm_xl.intake.identities import Match, Person, Who, match
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank

_NUMBERED = re.compile(r"(.*?)(\d+)")
#: What stands before numbers that csm-xl gives, by table.
PREFIXES = {"customers": "C", "orders": "O", "feedback": "F", "subscriptions": "S"}


class People:
    """The customers of a workbook.

    Parameters
    ----------
    source : HeaderTable or None
        The Customers table.
    """

    def __init__(self, source: HeaderTable | None) -> None:
        self.people: list[Person] = []
        self.rows: list[int] = []
        places = (
            layout.match_headers(source.headers, "customers", owners_only=True).columns
            if source
            else {}
        )
        if source is None or "customer_id" not in places:
            self.by_number: dict[str, int] = {}
            return
        for i, row in enumerate(source.rows):
            number = row[places["customer_id"]]
            if is_blank(number):
                continue

            def said(key: str, row: Sequence[Any] = row) -> str | None:
                place = places.get(key)
                return None if place is None or is_blank(row[place]) else as_text(row[place])

            accounts = tuple(a.strip() for a in (said("accounts") or "").split(";") if a.strip())
            self.people.append(
                Person(
                    as_text(number).strip(),
                    accounts,
                    said("email"),
                    said("phone"),
                    said("name"),
                    said("company"),
                )
            )
            self.rows.append(i)
        self.by_number = {folded(person.number): i for i, person in enumerate(self.people)}

    def __len__(self) -> int:
        return len(self.people)

    @property
    def numbers(self) -> list[str]:
        """Every number that names a customer, folded."""
        return [folded(n) for person in self.people for n in (person.number, *person.accounts)]

    def match(self, whos: Iterable[Who]) -> Match:
        """Tell who is who."""
        return match(whos, self.people)

    def number(self, index: int) -> str | None:
        """The number of a person of a match; None for one who is not in the workbook."""
        return self.people[index].number if 0 <= index < len(self.people) else None


def as_said(who: Who) -> str | None:
    """What an order of somebody unknown keeps of what its file says; nothing that many share."""
    for cell in (who.account, who.email, who.phone, who.name, who.company):
        if cell is not None:
            return identifier(cell)
    return None


def numbers_from(existing: Sequence[Any], table: str) -> Iterable[str]:
    """Numbers that go on where a table's own end."""
    best = (0, 4, PREFIXES.get(table, "N"))
    taken = set()
    for cell in existing:
        text = "" if is_blank(cell) else as_text(cell).strip()
        taken.add(folded(text))
        found = _NUMBERED.fullmatch(text)
        # Numbers of platforms are long; counting on from them would pretend to be one.
        if (
            found
            and found[1]
            and len(found[2]) <= 7
            and len(found[1]) <= 4
            and int(found[2]) > best[0]
        ):
            best = (int(found[2]), len(found[2]), found[1])
    count, width, prefix = best
    while True:
        count += 1
        number = f"{prefix}{count:0{width}d}"
        if folded(number) not in taken:
            yield number
