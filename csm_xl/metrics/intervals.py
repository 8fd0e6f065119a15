"""Intervals: how far a figure from few answers can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Floats


class Interval(NamedTuple):
    """A figure with the range that holds the true one in `level` of all cases."""

    estimate: float
    low: float
    high: float


def wilson(successes: float, n: float, level: float = 0.95) -> Interval:
    """Interval of a share.

    Parameters
    ----------
    successes, n : float
        How many of how many.
    level : float
        Confidence, between 0 and 1.

    Raises
    ------
    ScaleError
        If `successes` is not between 0 and `n`.
    TooLittleDataError
        If `n` is 0.

    Notes
    -----
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference,
    JASA 22. Never outside 0 to 1, and not of width 0 when all answers are alike.
    """
    _check_counts(successes, n)
    z = _z(level)
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(
        p, float(max(0.0, min(p, middle - half))), float(min(1.0, max(p, middle + half)))
    )


def share_difference(
    successes: float, n: float, other_successes: float, other_n: float, level: float = 0.95
) -> Interval:
    """Interval of one share minus another, of separate customers.

    Raises
    ------
    ScaleError, TooLittleDataError
        As in :func:`wilson`.

    Notes
    -----
    R. G. Newcombe (1998), Interval estimation for the difference between independent
    proportions, Statistics in Medicine 17, method 10: it keeps its promise with few customers.
    """
    a, b = wilson(successes, n, level), wilson(other_successes, other_n, level)
    d = a.estimate - b.estimate
    low = d - float(np.hypot(a.estimate - a.low, b.high - b.estimate))
    high = d + float(np.hypot(a.high - a.estimate, b.estimate - b.low))
    return Interval(d, low, high)


def bootstrap(
    values: ArrayLike,
    statistic: Callable[[Floats], float] = lambda v: float(v.mean()),
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> Interval:
    """Interval of any statistic of independent rows, by drawing the rows again.

    Parameters
    ----------
    values : array_like of float, shape (n,) or (n, k)
        One row per customer.
    statistic : callable
        Takes such an array, gives a number; the mean by default. Draws for which it gives NaN
        are left out.
    draws, seed : int
        How often, and the seed of the draws.

    Raises
    ------
    TooLittleDataError
        If there are fewer than two rows.

    Notes
    -----
    B. Efron & R. Tibshirani (1993), An Introduction to the Bootstrap: percentile interval.
    """
    rows = np.asarray(values, dtype=np.float64)
    if rows.ndim == 1:
        rows = rows[~np.isnan(rows)]
    if len(rows) < 2:
        raise _too_few(2, len(rows))
    rng = np.random.default_rng(seed)
    drawn = [statistic(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(draws)]
    low, high = np.nanquantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(statistic(rows)), float(low), float(high))


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _too_few(least: int, n: int) -> TooLittleDataError:
    text = Text(
        "An interval needs at least {least} values, and there are {n}.",
        "计算区间至少需要 {least} 个数值，目前只有 {n} 个。",
    ).fill(least=least, n=n)
    return TooLittleDataError(text.en, text.zh)


def _check_counts(successes: float, n: float) -> None:
    if n == 0:
        raise _too_few(1, 0)
    if not 0 <= successes <= n:
        text = Text(
            "{part:g} of {n:g} is not a share. Correct one of the two.",
            "{n:g} 中的 {part:g} 不构成比例，请更正其中一个。",
        ).fill(part=successes, n=n)
        raise ScaleError(text.en, text.zh)
