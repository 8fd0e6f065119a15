"""Did contacting help? Only a random hold-out can say, and only when it is not asked too often.

Contacted customers are at higher risk to begin with, so comparing them with the others says
nothing. With a hold-out, customers who qualify for a suggestion are *enrolled* on that day, those
in the contact group and those left alone by the same rule, once each. What counts is fixed
beforehand: whether the customer is still one when the horizon after that day is over. Who was
suggested counts as contacted, whether the owner got round to it or not; anything else would
compare the customers whom the owner chose with those nobody chose.

A refresh a day is a look a day, and whoever looks often enough finds an effect where there is
none. The comparison is therefore made at fixed amounts of evidence only: when both groups have 20
customers whose horizon is over, then 40, 80 and so on. Look k may err in 0.05 / 2^k of the cases,
so all looks together, however many there are, err in at most 5 % (Bonferroni). Between two looks
the figures stand still.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Literal

from csm_xl.company.holdout import CONTACT, HOLDOUT
from csm_xl.errors import NoModelError
from csm_xl.metrics.intervals import Interval, share_difference

#: Customers of the smaller group whose horizon must be over at the first look; doubled for each.
FIRST_LOOK = 20
#: How often all looks together may claim an effect where there is none.
ERROR = 0.05
#: How far apart the two shares usually are, as a standard deviation around none: a contact that
#: keeps ten of a hundred customers is a good one. An estimate is shrunk towards none by it.
USUAL_EFFECT = 0.1


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A customer who qualified for a suggestion while there was a hold-out.

    Attributes
    ----------
    customer : str
    group : str
        ``"contact"`` or ``"holdout"``.
    day, until : int
        The day of enrolment and the last day of the horizon, serial numbers.
    """

    customer: str
    group: str
    day: int
    until: int


@dataclass(frozen=True)
class Side:
    """One group at a look: how many of how many."""

    good: int
    n: int


@dataclass(frozen=True)
class Comparison:
    """What the hold-out says.

    Attributes
    ----------
    over : mapping of str to int
        Per group, the customers whose horizon is over.
    enrolled : mapping of str to int
    look : int
        Number of the last look, 0 before the first.
    next_look : int
        Customers of the smaller group at which the next look comes.
    contact, holdout : Side
        At the last look.
    difference : Interval or None
        Share of the contact group minus share of the hold-out, at the last look.
    """

    over: Mapping[str, int]
    enrolled: Mapping[str, int]
    look: int
    next_look: int
    contact: Side
    holdout: Side
    difference: Interval | None

    @property
    def likely(self) -> float | None:
        """The difference shrunk towards none, inside the interval; None before the first look.

        Notes
        -----
        The mean of a normal posterior whose prior is none, give or take :data:`USUAL_EFFECT`. An
        effect is told of when it stands out, and what stands out among few customers is mostly
        larger than the truth (A. Gelman & J. Carlin, 2014, Beyond power calculations,
        Perspectives on Psychological Science 9).
        """
        if self.difference is None:
            return None
        estimate, low, high = self.difference
        z = NormalDist().inv_cdf(1 - ERROR / 2**self.look / 2)
        error = (high - low) / (2 * z)
        shrunk = estimate * USUAL_EFFECT**2 / (USUAL_EFFECT**2 + error**2)
        return min(max(shrunk, low), high)

    @property
    def effect(self) -> Literal["helped", "harmed"] | None:
        """What the last look claims; None when it cannot tell."""
        if self.difference is None:
            return None
        if self.difference.low > 0:
            return "helped"
        return "harmed" if self.difference.high < 0 else None


def enrol(
    before: Sequence[Enrolled],
    qualified: Iterable[tuple[str, str | None]],
    day: int,
    horizon_days: int,
) -> list[Enrolled]:
    """Add the customers who qualify today for the first time.

    Parameters
    ----------
    before : sequence of Enrolled
    qualified : iterable of (str, str or None)
        Customer numbers with their groups; those without a group are not enrolled.
    day : int
    horizon_days : int
    """
    known = {one.customer for one in before}
    added = list(before)
    for customer, group in qualified:
        if group is not None and customer not in known:
            known.add(customer)
            added.append(Enrolled(customer, group, day, day + horizon_days))
    return added


def compare(enrolled: Sequence[Enrolled], good: Mapping[str, bool], today: int) -> Comparison:
    """Compare the groups as far as the looks allow.

    Parameters
    ----------
    enrolled : sequence of Enrolled
    good : mapping of str to bool
        Per customer whether it ended well within the horizon; a customer who is not in it did not.
    today : int

    Returns
    -------
    Comparison
    """
    over = [one for one in enrolled if one.until < today]
    look, last = 0, 0
    while True:
        day = _day_with(over, FIRST_LOOK * 2**look)
        if day is None:
            break
        look, last = look + 1, day
    sides = {
        group: _side([one for one in over if one.group == group and one.until <= last], good)
        for group in (CONTACT, HOLDOUT)
    }
    contact, holdout = sides[CONTACT], sides[HOLDOUT]
    difference = None
    if look:
        level = 1 - ERROR / 2**look
        difference = share_difference(contact.good, contact.n, holdout.good, holdout.n, level)
    return Comparison(
        _counts(over), _counts(enrolled), look, FIRST_LOOK * 2**look, contact, holdout, difference
    )


def _day_with(over: Sequence[Enrolled], least: int) -> int | None:
    """The first day on which both groups have `least` customers whose horizon is over."""
    days = []
    for group in (CONTACT, HOLDOUT):
        ends = sorted(one.until for one in over if one.group == group)
        if len(ends) < least:
            return None
        days.append(ends[least - 1])
    return max(days)


def _side(members: Sequence[Enrolled], good: Mapping[str, bool]) -> Side:
    return Side(sum(bool(good.get(one.customer)) for one in members), len(members))


def _counts(members: Iterable[Enrolled]) -> dict[str, int]:
    counts = {CONTACT: 0, HOLDOUT: 0}
    for one in members:
        counts[one.group] += 1
    return counts


def to_json(enrolled: Iterable[Enrolled]) -> str:
    """The enrolments as JSON text, for the record that travels with the workbook."""
    return json.dumps({"enrolled": [asdict(one) for one in enrolled]}, ensure_ascii=False)


def from_json(text: str) -> list[Enrolled]:
    """Read back what :func:`to_json` wrote.

    Raises
    ------
    NoModelError
        When the text is something else.
    """
    try:
        return [Enrolled(**one) for one in json.loads(text)["enrolled"]]
    except (KeyError, TypeError, ValueError):
        raise NoModelError(
            "What csm-xl noted about the hold-out in this workbook is damaged. Take the workbook "
            "from a backup to keep the comparison.",
            "本工作簿中的对照组记录已损坏。如需保留比较，请使用备份中的工作簿。",
        ) from None
