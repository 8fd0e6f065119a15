"""Refresh: score the customers with the model that the workbook carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.reading import find_columns
from csm_xl.churn.risk import HIGH, MEDIUM, RISKS, risk_levels
from csm_xl.commands.backups import back_up
from csm_xl.commands.customers import name_column
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.settings import workbook_language, workbook_setting
from csm_xl.commands.source import Source, find_source
from csm_xl.commands.store import read_records
from csm_xl.commands.writing import calm, own_column, write_column
from csm_xl.errors import NoModelError
from csm_xl.intake.values import as_text
from csm_xl.language import Text
from csm_xl.workbook import layout

PROBABILITY_FORMAT = "0.0%"
#: How many customers a message or a terminal lists.
LISTED = 10


@dataclass(frozen=True)
class Scored:
    """The probability of leaving and the risk (index into ``RISKS``) of each row."""

    probability: np.ndarray
    risk: np.ndarray


def refresh(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Score every customer with the stored model and calculate the workbook.

    Raises
    ------
    NoModelError
        When the workbook has no model yet.
    CsmError
        With one sentence that says what to do; nothing was changed.
    """
    formula, sheet = stored_model(book)
    source = find_source(book, sheet)
    # Scoring comes before the first write, so that a cell that cannot be read changes nothing.
    scored = probabilities(source, formula, book)
    back_up(book)
    with calm(book):
        write_scores(source, formula, scored)
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    outcome = scored_outcome(source, scored)
    stale = _staleness(formula)
    return Outcome(outcome.message, stale, outcome.headers, outcome.table)


def stored_model(book: xw.Book) -> tuple[ChurnFormula, str | None]:
    """The workbook's model, and the sheet it was trained on."""
    records = read_records(book)
    if "model" not in records:
        raise NoModelError(
            "This workbook has no churn model yet. Retrain first.",
            "本工作簿还没有流失模型，请先重新训练。",
        )
    source = json.loads(records["source"].text) if "source" in records else {}
    return ChurnFormula.from_json(records["model"].text), source.get("sheet")


def probabilities(source: Source, formula: ChurnFormula, book: xw.Book) -> Scored:
    """Score the rows without writing anything."""
    columns = dict(zip(source.headers, zip(*source.rows, strict=True), strict=False))
    if not columns:
        columns = dict.fromkeys(source.headers, ())
    used = find_columns(columns, formula.features)
    source.refuse_errors([source.headers.index(header) for header in used.values()])
    probability = formula.probability(columns, source.row_numbers)
    limits = [
        workbook_setting(book, key, default)
        for key, default in (("risk_medium", MEDIUM), ("risk_high", HIGH))
    ]
    return Scored(probability, risk_levels(probability, *limits))


def score_source(source: Source, formula: ChurnFormula) -> Scored:
    """Score the rows and write the two columns."""
    scored = probabilities(source, formula, source.sheet.book)
    write_scores(source, formula, scored)
    return scored


def write_scores(source: Source, formula: ChurnFormula, scored: Scored) -> None:
    """Write probability and risk into csm-xl's own columns."""
    lang = workbook_language(source.sheet.book, source.headers)
    days = formula.meta.get("horizon_days")
    table = layout.table("customers")
    title = table.column("churn_probability").title.within(lang)
    if days:
        title += f"（{days:g} 天）" if lang == "zh" else f" ({days:g} days)"
    place = own_column(source, "churn_probability", title)
    write_column(source, place, scored.probability.tolist(), PROBABILITY_FORMAT)
    words = [risk.within(lang) for risk in RISKS]
    place = own_column(source, "risk", table.column("risk").title.within(lang))
    write_column(source, place, [words[code] for code in scored.risk])


def scored_outcome(source: Source, scored: Scored) -> Outcome:
    """How many customers have which risk, and who is most likely to leave."""
    counts = np.bincount(scored.risk, minlength=len(RISKS))
    message = Text(
        "{n} customers scored: {high} high, {medium} medium, {low} low risk.",
        "已为 {n} 位客户评分：高风险 {high} 位，中风险 {medium} 位，低风险 {low} 位。",
    ).fill(n=len(scored.risk), low=counts[0], medium=counts[1], high=counts[2])
    name = name_column(source)
    order = _still_customers(source, np.argsort(-scored.probability, kind="stable"))[:LISTED]
    table = tuple(
        (
            as_text(source.rows[i][name]) if name is not None else str(source.row_numbers[i]),
            f"{scored.probability[i]:.1%}",
            str(RISKS[scored.risk[i]]),
        )
        for i in order
    )
    headers = (
        Text("Customer", "客户") if name is not None else Text("Row", "行"),
        Text("Churn probability", "流失概率"),
        Text("Risk", "风险"),
    )
    return Outcome(message, (), headers, table)


def _still_customers(source: Source, order: np.ndarray) -> Sequence[int]:
    """The rows in this order, without the customers who have left: nobody can keep them."""
    from csm_xl.cells import align, is_blank
    from csm_xl.reading import FLAG

    left = np.zeros(len(source.rows), dtype=bool)
    label = layout.find_label(source.headers)
    if label is not None:
        left |= align(tuple((c,) for c in source.cells(label)), FLAG, "label").values[:, 0] == 1
    left_on = layout.find_column(source.headers, "left_on")
    if left_on is not None:
        left |= [not is_blank(cell) for cell in source.cells(left_on)]
    return [int(i) for i in order if not left[i]]


def _staleness(formula: ChurnFormula) -> tuple[Text, ...]:
    trained = formula.meta.get("trained_on")
    if not trained:
        return ()
    return (Text(f"The model was trained on {trained}.", f"模型训练于 {trained}。"),)
