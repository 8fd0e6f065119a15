"""Whether contacting helped: suggestions, outcomes, and the hold-out's comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from csm_xl.churn.feature_values import read_numbers
from csm_xl.churn.history import day_numbers
from csm_xl.company import contact_effect
from csm_xl.company.action_rows import ActionRows
from csm_xl.company.contact_effect import Enrolled, Side
from csm_xl.company.frames import Company
from csm_xl.company.holdout import CONTACT, HOLDOUT
from csm_xl.company.order_training import notes_leaving
from csm_xl.company.verdicts import Line, verdict_lines
from csm_xl.language import Text
from csm_xl.vocabulary.cells import as_key
from csm_xl.vocabulary.words import OUTCOMES


def contact_lines(
    rows: ActionRows | None,
    suggested: int,
    enrolled: Sequence[Enrolled],
    company: Company | None,
    days: int,
) -> list[Line]:
    """The Dashboard's rows on whether contacting helped.

    Parameters
    ----------
    rows : ActionRows or None
        What the owner answered.
    suggested : int
        How many suggestions there are, answered or open.
    enrolled : sequence of Enrolled
    company : Company or None
    days : int
        The horizon.
    """
    outcomes = _outcomes(rows)
    done = rows.done if rows is not None else 0
    if not enrolled or company is None:
        return verdict_lines(suggested, done, outcomes, None, days)
    by_orders = not notes_leaving(company)
    bought = _bought_again(company, enrolled)
    good = bought if by_orders else _stayed(company, enrolled)
    found = contact_effect.compare(enrolled, good, int(company.today))
    beside = None
    if not by_orders and found.look:
        over = [one for one in enrolled if one.until < company.today]
        beside = _sides(over, bought)
    return verdict_lines(suggested, done, outcomes, found, days, by_orders=by_orders, bought=beside)


def _outcomes(rows: ActionRows | None) -> dict[Text, int]:
    if rows is None:
        return {}
    known = {word.key: word.text for word in OUTCOMES.members}
    return {known.get(key, Text(key, key)): n for key, n in rows.outcomes.most_common()}


def _stayed(company: Company, enrolled: Sequence[Enrolled]) -> dict[str, bool]:
    """Who was still a customer when the horizon was over; whoever is no longer listed was not."""
    people = company.customers
    left = day_numbers(people["left_on"], "left_on")
    keys = [as_key(cell) for cell in people["customer_id"]]
    left_on = dict(zip(keys, left.tolist(), strict=True))
    return {
        one.customer: one.customer in left_on and not left_on[one.customer] <= one.until
        for one in enrolled
    }


def _bought_again(company: Company, enrolled: Sequence[Enrolled]) -> dict[str, bool]:
    """Who ordered after the day of enrolment and within the horizon."""
    who = [as_key(cell) for cell in company.orders["customer_id"]]
    days = day_numbers(company.orders["date"], "date")
    amounts = np.nan_to_num(read_numbers(company.orders["amount"], "amount"))
    ordered: dict[str, list[float]] = {}
    for key, day, amount in zip(who, days.tolist(), amounts.tolist(), strict=True):
        if amount >= 0:
            ordered.setdefault(key, []).append(day)
    return {
        one.customer: any(one.day < day <= one.until for day in ordered.get(one.customer, ()))
        for one in enrolled
    }


def _sides(over: Sequence[Enrolled], good: Mapping[str, bool]) -> tuple[Side, Side]:
    contact, holdout = (
        [good[one.customer] for one in over if one.group == group] for group in (CONTACT, HOLDOUT)
    )
    return Side(sum(contact), len(contact)), Side(sum(holdout), len(holdout))
