"""Before and after a change to the service: what customers' ratings say about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.metrics.intervals import Interval

#: Days looked at on each side of the change.
WINDOW_DAYS = 180
#: Fewer answers, or answers of fewer customers, on either side tell nothing.
LEAST_ANSWERS, LEAST_CUSTOMERS = 10, 8


@dataclass(frozen=True)
class BeforeAfter:
    """Ratings around the day of a change.

    Attributes
    ----------
    before, after : float
        Mean rating, every answer counting once; NaN without answers.
    n_before, n_after : int
        Numbers of answers.
    difference : Interval or None
        After minus before with its 95 % interval; None when there are too few answers to tell.
    """

    before: float
    after: float
    n_before: int
    n_after: int
    difference: Interval | None


def before_after(
    day: ArrayLike,
    rating: ArrayLike,
    customer: ArrayLike,
    changed_on: float,
    today: float,
    window_days: int = WINDOW_DAYS,
) -> BeforeAfter:
    """Compare ratings before a day with those from that day on.

    Parameters
    ----------
    day, rating : array_like of float, shape (n,)
        Rows without a day or a rating are left out.
    customer : array_like, shape (n,)
        Whose answer it is. Answers of one customer are alike, so the interval treats customers,
        not answers, as independent.
    changed_on, today : float
        Serial numbers of days.
    window_days : int

    Returns
    -------
    BeforeAfter

    Notes
    -----
    Linearised variance of a difference of two ratio means with customers as clusters (W. G.
    Cochran, Sampling Techniques, 3rd ed., 1977, chapter 6), with Student's t on the number of
    customers minus two. A change of ratings after a day is no proof that the change of that day
    caused it.
    """
    days, ratings = np.asarray(day, dtype=float), np.asarray(rating, dtype=float)
    who = np.unique(np.asarray(customer).astype(str), return_inverse=True)[1]
    known = ~np.isnan(days) & ~np.isnan(ratings) & (days <= today)
    before = known & (days < changed_on) & (days >= changed_on - window_days)
    after = known & (days >= changed_on) & (days < changed_on + window_days)
    n_before, n_after = int(before.sum()), int(after.sum())
    mean_before = float(ratings[before].mean()) if n_before else float("nan")
    mean_after = float(ratings[after].mean()) if n_after else float("nan")
    people = min(len(np.unique(who[side])) for side in (before, after))
    if min(n_before, n_after) < LEAST_ANSWERS or people < LEAST_CUSTOMERS:
        return BeforeAfter(mean_before, mean_after, n_before, n_after, None)
    part = np.zeros(days.size)
    part[before] = -(ratings[before] - mean_before) / n_before
    part[after] = (ratings[after] - mean_after) / n_after
    asked = before | after
    each = np.bincount(who[asked], weights=part[asked])
    clusters = len(np.unique(who[asked]))
    error = float(np.sqrt(clusters / (clusters - 1) * (each**2).sum()))
    half = _t(0.95, clusters - 2) * error
    difference = mean_after - mean_before
    interval = Interval(difference, difference - half, difference + half)
    return BeforeAfter(mean_before, mean_after, n_before, n_after, interval)


def _t(level: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
