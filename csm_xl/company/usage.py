"""Usage over time, from months side by side or sheets named by months: its level and its trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.company.column_contents import contents_of, date_of, is_mark, number_of
from csm_xl.company.header_table import HeaderTable, free_title
from csm_xl.company.months import attendance, consecutive, level_and_trend, month_number, month_of
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key, is_blank
from csm_xl.vocabulary.totals import is_total

#: The columns that usage over time becomes, as the Customers table calls them.
KEYS = ("usage_level", "usage_trend")
#: Fewer months tell no trend.
_LEAST = 3
#: The share of those who left whose usage before that day must be known, and of a sheet's people
#: who must be customers.
_KNOWN, _FOUND = 0.5, 0.5

BECAME = Text(
    "months side by side are learned from as usage of late and its change",
    "各月数据已合并为“近期使用量”及其变化",
)
AFTERWARDS = Text(
    "of most who left no month before that day is known, and later ones would tell the answer",
    "大多数已流失的客户没有流失之前的月份数据，而之后的月份会泄露答案",
)


@dataclass(frozen=True)
class UsageOverTime:
    """What months say of the customers of a table.

    Attributes
    ----------
    titles : tuple of str
        Of our two columns, level and trend.
    level, trend : ndarray of float, shape (n,)
        NaN where nothing is known.
    places : tuple of int
        The columns of months that they were made of; none where sheets were.
    telling : bool
        Whether they can be learned from: of enough who left, months before that are known.
    """

    titles: tuple[str, ...]
    level: np.ndarray
    trend: np.ndarray
    places: tuple[int, ...]
    telling: bool

    @property
    def columns(self) -> dict[str, np.ndarray]:
        """Level and trend by their titles."""
        return dict(zip(self.titles, (self.level, self.trend), strict=True))

    def to_learn_from(self, kept: np.ndarray) -> dict[str, list[float]]:
        """The columns of some rows; what is unknown is as usual, since only leaving makes it so.

        Parameters
        ----------
        kept : ndarray of bool, shape (n,)
        """
        found = {}
        for title, values in self.columns.items():
            some = values[kept]
            known = np.sort(some[~np.isnan(some)])
            usual = known[len(known) // 2] if len(known) else 0.0
            found[title] = np.where(np.isnan(some), usual, some).tolist()
        return found


def usage_over_time(table: HeaderTable) -> UsageOverTime | None:
    """The level and trend of the customers' usage; None where no months are kept."""
    if not table.rows:
        return None
    places = _side_by_side(table)
    found = _from_columns(table, places) if places else _from_sheets(table)
    if found is None:
        return None
    months, usage = np.asarray(found[0]), found[1]
    this_month = month_number(table.facts.today)
    order = np.argsort(months, kind="stable")
    # The month that is not over yet would look like a fall.
    order = order[months[order] < this_month]
    if len(order) < _LEAST:
        return None
    months, usage = months[order], usage[:, order]
    until, unknown = _until(table, months, usage)
    level, trend = level_and_trend(usage, until)
    level[unknown], trend[unknown] = np.nan, np.nan
    gone = table.leaving.status == "left" if len(table.leaving.status) else np.zeros(0, bool)
    telling = not gone.any() or float((~np.isnan(level[gone])).mean()) >= _KNOWN
    return UsageOverTime(_titles(table), level, trend, tuple(places), telling)


def _titles(table: HeaderTable) -> tuple[str, ...]:
    lang = layout.detect_language((), table.headers) or "en"
    titles = []
    for key in KEYS:
        there = next((p for p, own in table.ours.items() if own == key), None)
        title = layout.table("customers").column(key).title.within(lang)
        titles.append(free_title(table, title, there) if there is None else table.headers[there])
    return tuple(titles)


def _side_by_side(table: HeaderTable) -> list[int]:
    """The columns of months that hold something."""
    found = [
        place
        for place in table.roles.places("usage")
        if month_of(table.headers[place]) is not None
        and not table.roles.columns[place].chosen
        and any(not is_blank(cell) for cell in table.cells(place))
    ]
    return found if len(found) >= _LEAST else []


def _from_columns(table: HeaderTable, places: Sequence[int]) -> tuple[list[int], np.ndarray] | None:
    months = consecutive([table.headers[place] for place in places], table.facts.today)
    usage = np.full((len(table.rows), len(places)), np.nan)
    for at, place in enumerate(places):
        cells = table.cells(place)
        marks = contents_of(cells).marks >= 0.8
        for row, cell in enumerate(cells):
            number = number_of(cell)
            if number is not None:
                usage[row, at] = number
            elif is_mark(cell):
                usage[row, at] = 1.0
            elif marks:
                usage[row, at] = 0.0
    if not (usage == 0.0).any():
        # Whoever writes no zero leaves the months blank in which nothing was.
        in_time = np.argsort(months, kind="stable")
        _nothing_since_first(usage, in_time)
    return months, usage


