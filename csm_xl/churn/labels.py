"""Who left, and what was known before: training sets in which every label has a date.

Features are taken on a cut-off day, the label from the horizon after it, and everybody is judged
over the same horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from csm_xl.churn.history import History, day_numbers, read_history
from csm_xl.churn.horizon import Horizon, find_horizon
from csm_xl.churn.orders import WINDOW_DAYS, order_features
from csm_xl.churn.time_columns import frozen_columns
from csm_xl.errors import TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats, Ints
from csm_xl.vocabulary.settings import default_number

#: A customer known for fewer days cannot be judged yet.
NEW_DAYS = int(default_number("trial_days"))
#: Cut-offs at most, days from one to the next at least, and rows after which no cut-off is added.
MOST_CUTOFFS, LEAST_STEP, ENOUGH_ROWS = 6, 30, 50_000

#: Columns of the Customers table that are read here and are no traits of the customer.
KEY, LEFT_ON, START = "customer_id", "left_on", "start"


_NOTED = Text(
    "A customer counts as lost on the day in the column Left on; the probability is that of "
    "leaving within {days} days.",
    "以“流失日期”列中的日期为客户流失的日期；概率指在 {days} 天内流失的概率。",
)


@dataclass(frozen=True)
class TrainingSet:
    """What a churn model is trained on.

    Attributes
    ----------
    features : pandas.DataFrame, n rows
        Features on the row's cut-off.
    label : ndarray of float, shape (n,)
        1 where the customer left within the horizon after the cut-off.
    groups : ndarray, shape (n,)
        The customer of each row: folds keep a customer's rows together.
    cutoffs : ndarray of datetime64[D], shape (n,)
        The cut-off of each row.
    horizon : Horizon
    notes : tuple of Text
        The horizon, and which rows were left out.
    left_out : dict of str to Text
        Columns that are no features, with the reason.
    """

    features: Any
    label: Floats
    groups: np.ndarray
    cutoffs: np.ndarray
    horizon: Horizon
    notes: tuple[Text, ...]
    left_out: dict[str, Text] = field(default_factory=dict)

    @property
    def share_came_back(self) -> float:
        """Of those silent for the whole horizon, the share who ordered again later."""
        return self.horizon.share_came_back


def training_set(
    orders: Any,
    *,
    customers: Any = None,
    feedback: Any = None,
    contacts: Any = None,
    horizon_days: float | None = None,
    today: Any = None,
    window_days: int = WINDOW_DAYS,
    new_days: int = NEW_DAYS,
    silence_is_leaving: bool = True,
) -> TrainingSet:
    """Learn from orders: who fell silent for longer than the horizon, or who said goodbye.

    A row is a customer on a cut-off who had ordered within the horizon before it (nobody leaves
    twice), the first time at least `new_days` before it. The label is 1 when no order followed
    within the horizon after it. There are several cut-offs, the last one a horizon ago.

    Parameters
    ----------
    orders, feedback, contacts : pandas.DataFrame
        See :func:`~csm_xl.churn.history.read_history`.
    customers : pandas.DataFrame, optional
        Column ``customer_id``; an optional ``left_on`` (a date) says who left for certain: within
        the horizon that is a 1 whatever was ordered, and later cut-offs leave the customer out.
        ``start`` is not used; every other column is a trait, the same on every cut-off, but for
        those that run with time.
    horizon_days : float, optional
        Set by the owner; learned from the orders when not given.
    today : date, optional
        The last day on record; the last order by default.
    window_days, new_days : int
        Recent window of the features, and the fewest days of acquaintance.
    silence_is_leaving : bool
        False where the owner notes who left (``left_on``): only those are then a 1, and
        `horizon_days` must be given.

    Returns
    -------
    TrainingSet

    Raises
    ------
    TooLittleDataError
        If the record is too short for the horizon, or nobody can be judged.
    SheetError, CellError, ScaleError
        As in the functions that it uses.
    """
    import pandas as pd

    people = _read(orders, customers, feedback, contacts, today, window_days, new_days)
    people.silence_is_leaving = silence_is_leaving
    horizon = find_horizon(people.history, horizon_days)
    if not silence_is_leaving:
        horizon = replace(horizon, note=_NOTED.fill(days=horizon.days))
    pieces: list[_Judged] = []
    history = people.history
    for cutoff in cutoff_days(history.first_day, history.today, horizon.days, new_days):
        piece = people.judged(cutoff, horizon.days)
        if piece.place.size:
            pieces.append(piece)
        if sum(p.place.size for p in pieces) >= ENOUGH_ROWS:
            break
    if not pieces:
        raise nobody_judged(horizon.days, people.record_days)
    place = np.concatenate([p.place for p in pieces])
    features = pd.concat([p.features for p in pieces])
    return TrainingSet(
        people.with_traits(features, place).reset_index(drop=True),
        np.concatenate([p.label for p in pieces]),
        people.history.customers[place],
        np.concatenate([np.full(p.place.size, day_date(p.cutoff)) for p in pieces]),
        horizon,
        (horizon.note, *people.history.notes),
        people.left_out,
    )


def nobody_judged(days: int, record: int) -> TooLittleDataError:
    """What is wrong where the record is too short for the horizon."""
    text = Text(
        "Nobody can be judged over {days} days yet: the orders on record go back {record} days "
        "only. Add earlier orders, or set a shorter horizon in Settings.",
        "目前还没有客户可以按 {days} 天来判断：订单记录只有 {record} 天。"
        "请补充更早的订单，或在“设置”中缩短预测期。",
    ).fill(days=days, record=record)
    return TooLittleDataError(text.en, text.zh)


def cutoff_days(first_day: int, today: int, horizon: int, new_days: int) -> range:
    """Days to look back from, latest first; the record before each must say something."""
    step = max(LEAST_STEP, horizon // MOST_CUTOFFS)
    return range(today - horizon, first_day + new_days - 1, -step)[:MOST_CUTOFFS]


def day_date(day: int) -> np.datetime64:
    """The date of a day number."""
    return np.datetime64("1899-12-30", "D") + np.timedelta64(day, "D")


@dataclass(frozen=True)
class _Judged:
    """The customers who could be judged on one cut-off."""

    cutoff: int
    place: Ints
    features: Any
    label: Floats


@dataclass
class _People:
    """The customers with their history, and who is said to have left when (NaN: nobody knows)."""

    history: History
    left_on: Floats
    traits: Any
    left_out: dict[str, Text]
    window_days: int
    new_days: int
    silence_is_leaving: bool = True

    @property
    def record_days(self) -> int:
        return self.history.today - self.history.first_day

    def judged(self, cutoff: int, horizon: int) -> _Judged:
        """The rows of one cut-off."""
        features = order_features(self.history, cutoff, self.window_days)
        place = np.flatnonzero(self._eligible(features, cutoff, horizon))
        silent = self.history.orders.count(cutoff, cutoff + horizon) == 0
        said = (self.left_on > cutoff) & (self.left_on <= cutoff + horizon)
        label = (said | (silent & self.silence_is_leaving)).astype(float)
        return _Judged(cutoff, place, features.iloc[place], label[place])

    def _eligible(self, features: Any, cutoff: int, horizon: int) -> Flags:
        """Who had ordered, is known for long enough, and had not left."""
        since = features["days_since"].to_numpy()
        known_for = features["days_as_customer"].to_numpy()
        silent = (since > horizon) & self.silence_is_leaving
        # Comparisons with NaN are false: without orders nobody is known for any time.
        return (known_for >= self.new_days) & ~silent & ~(self.left_on <= cutoff)

    def with_traits(self, features: Any, place: Ints) -> Any:
        """The features and, beside them, what does not change with time."""
        if self.traits is None:
            return features
        import pandas as pd

        traits = self.traits.iloc[place].set_axis(features.index, axis=0)
        return pd.concat([features, traits], axis=1)


def _read(
    orders: Any,
    customers: Any,
    feedback: Any,
    contacts: Any,
    today: Any,
    window_days: int,
    new_days: int,
) -> _People:
    keys = None if customers is None else customers[KEY]
    history = read_history(
        orders, customers=keys, feedback=feedback, contacts=contacts, today=today
    )
    left_on = np.full(len(history.customers), np.nan)
    traits, left_out = None, {}
    if customers is not None:
        own: Flags = history.row_of_each(customers[KEY])
        table = customers.loc[own]
        if LEFT_ON in table:
            left_on = day_numbers(table[LEFT_ON], LEFT_ON)
        traits = table.drop(columns=[c for c in (KEY, LEFT_ON, START) if c in table])
        left_out = frozen_columns(traits)
        traits = traits.drop(columns=list(left_out))
    return _People(history, left_on, traits, left_out, window_days, new_days)
