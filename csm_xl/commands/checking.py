"""Check: what csm-xl understands of the owner's tables, and every cell that it cannot read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlwings as xw

from csm_xl.commands.header_table import Source
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.owner_tables import all_tables, named_source, read_known, understood
from csm_xl.commands.unread import unread_in, unread_note
from csm_xl.errors import SheetError
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
    known = read_known(book)
    if sheet is not None:
        sources = [understood(book, named_source(book, sheet), known)]
    else:
        sources = list(all_tables(book, known))
    if not sources:
        raise SheetError(
            "No sheet has a row of titles with something below it. Put a title above each column.",
            "没有找到带标题行的表格。请在每列上方写标题。",
        )
    unread = [cell for source in sources for cell in unread_in(source)]
    lines = [_summary(source) for source in sources]
    return Outcome(
        Text("\n".join(line.en for line in lines), "\n".join(line.zh for line in lines)),
        (*_questions(sources), *unread_note(unread)),
        (Text("Sheet", "工作表"), Text("Column", "列"), Text("Role", "角色"), Text("Why", "依据"),
         Text("Example", "示例")),
        tuple(
            (source.name, one.header or "–", str(ROLES[one.role]), str(one.why), one.example)
            for source in sources
            for one in _shown(source)
        ),
        {"tables": [_table(source) for source in sources], "unreadable": unread},
    )  # fmt: skip


def _shown(source: Source) -> list[Any]:
    return list(source.roles.columns) if source.roles is not None else []


def _table(source: Source) -> dict[str, Any]:
    """One table as a program reads it."""
    return {
        "sheet": source.sheet.name,
        "table": source.table.name if source.table is not None else None,
        "kind": source.kind,
        "range": source.range.rpartition("!")[2],
        "rows": int(source.holds.sum()),
        "columns": [
            {"header": one.header, "role": one.role, "why": str(one.why), "set": one.chosen}
            for one in _shown(source)
        ],
    }


def _summary(source: Source) -> Text:
    """One sentence on a table: what it is, where, and who has left."""
    kind = KINDS[source.kind]
    rows = int(source.holds.sum())
    text = Text(
        f"{source.name}: {rows} rows of {kind.en} ({source.range}).",
        f"{source.name}：{rows} 行{kind.zh}（{source.range}）。",
    )
    leaving = source.leaving
    if source.kind != "customers" or not leaving.places:
        return text
    said = [source.headers[place] for place in leaving.places]
    standing = leaving.standing[source.holds]
    left = int((standing == "left").sum())
    kept = int(((standing == "kept") | (standing == "notice")).sum())
    other = rows - left - kept
    return Text(
        f"{text.en} {left} left and {kept} are customers, by {' and '.join(said)}"
        + (f"; {other} are neither or do not say." if other else "."),
        f"{text.zh}根据“{'”和“'.join(said)}”，{left} 位已流失，{kept} 位在用"
        + (f"，{other} 位两者都不是或没有注明。" if other else "。"),
    )


def _questions(sources: Sequence[Source]) -> list[Text]:
    """What only the owner can decide."""
    from csm_xl.commands.customers import refuse_unlabelled
    from csm_xl.errors import CsmError

    found = []
    for source in sources:
        if source.kind != "customers":
            continue
        try:
            refuse_unlabelled(source)
        except CsmError as error:
            found.append(error.text)
    return found
