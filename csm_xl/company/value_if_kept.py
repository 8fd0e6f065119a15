"""What each customer brings if kept: the money that a call list weighs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import read_numbers
from csm_xl.company.column_contents import spoken
from csm_xl.company.frames import Company
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.order_training import purchase_rows
from csm_xl.company.readable_cells import readable
from csm_xl.company.settings import Settings
from csm_xl.language import Text
from csm_xl.metrics.calendar_days import DAYS_PER_MONTH

#: Revenue of fewer days than this says little about a day's revenue.
_LEAST_DAYS = 90.0


def margin_if_kept(
    table: HeaderTable,
    settings: Settings,
    company: Company | None,
    columns: Mapping[str, np.ndarray],
    records: Mapping[str, str],
) -> tuple[np.ndarray, list[Text]]:
    """What the months ahead bring from each customer who stays, discounted, after the goods.

    Parameters
    ----------
    table : HeaderTable
        The customers.
    settings : Settings
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
    margin = settings.number("margin")
    if company is None:
        monthly = monthly_prices(table)
        if monthly is None:
            return np.full(len(table.rows), np.nan), []
        return margin * monthly * _annuity(settings), []
    value = order_value(company, records)
    if value is None:
        known = np.maximum(columns["days_as_customer"], _LEAST_DAYS)
        monthly = np.maximum(columns["revenue"], 0.0) / known * DAYS_PER_MONTH
        return margin * monthly * _annuity(settings), [_FROM_REVENUE]
    from csm_xl.churn.lifetime_value import margin_if_kept as kept

    return value(partial(kept, margin=margin)), []


def order_value(
    company: Company, records: Mapping[str, str]
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
    from csm_xl.churn.bg_nbd import BgNbdModel
    from csm_xl.churn.lifetime_value import GammaGammaModel

    rows = purchase_rows(company)

    def value(figure: Callable[..., Any]) -> np.ndarray:
        found = np.full(len(company.keys), np.nan)
        found[np.array(rows["row"], dtype=int)] = figure(
            BgNbdModel.from_dict(models["purchases"]),
            GammaGammaModel.from_dict(models["values"]),
            rows["orders"],
            rows["first_to_last"],
            rows["since_first"],
            rows["value"],
            company.settings.number("value_months"),
            company.settings.number("discount"),
        ).values
        return found

    return value


_FROM_REVENUE = Text(
    "There are too few repeat orders to foresee what a customer will bring, so the call list "
    "counts on the revenue so far going on.",
    "复购太少，无法预测客户未来的价值，行动清单按目前的消费水平继续来估计。",
)


def monthly_prices(table: HeaderTable) -> np.ndarray | None:
    """The column of monthly prices, for a company that keeps no orders; a yearly fee counts a twelfth."""
    place = table.places("customers").get("price")
    if place is None:
        return None
    prices = read_numbers(readable(table.cells(place), "number")[0], table.headers[place])
    return prices / 12 if _YEARLY.search(spoken(table.headers[place])) else prices


_YEARLY = re.compile(
    r"\b(annual|annually|yearly|year|years|arr|per annum|p a|jahres\w*|jährlich\w*|annuelle?s?"
    r"|anual(es)?|annual[ei]|jaar\w*)\b|年费|年付|每年|年服务费|年租|年额|年額|年保费"
)


def _annuity(settings: Settings) -> float:
    """How many months of today's money the months ahead are worth."""
    months = np.arange(1, int(settings.number("value_months")) + 1)
    return float(((1 + settings.number("discount")) ** (-months / 12)).sum())
