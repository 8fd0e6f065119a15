"""What a column of cells holds: the evidence that roles are found by. Plain cells in, no spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from csm_xl.churn.feature_columns import words
from csm_xl.churn.feature_values import text_key
from csm_xl.errors import COM_ERRORS
from csm_xl.vocabulary import yes_no
from csm_xl.vocabulary.cell_readers import folded, parse_date, parse_number, serial
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.rating_words import NO_ANSWER, RATING_WORDS
from csm_xl.vocabulary.roles import CODES
from csm_xl.vocabulary.traditional import simplified

#: A role is found from so many filled cells at most; they are taken evenly from the whole column.
SAMPLE = 1000
#: Serial numbers of dates that a customer list can hold: 1954 to 2119.
EARLY, LATE = 20000.0, 80000.0

_NOTHING = frozenset(map(folded, NO_ANSWER))
_YES, _NO = frozenset(map(folded, yes_no.YES)), frozenset(map(folded, yes_no.NO))
_MARKS = frozenset(map(folded, yes_no.MARKS))
_LEVELS = frozenset(map(folded, RATING_WORDS))
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"[+(]?[\d][\d\s().\-/+]{5,20}(?:\s*(?:x|ext\.?|#)\s*\d+)?")
#: Dates are no telephone numbers, in whatever order they are written.
_DATED = re.compile(
    r"(?:\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})|\d{4}[-/.]\d{1,2}[-/.]\d{1,2})(?:\s|$)"
)
_LATIN = re.compile(r"[a-z]")


def spoken(title: object) -> str:
    """A title as its words: lower case, Latin words parted by single spaces, Chinese simplified."""
    text = simplified(folded(str(title))) if title is not None else ""
    if text.isascii():
        return " ".join(words(str(title)))
    return re.sub(r"[^\w\u3400-\u9fff]+", " ", text).strip()


def is_nothing(cell: object) -> bool:
    """Whether a cell is blank or holds what people type for nothing (-, n/a, 无)."""
    return is_blank(cell) or (isinstance(cell, str) and folded(cell) in _NOTHING)


def is_error(cell: object) -> bool:
    """Whether a cell shows an Excel error."""
    return type(cell) is int and cell in COM_ERRORS


def flag_of(cell: object) -> bool | None:
    """Yes or no, or None for anything else."""
    if isinstance(cell, (bool, np.bool_)):
        return bool(cell)
    if isinstance(cell, (int, float)) and cell in (0, 1):
        return bool(cell)
    if isinstance(cell, str):
        text = folded(cell)
        return True if text in _YES else False if text in _NO else None
    return None


def is_mark(cell: object) -> bool:
    """Whether a cell holds a mark such as x or √, or a plain yes."""
    return flag_of(cell) is True or (isinstance(cell, str) and folded(cell) in _MARKS)


def date_of(cell: object) -> float | None:
    """The serial number of a date, as a date or as text; None for anything else."""
    if isinstance(cell, (dt.datetime, dt.date)):
        return serial(cell)
    return parse_date(cell) if isinstance(cell, str) else None


def number_of(cell: object) -> float | None:
    """A number, also one that was typed as text with its currency; None for anything else."""
    if isinstance(cell, (bool, np.bool_)) or is_error(cell):
        return None
    if isinstance(cell, str):
        return parse_number(cell)
    try:
        number = float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if np.isfinite(number) else None


def points_of(cell: object) -> float | None:
    """Points of a loyalty programme, also with their unit, as in ``300分``; None for anything else."""
    return number_of(_POINTS.sub("", cell) if isinstance(cell, str) else cell)


_POINTS = re.compile(
    r"(?<=\d)\s*(?:积分|積分|分|點|点|ポイント|points?|pts?\.?|punkte|puntos|punti|pontos|punten|stamps?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Contents:
    """A column's filled cells, or an even sample of them, and how many there are in all.

    Attributes
    ----------
    rows, filled : int
        Rows of the table, and cells that hold something.
    cells : list
        The sample, errors left out.
    """

    rows: int
    filled: int
    cells: list[Any] = field(repr=False)

    @cached_property
    def dates(self) -> float:
        """The share of cells that are dates."""
        return self._share(lambda cell: date_of(cell) is not None)

    @cached_property
    def serials(self) -> float:
        """The share of cells that are dates or could be a date's number."""
        return self._share(lambda cell: date_of(cell) is not None or self._is_serial(cell))

    @staticmethod
    def _is_serial(cell: object) -> bool:
        number = None if isinstance(cell, str) else number_of(cell)
        return number is not None and EARLY <= number <= LATE

    @cached_property
    def numbers(self) -> np.ndarray:
        """The numbers among the cells."""
        found = [number_of(cell) for cell in self.cells if date_of(cell) is None]
        return np.array([n for n in found if n is not None], dtype=float)

    @property
    def number_share(self) -> float:
        """The share of cells that are numbers."""
        return len(self.numbers) / len(self.cells) if self.cells else 0.0

    @cached_property
    def flags(self) -> float:
        """The share of cells that say yes or no."""
        return self._share(lambda cell: flag_of(cell) is not None)

    @cached_property
    def marks(self) -> float:
        """The share of cells that are marks or a plain yes."""
        return self._share(is_mark)

    @cached_property
    def levels(self) -> float:
        """The share of cells that are words of a rating, stars, or points."""
        return self._share(lambda c: isinstance(c, str) and (folded(c) in _LEVELS or "★" in c))

    @cached_property
    def mails(self) -> float:
        """The share of cells that are e-mail addresses."""
        return self._share(lambda c: isinstance(c, str) and bool(_MAIL.fullmatch(c.strip())))

    @cached_property
    def phones(self) -> float:
        """The share of cells that are telephone numbers, as text or as long whole numbers."""
        return self._share(_is_phone)

    @cached_property
    def codes(self) -> float:
        """The share of cells that are texts made of a number, such as C-0012 or a long account number."""
        return self._share(lambda c: isinstance(c, str) and bool(CODES.fullmatch(c.strip())))

    @cached_property
    def texts(self) -> list[str]:
        """The texts that are no numbers, dates or flags."""
        return [
            c
            for c in self.cells
            if isinstance(c, str) and parse_number(c) is None and date_of(c) is None
        ]

    @property
    def text_share(self) -> float:
        """The share of cells that are texts."""
        return len(self.texts) / len(self.cells) if self.cells else 0.0

    @cached_property
    def keys(self) -> list[str]:
        """The cells as they are told apart."""
        return [text_key(c) for c in self.cells]

    @cached_property
    def distinct(self) -> int:
        """How many different values the sample has."""
        return len(set(self.keys))

    @property
    def distinct_share(self) -> float:
        """The share of different values among the cells."""
        return self.distinct / len(self.cells) if self.cells else 0.0

    @cached_property
    def words(self) -> float:
        """The mean number of words in a text; two Chinese characters count as one word."""
        if not self.texts:
            return 0.0
        return float(np.mean([_words_in(text) for text in self.texts]))

    def _share(self, holds: Any) -> float:
        return sum(map(holds, self.cells)) / len(self.cells) if self.cells else 0.0


def contents_of(cells: Sequence[Any]) -> Contents:
    """What a column holds, from an even sample of its filled cells."""
    filled = [c for c in cells if not is_nothing(c) and not is_error(c)]
    step = max(1, -(-len(filled) // SAMPLE))
    return Contents(len(cells), len(filled), filled[::step])


def _is_phone(cell: object) -> bool:
    if isinstance(cell, str):
        text = cell.strip()
        if not _PHONE.fullmatch(text) or _DATED.match(text):
            return False
        digits = sum(c.isdigit() for c in text)
        return 7 <= digits <= 15 and (parse_number(text) is None or digits >= 9)
    number = number_of(cell)
    return number is not None and number.is_integer() and 1e9 <= number < 1e13


def _words_in(text: str) -> float:
    chinese = sum("\u3400" <= c <= "\u9fff" for c in text)
    latin = len(re.findall(r"[^\W\d_\u3400-\u9fff]+", text))
    return latin + chinese / 2
