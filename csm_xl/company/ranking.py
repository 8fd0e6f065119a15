"""Whom to contact first: by what a contact is expected to save."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.churn.lifetime_value import expected_value_saved
from csm_xl.metrics.rows import Floats


def expected_value(
    probability: ArrayLike, save_rate: float, kept: ArrayLike, contact_cost: float
) -> Floats:
    """What contacting each customer is expected to be worth, in money.

    Parameters
    ----------
    probability : array_like of float, shape (n,)
        Of leaving; NaN without a score.
    save_rate : float
        Share of leaving customers whom a contact keeps, 0 to 1.
    kept : array_like of float, shape (n,)
        What a customer who stays brings; NaN where it is not known.
    contact_cost : float

    Returns
    -------
    ndarray of float, shape (n,)
        ``probability * save_rate * kept - contact_cost``; NaN where something is not known.
    """
    n = np.size(probability)
    rates, costs = np.full(n, save_rate), np.full(n, contact_cost)
    return expected_value_saved(probability, rates, kept, costs).values


def ranked(expected: ArrayLike, allowed: Sequence[bool]) -> list[int]:
    """The customers worth a contact, the most valuable first.

    Parameters
    ----------
    expected : array_like of float, shape (n,)
    allowed : sequence of bool, shape (n,)
        Who may be contacted at all.

    Returns
    -------
    list of int
        Indices of allowed customers whose expected value is above 0; ties in their given order.
    """
    value = np.nan_to_num(np.asarray(expected, dtype=float), nan=0.0, neginf=0.0)
    value[~np.asarray(allowed, dtype=bool)] = 0.0
    return [int(i) for i in np.argsort(-value, kind="stable") if value[i] > 0]
