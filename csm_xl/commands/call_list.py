"""Actions: the call list in the workbook, whom to contact, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.columns_sheet import columns_sheet_name, show_columns
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.order_features import write_columns
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.own_dashboard_sheet import figures_of_there, write_dashboard
from csm_xl.commands.own_sheets import (
    make_playbook,
    make_settings,
    make_table,
    own_settings,
    own_table,
)
from csm_xl.commands.score_or_health import score_or_health
from csm_xl.commands.scoring import LISTED, plain_sentence, rule_sentence, write_scored
from csm_xl.commands.session import Session
from csm_xl.commands.table_blocks import write_rows
from csm_xl.commands.writing import calm
from csm_xl.company.action_rows import read_action_rows
from csm_xl.company.call_list import Plan, plan_actions
from csm_xl.company.history import trust_in
from csm_xl.company.occasions import explored
from csm_xl.company.playbook_table import read_playbook
from csm_xl.company.scoring import Scored
from csm_xl.company.value_if_kept import margin_if_kept
from csm_xl.language import Text
from csm_xl.vocabulary import layout


def actions(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Score the customers and renew the call list.

    Raises
    ------
    NoModelError
        When a workbook of our own making has no model yet.
    SheetError
        When no sheet holds customers, or a cell cannot be used.
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    scored, formula, records = score_or_health(session)
    plan = plan_of(session, scored, formula, records)
    figures = figures_of_there(session, scored)
    if progress is not None:
        progress(0.8, Text("Writing", "正在写入"))
    refuse_locked(
        session,
        [scored.table.sheet],
        ("actions",),
        made=[
            plan.rows.table.sheet,
            *([figures[0]] if figures is not None else []),
            columns_sheet_name(session),
            layout.HIDDEN_SHEET,
        ],
    )
    back_up(book)
    with calm(book):
        write_scored(session, scored, formula)
        write_actions(session, scored, plan)
        if figures is not None:
            write_dashboard(session, *figures)
        shown = show_columns(session, scored.table)
        write_records(session, {**plan.records, **scored.records, **shown})
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    outcome = actions_outcome(plan, str(session.settings.get("currency", "")))
    return opened_with(opening(scored, plan, formula, records), outcome)


def plan_of(
    session: Session, scored: Scored, formula: ChurnFormula | None, records: Mapping[str, str]
) -> Plan:
    """Decide whom to contact, for the Actions table that is there or that will be made."""
    lang = session.language
    settings = own_settings(session, scored.table)
    kept, _ = margin_if_kept(scored.table, settings, scored.company, scored.columns, records)
    without = [
        key
        for key, unknown in (
            ("customer_id", "customer_id" not in scored.table.places("customers")),
            ("stage", "stage" not in scored.columns and not explored(scored)),
            ("churn_probability", formula is None),
            ("value", np.isnan(kept).all()),
            ("expected", formula is None or np.isnan(kept).all()),
        )
        if unknown
    ]
    return plan_actions(
        scored,
        formula,
        read_action_rows(own_table(session, "actions", without)),
        read_playbook(session.table("playbook"), settings, lang),
        settings,
        records,
        session.today,
        lang,
    )


def write_actions(session: Session, scored: Scored, plan: Plan) -> None:
    """Write the call list: into rows that nobody touched, then below the last one.

    The sheets Actions, Playbook and Settings are made where the workbook has none.
    """
    if plan.rows.table.sheet not in session.sheets:
        settings = own_settings(session, scored.table)
        make_table(session, plan.rows.table, "actions")
        make_playbook(session, settings)
        make_settings(session, settings)
    free = plan.rows.free
    reused: dict[int, dict[str, Any]] = {place: {} for place in free}
    listed = [*plan.listed, *plan.win_back]
    for place, row in zip(free, listed, strict=False):
        reused[place] = row
    write_rows(session, plan.rows.table, "actions", reused, listed[len(free) :])
    if scored.company is not None:
        write_columns(session, scored.company, {"group": plan.groups})


def opening(
    scored: Scored, plan: Plan | None, formula: ChurnFormula | None, records: Mapping[str, str]
) -> Text:
    """What the owner wants to know first: how many may leave, whom to call, how far to trust it."""
    listed = plan.listed if plan is not None else []
    first = [str(row["name"] or row["customer_id"]) for row in listed]
    if formula is None:
        return rule_sentence(scored, first)
    plain = plain_sentence(scored, formula.meta.get("horizon_days"), first)
    trust = trust_in(records)
    return plain if trust is None else Text(f"{plain.en} {trust.en}", f"{plain.zh}{trust.zh}")


def opened_with(plain: Text, outcome: Outcome) -> Outcome:
    """The same outcome, the plain sentence before it."""
    said = outcome.message
    message = Text(f"{plain.en}\n{said.en}", f"{plain.zh}\n{said.zh}")
    return replace(outcome, message=message)


def actions_outcome(plan: Plan, currency: str = "") -> Outcome:
    """How many are on the list, what that is worth in the owner's currency, and the first of them."""
    saved = sum(row["expected"] or 0.0 for row in plan.listed)
    valued = any(row["expected"] is not None for row in plan.listed)
    message = Text(
        "{n} customers to contact.",
        "建议联系 {n} 位客户。",
    ).fill(n=len(plan.listed))
    if valued:
        message = Text(
            "{n} customers to contact, expected to save {saved} after the cost of contacting.",
            "建议联系 {n} 位客户，扣除联系成本后预期可挽回 {saved}。",
        ).fill(n=len(plan.listed), saved=f"{saved:,.0f} {currency}".strip())
    headers, table = call_list(plan)
    return Outcome(message, tuple(plan.notes), headers, table)


def call_list(plan: Plan) -> tuple[tuple[Text, ...], tuple[tuple, ...]]:
    """The first customers of the list, as a table for a message box or a terminal."""
    shown: list[tuple[Text, Callable[[dict[str, Any]], str]]] = [
        (Text("Customer", "客户"), lambda row: row["name"] or row["customer_id"]),
        # In short words: a narrow terminal breaks titles, so that the reasons have room.
        (Text("Likely to leave", "流失概率"), lambda row: _shown(row["churn_probability"], ".1%")),
        (Text("Risk", "风险"), lambda row: row["risk"] or row["stage"] or ""),
        (Text("Expected value saved", "预期挽回价值"), lambda row: _shown(row["expected"], ",.2f")),
        (Text("Why", "原因"), lambda row: row["reason"]),
        (Text("What to do", "建议行动"), lambda row: row["action"]),
    ]
    by_model = any(row["churn_probability"] is not None for row in plan.listed)
    valued = any(row["expected"] is not None for row in plan.listed)
    left_out = {1: not by_model, 2: by_model, 3: not valued}
    shown = [one for place, one in enumerate(shown) if not (plan.listed and left_out.get(place))]
    rows = tuple(tuple(cell(row) for _, cell in shown) for row in plan.listed[:LISTED])
    return tuple(title for title, _ in shown), rows


def _shown(number: float | None, how: str) -> str:
    return "" if number is None else format(number, how)
