"""Which cells of a workbook say who a person is, and what stands there in the copy.

A column is personal when the workbook's Settings or csm-xl's layout say so, when its header does,
or when its cells look like names, e-mail addresses, telephone numbers, postal addresses or ID
numbers. What was found there is then replaced wherever else it occurs: in other cells, in headers,
and in the texts inside formulas. What customers wrote is left out unless it was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from csm_xl.cells import is_blank
from csm_xl.churn.columns import named_identifier, named_personal
from csm_xl.engine.model import CellValue, ErrorValue, WorkbookModel
from csm_xl.reading import folded
from csm_xl.share.known_names import CHINESE, KnownNames, Span
from csm_xl.share.personal_patterns import (
    ADDRESS,
    EMAIL,
    FOLDERS,
    ID_NUMBER,
    PATH,
    PHONE,
    column_kind,
    kind_in,
    known_given_name,
)
from csm_xl.share.pseudonyms import Kind, Pseudonyms, as_text
from csm_xl.share.regions import Region
from csm_xl.share.source import column_cells
from csm_xl.workbook import layout
from csm_xl.workbook.aliases import normalised

#: What becomes of a column: a kind of pseudonym, or "text" for what is left out as free text.
Treatment = Kind | Literal["text"]

_KEY_KINDS: dict[str, Kind] = {"email": "email", "phone": "phone", "address": "address"}
_HEADER_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("email", re.compile(r"mail|邮箱|邮件", re.IGNORECASE)),
    ("phone", re.compile(r"phone|mobile|\btel|fax|电话|手机|whatsapp", re.IGNORECASE)),
    ("id", re.compile(r"passport|\bssn\b|身份证|证件|护照", re.IGNORECASE)),
    ("address", re.compile(r"addr|street|地址|住址", re.IGNORECASE)),
)
_FREE_TEXT = re.compile(
    r"\b(notes?|comments?|remarks?|message|feedback text|review text)\b|备注|留言|评论内容|反馈内容|沟通内容",
    re.IGNORECASE,
)
#: csm-xl's own columns that quote what customers wrote.
_QUOTES = {("pain_points", "example")}
#: Sheets on which csm-xl itself writes sentences.
_RESULTS = frozenset(
    {"dashboard", "actions", "playbook", "cohorts", "model", "history", "settings"}
)
#: Texts of this mean length, nearly all different, are written by people.
_LONG = 30
_SPLIT = re.compile(r"[,，;；、\n]")
#: Headers of columns that hold people's names, where one word is a name.
_NAME_OF_PERSON = re.compile(
    r"\b(?:sur|fore|first|last|nick|full)?\s?names?\b|姓|名字|昵称", re.IGNORECASE
)
#: Numbers by which the books are tied out, whatever they look like.
_BOOKS = re.compile(
    r"\b(?:order|invoice|bill|receipt|voucher|transaction|payment|credit note|shipment|tracking)s?\b"
    r"|订单|发票|单号|票据|收据|凭证|流水|交易|快递|运单",
    re.IGNORECASE,
)
_BOOK_KEYS = frozenset({"order_id", "invoice", "feedback_id"})
_NOT_DIGITS = re.compile(r"\D")
_LETTERS = re.compile(r"[^\W\d_]")
#: Shorter numbers are amounts and counts as well.
_LONG_NUMBER = 9
#: The texts in a number format: in quotes, or a character after a backslash.
_FORMAT_TEXT = re.compile(r'"[^"]*"|\\.')


@dataclass(frozen=True)
class PersonalColumn:
    """One personal column.

    Attributes
    ----------
    sheet, header : str
    column : int
    first, last : int
        The rows of its body.
    treatment : Treatment
    """

    sheet: str
    header: str
    column: int
    first: int
    last: int
    treatment: Treatment


def settings_list(text: object) -> list[str]:
    """The headers in the setting that names the personal columns."""
    return [part.strip() for part in _SPLIT.split(str(text or "")) if part.strip()]


def personal_columns(
    model: WorkbookModel, found: Iterable[Region], listed: Sequence[str] | None
) -> list[PersonalColumn]:
    """The personal columns of a workbook.

    Parameters
    ----------
    model : WorkbookModel
    found : iterable of Region
    listed : sequence of str or None
        The headers that Settings name; None where the workbook has no such setting.
    """
    wanted = {normalised(header) for header in listed or ()}
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            treatment = _treatment(model, region, column, header, keys.get(column), wanted, listed)
            if treatment is not None:
                columns.append(
                    PersonalColumn(
                        region.sheet, header, column, region.body[0], region.body[2], treatment
                    )
                )
    return columns


def _treatment(
    model: WorkbookModel,
    region: Region,
    column: int,
    header: str,
    key: str | None,
    wanted: set[str],
    listed: Sequence[str] | None,
) -> Treatment | None:
    known = layout.table(region.key).column(key) if region.key and key else None
    if header and normalised(header) in wanted and not (known is not None and known.ours):
        return _kind_of(header, key) if not _is_text(header, known) else "text"
    if region.key and key and (region.key, key) in _QUOTES:
        return "text"
    if known is not None and known.personal:
        chosen = region.key == "customers" and known.template and listed is not None
        if not chosen:
            return "text" if known.kind == "long_text" else _kind_of(header, key)
    elif known is not None and (known.ours or known.words or known.kind not in ("text", "id")):
        return None
    identifier = _identifies(header, known)
    if known is None and named_personal(header):
        return "text" if _FREE_TEXT.search(header) else _kind_of(header, key)
    texts, numbers = _contents(model, region, column)
    kind = column_kind(texts)
    if kind is None and len(numbers) > len(texts):
        kind = column_kind([as_text(number) for number in numbers])
    if identifier:
        # Numbers of orders look like telephone numbers; an e-mail address is one all the same.
        keeps = _is_of_books(header, key)
        return kind if kind == "email" or (kind in ("phone", "id") and not keeps) else None
    results = layout.sheet_key(region.sheet) in _RESULTS
    if kind is None and known is None and not results and _written_by_people(texts):
        return "text"
    return kind


def _identifies(header: str, known: layout.Column | None) -> bool:
    return known.identifier if known is not None else named_identifier(header)


def _is_of_books(header: str, key: str | None) -> bool:
    return key in _BOOK_KEYS if key is not None else _BOOKS.search(header) is not None


def book_columns(found: Iterable[Region]) -> list[tuple[str, int, int, int]]:
    """Sheet, column, first and last row of the numbers of orders and invoices."""
    columns = []
    for region in found:
        keys = {column: key for key, column in region.match().items()}
        for column, header in region.columns:
            key = keys.get(column)
            known = layout.table(region.key).column(key) if region.key and key else None
            if _identifies(header, known) and _is_of_books(header, key):
                columns.append((region.sheet, column, region.body[0], region.body[2]))
    return columns


def _kind_of(header: str, key: str | None) -> Kind:
    if key in _KEY_KINDS:
        return _KEY_KINDS[key]
    for kind, pattern in _HEADER_KINDS:
        if pattern.search(header):
            return kind
    return "person"


def _is_text(header: str, known: layout.Column | None) -> bool:
    return known.kind == "long_text" if known is not None else bool(_FREE_TEXT.search(header))


def _contents(model: WorkbookModel, region: Region, column: int) -> tuple[list[str], list[float]]:
    cells = column_cells(model, region.sheet, column, region.body[0], region.body[2])
    texts = [c for c in cells if isinstance(c, str) and not isinstance(c, ErrorValue)]
    numbers = [c for c in cells if isinstance(c, float)]
    return [text for text in texts if not is_blank(text)], numbers


def _written_by_people(texts: Sequence[str]) -> bool:
    if len(texts) < 3 or len(set(texts)) < 0.6 * len(texts):
        return False
    # A Chinese character says about as much as two letters.
    return sum(len(t) + len(CHINESE.findall(t)) for t in texts) >= _LONG * len(texts)


@dataclass
class Personal:
    """Replaces what is personal.

    Parameters
    ----------
    columns : sequence of PersonalColumn
    pseudonyms : Pseudonyms or None
        None keeps names.
    free_text : bool
        Whether what customers wrote stays.
    books : sequence of (sheet, column, first row, last row)
        The columns of the numbers of orders and invoices, by which the books are tied out.
    numbers : dict of float to str
        Telephone and ID numbers that may stand in cells as numbers, with their pseudonyms.
    """

    columns: Sequence[PersonalColumn]
    pseudonyms: Pseudonyms | None
    free_text: bool
    books: Sequence[tuple[str, int, int, int]] = ()
    numbers: dict[float, str] = field(default_factory=dict)
    _booked: set[str] = field(default_factory=set)
    _names: KnownNames = field(default_factory=KnownNames)
    _memory: dict[str, str] = field(default_factory=dict)
    _by_place: dict[tuple[str, int], list[PersonalColumn]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            self._by_place.setdefault((column.sheet, column.column), []).append(column)

    def learn(self, model: WorkbookModel) -> None:
        """Give a pseudonym to everything that stands in a personal column."""
        if self.pseudonyms is None:
            return
        for region_column in self.books:
            for value in column_cells(model, *region_column):
                if isinstance(value, str | float) and kind_in(as_text(value)):
                    self._booked.add(as_text(value))
        order = ("person", "email", "phone", "id", "address")
        named = [c for c in self.columns if c.treatment != "text"]
        for column in sorted(named, key=lambda c: order.index(c.treatment)):
            people = _NAME_OF_PERSON.search(column.header) is not None
            for value in column_cells(
                model, column.sheet, column.column, column.first, column.last
            ):
                if _replaceable(value):
                    self._learn_one(as_text(value), column.treatment, people)

    def _learn_one(self, text: str, treatment: Treatment, people: bool) -> None:
        assert self.pseudonyms is not None
        name = self.pseudonyms.of(text, self._kind(text, treatment))
        digits = _NOT_DIGITS.sub("", text)
        if len(digits) >= _LONG_NUMBER and not _LETTERS.search(text):
            self.numbers[float(digits)] = name
        if not _too_common(text) and "@" not in text:
            alone = treatment == "person" and (people or known_given_name(text))
            self._names.add(text.strip(), name, alone=alone)

    @staticmethod
    def _kind(text: str, treatment: Treatment) -> Kind:
        return kind_in(text) or ("person" if treatment == "text" else treatment)

    def column_at(self, sheet: str, row: int, column: int) -> PersonalColumn | None:
        """The personal column that a cell belongs to."""
        for found in self._by_place.get((sheet, column), ()):
            if found.first <= row <= found.last:
                return found
        return None

    def untouched(self, sheet: str, column: int) -> bool:
        """Whether numbers of a column stay as they are."""
        return (sheet, column) not in self._by_place

    def constant(self, sheet: str, row: int, column: int, value: CellValue) -> CellValue:
        """What a cell that the owner typed holds in the copy."""
        place = self.column_at(sheet, row, column)
        if place is None or (place.treatment == "text" and self.free_text):
            return self._anywhere(value)
        if place.treatment == "text":
            return None
        if self.pseudonyms is None or not _replaceable(value):
            return value
        text = as_text(value)
        return self.pseudonyms.of(text, self._kind(text, place.treatment))

    def _anywhere(self, value: CellValue) -> CellValue:
        """What a cell of no personal column holds in the copy."""
        if _is_text_value(value):
            return self.text(value)
        return self.numbers.get(value, value) if type(value) is float else value

    def text(self, value: CellValue) -> str:
        """A text without what is personal in it."""
        text = str(value)
        if self.pseudonyms is None or len(text) < 2:
            return text
        if text not in self._memory:
            self._memory[text] = self._clean(text)
        return self._memory[text]

    def _clean(self, text: str) -> str:
        assert self.pseudonyms is not None
        known = self.pseudonyms.known(text)
        if known is not None and not _too_common(text):
            return known
        spans: list[Span] = []
        for found in (self._forms(text), self._names.find(text)):
            spans += [
                span
                for span in found
                if not any(span[0] < end and start < span[1] for start, end, _ in spans)
            ]
        for start, end, new in sorted(spans, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _forms(self, text: str) -> list[Span]:
        """What is personal in a text by its form, whoever it belongs to."""
        assert self.pseudonyms is not None
        spans = [(found.start(), found.end(), FOLDERS) for found in PATH.finditer(text)]
        forms: tuple[tuple[Kind, re.Pattern[str]], ...] = (
            ("email", EMAIL),
            ("id", ID_NUMBER),
            ("phone", PHONE),
            ("address", ADDRESS),
        )
        for kind, pattern in forms:
            for found in pattern.finditer(text):
                start, end = found.span()
                taken = any(start < other_end and other < end for other, other_end, _ in spans)
                if not taken and found[0] not in self._booked:
                    spans.append((start, end, self.pseudonyms.of(found[0], kind)))
        return spans

    def format_code(self, code: str) -> str:
        """A number format without what is personal in the texts that it shows."""
        shown = "".join(
            part[1:-1] if part.startswith('"') else part[1:] for part in _FORMAT_TEXT.findall(code)
        )
        return "General" if self.text(shown) != shown else code

    def holds_personal(self, text: str) -> bool:
        """Whether a text would change in the copy."""
        return self.text(text) != text


def _is_text_value(value: CellValue) -> bool:
    return isinstance(value, str) and not isinstance(value, ErrorValue)


def _replaceable(value: CellValue) -> bool:
    """Whether a cell of a personal column says anything: no blank, error or truth value."""
    if value is None or isinstance(value, bool | ErrorValue):
        return False
    return not is_blank(value)


def _too_common(text: str) -> bool:
    """Whether a text is no name but a mark for none, such as ``-``."""
    return len(folded(text)) < 2 or not any(character.isalnum() for character in text)
