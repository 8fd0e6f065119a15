"""Where a table of loose cells begins and ends: titles, rows, what stands beside and below."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.company.column_contents import number_of
from csm_xl.company.months import month_of
from csm_xl.company.status_phrases import status_of
from csm_xl.vocabulary import totals
from csm_xl.vocabulary.cells import is_blank

#: Titles are looked for in the first rows of a sheet, below a heading or remarks.
_WITHIN = 40
#: So many rows below tell how wide a table is.
_BELOW = 12
#: The share of a table's width that its row of titles must fill.
_WIDE = 0.6
#: A title is short; longer texts are remarks.
_LONGEST = 80

_REMARK = re.compile(
    r"[*※#(（]|(notes?|nb|remarks?|ps)\b|备注|注[:：]|说明|備註|說明", re.IGNORECASE
)


#: What people draw lines with.
_RULES = " -–—―─━═=*~·•#_|<>【】[]"


@dataclass(frozen=True)
class Area:
    """A table of loose cells, in places from 0 within the rows that were given.

    Attributes
    ----------
    header : int
        The row of titles.
    first, last : int
        The first column, and the one after the last.
    end : int
        The row after the last of the body; totals and remarks below are left out.
    titles : list
        The title of each column; of two rows of titles the lower one, where it has one.
    """

    header: int
    first: int
    last: int
    end: int
    titles: list[Any] = field(default_factory=list, compare=False)


def find_area(rows: Sequence[Sequence[Any]]) -> Area | None:
    """The table of a sheet, or None where no row is a row of titles."""
    for header in range(min(len(rows), _WITHIN)):
        found = _titles(rows, header)
        if found is not None:
            first, last = found
            titles = list(rows[header][first:last])
            wide = _with_lower_titles(rows, header, last)
            lower = _lower_titles(rows, header, first, wide)
            if lower is not None:
                header, last, titles = header + 1, wide, lower
            body = [row[first:last] for row in rows[header + 1 :]]
            return Area(header, first, last, header + 1 + body_length(body), titles)
    return None


def _with_lower_titles(rows: Sequence[Sequence[Any]], header: int, last: int) -> int:
    """The column after the last title of a second row, which may go on where the upper one ends."""
    under = rows[header + 1] if header + 1 < len(rows) else ()
    body = rows[header + 2 :]
    while (
        last < len(under)
        and isinstance(under[last], str)
        and any(last < len(row) and not is_blank(row[last]) for row in body)
    ):
        last += 1
    return last


def _lower_titles(
    rows: Sequence[Sequence[Any]], header: int, first: int, last: int
) -> list[Any] | None:
    """The titles of two rows of which the upper one names groups of columns; None for one row."""
    if header + 2 >= len(rows):
        return None
    width = last - first
    upper, lower = (
        [*row[first:last], *[None] * (width - len(row[first:last]))]
        for row in (rows[header], rows[header + 1])
    )
    if not _is_second_row(lower, [row[first:last] for row in rows[header + 2 :]]):
        return None
    if not any(
        is_blank(top) and not is_blank(under) for top, under in zip(upper, lower, strict=True)
    ):
        # Units, or remarks on each title.
        return None
    titles, group = [], None
    for top, under in zip(upper, lower, strict=True):
        group = group if is_blank(top) else top
        twice = sum(one == under for one in lower) > 1
        if is_blank(under):
            titles.append(top)
        elif group is not None and (twice or len(str(under)) <= 3):
            titles.append(f"{group} {under}")
        else:
            titles.append(under)
    return titles


def _is_second_row(row: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether a row below titles holds further titles, or units: texts over numbers and dates."""
    filled = [place for place, cell in enumerate(row) if not is_blank(cell)]
    if len(filled) < 2 or not all(
        isinstance(row[p], str) and _is_title(row[p]) and number_of(row[p]) is None for p in filled
    ):
        return False
    other = known = 0
    for place in filled:
        cells = [r[place] for r in below[:_BELOW] if place < len(r) and not is_blank(r[place])]
        known += bool(cells)
        texts = sum(isinstance(c, str) and number_of(c) is None for c in cells)
        other += bool(cells) and texts < 0.2 * len(cells)
        if row[place] in cells:
            return False
    return other >= max(1, 0.5 * known)


