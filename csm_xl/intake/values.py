"""The texts of an export as what a column holds: dates, amounts, ratings, words, keys."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from csm_xl.errors import CsmError
from csm_xl.language import LANGUAGES, Language, Text
from csm_xl.vocabulary.cell_readers import (
    LAST_SERIAL,
    LEVEL,
    folded,
    parse_date,
    parse_number,
    serial,
)
from csm_xl.vocabulary.cells import as_text, is_blank
from csm_xl.vocabulary.columns import Column
from csm_xl.vocabulary.words import LEVELS

_PARTS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{2}|\d{4})(?:[ T].*)?")
_TIME = r"(?:[,\s]+(?:at\s+)?\d{1,2}:\d{2}.*)?"
_WEEKDAY = r"(?:[a-z]{3,9}[,\s]\s*)?"
#: The month as a word leaves no doubt: 5 March 2026, 05-Mar-26, "Thursday, March 5th, 2026".
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s/-]+(?P<month>[a-z]{{3,9}})\.?"
    rf"[\s,/-]+(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"[,\s]+(?P<year>\d{{4}}){_TIME}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_LISTED = {folded(word) for lang in LANGUAGES for word in LEVELS.within(lang)}
_LOOSE_SCALES = {"scale5": (1, 5), "scale10": (0, 10)}


class Unreadable(Exception):
    """A text that is not what its column holds; says what was expected."""

    def __init__(self, expected: Text) -> None:
        super().__init__(expected)
        self.expected = expected


class Converter:
    """Turns the cells of one exported column into what a sheet's column holds.

    Parameters
    ----------
    column : Column
        The column of the workbook.
    cells : sequence
        All cells of the export's column: whether 03/04/2026 is in March or April is told by the
        other dates of the same column.
    lang : {"en", "zh"}
        The workbook's language, for words of a closed list.
    """

    def __init__(self, column: Column, cells: Sequence[Any], lang: Language) -> None:
        self.column, self.lang = column, lang
        self.order = _date_order(cells) if column.kind in ("date", "datetime") else None

    def __call__(self, cell: Any) -> Any:
        """The value for the sheet: a float, a text, or None for a blank cell.

        Raises
        ------
        Unreadable
        """
        if is_blank(cell):
            return None
        kind = self.column.kind
        if kind in ("date", "datetime"):
            return self._date(cell)
        if kind in ("integer", "number", "money", "share", "scale5", "scale10"):
            return self._number(cell)
        if kind == "rating":
            return self._rating(cell)
        if kind == "choice" and self.column.words is not None:
            key = self.column.words.key(cell)
            # A word the list does not know is the owner's own; it is kept as it was written.
            return as_text(cell) if key is None else self.column.words.word(key, self.lang)
        return as_text(cell)

    def _number(self, cell: Any) -> float:
        number = amount(cell)
        if number is None:
            raise Unreadable(Text("a number", "数字"))
        low, high = _LOOSE_SCALES.get(self.column.kind, (float("-inf"), float("inf")))
        if not low <= number <= high:
            raise Unreadable(Text(f"a number from {low} to {high}", f"{low} 到 {high} 的数字"))
        return number

    def _rating(self, cell: Any) -> Any:
        try:
            number = LEVEL.read(cell)
        except CsmError:
            raise Unreadable(LEVEL.what) from None
        word = folded(cell) if isinstance(cell, str) else ""
        if word not in LEVEL.words:
            return number
        # The sheet's formulas know the words of its list, not all that people say instead.
        return as_text(cell) if word in _LISTED else LEVELS.word(f"{number:.0f}", self.lang)

    def _date(self, cell: Any) -> float:
        if isinstance(cell, (dt.date, dt.datetime)):
            return serial(cell)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            number: float | None = float(cell)
            if number and number.is_integer() and number > LAST_SERIAL:
                number = _spelled_date(str(int(number)))
        else:
            text = str(cell).strip()
            found = parse_date(text)
            if found is not None:
                return found
            number = self._short_date(text)
        if number is None or not 1 <= number < 2958466:
            expected = Text("a date such as 2026-03-05", "日期，例如 2026-03-05")
            if self.order is None and isinstance(cell, str) and _PARTS.fullmatch(cell.strip()):
                expected = Text(
                    "a date that can be read one way only, such as 2026-03-05",
                    "不会有歧义的日期，例如 2026-03-05",
                )
            raise Unreadable(expected)
        return number

    def _short_date(self, text: str) -> float | None:
        parts = _PARTS.fullmatch(text)
        if parts is None:
            spelled = _spelled_date(text)
            if spelled is not None:
                return spelled
            number = parse_number(text)
            # An export of serial numbers; a bare year is not one.
            return number if number is not None and number > 9999 else None
        if self.order is None:
            return None
        first, second, year = (int(part) for part in parts.groups())
        day, month = (first, second) if self.order == "day" else (second, first)
        try:
            return serial(dt.datetime(year if year > 99 else 2000 + year, month, day))
        except ValueError:
            return None


def _spelled_date(text: str) -> float | None:
    """A date with its month as an English word, or as eight digits."""
    if found := _DIGITS.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        word = found["month"].casefold()
        month = next((i for i, name in enumerate(_MONTHS, 1) if name.startswith(word)), 0)
        day, year = int(found["day"]), int(found["year"])
    else:
        return None
    try:
        return serial(dt.datetime(year if year > 99 else 2000 + year, month, day))
    except ValueError:
        return None


def _date_order(cells: Sequence[Any]) -> str | None:
    """Which number of 03/04/2026 is the day: ``"day"`` first, ``"month"`` first, None unknown."""
    found = set()
    for cell in cells:
        parts = _PARTS.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if parts is None:
            continue
        if int(parts[1]) > 12:
            found.add("day")
        elif int(parts[2]) > 12:
            found.add("month")
    return found.pop() if len(found) == 1 else None


def amount(cell: Any) -> float | None:
    """A number with or without currency signs; ``(12.00)`` is negative as in books."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    text = str(cell).strip()
    negative = text.startswith(("(", "（")) and text.endswith((")", "）"))
    text = text.strip("()（）")
    text = re.sub(r"^(-?)\s*(?:RMB|CNY|USD|EUR|GBP|HK\$|US\$|￥|¥)\s*", r"\1", text, flags=re.I)
    text = re.sub(r"\s*(?:RMB|CNY|USD|EUR|GBP|元)$", "", text, flags=re.I)
    number = parse_number(text)
    if number is None and re.fullmatch(r"-?\d{1,3}(?:\.\d{3})*,\d{1,2}", text):
        # 1.234,50 as written in most of Europe.
        number = float(text.replace(".", "").replace(",", "."))
    return -number if negative and number is not None else number
