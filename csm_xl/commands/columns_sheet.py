"""The Columns sheet: what each column of the owner's tables is, for the owner to see and to change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.checking import check
from csm_xl.commands.excel import offer_list, refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.looks import TABLE_STYLE, dress_table
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, calm, cells, write_block
from csm_xl.company.chosen_roles import RECORD, parse_set, role_text
from csm_xl.company.header_table import HeaderTable
from csm_xl.errors import SheetError
from csm_xl.language import LANGUAGES, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.roles import ROLES, SETTABLE
from csm_xl.vocabulary.words import IN_THE_COPY

#: Where the table begins on a sheet of our own making.
_TOP = 3


def columns(book: xw.Book, given: Sequence[str] = (), sheet: str | None = None) -> Outcome:
    """Show on the Columns sheet what each column is; with `given`, set roles first.

    Parameters
    ----------
    book : xlwings.Book
    given : sequence of str
        Such as ``"Cancelled?=left"``.
    sheet : str, optional
        The sheet or table that they are about.

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    changed = _set(session, given, sheet) if given else {}
    refuse_locked(session, made=(columns_sheet_name(session), layout.HIDDEN_SHEET))
    back_up(book)
    with calm(book):
        if changed:
            # The record first: what was set now outranks what the sheet showed.
            _store(session, changed)
            session = Session(book)
        write_records(session, write_columns_sheet(session, list(session.tables())))
    return _shown(Session(book), check(book, sheet))


def _shown(session: Session, outcome: Outcome) -> Outcome:
    """What check says, but for its table: that stands on the sheet now."""
    name = columns_sheet_name(session)
    made = Text(
        f"The sheet {name} shows what each column is; choose another role there where one is wrong.",
        f"工作表“{name}”显示了每一列的角色；如果不对，可在那里改选。",
    )
    message = Text(f"{outcome.message.en}\n{made.en}", f"{outcome.message.zh}\n{made.zh}")
    return replace(outcome, message=message, table=(), headers=())


def remember_roles(book: xw.Book, given: Sequence[str] | None, sheet: str | None = None) -> None:
    """Keep what ``--set`` says in the workbook, before a command that heeds it.

    Raises
    ------
    SheetError
        When a title or a role is not there.
    """
    if given:
        session = Session(book)
        _store(session, _set(session, given, sheet))


def _set(session: Session, given: Sequence[str], sheet: str | None) -> dict[tuple[str, str], str]:
    """What ``--set`` says, checked against the tables: by table and title the role."""
    tables = [session.customers(sheet)] if sheet else list(session.tables())
    found: dict[tuple[str, str], str] = {}
    for one in given:
        title, role = parse_set(one)
        named = [table for table in tables if table.position(title) is not None]
        if not named:
            titles = [header for table in tables for header in table.headers if header]
            raise SheetError(
                f"No table has a column “{title}”. There are: {', '.join(titles[:40])}.",
                f"没有名为“{title}”的列。现有的列：{'、'.join(titles[:40])}。",
            )
        for table in [table for table in named if table.kind == "customers"] or named:
            place = table.position(title)
            assert place is not None
            if place in table.ours:
                raise SheetError(
                    f"The column “{title}” is csm-xl's own, so it has no other role.",
                    f"“{title}”列由 csm-xl 填写，不能设为其他角色。",
                )
            found[table.title, table.headers[place]] = role
    return found


def _store(session: Session, changed: dict[tuple[str, str], str]) -> None:
    """Keep roles in the record, and show them where the Columns sheet is there already."""
    stored: dict[str, dict[str, list]] = json.loads(session.texts.get(RECORD, "{}"))
    for (table, title), role in changed.items():
        of_table = stored.setdefault(table, {})
        if role == "left":
            # One column is said to count: others that were said before do so no more.
            for other, (was, chosen) in list(of_table.items()):
                if chosen and was.startswith("left"):
                    of_table[other] = ["feature", False]
        of_table[title] = [role, True]
    write_records(session, {RECORD: json.dumps(stored, ensure_ascii=False)})
    there = session.table("columns")
    places = there.places("columns") if there is not None else {}
    if there is None or not {"table", "title", "role"} <= set(places):
        return
    lang = session.language
    for number, row in enumerate(there.rows):
        key = (str(row[places["table"]]), str(row[places["title"]]))
        if key in changed:
            word = role_text(changed[key]).within(lang)
            place = there.column + places["role"]
            write_block(session, session.sheet(there), there.row + 1 + number, place, [[word]])


def columns_sheet_name(session: Session) -> str:
    """The name of the Columns sheet: the one that is there, or what it will be called."""
    there = session.table("columns")
    if there is not None:
        return there.sheet
    title = layout.sheet("columns").title.within(session.language)
    return title if title not in session.sheets else f"{title} (csm-xl)"


