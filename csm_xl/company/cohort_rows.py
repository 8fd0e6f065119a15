"""The Retention sheet: of each month's new customers, how many were still customers later."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.churn.feature_values import read_numbers
from csm_xl.churn.history import day_numbers
from csm_xl.company.frames import Company
from csm_xl.company.order_training import notes_leaving
from csm_xl.metrics.cohort_tables import days
from csm_xl.vocabulary import layout
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
    if not start.size:
        return []
    month = days(start).astype("datetime64[M]")
    rows = []
    for first in np.arange(month.min(), month.max() + 1):
        own = month == first
        row: dict[str, Any] = {"cohort": str(first), "customers": float(own.sum())}
        for later in range(1, _MONTHS + 1):
            # The last day of the month that lies `later` after the first one.
            end = _serial((first + later + 1).astype("datetime64[D]")) - 1
            if own.any() and end <= company.today:
                row[f"month_{later}"] = float((~(left[own] <= end)).mean())
        rows.append(row)
    return rows


def _serial(day: np.datetime64) -> float:
    return float((day - np.datetime64("1899-12-30", "D")) / np.timedelta64(1, "D"))


def _by_orders(company: Company, silent_days: float) -> list[dict[str, Any]]:
    amounts = np.nan_to_num(read_numbers(company.orders["amount"], "amount"))
    when = day_numbers(company.orders["date"], "date")
    who = company.orders["customer_id"].map(as_key).to_numpy(dtype=object)
    counted = (amounts >= 0) & (when <= company.today) & (who != "")
    when, who = when[counted], who[counted]
    if not when.size:
        return []
    order = np.lexsort((when, who))
    when, who = when[order], who[order]
    begins = np.flatnonzero(np.r_[True, who[1:] != who[:-1]])
    month = days(when[begins]).astype("datetime64[M]")
    places = np.repeat(np.arange(len(begins)), np.diff(np.r_[begins, len(when)]))
    rows = []
    for first in np.arange(month.min(), month.max() + 1):
        own = month == first
        row: dict[str, Any] = {"cohort": str(first), "customers": float(own.sum())}
        for later in range(1, _MONTHS + 1):
            end = _serial((first + later + 1).astype("datetime64[D]")) - 1
            if own.any() and end <= company.today:
                lately = (when <= end) & (when >= end - silent_days)
                there = np.bincount(places[lately], minlength=len(begins)) > 0
                row[f"month_{later}"] = float(there[own].mean())
        rows.append(row)
    return rows
