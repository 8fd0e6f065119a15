"""What there is to learn from customers with a start and, where they left, an end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from csm_xl.company.column_contents import date_of, number_of
from csm_xl.company.customers import (
    cleaned_features,
    columns_that_tell,
    refuse_unlabelled,
    status_notes,
    telling_note,
)
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import readable
from csm_xl.company.unread import unread_in
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH

#: The share of those who left whose day must be known, for the days to be learned from.
_DATED = 0.5


def has_dates(table: HeaderTable) -> bool:
    """Whether a table says when customers came and, of most who left, when."""
    leaving = table.leaving
    if table.roles.place("start") is None or not leaving.dated:
        return False
    gone = leaving.status == "left"
    return bool(gone.any()) and float((~np.isnan(leaving.left_on[gone])).mean()) >= _DATED


def day_of(today: float) -> np.datetime64:
    """A serial number as a day."""
    epoch = np.datetime64(EXCEL_EPOCH.date().isoformat(), "D")
    return epoch + np.timedelta64(int(today), "D")


def dated_training(
    table: HeaderTable,
    today: np.datetime64,
    horizon_days: float | None,
    copies: Collection[str] = (),
) -> tuple[Any, list[tuple[str, Text]], list[Text], list[dict[str, Any]]]:
    """A training set by dates.

    Returns
    -------
    learned : TrainingSet
    left_out : list of (str, Text)
        The columns that are no features, with the reason.
    notes : list of Text
        Who was not learned from.
    unread : list of dict
        Cells that could not be read.

    Raises
    ------
    CsmError
        When the dates do not go back far enough.
    """
    from csm_xl.churn.contract_labels import contract_training_set

    refuse_unlabelled(table)
    leaving = table.leaving
    place = table.roles.place("start")
    assert place is not None
    start = table.headers[place]
    left_on = table.headers[leaving.places[0]]
    begin = np.array([_day(cell) for cell in readable(table.cells(place), "date")[0]])
    backwards = leaving.left_on < begin
    unknown = (leaving.status == "left") & np.isnan(leaving.left_on)
    kept = table.holds & ~np.isnan(leaving.label) & ~backwards & ~unknown
    if not kept.any():
        raise SheetError(
            f"No customer of {table.sheet} has a start and, if they left, a later day of "
            "leaving. Correct these dates.",
            f"工作表“{table.sheet}”中没有任何客户的开始日期早于流失日期，请更正这些日期。",
        )
    found = cleaned_features(table, kept, copies=copies, also=(start, left_on))
    asked = {one.header for one in table.roles.columns if one.chosen}
    answers = columns_that_tell(found.frame, leaving.label[kept], asked)
    used = found.frame.drop(columns=list(answers))
    used.insert(0, left_on, [_or_none(day) for day in leaving.left_on[kept]])
    used.insert(0, start, [_or_none(day) for day in begin[kept]])
    used.attrs["rows"] = [n for n, k in zip(table.row_numbers, kept, strict=True) if k]
    learned = contract_training_set(
        used, start=start, left_on=left_on, horizon_days=horizon_days, today=today
    )
    notes = [*status_notes(table)]
    for which, text in ((backwards, _BACKWARDS), (unknown, _NO_DAY)):
        rows = [n for n, w in zip(table.row_numbers, which, strict=True) if w]
        if rows:
            notes.append(text.fill(n=len(rows), rows=", ".join(map(str, rows[:20]))))
    notes += telling_note(answers)
    left_out = [*found.left_out, *answers.items(), *learned.left_out.items()]
    return learned, left_out, notes, unread_in(table)


_BACKWARDS = Text(
    "In {n} rows the day of leaving is before the start (rows {rows}); these were not learned from. "
    "Correct one of the two dates.",
    "有 {n} 行的流失日期早于开始日期（第 {rows} 行），未用于训练，请更正其中一个日期。",
)
_NO_DAY = Text(
    "{n} customers who left have no day of leaving (rows {rows}) and were not learned from.",
    "有 {n} 位已流失客户没有流失日期（第 {rows} 行），未用于训练。",
)


def _day(cell: Any) -> float:
    day = date_of(cell)
    if day is None:
        day = number_of(cell)
    return np.nan if day is None else float(np.floor(day))


def _or_none(day: float) -> float | None:
    return None if np.isnan(day) else float(day)
