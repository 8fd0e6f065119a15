"""Scores by the stored model, or health by rule where an owner's workbook has no model."""

from __future__ import annotations

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.model_record import model_of
from csm_xl.commands.scoring import score
from csm_xl.commands.session import Session
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.occasions import explored
from csm_xl.company.scoring import Scored, score_by_rule
from csm_xl.errors import CsmError, NoModelError
from csm_xl.language import Text


def score_or_health(session: Session) -> tuple[Scored, ChurnFormula | None, dict[str, str]]:
    """Score the customers, or judge them by rule, without writing anything.

    Returns
    -------
    scored : Scored
    formula : ChurnFormula or None
        None where health is by rule.
    records : dict of str to str
        What the workbook keeps.

    Raises
    ------
    NoModelError
        When a workbook that keeps orders by customer has no model yet, or a list has none and
        no column to judge its customers by.
    CsmError
        Names the cell or the column that cannot be used.
    """
    try:
        formula, sheet, records = model_of(session)
    except NoModelError:
        stored = session.records.keys() | session.records.damaged.keys()
        if "model" in stored or session.table("customers") is not None:
            raise
        table = session.customers()
        judged = judge(session, table)
        if not (judged.risk >= 0).any() and not explored(judged):
            raise _nothing_to_go_by(table) from None
        return judged, None, session.texts
    return score(session, session.customers(sheet), formula, records), formula, records


def judge(session: Session, table: HeaderTable) -> Scored:
    """Health by rule of an owner's list, and of the orders that are kept beside it."""
    notes: list[Text] = []
    try:
        company = session.company
    except CsmError as error:
        # The list can be judged without its orders, which cannot be counted.
        company, notes = None, [error.text]
    found = score_by_rule(table, session.settings, session.today, company)
    found.notes += notes
    return found


def _nothing_to_go_by(table: HeaderTable) -> NoModelError:
    return NoModelError(
        "This workbook has no churn model yet, and no column of "
        f"{table.sheet} says how customers are doing (last contact, use, rating, complaints, "
        "renewal). Retrain, or add one of these columns.",
        f"本工作簿还没有流失模型，“{table.sheet}”中也没有说明客户状况的列（最近联系、使用、评分、"
        "投诉、续约日）。请重新训练，或添加其中一列。",
    )
