"""Satisfaction: CSAT in its two methods, the share of positive feedback, and NPS."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import DivideError, ScaleError
from csm_xl.language import Text
from csm_xl.metrics.rows import (
    Rows,
    columns,
    mark,
    mark_holes,
    mark_scale,
    no_problems,
    nothing,
    on_scale,
    sound,
)

#: A rating of this level or better counts as positive feedback.
POSITIVE_LEVEL = 4
#: NPS: scores from here up are promoters, scores up to the other are detractors.
PROMOTER, DETRACTOR = 9, 6

_RATING = Text("rating", "评分")
_SCORE = Text("score", "推荐分")
_PART = Text("the part", "分子")
_TOTAL = Text("the total", "总数")


def csat_mean(levels: ArrayLike) -> float:
    """Mean satisfaction level.

    Parameters
    ----------
    levels : array_like of float
        Levels from 1 (very dissatisfied) to 5 (very satisfied); NaN is a blank and is skipped.

    Returns
    -------
    float
        From 1 to 5.

    Raises
    ------
    ScaleError
        If a level is outside 1 to 5.
    DivideError
        If there is no level at all.

    Notes
    -----
    一人公司的客户成功管理实践, §3.1 and §4.1: the sum of the scores by their number.
    """
    return float(np.mean(_levels(levels)))


def csat_positive(levels: ArrayLike) -> float:
    """Share of ratings of 4 or more.

    Parameters
    ----------
    levels : array_like of float
        Levels from 1 to 5; NaN is a blank and is skipped.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ScaleError
        If a level is outside 1 to 5.
    DivideError
        If there is no level at all.

    Notes
    -----
    一人公司如何打造高效的客户成功管理体系, §4.1: positive feedback by all feedback.
    """
    return float(np.mean(_levels(levels) >= POSITIVE_LEVEL))


def _levels(levels: ArrayLike) -> np.ndarray:
    given = on_scale(Text("the rating", "评分"), levels, 1, 5)
    if not given.size:
        raise nothing(_RATING)
    return given


def ratio(part: ArrayLike, total: ArrayLike) -> Rows:
    """Part by total, row by row: satisfaction, loyalty, or any share.

    Parameters
    ----------
    part, total : array_like of float, shape (n,)
        Counts; NaN in both is a blank row.

    Returns
    -------
    Rows
        Shares from 0 to 1, NaN for blank rows. A row's problem is a ScaleError when a number is
        negative or the part exceeds the total, a DivideError when the total is 0, a CellError
        when one of the two is blank.

    Notes
    -----
    一人公司如何打造高效的客户成功管理体系, §4.1 (satisfaction) and §4.2 (loyalty).
    """
    part, total = columns(part, total)
    problems = no_problems(part.size)
    mark_holes(problems, [(_PART, part), (_TOTAL, total)])
    mark_scale(problems, _PART, part, 0)
    mark_scale(problems, _TOTAL, total, 0)
    mark(problems, total == 0, _zero_total)

    def too_much(i: int) -> ScaleError:
        text = Text(
            "Row {row}: {part:g} of {total:g} is more than all of them. Correct one of the two.",
            "第 {row} 行：{total:g} 中的 {part:g} 超过了总数，请更正其中一个。",
        ).fill(row=i + 1, part=float(part[i]), total=float(total[i]))
        return ScaleError(text.en, text.zh)

    mark(problems, part > total, too_much)
    fine = sound(problems) & ~np.isnan(part)
    values = np.full(part.size, np.nan)
    np.divide(part, total, out=values, where=fine)
    return Rows(values, problems)


def _zero_total(i: int) -> DivideError:
    text = Text(
        "Row {row}: the total is 0, so there is nothing to divide by.",
        "第 {row} 行：总数为 0，无法相除。",
    ).fill(row=i + 1)
    return DivideError(text.en, text.zh)


def nps(scores: ArrayLike) -> float:
    """Net promoter score.

    Parameters
    ----------
    scores : array_like of float
        How likely a customer is to recommend, 0 to 10; NaN is a blank and is skipped.

    Returns
    -------
    float
        Share of scores of 9 or more minus share of scores of 6 or less, times 100: -100 to 100.

    Raises
    ------
    ScaleError
        If a score is outside 0 to 10.
    DivideError
        If there is no score at all.

    Notes
    -----
    F. F. Reichheld (2003), The One Number You Need to Grow, Harvard Business Review 81(12).
    """
    given = on_scale(Text("the score", "推荐分"), scores, 0, 10)
    if not given.size:
        raise nothing(_SCORE)
    promoters = np.count_nonzero(given >= PROMOTER)
    detractors = np.count_nonzero(given <= DETRACTOR)
    return float(100.0 * (promoters - detractors) / given.size)
