"""The Columns sheet: what each column of the owner's tables is, for the owner to see and to change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.chosen_roles import RECORD, columns_table, parse_set, role_text
from csm_xl.commands.excel import offer_list
from csm_xl.commands.header_table import Source
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.owner_tables import Known, all_tables, find_source, read_known
from csm_xl.commands.settings import workbook_language
from csm_xl.commands.writing import add_sheet, calm, write_cells
from csm_xl.errors import SheetError
from csm_xl.language import LANGUAGES
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.roles import ROLES, SETTABLE

_SHADE = (207, 224, 227)


def set_roles(book: xw.Book, given: Sequence[str], sheet: str | None = None) -> dict[str, str]:
    """What ``--set`` says, checked against the tables: the record to store.

    Parameters
    ----------
    book : xlwings.Book
    given : sequence of str
        Such as ``"Cancelled?=left"``.
    sheet : str, optional
        The sheet or table that is meant.

    Raises
    ------
    SheetError
        When a title or a role is not there.
    """
    known = read_known(book)
    stored: dict[str, dict[str, list]] = json.loads(known.records.get(RECORD, "{}"))
    sources = [find_source(book, sheet, known)] if sheet else list(all_tables(book, known))
    for one in given:
        title, role = parse_set(one)
        named = [s for s in sources if s.position(title) is not None]
        if not named:
            titles = [t for s in sources for t in s.headers if t]
            raise SheetError(
                f"No table has a column “{title}”. There are: {', '.join(titles[:40])}.",
                f"没有名为“{title}”的列。现有的列：{'、'.join(titles[:40])}。",
            )
        people = [s for s in named if s.kind == "customers"] or named
        for source in people:
            place = source.position(title)
            assert place is not None
            if place in source.ours:
                raise SheetError(
                    f"The column “{title}” is csm-xl's own, so it has no other role.",
                    f"“{title}”列由 csm-xl 填写，不能设为其他角色。",
                )
            columns = stored.setdefault(source.name, {})
            if role == "left":
                # One column is said to count: others that were said before do so no more.
                for other, (was, chosen) in list(columns.items()):
                    if chosen and was.startswith("left"):
                        columns[other] = ["feature", False]
            columns[source.headers[place]] = [role, True]
    return {RECORD: json.dumps(stored, ensure_ascii=False)}


def columns_sheet_name(book: xw.Book) -> str:
    """The name of the Columns sheet: the one that is there, or what it will be called."""
    there = columns_table(book)
    if there is not None:
        return there.sheet.name
    title = layout.sheet("columns").title.within(workbook_language(book))
    names = {folded(sheet.name) for sheet in book.sheets}
    return title if folded(title) not in names else f"{title} (csm-xl)"


def write_columns_sheet(book: xw.Book, sources: Sequence[Source], known: Known) -> dict[str, str]:
    """Write the sheet, made when it is missing; returns the record of what it shows.

    Rows of tables that are not among `sources` stay as they are.
    """
    table = layout.table("columns")
    there = columns_table(book)
    headers = sources[0].headers if sources else []
    lang = workbook_language(book, headers)
    stored: dict[str, dict[str, list]] = json.loads(known.records.get(RECORD, "{}"))
    rows: list[tuple[Any, ...]] = []
    for source in sources:
        if source.roles is None:
            continue
        stored[source.name] = {}
        for one in source.roles.columns:
            if not one.header or one.role == "csm-xl" or one.header in stored[source.name]:
                continue
            given = known.chosen.of(source).get(source.headers.index(one.header), one.role)
            role = given if one.chosen else one.role
            stored[source.name][one.header] = [role, one.chosen]
            word = role_text(role).within(lang)
            rows.append((source.name, one.header, word, one.why.within(lang), one.example))
    written = {source.name for source in sources}
    if there is not None:
        places = there.places("columns")
        if {"table", "title", "role"} <= set(places):
            order = [places.get(column.key) for column in table.columns]
            rows += [
                tuple(None if p is None else row[p] for p in order)
                for row in there.rows
                if str(row[places["table"]]) not in written
            ]
        _fill(there, rows)
    else:
        _make(book, rows, lang)
    return {RECORD: json.dumps(stored, ensure_ascii=False)}


def _fill(there: Source, rows: Sequence[Sequence[Any]]) -> None:
    """Renew the rows of a sheet that is there; the owner's width and order of columns stay."""
    places = there.places("columns")
    area = there.table.range
    before = len(there.rows)
    there.table.resize(area.resize(max(2, len(rows) + 1), area.columns.count))
    for number, column in enumerate(layout.table("columns").columns):
        place = places.get(column.key)
        if place is None:
            continue
        cells = [(row[number],) for row in rows] + [(None,)] * max(0, before - len(rows))
        if cells:
            top = there.sheet.range((there.row + 1, there.column + place))
            write_cells(top.resize(len(cells), 1), cells)
    if "role" in places:
        top = there.sheet.range((there.row + 1, there.column + places["role"]))
        offer_list(top.resize(max(1, len(rows)), 1), _words(there.sheet.book))


