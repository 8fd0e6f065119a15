"""Orders added up in the engine to one row per customer: only that comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csm_xl.churn.orders import features_of_totals
from csm_xl.database import readings
from csm_xl.database.sources import opened
from csm_xl.errors import SheetError, TooLittleDataError
from csm_xl.vocabulary import layout, words

#: What a table of orders must have, and what is used where it is there.
_NEEDED = ("customer_id", "date", "amount")
_USED = (*_NEEDED, "order_id", "product", "kind")


def order_figures(
    address: str,
    today: int,
    window_days: int,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
) -> tuple[Any, int]:
    """The figures of every customer from a table of orders, as those of a sheet's orders.

    Parameters
    ----------
    address : str
        See :mod:`csm_xl.database.sources`.
    today : int
        The day of the figures, a serial number; later orders do not count.
    window_days : int
    table, query : str, optional
    maps : sequence of str
        ``THEIRS=OURS``: which column is which, where its title does not say so.

    Returns
    -------
    figures : pandas.DataFrame
        One row per customer who ordered, indexed by key, with the columns of
        :data:`csm_xl.churn.orders.FEATURES` that orders tell.
    orders : int
        How many orders they are.

    Raises
    ------
    CsmError
    """
    import pandas as pd

    with opened(address, "orders", table=table, query=query, texts=_keys) as source:
        columns = columns_of(source.table, maps)
        found = totals(source.table, columns, today, window_days, source.has_nan)
        added = found.execute()
        if added.empty:
            raise TooLittleDataError(
                f"{source.shown} holds no order with a customer, a date until the date of the "
                "figures and an amount that is not negative.",
                f"{source.shown} 中没有在统计日期之前、带有客户且金额不为负的订单。",
            )
    arrays = {
        name: added[name].to_numpy(dtype=float, na_value=np.nan)
        for name in added.columns
        if name != "customer"
    }
    for name in arrays:
        if name.startswith("refunded") or name == "products":
            arrays[name] = np.nan_to_num(arrays[name])
    figures = features_of_totals(arrays, today)
    index = pd.Index(added["customer"].astype(str), name="customer_id")
    return pd.DataFrame(figures, index=index), int(arrays["orders"].sum())


def columns_of(table: Any, maps: Sequence[str] = ()) -> dict[str, str]:
    """Which column of a table is which of an Orders sheet, by the titles that sheets have.

    Raises
    ------
    SheetError
        Names the columns that are missing and those that are there.
    """
    headers = list(table.columns)
    places = layout.match_headers(headers, "orders", chosen=_chosen(headers, maps)).columns
    missing = [layout.table("orders").column(name).title for name in _NEEDED if name not in places]
    if missing:
        there = ", ".join(headers[:20])
        raise SheetError(
            f"The orders have no column {' and no column '.join(t.en for t in missing)}. Say which it is: "
            f'--map "THEIRS=OURS". There are: {there}.',
            f'订单中没有“{"”“".join(t.zh for t in missing)}”列，请用 --map "原列名=我们的列名" 指定。'
            f"现有：{there}。",
        )
    return {name: headers[places[name]] for name in _USED if name in places}


def _chosen(headers: Sequence[str], maps: Sequence[str]) -> dict[str, int]:
    """What ``THEIRS=OURS`` says: our column's key to the place of their header."""
    chosen: dict[str, int] = {}
    for pair in maps:
        theirs, _, ours = pair.rpartition("=")
        key = ours if ours in _USED else layout.match_headers([ours], "orders").key_of.get(0, "")
        if theirs not in headers or key not in _USED:
            titles = ", ".join(layout.table("orders").column(name).title.en for name in _USED)
            zh = "、".join(layout.table("orders").column(name).title.zh for name in _USED)
            raise SheetError(
                f"--map {pair} does not fit: left of the last = stands one of {', '.join(headers[:20])}; "
                f"right of it one of {titles}.",
                f"--map {pair} 不正确：最后一个 = 左边应为 {', '.join(headers[:20])} 之一，右边应为 {zh} 之一。",
            )
        chosen[key] = headers.index(theirs)
    return chosen


