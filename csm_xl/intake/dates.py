"""Dates as people and programs write them, read by the whole column.

Whether 03/04/2026 is in March or in April, and of which year 3月5日 is, other rows tell.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from csm_xl.intake.cells import each, unwrapped, without_mark
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import LAST_SERIAL, parse_date, parse_number, serial
from csm_xl.vocabulary.months import NAMES, without_accents

Order = Literal["day", "month"]

_PARTS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?:[ T,].*)?")
_TIME = r"(?:[,\s]+(?:at\s+)?\d{1,2}:\d{2}.*)?"
_WEEKDAY = r"(?:[a-z]{2,10}\.?[,\s]\s*)?"
#: The month as a word leaves no doubt: 5 March 2026, 05-Mar-26, Mar-05-26, 5. März 2026, 5 de marzo de
#: 2026, "Thursday, March 5th, 2026".
_DAY_MONTH = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\.?[\s/-]*(?:de |d')?(?P<month>[a-z]{{3,10}})\.?"
    rf"[\s,/-]*(?:de )?(?P<year>\d{{4}}|\d{{2}}){_TIME}",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_WEEKDAY}(?P<month>[a-z]{{3,10}})\.?(?:\s+|-)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:[,\s]+(?P<year>\d{{4}})|-(?P<year2>\d{{4}}|\d{{2}})){_TIME}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{4}|\d{6})?")
_STAMP = re.compile(r"(1[0-9]{9})(\d{3})?")
_YEARLESS = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号號]?(?:\s.*)?")
_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE
)
_HALF_OF_DAY = re.compile(r"(上午|下午|凌晨|中午|晚上|早上)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?")
_WEEKDAY_ZH = re.compile(r"[(（]?(?:星期|周|週)[一二三四五六日天][)）]?")
_EXPECTED = Text("a date such as 2026-03-05", "日期，例如 2026-03-05")
_ONE_WAY = Text(
    "a date that can be read one way only, such as 2026-03-05",
    "不会有歧义的日期，例如 2026-03-05",
)
_WITH_YEAR = Text("a date with its year, such as 2026-03-05", "带年份的日期，例如 2026-03-05")


@dataclass(frozen=True, slots=True)
class NoDate:
    """A text that is no date, and what was expected."""

    text: str
    expected: Text = _EXPECTED


@dataclass(frozen=True, slots=True)
class _Yearless:
    month: int
    day: int
    text: str


def dates(cells: Sequence[Any], order: Order | None = None) -> list[float | NoDate | None]:
    """A column of dates as Excel's serial numbers; None for nothing, :class:`NoDate` for the rest.

    Parameters
    ----------
    cells : sequence
    order : {"day", "month"}, optional
        Which number of 03/04/2026 comes first where the column itself does not tell.
    """
    order = date_order(cells) or order

    def read(cell: Any) -> Any:
        return _date(cell, order)

    found = each(cells, read)
    if any(isinstance(value, _Yearless) for value in found):
        found = _with_years(found)
    return found


def date_order(cells: Sequence[Any]) -> Order | None:
    """Which number of 03/04/2026 is the day, by the whole column; None where nothing tells.

    A number above 12 is the day. Where there is none, a column of a list that runs in one
    direction read one way and jumps to and fro read the other way tells as well.
    """
    found: set[Order] = set()
    pairs = []
    for cell in dict.fromkeys(cell for cell in cells if isinstance(cell, str)):
        parts = _PARTS.fullmatch(cell.strip().lstrip("'").strip())
        if parts is None:
            continue
        first, second = int(parts[1]), int(parts[3])
        if first > 12:
            found.add("day")
        elif second > 12:
            found.add("month")
        elif parts[2] == ".":
            # Only countries that write the day first write points.
            found.add("day")
        pairs.append((int(parts[4]), first, second))
    if len(found) == 1:
        return found.pop()
    if found or len(pairs) < 4:
        return None
    by_day = _runs([(year, second, first) for year, first, second in pairs])
    by_month = _runs([(year, first, second) for year, first, second in pairs])
    if by_day == by_month:
        return None
    return "day" if by_day else "month"


def _runs(moments: list[tuple[int, int, int]]) -> bool:
    return moments == sorted(moments) or moments == sorted(moments, reverse=True)


def _date(cell: Any, order: Order | None) -> Any:
    cell = unwrapped(cell)
    if cell is None:
        return None
    if isinstance(cell, (dt.date, dt.datetime)):
        number = serial(cell)
        return number if number > 0 else NoDate(str(cell))
    if isinstance(cell, (bool, dt.time, dt.timedelta)):
        return NoDate(str(cell))
    if isinstance(cell, (int, float)):
        value = float(cell)
        if value.is_integer() and value > LAST_SERIAL:
            spelled = _spelled(str(int(value)))
            return NoDate(str(cell)) if spelled is None else spelled
        return value if 1 <= value <= LAST_SERIAL else NoDate(str(cell))
    return _text_date(without_mark(cell), order)


def _text_date(text: str, order: Order | None) -> Any:
    plain = _WEEKDAY_ZH.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    half = _HALF_OF_DAY.search(plain)
    if half:
        late = half[1] in ("下午", "晚上") and int(half[2]) < 12
        plain = f"{plain[: half.start()].strip()} {int(half[2]) + 12 * late}:{half[3]}:{half[4] or '00'}"
    plain = re.sub(r"(\d)日(\d)", r"\1日 \2", plain)
    number = parse_date(plain)
    if number is None and re.match(r"\d{4}", plain):
        # What follows the day may be anything that no clock shows: "2026-03-05 10:00 CST", "10:15 PM".
        head = re.match(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?(?=[\sT])", plain)
        number = parse_date(head[0]) if head else None
        if number is not None and head is not None:
            number += _clock(plain[head.end() :])
    if number is not None:
        return number if number > 0 else NoDate(text)
    parts = _PARTS.fullmatch(plain)
    if parts is not None:
        first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
        way = "day" if first > 12 else "month" if second > 12 else order
        if way is None and first != second:
            return NoDate(text, _ONE_WAY)
        day, month = (first, second) if way == "day" else (second, first)
        moment = _moment(year, month, day)
        return NoDate(text) if moment is None else moment + _clock(plain[parts.end(4) :])
    spelled = _spelled(plain)
    if spelled is not None:
        return spelled
    if yearless := _YEARLESS.fullmatch(plain):
        month, day = int(yearless[1]), int(yearless[2])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return _Yearless(month, day, text)
    value = parse_number(plain)
    # An export of serial numbers; a bare year is not one.
    return value if value is not None and 9999 < value <= LAST_SERIAL else NoDate(text)


def _clock(rest: str) -> float:
    """The share of a day that a time of day is; 0 where there is none."""
    found = _CLOCK.search(rest)
    if found is None:
        return 0.0
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").casefold()[:1]
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return (hour * 3600 + minute * 60 + second) / 86400 if hour < 24 and minute < 60 else 0.0


def _spelled(text: str) -> float | None:
    """A date with its month as an English word, as eight digits, or as a program's time stamp."""
    if found := _STAMP.fullmatch(text):
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(found[1]))
        return serial(moment)
    if found := _DIGITS.fullmatch(text):
        return _moment(int(found[1]), int(found[2]), int(found[3]))
    text = without_accents(text)
    if found := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        said = found.groupdict()
        month = NAMES.get(said["month"].casefold(), 0)
        moment_ = _moment(int(said["year"] or said["year2"]), month, int(said["day"]))
        return None if moment_ is None else moment_ + _clock(text[found.end("day") :])
    return None


def _moment(year: int, month: int, day: int) -> float | None:
    try:
        found = serial(dt.datetime(year if year > 99 else 2000 + year, month, day))
    except ValueError:
        return None
    return found if found > 0 else None


def _with_years(found: list[Any]) -> list[Any]:
    """Dates without a year get the one that brings them nearest to a dated row around them."""
    known = [(i, value) for i, value in enumerate(found) if isinstance(value, float)]
    finished = []
    for i, value in enumerate(found):
        if isinstance(value, _Yearless):
            value = _nearest(value, i, known)
        finished.append(value)
    return finished


def _nearest(value: _Yearless, place: int, known: list[tuple[int, float]]) -> Any:
    if not known:
        return NoDate(value.text, _WITH_YEAR)
    anchor = min(known, key=lambda pair: abs(pair[0] - place))[1]
    year = (dt.datetime(1899, 12, 30) + dt.timedelta(days=anchor)).year
    options = [_moment(y, value.month, value.day) for y in (year - 1, year, year + 1)]
    return min(
        (o for o in options if o is not None),
        key=lambda o: abs(o - anchor),
        default=NoDate(value.text),
    )