def _make(book: xw.Book, rows: Sequence[Sequence[Any]], lang: Any) -> None:
    """A new sheet with the table, its notes' words above it, and a list of roles to choose from."""
    table = layout.table("columns")
    sheet = add_sheet(book, columns_sheet_name(book))
    note = table.column("role").note
    assert note is not None
    write_cells(sheet.range("A1").resize(1, 1), [[note.within(lang)]])
    titles = table.headers(lang)
    heads = sheet.range((3, 1)).resize(1, len(titles))
    write_cells(heads, [titles])
    heads.color = _SHADE
    for place, column in enumerate(table.columns, 1):
        letter = sheet.range((1, place)).get_address(False, False)[:-1]
        sheet.range(f"{letter}:{letter}").column_width = column.width
    if rows:
        write_cells(sheet.range((4, 1)).resize(len(rows), len(titles)), rows)
    area = sheet.range((3, 1)).resize(len(rows) + 1, len(titles))
    sheet.tables.add(source=area, name=table.name)
    offer_list(sheet.range((4, 3)).resize(max(1, len(rows)), 1), _words(book))


def _words(book: xw.Book) -> list[str]:
    lang = workbook_language(book)
    return [ROLES[role].within(lang) for role in SETTABLE]


def columns(book: xw.Book, given: Sequence[str] = (), sheet: str | None = None) -> Outcome:
    """Show on the Columns sheet what each column is; with `given`, set roles first.

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    from csm_xl.commands.checking import check
    from csm_xl.commands.excel import refuse_locked

    changed = set_roles(book, given, sheet) if given else {}
    known = read_known(book, as_chosen(changed))
    sources = list(all_tables(book, known))
    refuse_locked(book, made=(columns_sheet_name(book), layout.HIDDEN_SHEET))
    back_up(book)
    with calm(book):
        # The record first: what the owner set outranks what the sheet showed.
        shown = write_columns_sheet(book, sources, _with(known, changed))
        write_records(book, {**changed, **shown})
    return check(book, sheet)


def as_chosen(changed: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Roles of a record as they are chosen, by table and title."""
    stored = json.loads(changed.get(RECORD, "{}"))
    return {
        (table, title): role
        for table, columns in stored.items()
        for title, (role, chosen) in columns.items()
        if chosen
    }


def _with(known: Known, changed: Mapping[str, str]) -> Known:
    known.records = {**known.records, **changed}
    return known


def remember_roles(book: xw.Book, given: Sequence[str] | None, sheet: str | None = None) -> None:
    """Keep what ``--set`` says in the workbook, before a command that heeds it.

    Raises
    ------
    SheetError
        When a title or a role is not there.
    """
    if not given:
        return
    changed = set_roles(book, given, sheet)
    known = read_known(book, as_chosen(changed))
    if columns_table(book) is not None:
        sources = list(all_tables(book, known))
        changed = {**changed, **write_columns_sheet(book, sources, _with(known, changed))}
    write_records(book, changed)


def needs_columns_sheet(source: Source) -> bool:
    """Whether a table has columns of the owner's own: those of our template need no explaining."""
    template = {
        folded(column.title.within(lang))
        for column in layout.table("customers").template
        for lang in LANGUAGES
    }
    return any(
        title and place not in source.ours and folded(title) not in template
        for place, title in enumerate(source.headers)
    )


def show_columns(book: xw.Book, source: Source) -> dict[str, str]:
    """Renew the Columns sheet for one table, as part of a command that writes anyway.

    Returns
    -------
    dict of str to str
        The record to store.
    """
    if not needs_columns_sheet(source):
        return {}
    return write_columns_sheet(book, [source], read_known(book))
