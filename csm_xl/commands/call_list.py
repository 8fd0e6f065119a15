"""Actions: the call list in the workbook, whom to contact, why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.order_features import write_columns
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.scoring import LISTED, score, write_scored
from csm_xl.commands.session import Session
from csm_xl.commands.stored_model import stored_model
from csm_xl.commands.table_blocks import write_rows
from csm_xl.commands.writing import calm
from csm_xl.company.action_rows import read_action_rows
from csm_xl.company.call_list import Plan, plan_actions
from csm_xl.company.playbook_table import read_playbook
from csm_xl.company.scoring import Scored
from csm_xl.errors import SheetError
from csm_xl.language import Text


def actions(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Score the customers and renew the call list.

    Raises
    ------
    NoModelError
        When the workbook has no model yet.
    SheetError
        When the workbook has no Actions table, or a cell cannot be used.
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    formula, sheet, records = stored_model(session)
    scored = score(session, session.customers(sheet), formula, records)
    plan = plan_of(session, scored, formula, records)
    if plan is None:
        raise SheetError(
            "This workbook has no Actions table for the call list. Make a workbook with csm-xl "
            "new and import your data, or add a table called Actions.",
            "本工作簿没有用来放行动清单的表格 Actions。请用 csm-xl new 新建工作簿并导入数据，"
            "或添加名为 Actions 的表格。",
        )
    if progress is not None:
        progress(0.8, Text("Writing", "正在写入"))
    refuse_locked(session, [scored.table.sheet], ("actions",))
    back_up(book)
    with calm(book):
        write_scored(session, scored, formula)
        write_actions(session, scored, plan)
        write_records(session, {**plan.records, **scored.records})
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    return actions_outcome(plan, str(session.settings.get("currency", "")))


def plan_of(
    session: Session, scored: Scored, formula: ChurnFormula, records: Mapping[str, str]
) -> Plan | None:
    """Decide whom to contact; None where the workbook has no Actions table."""
    table = session.table("actions")
    if table is None:
        return None
    lang = session.language
    return plan_actions(
        scored,
        formula,
        read_action_rows(table),
        read_playbook(session.table("playbook"), session.settings, lang),
        session.settings,
        records,
        session.today,
        lang,
    )


def write_actions(session: Session, scored: Scored, plan: Plan) -> None:
    """Write the call list: into rows that nobody touched, then below the last one."""
    free = plan.rows.free
    reused: dict[int, dict[str, Any]] = {place: {} for place in free}
    for place, row in zip(free, plan.listed, strict=False):
        reused[place] = row
    write_rows(session, plan.rows.table, "actions", reused, plan.listed[len(free) :])
    if scored.company is not None:
        write_columns(session, scored.company, {"group": plan.groups})


def actions_outcome(plan: Plan, currency: str = "") -> Outcome:
    """How many are on the list, what that is worth in the owner's currency, and the first of them."""
    saved = sum(row["expected"] for row in plan.listed)
    message = Text(
        "{n} customers to contact, expected to save {saved} after the cost of contacting.",
        "建议联系 {n} 位客户，扣除联系成本后预期可挽回 {saved}。",
    ).fill(n=len(plan.listed), saved=f"{saved:,.0f} {currency}".strip())
    headers, table = call_list(plan)
    return Outcome(message, tuple(plan.notes), headers, table)


def call_list(plan: Plan) -> tuple[tuple[Text, ...], tuple[tuple, ...]]:
    """The first customers of the list, as a table for a message box or a terminal."""
    headers = (
        Text("Customer", "客户"),
        # In short words: a narrow terminal breaks titles, so that the reasons have room.
        Text("Likely to leave", "流失概率"),
        Text("Expected value saved", "预期挽回价值"),
        Text("Why", "原因"),
        Text("What to do", "建议行动"),
    )
    rows = tuple(
        (
            row["name"] or row["customer_id"],
            f"{row['churn_probability']:.1%}",
            f"{row['expected']:,.2f}",
            row["reason"],
            row["action"],
        )
        for row in plan.listed[:LISTED]
    )
    return headers, rows