def is_units(row: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Whether the first row below the titles says in what the columns are counted."""
    return bool(below) and is_blank(row[0]) and _is_second_row(row, below)


def is_section(row: Sequence[Any], others: Sequence[Sequence[Any]]) -> bool:
    """Whether a row holds but the name of a part of the list, such as FORMER CLIENTS."""
    filled = [cell for cell in row if not is_blank(cell)]
    if len(filled) != 1 or not isinstance(filled[0], str) or len(row) < 3:
        return False
    written = filled[0].strip()
    text = written.strip(_RULES)
    usual = sorted(sum(not is_blank(c) for c in other) for other in others)
    if usual[len(usual) // 2] < 3:
        return False
    place = next(i for i, cell in enumerate(row) if not is_blank(cell))
    names = [str(other[place]) for other in others if isinstance(other[place], str)]
    loud = text.isupper() and sum(name.isupper() for name in names) < 0.2 * len(names)
    # A name between lines, such as — Former clients —.
    ruled = written[:1] in _RULES and written[-1:] in _RULES and len(text) > 1
    return loud or ruled or text.endswith((":", "：")) or status_of(text, loosely=True) is not None


def _titles(rows: Sequence[Sequence[Any]], header: int) -> tuple[int, int] | None:
    """The columns of the table whose titles stand in this row, or None where it has none."""
    row = rows[header]
    filled = [place for place, cell in enumerate(row) if not is_blank(cell)]
    if len(filled) < 2 or not any(isinstance(row[p], str) for p in filled):
        return None
    if not all(_is_title(row[place]) for place in filled):
        return None
    counts = [row[p] for p in filled if isinstance(row[p], float)]
    if counts and (len(counts) < 3 or any(b <= a for a, b in itertools.pairwise(counts))):
        return None
    below = [r for r in rows[header + 1 : header + 1 + _BELOW] if any(not is_blank(c) for c in r)]
    if not below:
        return None
    first, last = _extent(rows, header, filled)
    inside = [p for p in filled if first <= p < last]
    if len(inside) < 2:
        return None
    widths = [sum(not is_blank(c) for c in r[first:last]) for r in below]
    if max(widths) == 0:
        return None
    if len(inside) < _WIDE * max(widths):
        return None
    # A heading over several columns: the row below has more titles, and data only below it.
    after = below[0]
    titles_below = list(itertools.takewhile(lambda c: not is_blank(c), after[first:]))
    if (
        len(below) > 1
        and len(titles_below) > len(inside)
        and all(isinstance(c, str) and _is_title(c) and number_of(c) is None for c in titles_below)
        and any(not isinstance(c, str) for r in below[1:] for c in r[first:] if not is_blank(c))
    ):
        return None
    return first, last


def _is_title(cell: Any) -> bool:
    if isinstance(cell, str):
        return len(cell) <= _LONGEST and (number_of(cell) is None or month_of(cell) is not None)
    if isinstance(cell, (dt.date, dt.datetime)):
        return True
    # Days of a month, or years, side by side.
    return (
        isinstance(cell, float) and cell.is_integer() and (1 <= cell <= 31 or 1990 <= cell <= 2100)
    )


def _extent(rows: Sequence[Sequence[Any]], header: int, filled: list[int]) -> tuple[int, int]:
    """The columns that belong together: beyond an empty column stand side notes, if but few."""
    body = rows[header + 1 :]
    counts = [0] * (max(len(row) for row in rows))
    for row in body:
        for place, cell in enumerate(row):
            if not is_blank(cell):
                counts[place] += 1
    titled = set(filled)
    # A column without a title that is as long as the table belongs to it: the names, often.
    long = max(counts[p] for p in filled)
    while filled[0] > 0 and counts[filled[0] - 1] >= max(3.0, 0.8 * long):
        filled = [filled[0] - 1, *filled]
        titled.add(filled[0])
    groups: list[list[int]] = []
    for place in range(filled[0], len(counts)):
        if place in titled or (counts[place] and place <= filled[-1]):
            if groups and groups[-1][-1] == place - 1:
                groups[-1].append(place)
            else:
                groups.append([place])
    weights = [sum(counts[p] for p in group) for group in groups]
    best = max(range(len(groups)), key=lambda g: (len(groups[g]) > 1, weights[g]))
    tallest = max(counts[p] for p in groups[best])
    first = last = best
    # A spacer column inside a table: what stands beyond it is as long as the table.
    while first > 0 and _as_long(groups[first - 1], counts, tallest):
        first -= 1
    while last + 1 < len(groups) and _as_long(groups[last + 1], counts, tallest):
        last += 1
    return groups[first][0], groups[last][-1] + 1


def _as_long(group: list[int], counts: list[int], tallest: int) -> bool:
    return max(counts[p] for p in group) >= max(2.0, 0.5 * tallest)


def body_length(rows: Sequence[Sequence[Any]]) -> int:
    """How many rows of a body hold the table: without totals, remarks and blank rows at its end."""
    filled = [[cell for cell in row if not is_blank(cell)] for row in rows]
    width = max((len(row) for row in rows), default=0)
    end = len(rows)
    # What stands below a blank row is another table or remarks, unless it looks like the rows above.
    gap = next((i for i, row in enumerate(filled) if not row), None)
    while gap is not None and gap < end:
        start = next((i for i in range(gap, end) if filled[i]), None)
        if start is None:
            end = gap
            break
        if _is_other(filled[start:end], filled[:gap], width):
            end = gap
            break
        gap = next((i for i in range(start, end) if not filled[i]), None)
    while end:
        last = end - 1
        if not filled[last] or is_total(rows[last]) or _adds_up(rows, last):
            end = last
            continue
        if len(filled[last]) > 1 or width < 3:
            break
        # Single cells at the end: remarks, where they read so or stand below totals.
        above = last
        while above and len(filled[above]) <= 1 and not is_total(rows[above]):
            above -= 1
        if is_total(rows[above]):
            end = above
        elif _is_remark(filled[last][0]):
            end = last
        else:
            break
    return end


def _is_remark(cell: Any) -> bool:
    return isinstance(cell, str) and (len(cell) > 30 or bool(_REMARK.match(cell.strip())))


def _is_other(below: list[list[Any]], above: list[list[Any]], width: int) -> bool:
    """Whether what stands below a blank row is no part of the table."""
    if not above:
        return False
    usual = sorted(len(row) for row in above if row)[len([r for r in above if r]) // 2]
    rows = [row for row in below if row]
    widest = max(len(row) for row in rows)
    if widest <= 1 and usual >= 3:
        return True
    # A further table has titles of its own.
    first = rows[0]
    if len(first) >= 2 and len(rows) > 1 and all(isinstance(c, str) for c in first):
        kinds = [type(c) for row in above[:_BELOW] for c in row if row]
        numbers_above = any(kind is not str for kind in kinds)
        numbers_below = any(not isinstance(c, str) for row in rows[1:] for c in row)
        if numbers_above and numbers_below and not any(c in _cells(above) for c in first):
            return True
    return is_total_cells(first) or (
        all(len(r) <= 2 and usual > 2 for r in rows) and len(rows) <= 5
    )


def _cells(rows: list[list[Any]]) -> set[Any]:
    return {c for row in rows for c in row if isinstance(c, str)}


def is_total(row: Sequence[Any]) -> bool:
    """Whether a row begins with the word total."""
    return is_total_cells([cell for cell in row if not is_blank(cell)])


def is_total_cells(filled: Sequence[Any]) -> bool:
    """Whether a row, given without its blank cells, begins with the word total."""
    first = filled[0] if filled else None
    return isinstance(first, str) and totals.is_total(first)


def _adds_up(rows: Sequence[Sequence[Any]], at: int) -> bool:
    """Whether the last row has no text, and a number in it is the sum of those above."""
    row = rows[at]
    if at < 3 or any(isinstance(c, str) and not is_blank(c) for c in row):
        return False
    if sum(isinstance(c, str) and not is_blank(c) for c in rows[at - 1]) == 0:
        return False
    for place, cell in enumerate(row):
        if isinstance(cell, bool) or not isinstance(cell, (int, float)) or cell == 0:
            continue
        above = [number_of(r[place]) for r in rows[:at] if not is_blank(r[place])]
        numbers = [n for n in above if n is not None]
        if len(numbers) >= 3 and abs(sum(numbers) - cell) <= 1e-9 * max(1.0, abs(cell)):
            return True
    return False
