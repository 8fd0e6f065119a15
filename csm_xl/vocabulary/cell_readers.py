"""What one cell may hold, and how it is read: numbers, ratings, yes/no, dates.

Each reader's :meth:`Reader.read` takes the content of a cell and returns a float, NaN for a blank
cell, or raises the error that says what the cell should hold instead.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from csm_xl.errors import COM_ERRORS, CellError, PassedError, ScaleError
from csm_xl.language import Text
from csm_xl.vocabulary import statuses, yes_no
from csm_xl.vocabulary.rating_words import (
    CHINESE_NUMERALS,
    NO_ANSWER,
    RATING_WORDS,
    simplified,
)

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
_STARS = re.compile("(?P<full>(?:[★*⭐🌟✩✭]\ufe0f?){1,10})(?:☆\ufe0f?)*")
#: 9分, 4 stars, 四星, 五颗星好评, 9/10, 4 out of 5, 5分制4分 is none.
_POINTS = re.compile(
    r"(?P<number>\d+(?:\.\d+)?|[一二两三四五六七八九十零])\s*"
    r"(?:/\s*(?P<best>\d+)|(?:out )?of (?P<of>\d+)|(?:颗|个)?(?P<star>星)级?(?:好评|中评|差评)?"
    r"|分|points?|pts?\.?|(?P<stars>stars?))(?:\s*(?:分|points?|stars?))?"
)
_LATIN_WORD = re.compile(r"[a-z]{5,}")
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
#: A level with its number: 非常满意（5分）, 5 - very satisfied, 4.满意.
_WORD_AND_NUMBER = re.compile(
    r"(?:(?P<before>\d)\s*[.:=、)）]?\s*(?P<word>\D.*?)"
    r"|(?P<other>.*?\D)\s*[(\[:=]?\s*(?P<after>\d)\s*(?:分|星|points?|stars?)?\s*[)\]]?)"
)


def folded(text: str) -> str:
    """Text as people mean it: half width, lower case, single spaces."""
    text = unicodedata.normalize("NFKC", text).strip().casefold()
    return " ".join(text.replace("_", " ").replace("-", " ").split())


def is_no_answer(value: object) -> bool:
    """Whether a cell says that there is no answer: ``n/a``, ``-``, 无, 暂无."""
    return isinstance(value, str) and simplified(_narrow(value)) in NO_ANSWER


def _narrow(text: str) -> str:
    """Half width and small letters, with hyphens and dots as they are."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


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

    def attempts(self, text: str) -> bool:
        """Whether a text that cannot be read was meant as a value, and is no title.

        A text in Chinese, and one that ends like a question, is a title.
        """
        plain = unicodedata.normalize("NFKC", text).strip()
        if _CHINESE.search(plain) or plain.endswith(("?", ":")):
            return False
        return plain[:1].isdigit() or self.nearly_reads(folded(plain))

    def nearly_reads(self, plain: str) -> bool:
        """Whether a text in small letters is a mistyped value."""
        return False

    def may_be_title(self, text: str, others: Iterable[object]) -> bool:
        """Whether a text that can be read is a title all the same, seen from the cells below it."""
        return False

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
        plain = folded(text)
        number = self.words.get(plain)
        if number is None:
            number = self.words.get(simplified(plain))
        return parse_number(text) if number is None else number

    def nearly_reads(self, plain: str) -> bool:
        """One word of five letters or more that differs from a word of the list in one letter."""
        return _LATIN_WORD.fullmatch(plain) is not None and any(
            abs(len(word) - len(plain)) <= 1 and _one_letter_apart(plain, word)
            for word in self.words
            if _LATIN_WORD.fullmatch(word)
        )


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, added or swapped with the next."""
    short, long = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    rest, of = short[at:], long[at:]
    return rest[1:] == of[1:] or (rest[2:] == of[2:] and rest[:2] == of[:2][::-1])


class PointsReader(WordReader):
    """A number of points: also ``9分``, ``9/10``, ``9 out of 10`` and ``9 points``."""

    #: Whether stars are points.
    stars = False

    def read_text(self, text: str) -> float | None:
        """A word, a number or points out of the best possible."""
        number = super().read_text(text)
        if number is not None:
            return number
        found = _POINTS.fullmatch(simplified(folded(text)))
        if found is None or (not self.stars and (found["star"] or found["stars"])):
            return None
        best = found["best"] or found["of"]
        if best is not None and float(best) != self.high:
            return None
        given = found["number"]
        return float(CHINESE_NUMERALS.get(given, given))


class LevelReader(PointsReader):
    """Ratings: also ``★★★★☆``, ``5星``, ``4 stars``, ``4/5`` and ``非常满意（5分）``."""

    stars = True

    def read_text(self, text: str) -> float | None:
        """A level word, a number, stars or points, or a word with its number."""
        number = super().read_text(text)
        if number is not None:
            return number
        plain = simplified(folded(text))
        if stars := _STARS.fullmatch(plain):
            return float(len(stars["full"].replace("\ufe0f", "")))
        if both := _WORD_AND_NUMBER.fullmatch(plain):
            word = (both["word"] or both["other"] or "").strip(" ([.:=")
            level = self.words.get(word)
            return level if level == float(both["before"] or both["after"]) else None
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

    def may_be_title(self, text: str, others: Iterable[object]) -> bool:
        """“Churned” above yes and no, or above 1 and 0, says what the column is about."""
        if folded(text) not in _FLAG_TITLES:
            return False
        answers = {folded(other) for other in others if isinstance(other, str)}
        return not answers & (_FLAG_TITLES | _NO_FLAG_TITLES)

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


#: Yes and no, and what says that a customer left (1) or is still there (0).
FLAG_WORDS: dict[str, float] = {
    **dict.fromkeys(statuses.PLAINLY_KEPT, 0.0),
    **dict.fromkeys(statuses.PLAINLY_LEFT, 1.0),
    **dict.fromkeys(yes_no.NO, 0.0),
    **dict.fromkeys(yes_no.YES, 1.0),
}
#: Words of what became of a customer, which are titles of a column of yes and no as well.
_FLAG_TITLES = frozenset({"churned", "left", "lost", "active", "current", "流失", "已流失"})
_NO_FLAG_TITLES = frozenset({"未流失", "在用", "正常"})

_ANY = float("inf")
NUMBER = Reader(-_ANY, _ANY, Text("a number", "数字"))
COUNT = Reader(0.0, _ANY, Text("a number of 0 or more", "不小于 0 的数字"))
SHARE = Reader(0.0, 1.0, Text("a share between 0 and 1 (or 0% to 100%)", "0 到 1（或 0% 到 100%）"))
NPS_SCORE = PointsReader(0.0, 10.0, Text("a score from 0 to 10", "0 到 10 的分数"), {})
LEVEL = LevelReader(
    1.0,
    5.0,
    Text(
        "a rating from 1 to 5 or a level such as “satisfied”",
        "1 到 5 的评分，或“满意”这样的满意度等级",
    ),
    RATING_WORDS,
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
