"""Imported feedback, contacts and usage: what customers said and did, by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csm_xl.commands.import_job import Job, row_of
from csm_xl.commands.import_merge import Unit, column_places, number_in, row_key
from csm_xl.commands.import_people import as_said, numbers_from
from csm_xl.commands.import_target import target
from csm_xl.company.header_table import HeaderTable
from csm_xl.intake.identities import Match, Who
from csm_xl.intake.records import Record
from csm_xl.intake.whose import mixed_who
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_text, is_blank

#: The kind of a row that is use by day; a spelling of a visit.
_USAGE = Text("Usage", "使用")
_FEEDBACK_CONTENT = ("date", "rating", "recommend", "functional", "service", "emotional", "text")


def plan_feedback(job: Job) -> None:
    """Plan what an import changes in the Feedback table."""
    into = target(job.session, "feedback")
    places = column_places(into, "feedback")
    records = _behind_subscriptions(job, job.intake.records)
    whose = _Whose(job, into, places, records)
    customers = whose.customers()
    units = []
    keys: dict[str, int] = {}
    number_place = places.get("feedback_id")
    existing = [] if number_place is None else [row[number_place] for row in into.rows]
    numbers = iter(numbers_from(existing, "feedback"))
    for i, cell in enumerate(existing):
        if not is_blank(cell):
            keys.setdefault(row_key([cell]), i)
    numbered: dict[str, list[Record]] = {}
    free = []
    for record in records:
        number = record.values.get("feedback_id")
        if number is None:
            free.append(record)
        else:
            numbered.setdefault(row_key([number]), []).append(record)
    for key, same in numbered.items():
        values = _combined(same)
        job.intake.account.merged += len(same) - 1
        values["customer_id"] = customers[same[-1].who]
        if key in keys:
            values.pop("feedback_id")
        units.append(
            Unit([row_of(key, values, job.own_columns(same), keys.get(key))], same[0].line)
        )
    shown = [key for key in _FEEDBACK_CONTENT if any(key in record.values for record in free)]
    there = {
        row_key([whose.there(i), *(row[places[k]] if k in places else None for k in shown)]): i
        for i, row in reversed(list(enumerate(into.rows)))
    }
    groups: dict[str, list[Record]] = {}
    for record in free:
        content = row_key(
            [folded(customers[record.who] or ""), *(record.values.get(k) for k in shown)]
        )
        groups.setdefault(content, []).append(record)
    for content, same in groups.items():
        # The same person, moment and words again are the same answer again.
        job.intake.account.merged += len(same) - 1
        at = there.get(content)
        values = _combined(same) | {"customer_id": customers[same[0].who]}
        if at is None:
            values["feedback_id"] = next(numbers)
            key = row_key([values["feedback_id"]])
        else:
            key = row_key([existing[at] if existing else content])
        units.append(Unit([row_of(key, values, job.own_columns(same), at)], same[0].line))
    whose.tell()
    job.apply("feedback", into, units, keys, job.intake.own)


def _combined(records: Sequence[Record]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for record in records:
        values |= record.values
    return values


def plan_contacts(job: Job) -> None:
    """Plan what an import of contacts or of usage changes in the Contacts table.

    Rows of one day, customer, channel and kind are one, their times added up; a day that an
    earlier file had whole is not made smaller by one that has a part of it.
    """
    into = target(job.session, "contacts")
    places = column_places(into, "contacts")
    usage = job.intake.columns.table == "usage"
    records = _behind_subscriptions(job, job.intake.records)
    if usage:
        word = _USAGE.within(job.lang)
        for record in records:
            record.values["kind"] = word
            record.values.pop("note", None)
            record.values.pop("subscription_id", None)
    whose = _Whose(job, into, places, records)
    customers = whose.customers()
    groups: dict[str, list[Record]] = {}
    for record in records:
        date = record.values.get("date")
        if date is not None:
            record.values["date"] = float(int(date))
        key = row_key(
            [
                record.values.get("date"),
                customers[record.who],
                record.values.get("channel"),
                record.values.get("kind"),
            ]
        )
        groups.setdefault(key, []).append(record)
    key_columns = ("date", "customer_id", "channel", "kind")
    there: dict[str, int] = {}
    remember_as: dict[int, str] = {}
    for i, row in enumerate(into.rows):
        cells = [row[places[k]] if k in places else None for k in key_columns]
        plain = row_key(cells)
        if plain:
            remember_as[i] = plain
            cells[1] = whose.there(i)
            there.setdefault(row_key(cells), i)
    units = []
    added_up = sum(len(same) - 1 for same in groups.values())
    if added_up:
        job.intake.account.note(
            Text(
                f"{added_up} rows are of the same day, customer, channel and kind as another one; their times were added up.",
                f"有 {added_up} 行与其他行的日期、客户、渠道和类型相同，次数已相加。",
            )
        )
    for key, same in groups.items():
        job.intake.account.merged += len(same) - 1
        values = _combined(same) | {"customer_id": customers[same[0].who]}
        times = sum(record.values.get("times", 1.0) for record in same)
        at = there.get(key)
        if at is not None and "times" in places:
            before = into.rows[at][places["times"]]
            times = max(times, number_in(before) or 1.0)
        if len(same) > 1 or "times" in values or times != 1.0:
            values["times"] = times
        units.append(Unit([row_of(key, values, job.own_columns(same), at)], same[0].line))
    whose.tell()
    job.apply("contacts", into, units, {}, job.intake.own, remember_as=remember_as)


def _behind_subscriptions(job: Job, records: Sequence[Record]) -> list[Record]:
    """Rows that name a subscription are its customer's."""
    if not any("subscription_id" in record.values for record in records):
        return list(records)
    source = job.session.table("subscriptions")
    customers: dict[str, str] = {}
    if source is not None:
        places = column_places(source, "subscriptions")
        if "subscription_id" in places and "customer_id" in places:
            for row in source.rows:
                number, customer = row[places["subscription_id"]], row[places["customer_id"]]
                if not is_blank(number) and not is_blank(customer):
                    customers[row_key([number])] = as_text(customer)
    shared: dict[tuple[Who, str], Who] = {}
    for record in records:
        number = record.values.get("subscription_id")
        if number is None or any(record.who):
            continue
        account = customers.get(row_key([number]), as_text(number))
        record.who = shared.setdefault((record.who, account), record.who._replace(account=account))
    return list(records)


