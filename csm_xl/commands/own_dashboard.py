"""The Dashboard in an owner's own workbook: key figures of the list, added when first needed."""

from __future__ import annotations

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.call_list import opened_with, opening, plan_of
from csm_xl.commands.columns_sheet import columns_sheet_name, show_columns
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.own_dashboard_sheet import dashboard_there, figures_of, write_dashboard
from csm_xl.commands.own_sheets import own_sheet_name
from csm_xl.commands.score_or_health import judge, score_or_health
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm
from csm_xl.company.scoring import Scored
from csm_xl.errors import NoModelError
from csm_xl.language import Text
from csm_xl.vocabulary import layout


def own_dashboard(session: Session) -> Outcome:
    """Renew the Dashboard of an owner's workbook, made where there is none.

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    scored, formula, records = _scored(session)
    blocks = figures_of(session, scored)
    said = formula is not None or bool((scored.risk >= 0).any())
    plan = plan_of(session, scored, formula, records) if said else None
    name = dashboard_there(session) or own_sheet_name(session, "dashboard")
    made = (name, columns_sheet_name(session), layout.HIDDEN_SHEET)
    refuse_locked(session, made=made)
    back_up(session.book)
    with calm(session.book):
        write_dashboard(session, name, blocks)
        write_records(session, show_columns(session, scored.table))
    session.book.app.calculate()
    if session.book.app.visible:
        session.book.sheets[name].activate()
    done = Text(f"The sheet {name} is up to date.", f"工作表“{name}”已更新。")
    outcome = Outcome(done, tuple(scored.notes))
    return opened_with(opening(scored, plan, formula, records), outcome) if said else outcome


def _scored(session: Session) -> tuple[Scored, ChurnFormula | None, dict[str, str]]:
    """By the model or by rule; a list that tells nothing of health still has key figures."""
    try:
        return score_or_health(session)
    except NoModelError:
        if "model" in session.records or session.table("customers") is not None:
            raise
        judged = judge(session, session.customers())
        return judged, None, session.texts
