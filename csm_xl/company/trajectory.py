"""Each customer's probability at each refresh, so that a list can say “up from 8% in March”.

Kept in a record of the hidden sheet by customer number. The last refreshes are all kept, of older
ones the last of each month; probabilities are whole thousandths. Customers who are no longer in
the workbook are forgotten.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from csm_xl.churn.feature_values import serial_date
from csm_xl.language import Text

#: The record's name.
RECORD = "trajectory"
#: How many of the last refreshes are kept whole, and how many altogether.
_LATEST, _MOST = 8, 32
#: The workbook carries at most so many characters of it, but always two days.
_LARGEST = 1_000_000
_SCALE = 1000
#: Days that lie between two probabilities worth comparing, at least and at most.
_APART, _TOO_OLD = 28, 400
#: A probability has moved when it differs by this factor and by this much.
_FACTOR, _POINTS = 1.25, 0.02


@dataclass(frozen=True)
class Past:
    """The probabilities of one day.

    Attributes
    ----------
    day : int
        A serial number.
    horizon : int
        The days that they are meant for; 0 where that is not known.
    model : str
        The id of the model that said so.
    chances : mapping of str to int
        Customer number to thousandths.
    """

    day: int
    horizon: int
    model: str
    chances: Mapping[str, int]

    def of(self, customer: str) -> float | None:
        """The probability of a customer, None for one who had none."""
        found = self.chances.get(customer)
        return None if found is None else found / _SCALE


def remember(
    past: Sequence[Past],
    keys: Sequence[str],
    probability: np.ndarray,
    day: int,
    horizon: int,
    model: str,
) -> list[Past]:
    """Add today's probabilities; an earlier refresh of the same day gives way.

    Parameters
    ----------
    past : sequence of Past
    keys : sequence of str, n
        Customer numbers; ``""`` is nobody, and a number that two customers share is nobody's.
    probability : ndarray of float, shape (n,)
        NaN without a score.
    day, horizon : int
    model : str

    Returns
    -------
    list of Past
        In the order of their days.
    """
    times = Counter(keys)
    today = {
        key: round(_SCALE * p)
        for key, p in zip(keys, np.asarray(probability, dtype=float).tolist(), strict=True)
        if key and times[key] == 1 and p == p
    }
    before = [
        Past(one.day, one.horizon, one.model, {k: c for k, c in one.chances.items() if times[k]})
        for one in past
        if one.day != day
    ]
    now = Past(day, horizon, model, today)
    return _thinned(sorted([*before, now], key=lambda one: one.day))


def _thinned(past: list[Past]) -> list[Past]:
    latest = past[-_LATEST:]
    monthly = {_month(one.day): one for one in past[:-_LATEST]}
    kept = [*monthly.values(), *latest][-_MOST:]
    while len(kept) > 2 and len(to_json(kept)) > _LARGEST:
        # Days that are not the last of their month go first, then the oldest.
        months = [_month(one.day) for one in kept]
        spare = (i for i, pair in enumerate(pairwise(months)) if pair[0] == pair[1])
        del kept[next(spare, 0)]
    return kept


def _month(day: int) -> tuple[int, int]:
    date = serial_date(day)
    return date.year, date.month


def course(
    past: Sequence[Past], keys: Sequence[str], probability: np.ndarray, day: int, horizon: int
) -> list[Text | None]:
    """What a list says of how each customer's probability has moved.

    The probability of today is compared with the last one of at least four weeks ago that was
    meant for the same number of days.

    Returns
    -------
    list of Text or None, n
        “up from 8% in March”; None where nothing is known or little has moved.
    """
    old = [one for one in past if one.horizon == horizon and _APART <= day - one.day <= _TOO_OLD]
    then = max(old, key=lambda one: one.day, default=None)
    if then is None:
        return [None] * len(keys)
    return [
        _moved(then.of(key), float(p), then.day, day) if key and p == p else None
        for key, p in zip(keys, probability, strict=True)
    ]


_UP = Text("up from {share} in {month}", "{month}为 {share}，已上升")
_DOWN = Text("down from {share} in {month}", "{month}为 {share}，已下降")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _moved(before: float | None, now: float, then: int, day: int) -> Text | None:
    if before is None or abs(now - before) < _POINTS:
        return None
    if max(now, before) < _FACTOR * min(now, before):
        return None
    date = serial_date(then)
    year = "" if date.year == serial_date(day).year else str(date.year)
    month = Text(
        f"{_MONTHS[date.month - 1]} {year}".strip(),
        f"{year} 年 {date.month} 月" if year else f"{date.month} 月",
    )
    return (_UP if now > before else _DOWN).fill(share=f"{before:.0%}", month=month)


#: An observed number this unlikely under what was foreseen is an alarm.
_UNLIKELY = 0.005
#: The customers and days from which leavers are counted at all.
_LEAST, _LEAST_DAYS = 20, 28
_MORE = Text(
    "Since {month} {left} of {n} customers have left, and the model expected about {expected}. The "
    "world has moved since it was trained: retrain it.",
    "自 {month}以来，{n} 位客户中有 {left} 位流失，而模型预计约 {expected} 位。"
    "训练以来情况已经改变，请重新训练。",
)
_FEWER = Text(
    "Since {month} only {left} of {n} customers have left, and the model expected about "
    "{expected}. Note who has left, then retrain the model.",
    "自 {month}以来，{n} 位客户中只有 {left} 位流失，而模型预计约 {expected} 位。"
    "请补记已流失的客户，然后重新训练模型。",
)


def leavers_alarm(
    past: Sequence[Past], keys: Sequence[str], gone: np.ndarray, day: int, model: str
) -> Text | None:
    """A sentence when far more or fewer customers left than the present model foresaw.

    Looked at is the earliest day of the present model that is at most its horizon ago. A customer
    is taken to leave at an even pace within the horizon.

    Parameters
    ----------
    past : sequence of Past
    keys : sequence of str, n
    gone : ndarray of bool, shape (n,)
        Who has left by today.
    day : int
    model : str
        The id of the present model.
    """
    usable = [
        one
        for one in past
        if one.model == model and one.horizon and _LEAST_DAYS <= day - one.day <= one.horizon
    ]
    then = min(usable, key=lambda one: one.day, default=None)
    if then is None:
        return None
    left = dict(zip(keys, np.asarray(gone, dtype=bool).tolist(), strict=True))
    known = [key for key in then.chances if key in left]
    if len(known) < _LEAST:
        return None
    part = (day - then.day) / then.horizon
    expected = sum(1 - (1 - then.chances[key] / _SCALE) ** part for key in known)
    observed = sum(left[key] for key in known)
    more = observed > expected
    if _tail(observed, expected, more) >= _UNLIKELY:
        return None
    date = serial_date(then.day)
    month = Text(f"{_MONTHS[date.month - 1]} {date.year}", f"{date.year}年{date.month}月")
    about = f"{expected:.0f}" if expected >= 1 else f"{expected:.1f}"
    return (_MORE if more else _FEWER).fill(
        month=month, left=observed, n=len(known), expected=about
    )


def _tail(observed: int, expected: float, more: bool) -> float:
    """Probability of a number at least as far out, by Poisson.

    Customers who leave independently vary less than that; months that differ make up for it.
    """
    if expected <= 0:
        return 0.0 if observed else 1.0
    logs = [
        k * math.log(expected) - expected - math.lgamma(k + 1)
        for k in range(observed if more else observed + 1)
    ]
    below = sum(math.exp(each) for each in logs)
    return max(0.0, 1.0 - below) if more else below


def to_json(past: Sequence[Past]) -> str:
    """The probabilities as JSON text, for the record that travels with the workbook."""
    keys = list(dict.fromkeys(key for one in past for key in one.chances))
    days = [
        {
            "day": one.day,
            "horizon": one.horizon,
            "model": one.model,
            # -1 for a customer who had none: shorter than the number again on each day.
            "chances": [one.chances.get(key, -1) for key in keys],
        }
        for one in past
    ]
    return json.dumps({"customers": keys, "days": days}, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> list[Past]:
    """Read back what :func:`to_json` wrote.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the text is something else.
    """
    found = json.loads(text)
    keys = [str(key) for key in found["customers"]]
    return [
        Past(
            int(one["day"]),
            int(one["horizon"]),
            str(one["model"]),
            {k: int(c) for k, c in zip(keys, one["chances"], strict=True) if int(c) >= 0},
        )
        for one in found["days"]
    ]
