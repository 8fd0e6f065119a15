"""Refresh: score the customers with the model that the workbook carries, and what follows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import xlwings as xw

from csm_xl.churn.drift import drift_warnings
from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.call_list import opening
from csm_xl.commands.columns_sheet import show_columns
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.score_or_health import score_or_health
from csm_xl.commands.score_update import (
    UPDATED_SHEETS,
    compute_update,
    made_sheets,
    update_outcome,
    write_update,
)
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm
from csm_xl.company.history import REFRESH
from csm_xl.company.scoring import Scored
from csm_xl.company.unread import unread_note
from csm_xl.language import Text


def refresh(
    book: xw.Book, *, progress: Progress | None = None, now: dt.datetime | None = None
) -> Outcome:
    """Score every customer with the stored model, renew all figures, and calculate the workbook.

    In an owner's workbook without a model health is by rule; sheets that are missing are added.

    Parameters
    ----------
    book : xlwings.Book
    progress : callable, optional
    now : datetime, optional
        The moment that the History sheet notes.

    Raises
    ------
    NoModelError
        When a workbook that keeps orders by customer has no model yet.
    CsmError
        With one sentence that says what to do; nothing was changed.
    """
    session = Session(book)
    scored, formula, records = score_or_health(session)
    moment = now or dt.datetime.now()
    update = compute_update(session, scored, formula, records, REFRESH, moment, make=True)
    if progress is not None:
        progress(0.7, Text("Writing", "正在写入"))
    refuse_locked(session, [scored.table.sheet], UPDATED_SHEETS, made=made_sheets(update))
    back_up(book)
    with calm(book):
        write_update(session, update, formula)
        shown = show_columns(session, scored.table)
        write_records(session, {**update.records, **scored.records, **shown})
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    outcome = update_outcome(session, update)
    plain = opening(scored, update.plan, formula, records)
    return Outcome(
        Text(f"{plain.en} {outcome.message.en}", f"{plain.zh}{outcome.message.zh}"),
        (
            *_about(formula, scored, moment.date()),
            *([update.alarm] if update.alarm is not None else []),
            *outcome.warnings,
            *unread_note(scored.unread),
        ),
        outcome.headers,
        outcome.table,
        {"unreadable": scored.unread},
    )


def _about(formula: ChurnFormula | None, scored: Scored, day: dt.date) -> list[Text]:
    """How old the model is, and whether it still fits."""
    if formula is None:
        return []
    trained = formula.meta.get("trained_on", "?")
    return [
        Text(f"The model was trained on {trained}.", f"模型训练于 {trained}。"),
        *drift_warnings(formula, scored.readings, ~np.isnan(scored.probability), day),
    ]
