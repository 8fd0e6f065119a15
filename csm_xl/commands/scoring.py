"""Scores in the workbook: reading what they need, writing them, and saying what they are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.risk import RISKS
from csm_xl.commands.order_features import write_columns
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.commands.writing import own_column, write_column
from csm_xl.company import scoring
from csm_xl.company.customers import customer_name, name_column
from csm_xl.company.eligibility import TOO_NEW
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.scoring import Learned, Scored
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.words import STANDING

PROBABILITY_FORMAT, CORRECTION_FORMAT = "0.0%", "0.00"
#: How many customers a message or a terminal lists.
LISTED = 10


def score(
    session: Session,
    table: HeaderTable,
    formula: ChurnFormula,
    records: Mapping[str, str],
    learned: Learned | None = None,
) -> Scored:
    """Score the customers without writing anything, so that a bad cell changes nothing.

    Parameters
    ----------
    session : Session
    table : HeaderTable
        The rows that the model is for.
    formula : ChurnFormula
    records : mapping of str to str
        The workbook's further models.
    learned : Learned, optional
        By a training that is not written yet; else the workbook says it.

    Raises
    ------
    CsmError
        Names the cell or the column that cannot be used.
    """
    company = session.company if formula.meta.get("label") == "orders" else None
    if company is None:
        return scoring.score_sheet(table, formula, session.settings, learned)
    return scoring.score(company, formula, records, session.language, learned)


def write_scored(session: Session, scored: Scored, formula: ChurnFormula) -> None:
    """Write probability and risk, and the further columns that the sheet has."""
    table, lang = scored.table, session.language
    if scored.company is not None:
        write_columns(session, scored.company, scored.columns)
    days = formula.meta.get("horizon_days")
    declared = layout.table("customers")
    title = declared.column("churn_probability").title.within(lang)
    if days:
        # A probability means nothing without the time within which it is meant.
        title += f"（{days:g} 天内）" if lang == "zh" else f" (within {days:g} days)"
    place = own_column(session, table, "churn_probability", title)
    cells = [None if p != p else p for p in scored.probability.tolist()]
    write_column(session, table, place, cells, PROBABILITY_FORMAT)
    words = [risk.within(lang) for risk in RISKS]
    place = own_column(session, table, "risk", declared.column("risk").title.within(lang))
    write_column(
        session,
        table,
        place,
        [
            words[code] if code >= 0 else STANDING.word(why, lang) if why else None
            for code, why in zip(scored.risk.tolist(), scored.standing, strict=True)
        ],
    )
    if scored.correction is not None:
        title = declared.column("correction").title.within(lang)
        place = own_column(session, table, "correction", title)
        added = [
            None if p != p or more == 0.0 else more
            for p, more in zip(scored.probability.tolist(), scored.correction.tolist(), strict=True)
        ]
        write_column(session, table, place, added, CORRECTION_FORMAT)


def scored_outcome(session: Session, scored: Scored) -> Outcome:
    """How many customers have which risk, and who is most likely to leave."""
    table = scored.table
    counts = np.bincount(scored.risk[scored.risk >= 0], minlength=len(RISKS))
    message = Text(
        "{n} customers scored: {high} high, {medium} medium, {low} low risk.",
        "已为 {n} 位客户评分：高风险 {high} 位，中风险 {medium} 位，低风险 {low} 位。",
    ).fill(n=int(counts.sum()), low=counts[0], medium=counts[1], high=counts[2])
    name = name_column(table)
    likely = np.argsort(-np.nan_to_num(scored.probability, nan=-1.0), kind="stable")
    listed = [int(i) for i in likely if scored.risk[i] >= 0 and not scored.gone[i]][:LISTED]
    listing = tuple(
        (
            customer_name(table, i) if name is not None else str(table.row_numbers[i]),
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
        notes.append(_NOBODY_HIGH.fill(highest=highest))
    return Outcome(message, tuple(notes), headers, listing)


_NOBODY_HIGH = Text(
    "Nobody is at high risk; the highest probability is {highest}.",
    "没有高风险客户，最高的流失概率为 {highest}。",
)
