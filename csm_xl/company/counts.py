"""Figures of each customer counted from orders, feedback and contacts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.company.frames import Company
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH
from csm_xl.vocabulary.cells import as_key

#: Days without any order after which the records seem to have ended.
_LONG = 60.0


def counted(company: Company) -> tuple[dict[str, np.ndarray], list[Text]]:
    """Our columns' keys to a value for each row of the Customers table, NaN where blank.

    Returns
    -------
    columns : dict of str to ndarray of float, shape (n_rows,)
    notes : list of Text
        What was left out, and why.
    """
    from csm_xl.churn.history import read_history
    from csm_xl.churn.orders import order_features

    history = read_history(
        company.orders,
        customers=company.keys,
        feedback=_with_customer_and_date(company.feedback),
        contacts=_with_customer_and_date(company.contacts),
        today=company.day,
    )
    frame = order_features(history, None, int(company.settings.number("window_days")))
    columns = {name: _by_row(company, frame[name]) for name in frame.columns}
    orders = columns["orders"]
    columns["last_order"] = company.today - columns["days_since"]
    columns["loyalty"] = metrics.loyalty(np.maximum(orders - 1, 0), orders).values
    columns |= _from_feedback(company)
    return columns, [*history.notes, *_long_ago(company, columns["last_order"])]


def _long_ago(company: Company, last_order: np.ndarray) -> list[Text]:
    """A note where the records end long before the date of the figures: then all seem silent."""
    known = last_order[~np.isnan(last_order)]
    if not known.size or company.today - known.max() < _LONG:
        return []
    day = EXCEL_EPOCH + dt.timedelta(days=float(known.max()))
    return [
        Text(
            "The newest order is from {day}, {n} days before the date of the figures. If your "
            "records end there, type that day on the Settings sheet (“{label_en}”).",
            "最近一笔订单是 {day}，比统计日期早 {n} 天。如果数据只到那天，请在“设置”的“{label_zh}”中填写该日期。",
        ).fill(
            day=f"{day:%Y-%m-%d}",
            n=int(company.today - known.max()),
            label_en=layout.setting("as_of").label.en,
            label_zh=layout.setting("as_of").label.zh,
        )
    ]


def _with_customer_and_date(frame: Any) -> Any:
    if frame is None or not {"customer_id", "date"} <= set(frame.columns):
        return None
    return frame


def _by_row(company: Company, values: Any) -> np.ndarray:
    """A series indexed by customer number, laid out as the rows of the sheet."""
    found = dict(zip(values.index, values.to_numpy(dtype=float), strict=True))
    return np.array([found.get(key, np.nan) for key in company.keys], dtype=float)


def _from_feedback(company: Company) -> dict[str, np.ndarray]:
    """Complaints and mean experience; blank without a Feedback sheet."""
    feedback = _with_customer_and_date(company.feedback)
    if feedback is None:
        return {}
    from csm_xl.churn.history import day_numbers

    known = day_numbers(feedback["date"], "date") <= company.today
    who = feedback["customer_id"].map(as_key)
    columns: dict[str, np.ndarray] = {}
    if "kind" in feedback:
        complaints = (feedback["kind"] == "complaint")[known].groupby(who[known]).sum()
        columns["complaints"] = np.nan_to_num(_by_row(company, complaints.astype(float)))
    parts = [name for name in ("functional", "service", "emotional") if name in feedback]
    if len(parts) == 3:
        import pandas as pd

        scores = metrics.experience(
            *(pd.to_numeric(feedback[name], errors="coerce").to_numpy(float) for name in parts)
        ).values
        mean = pd.Series(scores, index=feedback.index)[known].groupby(who[known]).mean()
        columns["experience"] = _by_row(company, mean)
    return columns
