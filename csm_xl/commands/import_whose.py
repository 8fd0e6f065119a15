"""Whose an imported row is: customers looked up by number, mail address, phone or name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from csm_xl.company.header_table import HeaderTable
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank

#: Columns of the Customers table that other programs name a customer by, the surest first.
_NAMES = ("email", "phone", "name", "company")
#: Columns of an exported row that may say whose it is, where its customer column does not.
_OTHERWISE = ("contact", "phone", "buyer")
_NOT_DIGIT = re.compile(r"[\s\-().]+")
_PHONE = re.compile(r"(\+|00)?(\d{7,15})")
_CHINA = "86"


class Directory:
    """The customers of a workbook, by everything that names one of them and nobody else.

    Parameters
    ----------
    source : HeaderTable or None
        The Customers table.
    """

    def __init__(self, source: HeaderTable | None) -> None:
        self._numbers: dict[str, str] = {}
        self._by_name: dict[str, str | None] = {}
        places = layout.match_headers(source.headers, "customers").columns if source else {}
        if source is None or "customer_id" not in places:
            return
        for row in source.rows:
            cell = row[places["customer_id"]]
            if is_blank(cell):
                continue
            number = as_text(cell).strip()
            self._numbers.setdefault(folded(number), number)
            names = {
                name
                for key in _NAMES
                if key in places and not is_blank(row[places[key]])
                for name in _spellings(row[places[key]])
            }
            for name in names:
                # A name that two customers share is nobody's.
                known = self._by_name.get(name, number)
                self._by_name[name] = number if known == number else None

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, cell: Any) -> str | None:
        """The number of the customer that a cell names, or None."""
        if is_blank(cell):
            return None
        known = self._numbers.get(folded(as_text(cell)))
        if known is not None:
            return known
        found = {self._by_name.get(name) for name in _spellings(cell)} - {None}
        return found.pop() if len(found) == 1 else None

    def settle(self, row: dict[str, Any]) -> bool:
        """Put the customer's number into a converted row; False where it names nobody known."""
        for key in ("customer_id", *_OTHERWISE):
            number = self.number(row.get(key))
            if number is not None:
                row["customer_id"] = number
                return True
        return row.get("customer_id") is None


def _spellings(cell: Any) -> Iterable[str]:
    """What a name is looked up by: as it is written, and a phone number in its national forms."""
    text = folded(as_text(cell))
    yield text
    phone = _PHONE.fullmatch(_NOT_DIGIT.sub("", as_text(cell)))
    if phone is None:
        return
    digits = phone[2]
    yield "phone " + digits.lstrip("0")
    if phone[1]:
        # A country's code has one to three digits.
        for code in (1, 2, 3):
            yield "phone " + digits[code:].lstrip("0")
    elif digits.startswith(_CHINA) and len(digits) == 13:
        yield "phone " + digits[2:]
