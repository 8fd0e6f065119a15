"""Imported subscriptions and their ends: what each customer pays, since when, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.commands.import_events import _Whose
from csm_xl.commands.import_job import Job, row_of
from csm_xl.commands.import_merge import Unit, column_places, number_in, row_key
from csm_xl.commands.import_people import numbers_from
from csm_xl.commands.import_target import made_when_needed
from csm_xl.intake.records import Record
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank


@dataclass
class Term:
    """A subscription as it is known after the import."""

    customer: str
    plan: Any
    price: float | None
    start: float | None
    end: float | None
    number: str = ""


def plan_subscriptions(job: Job) -> None:
    """Plan what an import changes in the Subscriptions table, and in Customers through it."""
    into = made_when_needed(job.session, "subscriptions", job.lang)
    places = column_places(into, "subscriptions")
    records = job.intake.records
    whose = _Whose(job, into, places, records)
    customers = whose.customers()
    existing = [row[places["subscription_id"]] for row in into.rows]
    keys = {
        row_key([cell]): i for i, cell in reversed(list(enumerate(existing))) if not is_blank(cell)
    }
    numbers = iter(numbers_from(existing, "subscriptions"))
    there = {
        row_key([whose.there(i), row[places["plan"]], row[places["start"]]]): i
        for i, row in enumerate(into.rows)
    }
    groups: dict[str, list[Record]] = {}
    for record in records:
        number = record.values.get("subscription_id")
        customer = customers[record.who]
        key = (
            row_key([number])
            if number is not None
            else "\x00" + row_key([customer, record.values.get("plan"), record.values.get("start")])
        )
        groups.setdefault(key, []).append(record)
    units = []
    for key, same in groups.items():
        job.intake.account.merged += len(same) - 1
        values: dict[str, Any] = {}
        for record in same:
            values |= record.values
        status = values.pop("status", None)
        if "end" in values and status is not None and _runs(status):
            # "Canceled at" of one that still runs is notice given, and its end comes later.
            values.setdefault("end", None)
        values["customer_id"] = customers[same[-1].who]
        at = keys.get(key) if not key.startswith("\x00") else there.get(key[1:])
        if key.startswith("\x00"):
            number = as_text(existing[at]) if at is not None else next(numbers)
            key = row_key([number])
            if at is None:
                values["subscription_id"] = number
        elif at is not None:
            values.pop("subscription_id", None)
        for dropped in ("trial", "trial_end", "quantity", "currency"):
            values.pop(dropped, None)
        units.append(Unit([row_of(key, values, job.own_columns(same), at)], same[0].line))
    whose.tell()
    job.apply("subscriptions", into, units, keys, job.intake.own)
    _customers_follow(job, _terms(job))


def _runs(status: Any) -> bool:
    return folded(as_text(status)) in (
        "active",
        "trialing",
        "past due",
        "live",
        "在用",
        "有效",
        "正常",
    )


def _terms(job: Job) -> list[Term]:
    """Every subscription of the workbook as it will be."""
    change = next(c for c in job.changes if c.table == "subscriptions")
    places = column_places(change.into, "subscriptions")
    rows = [list(row) for row in change.into.rows]
    for (i, place), value in change.plan.updates.items():
        rows[i][place] = value
    terms = [_term({key: row[place] for key, place in places.items()}) for row in rows]
    terms += [_term(row.values) for row in change.plan.additions]
    return [term for term in terms if term.customer]


def _term(values: dict[str, Any]) -> Term:
    customer, own = values.get("customer_id"), values.get("subscription_id")
    return Term(
        "" if is_blank(customer) else as_text(customer),
        values.get("plan"),
        number_in(values.get("price")),
        number_in(values.get("start")),
        number_in(values.get("end")),
        "" if is_blank(own) else as_text(own),
    )


def _customers_follow(
    job: Job, terms: Sequence[Term], ended: dict[str, float] | None = None
) -> None:
    """Plan, price, start and end of each customer, from all their subscriptions."""
    source = job.session.table("customers")
    if source is None:
        return
    places = column_places(source, "customers")
    if "customer_id" not in places:
        return
    rows = {
        folded(as_text(row[places["customer_id"]])): i
        for i, row in enumerate(source.rows)
        if not is_blank(row[places["customer_id"]])
    }
    groups: dict[str, list[Term]] = {}
    for term in terms:
        groups.setdefault(folded(term.customer), []).append(term)
    units = []
    for customer, own in groups.items():
        at = rows.get(customer)
        if at is None:
            continue
        running = [term for term in own if term.end is None]
        latest = max(running or own, key=lambda term: term.start or 0.0)
        prices = [term.price for term in running if term.price is not None]
        starts = [term.start for term in own if term.start is not None]
        values: dict[str, Any] = {
            "plan": latest.plan if not is_blank(latest.plan) else None,
            "price": sum(prices) if prices else latest.price,
            "start": min(starts) if starts else None,
            "left_on": max(term.end for term in own if term.end is not None) if not running else "",
        }
        if values["left_on"] == "" and is_blank(
            source.rows[at][places["left_on"]] if "left_on" in places else None
        ):
            values.pop("left_on")
        key = row_key([source.rows[at][places["customer_id"]]])
        units.append(Unit([row_of(key, values, at=at)], 0))
    for customer, day in (ended or {}).items():
        at = rows.get(customer)
        if at is not None and customer not in groups:
            key = row_key([source.rows[at][places["customer_id"]]])
            units.append(Unit([row_of(key, {"left_on": day or ""}, at=at)], 0))
    price_title = layout.table("customers").column("price").title.within(job.lang)
    needed = (
        [price_title]
        if "price" not in places and any("price" in u.rows[0].values for u in units)
        else []
    )
    if units:
        job.apply("customers", source, units, {}, (), needed, counts=False)


def plan_cancellations(job: Job) -> None:
    """A cancellation with a date ends what runs; a reactivation begins it again."""
    into = made_when_needed(job.session, "subscriptions", job.lang)
    places = column_places(into, "subscriptions")
    records = sorted(
        job.intake.records,
        key=lambda record: record.values.get("date") or record.values.get("reactivated_at") or 0.0,
    )
    whose = _Whose(job, into, places, records)
    customers = whose.customers()
    terms = [_term({key: row[place] for key, place in places.items()}) for row in into.rows]
    of_number = {row_key([term.number]): i for i, term in enumerate(terms) if term.number}
    of_customer: dict[str, list[int]] = {}
    for i in range(len(terms)):
        of_customer.setdefault(whose.there(i), []).append(i)
    units = []
    keys = {row_key([term.number]): i for i, term in enumerate(terms) if term.number}
    begun: dict[str, Term] = {}
    ended: dict[str, float] = {}
    for record in records:
        number = record.values.get("subscription_id")
        customer = folded(customers[record.who] or "")
        own = (
            [of_number[row_key([number])]]
            if number is not None and row_key([number]) in of_number
            else of_customer.get(customer, [])
        )
        if number is not None and own and not customer:
            customer = whose.there(own[0])
        rows = []
        for day, begins in _days(record):
            if begins:
                ended.pop(customer, None)
                rows += _begin_again(day, own, terms, begun)
            else:
                ended[customer] = day
                rows += _end(day, own, terms)
        first = rows[0] if rows else row_of("", {}, at=own[0] if own else -1)
        units.append(Unit(rows or [first], record.line))
    for unit in units:
        # An event that changes nothing is unchanged; there may be no subscription to change.
        unit.rows = [row for row in unit.rows if row.at != -1]
    job.report.unchanged += sum(not unit.rows for unit in units)
    whose.tell()
    job.apply("subscriptions", into, [unit for unit in units if unit.rows], keys)
    everyone = _terms(job)
    gone = {customer: day for customer, day in ended.items() if customer}
    _customers_follow(job, everyone, gone)


def _days(record: Record) -> list[tuple[float, bool]]:
    """The days of an event and whether something begins then."""
    day, again = record.values.get("date"), record.values.get("reactivated_at")
    if again is not None:
        return [*([(day, False)] if day is not None else []), (again, True)]
    return [(day, record.values.get("reactivated") == 1.0)] if day is not None else []


def _end(day: float, own: Sequence[int], terms: list[Term]) -> list[Any]:
    rows = []
    for i in own:
        term = terms[i]
        if term.end is None and (term.start is None or term.start <= day):
            term.end = day
            rows.append(row_of(row_key([term.number]), {"end": day}, at=i))
    return rows


def _begin_again(
    day: float, own: Sequence[int], terms: list[Term], begun: dict[str, Term]
) -> list[Any]:
    """The last subscription that had ended begins again, as one of its own from that day."""
    over = [terms[i] for i in own if terms[i].end is not None and (terms[i].end or 0.0) <= day]
    if not over or len(over) < len(own):
        return []
    last = max(over, key=lambda term: term.end or 0.0)
    base = last.number.split("+")[0]
    number = f"{base}+{day:.0f}"
    if number in begun or any(term.number == number for term in terms):
        return []
    begun[number] = Term(last.customer, last.plan, last.price, day, None, number)
    values = {
        "subscription_id": number,
        "customer_id": last.customer,
        "plan": last.plan,
        "price": last.price,
        "start": day,
    }
    return [row_of(row_key([number]), values)]
