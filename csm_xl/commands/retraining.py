"""Retrain: read the customers, train (possibly in another process), write what was learned."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.columns_sheet import columns_sheet_name, show_columns
from csm_xl.commands.company import read_company, refuse_no_customers, refuse_unknown_headers
from csm_xl.commands.customers import labelled
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.from_dates import as_of_day, dated_training, has_dates
from csm_xl.commands.from_orders import (
    horizon_setting,
    purchase_rows,
    survival_rows,
    training_frames,
)
from csm_xl.commands.header_table import Source
from csm_xl.commands.hidden_sheet import read_texts, write_records
from csm_xl.commands.history import QUALITY, RETRAIN, quality_record
from csm_xl.commands.model_sheet import model_sheet_name, write_model_sheet
from csm_xl.commands.outcome import Cancellation, Outcome, Progress
from csm_xl.commands.owner_tables import find_source
from csm_xl.commands.reliability import reliability_rows
from csm_xl.commands.result_copies import copies_of_results
from csm_xl.commands.score_update import RENEWED, read_renewal, renewal_outcome, write_renewal
from csm_xl.commands.scoring import plain_sentence, score
from csm_xl.commands.table_blocks import fill_block
from csm_xl.commands.table_frames import find_table
from csm_xl.commands.unread import unread_note
from csm_xl.commands.writing import calm
from csm_xl.errors import TooLittleDataError
from csm_xl.language import Text
from csm_xl.vocabulary import layout

if TYPE_CHECKING:
    from csm_xl.churn.report import Report


@dataclass(frozen=True)
class TrainingData:
    """A snapshot of what models are trained on: plain data that can go to another process.

    Attributes
    ----------
    columns : dict of str to list
        Raw cells of each feature.
    label : list of float
    label_name : str
    rows : list of int or None
        The sheet's row numbers, for messages; None when rows are customers on cut-off days.
    sheet : str
        The sheet or table that was read.
    left_out : list of (str, str, str)
        Column, and why it is no feature in English and Chinese.
    notes : list of (str, str)
    groups : list or None
        The customer of each row, when a customer has several.
    horizon_days : float or None
    purchases, survival : dict or None
        What the models of orders and of staying are fitted on.
    unread : list of dict
        Cells that could not be read and count as blank.
    """

    columns: dict[str, list[Any]]
    label: list[float]
    label_name: str
    rows: list[int] | None
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]
    groups: list[Any] | None = None
    horizon_days: float | None = None
    purchases: dict[str, Any] | None = None
    survival: dict[str, Any] | None = None
    unread: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TrainingResult:
    """What training gives back: the churn model, its report and further records, as texts.

    `groups` is the number of customers, where a customer is several of the report's cases;
    `reliability` are the rows of the Model sheet's table of that name, `unread` the cells that
    could not be read.
    """

    formula: str
    report: str
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]
    records: dict[str, str] = field(default_factory=dict)
    groups: int | None = None
    reliability: list[dict[str, Any]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)


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
    data = read_training(book, sheet)
    _refuse_locked(book, find_source(book, data.sheet))
    result = train(data, progress=progress, cancelled=cancelled, today=today)
    now = None if today is None else dt.datetime.combine(today, dt.time())
    return write_training(book, result, now=now)


def read_training(book: xw.Book, sheet: str | None = None) -> TrainingData:
    """Take a snapshot of the customers to learn from.

    The label is the column that says who left; without one, a date of leaving within the horizon;
    with orders by customer, also silence for longer than the horizon.
    """
    if sheet is None or sheet.casefold() == "customers":
        company = read_company(book)
        if company is not None and not company.source.flagged:
            return _from_orders(book, company)
    if sheet is None:
        refuse_no_customers(book)
        refuse_unknown_headers(book)
    source = find_source(book, sheet)
    if has_dates(source):
        return _from_dates(book, source)
    found = labelled(source, copies_of_results(book, source))
    return TrainingData(
        {str(name): found.frame[name].tolist() for name in found.frame.columns},
        found.label.tolist(),
        found.label_name,
        found.rows,
        _name(source),
        [(name, reason.en, reason.zh) for name, reason in found.left_out],
        [(note.en, note.zh) for note in found.notes],
        unread=list(found.unread),
    )


def _from_orders(book: xw.Book, company: Any) -> TrainingData:
    frame, learned = training_frames(book, company)
    return TrainingData(
        {str(name): frame[name].tolist() for name in frame.columns},
        learned.label.tolist(),
        "orders",
        None,
        _name(company.source),
        [(name, reason.en, reason.zh) for name, reason in learned.left_out.items()],
        [(note.en, note.zh) for note in learned.notes],
        [str(group) for group in learned.groups],
        float(learned.horizon.days),
        purchase_rows(company),
        survival_rows(company),
    )


def _from_dates(book: xw.Book, source: Source) -> TrainingData:
    learned, left_out, notes, unread = dated_training(
        source, as_of_day(book), horizon_setting(book), copies_of_results(book, source)
    )
    frame = learned.features
    return TrainingData(
        {str(name): frame[name].tolist() for name in frame.columns},
        learned.label.tolist(),
        "dates",
        None,
        _name(source),
        [(name, reason.en, reason.zh) for name, reason in left_out],
        [(note.en, note.zh) for note in (*learned.notes, *notes)],
        [str(group) for group in learned.groups],
        float(learned.horizon.days),
        unread=unread,
    )


def _refuse_locked(book: xw.Book, source: Source) -> None:
    made = (model_sheet_name(book), columns_sheet_name(book), layout.HIDDEN_SHEET)
    refuse_locked(book, [source.sheet], RENEWED, made=made)


def _name(source: Source) -> str:
    return source.table.name if source.table is not None else source.sheet.name


def train(
    data: TrainingData,
    *,
    progress: Progress | None = None,
    cancelled: Cancellation | None = None,
    today: dt.date | None = None,
) -> TrainingResult:
    """Train on a snapshot; touches no workbook, so it may run in another process."""
    import numpy as np
    import pandas as pd

    from csm_xl.churn import training

    trained = training.train(
        pd.DataFrame(
            {name: pd.Series(cells, dtype=object) for name, cells in data.columns.items()}
        ),
        data.label,
        groups=None if data.groups is None else np.array(data.groups),
        horizon_days=None if data.horizon_days is None else int(data.horizon_days),
        label_name=data.label_name,
        rows=data.rows,
        progress=progress,
        cancelled=cancelled,
        trained_on=today,
    )
    notes = list(data.notes)
    records = {
        name: text
        for name, text in (
            ("purchases", _purchase_models(data.purchases, notes)),
            ("survival", _survival_model(data.survival, notes)),
        )
        if text is not None
    }
    return TrainingResult(
        trained.formula.to_json(),
        trained.report.to_json(),
        data.sheet,
        data.left_out,
        notes,
        records,
        None if data.groups is None else len(set(data.groups)),
        reliability_rows(
            trained.report.out_of_fold, np.array(data.label, dtype=float), data.groups
        ),
        data.unread,
    )


def _purchase_models(rows: dict[str, Any] | None, notes: list[tuple[str, str]]) -> str | None:
    """BG/NBD and, with enough repeat orders, Gamma-Gamma, as a record."""
    if rows is None:
        return None
    import numpy as np

    from csm_xl.churn.purchases import fit_purchases
    from csm_xl.churn.value import fit_values

    repeat = np.array(rows["orders"]) - 1
    try:
        purchases = fit_purchases(
            repeat, np.array(rows["first_to_last"]), np.array(rows["since_first"]), 1.0
        )
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
        return None
    stored: dict[str, Any] = {"purchases": purchases.to_dict()}
    try:
        stored["values"] = fit_values(repeat, np.array(rows["value"], dtype=float)).to_dict()
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
    return json.dumps(stored)


_NO_TRAITS = Text(
    "There is no survival model: nothing in the Customers sheet says what kind of customer each is "
    "(city, plan, came through).",
    "没有生存模型：“客户”表中没有能区分客户的列（城市、方案、来源）。",
)


def _survival_model(rows: dict[str, Any] | None, notes: list[tuple[str, str]]) -> str | None:
    """Cox's model as a record."""
    if rows is None:
        return None
    import pandas as pd

    from csm_xl.churn.cox import fit_survival, survival_notes

    if not rows["columns"]:
        notes.append((_NO_TRAITS.en, _NO_TRAITS.zh))
        return None
    columns = {name: pd.Series(cells, dtype=object) for name, cells in rows["columns"].items()}
    try:
        model = fit_survival(pd.DataFrame(columns), rows["tenure"], rows["left"])
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
        return None
    notes += [(note.en, note.zh) for note in survival_notes(model)]
    return json.dumps(model.to_dict())


