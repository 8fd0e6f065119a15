"""What one cell may hold, and how it is read: numbers, ratings, yes/no, dates.

Each reader's :meth:`Reader.read` takes the content of a cell and returns a float, NaN for a blank
cell, or raises the error that says what the cell should hold instead.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from csm_xl.errors import COM_ERRORS, CellError, PassedError, ScaleError
from csm_xl.language import Text

NAN = float("nan")
#: Day 0 of Excel's 1900 date system, for dates from March 1900 on.
EXCEL_EPOCH = dt.datetime(1899, 12, 30)
#: Excel's last date, 31 December 9999.
LAST_SERIAL = 2958465.0
_MARCH_1900 = 61.0

_NUMBER = re.compile(r"[-+]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
_CURRENCY = "$€£¥₩₹元円 "
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?"
    r"(?:\s*(?:Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2}))?)?"
)
_STARS = re.compile(r"([★*]{1,5})[☆]*")
_POINTS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:分|星|颗星|points?|stars?)")


def folded(text: str) -> str:
    """Text as people mean it: half width, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    return " ".join(text.replace("_", " ").replace("-", " ").split())


def parse_number(text: str) -> float | None:
    """The number in a text such as ``"5"``, ``" 4 "``, ``"５"``, ``"1,200.50"``, ``"￥80"`` or ``"85%"``.

    Returns None where the text is no number. Words that Python would accept (``nan``, ``inf``,
    ``1_000``) are not numbers to the owner of a workbook.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    sign = ""
    if text[:1] in ("-", "+"):
        sign, text = text[0], text[1:]
    text = text.strip(_CURRENCY)
    percent = text.endswith("%")
    text = sign + text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text.replace(",", ""))
    return number / 100 if percent else number


def parse_date(text: str) -> float | None:
    """The serial number of a date written as 2026-03-05, 2026/3/5 or 2026年3月5日, with a time or not.

    Returns None where the text is no such date. Day-first and month-first dates are not guessed.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    try:
        moment = dt.datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
    return serial(moment)


def serial(moment: dt.date) -> float:
    """Excel's serial number of a date or of a date with a time; -1 before 1900.

    Excel's calendar counts a 29 February 1900, so that earlier days have one less.
    """
    if not isinstance(moment, dt.datetime):
        moment = dt.datetime(moment.year, moment.month, moment.day)
    days = (moment.replace(tzinfo=None) - EXCEL_EPOCH) / dt.timedelta(days=1)
    if days < _MARCH_1900:
        days -= 1.0
        return days if days >= 1.0 else -1.0
    return days


class Reader:
    """Numbers within a scale; subclasses accept more.

    Parameters
    ----------
    low, high : float
        The scale, both ends included.
    what : Text
        What the cell should hold, as the end of a sentence.
    """

    def __init__(self, low: float, high: float, what: Text) -> None:
        self.low, self.high, self.what = low, high, what

    def read(self, value: Any) -> float:
        """The value of a cell as a float; NaN for a blank cell.

        Raises
        ------
        PassedError
            The cell holds an Excel error.
        ScaleError
            The number lies outside the scale.
        CellError
            The cell holds something else.
        """
        if value is None:
            return NAN
        if isinstance(value, str):
            if not value.strip():
                return NAN
            number = self.read_text(value)
            if number is None:
                raise self.unreadable()
        elif isinstance(value, bool):
            number = self.read_bool(value)
        elif isinstance(value, (dt.datetime, dt.date)):
            number = self.read_date(value)
        elif type(value) is int and value in COM_ERRORS:
            raise PassedError(COM_ERRORS[value])
        else:
            try:
                number = float(value)
            except (TypeError, ValueError):
                raise self.unreadable() from None
        if number != number:
            return NAN
        if not self.low <= number <= self.high or number in (float("inf"), float("-inf")):
            raise ScaleError(
                f"it should be {self.what.en}. Correct the cell.",
                f"应为{self.what.zh}，请更正该单元格。",
            )
        return number

    def unreadable(self) -> CellError:
        """The error for a cell whose content has the wrong kind."""
        return CellError(
            f"it should be {self.what.en}. Correct or clear the cell.",
            f"应为{self.what.zh}，请更正或清空该单元格。",
        )

    def read_text(self, text: str) -> float | None:
        """A text that is not blank; None where it cannot be read."""
        return parse_number(text)

    def read_bool(self, value: bool) -> float:
        """TRUE or FALSE."""
        raise self.unreadable()

    def read_date(self, value: dt.date) -> float:
        """A date, from hosts that do not deliver serial numbers."""
        raise self.unreadable()


