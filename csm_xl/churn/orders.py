"""What the orders, feedback and contacts of each customer looked like on a given day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from csm_xl.churn.history import History
from csm_xl.churn.timeline import Timeline
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats, Ints
from csm_xl.vocabulary.settings import default_number

#: Days in the recent window and in the one before it.
WINDOW_DAYS = int(default_number("window_days"))

DAYS_A_MONTH = 30
#: Days added before a rate or a gap is taken, so that one or two orders are not taken at face
#: value.
PRIOR_DAYS = 30

#: Every feature with its name in both languages.
FEATURES: dict[str, Text] = {
    "days_since": Text("Days since last order", "距上次下单天数"),
    "days_as_customer": Text("Days as customer", "成为客户的天数"),
    "orders": Text("Orders", "订单数"),
    "revenue": Text("Revenue", "消费额"),
    "average_order": Text("Average order", "平均每单金额"),
    "order_rate": Text("Orders a month", "每月下单次数"),
    "gap_trend": Text("Trend of days between orders", "下单间隔的变化"),
    "silence": Text("Silence in usual gaps", "沉默时间相当于几个平常间隔"),
    "usage_now": Text("Recent activity", "近期活跃"),
    "usage_before": Text("Earlier activity", "此前活跃"),
    "spend_now": Text("Recent spend", "近期消费额"),
    "spend_before": Text("Earlier spend", "此前消费额"),
    "refund_share": Text("Refund share", "退款占比"),
    "products": Text("Different products", "购买过的商品种数"),
    "feedback_count": Text("Feedback frequency", "反馈次数"),
    "days_since_feedback": Text("Days since last feedback", "距上次反馈天数"),
    "rating": Text("Average rating", "平均评分"),
    "last_rating": Text("Last rating", "最近一次评分"),
    "sentiment": Text("Sentiment", "情感倾向"),
    "contacts": Text("Contacts", "联系次数"),
    "days_since_contact": Text("Days since last contact", "距上次联系天数"),
    "orders_now": Text("Recent orders", "近期订单数"),
    "orders_before": Text("Earlier orders", "此前订单数"),
}


def order_features(history: History, day: int | None = None, window_days: int = WINDOW_DAYS) -> Any:
    """The features of every customer, from nothing later than `day`.

    Parameters
    ----------
    history : History
        See :func:`~csm_xl.churn.history.read_history`.
    day : int, optional
        The cut-off: what happened on this day still counts, what came later does not. The last
        day on record by default.
    window_days : int
        Length of the recent window, and of the earlier one before it.

    Returns
    -------
    pandas.DataFrame
        One row per customer of `history`, indexed by key, with the columns of :data:`FEATURES`
        as far as the tables tell them. For a customer without an order by that day every column
        that needs one is NaN; recent and earlier activity are then those of the visits, if any.

    Notes
    -----
    With n days with an order, ``order_rate`` is ``30 n / (days as customer + 30)``, and
    ``silence`` the days since the last order by the usual gap, ``(days from the first to the last
    order + 30) / n``. ``gap_trend`` is the mean gap of the later half of these days by that of
    the earlier half (above 1: slowing down). ``usage_now`` counts orders and visits of the recent
    window; where there are visits, ``orders_now`` counts the orders alone. Amounts are net of
    refunds but for ``average_order``.
    """
    import pandas as pd

    cutoff = history.today if day is None else int(day)
    columns = _ordering(history, cutoff, window_days)
    if history.feedback is not None:
        columns |= _feeding_back(history, history.feedback, cutoff)
    if history.contacts is not None:
        columns["contacts"] = history.contacts.total("times", None, cutoff)
        columns["days_since_contact"] = _since_last(history.contacts, cutoff)
    if history.visits is not None:
        for name, until in (("now", cutoff), ("before", cutoff - window_days)):
            visits = history.visits.total("times", until - window_days, until)
            ordered = columns[f"usage_{name}"]
            columns[f"orders_{name}"] = ordered
            columns[f"usage_{name}"] = np.nan_to_num(ordered) + visits
    return pd.DataFrame(columns, index=pd.Index(history.customers, name="customer_id"))


def _ordering(history: History, cutoff: int, window: int) -> dict[str, Floats]:
    """The features that orders and refunds tell."""
    orders, refunds = history.orders, history.refunds
    end = orders.until(cutoff)
    # Days with an order, not orders: two on one day are not a gap of nothing.
    days = np.where(end > orders.begin, end - orders.begin, 0)
    totals: dict[str, Floats | Ints] = {
        "days": days,
        "first": orders.day_at(orders.begin),
        "last": orders.day_at(end - 1),
        "middle": orders.day_at(orders.begin + days // 2),
    }
    for name, after, until in (
        ("", None, cutoff),
        ("_now", cutoff - window, cutoff),
        ("_before", cutoff - 2 * window, cutoff - window),
    ):
        totals[f"orders{name}"] = orders.total("orders", after, until)
        totals[f"sales{name}"] = orders.total("sales", after, until)
        totals[f"refunded{name}"] = refunds.total("amount", after, until)
    if history.products is not None:
        totals["products"] = history.products.count(None, cutoff)
    return features_of_totals(totals, cutoff)


def features_of_totals(totals: Mapping[str, Floats | Ints], cutoff: int) -> dict[str, Floats]:
    """The features of each customer that follow from totals, wherever these were added up.

    Parameters
    ----------
    totals : mapping of str to array (k,)
        ``days`` on which the customer ordered, ``first`` and ``last`` of them and ``middle``, the
        one at place days // 2 from 0; ``orders``, ``sales`` and ``refunded``, and each of these of
        the recent window (``orders_now``) and of the one before (``orders_before``); ``products``
        where they are known.
    cutoff : int
        The day of the figures.

    Returns
    -------
    dict of str to array (k,)
        By names of :data:`FEATURES`; NaN for customers without an order.
    """
    days, first, last = totals["days"], totals["first"], totals["last"]
    count, sales, refunded = totals["orders"], totals["sales"], totals["refunded"]
    some = np.asarray(days) > 0
    usual_gap = _divided(last - first + PRIOR_DAYS, days, some)
    since, known_for = cutoff - last, cutoff - first
    columns = {
        "days_since": since,
        "days_as_customer": known_for,
        "orders": count,
        "revenue": sales - refunded,
        "average_order": _divided(sales, count, count > 0),
        "order_rate": _divided(DAYS_A_MONTH * days, known_for + PRIOR_DAYS, some),
        "gap_trend": _gap_trend(first, totals["middle"], last, days),
        "silence": _divided(since, usual_gap, some),
    }
    for name in ("now", "before"):
        columns[f"usage_{name}"] = totals[f"orders_{name}"]
        columns[f"spend_{name}"] = totals[f"sales_{name}"] - totals[f"refunded_{name}"]
    # Refunds of what was bought before the record began can exceed all sales in it.
    columns["refund_share"] = np.minimum(_divided(refunded, sales, sales > 0), 1.0)
    if "products" in totals:
        columns["products"] = totals["products"]
    features = {name: np.array(columns[name], dtype=float) for name in FEATURES if name in columns}
    for column in features.values():
        column[~some] = np.nan
    return features


def _gap_trend(
    first: Floats | Ints, at: Floats | Ints, last: Floats | Ints, days: Floats | Ints
) -> Floats:
    middle = days // 2
    enough = days > 2
    later = _divided(last - at, days - 1 - middle, enough)
    return _divided(later, _divided(at - first, middle, enough), enough)


def _feeding_back(history: History, feedback: Timeline, cutoff: int) -> dict[str, Floats]:
    """The features that feedback tells; NaN means of customers who gave none."""
    columns = {
        "feedback_count": feedback.count(None, cutoff).astype(float),
        "days_since_feedback": _since_last(feedback, cutoff),
    }
    for name, there in (("rating", history.has_rating), ("sentiment", history.has_sentiment)):
        if there:
            n = feedback.total(f"{name}s", None, cutoff)
            columns[name] = _divided(feedback.total(name, None, cutoff), n, n > 0)
    if history.has_rating:
        rated = feedback.only("ratings")
        columns["last_rating"] = rated.value_at("rating", rated.until(cutoff) - 1)
    return columns


def _since_last(events: Timeline, cutoff: int) -> Floats:
    return cutoff - events.day_at(events.until(cutoff) - 1)


def _divided(a: Floats | Ints, b: Floats | Ints, where: Flags) -> Floats:
    out = np.full(np.shape(a), np.nan)
    return np.divide(a, b, out=out, where=where & (np.asarray(b) != 0))
