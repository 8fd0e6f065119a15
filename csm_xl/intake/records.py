"""Customers, feedback, contacts, subscriptions and usage out of an export: one record a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.intake.account import unreadable
from csm_xl.intake.cells import as_text, texts, unwrapped
from csm_xl.intake.columns import WORKBOOK_TABLE, Columns
from csm_xl.intake.dates import NoDate, dates
from csm_xl.intake.export import Export
from csm_xl.intake.identities import Who
from csm_xl.intake.orders import Orders
from csm_xl.intake.typed import Wrong, hours, typed
from csm_xl.intake.whose import whose
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import FLAG_WORDS, folded
from csm_xl.vocabulary.headers import normalised

NOBODY = Text("nothing says who it is", "没有可识别客户的信息")
NO_ROW = Text("nothing says which row it is", "没有可识别该行的信息")


@dataclass
class Record:
    """One row that comes into a table.

    Attributes
    ----------
    line : int
        Where it begins in the file.
    row : int
        The same in the export's columns.
    who : Who
    values : dict
        Our columns' keys to values.
    lines : list of int
        All lines that it is made of.
    """

    line: int
    row: int
    who: Who
    values: dict[str, Any]
    lines: list[int] = field(default_factory=list)


def read_records(
    export: Export, columns: Columns, lang: Language, known_numbers: Sequence[str] = ()
) -> list[Record]:
    """The records of a file that holds one a row.

    Cells that cannot be read count as blank and are named in the account; rows that hold nothing
    that tells them apart are left out.

    Parameters
    ----------
    export : Export
    columns : Columns
    lang : {"en", "zh"}
        The workbook's language.
    known_numbers : sequence of str
        The workbook's customer numbers, folded.
    """
    who = whose(export, columns, known_numbers)
    values = _values(export, columns, lang)
    if columns.table == "customers":
        who = _customers(values, who)
    elif columns.table == "feedback":
        _feedback(export, columns, values, lang)
    elif columns.table == "subscriptions":
        _subscriptions(export, columns, values)
    elif columns.table in ("cancellations", "usage"):
        _events(export, columns, values)
    records = []
    nobody = []
    for i, line in enumerate(export.lines):
        filled = {key: column[i] for key, column in values.items() if column[i] is not None}
        if not _some(columns.table, filled, who[i]):
            nobody.append(line)
            continue
        records.append(Record(line, i, who[i], filled, [line]))
    export.account.leave_out(NOBODY if columns.table == "customers" else NO_ROW, nobody)
    return records


def _some(table: str, filled: dict[str, Any], who: Who) -> bool:
    """Whether a row says enough to be a record."""
    if table == "customers":
        return any(who)
    if table == "feedback":
        told = (
            "rating",
            "recommend",
            "text",
            "functional",
            "service",
            "emotional",
            "feedback_id",
            "response_hours",
        )
        return any(key in filled for key in told)
    if table == "subscriptions":
        return "subscription_id" in filled or any(who)
    if table == "cancellations":
        return ("subscription_id" in filled or any(who)) and (
            "date" in filled or "reactivated_at" in filled
        )
    if table == "usage":
        return "date" in filled and ("subscription_id" in filled or any(who))
    return "date" in filled or any(who)


def _values(export: Export, columns: Columns, lang: Language) -> dict[str, list[Any]]:
    """Every column that the workbook's table has, and what else its kind of file tells."""
    table = layout.table(WORKBOOK_TABLE.get(columns.table, columns.table))
    known = {column.key: column for column in table.columns if not column.ours}
    order = columns.exporter.dates if columns.exporter else None
    values: dict[str, list[Any]] = {}
    problems: dict[int, tuple[str, str, Text]] = {}
    for key, places in columns.places.items():
        for place in places:
            cells, header = export.columns[place], export.headers[place]
            if key in _DATES or (key in known and known[key].kind == "date"):
                column: list[Any] = [
                    Wrong(v.text, v.expected) if isinstance(v, NoDate) else v
                    for v in dates(cells, order)
                ]
            elif key in _NUMBERS:
                column = typed(cells, _NUMBER_COLUMN, lang)
            elif key in known and key not in ("customer_id",):
                column = typed(cells, known[key], lang, order)
            else:
                column = list(texts(cells))
            if key == "response_hours":
                column = hours(column, header)
            wrong = {i: v for i, v in enumerate(column) if isinstance(v, Wrong)}
            for i, v in wrong.items():
                column[i] = None
                problems[i] = (header, v.text, v.expected)
            if wrong:
                unreadable(
                    export.account,
                    export.lines,
                    {i: (header, v.text, v.expected) for i, v in wrong.items()},
                )
            if key not in values:
                values[key] = column
            elif key == "text":
                values[key] = [
                    _joined(a, b, lang) for a, b in zip(values[key], column, strict=True)
                ]
            else:
                values[key] = [
                    b if a is None else a for a, b in zip(values[key], column, strict=True)
                ]
    return values


_DATES = frozenset(("date", "start", "end", "trial_end", "reactivated_at", "cancelled_at"))
_NUMBERS = frozenset(("price", "year_price", "quantity", "times"))
_NUMBER_COLUMN = layout.table("customers").column("usage")


def _joined(one: str | None, other: str | None, lang: Language) -> str | None:
    if one is None or other is None:
        return other if one is None else one
    return f"{one}；{other}" if lang == "zh" else f"{one}; {other}"


