"""Everything that a refresh and a training write, worked out first and then written together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.call_list import call_list, plan_of, write_actions
from csm_xl.commands.dashboard_sheet import write_figures
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.own_dashboard_sheet import figures_of_there, write_dashboard
from csm_xl.commands.own_sheets import make_table, own_table
from csm_xl.commands.scoring import scored_outcome, write_scored
from csm_xl.commands.session import Session
from csm_xl.commands.writing import append_rows
from csm_xl.company import trajectory
from csm_xl.company.call_list import Plan
from csm_xl.company.customers import customer_keys
from csm_xl.company.dashboard import Figures, compute_figures
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.history import QUALITY, history_row
from csm_xl.company.order_training import notes_leaving
from csm_xl.company.own_figures import Block
from csm_xl.company.scoring import Scored
from csm_xl.functions.records import record_id
from csm_xl.language import Text
from csm_xl.vocabulary import layout

#: The sheets of csm-xl that a refresh writes to, where the workbook has them.
UPDATED_SHEETS = ("dashboard", "actions", "history")


@dataclass
class ScoreUpdate:
    """Scores, call list, figures and a row of history, nothing written yet."""

    scored: Scored
    plan: Plan | None
    figures: Figures
    history: tuple[HeaderTable, dict[str, Any]] | None
    records: dict[str, str]
    dashboard: tuple[str, list[Block]] | None = None
    alarm: Text | None = None
    course: list[Text | None] = field(default_factory=list)


def compute_update(
    session: Session,
    scored: Scored,
    formula: ChurnFormula | None,
    records: Mapping[str, str],
    what: Text,
    now: dt.datetime,
    *,
    make: bool = False,
) -> ScoreUpdate:
    """Work everything out, so that a cell that cannot be used changes nothing.

    Parameters
    ----------
    session : Session
    scored : Scored
    formula : ChurnFormula
    records : mapping of str to str
        The workbook's records, the new ones among them.
    what : Text
        What the history calls this.
    now : datetime
    make : bool
        Whether the call list and the history are added where the workbook has none.
    """
    listed = make or session.table("actions") is not None
    plan = plan_of(session, scored, formula, records) if listed else None
    company, lang = scored.company, session.language
    feedback = company.feedback if company is not None else session.frame("feedback")
    figures = compute_figures(
        session.table,
        feedback,
        company,
        records,
        session.today,
        lang,
        rows=None if plan is None else plan.rows,
        suggested=None if plan is None else len(plan.rows.answered) + len(plan.listed),
        enrolled=None if plan is None else plan.enrolled,
        days=None if formula is None else formula.meta.get("horizon_days"),
    )
    table = own_table(session, "history", _NOT_ON_LISTS) if make else session.table("history")
    history = None
    if table is not None:
        quality = json.loads(records.get(QUALITY, "{}"))
        model = record_id(records["model"]) if "model" in records else None
        row = history_row(scored, feedback, figures.trend, quality, model, what, now, lang)
        history = table, row
    stored = {**scored.records, **(plan.records if plan else {})}
    dashboard = figures_of_there(session, scored)
    found = ScoreUpdate(scored, plan, figures, history, stored, dashboard)
    if formula is not None:
        _follow(found, formula, records, int(session.today))
    return found


def _follow(
    found: ScoreUpdate, formula: ChurnFormula, records: Mapping[str, str], today: int
) -> None:
    """Keep today's probabilities, and hold the earlier ones against what has happened since."""
    scored = found.scored
    past = trajectory.from_json(records[trajectory.RECORD]) if trajectory.RECORD in records else []
    keys = customer_keys(scored.table)
    days = int(formula.meta.get("horizon_days") or 0)
    model = record_id(records["model"]) if "model" in records else ""
    found.course = trajectory.course(past, keys, scored.probability, today, days)
    if scored.company is None or notes_leaving(scored.company):
        found.alarm = trajectory.leavers_alarm(past, keys, scored.gone, today, model)
    kept = trajectory.remember(past, keys, scored.probability, today, days, model)
    found.records[trajectory.RECORD] = trajectory.to_json(kept)


#: Columns of the History sheet that a list without orders and feedback has nothing for.
_NOT_ON_LISTS = ("value_at_risk", "csat", "answers", "nps")


def made_sheets(found: ScoreUpdate) -> list[str]:
    """The sheets that writing it adds where they are missing."""
    tables = [found.plan.rows.table] if found.plan is not None else []
    tables += [found.history[0]] if found.history is not None else []
    shown = [found.dashboard[0]] if found.dashboard is not None else []
    return [*(table.sheet for table in tables), *shown, layout.HIDDEN_SHEET]


def write_update(session: Session, found: ScoreUpdate, formula: ChurnFormula | None) -> None:
    """Write it, records aside."""
    write_scored(session, found.scored, formula)
    if found.plan is not None:
        write_actions(session, found.scored, found.plan)
    write_figures(session, found.figures)
    if found.dashboard is not None:
        write_dashboard(session, *found.dashboard)
    if found.history is not None:
        make_table(session, found.history[0], "history")
        append_rows(session, found.history[0], [found.history[1]], "history")


def update_outcome(session: Session, found: ScoreUpdate) -> Outcome:
    """How many customers have which risk, and whom to contact first."""
    if found.scored.by_rule is None:
        outcome = scored_outcome(session, found.scored, found.course)
    else:
        outcome = Outcome(Text("", ""), tuple(found.scored.notes))
    notes = [*outcome.warnings, *found.figures.notes]
    if found.plan is None:
        return Outcome(outcome.message, tuple(notes), outcome.headers, outcome.table)
    notes += found.plan.notes
    more = Text(" {n} are on the call list.", "行动清单中有 {n} 位客户。").fill(
        n=len(found.plan.listed)
    )
    message = Text((outcome.message.en + more.en).strip(), outcome.message.zh + more.zh)
    if not found.plan.listed:
        return Outcome(message, tuple(notes), outcome.headers, outcome.table)
    headers, table = call_list(found.plan)
    return Outcome(message, tuple(notes), headers, table)
