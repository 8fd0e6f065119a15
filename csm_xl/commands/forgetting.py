"""Forget: a person out of the workbook, its records and its safety copies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw

from csm_xl.churn.feature_columns import named_identifier, named_personal
from csm_xl.commands.forgotten_person import Person, person_of, same
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.import_record import Written
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm, cells
from csm_xl.company import trajectory
from csm_xl.company.header_table import OWNERS, HeaderTable, block
from csm_xl.company.traces import Traces
from csm_xl.errors import CsmError
from csm_xl.language import Text
from csm_xl.ooxml import atomic_write
from csm_xl.ooxml.erasing import erase, holding_parts
from csm_xl.ooxml.package import Package
from csm_xl.safety_copies import all_copies_named, note_saved
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import as_key, is_blank
from csm_xl.working_folder import working_folder

#: The records that name customers by their numbers.
_BY_CUSTOMER = (trajectory.RECORD, "loop")
_PERSONAL = ("name", "e-mail", "phone", "personal", "note", "text", "customer")
_KEPT = ("order number", "date", "amount", "id")
#: A column in which texts come back this often sorts rows; it tells nothing of one.
_SORTING = 0.5
#: How many cells of a column that refers to customers are numbers of customers.
_MOST = 0.8


def forget(path: str | Path, customer: str, *, dry_run: bool = False) -> Outcome:
    """Take a person out of a workbook file, its hidden records and its safety copies.

    The row among the customers becomes blank. Orders, feedback and contacts of theirs keep dates,
    amounts and kinds under a code that leads to nobody; names, mail, telephone and free text go.
    Elsewhere in the file the person's texts are replaced by that code. Safety copies that hold one
    of them are deleted, so this cannot be undone.

    Parameters
    ----------
    path : str or Path
        The workbook, which no program has open.
    customer : str
        A number, name, mail address or telephone number, or a row of the sheet.
    dry_run : bool
        Say what would be done, and do nothing.

    Returns
    -------
    Outcome
        Its ``more`` has ``complete``: whether the search of every part afterwards found nothing.

    Raises
    ------
    SheetError
        When nobody, or more than one customer, is meant.
    FileError, FileBusyError
        Nothing was changed.
    """
    from csm_xl.commands.opening import open_book

    book = open_book(path, readonly=dry_run)
    try:
        file = Path(book.fullname)
        stamp = atomic_write.file_stamp(file)
        session = Session(book)
        person = person_of(session, customer)
        linked = list(_linked(session, person))
        copies = [copy for copy in all_copies_named(str(file)) if _holds(copy, person.traces)]
        counts = {"rows": len(linked), "copies": len(copies)}
        if dry_run:
            return _would(person, counts)
        with calm(book):
            for table, row in linked:
                _make_nameless(session, table, row, person)
            _blank_customer(session, person)
            _clean_records(session, person)
        left = _write(book, file, stamp, person.traces)
    finally:
        book.close()
    note_saved(file)
    kept = _delete(copies)
    return _done(file, person, counts, left, kept)


# --- What is theirs ----------------------------------------------------------------------------


def _reference(table: HeaderTable, person: Person) -> int | None:
    """The column that says whose a row is: by its title, or by holding numbers of customers."""
    key = table.declared or table.kind
    known = key if key in layout.TABLES else "orders"
    place = layout.find_column(table.headers, "customer_id", known)
    if place is not None or person.place is None:
        return place
    title = folded(person.table.headers[person.place])
    ids = {as_key(cell) for cell in person.table.cells(person.place)} - {""}
    for place, header in enumerate(table.headers):
        if folded(header) == title:
            return place
        there = [as_key(cell) for cell in table.cells(place) if not is_blank(cell)]
        if (
            named_identifier(header)
            and there
            and _MOST * len(there) <= sum(k in ids for k in there)
        ):
            return place
    return None


def _tables(session: Session) -> Iterator[HeaderTable]:
    seen = set()
    for table in session.tables():
        seen.add(table.name)
        yield table
    for one in layout.TABLES.values():
        table_there = session.table(one.key)
        if table_there is not None and table_there.name not in seen:
            yield table_there


def _linked(session: Session, person: Person) -> Iterator[tuple[HeaderTable, int]]:
    for table in _tables(session):
        if table.title == person.table.title and table.sheet == person.table.sheet:
            continue
        place = _reference(table, person)
        for i, row in enumerate(table.rows):
            by_key = place is not None and person.key and as_key(row[place]) == person.key
            if by_key or any(map(person.traces.is_one, row)):
                yield table, i


def _make_nameless(session: Session, table: HeaderTable, row: int, person: Person) -> None:
    """A row keeps what counts, and nothing that leads to the person."""
    sheet = session.sheet(table)
    here = sheet.range(
        (table.row + 1 + row, table.column),
        (table.row + 1 + row, table.column + len(table.headers) - 1),
    )
    formulas = block(here.formula)[0]
    reference = _reference(table, person)
    # What csm-xl lists of customers, such as whom to call, is made anew by the next command.
    whole = bool(table.declared) and table.declared not in OWNERS
    for place, cell in enumerate(table.rows[row]):
        formula = formulas[place] if place < len(formulas) else None
        if is_blank(cell) or (
            isinstance(formula, str) and formula.startswith("=") and formula != cell
        ):
            continue
        target = cells(sheet, table.row + 1 + row, table.column + place)
        if whole:
            target.value = None
        elif place == reference or person.traces.is_one(cell):
            target.value = person.traces.token
        elif isinstance(cell, str) and _tells(table, place, cell):
            if cell.strip() not in person.others and _alone(table, place, cell):
                person.traces.add_remark(cell)
            target.value = None
        elif _role(table, place) in ("phone", "personal"):
            target.value = None


def _role(table: HeaderTable, place: int) -> str:
    columns = table.roles.columns
    return columns[place].role if place < len(columns) else ""


def _tells(table: HeaderTable, place: int, cell: str) -> bool:
    """Whether a text may tell of the person: nobody else has it in a column that sorts nothing."""
    role = _role(table, place)
    if role in _PERSONAL or named_personal(table.headers[place]):
        return True
    if role in _KEPT:
        return False
    texts = [folded(c) for c in table.cells(place) if isinstance(c, str) and not is_blank(c)]
    sorting = len(set(texts)) <= _SORTING * len(texts)
    return not sorting and _alone(table, place, cell)


def _alone(table: HeaderTable, place: int, cell: str) -> bool:
    """Whether no other row says the same."""
    return sum(same(other, cell.strip()) for other in table.cells(place)) < 2


def _blank_customer(session: Session, person: Person) -> None:
    table = person.table
    sheet = session.sheet(table)
    row = table.row + 1 + person.row
    area = sheet.range((row, table.column), (row, table.column + len(table.headers) - 1))
    formulas = block(area.formula)[0]
    for place, cell in enumerate(table.rows[person.row]):
        formula = formulas[place] if place < len(formulas) else None
        if isinstance(formula, str) and formula.startswith("=") and formula != cell:
            continue
        if not is_blank(cell):
            cells(sheet, row, table.column + place).value = None
    titled = layout.find_column(table.headers, "referred_by", "customers")
    for referred in {*table.roles.places("referred by"), *([] if titled is None else [titled])}:
        for i, line in enumerate(table.rows):
            theirs = as_key(line[referred])
            told = theirs and (theirs == person.key or person.traces.is_one(theirs))
            if i != person.row and told:
                place = cells(sheet, table.row + 1 + i, table.column + referred)
                place.value = person.traces.token


def _clean_records(session: Session, person: Person) -> None:
    """The hidden records without the person, and without the checksums of what was imported."""
    changed = {}
    for name, text in session.texts.items():
        new = text
        if name.startswith("imported."):
            written = Written(text)
            if written.forget(person.keys):
                new = written.text()
        if name in _BY_CUSTOMER and person.key:
            # The number as a text of its own: as part of another one it is somebody else's.
            new = new.replace(json.dumps(person.key), json.dumps(person.traces.token))
        new = person.traces.replaced(new)
        if new != text:
            changed[name] = new
    write_records(session, changed)


# --- Writing, and searching --------------------------------------------------------------------


def _write(book: xw.Book, file: Path, stamp: object, traces: Traces) -> list[str]:
    """Put the cleaned workbook in its place; returns the parts in which something is still found."""
    with working_folder() as inside:
        first, second = inside / f"1{file.suffix}", inside / f"2{file.suffix}"
        book.save(str(first))
        package = Package(first)
        erase(package, traces.replaced)
        package.save(second)
        left = holding_parts(second, traces.found_in)
        content = second.read_bytes()
    atomic_write.replace_file(
        file, lambda out: _put(out, content), lambda: atomic_write.file_stamp(file) == stamp
    )
    return left


def _put(out: Any, content: bytes) -> None:
    out.write(content)


def _holds(copy: Path, traces: Traces) -> bool:
    """Whether a safety copy holds the person; one that cannot be searched may."""
    try:
        return bool(holding_parts(copy, traces.found_in))
    except (CsmError, OSError):
        return True


def _delete(copies: list[Path]) -> list[Path]:
    """Delete safety copies; returns those that could not be deleted."""
    kept = []
    for copy in copies:
        try:
            copy.unlink(missing_ok=True)
        except OSError:
            kept.append(copy)
    return kept


# --- What is said ------------------------------------------------------------------------------

_ELSEWHERE = Text(
    "What left this computer is not reached: copies sent with --keep-names, key files written with "
    "--name-key, exports of your shop, your mail, and what OneDrive or another backup keeps. Delete the "
    "person there too.",
    "已离开这台电脑的内容无法处理：用 --keep-names 发出的副本、用 --name-key 写出的对照表、店铺的导出文件、"
    "邮件，以及 OneDrive 等备份中的旧版本。请在那些地方也删除此人。",
)


def _would(person: Person, counts: dict[str, int]) -> Outcome:
    message = Text(
        "The customer in row {row} of {sheet} would be taken out, {rows} other rows would lose name and "
        "texts, and {copies} safety copies would be deleted. Nothing was changed.",
        "将清除“{sheet}”第 {row} 行的客户，另有 {rows} 行去掉姓名和文字，并删除 {copies} 份安全副本。未作任何改动。",
    ).fill(row=person.table.row_numbers[person.row], sheet=person.table.sheet, **counts)
    return Outcome(message, more={"dry_run": True, **counts})


def _done(
    file: Path, person: Person, counts: dict[str, int], left: list[str], kept: list[Path]
) -> Outcome:
    message = Text(
        "Row {row} of {sheet} is blank now; {rows} other rows are kept under {token}, without name and "
        "texts; {copies} safety copies that held the person were deleted. This cannot be undone.",
        "“{sheet}”第 {row} 行已清空；另有 {rows} 行去掉姓名和文字，改用代号 {token}；"
        "删除了 {copies} 份含有此人的安全副本。此操作无法撤销。",
    ).fill(
        row=person.table.row_numbers[person.row],
        sheet=person.table.sheet,
        token=person.traces.token,
        **counts,
    )
    warnings = []
    if left:
        warnings.append(
            Text(
                "These parts of {file} still hold something of the person: {parts}. Open the workbook and "
                "delete it there.",
                "{file} 的以下部分仍含有此人的信息：{parts}。请打开工作簿手动删除。",
            ).fill(file=file.name, parts=", ".join(left))
        )
    if kept:
        warnings.append(
            Text(
                "These safety copies could not be deleted; delete them yourself: {copies}.",
                "以下安全副本无法删除，请自行删除：{copies}。",
            ).fill(copies=", ".join(map(str, kept)))
        )
    if person.others:
        warnings.append(
            Text(
                "Another customer has the same entry in {n} columns (such as the same name), so it was taken "
                "only out of this person's rows.",
                "有 {n} 列的内容其他客户也有（例如同名），因此只在此人的行中清除。",
            ).fill(n=len(person.others))
        )
    warnings.append(_ELSEWHERE)
    more = {
        "dry_run": False,
        "complete": not left and not kept,
        "token": person.traces.token,
        "found_in": left,
        "copies_left": [str(copy) for copy in kept],
        **counts,
    }
    return Outcome(message, tuple(warnings), more=more)
