"""The model that a workbook carries."""

from __future__ import annotations

import json

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.session import Session
from csm_xl.errors import NoModelError
from csm_xl.share import pseudonyms


def model_of(session: Session) -> tuple[ChurnFormula, str | None, dict[str, str]]:
    """The workbook's model, the sheet it was trained on, and its further records.

    Raises
    ------
    NoModelError
    """
    session.records.refuse_damaged(unused=[pseudonyms.RECORD])
    records = session.texts
    if "model" not in records:
        raise NoModelError(
            "This workbook has no churn model yet. Retrain first.",
            "本工作簿还没有流失模型，请先重新训练。",
        )
    source = json.loads(records["source"]) if "source" in records else {}
    return ChurnFormula.from_json(records["model"]), source.get("sheet"), records
