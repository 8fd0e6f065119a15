"""Has satisfaction changed? Asked once a month, and answered only when it stands out.

The ratings of the last three complete months are compared with those of the months before. Months
count by their numbers of answers. What a stable company's months differ by is measured on those
very months, so that a good and a bad month in turn are no alarm. Nor is a mood that lasts a season:
good months follow good ones for reasons that pass again. A few months cannot tell how strong such
moods are and how long they last, so the interval allows for all that they leave possible. A year
holds twelve looks; each may err in 0.05 / 12 of the cases, so a stable year gives a false alarm in
less than 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.metrics.calendar_days import days
from csm_xl.metrics.intervals import Interval

#: Complete months with answers before anything is said.
LEAST_MONTHS = 12
#: Months that are "now", and at most how many before them they are compared with.
RECENT, EARLIER = 3, 21
#: Answers that each side needs.
LEAST_RECENT, LEAST_EARLIER = 10, 30
#: How alike the moods of two months in a row may be, how far they may move a month's mean rating
#: (standard deviations), and how far they usually do.
PERSISTENCE = (0.0, 0.5, 0.7, 0.85, 0.95)
MOODS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.7)
USUAL_MOOD = 0.25
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
    The mean of a month is the level, plus a mood that follows a first-order autoregression, plus the
    sampling error of its answers. Every pair of :data:`PERSISTENCE` and :data:`MOODS` counts by its
    restricted likelihood, with a level of its own for the last three months, times a prior for the
    mood's size; the interval is that of the mixture of Student's distributions. Moods that last most
    of a year (a correlation of 0.9 from month to month) can still look like a change.
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
    freedom = max(1, len(ratings) - len(number))
    within = float(((ratings - means[place]) ** 2).sum() / freedom)
    if within == 0:
        # Answers that are all alike say nothing about how much an answer varies.
        return nothing
    part = np.where(now, n / n[now].sum(), -n / n[~now].sum())
    variance, weight = _variances(number, now, means, within / n, part)
    difference = recent - earlier
    half = _half_width(variance, weight, freedom)
    return Trend(
        len(number), recent, earlier, Interval(difference, difference - half, difference + half)
    )


def _variances(
    number: np.ndarray, now: np.ndarray, means: np.ndarray, sampling: np.ndarray, part: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Variance of the difference for every kind of moods, and how much each is to be believed."""
    apart = np.abs(number[:, None] - number[None, :]).astype(float)
    lasts, mood = (grid.ravel() for grid in np.meshgrid(PERSISTENCE, MOODS))
    spread = mood[:, None, None] ** 2 * lasts[:, None, None] ** apart + np.diag(sampling)
    lower = np.linalg.cholesky(spread)
    levels = np.column_stack([now, ~now, means]).astype(float)
    white = np.linalg.solve(lower, np.broadcast_to(levels, (len(mood), *levels.shape)))
    x, y = white[:, :, :2], white[:, :, 2:]
    turned = np.swapaxes(x, 1, 2)
    square = turned @ x
    rest = y - x @ np.linalg.solve(square, turned @ y)
    size = 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(1) + np.log(np.linalg.det(square))
    belief = -0.5 * (size + (rest**2).sum((1, 2)) + (mood / USUAL_MOOD) ** 2)
    weight = np.exp(belief - belief.max())
    return part @ spread @ part, weight / weight.sum()


def _half_width(variance: np.ndarray, weight: np.ndarray, freedom: int) -> float:
    """Half the interval that a difference by chance leaves in 1 - LEVEL of the cases."""
    from scipy.special import stdtr

    error = np.sqrt(variance)
    low, high = 0.0, 20.0 * float(error.max())
    for _ in range(60):
        middle = (low + high) / 2
        beyond = float(weight @ (2 * stdtr(freedom, -middle / error)))
        low, high = (middle, high) if beyond > 1 - LEVEL else (low, middle)
    return high
