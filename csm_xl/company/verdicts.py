"""What the Dashboard says about contacting and about satisfaction: counts, intervals, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from csm_xl.company.contact_effect import FIRST_LOOK, Comparison, Side
from csm_xl.company.effect_plan import of_hundred
from csm_xl.company.holdout import CONTACT, HOLDOUT
from csm_xl.company.satisfaction_trend import LEAST_MONTHS, Trend
from csm_xl.language import Text
from csm_xl.metrics.intervals import Interval

_EMPTY = Text("", "")


@dataclass(frozen=True)
class Line:
    """One row of the Dashboard's block on whether contacting helped."""

    measure: Text
    contacted: Text = _EMPTY
    holdout: Text = _EMPTY
    low: Text = _EMPTY
    high: Text = _EMPTY
    verdict: Text = _EMPTY


_CANNOT = Text(
    "Cannot tell: whoever is contacted was more at risk to begin with, so contacted against not "
    "contacted is no effect. Set a hold-out share in Settings to find out.",
    "无法判断：被联系的客户本来风险就更高，与未联系的客户相比说明不了效果。"
    "请在“设置”中设定对照组比例。",
)
_BY_HOLDOUT = Text(
    "Counts only. The comparison with the hold-out is below.", "仅为计数，与对照组的比较见下。"
)
_NOBODY = Text("Nothing was suggested yet.", "还没有建议。")
_STAYED = Text("Still customers after {days} days", "{days} 天后仍是客户")
_BOUGHT = Text("Bought again within {days} days", "{days} 天内再次购买")
_ALSO = Text(
    "For your information. Only the measure above was decided on beforehand and is tested.",
    "仅供参考。只有上一行的指标是事先确定并检验的。",
)
_WAIT = Text(
    "Cannot tell yet: looked at when the {days} days of {least} customers in each group are over "
    "(so far {contact} and {holdout}), not at every refresh, so that looking often finds nothing "
    "by chance.",
    "暂时无法判断：每组都有 {least} 位客户满 {days} 天时才比较（目前为 {contact} 位和 {holdout} 位）。"
    "如果每次刷新都比较，迟早会碰巧看出“效果”。",
)
_CHANCE = Text(
    "Cannot tell: a difference of this size may be chance. Looked at again at {least} customers "
    "in each group.",
    "无法判断：这样的差异可能出于偶然。每组满 {least} 位客户时再比较。",
)
_HELPED = Text(
    "Contacting helped: of 100 such customers at least {least} more stay, most likely about {more} "
    "(in 95 % of cases all looks together are right).",
    "联系有效：每 100 位这样的客户至少多留住 {least} 位，最可能约 {more} 位"
    "（所有比较合在一起有 95% 的把握）。",
)
_HARMED = Text(
    "Contacting did harm: of 100 such customers at least {least} fewer stay, most likely about "
    "{more}. Contact fewer, or differently.",
    "联系适得其反：每 100 位这样的客户至少少留住 {least} 位，最可能约 {more} 位。"
    "请减少联系或换一种方式。",
)


def verdict_lines(
    suggested: int,
    done: int,
    outcomes: Mapping[Text, int],
    comparison: Comparison | None,
    days: int,
    *,
    by_orders: bool = False,
    bought: tuple[Side, Side] | None = None,
) -> list[Line]:
    """Rows on suggestions, outcomes and the comparison.

    Parameters
    ----------
    suggested, done : int
    outcomes : mapping of Text to int
        How often each outcome was noted.
    comparison : Comparison or None
        None when there never was a hold-out.
    days : int
        The horizon.
    by_orders : bool
        Whether having bought again is the measure, because the owner does not note who left.
    bought : tuple of Side, optional
        Who bought again, of the contact group and of the hold-out, beside the measure.
    """
    left_alone = comparison.enrolled[HOLDOUT] if comparison is not None else 0
    first = Line(
        Text("Suggestions", "建议"),
        Text("{n} suggested, {done} done", "建议 {n} 条，完成 {done} 条").fill(
            n=suggested, done=done
        ),
        Text("{n} left alone", "{n} 位未联系").fill(n=left_alone) if comparison else _EMPTY,
        verdict=_NOBODY if not suggested else _BY_HOLDOUT if comparison else _EMPTY,
    )
    parts = [
        Text(f"{name.en} {n}", f"{name.zh} {n}") for name, n in outcomes.items() if n and name.en
    ]
    noted = Line(
        Text("Outcomes you noted", "您记录的结果"),
        Text(", ".join(p.en for p in parts), "，".join(p.zh for p in parts)),
        verdict=_CANNOT if done and comparison is None else _EMPTY,
    )
    measure = (_BOUGHT if by_orders else _STAYED).fill(days=days)
    if comparison is None:
        return [first, noted, Line(measure, verdict=_CANNOT)]
    lines = [first, noted, _compared(measure, comparison, days)]
    if bought is not None and comparison.look:
        lines.append(
            Line(_BOUGHT.fill(days=days), _share(bought[0]), _share(bought[1]), verdict=_ALSO)
        )
    return lines


def _compared(measure: Text, found: Comparison, days: int) -> Line:
    if found.difference is None:
        wait = _WAIT.fill(
            days=days,
            least=FIRST_LOOK,
            contact=found.over[CONTACT],
            holdout=found.over[HOLDOUT],
        )
        return Line(measure, verdict=wait)
    nearest = min(abs(found.difference.low), abs(found.difference.high))
    least, more = of_hundred(nearest), of_hundred(found.likely or 0.0)
    verdict = {
        "helped": _HELPED.fill(least=least, more=more),
        "harmed": _HARMED.fill(least=least, more=more),
        None: _CHANCE.fill(least=found.next_look),
    }[found.effect]
    low, high = _points(found.difference)
    return Line(measure, _share(found.contact), _share(found.holdout), low, high, verdict)


def _share(side: Side) -> Text:
    share = f"{side.good / side.n:.0%}" if side.n else "–"
    return Text(f"{side.good} of {side.n} ({share})", f"{side.n} 位中的 {side.good} 位（{share}）")


def _points(difference: Interval) -> tuple[Text, Text]:
    low, high = (
        Text(f"{100 * end:+.0f} points", f"{100 * end:+.0f} 个百分点")
        for end in (difference.low, difference.high)
    )
    return low, high


def trend_line(trend: Trend) -> Line:
    """The row on satisfaction over time."""
    measure = Text("Satisfaction over time", "满意度变化")
    if trend.difference is None:
        return Line(
            measure,
            verdict=Text(
                "Cannot tell yet: this needs ratings from {least} complete months, there are {n}, "
                "and enough answers in the last three.",
                "暂时无法判断：需要 {least} 个完整月份的评分（目前 {n} 个），且最近三个月要有足够的答复。",
            ).fill(least=LEAST_MONTHS, n=trend.months),
        )
    seen = Text(
        "Mean rating {now:.2f} in the last three months, {before:.2f} before.",
        "最近三个月平均评分 {now:.2f}，此前 {before:.2f}。",
    ).fill(now=trend.recent, before=trend.earlier)
    said = {
        "better": Text(" It has risen.", "满意度上升了。"),
        "worse": Text(
            " It has fallen: look at what customers write.", "满意度下降了，请看客户反馈。"
        ),
        None: Text(" No change that stands out.", "没有明显变化。"),
    }[trend.flag]
    low, high = (f"{end:+.2f}" for end in (trend.difference.low, trend.difference.high))
    return Line(
        measure,
        low=Text(low, low),
        high=Text(high, high),
        verdict=Text(seen.en + said.en, seen.zh + said.zh),
    )