def _customers(values: dict[str, list[Any]], who: list[Who]) -> list[Who]:
    """In a list of customers the number is the account; what says who is cleaned into the values."""
    numbers = values.pop("customer_id", None)
    for key in ("account", "who", "first_name", "last_name"):
        values.pop(key, None)
    if numbers is not None:
        known: dict[tuple[Who, Any], Who] = {}
        changed = []
        for one, number in zip(who, numbers, strict=True):
            key_ = (one, number)
            if key_ not in known:
                known[key_] = one if number is None else one._replace(account=number)
            changed.append(known[key_])
        who = changed
    for place, key in enumerate(Who._fields[1:], 1):
        column = [one[place] for one in who]
        if any(cell is not None for cell in column):
            values[key] = column
        else:
            values.pop(key, None)
    return who


def _feedback(
    export: Export, columns: Columns, values: dict[str, list[Any]], lang: Language
) -> None:
    for key in (*Who._fields, "who", "first_name", "last_name"):
        values.pop(key, None)
    if "kind" in values:
        return
    ticket = any("ticket" in normalised(h) or "工单" in h or "投诉" in h for h in export.headers)
    if columns.exporter is not None and columns.exporter.questions:
        kind = "survey"
    elif ticket or "response_hours" in values:
        kind = "complaint"
    else:
        return
    values["kind"] = [words.FEEDBACK_KINDS.word(kind, lang)] * len(export)


#: How many months an interval of payment has.
_MONTHS = {
    "month": 1, "monthly": 1, "mo": 1, "1 month": 1, "m": 1, "月": 1, "月付": 1, "每月": 1, "按月": 1, "包月": 1, "月度": 1,
    "year": 12, "yearly": 12, "annual": 12, "annually": 12, "yr": 12, "12 months": 12, "y": 12, "1 year": 12,
    "年": 12, "年付": 12, "每年": 12, "按年": 12, "包年": 12, "年度": 12,
    "quarter": 3, "quarterly": 3, "3 months": 3, "季": 3, "季付": 3, "季度": 3, "按季": 3, "包季": 3,
    "week": 12 / 52, "weekly": 12 / 52, "周": 12 / 52, "day": 12 / 365, "daily": 12 / 365,
    "half year": 6, "6 months": 6, "半年": 6, "半年付": 6, "semi annual": 6, "biannual": 6, "2 years": 24, "biennial": 24,
}  # fmt: skip


def _subscriptions(export: Export, columns: Columns, values: dict[str, list[Any]]) -> None:
    """Prices by the month; a trial that became nothing and a status of its end are heeded."""
    n = len(export)
    monthly = list(values.pop("price", [None] * n))
    yearly = values.pop("year_price", [None] * n)
    intervals = values.pop("interval", None)
    place = columns.first("price")
    title = normalised(export.headers[place]) if place is not None else ""
    by_month = any(word in title for word in ("mrr", "month", "月"))
    for i in range(n):
        if monthly[i] is not None and intervals is not None and not by_month:
            months = _MONTHS.get(
                folded(as_text(intervals[i])) if intervals[i] is not None else "month", 1
            )
            monthly[i] = round(monthly[i] / months, 6)
        elif monthly[i] is None and yearly[i] is not None:
            monthly[i] = round(yearly[i] / 12, 6)
    values["price"] = monthly
    values["trial"] = [_flag(cell) for cell in values["trial"]] if "trial" in values else [None] * n
    for key in ("account", "who", "email", "phone", "name", "company", "first_name", "last_name"):
        values.pop(key, None)


def _flag(cell: Any) -> Any:
    plain = unwrapped(cell)
    if plain is None:
        return None
    return 1.0 if plain is True else FLAG_WORDS.get(folded(as_text(plain)))


def _events(export: Export, columns: Columns, values: dict[str, list[Any]]) -> None:
    for key in ("account", "who", "email", "phone", "name", "company", "first_name", "last_name"):
        values.pop(key, None)
    if "reactivated" in values:
        values["reactivated"] = [_flag(cell) for cell in values["reactivated"]]


# -- buyers --------------------------------------------------------------------------------------


def buyers(export: Export, columns: Columns, orders: Orders, lang: Language) -> list[Record]:
    """The customers in a file of orders: who has at least one order that counts.

    A record for each order; those of one person are put together when it is told who is who. The
    account is the orders' own, but every order that counts is a record now, its further lines
    merged.
    """
    places = {
        key: export.columns[columns.places[key][0]]
        for key in ("city", "source")
        if columns.has(key)
    }
    known = layout.table("customers")
    extra = {key: typed(cells, known.column(key), lang) for key, cells in places.items()}
    records = []
    nobody = []
    for order in orders.kept:
        if not any(order.who):
            nobody += order.lines
            # Its further lines were counted as merged with an order that is no record now.
            orders.account.merged -= len(order.lines) - 1
            continue
        values: dict[str, Any] = {
            key: value
            for key, value in zip(Who._fields[1:], order.who[1:], strict=True)
            if value is not None
        }
        values |= {
            key: column[order.row] for key, column in extra.items() if column[order.row] is not None
        }
        if order.date is not None:
            values["start"] = float(int(order.date))
        records.append(Record(order.line, order.row, order.who, values, order.lines))
    orders.account.leave_out(NOBODY, nobody)
    return records
