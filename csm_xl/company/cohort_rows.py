"""The Retention sheet: of each month's new customers, how many were still customers later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import read_numbers
from csm_xl.churn.history import day_numbers
from csm_xl.company.frames import Company
from csm_xl.company.order_training import notes_leaving
from csm_xl.metrics.calendar_days import days
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import serial
from csm_xl.vocabulary.cells import as_key

_MONTHS = 12


def cohort_rows(company: Company, silent_days: float) -> list[dict[str, Any]]:
    """Rows of the cohort table, the oldest month first, as many of the latest as it holds.

    Where the owner notes who left, a customer counts until the day of leaving; else while the last
    order is no longer ago than `silent_days`, as on every sheet.
    """
    if notes_leaving(company) and "start" in company.customers:
        found = _by_leaving(company)
    else:
        found = _by_orders(company, silent_days)
    return found[-layout.table("cohorts").rows :]


def _by_leaving(company: Company) -> list[dict[str, Any]]:
    start = day_numbers(company.customers["start"], "start")
    left = day_numbers(company.customers["left_on"], "left_on")
    known = start <= company.today
    start, left = start[known], left[known]
    return _rows(start, company.today, lambda end: ~(left <= end))


def _by_orders(company: Company, silent_days: float) -> list[dict[str, Any]]:
    amounts = np.nan_to_num(read_numbers(company.orders["amount"], "amount"))
    when = day_numbers(company.orders["date"], "date")
    who = company.orders["customer_id"].map(as_key).to_numpy(dtype=object)
    counted = (amounts >= 0) & (when <= company.today) & (who != "")
    when, who = when[counted], who[counted]
    order = np.lexsort((when, who))
    when, who = when[order], who[order]
    begins = np.flatnonzero(np.r_[True, who[1:] != who[:-1]]) if when.size else np.array([], int)
    places = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(when)]))

    def ordered_lately(end: float) -> np.ndarray:
        lately = (when <= end) & (when >= end - silent_days)
        return np.bincount(places[lately], minlength=len(begins)) > 0

    return _rows(when[begins], company.today, ordered_lately)


def _rows(
    first_day: np.ndarray, today: float, there: Callable[[float], np.ndarray]
) -> list[dict[str, Any]]:
    """A row for each month of a `first_day`; `there` tells who is still a customer on a day."""
    if not first_day.size:
        return []
    month = days(first_day).astype("datetime64[M]")
    rows = []
    for first in np.arange(month.min(), month.max() + 1):
        own = month == first
        row: dict[str, Any] = {"cohort": str(first), "customers": float(own.sum())}
        for later in range(1, _MONTHS + 1):
            # The last day of the month that lies `later` after the first one.
            end = serial((first + later + 1).astype("datetime64[D]").astype(object)) - 1
            if own.any() and end <= today:
                row[f"month_{later}"] = float(there(end)[own].mean())
        rows.append(row)
    return rows
