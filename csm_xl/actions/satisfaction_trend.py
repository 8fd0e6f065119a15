"""Has satisfaction changed? Asked once a month, and answered only when it stands out.

The ratings of the last three complete months are compared with those of the months before. Months
count by their numbers of answers. What a stable company's months differ by is measured on those
very months, so that a good and a bad month in turn are no alarm. A year holds twelve looks; each may
err in 0.05 / 12 of the cases, so a stable year gives a false alarm in less than 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.metrics.cohorts import days
from csm_xl.metrics.intervals import Interval

#: Complete months with answers before anything is said.
LEAST_MONTHS = 12
#: Months that are "now", and at most how many before them they are compared with.
RECENT, EARLIER = 3, 21
#: Answers that each side needs.
LEAST_RECENT, LEAST_EARLIER = 10, 30
#: Part of a year's 5 % that one month's look may use.
LEVEL = 1 - 0.05 / 12


@dataclass(frozen=True)
class Trend:
    """Satisfaction now and before.

    Attributes
    ----------
    months : int
        Complete months with answers.
    recent, earlier : float
        Mean ratings, every answer counting once; NaN when nothing can be said.
    difference : Interval or None
        Recent minus earlier; None when nothing can be said.
    """

    months: int
    recent: float
    earlier: float
    difference: Interval | None

    @property
    def flag(self) -> Literal["better", "worse"] | None:
        """What stands out; None when nothing does."""
        if self.difference is None:
            return None
        if self.difference.low > 0:
            return "better"
        return "worse" if self.difference.high < 0 else None


def satisfaction_trend(day: ArrayLike, rating: ArrayLike, today: float) -> Trend:
    """Compare the last three complete months with the months before.

    Parameters
    ----------
    day : array_like of float, shape (n,)
        Serial numbers; rows without a day or a rating are left out.
    rating : array_like of float, shape (n,)
        1 to 5.
    today : float
        The month of this day is not complete and not counted, so further looks in a month change
        nothing.

    Returns
    -------
    Trend

    Notes
    -----
    Student's t for two groups of months with weights. The variance of one answer is the largest of
    the one within months, the one that the months' means show, and the one that stretches of three
    months show: moods that last longer than a month make months alike and stretches different.
    """
    dates, ratings = np.asarray(day, dtype=float), np.asarray(rating, dtype=float)
    known = ~np.isnan(dates) & ~np.isnan(ratings)
    month = days(dates[known]).astype("datetime64[M]").astype(int)
    ratings = ratings[known]
    this = int(days(np.array([today]))[0].astype("datetime64[M]").astype(int))
    window = (month < this) & (month >= this - RECENT - EARLIER)
    month, ratings = month[window], ratings[window]
    number, place, n = np.unique(month, return_inverse=True, return_counts=True)
    now = number >= this - RECENT
    nothing = Trend(len(number), float("nan"), float("nan"), None)
    if (
        len(number) < LEAST_MONTHS
        or n[now].sum() < LEAST_RECENT
        or n[~now].sum() < LEAST_EARLIER
        or now.sum() < 2
    ):
        return nothing
    means = np.bincount(place, weights=ratings) / n
    recent = float(np.average(means[now], weights=n[now]))
    earlier = float(np.average(means[~now], weights=n[~now]))
    expected = np.where(now, recent, earlier)
    freedom = len(number) - 2
    between = float((n * (means - expected) ** 2).sum() / freedom)
    within = float(((ratings - means[place]) ** 2).sum() / max(1, len(ratings) - len(number)))
    spread = max(between, within, _between_blocks(this - number, n, means))
    error = np.sqrt(spread * (1 / n[now].sum() + 1 / n[~now].sum()))
    difference = recent - earlier
    half = _t(LEVEL, freedom) * float(error)
    return Trend(
        len(number), recent, earlier, Interval(difference, difference - half, difference + half)
    )


def _between_blocks(back: np.ndarray, n: np.ndarray, means: np.ndarray) -> float:
    """Variance of one answer as the earlier stretches of as many months as are "now" show it."""
    block = (back - 1) // RECENT
    inside = block > 0
    if len(np.unique(block[inside])) < 3:
        return 0.0
    answers = np.bincount(block[inside], weights=n[inside])
    total = np.bincount(block[inside], weights=(n * means)[inside])
    answers, total = answers[answers > 0], total[answers > 0]
    expected = total.sum() / answers.sum()
    return float((answers * (total / answers - expected) ** 2).sum() / (len(answers) - 1))


def _t(level: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
