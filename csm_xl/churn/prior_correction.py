"""How many leave within the horizon: the level of a model, set after it was trained.

A history tells on many days who left within the horizon after them. Customers grow older together,
seasons pass, and what the columns say of that is never all: of the days looked back from, the latest
are the most like today. The level is theirs.

A sheet that shows each customer once tells who left, not how many leave in a given time: all
leavers of all years stand beside those who are there today. Such a model learns the odds of one
customer against another; its level is set afterwards (prior correction, King & Zeng 2001), so that
the mean over the present customers is the share that left per horizon of late. How the risk of
leaving changes with the time as a customer comes from the days of coming and leaving alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from csm_xl.churn.formula import ChurnFormula, NumericTerm, sigmoid
from csm_xl.churn.leaf_rules import LeafRule
from csm_xl.metrics.rows import Floats

#: Looked back at most so many days for the level, unless fewer than so many left in them.
_RECENT_DAYS, _LEAST_LEFT = 365, 10
#: From so many leavers on the risk is allowed to change with the time as a customer: at these
#: days, each share drawn towards the overall one as if by so many leavers.
_LEAST_FOR_TENURE, _TENURE_DAYS, _DRAWN = 30, (90, 365, 1095), 20.0
#: Differences below this (in log-odds) are none.
_LEAST_EFFECT = 0.3
#: So many of the latest days of a history tell its level.
_LATEST = 2


@dataclass(frozen=True)
class PriorCorrection:
    """The level of a model, and how the risk changes with the time as a customer.

    Attributes
    ----------
    share : float
        Of the customers present, the share that leaves within the horizon.
    low, high : float
        Its 95 % interval, by the number who left.
    left, days : int
        How many left within how many days before today.
    start : str
        The column with the day on which a customer came.
    starts : tuple of float, length n
        Its values as day numbers, for the rows that the model learns from; NaN where unknown.
    ends : tuple of float, length n
        The days on which they left; NaN for who stayed.
    today : int
    bands : tuple of (float, float, float)
        Log-odds that are added where ``low < start <= high``.
    """

    share: float
    low: float
    high: float
    left: int
    days: int
    start: str
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    today: int
    bands: tuple[tuple[float, float, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The level as JSON data; open ends and unknown days are None."""
        plain = asdict(self)
        for key in ("starts", "ends"):
            plain[key] = [_finite(day) for day in plain[key]]
        plain["bands"] = [[_finite(low), _finite(high), more] for low, high, more in self.bands]
        return plain

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PriorCorrection:
        """The level out of JSON data as :meth:`to_dict` gives it."""
        return cls(
            **{
                **data,
                **{
                    key: tuple(np.nan if day is None else float(day) for day in data[key])
                    for key in ("starts", "ends")
                },
                "bands": tuple(
                    (-math.inf if lo is None else lo, math.inf if hi is None else hi, more)
                    for lo, hi, more in data["bands"]
                ),
            }
        )

    def with_bands(self, odds: Floats) -> PriorCorrection:
        """The same level, with what the time as a customer adds to what the model says.

        Parameters
        ----------
        odds : array (n,)
            Log-odds of the rows, by models that had not seen them. Those at high risk leave
            early: without them every list would seem to grow loyal with time.
        """
        begin, end = np.array(self.starts), np.array(self.ends)
        known = ~np.isnan(begin) & (begin <= self.today)
        begin, end, risk = begin[known], end[known], np.exp(np.clip(odds[known], -6.0, 6.0))
        gone = end <= self.today
        if gone.sum() < _LEAST_FOR_TENURE:
            return self
        stayed = np.where(gone, end, self.today) - begin
        edges = [0.0, *_TENURE_DAYS, math.inf]
        rate = gone.sum() / max(float((stayed * risk).sum()), 1e-9)
        found = []
        for youngest, oldest in pairwise(edges):
            left = int((gone & (stayed >= youngest) & (stayed < oldest)).sum())
            exposed = np.clip(np.minimum(stayed, oldest) - youngest, 0.0, None)
            expected = float((exposed * risk).sum()) * rate
            more = math.log((left + _DRAWN) / (expected + _DRAWN))
            low = -math.inf if math.isinf(oldest) else self.today - oldest
            high = math.inf if youngest == 0.0 else self.today - youngest
            found.append((low, high, round(more, 6)))
        added = [more for *_, more in found]
        if max(added) - min(added) < _LEAST_EFFECT:
            return self
        return replace(self, bands=tuple(found))

    @property
    def added(self) -> Floats:
        """What the bands add for each row, (n,)."""
        starts = np.array(self.starts, dtype=float)
        total = np.zeros(len(starts))
        for low, high, more in self.bands:
            total += np.where((low < starts) & (starts <= high), more, 0.0)
        return total

    @property
    def typical(self) -> dict[str, float]:
        """The usual day of coming, where the formula asks for it."""
        return {self.start: float(np.nanmedian(self.starts))} if self.bands else {}

    def shift(self, odds: Floats) -> float:
        """What brings the mean probability of the customers present to the level.

        Parameters
        ----------
        odds : array (m,)
            Log-odds of the customers present, by models that had not seen them.
        """
        return shift_to(odds, self.share)

    def applied(self, formula: ChurnFormula, shift: float) -> ChurnFormula:
        """The formula at this level."""
        if not self.bands:
            return replace(formula, intercept=formula.intercept + shift)
        term = NumericTerm(
            self.start,
            impute=float(np.nanmedian(self.starts)),
            missing=0.0,
            knots=(float(np.nanmin(self.starts)),),
            weights=(0.0,),
            kind="date",
        )
        place = len(formula.features)
        rules = tuple(LeafRule(more, ((place, low, high),)) for low, high, more in self.bands)
        return replace(
            formula,
            intercept=formula.intercept + shift,
            numeric=(*formula.numeric, term),
            rules=(*formula.rules, *rules),
            features=(*formula.features, self.start),
        )


