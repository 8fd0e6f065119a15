"""Everything that a refresh and a training write, worked out first and then written together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.call_list import Plan, call_list, plan_actions, write_actions
from csm_xl.commands.dashboard_blocks import Figures, read_figures, write_figures
from csm_xl.commands.header_table import Source
from csm_xl.commands.history import history_row, write_history
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.scoring import Scored, plain_sentence, scored_outcome, write_scored
from csm_xl.language import Text

#: The sheets of csm-xl that a refresh writes to, where the workbook has them.
RENEWED = ("dashboard", "actions", "history")


@dataclass
class Renewal:
    """Scores, call list, figures and a row of history, nothing written yet."""

    scored: Scored
    plan: Plan | None
    figures: Figures
    history: tuple[Source, dict[str, Any]] | None
    records: dict[str, str]


def read_renewal(
    book: xw.Book,
    scored: Scored,
    formula: ChurnFormula,
    records: Mapping[str, str],
    what: Text,
    now: dt.datetime,
) -> Renewal:
    """Work everything out, so that a cell that cannot be used changes nothing.

    Parameters
    ----------
    book : xlwings.Book
    scored : Scored
    formula : ChurnFormula
    records : mapping of str to str
        The workbook's records, the new ones among them.
    what : Text
        What the history calls this.
    now : datetime
    """
    plan = plan_actions(book, scored, formula, records)
    days = formula.meta.get("horizon_days")
    if plan is None:
        figures = read_figures(book, scored.company, records, days=days)
    else:
        figures = read_figures(
            book,
            scored.company,
            records,
            rows=plan.rows,
            suggested=len(plan.rows.answered) + len(plan.listed),
            enrolled=plan.enrolled,
            days=days,
        )
    history = history_row(book, scored, figures, records, what, now)
    return Renewal(
        scored, plan, figures, history, {**scored.records, **(plan.records if plan else {})}
    )


def write_renewal(book: xw.Book, found: Renewal, formula: ChurnFormula) -> None:
    """Write it, records aside."""
    write_scored(book, found.scored, formula)
    if found.plan is not None:
        write_actions(found.scored, found.plan)
    write_figures(found.figures)
    write_history(found.history)


def renewal_outcome(found: Renewal, days: float | None = None) -> Outcome:
    """How many may leave and whom to contact first; then how many customers have which risk.

    Parameters
    ----------
    found : Renewal
    days : float, optional
        The time that the probabilities are meant for.
    """
    outcome = scored_outcome(found.scored)
    listed = found.plan.listed if found.plan is not None else []
    first = [str(row["name"] or row["customer_id"]) for row in listed]
    plain = plain_sentence(found.scored, days, first)
    outcome = replace(
        outcome,
        message=Text(f"{plain.en} {outcome.message.en}", f"{plain.zh}{outcome.message.zh}"),
    )
    notes = [*outcome.warnings, *found.figures.notes]
    if found.plan is None:
        return Outcome(outcome.message, tuple(notes), outcome.headers, outcome.table)
    notes += found.plan.notes
    more = Text(" {n} are on the call list.", "行动清单中有 {n} 位客户。").fill(
        n=len(found.plan.listed)
    )
    message = Text(outcome.message.en + more.en, outcome.message.zh + more.zh)
    if not found.plan.listed:
        return Outcome(message, tuple(notes), outcome.headers, outcome.table)
    headers, table = call_list(found.plan)
    return Outcome(message, tuple(notes), headers, table)
