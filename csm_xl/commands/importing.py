"""Import an export of another program into one of the owner's tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.import_keys import Key, key_of
from csm_xl.commands.import_orders import never_paid, refund_of, sign_refund
from csm_xl.commands.import_whose import Directory
from csm_xl.commands.mapping_sheet import (
    not_understood,
    read_mapping,
    remove_mapping,
    write_mapping,
)
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.session import Session
from csm_xl.commands.writing import append_rows, calm, write_scattered
from csm_xl.company.header_table import HeaderTable
from csm_xl.errors import SheetError
from csm_xl.intake.files import MOST_ROWS, Export, read_export
from csm_xl.intake.values import Converter, Unreadable, as_text
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded, serial
from csm_xl.vocabulary.cells import is_blank

#: Asked about headers that are not understood; answers with our columns' keys, or leaves them out.
Ask = Callable[[list[str], list[layout.Column]], Mapping[str, str]]

TABLES = ("customers", "orders", "feedback", "contacts")
#: How many lines of each kind a report names.
_NAMED = 5


@dataclass
class Tally:
    """What came in, and what did not and why."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    added_up: int = 0
    refunds: int = 0
    no_key: list[int] = field(default_factory=list)
    unpaid: list[int] = field(default_factory=list)
    nobodys: dict[int, str] = field(default_factory=dict)
    no_place: list[str] = field(default_factory=list)
    unreadable: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    #: By line: our columns' keys to the texts that could not be read.
    unread: dict[int, dict[str, str]] = field(default_factory=dict)


