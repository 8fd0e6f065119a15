"""Rows under headers, as they stand on a sheet: plain data, read once.

The headers are those of an Excel table, or of the header row found on a plain sheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from csm_xl.company.header_rows import body_length, find_area, is_section, is_total, is_units
from csm_xl.company.leaving import Leaving
from csm_xl.company.ownership import own_places
from csm_xl.company.record_roles import record_roles
from csm_xl.company.result_dependents import dependent_columns
from csm_xl.company.roles import Roles, find_roles
from csm_xl.company.table_kinds import table_kind
from csm_xl.company.workbook_facts import NOTHING, Facts
from csm_xl.errors import COM_ERRORS, CsmError, SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import DATE, folded
from csm_xl.vocabulary.cells import is_blank

#: How many rows of formulas tell whether a column is calculated.
FORMULA_ROWS = 12
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
#: Our tables of which the owner fills rows.
OWNERS = ("customers", "orders", "feedback", "contacts", "changes")


@dataclass
class HeaderTable:
    """Rows under headers.

    Attributes
    ----------
    sheet : str
        The name of the sheet.
    name : str or None
        The name of the Excel table; None for a plain sheet.
    headers : list of str
        ``""`` where a column has none.
    row, column : int
        Of the header row's first cell, from 1.
    rows : list of tuple
        The cells below, as Excel delivers them; blank rows at the bottom, totals and what stands
        below them cut off.
    formulas : list of str
        The formula in the first row below the headers, ``""`` where there is none: a new table
        has its formulas in a first row that shows nothing yet.
    height : int
        How many rows an Excel table has set aside, blank ones included.
    formula_rows : list of tuple
        What the first rows hold, as formulas.
    facts : Facts
        What the workbook says about its tables: what was set, and what csm-xl wrote.
    month_sheets : list of HeaderTable
        The workbook's sheets that are named by months.
    """

    sheet: str
    name: str | None
    headers: list[str]
    row: int
    column: int
    rows: list[tuple]
    formulas: list[str] = field(default_factory=list)
    height: int = 0
    formula_rows: list[tuple] = field(default_factory=list, repr=False)
    facts: Facts = field(default=NOTHING, repr=False)
    month_sheets: list[HeaderTable] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.formulas = self.formulas or [""] * len(self.headers)

    @property
    def title(self) -> str:
        """What it is found by again: the table's name, else the sheet's."""
        return self.name or self.sheet

    # What the columns are

    @cached_property
    def declared(self) -> str:
        """Which of our tables it is, or ``""``."""
        known = layout.table_named(self.name) if self.name is not None else None
        return known.key if known is not None else ""

    @cached_property
    def ours(self) -> dict[int, str]:
        """The columns that csm-xl wrote: their places, and what the layout calls them."""
        if self.declared and self.declared != "customers":
            return {}
        return own_places(
            self.facts, self.sheet, self.name, self.headers, self.row, self.column, self.rows
        )

    @cached_property
    def kind(self) -> str:
        """What a row is, such as ``"customers"``; see :mod:`csm_xl.company.table_kinds`."""
        if self.declared:
            return self.declared
        if any(role.partition(":")[0] == "left" for role in self._chosen.values()):
            return "customers"
        found = table_kind(self.title, self.headers, self.columns)
        leaving = self._people.leaving if found == "other" else None
        if leaving is not None and (leaving.places or leaving.competing):
            return "customers"
        return found

    @cached_property
    def _chosen(self) -> dict[int, str]:
        return self.facts.chosen.of(self.headers, self.sheet, self.name)

    @cached_property
    def _people(self) -> Roles:
        """The roles of the columns, if its rows are people."""
        own = [self.headers[place] for place in self.ours]
        dependent = dependent_columns(self.headers, self.formulas, self.column, own)
        return find_roles(
            self.headers,
            self.columns,
            self.facts.today,
            formulas=self.formula_columns(),
            chosen=self._chosen,
            ours=self.ours,
            dependent=[p for p, title in enumerate(self.headers) if title in dependent],
        )

    @cached_property
    def roles(self) -> Roles:
        """The role of each column."""
        if self.kind in ("customers", "usage", "other"):
            return self._people
        return record_roles(self.kind, self.headers, self.columns, self._chosen)

    @property
    def leaving(self) -> Leaving:
        """Who left, by the columns that say so."""
        return self.roles.leaving

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
        if table_key != "customers":
            return dict(layout.match_headers(self.headers, table_key).columns)
        roles = self._people
        # Columns that were added since the roles were found are ours.
        known = len(roles.columns)
        owners = ["" if p in self.ours else title for p, title in enumerate(self.headers[:known])]
        matched = layout.match_headers(owners, "customers", owners_only=True).columns
        found = {
            key: place
            for key, place in matched.items()
            if key not in _KEYS.values()
            and key not in ("churned", "left_on")
            and roles.role_of(place) not in ("ignore", "left")
        }
        if "company" in found and roles.role_of(found["company"]) == "name":
            del found["company"]
        for role, key in _KEYS.items():
            place = roles.place(role)
            if place is not None:
                found[key] = place
        leaving = roles.leaving
        for place in leaving.places:
            dates = place == leaving.places[0] and leaving.dated
            found.setdefault("left_on" if dates else "churned", place)
        if "left_on" not in found and not leaving.places:
            blank = roles.place("left")
            if blank is not None:
                found["left_on"] = blank
        return {**found, **{key: place for place, key in self.ours.items()}}

    @cached_property
    def holds(self) -> np.ndarray:
        """Which rows are somebody: not blank but for csm-xl's columns, no totals, no headings.

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        typed = [place for place in range(len(self.headers)) if place not in self.ours]
        names = self._people.places("name") or typed[:1]
        rows = [[row[i] for i in typed if i < len(row)] for row in self.rows]
        found = np.array(
            [
                any(not is_blank(cell) for cell in row)
                and not is_total([whole[i] for i in names if i < len(whole)])
                for row, whole in zip(rows, self.rows, strict=True)
            ],
            dtype=bool,
        )
        if self.name is None and rows:
            others = [row for row, somebody in zip(rows, found, strict=True) if somebody][:200]
            found &= [not others or not is_section(row, others) for row in rows]
            found[0] &= not is_units(rows[0], rows[1:])
        return found

    def formula_columns(self) -> list[bool]:
        """Which columns are filled by formulas: more than half of their first cells are."""
        found = []
        for place in range(len(self.headers)):
            cells = [row[place] for row in self.formula_rows if place < len(row)]
            filled = [cell for cell in cells if not is_blank(cell)]
            n = sum(isinstance(cell, str) and cell.startswith("=") for cell in filled)
            found.append(n > 0.5 * len(filled) or bool(self.formulas[place] and not filled))
        return found

    # Cells

    @property
    def columns(self) -> list[list[Any]]:
        """The cells of every column that was read."""
        width = len(self.rows[0]) if self.rows else len(self.headers)
        return [self.cells(place) for place in range(min(width, len(self.headers)))]

    @property
    def range(self) -> str:
        """The address of the titles and the rows, such as ``A1:F40``."""
        last = f"{column_letters(self.column + len(self.headers) - 1)}{self.row + len(self.rows)}"
        return f"{column_letters(self.column)}{self.row}:{last}"

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
    def row_numbers(self) -> list[int]:
        """What the sheet calls each row."""
        return list(range(self.row + 1, self.row + 1 + len(self.rows)))

    def address(self, index: int, place: int) -> str:
        """The address of a body cell, such as ``Customers!C7``."""
        return f"{self.sheet}!{column_letters(self.column + place)}{self.row + 1 + index}"

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


