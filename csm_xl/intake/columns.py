"""Which column of an export is what: by its exporter's declaration, the owner's word, or by meaning.

A title alone decides nothing: a column called Date that holds no dates, or Total whose numbers are
no ratings, is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.intake.cells import blank, unwrapped
from csm_xl.intake.column_contents import holds
from csm_xl.intake.declaration import Amounts, Exporter, Table
from csm_xl.intake.export import Export
from csm_xl.vocabulary import export_headers, layout
from csm_xl.vocabulary.headers import LABELS, NAME_PARTS, PATTERNS, RATED, normalised
from csm_xl.vocabulary.order_statuses import STATUS_TITLE, status_meaning

#: Keys of which several columns may serve: the first that is filled in a row.
_SEVERAL = frozenset(("account", "email", "phone", "name", "who", "company", "date", "text"))
#: The tables of the workbook behind each kind of file.
WORKBOOK_TABLE: dict[str, str] = {"usage": "contacts", "cancellations": "subscriptions"}
_WEAK = 1500


@dataclass
class Columns:
    """What the columns of a file are.

    Attributes
    ----------
    table : str
        What its rows are.
    places : dict of str to list of int
        Keys to positions, best first.
    along : list of int
        Columns of the owner's own, which come along under their titles.
    unused : list of int
        Columns that do not come along although they hold something.
    exporter : Exporter or None
    amounts : {"line", "order"} or None
        What the exporter says of its amounts.
    strong : int
        How many titles said plainly what they are.
    """

    table: Table
    places: dict[str, list[int]] = field(default_factory=dict)
    along: list[int] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)
    exporter: Exporter | None = None
    amounts: Amounts | None = None
    strong: int = 0

    def first(self, key: str) -> int | None:
        """The position of a key's best column, or None."""
        places = self.places.get(key)
        return places[0] if places else None

    def has(self, *keys: str) -> bool:
        """Whether there is a column for any of the keys."""
        return any(key in self.places for key in keys)


def understood(
    export: Export,
    table: Table,
    exporter: Exporter | None = None,
    chosen: Mapping[int, str] | None = None,
) -> Columns:
    """Find out what each column is.

    Parameters
    ----------
    export : Export
    table : str
        What the rows are.
    exporter : Exporter, optional
        The export that was recognised.
    chosen : mapping, optional
        What the owner said: positions to keys, ``"ignore"`` or ``"feature"`` (comes along as it
        is). Outranks everything.
    """
    chosen = dict(chosen or {})
    found = Columns(table, exporter=exporter, amounts=exporter.amounts if exporter else None)
    taken: set[int] = set(chosen)
    for place, key in chosen.items():
        if key not in ("ignore", "feature"):
            found.places.setdefault(key, []).append(place)
    if exporter is not None:
        _declared(export, exporter, found, taken)
    _by_meaning(export, found, taken)
    if table == "orders":
        _statuses(export, found, taken)
    feature = [place for place, key in chosen.items() if key == "feature"]
    _leftovers(export, found, taken, feature)
    return found


def _declared(export: Export, exporter: Exporter, found: Columns, taken: set[int]) -> None:
    full = {}
    short = {}
    for place, header in reversed(list(enumerate(export.headers))):
        full[normalised(header)] = place
        short[normalised(header, brackets=False)] = place
    for key, titles in exporter.columns.items():
        for title in titles.split("|"):
            plain = normalised(title)
            at = full.get(plain, short.get(normalised(title, brackets=False)))
            if (
                not plain
                or at is None
                or at in taken
                or (key in found.places and key not in _SEVERAL)
            ):
                continue
            found.places.setdefault(key, []).append(at)
            taken.add(at)
            found.strong += 1


