"""A file of another program to records: recognised, its columns understood, its rows read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from csm_xl.errors import FileError, SheetError
from csm_xl.intake.account import Account
from csm_xl.intake.columns import Columns, understood
from csm_xl.intake.declaration import Exporter, Table, recognised
from csm_xl.intake.export import Export, export_of
from csm_xl.intake.exporters import ALL
from csm_xl.intake.file_kinds import kind_of, known_titles
from csm_xl.intake.files import Check, read_sheets
from csm_xl.intake.orders import Orders, read_orders
from csm_xl.intake.records import Record, buyers, read_records
from csm_xl.intake.typed import plainly
from csm_xl.language import Language, Text

#: What a file may be asked to hold.
TABLES: tuple[str, ...] = ("customers", "orders", "feedback", "contacts", "subscriptions", "usage")
_NAMES = {
    "customers": Text("customers", "客户"),
    "orders": Text("orders", "订单"),
    "feedback": Text("feedback", "反馈"),
    "contacts": Text("contacts", "联系"),
    "subscriptions": Text("subscriptions", "订阅"),
    "usage": Text("usage", "使用记录"),
    "cancellations": Text("cancellations", "退订记录"),
}
#: What an owner may call them besides.
_ALSO_CALLED = {
    "联系记录": "contacts",
    "使用": "usage",
    "使用量": "usage",
    "评价": "feedback",
    "顾客": "customers",
    "会员": "customers",
}
#: What a file of each kind cannot do without: one of each group.
_REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("customer_id", "account", "email", "phone", "name", "company", "who", "first_name"),),
    "orders": (("amount", "price"),),
    "feedback": (("rating", "recommend", "text", "functional", "service", "emotional", "response_hours"),),
    "contacts": (("date",), ("account", "email", "phone", "name", "who", "company")),
    "subscriptions": (("subscription_id", "account", "email", "phone", "name", "who", "company"), ("start", "end", "price", "year_price")),
    "usage": (("date",), ("subscription_id", "account", "email", "phone", "name", "who", "company")),
    "cancellations": (("subscription_id", "account", "email", "phone", "name", "who", "company"),),
}  # fmt: skip


@dataclass
class Intake:
    """What a file gives.

    Attributes
    ----------
    export : Export
    columns : Columns
    table : str
        What was asked for or recognised.
    records : list of Record
        Empty for orders.
    orders : Orders or None
    own : dict of str to list
        The owner's own columns, by title, one value for each row of the export.
    own_dates : set of str
        Those of them that hold dates.
    """

    export: Export
    columns: Columns
    table: str
    records: list[Record]
    orders: Orders | None = None
    own: dict[str, list[Any]] = field(default_factory=dict)
    own_dates: set[str] = field(default_factory=set)

    @property
    def account(self) -> Account:
        """What became of the rows."""
        return self.export.account

    @property
    def exporter(self) -> Exporter | None:
        """The program that was recognised."""
        return self.columns.exporter


@dataclass(frozen=True)
class Asked:
    """What the owner said of a file.

    Attributes
    ----------
    table : str or None
        One of :data:`TABLES`.
    sheet : str or None
    header_row : int or None
    """

    table: str | None = None
    sheet: str | None = None
    header_row: int | None = None


#: Given an export and a table: positions to keys that the owner said or said before.
Chosen = Callable[[Export, str | None], Mapping[int, str]]


def open_export(path: Path, asked: Asked, check: Check | None = None) -> Export:
    """The titles and columns of a file.

    Raises
    ------
    FileError
    """
    sheets = read_sheets(path, asked.sheet, check)
    export = export_of(sheets, path.name, known_titles, asked.header_row)
    if export.others:
        named = ", ".join(export.others[:5])
        export.account.note(
            Text(
                f"Only the sheet {export.name} was read; others have the same titles: {named}. --sheet names one.",
                f"只读取了 {export.name}；还有标题相同的工作表：{named}。可用 --sheet 指定。",
            )
        )
    return export


def told_table(
    export: Export, asked: Asked, chosen: Mapping[int, str]
) -> tuple[Table, Exporter | None]:
    """What a file is: its table and, where it is recognised, its exporter.

    Raises
    ------
    SheetError
        It is not what was asked for, or could be two things.
    """
    exporter = recognised(export.headers, ALL)
    if asked.table is None:
        if exporter is not None:
            return exporter.table, exporter
        table, score, next_best = kind_of(export, chosen)
        if score < 0.3 or score - next_best < 0.02:
            raise _unclear(export)
        return table, None
    table = cast(Table, asked.table)
    if exporter is not None and exporter.table == table:
        return table, exporter
    if exporter is not None and table == "customers" and exporter.table == "orders":
        return "orders", exporter
    if table == "subscriptions" and kind_of(export, chosen)[0] == "cancellations":
        return "cancellations", None
    if table == "customers" and exporter is None and kind_of(export, chosen)[0] == "orders":
        return "orders", None
    if exporter is not None and table == "orders" and exporter.table in ("customers", "feedback"):
        raise SheetError(
            f"{export.name} holds {_NAMES[exporter.table].en} ({exporter.name}), not orders. Import it with "
            f"--table {exporter.table}.",
            f"{export.name} 是{exporter.name}的{_NAMES[exporter.table].zh}，不是订单，请用 --table {_NAMES[exporter.table].zh} 导入。",
        )
    return table, None


def read_intake(
    export: Export,
    asked: Asked,
    chosen: Mapping[int, str],
    lang: Language,
    *,
    currency: str | None = None,
    rates: Mapping[str, float] | None = None,
    known_numbers: Sequence[str] = (),
) -> Intake:
    """Read the records of a file.

    Parameters
    ----------
    export : Export
    asked : Asked
    chosen : mapping
        Positions to keys that the owner said.
    lang : {"en", "zh"}
        The workbook's language.
    currency : str, optional
        The currency of the books.
    rates : mapping, optional
    known_numbers : sequence of str
        The workbook's customer numbers, folded.

    Raises
    ------
    SheetError
        A column that is needed is missing, or the file is not what was asked for.
    """
    kind, exporter = told_table(export, asked, chosen)
    columns = understood(export, kind, exporter, chosen)
    table = asked.table or kind
    _require(export, columns, kind)
    if kind == "orders":
        orders = read_orders(
            export, columns, currency=currency, rates=rates, known_numbers=known_numbers
        )
        if table == "customers":
            return Intake(export, columns, table, buyers(export, columns, orders, lang), orders)
        return Intake(export, columns, table, [], orders, *_own(export, columns))
    records = read_records(export, columns, lang, known_numbers)
    if kind == "cancellations":
        table = "cancellations"
    return Intake(export, columns, table, records, None, *_own(export, columns))


def _own(export: Export, columns: Columns) -> tuple[dict[str, list[Any]], set[str]]:
    if columns.table in ("usage", "cancellations"):
        return {}, set()
    own: dict[str, list[Any]] = {}
    days = set()
    for place in columns.along:
        title = export.headers[place]
        if title not in own:
            own[title], are_dates = plainly(export.columns[place])
            if are_dates:
                days.add(title)
    return own, days


def missing(columns: Columns, kind: str) -> list[tuple[str, ...]]:
    """The groups of keys of which a file of this kind needs one and has none."""
    return [group for group in _REQUIRED[kind] if not columns.has(*group)]


class NotUnderstood(SheetError):
    """Columns that are needed were not found; the owner can say which they are."""

    def __init__(self, en: str, zh: str, headers: list[str], kind: str) -> None:
        super().__init__(en, zh)
        self.headers, self.kind = headers, kind


def _require(export: Export, columns: Columns, kind: str) -> None:
    lacking = missing(columns, kind)
    if not lacking:
        return
    from csm_xl.vocabulary import layout

    known = {
        c.key: c.title
        for c in layout.table(
            {"usage": "contacts", "cancellations": "subscriptions"}.get(kind, kind)
        ).columns
    }
    needed = [known.get(group[0], Text(group[0], group[0])) for group in lacking]
    shown = [h for h in export.headers if h][:8]
    raise NotUnderstood(
        f"{export.name} was not understood as {_NAMES[kind].en}: no column was found for {', '.join(t.en for t in needed)} "
        f'among {", ".join(shown)}. Say which it is: --map "{shown[0] if shown else "Theirs"}={needed[0].en}".',
        f"无法将 {export.name} 识别为{_NAMES[kind].zh}：在 {'、'.join(shown)} 中没有找到“{'、'.join(t.zh for t in needed)}”列。"
        f'请指定：--map "{shown[0] if shown else "文件中的列"}={needed[0].zh}"。',
        [h for h in export.headers if h],
        kind,
    )


def table_asked(said: str) -> str | None:
    """Which of :data:`TABLES` a person means, in either language; None for none of them."""
    wanted = said.strip().casefold().removesuffix("表")
    for key in TABLES:
        if wanted in (key, key.removesuffix("s"), _NAMES[key].zh):
            return key
    return _ALSO_CALLED.get(wanted)


def tables_told() -> Text:
    """The names of :data:`TABLES`, one after the other."""
    return Text(", ".join(TABLES), "、".join(_NAMES[key].zh for key in TABLES))


def _unclear(export: Export) -> FileError:
    return FileError(
        f"What {export.name} holds cannot be told from its titles. Say it: --table customers, orders, feedback, contacts, "
        "subscriptions or usage.",
        f"无法从标题判断 {export.name} 的内容，请指定 --table 客户、订单、反馈、联系、订阅或使用记录。",
    )
