"""One unit of work on a workbook: what it holds is read once, and handed on as plain data.

Over COM each call costs about a millisecond, whatever it asks. A command makes one session; what
it reads stays as it was when it was read, so a session ends when something was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import xlwings as xw

from csm_xl.commands.range_cells import cells_of
from csm_xl.company.frames import Company, company_of
from csm_xl.company.header_table import (
    HeaderTable,
    formulas_of,
    names_leavers,
    table_of,
    table_on,
)
from csm_xl.company.settings import Settings
from csm_xl.company.table_frames import as_of, table_frame
from csm_xl.errors import SheetError
from csm_xl.functions.records import HEADER, Records, unpack
from csm_xl.language import Language, language
from csm_xl.ooxml.defined_names import referred_block
from csm_xl.vocabulary import layout


class _Listed(NamedTuple):
    """An Excel table of the workbook."""

    sheet: xw.Sheet
    name: str
    object: Any


class Session:
    """What a command reads of a workbook, each part when it is first asked for and then kept.

    Parameters
    ----------
    book : xlwings.Book

    Attributes
    ----------
    book : xlwings.Book
    """

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self._tables: dict[str, HeaderTable] = {}
        self._on_sheets: dict[str, HeaderTable | None] = {}
        self._frames: dict[str, Any] = {}
        self._customers: dict[str | None, HeaderTable] = {}
        self._used: dict[str, tuple[int, int, list[tuple]]] = {}

    @cached_property
    def sheets(self) -> dict[str, xw.Sheet]:
        """The sheets by name, in their order."""
        return {sheet.name: sheet for sheet in self.book.sheets}

    @cached_property
    def _listed(self) -> list[_Listed]:
        return [
            _Listed(sheet, table.name, table)
            for sheet in self.sheets.values()
            for table in sheet.tables
        ]

    def _tables_of(self, sheet: xw.Sheet) -> list[_Listed]:
        return [one for one in self._listed if one.sheet is sheet]

    def _name_of(self, sheet: xw.Sheet) -> str:
        return next(name for name, one in self.sheets.items() if one is sheet)

    # Tables

    def table(self, key: str) -> HeaderTable | None:
        """One of our tables by its name, or None where the workbook has none."""
        name = layout.table(key).name.casefold()
        return next((self._read(one) for one in self._listed if one.name.casefold() == name), None)

    def _read(self, listed: _Listed) -> HeaderTable:
        if listed.name not in self._tables:
            self._tables[listed.name] = read_table(self._name_of(listed.sheet), listed)
        return self._tables[listed.name]

    def _plain(self, name: str) -> HeaderTable | None:
        """The rows of a sheet without Excel tables."""
        if name not in self._on_sheets:
            row, column, cells = self.used(name)
            found = table_on(name, row, column, cells)
            if found is not None and found.rows:
                found.formulas = formulas_of(first_row(self.sheets[name], found).formula)
            self._on_sheets[name] = found
        return self._on_sheets[name]

    def used(self, name: str) -> tuple[int, int, list[tuple]]:
        """The first row and column of what was ever used on a sheet, and its cells."""
        if name not in self._used:
            area = self.sheets[name].used_range
            self._used[name] = area.row, area.column, cells_of(area)
        return self._used[name]

    @cached_property
    def _prepare(self) -> Callable[[Any, dict], Any]:
        return self.book.app.engine.impl.prepare_xl_data_element

    def prepared(self, value: Any) -> Any:
        """A value on its way to a cell, as this Excel wants it."""
        return self._prepare(value, {})

    def sheet(self, table: HeaderTable) -> xw.Sheet:
        """The sheet that a table stands on."""
        return self.sheets[table.sheet]

    def excel_table(self, table: HeaderTable) -> Any:
        """The Excel table itself; None for the rows of a plain sheet."""
        return next((one.object for one in self._listed if one.name == table.name), None)

    def frame(self, key: str) -> Any:
        """The rows of one of our tables as a data frame, or None where there are none."""
        if key not in self._frames:
            self._frames[key] = table_frame(self.table(key), key)
        return self._frames[key]

    def customers(self, name: str | None = None) -> HeaderTable:
        """The customers of the workbook.

        Parameters
        ----------
        name : str, optional
            A sheet's or a table's name. When not given: the Customers table; else the one table or
            sheet with a column that says who left.

        Raises
        ------
        SheetError
            When nothing fits, or more than one thing does.
        """
        if name not in self._customers:
            self._customers[name] = self._find() if name is None else self._named(name)
        return self._customers[name]

    def _find(self) -> HeaderTable:
        found = []
        for table in self._candidates():
            if (table.name or "").casefold() == "customers":
                return table
            if names_leavers(table):
                if layout.sheet_key(table.sheet) == "customers":
                    return table
                found.append(table)
        if not found:
            raise SheetError(
                "No sheet with a header row has a column that says which customers left "
                "(Churned, Exited, Left on ...). Add one, with yes or no in each row.",
                "没有找到带标题行、且注明客户是否流失的工作表（例如“是否流失”或“流失日期”列）。"
                "请添加这样一列，每行填是或否。",
            )
        if len(found) > 1:
            names = [table.sheet for table in found]
            raise SheetError(
                f"Several sheets say which customers left: {', '.join(names)}. Say which one to "
                "use.",
                f"有多个工作表注明了客户是否流失：{'、'.join(names)}。请指定使用哪一个。",
            )
        return found[0]

    def _candidates(self) -> Iterator[HeaderTable]:
        for name, sheet in self.sheets.items():
            if layout.sheet_key(name) not in (None, "customers"):
                continue
            tables = self._tables_of(sheet)
            if tables:
                yield from map(self._read, tables)
            elif (plain := self._plain(name)) is not None:
                yield plain

    def _named(self, wanted: str) -> HeaderTable:
        for listed in self._listed:
            if listed.name.casefold() == wanted.casefold():
                return self._read(listed)
        for name, sheet in self.sheets.items():
            if name.casefold() == wanted.casefold():
                tables = self._tables_of(sheet)
                found = self._read(tables[0]) if len(tables) == 1 else self._plain(name)
                if found is None:
                    raise SheetError(
                        f"The sheet {wanted} has no header row: a row with a title above each "
                        "column. Add one.",
                        f"工作表“{wanted}”没有标题行（每列上方的标题），请添加。",
                    )
                return found
        there = list(self.sheets)
        raise SheetError(
            f"There is no sheet or table called {wanted}. This workbook has: {', '.join(there)}.",
            f"没有名为“{wanted}”的工作表或表格。本工作簿中有：{'、'.join(there)}。",
        )

    # What the owner set

    @cached_property
    def settings(self) -> Settings:
        """What the owner set; defaults where a name or its sheet is gone."""
        names = {layout.SETTINGS[key].name.casefold(): key for key in layout.SETTINGS}
        given: dict[str, Any] = {}
        for name in self.book.names:
            key = names.get(name.name.casefold())
            if key is not None and key not in given:
                given[key] = self._value_of(name)
        return Settings(given)

    def _value_of(self, name: Any) -> Any:
        found = referred_block(name.refers_to.removeprefix("="))
        # A sheet that was deleted by a program may leave its names behind.
        if found is None or found[0] not in self.sheets:
            return None
        row, column, cells = self.used(found[0])
        down, right = found[1][0] - row, found[1][1] - column
        inside = 0 <= down < len(cells) and 0 <= right < len(cells[0])
        return cells[down][right] if inside else None

    @property
    def language(self) -> Language:
        """The language of the workbook: of its sheets, else of its customers' headers."""
        return (
            layout.detect_language(self.sheets)
            or layout.detect_language((), self._headers())
            or language()
        )

    def _headers(self) -> list[str]:
        for table in self._customers.values():
            return table.headers
        try:
            return self.customers().headers
        except SheetError:
            return []

    @cached_property
    def today(self) -> float:
        """The date of the figures, a serial number: what the owner set, else today."""
        return as_of(self.settings)

    # What travels with the workbook

    @cached_property
    def records(self) -> Records:
        """The records of the hidden sheet by name; empty where nothing was stored yet."""
        if layout.HIDDEN_SHEET not in self.sheets:
            return Records()
        cells = self.used(layout.HIDDEN_SHEET)[2]
        return unpack(row[: len(HEADER)] for row in cells if len(row) >= len(HEADER))

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the records by name, as far as they can be read."""
        return {name: record.text for name, record in self.records.items()}

    # The company

    @cached_property
    def company(self) -> Company | None:
        """The company's frames; None where no orders by customer are kept."""
        return company_of(self.table, self.settings, self.today)


def read_table(sheet: str, listed: _Listed) -> HeaderTable:
    """The rows of an Excel table.

    Raises
    ------
    SheetError
        When it hides its header row.
    """
    table = listed.object
    if not table.show_headers:
        raise SheetError(
            f"The table {listed.name} hides its header row. Show it (Table Design, Header Row).",
            f"表格“{listed.name}”隐藏了标题行，请在“表设计”中勾选“标题行”。",
        )
    area = table.range
    row, column = area.row, area.column
    cells = cells_of(area)
    if table.show_totals:
        cells = cells[:-1]
    found = table_of(sheet, listed.name, row, column, cells)
    if found.height:
        found.formulas = formulas_of(first_row(listed.sheet, found).formula)
    return found


def first_row(sheet: xw.Sheet, table: HeaderTable) -> xw.Range:
    """The cells of the first row below the headers."""
    last = table.column + len(table.headers) - 1
    return sheet.range((table.row + 1, table.column), (table.row + 1, last))