class _Whose:
    """Whose the rows of a file are, and whose those of the sheet."""

    def __init__(
        self, job: Job, into: HeaderTable, places: dict[str, int], records: Sequence[Record]
    ) -> None:
        self.job, self.records = job, records
        numbers = frozenset(job.people.numbers)
        place = places.get("customer_id")
        self._cells = [None if place is None else row[place] for row in into.rows]
        self._sheet = {
            cell: mixed_who(as_text(cell).strip(), numbers)
            for cell in dict.fromkeys(self._cells)
            if not is_blank(cell)
        }
        self.found: Match = job.people.match(
            [*(record.who for record in records), *self._sheet.values()]
        )

    def customers(self) -> dict[Who, str | None]:
        """What each identity of the file is written as."""
        return {
            record.who: self.job.people.number(self.found.of[record.who]) or as_said(record.who)
            for record in self.records
        }

    def there(self, i: int) -> str:
        """The customer of a row of the sheet, as it is compared."""
        cell = self._cells[i]
        if is_blank(cell):
            return ""
        number = self.job.people.number(self.found.of.get(self._sheet[cell], -1))
        return folded(number if number is not None else as_text(cell))

    def tell(self) -> None:
        """Name the rows of nobody known."""
        unknown = {}
        lines: dict[Who, int] = {}
        for record in self.records:
            person = self.found.of[record.who]
            lines.setdefault(record.who, record.line)
            if any(record.who) and not 0 <= person < self.found.known:
                unknown[record.line] = as_said(record.who) or ""
        self.job.tell_nobody(unknown)
        self.job.tell_doubts(self.found, lines)
