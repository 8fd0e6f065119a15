"""What each customer brings if kept: the money that a call list weighs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.reading import read_numbers
from csm_xl.commands.company import Company, setting
from csm_xl.commands.from_orders import purchase_rows
from csm_xl.commands.header_table import Source
from csm_xl.company.readable_cells import readable
from csm_xl.language import Text
from csm_xl.metrics.cohorts import DAYS_PER_MONTH

#: Revenue of fewer days than this says little about a day's revenue.
_LEAST_DAYS = 90.0


def margin_if_kept(
    book: xw.Book,
    source: Source,
    company: Company | None,
    columns: Mapping[str, np.ndarray],
    records: Mapping[str, str],
) -> tuple[np.ndarray, list[Text]]:
    """What the months ahead bring from each customer who stays, discounted, after the goods.

    Parameters
    ----------
    book : xlwings.Book
    source : Source
        The customers.
    company : Company or None
        Where orders are kept.
    columns : mapping of str to ndarray, shape (n,)
        The counted figures.
    records : mapping of str to str
        The workbook's models.

    Returns
    -------
    values : ndarray of float, shape (n,)
        NaN where nothing is known.
    notes : list of Text
        How they were found, unless by the model of orders.
    """
    margin = setting(book, "margin")
    if company is None:
        monthly = _prices(source)
        if monthly is None:
            return np.full(len(source.rows), np.nan), []
        return margin * monthly * _annuity(book), []
    value = order_value(book, company, records)
    if value is None:
        known = np.maximum(columns["days_as_customer"], _LEAST_DAYS)
        monthly = np.maximum(columns["revenue"], 0.0) / known * DAYS_PER_MONTH
        return margin * monthly * _annuity(book), [_FROM_REVENUE]
    from csm_xl.churn.value import margin_if_kept as kept

    return value(partial(kept, margin=margin)), []


def order_value(
    book: xw.Book, company: Company, records: Mapping[str, str]
) -> Callable[[Callable[..., Any]], np.ndarray] | None:
    """What a figure of the models of orders says of each customer.

    Returns
    -------
    callable or None
        Takes a function of (purchases, values, orders, first to last, since first, value, months,
        discount), gives an array (n,), NaN for customers without orders. None without the models.
    """
    models = json.loads(records["purchases"]) if "purchases" in records else {}
    if "values" not in models:
        return None
    from csm_xl.churn.purchases import PurchaseModel
    from csm_xl.churn.value import ValueModel

    rows = purchase_rows(company)

    def value(figure: Callable[..., Any]) -> np.ndarray:
        found = np.full(len(company.keys), np.nan)
        found[np.array(rows["row"], dtype=int)] = figure(
            PurchaseModel.from_dict(models["purchases"]),
            ValueModel.from_dict(models["values"]),
            rows["orders"],
            rows["first_to_last"],
            rows["since_first"],
            rows["value"],
            setting(book, "value_months"),
            setting(book, "discount"),
        ).values
        return found

    return value


_FROM_REVENUE = Text(
    "There are too few repeat orders to foresee what a customer will bring, so the call list "
    "counts on the revenue so far going on.",
    "复购太少，无法预测客户未来的价值，行动清单按目前的消费水平继续来估计。",
)


def _prices(source: Source) -> np.ndarray | None:
    """The column of monthly prices, for a company that keeps no orders."""
    place = source.places("customers").get("price")
    if place is None:
        return None
    return read_numbers(readable(source.cells(place), "number")[0], source.headers[place])


def _annuity(book: xw.Book) -> float:
    """How many months of today's money the months ahead are worth."""
    months = np.arange(1, int(setting(book, "value_months")) + 1)
    return float(((1 + setting(book, "discount")) ** (-months / 12)).sum())
