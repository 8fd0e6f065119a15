"""The model that a workbook carries."""

from __future__ import annotations

import json

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.hidden_sheet import read_records
from csm_xl.errors import NoModelError


def stored_model(book: xw.Book) -> tuple[ChurnFormula, str | None, dict[str, str]]:
    """The workbook's model, the sheet it was trained on, and its further records.

    Raises
    ------
    NoModelError
    """
    records = {name: record.text for name, record in read_records(book).items()}
    if "model" not in records:
        raise NoModelError(
            "This workbook has no churn model yet. Retrain first.",
            "本工作簿还没有流失模型，请先重新训练。",
        )
    source = json.loads(records["source"]) if "source" in records else {}
    return ChurnFormula.from_json(records["model"]), source.get("sheet"), records
