"""Churn rate and retention in a cell: CHURN_RATE, CHURN_RATE_PERIOD, RETENTION, NRR, GRR."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.errors import CellError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.rows import row_by_row, upright, value
from csm_xl.functions.sources import PRACTICE
from csm_xl.language import Text
from csm_xl.native import figures, revenue, rows
from csm_xl.native.forms import ColumnForm, RowForm
from csm_xl.vocabulary.cell_readers import COUNT, DATE, FLAG
from csm_xl.vocabulary.cells import Rows, align, collect, is_blank, left_out, one

GROUP = Text("Churn", "流失")


@worksheet_function(
    GROUP,
    Text(
        "Churn rate: customers who left divided by all customers.",
        "客户流失率 = 流失客户数 ÷ 客户总数。",
    ),
    {
        "churned": Text(
            "A column of yes/no flags, or, with total, the number of customers who left.",
            "一列是/否标记；若给出总数，则为流失客户数。",
        ),
        "total": Text("The number of all customers.", "客户总数。"),
    },
    returns="rows",
    example="=CHURN_RATE(5,200)",
    source=f"{PRACTICE} §2",
    native=RowForm((COUNT, COUNT), rows.ratio, alone=figures.churn_rate),
)
def CHURN_RATE(churned: Any, total: Any = None) -> Rows:
    """Share of customers who left, from flags or from counts."""
    if not left_out(total):
        return row_by_row(
            metrics.churn_rate_count, align(churned, COUNT, "churned"), align(total, COUNT, "total")
        )
    if not isinstance(churned, (tuple, list)) and not is_blank(churned):
        raise CellError(
            "CHURN_RATE of a single cell needs the total as well: =CHURN_RATE(5,200). "
            "Or choose a column of yes/no flags.",
            "单个单元格的 CHURN_RATE 还需要客户总数，例如 =CHURN_RATE(5,200)；"
            "或者选择一列是/否标记。",
        )
    return value(metrics.churn_rate(collect(churned, FLAG, "churned")))


_PERIOD_ARGUMENTS = {
    "start_dates": Text("The day on which each customer started.", "每位客户的开始日期。"),
    "left_dates": Text(
        "The day on which each customer left; blank for those who stayed.",
        "每位客户的流失日期；未流失的留空。",
    ),
    "from_date": Text("First day of the period.", "期间的第一天。"),
    "to_date": Text("Last day of the period.", "期间的最后一天。"),
}


def _period(start_dates: Any, left_dates: Any, from_date: Any, to_date: Any) -> tuple:
    start = align(upright(start_dates), DATE, "start_dates")
    left = align(upright(left_dates), DATE, "left_dates")
    for problem in chain(start.problems.values(), left.problems.values()):
        raise problem
    n = len(start.values)
    # Customers who stayed leave their date blank, so this column may end earlier.
    left_values = np.full(n, np.nan)
    left_values[: len(left.values)] = left.values[:n, 0]
    days = [one(from_date, DATE, "from_date"), one(to_date, DATE, "to_date")]
    if None in days:
        raise CellError(
            "The period needs its first and its last day.", "请填写期间的第一天和最后一天。"
        )
    return start.values[:, 0], left_values, *days


@worksheet_function(
    GROUP,
    Text(
        "Share of the customers on the first day of a period who had left by its last day.",
        "期间第一天的客户中，到最后一天已流失的比例。",
    ),
    _PERIOD_ARGUMENTS,
    returns="value",
    example="=CHURN_RATE_PERIOD({45000;45010;45020},{45100;45300;45400},45050,45200)",
    source="field's standard",
    native=ColumnForm(figures.churn_rate_period),
)
def CHURN_RATE_PERIOD(start_dates: Any, left_dates: Any, from_date: Any, to_date: Any) -> Rows:
    """Share of the customers at the first day who left within the period."""
    return value(metrics.churn_rate_period(*_period(start_dates, left_dates, from_date, to_date)))


@worksheet_function(
    GROUP,
    Text(
        "Share of the customers on the first day of a period who were still there after its last day.",
        "期间第一天的客户中，到最后一天仍未流失的比例。",
    ),
    _PERIOD_ARGUMENTS,
    returns="value",
    example="=RETENTION({45000;45010;45020},{45100;45300;45400},45050,45200)",
    source="field's standard",
    native=ColumnForm(figures.retention),
)
def RETENTION(start_dates: Any, left_dates: Any, from_date: Any, to_date: Any) -> Rows:
    """1 minus the churn rate of the period."""
    return value(metrics.retention(*_period(start_dates, left_dates, from_date, to_date)))


_PRICE_ARGUMENTS = {
    "before": Text("What each customer paid per month at the beginning.", "每位客户期初的月费。"),
    "now": Text(
        "What the same customers pay per month now; blank for those who left.",
        "同一批客户现在的月费；已流失的留空。",
    ),
}


def _prices(before: Any, now: Any) -> tuple[np.ndarray, np.ndarray]:
    then = align(upright(before), COUNT, "before")
    today = align(upright(now), COUNT, "now")
    for problem in chain(then.problems.values(), today.problems.values()):
        raise problem
    n = len(then.values)
    # The last customers of the column may have left, so that this one ends earlier.
    prices = np.full(n, np.nan)
    prices[: len(today.values)] = today.values[:n, 0]
    return then.values[:, 0], prices


@worksheet_function(
    GROUP,
    Text(
        "Net revenue retention: what the customers of the beginning pay now, divided by what they paid.",
        "净收入留存率 = 期初客户现在的月费总额 ÷ 其期初的月费总额。",
    ),
    _PRICE_ARGUMENTS,
    returns="value",
    example='=NRR({40;40;20},{50;"";20})',
    source="field's standard",
    native=ColumnForm(revenue.net),
)
def NRR(before: Any, now: Any) -> Rows:
    """Revenue of now by revenue of then, of those who had a price then."""
    return value(metrics.net_revenue_retention(*_prices(before, now)))


@worksheet_function(
    GROUP,
    Text(
        "Gross revenue retention: as NRR, but nobody counts for more than they paid at the beginning.",
        "总收入留存率：与 NRR 相同，但每位客户最多按期初月费计算（不计涨价）。",
    ),
    _PRICE_ARGUMENTS,
    returns="value",
    example='=GRR({40;40;20},{50;"";20})',
    source="field's standard",
    native=ColumnForm(revenue.gross),
)
def GRR(before: Any, now: Any) -> Rows:
    """What is left of the revenue of then, raises not counted."""
    return value(metrics.gross_revenue_retention(*_prices(before, now)))
