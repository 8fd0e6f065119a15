"""Words that no dictionary knows and that hardly a business fact holds: names, perhaps.

A brand or a place stands in many facts; *for Mairéad* in one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel
from csm_xl.share.ordinary_words import Part, ordinary, unknown_parts
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_columns import PersonalColumn

#: A word that stands in so many facts is one of the business, not of a person.
_BELONGS_TO_MANY = 3
#: Where fewer of a column's cells hold a rare word, the column is of ordinary words or of codes.
_MOSTLY = 0.5
#: Shorter runs of letters in a code are its own.
_LETTERS_OF_CODE = 4
_RUN_OF_LETTERS = re.compile(r"[^\W\d_]+")
_SIGNS = "_.@#+*~-"
_DIGIT = re.compile(r"\d")


class RareWords:
    """The rare words of a workbook's columns of facts.

    Parameters
    ----------
    model : WorkbookModel
    columns : sequence of PersonalColumn
    """

    def __init__(self, model: WorkbookModel, columns: Sequence[PersonalColumn]) -> None:
        self._times: Counter[str] = Counter()
        self._of_brands: set[PersonalColumn] = set()
        facts = {}
        for column in columns:
            if column.treatment != "fact" or column.certain:
                continue
            facts[column] = {
                text: (n, _unknown_words(text)) for text, n in _texts(model, column).items()
            }
            for n, found in facts[column].values():
                # The same name may stand in one order's product and in another's status.
                self._times.update(dict.fromkeys(found, n))
        foreign = _foreign_sheets(facts)
        for column, texts in facts.items():
            rare = sum(n for n, found in texts.values() if any(map(self._is_rare, found)))
            mostly = rare > _MOSTLY * sum(n for n, _ in texts.values())
            if mostly or column.sheet in foreign:
                self._of_brands.add(column)

    def brands(self, column: PersonalColumn) -> bool:
        """Whether rare words are facts like others in a column: of brands, or of another language."""
        return column in self._of_brands

    def parts(self, text: str, brands: bool) -> list[Part]:
        """The parts of a fact that may be somebody's name.

        In a column of `brands` a code is a code, whatever its letters are.
        """
        return [
            (start, end)
            for start, end in unknown_parts(text)
            if any(map(self._is_rare, _words_of(text[start:end])))
            and not (brands and _DIGIT.search(text, start, end))
        ]

    def _is_rare(self, word: str) -> bool:
        return 0 < self._times[word] < _BELONGS_TO_MANY


def _foreign_sheets(facts: Mapping[PersonalColumn, Mapping[str, tuple[int, set[str]]]]) -> set[str]:
    """Sheets in a language that the dictionaries do not know, by the cells of all their facts."""
    unknown: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for column, texts in facts.items():
        unknown[column.sheet] += sum(n for n, found in texts.values() if found)
        whole[column.sheet] += sum(n for n, _ in texts.values())
    return {sheet for sheet, n in whole.items() if unknown[sheet] > _MOSTLY * n}


def odd_numbers(model: WorkbookModel, column: PersonalColumn) -> Iterator[str]:
    """What holds a rare word among a column's numbers of customers, orders or articles.

    Nothing where most of them do: these are such numbers.
    """
    cells = _texts(model, column)
    words = {text: _unknown_words(text) for text in cells}
    often = Counter(word for found in words.values() for word in found)
    odd = [
        text
        for text, found in words.items()
        if any(often[word] < _BELONGS_TO_MANY for word in found)
    ]
    if sum(cells[text] for text in odd) <= _MOSTLY * cells.total():
        yield from odd


def _texts(model: WorkbookModel, column: PersonalColumn) -> Counter[str]:
    held: Sequence[CellValue] = column_cells(
        model, column.sheet, column.column, column.first, column.last
    )
    return Counter(v for v in held if isinstance(v, str) and not isinstance(v, ErrorValue))


def _unknown_words(text: str) -> set[str]:
    """The words in a text that no dictionary knows; of a code, its runs of letters."""
    return {word for start, end in unknown_parts(text) for word in _words_of(text[start:end])}


def _words_of(part: str) -> set[str]:
    if not any(c.isdigit() or c in _SIGNS for c in part):
        return {part.casefold()}
    runs = {run.casefold() for run in _RUN_OF_LETTERS.findall(part)}
    return {run for run in runs if len(run) >= _LETTERS_OF_CODE and not ordinary(run)}
