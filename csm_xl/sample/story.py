"""What happens to one customer from the first order on: orders, mishaps, letters, goodbye.

The relations are those that an owner would expect. A broken cup or a late parcel, and more so a
slow answer to the complaint, spoils the mood; a spoilt mood means fewer visits and orders, worse
ratings and, in some month, leaving. Much is left to chance, so that nobody's leaving can be told
for certain from what they did.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

from csm_xl.sample.catalogue import BOXES, PRODUCTS, Product
from csm_xl.sample.chance import Chance

MONTH = 30


@dataclass
class Person:
    """A customer and how they are inclined.

    Attributes
    ----------
    start : date
    plan, source : str
        Keys of the layout's words.
    company : bool
        Buys for a company.
    mood : float
        0 is content; below about −1 a customer thinks of leaving.
    nature : float
        The mood to which this customer returns.
    rate : float
        Orders a month, beside the boxes of a plan.
    """

    start: dt.date
    plan: str
    source: str
    company: bool
    nature: float
    rate: float
    mood: float = 0.0
    left_on: dt.date | None = None


@dataclass
class Event:
    """Something on a day; what it is lies in `kind`, the rest depends on it.

    A refund knows the `order` that it takes back.
    """

    day: dt.date
    kind: str
    product: Product | None = None
    quantity: int = 1
    rating: int = 0
    subject: str = ""
    hours: float = 0.0
    solved: bool = True
    recommend: int | None = None
    times: int = 1
    order: Event | None = None


@dataclass
class Story:
    """All events of a customer, in order of time, and what was spent since the start, in pounds."""

    person: Person
    events: list[Event] = field(default_factory=list)
    spent: float = 0.0


def sigmoid(x: float) -> float:
    """The logistic curve."""
    return 1.0 / (1.0 + math.exp(-x))


def tell(
    person: Person, chance: Chance, first_day: dt.date, today: dt.date, improved_on: dt.date
) -> Story:
    """Live through the months of a customer.

    Parameters
    ----------
    person : Person
        Gets its mood and, where it comes to that, the day of leaving.
    chance : Chance
    first_day, today : date
        Events outside are not told.
    improved_on : date
        From this day on fragile things are packed better.
    """
    story = Story(person)
    person.mood = person.nature
    month = last_order = person.start
    goodbye: dt.date | None = None
    while month <= today and (goodbye is None or month < goodbye):
        engaged = 0.2 + 0.8 * sigmoid(1.8 * person.mood + 1.8)
        if goodbye is not None:
            # The heart leaves some weeks before the customer does.
            engaged *= 0.35
        for day, product in _order_days(person, chance, month, engaged):
            if day <= today:
                last_order = max(last_order, day)
                _order(story, chance, day, product, improved_on)
        _visits(story, chance, month, engaged)
        _survey(story, chance, month)
        person.mood += 0.1 * (person.nature - person.mood) + 0.22 * chance.normal()
        decided = chance.happens(_hazard(person, (month - last_order).days))
        notice = dt.timedelta(days=50 + chance.below(80))
        month += dt.timedelta(days=MONTH)
        # Whoever left before the records begin is not in them.
        if decided and goodbye is None and month + notice > first_day:
            goodbye = month + notice
    if goodbye is not None and goodbye <= today:
        person.left_on = goodbye
    lived = [
        event
        for event in story.events
        if event.day <= today
        and (person.left_on is None or (event.order or event).day <= person.left_on)
    ]
    story.spent = sum(
        event.quantity * event.product.pounds * (-1 if event.kind == "refund" else 1)
        for event in lived
        if event.product is not None and event.kind in ("order", "refund")
    )
    kept = [event for event in lived if min(event.day, (event.order or event).day) >= first_day]
    story.events = sorted(kept, key=lambda event: event.day)
    return story


def _hazard(person: Person, quiet_days: int) -> float:
    """Probability of deciding, this month, to leave."""
    return sigmoid(
        -5.6
        - 1.9 * person.mood
        + (0.9 if person.plan == "none" else 0.0)
        + (0.8 if person.source == "advert" else 0.0)
        - (0.6 if person.source == "referral" else 0.0)
        + (0.6 if person.plan == "none" and quiet_days > 60 else 0.0)
        - (0.4 if person.company else 0.0)
    )


def _order_days(
    person: Person, chance: Chance, month: dt.date, engaged: float
) -> list[tuple[dt.date, Product]]:
    days: list[tuple[dt.date, Product]] = []
    first = month == person.start
    since = (month - person.start).days // MONTH
    if person.plan == "monthly" or (person.plan == "quarterly" and since % 3 == 0):
        # A box can be skipped, and is when the mood is bad.
        if first or chance.happens(min(0.97, 0.55 + 0.5 * engaged)):
            shift = chance.below(4)
            days.append((month + dt.timedelta(days=shift), BOXES[person.plan]))
    elif first:
        days.append((month, _article(chance)))
    season = {11: 1.5, 12: 1.7, 1: 1.2, 7: 0.7, 8: 0.7}.get(month.month, 1.0)
    for _ in range(chance.count(person.rate * engaged * season)):
        days.append((month + dt.timedelta(days=chance.below(MONTH)), _article(chance)))
    return sorted(days, key=lambda pair: (pair[0], pair[1].name.en))


def _article(chance: Chance) -> Product:
    return chance.weighted([(product, product.popularity) for product in PRODUCTS])


def _order(
    story: Story, chance: Chance, day: dt.date, product: Product, improved_on: dt.date
) -> None:
    person = story.person
    quantity = 1 + chance.count(2.5 if person.company else 0.35)
    order = Event(day, "order", product, quantity)
    story.events.append(order)
    mishap = 0.05
    if product.fragile:
        mishap += 0.04 if day >= improved_on else 0.17
    if day.month in (12, 1):
        mishap += 0.08
    arrived = day + dt.timedelta(days=2 + chance.below(5))
    if not chance.happens(mishap):
        person.mood += 0.06
        if chance.happens(0.17):
            story.events.append(_review(person, chance, arrived, "fine"))
        return
    subject = "packing" if product.fragile else chance.pick(("delivery", "tea", "shop", "plan"))
    person.mood -= 0.9
    if chance.happens(0.62):
        _complaint(story, chance, arrived, subject, order)
    elif chance.happens(0.3):
        story.events.append(_review(person, chance, arrived, subject))


def _complaint(story: Story, chance: Chance, day: dt.date, subject: str, order: Event) -> None:
    person = story.person
    # One person answers everything; before Christmas that takes longer.
    busy = 2.2 if day.month in (11, 12, 1) else 1.0
    hours = round(busy * 14.0 * math.exp(0.9 * chance.normal()), 1)
    solved = chance.happens(0.9)
    rating = 1 + chance.below(2) + (1 if chance.happens(0.2) else 0)
    story.events.append(
        Event(
            day,
            "complaint",
            order.product,
            rating=rating,
            subject=subject if hours < 60 else "service",
            hours=min(hours, 240.0),
            solved=solved,
        )
    )
    if hours < 24 and solved:
        person.mood += 0.75
    elif hours > 48 or not solved:
        person.mood -= 0.6
    if chance.happens(0.55):
        refunded = day + dt.timedelta(days=1 + chance.below(9))
        part = order.quantity if chance.happens(0.4) else 1
        story.events.append(Event(refunded, "refund", order.product, part, order=order))


def _review(person: Person, chance: Chance, day: dt.date, subject: str) -> Event:
    level = 4.25 + 0.55 * person.mood + 0.55 * chance.normal()
    if subject != "fine":
        level -= 1.2
    return Event(day, "review", rating=_level(level), subject=subject)


def _survey(story: Story, chance: Chance, month: dt.date) -> None:
    """Four times a year everybody is asked; some answer."""
    for offset in range(MONTH):
        day = month + dt.timedelta(days=offset)
        if day.day == 5 and day.month in (3, 6, 9, 12) and chance.happens(0.34):
            mood = story.person.mood
            level = _level(4.15 + 0.6 * mood + 0.5 * chance.normal())
            recommend = round(8.3 + 1.5 * mood + 1.1 * chance.normal())
            answered = day + dt.timedelta(days=chance.below(9))
            story.events.append(
                Event(
                    answered,
                    "survey",
                    rating=level,
                    subject="fine" if level > 3 else chance.pick(("service", "price", "delivery")),
                    recommend=max(0, min(10, recommend)),
                )
            )


def _visits(story: Story, chance: Chance, month: dt.date, engaged: float) -> None:
    for _ in range(chance.count(2.8 * engaged * engaged)):
        day = month + dt.timedelta(days=chance.below(MONTH))
        story.events.append(Event(day, "visit", times=1 + chance.count(0.4)))
    for kind, mean in (("newsletter", 0.45 * engaged), ("question", 0.1), ("outreach", 0.025)):
        if chance.happens(mean):
            story.events.append(Event(month + dt.timedelta(days=chance.below(MONTH)), kind))


def _level(value: float) -> int:
    return max(1, min(5, round(value)))