def _by_meaning(export: Export, found: Columns, taken: set[int]) -> None:
    names = titles_of(found.table)
    candidates = []
    for place, header in enumerate(export.headers):
        if place in taken or not header:
            continue
        for rank, key in _meanings(header, names, found.table):
            candidates.append((rank, place, key))
    if found.exporter is not None and not found.exporter.questions:
        # Of a known export only what it lacks is looked for elsewhere.
        candidates = [
            c
            for c in candidates
            if c[2] not in found.places and c[2] in _NEEDED.get(found.table, ())
        ]
    technical = set()
    if found.exporter is not None and found.exporter.technical:
        technical = {normalised(t) for t in found.exporter.technical.split("|")}
    order = {key: i for i, key in enumerate(names)}
    late = []
    refused = []
    for rank, place, key in sorted(candidates, key=lambda c: (c[0], order[c[2]], c[1])):
        if place in taken or normalised(export.headers[place]) in technical:
            continue
        if key in found.places and key not in _SEVERAL:
            continue
        if key == "who" and found.has("account"):
            continue
        if key in found.places and rank >= _WEAK and key != "date":
            continue
        fits = holds(export.columns[place], key)
        if fits is None:
            # A column without anything in it serves only where no other does.
            late.append((place, key))
            continue
        if not fits:
            if rank == 0 or (rank < 1000 and key in ("amount", "price") and not found.has(key)):
                refused.append((place, key))
            continue
        found.places.setdefault(key, []).append(place)
        taken.add(place)
        found.strong += rank < 1000
    # What is called as we call it is meant, though its cells cannot be read: they are named then.
    for place, key in (*refused, *late):
        if key not in found.places and place not in taken:
            found.places[key] = [place]
            taken.add(place)
    _joined_name(export, found, taken)
    if found.table == "orders" and "order_id" not in found.places and found.has("invoice"):
        # Who sells by invoice counts by invoice.
        found.places["order_id"] = found.places["invoice"]


#: Without these a known export is of no use, so their columns are looked for by meaning too.
_NEEDED = {
    "orders": ("order_id", "date", "amount", "account", "email", "phone", "name"),
    "customers": ("customer_id", "email", "phone", "name"),
    "feedback": (
        "date",
        "rating",
        "recommend",
        "text",
        "functional",
        "service",
        "emotional",
        "response_hours",
    ),
    "subscriptions": ("subscription_id", "account", "start", "price", "year_price"),
}


def titles_of(table: str) -> dict[str, tuple[str, ...]]:
    """Everything that the columns of one kind of file may be, with what it is called."""
    names: dict[str, tuple[str, ...]] = {}
    own = export_headers.aliases(table)
    known = {c.key: c for c in layout.table(WORKBOOK_TABLE.get(table, table)).columns if not c.ours}
    for key, others in own.items():
        titles = (known[key].title.en, known[key].title.zh, key) if key in known else (key,)
        names[key] = (*titles, *others)
    if table == "customers":
        names["churned"] = ("Churned", "是否流失", *LABELS)
        for key, column in known.items():
            names.setdefault(key, (column.title.en, column.title.zh, key))
        for key in ("account", "who"):
            names[key] = export_headers.WHO[key] if key == "account" else ()
    else:
        names |= {
            key: who
            for key, who in export_headers.WHO.items()
            if key not in ("first_name", "last_name")
        }
    return names


def _meanings(header: str, names: Mapping[str, Sequence[str]], table: str) -> list[tuple[int, str]]:
    """What a title may mean, with the rank of each meaning; a lower rank is surer."""
    full, short = normalised(header), normalised(header, brackets=False)
    found = []
    if not full:
        return []
    for key, titles in _ranks(names, table).items():
        if full in titles:
            found.append((titles[full], key))
        elif short and short in titles:
            found.append((1000 + titles[short], key))
    if not found:
        guessed = (
            _question(full, header) if table == "feedback" else export_headers.meant(header, table)
        )
        # Of several questions the one that asks for everything is the rating.
        sure = 1990 if table == "feedback" and _OVERALL.search(full) else 2000
        found += [(sure, key) for key in guessed]
    return found


_PART_OF_AMOUNT = frozenset(
    ("subtotal", "price", "value", "spend", "sales", "revenue", "net", "netamount")
)
_RANKS: dict[str, dict[str, dict[str, int]]] = {}


def _ranks(names: Mapping[str, Sequence[str]], table: str) -> dict[str, dict[str, int]]:
    if table not in _RANKS:
        ranks: dict[str, dict[str, int]] = {}
        for key, titles in names.items():
            one: dict[str, int] = {}
            for rank, title in enumerate(titles):
                plain = normalised(title)
                # "Grand total (base)" is what was paid, though a subtotal stands there in so many words.
                late = 1200 if key == "amount" and plain in _PART_OF_AMOUNT else 0
                one.setdefault(plain, max(rank - 2, 0) + late)
            one.pop("", None)
            ranks[key] = one
        _RANKS[table] = ranks
    return _RANKS[table]


