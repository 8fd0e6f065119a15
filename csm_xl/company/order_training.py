"""What there is to learn from a company that keeps its orders: every label has a date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from csm_xl.churn.feature_columns import choose_features
from csm_xl.company.frames import Company
from csm_xl.company.header_table import free_title
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import as_key, is_blank
from csm_xl.vocabulary.statuses import LEAST_NOTED

if TYPE_CHECKING:
    from csm_xl.churn.labels import TrainingSet

#: Owner's columns that say what kind of customer somebody is, the same on every day.
TRAITS = ("city", "source", "plan")


def sheet_features(company: Company) -> dict[str, str]:
    """Features that the Customers sheet shows, by key, with the header they have there.

    The model only learns from these, so that every probability can be followed on the sheet.
    """
    from csm_xl.churn.orders import FEATURES

    headers = company.table.headers
    places = company.table.places("customers")
    declared = {c.key: c for c in layout.table("customers").columns if c.ours}
    shown = {key: headers[places[key]] for key in FEATURES if key in places and key in declared}
    if company.table.declared:
        return shown
    # On a sheet of the owner's they are added, as far as the model comes to use them.
    lang = layout.detect_language((), headers) or "en"
    added = {key: declared[key].title.within(lang) for key in FEATURES if key in declared}
    return {
        key: shown.get(key, free_title(company.table, title, None)) for key, title in added.items()
    }


def traits(company: Company) -> dict[str, str]:
    """The owner's columns that are learned from beside the counted ones, by key, with headers."""
    headers = company.table.headers
    places = company.table.places("customers")
    chosen = set(choose_features(company.customers, None).features)
    return {key: headers[places[key]] for key in TRAITS if key in places and key in chosen}


def training_frames(company: Company) -> tuple[Any, TrainingSet]:
    """Features from the orders, under the sheet's headers, and what goes with them.

    Returns
    -------
    frame : pandas.DataFrame, n rows
    learned : TrainingSet
        Label, groups, horizon and notes.
    """
    from csm_xl.churn.contract_labels import DEFAULT_DAYS
    from csm_xl.churn.labels import training_set

    people = company.customers
    kept = [c for c in ("customer_id", "left_on", "start") if c in people]
    learned = training_set(
        company.orders,
        customers=_as_on_sheet(company, people[[*kept, *traits(company)]]),
        feedback=_dated(company.feedback),
        contacts=_dated(company.contacts),
        horizon_days=company.settings.number_or_none("horizon_days")
        or (DEFAULT_DAYS if notes_leaving(company) else None),
        today=company.day,
        window_days=int(company.settings.number("window_days")),
        new_days=int(company.settings.number("trial_days")),
        silence_is_leaving=not notes_leaving(company),
    )
    named = {**sheet_features(company), **traits(company)}
    shown = [key for key in named if key in learned.features]
    frame = learned.features[shown].rename(columns=named)
    return frame, learned


def _as_on_sheet(company: Company, people: Any) -> Any:
    """The traits in the sheet's own words, which scoring and native formulas read too."""
    shown = people.copy()
    first = company.table.row + 1
    for key, header in traits(company).items():
        cells = company.table.cells(company.table.headers.index(header))
        shown[key] = [cells[row - first] for row in company.customers.attrs["rows"]]
    return shown


def notes_leaving(company: Company) -> bool:
    """Whether the owner notes who left, so that silence need not be taken for it."""
    if "left_on" not in company.customers:
        return False
    return sum(not is_blank(cell) for cell in company.customers["left_on"]) >= LEAST_NOTED


def _dated(frame: Any) -> Any:
    return frame if frame is not None and {"customer_id", "date"} <= set(frame.columns) else None


def purchase_rows(company: Company) -> dict[str, list[float]]:
    """Orders of each customer in the terms of BG/NBD, for those who ever ordered.

    Returns
    -------
    dict of str to list of float
        ``row`` (place in the Customers table), ``orders``, ``first_to_last``, ``since_first``
        (days), and ``value`` (mean of the orders after the first, NaN where there are none).
    """
    import pandas as pd

    from csm_xl.churn.feature_values import read_numbers
    from csm_xl.churn.history import day_numbers

    who = company.orders["customer_id"].map(as_key)
    day = day_numbers(company.orders["date"], "date")
    amount = np.nan_to_num(read_numbers(company.orders["amount"], "amount"))
    used = (day <= company.today) & (amount >= 0) & who.isin([k for k in company.keys if k])
    daily = (
        pd.DataFrame({"who": who[used], "day": day[used], "amount": amount[used]})
        .groupby(["who", "day"], as_index=False)["amount"]
        .sum()
    )
    daily["first"] = daily.groupby("who")["day"].transform("min")
    each = daily.groupby("who")["day"].agg(["count", "min", "max"])
    value = daily[daily["day"] > daily["first"]].groupby("who")["amount"].mean()
    row = {key: i for i, key in enumerate(company.keys) if key}
    return {
        "row": [float(row[key]) for key in each.index],
        "orders": each["count"].astype(float).tolist(),
        "first_to_last": (each["max"] - each["min"]).tolist(),
        "since_first": (company.today - each["min"]).tolist(),
        "value": value.reindex(each.index).astype(float).tolist(),
    }


def survival_rows(company: Company) -> dict[str, Any] | None:
    """Traits, tenure in months and who left; None without start dates."""
    from csm_xl.churn.history import day_numbers
    from csm_xl.metrics.calendar_days import DAYS_PER_MONTH

    people = company.customers
    if "start" not in people or "left_on" not in people:
        return None
    start = day_numbers(people["start"], "start")
    left = day_numbers(people["left_on"], "left_on")
    gone = left <= company.today
    until = np.where(gone, left, company.today)
    known = (start <= company.today) & (until >= start)
    if gone[known].sum() < 5:
        return None
    named = traits(company)
    shown = _as_on_sheet(company, people)
    return {
        "columns": {named[key]: shown[key][known].tolist() for key in named},
        "tenure": ((until - start)[known] / DAYS_PER_MONTH).tolist(),
        "left": gone[known].tolist(),
    }


def tier_features(columns: dict[str, np.ndarray]) -> np.ndarray:
    """What loyalty tiers are made of, more being more loyal: recency, orders, revenue."""
    return np.column_stack([-columns["days_since"], columns["orders"], columns["revenue"]])
