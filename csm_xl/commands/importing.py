"""Import an export of another program, or a folder of them, into the owner's tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlwings as xw

from csm_xl.collector import collector_paused
from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.import_answers import Answers, chosen_places, said_pairs
from csm_xl.commands.import_customers import plan_customers
from csm_xl.commands.import_events import plan_contacts, plan_feedback
from csm_xl.commands.import_job import Job
from csm_xl.commands.import_orders import plan_orders
from csm_xl.commands.import_people import People
from csm_xl.commands.import_report import Report, together
from csm_xl.commands.import_subscriptions import plan_cancellations, plan_subscriptions
from csm_xl.commands.import_target import make, refuse_too_long, widen
from csm_xl.commands.mapping_sheet import (
    asked_on_sheet,
    read_mapping,
    remove_mapping,
    write_mapping,
)
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.session import Session
from csm_xl.commands.writing import append_rows, calm, write_scattered
from csm_xl.company.header_table import HeaderTable
from csm_xl.database.addresses import address_of, is_address
from csm_xl.database.rows import rows_of, table_names
from csm_xl.errors import CsmError, FileError, SheetError
from csm_xl.intake.declaration import Table
from csm_xl.intake.export import Export, export_of
from csm_xl.intake.file_kinds import known_titles
from csm_xl.intake.files import exports_in
from csm_xl.intake.reading import (
    Asked,
    NotUnderstood,
    open_export,
    read_intake,
    table_asked,
    tables_told,
    told_table,
)
from csm_xl.intake.workbook_files import MOST_ROWS, RawSheet
from csm_xl.language import Language, Text
from csm_xl.ooxml.archive import Archive
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank
from csm_xl.vocabulary.columns import NUMBER_FORMATS
from csm_xl.vocabulary.currencies import currency_code

#: Asked about headers that are not understood; answers with our columns' keys, or leaves them out.
Ask = Callable[[list[str], list[layout.Column]], Mapping[str, str]]

#: In a folder, customers come first: the other files' rows are theirs.
_IN_ORDER: tuple[Table, ...] = (
    "customers", "subscriptions", "cancellations", "orders", "feedback", "contacts", "usage",
)  # fmt: skip
_PLANS: dict[str, Callable[[Job], None]] = {
    "customers": plan_customers,
    "orders": plan_orders,
    "feedback": plan_feedback,
    "contacts": plan_contacts,
    "usage": plan_contacts,
    "subscriptions": plan_subscriptions,
    "cancellations": plan_cancellations,
}


@dataclass(frozen=True)
class Options:
    """What the owner says with an import.

    Attributes
    ----------
    table : str or None
        What the file holds; recognised when not given.
    sheet : str or None
        Which sheet of a workbook.
    header_row : int or None
        The row of the titles, as the file counts.
    maps : tuple of str
        ``Theirs=Ours``.
    rates : mapping
        What one unit of other currencies is worth in that of the books.
    dry_run : bool
        Tell what would come in, and write nothing.
    query : str or None
        SQL whose result is imported, of a database or of files.
    """

    table: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    maps: tuple[str, ...] = ()
    rates: Mapping[str, float] | None = None
    dry_run: bool = False
    query: str | None = None


@dataclass(frozen=True)
class _Given:
    """An export on its way in: what to call it, and how to open it."""

    name: str
    open: Callable[[], Export]


def import_data(
    book: xw.Book,
    source: Path | str,
    table: str | None = None,
    *,
    options: Options | None = None,
    ask: Ask | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Bring the rows of an export, or of a folder of exports, into the workbook's tables.

    A row whose key is there already updates that row; it is never doubled. A blank cell of the
    export changes nothing, and a cell that the owner typed stays. Every row of the file is counted
    once: read = added + updated + unchanged + merged + left out.

    Parameters
    ----------
    book : xlwings.Book
    source : Path or str
        A file, a folder, or the address of a table: Parquet files, ``duckdb:``, ``sqlite:``,
        ``postgres://``, ``mysql://``, ``spark:``.
    table : str, optional
        One of ``customers``, ``orders``, ``feedback``, ``contacts``, ``subscriptions`` and
        ``usage``; recognised when not given.
    options : Options, optional
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
    said = options or Options()
    given = table or said.table
    table = None if given is None else table_asked(given)
    if given is not None and table is None:
        told = tables_told()
        raise SheetError(
            f"There is no table {given} to import into. Choose one of: {told.en}.",
            f"没有可导入的表“{given}”，请选择：{told.zh}。",
        )
    asked = Asked(table, said.sheet, said.header_row)
    importer = _Importer(book, said, asked, ask, progress or (lambda share, text: None))
    with collector_paused():
        if said.query or is_address(str(source)):
            return importer.address(str(source))
        path = Path(source)
        if path.is_dir():
            return importer.folder(path)
        return together([importer.one(importer.file(path), 0.0, 1.0)])


class _Importer:
    def __init__(
        self, book: xw.Book, options: Options, asked: Asked, ask: Ask | None, progress: Progress
    ) -> None:
        self.book, self.options, self.asked, self.ask, self.progress = (
            book,
            options,
            asked,
            ask,
            progress,
        )
        self.pairs = said_pairs(options.maps)
        self.rates = _rates(options.rates or {})
        self.backed_up = False

    def file(self, path: Path) -> _Given:
        """A file."""
        return _Given(path.name, lambda: open_export(path, self.asked, _check))

    # -- a database ---------------------------------------------------------------------------------

    def address(self, address: str) -> Outcome:
        """Import a table, the result of a query, or all tables of a database that are called like ours."""
        named = self.asked.sheet
        if named is None and self.options.query is None:
            tables = table_names(address)
            meant = [name for name in tables if layout.sheet_key(name) == self.asked.table]
            if len(tables) > 1 and not meant:
                given = [self.table(address, name) for name in tables]
                return self.several(given, address_of(address).shown)
            named = meant[0] if len(meant) == 1 else None
        return together([self.one(self.table(address, named), 0.0, 1.0)])

    def table(self, address: str, table: str | None) -> _Given:
        """A table of a database."""
        shown = address_of(address).shown

        def read() -> Export:
            rows = rows_of(
                address,
                self.asked.table or "orders",
                MOST_ROWS,
                table=table,
                query=self.options.query,
                progress=self.progress,
            )
            sheet = RawSheet("", rows.cells, list(range(1, len(rows.cells) + 1)))
            # A table has its titles in front, whatever they look like.
            export = export_of([sheet], rows.name, known_titles, header_row=1)
            for note in rows.notes:
                export.account.note(note)
            return export

        return _Given(f"{shown}#{table}" if table else shown, read)

    # -- several ------------------------------------------------------------------------------------

    def folder(self, folder: Path) -> Outcome:
        """Import all exports of a folder, customers first."""
        paths = exports_in(folder)
        if not paths:
            raise FileError(
                f"The folder {folder.name} has no exports (csv, xlsx, xls, ods).",
                f"文件夹 {folder.name} 中没有可导入的文件（csv、xlsx、xls、ods）。",
            )
        return self.several([self.file(path) for path in paths], folder.name)

    def several(self, given: Sequence[_Given], name: str) -> Outcome:
        """Import several exports, customers first."""
        told: list[tuple[int, int]] = []
        refused: list[Text] = []
        for n, one in enumerate(given):
            try:
                kind, _ = told_table(one.open(), self.asked, {})
            except CsmError as error:
                refused.append(error.text)
                continue
            told.append((_IN_ORDER.index(kind), n))
        if not told:
            raise FileError(
                f"Nothing in {name} can be imported. {refused[0].en}",
                f"{name} 中没有能导入的文件。{refused[0].zh}",
            )
        reports = []
        for done, (_, n) in enumerate(sorted(told)):
            try:
                reports.append(self.one(given[n], done / len(told), (done + 1) / len(told)))
            except CsmError as error:
                refused.append(error.text)
        if not reports:
            raise FileError(refused[-1].en, refused[-1].zh)
        outcome = together(reports)
        missed = tuple(Text(f"Not imported: {text.en}", f"未导入：{text.zh}") for text in refused)
        return Outcome(outcome.message, missed + outcome.warnings, more=outcome.more)

    # -- one ----------------------------------------------------------------------------------------

    def one(self, given: _Given, begun: float, done: float) -> Report:
        """Import one export."""
        self.progress(begun, Text(f"Reading {given.name}", f"正在读取 {given.name}"))
        export = given.open()
        # What an earlier file of a folder wrote is read again.
        session = Session(self.book)
        answers = Answers(session.texts.get("imports"))
        lang = session.language
        people = People(session.table("customers"))
        said = self._said(export, answers)
        books, default = _currency(session, answers, lang)
        report = Report(export.name, export.account, dry_run=self.options.dry_run)

        def read(chosen: Mapping[int, str]) -> Any:
            return read_intake(
                export,
                self.asked,
                chosen,
                lang,
                currency=books,
                rates=self.rates,
                known_numbers=people.numbers,
            )

        try:
            intake = read(said)
        except NotUnderstood as problem:
            said = self._asked(export, said, problem)
            intake = read(said)
        if not self.options.dry_run:
            answers.remember(export, said)
        job = Job(session, lang, intake, people, session.texts, answers, report)
        # Buyers taken from orders are those of one currency: the orders that follow are in it too.
        if intake.orders is not None and books is None and intake.orders.currency:
            answers.currency = intake.orders.currency
            job.currency = intake.orders.currency if intake.orders.currency != default else None
        _PLANS[intake.table if intake.table != "usage" else "usage"](job)
        report.notes += _unused(intake)
        self._check_counts(report)
        if not self.options.dry_run:
            self.progress(begun + 0.5 * (done - begun), Text("Writing", "正在写入"))
            self._write(job)
        self.progress(done, Text("Done", "完成"))
        return report

    def _said(self, export: Export, answers: Answers) -> dict[int, str]:
        said = answers.for_export(export)
        for table in ("customers", "orders", "feedback", "contacts"):
            if self.asked.table in (None, table):
                for header, key in read_mapping(self.book, table).items():
                    if header in export.headers:
                        known = "account" if key == "customer_id" and table != "customers" else key
                        said[export.headers.index(header)] = known
        return said | chosen_places(export, self.pairs, self.asked.table)

    def _asked(
        self, export: Export, said: dict[int, str], problem: NotUnderstood
    ) -> dict[int, str]:
        """What the owner answers about columns that were not understood."""
        table = {"usage": "contacts", "cancellations": "subscriptions"}.get(
            problem.kind, problem.kind
        )
        free = [column for column in layout.table(table).owners if column.key not in said.values()]
        if self.ask is None:
            write_mapping(self.book, table, problem.headers, free)
            raise asked_on_sheet(problem.headers)
        answered = self.ask(problem.headers, free)
        if not answered:
            raise problem
        more = {
            export.headers.index(header): "account"
            if key == "customer_id" and table != "customers"
            else key
            for header, key in answered.items()
        }
        return said | more

    @staticmethod
    def _check_counts(report: Report) -> None:
        account = report.account
        total = report.added + report.updated + report.unchanged + account.merged + account.left_out
        if total != account.read:
            from csm_xl.logs import log

            log().error(
                "an import's counts do not add up: %s rows read, %s told", account.read, total
            )

    def _write(self, job: Job) -> None:
        for change in job.changes:
            refuse_too_long(change.into, len(change.plan.additions), job.report.name)
        sheets = [
            change.into.sheet for change in job.changes if change.into.sheet in job.session.sheets
        ]
        made = [
            change.into.sheet
            for change in job.changes
            if change.into.sheet not in job.session.sheets
        ]
        refuse_locked(job.session, sheets, ("settings",) if job.currency else (), made=made)
        if not self.backed_up:
            back_up(self.book)
            self.backed_up = True
        with calm(self.book):
            session = job.session
            if made:
                for change in job.changes:
                    make(session, change.into, change.table)
                session = Session(self.book)
            for change in job.changes:
                widen(session, change.into, change.new_titles)
                formats = _formats(change.into, change.table, job.intake.own_dates)
                updates = {
                    at: None if value == "" else value for at, value in change.plan.updates.items()
                }
                write_scattered(session, change.into, updates, formats)
                rows = [row.values for row in change.plan.additions]
                own = [row.own for row in change.plan.additions]
                append_rows(session, change.into, rows, change.table, own, formats)
            remove_mapping(self.book)
            if job.currency:
                _set(self.book, "currency", job.currency)
            write_records(session, job.remembered())
        self.book.app.calculate()


def _currency(session: Session, answers: Answers, lang: Language) -> tuple[str | None, str]:
    """The currency of the books, where the owner set one or orders are there; and the default."""
    usual = str(layout.setting("currency").value(lang))
    given = session.settings.get("currency")
    code = None if is_blank(given) else currency_code(str(given)) or str(given).strip().upper()
    if answers.currency is not None:
        return code or answers.currency, usual
    if code is not None and code != usual:
        return code, usual
    orders = session.table("orders")
    if orders is not None and any(not all(map(is_blank, row)) for row in orders.rows):
        return code or usual, usual
    return None, usual


def _check(path: Path, raw: bytes) -> None:
    """The workbook engine's limits on a packed file."""
    Archive(path, raw)


