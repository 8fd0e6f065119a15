"""Who left, by all columns of a table that say so: one thing when they agree, a question when not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.company.column_contents import contents_of, is_error, spoken
from csm_xl.company.customer_status import StatusColumn, Strength, read_status
from csm_xl.company.status_phrases import status_of
from csm_xl.vocabulary import statuses

#: Columns that differ on more than this share of the rows where both speak are two things.
_DIFFER = 0.05
#: A column of other words can be meant where it has no more different values than this.
_MOST_VALUES = 6


@dataclass
class Leaving:
    """Who left.

    Attributes
    ----------
    places : tuple of int
        The columns that say it, the first one first; empty where none does, or several compete.
    competing : tuple of int
        Columns that disagree, where that has to be decided.
    nearest : tuple of int
        Where none says it: columns that might, by their few different values.
    repeats : tuple of int
        Further columns that say the same in other words: no features.
    status : ndarray of str, shape (n,)
        A key of ``statuses.STATUS_NAMES``; ``""`` where nothing is said.
    left_on : ndarray of float, shape (n,)
        The day, NaN where it is not known.
    dated : bool
        Whether a column of dates is among them.
    unreadable : tuple of (int, int)
        Row and column of cells that could not be read.
    contradictions : tuple of int
        Rows where two of the columns say different things.
    """

    places: tuple[int, ...] = ()
    competing: tuple[int, ...] = ()
    nearest: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    status: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    left_on: np.ndarray = field(default_factory=lambda: np.empty(0))
    dated: bool = False
    unreadable: tuple[tuple[int, int], ...] = ()
    contradictions: tuple[int, ...] = ()

    @property
    def label(self) -> np.ndarray:
        """1 for who left, 0 for who is kept, NaN for who is neither.

        Who gave notice is a customer until then.
        """
        found = np.full(len(self.status), np.nan)
        found[self.status == "left"] = 1.0
        found[(self.status == "kept") | (self.status == "notice")] = 0.0
        return found


def find_leaving(
    headers: Sequence[str],
    columns: Sequence[Sequence[Any]],
    today: float,
    *,
    chosen: Mapping[int, str] | None = None,
    excluded: Collection[int] = (),
) -> Leaving:
    """Who left, by every column of a table.

    Parameters
    ----------
    headers : sequence of p str
    columns : sequence of p sequences of n cells
    today : float
        A serial number.
    chosen : mapping of int to str, optional
        Columns that the owner chose: place to the values that mean left, divided by commas, or "".
    excluded : collection of int
        Columns that are something else: csm-xl's own, or what the owner said.
    """
    n = len(columns[0]) if columns else 0
    if chosen:
        found = [
            read_status(
                columns[place],
                place,
                headers[place],
                today,
                chosen=True,
                left_words=[w.strip() for w in words.split(",") if w.strip()],
            )
            for place, words in chosen.items()
        ]
        read = [one for one in found if one is not None]
        if len(read) < len(found):
            unread = tuple(p for p, one in zip(chosen, found, strict=True) if one is None)
            return Leaving(nearest=unread, status=_nothing(n), left_on=np.full(n, np.nan))
        return _joined(read, n)
    said = [
        read_status(cells, place, headers[place], today)
        for place, cells in enumerate(columns)
        if place not in excluded and headers[place]
    ]
    read = [one for one in said if one is not None]
    if read and all(one.form == "notice" for one in read):
        # Nothing else says who left: who gave notice did.
        again = [
            read_status(columns[o.place], o.place, headers[o.place], today, chosen=True)
            for o in read
        ]
        read = [one for one in again if one is not None]
    strong = [one for one in read if one.strength is Strength.STRONG]
    used = strong or read
    if not used:
        near = [
            place
            for place, cells in enumerate(columns)
            if place not in excluded and headers[place] and _might(cells, headers[place])
        ]
        near.sort(key=lambda p: (not _names_leaving(columns[p]), not _speaks(headers[p])))
        return Leaving(nearest=tuple(near), status=_nothing(n), left_on=np.full(n, np.nan))
    # Dates first: they say when. Then whatever knows most rows.
    used.sort(
        key=lambda one: (
            one.form == "notice",
            one.form != "dates",
            -int((one.status != "").sum()),
            one.place,
        )
    )
    if any(not _agree(used[0], other) for other in used[1:]):
        return Leaving(
            competing=tuple(sorted(one.place for one in used)),
            status=_nothing(n),
            left_on=np.full(n, np.nan),
        )
    joined = _joined(used, n)
    repeats = [one.place for one in read if one not in used and _same(one, joined)]
    joined.repeats = tuple(repeats)
    return joined


def _nothing(n: int) -> np.ndarray:
    return np.full(n, "", dtype=object)


def _gone(one: StatusColumn) -> np.ndarray:
    """1 left, 0 kept, NaN neither; notice may be written either way."""
    found = np.full(len(one.status), np.nan)
    found[one.status == "left"] = 1.0
    if one.form != "dates":
        # Not every day of leaving is known: a blank beside dates does not contradict a word.
        found[one.status == "kept"] = 0.0
    return found


def _agree(one: StatusColumn, other: StatusColumn) -> bool:
    """Whether two columns say the same, but for few rows."""
    a, b = _gone(one), _gone(other)
    both = ~(np.isnan(a) | np.isnan(b))
    if not both.any():
        return True
    differ = int((a[both] != b[both]).sum())
    left = max(int((a == 1).sum()), int((b == 1).sum()))
    return differ <= _DIFFER * both.sum() and (left == 0 or differ < 0.4 * left)


def _same(one: StatusColumn, joined: Leaving) -> bool:
    label = joined.label
    a = _gone(one)
    both = ~(np.isnan(a) | np.isnan(label))
    return bool(both.any()) and int((a[both] != label[both]).sum()) <= 0.03 * both.sum()


def _joined(used: list[StatusColumn], n: int) -> Leaving:
    """Columns that agree as one: a status names who is neither, a date says when."""
    status = _nothing(n)
    left_on = np.full(n, np.nan)
    contradictions = []
    for one in used:
        left_on = np.where(np.isnan(left_on), one.left_on, left_on)
    for i in range(n):
        said = {one.status[i] for one in used} - {""}
        neither = said - {"left", "kept", "notice", "unclear"}
        announced = {one.status[i] for one in used if one.form == "notice"}
        if "notice" in said and not ("notice" in announced and "left" in said):
            status[i] = "notice"
        elif {"left", "kept"} <= said:
            # A blank among dates says little beside a word; a date beside "active" contradicts it.
            blank = [
                one for one in used if one.form in ("dates", "marks") and one.status[i] == "kept"
            ]
            spoke = {one.status[i] for one in used if one not in blank} - {"", "unclear"}
            if spoke == {"left"} and np.isnan(left_on[i]):
                status[i] = "left"
            else:
                status[i] = "unclear"
                contradictions.append(i)
        elif neither and "left" not in said:
            status[i] = sorted(neither)[0]
        elif "left" in said:
            status[i] = "left"
        elif "unclear" in said:
            status[i] = "unclear"
        elif "kept" in said:
            status[i] = "kept"
    return Leaving(
        tuple(one.place for one in used),
        status=status,
        left_on=np.where((status == "left") | (status == "notice"), left_on, np.nan),
        dated=any(one.form == "dates" for one in used),
        unreadable=tuple((i, one.place) for one in used for i in one.unreadable),
        contradictions=tuple(contradictions),
    )


def _might(cells: Sequence[Any], title: str) -> bool:
    """Whether a column could say who left in a way that is not known.

    Its title speaks of it, or it has few different values.
    """
    contents = contents_of([c for c in cells if not is_error(c)])
    if _speaks(title) and contents.filled and contents.number_share < 0.5 + contents.serials:
        return True
    return 2 <= contents.distinct <= _MOST_VALUES and (
        contents.text_share > 0.5 or contents.flags == 1.0
    )


def _names_leaving(cells: Sequence[Any]) -> bool:
    """Whether some cells, not enough to decide by, are plain words for having left."""
    return any(status_of(cell) == "left" for cell in set(map(str, cells)))


def _speaks(title: str) -> bool:
    """Whether a title speaks of leaving, staying, or how a customer stands."""
    said = spoken(title)
    words = (statuses.LEAVING, statuses.STAYING, statuses.STATUS, statuses.NOTICE_TITLE)
    return not statuses.OTHER_THING.search(said) and any(one.search(said) for one in words)
