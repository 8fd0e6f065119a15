"""What to do next, in a cell: NEXT_ACTION."""

from __future__ import annotations

from typing import Any

from csm_xl.churn.risk import HIGH, MEDIUM
from csm_xl.functions.declaration import worksheet_function
from csm_xl.functions.records import known
from csm_xl.functions.sources import PRACTICE
from csm_xl.language import Language, Text, language
from csm_xl.vocabulary.cell_readers import NUMBER
from csm_xl.vocabulary.cells import Rows, left_out, one


@worksheet_function(
    Text("Actions", "行动"),
    Text(
        "What to do next for a customer, from the Playbook sheet, row by row.",
        "根据“行动手册”给出对每位客户的下一步行动，逐行判断。",
    ),
    {
        "churn_probability": Text("Probability of leaving, 0 to 1.", "0 到 1。"),
        "stage": Text(
            "Lifecycle stage: Exploration, Trial, Growth, Maturity or Decline.",
            "探索期、试用期、成长期、成熟期或衰退期。",
        ),
        "reason": Text(
            "The main reason, such as the column Reasons; may be left out.",
            "主要原因，例如“原因”列，可省略。",
        ),
        "satisfaction": Text(
            "Average rating, 1 to 5; may be left out.", "平均评分，1 到 5，可省略。"
        ),
    },
    hidden={
        "playbook": "playbook",
        "medium": "setting.risk_medium",
        "high": "setting.risk_high",
        "business": "setting.business",
        "lang": "language",
    },
    returns="rows",
    example=Text(
        '=NEXT_ACTION(0.7,"Decline","Complaints",2)', '=NEXT_ACTION(0.7,"衰退期","投诉",2)'
    ),
    source=f"{PRACTICE} §6.2, §6.3",
)
def NEXT_ACTION(
    churn_probability: Any,
    stage: Any,
    reason: Any = None,
    satisfaction: Any = None,
    playbook: Any = None,
    medium: Any = None,
    high: Any = None,
    business: Any = None,
    lang: Any = None,
) -> Rows:
    """The first action of the playbook that fits, one row per customer."""
    # The playbook's words are loaded with the first call, not with the workbook.
    from csm_xl.company.first_rules import first_rules
    from csm_xl.company.playbook import from_json
    from csm_xl.functions.next_action import answers

    spoken: Language = lang if lang in ("en", "zh") else language()
    rules = first_rules(business, spoken) if left_out(playbook) else known(playbook, from_json)
    limits = [
        default if number is None else number
        for number, default in (
            (one(medium, NUMBER, "medium"), MEDIUM),
            (one(high, NUMBER, "high"), HIGH),
        )
    ]
    return answers(rules, limits, spoken, churn_probability, stage, reason, satisfaction)