def write_training(
    book: xw.Book, result: TrainingResult, *, now: dt.datetime | None = None
) -> Outcome:
    """Write trained models into the workbook and score the customers as they are now."""
    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.report import Report

    formula, report = ChurnFormula.from_json(result.formula), Report.from_json(result.report)
    source = find_source(book, result.sheet)
    scored = score(book, source, formula, result.records)
    fresh = {
        "model": result.formula,
        "source": json.dumps({"sheet": result.sheet}),
        QUALITY: quality_record(report),
        **result.records,
    }
    records = {**_kept(book), **fresh}
    renewal = read_renewal(book, scored, formula, records, RETRAIN, now or dt.datetime.now())
    reliability = find_table(book, "reliability")
    _refuse_locked(book, scored.source)
    back_up(book)
    with calm(book):
        write_renewal(book, renewal, formula)
        left_out = [(name, Text(en, zh)) for name, en, zh in result.left_out]
        write_model_sheet(book, formula, report, [*left_out, *report.left_out])
        if reliability is not None:
            fill_block(reliability, "reliability", result.reliability)
        shown = show_columns(book, scored.source)
        write_records(book, {**fresh, **renewal.records, **scored.records, **shown})
    # The model is no precedent of the cells that use it, so they all calculate again.
    book.app.calculate()
    outcome = renewal_outcome(renewal, formula.meta.get("horizon_days"))
    notes = [Text(en, zh) for en, zh in result.notes]
    unread = [*result.unread, *scored.unread]
    said = {
        note.en: note
        for note in (*report.warnings, *notes, *outcome.warnings, *unread_note(unread))
    }
    listed = renewal.plan.listed if renewal.plan is not None else []
    plain = plain_sentence(
        renewal.scored,
        formula.meta.get("horizon_days"),
        [str(row["name"] or row["customer_id"]) for row in listed],
    )
    summary = _summary(report, result.groups)
    return Outcome(
        # First what the owner wants to know, and how far to trust it; figures come after.
        Text(
            f"{plain.en} {report.trust.en}\n{summary.en}",
            f"{plain.zh}{report.trust.zh}\n{summary.zh}",
        ),
        tuple(said.values()),
        outcome.headers,
        outcome.table,
        {"unreadable": unread},
    )


def _kept(book: xw.Book) -> dict[str, str]:
    """What the workbook keeps beside the models; nothing where it is damaged."""
    return read_texts(book)


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
    if auc is None or loss is None:
        return text
    shown = f"{auc.value:.3f}"
    if auc.low is not None and auc.high is not None:
        shown += f" ({auc.low:.3f}–{auc.high:.3f})"
    more = Text(
        " AUC {auc}, log-loss {loss:.3f}, both on customers the model had not seen.",
        "AUC 为 {auc}，对数损失为 {loss:.3f}，均在模型未见过的客户上计算。",
    ).fill(auc=shown, loss=loss.value)
    return Text(text.en + more.en, text.zh + more.zh)
