"""The key figures of the Dashboard: each with its number of answers and its interval.

The figures use csm-xl's functions; the numbers of answers and the intervals are native formulas,
so that they can be checked without csm-xl. Shares have Wilson intervals, means Student's.
"""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.language import Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.statuses import LEAST_NOTED


@dataclass(frozen=True)
class KeyFigure:
    """One row of the key figures.

    Parameters
    ----------
    key : str
        What the code calls it.
    title, how : Text
        What the row is called, and how the figure is computed.
    value : str
        A template for :func:`csm_xl.vocabulary.layout.formula`, valid when there are answers.
    answers : str
        Template of the number of answers or customers behind it.
    format : str
        Excel's number format of the value.
    low, high : str
        Templates of the interval's ends, "" where there is none. ``{n}`` is the cell with the
        number of answers, ``{v}`` the cell with the value, ``{d}`` the cell with the date.
    """

    key: str
    title: Text
    value: str
    answers: str
    format: str
    how: Text
    low: str = ""
    high: str = ""


_SHARE = "0.0%"
_Z = "1.96"


def _mean_interval(column: str) -> tuple[str, str]:
    """Student's interval of a mean."""
    half = f"TINV(0.05,{{n}}-1)*STDEV({column})/SQRT({{n}})"
    return f'IF({{n}}<2,"",{{v}}-{half})', f'IF({{n}}<2,"",{{v}}+{half})'


def _wilson() -> tuple[str, str]:
    """Wilson's interval of the share in ``{v}`` from ``{n}`` answers."""
    middle = f"({{v}}+{_Z}^2/(2*{{n}}))/(1+{_Z}^2/{{n}})"
    half = f"{_Z}*SQRT({{v}}*(1-{{v}})/{{n}}+{_Z}^2/(4*{{n}}^2))/(1+{_Z}^2/{{n}})"
    return f'IF({{n}}=0,"",MAX(0,{middle}-{half}))', f'IF({{n}}=0,"",MIN(1,{middle}+{half}))'


def _nps_interval() -> tuple[str, str]:
    up = 'COUNTIF({feedback.recommend},">=9")/{n}'
    down = 'COUNTIF({feedback.recommend},"<=6")/{n}'
    half = f"100*{_Z}*SQRT(({up}+{down}-({{v}}/100)^2)/{{n}})"
    return (
        f'IF({{n}}<2,"",MAX(-100,{{v}}-{half}))',
        f'IF({{n}}<2,"",MIN(100,{{v}}+{half}))',
    )


#: Whether the list notes who left; in a shop that does not, who is silent has left.
_NOTED = f"COUNT({{customers.left_on}})>={LEAST_NOTED}"
_SILENT = "{set.silence_days}"


def _there(days: str) -> str:
    """How many were customers on the first day of the period."""
    return f"IF({_NOTED},{_there_by_dates(days)},{_there_by_orders(days)})"


def _there_by_orders(days: str) -> str:
    day = f'{{customers.start}},"<="&({{d}}-{days})'
    silent = f'{{customers.days_since}},">"&({_SILENT}+{days})'
    return f"(COUNTIFS({day})-COUNTIFS({day},{silent}))"


def _lost_by_orders(days: str) -> str:
    """How many of them fell silent within the period."""
    within = (
        f'{{customers.days_since}},">"&{_SILENT},{{customers.days_since}},"<="&({_SILENT}+{days})'
    )
    return f'COUNTIFS({{customers.start}},"<="&({{d}}-{days}),{within})'


def _there_by_dates(days: str) -> str:
    day = f'"<="&({{d}}-{days})'
    gone = f'"<"&({{d}}-{days})'
    return (
        f"COUNTIFS({{customers.start}},{day})"
        f"-COUNTIFS({{customers.start}},{day},{{customers.left_on}},{gone})"
    )


_RESOLVED = words.CASE_STATES.text("resolved")
_COMPLAINT = words.FEEDBACK_KINDS.text("complaint")
_WILSON = _wilson()

