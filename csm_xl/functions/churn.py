"""The churn model in a cell: CHURN_LOGIT, CHURN_PROB, CHURN_RISK, CHURN_REASONS, SURVIVAL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.churn.risk import HIGH, MEDIUM, RISKS, risk_levels
from csm_xl.errors import SheetError
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.features import (
    logit_rows,
    model_of,
    no_survival_model,
    probability_rows,
    scored_rows,
    survival_model,
)
from csm_xl.functions.records import known
from csm_xl.functions.rows import in_order
from csm_xl.functions.sources import PRACTICE
from csm_xl.language import Text, language, use_language
from csm_xl.native import rows
from csm_xl.native.forms import LogitForm, ModelForm, RowForm
from csm_xl.vocabulary.argument_names import quoted_argument
from csm_xl.vocabulary.cell_readers import COUNT, NUMBER, SHARE
from csm_xl.vocabulary.cells import Rows, align, one, rows_of, written

GROUP = Text("Churn", "流失")
_FEATURES = {
    "features": Text(
        "One row for each customer, in the columns the model was trained on.",
        "每行一位客户，列与训练时相同。",
    ),
    "headers": Text(
        "The columns' titles; the columns may then stand in any order.",
        "各列标题；给出后列的顺序可以任意。",
    ),
}


@worksheet_function(
    GROUP,
    Text(
        "Probability of leaving from coefficients that you type: 1/(1+e^-(b0+b1*x1+...)).",
        "用您填写的系数计算流失概率：1/(1+e^-(b0+b1*x1+…))。",
    ),
    {
        "intercept": Text("b0, the intercept.", "公式中的 b0。"),
        "coefficients": Text(
            "b1, b2 ..., one for each feature.", "公式中的 b1、b2……，每个特征一个。"
        ),
        "features": Text(
            "One row for each customer, one column for each feature.",
            "每行一位客户，每列一个特征。",
        ),
    },
    returns="rows",
    example="=CHURN_LOGIT(-1,{0.5,-0.2},{2,3})",
    source=f"{PRACTICE} §4.2",
    native=LogitForm(),
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
        "客户在预测期内流失的概率（使用本工作簿训练好的流失模型）。",
    ),
    _FEATURES,
    hidden={"model": "model"},
    returns="rows",
    example="=CHURN_PROB(F2:Z2,F1:Z1)",
    source=f"{PRACTICE} §3.2",
    native=ModelForm(),
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
        "probability": Text("The probability of leaving, 0 to 1.", "0 到 1。"),
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
    native=RowForm((SHARE,), rows.churn_risk, told=True),
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


@worksheet_function(
    GROUP,
    Text(
        "The strongest reasons for a customer's probability of leaving, as a sentence.",
        "客户流失概率的最主要原因（一句话）。",
    ),
    {
        **_FEATURES,
        "n": Text("How many reasons; 3 if left out.", "原因个数，省略时为 3。"),
    },
    hidden={"model": "model", "lang": "language"},
    returns="rows",
    example="=CHURN_REASONS(F2:Z2,F1:Z1,2)",
)
def CHURN_REASONS(
    features: Any, headers: Any = None, n: Any = None, model: Any = None, lang: Any = None
) -> Rows:
    """The reasons in words, one row per customer."""
    from csm_xl.churn.explain import reasons
    from csm_xl.company.reason_sentences import phrase

    formula = model_of(model)
    number = one(n, COUNT, "n")
    spoken = lang if lang in ("en", "zh") else language()
    return scored_rows(
        formula.features,
        features,
        headers,
        lambda columns, rows: reasons(
            formula, columns, 3 if number is None else int(number), spoken, rows, phrase
        ),
    )


@worksheet_function(
    GROUP,
    Text(
        "Probability of still being a customer that many months from now.",
        "若干个月后仍是客户的概率。",
    ),
    {
        "features": Text(
            "One row for each customer, in the columns of the survival model.",
            "每行一位客户，列与生存模型相同。",
        ),
        "months": Text("How many months from now.", "从现在起的月数。"),
        "headers": _FEATURES["headers"],
        "tenure_months": Text(
            "For how many months each has been a customer; 0 if left out.",
            "已成为客户的月数，省略时为 0。",
        ),
    },
    hidden={"model": "survival"},
    returns="rows",
    example="=SURVIVAL(F2:Z2,12,F1:Z1)",
    source=f"{PRACTICE} §2; Cox 1972",
)
def SURVIVAL(
    features: Any, months: Any, headers: Any = None, tenure_months: Any = None, model: Any = None
) -> Rows:
    """S(t + months) / S(t) by the workbook's Cox model, one row per customer."""
    fitted = known(model, survival_model, no_survival_model())
    ahead = align(months, COUNT, "months")
    tenure = align(tenure_months, COUNT, "tenure_months")
    for problem in (*ahead.problems.values(), *tenure.problems.values()):
        raise problem

    def of_rows(columns: dict[str, list[Any]], rows: Sequence[int]) -> list[float]:
        at = [row - 1 for row in rows]
        found = fitted.survival(
            columns,
            _at(ahead.values, at, "months"),
            np.nan_to_num(_at(tenure.values, at, "tenure_months")),
        )
        return found.checked().tolist()

    return scored_rows(fitted.features, features, headers, of_rows)


def _at(values: np.ndarray, rows: list[int], argument: str) -> np.ndarray:
    """One number for each row: a single cell serves all of them."""
    flat = values.ravel()
    if flat.size == 1:
        return np.full(len(rows), flat[0])
    if max(rows) >= flat.size:
        raise SheetError(
            f"{argument} has fewer rows than features. Choose ranges of the same height.",
            f"{quoted_argument(argument).zh}的行数少于“特征”，请选择行数相同的区域。",
        )
    return flat[rows]