def _formats(into: HeaderTable, table: str, own_dates: Collection[str]) -> dict[int, str]:
    """The number formats of the columns that hold dates and amounts, by their places."""
    formats = {
        place: layout.table(table).column(key).number_format
        for key, place in layout.match_headers(into.headers, table).columns.items()
        if layout.table(table).column(key).kind in ("date", "money")
    }
    for title in own_dates:
        place = into.position(title)
        if place is not None:
            formats[place] = NUMBER_FORMATS["date"]
    return formats


def _set(book: xw.Book, key: str, value: str) -> None:
    wanted = layout.setting(key).name.casefold()
    for name in book.names:
        if name.name.casefold() == wanted and "#REF!" not in name.refers_to:
            name.refers_to_range.value = value


def _rates(given: Mapping[str, float]) -> dict[str, float]:
    rates = {}
    for text, rate in given.items():
        code = currency_code(text)
        if code is None or not 0 < rate < 1e9:
            raise SheetError(
                f"--rate takes a currency and what one unit is worth, such as EUR=1.08, not {text}={rate}.",
                f"--rate 的写法是“币种=汇率”，例如 EUR=1.08，而不是 {text}={rate}。",
            )
        rates[code] = float(rate)
    return rates


def _unused(intake: Any) -> list[Text]:
    columns = intake.columns
    if columns.exporter is None or not columns.unused:
        return []
    titles = [intake.export.headers[place] for place in columns.unused]
    shown, more = titles[:8], len(titles) - 8
    return [
        Text(
            f"Recognised as {columns.exporter.name}. Columns that do not come along: {', '.join(shown)}"
            f'{f" and {more} more" if more > 0 else ""}. --map "Theirs=feature" brings one along.',
            f"识别为{columns.exporter.name}的导出文件。未导入的列：{'、'.join(shown)}"
            f'{f" 等 {len(titles)} 列" if more > 0 else ""}。可用 --map "列名=特征" 一并导入。',
        )
    ]


def parsed_rates(texts: Sequence[str]) -> dict[str, float]:
    """``EUR=1.08`` as a mapping.

    Raises
    ------
    SheetError
    """
    rates = {}
    for text in texts:
        code, sign, rate = text.partition("=")
        try:
            rates[code.strip()] = float(rate)
        except ValueError:
            sign = ""
        if not sign:
            raise SheetError(
                f"--rate takes a currency and what one unit is worth, such as EUR=1.08, not {text}.",
                f"--rate 的写法是“币种=汇率”，例如 EUR=1.08，而不是 {text}。",
            )
    return rates