def totals(
    table: Any, columns: Mapping[str, str], today: int, window_days: int, has_nan: bool = True
) -> Any:
    """What each customer's orders add up to, see :func:`csm_xl.churn.orders.features_of_totals`.

    Parameters
    ----------
    table : ibis Table
    columns : mapping of str to str
        Our names to the table's, see :func:`columns_of`.
    today, window_days : int
    has_nan : bool

    Returns
    -------
    ibis Table
        ``customer`` and the totals; one row per customer who ordered.
    """
    import ibis

    lines = _lines(table, columns, today, has_nan)
    bought = lines.filter(lines.amount >= 0)
    named = "order_id" in columns
    by = ["customer", "day", "number"] if named else ["customer", "day"]
    groups = bought.group_by(by).aggregate(
        sales=bought.amount.sum(), orders=bought.count().cast("int64")
    )
    if named:
        # An order whose lines are of several days is one of the first of them.
        place = ibis.row_number().over(
            group_by=groups.number, order_by=[groups.day, groups.customer]
        )
        ranked = groups.mutate(place=place)
        once = (ranked.place == 0).ifelse(1, 0)
        groups = ranked.mutate(orders=ranked.number.isnull().ifelse(ranked.orders, once))
    daily = groups.group_by(["customer", "day"]).aggregate(
        sales=groups.sales.sum(), orders=groups.orders.sum()
    )
    if "product" in columns and not named:
        daily = daily.mutate(orders=ibis.literal(1, "int64"))
    of_customer = ibis.window(group_by=daily.customer)
    placed = daily.mutate(
        place=ibis.row_number().over(group_by=daily.customer, order_by=daily.day),
        n=daily.count().over(of_customer),
    )
    half = (placed.place * 2 == placed.n) | (placed.place * 2 + 1 == placed.n)
    found = placed.group_by("customer").aggregate(
        days=placed.count(),
        first=placed.day.min(),
        last=placed.day.max(),
        middle=half.ifelse(placed.day, ibis.null("int64")).max(),
        **_windows(placed, "orders", "orders", today, window_days),
        **_windows(placed, "sales", "sales", today, window_days),
    )
    refunds = lines.filter(lines.amount < 0).mutate(back=-lines.amount)
    back = refunds.group_by(whose=refunds.customer).aggregate(
        **_windows(refunds, "back", "refunded", today, window_days)
    )
    joined = found.left_join(back, found.customer == back.whose).drop("whose")
    if "product" in columns:
        goods = bought.group_by(whose=bought.customer).aggregate(products=bought.product.nunique())
        joined = joined.left_join(goods, joined.customer == goods.whose).drop("whose")
    return joined


def _lines(table: Any, columns: Mapping[str, str], today: int, has_nan: bool) -> Any:
    """The rows that can be used: customer, day, amount (negative for a refund), number, product."""
    given = table.select(**columns)
    if "order_id" in columns:
        # Only with an order number can a copy be told from a repeat.
        number = readings.key(given, "order_id")
        given = given.filter(number.notnull()).distinct().union(given.filter(number.isnull()))
    dates = readings.number_spellings(given, "date", "date")
    amounts = readings.number_spellings(given, "amount", "number")
    date = readings.number(given, "date", "date", spellings=dates, has_nan=has_nan)
    amount = readings.number(given, "amount", spellings=amounts, has_nan=has_nan)
    readings.refuse_impossible(given, {"amount": amount}, {"date": date})
    amount = amount.fill_null(0.0)
    if "kind" in columns:
        refund = words.ORDER_KINDS.key("refund")
        kinds = given.select("kind").distinct().execute()["kind"].tolist()
        meant = [kind for kind in kinds if kind and words.ORDER_KINDS.key(str(kind)) == refund]
        if meant:
            amount = (given.kind.isin(meant) & (amount > 0)).ifelse(-amount, amount)
    further = {}
    if "order_id" in columns:
        further["number"] = readings.key(given, "order_id")
    if "product" in columns:
        further["product"] = readings.key(given, "product")
    lines = given.select(
        customer=readings.key(given, "customer_id"),
        day=date.floor().cast("int64"),
        amount=amount,
        **further,
    )
    return lines.filter(lines.customer.notnull() & lines.day.notnull() & (lines.day <= today))


def _windows(events: Any, value: str, name: str, today: int, window_days: int) -> dict[str, Any]:
    """A value's sum: ever, in the recent window, in the one before it."""
    day, of = events.day, events[value]
    now = day > today - window_days
    before = (day > today - 2 * window_days) & ~now
    nothing = 0 if of.type().is_integer() else 0.0
    return {
        name: of.sum(),
        f"{name}_now": now.ifelse(of, nothing).sum(),
        f"{name}_before": before.ifelse(of, nothing).sum(),
    }


def _keys(headers: Sequence[str]) -> list[str]:
    places = layout.match_headers(headers, "orders").columns
    return [headers[places[k]] for k in ("customer_id", "order_id", "product") if k in places]
