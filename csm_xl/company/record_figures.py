"""Key figures of what an owner keeps beside the list: orders or invoices, reviews, calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.company.frames import Company
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.rule_health import day_of, rating_of
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import folded

#: Figures are of so many days, and beside them those of as many before.
_YEAR = 365.0

#: A title, the figure of the last year and of the one before, and their number format.
Figure = tuple[Text, float, float, str]


def record_figures(
    tables: Sequence[HeaderTable], company: Company | None, today: float
) -> list[Figure]:
    """How many orders, how much, and what reviews say: in the last year, and in the one before.

    Parameters
    ----------
    tables : sequence of HeaderTable
        The owner's tables; several of one form, such as one for each year, are one.
    company : Company or None
        Where orders are counted for customers.
    today : float
        A serial number.
    """
    found: list[Figure] = []
    if company is not None:
        found += _orders(company, today)
    reviews = _of_one_form([t for t in tables if t.kind == "feedback" and not t.declared])
    found += _ratings(reviews, today)
    calls = _of_one_form([t for t in tables if t.kind == "contacts" and not t.declared])
    days = _days(calls)
    if days.size:
        found.append((Text("Calls and visits", "联系次数"), *_counts(days, today), "#,##0"))
    return found


def _orders(company: Company, today: float) -> list[Figure]:
    from csm_xl.churn.history import day_numbers

    orders = company.orders
    days = np.asarray(day_numbers(orders["date"], "date"), dtype=float)
    amounts = np.nan_to_num(orders["amount"].to_numpy(dtype=float))
    bought = amounts > 0
    now, before = _within(days, today)
    return [
        (
            Text("Orders", "订单数"),
            float((now & bought).sum()),
            float((before & bought).sum()),
            "#,##0",
        ),
        (
            Text("Revenue, less refunds", "销售额（减退款）"),
            float(amounts[now].sum()),
            float(amounts[before].sum()),
            "#,##0.00",
        ),
    ]


def _ratings(reviews: list[HeaderTable], today: float) -> list[Figure]:
    """The number of answers, and the mean of each column of ratings."""
    days = _days(reviews)
    if not days.size:
        return []
    found: list[Figure] = [
        (Text("Reviews and answers", "评价与答复"), *_counts(days, today), "#,##0")
    ]
    for place in reviews[0].roles.places("rating"):
        given = _column(reviews, place, rating_of)
        known = ~np.isnan(given)
        title = reviews[0].headers[place]
        means = [
            float(given[one & known].mean()) if (one & known).any() else float("nan")
            for one in _within(days, today)
        ]
        found.append((Text(f"Mean of {title}", f"“{title}”平均值"), means[0], means[1], "0.00"))
    return found


def _of_one_form(tables: list[HeaderTable]) -> list[HeaderTable]:
    """Tables that have the same titles; none where they differ, since one may repeat another."""
    forms = {tuple(map(folded, table.headers)) for table in tables}
    return tables if len(forms) == 1 else []


def _days(tables: list[HeaderTable]) -> np.ndarray:
    place = tables[0].roles.place("date") if tables else None
    return np.array([]) if place is None else _column(tables, place, day_of)


def _column(tables: list[HeaderTable], place: int, read: Any) -> np.ndarray:
    return np.array([read(cell) for table in tables for cell in table.cells(place)], dtype=float)


def _within(days: np.ndarray, today: float) -> tuple[np.ndarray, np.ndarray]:
    ago = today - days
    return (ago >= 0) & (ago < _YEAR), (ago >= _YEAR) & (ago < 2 * _YEAR)


def _counts(days: np.ndarray, today: float) -> tuple[float, float]:
    now, before = _within(days, today)
    return float(now.sum()), float(before.sum())