_OVERALL = re.compile(
    r"总体|整体|总的|综合|全部|全体|総合|overall|ingeneral|altogether|allinall|insgesamt|gesamt|global|engeneral|complessiv"
    r"|nelcomplesso|nogeral|overhetalgemeen"
)


def _question(full: str, header: str) -> list[str]:
    """What the question of a survey asks for."""
    if PATTERNS["feedback"][0][1].search(full):
        return ["recommend"]
    if _OVERALL.search(full) and RATED.search(full):
        return ["rating"]
    if export_headers.RESPONSE.search(header.casefold()):
        return ["response_hours"]
    for key, pattern in PATTERNS["feedback"]:
        if pattern.search(full):
            if key == "contact":
                return ["email"] if re.search("邮箱|mail", full) else ["phone", "who"]
            return [key]
    if re.search(
        r"anythingelse|moretosay|elsewe|thoughts|why|为什么|原因|想法|还有什么|其他", full
    ):
        return ["text"]
    if re.search(r"yourname|姓名|称呼|您是谁", full):
        return ["name"]
    return []


def _joined_name(export: Export, found: Columns, taken: set[int]) -> None:
    """A name that stands in two columns, the second of which may be called Name alone."""
    if "first_name" in found.places:
        return
    name = found.first("name")
    free = {
        normalised(h): i
        for i, h in reversed(list(enumerate(export.headers)))
        if i not in taken or i == name
    }
    for firsts, lasts in NAME_PARTS:
        first = next((free[normalised(n)] for n in firsts if normalised(n) in free), None)
        last = next((free[normalised(n)] for n in lasts if normalised(n) in free), None)
        if first is None or last is None or name not in (None, first, last):
            continue
        found.places.pop("name", None)
        found.places["first_name"], found.places["last_name"] = [first], [last]
        taken.update((first, last))
        return


def _statuses(export: Export, found: Columns, taken: set[int]) -> None:
    """Every further column that has statuses, whatever it is called."""
    places = found.places.get("status", [])
    for place, header in enumerate(export.headers):
        if place in places:
            continue
        if place in taken and place not in (found.places.get("kind") or []):
            continue
        titled = STATUS_TITLE.search(normalised(header)) is not None
        if _reads_as_status(export.columns[place], titled):
            places = [*places, place]
            if place not in taken:
                taken.add(place)
    if places:
        found.places["status"] = places


def _reads_as_status(cells: Sequence[Any], titled: bool) -> bool:
    """Whether a column holds statuses: few different texts, most of them understood as such."""
    counts: dict[str, int] = {}
    for cell in cells:
        if isinstance(cell, str) and cell.strip():
            counts[cell] = counts.get(cell, 0) + 1
            if len(counts) > 60 or len(cell) > 60:
                return False
    known = {text: status_meaning(text) for text in counts if unwrapped(text) is not None}
    if not known:
        return False
    total = sum(counts[text] for text in known)
    told = sum(counts[text] for text, meaning in known.items() if meaning is not None)
    money = sum(counts[text] for text, meaning in known.items() if meaning not in (None, "neutral"))
    if titled:
        return money > 0 or told < total
    return told >= 0.8 * total and any(
        meaning not in (None, "neutral", "paid") for meaning in known.values()
    )


def _leftovers(export: Export, found: Columns, taken: set[int], feature: list[int]) -> None:
    declared = set()
    survey = found.exporter is not None and found.exporter.questions
    technical: set[str] = set()
    if found.exporter is not None:
        declared = {normalised(t) for t in found.exporter.along.split("|") if t}
        technical = {normalised(t) for t in found.exporter.technical.split("|") if t}
    for place, header in enumerate(export.headers):
        if place in feature:
            found.along.append(place)
        elif (
            place in taken
            or not header
            or all(blank(unwrapped(c)) for c in _some(export.columns[place]))
        ):
            continue
        elif (
            found.exporter is None
            or (survey and normalised(header) not in technical)
            or normalised(header) in declared
        ):
            found.along.append(place)
        else:
            found.unused.append(place)


def _some(cells: Sequence[Any]) -> Sequence[Any]:
    return cells
