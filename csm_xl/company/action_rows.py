"""What stands in the Actions table: suggestions that the owner has answered, and open ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.company.header_table import HeaderTable
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cells import as_key, is_blank

#: Columns in which only the owner types.
_OWNERS = ("done", "done_on", "outcome", "note")


@dataclass(frozen=True)
class Suggestion:
    """One row of the Actions table.

    Attributes
    ----------
    place : int
        Row below the header, from 0.
    customer, action : str
    day : float
        When it was done, else when it was suggested; NaN where neither is known.
    suggested, due : float
    done : bool
    outcome : str
        A key of the layout's outcomes, or the owner's own words.
    """

    place: int
    customer: str
    action: str
    day: float
    suggested: float
    due: float
    done: bool
    outcome: str


@dataclass
class ActionRows:
    """The Actions table.

    Attributes
    ----------
    table : HeaderTable
    answered : list of Suggestion
        Rows in which the owner typed something: they stay as they are.
    open : list of Suggestion
        Rows that nobody touched: the next list may stand in them.
    free : list of int
        Places of rows that may be written, from top to bottom.
    """

    table: HeaderTable
    answered: list[Suggestion] = field(default_factory=list)
    open: list[Suggestion] = field(default_factory=list)
    free: list[int] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many suggestions were carried out."""
        return sum(one.done for one in self.answered)

    @property
    def outcomes(self) -> Counter[str]:
        """How often each outcome was noted."""
        return Counter(one.outcome for one in self.answered if one.outcome)

    def last_of(self, customer: str) -> Suggestion | None:
        """The last suggestion for a customer that the owner answered."""
        own = [one for one in self.answered if one.customer == customer]
        return max(own, key=lambda one: np.nan_to_num(one.day, nan=-1.0)) if own else None

    def actions_of(self, customer: str) -> list[str]:
        """What was suggested to a customer in rows that the owner answered."""
        return [one.action for one in self.answered if one.customer == customer]

    def open_for(self, customer: str) -> Suggestion | None:
        """The open suggestion for a customer."""
        return next((one for one in self.open if one.customer == customer), None)


def read_action_rows(table: HeaderTable) -> ActionRows:
    """Read the Actions table.

    Raises
    ------
    CellError
        Names a date that cannot be read.
    """
    places = layout.match_headers(table.headers, "actions").columns
    ours = {p for k, p in places.items() if layout.table("actions").column(k).ours}
    typed = [i for i in range(len(table.headers)) if i not in ours and not table.formulas[i]]
    table.refuse_errors([places[key] for key in _OWNERS if key in places])
    rows = ActionRows(table)
    for place, row in enumerate(table.rows):
        cells = {key: row[at] for key, at in places.items()}
        suggestion = _suggestion(table, places, place, cells)
        if any(not is_blank(row[at]) for at in typed):
            rows.answered.append(suggestion)
            continue
        rows.free.append(place)
        if suggestion.customer:
            rows.open.append(suggestion)
    return rows


def _suggestion(
    table: HeaderTable, places: dict[str, int], place: int, cells: dict[str, Any]
) -> Suggestion:
    def day(key: str) -> float:
        return table.date(place, places[key]) if key in cells else float("nan")

    outcome, suggested, done_on = cells.get("outcome"), day("suggested"), day("done_on")
    text = as_key(outcome)
    done = words.YES_NO.key(cells.get("done")) == "yes" or done_on == done_on
    return Suggestion(
        place,
        # A list without numbers knows its customers by name.
        as_key(cells.get("customer_id" if "customer_id" in places else "name")),
        as_key(cells.get("action")),
        done_on if done_on == done_on else suggested,
        suggested,
        day("due"),
        done,
        words.OUTCOMES.key(text) or text,
    )
