"""What speaks for a customer's leaving, as a person would say it: their number, its unit, the usual one."""

from __future__ import annotations

from typing import Any

from csm_xl.churn.explain import shown
from csm_xl.churn.feature_values import is_blank
from csm_xl.churn.formula import NumericTerm, TextTerm
from csm_xl.language import Text
from csm_xl.vocabulary import layout

#: Figures of a window of days, for a model that says how many.
_IN_WINDOW: dict[str, Text] = {
    "usage_now": Text(
        "{v} orders and visits in the last {days} days, most customers have {t}",
        "近 {days} 天活跃 {v} 次，多数客户 {t} 次",
    ),
    "usage_before": Text(
        "{v} orders and visits in the {days} days before that, most customers had {t}",
        "再往前 {days} 天活跃 {v} 次，多数客户 {t} 次",
    ),
}
#: Figures that csm-xl counts itself are known by what they count.
_COUNTED: dict[str, Text] = {
    "orders": Text(
        "{v} orders so far, most customers have {t}", "至今下单 {v} 次，多数客户 {t} 次"
    ),
    "revenue": Text("spent {v} so far, most customers {t}", "至今消费 {v}，多数客户 {t}"),
    "days_since": Text(
        "the last order was {v} days ago, for most customers {t}",
        "距上次下单 {v} 天，多数客户 {t} 天",
    ),
    "usage_now": Text(
        "{v} orders and visits of late, most customers have {t}",
        "近期活跃 {v} 次，多数客户 {t} 次",
    ),
    "usage_before": Text(
        "{v} orders and visits in the time before, most customers had {t}",
        "此前活跃 {v} 次，多数客户 {t} 次",
    ),
    "refund_share": Text(
        "{v} of what was bought was refunded, for most customers {t}",
        "退款占购买金额的 {v}，多数客户 {t}",
    ),
    "loyalty": Text(
        "{v} of the orders were repeat orders, for most customers {t}",
        "重复下单占 {v}，多数客户 {t}",
    ),
    "rating": Text("rates you {v} on average, most customers {t}", "平均评分 {v}，多数客户 {t}"),
    "experience": Text(
        "rates the experience {v}, most customers {t}", "体验得分 {v}，多数客户 {t}"
    ),
    "sentiment": Text(
        "what this customer writes has a tone of {v} (−1 bad, 1 good), usually {t}",
        "文字反馈的情感倾向 {v}（−1 差，1 好），多数客户 {t}",
    ),
    "usage_level": Text(
        "used {v} a month of late, most customers {t}", "近期每月使用 {v}，多数客户 {t}"
    ),
    "usage_trend": Text(
        "use a month changed by {v}, for most customers by {t}",
        "每月使用量变化 {v}，多数客户变化 {t}",
    ),
    "complaints": Text("{v} complaints, most customers have {t}", "投诉 {v} 次，多数客户 {t} 次"),
}
_SHARES = frozenset(["refund_share", "loyalty"])
#: Means of a few months, which no owner wants to four digits.
_MEANS = frozenset(["usage_level", "usage_trend"])
_NUMBER = Text("{name}: {v}, most customers have {t}", "{name}为 {v}，多数客户为 {t}")
_DATE = Text(
    "{name} is {v}, for most customers it is about {t}", "{name}是 {v}，多数客户在 {t} 前后"
)
_WORD = Text(
    "{name} is {v}, and such customers leave more often", "{name}为{v}，这类客户更容易流失"
)
_WORD_LESS = Text(
    "{name} is {v}, and such customers leave less often", "{name}为{v}，这类客户较少流失"
)
_SAME = Text("{name} is {v}, together with what else is known", "{name}为{v}，并结合其他情况")
_BLANK = Text("{name} is blank, most customers have {t}", "{name}为空白，多数客户为 {t}")


def phrase(
    term: NumericTerm | TextTerm,
    cell: Any,
    typical: Any,
    *,
    leaving: bool = True,
    window_days: int | None = None,
) -> Text:
    """One reason.

    Parameters
    ----------
    term : NumericTerm or TextTerm
        The feature.
    cell : scalar
        The customer's value.
    typical : scalar
        The usual value.
    leaving : bool
        Whether it speaks for leaving.
    window_days : int, optional
        How many days the columns of recent and of earlier activity cover.
    """
    # A Latin name needs a space before the Chinese word that follows it.
    name = Text(term.name, f"{term.name} " if term.name[-1:].isascii() else term.name)
    value, usual = _shown(term, cell), _shown(term, typical)
    if is_blank(cell) or cell != cell:
        return _BLANK.fill(name=name, t=usual)
    if isinstance(term, TextTerm) or term.kind == "flag":
        return (_WORD if leaving else _WORD_LESS).fill(name=name, v=value)
    if value.en == usual.en:
        return _SAME.fill(name=name, v=value)
    if term.kind == "date":
        return _DATE.fill(name=name, v=value, t=usual)
    key = _key(term.name)
    if key in _SHARES:
        value, usual = _share(cell, value), _share(typical, usual)
    if key in _MEANS:
        value, usual = _mean(cell, value), _mean(typical, usual)
    if key in _IN_WINDOW and window_days:
        return _IN_WINDOW[key].fill(days=window_days, v=value, t=usual)
    return _COUNTED.get(key or "", _NUMBER).fill(name=name, v=value, t=usual)


def _shown(term: NumericTerm | TextTerm, cell: Any) -> Text:
    text = shown(term, cell)
    return Text(text.en, text.zh.strip())


def _key(header: str) -> str | None:
    """Which of csm-xl's own counted columns a title is, or None."""
    table = layout.table("customers")
    for key in _COUNTED:
        title = table.column(key).title
        if header in (title.en, title.zh):
            return key
    return None


def _mean(value: Any, text: Text) -> Text:
    try:
        number = f"{float(value):.1f}".removesuffix(".0")
    except (TypeError, ValueError):
        return text
    return Text(number, number)


def _share(value: Any, text: Text) -> Text:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return text
    return Text(f"{number:.0%}", f"{number:.0%}")
