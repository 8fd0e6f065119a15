"""What a customer is worth, in a cell: CLV, EXPECTED_PURCHASES."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from csm_xl.errors import CsmError, NoModelError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.records import known
from csm_xl.functions.rows import upright
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER, SHARE
from csm_xl.vocabulary.cells import Rows, align, one, together, written

GROUP = Text("Value", "客户价值")
_HISTORY = {
    "orders": Text("Number of orders, the first included.", "每位客户的订单数，含首单。"),
    "days_first_to_last": Text("Days from the first to the last order.", "首单到末单的天数。"),
    "days_since_first": Text("Days from the first order to today.", "首单至今的天数。"),
}


@worksheet_function(
    GROUP,
    Text(
        "Customer lifetime value: expected value of the next months, discounted. Not for subscriptions.",
        "客户生命周期价值：未来若干个月的预期价值（折现）。不适用于订阅。",
    ),
    {
        **_HISTORY,
        "average_repeat_value": Text(
            "Average value of the orders after the first; blank if there are none.",
            "首单之后各订单的平均金额；没有则留空。",
        ),
        "months": Text("Months to look ahead; 12 if left out.", "预测月数，省略时为 12。"),
        "annual_discount": Text("Discount a year; 10% if left out.", "省略时为 10%。"),
        "margin": Text("Share that you earn; 100% if left out.", "省略时为 100%。"),
    },
    hidden={"model": "purchases"},
    returns="rows",
    example="=CLV(12,300,330,45)",
    source="Fader, Hardie & Lee 2005; Fader & Hardie 2013",
)
def CLV(
    orders: Any,
    days_first_to_last: Any,
    days_since_first: Any,
    average_repeat_value: Any,
    months: Any = None,
    annual_discount: Any = None,
    margin: Any = None,
    model: Any = None,
) -> Rows:
    """Expected discounted value of the next months, one row per customer."""
    from csm_xl.churn.lifetime_value import clv

    purchases, values = known(model, _models, _none_stored())
    if values is None:
        raise _none_stored()
    ahead, discount, share = (
        one(months, COUNT, "months"),
        one(annual_discount, COUNT, "annual_discount"),
        one(margin, SHARE, "margin"),
    )
    return _by_history(
        lambda count, last, age, value: clv(
            purchases,
            values,
            count,
            last,
            age,
            value,
            12 if ahead is None else ahead,
            0.10 if discount is None else discount,
            1.0 if share is None else share,
        ),
        {
            "orders": orders,
            "days_first_to_last": days_first_to_last,
            "days_since_first": days_since_first,
            "average_repeat_value": average_repeat_value,
        },
    )


@worksheet_function(
    GROUP,
    Text(
        "How many orders to expect of each customer in the days ahead.",
        "预计每位客户在未来若干天内的订单数。",
    ),
    {**_HISTORY, "days": Text("Days to look ahead; 365 if left out.", "预测天数，省略时为 365。")},
    hidden={"model": "purchases"},
    returns="rows",
    example="=EXPECTED_PURCHASES(12,300,330,90)",
    source="Fader, Hardie & Lee 2005",
)
def EXPECTED_PURCHASES(
    orders: Any,
    days_first_to_last: Any,
    days_since_first: Any,
    days: Any = None,
    model: Any = None,
) -> Rows:
    """Expected number of orders, one row per customer."""
    from csm_xl.churn.bg_nbd import purchase_history
    from csm_xl.metrics.rows import Rows as Results
    from csm_xl.metrics.rows import sound

    purchases, _ = known(model, _models, _none_stored())
    ahead = one(days, COUNT, "days")
    unit = purchases.days_per_unit

    def expected(*columns: np.ndarray) -> Results:
        history = purchase_history(*columns)
        fine = sound(history.problems) & ~np.isnan(history.values[:, 0])
        repeat, last, age = (history.values[fine] / [1.0, unit, unit]).T
        values = np.full(len(fine), np.nan)
        values[fine] = purchases.expected(
            repeat, last, age, (365.0 if ahead is None else ahead) / unit
        )
        return Results(values, history.problems)

    return _by_history(
        expected,
        {
            "orders": orders,
            "days_first_to_last": days_first_to_last,
            "days_since_first": days_since_first,
        },
    )


def _by_history(metric: Any, arguments: dict[str, Any]) -> Rows:
    arrays, problems = together(
        *(align(upright(cells), NUMBER, name) for name, cells in arguments.items())
    )
    columns = [array[:, 0].copy() for array in arrays]
    for column in columns:
        column[[row for row, _ in problems]] = np.nan
    found = metric(*columns)
    for row, problem in enumerate(found.problems):
        if problem is not None:
            problems.setdefault((row, 0), problem)
    per_row: dict[tuple[int, int], CsmError] = {}
    for (row, _), problem in sorted(problems.items()):
        per_row.setdefault((row, 0), problem)
    return written(found.values[:, None], per_row)


def _models(text: str) -> tuple[Any, Any]:
    """The purchase model, and the value model where repeat orders allowed one."""
    from csm_xl.churn.bg_nbd import BgNbdModel
    from csm_xl.churn.lifetime_value import GammaGammaModel

    stored = json.loads(text)
    values = stored.get("values")
    return (
        BgNbdModel.from_dict(stored["purchases"]),
        None if values is None else GammaGammaModel.from_dict(values),
    )


def _none_stored() -> NoModelError:
    return NoModelError(
        "This workbook has no model of orders yet. Fill in the Orders sheet and click Retrain.",
        "本工作簿还没有购买模型，请先填写“订单”表，再点击“重新训练”。",
    )
