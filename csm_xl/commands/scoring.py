"""Score customers: the probability of leaving, the risk, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.reading import find_columns
from csm_xl.churn.risk import HIGH, MEDIUM, RISKS, risk_levels
from csm_xl.commands.company import Company, read_company, setting
from csm_xl.commands.customers import customer_name, holds_customer, name_column
from csm_xl.commands.eligibility import LEFT, TOO_NEW, standing_of
from csm_xl.commands.header_table import Source
from csm_xl.commands.order_features import counted, write_columns
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.results import results
from csm_xl.commands.settings import workbook_language, workbook_setting
from csm_xl.commands.writing import own_column, write_column
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import FLAG
from csm_xl.vocabulary.cells import align, is_blank
from csm_xl.vocabulary.words import STANDING

PROBABILITY_FORMAT = "0.0%"
#: How many customers a message or a terminal lists.
LISTED = 10


@dataclass
class Scored:
    """Customers with their scores, nothing written yet.

    Attributes
    ----------
    source : Source
    probability : ndarray of float, shape (n,)
        NaN for customers who get none: they left, or are too new.
    risk : ndarray of int, shape (n,)
        Index into ``RISKS``; -1 without a probability.
    standing : list of str or None
        Why a customer gets no score: a key of ``STANDING``.
    gone : ndarray of bool, shape (n,)
        Who has left: nobody can keep them.
    company : Company or None
        Where orders are kept.
    columns : dict of str to array or list
        Further columns of the Customers table.
    readings : mapping of str to sequence of n
        What the model read, by the sheet's headers.
    records : dict of str to str
        What is stored with them.
    notes : list of Text
    """

    source: Source
    probability: np.ndarray
    risk: np.ndarray
    standing: list[str | None]
    gone: np.ndarray
    company: Company | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    readings: Mapping[str, Any] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)


def score(
    book: xw.Book, source: Source, formula: ChurnFormula, records: Mapping[str, str]
) -> Scored:
    """Score the rows without writing anything, so that a bad cell changes nothing.

    Parameters
    ----------
    book : xlwings.Book
    source : Source
        The rows that the model is for.
    formula : ChurnFormula
    records : mapping of str to str
        The workbook's further models.

    Raises
    ------
    CsmError
        Names the cell or the column that cannot be used.
    """
    by_orders = formula.meta.get("label") == "orders"
    company = read_company(book) if by_orders else None
    if company is None:
        return score_sheet(book, source, formula)
    columns, notes = counted(company, int(setting(book, "window_days")))
    readings = _readings(company, columns)
    probability = formula.probability(readings, company.source.row_numbers)
    days = formula.meta.get("horizon_days") or 0
    standing = standing_of(company, columns, days, setting(book, "trial_days"))
    probability[[reason is not None for reason in standing]] = np.nan
    scored = Scored(
        company.source,
        probability,
        risk_of(book, probability),
        standing,
        np.array([reason == LEFT for reason in standing]),
        company,
        columns,
        readings,
        notes=notes,
    )
    more, scored.records = results(
        book, company, columns, readings, probability, standing, formula, records
    )
    scored.columns = {**columns, **more}
    return scored


def score_sheet(book: xw.Book, source: Source, formula: ChurnFormula) -> Scored:
    """Score rows by the cells that stand in them."""
    columns: dict[str, Any] = dict.fromkeys(source.headers, ())
    if source.rows:
        columns = dict(zip(source.headers, zip(*source.rows, strict=True), strict=True))
    used = find_columns(columns, formula.features)
    source.refuse_errors([source.headers.index(header) for header in used.values()])
    probability = formula.probability(columns, source.row_numbers)
    probability[~holds_customer(source)] = np.nan
    return Scored(
        source,
        probability,
        risk_of(book, probability),
        [None] * len(probability),
        _gone(source),
        readings=columns,
    )


def _readings(company: Company, columns: dict[str, np.ndarray]) -> dict[str, Any]:
    """The sheet's columns by header, the counted ones as they will be written."""
    places = layout.match_headers(company.source.headers, "customers").columns
    rows = company.source.rows
    readings: dict[str, Any] = {
        header: [row[i] for row in rows] for i, header in enumerate(company.source.headers)
    }
    for key, values in columns.items():
        if key in places:
            readings[company.source.headers[places[key]]] = values
    return readings


