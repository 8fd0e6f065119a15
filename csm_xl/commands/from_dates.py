"""What there is to learn from customers with a start and, where they left, an end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.columns import choose_features
from csm_xl.commands.customers import holds_customer, own_headers
from csm_xl.commands.header_table import Source, refuse_duplicate_headers
from csm_xl.commands.table_frames import as_of
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH


def has_dates(source: Source) -> bool:
    """Whether a sheet has Start and Left on, and no column that says who left."""
    places = layout.match_headers(source.headers, "customers").columns
    return layout.find_label(source.headers) is None and {"start", "left_on"} <= set(places)


def as_of_day(book: xw.Book) -> np.datetime64:
    """The date of the figures as a day."""
    epoch = np.datetime64(EXCEL_EPOCH.date().isoformat(), "D")
    return epoch + np.timedelta64(int(as_of(book)), "D")


def dated_training(
    source: Source,
    today: np.datetime64,
    horizon_days: float | None,
    copies: Collection[str] = (),
) -> tuple[Any, list[tuple[str, Text]]]:
    """A training set by dates, and the columns that are no features, with the reason.

    Raises
    ------
    CsmError
        When a date cannot be read or the dates do not go back far enough.
    """
    import pandas as pd

    from csm_xl.churn.tenure import tenure_training_set

    refuse_duplicate_headers(source)
    match = layout.match_headers(source.headers, "customers")
    table = layout.table("customers")
    headers = source.headers
    kept = holds_customer(source)
    rows = [row for row, holds in zip(source.row_numbers, kept, strict=True) if holds]
    frame = pd.DataFrame(source.rows, columns=headers, dtype=object)[kept]
    start, left_on = (headers[match.columns[key]] for key in ("start", "left_on"))
    places = match.columns.items()
    chosen = choose_features(
        frame,
        left_on,
        own=own_headers(source, copies),
        personal=[headers[p] for key, p in places if table.column(key).personal],
        identifiers=[headers[p] for key, p in places if table.column(key).identifier],
        rows=rows,
    )
    features = [name for name in chosen.features if name != start]
    source.refuse_errors([headers.index(name) for name in (start, left_on, *features)])
    used = frame[[start, left_on, *features]]
    used.attrs["rows"] = rows
    learned = tenure_training_set(
        used,
        start=start,
        left_on=left_on,
        horizon_days=horizon_days,
        today=today,
    )
    return learned, [*chosen.left_out, *learned.left_out.items()]