def _nothing_since_first(usage: np.ndarray, in_time: np.ndarray) -> None:
    """Blanks after the first month of each row are zeros."""
    begun = np.zeros(len(usage), dtype=bool)
    for at in in_time:
        usage[begun & np.isnan(usage[:, at]), at] = 0.0
        begun |= ~np.isnan(usage[:, at])


def _from_sheets(table: HeaderTable) -> tuple[list[int], np.ndarray] | None:
    """Sheets of one form, one a month, matched by the number, name or mail of the customers."""
    sheets = [sheet for sheet in table.month_sheets if sheet.rows]
    if len(sheets) < _LEAST:
        return None
    months = consecutive([sheet.title for sheet in sheets], table.facts.today)
    people = [_index(table.cells(p)) for p in _who(table)]
    usage = np.full((len(table.rows), len(sheets)), np.nan)
    read = 0
    for at, sheet in enumerate(sheets):
        matched = _matched(sheet, people)
        if matched is None:
            continue
        read += 1
        place, index = matched
        counted = _counted(sheet, place)
        for row in sheet.rows:
            who = index.get(_key(row[place]))
            if who is not None and who >= 0:
                came = attendance([row[p] for p in counted])
                usage[who, at] = np.nansum([usage[who, at], came])
    if read < _LEAST:
        return None
    _nothing_since_first(usage, np.argsort(months, kind="stable"))
    return months, usage


def _who(table: HeaderTable) -> list[int]:
    roles = table.roles
    return [p for role in ("id", "name", "e-mail", "phone") for p in roles.places(role)]


def _key(cell: Any) -> str:
    return folded(as_key(cell))


def _index(cells: Sequence[Any]) -> dict[str, int]:
    """Who a text is, by row; -1 where two customers share it."""
    found: dict[str, int] = {}
    for row, cell in enumerate(cells):
        key = _key(cell)
        if key:
            found[key] = -1 if key in found else row
    return found


def _matched(
    sheet: HeaderTable, people: Sequence[dict[str, int]]
) -> tuple[int, dict[str, int]] | None:
    """The column of a sheet that says who a row is, and the customers by it."""
    best, most = None, _FOUND
    for place in range(len(sheet.columns)):
        keys = [key for key in map(_key, sheet.cells(place)) if key]
        if len(keys) < 0.5 * len(sheet.rows) or len(set(keys)) < 2:
            continue
        for index in people:
            share = float(np.mean([index.get(key, -1) >= 0 for key in keys]))
            if share > most or (best is None and share >= most):
                best, most = (place, index), share
    return best


def _counted(sheet: HeaderTable, who: int) -> list[int]:
    """The columns of a month's sheet that count: its days, else its numbers and marks."""
    places = [p for p in range(len(sheet.columns)) if p != who and not is_total(sheet.headers[p])]
    days = [p for p in places if _is_day(sheet.headers[p])]
    if len(days) >= _LEAST:
        return days
    roles = sheet.roles
    usage = [p for p in places if roles.role_of(p) == "usage"]
    if usage:
        return usage
    found = []
    for place in places:
        read = contents_of(sheet.cells(place))
        if roles.role_of(place) == "feature" and (read.number_share >= 0.8 or read.marks >= 0.8):
            found.append(place)
    return found


def _is_day(title: str) -> bool:
    number = number_of(title)
    return date_of(title) is not None or (number is not None and 1 <= number <= 31)


def _until(
    table: HeaderTable, months: np.ndarray, usage: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How many months count of each customer, and of whom it is not known."""
    n = len(usage)
    until = np.full(n, float(len(months)))
    unknown = np.zeros(n, dtype=bool)
    leaving = table.leaving
    if len(leaving.status) != n:
        return until, unknown
    for row in np.flatnonzero(leaving.status == "left"):
        day = leaving.left_on[row]
        if not np.isnan(day):
            until[row] = np.searchsorted(months, month_number(float(day)))
        else:
            # Nothing in the last month: nobody knows whether it was before or after leaving.
            last = usage[row, -1]
            unknown[row] = np.isnan(last) or last == 0.0
    return until, unknown