def free_title(table: HeaderTable, title: str, place: int | None) -> str:
    """The title of our column; with our name behind it where the owner has a column of that title."""
    taken = {folded(own) for at, own in enumerate(table.headers) if at != place}
    return f"{title} (csm-xl)" if folded(title) in taken else title


def block(cells: Any) -> list[tuple]:
    """The raw value of a range as rows, whatever its shape was."""
    if not isinstance(cells, (tuple, list)):
        return [(cells,)]
    if cells and not isinstance(cells[0], (tuple, list)):
        return [tuple(cells)]
    return [tuple(row) for row in cells]


def formulas_of(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The formulas of the first of some rows, ``""`` where there is none."""
    first = rows[0]
    return [str(c) if isinstance(c, str) and c.startswith("=") else "" for c in first]


def table_of(sheet: str, name: str, row: int, column: int, cells: list[tuple]) -> HeaderTable:
    """An Excel table from its cells, the header row first and without a totals row."""
    headers = ["" if is_blank(cell) else str(cell) for cell in cells[0]]
    body = cells[1:]
    rows = body[: body_length(body)]
    return HeaderTable(sheet, name, headers, row, column, rows, height=len(body))


def table_on(sheet: str, row: int, column: int, cells: list[tuple]) -> HeaderTable | None:
    """The rows of a plain sheet from the cells that were ever used; None without a row of titles."""
    area = find_area(cells)
    if area is None:
        return None
    headers = [_title(cell) for cell in area.titles]
    body = [tuple(line[area.first : area.last]) for line in cells[area.header + 1 : area.end]]
    return HeaderTable(sheet, None, headers, row + area.header, column + area.first, body)


def _title(cell: Any) -> str:
    """A title as text: months and days of a month may be titles."""
    if is_blank(cell):
        return ""
    if hasattr(cell, "strftime"):
        return f"{cell:%Y-%m-%d}" if cell.day != 1 else f"{cell:%Y-%m}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def refuse_duplicate_headers(table: HeaderTable) -> None:
    """Refuse two columns of one name, which a model could not tell apart.

    Raises
    ------
    SheetError
    """
    counts = Counter(folded(header) for header in table.headers if header)
    twice = [header for header in table.headers if header and counts[folded(header)] > 1]
    if twice:
        name = twice[0]
        raise SheetError(
            f"Two columns of {table.sheet} are called {name}. Rename one of them.",
            f"工作表“{table.sheet}”中有两列都叫“{name}”，请给其中一列改名。",
        )
