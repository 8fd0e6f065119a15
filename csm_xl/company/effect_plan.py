"""How many customers and months it takes to tell whether contacting helps, said in advance.

Whoever sets a hold-out leaves customers alone who might have been kept. Whether that can pay is
known beforehand: from the effect that is hoped for, from how often such customers leave, and from
how fast they come onto the list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from csm_xl.company.contact_effect import ERROR, FIRST_LOOK, Enrolled
from csm_xl.company.holdout import CONTACT, HOLDOUT
from csm_xl.language import Text
from csm_xl.metrics.calendar_days import DAYS_PER_MONTH

#: How likely an effect of the size that is hoped for is to be found.
POWER = 0.8
#: Looks double: the twelfth needs 41,000 customers in each group, and no such company reads this.
_LOOKS = 12
#: The pace at which customers qualify is not read from fewer days than this.
_LEAST_DAYS = 30.0


@dataclass(frozen=True)
class EffectPlan:
    """What it takes to tell an effect of contacting.

    Attributes
    ----------
    kept : float
        The effect that is hoped for: by how much the share who stay differs, 0 to 1.
    each : int or None
        Customers of the smaller group whose horizon must be over; None beyond any company.
    months : float or None
        From today until then, at the pace so far; None where nobody is enrolled yet.
    enough : bool
        Whether the company has as many customers as both groups take.
    """

    kept: float
    each: int | None
    months: float | None
    enough: bool


def customers_needed(stay: float, kept: float, share: float) -> int | None:
    """Customers of the smaller group at the first look that likely finds the effect.

    Parameters
    ----------
    stay : float
        Share of the customers who stay without being contacted.
    kept : float
        By how much contacting raises it.
    share : float
        Of the hold-out, between 0 and 1.

    Returns
    -------
    int or None
        :data:`FIRST_LOOK` doubled so often that the effect is found with probability
        :data:`POWER`; None where no company has so many customers.

    Notes
    -----
    Two shares by the normal approximation: J. L. Fleiss (1981), Statistical Methods for Rates and
    Proportions, chapter 3.
    """
    if not 0 < share < 1 or kept <= 0:
        return None
    contacted = min(1.0, stay + kept)
    smaller = min(share, 1 - share)
    spread = contacted * (1 - contacted) / (1 - share) + stay * (1 - stay) / share
    found = NormalDist().inv_cdf(POWER)
    for look in range(_LOOKS):
        n = FIRST_LOOK * 2**look
        error = math.sqrt(max(spread, 1e-12) * smaller / n)
        if kept / error >= NormalDist().inv_cdf(1 - ERROR / 2 ** (look + 1) / 2) + found:
            return n
    return None


def effect_plan(
    enrolled: Sequence[Enrolled],
    leaving: float,
    save_rate: float,
    share: float,
    customers: int,
    horizon_days: int,
    today: int,
) -> EffectPlan:
    """What it takes to tell the effect that the save rate in Settings stands for.

    Parameters
    ----------
    enrolled : sequence of Enrolled
        So far, today's among them.
    leaving : float
        Mean probability of leaving of the customers who qualify.
    save_rate : float
        Share of those who would leave whom a contact keeps.
    share : float
        Of the hold-out.
    customers : int
        Present customers.
    horizon_days : int
    today : int
    """
    kept = leaving * save_rate
    each = customers_needed(1 - leaving, kept, share)
    if each is None:
        return EffectPlan(kept, None, None, False)
    smaller = HOLDOUT if share <= 0.5 else CONTACT
    own = sorted(one.day for one in enrolled if one.group == smaller)
    known = {one.customer for one in enrolled}
    # Each customer counts once: whoever is enrolled cannot be enrolled again.
    reachable = len(own) + max(0, customers - len(known)) * min(share, 1 - share)
    months = None
    if own:
        pace = len(own) / max(_LEAST_DAYS, today - min(one.day for one in enrolled))
        if len(own) >= each:
            wait = float(max(0, own[each - 1] + horizon_days - today))
        else:
            wait = (each - len(own)) / pace + horizon_days
        months = wait / DAYS_PER_MONTH
    return EffectPlan(kept, each, months, reachable >= each)


_TAKES = Text(
    "To tell whether contacting keeps {kept} of 100 on the list (what your save rate says), {each} "
    "customers in each group must have been followed for {days} days{when}.",
    "要判断联系能否像“挽回率”所说的那样在名单上每 100 位中多留住 {kept} 位，"
    "每组须有 {each} 位客户满 {days} 天{when}。",
)
_WHEN = Text(
    ": about {months} more months at the pace so far", "：按目前的进度，大约还要 {months} 个月"
)
_TOO_FEW = Text(
    " You have too few customers for that: a smaller effect than hoped for cannot be told here. If "
    "you do not expect a larger one, set the hold-out share to 0 and contact everybody.",
    "您的客户不够多，在这里看不出这样大小的效果。如果预计效果不会更大，请把对照组比例设为 0，联系所有人。",
)
_NEVER = Text(
    "Whether contacting keeps {kept} of 100 on the list (what your save rate says) cannot be told "
    "by any hold-out of a company this size: the effect is too small. Set the hold-out share to 0 "
    "and contact everybody.",
    "联系能否像“挽回率”所说的那样在名单上每 100 位中多留住 {kept} 位，"
    "以您现在的客户数，怎样分组都无法判断：效果太小。请把对照组比例设为 0，联系所有人。",
)


def plan_sentence(plan: EffectPlan, days: int) -> Text:
    """What it takes, in words.

    Parameters
    ----------
    plan : EffectPlan
    days : int
        The horizon.
    """
    kept = of_hundred(plan.kept)
    if plan.each is None:
        return _NEVER.fill(kept=kept)
    when = Text("", "")
    if plan.months is not None and plan.enough:
        when = _WHEN.fill(months=max(1, math.ceil(plan.months)))
    said = _TAKES.fill(kept=kept, each=plan.each, days=days, when=when)
    if plan.enough:
        return said
    return Text(said.en + _TOO_FEW.en, said.zh + _TOO_FEW.zh)


def of_hundred(share: float) -> str:
    """A share as customers of a hundred, rounded down: whole ones, or tenths below one."""
    number = 100 * abs(share)
    # What is a hair below a whole number only because of rounding is that number.
    whole = math.floor(number + 1e-9)
    return f"{whole}" if whole >= 1 else f"{max(0.1, math.floor(10 * number + 1e-9) / 10):g}"
