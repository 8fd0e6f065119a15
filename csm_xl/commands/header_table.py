"""Customers under headers: an Excel table, or any sheet with a header row.

The owner's cells are only read here; :mod:`csm_xl.commands.writing` writes csm-xl's own columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import xlwings as xw

from csm_xl.errors import COM_ERRORS, CsmError, SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import DATE, folded
from csm_xl.vocabulary.cells import is_blank

#: A header is looked for in the first rows of a sheet, below a title or a note.
_HEADER_WITHIN = 20
_TOTALS = {"total", "totals", "sum", "合计", "总计", "小计", "总和", "grand total"}


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
    """

    sheet: xw.Sheet
    table: Any
    headers: list[str]
    row: int
    column: int
    rows: list[tuple]

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
        return f"{self.sheet.name}!{column_letters(self.column + place)}{self.row + 1 + index}"

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

    def first_formulas(self) -> list[str]:
        """The formula in the first body row of each column, ``""`` where there is none.

        A new table has its formulas in a first row that shows nothing yet.
        """
        if not self.rows and (self.table is None or self.table.data_body_range is None):
            return [""] * len(self.headers)
        first = self.sheet.range((self.row + 1, self.column)).resize(1, len(self.headers))
        found = first.formula
        cells = found[0] if isinstance(found, (tuple, list)) else (found,)
        return [str(c) if isinstance(c, str) and c.startswith("=") else "" for c in cells]


def block(cells: Any) -> list[tuple]:
    """The raw value of a range as rows, whatever its shape was."""
    if not isinstance(cells, (tuple, list)):
        return [(cells,)]
    if cells and not isinstance(cells[0], (tuple, list)):
        return [tuple(cells)]
    return [tuple(row) for row in cells]


def find_source(book: xw.Book, sheet: str | None = None) -> Source:
    """The customers of a workbook.

    Parameters
    ----------
    book : xlwings.Book
    sheet : str, optional
        A sheet's or a table's name. When not given: the Customers table; else the one table or
        sheet with a column that says who left.

    Raises
    ------
    SheetError
        When nothing fits, or more than one thing does.
    """
    if sheet is not None:
        return _named(book, sheet)
    found = []
    for source in _all_sources(book):
        if source.table is not None and source.table.name.casefold() == "customers":
            return source
        if layout.sheet_key(source.sheet.name) == "customers" and _label_of(source) is not None:
            return source
        if _label_of(source) is not None:
            found.append(source)
    if not found:
        raise SheetError(
            "No sheet with a header row has a column that says which customers left "
            "(Churned, Exited, Left on ...). Add one, with yes or no in each row.",
            "没有找到带标题行、且注明客户是否流失的工作表（例如“是否流失”或“流失日期”列）。"
            "请添加这样一列，每行填是或否。",
        )
    if len(found) > 1:
        names = [source.sheet.name for source in found]
        raise SheetError(
            f"Several sheets say which customers left: {', '.join(names)}. Say which one to use.",
            f"有多个工作表注明了客户是否流失：{'、'.join(names)}。请指定使用哪一个。",
        )
    return found[0]


def _label_of(source: Source) -> int | None:
    label = layout.find_label(source.headers)
    return label if label is not None else layout.find_column(source.headers, "left_on")


def _all_sources(book: xw.Book) -> Iterator[Source]:
    for sheet in book.sheets:
        if layout.sheet_key(sheet.name) not in (None, "customers"):
            continue
        tables = list(sheet.tables)
        if tables:
            yield from (table_source(sheet, table) for table in tables)
        else:
            source = _sheet_source(sheet)
            if source is not None:
                yield source


def _named(book: xw.Book, name: str) -> Source:
    for sheet in book.sheets:
        for table in sheet.tables:
            if table.name.casefold() == name.casefold():
                return table_source(sheet, table)
    for sheet in book.sheets:
        if sheet.name.casefold() == name.casefold():
            tables = list(sheet.tables)
            source = table_source(sheet, tables[0]) if len(tables) == 1 else _sheet_source(sheet)
            if source is None:
                raise SheetError(
                    f"The sheet {name} has no header row: a row with a title above each column. "
                    "Add one.",
                    f"工作表“{name}”没有标题行（每列上方的标题），请添加。",
                )
            return source
    raise SheetError(
        f"There is no sheet or table called {name}. This workbook has: "
        f"{', '.join(s.name for s in book.sheets)}.",
        f"没有名为“{name}”的工作表或表格。本工作簿中有：{'、'.join(s.name for s in book.sheets)}。",
    )


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
    return Source(sheet, table, headers, titles.row, titles.column, _without_end(rows))


def _sheet_source(sheet: xw.Sheet) -> Source | None:
    used = sheet.used_range
    rows = block(used.raw_value)
    header = _header_row(rows)
    if header is None:
        return None
    titles = rows[header]
    filled = [place for place, cell in enumerate(titles) if not is_blank(cell)]
    first, last = filled[0], filled[-1] + 1
    headers = ["" if is_blank(cell) else str(cell).strip() for cell in titles[first:last]]
    body = [row[first:last] for row in rows[header + 1 :]]
    return Source(sheet, None, headers, used.row + header, used.column + first, _without_end(body))


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
