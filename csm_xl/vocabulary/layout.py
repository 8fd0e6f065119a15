"""The layout of the workbook: the one place that knows its sheets, tables, columns and words.

Everything that reads or writes a workbook asks here. Tables have the same Excel name in both
languages, so that a formula says ``Customers[...]`` in either; sheets and columns speak the
workbook's language. Reading accepts both languages and what other programs call a column.

>>> from csm_xl.workbook import layout
>>> layout.table("feedback").column("rating").title.zh
'评分'
>>> layout.find_column(["买家会员名", "买家实际支付金额"], "amount", "orders")
1
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from csm_xl.errors import SheetError
from csm_xl.language import Language, Text
from csm_xl.vocabulary import customer_columns as customers
from csm_xl.vocabulary import record_columns as entries
from csm_xl.vocabulary import result_columns as results
from csm_xl.vocabulary import words
from csm_xl.vocabulary.columns import Column, Sheet, Table
from csm_xl.vocabulary.headers import ALIASES, LABELS, PATTERNS, normalised
from csm_xl.vocabulary.settings import GROUPS, SETTINGS, Setting

__all__ = [
    "BESIDE",
    "CONF_SHEET",
    "GROUPS",
    "HIDDEN_SHEET",
    "SETTINGS",
    "SHEETS",
    "TABLES",
    "VERSION",
    "Column",
    "HeaderMatch",
    "Setting",
    "Sheet",
    "Table",
    "detect_language",
    "find_column",
    "find_label",
    "formula",
    "is_our_column",
    "match_headers",
    "reference",
    "setting",
    "sheet",
    "sheet_key",
    "table",
    "table_named",
]

#: Raised by one when the layout changes in a way that `upgrade` must know.
VERSION = 1

#: xlwings looks its settings up in a sheet of this very name.
CONF_SHEET = "xlwings.conf"
#: The model, the layout's version and the words that the VBA shows; very hidden.
HIDDEN_SHEET = "_csm"

#: What stands behind the name of a table of ours where the owner's has that name.
BESIDE = "_csm_xl"

SHEETS: tuple[Sheet, ...] = (
    Sheet("start", Text("Start", "开始")),
    Sheet("dashboard", Text("Dashboard", "仪表盘")),
    Sheet("customers", Text("Customers", "客户"), landscape=True),
    Sheet("orders", Text("Orders", "订单")),
    Sheet("feedback", Text("Feedback", "反馈"), landscape=True),
    Sheet("contacts", Text("Contacts", "联系")),
    Sheet("actions", Text("Actions", "行动"), landscape=True),
    Sheet("playbook", Text("Playbook", "行动手册"), landscape=True),
    Sheet("changes", Text("Changes", "改进"), landscape=True),
    Sheet("cohorts", Text("Retention", "留存"), landscape=True),
    Sheet("model", Text("Model", "模型"), landscape=True),
    Sheet("history", Text("History", "历史"), landscape=True),
    Sheet("settings", Text("Settings", "设置"), landscape=True),
    Sheet("conf", Text(CONF_SHEET, CONF_SHEET), "veryHidden"),
    Sheet("hidden", Text(HIDDEN_SHEET, HIDDEN_SHEET), "veryHidden"),
    # A new workbook has these not: they are added when they are first needed.
    Sheet("columns", Text("Columns", "列"), landscape=True, template=False),
    Sheet("subscriptions", Text("Subscriptions", "订阅"), template=False),
)

TABLES: dict[str, Table] = {
    t.key: t
    for t in (
        customers.CUSTOMERS,
        entries.ORDERS,
        entries.FEEDBACK,
        entries.CONTACTS,
        entries.SUBSCRIPTIONS,
        entries.CHANGES,
        results.ACTIONS,
        results.PLAYBOOK,
        results.COHORTS,
        results.FACTS,
        results.QUALITY,
        results.COMPARISON,
        results.RELIABILITY,
        results.DRIVERS,
        results.HISTORY,
        results.PAIN_POINTS,
        results.LOOP,
        results.SETTINGS_TABLE,
        results.COLUMNS,
    )
}

_SHEETS = {s.key: s for s in SHEETS}
_LEVELS: dict[str, str] = {
    lang: "{" + ",".join(f'"{word}"' for word in reversed(words.LEVELS.within(lang))) + "}"
    for lang in ("en", "zh")
}


def sheet(key: str) -> Sheet:
    """The sheet called `key`, such as ``"customers"``."""
    return _SHEETS[key]


def table(key: str) -> Table:
    """The table called `key`, such as ``"customers"``."""
    return TABLES[key]


def setting(key: str) -> Setting:
    """The setting called `key`, such as ``"risk_high"``."""
    return SETTINGS[key]


def table_named(name: str) -> Table | None:
    """The table whose Excel name is `name`, in any case, or None.

    Where an owner's table has the name, ours has :data:`BESIDE` behind it.
    """
    wanted = name.casefold().removesuffix(BESIDE.casefold())
    for one in TABLES.values():
        if one.name.casefold() == wanted:
            return one
    return None


def sheet_key(name: str) -> str | None:
    """The key of the sheet that `name` is called in either language, or None."""
    wanted = normalised(name)
    for one in SHEETS:
        if wanted in (normalised(one.title.en), normalised(one.title.zh)) and wanted:
            return one.key
    return None


def reference(table_key: str, column_key: str, lang: Language, *, this_row: bool = False) -> str:
    """A structured reference as a file stores it, e.g. ``Feedback[[#This Row],[评分]]``."""
    one = table(table_key)
    title = one.column(column_key).title.within(lang)
    for sign in "'[]#":
        title = title.replace(sign, f"'{sign}")
    return f"{one.name}[[#This Row],[{title}]]" if this_row else f"{one.name}[{title}]"


_FIELD = re.compile(r"\{([a-z_]+)\.([a-z0-9_]+)\}")


def formula(template: str, lang: Language, this: str | None = None) -> str:
    """A native formula in the words of a workbook, from a template.

    Fields: ``{this.column}`` the cell of that column in the same row of table `this`,
    ``{table.column}`` a whole column, ``{set.key}`` a setting's value, ``{levels.en}`` and
    ``{levels.zh}`` the level words from worst to best as an array.
    """

    def filled(found: re.Match[str]) -> str:
        owner, key = found.groups()
        if owner == "set":
            return setting(key).name
        if owner == "levels":
            return _LEVELS[key]
        if owner == "this":
            if this is None:
                raise ValueError("a {this...} field needs the table it stands in")
            return reference(this, key, lang, this_row=True)
        return reference(owner, key, lang)

    return _FIELD.sub(filled, template)


def is_our_column(header: object, table_key: str = "customers") -> bool:
    """Whether csm-xl itself fills a column with this header, so that it is never a feature."""
    key = match_headers([header], table_key).key_of.get(0)
    return key is not None and table(table_key).column(key).ours


@dataclass(frozen=True)
class HeaderMatch:
    """Which columns of a sheet are which of ours.

    Attributes
    ----------
    columns : dict
        Our column's key to the position of its header, from 0.
    """

    columns: dict[str, int]

    @property
    def key_of(self) -> dict[int, str]:
        """Position to our column's key."""
        return {position: key for key, position in self.columns.items()}


def match_headers(
    headers: Iterable[object],
    table_key: str,
    *,
    owners_only: bool = False,
    chosen: Mapping[str, int] | None = None,
) -> HeaderMatch:
    """Find our columns among the headers of a sheet or of an export.

    Parameters
    ----------
    headers : iterable
        The header cells, left to right.
    table_key : str
        Which of our tables the rows are for.
    owners_only : bool
        Leave out the columns that csm-xl fills; for importing.
    chosen : mapping, optional
        What the owner said: our column's key to a position. Outranks everything.

    Returns
    -------
    HeaderMatch
        Each of our columns and each header is used once. An own title, in either language, beats
        an alias; an earlier alias beats a later one; brackets are ignored only as a last resort.
    """
    cells = list(headers)
    one = table(table_key)
    wanted = [c for c in one.columns if not (owners_only and c.ours)]
    candidates = sorted(
        (rank, order, position, column.key)
        for order, column in enumerate(wanted)
        for rank, position in _candidates(cells, column, table_key)
    )
    columns: dict[str, int] = dict(chosen or {})
    taken = {position: key for key, position in columns.items()}
    for _, _, position, key in candidates:
        if key not in columns and position not in taken:
            columns[key] = position
            taken[position] = key
    return HeaderMatch(columns)


def find_column(headers: Sequence[object], key: str, table_key: str = "customers") -> int | None:
    """The position of our column `key` among the headers, or None."""
    return match_headers(headers, table_key).columns.get(key)


def find_label(headers: Iterable[object]) -> int | None:
    """The position of the column that says who left, or None.

    Raises
    ------
    SheetError
        When two columns say it, and neither more plainly than the other.
    """
    cells = list(headers)
    ranks = {normalised(name): rank for rank, name in enumerate(LABELS)}
    found = [(ranks[normalised(c)], i) for i, c in enumerate(cells) if normalised(c) in ranks]
    if len(found) > 1:
        names = [str(cells[position]) for _, position in found]
        raise SheetError(
            f"{len(found)} columns say who left: {', '.join(names)}. Keep one of them, or rename "
            "the others.",
            f"有 {len(found)} 列都表示客户是否流失：{'、'.join(names)}。"
            "请只保留一列，或给其他列改名。",
        )
    return found[0][1] if found else None


def detect_language(sheet_names: Iterable[str], headers: Iterable[object] = ()) -> Language | None:
    """The language that a workbook is written in, or None when neither shows.

    Our own sheet names decide; else whether most headers hold Chinese characters.
    """
    english = {normalised(s.title.en) for s in SHEETS if s.visible == "visible"}
    chinese = {normalised(s.title.zh) for s in SHEETS if s.visible == "visible"}
    names = [normalised(name) for name in sheet_names]
    votes = sum(name in chinese for name in names) - sum(name in english for name in names)
    if votes == 0:
        texts = [str(h) for h in headers if isinstance(h, str) and h.strip()]
        votes = sum(1 if _CHINESE.search(text) else -1 for text in texts)
    return None if votes == 0 else "zh" if votes > 0 else "en"


_CHINESE = re.compile(r"[\u3400-\u9fff]")


def _candidates(cells: Sequence[object], column: Column, table_key: str) -> list[tuple[int, int]]:
    """(rank, position) of every header that may mean `column`; a lower rank is surer."""
    names = [column.title.en, column.title.zh, column.key]
    aliases = ALIASES.get(table_key, {}).get(column.key, ())
    if column.key == "churned":
        aliases = LABELS
    ranks: dict[str, int] = {}
    for name in names:
        ranks.setdefault(normalised(name), 0)
    for rank, name in enumerate(aliases, 1):
        ranks.setdefault(normalised(name), rank)
    found = []
    for position, cell in enumerate(cells):
        full = normalised(cell)
        if not full:
            continue
        if full in ranks:
            found.append((ranks[full], position))
        elif (short := normalised(cell, brackets=False)) in ranks:
            found.append((1000 + ranks[short], position))
        elif any(
            key == column.key and pattern.search(full)
            for key, pattern in _first_pattern(full, table_key)
        ):
            found.append((2000, position))
    return found


def _first_pattern(full: str, table_key: str) -> list[tuple[str, re.Pattern[str]]]:
    """The first pattern of the table that a header shows, as a list of none or one."""
    for key, pattern in PATTERNS.get(table_key, ()):
        if pattern.search(full):
            return [(key, pattern)]
    return []
