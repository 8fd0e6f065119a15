"""The owner's tables as data frames with our own column names, for what is counted from them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.settings import Settings
from csm_xl.errors import COM_ERRORS, CellError, CsmError
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import DATE, LEVEL, serial
from csm_xl.vocabulary.cells import is_blank


def as_of(settings: Settings) -> float:
    """The date of the figures, as a serial number: what the owner set, else today."""
    given = settings.get("as_of")
    return float(np.floor(DATE.read(given))) if given is not None else serial(dt.date.today())


def table_frame(table: HeaderTable | None, key: str) -> Any:
    """The rows of one of our tables, or None where there are none.

    Returns
    -------
    pandas.DataFrame
        Our columns' keys as far as the sheet has them. Words of closed lists are their keys,
        ratings are numbers, a refund's amount is negative. Blank rows are left out.

    Raises
    ------
    CsmError
        Names the first cell that cannot be read.
    """
    if table is None:
        return None
    import pandas as pd

    places = table.places(key)
    used = [i for i, row in enumerate(table.rows) if any(not is_blank(cell) for cell in row)]
    if not used or not places:
        return None
    columns = {}
    for name, place in places.items():
        column = layout.table(key).column(name)
        cells = [table.rows[i][place] for i in used]
        _refuse_error_cells(table, cells, used, place)
        if column.words is not None:
            cells = [None if is_blank(c) else column.words.key(c) or str(c) for c in cells]
        elif column.kind == "rating":
            cells = _ratings(table, cells, used, place)
        columns[name] = pd.Series(cells, dtype=object)
    frame = pd.DataFrame(columns)
    if key == "orders" and "kind" in frame and "amount" in frame:
        frame["amount"] = _signed(frame["amount"], frame["kind"])
    frame.attrs["rows"] = [table.row + 1 + i for i in used]
    return frame


def _refuse_error_cells(table: HeaderTable, cells: list, used: list[int], place: int) -> None:
    for i, cell in zip(used, cells, strict=True):
        if type(cell) is int and cell in COM_ERRORS:
            where, what = table.address(i, place), COM_ERRORS[cell]
            raise CellError(
                f"{where} holds the error {what}. Correct that cell, then try again.",
                f"{where} 中是错误值 {what}，请更正该单元格后重试。",
            )


def _ratings(table: HeaderTable, cells: list, used: list[int], place: int) -> list[float | None]:
    found: list[float | None] = []
    for i, cell in zip(used, cells, strict=True):
        try:
            number = LEVEL.read(cell)
        except CsmError as error:
            where = table.address(i, place)
            raise type(error)(
                f"{where} holds “{cell}”: {error.text.en}", f"{where} 是“{cell}”：{error.text.zh}"
            ) from None
        found.append(None if number != number else number)
    return found


def _signed(amounts: Any, kinds: Any) -> list[Any]:
    """Refunds are negative, whichever way they were typed."""
    refund = words.ORDER_KINDS.key("refund")
    return [
        -amount if kind == refund and isinstance(amount, (int, float)) and amount > 0 else amount
        for amount, kind in zip(amounts, kinds, strict=True)
    ]
