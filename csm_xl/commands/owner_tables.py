"""The owner's tables: each read once, with its kind, the roles of its columns, and what is ours in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import xlwings as xw

from csm_xl.commands.chosen_roles import Chosen, read_chosen
from csm_xl.commands.header_table import Source, sheet_source, table_source
from csm_xl.commands.hidden_sheet import read_texts
from csm_xl.commands.ownership import Ownership, own_places, read_ownership
from csm_xl.commands.result_dependents import dependent_columns
from csm_xl.commands.settings import workbook_setting
from csm_xl.company.record_roles import record_roles
from csm_xl.company.roles import find_roles
from csm_xl.company.table_kinds import table_kind
from csm_xl.errors import SheetError
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import DATE, folded, serial

#: Kinds of tables in which customers can leave.
_PEOPLE = ("customers",)
_OWNERS = frozenset(["customers", "orders", "feedback", "contacts", "changes"])


@dataclass
class Known:
    """What a workbook says about its tables, read once.

    Attributes
    ----------
    records : dict of str to str
    ownership : Ownership
    chosen : Chosen
        The roles that the owner set.
    today : float
        The date of the figures, a serial number.
    """

    records: dict[str, str]
    ownership: Ownership
    chosen: Chosen
    today: float
    sheets: list[str] = field(default_factory=list)


def read_known(book: xw.Book, more: Mapping[tuple[str, str], str] | None = None) -> Known:
    """Read it; `more` are roles that are being set now, by table and title."""
    records = read_texts(book)
    chosen = read_chosen(book, records)
    for (table, title), role in (more or {}).items():
        chosen = chosen.with_role(table, title, role)
    given = workbook_setting(book, "as_of", None)
    today = float(np.floor(DATE.read(given))) if given is not None else serial(dt.date.today())
    return Known(records, read_ownership(book, records), chosen, today)


def understood(book: xw.Book, source: Source, known: Known | None = None) -> Source:
    """The source with its kind, its roles, and what is ours in it."""
    known = known or read_known(book)
    columns = source.columns
    declared = layout.table_named(source.table.name) if source.table is not None else None
    if declared is not None and declared.key in _OWNERS:
        source.kind = declared.key
    else:
        source.kind = table_kind(source.name, source.headers, columns)
    chosen = known.chosen.of(source)
    if any(role.startswith("left") for role in chosen.values()):
        source.kind = "customers"
    if source.kind in _PEOPLE or source.kind in ("usage", "other"):
        source.ours = own_places(known.ownership, source)
        own = [source.headers[place] for place in source.ours]
        dependent = dependent_columns(source.headers, source.first_formulas(), source.column, own)
        source.roles = find_roles(
            source.headers,
            columns,
            known.today,
            formulas=source.formula_columns(),
            chosen=chosen,
            ours=source.ours,
            dependent=[p for p, title in enumerate(source.headers) if title in dependent],
            leavers=source.kind != "usage",
        )
        if source.kind == "other" and (source.leaving.places or source.leaving.competing):
            source.kind = "customers"
    else:
        source.roles = record_roles(source.kind, source.headers, columns, chosen)
    return source


def all_tables(book: xw.Book, known: Known | None = None) -> Iterator[Source]:
    """Every table of the owner's, sheet by sheet; csm-xl's own sheets are left out."""
    known = known or read_known(book)
    for sheet in book.sheets:
        if _is_ours(sheet, known):
            continue
        tables = list(sheet.tables)
        if tables:
            for table in tables:
                if table.header_row_range is not None:
                    yield understood(book, table_source(sheet, table), known)
        else:
            source = sheet_source(sheet)
            if source is not None:
                yield understood(book, source, known)


def _is_ours(sheet: xw.Sheet, known: Known) -> bool:
    """Whether csm-xl made a sheet: it carries one of our names, in a workbook that has our records."""
    if sheet.name in (layout.HIDDEN_SHEET, layout.CONF_SHEET):
        return True
    key = layout.sheet_key(sheet.name.removesuffix(" (csm-xl)"))
    if key is None or key in _OWNERS:
        return False
    if any(layout.table_named(table.name) is not None for table in sheet.tables):
        return True
    return bool(known.records) and not list(sheet.tables)


def find_source(book: xw.Book, sheet: str | None = None, known: Known | None = None) -> Source:
    """The customers of a workbook.

    Parameters
    ----------
    book : xlwings.Book
    sheet : str, optional
        A sheet's or a table's name. When not given: the Customers table; else the one table or
        sheet with a column that says who left.
    known : Known, optional

    Raises
    ------
    SheetError
        When nothing fits, or more than one thing does.
    """
    known = known or read_known(book)
    if sheet is not None:
        return understood(book, named_source(book, sheet), known)
    people = []
    for source in all_tables(book, known):
        if source.table is not None and source.table.name.casefold() == "customers":
            return source
        if source.kind == "customers":
            people.append(source)
    saying = [s for s in people if s.leaving.places or s.leaving.competing]
    titled = [s for s in saying if layout.sheet_key(s.sheet.name) == "customers"]
    for found in (titled, saying, people):
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise _several(found, say="left" if found is not people else "customers")
    raise SheetError(
        "No sheet has a row of titles with customers below it. Put a title above each column, one "
        "customer in each row, and one column that says who left (a date, a status, or yes and no).",
        "没有找到带标题行的客户表。请在每列上方写标题，每位客户一行，并用一列注明谁已流失（日期、状态，或是/否）。",
    )


def _several(found: Collection[Source], say: str) -> SheetError:
    names = [source.name for source in found]
    what = "say which customers left" if say == "left" else "hold customers"
    zh = "注明了客户是否流失" if say == "left" else "都有客户"
    return SheetError(
        f"Several sheets {what}: {', '.join(names)}. Say which one to use, for example --sheet "
        f'"{names[0]}".',
        f"有多个工作表{zh}：{'、'.join(names)}。请指定使用哪一个，例如 --sheet “{names[0]}”。",
    )


def named_source(book: xw.Book, name: str) -> Source:
    """The table or the sheet of that name, its rows unread as to their meaning.

    Raises
    ------
    SheetError
    """
    for sheet in book.sheets:
        for table in sheet.tables:
            if table.name.casefold() == name.casefold():
                return table_source(sheet, table)
    for sheet in book.sheets:
        if sheet.name.casefold() != name.casefold() and folded(sheet.name) != folded(name):
            continue
        tables = list(sheet.tables)
        if len(tables) > 1:
            called = [table.name for table in tables]
            raise SheetError(
                f"The sheet {name} has several tables: {', '.join(called)}. Say which one, for "
                f"example --sheet {called[0]}.",
                f"工作表“{name}”中有多个表格：{'、'.join(called)}。请指定其中一个，例如 --sheet {called[0]}。",
            )
        source = table_source(sheet, tables[0]) if tables else sheet_source(sheet)
        if source is None:
            raise SheetError(
                f"The sheet {name} has no row of titles: a short text above each column, with the "
                "customers below. Add one.",
                f"工作表“{name}”没有标题行（每列上方的标题），请添加。",
            )
        return source
    raise SheetError(
        f"There is no sheet or table called {name}. This workbook has: "
        f"{', '.join(s.name for s in book.sheets)}.",
        f"没有名为“{name}”的工作表或表格。本工作簿中有：{'、'.join(s.name for s in book.sheets)}。",
    )
