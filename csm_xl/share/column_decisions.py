"""What a column of a workbook holds, by its title and by its contents, and why.

Nothing is passed on unless it is known to tell nobody: a column of texts stays as it is when its
title and its contents say that it holds business facts (products, plans, order numbers), or when
its few different values are ordinary words. Numbers and dates stay unless they belong to a person.
Everything else becomes pseudonyms, or goes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from csm_xl.errors import CsmError
from csm_xl.formulas.workbook_model import ErrorValue, WorkbookModel
from csm_xl.language import Text
from csm_xl.share.known_names import CHINESE
from csm_xl.share.ordinary_words import may_be_name, ordinary
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_patterns import (
    column_kind,
    is_account_number,
    is_code_shaped,
    looks_like_name,
    shaped_like_name,
)
from csm_xl.share.pseudonyms import Kind, as_text
from csm_xl.share.regions import Region
from csm_xl.share.title_evidence import Says, title_says
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import DATE, serial
from csm_xl.vocabulary.cells import is_blank

#: What becomes of a column: a kind of pseudonym; ``text`` for what is left out as free text; ``gone``
#: for what is left blank; ``fact`` for texts that stay; ``number`` for numbers and dates that stay.
Treatment = Kind | Literal["text", "gone", "fact", "number"]
#: The treatments under which a column's own contents stay.
STAYS: frozenset[str] = frozenset({"fact", "number"})

_KIND_OF_KEY: dict[str, Kind] = {"email": "email", "phone": "phone", "address": "address"}
#: csm-xl's own columns that quote what customers wrote.
_QUOTES = {("pain_points", "example")}
#: Sheets on which csm-xl itself writes sentences.
RESULTS = frozenset({"dashboard", "actions", "playbook", "cohorts", "model", "history", "settings"})
#: Texts of this mean length, nearly all different, are written by people.
_LONG = 30
#: So many words make a sentence.
_SENTENCE = 5
#: More different values than these are no categories.
_MOST_CATEGORIES = 60
#: The dates of birth of people who are grown up lie before this many years, and span several.
_GROWN_UP, _SPAN = 16, 8
#: A title of firms, or of what is counted in: 瓶, 块, 盒.
_UNITS = re.compile("单位$")
_LONGEST_UNIT = 3
_EVENTS = re.compile(
    r"found|establish|incorporat|built|start|since|join|amount|price|pay|revenue|sum|total|spend|balance|value|points"
    r"|成立|建立|入职|开始|起|金额|价|额|款|费|数|分",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Said:
    """What the owner said of a column on the Columns sheet.

    Attributes
    ----------
    copy : {"keep", "code", "blank"} or None
        What is to become of it.
    role : str or None
        What it is.
    """

    copy: Literal["keep", "code", "blank"] | None = None
    role: str | None = None


SAID = Text("as you said", "按您的设定")
_TITLE = Text("its title says so", "标题表明")
_FORM = Text("its cells look like that", "单元格内容的形式如此")
_LAYOUT = Text("a column of csm-xl's workbook", "csm-xl 工作簿的列")
OF_BOOKS = Text("numbers by which the books are tied out", "用于对账的单号")
_NUMBERS = Text("numbers and dates", "数字和日期")
_FACT = Text("business facts", "业务信息")
_FEW = Text("few different values, all ordinary words", "取值种类少，且均为普通词语")
_FREE = Text("written by people", "自由填写的文字")
_UNKNOWN = Text("may name somebody: nothing shows that it does not", "可能涉及个人，无法排除")
_BORN = Text("dates long ago, as of births", "年代久远的日期，可能是出生日期")
KEY = Text("your own number", "您自己的编号")
_NICK = Text("reads as a nickname, a mail or a telephone", "看起来像昵称、邮箱或电话")


class ColumnEvidence:
    """One column, looked at."""

    def __init__(
        self,
        model: WorkbookModel,
        region: Region,
        column: int,
        header: str,
        key: str | None,
        told: Said | None,
    ) -> None:
        self.header, self.key, self.region, self.told = header, key, region, told
        self.known = layout.table(region.key).column(key) if region.key and key else None
        self.says: Says = title_says(header)
        cells = column_cells(model, region.sheet, column, region.body[0], region.body[2])
        texts = [c for c in cells if isinstance(c, str) and not isinstance(c, ErrorValue)]
        self.texts = [text for text in texts if not is_blank(text)]
        self.numbers = [c for c in cells if isinstance(c, float)]
        self.counts = Counter(self.texts)

    def decision(self, wanted: bool, listed: Sequence[str] | None) -> tuple[Treatment, Text]:
        """What becomes of the column, and why."""
        ours = self.known is not None and self.known.ours
        if self.told is not None and self.told.copy is not None:
            return self._as_said(self.told.copy), SAID
        if wanted and not ours:
            return ("text" if self._is_text() else kind_of(self.header, self.key)), SAID
        if self.region.key and self.key and (self.region.key, self.key) in _QUOTES:
            return "text", _FREE
        known = self.known
        if known is not None and known.personal:
            chosen = self.region.key == "customers" and known.template and listed is not None
            if not chosen:
                if known.kind == "long_text":
                    return "text", _FREE
                return kind_of(self.header, self.key), _LAYOUT
        elif known is not None and ours:
            return "fact", _LAYOUT
        return self._by_evidence()

    def _as_said(self, copy: str) -> Treatment:
        if copy == "keep":
            return "fact"
        if copy == "blank":
            return "gone"
        return kind_of(self.header, self.key)

    def _is_text(self) -> bool:
        if self.known is not None:
            return self.known.kind == "long_text"
        return self.says == "text"

    # -- evidence -------------------------------------------------------------------------------

    def _by_evidence(self) -> tuple[Treatment, Text]:
        # What may stand in a column of ours is known, whatever its title is taken for elsewhere.
        closed = self.known is not None and self.known.kind == "choice"
        says: Says = "fact" if closed else self.says
        if not self.texts and not self.numbers:
            return ("number", _NUMBERS) if says in (None, "fact") else self._empty(says)
        if says == "vat":
            return "fact", _FACT
        if says == "gone":
            return "gone", _TITLE
        if self.texts and all(is_common(text) for text in self.counts):
            return "fact", _FEW
        identifier = self._identifies(says)
        kind = self._form(identifier)
        if kind is not None:
            return kind, (_NICK if identifier else _FORM)
        if says in ("email", "phone", "address", "id"):
            return says, _TITLE
        if identifier:
            return self._identifier(says)
        if len(self.numbers) > len(self.texts):
            return self._mostly_numbers(says)
        return self._mostly_texts(says)

    def _empty(self, says: Says) -> tuple[Treatment, Text]:
        if says in ("text", "gone", "person", "email", "phone", "address", "id"):
            return says, _TITLE
        return "fact", _FACT

    def _identifies(self, says: Says) -> bool:
        return self.known.identifier if self.known is not None else says in ("books", "number")

    def _form(self, identifier: bool) -> Treatment | None:
        """What most cells are by their form alone."""
        kind = column_kind(self.texts)
        if kind is None and len(self.numbers) > len(self.texts):
            kind = column_kind([as_text(number) for number in self.numbers])
        if identifier and kind != "email" and (self._of_books() or kind not in ("phone", "id")):
            # Numbers of orders look like telephone numbers; an e-mail address is one all the same.
            return None
        if kind is None and not identifier and self.counts:
            accounts = sum(n for text, n in self.counts.items() if is_account_number(text))
            if accounts >= 0.6 * len(self.texts):
                return "gone"
        if kind == "person" and self.says == "fact":
            # Products and cities may look like names; names that are known decide.
            named = sum(n for text, n in self.counts.items() if looks_like_name(text))
            if named < 0.6 * len(self.texts) or all(map(ordinary, self.counts)):
                return None
        return kind

    def _of_books(self) -> bool:
        return self.key in BOOK_KEYS if self.key is not None else self.says == "books"

    def _identifier(self, says: Says) -> tuple[Treatment, Text]:
        if says == "books" or self._of_books():
            if _written_by_people(self.texts):
                return "text", _FREE
            return "fact", OF_BOOKS
        if self.texts and not is_code_shaped(self.counts):
            return "person", _NICK
        return "fact", KEY

    def _mostly_numbers(self, says: Says) -> tuple[Treatment, Text]:
        if self._may_be_births(says, self.numbers):
            return "gone", _BORN
        if says is None and not ordinary(self.header) and self._long_numbers():
            return "id", _UNKNOWN
        return "number", _NUMBERS

    def _may_be_births(self, says: Says, days: Sequence[float]) -> bool:
        """Dates long ago that span the years of a generation, under a title that explains nothing."""
        if says == "fact" or self.known is not None or len(days) < 3:
            return False
        if _EVENTS.search(self.header) or len(set(days)) < 0.5 * len(days):
            return False
        explains = ordinary(self.header) and not re.search(r"date|day|日", self.header, re.I)
        if self.header and explains:
            return False
        today = (dt.date.today() - dt.date(1899, 12, 30)).days
        low, high = min(days), max(days)
        whole = all(n.is_integer() for n in days)
        grown = high < today - 365 * _GROWN_UP or (
            sorted(days)[len(days) // 2] < today - 365 * (_GROWN_UP + 6)
        )
        return whole and low > 3000 and grown and high - low > 365 * _SPAN and high < today

    def _long_numbers(self) -> bool:
        distinct = set(self.numbers)
        return len(distinct) >= 0.9 * len(self.numbers) and all(
            n.is_integer() and n >= 1e6 for n in distinct
        )

    def _mostly_texts(self, says: Says) -> tuple[Treatment, Text]:
        if says == "text":
            return "text", _TITLE
        free = _written_by_people(self.texts)
        if says == "person" and _UNITS.search(self.header) and self._few_short_words():
            return "fact", _FEW
        if says == "person":
            return ("text", _FREE) if free and self._sentences() else ("person", _TITLE)
        results = layout.sheet_key(self.region.sheet) in RESULTS
        if results and (self.known is not None or self.region.key is not None):
            return "fact", _LAYOUT
        if free and not (says == "fact" and not self._sentences()):
            return "text", _FREE
        if says == "fact" or (self.known is not None and self.known.kind in ("text", "choice")):
            return "fact", _FACT
        if self.known is not None and self.known.kind not in ("text", "long_text", "id"):
            return "number", _NUMBERS
        days = [day for day in map(_day_in, self.texts) if day is not None]
        if len(days) >= 0.6 * len(self.texts):
            return ("gone", _BORN) if self._may_be_births(says, days) else ("number", _NUMBERS)
        if says is None and sum(map(_long_number, self.texts)) >= 0.6 * len(self.texts):
            return "id", _UNKNOWN
        if says is None and self._names_of_words():
            return "other", _UNKNOWN
        few = len(self.counts) <= _MOST_CATEGORIES and 2 * len(self.counts) <= len(self.texts) + 4
        if all(ordinary(text) for text in self.counts) and (few or len(self.texts) < 3):
            return "fact", _FEW
        if says is None and not self._unknown_mostly():
            # A list of labels: each is judged by itself.
            return "number", _FACT
        return "other", _UNKNOWN

    def _names_of_words(self) -> bool:
        """Whether the column may hold names made of ordinary words, such as *Rose Stone*.

        That is where most cells are written like names, and others are names or a customer's
        number stands beside nearly every one.
        """
        shaped = [t for t in self.counts if shaped_like_name(t) and may_be_name(t)]
        if len(shaped) < 0.6 * len(self.counts):
            return False
        if any(looks_like_name(text) for text in shaped):
            return True
        different = len(self.counts) >= 0.9 * len(self.texts)
        titles = (title_says(h) == "number" for _c, h in self.region.columns)
        return different and ("customer_id" in self.region.match() or any(titles))

    def _few_short_words(self) -> bool:
        short = [text.strip() for text in self.counts if len(text.strip()) <= _LONGEST_UNIT]
        return len(short) == len(self.counts) and all(len(t) == 1 or ordinary(t) for t in short)

    def _sentences(self) -> bool:
        long = sum(n for text, n in self.counts.items() if _n_words(text) >= _SENTENCE)
        return long >= 0.5 * len(self.texts)

    def _unknown_mostly(self) -> bool:
        unknown = sum(n for text, n in self.counts.items() if not ordinary(text))
        return unknown >= max(1, 0.15 * len(self.texts))


BOOK_KEYS = frozenset({"order_id", "invoice", "feedback_id"})


@cache
def _common() -> frozenset[str]:
    return frozenset(
        spelling.casefold()
        for listed in words.ALL.values()
        for word in listed.members
        for spelling in (word.key, word.text.en, word.text.zh, *word.also)
    )


def is_common(text: str) -> bool:
    """Whether a text is one of csm-xl's closed lists, such as yes and no, or a mere sign."""
    plain = text.strip().casefold()
    return plain in _common() or not any(character.isalnum() for character in plain)


