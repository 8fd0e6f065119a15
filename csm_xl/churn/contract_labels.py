"""Training sets from customers with a start and, where they left, an end: subscriptions, contracts.

A sheet shows each customer once: who left as of the day of leaving, the others as of today. Such
a snapshot cannot be looked back from earlier days (what logins were three months ago, nobody
wrote down), so each customer is one row, and every leaver counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.history import as_day, day_numbers
from csm_xl.churn.horizon import Horizon, checked_horizon
from csm_xl.churn.labels import NEW_DAYS, TrainingSet, day_date
from csm_xl.churn.prior_correction import PriorCorrection, learn_prior_correction
from csm_xl.churn.report import percent
from csm_xl.churn.time_columns import frozen_columns
from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats

#: The horizon when the owner set none, in days.
DEFAULT_DAYS = 90


@dataclass(frozen=True)
class Snapshot(TrainingSet):
    """A training set of one row per customer.

    Attributes
    ----------
    rows : tuple of int
        What a message calls each row: the sheet's row numbers, or the places from 1.
    prior : PriorCorrection
        How many leave within the horizon.
    """

    rows: tuple[int, ...] = ()
    prior: PriorCorrection | None = None


def contract_training_set(
    customers: Any,
    *,
    start: str = "start",
    left_on: str = "left_on",
    key: str | None = None,
    horizon_days: float | None = None,
    today: Any,
    new_days: int = NEW_DAYS,
) -> Snapshot:
    """Learn from dates: who left, one row per customer, and how many leave within the horizon.

    Parameters
    ----------
    customers : pandas.DataFrame, n rows
        One row per customer, raw cells; ``attrs["rows"]`` may hold what a message calls each. The
        columns `start` and `left_on` hold dates, the latter blank for who stayed; the others are
        features.
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
        Who is there for fewer days says nothing yet.

    Returns
    -------
    Snapshot
        Dates, recency, totals and tenures are left out, with the reason: they are of the day of
        leaving for some and of today for others. The start speaks through the level.

    Raises
    ------
    TooLittleDataError
        If no customer has a start, or the dates do not go back far enough.
    ScaleError
        If a customer left before starting.
    CellError
        If a date cannot be read.
    """
    begin, end, now = _dates(customers, start, left_on, today)
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
    own = [c for c in others.columns if c not in left_out]
    gone = end <= now
    # Who has announced to leave is neither one who stayed nor one who left.
    there = np.isnan(end) & ~(begin > now - new_days)
    place = np.flatnonzero(gone | there)
    if not place.size:
        text = Text(
            "Nobody can be judged yet: the first customer started {record} days ago, and who is "
            "there for fewer than {days} days says nothing. Retrain later.",
            "目前还无法判断：最早的客户开始于 {record} 天前，而停留不足 {days} 天的客户说明不了什么。"
            "请以后再训练。",
        ).fill(record=record, days=new_days)
        raise TooLittleDataError(text.en, text.zh)
    prior = learn_prior_correction(begin, end, now, horizon.days, start, place.tolist())
    numbers = customers.attrs.get("rows") or range(1, len(customers) + 1)
    return Snapshot(
        customers[own].iloc[place].reset_index(drop=True),
        gone[place].astype(float),
        keys[place],
        np.full(place.size, day_date(now)),
        horizon,
        (horizon.note, _prior_note(prior, horizon.days), *notes),
        left_out,
        tuple(int(numbers[k]) for k in place),
        prior,
    )


_LEVEL = Text(
    "{left} customers left in the last {days} days: at that pace {share} of the customers there "
    "leave within {horizon} days (between {low} and {high}). The probabilities are set to this "
    "level.",
    "最近 {days} 天有 {left} 位客户流失：照此速度，在 {horizon} 天内会流失现有客户的 {share}"
    "（区间 {low} 至 {high}），流失概率按此水平设定。",
)


def _prior_note(prior: PriorCorrection, horizon: int) -> Text:
    return _LEVEL.fill(
        left=prior.left,
        days=prior.days,
        horizon=horizon,
        share=percent(prior.share),
        low=percent(prior.low),
        high=percent(prior.high),
    )


def tenure_months(customers: Any, *, start: str, left_on: str, today: Any) -> tuple[Floats, Flags]:
    """How long each customer has stayed, and who left: what a survival model is fitted on.

    Returns
    -------
    months : ndarray of float, shape (n,)
        NaN without a start, and for a start that is still to come.
    left : ndarray of bool, shape (n,)
    """
    from csm_xl.metrics.calendar_days import DAYS_PER_MONTH

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
            "第 {row} 行：客户的流失日期早于开始日期，请更正其中一个日期。",
        ).fill(row=rows[int(np.argmax(backwards))])
        raise ScaleError(text.en, text.zh)
    return begin, end, as_day(today)


def _horizon(horizon_days: float | None, record: int, new_days: int) -> Horizon:
    if horizon_days is not None:
        days, learned = checked_horizon(horizon_days), False
    else:
        days, learned = max(min(DEFAULT_DAYS, (record - new_days) // 2), 7), True
    note = Text(
        "The probability is that of leaving within {days} days.",
        "流失概率指在 {days} 天内流失的概率。",
    ).fill(days=days)
    return Horizon(days, float("nan"), record, learned, note)


def _notes(begin: Floats, end: Floats, now: int) -> list[Text]:
    notes = []
    for n, note in (
        (
            int(np.isnan(begin).sum()),
            Text(
                "{n} customers have no start date; how long they have stayed is not known.",
                "有 {n} 位客户没有开始日期，无法得知其停留时间。",
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
                "{n} customers leave after today; until then they count as customers, and they were "
                "not learned from.",
                "有 {n} 位客户的流失日期晚于今天，在此之前仍视为客户，未用于训练。",
            ),
        ),
    ):
        if n:
            notes.append(note.fill(n=n))
    return notes
