"""One unit of work on a workbook: what it holds is read once, and handed on as plain data.

Over COM each call costs about a millisecond, whatever it asks. A command makes one session; what
it reads stays as it was when it was read, so a session ends when something was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import xlwings as xw

from csm_xl.commands.own_dates import with_dates
from csm_xl.commands.range_cells import cells_of
from csm_xl.commands.record_shapes import set_aside_damaged
from csm_xl.company.chosen_roles import chosen_in
from csm_xl.company.frames import Company, company_of
from csm_xl.company.header_table import (
    FORMULA_ROWS,
    OWNERS,
    HeaderTable,
    block,
    formulas_of,
    table_of,
    table_on,
)
from csm_xl.company.months import month_of
from csm_xl.company.own_company import own_company
from csm_xl.company.ownership import PREFIX
from csm_xl.company.settings import Settings
from csm_xl.company.table_frames import as_of, table_frame
from csm_xl.company.workbook_facts import Facts
from csm_xl.errors import SheetError
from csm_xl.functions.records import HEADER, Records, unpack
from csm_xl.language import Language, Text, language
from csm_xl.ooxml.defined_names import referred_block
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded

#: The first cell of a Dashboard in an owner's workbook, by which it is known as ours.
OWN_DASHBOARD = Text(
    "Your customers at a glance. Written by csm-xl; the button Dashboard, or csm-xl dashboard, "
    "renews it.",
    "客户一览。由 csm-xl 写入；点击“仪表盘”按钮或运行 csm-xl dashboard 即可更新。",
)


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
        """One of our tables by its name, or None where the workbook has none.

        A table of the owner's that only has the name of one that csm-xl fills is not it.
        """
        name = layout.table(key).name
        for called in (f"{name}{layout.BESIDE}".casefold(), name.casefold()):
            for one in self._listed:
                if one.name.casefold() != called:
                    continue
                found = self._read(one)
                if key in OWNERS or len(layout.match_headers(found.headers, key).columns) >= 2:
                    return found
        return None

    @property
    def table_names(self) -> set[str]:
        """The names of all Excel tables, and all defined names, in lower case."""
        return {one.name.casefold() for one in self._listed} | {
            name.casefold() for name, _ in self._names
        }

    def look_again(self) -> None:
        """Forget which sheets and tables there are, after one was added."""
        for name in ("sheets", "_listed"):
            self.__dict__.pop(name, None)

    def _read(self, listed: _Listed) -> HeaderTable:
        if listed.name not in self._tables:
            found = read_table(self._name_of(listed.sheet), listed)
            if found.declared in ("", *OWNERS):
                found.facts = self.facts
            if not found.declared:
                found.rows = with_dates(found.headers, found.rows)
            self._tables[listed.name] = found
        return self._tables[listed.name]

    def _plain(self, name: str) -> HeaderTable | None:
        """The rows of a sheet without Excel tables."""
        if name not in self._on_sheets:
            row, column, cells = self.used(name)
            found = table_on(name, row, column, cells)
            if found is not None:
                found.facts = self.facts
            if found is not None and found.rows:
                take_formulas(self.sheets[name], found)
                found.rows = with_dates(found.headers, found.rows)
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
            found = self._find() if name is None else self._named(name)
            found.month_sheets = [one for one in self._by_month if one is not found]
            self._customers[name] = found
        return self._customers[name]

    @cached_property
    def _by_month(self) -> list[HeaderTable]:
        """The plain sheets, or the one table of sheets, that are named by months."""
        found = []
        for name, sheet in self.sheets.items():
            if month_of(name) is None:
                continue
            listed = self._tables_of(sheet)
            if not listed and (plain := self._plain(name)) is not None:
                found.append(plain)
            elif len(listed) == 1 and listed[0].object.show_headers:
                found.append(self._read(listed[0]))
        return found

    def _find(self) -> HeaderTable:
        people = []
        for table in self.tables():
            if table.declared == "customers":
                return table
            if table.kind == "customers":
                people.append(table)
        if not people:
            # A list in words that are not known is still one list of somebody.
            people = [t for t in self.tables() if t.kind == "other" and t.roles.places("name")]
        saying = [t for t in people if t.leaving.places or t.leaving.competing]
        titled = [t for t in saying if layout.sheet_key(t.sheet) == "customers"]
        for found in (titled, saying, people):
            if len(found) == 1:
                return found[0]
            if found:
                raise _several(found, left=found is not people)
        raise SheetError(
            "No sheet has a row of titles with customers below it. Put a title above each column, "
            "one customer in each row, and one column that says who left (a date, a status, or "
            "yes and no).",
            "没有找到带标题行的客户表。请在每列上方写标题，每位客户一行，并用一列注明谁已流失（日期、"
            "状态，或是/否）。",
        )

    def tables(self) -> Iterator[HeaderTable]:
        """Every table of the owner's, sheet by sheet; csm-xl's own sheets are left out."""
        for name, sheet in self.sheets.items():
            listed = self._tables_of(sheet)
            if self._is_ours(name, listed):
                continue
            if listed:
                yield from (
                    self._read(one)
                    for one in listed
                    if one.object.show_headers and not self._is_result(one)
                )
            elif (plain := self._plain(name)) is not None:
                yield plain

    def _is_ours(self, name: str, listed: list[_Listed]) -> bool:
        """Whether csm-xl made a sheet: it has one of our names, in a workbook with our records."""
        if name in (layout.HIDDEN_SHEET, layout.CONF_SHEET):
            return True
        key = layout.sheet_key(name.removesuffix(" (csm-xl)"))
        if key is None or key in OWNERS:
            return False
        if any(layout.table_named(one.name) is not None for one in listed):
            return True
        if listed:
            return False
        return (key == "model" and layout.HIDDEN_SHEET in self.sheets) or self.begins_with(
            name, OWN_DASHBOARD
        )

    @staticmethod
    def _is_result(listed: _Listed) -> bool:
        """Whether csm-xl fills a table, wherever the owner has put it."""
        known = layout.table_named(listed.name)
        return known is not None and known.key not in (*OWNERS, "subscriptions")

    def begins_with(self, name: str, sentence: Text) -> bool:
        """Whether a sheet's first cell holds a sentence of ours."""
        row, column, used = self.used(name)
        return (row, column) == (1, 1) and used[0][0] in (sentence.en, sentence.zh)

    def _named(self, wanted: str) -> HeaderTable:
        for listed in self._listed:
            if listed.name.casefold() == wanted.casefold():
                return self._read(listed)
        for name, sheet in self.sheets.items():
            if folded(name) != folded(wanted):
                continue
            tables = self._tables_of(sheet)
            if len(tables) > 1:
                called = [table.name for table in tables]
                raise SheetError(
                    f"The sheet {name} has several tables: {', '.join(called)}. Say which one, for "
                    f"example --sheet {called[0]}.",
                    f"工作表“{name}”中有多个表格：{'、'.join(called)}。请指定其中一个，例如 "
                    f"--sheet {called[0]}。",
                )
            found = self._read(tables[0]) if tables else self._plain(name)
            if found is None:
                raise SheetError(
                    f"The sheet {wanted} has no row of titles: a short text above each column, with "
                    "the customers below. Add one.",
                    f"工作表“{wanted}”没有标题行（每列上方的标题），请添加。",
                )
            return found
        there = list(self.sheets)
        raise SheetError(
            f"There is no sheet or table called {wanted}. This workbook has: {', '.join(there)}.",
            f"没有名为“{wanted}”的工作表或表格。本工作簿中有：{'、'.join(there)}。",
        )

    # What is known of the tables

    @cached_property
    def facts(self) -> Facts:
        """What the owner set about the tables, and where the cells are that csm-xl named."""
        records = self.texts
        cells = {}
        for name, refers_to in self._names:
            if name.casefold().startswith(PREFIX):
                found = referred_block(refers_to.removeprefix("="))
                if found is not None:
                    cells[name.casefold()] = (found[0], found[1][0], found[1][1])
        return Facts(records, cells, chosen_in(records, self.shown_roles), self.today)

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """The workbook's defined names, without their sheets, and what they stand for."""
        return [(name.name.rpartition("!")[2], name.refers_to) for name in self.book.names]

    @cached_property
    def shown_roles(self) -> list[tuple[str, str, Any]]:
        """Table, title and role of each row of the Columns sheet; empty where there is none."""
        table = self.table("columns")
        places = table.places("columns") if table is not None else {}
        if table is None or not {"table", "title", "role"} <= set(places):
            return []
        return [
            (str(row[places["table"]]), str(row[places["title"]]), row[places["role"]])
            for row in table.rows
            if row[places["table"]] and row[places["title"]]
        ]

    # What the owner set

    @cached_property
    def settings(self) -> Settings:
        """What the owner set; defaults where a name or its sheet is gone."""
        names = {layout.SETTINGS[key].name.casefold(): key for key in layout.SETTINGS}
        given: dict[str, Any] = {}
        for name, refers_to in self._names:
            key = names.get(name.casefold())
            if key is not None and key not in given:
                given[key] = self._value_of(refers_to)
        return Settings(given)

    @property
    def has_settings(self) -> bool:
        """Whether a sheet of settings is there: known by its names, without reading it again."""
        own = {setting.name.casefold() for setting in layout.SETTINGS.values()}
        blocks = (
            referred_block(to.removeprefix("=")) for n, to in self._names if n.casefold() in own
        )
        return any(block is not None and block[0] in self.sheets for block in blocks)

    def _value_of(self, refers_to: str) -> Any:
        found = referred_block(refers_to.removeprefix("="))
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
        found = unpack(row[: len(HEADER)] for row in cells if len(row) >= len(HEADER))
        return set_aside_damaged(found)

    @property
    def texts(self) -> dict[str, str]:
        """The texts of the records by name, as far as they can be read."""
        return {name: record.text for name, record in self.records.items()}

    # The company

    @cached_property
    def company(self) -> Company | None:
        """The company's frames; None where no orders by customer are kept."""
        if self.table("customers") is not None or self.table("orders") is not None:
            return company_of(self.table, self.settings, self.today)
        try:
            # Those that the command is about, where it named them.
            people = next(iter(self._customers.values()), None) or self.customers()
        except SheetError:
            return None
        others = [table for table in self.tables() if table is not people]
        return own_company(people, others, self.settings, self.today)


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
        take_formulas(listed.sheet, found)
    return found


