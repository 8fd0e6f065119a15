"""Refresh: score the customers with the model that the workbook carries."""

from __future__ import annotations

import json

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.scoring import score, scored_outcome, write_scored
from csm_xl.commands.source import find_source
from csm_xl.commands.store import read_records, write_records
from csm_xl.commands.writing import calm
from csm_xl.errors import NoModelError
from csm_xl.language import Text


def refresh(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Score every customer with the stored model and calculate the workbook.

    Raises
    ------
    NoModelError
        When the workbook has no model yet.
    CsmError
        With one sentence that says what to do; nothing was changed.
    """
    formula, sheet, records = stored_model(book)
    source = find_source(book, sheet)
    scored = score(book, source, formula, records)
    back_up(book)
    with calm(book):
        write_scored(book, scored, formula)
        if scored.records:
            write_records(book, scored.records)
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    outcome = scored_outcome(scored)
    return Outcome(
        outcome.message, (_trained_on(formula), *outcome.warnings), outcome.headers, outcome.table
    )


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


def _trained_on(formula: ChurnFormula) -> Text:
    day = formula.meta.get("trained_on", "?")
    return Text(f"The model was trained on {day}.", f"模型训练于 {day}。")
