"""Imported customers: one record for each person, however many rows say something of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csm_xl.commands.import_job import Job, row_of
from csm_xl.commands.import_merge import Unit, column_places, number_in, row_key
from csm_xl.commands.import_people import numbers_from
from csm_xl.commands.import_target import target
from csm_xl.intake.identities import Match, clean_mail
from csm_xl.intake.names import clean_name, is_full_name
from csm_xl.intake.phones import Phones
from csm_xl.intake.records import Record
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank
from csm_xl.vocabulary.placeholders import is_nobody

CONTRADICTORY = Text(
    "what it says of the customer belongs to different customers", "客户信息分属不同客户"
)


def plan_customers(job: Job) -> None:
    """Plan what an import changes in the Customers table."""
    into = target(job.session, "customers")
    intake = job.intake
    from_orders = intake.orders is not None
    whos = [record.who for record in intake.records]
    found = job.people.match(whos)
    groups: dict[int, list[Record]] = {}
    wrong: list[Record] = []
    for record in intake.records:
        person = found.of[record.who]
        if person < 0:
            wrong.append(record)
        else:
            groups.setdefault(person, []).append(record)
    intake.account.leave_out(CONTRADICTORY, [line for record in wrong for line in record.lines])
    # Lines of an order were counted as merged with it; now the order is left out whole.
    intake.account.merged -= sum(len(record.lines) - 1 for record in wrong)
    places = column_places(into, "customers")
    existing = [row[places["customer_id"]] for row in into.rows] if "customer_id" in places else []
    numbers = iter(numbers_from(existing, "customers"))
    taken = {folded(str(cell)) for cell in existing if not is_blank(cell)}
    phones = Phones([p.phone for p in job.people.people] + [who.phone for who in whos])
    subscribers = _subscribers(job)
    still = 0
    units = []
    keys: dict[str, int] = {}
    for person, records in groups.items():
        intake.account.merged += len(records) - 1
        values = _together(records, from_orders)
        own = job.own_columns(records)
        said = list(
            dict.fromkeys(
                r.who.account for r in records if r.who.account and not is_nobody(r.who.account)
            )
        )
        if person < found.known:
            at = job.people.rows[person]
            known = job.people.people[person]
            if folded(known.number) in subscribers:
                still += _left_but_runs(values, into.rows[at], places)
                values = _without_terms(values, into.rows[at], places)
            values = _news(values, into.rows[at], places, phones, from_orders)
            further = [
                a
                for a in said
                if folded(a) not in {folded(n) for n in (known.number, *known.accounts)}
            ]
            if further:
                values["accounts"] = "; ".join([*known.accounts, *further])
            key = row_key([known.number])
            keys[key] = at
            units.append(Unit([row_of(key, values, own, at)], records[0].line))
            continue
        number = next((a for a in said if folded(a) not in taken), None) or next(numbers)
        taken.add(folded(number))
        rest = [a for a in said if a != number]
        if rest:
            values["accounts"] = "; ".join(rest)
        values["customer_id"] = number
        units.append(Unit([row_of(row_key([number]), values, own)], records[0].line))
    _tell(job, found)
    job.tell_corrected(found)
    if still:
        job.report.notes.append(_STILL_RUNS.fill(n=still))
    if from_orders:
        _tell_others(job, groups)
    needed = _titles(job, units, places)
    job.apply("customers", into, units, keys, intake.own, needed)


_STILL_RUNS = Text(
    "Customers who left by this file, but whose subscription here has not ended: {n}. They count as "
    "customers until it ends. Import the subscriptions again, or type the end.",
    "有 {n} 位客户在该文件中已流失，但其订阅在本工作簿中尚未结束，仍按在用客户计。请重新导入订阅，或填写订阅的结束日期。",
)

#: What follows from a customer's subscriptions, where there are any.
_OF_TERMS = ("plan", "price", "start", "left_on")


def _subscribers(job: Job) -> set[str]:
    """The numbers of the customers who have a subscription in the workbook."""
    table = job.session.table("subscriptions")
    at = column_places(table, "subscriptions").get("customer_id") if table is not None else None
    if table is None or at is None:
        return set()
    return {folded(as_text(row[at])) for row in table.rows if not is_blank(row[at])}


def _without_terms(
    values: dict[str, Any], row: Sequence[Any], places: dict[str, int]
) -> dict[str, Any]:
    """Without what the subscriptions say better; else the two exports would overrule each other."""
    return {
        key: value
        for key, value in values.items()
        if key not in _OF_TERMS
        or (key != "left_on" and (key not in places or is_blank(row[places[key]])))
    }


def _left_but_runs(values: dict[str, Any], row: Sequence[Any], places: dict[str, int]) -> bool:
    return "left_on" in values and ("left_on" not in places or is_blank(row[places["left_on"]]))


def _together(records: Sequence[Record], from_orders: bool) -> dict[str, Any]:
    """One person's values out of several rows: the last that is filled, a whole name before others."""
    values: dict[str, Any] = {}
    for record in records:
        for key, value in record.values.items():
            before = values.get(key)
            if before is None:
                values[key] = value
            elif key == "start" and from_orders:
                values[key] = min(before, value)
            elif key == "name":
                if _fuller(value, before):
                    values[key] = value
            elif not (from_orders and key in ("email", "phone", "company")):
                values[key] = value
    return values