def _several(tables: list[HeaderTable], *, left: bool) -> SheetError:
    names = [table.title for table in tables]
    what = "say which customers left" if left else "hold customers"
    zh = "注明了客户是否流失" if left else "都有客户"
    apart = not left and len({tuple(map(folded, table.headers)) for table in tables}) == 1
    together = Text(
        " If those who left have a sheet of their own, put all on one sheet with a column that says "
        "who left.",
        "如果流失客户单独放在一个工作表中，请合并到一个工作表，并用一列注明谁已流失。",
    )
    return SheetError(
        f"Several sheets {what}: {', '.join(names)}. Say which one to use, for example --sheet "
        f'"{names[0]}".{together.en if apart else ""}',
        f"有多个工作表{zh}：{'、'.join(names)}。请指定使用哪一个，例如 --sheet “{names[0]}”。"
        f"{together.zh if apart else ''}",
    )


def take_formulas(sheet: xw.Sheet, table: HeaderTable) -> None:
    """Read the formulas of the first rows, in one call."""
    last = table.column + len(table.headers) - 1
    count = max(1, min(len(table.rows), FORMULA_ROWS))
    area = sheet.range((table.row + 1, table.column), (table.row + count, last))
    found = block(area.formula)
    for i, values in enumerate(table.rows[:count]):
        # A text that begins with = is its own value; a formula never is.
        found[i] = tuple(
            None if isinstance(cell, str) and cell.startswith("=") and cell == value else cell
            for cell, value in zip(found[i], values, strict=False)
        )
    table.formula_rows = found
    table.formulas = formulas_of(table.formula_rows)
