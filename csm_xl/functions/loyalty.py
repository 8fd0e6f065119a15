"""Loyalty in a cell: LOYALTY, RFM."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.rows import row_by_row, upright
from csm_xl.functions.sources import STRATEGY
from csm_xl.language import Text
from csm_xl.native import rows
from csm_xl.native.forms import RowForm, ScoresForm
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER
from csm_xl.vocabulary.cells import Rows, align, one, together, written

GROUP = Text("Loyalty", "忠诚度")


@worksheet_function(
    GROUP,
    Text(
        "Loyalty as repeat purchases divided by all purchases, row by row.",
        "忠诚度 = 重复购买次数 ÷ 总购买次数，逐行计算。",
    ),
    {
        "repeat": Text(
            "Repeat purchases in a window of time; from orders, the number of orders minus 1.",
            "一段时间内的重复购买次数；按订单计算时为订单数减 1。",
        ),
        "total": Text("All purchases in the same window.", "同一时间段内的购买总次数。"),
    },
    returns="rows",
    example="=LOYALTY(5,10)",
    source=f"{STRATEGY} §4.2",
    native=RowForm((COUNT, COUNT), rows.ratio),
)
def LOYALTY(repeat: Any, total: Any) -> Rows:
    """Repeat purchases by all purchases, row by row."""
    return row_by_row(metrics.loyalty, align(repeat, COUNT, "repeat"), align(total, COUNT, "total"))


@worksheet_function(
    GROUP,
    Text(
        "Recency, frequency and monetary scores, three columns from 1 to bins; bins is best.",
        "最近购买（R）、购买频率（F）、消费金额（M）得分，共三列，从 1 到最高分，数字越大越好。",
    ),
    {
        "days_since_last": Text("Days since each customer's last order.", "距上次购买的天数。"),
        "orders": Text("Number of orders of each customer.", "每位客户的订单数。"),
        "spend": Text("What each customer spent.", "每位客户的消费总额。"),
        "bins": Text("The best score; 5 if left out.", "分成几档就打到几分，省略时为 5。"),
    },
    returns="table",
    example="=RFM({3;40;200},{12;5;1},{900;300;40},3)",
    source=f"{STRATEGY} §3.2",
    native=ScoresForm(),
)
def RFM(days_since_last: Any, orders: Any, spend: Any, bins: Any = None) -> Rows:
    """RFM scores of each customer."""
    n_bins = one(bins, NUMBER, "bins")
    arrays, problems = together(
        align(upright(days_since_last), COUNT, "days_since_last"),
        align(upright(orders), COUNT, "orders"),
        align(upright(spend), NUMBER, "spend"),
    )
    unreadable = {row for row, _ in problems}
    days, count, money = (array[:, 0].copy() for array in arrays)
    for column in (days, count, money):
        # Such a customer is not ranked, so that the others' scores do not depend on it.
        column[list(unreadable)] = np.nan
    found = metrics.rfm(days, count, money, bins=5 if n_bins is None else n_bins)
    scores = np.where(found.values == 0, np.nan, found.values.astype(float))
    for row, problem in enumerate(found.problems):
        if problem is not None:
            problems.setdefault((row, 0), problem)
    spread = {
        (row, column): problem for (row, _), problem in problems.items() for column in range(3)
    }
    return written(scores, spread) or [[""]]
