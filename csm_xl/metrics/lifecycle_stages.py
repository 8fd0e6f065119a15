"""Lifecycle: which of the five stages each customer is in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.language import Text
from csm_xl.metrics.rows import Rows, columns, mark_scale, no_problems, sound

_TENURE = Text("the tenure in days", "客户天数")
_SILENCE = Text("the number of days since the last activity", "距上次活动的天数")
_NOW = Text("recent usage", "近期使用量")
_BEFORE = Text("earlier usage", "前期使用量")


class Stage(IntEnum):
    """The stages in the order in which a customer goes through them; 0 is no stage."""

    EXPLORATION = 1
    TRIAL = 2
    GROWTH = 3
    MATURITY = 4
    DECLINE = 5

    @property
    def label(self) -> Text:
        """The stage's name in both languages."""
        return STAGES[self]


STAGES: dict[int, Text] = {
    Stage.EXPLORATION: Text("Exploration", "探索期"),
    Stage.TRIAL: Text("Trial", "试用期"),
    Stage.GROWTH: Text("Growth", "成长期"),
    Stage.MATURITY: Text("Maturity", "成熟期"),
    Stage.DECLINE: Text("Decline", "衰退期"),
}


@dataclass(frozen=True)
class Thresholds:
    """Where one stage ends and the next begins.

    Attributes
    ----------
    trial_days : float
        A customer of at most this many days is on trial.
    silent_days : float
        A customer without activity for more than this many days is in decline.
    decline_ratio, growth_ratio : float
        Usage now below this multiple of usage before is decline, above the other growth.
    """

    trial_days: float = 30.0
    silent_days: float = 90.0
    decline_ratio: float = 0.5
    growth_ratio: float = 1.2


DEFAULT_THRESHOLDS = Thresholds()


def lifecycle(
    tenure_days: ArrayLike,
    days_since_last: ArrayLike,
    usage_now: ArrayLike,
    usage_before: ArrayLike,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
) -> Rows:
    """The stage of each customer: the first rule that holds.

    1. no tenure (blank or 0) and no usage: Exploration
    2. tenure within the trial: Trial
    3. silent for long, or usage below half of before: Decline
    4. usage above 1.2 of before: Growth
    5. else Maturity

    Parameters
    ----------
    tenure_days, days_since_last, usage_now, usage_before : array_like of float, shape (n,)
        None negative, NaN is blank. A customer of whom no activity is known has been silent for
        the whole tenure. Blank usage counts as 0, and after an earlier usage of 0 any usage is
        new usage, which is growth.
    thresholds : Thresholds
        Where the stages end.

    Returns
    -------
    Rows
        :class:`Stage` codes 1 to 5, 0 where all four cells are blank or the row has a problem
        (a ScaleError: a number below 0).

    Notes
    -----
    The stages are those of 一人公司的客户成功管理实践, §2.
    """
    tenure, silence, now, before = columns(tenure_days, days_since_last, usage_now, usage_before)
    problems = no_problems(tenure.size)
    for what, column in ((_TENURE, tenure), (_SILENCE, silence), (_NOW, now), (_BEFORE, before)):
        mark_scale(problems, what, column, 0)
    blank = np.isnan(tenure) & np.isnan(silence) & np.isnan(now) & np.isnan(before)

    silence = np.where(np.isnan(silence), tenure, silence)
    now, before = np.nan_to_num(now), np.nan_to_num(before)
    no_tenure = np.isnan(tenure) | (tenure == 0)
    stage = np.select(
        [
            no_tenure & (now == 0) & (before == 0),
            tenure <= thresholds.trial_days,
            (silence > thresholds.silent_days) | (now < thresholds.decline_ratio * before),
            now > thresholds.growth_ratio * before,
        ],
        [Stage.EXPLORATION, Stage.TRIAL, Stage.DECLINE, Stage.GROWTH],
        default=Stage.MATURITY,
    )
    stage = np.where(blank | ~sound(problems), 0, stage)
    return Rows(stage.astype(np.int64), problems)
