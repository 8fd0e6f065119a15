"""Orders added up in the engine to one row per customer: only that comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from csm_xl.database import readings
from csm_xl.database.figures import OrderLines, figures, totals
from csm_xl.database.progress import Progress, watched
from csm_xl.database.sources import Source, opened
from csm_xl.errors import SheetError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.vocabulary import export_headers, layout, words
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.headers import normalised
from csm_xl.vocabulary.order_statuses import STATUS_TITLE, status_meaning

#: What a table of orders must have, and what is used where it is there.
_NEEDED = ("customer_id", "date", "amount")
_ADDING = Text("Adding up the orders", "正在汇总订单")
_USED = (*_NEEDED, "order_id", "product", "kind")


def order_figures(
    address: str,
    today: int,
    window_days: int,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    progress: Progress | None = None,
) -> tuple[Any, int, tuple[Text, ...]]:
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
    progress : callable, optional

    Returns
    -------
    figures : pandas.DataFrame
        One row per customer who ordered, indexed by key, with the columns of
        :data:`csm_xl.churn.orders.FEATURES` that orders tell.
    orders : int
        How many orders they are.
    notes : tuple of Text

    Raises
    ------
    CsmError
    """
    with orders_at(address, today, table=table, query=query, maps=maps) as (source, lines):
        with watched(source, progress, _ADDING):
            found = fetched(figures(totals(lines, today, window_days), today))
        if found.empty:
            raise no_orders(source)
        return found, int(found["orders"].sum()), source.notes


@contextmanager
def orders_at(
    address: str,
    today: int,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
) -> Iterator[tuple[Source, OrderLines]]:
    """A table of orders by its address, and those of its lines that can be used.

    Parameters
    ----------
    address, today, table, query, maps
        See :func:`order_figures`.
    """
    with opened(address, "orders", table=table, query=query, texts=_keys) as source:
        columns = columns_of(source.table, maps)
        told = replace(source, notes=(*source.notes, *_called_off(source.table, columns)))
        yield told, OrderLines(_lines(source.table, columns, today, source.has_nan))


def _called_off(table: Any, columns: Mapping[str, str]) -> list[Text]:
    """A word about statuses by which no sale came of an order: nobody leaves such orders out here."""
    notes = []
    for name, dtype in table.schema().items():
        if not dtype.is_string() or name in columns.values():
            continue
        if not STATUS_TITLE.search(folded(name)):
            continue
        held = table.select(name).distinct().limit(_MOST_STATUSES + 1).execute()[name]
        off = sorted(v for v in held if isinstance(v, str) and status_meaning(v) in _NO_SALE)
        if off and len(held) <= _MOST_STATUSES:
            said = {"column": name, "first": off[0].replace("'", "''")}
            notes.append(_COUNTED_TOO.fill(values=", ".join(off[:_NAMED]), **said))
    return notes


#: More different texts are no statuses.
_MOST_STATUSES, _NAMED = 30, 3
_NO_SALE = frozenset({"cancelled", "unpaid", "refunded"})
_COUNTED_TOO = Text(
    "Orders whose {column} is {values} are counted like all others. Leave them out with --query, such as "
    "\"SELECT * FROM orders WHERE coalesce({column}, '') <> '{first}'\".",
    "{column} 为 {values} 的订单也已计入。如需排除，请使用 --query，例如 "
    "\"SELECT * FROM orders WHERE coalesce({column}, '') <> '{first}'\"。",
)


def fetched(figures: Any) -> Any:
    """Figures as a frame indexed by the customers' keys."""
    frame = figures.execute()
    index = frame["customer"].astype(str).rename("customer_id")
    numbers = {
        name: frame[name].to_numpy(dtype=float, na_value=np.nan)
        for name in frame.columns
        if name != "customer"
    }
    return type(frame)(numbers, index=index)


def no_orders(source: Source) -> TooLittleDataError:
    """What is wrong with a table in which no order can be used."""
    return TooLittleDataError(
        f"{source.shown} holds no order with a customer, a date until the date of the "
        "figures and an amount that is not negative.",
        f"{source.shown} 中没有在统计日期之前、带有客户且金额不为负的订单。",
    )


def columns_of(table: Any, maps: Sequence[str] = ()) -> dict[str, str]:
    """Which column of a table is which of an Orders sheet, by the titles that sheets and exports have.

    Raises
    ------
    SheetError
        Names the columns that are missing and those that are there.
    """
    headers = list(table.columns)
    places = layout.match_headers(headers, "orders", chosen=_chosen(headers, maps)).columns
    places = _exported(headers, places) | places
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


def _exported(headers: Sequence[str], known: Mapping[str, int]) -> dict[str, int]:
    """What is not known yet by the titles of exports, in any language, where just one fits."""
    names = export_headers.aliases("orders")
    found = {}
    for key in _USED:
        called = {
            *names.get(key, ()),
            *(export_headers.WHO["account"] if key == "customer_id" else ()),
        }
        wanted = {normalised(name) for name in called}
        places = [i for i, header in enumerate(headers) if normalised(header) in wanted]
        if len(places) == 1 and places[0] not in known.values():
            found[key] = places[0]
    return found


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
                f"--map {pair} 不正确：最后一个 = 左边应为 {'、'.join(headers[:20])} 之一，右边应为 {zh} 之一。",
            )
        chosen[key] = headers.index(theirs)
    return chosen


def _lines(table: Any, columns: Mapping[str, str], today: int, has_nan: bool) -> Any:
    """The rows that can be used: customer, day, amount (negative for a refund), number, product."""
    given = table.select(**columns)
    if "order_id" in columns:
        # Only with an order number can a copy be told from a repeat.
        number = readings.key(given, "order_id")
        given = given.filter(number.notnull()).distinct().union(given.filter(number.isnull()))
    dates = readings.number_spellings(given, "date", "date")
    amounts = readings.number_spellings(given, "amount", "number")
    day = readings.day(given, "date", spellings=dates, has_nan=has_nan)
    amount = readings.number(given, "amount", spellings=amounts, has_nan=has_nan)
    readings.refuse_impossible(given, {"amount": amount}, {"date": day})
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
        day=day,
        amount=amount,
        **further,
    )
    return lines.filter(lines.customer.notnull() & lines.day.notnull() & (lines.day <= today))


def _keys(headers: Sequence[str]) -> list[str]:
    places = layout.match_headers(headers, "orders").columns
    return [headers[places[k]] for k in ("customer_id", "order_id", "product") if k in places]
