"""The figures of each customer as expressions: what :mod:`csm_xl.churn.orders` says of frames.

Orders become lines (one event each), lines become totals of each customer until a day, and totals
the figures of that day. Tests hold each of them equal to those of frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from csm_xl.churn.orders import DAYS_A_MONTH, FEATURES, PRIOR_DAYS


@dataclass(frozen=True)
class OrderLines:
    """The rows of a table of orders that can be used.

    Attributes
    ----------
    table : ibis Table
        ``customer``, ``day`` (a whole serial number) and ``amount`` (negative for a refund);
        ``number`` and ``product`` as far as the orders have them.
    """

    table: Any

    @property
    def numbered(self) -> bool:
        """Whether lines with one number are one order."""
        return "number" in self.table.columns

    @property
    def has_products(self) -> bool:
        """Whether products are known."""
        return "product" in self.table.columns

    def until(self, day: int) -> OrderLines:
        """What was known on a day."""
        return OrderLines(self.table.filter(self.table.day <= day))

    def of(self, customers: Any) -> OrderLines:
        """The lines of some customers: a table with a column ``customer``."""
        return OrderLines(
            self.table.semi_join(customers, self.table.customer == customers.customer)
        )


def days_ordered(lines: OrderLines) -> Any:
    """One row per customer and day with an order: its ``sales`` and number of ``orders``."""
    import ibis

    bought = lines.table.filter(lines.table.amount >= 0)
    by = ["customer", "day", "number"] if lines.numbered else ["customer", "day"]
    groups = bought.group_by(by).aggregate(
        sales=bought.amount.sum(), orders=bought.count().cast("int64")
    )
    if not lines.numbered:
        return groups.mutate(orders=ibis.literal(1, "int64")) if lines.has_products else groups
    # An order whose lines are of several days is one of the first of them.
    place = ibis.row_number().over(group_by=groups.number, order_by=[groups.day, groups.customer])
    ranked = groups.mutate(place=place)
    once = (ranked.place == 0).ifelse(1, 0)
    groups = ranked.mutate(orders=ranked.number.isnull().ifelse(ranked.orders, once))
    return groups.group_by(["customer", "day"]).aggregate(
        sales=groups.sales.sum(), orders=groups.orders.sum()
    )


def totals(lines: OrderLines, today: int, window_days: int) -> Any:
    """What each customer's orders add up to, see :func:`csm_xl.churn.orders.features_of_totals`.

    Parameters
    ----------
    lines : OrderLines
        None of them later than `today`.
    today, window_days : int

    Returns
    -------
    ibis Table
        ``customer`` and the totals; one row per customer who ordered.
    """
    import ibis

    daily = days_ordered(lines)
    placed = daily.mutate(
        place=ibis.row_number().over(group_by=daily.customer, order_by=daily.day),
        n=daily.count().over(ibis.window(group_by=daily.customer)),
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
    amount = lines.table.amount
    refunds = lines.table.filter(amount < 0).mutate(back=-amount)
    back = refunds.group_by(whose=refunds.customer).aggregate(
        **_windows(refunds, "back", "refunded", today, window_days)
    )
    joined = found.left_join(back, found.customer == back.whose).drop("whose")
    if lines.has_products:
        bought = lines.table.filter(amount >= 0)
        goods = bought.group_by(whose=bought.customer).aggregate(products=bought.product.nunique())
        joined = joined.left_join(goods, joined.customer == goods.whose).drop("whose")
    return joined


def figures(added: Any, today: int) -> Any:
    """The figures that follow from totals, see :func:`csm_xl.churn.orders.features_of_totals`.

    Parameters
    ----------
    added : ibis Table
        See :func:`totals`.
    today : int

    Returns
    -------
    ibis Table
        ``customer`` and those of :data:`csm_xl.churn.orders.FEATURES` that orders tell, null where
        there is none.
    """
    import ibis

    def total(name: str) -> Any:
        column = added[name].cast("float64")
        return column.fill_null(0.0) if name.startswith("refunded") else column

    days, first, last, middle = (total(name) for name in ("days", "first", "last", "middle"))
    count, sales, refunded = total("orders"), total("sales"), total("refunded")
    since, known_for = today - last, today - first
    usual_gap = (last - first + float(PRIOR_DAYS)) / days
    half, enough = (days / 2.0).floor(), days > 2
    later = _divided(last - middle, days - 1.0 - half, enough)
    share = _divided(refunded, sales, sales > 0)
    columns = {
        "days_since": since,
        "days_as_customer": known_for,
        "orders": count,
        "revenue": sales - refunded,
        "average_order": _divided(sales, count, count > 0),
        "order_rate": float(DAYS_A_MONTH) * days / (known_for + float(PRIOR_DAYS)),
        "gap_trend": _divided(later, _divided(middle - first, half, enough), enough),
        "silence": _divided(since, usual_gap, days > 0),
        # Refunds of what was bought before the record began can exceed all sales in it.
        "refund_share": (share > 1.0).ifelse(ibis.literal(1.0), share),
    }
    for name in ("now", "before"):
        columns[f"usage_{name}"] = total(f"orders_{name}")
        columns[f"spend_{name}"] = total(f"sales_{name}") - total(f"refunded_{name}")
    if "products" in added.columns:
        columns["products"] = total("products").fill_null(0.0)
    named = {name: columns[name] for name in FEATURES if name in columns}
    return added.select("customer", **named)


def _divided(a: Any, b: Any, where: Any) -> Any:
    import ibis

    return ibis.cases((where & (b != 0.0), a / b))


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
