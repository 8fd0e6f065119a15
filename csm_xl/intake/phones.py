"""Phones as people write them, each in one form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from csm_xl.intake.cells import identifier
from csm_xl.vocabulary.placeholders import is_nobody

_SPLIT = re.compile(r"[/;,，；、|]|\s{2,}| or ")
_EXTENSION = re.compile(r"\s*(?:ext\.?|x|转|分机|#)\s*\d+$", re.IGNORECASE)
#: Country codes of one and of two digits; all others have three. They are free of prefixes.
_CODES = frozenset(
    [
        "1",
        "7",
        "20",
        "27",
        "30",
        "31",
        "32",
        "33",
        "34",
        "36",
        "39",
        "40",
        "41",
        "43",
        "44",
        "45",
        "46",
        "47",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "57",
        "58",
        "60",
        "61",
        "62",
        "63",
        "64",
        "65",
        "66",
        "81",
        "82",
        "84",
        "86",
        "90",
        "91",
        "92",
        "93",
        "94",
        "95",
        "98",
    ]
)


#: A mobile number in China has eleven digits; this one has a digit too many.
_TOO_LONG = re.compile(r"1[3-9]\d{10}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_RUN = re.compile(r"(\d)\1+")


def phone_digits(cell: Any) -> tuple[str, bool] | None:
    """The digits of the first phone in a cell, and whether they begin with a country's code."""
    text = identifier(cell)
    if text is None or is_nobody(text):
        return None
    for part in _SPLIT.split(text):
        bare = _EXTENSION.sub("", part.strip())
        digits = re.sub(r"\D", "", bare)
        letters = sum(map(str.isalpha, bare))
        if not 6 <= len(digits) <= 16 or letters > 3 or is_nobody(digits):
            continue
        if bare.lstrip("( ").startswith("+"):
            return digits.lstrip("0"), True
        if digits.startswith("00") and len(digits) > 10:
            return digits[2:], True
        if digits.startswith("86") and len(digits) == 13 and digits[2] == "1":
            return digits, True
        return digits, False
    return None


def national(digits: str) -> str:
    """What is dialled within the country, of a number that begins with the country's code."""
    for length in (1, 2):
        if digits[:length] in _CODES:
            return digits[length:].lstrip("0")
    return digits[3:].lstrip("0")


class Phones:
    """Every phone that is known, each in one form: with its country's code where anything tells it.

    Parameters
    ----------
    cells : iterable
        All phones of the workbook and of the file: ``(555) 010-0002`` is ``+1 555 010 0002``
        where exactly one such number is known.

    Attributes
    ----------
    corrected : dict of str to str
        Mobile numbers with a digit typed twice, as written, and the known number that each was read
        as: no such number exists, and without the digit it is exactly one that is known.
    """

    def __init__(self, cells: Iterable[Any]) -> None:
        self._digits: dict[Any, tuple[str, bool] | None] = {}
        self._whole: dict[str, set[str]] = defaultdict(set)
        self._mobiles: set[str] = set()
        self.corrected: dict[str, str] = {}
        for cell in cells:
            if cell is None or cell in self._digits:
                continue
            found = self._digits[cell] = phone_digits(cell)
            if found and found[1]:
                for form in (found[0], national(found[0])):
                    self._whole[form].add(found[0])
            bare = found[0].removeprefix("86") if found else ""
            if _MOBILE.fullmatch(bare):
                self._mobiles.add(bare)

    def one(self, cell: Any) -> str | None:
        """The phone as it is compared, or None."""
        if cell is None:
            return None
        found = self._digits[cell] if cell in self._digits else phone_digits(cell)
        if found is None:
            return None
        digits, international = found
        if international:
            return "+" + digits
        bare = digits.lstrip("0")
        if _TOO_LONG.fullmatch(bare):
            once = {bare[: run.start()] + bare[run.start() + 1 :] for run in _RUN.finditer(bare)}
            known = once & self._mobiles
            if len(known) == 1:
                bare = digits = self.corrected.setdefault(bare, known.pop())
        whole = self._whole.get(bare, set()) | self._whole.get(digits, set())
        return "+" + next(iter(whole)) if len(whole) == 1 else bare
