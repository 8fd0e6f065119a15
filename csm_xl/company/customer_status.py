"""One column that may say who left: as a status in words, a flag, marks, or dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np

from csm_xl.company.column_contents import (
    EARLY,
    LATE,
    date_of,
    flag_of,
    is_error,
    is_mark,
    is_nothing,
    number_of,
    spoken,
)
from csm_xl.company.status_phrases import status_of
from csm_xl.vocabulary import statuses
from csm_xl.vocabulary.cell_readers import folded

#: The share of filled cells that must be readable for a column to speak of leaving at all.
_READABLE, _SURELY, _DATES = 0.8, 0.9, 0.7
#: A mark that an owner makes up is so short: D, 退.
_MARK = 2
_ONLY_YES = 1.0


class Strength(IntEnum):
    """How plainly a column says who left."""

    WEAK = 1
    STRONG = 2


@dataclass
class StatusColumn:
    """What one column says of every row.

    Attributes
    ----------
    place : int
        The column, from 0.
    form : str
        ``"status"``, ``"flag"``, ``"marks"``, ``"dates"``, or ``"notice"`` for who announced it.
    strength : Strength
    status : ndarray of str, shape (n,)
        A key of ``statuses.STATUS_NAMES``; ``""`` where the column says nothing.
    left_on : ndarray of float, shape (n,)
        The serial number of the day, NaN without one.
    unreadable : list of int
        Rows whose cell could not be read.
    """

    place: int
    form: str
    strength: Strength
    status: np.ndarray
    left_on: np.ndarray
    unreadable: list[int] = field(default_factory=list)


def read_status(
    cells: Sequence[Any],
    place: int,
    title: str,
    today: float,
    *,
    chosen: bool = False,
    left_words: Sequence[str] = (),
) -> StatusColumn | None:
    """What a column says about leaving, or None where it does not speak of it.

    Parameters
    ----------
    cells : sequence of n
    place : int
    title : str
    today : float
        Days after it are still to come: notice given.
    chosen : bool
        The owner says that this is the column, whatever its title.
    left_words : sequence of str
        The values that mean left, where the owner named them.
    """
    said = spoken(title)
    filled = [c for c in cells if not is_nothing(c) and not is_error(c)]
    if not filled:
        return None
    if left_words:
        return _by_named_words(cells, place, left_words)
    # "Cancelled orders" counts orders; "Quit reason" is a remark.
    other = bool(statuses.OTHER_THING.search(said)) and not chosen
    leaving = bool(statuses.LEAVING.search(said)) and not other
    staying = bool(statuses.STAYING.search(said)) and not other
    negated = re.search(r"\b(no longer|not|non|in)\b|不|未|非|否$", said) if staying else None
    if statuses.NOTICE_TITLE.search(said) and not chosen:
        return _by_notice(cells, filled, place)
    if leaving:
        dates = _by_dates(cells, filled, place, today)
        if dates is not None:
            return dates
    flags = sum(flag_of(c) is not None for c in filled) / len(filled)
    marks = sum(map(is_mark, filled)) / len(filled)
    if (leaving or staying or chosen) and (flags >= _SURELY or marks >= _SURELY):
        means_left = leaving or (chosen and not staying) or bool(negated)
        strength = Strength.STRONG if means_left or chosen else Strength.WEAK
        return _by_flags(cells, filled, place, means_left, strength, marks)
    if leaving and _is_own_mark(filled, cells):
        marked = [None if is_nothing(c) else "x" for c in cells]
        return _by_flags(marked, ["x"] * len(filled), place, True, Strength.STRONG, 1.0)
    if chosen:
        dates = _by_dates(cells, filled, place, today, chosen=True)
        if dates is not None:
            return dates
    titled = leaving or staying or chosen or (bool(statuses.STATUS.search(said)) and not other)
    return None if other else _by_words(cells, filled, place, titled, chosen, leaving=leaving)


def _is_own_mark(filled: list[Any], cells: Sequence[Any]) -> bool:
    """Whether some rows hold one short text, always the same, and the others nothing: D, 退."""
    one = {folded(c) for c in filled if isinstance(c, str)}
    return (
        len(one) == 1
        and len(filled) < len(cells)
        and all(isinstance(c, str) for c in filled)
        and len(next(iter(one))) <= _MARK
        and flag_of(filled[0]) is None
        and status_of(filled[0]) in (None, "left")
    )


def _by_notice(cells: Sequence[Any], filled: list[Any], place: int) -> StatusColumn | None:
    """A day or a mark in some rows: these customers have announced to leave, whatever the day."""
    known = sum(_day(c) is not None or is_mark(c) or flag_of(c) is not None for c in filled)
    if known < _SURELY * len(filled) or len(filled) > 0.5 * len(cells):
        return None
    status = np.array(
        [
            "notice" if not is_nothing(c) and (_day(c) is not None or is_mark(c)) else ""
            for c in cells
        ],
        dtype=object,
    )
    return StatusColumn(place, "notice", Strength.STRONG, status, np.full(len(cells), np.nan))


def _by_dates(
    cells: Sequence[Any], filled: list[Any], place: int, today: float, *, chosen: bool = False
) -> StatusColumn | None:
    """Dates of leaving; a blank beside them means kept."""
    days = [_day(c) for c in filled]
    known = sum(d is not None for d in days)
    words = sum(isinstance(c, str) and status_of(c, loosely=True) is not None for c in filled)
    if known == 0 or known + words < _DATES * len(filled) or known < 0.5 * len(filled):
        return None
    n = len(cells)
    status = np.full(n, "kept", dtype=object)
    left_on = np.full(n, np.nan)
    unreadable = []
    for i, cell in enumerate(cells):
        if is_nothing(cell):
            continue
        day = _day(cell)
        if day is not None:
            left_on[i] = day
            status[i] = "notice" if day > today else "left"
        else:
            word = status_of(cell, loosely=True)
            status[i] = word or "unclear"
            if word is None:
                unreadable.append(i)
    if len(filled) > 0.9 * n and (left_on > today).sum() > 0.5 * len(filled):
        # Everybody has one, and most are still to come: terms that run until then.
        if not chosen:
            return None
        status[status == "notice"] = "kept"
        left_on[status == "kept"] = np.nan
    return StatusColumn(place, "dates", Strength.STRONG, status, left_on, unreadable)


def _day(cell: Any) -> float | None:
    day = date_of(cell)
    if day is None and not isinstance(cell, str):
        number = number_of(cell)
        if number is not None and EARLY <= number <= LATE:
            day = number
    return None if day is None or day < 1 else float(np.floor(day))


def _by_flags(
    cells: Sequence[Any],
    filled: list[Any],
    place: int,
    means_left: bool,
    strength: Strength,
    marks: float,
) -> StatusColumn:
    """Yes and no, or marks of one kind in some rows."""
    n = len(cells)
    values = {flag_of(c) for c in filled}
    one_kind = marks >= _ONLY_YES and len(filled) < n and False not in values - {None}
    yes, no = ("left", "kept") if means_left else ("kept", "left")
    status = np.full(n, no if one_kind else "", dtype=object)
    unreadable = []
    for i, cell in enumerate(cells):
        # 无 and 没有 say no here, and nothing elsewhere.
        if is_nothing(cell) and flag_of(cell) is None:
            continue
        flag = True if one_kind and is_mark(cell) else flag_of(cell)
        if flag is None:
            word = status_of(cell, loosely=True)
            status[i] = word or "unclear"
            if word is None:
                unreadable.append(i)
        else:
            status[i] = yes if flag else no
    form = "marks" if one_kind else "flag"
    return StatusColumn(place, form, strength, status, np.full(n, np.nan), unreadable)


def _by_words(
    cells: Sequence[Any],
    filled: list[Any],
    place: int,
    titled: bool,
    chosen: bool,
    *,
    leaving: bool,
) -> StatusColumn | None:
    """Statuses in words."""
    texts = Counter(c for c in filled if isinstance(c, str))
    known = {text: status_of(text, loosely=titled) for text in texts}
    if titled:
        _infer_the_other(known, leaving)
    read = sum(count for text, count in texts.items() if known[text] is not None)
    groups = {status for status in known.values() if status is not None}
    if not chosen:
        if read < (_READABLE if titled else _SURELY) * len(filled):
            return None
        if not titled and not ("left" in groups and groups & {"kept", "paused", "trial"}):
            return None
        if len(texts) == 1 and len(filled) < len(cells) and not titled:
            return None
    elif read < 0.5 * len(filled):
        return None
    # Marks of one kind: only those who left are marked, and a blank means kept.
    one_kind = groups == {"left"} and len(filled) < len(cells) and len(texts) <= 2
    status = np.full(len(cells), "kept" if one_kind else "", dtype=object)
    unreadable = []
    for i, cell in enumerate(cells):
        if is_nothing(cell):
            continue
        flag = flag_of(cell) if not isinstance(cell, str) else None
        word = known.get(cell) if isinstance(cell, str) else None
        if word is None and flag is None:
            status[i] = "unclear"
            unreadable.append(i)
        else:
            status[i] = word or "unclear"
    return StatusColumn(
        place, "status", Strength.STRONG, status, np.full(len(cells), np.nan), unreadable
    )


def _infer_the_other(known: dict[str, str | None], leaving: bool) -> None:
    """Of two different statuses of which one means left, the other means kept.

    Under a title that speaks of leaving one that means kept tells the other as well.
    """
    said = set(known.values())
    if len(known) == 2 and (said == {"left", None} or (leaving and said == {"kept", None})):
        other = "kept" if "left" in said else "left"
        for text, status in known.items():
            known[text] = status or other


def _by_named_words(cells: Sequence[Any], place: int, words: Sequence[str]) -> StatusColumn:
    """The owner named the values that mean left; every other value means kept."""
    wanted = {folded(word) for word in words}
    status = np.array(
        ["" if is_nothing(c) else "left" if _shown(c) in wanted else "kept" for c in cells],
        dtype=object,
    )
    return StatusColumn(place, "status", Strength.STRONG, status, np.full(len(cells), np.nan))


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return folded(str(cell))
