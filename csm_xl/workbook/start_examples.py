"""The examples of the Start sheet: one live formula for each function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.workbook.start_sheet import TryOut

if TYPE_CHECKING:
    from csm_xl.functions.declaration import Declaration

_TRAIN_FIRST = Text("retrain first", "请先训练模型")
_NO_TEXT = Text("no feedback yet", "还没有反馈")

#: Examples that take the workbook's own data. ``<row>`` is the first customer's cells, ``<heads>``
#: the headers above them; both leave out what tells who the customer is.
_WITH_DATA: dict[str, tuple[str, Text]] = {
    "CHURN_PROB": ("CHURN_PROB(<row>,<heads>)", _TRAIN_FIRST),
    "CHURN_REASONS": ("CHURN_REASONS(<row>,<heads>,2)", _TRAIN_FIRST),
    "SURVIVAL": ("SURVIVAL(<row>,6,<heads>)", _TRAIN_FIRST),
    "CLV": ("CLV(12,300,330,45)", _TRAIN_FIRST),
    "EXPECTED_PURCHASES": ("EXPECTED_PURCHASES(12,300,330,90)", _TRAIN_FIRST),
    "PAIN_POINTS": ("PAIN_POINTS({feedback.text},1)", _NO_TEXT),
}

#: Shares and probabilities are read as percentages, amounts with two decimals.
_FORMATS = {
    "CHURN_RATE": "0.0%",
    "CHURN_RATE_PERIOD": "0.0%",
    "RETENTION": "0.0%",
    "NRR": "0.0%",
    "GRR": "0.0%",
    "CHURN_PROB": "0.0%",
    "CHURN_LOGIT": "0.0%",
    "SURVIVAL": "0.0%",
    "SENTIMENT": "0.00",
    "CLV": "#,##0.00",
    "EXPECTED_PURCHASES": "0.00",
}

#: What an owner looks for first; the others follow as they are declared.
_FIRST = (
    "CSAT",
    "SATISFACTION",
    "NPS",
    "EXPERIENCE",
    "LOYALTY",
    "RFM",
    "LOYALTY_TIER",
    "LIFECYCLE",
    "CHURN_RATE",
    "CHURN_RATE_PERIOD",
    "RETENTION",
    "NRR",
    "GRR",
    "CHURN_PROB",
    "CHURN_RISK",
    "CHURN_REASONS",
    "CHURN_LOGIT",
    "SURVIVAL",
)


def tryouts(declared: Iterable[Declaration], lang: Language) -> list[TryOut]:
    """One example for each function, the best known first.

    Parameters
    ----------
    declared : iterable of Declaration
        The functions, as ``csm_xl.functions.REGISTRY`` holds them.
    lang : {"en", "zh"}
        The language of the workbook, whose sheets and columns some examples name.

    Returns
    -------
    list of TryOut
        A function that needs a model or feedback says so where there is none.
    """
    ranks = {name: rank for rank, name in enumerate(_FIRST)}
    ordered = sorted(declared, key=lambda one: ranks.get(one.name, len(ranks)))
    return [
        TryOut(one.name, one.help, _example(one, lang), _FORMATS.get(one.name, "General"))
        for one in ordered
    ]


def _example(one: Declaration, lang: Language) -> str:
    if one.name not in _WITH_DATA:
        return one.example.within(lang)
    template, otherwise = _WITH_DATA[one.name]
    keys = [column.key for column in layout.table("customers").template]
    first = get_column_letter(keys.index("city") + 1)
    last = get_column_letter(keys.index("complaints") + 1)
    name = layout.sheet("customers").title.within(lang)
    template = template.replace("<row>", f"{name}!{first}2:{last}2")
    template = template.replace("<heads>", f"{name}!{first}1:{last}1")
    return f'=IFERROR({layout.formula(template, lang)},"{otherwise.within(lang)}")'
