"""What makes a row of an export the same as a row of the sheet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.commands.import_whose import Directory
from csm_xl.company.header_table import HeaderTable
from csm_xl.errors import SheetError
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded, serial
from csm_xl.vocabulary.cells import as_text, is_blank

#: Without a customer number, a customer is known by the first of these that the export has.
_INSTEAD = ("email", "phone", "name", "company")
_NUMBERED = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class Key:
    """Which columns tell rows apart.

    Attributes
    ----------
    columns : tuple of str
        Keys of our columns.
    places : tuple of int
        Where the sheet has them.
    numbers : Sequence
        When the export has no numbers of its own: the sheet's, to go on counting from.
    number_column : str or None
        The column whose numbers are counted on.
    """

    columns: tuple[str, ...]
    places: tuple[int, ...]
    numbers: Sequence[Any] = ()
    number_column: str | None = None

    def of_sheet(self, row: Sequence[Any], whose: Directory | None = None) -> str | None:
        """What tells a row of the sheet apart; None for one without a key."""
        cells = [row[place] for place in self.places]
        if whose is not None and "customer_id" in self.columns:
            at = self.columns.index("customer_id")
            cells[at] = whose.number(cells[at]) or cells[at]
        return _mark(cells)

    def of_row(self, row: dict[str, Any]) -> str | None:
        """What tells a converted row apart; None for one without a key."""
        return _mark([row.get(name) for name in self.columns])

    def completed(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows to add, each with a number of its own."""
        if self.number_column is not None:
            start, width, prefix = _last_number(self.numbers)
            for n, row in enumerate(rows, start + 1):
                row[self.number_column] = f"{prefix}{n:0{width}d}"
        return rows


def key_of(table: str, given: set[str], into: HeaderTable, name: str) -> Key:
    """The key for importing columns `given` into a table.

    Raises
    ------
    SheetError
        When neither the sheet nor the export has a column to tell rows apart by.
    """
    declared = layout.table(table)
    places = layout.match_headers(into.headers, table).columns
    missing = [key for key in declared.key_columns if key not in places]
    if missing:
        titles = [declared.column(key).title for key in missing]
        raise SheetError(
            f"{into.sheet} has no column {', '.join(t.en for t in titles)}. Add it: it tells "
            "rows apart.",
            f"工作表“{into.sheet}”缺少“{'、'.join(t.zh for t in titles)}”列，请添加，用于区分各行。",
        )
    own = declared.key_columns
    if any(key in given for key in own):
        return Key(own, tuple(places[key] for key in own))
    number = own[0]
    numbers = into.cells(places[number])
    if table == "customers":
        for key in _INSTEAD:
            if key in given and key in places:
                return Key((key,), (places[key],), numbers, number)
    content = tuple(
        key
        for key in ("date", "customer_id", "amount", "product", "kind", "text", "rating")
        if key in given and key in places
    )
    if len(content) >= 2:
        # The same customer, day and content again is the same row again.
        return Key(content, tuple(places[key] for key in content), numbers, number)
    title = declared.column(number).title
    raise SheetError(
        f"{name} has no column {title.en}, and nothing else that tells its rows apart. "
        "Export it with the number of each row.",
        f"{name} 中没有“{title.zh}”列，也没有其他可区分各行的列，请在导出时包含编号。",
    )


def _mark(cells: Sequence[Any]) -> str | None:
    if all(map(is_blank, cells)):
        return None
    return "\x1f".join("" if is_blank(cell) else _spelled(cell) for cell in cells)


def _spelled(cell: Any) -> str:
    """A cell as it is compared; the sheet has dates where an export has their serial numbers."""
    return folded(as_text(serial(cell) if isinstance(cell, dt.date) else cell))


def _last_number(numbers: Sequence[Any]) -> tuple[int, int, str]:
    """The highest number of the sheet, its width, and what stands before it."""
    best = (0, 4, "C")
    for cell in numbers:
        found = None if is_blank(cell) else _NUMBERED.fullmatch(as_text(cell).strip())
        if found and int(found[2]) > best[0]:
            best = (int(found[2]), len(found[2]), found[1])
    return best
