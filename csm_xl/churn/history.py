"""Order, feedback and contact tables read into timelines, with what was left out and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import as_cells, read_numbers, spelled
from csm_xl.churn.timeline import Timeline
from csm_xl.errors import SheetError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats, Ints
from csm_xl.vocabulary.forgotten import is_forgotten

ORDERS, FEEDBACK, CONTACTS = (
    Text("Orders", "订单"),
    Text("Feedback", "反馈"),
    Text("Contacts", "联系"),
)
#: The kind of contact that is the customer using the product, not talking with its owner.
VISIT = "visit"

# Where the index of a customer belongs: in no row of the Customers table, or a blank cell.
_UNKNOWN, _NOBODY = -1, -2

_EPOCH = np.datetime64("1899-12-30", "D")


@dataclass
class History:
    """Everything that is known of the customers, by day.

    Days are counted as Excel does (serial numbers of dates from March 1900 on).

    Attributes
    ----------
    customers : ndarray of object, shape (k,)
        The customers' keys, in the order of the Customers table where one was given.
    today : int
        The last day on record; nothing later is known.
    orders : Timeline
        One event per day on which a customer ordered, with values ``sales`` and ``orders``.
    refunds : Timeline
        One event per refund, with its ``amount`` (positive).
    products : Timeline or None
        One event per product that a customer bought, on the day of its first purchase.
    feedback : Timeline or None
        With values ``rating`` and ``sentiment`` as far as they were given.
    contacts, visits : Timeline or None
        Contacts with the owner, and uses of the product, with value ``times``.
    has_rating, has_sentiment : bool
    notes : list of Text
        What was left out, and why.
    """

    customers: np.ndarray
    today: int
    orders: Timeline
    refunds: Timeline
    products: Timeline | None = None
    feedback: Timeline | None = None
    contacts: Timeline | None = None
    visits: Timeline | None = None
    has_rating: bool = False
    has_sentiment: bool = False
    notes: list[Text] = field(default_factory=list)

    def row_of_each(self, keys: Any) -> Flags:
        """Which rows of the Customers table hold `customers`: named, and for the first time."""
        import pandas as pd

        names = pd.Series([spelled(key).strip() for key in as_cells(keys).tolist()])
        return ((names != "") & ~names.duplicated()).to_numpy()

    @property
    def first_day(self) -> int:
        """The first day with an order."""
        return int(self.orders.day.min())


@dataclass
class _Events:
    """The rows of one table that can be used: customer index and day of each."""

    customer: Ints
    day: Ints
    kept: Flags


def read_history(
    orders: Any,
    *,
    customers: Any = None,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
) -> History:
    """Read the tables that tell what happened to each customer.

    Parameters
    ----------
    orders : pandas.DataFrame
        Columns ``customer_id``, ``date``, ``amount``; optional ``order_id`` and ``product``.
        Dates are dates or serial numbers. A negative amount is a refund, a blank one an order of
        unknown value. Rows with one ``order_id`` are lines of one order; without order numbers,
        each row is an order, or, where products are given, each day.
    customers : sequence, optional
        The keys of the Customers table. Orders of others are then left out.
    feedback : pandas.DataFrame, optional
        Columns ``customer_id``, ``date``; optional ``rating`` (1 to 5), ``sentiment`` (-1 to 1).
    contacts : pandas.DataFrame, optional
        Columns ``customer_id``, ``date``; optional ``kind``, where ``"visit"`` is a use, and
        ``times``, how often on that day (once where it is blank or no positive number).
    today : date, optional
        The last day on record: later rows are left out. The last order by default.

    Returns
    -------
    History

    Raises
    ------
    SheetError
        If a column is missing.
    CellError
        If a date or an amount cannot be read; names the row.
    TooLittleDataError
        If there is no order with a customer and a date.
    """
    import pandas as pd

    notes: list[Text] = []
    day = _days(orders, ORDERS)
    amount = read_numbers(_column(orders, "amount", ORDERS), "amount")
    who_ordered = _column(orders, "customer_id", ORDERS)
    known = _Customers(who_ordered if customers is None else customers)
    keys, index = known.keys, known.index
    last = _today(today, day)
    rows = _usable(orders, day, index, last, ORDERS, notes)
    lines = _distinct_lines(orders, rows.kept, notes)
    who, when = rows.customer[lines], rows.day[lines]
    amount = np.nan_to_num(amount[rows.kept][lines])
    bought = amount >= 0
    if not bought.any():
        raise TooLittleDataError(
            "There is no order with a customer, a date and an amount that is not negative. "
            "Add orders first.",
            "没有同时带有客户、日期且金额不为负的订单，请先添加订单。",
        )
    k = len(keys)
    number = _column(orders, "order_id", ORDERS, optional=True)
    product = _column(orders, "product", ORDERS, optional=True)
    if number is not None:
        # A blank order number is an order of its own.
        order = pd.factorize(as_cells(number))[0][rows.kept][lines][bought]
        first = np.ones(order.size, dtype=bool)
        named = order >= 0
        first[named] = ~pd.Series(order[named]).duplicated().to_numpy()
    else:
        first = np.ones(int(bought.sum()), dtype=bool)
    history = History(
        keys,
        last,
        _by_day(
            who[bought],
            when[bought],
            k,
            amount[bought],
            first,
            product is not None and number is None,
        ),
        Timeline(who[~bought], when[~bought], k, {"amount": -amount[~bought]}),
        notes=notes,
    )
    if product is not None:
        history.products = _first_purchases(
            who[bought], when[bought], as_cells(product)[rows.kept][lines][bought], k
        )
    if feedback is not None:
        _read_feedback(history, feedback, index)
    if contacts is not None:
        _read_contacts(history, contacts, index)
    return history


def _by_day(
    who: Ints, when: Ints, k: int, amount: Floats, first: Flags, one_a_day: bool
) -> Timeline:
    """One event per customer and day, with the sales and the number of orders of that day."""
    lines = Timeline(who, when, k, {"sales": amount, "orders": first.astype(float)})
    new = np.ones(lines.day.size, dtype=bool)
    new[1:] = (np.diff(lines.customer) != 0) | (np.diff(lines.day) != 0)
    at = np.flatnonzero(new)
    sales, count = (np.add.reduceat(lines.values[name], at) for name in ("sales", "orders"))
    if one_a_day:
        count = np.ones(at.size)
    return Timeline(lines.customer[at], lines.day[at], k, {"sales": sales, "orders": count})


def _first_purchases(who: Ints, when: Ints, product: np.ndarray, k: int) -> Timeline:
    import pandas as pd

    code = pd.factorize(product)[0]
    known = code >= 0
    pairs = pd.Series(when[known]).groupby(who[known] * (code.max() + 1) + code[known]).min()
    return Timeline(pairs.index.to_numpy() // (code.max() + 1), pairs.to_numpy(), k)


def _read_feedback(history: History, feedback: Any, index: Callable[[Any], Ints]) -> None:
    rows = _usable(
        feedback, _days(feedback, FEEDBACK), index, history.today, FEEDBACK, history.notes
    )
    values = {}
    for name in ("rating", "sentiment"):
        column = _column(feedback, name, FEEDBACK, optional=True)
        if column is not None:
            numbers = read_numbers(column, name)[rows.kept]
            given = ~np.isnan(numbers)
            setattr(history, f"has_{name}", bool(given.any()))
            values[name] = np.nan_to_num(numbers)
            values[f"{name}s"] = given.astype(float)
    history.feedback = Timeline(rows.customer, rows.day, len(history.customers), values)


def _read_contacts(history: History, contacts: Any, index: Callable[[Any], Ints]) -> None:
    rows = _usable(
        contacts, _days(contacts, CONTACTS), index, history.today, CONTACTS, history.notes
    )
    kind = _column(contacts, "kind", CONTACTS, optional=True)
    used = np.zeros(rows.day.size, dtype=bool)
    times = np.ones(rows.day.size)
    column = _column(contacts, "times", CONTACTS, optional=True)
    if column is not None:
        given = read_numbers(column, "times")[rows.kept]
        times = np.where(given > 0, given, 1.0)
    k = len(history.customers)
    if kind is not None:
        used = as_cells(kind)[rows.kept] == VISIT
        history.visits = Timeline(rows.customer[used], rows.day[used], k, {"times": times[used]})
    history.contacts = Timeline(rows.customer[~used], rows.day[~used], k, {"times": times[~used]})


def _column(frame: Any, name: str, table: Text, optional: bool = False) -> Any:
    if name in frame.columns:
        return frame[name]
    if optional:
        return None
    text = Text(
        "{table} has no column {name!r}. Add it.", "“{table}”缺少“{name}”列，请添加。"
    ).fill(table=table, name=name)
    raise SheetError(text.en, text.zh)


def day_numbers(values: Any, name: str) -> Floats:
    """Excel's day number of each date (or serial number), NaN where there is none.

    Raises
    ------
    CellError
        If a cell is no date; names the row.
    """
    cells = as_cells(values)
    if cells.dtype.kind == "M":
        # Whole days from dates of any age; Excel's own calendar begins in 1900 only.
        days = (cells.astype("datetime64[D]") - _EPOCH).astype(np.float64)
        return np.where(np.isnat(cells), np.nan, days)
    return np.floor(read_numbers(cells, name, "date"))


def _days(frame: Any, table: Text) -> Floats:
    return day_numbers(_column(frame, "date", table), "date")


def as_day(date: Any) -> int:
    """The day number of one date (or serial number)."""
    if isinstance(date, (int, float, np.integer, np.floating)):
        return int(date)
    moment = np.asarray(date, dtype="datetime64[us]").astype("datetime64[D]")
    return int((moment - _EPOCH).astype(np.int64))


def _today(today: Any, day: Floats) -> int:
    if today is not None:
        return as_day(today)
    known = day[~np.isnan(day)]
    return int(known.max()) if known.size else 0


class _Customers:
    """The customers' keys, and the index of the customer in each cell of a column.

    A number and the same number typed as text are one customer.
    """

    def __init__(self, cells: Any) -> None:
        codes, names = self._read(cells)
        used = np.bincount(codes[codes >= 0], minlength=names.size) > 0
        self.keys = names[used]
        self._place = dict(zip(self.keys.tolist(), range(self.keys.size), strict=True))
        self._known: tuple[Any, Ints] = cells, np.append(np.cumsum(used) - 1, _NOBODY)[codes]

    def index(self, cells: Any) -> Ints:
        """Index of the customer of each cell, _UNKNOWN or _NOBODY (blank)."""
        if cells is self._known[0]:
            return self._known[1]
        codes, names = self._read(cells)
        found = [self._place.get(name, _UNKNOWN) for name in names.tolist()]
        return np.array([*found, _NOBODY], dtype=np.int64)[codes]

    @staticmethod
    def _read(cells: Any) -> tuple[Ints, np.ndarray]:
        """Codes of the cells (-1: blank) and the name of each code, in order of appearance."""
        import pandas as pd

        codes, unique = pd.factorize(as_cells(cells))
        if unique.dtype.kind in "iu":
            return codes, unique.astype(str).astype(object)
        again, names = pd.factorize(
            np.array([spelled(cell).strip() for cell in unique.tolist()] + [""], dtype=object)
        )
        # The blank text that was added last has a code for certain, and so do its like.
        recoded = np.where(again == again[-1], -1, again - (again > again[-1]))
        return recoded[codes], names[names != ""]


def _usable(
    frame: Any,
    day: Floats,
    index: Callable[[Any], Ints],
    today: int,
    table: Text,
    notes: list[Text],
) -> _Events:
    """The rows with a known customer and a date not later than today; notes on the others."""
    whose = _column(frame, "customer_id", table)
    customer = index(whose)
    no_date, nobody = np.isnan(day), customer == _NOBODY
    unknown = customer == _UNKNOWN
    # Of those whom the owner took out nobody has to be told again.
    told = unknown & ~nobody
    told[told] = [not is_forgotten(cell) for cell in as_cells(whose)[told]]
    late = ~no_date & (day > today)
    for left_out, note in (
        (
            nobody,
            Text(
                "{table}: {n} rows without a customer were left out.",
                "“{table}”：有 {n} 行没有客户，未使用。",
            ),
        ),
        (
            told,
            Text(
                "{table}: {n} rows of customers who are not in the Customers table were left out.",
                "“{table}”：有 {n} 行的客户不在“客户”表中，未使用。",
            ),
        ),
        (
            no_date & ~nobody & ~unknown,
            Text(
                "{table}: {n} rows without a date were left out.",
                "“{table}”：有 {n} 行没有日期，未使用。",
            ),
        ),
        (
            late & ~nobody & ~unknown,
            Text(
                "{table}: {n} rows dated after the last day on record were left out.",
                "“{table}”：有 {n} 行的日期晚于统计日期，未使用。",
            ),
        ),
    ):
        n = int(left_out.sum())
        if n:
            notes.append(note.fill(table=table, n=n))
    kept = (customer >= 0) & ~no_date & ~late
    return _Events(
        customer[kept].astype(np.int64), np.where(kept, day, 0)[kept].astype(np.int64), kept
    )


def _distinct_lines(orders: Any, kept: Flags, notes: list[Text]) -> Flags:
    """The kept rows without copies: only with an order number can a copy be told from a repeat."""
    if "order_id" not in orders.columns:
        return np.ones(int(kept.sum()), dtype=bool)
    copy = np.zeros(int(kept.sum()), dtype=bool)
    again = orders["order_id"].loc[kept]
    again = (again.duplicated(keep=False) & again.notna()).to_numpy()
    # Most order numbers come once, and only the others are worth comparing column by column.
    copy[again] = orders.loc[kept].loc[again].duplicated().to_numpy()
    if copy.any():
        notes.append(
            Text(
                "{table}: {n} rows are exact copies of others and were counted once.",
                "“{table}”：有 {n} 行与其他行完全相同，只计一次。",
            ).fill(table=ORDERS, n=int(copy.sum()))
        )
    return ~copy
