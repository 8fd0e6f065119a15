"""Retrain: read the customers, train (possibly in another process), write what was learned."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.customers import labelled
from csm_xl.commands.model_sheet import write_model_sheet
from csm_xl.commands.outcome import Cancelled, Outcome, Progress
from csm_xl.commands.refresh import score_source, scored_outcome
from csm_xl.commands.source import find_source
from csm_xl.commands.store import write_records
from csm_xl.commands.writing import calm
from csm_xl.language import Text

if TYPE_CHECKING:
    from csm_xl.churn.report import Report


@dataclass(frozen=True)
class TrainingData:
    """A snapshot of what a model is trained on: plain data that can go to another process.

    Attributes
    ----------
    columns : dict of str to list
        Raw cells of each feature.
    label : list of float
    label_name : str
    rows : list of int
        The sheet's row numbers, for messages.
    sheet : str
        The sheet or table that was read.
    left_out : list of (str, str, str)
        Column, and why it is no feature in English and Chinese.
    notes : list of (str, str)
    """

    columns: dict[str, list[Any]]
    label: list[float]
    label_name: str
    rows: list[int]
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]


@dataclass(frozen=True)
class TrainingResult:
    """What training gives back: the model and its report, as texts."""

    formula: str
    report: str
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]


def retrain(
    book: xw.Book,
    sheet: str | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
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
    result = train(data, progress=progress, cancelled=cancelled, today=today)
    return write_training(book, result)


def read_training(book: xw.Book, sheet: str | None = None) -> TrainingData:
    """Take a snapshot of the customers to learn from."""
    source = find_source(book, sheet)
    found = labelled(source)
    return TrainingData(
        {str(name): found.frame[name].tolist() for name in found.frame.columns},
        found.label.tolist(),
        found.label_name,
        found.rows,
        source.table.name if source.table is not None else source.sheet.name,
        [(name, reason.en, reason.zh) for name, reason in found.left_out],
        [(note.en, note.zh) for note in found.notes],
    )


def train(
    data: TrainingData,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    today: dt.date | None = None,
) -> TrainingResult:
    """Train on a snapshot; touches no workbook, so it may run in another process."""
    import pandas as pd

    from csm_xl.churn import training

    trained = training.train(
        pd.DataFrame(
            {name: pd.Series(cells, dtype=object) for name, cells in data.columns.items()}
        ),
        data.label,
        label_name=data.label_name,
        rows=data.rows,
        progress=progress,
        cancelled=cancelled,
        trained_on=today,
    )
    return TrainingResult(
        trained.formula.to_json(), trained.report.to_json(), data.sheet, data.left_out, data.notes
    )


def write_training(book: xw.Book, result: TrainingResult) -> Outcome:
    """Write a trained model into the workbook and score the customers as they are now."""
    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.report import Report

    formula, report = ChurnFormula.from_json(result.formula), Report.from_json(result.report)
    source = find_source(book, result.sheet)
    back_up(book)
    with calm(book):
        scored = score_source(source, formula)
        left_out = [(name, Text(en, zh)) for name, en, zh in result.left_out]
        write_model_sheet(book, formula, report, [*left_out, *report.left_out])
        write_records(
            book,
            {"model": result.formula, "source": json.dumps({"sheet": result.sheet})},
        )
    # The model is no precedent of the cells that use it, so they all calculate again.
    book.app.calculate()
    outcome = scored_outcome(source, scored)
    notes = tuple(Text(en, zh) for en, zh in result.notes)
    return Outcome(
        _summary(report), (report.trust, *report.warnings, *notes), outcome.headers, outcome.table
    )


def _summary(report: Report) -> Text:
    auc = report.figures.get("auc")
    loss = report.figures.get("log_loss")
    text = Text(
        "Trained on {n} customers, {left} of whom left.",
        "已用 {n} 位客户（其中 {left} 位流失）训练模型。",
    ).fill(n=report.n_customers, left=report.n_churned)
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
