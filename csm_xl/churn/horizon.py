"""After how many days of silence a customer counts as lost, learned from the orders themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csm_xl.churn.history import History
from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.survival_curve import Waiting, kaplan_meier

#: The share of waits that have ended by the horizon.
SHARE_BACK = 0.9
#: Fewer returns say nothing about how long a return takes.
LEAST_RETURNS = 10
SHORTEST, LONGEST = 7, 1095
#: The record must go on for this share of the horizon before it, or nothing is left to learn from.
HISTORY_PER_HORIZON = 0.25


@dataclass(frozen=True)
class Horizon:
    """The horizon within which a customer is judged.

    Attributes
    ----------
    days : int
    share_came_back : float
        Of the customers who were silent for that long, the share who ordered again later, as far
        as the record goes; NaN where the record does not go beyond it.
    record_days : int
        How long the longest wait on record is.
    learned : bool
        False when the owner set the days.
    note : Text
        All of it in one or two sentences.
    """

    days: int
    share_came_back: float
    record_days: int
    learned: bool
    note: Text


_LEARNED = Text(
    "A customer counts as lost after {days} days without an order: by then {share:.0%} of the "
    "waits for a next order are over, those still open included.",
    "客户连续 {days} 天没有下单即视为流失：到那时，{share:.0%} 的下单等待已经结束"
    "（尚未结束的等待也计算在内）。",
)
_OF_RETURNS = Text(
    "A customer counts as lost after {days} days without an order: {share:.0%} of those who come "
    "back at all have done so by then.",
    "客户连续 {days} 天没有下单即视为流失：在会回来的客户中，{share:.0%} 到那时已经回来。",
)
_SHORTENED = Text(
    "A customer counts as lost after {days} days without an order. {wanted} days would be better, "
    "but the orders on record go back {record} days only.",
    "客户连续 {days} 天没有下单即视为流失。{wanted} 天会更合适，但订单记录只有 {record} 天。",
)
_SET = Text(
    "A customer counts as lost after {days} days without an order, as set in Settings.",
    "按“设置”，客户连续 {days} 天没有下单即视为流失。",
)
_CAME_BACK = Text(
    " Of the customers who were silent for that long, {back:.0%} still ordered again later, as far "
    "as the record shows.",
    "在沉默了这么久的客户中，从现有记录看，仍有 {back:.0%} 后来再次下单。",
)
_CANNOT_TELL = Text(
    " The record is too short to say how many order again after that.",
    "记录太短，无法判断此后还有多少客户会再次下单。",
)


def find_horizon(history: History, horizon_days: float | None = None) -> Horizon:
    """The horizon: what the owner set, or else what the orders say.

    The wait after each day with an order lasts until the next one, or is still open on the last
    day on record. Kaplan-Meier counts both; the horizon is the wait within which 90 % are over.
    Where many customers never come back and the curve ends before that, it is the wait within
    which 90 % of those who come back have done so.

    Parameters
    ----------
    history : History
    horizon_days : float, optional
        What the owner set.

    Returns
    -------
    Horizon

    Raises
    ------
    ScaleError
        If the owner's number of days cannot be.
    TooLittleDataError
        If too few customers came back to learn from, and nothing was set.
    """
    return horizon_of(order_waits(history), history.today - history.first_day, horizon_days)


def horizon_of(waits: Waits, record: int, horizon_days: float | None = None) -> Horizon:
    """The horizon by waits that were counted, wherever that was; see :func:`find_horizon`.

    Parameters
    ----------
    waits : Waits
    record : int
        Days from the first order to the last day on record.
    horizon_days : float, optional
    """
    if horizon_days is not None:
        days = checked_horizon(horizon_days)
        return _stated(days, waits, False, _SET.fill(days=days))
    if waits.returns < LEAST_RETURNS:
        text = Text(
            "Customers came back {n} times only, and {least} are needed to tell how long a silence "
            "means that they left. Set the horizon in Settings.",
            "客户再次下单只有 {n} 次，至少需要 {least} 次才能判断沉默多久算流失，"
            "请在“设置”中填写预测期。",
        ).fill(n=waits.returns, least=LEAST_RETURNS)
        raise TooLittleDataError(text.en, text.zh)
    curve = waits.curve
    exact = curve.quantile(SHARE_BACK)
    template = _LEARNED
    if np.isnan(exact):
        exact = curve.quantile(SHARE_BACK * (1.0 - float(curve.still[-1])))
        template = _OF_RETURNS
    wanted = min(max(int(np.ceil(exact)), SHORTEST), LONGEST)
    days = max(min(wanted, int(record / (1.0 + HISTORY_PER_HORIZON))), SHORTEST)
    if days < wanted:
        note = _SHORTENED.fill(days=days, wanted=wanted, record=record)
    else:
        note = template.fill(days=days, share=SHARE_BACK)
    return _stated(days, waits, True, note)


@dataclass(frozen=True)
class Waits:
    """The waits for a next order: their curve, and how many ended."""

    curve: Waiting
    returns: int


def order_waits(history: History) -> Waits:
    """Waits between days with an order, and those still open on the last day on record."""
    orders = history.orders
    same = np.diff(orders.customer) == 0
    over = np.diff(orders.day)[same]
    last = np.append(~same, True) if orders.day.size else np.zeros(0, dtype=bool)
    still_open = history.today - orders.day[last]
    length = np.concatenate([over, still_open])
    ended = np.concatenate([np.ones(over.size, bool), np.zeros(still_open.size, bool)])
    return Waits(kaplan_meier(length, ended), int(over.size))


def _stated(days: int, waits: Waits, learned: bool, first: Text) -> Horizon:
    """The horizon with the share that came back after it, in words too."""
    curve = waits.curve
    silent = 1.0 - curve.ended_within(days)
    if curve.longest <= days or not waits.returns:
        back, second = float("nan"), _CANNOT_TELL
    else:
        back = (silent - float(curve.still[-1])) / silent if silent > 0 else 0.0
        second = _CAME_BACK.fill(back=back)
    note = Text(first.en + second.en, first.zh + second.zh)
    return Horizon(days, back, int(curve.longest), learned, note)


def checked_horizon(horizon_days: float) -> int:
    """The owner's horizon in whole days.

    Raises
    ------
    ScaleError
        If it cannot be.
    """
    if not (np.isfinite(horizon_days) and SHORTEST <= horizon_days <= LONGEST):
        text = Text(
            "The horizon is {days:g} days, but must be from {low} to {high}. "
            "Correct it in Settings.",
            "预测期为 {days:g} 天，应在 {low} 到 {high} 天之间，请在“设置”中更正。",
        ).fill(days=float(horizon_days), low=SHORTEST, high=LONGEST)
        raise ScaleError(text.en, text.zh)
    return int(horizon_days)
