"""How reliable the probabilities are: predicted against observed, in groups of like customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.metrics.intervals import wilson
from csm_xl.metrics.rows import Floats

#: Fewer cases, or fewer who left, say nothing about groups.
LEAST_CASES, LEAST_LEFT = 60, 10
#: Who left in each group on average; ten groups at most, and those from 200 cases on only.
_LEFT_EACH, _MOST, _MOST_OF_FEW = 8, 10, 4


def reliability_rows(
    probability: Floats, left: Floats, customers: Sequence[Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of the Model sheet's reliability table, the lowest probabilities first.

    Parameters
    ----------
    probability : ndarray of float, shape (n,)
        For cases that the model had not seen.
    left : ndarray of float, shape (n,)
        1 where the customer left.
    customers : sequence of n, optional
        Whose case it is: cases of one customer are alike, so an interval counts customers.

    Returns
    -------
    list of dict
        Empty when there are too few cases.
    """
    n, gone = len(left), int(np.sum(left))
    if len(probability) != n or n < LEAST_CASES or gone < LEAST_LEFT:
        return []
    most = _MOST if n >= 200 else _MOST_OF_FEW
    order = np.argsort(probability, kind="stable")
    who = np.arange(n) if customers is None else np.unique(customers, return_inverse=True)[1]
    rows = []
    for part in np.array_split(order, max(2, min(most, gone // _LEFT_EACH))):
        share = float(left[part].mean())
        people = len(np.unique(who[part]))
        around = wilson(share * people, people)
        low, high = probability[part].min(), probability[part].max()
        rows.append(
            {
                "group": f"{low:.1%} – {high:.1%}",
                "predicted": float(probability[part].mean()),
                "observed": share,
                "low": around.low,
                "high": around.high,
                "customers": float(people),
            }
        )
    return rows
