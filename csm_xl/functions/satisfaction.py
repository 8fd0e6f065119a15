"""Satisfaction in a cell: CSAT, SATISFACTION, NPS, EXPERIENCE."""

from __future__ import annotations

from typing import Any

from csm_xl import metrics
from csm_xl.errors import CellError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.rows import row_by_row, value, weights_of
from csm_xl.functions.sources import PRACTICE, STRATEGY
from csm_xl.language import Text
from csm_xl.native import figures, rows
from csm_xl.native.forms import ColumnForm, RowForm
from csm_xl.vocabulary.cell_readers import COUNT, LEVEL, NPS_SCORE, NUMBER, folded
from csm_xl.vocabulary.cells import Rows, align, collect, is_blank

GROUP = Text("Satisfaction", "满意度")


@worksheet_function(
    GROUP,
    Text(
        "Customer satisfaction of a column of ratings: the mean level, or the share of positive ones.",
        "一列评分的客户满意度：平均等级，或好评所占比例。",
    ),
    {
        "ratings": Text(
            "Ratings from 1 to 5, or levels such as very satisfied. Blank cells and a title are skipped.",
            "1 到 5 的评分，或“非常满意”等满意度等级。空单元格和标题会被跳过。",
        ),
        "method": Text(
            '"mean" (default): mean level, 1 to 5. "positive": share of ratings of 4 or more, 0 to 1.',
            "“平均”或 mean（默认）：平均等级，1 到 5。“好评率”或 positive：4 分及以上所占比例，0 到 1。",
        ),
    },
    returns="value",
    example=Text('=CSAT({5,4,3,2,1},"mean")', '=CSAT({5,4,3,2,1},"平均")'),
    source=f"{PRACTICE} §3.1, §4.1; {STRATEGY} §4.1",
    native=ColumnForm(figures.csat),
)
def CSAT(ratings: Any, method: Any = None) -> Rows:
    """Customer satisfaction of a column of ratings."""
    word = folded(str(method)) if not is_blank(method) else "mean"
    metric = {
        "mean": metrics.csat_mean,
        "平均": metrics.csat_mean,
        "positive": metrics.csat_positive,
        "好评": metrics.csat_positive,
        "好评率": metrics.csat_positive,
    }.get(word)
    if metric is None:
        raise CellError(
            f'The method of CSAT is “{method}”; it should be "mean" or "positive".',
            f"CSAT 的方法是“{method}”，应为“平均”（mean）或“好评率”（positive）。",
        )
    return value(metric(collect(ratings, LEVEL, "ratings")))


@worksheet_function(
    GROUP,
    Text(
        "Satisfaction as positive feedback divided by all feedback, row by row.",
        "满意度 = 正面反馈 ÷ 总反馈，逐行计算。",
    ),
    {
        "positive": Text("How many positive responses there were.", "正面反馈条数。"),
        "total": Text("How many responses there were in all.", "总反馈条数。"),
    },
    returns="rows",
    example="=SATISFACTION(100,200)",
    source=f"{STRATEGY} §4.1",
    native=RowForm((COUNT, COUNT), rows.ratio),
)
def SATISFACTION(positive: Any, total: Any) -> Rows:
    """Positive feedback by all feedback, row by row."""
    return row_by_row(
        metrics.ratio, align(positive, COUNT, "positive"), align(total, COUNT, "total")
    )


@worksheet_function(
    GROUP,
    Text(
        "Net promoter score: share of 9 and 10 minus share of 0 to 6, times 100.",
        "净推荐值：9–10 分所占比例减去 0–6 分所占比例，再乘以 100。",
    ),
    {
        "scores": Text(
            "How likely customers are to recommend you, 0 to 10. Blank cells and a title are skipped.",
            "客户推荐意愿，0 到 10 分。空单元格和标题会被跳过。",
        )
    },
    returns="value",
    example="=NPS({10,9,8,6})",
    source="Reichheld 2003, The One Number You Need to Grow",
    native=ColumnForm(figures.nps),
)
def NPS(scores: Any) -> Rows:
    """Net promoter score of a column of answers."""
    return value(metrics.nps(collect(scores, NPS_SCORE, "scores")))


@worksheet_function(
    GROUP,
    Text(
        "Experience score: functional + service + emotional satisfaction, row by row.",
        "体验得分 = 功能满意度 + 服务满意度 + 情感满意度，逐行计算。",
    ),
    {
        "functional": Text("Satisfaction with what the product does.", "对产品功能的满意度。"),
        "service": Text("Satisfaction with the service.", "对服务的满意度。"),
        "emotional": Text("Satisfaction with how it feels.", "使用感受上的满意度。"),
        "weights": Text("Three weights, 1 each if left out.", "三个权重，省略时均为 1。"),
    },
    returns="rows",
    example="=EXPERIENCE(0.5,0.5,0.5)",
    source=f"{STRATEGY} §4.3",
    native=RowForm((NUMBER, NUMBER, NUMBER), rows.experience),
)
def EXPERIENCE(functional: Any, service: Any, emotional: Any, weights: Any = None) -> Rows:
    """Weighted sum of the three satisfactions, row by row."""
    factors = weights_of(weights, (1.0, 1.0, 1.0))
    return row_by_row(
        lambda f, s, e: metrics.experience(f, s, e, factors),
        align(functional, NUMBER, "functional"),
        align(service, NUMBER, "service"),
        align(emotional, NUMBER, "emotional"),
    )
