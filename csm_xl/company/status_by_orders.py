"""Who gets a score: not those who left, nor those too new to be judged."""

from __future__ import annotations

import numpy as np

from csm_xl.churn.history import day_numbers
from csm_xl.company.frames import Company
from csm_xl.company.order_training import notes_leaving

LEFT, TOO_NEW = "left", "too_new"


def status_of(
    company: Company, columns: dict[str, np.ndarray], silent_days: float, new_days: float
) -> list[str | None]:
    """None for a customer who is scored; else a key of ``words.STATUSES``.

    Parameters
    ----------
    company : Company
    columns : dict of str to ndarray of float, shape (n,)
        As :func:`csm_xl.company.counts.counted` gives them.
    silent_days, new_days : float
        Silence for longer than the first is leaving, unless the owner notes who left;
        acquaintance of less than the second is new.
    """
    left_on = np.full(len(company.keys), np.nan)
    if "left_on" in company.customers:
        dates = day_numbers(company.customers["left_on"], "left_on")
        # The frame leaves blank rows out.
        first = company.table.row + 1
        for row, date in zip(company.customers.attrs["rows"], dates, strict=True):
            left_on[row - first] = date
    silence_is_leaving = not notes_leaving(company)
    since, known_for = columns["days_since"], columns["days_as_customer"]
    found: list[str | None] = []
    for key, date, silent, known in zip(company.keys, left_on, since, known_for, strict=True):
        if not key:
            found.append(TOO_NEW)
        elif date <= company.today or (silence_is_leaving and silent > silent_days):
            found.append(LEFT)
        elif np.isnan(silent) or known < new_days:
            found.append(TOO_NEW)
        else:
            found.append(None)
    return found
