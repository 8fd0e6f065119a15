"""Which column of a file is which, as the owner said it: now, on the mapping sheet, or before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from csm_xl.errors import SheetError
from csm_xl.intake.export import Export
from csm_xl.vocabulary import export_headers, layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.headers import normalised
from csm_xl.vocabulary.roles import ROLES as ROLE_NAMES

#: What roles are called among the keys of an import; the same in every table unless named.
ROLES: dict[str, str] = {
    "id": "customer_id",
    "name": "name",
    "left": "left_on",
    "start": "start",
    "price": "price",
    "revenue": "total_spend",
    "usage": "usage",
    "rating": "rating",
    "nps": "recommend",
    "last contact": "last_seen",
    "e-mail": "email",
    "phone": "phone",
    "do not contact": "do_not_contact",
    "note": "note",
    "order number": "order_id",
    "date": "date",
    "amount": "amount",
    "text": "text",
    "points": "points",
    "referred by": "referred_by",
    "renewal": "feature",
    "tenure": "feature",
    "personal": "feature",
    "feature": "feature",
    "formula": "ignore",
    "csm-xl": "ignore",
    "ignore": "ignore",
}
_ZH = {ROLE_NAMES[role].zh: key for role, key in ROLES.items()}
_TABLES = ("orders", "customers", "feedback", "contacts", "subscriptions")
_BEHIND = {"usage": "contacts", "cancellations": "subscriptions"}


def said_pairs(maps: Sequence[str]) -> list[tuple[str, str]]:
    """``Theirs=Ours`` as pairs, split at the last equals sign.

    Raises
    ------
    SheetError
    """
    pairs = []
    for one in maps:
        theirs, sign, ours = one.rpartition("=")
        if not sign or not theirs.strip() or not ours.strip():
            raise SheetError(
                f'--map takes "Theirs=Ours", such as "Kd-Nr=Customer ID"; “{one}” has no two sides.',
                f'--map 的写法是“文件中的列=我们的列”，例如 "Kd-Nr=客户编号"；“{one}”缺少一边。',
            )
        pairs.append((theirs.strip(), ours.strip()))
    return pairs


def key_of(ours: str, table: str | None) -> str:
    """The key that a title of ours, in either language, or a role means.

    Raises
    ------
    SheetError
        It means nothing; says what it could be.
    """
    wanted = normalised(ours)
    tables = [_BEHIND.get(table, table)] if table else list(_TABLES)
    for name in tables:
        for column in layout.table(name).columns:
            if column.ours:
                continue
            if wanted in (
                normalised(column.title.en),
                normalised(column.title.zh),
                normalised(column.key),
            ):
                return _intake_key(column.key, name)
    role = ROLES.get(
        folded(ours).replace("e mail", "e-mail").replace("csm xl", "csm-xl")
    ) or _ZH.get(ours.strip())
    if role is not None:
        return _intake_key(role, tables[0] if table else "orders")
    for name in [table] if table else tables:
        everything = {**export_headers.aliases(name), **export_headers.WHO}
        for key, titles in everything.items():
            if wanted == normalised(key) or wanted in map(normalised, titles):
                return _intake_key(key, name)
    ours_all = [c.title for name in tables for c in layout.table(name).owners]
    en = ", ".join(dict.fromkeys(t.en for t in ours_all))
    zh = "、".join(dict.fromkeys(t.zh for t in ours_all))
    raise SheetError(
        f"“{ours}” is none of our columns. Choose from: {en}; or a role: {', '.join(ROLES)}.",
        f"“{ours}”不是我们的列，可选：{zh}；或角色：{'、'.join(_ZH)}。",
    )


def _intake_key(key: str, table: str) -> str:
    # In every other table the number tells whose a row is.
    return "account" if key == "customer_id" and table != "customers" else key


def chosen_places(
    export: Export, pairs: Sequence[tuple[str, str]], table: str | None
) -> dict[int, str]:
    """Positions to keys, as the pairs say.

    Raises
    ------
    SheetError
        The file has no such title.
    """
    chosen: dict[int, str] = {}
    for theirs, ours in pairs:
        place = _place(export, theirs)
        if place is None:
            there = [header for header in export.headers if header]
            raise SheetError(
                f"{export.name} has no column {theirs}. It has: {', '.join(there[:20])}.",
                f"{export.name} 中没有“{theirs}”列，其中有：{'、'.join(there[:20])}。",
            )
        chosen[place] = key_of(ours, table)
    return chosen


def _place(export: Export, title: str) -> int | None:
    plain = title.strip().casefold()
    for place, header in enumerate(export.headers):
        if header.strip().casefold() == plain:
            return place
    wanted = normalised(title)
    return next(
        (i for i, header in enumerate(export.headers) if wanted and normalised(header) == wanted),
        None,
    )


class Answers:
    """What the owner said of files before, by their titles.

    Parameters
    ----------
    text : str, optional
        What :meth:`text` gave.
    """

    def __init__(self, text: str | None = None) -> None:
        kept: dict[str, Any] = json.loads(text) if text else {}
        self._maps: list[dict[str, str]] = kept.get("maps", [])
        self.currency: str | None = kept.get("currency")

    def for_export(self, export: Export) -> dict[int, str]:
        """What was said of files that have these titles."""
        chosen: dict[int, str] = {}
        for one in self._maps:
            places = {title: _place(export, title) for title in one}
            if all(place is not None for place in places.values()):
                chosen |= {
                    place: one[title] for title, place in places.items() if place is not None
                }
        return chosen

    def remember(self, export: Export, chosen: Mapping[int, str]) -> None:
        """Keep what was said of a file."""
        said = {export.headers[place]: key for place, key in chosen.items()}
        if said:
            self._maps = [one for one in self._maps if set(one) != set(said)] + [said]

    def text(self) -> str:
        """The answers as text."""
        return json.dumps({"maps": self._maps, "currency": self.currency}, ensure_ascii=False)
