"""Columns that carry time: how long a customer has stayed, what piled up, what was last seen.

A sheet shows such columns as they stand today, or as they stood when a customer left. Without
dates nobody can tell which, and a model would learn that who has been silent for long has left.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

import numpy as np

from csm_xl.churn.feature_columns import kind_of, words
from csm_xl.churn.feature_values import as_cells, read_numbers, text_key
from csm_xl.language import Text
from csm_xl.metrics.rows import Floats

#: Rank correlation with the time as a customer from which a column named a total is one, and
#: from which any column that is never negative piles up with time.
NAMED_TOTAL, ANY_TOTAL = 0.5, 0.8
_LEAST_ROWS = 20


class TimeColumn(Enum):
    """What a column says about time, in words."""

    RECENCY = Text(
        "tells how long ago something was, and for who left nobody knows as of which day",
        "表示距上次的时间，而对已流失的客户，不知道是截至哪一天",
    )
    CUMULATIVE = Text("grows for as long as a customer stays", "只要客户还在就会不断累加")
    TENURE = Text("is how long the customer has stayed", "就是客户停留的时间")
    START = Text("is the day on which the customer came", "是客户开始的日期")
    DATE = Text(
        "is a date, and dates run with the time as a customer", "是日期，随客户停留的时间变化"
    )


_NOT_AS_OF = Text(
    "{what}, and the sheet does not say how it stood on an earlier day",
    "{what}，而表中没有更早日期的数值",
)
_FROM_START = Text("is how long the customer has stayed, which Start tells", "可由开始日期得出")

_RECENCY = re.compile(
    r"\b(days|weeks|months|hours) (since|ago|inactive|idle)\b|\brecency\b|\bsince last\b"
    r"|\blast (order|purchase|buy|login|logon|log in|contact|visit|seen|active|activity|used|use"
    r"|payment|transaction|interaction|session|feedback)\b"
    r"|距(上|离|最|今)|(上|最近一|最后一)次|最(近|后)(一次)?(下单|购买|登录|活跃|消费|联系|访问|使用|交易|反馈)"
    r"|未(下单|购买|登录|活跃|消费|联系|使用)(天|日|月|时)|沉默(天|时)"
)
_SURELY_CUMULATIVE = re.compile(
    r"\b(cumulative|cumulated|accumulated|accrued|lifetime|life time|to date|ever|all time)\b"
    r"|累计|累积|累計|累積|历史(总|订单|消费|购买)|歷史(總|訂單|消費|購買)"
)
_CUMULATIVE = re.compile(r"\b(total|totals|sum|overall)\b|总|總|合计|合計")
# An average, a share or the sum of one period does not pile up, whatever else its title says.
_LEVEL = re.compile(
    r"\b(average|averages|avg|mean|median|typical|ratio|rate|share|percent|percentage|pct|score"
    r"|index|per|each|monthly|weekly|daily|yearly|annual|quarterly)\b"
    r"|\b(last|past|this|current|recent|previous|trailing|rolling) (\d+ )?(day|week|month|quarter|"
    r"year|bill|period)s?\b|[%％]"
    r"|平均|均|中位|每|单价|單價|比例|占比|佔比|率|评分|評分|得分|指数|指數"
    r"|(近|最近|过去|過去|前)[\d一二两兩三四五六七八九十半]+个?個?(天|日|周|週|月|季|年)"
    r"|(本|上|当|當)(日|周|週|月|季|年|期)"
)
_TENURE = re.compile(
    r"\btenure\b|^(customer |client |member |account |user )?(lifetime|life time)"
    r"( (in )?(days|weeks|months|years|mths|yrs|d|m|y))?$|\b(days|weeks|months|years) (active|on book"
    r"s?|with us|stayed|subscribed|enrolled|since (start|signup|joining))\b"
    r"|\bmob$|\baccount (length|age)\b|\b(days|weeks|months|years|time|age) as (a )?(customer|"
    r"client|member|user|subscriber)\b|\b(customer|client|member|user|membership|relationship|"
    r"subscription) (age|length|duration|lifetime|tenure)\b|\bmonths? on books?\b|\bseniority\b|\blength of (stay|relationship|membership|contract|service)\b"
    r"|在网(时长|月|天|年)|入网(时长|月|天|年)|(会|客|用户|客户)龄|(成为客户|合作|注册|入会|会员)(的)?(天|月|年|时长)"
    r"|客户(龄|天数|月数|年限|时长|生命周期)|(合作|服务|存续|留存|订阅|訂閱|在册|账龄|帳齡)(天数|月数|年限|时长|時長|月份数)"
    r"|账龄|帳齡|客齡|客戶齡|会龄|會齡|存续期"
)
_START = re.compile(
    r"\b(start|started|joined|join|signup|signed up|sign up|registered|registration|enrolled|since|"
    r"first (order|purchase|seen|contact)|became)\b|(开始|注册|入会|加入|签约|首次|首单|开户|成为)"
)


def time_columns(frame: Any, duration: Any = None) -> dict[str, TimeColumn]:
    """Which columns carry time, by their headers and by what they hold.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        Raw cells.
    duration : array_like of float, shape (n,), optional
        How long each customer has stayed, where known; else the frame's own tenure column is
        what the others are compared with.

    Returns
    -------
    dict of str to TimeColumn
        Only the columns that do. An average, a share or the sum of one period is none. A column called a total is none if its numbers visibly do not
        grow with the time as a customer (minutes of one month, for example).
    """
    found: dict[str, TimeColumn] = {}
    numbers: dict[str, Floats] = {}
    levels: set[str] = set()
    for place, header in enumerate(frame.columns):
        name = str(header)
        cells = as_cells(frame.iloc[:, place])
        kind = kind_of(cells, name)
        spoken = " ".join(words(name)) if name.isascii() else text_key(name)
        if kind == "text":
            continue
        level = bool(_LEVEL.search(spoken) or "%" in name)
        if _RECENCY.search(spoken):
            found[name] = TimeColumn.RECENCY
        elif _TENURE.search(spoken):
            found[name] = TimeColumn.TENURE
        elif kind == "date":
            found[name] = TimeColumn.START if _START.search(spoken) else TimeColumn.DATE
        elif _SURELY_CUMULATIVE.search(spoken) and not level:
            found[name] = TimeColumn.CUMULATIVE
        if level:
            levels.add(name)
        if kind == "number":
            numbers[name] = read_numbers(cells, name)
    stayed = _stayed(found, numbers, duration)
    for name, column in numbers.items():
        if name in found or name in levels:
            continue
        spoken = " ".join(words(name)) if name.isascii() else text_key(name)
        grows = _rank_correlation(column, stayed)
        if _CUMULATIVE.search(spoken):
            if not grows < NAMED_TOTAL:
                found[name] = TimeColumn.CUMULATIVE
        elif grows >= ANY_TOTAL and np.nanmin(column) >= 0:
            found[name] = TimeColumn.CUMULATIVE
    return {str(name): found[str(name)] for name in frame.columns if str(name) in found}


def undated_columns(frame: Any) -> dict[str, Text]:
    """Columns that must not be learned from while no one knows when customers left.

    Returns
    -------
    dict of str to Text
        Recency and cumulative columns, each with the reason. How long a customer has stayed is
        kept: it may well be as of a day on which everybody was still there.
    """
    dropped = (TimeColumn.RECENCY, TimeColumn.CUMULATIVE)
    return {name: kind.value for name, kind in time_columns(frame).items() if kind in dropped}


def frozen_columns(frame: Any, duration: Any = None) -> dict[str, Text]:
    """Columns that cannot be looked back from an earlier day, because a sheet shows one value.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
    duration : array_like of float, shape (n,), optional
        How long each customer has stayed.

    Returns
    -------
    dict of str to Text
        Tenure, dates, recency and totals, each with the reason.
    """
    return {
        name: _FROM_START if kind is TimeColumn.TENURE else _NOT_AS_OF.fill(what=kind.value)
        for name, kind in time_columns(frame, duration).items()
    }


def duration_columns(frame: Any, duration: Any) -> dict[str, Text]:
    """Columns that carry the duration itself, which survival must not be explained with.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
    duration : array_like of float, shape (n,)

    Returns
    -------
    dict of str to Text
        Tenure, dates, recency and totals, each with the reason.
    """
    return {name: kind.value for name, kind in time_columns(frame, duration).items()}


def _stayed(
    found: dict[str, TimeColumn], numbers: dict[str, Floats], duration: Any
) -> Floats | None:
    """What says how long each customer has stayed."""
    if duration is not None:
        return np.asarray(duration, dtype=float).reshape(-1)
    for name, kind in found.items():
        if kind is TimeColumn.TENURE and name in numbers:
            return numbers[name]
    return None


def _rank_correlation(column: Floats, other: Floats | None) -> float:
    """Spearman's rank correlation; NaN where it cannot be told."""
    if other is None:
        return float("nan")
    both = ~(np.isnan(column) | np.isnan(other))
    if both.sum() < _LEAST_ROWS:
        return float("nan")
    ranks = [_mean_ranks(values[both]) for values in (column, other)]
    if any(rank.min() == rank.max() for rank in ranks):
        return 0.0
    return float(np.asarray(np.corrcoef(ranks))[0, 1])


def _mean_ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2.0)[place]
