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
from csm_xl.share.column_decisions import Treatment, is_common
from csm_xl.share.known_names import CHINESE, KnownNames, Span
from csm_xl.share.ordinary_words import ordinary, unknown_parts
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_columns import PersonalColumn
from csm_xl.share.personal_patterns import (
    ADDRESS,
    EMAIL,
    FOLDERS,
    ID_NUMBER,
    PATH,
    PHONE,
    kind_in,
    known_given_name,
    looks_like_name,
)
from csm_xl.share.pseudonyms import CODED, Kind, Pseudonyms, as_text, equal_in_excel
from csm_xl.share.rare_words import RareWords, odd_numbers
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank

#: Headers of columns that hold people's names, where one word is a name.
_NAME_OF_PERSON = re.compile(
    r"\b(?:sur|fore|first|last|nick|full)?\s?names?\b|姓|名字|昵称", re.IGNORECASE
)
_NOT_DIGITS = re.compile(r"\D")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]")
#: Shorter numbers are amounts and counts as well.
_LONG_NUMBER = 9
#: The texts in a number format: in quotes, or a character after a backslash.
_FORMAT_TEXT = re.compile(r'"[^"]*"|\\.')
#: What stands in the place of words that may be names.
LEFT_OUT = "…"
#: A text of so many words that stands alone in a sheet was written for people to read.
_LONGEST_LABEL = 14
#: So many of a column's own values may stand in labels and formulas elsewhere.
_MOST_FACTS = 500
_LONGEST_FACT = 60
_SHORT = 5
_NO_ROWS: frozenset[int] = frozenset()


