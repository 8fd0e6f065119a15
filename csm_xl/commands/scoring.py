"""Score customers: the probability of leaving, the risk, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.formula import ChurnFormula, TextTerm
from csm_xl.churn.reading import find_columns
from csm_xl.churn.risk import HIGH, MEDIUM, RISKS, risk_levels
from csm_xl.commands.company import Company, read_company, setting
from csm_xl.commands.customers import customer_name, holds_customer, name_column
from csm_xl.commands.eligibility import LEFT, TOO_NEW, standing_of
from csm_xl.commands.header_table import Source
from csm_xl.commands.order_features import counted, write_columns
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.ownership import record_columns
from csm_xl.commands.results import results
from csm_xl.commands.settings import workbook_language, workbook_setting
from csm_xl.commands.unread import listed
from csm_xl.commands.writing import own_column, write_column
from csm_xl.company.readable_cells import UnreadCell, readable, shown
from csm_xl.language import Text
from csm_xl.vocabulary import layout
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
    unread : list of dict
        Cells that could not be read and count as blank.
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
    unread: list[dict[str, Any]] = field(default_factory=list)


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
        columns = dict(zip(source.headers, zip(*source.rows, strict=False), strict=False))
    columns, unread = _cleaned(source, formula, columns)
    probability = formula.probability(columns, source.row_numbers)
    holds = holds_customer(source)
    standing = [
        why if why in NO_SCORE and there else None
        for why, there in zip(_standing(source), holds, strict=True)
    ]
    probability[[why is not None for why in standing]] = np.nan
    probability[~holds] = np.nan
    return Scored(
        source,
        probability,
        risk_of(book, probability),
        standing,
        np.array([why == LEFT for why in standing], dtype=bool),
        readings=columns,
        unread=unread,
    )


#: Who gets no score: whoever left, leaves soon, is no full customer, or cannot be read.
NO_SCORE = frozenset(["left", "notice", "paused", "trial", "lead", "unclear"])


def _standing(source: Source) -> list[str]:
    said = source.leaving.standing.tolist()
    return said if len(said) == len(source.rows) else [""] * len(source.rows)


def _cleaned(
    source: Source, formula: ChurnFormula, columns: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The columns with blanks for cells that cannot be read, and those cells."""
    used = find_columns(columns, formula.features)
    unread = []
    for term in formula.terms:
        header = used[term.name]
        place = source.headers.index(header)
        role = source.roles.role_of(place) if source.roles is not None else "feature"
        kind = "text" if isinstance(term, TextTerm) else term.kind
        clean, wrong = readable(columns[header], kind)
        columns = {**columns, header: clean}
        unread += [
            listed(source, UnreadCell(row, place, shown(source.rows[row][place]), role))
            for row in wrong
            if source.holds[row]
        ]
    return columns, unread


def _readings(company: Company, columns: dict[str, np.ndarray]) -> dict[str, Any]:
    """The sheet's columns by header, the counted ones as they will be written."""
    places = company.source.places("customers")
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
    scored.records |= record_columns(book, source)


def plain_sentence(scored: Scored, days: float | None, first: Sequence[str] = ()) -> Text:
    """What the owner wants to know first: how many may leave, and whom to call.

    Parameters
    ----------
    scored : Scored
    days : float or None
        The time that the probabilities are meant for.
    first : sequence of str
        Whom to call first; those most likely to leave when not given.
    """
    chance = scored.probability[~np.isnan(scored.probability)]
    if not chance.size:
        return Text(
            "No present customer has a score.",
            "目前没有在用客户可以评分。",
        )
    expected = float(chance.sum())
    number = "fewer than 1" if expected < 1 else f"about {expected:.0f}"
    zahl = "不到 1" if expected < 1 else f"约 {expected:.0f}"
    within = f" within {days:g} days" if days else ""
    binnen = f"在 {days:g} 天内" if days else ""
    people = f"{chance.size} present customer{'s' if chance.size != 1 else ''}"
    names = list(first)[:_NAMED] or [name for name, *_ in _likeliest(scored)[:_NAMED]]
    call = f" Call first: {', '.join(names)}." if names else ""
    zuerst = f"建议最先联系：{'、'.join(names)}。" if names else ""
    return Text(
        f"Of {people} {number} may leave{within}.{call}",
        f"{chance.size} 位在用客户中，{zahl} 位可能{binnen}流失。{zuerst}",
    )


#: How many customers a sentence names.
_NAMED = 3


def _likeliest(scored: Scored) -> list[tuple[str, int]]:
    """Name and row of the customers likeliest to leave, first the likeliest."""
    order = np.argsort(-np.nan_to_num(scored.probability, nan=-1.0), kind="stable")
    rows = [int(i) for i in order if scored.risk[i] >= 0 and not scored.gone[i]]
    named = name_column(scored.source) is not None
    row = Text("row {0}", "第 {0} 行")
    return [
        (
            customer_name(scored.source, i)
            if named
            else str(row).format(scored.source.row_numbers[i]),
            i,
        )
        for i in rows[:LISTED]
    ]


def scored_outcome(scored: Scored) -> Outcome:
    """How many customers have which risk, and who is most likely to leave."""
    source = scored.source
    counts = np.bincount(scored.risk[scored.risk >= 0], minlength=len(RISKS))
    message = Text(
        "{n} customers scored: {high} high, {medium} medium, {low} low risk.",
        "已为 {n} 位客户评分：高风险 {high} 位，中风险 {medium} 位，低风险 {low} 位。",
    ).fill(n=int(counts.sum()), low=counts[0], medium=counts[1], high=counts[2])
    name = name_column(source)
    listed = [i for _, i in _likeliest(scored)]
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
