"""Rows under headers, as they stand on a sheet: plain data, read once.

The headers are those of an Excel table, or of the header row found on a plain sheet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.errors import COM_ERRORS, CsmError, SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import DATE, folded
from csm_xl.vocabulary.cells import is_blank

#: A header is looked for in the first rows of a sheet, below a title or a note.
_HEADER_WITHIN = 20
_TOTALS = {"total", "totals", "sum", "合计", "总计", "小计", "总和", "grand total"}


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
    """

    sheet: str
    name: str | None
    headers: list[str]
    row: int
    column: int
    rows: list[tuple]
    formulas: list[str] = field(default_factory=list)
    height: int = 0

    def __post_init__(self) -> None:
        self.formulas = self.formulas or [""] * len(self.headers)

    @property
    def title(self) -> str:
        """What it is found by again: the table's name, else the sheet's."""
        return self.name or self.sheet

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


def block(cells: Any) -> list[tuple]:
    """The raw value of a range as rows, whatever its shape was."""
    if not isinstance(cells, (tuple, list)):
        return [(cells,)]
    if cells and not isinstance(cells[0], (tuple, list)):
        return [tuple(cells)]
    return [tuple(row) for row in cells]


def formulas_of(cells: Any) -> list[str]:
    """The formulas of a row of cells, ``""`` where there is none."""
    first = block(cells)[0]
    return [str(c) if isinstance(c, str) and c.startswith("=") else "" for c in first]


def table_of(sheet: str, name: str, row: int, column: int, cells: list[tuple]) -> HeaderTable:
    """An Excel table from its cells, the header row first and without a totals row."""
    headers = ["" if is_blank(cell) else str(cell) for cell in cells[0]]
    body = cells[1:]
    return HeaderTable(sheet, name, headers, row, column, _without_end(body), height=len(body))


def table_on(sheet: str, row: int, column: int, cells: list[tuple]) -> HeaderTable | None:
    """The rows of a plain sheet from the cells that were ever used; None without a header row."""
    header = _header_row(cells)
    if header is None:
        return None
    titles = cells[header]
    filled = [place for place, cell in enumerate(titles) if not is_blank(cell)]
    first, last = filled[0], filled[-1] + 1
    headers = ["" if is_blank(cell) else str(cell).strip() for cell in titles[first:last]]
    body = [line[first:last] for line in cells[header + 1 :]]
    return HeaderTable(sheet, None, headers, row + header, column + first, _without_end(body))


def names_leavers(table: HeaderTable) -> bool:
    """Whether a column says who left, or when."""
    label = layout.find_label(table.headers)
    return label is not None or layout.find_column(table.headers, "left_on") is not None


def _header_row(rows: list[tuple]) -> int | None:
    """The first row of at least two texts, all different kinds of cell being absent from it."""
    for index, row in enumerate(rows[:_HEADER_WITHIN]):
        filled = [cell for cell in row if not is_blank(cell)]
        if len(filled) < 2 or not all(isinstance(cell, str) for cell in filled):
            continue
        below = rows[index + 1] if index + 1 < len(rows) else ()
        if sum(not is_blank(cell) for cell in below) >= 1:
            return index
    return None


def _without_end(rows: list[tuple]) -> list[tuple]:
    """The rows without blank ones at the bottom, a row of totals, and remarks below the totals."""
    filled = [[cell for cell in row if not is_blank(cell)] for row in rows]
    last = len(rows)
    while last and not filled[last - 1]:
        last -= 1
    totals = last
    while totals and len(filled[totals - 1]) <= 1 and not _is_total(filled[totals - 1]):
        totals -= 1
    if totals and _is_total(filled[totals - 1]):
        return _without_end(rows[: totals - 1])
    return rows[:last]


def _is_total(filled: list[Any]) -> bool:
    """Whether a row, given without its blank cells, begins with the word total."""
    first = filled[0] if filled else None
    return isinstance(first, str) and folded(first).rstrip(":：") in _TOTALS


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
