"""What the cells of a column are, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from csm_xl.errors import CsmError
from csm_xl.intake.cells import Amount, amount, as_text, decimal_sign, unwrapped
from csm_xl.intake.dates import NoDate, dates
from csm_xl.vocabulary.cell_readers import FLAG_WORDS, LEVEL, folded, parse_number
from csm_xl.vocabulary.foreign_ratings import LEVELS
from csm_xl.vocabulary.months import without_accents
from csm_xl.vocabulary.order_statuses import status_meaning

#: How many cells of a column are looked at to tell what it holds.
_LOOKED_AT = 400


def holds(cells: Sequence[Any], key: str) -> bool | None:
    """Whether a column holds what its key says; None where it holds nothing at all."""
    filled: list[Any] = []
    for cell in cells:
        plain = unwrapped(cell)
        if plain is not None:
            filled.append(plain)
            if len(filled) >= _LOOKED_AT:
                break
    if not filled:
        return None
    check = _CHECKS.get(key)
    return check is None or check(filled)


def _share(cells: Sequence[Any], holds: Callable[[Any], bool], least: float = 0.5) -> bool:
    return sum(map(holds, cells)) >= least * len(cells)


def _are_dates(cells: Sequence[Any]) -> bool:
    # Which number is the day may be open, and is asked later; here the form counts.
    found = dates(cells, "day")
    return sum(not isinstance(value, NoDate) for value in found) * 2 >= len(cells) or sum(
        not isinstance(value, NoDate) for value in dates(cells, "month")
    ) * 2 >= len(cells)


def _are_amounts(cells: Sequence[Any]) -> bool:
    sign = decimal_sign(cells)
    return _share(cells, lambda cell: isinstance(amount(cell, sign), Amount))


def level_of(cell: Any) -> float:
    """A level from 1 to 5, out of its word in any of the languages that surveys are in.

    Raises
    ------
    CsmError
        The cell is no level.
    """
    if isinstance(cell, str):
        foreign = LEVELS.get(without_accents(folded(cell)))
        if foreign is not None:
            return foreign
    return float(LEVEL.read(cell))


def _is_level(cell: Any) -> bool:
    try:
        return level_of(cell) == level_of(cell)
    except CsmError:
        return False


def points(cell: Any) -> float | None:
    """A score as people write it: ``9``, ``9分``, ``9/10``, ``9 - Very likely``."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    text = str(cell).strip()
    number = parse_number(text)
    if number is not None:
        return number
    found = re.fullmatch(
        r"(\d+(?:\.\d+)?)\s*(?:分|points?|pts?|/\s*10|out of 10)?\s*(?:[-–—:：(（].*)?",
        text,
        re.IGNORECASE,
    )
    return float(found[1]) if found else None


def _is_nps(cell: Any) -> bool:
    number = points(cell)
    return number is not None and 0 <= number <= 10


def _has_letters(cell: Any) -> bool:
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def _is_phone(cell: Any) -> bool:
    text = str(cell)
    return sum(map(str.isdigit, text)) >= 6 or "*" in text


def _is_flag(cell: Any) -> bool:
    return isinstance(cell, bool) or folded(as_text(cell)) in FLAG_WORDS


def _are_refunds(cells: Sequence[Any]) -> bool:
    if all(map(_is_flag, cells)):
        # 0 and 1 say whether, not how much.
        return False
    return _share(
        cells, lambda c: isinstance(amount(c), Amount) or status_meaning(str(c)) is not None
    )


_CHECKS: dict[str, Callable[[Sequence[Any]], bool]] = {
    "amount": _are_amounts,
    "price": _are_amounts,
    "year_price": _are_amounts,
    "refunded": _are_refunds,
    "is_refunded": lambda cells: _share(cells, _is_flag),
    "is_paid": lambda cells: _share(cells, _is_flag),
    "quantity": _are_amounts,
    "email": lambda cells: _share(cells, lambda c: "@" in str(c) or "*" in str(c)),
    "phone": lambda cells: _share(cells, _is_phone),
    "name": lambda cells: _share(cells, _has_letters),
    "order_id": lambda cells: _share(cells, lambda c: any(map(str.isdigit, str(c)))),
    "rating": lambda cells: _share(cells, _is_level),
    "functional": lambda cells: _share(cells, _is_level),
    "service": lambda cells: _share(cells, _is_level),
    "emotional": lambda cells: _share(cells, _is_level),
    "recommend": lambda cells: _share(cells, _is_nps),
    "points": _are_amounts,
    "times": _are_amounts,
    "text": lambda cells: not _are_amounts(cells),
    **dict.fromkeys(
        (
            "date", "start", "end", "left_on", "last_seen", "cancelled_at", "refunded_at", "trial_end",
            "reactivated_at",
        ),
        _are_dates,
    ),
}  # fmt: skip