KEY_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure(
        "customers",
        Text("Customers now", "现有客户"),
        f'IF({_NOTED},COUNTIFS({{customers.start}},"<="&{{d}})'
        '-COUNTIFS({customers.start},"<="&{d},{customers.left_on},"<="&{d}),'
        "COUNTA({customers.customer_id})-COUNTIF({customers.risk},{left}))",
        "COUNTA({customers.customer_id})",
        "#,##0",
        Text(
            "Started and not left (without dates of leaving: not silent); beside it, all listed.",
            "已开始且未流失（没有流失日期时：未沉默）；旁边为名单总数。",
        ),
    ),
    KeyFigure(
        "csat",
        Text("Satisfaction (CSAT, 1 to 5)", "满意度（CSAT，1–5）"),
        "CSAT({feedback.rating})",
        "COUNT({feedback.score})",
        "0.00",
        Text("Mean of all ratings.", "全部评分的平均值。"),
        *_mean_interval("{feedback.score}"),
    ),
    KeyFigure(
        "positive",
        Text("Satisfied customers (4 or 5)", "满意占比（4–5 分）"),
        'CSAT({feedback.rating},"positive")',
        "COUNT({feedback.score})",
        _SHARE,
        Text("Share of ratings of 4 or more.", "4 分及以上评分所占比例。"),
        *_WILSON,
    ),
    KeyFigure(
        "nps",
        Text("Net promoter score (NPS)", "净推荐值（NPS）"),
        "NPS({feedback.recommend})",
        "COUNT({feedback.recommend})",
        "0",
        Text(
            "Share of 9–10 minus share of 0–6, times 100.", "9–10 分占比减 0–6 分占比，乘以 100。"
        ),
        *_nps_interval(),
    ),
    KeyFigure(
        "experience",
        Text("Experience (3 to 15)", "体验得分（3–15）"),
        "AVERAGE({feedback.experience})",
        "COUNT({feedback.experience})",
        "0.00",
        Text("Mean of function + service + feeling.", "功能 + 服务 + 情感评分的平均值。"),
        *_mean_interval("{feedback.experience}"),
    ),
    KeyFigure(
        "response",
        Text("Median hours to answer", "响应时间中位数（小时）"),
        "MEDIAN({feedback.response_hours})",
        "COUNT({feedback.response_hours})",
        "0.0",
        Text("Half of the complaints are answered sooner.", "一半的投诉在此时间内得到答复。"),
    ),
    KeyFigure(
        "churn",
        Text("Churn rate, period of Settings", "流失率（“设置”中的期间）"),
        f"IF({_NOTED},CHURN_RATE_PERIOD({{customers.start}},{{customers.left_on}},"
        "{d}-{set.period_days},{d}),"
        f"{_lost_by_orders('{set.period_days}')}/{_there_by_orders('{set.period_days}')})",
        _there("{set.period_days}"),
        _SHARE,
        Text(
            "Share of the customers at its start who left, or fell silent, in it.",
            "期初客户中在期间内流失（或沉默）的比例。",
        ),
        *_WILSON,
    ),
    KeyFigure(
        "retention",
        Text("Kept over 12 months", "12 个月留存率"),
        f"IF({_NOTED},RETENTION({{customers.start}},{{customers.left_on}},{{d}}-365,{{d}}),"
        f"1-{_lost_by_orders('365')}/{_there_by_orders('365')})",
        _there("365"),
        _SHARE,
        Text("Still customers, of those a year ago.", "一年前的客户中仍未流失的比例。"),
        *_WILSON,
    ),
    KeyFigure(
        "loyalty",
        Text("Loyalty (repeat orders)", "忠诚度（重复下单）"),
        'LOYALTY(SUM({customers.orders})-COUNTIF({customers.orders},">0"),SUM({customers.orders}))',
        "SUM({customers.orders})",
        _SHARE,
        Text("Repeat orders as a share of all orders.", "重复下单占全部下单的比例。"),
    ),
    KeyFigure(
        "referred",
        Text("Customers who were referred", "由他人介绍的客户"),
        "COUNTA({customers.referred_by})/COUNTA({customers.customer_id})",
        "IF(COUNTA({customers.referred_by})=0,0,COUNTA({customers.customer_id}))",
        _SHARE,
        Text("Share of all listed, where Referred by is filled.", "名单中填有“推荐人”的比例。"),
        *_WILSON,
    ),
    KeyFigure(
        "points",
        Text("Points that customers hold", "客户手中的积分"),
        "SUM({customers.points})",
        "COUNT({customers.points})",
        "#,##0",
        Text("Beside it, how many have points.", "旁边为有积分的客户数。"),
    ),
    KeyFigure(
        "high",
        Text("Customers at high risk", "高风险客户"),
        "COUNTIF({customers.risk},{high})",
        "COUNTIF({customers.risk},{low})+COUNTIF({customers.risk},{medium})"
        "+COUNTIF({customers.risk},{high})",
        "#,##0",
        Text(
            "By the limits in Settings; beside it, all with a score.",
            "按“设置”中的高风险起点；旁边为有流失概率的客户数。",
        ),
    ),
    KeyFigure(
        "at_risk",
        Text("Revenue at risk", "风险收入"),
        "SUM({customers.value_at_risk})",
        "COUNT({customers.value_at_risk})",
        "#,##0",
        Text("Churn probability × value ahead, added up.", "流失概率 × 未来价值的合计。"),
    ),
    KeyFigure(
        "complaints",
        Text("Complaints not resolved", "未解决的投诉"),
        "COUNTIF({feedback.kind},{complaint})-COUNTIFS({feedback.kind},{complaint},"
        "{feedback.status},{resolved})",
        "COUNTIF({feedback.kind},{complaint})",
        "#,##0",
        Text("Beside it, all complaints.", "旁边为投诉总数。"),
    ),
)

#: Words of the workbook inside the templates.
WORDS: dict[str, Text] = {
    **{word.key: word.text for word in words.RISKS.members},
    "left": words.STATUSES.text("left"),
    "complaint": _COMPLAINT,
    "resolved": _RESOLVED,
}
