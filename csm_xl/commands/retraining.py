"""Retrain: read the customers, train (possibly in another process), write what was learned."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.call_list import opening
from csm_xl.commands.columns_sheet import columns_sheet_name, show_columns
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.model_sheet import model_sheet_name, write_model_sheet
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.score_update import (
    UPDATED_SHEETS,
    compute_update,
    made_sheets,
    update_outcome,
    write_update,
)
from csm_xl.commands.scoring import score
from csm_xl.commands.session import Session
from csm_xl.commands.table_blocks import fill_block
from csm_xl.commands.writing import calm, write_setting
from csm_xl.company.date_training import has_dates
from csm_xl.company.frames import refuse_no_customers, refuse_unknown_headers
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.history import QUALITY, RETRAIN, TRUST, quality_record, trust_record
from csm_xl.company.result_copies import copies_of_results
from csm_xl.company.scoring import CUTS, Learned, new_cuts
from csm_xl.company.silence import RECORD as SILENCE
from csm_xl.company.silence import new_silence
from csm_xl.company.training import (
    MODELS,
    Cancellation,
    Progress,
    TrainingData,
    TrainingResult,
    data_from_dates,
    data_from_labels,
    data_from_orders,
    train,
)
from csm_xl.company.unread import unread_note
from csm_xl.errors import CsmError, SheetError
from csm_xl.language import Text
from csm_xl.share import pseudonyms
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank

if TYPE_CHECKING:
    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.report import Report


def retrain(
    book: xw.Book,
    sheet: str | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Cancellation | None = None,
    today: dt.date | None = None,
) -> Outcome:
    """Train the churn model on a sheet's customers, then score them.

    Writes csm-xl's own columns at the right of the customers, the Model sheet, and the model
    itself into the workbook. Nothing is written before training has succeeded.

    Parameters
    ----------
    book : xlwings.Book
    sheet : str, optional
        A sheet's or a table's name; found by its headers when not given.
    progress, cancelled : callable, optional
    today : datetime.date, optional
        The date kept with the model.

    Raises
    ------
    CsmError
        With one sentence that says what to do; the workbook is unchanged.
    """
    session = _with_values(Session(book), sheet)
    data = _snapshot(session, sheet)
    refuse_locked_for(session, session.customers(data.sheet))
    result = train(data, progress=progress, cancelled=cancelled, today=today)
    now = None if today is None else dt.datetime.combine(today, dt.time())
    return write_result(session, result, now)


def _with_values(session: Session, sheet: str | None) -> Session:
    """The session; calculated first where formulas of the customers have no values yet.

    A file that no spreadsheet has saved has none, and a second training, after this one's own
    calculation, would learn from more columns than the first.
    """
    try:
        table = session.customers(sheet)
    except CsmError:
        return session
    blank = [
        place
        for place, calculated in enumerate(table.formula_columns())
        if calculated and all(is_blank(cell) for cell in table.cells(place))
    ]
    if not blank or not table.rows:
        return session
    session.book.app.calculate()
    return Session(session.book)


def read_training(book: xw.Book, sheet: str | None = None) -> TrainingData:
    """Take a snapshot of the customers to learn from.

    The label is the column that says who left; without one, a date of leaving within the horizon;
    with orders by customer, also silence for longer than the horizon.
    """
    return _snapshot(Session(book), sheet)


def _snapshot(session: Session, sheet: str | None) -> TrainingData:
    company = session.company if _learns_from_orders(session, sheet) else None
    if company is not None and not (company.table.declared and company.table.flagged):
        return data_from_orders(company)
    if sheet is None:
        refuse_no_customers(session.table)
        refuse_unknown_headers(session.table)
    table = session.customers(sheet)
    copies = copies_of_results(table, _older_model(session), session.settings)
    if has_dates(table):
        return data_from_dates(table, session.today, session.settings, copies)
    return data_from_labels(table, copies)


def _learns_from_orders(session: Session, sheet: str | None) -> bool:
    """Whether the customers are learned from by their orders, where there are some."""
    if session.table("customers") is not None:
        return sheet is None or sheet.casefold() == "customers"
    try:
        leaving = session.customers(sheet).leaving
    except SheetError:
        return False
    # What the owner notes of who left, and keeps beside it, comes first.
    return not (leaving.places or leaving.competing)


def _older_model(session: Session) -> ChurnFormula | None:
    from csm_xl.churn.formula import ChurnFormula

    try:
        text = session.texts.get("model")
        return None if text is None else ChurnFormula.from_json(text)
    except CsmError:
        return None


def refuse_locked_for(session: Session, table: HeaderTable, more: Sequence[str] = ()) -> None:
    """Refuse a workbook in which a sheet that a training writes to is locked."""
    made = (model_sheet_name(session), columns_sheet_name(session), layout.HIDDEN_SHEET, *more)
    refuse_locked(session, [table.sheet], UPDATED_SHEETS, made=made)


def write_training(
    book: xw.Book, result: TrainingResult, *, now: dt.datetime | None = None
) -> Outcome:
    """Write trained models into the workbook and score the customers as they are now."""
    return write_result(Session(book), result, now)


def write_result(
    session: Session,
    result: TrainingResult,
    now: dt.datetime | None,
    *,
    backed_up: bool = False,
) -> Outcome:
    """Write trained models; with `backed_up` the command has its safety copy already."""
    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.report import Report

    formula, report = ChurnFormula.from_json(result.formula), Report.from_json(result.report)
    book = session.book
    cuts, ours = new_cuts(session.settings, formula, session.texts)
    silence, silences = new_silence(
        session.company if formula.meta.get("label") == "orders" else None,
        session.texts,
        formula.meta.get("horizon_days"),
    )
    learned = Learned(dict(result.correction), cuts)
    known = {name: text for name, text in session.texts.items() if name == SILENCE}
    known |= {**result.records, **silences}
    scored = score(session, session.customers(result.sheet), formula, known, learned)
    fresh = {
        "model": result.formula,
        "source": json.dumps({"sheet": result.sheet}),
        QUALITY: quality_record(report),
        TRUST: trust_record(report),
        **({CUTS: json.dumps(ours)} if ours else {}),
        **silences,
        **result.records,
    }
    # A model of orders or of staying that could not be fitted again would speak of another time.
    outdated = {*MODELS, *session.records.damaged} - {pseudonyms.RECORD}
    records = {name: t for name, t in session.texts.items() if name not in outdated} | fresh
    update = compute_update(session, scored, formula, records, RETRAIN, now or dt.datetime.now())
    reliability = session.table("reliability")
    refuse_locked_for(session, scored.table, made_sheets(update))
    if not backed_up:
        back_up(book)
    with calm(book):
        for key, cut in ours.items():
            write_setting(session, f"risk_{key}", cut)
        if silence is not None:
            write_setting(session, "silence_days", silence)
        write_update(session, update, formula)
        left_out = [(name, Text(en, zh)) for name, en, zh in result.left_out]
        write_model_sheet(session, formula, report, [*left_out, *report.left_out])
        if reliability is not None:
            fill_block(session, reliability, "reliability", result.reliability)
        shown = show_columns(session, scored.table)
        write_records(session, {**fresh, **update.records, **scored.records, **shown}, outdated)
    # The model is no precedent of the cells that use it, so they all calculate again.
    book.app.calculate()
    outcome = update_outcome(session, update)
    notes = [Text(en, zh) for en, zh in result.notes]
    unread = [*result.unread, *scored.unread]
    said = {
        note.en: note
        for note in (*report.warnings, *notes, *outcome.warnings, *unread_note(unread))
    }
    plain = opening(scored, update.plan, formula, records)
    summary = _summary(report, result.groups)
    return Outcome(
        # First what the owner wants to know, and how far to trust it; figures come after.
        Text(
            f"{plain.en}\n{summary.en}",
            f"{plain.zh}\n{summary.zh}",
        ),
        tuple(said.values()),
        outcome.headers,
        outcome.table,
        {"unreadable": unread},
    )


def _summary(report: Report, groups: int | None) -> Text:
    auc = report.figures.get("auc")
    loss = report.figures.get("log_loss")
    text = Text(
        "Trained on {n} customers, {left} of whom left.",
        "已用 {n} 位客户（其中 {left} 位流失）训练模型。",
    ).fill(n=report.n_customers, left=report.n_churned)
    if groups is not None:
        text = Text(
            "Trained on {k} customers, looked back at from several days: {n} cases, in {left} of "
            "which the customer left.",
            "已用 {k} 位客户在若干回顾日上的 {n} 个样本（其中 {left} 个流失）训练模型。",
        ).fill(k=groups, n=report.n_cases, left=report.n_cases_left)
    if auc is None or loss is None or not report.ranks:
        return text
    shown = Text(f"{auc.value:.3f}", f"{auc.value:.3f}")
    if auc.low is not None and auc.high is not None:
        shown = Text("{auc} ({low:.3f}–{high:.3f})", "{auc}（{low:.3f}–{high:.3f}）").fill(
            auc=shown, low=auc.low, high=auc.high
        )
    more = Text(
        " AUC {auc}, log-loss {loss:.3f}, both on customers the model had not seen.",
        "AUC 为 {auc}，对数损失为 {loss:.3f}，均在模型未见过的客户上计算。",
    ).fill(auc=shown, loss=loss.value)
    return Text(text.en + more.en, text.zh + more.zh)
