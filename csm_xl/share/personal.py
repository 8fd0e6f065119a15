"""Replaces what says who a person is, wherever it stands.

What stands in a personal column gets a pseudonym, and is then replaced wherever else it occurs: in
other cells, in headers, in names and in the texts inside formulas. E-mail addresses, telephone and
ID numbers, postal addresses and folders are found by their form. What customers wrote is left out
unless it was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel
from csm_xl.share.known_names import KnownNames, Span
from csm_xl.share.personal_columns import PersonalColumn, Treatment
from csm_xl.share.personal_patterns import (
    ADDRESS,
    EMAIL,
    FOLDERS,
    ID_NUMBER,
    PATH,
    PHONE,
    kind_in,
    known_given_name,
)
from csm_xl.share.pseudonyms import Kind, Pseudonyms, as_text
from csm_xl.share.source import column_cells
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank

#: Headers of columns that hold people's names, where one word is a name.
_NAME_OF_PERSON = re.compile(
    r"\b(?:sur|fore|first|last|nick|full)?\s?names?\b|姓|名字|昵称", re.IGNORECASE
)
_NOT_DIGITS = re.compile(r"\D")
_LETTERS = re.compile(r"[^\W\d_]")
#: Shorter numbers are amounts and counts as well.
_LONG_NUMBER = 9
#: The texts in a number format: in quotes, or a character after a backslash.
_FORMAT_TEXT = re.compile(r'"[^"]*"|\\.')


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
    told : sequence of (str, Treatment)
        Names that were found inside of texts.
    numbers : dict of float to str
        Telephone and ID numbers that may stand in cells as numbers, with their pseudonyms.
    """

    columns: Sequence[PersonalColumn]
    pseudonyms: Pseudonyms | None
    free_text: bool
    books: Sequence[tuple[str, int, int, int]] = ()
    told: Sequence[tuple[str, Treatment]] = ()
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
        for name, treatment in self.told:
            self._learn_one(name, treatment, True)

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
