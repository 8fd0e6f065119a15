"""The account of every row of a file: what it became, or why it was left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from csm_xl.language import Text

#: How many lines of each kind a report names.
NAMED = 5


@dataclass
class Account:
    """Where the rows of a file went.

    Every row below the titles is counted once: as a record (which becomes added, updated or
    unchanged when it is merged into the workbook), as merged with another row, or as left out.

    Attributes
    ----------
    read : int
        Rows below the titles, blank ones not counted.
    merged : int
        Rows that say more of a record that another row began.
    reasons : dict of Text to list of int
        Why rows were left out, and their lines.
    notes : list of Text
        What else the owner should know.
    """

    read: int = 0
    merged: int = 0
    reasons: dict[Text, list[int]] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)

    def leave_out(self, why: Text, lines: Iterable[int]) -> None:
        """Count rows as left out, for one reason."""
        told = list(lines)
        if told:
            self.reasons.setdefault(why, []).extend(told)

    def note(self, text: Text) -> None:
        """Keep a sentence for the report, once."""
        if text not in self.notes:
            self.notes.append(text)

    @property
    def left_out(self) -> int:
        """How many rows were left out."""
        return sum(map(len, self.reasons.values()))


def lines_text(numbers: Iterable[int]) -> Text:
    """``line 4``, ``lines 4, 7``, or the first few and how many more."""
    told = sorted(set(numbers))
    shown = ", ".join(map(str, told[:NAMED]))
    more = len(told) - NAMED
    if more <= 0:
        return Text(f"line {shown}" if len(told) == 1 else f"lines {shown}", f"第 {shown} 行")
    return Text(f"lines {shown} and {more} more", f"第 {shown} 等 {len(told)} 行")


def unreadable(
    account: Account, lines: Sequence[int], cells: Mapping[int, tuple[str, str, Text]]
) -> None:
    """Name cells that count as blank: rows to (title, text, what was expected)."""
    by: dict[tuple[str, Text], list[tuple[int, str]]] = defaultdict(list)
    for i, (header, text, expected) in cells.items():
        by[header, expected].append((lines[i], text))
    for (header, expected), found in by.items():
        where = lines_text(line for line, _ in found)
        shown = "、".join(dict.fromkeys(text[:30] for _, text in found[:3]))
        account.note(
            Text(
                f"{header}: should be {expected.en}; the cell was left out in {where.en} ({shown.replace('、', ', ')}).",
                f"“{header}”应为{expected.zh}，以下单元格未导入：{where.zh}（{shown}）。",
            )
        )
