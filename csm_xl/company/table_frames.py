"""The owner's tables as data frames with our own column names, for what is counted from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from csm_xl.churn.feature_values import read_numbers
from csm_xl.company.column_contents import is_nothing
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import UnreadCell, readable, shown
from csm_xl.company.settings import Settings
from csm_xl.errors import CellError, CsmError
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import DATE, LEVEL, serial
from csm_xl.vocabulary.cells import is_blank


def as_of(settings: Settings) -> float:
    """The date of the figures, as a serial number: what the owner set, else today."""
    given = settings.get("as_of")
    return float(np.floor(DATE.read(given))) if given is not None else serial(dt.date.today())


def table_frame(
    table: HeaderTable | None, key: str, places: Mapping[str, int] | None = None
) -> Any:
    """The rows of one of our tables, or None where there are none.

    Parameters
    ----------
    table : HeaderTable or None
    key : str
        Of the layout's table.
    places : mapping of str to int, optional
        Where our columns stand, in a table of the owner's.

    Returns
    -------
    pandas.DataFrame
        Our columns' keys as far as the sheet has them. Words of closed lists are their keys,
        ratings are numbers, a refund's amount is negative. Blank rows are left out. A cell that
        cannot be read is blank, and listed in ``attrs["unread"]`` as an :class:`UnreadCell`.
    """
    if table is None:
        return None
    import pandas as pd

    places = table.places(key) if places is None else places
    used = [i for i, row in enumerate(table.rows) if any(not is_blank(cell) for cell in row)]
    if not used or not places:
        return None
    columns = {}
    unread: list[UnreadCell] = []
    known = {column.key: column for column in layout.table(key).columns}
    for name, place in places.items():
        if name not in known:
            # A later csm-xl writes columns of which this one knows nothing.
            continue
        column = known[name]
        kind = "points" if name == "points" else _KINDS.get(column.kind, "text")
        cells, wrong = _readable([table.rows[i][place] for i in used], kind)
        unread += [
            UnreadCell(used[at], place, shown(table.rows[used[at]][place]), name) for at in wrong
        ]
        if column.words is not None:
            cells = [None if is_blank(c) else column.words.key(c) or str(c) for c in cells]
        columns[name] = pd.Series(cells, dtype=object)
    frame = pd.DataFrame(columns)
    if key == "orders" and "kind" in frame and "amount" in frame:
        frame["amount"] = _signed(frame["amount"], frame["kind"])
    frame.attrs["rows"] = [table.row + 1 + i for i in used]
    frame.attrs["unread"] = sorted(unread, key=lambda one: (one.row, one.place))
    return frame


#: What the cells of our columns are read as; all others as texts.
_KINDS: dict[str, str] = {
    "date": "date",
    "datetime": "date",
    "money": "number",
    "integer": "number",
    "number": "number",
    "share": "number",
    "scale10": "number",
    "rating": "rating",
    "scale5": "rating",
}


def _readable(cells: list[Any], kind: str) -> tuple[list[Any], list[int]]:
    """The cells with None for those that cannot be read, and which those are; ratings as numbers."""
    if kind == "rating":
        levels = [_level(cell) for cell in cells]
        wrong = [i for i, level in enumerate(levels) if isinstance(level, CsmError)]
        return [None if isinstance(x, CsmError) or x != x else x for x in levels], wrong
    clean, wrong = readable(cells, kind)
    if kind == "text":
        return clean, wrong
    as_: Literal["date", "number"] = "date" if kind == "date" else "number"
    try:
        read_numbers(clean, "", as_)
    except CellError:
        for i, cell in enumerate(clean):
            try:
                read_numbers([cell], "", as_)
            except CellError:
                clean[i] = None
                wrong.append(i)
    return clean, wrong


def _level(cell: Any) -> Any:
    """A rating from 1 to 5, NaN for nothing, or the error that says what it should be."""
    if is_nothing(cell):
        return float("nan")
    try:
        return LEVEL.read(cell)
    except CsmError as error:
        return error


def _signed(amounts: Any, kinds: Any) -> list[Any]:
    """Refunds are negative, whichever way they were typed."""
    refund = words.ORDER_KINDS.key("refund")
    return [
        -amount if kind == refund and isinstance(amount, (int, float)) and amount > 0 else amount
        for amount, kind in zip(amounts, kinds, strict=True)
    ]
