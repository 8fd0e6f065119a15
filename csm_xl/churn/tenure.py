"""Training sets from customers with a start and, where they left, an end: subscriptions, contracts.

A sheet shows each customer once. Looked back from several cut-offs, it shows who was there on
each and left within the horizon after it; everybody is judged over the same number of days.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.churn.history import as_day, day_numbers
from csm_xl.churn.horizon import Horizon, checked_horizon
from csm_xl.churn.labels import ENOUGH_ROWS, LEAST_STEP, NEW_DAYS, Standing, TrainingSet, day_date
from csm_xl.churn.time_columns import frozen_columns
from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats

#: The horizon when the owner set none, in days.
DEFAULT_DAYS = 90
#: Cut-offs at most; a third of the horizon lies between them, so that few leave unseen.
MOST_CUTOFFS, CUTOFFS_PER_HORIZON = 12, 3


def tenure_training_set(
    customers: Any,
    *,
    start: str = "start",
    left_on: str = "left_on",
    key: str | None = None,
    horizon_days: float | None = None,
    today: Any,
    new_days: int = NEW_DAYS,
) -> TrainingSet:
    """Learn from dates: who left within the horizon after a day on which they were customers.

    Parameters
    ----------
    customers : pandas.DataFrame, n rows
        One row per customer, raw cells; ``attrs["rows"]`` may hold what a message calls each. The columns `start` and `left_on` hold dates, the latter
        blank for who stayed; the others are features.
    start, left_on : str
        Their headers.
    key : str, optional
        The column that names the customers; their row number (from 1) otherwise.
    horizon_days : float, optional
        Within how many days leaving is judged; 90 when not set, less when the dates do not go
        back that far.
    today : date
        The last day on record. A later `left_on` is a departure that is announced, not one that
        has happened.
    new_days : int
        Fewest days as a customer before a cut-off.

    Returns
    -------
    TrainingSet
        The column `start` stays a feature: on a cut-off d days ago it is moved d days on, so that
        it says the same about the customer as the sheet's own Start says today. Other dates,
        recency, totals and tenures are left out, with the reason.

    Raises
    ------
    TooLittleDataError
        If no customer has a start, or the dates do not go back far enough.
    ScaleError
        If a customer left before starting.
    CellError
        If a date cannot be read.
    """
    import pandas as pd

    begin, end, now = _dates(customers, start, left_on, today)
    known = ~np.isnan(begin)
    notes = _notes(begin, end, now)
    if not (begin < now).any():
        raise TooLittleDataError(
            "No customer has a start date before today. Fill in when each customer started.",
            "没有任何客户的开始日期早于今天，请填写每位客户的开始日期。",
        )
    record = now - int(np.nanmin(begin))
    horizon = _horizon(horizon_days, record, new_days)
    keys = customers[key].to_numpy() if key else np.arange(1, len(customers) + 1)
    others = customers[[c for c in customers.columns if c not in (start, left_on, key)]]
    left_out = frozen_columns(others, np.where(end <= now, end, now) - begin)
    own = [c for c in customers.columns if c not in left_out and c not in (left_on, key)]
    features = customers[own]
    pieces, labels, places, cutoffs = [], [], [], []
    step = max(horizon.days // CUTOFFS_PER_HORIZON, min(LEAST_STEP, horizon.days))
    for cutoff in range(now - horizon.days, now - record + new_days - 1, -step)[:MOST_CUTOFFS]:
        there = known & (begin <= cutoff - new_days) & ~(end <= cutoff)
        place = np.flatnonzero(there)
        if not place.size:
            continue
        piece = features.iloc[place].copy()
        piece[start] = begin[place] + (now - cutoff)
        pieces.append(piece)
        labels.append((end[place] <= cutoff + horizon.days).astype(float))
        places.append(place)
        cutoffs.append(np.full(place.size, day_date(cutoff)))
        if sum(p.size for p in places) >= ENOUGH_ROWS:
            break
    if not pieces:
        text = Text(
            "Nobody can be judged over {days} days yet: the first customer started {record} days "
            "ago. Set a shorter horizon in Settings.",
            "目前还没有客户可以按 {days} 天来判断：最早的客户开始于 {record} 天前，"
            "请在“设置”中缩短预测期。",
        ).fill(days=horizon.days, record=record)
        raise TooLittleDataError(text.en, text.zh)
    place = np.concatenate(places)
    standing = tenure_standing(customers, start=start, left_on=left_on, today=today)
    return TrainingSet(
        pd.concat(pieces, ignore_index=True),
        np.concatenate(labels),
        keys[place],
        np.concatenate(cutoffs),
        horizon,
        tuple(keys[standing == Standing.TOO_NEW]),
        (horizon.note, *notes),
        left_out,
    )


def tenure_standing(
    customers: Any,
    *,
    start: str = "start",
    left_on: str = "left_on",
    today: Any,
    new_days: int = NEW_DAYS,
) -> np.ndarray:
    """Who gets a score today, and why the others get none.

    Parameters are those of :func:`tenure_training_set`.

    Returns
    -------
    ndarray of Standing, shape (n,)
        A customer without a start is judged: nothing says that they are new.
    """
    begin, end, now = _dates(customers, start, left_on, today)
    standing = np.full(begin.size, Standing.JUDGED, dtype=object)
    standing[begin > now - new_days] = Standing.TOO_NEW
    standing[end <= now] = Standing.LEFT
    return standing


def tenure_months(customers: Any, *, start: str, left_on: str, today: Any) -> tuple[Floats, Flags]:
    """How long each customer has stayed, and who left: what a survival model is fitted on.

    Returns
    -------
    months : ndarray of float, shape (n,)
        NaN without a start, and for a start that is still to come.
    left : ndarray of bool, shape (n,)
    """
    from csm_xl.metrics.cohorts import DAYS_PER_MONTH

    begin, end, now = _dates(customers, start, left_on, today)
    left = end <= now
    days = np.where(left, end, now) - begin
    return np.where(days >= 0, days, np.nan) / DAYS_PER_MONTH, left


def _dates(customers: Any, start: str, left_on: str, today: Any) -> tuple[Floats, Floats, int]:
    begin = day_numbers(customers[start], start)
    end = day_numbers(customers[left_on], left_on)
    backwards = end < begin
    if backwards.any():
        rows = customers.attrs.get("rows") or range(1, len(customers) + 1)
        text = Text(
            "Row {row}: the customer left before starting. Correct one of the two dates.",
            "第 {row} 行：客户的流失日期早于开始日期，请改正其中一个日期。",
        ).fill(row=rows[int(np.argmax(backwards))])
        raise ScaleError(text.en, text.zh)
    return begin, end, as_day(today)


def _horizon(horizon_days: float | None, record: int, new_days: int) -> Horizon:
    if horizon_days is not None:
        days, learned = checked_horizon(horizon_days), False
    else:
        days, learned = max(min(DEFAULT_DAYS, (record - new_days) // 2), 7), True
    note = Text(
        "Everybody is judged over the same {days} days after the day looked back from.",
        "所有客户都按回看日之后的 {days} 天来判断是否流失。",
    ).fill(days=days)
    return Horizon(days, float("nan"), record, learned, note)


def _notes(begin: Floats, end: Floats, now: int) -> list[Text]:
    notes = []
    for n, note in (
        (
            int(np.isnan(begin).sum()),
            Text(
                "{n} customers without a start date were not learned from.",
                "有 {n} 位客户没有开始日期，未用于训练。",
            ),
        ),
        (
            int((begin > now).sum()),
            Text(
                "{n} customers start after today and were not learned from.",
                "有 {n} 位客户的开始日期晚于今天，未用于训练。",
            ),
        ),
        (
            int((end > now).sum()),
            Text(
                "{n} customers leave after today; until then they count as customers.",
                "有 {n} 位客户的流失日期晚于今天，在此之前仍视为客户。",
            ),
        ),
    ):
        if n:
            notes.append(note.fill(n=n))
    return notes
