"""The sample company's rows, table by table, in the words of either language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csm_xl.language import Language, Text
from csm_xl.sample.catalogue import CHANGES, COMPANY, CURRENCY
from csm_xl.sample.chance import Chance
from csm_xl.sample.people import People
from csm_xl.sample.phrases import (
    COMPLAINTS,
    NEUTRAL,
    NOTES,
    OUTREACH,
    PRAISE,
    QUESTIONS,
    SILENT,
    WISHES,
)
from csm_xl.sample.story import Event, Person, Story, tell

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

SEED = 31
#: The day on which the sample stands still, so that its figures stay what the guide shows.
TODAY = dt.date(2026, 6, 30)
MONTHS = 18


@dataclass(frozen=True)
class Company:
    """The rows of a company.

    Attributes
    ----------
    lang : {"en", "zh"}
    today : date
        The last day that is told.
    tables : dict
        Table key of the layout to rows; a row maps column keys to what the cells hold.
    settings : dict
        Setting keys of the layout to values.
    """

    lang: Language
    today: dt.date
    tables: dict[str, list[Row]]
    settings: dict[str, Any]

    def frame(self, table: str) -> pd.DataFrame:
        """One table as a data frame, with the layout's column keys as column names."""
        import pandas as pd

        return pd.DataFrame(self.tables[table])


def company(
    lang: Language, *, seed: int = SEED, today: dt.date = TODAY, customers: int = 200
) -> Company:
    """Make the sample company up.

    Parameters
    ----------
    lang : {"en", "zh"}
        Both languages tell the same story with the same numbers, in their own names, words and
        prices. Some customers write in the other language.
    seed : int
        Another seed makes up another company.
    today : date
        The last day; the records go back 18 months from here.
    customers : int
        How many customers, at most 900.

    Returns
    -------
    Company
    """
    if not 1 <= customers <= 900:
        raise ValueError(f"customers must be between 1 and 900, not {customers}")
    chance = Chance(seed)
    first_day = _months_back(today, MONTHS)
    changed_on = [(_months_back(today, months), text) for months, text in CHANGES]
    people = People(chance, lang)
    starts = sorted(_start(chance, first_day, today) for _ in range(customers))
    stories = []
    for start in starts:
        person = _person(chance, start)
        stories.append(tell(person, chance, first_day, today, changed_on[0][0]))
    writer = _Writer(lang, chance, today)
    for number, story in enumerate(stories, 1):
        writer.customer(number, story, people.next(story.person.company))
    tables = writer.tables()
    tables["changes"] = [{"date": day, "change": text.within(lang)} for day, text in changed_on]
    settings = {
        "company": COMPANY.within(lang),
        "currency": CURRENCY.within(lang),
        "as_of": today,
        # Few leave within a quarter: three in ten is a lot here.
        "risk_medium": 0.12,
        "risk_high": 0.3,
    }
    return Company(lang, today, tables, settings)


