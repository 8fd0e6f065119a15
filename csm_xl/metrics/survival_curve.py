"""Kaplan-Meier: how long a wait lasts when some waits are not over yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.metrics.rows import Floats


class Waiting(NamedTuple):
    """A Kaplan-Meier curve.

    Attributes
    ----------
    times : ndarray of float
        The distinct lengths at which a wait ended, ascending.
    still : ndarray of float
        The estimated share of waits longer than each of them.
    longest : float
        The longest wait seen, ended or not; the curve says nothing beyond it.
    """

    times: Floats
    still: Floats
    longest: float

    def quantile(self, share: float) -> float:
        """The wait within which `share` of all end; NaN if the curve never gets there."""
        reached = self.still <= 1.0 - share + 1e-12
        return float(self.times[np.argmax(reached)]) if reached.any() else float("nan")

    def ended_within(self, wait: float) -> float:
        """The share of waits that end within `wait`."""
        i = int(np.searchsorted(self.times, wait, side="right"))
        return 1.0 - float(self.still[i - 1]) if i else 0.0


def kaplan_meier(duration: ArrayLike, ended: ArrayLike, counts: ArrayLike | None = None) -> Waiting:
    """Estimate how long waits last from waits that ended and waits still open.

    Parameters
    ----------
    duration : array_like of float, shape (n,)
        How long each wait has lasted, not negative.
    ended : array_like of bool, shape (n,)
        False for a wait that is still open.
    counts : array_like of int, shape (n,), optional
        How many waits each of them stands for; one each when not given.

    Returns
    -------
    Waiting

    Notes
    -----
    E. L. Kaplan & P. Meier (1958), Nonparametric estimation from incomplete observations,
    Journal of the American Statistical Association 53. Waits that end and waits cut off at the
    same length: the cut-off ones were still at risk.
    """
    length = np.asarray(duration, dtype=np.float64).reshape(-1)
    over = np.asarray(ended, dtype=bool).reshape(-1)
    many = np.ones(length.size) if counts is None else np.asarray(counts, dtype=np.float64)
    times, place = np.unique(length[over], return_inverse=True)
    ends = np.bincount(place, many[over], minlength=times.size)
    order = np.argsort(length, kind="stable")
    before = np.append(0.0, np.cumsum(many[order]))
    at_risk = before[-1] - before[np.searchsorted(length[order], times, side="left")]
    still: Floats = np.cumprod(1.0 - ends / at_risk, dtype=np.float64)
    return Waiting(times, still, float(length.max()) if length.size else 0.0)
