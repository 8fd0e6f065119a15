"""Check: what csm-xl understands of the owner's tables, and every cell that it cannot read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.company.customers import refuse_unlabelled
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.roles import ColumnRole
from csm_xl.company.unread import unread_in, unread_note
from csm_xl.errors import CsmError, SheetError
from csm_xl.language import Text
from csm_xl.vocabulary.roles import ROLES

#: What the kinds of tables are called.
KINDS = {
    "customers": Text("customers", "客户"),
    "orders": Text("orders", "订单"),
    "feedback": Text("feedback", "反馈"),
    "contacts": Text("contacts", "联系"),
    "subscriptions": Text("subscriptions", "订阅"),
    "usage": Text("usage", "使用记录"),
    "other": Text("other", "其他"),
    "changes": Text("other", "其他"),
}


def check(book: xw.Book, sheet: str | None = None) -> Outcome:
    """Say what each column of the owner's tables is, and what could not be read. Writes nothing.

    Parameters
    ----------
    book : xlwings.Book
    sheet : str, optional
        A sheet's or a table's name; every table when not given.

    Raises
    ------
    SheetError
        When there is no table.
    """
    return check_session(Session(book), sheet)


def check_session(session: Session, sheet: str | None = None) -> Outcome:
    """The same, of a workbook that was read already."""
    tables = [session.customers(sheet)] if sheet is not None else list(session.tables())
    if not tables:
        raise SheetError(
            "No sheet has a row of titles with something below it. Put a title above each column.",
            "没有找到带标题行的表格。请在每列上方写标题。",
        )
    unread = [cell for table in tables for cell in unread_in(table)]
    lines = [_summary(table) for table in tables]
    return Outcome(
        Text("\n".join(line.en for line in lines), "\n".join(line.zh for line in lines)),
        (*_questions(session, tables), *unread_note(unread)),
        (Text("Sheet", "工作表"), Text("Column", "列"), Text("Role", "角色"), Text("Why", "依据"),
         Text("Example", "示例")),
        tuple(
            (table.title, one.header or "–", str(ROLES[one.role]), str(one.why), one.example)
            for table in tables
            for one in _shown(table)
        ),
        {"tables": [_table(table) for table in tables], "unreadable": unread},
    )  # fmt: skip


def _shown(table: HeaderTable) -> list[ColumnRole]:
    return list(table.roles.columns)


def _table(table: HeaderTable) -> dict[str, Any]:
    """One table as a program reads it."""
    return {
        "sheet": table.sheet,
        "table": table.name,
        "kind": table.kind,
        "range": table.range,
        "rows": int(table.holds.sum()),
        "columns": [
            {"header": one.header, "role": one.role, "why": str(one.why), "set": one.chosen}
            for one in _shown(table)
        ],
    }


def _summary(table: HeaderTable) -> Text:
    """One sentence on a table: what it is, where, and who has left."""
    kind = KINDS[table.kind]
    rows = int(table.holds.sum())
    text = Text(
        f"{table.title}: {rows} rows of {kind.en} ({table.sheet}!{table.range}).",
        f"{table.title}：{rows} 行{kind.zh}（{table.sheet}!{table.range}）。",
    )
    leaving = table.leaving
    if table.kind != "customers" or not leaving.places:
        return text
    said = [table.headers[place] for place in leaving.places]
    status = leaving.status[table.holds]
    left = int((status == "left").sum())
    kept = int(((status == "kept") | (status == "notice")).sum())
    other = rows - left - kept
    return Text(
        f"{text.en} {left} left and {kept} are customers, by {' and '.join(said)}"
        + (f"; neither, or not said: {other}." if other else "."),
        f"{text.zh}根据“{'”和“'.join(said)}”，{left} 位已流失，{kept} 位在用"
        + (f"，{other} 位两者都不是或没有注明。" if other else "。"),
    )


def _questions(session: Session, tables: Sequence[HeaderTable]) -> list[Text]:
    """What only the owner can decide."""
    found = []
    try:
        company = session.company
    except CsmError as error:
        company = None
        found.append(error.text)
    found += company.notes if company is not None else []
    for table in tables:
        if table.kind != "customers":
            continue
        if company is not None and table is company.table and not table.leaving.competing:
            # Who falls silent has left: that can be learned without a column.
            continue
        try:
            refuse_unlabelled(table)
        except CsmError as error:
            found.append(error.text)
    return found