def risk_of(book: xw.Book, probability: np.ndarray) -> np.ndarray:
    """The place of each probability's level in ``RISKS``; -1 without a probability."""
    medium, high = (
        float(workbook_setting(book, key, default))
        for key, default in (("risk_medium", MEDIUM), ("risk_high", HIGH))
    )
    codes = risk_levels(np.nan_to_num(probability), medium, high)
    return np.where(np.isnan(probability), -1, codes)


def _gone(source: Source) -> np.ndarray:
    """Who has left, by the column that says so or by a date of leaving."""
    left = np.zeros(len(source.rows), dtype=bool)
    label = layout.find_label(source.headers)
    if label is not None:
        left |= align(tuple((c,) for c in source.cells(label)), FLAG, "label").values[:, 0] == 1
    left_on = layout.find_column(source.headers, "left_on")
    if left_on is not None:
        left |= [not is_blank(cell) for cell in source.cells(left_on)]
    return left


def write_scored(book: xw.Book, scored: Scored, formula: ChurnFormula) -> None:
    """Write probability and risk, and the further columns that the sheet has."""
    source = scored.source
    lang = workbook_language(book, source.headers)
    if scored.company is not None:
        write_columns(scored.company, scored.columns)
    days = formula.meta.get("horizon_days")
    table = layout.table("customers")
    title = table.column("churn_probability").title.within(lang)
    if days:
        # A probability means nothing without the time within which it is meant.
        title += f"（{days:g} 天内）" if lang == "zh" else f" (within {days:g} days)"
    place = own_column(source, "churn_probability", title)
    cells = [None if p != p else p for p in scored.probability.tolist()]
    write_column(source, place, cells, PROBABILITY_FORMAT)
    words = [risk.within(lang) for risk in RISKS]
    place = own_column(source, "risk", table.column("risk").title.within(lang))
    write_column(
        source,
        place,
        [
            words[code] if code >= 0 else STANDING.word(why, lang) if why else None
            for code, why in zip(scored.risk.tolist(), scored.standing, strict=True)
        ],
    )


def scored_outcome(scored: Scored) -> Outcome:
    """How many customers have which risk, and who is most likely to leave."""
    source = scored.source
    counts = np.bincount(scored.risk[scored.risk >= 0], minlength=len(RISKS))
    message = Text(
        "{n} customers scored: {high} high, {medium} medium, {low} low risk.",
        "已为 {n} 位客户评分：高风险 {high} 位，中风险 {medium} 位，低风险 {low} 位。",
    ).fill(n=int(counts.sum()), low=counts[0], medium=counts[1], high=counts[2])
    name = name_column(source)
    likely = np.argsort(-np.nan_to_num(scored.probability, nan=-1.0), kind="stable")
    listed = [int(i) for i in likely if scored.risk[i] >= 0 and not scored.gone[i]][:LISTED]
    table = tuple(
        (
            customer_name(source, i) if name is not None else str(source.row_numbers[i]),
            f"{scored.probability[i]:.1%}",
            str(RISKS[scored.risk[i]]),
        )
        for i in listed
    )
    headers = (
        Text("Customer", "客户") if name is not None else Text("Row", "行"),
        Text("Churn probability", "流失概率"),
        Text("Risk", "风险"),
    )
    notes = list(scored.notes)
    waiting = sum(why == TOO_NEW for why in scored.standing)
    if waiting:
        notes.append(
            Text(
                f"{waiting} customers are too new to be judged and get no score.",
                f"{waiting} 位客户时间太短，尚无法判断，没有评分。",
            )
        )
    if counts.sum() and not counts[-1]:
        highest = f"{np.nanmax(scored.probability):.0%}"
        has_settings = any(
            layout.sheet_key(sheet.name) == "settings" for sheet in source.sheet.book.sheets
        )
        notes.append((_NOBODY_HIGH if has_settings else _NOBODY_HIGH_HERE).fill(highest=highest))
    return Outcome(message, tuple(notes), headers, table)


_NOBODY_HIGH = Text(
    "Nobody is at high risk by the thresholds in Settings; the highest probability is {highest}. "
    "Lower the thresholds to tell your customers apart.",
    "按“设置”中的阈值没有高风险客户，最高的流失概率为 {highest}。如需区分客户，请调低阈值。",
)
#: The same where there is no sheet on which thresholds can be changed.
_NOBODY_HIGH_HERE = Text(
    f"Nobody is at high risk, which begins at {HIGH:.0%}; the highest probability is {{highest}}.",
    f"没有高风险客户（{HIGH:.0%} 起），最高的流失概率为 {{highest}}。",
)
