"""Rows under headers: an Excel table, or any sheet with a row of titles.

The owner's cells are only read here; :mod:`csm_xl.commands.writing` writes csm-xl's own columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.company.header_rows import body_length, find_area, is_total
from csm_xl.company.leaving import Leaving
from csm_xl.company.roles import Roles
from csm_xl.errors import COM_ERRORS, CsmError, SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import DATE, folded
from csm_xl.vocabulary.cells import is_blank

#: How many rows of formulas tell whether a column is calculated.
_FORMULA_ROWS = 20
#: What a role is called among our columns of the Customers table.
_KEYS = {
    "id": "customer_id",
    "name": "name",
    "e-mail": "email",
    "phone": "phone",
    "start": "start",
    "price": "price",
    "last contact": "last_seen",
    "renewal": "renewal",
    "do not contact": "do_not_contact",
    "note": "note",
}


@dataclass
class Source:
    """Rows under headers.

    Attributes
    ----------
    sheet : xlwings.Sheet
    table : xlwings Table or None
        None for a plain sheet.
    headers : list of str
        ``""`` where a column has none.
    row, column : int
        Of the header row's first cell, from 1.
    rows : list of tuple
        The cells below, as Excel delivers them; blank rows at the bottom, totals and what stands
        below them cut off.
    kind : str
        What a row is, such as ``"customers"``.
    ours : dict of int to str
        The columns that csm-xl wrote, by their place, and what the layout calls them.
    roles : Roles or None
        What the owner's columns are; None where it was not asked.
    """

    sheet: xw.Sheet
    table: Any
    headers: list[str]
    row: int
    column: int
    rows: list[tuple]
    kind: str = ""
    ours: dict[int, str] = field(default_factory=dict)
    roles: Roles | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What an option calls it: the table's name, else the sheet's."""
        return self.table.name if self.table is not None else self.sheet.name

    @property
    def leaving(self) -> Leaving:
        """Who left, by the columns that say so."""
        return self.roles.leaving if self.roles is not None else Leaving()

    @property
    def flagged(self) -> bool:
        """Whether a column says who left in another way than by dates alone."""
        leaving = self.leaving
        return bool(leaving.competing) or len(leaving.places) > int(leaving.dated)

    def places(self, table_key: str = "customers") -> dict[str, int]:
        """Which of the layout's columns stand where: their keys to places from 0.

        Among customers the roles decide about the owner's columns and the record about ours; in
        other tables the titles do.
        """
        if table_key != "customers" or self.roles is None:
            return dict(layout.match_headers(self.headers, table_key).columns)
        # Columns that were added since the roles were found are ours.
        owners = ["" if place in self.ours else title for place, title in enumerate(self.headers)]
        found = {
            key: place
            for key, place in layout.match_headers(
                owners, "customers", owners_only=True
            ).columns.items()
            if key not in _KEYS.values()
            and key not in ("churned", "left_on")
            and self.roles.role_of(place) not in ("ignore", "left")
        }
        if "company" in found and self.roles.role_of(found["company"]) == "name":
            del found["company"]
        for role, key in _KEYS.items():
            place = self.roles.place(role)
            if place is not None:
                found[key] = place
        for place in self.leaving.places:
            dates = place == self.leaving.places[0] and self.leaving.dated
            found.setdefault("left_on" if dates else "churned", place)
        if "left_on" not in found and not self.leaving.places:
            blank = self.roles.place("left")
            if blank is not None:
                found["left_on"] = blank
        return {**found, **{key: place for place, key in self.ours.items()}}

    def position(self, header: str) -> int | None:
        """The place of the column with this header, from 0, or None."""
        wanted = folded(header)
        for place, own in enumerate(self.headers):
            if folded(own) == wanted:
                return place
        return None

    def cells(self, place: int) -> list[Any]:
        """The cells of one column."""
        return [row[place] for row in self.rows]

    @property
    def columns(self) -> list[list[Any]]:
        """The cells of every column."""
        return [self.cells(place) for place in range(len(self.headers))]

    @property
    def row_numbers(self) -> list[int]:
        """What the sheet calls each row."""
        return list(range(self.row + 1, self.row + 1 + len(self.rows)))

    def address(self, index: int, place: int) -> str:
        """The address of a body cell, such as ``Customers!C7``."""
        return f"{self.sheet.name}!{column_letters(self.column + place)}{self.row + 1 + index}"

    @property
    def range(self) -> str:
        """The address of the titles and the rows, such as ``Customers!A1:F40``."""
        last = f"{column_letters(self.column + len(self.headers) - 1)}{self.row + len(self.rows)}"
        return f"{self.sheet.name}!{column_letters(self.column)}{self.row}:{last}"

    def date(self, index: int, place: int) -> float:
        """A body cell as a serial number; NaN where it is blank.

        Raises
        ------
        CsmError
            Names the cell that holds no date.
        """
        cell = self.rows[index][place]
        try:
            return float(DATE.read(cell))
        except CsmError as error:
            where = self.address(index, place)
            raise type(error)(
                f"{where} holds “{cell}”: {error.text.en}", f"{where} 是“{cell}”：{error.text.zh}"
            ) from None

    def refuse_errors(self, places: Sequence[int]) -> None:
        """Refuse error cells in the columns that are about to be used.

        Raises
        ------
        SheetError
            Names the first error cell.
        """
        for place in places:
            for index, cell in enumerate(self.cells(place)):
                if type(cell) is int and cell in COM_ERRORS:
                    where, what = self.address(index, place), COM_ERRORS[cell]
                    raise SheetError(
                        f"{where} holds the error {what}. Correct that cell, then try again.",
                        f"{where} 中是错误值 {what}，请更正该单元格后重试。",
                    )

    @cached_property
    def holds(self) -> np.ndarray:
        """Which rows are somebody: not blank but for csm-xl's results, and no row of totals.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        typed = [place for place in range(len(self.headers)) if place not in self.ours]
        names = set(self.roles.places("name")) if self.roles is not None else set()
        return np.array(
            [
                any(not is_blank(row[i]) for i in typed if i < len(row))
                and not is_total([row[i] for i in sorted(names) or typed[:1] if i < len(row)])
                for row in self.rows
            ],
            dtype=bool,
        )

    @cached_property
    def formula_rows(self) -> list[tuple]:
        """The formulas of the first rows, and what was typed where there is none."""
        count = min(len(self.rows), _FORMULA_ROWS)
        if not count and (self.table is None or self.table.data_body_range is None):
            return []
        first = self.sheet.range((self.row + 1, self.column))
        return block(first.resize(max(1, count), len(self.headers)).formula)

    def first_formulas(self) -> list[str]:
        """The formula in the first body row of each column, ``""`` where there is none.

        A new table has its formulas in a first row that shows nothing yet.
        """
        if not self.formula_rows:
            return [""] * len(self.headers)
        found = [_formula(cell) for cell in self.formula_rows[0]]
        return found + [""] * (len(self.headers) - len(found))

    def formula_columns(self) -> list[bool]:
        """Which columns are filled by formulas: more than half of their first cells are."""
        found = []
        for place in range(len(self.headers)):
            cells = [row[place] for row in self.formula_rows if place < len(row)]
            filled = [cell for cell in cells if not is_blank(cell)]
            found.append(sum(bool(_formula(c)) for c in filled) > 0.5 * len(filled) > 0)
        return found


def _formula(cell: Any) -> str:
    return str(cell) if isinstance(cell, str) and cell.startswith("=") else ""


def block(cells: Any) -> list[tuple]:
    """The raw value of a range as rows, whatever its shape was."""
    if not isinstance(cells, (tuple, list)):
        return [(cells,)]
    if cells and not isinstance(cells[0], (tuple, list)):
        return [tuple(cells)]
    return [tuple(row) for row in cells]


def table_source(sheet: xw.Sheet, table: Any) -> Source:
    """The rows of an Excel table."""
    titles = table.header_row_range
    if titles is None:
        raise SheetError(
            f"The table {table.name} hides its header row. Show it (Table Design, Header Row).",
            f"表格“{table.name}”隐藏了标题行，请在“表设计”中勾选“标题行”。",
        )
    headers = ["" if is_blank(cell) else str(cell) for cell in block(titles.raw_value)[0]]
    body = table.data_body_range
    rows = block(body.raw_value) if body is not None else []
    rows = rows[: body_length(rows)]
    return Source(sheet, table, headers, titles.row, titles.column, rows)


def sheet_source(sheet: xw.Sheet) -> Source | None:
    """The rows of loose cells, or None where no row of the sheet is a row of titles."""
    used = sheet.used_range
    rows = block(used.raw_value)
    area = find_area(rows)
    if area is None:
        return None
    headers = [_title(cell) for cell in rows[area.header][area.first : area.last]]
    body = [tuple(row[area.first : area.last]) for row in rows[area.header + 1 : area.end]]
    return Source(sheet, None, headers, used.row + area.header, used.column + area.first, body)


def _title(cell: Any) -> str:
    """A title as text: months and days of a month may be titles."""
    if is_blank(cell):
        return ""
    if hasattr(cell, "strftime"):
        return f"{cell:%Y-%m-%d}" if cell.day != 1 else f"{cell:%Y-%m}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def refuse_duplicate_headers(source: Source) -> None:
    """Refuse two columns of one name, which a model could not tell apart.

    Raises
    ------
    SheetError
    """
    counts = Counter(folded(header) for header in source.headers if header)
    twice = [header for header in source.headers if header and counts[folded(header)] > 1]
    if twice:
        name = twice[0]
        raise SheetError(
            f"Two columns of {source.sheet.name} are called {name}. Rename one of them.",
            f"工作表“{source.sheet.name}”中有两列都叫“{name}”，请给其中一列改名。",
        )