def _fuller(new: Any, old: Any) -> bool:
    a, b = clean_name(new), clean_name(old)
    return a is not None and (b is None or is_full_name(a) or not is_full_name(b))


def _news(
    values: dict[str, Any],
    row: Sequence[Any],
    places: dict[str, int],
    phones: Phones,
    from_orders: bool,
) -> dict[str, Any]:
    """What is new of somebody who is known; another spelling of the same is not."""
    news = {}
    for key, value in values.items():
        there = row[places[key]] if key in places else None
        if is_blank(there):
            news[key] = value
            continue
        if key == "email":
            differs = clean_mail(there) != clean_mail(value)
        elif key == "phone":
            differs = phones.one(str(there)) != phones.one(value)
        elif key == "name":
            a, b = clean_name(value), clean_name(there)
            differs = (
                a != b and a is not None and (b is None or is_full_name(a) or not is_full_name(b))
            )
        elif key == "start" and from_orders:
            first = number_in(there)
            differs = first is not None and value < first
        else:
            differs = True
        if differs and not (from_orders and key != "start"):
            news[key] = value
    return news


def _titles(job: Job, units: Sequence[Unit], places: dict[str, int]) -> list[str]:
    """Columns of ours that the file fills and the sheet has not."""
    used = {key for unit in units for row in unit.rows for key in row.values}
    table = layout.table("customers")
    return [
        column.title.within(job.lang)
        for column in table.columns
        if column.key in used and column.key not in places and not column.ours
    ]


#: How many customers of several names are named.
_NAMED = 3


def _tell(job: Job, found: Match) -> None:
    notes, shared, several = job.report.notes, found.shared_phones, found.several_names
    if shared:
        notes.append(
            Text(
                f"{shared} phone number{'s are' if shared > 1 else ' is'} shared by people of different names, and "
                "tell nobody apart.",
                f"{shared} 个电话号码由不同姓名的人共用，不能据此认定为同一人。",
            )
        )
    if several:
        some = several[:_NAMED]
        more = len(several) > _NAMED
        notes.append(
            Text(
                f"{len(several)} customer{'s go' if len(several) > 1 else ' goes'} by several names in the file, as one "
                "e-mail address or number is one customer: "
                f"{'; '.join(' = '.join(names[:_NAMED]) for names in some)}{'; …' if more else '.'}",
                f"文件中有 {len(several)} 位客户使用了多个姓名（同一邮箱或编号视为同一位客户）："
                f"{'；'.join(' = '.join(names[:_NAMED]) for names in some)}{'；…' if more else '。'}",
            )
        )


def _tell_others(job: Job, groups: dict[int, list[Record]]) -> None:
    """How many buyers of the file have no order that counts."""
    orders = job.intake.orders
    if orders is None:
        return
    off = [order.who for order in orders.called_off if any(order.who)]
    if not off:
        return
    everyone = job.people.match([*(r.who for records in groups.values() for r in records), *off])
    counted = {everyone.of[r.who] for records in groups.values() for r in records}
    others = {everyone.of[who] for who in off} - counted - {-1}
    if others:
        n = len(others)
        job.report.notes.append(
            Text(
                f"{n} other buyer{'s' if n > 1 else ''} in the file {'have' if n > 1 else 'has'} no order that counts, and did not come in.",
                f"文件中另有 {n} 人没有有效订单，未作为客户导入。",
            )
        )