def shift_to(odds: Floats, share: float) -> float:
    """What brings the mean probability to a share, in log-odds."""
    low, high = -30.0, 30.0
    for _ in range(80):
        middle = (low + high) / 2.0
        if float(sigmoid(odds + middle).mean()) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def latest_shift(odds: Floats, y: Floats, cutoffs: np.ndarray) -> float:
    """What brings a history's model to the level of the latest days looked back from, in log-odds.

    Parameters
    ----------
    odds : array (n,)
        Log-odds by models that had not seen the customer.
    y : array (n,) of 0 and 1
    cutoffs : array (n,) of int
        The day that each row was looked back from.

    Returns
    -------
    float
        The mean over those days, drawn towards none as if by some leavers more.
    """
    days = np.unique(cutoffs)[-_LATEST:]
    asked = [cutoffs == day for day in days.tolist()]
    left = [float(y[rows].sum()) for rows in asked]
    shifts = [
        shift_to(odds[rows], (gone + 0.5) / (np.count_nonzero(rows) + 1.0))
        for rows, gone in zip(asked, left, strict=True)
    ]
    told = min(sum(left), float(np.isin(cutoffs, days).sum()) - sum(left))
    return float(np.mean(shifts)) * told / (told + _DRAWN)


def learn_prior_correction(
    begin: Floats, end: Floats, today: int, horizon: int, start: str, rows: Sequence[int]
) -> PriorCorrection:
    """The level out of the days of coming and leaving.

    Parameters
    ----------
    begin, end : arrays (m,)
        Day numbers of everybody; NaN where a customer stayed, or the day is unknown.
    today : int
    horizon : int
        Days.
    start : str
        The header of the days of coming.
    rows : sequence of n int
        Places of the customers that the model learns from.
    """
    from scipy.stats import chi2

    until = np.where(end <= today, end, today)
    came = np.where(np.isnan(begin), -np.inf, begin)
    record = today - float(np.nanmin(begin)) if (~np.isnan(begin)).any() else _RECENT_DAYS
    window = float(_RECENT_DAYS)
    while ((end > today - window) & (end <= today)).sum() < _LEAST_LEFT and window < record:
        window *= 2.0
    window = max(min(window, record), 1.0)
    left = int(((end > today - window) & (end <= today)).sum())
    exposed = float(np.maximum(until - np.maximum(came, today - window), 0.0).sum())

    def share(events: float) -> float:
        return float(1.0 - np.exp(-events / max(exposed, 1.0) * horizon))

    low = float(chi2.ppf(0.025, 2 * left)) / 2.0 if left else 0.0
    high = float(chi2.ppf(0.975, 2 * left + 2)) / 2.0
    return PriorCorrection(
        share(max(left, 0.5)),
        share(low),
        share(high),
        left,
        int(window),
        start,
        tuple(begin[list(rows)].tolist()),
        tuple(end[list(rows)].tolist()),
        today,
    )


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
