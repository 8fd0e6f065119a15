"""Cells that could not be read, named for the owner: one sentence, and one list for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm_xl.company.header_table import HeaderTable
from csm_xl.company.readable_cells import UnreadCell, unread_cells
from csm_xl.formulas.addresses import column_letters
from csm_xl.language import Text

#: How many cells a sentence names; the others are counted.
NAMED = 20


def unread_in(table: HeaderTable) -> list[dict[str, Any]]:
    """Every cell of a table that cannot be read: ``sheet``, ``cell``, ``text``, ``role``."""
    width = len(table.roles.columns)
    cells = unread_cells(table.headers[:width], table.columns[:width], table.roles)
    holds = table.holds
    return [listed(table, one) for one in cells if holds[one.row]]


def listed(table: HeaderTable, one: UnreadCell) -> dict[str, Any]:
    """One cell as a program reads it."""
    where = f"{column_letters(table.column + one.place)}{table.row + 1 + one.row}"
    return {"sheet": table.sheet, "cell": where, "text": one.text, "role": one.role}


def unread_note(cells: Iterable[dict[str, Any]]) -> tuple[Text, ...]:
    """One sentence that names them, or nothing where all could be read."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in cells:
        known.setdefault((cell["sheet"], cell["cell"]), cell)
    if not known:
        return ()
    named = [f"{c['sheet']}!{c['cell']} “{c['text']}”" for c in list(known.values())[:NAMED]]
    more = len(known) - len(named)
    en, zh = ", ".join(named), "、".join(named)
    if more:
        en, zh = f"{en} and {more} more", f"{zh} 等，另有 {more} 个"
    one = len(known) == 1
    return (
        Text(
            f"{'This cell' if one else 'These cells'} could not be read and count{'s' if one else ''} "
            f"as blank: {en}. Correct {'it' if one else 'them'} when you can.",
            f"以下单元格无法识别，按空白处理：{zh}。请有空时更正。",
        ),
    )
