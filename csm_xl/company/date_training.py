"""What there is to learn from customers with a start and, where they left, an end."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from csm_xl.churn.columns import choose_features
from csm_xl.company.customers import holds_customer, own_headers
from csm_xl.company.header_table import HeaderTable, refuse_duplicate_headers
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH


def has_dates(table: HeaderTable) -> bool:
    """Whether a sheet has Start and Left on, and no column that says who left."""
    places = layout.match_headers(table.headers, "customers").columns
    return layout.find_label(table.headers) is None and {"start", "left_on"} <= set(places)


def day_of(today: float) -> np.datetime64:
    """A serial number as a day."""
    epoch = np.datetime64(EXCEL_EPOCH.date().isoformat(), "D")
    return epoch + np.timedelta64(int(today), "D")


def dated_training(
    table: HeaderTable,
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

    refuse_duplicate_headers(table)
    match = layout.match_headers(table.headers, "customers")
    declared = layout.table("customers")
    headers = table.headers
    kept = holds_customer(table)
    rows = [row for row, holds in zip(table.row_numbers, kept, strict=True) if holds]
    frame = pd.DataFrame(table.rows, columns=headers, dtype=object)[kept]
    start, left_on = (headers[match.columns[key]] for key in ("start", "left_on"))
    places = match.columns.items()
    chosen = choose_features(
        frame,
        left_on,
        own=own_headers(table, copies),
        personal=[headers[p] for key, p in places if declared.column(key).personal],
        identifiers=[headers[p] for key, p in places if declared.column(key).identifier],
        rows=rows,
    )
    features = [name for name in chosen.features if name != start]
    table.refuse_errors([headers.index(name) for name in (start, left_on, *features)])
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
