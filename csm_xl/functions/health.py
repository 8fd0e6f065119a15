"""Health in a cell: HEALTH."""

from __future__ import annotations

from typing import Any

from csm_xl import metrics
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.rows import row_by_row, weights_of
from csm_xl.language import Text
from csm_xl.native import rows
from csm_xl.native.forms import RowForm
from csm_xl.vocabulary.cell_readers import SHARE
from csm_xl.vocabulary.cells import Rows, align

GROUP = Text("Health", "健康度")


@worksheet_function(
    GROUP,
    Text(
        "Health from 0 to 100 out of satisfaction, loyalty, usage and churn probability, row by row.",
        "由满意度、忠诚度、使用度和流失概率得出的健康度，0 到 100，逐行计算。",
    ),
    {
        "satisfaction": Text("0 to 1; blank drops out.", "0 到 1；空白则不计入。"),
        "loyalty": Text("0 to 1; blank drops out.", "0 到 1；空白则不计入。"),
        "usage": Text("0 to 1; blank drops out.", "0 到 1；空白则不计入。"),
        "churn_probability": Text("0 to 1; blank drops out.", "0 到 1；空白则不计入。"),
        "weights": Text("Four weights, 1 each if left out.", "四个权重，省略时均为 1。"),
    },
    returns="rows",
    example="=HEALTH(0.8,0.5,0.6,0.1)",
    native=RowForm((SHARE,) * 4, rows.health),
)
def HEALTH(
    satisfaction: Any, loyalty: Any, usage: Any, churn_probability: Any, weights: Any = None
) -> Rows:
    """Health score, row by row; blank parts drop out."""
    factors = weights_of(weights, (1.0, 1.0, 1.0, 1.0))
    parts = [
        align(cells, SHARE, name)
        for name, cells in (
            ("satisfaction", satisfaction),
            ("loyalty", loyalty),
            ("usage", usage),
            ("churn_probability", churn_probability),
        )
    ]
    return row_by_row(
        lambda s, l, u, p: metrics.health(s, l, u, p, factors),  # noqa: E741
        *parts,
    )
