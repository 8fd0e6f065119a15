"""The churn model in a cell: CHURN_LOGIT, CHURN_PROB, CHURN_RISK."""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.cells import Rows, align, one, rows_of, written
from csm_xl.churn.risk import HIGH, MEDIUM, RISKS, risk_levels
from csm_xl.declaration import worksheet_function
from csm_xl.functions.features import logit_rows, model_of, probability_rows
from csm_xl.functions.rows import in_order
from csm_xl.functions.sources import PRACTICE
from csm_xl.language import Text, language, use_language
from csm_xl.reading import NUMBER, SHARE

GROUP = Text("Churn", "流失")


@worksheet_function(
    GROUP,
    Text(
        "Probability of leaving from coefficients that you type: 1/(1+e^-(b0+b1*x1+...)).",
        "用您填写的系数计算流失概率：1/(1+e^-(b0+b1*x1+…))。",
    ),
    {
        "intercept": Text("b0, the intercept.", "截距 b0。"),
        "coefficients": Text("b1, b2 ..., one for each feature.", "系数 b1、b2……，每个特征一个。"),
        "features": Text(
            "One row for each customer, one column for each feature.",
            "每行一位客户，每列一个特征。",
        ),
    },
    returns="rows",
    example="=CHURN_LOGIT(-1,{0.5,-0.2},{2,3})",
    source=f"{PRACTICE} §4.2",
)
def CHURN_LOGIT(intercept: Any, coefficients: Any, features: Any) -> Rows:
    """Logistic formula with given coefficients, one row per customer."""
    b0 = one(intercept, NUMBER, "intercept")
    slopes = in_order(coefficients, "coefficients")
    read = align(features, NUMBER, "features")
    if read.values.shape[1] == 1 < len(slopes) == len(read.values):
        read = align(tuple(zip(*rows_of(features), strict=True)), NUMBER, "features")
    return logit_rows(0.0 if b0 is None else b0, slopes, read)


@worksheet_function(
    GROUP,
    Text(
        "Probability that a customer leaves within the horizon of the workbook's churn model.",
        "客户在模型期限内流失的概率（使用本工作簿训练好的流失模型）。",
    ),
    {
        "features": Text(
            "One row for each customer, in the columns the model was trained on.",
            "每行一位客户，列与训练时相同。",
        ),
        "headers": Text(
            "The columns' titles; the columns may then stand in any order.",
            "各列标题；给出后列的顺序可以任意。",
        ),
    },
    hidden={"model": "model"},
    returns="rows",
    example="=CHURN_PROB(Customers[[Orders]:[Rating]],Customers[[#Headers],[Orders]:[Rating]])",
    source=f"{PRACTICE} §3.2",
)
def CHURN_PROB(features: Any, headers: Any = None, model: Any = None) -> Rows:
    """Probability of leaving, one row per customer."""
    return probability_rows(model_of(model), features, headers)


@worksheet_function(
    GROUP,
    Text(
        "Low, Medium or High: the risk that belongs to a probability of leaving.",
        "低、中或高：流失概率对应的风险等级。",
    ),
    {
        "probability": Text("The probability of leaving, 0 to 1.", "流失概率，0 到 1。"),
        "medium": Text(
            "From here up the risk is medium; from Settings if left out.",
            "达到此值为中风险；省略时取自“设置”。",
        ),
        "high": Text(
            "From here up the risk is high; from Settings if left out.",
            "达到此值为高风险；省略时取自“设置”。",
        ),
    },
    hidden={
        "medium_setting": "setting.risk_medium",
        "high_setting": "setting.risk_high",
        "lang": "language",
    },
    returns="rows",
    example="=CHURN_RISK(0.7,0.3,0.6)",
)
def CHURN_RISK(
    probability: Any,
    medium: Any = None,
    high: Any = None,
    medium_setting: Any = None,
    high_setting: Any = None,
    lang: Any = None,
) -> Rows:
    """The word for each probability, in the workbook's language."""
    limits = [
        next((x for x in given if x is not None), default)
        for given, default in (
            ((one(medium, NUMBER, "medium"), one(medium_setting, NUMBER, "medium")), MEDIUM),
            ((one(high, NUMBER, "high"), one(high_setting, NUMBER, "high")), HIGH),
        )
    ]
    read = align(probability, SHARE, "probability")
    rows: Rows = written(read.values, read.problems) or [[""]]
    codes = risk_levels(np.nan_to_num(read.values), *limits)
    with use_language(lang if lang in ("en", "zh") else language()):
        words = [str(risk) for risk in RISKS]
    for place in zip(*np.nonzero(~np.isnan(read.values)), strict=True):
        rows[place[0]][place[1]] = words[codes[place]]
    return rows