def _long_number(text: str) -> bool:
    """Whether a text is a number too long to be an amount, as nobody writes amounts."""
    digits = sum(character.isdigit() for character in text)
    return digits >= 7 and re.fullmatch(r"\+?[\d\s()./-]+", text.strip()) is not None


#: A day before a month or the other way round: which, does not matter here.
_DAY_SHAPE = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)\.?(?:,? +\d{1,2}:\d\d(?::\d\d)?)?"
)


def _day_in(text: str) -> float | None:
    """About the day that a text is the date of, such as ``2026-03-01`` or ``1.3.2026``; None for others."""
    try:
        return float(int(DATE.read(text) or 0)) or None
    except CsmError:
        found = _DAY_SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    low, high = sorted((int(found[1]), int(found[3])))
    year = int(found[4])
    if year < 100:
        year += 2000 if year <= dt.date.today().year % 100 else 1900
    return serial(dt.date(year, low, 1)) if 1 <= low <= 12 and high <= 31 and year > 0 else None


def _n_words(text: str) -> int:
    return len(text.split()) + len(CHINESE.findall(text)) // 2


def kind_of(header: str, key: str | None) -> Kind:
    """What stands under a header, where the column is personal."""
    if key in _KIND_OF_KEY:
        return _KIND_OF_KEY[key]
    says = title_says(header)
    return says if says in ("email", "phone", "address", "id") else "person"


def _written_by_people(texts: Sequence[str]) -> bool:
    if len(texts) < 3 or len(set(texts)) < 0.6 * len(texts):
        return False
    # A Chinese character says about as much as two letters.
    plain = (" ".join(text.split()) for text in texts)
    return sum(len(t) + len(CHINESE.findall(t)) for t in plain) >= _LONG * len(texts)
