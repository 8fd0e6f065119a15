"""A column of an export as what a column of the workbook holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.errors import CsmError
from csm_xl.intake.cells import Amount, amounts, each, identifiers, texts, unwrapped, without_mark
from csm_xl.intake.column_contents import level_of, points
from csm_xl.intake.dates import NoDate, Order, dates
from csm_xl.language import LANGUAGES, Language, Text
from csm_xl.vocabulary.cell_readers import LEVEL, folded
from csm_xl.vocabulary.columns import Column
from csm_xl.vocabulary.foreign_ratings import LEVELS as FOREIGN
from csm_xl.vocabulary.months import without_accents
from csm_xl.vocabulary.words import LEVELS

_LISTED = {folded(word) for lang in LANGUAGES for word in LEVELS.within(lang)}
_NUMBER = Text("a number", "数字")
_TEN = Text("a number from 0 to 10", "0 到 10 的数字")
#: How a duration's unit is told in its title, and how many hours it has.
_UNITS = (
    (re.compile(r"minute|\bmins?\b|分钟"), 1 / 60),
    (re.compile(r"second|\bsecs?\b|秒"), 1 / 3600),
    (re.compile(r"\bdays?\b|天"), 24.0),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that is not what its column holds."""

    text: str
    expected: Text


def typed(
    cells: Sequence[Any], column: Column, lang: Language, order: Order | None = None
) -> list[Any]:
    """The cells as `column` holds them: floats, texts, None for nothing, :class:`Wrong` else.

    Parameters
    ----------
    cells : sequence
    column : Column
        Of the workbook.
    lang : {"en", "zh"}
        The workbook's language, for words of a closed list.
    order : {"day", "month"}, optional
        What 03/04/2026 means where the column does not tell.
    """
    kind = column.kind
    if kind in ("date", "datetime"):
        return [
            Wrong(v.text, v.expected) if isinstance(v, NoDate) else v for v in dates(cells, order)
        ]
    if kind in ("integer", "number", "money", "share"):
        found = amounts(cells)
        return [
            v.number if isinstance(v, Amount) else v if v is None else Wrong(v, _NUMBER)
            for v in found
        ]
    if kind == "scale5":
        return each(cells, _level)
    if kind == "scale10":
        return each(cells, _score)
    if kind == "rating":
        return each(cells, lambda cell: _rating(cell, lang))
    if kind == "id":
        return list(identifiers(cells))
    if kind == "choice" and column.words is not None:
        listed = column.words

        def choice(cell: Any) -> Any:
            cell = unwrapped(cell)
            if cell is None:
                return None
            key = listed.key(cell)
            # A word the list does not know is the owner's own; it is kept as it was written.
            return str(cell) if key is None else listed.word(key, lang)

        return each(cells, choice)
    return list(texts(cells))


def _level(cell: Any) -> Any:
    cell = unwrapped(cell)
    if cell is None:
        return None
    cell = without_mark(cell) if isinstance(cell, str) else cell
    try:
        return level_of(cell)
    except CsmError:
        return Wrong(str(cell), LEVEL.what)


def _score(cell: Any) -> Any:
    cell = unwrapped(cell)
    if cell is None:
        return None
    number = points(without_mark(cell) if isinstance(cell, str) else cell)
    return number if number is not None and 0 <= number <= 10 else Wrong(str(cell), _TEN)


def _rating(cell: Any, lang: Language) -> Any:
    number = _level(cell)
    if number is None or isinstance(number, Wrong):
        return number
    word = folded(cell) if isinstance(cell, str) else ""
    if word in _LISTED:
        return str(cell).strip()
    # The sheet's formulas know the words of its list, not all that people say instead.
    if (word in LEVEL.words or without_accents(word) in FOREIGN) and float(number).is_integer():
        return LEVELS.word(f"{number:.0f}", lang)
    return number


def hours(values: Sequence[Any], title: str) -> list[Any]:
    """Durations in hours, from the unit that their title names."""
    plain = title.replace("_", " ").casefold()
    factor = next((factor for unit, factor in _UNITS if unit.search(plain)), 1.0)
    if factor == 1.0:
        return list(values)
    return [round(v * factor, 6) if isinstance(v, float) else v for v in values]


def plainly(cells: Sequence[Any]) -> tuple[list[Any], bool]:
    """A column of the owner's own, and whether it holds dates.

    Numbers or dates where every cell is one, texts otherwise. A number that a text spells
    otherwise than it is (``007``) stays a text.
    """
    filled = [cell for cell in (unwrapped(c) for c in cells) if cell is not None]
    if filled and all(_plain_number(cell) for cell in filled):
        return [a.number if isinstance(a, Amount) else None for a in amounts(cells)], False
    if filled and not any(isinstance(cell, (bool, int, float)) for cell in filled):
        found = dates(cells)
        if not any(isinstance(value, NoDate) for value in found):
            return list(found), True
    return list(texts(cells)), False


def _plain_number(cell: Any) -> bool:
    if isinstance(cell, bool):
        return False
    if isinstance(cell, (int, float)):
        return True
    return (
        isinstance(cell, str)
        and re.fullmatch(r"-?(?:0|[1-9]\d{0,13}|[1-9]\d{0,2}(?:,\d{3})+)(?:\.\d+)?", cell)
        is not None
    )