def _months_back(day: dt.date, months: int) -> dt.date:
    """The first day of the month that lies `months` back, counting the month of `day` as one."""
    index = day.year * 12 + day.month - months
    return dt.date(index // 12, index % 12 + 1, 1)


def _start(chance: Chance, first_day: dt.date, today: dt.date) -> dt.date:
    if chance.happens(0.4):
        return first_day - dt.timedelta(days=1 + chance.below(500))
    span = (today - first_day).days - 4
    return first_day + dt.timedelta(days=chance.below(span))


def _person(chance: Chance, start: dt.date) -> Person:
    company = chance.happens(0.13)
    return Person(
        start=start,
        plan=chance.weighted([("none", 0.58), ("monthly", 0.28), ("quarterly", 0.14)]),
        source=chance.weighted(
            [
                ("search", 0.28),
                ("social", 0.27),
                ("referral", 0.18),
                ("market", 0.15),
                ("advert", 0.12),
            ]
        ),
        company=company,
        nature=0.65 * chance.normal(),
        rate=(0.25 + 0.9 * chance.between(0, 1) ** 2) * (1.6 if company else 1.0),
    )


class _Writer:
    """Turns stories into the rows of the sheets."""

    def __init__(self, lang: Language, chance: Chance, today: dt.date) -> None:
        from csm_xl.vocabulary import words

        self._lang = lang
        self._other: Language = "zh" if lang == "en" else "en"
        self._chance = chance
        self._today = today
        self._words = words
        self._customers: list[Row] = []
        self._sales: list[tuple[dt.date, str, Event]] = []
        self._letters: list[tuple[dt.date, Row]] = []
        self._contacts: list[Row] = []

    def _word(self, name: str, key: str) -> str:
        return self._words.ALL[name].word(key, self._lang)

    def customer(self, number: int, story: Story, names: dict[str, str]) -> None:
        """Add a customer with everything that happened."""
        person, chance = story.person, self._chance
        key = f"C{number:04d}"
        referred = number > 1 and person.source == "referral" and chance.happens(0.8)
        friend = f"C{1 + chance.below(number - 1):04d}" if referred else ""
        quiet = chance.happens(0.04)
        note = chance.pick(NOTES).within(self._lang) if chance.happens(0.12) else ""
        self._customers.append(
            {
                "customer_id": key,
                **names,
                "source": self._word("sources", person.source),
                "plan": self._word("plans", person.plan),
                "start": person.start,
                "left_on": person.left_on,
                "points": int(max(0.0, story.spent)),
                "referred_by": friend,
                "do_not_contact": self._word("yes_no", "yes") if quiet else "",
                "note": note,
            }
        )
        speaks = self._other if chance.happens(0.06) else self._lang
        for event in story.events:
            if event.kind in ("order", "refund"):
                self._sales.append((event.day, key, event))
            elif event.kind in ("review", "survey", "complaint"):
                self._letters.append((event.day, self._letter(key, event, speaks)))
            else:
                self._contact(key, event)

    def _letter(self, key: str, event: Event, speaks: Language) -> Row:
        chance = self._chance
        mixed = chance.happens(0.12)
        rating: int | str = event.rating
        if mixed:
            rating = self._words.LEVELS.word(str(event.rating), self._lang)
        parts = {}
        if event.kind == "survey":
            for part in ("functional", "service", "emotional"):
                wobble = round(0.6 * chance.normal())
                parts[part] = max(1, min(5, event.rating + wobble))
        complaint = event.kind == "complaint"
        recent = (self._today - event.day).days < 6
        status = ""
        if complaint:
            state = "open" if recent else "resolved" if event.solved else "in_progress"
            status = self._word("case_states", state)
        return {
            "date": event.day,
            "customer_id": key,
            "kind": self._word("feedback_kinds", event.kind),
            "rating": rating,
            "functional": parts.get("functional"),
            "service": parts.get("service"),
            "emotional": parts.get("emotional"),
            "recommend": event.recommend,
            "text": self._text(event, speaks),
            "status": status,
            "response_hours": event.hours if complaint and not recent else None,
        }

    def _text(self, event: Event, speaks: Language) -> str:
        chance = self._chance
        silent = {"survey": 0.45, "review": 0.12}.get(event.kind, 0.0)
        nothing = chance.happens(silent)
        sentences: list[Text] = []
        if event.kind == "complaint":
            sentences.append(chance.pick(COMPLAINTS[event.subject]))  # type: ignore[index]
        elif event.rating >= 4:
            subjects = list(PRAISE)
            sentences += [
                chance.pick(PRAISE[chance.pick(subjects)]) for _ in range(1 + chance.below(2))
            ]
        elif event.rating == 3:
            sentences.append(chance.pick(NEUTRAL))
        else:
            subject = event.subject if event.subject in COMPLAINTS else "shop"
            sentences.append(chance.pick(COMPLAINTS[subject]))
        if chance.happens(0.15):
            sentences.append(chance.pick(WISHES))
        if nothing:
            return "" if event.kind == "survey" else SILENT.within(self._lang)
        unique = list(dict.fromkeys(sentences))
        return ("" if speaks == "zh" else " ").join(text.within(speaks) for text in unique)

    def _contact(self, key: str, event: Event) -> None:
        chance = self._chance
        channel = {
            "visit": "website",
            "newsletter": "email",
            "question": chance.weighted([("chat", 0.5), ("email", 0.4), ("phone", 0.1)]),
            "outreach": chance.weighted([("email", 0.5), ("phone", 0.3), ("chat", 0.2)]),
        }[event.kind]
        note = ""
        if event.kind == "question":
            note = chance.pick(QUESTIONS).within(self._lang)
        elif event.kind == "outreach":
            note = chance.pick(OUTREACH[channel]).within(self._lang)
        self._contacts.append(
            {
                "date": event.day,
                "customer_id": key,
                "channel": self._word("channels", channel),
                "kind": self._word("contact_kinds", event.kind),
                "times": event.times if event.kind == "visit" else None,
                "note": note,
            }
        )

    def tables(self) -> dict[str, list[Row]]:
        """All rows, numbered in order of time."""
        letters = [row for _, row in sorted(self._letters, key=lambda pair: pair[0])]
        return {
            "customers": self._customers,
            "orders": self._orders(),
            "feedback": [
                {"feedback_id": f"F{number:04d}", **row} for number, row in enumerate(letters, 1)
            ],
            "contacts": sorted(
                self._contacts, key=lambda row: (row["date"], row["customer_id"], row["kind"])
            ),
        }

    def _orders(self) -> list[Row]:
        rows = []
        numbers: dict[int, str] = {}
        per_year: dict[int, int] = {}
        for day, key, event in sorted(self._sales, key=lambda sale: sale[0]):
            assert event.product is not None
            per_year[day.year] = per_year.get(day.year, 0) + 1
            count = per_year[day.year]
            title = event.product.name.within(self._lang)
            refund = event.kind == "refund"
            if event.order is not None:
                order = f"{numbers[id(event.order)]}R{count}"
            elif self._lang == "zh":
                # As long as the order numbers of the Chinese platforms.
                order = f"{day:%y%m%d}{100000000000 + 7919 * count}"
            else:
                order = f"{day:%y}-{count:05d}"
            numbers[id(event)] = order
            amount = round(event.quantity * event.product.price(self._lang), 2)
            rows.append(
                {
                    "order_id": order,
                    "invoice": f"{'CN' if refund else 'INV'}-{day.year}-{count:05d}",
                    "date": day,
                    "customer_id": key,
                    "kind": self._word("order_kinds", "refund" if refund else "order"),
                    "product": title,
                    "quantity": -event.quantity if refund else event.quantity,
                    "amount": -amount if refund else amount,
                }
            )
        return rows