class WordReader(Reader):
    """Numbers or words, such as 满意 or "very satisfied"."""

    def __init__(self, low: float, high: float, what: Text, words: Mapping[str, float]) -> None:
        super().__init__(low, high, what)
        self.words = {folded(word): number for word, number in words.items()}

    def read_text(self, text: str) -> float | None:
        """A word of the list, or a number as text."""
        number = self.words.get(folded(text))
        return parse_number(text) if number is None else number


class LevelReader(WordReader):
    """Ratings: also ``★★★★☆``, ``5星``, ``4 stars`` and ``4分``."""

    def read_text(self, text: str) -> float | None:
        """A level word, a number, stars or points."""
        number = super().read_text(text)
        if number is not None:
            return number
        plain = folded(text)
        if stars := _STARS.fullmatch(plain):
            return float(len(stars[1]))
        if points := _POINTS.fullmatch(plain):
            return float(points[1])
        return None


class FlagReader(WordReader):
    """Yes or no: 0/1, TRUE/FALSE and words; nothing between 0 and 1."""

    def read(self, value: Any) -> float:
        """The flag as 0.0 or 1.0; NaN for a blank cell."""
        number = super().read(value)
        if number == number and number not in (0.0, 1.0):
            raise ScaleError(
                f"it should be {self.what.en}. Correct the cell.",
                f"应为{self.what.zh}，请更正该单元格。",
            )
        return number

    def read_bool(self, value: bool) -> float:
        """TRUE is yes."""
        return float(value)


class DateReader(Reader):
    """Dates: serial numbers, or text in year-month-day order."""

    def read_text(self, text: str) -> float | None:
        """A date as text, or a serial number as text."""
        number = parse_date(text)
        return parse_number(text) if number is None else number

    def read_date(self, value: dt.date) -> float:
        """The serial number of a date."""
        return serial(value)


LEVEL_WORDS: dict[str, float] = {
    "非常满意": 5, "很满意": 5, "十分满意": 5, "非常滿意": 5, "很滿意": 5,
    "满意": 4, "比较满意": 4, "滿意": 4, "比較滿意": 4,
    "一般": 3, "中立": 3, "普通": 3, "尚可": 3,
    "不满意": 2, "不太满意": 2, "比较不满意": 2, "不滿意": 2, "不太滿意": 2,
    "非常不满意": 1, "很不满意": 1, "十分不满意": 1, "非常不滿意": 1, "很不滿意": 1,
    "very satisfied": 5, "extremely satisfied": 5, "completely satisfied": 5,
    "satisfied": 4, "somewhat satisfied": 4,
    "neutral": 3, "neither satisfied nor dissatisfied": 3, "average": 3, "ok": 3, "okay": 3,
    "dissatisfied": 2, "unsatisfied": 2, "somewhat dissatisfied": 2, "not satisfied": 2,
    "very dissatisfied": 1, "very unsatisfied": 1, "extremely dissatisfied": 1,
}  # fmt: skip

FLAG_WORDS: dict[str, float] = {
    "yes": 1, "y": 1, "true": 1, "t": 1, "是": 1, "对": 1, "真": 1, "有": 1, "已流失": 1,
    "流失": 1, "churned": 1, "left": 1, "lost": 1,
    "no": 0, "n": 0, "false": 0, "f": 0, "否": 0, "不是": 0, "假": 0, "无": 0, "未流失": 0,
    "未": 0, "active": 0, "current": 0, "在用": 0, "正常": 0,
}  # fmt: skip

_ANY = float("inf")
NUMBER = Reader(-_ANY, _ANY, Text("a number", "数字"))
COUNT = Reader(0.0, _ANY, Text("a number of 0 or more", "不小于 0 的数字"))
SHARE = Reader(0.0, 1.0, Text("a share between 0 and 1 (or 0% to 100%)", "0 到 1（或 0% 到 100%）"))
NPS_SCORE = Reader(0.0, 10.0, Text("a score from 0 to 10", "0 到 10 的分数"))
LEVEL = LevelReader(
    1.0,
    5.0,
    Text(
        "a rating from 1 to 5 or a level such as “satisfied”",
        "1 到 5 的评分，或“满意”这样的满意度等级",
    ),
    LEVEL_WORDS,
)
FLAG = FlagReader(
    0.0,
    1.0,
    Text("yes or no (1/0, TRUE/FALSE, 是/否)", "是或否（1/0、TRUE/FALSE、yes/no）"),
    FLAG_WORDS,
)
DATE = DateReader(
    1.0, LAST_SERIAL, Text("a date such as 2026-03-05", "日期，例如 2026-03-05 或 2026年3月5日")
)