def needs_columns_sheet(table: HeaderTable) -> bool:
    """Whether a table has columns of the owner's own: those of our template need no explaining."""
    template = {
        folded(column.title.within(lang))
        for column in layout.table("customers").template
        for lang in LANGUAGES
    }
    return any(
        title and place not in table.ours and folded(title) not in template
        for place, title in enumerate(table.headers)
    )


def show_columns(session: Session, table: HeaderTable) -> dict[str, str]:
    """Renew the Columns sheet for one table, as part of a command that writes anyway.

    Returns
    -------
    dict of str to str
        The record to store.
    """
    return write_columns_sheet(session, [table]) if needs_columns_sheet(table) else {}


def write_columns_sheet(session: Session, tables: Sequence[HeaderTable]) -> dict[str, str]:
    """Write the sheet, made when it is missing; returns the record of what it shows.

    Rows of tables that are not among `tables` stay as they are.
    """
    there, lang = session.table("columns"), session.language
    stored: dict[str, dict[str, list]] = json.loads(session.texts.get(RECORD, "{}"))
    rows: list[tuple[Any, ...]] = []
    copies = _copies(there)
    for table in tables:
        chosen = table.facts.chosen.of(table.headers, table.sheet, table.name)
        of_table = stored[table.title] = {}
        for place, one in enumerate(table.roles.columns):
            if not one.header or one.role == "csm-xl" or one.header in of_table:
                continue
            role = chosen.get(place, one.role) if one.chosen else one.role
            of_table[one.header] = [role, one.chosen]
            word = role_text(role).within(lang)
            copy = copies.get((folded(table.title), folded(one.header)))
            rows.append((table.title, one.header, word, one.why.within(lang), one.example, copy))
    if there is None:
        _make(session, rows)
    else:
        _fill(session, there, rows, {table.title for table in tables})
    return {RECORD: json.dumps(stored, ensure_ascii=False)}


def _copies(there: HeaderTable | None) -> dict[tuple[str, str], Any]:
    """What the owner said becomes of a column in the copy, by table and title."""
    places = there.places("columns") if there is not None else {}
    if there is None or not {"table", "title", "copy"} <= set(places):
        return {}
    return {
        (folded(str(row[places["table"]])), folded(str(row[places["title"]]))): row[places["copy"]]
        for row in there.rows
    }


def _fill(
    session: Session, there: HeaderTable, rows: list[tuple[Any, ...]], renewed: set[str]
) -> None:
    """Renew the rows of a sheet that is there; the owner's widths and order of columns stay."""
    places = there.places("columns")
    declared = layout.table("columns").columns
    if "table" in places:
        order = [places.get(column.key) for column in declared]
        rows = rows + [
            tuple(None if p is None else row[p] for p in order)
            for row in there.rows
            if str(row[places["table"]]) not in renewed
        ]
    sheet = session.sheet(there)
    height = max(1, len(rows))
    area = cells(sheet, there.row, there.column, height + 1, len(there.headers))
    session.excel_table(there).resize(area)
    blank = max(0, len(there.rows) - len(rows))
    for number, column in enumerate(declared):
        if column.key in places:
            at = there.column + places[column.key]
            values = [(row[number],) for row in rows] + [(None,)] * blank
            write_block(session, sheet, there.row + 1, at, values)
    for key, choices in _choices(session).items():
        if key in places:
            at = there.column + places[key]
            offer_list(cells(sheet, there.row + 1, at, height), choices)


def _make(session: Session, rows: Sequence[Sequence[Any]]) -> None:
    """A new sheet: what to do in words, the table, and a list of roles to choose from."""
    table, lang = layout.table("columns"), session.language
    sheet = add_sheet(session.book, columns_sheet_name(session))
    note = table.column("role").note
    assert note is not None
    titles = table.headers(lang)
    write_block(session, sheet, 1, 1, [[note.within(lang)]])
    write_block(session, sheet, _TOP, 1, [titles])
    area = cells(sheet, _TOP, 1, max(1, len(rows)) + 1, len(titles))
    sheet.tables.add(source=area, name=table.name, table_style_name=TABLE_STYLE)
    made = HeaderTable(sheet.name, table.name, list(titles), _TOP, 1, [], height=max(1, len(rows)))
    dress_table(sheet, made, table, lang)
    if rows:
        write_block(session, sheet, _TOP + 1, 1, rows)
    places = layout.match_headers(titles, "columns").columns
    for key, choices in _choices(session).items():
        offer_list(cells(sheet, _TOP + 1, places[key] + 1, max(1, len(rows))), choices)


def _choices(session: Session) -> dict[str, list[str]]:
    """What the owner may choose from, by column of the sheet."""
    lang = session.language
    return {
        "role": [ROLES[role].within(lang) for role in SETTABLE],
        "copy": IN_THE_COPY.within(lang),
    }