def import_data(
    book: xw.Book,
    source: Path,
    table: str,
    *,
    ask: Ask | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Bring the rows of a CSV file or workbook into a table.

    A row whose key is there already updates that row; it is never doubled. A blank cell of the
    export changes nothing. Rows that cannot be used are left out and reported with the reason.

    Parameters
    ----------
    book : xlwings.Book
    source : Path
    table : {"customers", "orders", "feedback", "contacts"}
    ask : callable, optional
        Asked about headers that are not understood; a mapping sheet asks when not given.
    progress : callable, optional

    Returns
    -------
    Outcome

    Raises
    ------
    CsmError
        The workbook is unchanged then, a mapping sheet aside.
    """
    if table not in TABLES:
        raise SheetError(
            f"There is no table {table} to import into. Choose one of: {', '.join(TABLES)}.",
            f"没有可导入的表“{table}”，请选择：{'、'.join(TABLES)}。",
        )
    export = read_export(source)
    session = Session(book)
    into = _target(session, table)
    match = _matched(book, export, table, ask)
    lang = session.language
    converted, tally = _converted(export, match, table, lang)
    whose = None if table == "customers" else Directory(session.table("customers"))
    rows = _settled(converted, export.lines, table, lang, whose, tally)
    key = key_of(table, {*match.columns, *match.joined}, into, source.name)
    updates, additions = _sorted_out(into, rows, key, table, whose, tally)
    tally.no_place = _without_place(export, match, into, table)
    _refuse_too_long(into, len(additions), source.name)
    if progress is not None:
        progress(0.5, Text("Writing", "正在写入"))
    refuse_locked(session, [into.sheet])
    back_up(book)
    with calm(book):
        write_scattered(session, into, updates)
        append_rows(session, into, additions, table)
        remove_mapping(book)
    book.app.calculate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    return _outcome(export, match, tally, source.name)


def _target(session: Session, table: str) -> HeaderTable:
    found = session.table(table)
    if found is not None:
        return found
    name = layout.table(table).name
    title = layout.sheet(table).title
    raise SheetError(
        f"This workbook has no {name} table to import into. Make a workbook with csm-xl new, "
        f"or turn your {title.en.lower()} into a table called {name}.",
        f"本工作簿没有可导入的表格 {name}。请用 csm-xl new 新建工作簿，"
        f"或把您的{title.zh}数据转换为名为 {name} 的表格。",
    )


def _matched(book: xw.Book, export: Export, table: str, ask: Ask | None) -> layout.HeaderMatch:
    """Our column for each header: by alias, then as the owner says."""
    chosen = {
        key: export.headers.index(header)
        for header, key in read_mapping(book, table).items()
        if header in export.headers
    }
    match = layout.match_headers(export.headers, table, owners_only=True, chosen=chosen)
    unknown = [export.headers[place] for place in match.unmatched]
    free = [c for c in layout.table(table).owners if c.key not in match.columns]
    if ask is not None and unknown and free:
        chosen |= {key: export.headers.index(header) for header, key in ask(unknown, free).items()}
        match = layout.match_headers(export.headers, table, owners_only=True, chosen=chosen)
    if not match.columns:
        if ask is None:
            write_mapping(book, table, export.headers, free)
        raise not_understood(export.headers, free, on_sheet=ask is None)
    return match


def _converted(
    export: Export, match: layout.HeaderMatch, table: str, lang: Language
) -> tuple[list[dict[str, Any]], Tally]:
    """Each row as our columns' keys to values; cells that cannot be read are left out."""
    tally = Tally()
    rows: list[dict[str, Any]] = [{} for _ in export.rows]
    for key, place in match.columns.items():
        cells = [row[place] for row in export.rows]
        convert = Converter(layout.table(table).column(key), cells, lang)
        for row, cell, line in zip(rows, cells, export.lines, strict=True):
            try:
                value = convert(cell)
            except Unreadable as problem:
                what = (export.headers[place], problem.expected.en, problem.expected.zh)
                tally.unreadable.setdefault(what, []).append(line)
                tally.unread.setdefault(line, {})[key] = as_text(cell)
                continue
            # A shop's orders have a number under "Name", which is nobody's name.
            if value is not None and (key != "name" or any(map(str.isalpha, str(value)))):
                row[key] = value
    for key, (places, between) in match.joined.items():
        for row, cells in zip(rows, export.rows, strict=True):
            parts = [str(cells[place]).strip() for place in places if not is_blank(cells[place])]
            if parts:
                row[key] = between.join(parts)
    return rows, tally


def _settled(
    rows: list[dict[str, Any]],
    lines: list[int],
    table: str,
    lang: Language,
    whose: Directory | None,
    tally: Tally,
) -> list[tuple[dict[str, Any], int]]:
    """The rows with their lines, each with its customer's number; what counts not left out."""
    settled = []
    for row, line in zip(rows, lines, strict=True):
        if table == "orders" and never_paid(row):
            tally.unpaid.append(line)
            continue
        if whose is not None and not whose.settle(row):
            tally.nobodys[line] = str(row["customer_id"])
        settled.append((row, line))
        if table == "orders":
            sign_refund(row)
            refund = refund_of(row, lang)
            if refund is not None:
                tally.refunds += 1
                settled.append((refund, line))
    return settled


def _without_place(
    export: Export, match: layout.HeaderMatch, into: HeaderTable, table: str
) -> list[str]:
    """Headers that are understood, but that the sheet has no column for."""
    there = layout.match_headers(into.headers, table).columns
    # A refund's amount and an order's state are heeded all the same.
    heeded = {"refunded", "status", "buyer", "phone", "contact"} if table != "customers" else set()
    return [
        export.headers[place]
        for key, place in sorted(match.columns.items(), key=lambda pair: pair[1])
        if key not in there and key not in heeded
    ]


def _sorted_out(
    into: HeaderTable,
    rows: list[tuple[dict[str, Any], int]],
    key: Key,
    table: str,
    whose: Directory | None,
    tally: Tally,
) -> tuple[dict[tuple[int, int], Any], list[dict[str, Any]]]:
    """Cells of existing rows that change, by (row, column), and rows to add."""
    places = layout.match_headers(into.headers, table).columns
    there = {key.of_sheet(row, whose): i for i, row in enumerate(into.rows)}
    read: dict[tuple[str, ...], dict[str, Any]] = {}
    for row, line in rows:
        told = key.of_row(row)
        if told is None:
            tally.no_key.append(line)
            continue
        # Rows that differ in a cell that cannot be read are not the same row.
        unread = tally.unread.get(line, {})
        mark = (told, *(unread[name] for name in key.columns if name in unread))
        if mark not in read:
            read[mark] = dict(row)
        elif table == "contacts":
            # Other programs write each visit on a line of its own.
            times = read[mark].get("times", 1.0) + row.get("times", 1.0)
            read[mark] |= {**row, "times": times}
            tally.added_up += 1
        else:
            # Of two spellings of a key, the first one stays.
            read[mark] |= {n: v for n, v in row.items() if n not in key.columns}
            tally.repeated += 1
    updates: dict[tuple[int, int], Any] = {}
    added = []
    for (told, *unread_texts), row in read.items():
        if told not in there:
            added.append(row)
            continue
        if unread_texts:
            # Several rows of the sheet may look like this one, so none of them is touched.
            tally.unchanged += 1
            continue
        changed = {
            (there[told], places[name]): value
            for name, value in row.items()
            if name in places
            and not _same(into.rows[there[told]][places[name]], value, name in key.columns)
        }
        updates |= changed
        tally.updated += bool(changed)
        tally.unchanged += not changed
    tally.added = len(added)
    return updates, key.completed(added)


def _same(there: Any, new: Any, is_key: bool) -> bool:
    if isinstance(there, dt.date):
        there = serial(there)
    if isinstance(there, str) and isinstance(new, str) and not is_key:
        return there == new
    if is_blank(there):
        return False
    return folded(str(there)) == folded(str(new)) or there == new


def _refuse_too_long(into: HeaderTable, more: int, name: str) -> None:
    if into.row + len(into.rows) + more > MOST_ROWS:
        raise SheetError(
            f"{into.sheet} would grow beyond Excel's {MOST_ROWS + 1:,} rows with the "
            f"{more:,} rows of {name}. Import a shorter period.",
            f"导入 {name} 的 {more:,} 行后，工作表“{into.sheet}”会超过 Excel 的 "
            f"{MOST_ROWS + 1:,} 行，请导入较短的时间段。",
        )


def _lines(numbers: list[int]) -> Text:
    shown = ", ".join(map(str, numbers[:_NAMED]))
    more = len(numbers) - _NAMED
    if more <= 0:
        return Text(f"line {shown}" if len(numbers) == 1 else f"lines {shown}", f"第 {shown} 行")
    return Text(f"lines {shown} and {more} more", f"第 {shown} 等 {len(numbers)} 行")


def _nobodys(rows: dict[int, str]) -> Text:
    """A note on rows of people who are not on the Customers sheet."""
    line, who = next(iter(rows.items()))
    n = len(rows)
    return Text(
        f"{n} row{' is' if n == 1 else 's are'} of nobody on the Customers sheet (line {line}: "
        f"{who}) and will not be counted. Import your customers, or a file that has them, as "
        "customers; then import this file again.",
        f"有 {n} 行的客户不在“客户”表中（第 {line} 行：{who}），不会计入统计。"
        "请先导入客户（含客户信息的订单文件也可以作为客户导入），再重新导入此文件。",
    )


def _outcome(export: Export, match: layout.HeaderMatch, tally: Tally, name: str) -> Outcome:
    message = Text(
        "{name}: {added} rows added, {updated} updated, {unchanged} unchanged.",
        "{name}：新增 {added} 行，更新 {updated} 行，{unchanged} 行无变化。",
    ).fill(name=name, added=tally.added, updated=tally.updated, unchanged=tally.unchanged)
    notes = []
    if tally.repeated:
        notes.append(
            Text(
                f"{tally.repeated} rows repeat another row of the file and were joined with it.",
                f"有 {tally.repeated} 行与文件中的其他行重复，已合并。",
            )
        )
    if tally.added_up:
        notes.append(
            Text(
                f"{tally.added_up} rows are of the same day, customer, channel and kind as another "
                "one; their times were added up.",
                f"有 {tally.added_up} 行与其他行的日期、客户、渠道和类型相同，次数已相加。",
            )
        )
    if tally.refunds:
        n = tally.refunds
        notes.append(
            Text(
                f"{n} refund{'s' if n > 1 else ''} within orders became rows of their own, dated "
                "as the order.",
                f"订单中的 {n} 笔退款已单独成行，日期同原订单。",
            )
        )
    if tally.unpaid:
        where = _lines(tally.unpaid)
        notes.append(
            Text(
                f"Left out, because they were never paid or were cancelled: {where.en}.",
                f"未付款或已取消的订单未导入：{where.zh}。",
            )
        )
    if tally.nobodys:
        notes.append(_nobodys(tally.nobodys))
    if tally.no_key:
        where = _lines(tally.no_key)
        notes.append(
            Text(
                f"Left out, because nothing says which row it is: {where.en}.",
                f"缺少编号，未导入：{where.zh}。",
            )
        )
    if export.ragged:
        where = _lines(export.ragged)
        notes.append(
            Text(
                f"Left out, because it has more cells than there are headers: {where.en}.",
                f"单元格多于标题，未导入：{where.zh}。",
            )
        )
    for (header, en, zh), numbers in tally.unreadable.items():
        where = _lines(numbers)
        notes.append(
            Text(
                f"{header}: should be {en}; the cell was left out in {where.en}.",
                f"“{header}”应为{zh}，以下单元格未导入：{where.zh}。",
            )
        )
    ignored = [export.headers[place] for place in match.unmatched]
    if ignored:
        notes.append(
            Text(
                f"Columns not imported, because csm-xl does not know them: {', '.join(ignored)}.",
                f"未识别、未导入的列：{'、'.join(ignored)}。",
            )
        )
    if tally.no_place:
        notes.append(
            Text(
                f"Not imported, because the sheet has no column for: {', '.join(tally.no_place)}.",
                f"工作表中没有对应的列，未导入：{'、'.join(tally.no_place)}。",
            )
        )
    twice = Counter(match.repeated.values())
    if twice:
        headers = [export.headers[place] for place in match.repeated]
        notes.append(
            Text(
                f"Columns that say the same as another one were left out: {', '.join(headers)}.",
                f"与其他列含义相同、未导入的列：{'、'.join(headers)}。",
            )
        )
    return Outcome(message, tuple(notes))