@dataclass
class Personal:
    """Replaces what is personal, and whatever may be.

    Parameters
    ----------
    columns : sequence of PersonalColumn
        All that were decided on, those that stay as well.
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
    titles : set of (sheet, row)
        The rows of titles: what stands there is never left out as a whole.
    own : set of str
        Sheets on which csm-xl writes sentences.
    """

    columns: Sequence[PersonalColumn]
    pseudonyms: Pseudonyms | None
    free_text: bool
    books: Sequence[tuple[str, int, int, int]] = ()
    told_names: Sequence[tuple[str, Treatment]] = ()
    numbers: dict[float, str] = field(default_factory=dict)
    titles: set[tuple[str, int]] = field(default_factory=set)
    own: frozenset[str] = frozenset()
    #: What the owner calls the company, in Settings: no secret from its accountant.
    company: str = ""
    #: How many texts outside of columns were left out.
    sentences: int = 0
    _booked: set[str] = field(default_factory=set)
    #: What was typed into columns of people, as Excel compares it.
    _typed: set[str] = field(default_factory=set)
    _facts: set[str] = field(default_factory=set)
    _rare: RareWords | None = None
    _names: KnownNames = field(default_factory=KnownNames)
    _memory: dict[str, str] = field(default_factory=dict)
    _labels: dict[str, str] = field(default_factory=dict)
    _values: dict[tuple[str, bool, bool], str] = field(default_factory=dict)
    _by_place: dict[tuple[str, int], list[PersonalColumn]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for column in self.columns:
            self._by_place.setdefault((column.sheet, column.column), []).append(column)

    @property
    def replaced(self) -> list[PersonalColumn]:
        """The columns whose contents do not stay."""
        return [column for column in self.columns if not column.stays]

    def learn(self, model: WorkbookModel) -> None:
        """Give a pseudonym to everything that stands in a personal column."""
        if self.company:
            self._facts.add(self.company.casefold())
        if self.pseudonyms is None:
            return
        for region_column in self.books:
            for value in column_cells(model, *region_column):
                if isinstance(value, str | float) and kind_in(as_text(value)):
                    self._booked.add(as_text(value))
        computed: dict[tuple[str, int], set[int]] = {}
        for sheet in model.sheet_names:
            for cell in model.formulas(sheet):
                computed.setdefault((sheet, cell.col), set()).add(cell.row)
        order = ("person", "email", "phone", "id", "address", "other")
        named = [c for c in self.columns if c.treatment in order]
        for column in sorted(named, key=lambda c: order.index(c.treatment)):
            people = _NAME_OF_PERSON.search(column.header) is not None
            held = column_cells(model, column.sheet, column.column, column.first, column.last)
            rows = computed.get((column.sheet, column.column), _NO_ROWS)
            for row, value in enumerate(held, column.first):
                if _replaceable(value) and not (
                    column.treatment == "other" and type(value) is float
                ):
                    text = as_text(value)
                    self._learn_one(text, column.treatment, people)
                    if row not in rows:
                        self._typed.add(equal_in_excel(text))
        for name, treatment in self.told_names:
            self._learn_one(name, treatment, True)
        self._rare = RareWords(model, self.columns)
        for column in self.columns:
            if column.numbered:
                # A name among numbers goes wherever the number stands, so that rows still match.
                for text in odd_numbers(model, column):
                    self._learn_one(text, "person", True)
        for column in self.columns:
            if column.treatment == "fact":
                held = column_cells(model, column.sheet, column.column, column.first, column.last)
                rows = computed.get((column.sheet, column.column), _NO_ROWS)
                typed = {v for row, v in enumerate(held, column.first) if row not in rows}
                if len(typed) > _MOST_FACTS:
                    # Numbers of orders and customers, which nobody writes into labels.
                    continue
                self._facts |= {
                    value.casefold()
                    for value in typed
                    if isinstance(value, str) and 1 < len(value) <= _LONGEST_FACT
                }

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
        known = kind_in(text)
        if known is not None:
            return known
        return "person" if treatment in ("text", "gone", "fact", "number") else treatment  # type: ignore[return-value]

    def column_at(self, sheet: str, row: int, column: int) -> PersonalColumn | None:
        """The column that a cell belongs to."""
        for found in self._by_place.get((sheet, column), ()):
            if found.first <= row <= found.last:
                return found
        return None

    def untouched(self, sheet: str, column: int) -> bool:
        """Whether numbers of a column stay as they are."""
        return all(
            found.stays or found.treatment == "other"
            for found in self._by_place.get((sheet, column), ())
        )

    def constant(self, sheet: str, row: int, column: int, value: CellValue) -> CellValue:
        """What a cell that the owner typed holds in the copy."""
        place = self.column_at(sheet, row, column)
        if place is None:
            return self._anywhere(value, sheet, row)
        treatment = place.treatment
        if treatment == "text":
            return self._written(value) if self.free_text else None
        if self.pseudonyms is None:
            return value
        if treatment == "gone":
            return value if isinstance(value, bool | ErrorValue) else None
        if treatment == "fact":
            return self._fact(value, sheet, place)
        if treatment == "number":
            return self._anywhere(value, "", row)
        if not _replaceable(value):
            return value
        if treatment == "other" and type(value) is float:
            # Nothing says that the numbers between texts are anybody's.
            return self.numbers.get(value, value)
        text = as_text(value)
        return self.pseudonyms.of(text, self._kind(text, treatment))

    def typed(self, text: str) -> bool:
        """Whether a text was typed into a column of people."""
        return equal_in_excel(text) in self._typed

    def knows(self, text: str) -> bool:
        """Whether all that is personal in a text is known, and nothing in it only may be."""
        return self.text(text) == self.redacted(text)

    def derived(self, text: str, *, short: bool = False) -> CellValue:
        """What a text that a formula made of personal cells may show; None for nothing.

        With `short` a few ordinary words may stand, such as the theme of many texts.
        """
        if short and n_words(text) <= _SHORT and ordinary(text):
            return text
        if self.pseudonyms is None or is_common(text):
            return text
        # What formulas made, the domain of a mail, was given a pseudonym only to be found elsewhere.
        if equal_in_excel(text) not in self._typed or _too_common(text):
            return None
        return self.pseudonyms.known(text)

    @staticmethod
    def is_coded(text: str) -> bool:
        """Whether a text holds one of our pseudonyms."""
        return CODED.search(text) is not None

    def _written(self, value: CellValue) -> CellValue:
        """What people wrote, where the owner wants it kept: without what is known to be personal."""
        if _is_text_value(value):
            return self.redacted(value)
        return self.numbers.get(value, value) if type(value) is float else value

    def _fact(self, value: CellValue, sheet: str, place: PersonalColumn) -> CellValue:
        """A cell of a column of business facts: nothing known to be personal, and nobody's name."""
        if not _is_text_value(value):
            return self.numbers.get(value, value) if type(value) is float else value
        text = str(value)
        brands = self._rare is not None and self._rare.brands(place)
        key = text, place.certain, brands
        found = self._values.get(key)
        if found is None:
            found = self.redacted(text)
            if sheet in self.own:
                found = found if _CHECKSUM.fullmatch(found) else self._without_unknown(found)
            elif found == text and self._names_somebody(text):
                found = self._whole(text)
            elif not place.certain:
                found = self._without_rare(found, brands)
            self._values[key] = found
        return found

    @staticmethod
    def _names_somebody(text: str) -> bool:
        """Whether a text of a column of facts is a name all the same, such as *Alice Jones*."""
        return looks_like_name(text) and not ordinary(text) and not CHINESE.search(text)

    def _anywhere(self, value: CellValue, sheet: str, row: int) -> CellValue:
        """What a cell of no column holds in the copy."""
        if not _is_text_value(value):
            return self.numbers.get(value, value) if type(value) is float else value
        text = str(value)
        if (
            self.pseudonyms is not None
            and not self.free_text
            and sheet not in self.own
            and (sheet, row) not in self.titles
            and n_words(text) > _LONGEST_LABEL
        ):
            self.sentences += 1
            return None
        return self.text(text)

    # -- texts ----------------------------------------------------------------------------------

    def text(self, value: CellValue) -> str:
        """A label, a title or a name of the owner's, with nothing in it that may name somebody."""
        text = str(value)
        if self.pseudonyms is None or len(text) < 2:
            return text
        found = self._labels.get(text)
        if found is None:
            found = self._labels[text] = self._label(text)
        return found

    def _label(self, text: str) -> str:
        if text.casefold() in self._facts and self.redacted(text) == text:
            return text
        return self._without_unknown(self.redacted(text))

    def _without_rare(self, text: str, brands: bool) -> str:
        """A fact without the words that no dictionary knows and hardly another fact holds.

        A brand or a place stands in many facts; *for Mairéad* in one. In a column of `brands`, what
        is nothing but such words is a fact of its own, and a code is a code; elsewhere neither is
        like the other cells of its column.
        """
        parts = self._rare.parts(text, brands) if self._rare is not None else []
        spans = [part for part in parts if not CODED.search(text, *part)]
        if not spans:
            return text
        if _covers(text, spans):
            return text if brands else self._whole(text)
        for start, end in reversed(spans):
            text = text[:start] + LEFT_OUT + text[end:]
        return _RUN_OF_GAPS.sub(LEFT_OUT, text)

    def _without_unknown(self, text: str) -> str:
        """A text without the words that no dictionary knows; a pseudonym where no word is left."""
        taken = [found.span() for found in CODED.finditer(text)]
        spans = [
            (start, end)
            for start, end in unknown_parts(text)
            if not any(start < other_end and other < end for other, other_end in taken)
            and text[start:end].casefold() not in self._facts
            and text[start:end] not in self._booked
        ]
        if not spans:
            return text
        if not taken and _covers(text, spans):
            return self._whole(text)
        for start, end in reversed(spans):
            text = text[:start] + LEFT_OUT + text[end:]
        return _RUN_OF_GAPS.sub(LEFT_OUT, text)

    def _whole(self, text: str) -> str:
        assert self.pseudonyms is not None
        return self.pseudonyms.of(text.strip(), kind_in(text) or "other")

    def redacted(self, value: CellValue) -> str:
        """A text without what is known to be personal in it."""
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


def _is_text_value(value: CellValue) -> bool:
    return isinstance(value, str) and not isinstance(value, ErrorValue)


def _replaceable(value: CellValue) -> bool:
    """Whether a cell of a personal column may say who somebody is.

    A blank, an error and a truth value do not, and nobody is known by a fraction.
    """
    if value is None or isinstance(value, bool | ErrorValue):
        return False
    if type(value) is float and not value.is_integer():
        return False
    return not is_blank(value)


#: The number of a model.
_CHECKSUM = re.compile(r"[0-9a-f]{6,64}")
_RUN_OF_GAPS = re.compile(r"…(?:[\s,.&'’-]*…)+")


def n_words(text: str) -> int:
    """How many words a text has; two Chinese characters count as one."""
    return len(text.split()) + len(CHINESE.findall(text)) // 2


def _covers(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether nothing but signs and digits stands beside some parts of a text."""
    rest = text
    for start, end in reversed(spans):
        rest = rest[:start] + rest[end:]
    return not any(character.isalpha() for character in rest)


def _too_common(text: str) -> bool:
    """Whether a text is no name but a mark for none, such as ``-``."""
    return len(folded(text)) < 2 or not any(character.isalnum() for character in text)
