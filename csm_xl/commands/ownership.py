"""Which columns csm-xl wrote: a hidden name on each title cell, and the title that it had then.

Ours is what we wrote, not what is called like ours. Where the name points at another title, or at
none, the column is the owner's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import xlwings as xw

from csm_xl.commands.excel import hide_name
from csm_xl.commands.header_table import Source
from csm_xl.language import LANGUAGES
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank

#: The record that says which name stands for which column, and the beginning of such names.
RECORD = "columns"
_PREFIX = "_csm.column."
#: Columns of the Customers table without which it is none of csm-xl's own making.
_TEMPLATE = frozenset(["churn_probability", "risk", "stage", "orders", "days_since"])
#: What csm-xl writes on a sheet of the owner's.
_RESULTS = ("churn_probability", "risk")
_WITHIN = re.compile(r"\s*[(（]?(within .+|.*\d+ ?天内|.*\d+ days?)[)）]?\s*$")


@dataclass
class Ownership:
    """The columns on record.

    Attributes
    ----------
    titles : dict of str to (str, str)
        Name to the column's key and its title when it was written.
    cells : dict of str to (str, int, int)
        Name to the sheet, row and column it points at now.
    any : bool
        Whether the workbook has such a record at all.
    records : mapping of str to str
        The workbook's records.
    """

    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    cells: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    any: bool = False
    records: Mapping[str, str] = field(default_factory=dict)


def read_ownership(book: xw.Book, records: Mapping[str, str]) -> Ownership:
    """The record of our columns, and where they stand now."""
    if RECORD not in records:
        return Ownership(records=records)
    titles = {name: (key, title) for name, (key, title) in json.loads(records[RECORD]).items()}
    cells = {}
    for name in book.names:
        own = name.name.rpartition("!")[2]
        if own.casefold().startswith(_PREFIX) and "#REF!" not in name.refers_to:
            try:
                area = name.refers_to_range
            except ValueError:
                continue
            cells[own.casefold()] = (area.sheet.name, area.row, area.column)
    return Ownership(titles, cells, any=True, records=records)


def own_places(known: Ownership, source: Source) -> dict[int, str]:
    """The columns of a table that csm-xl wrote: place to key."""
    found: dict[int, str] = {}
    for name, (key, title) in known.titles.items():
        sheet, row, column = known.cells.get(name.casefold(), ("", 0, 0))
        place = column - source.column
        if sheet != source.sheet.name or row != source.row:
            continue
        if 0 <= place < len(source.headers) and folded(source.headers[place]) == folded(title):
            found[place] = key
    if not found:
        found = _adopted(known, source)
    # A program that moves cells without their names leaves a title and results that are ours.
    for key, title in known.titles.values():
        if key in _RESULTS and key not in found.values():
            place = source.position(title)
            if place is not None and place not in found and _holds_results(source, key, place):
                found[place] = key
    return found


def _adopted(known: Ownership, source: Source) -> dict[int, str]:
    """What csm-xl 0.1.0 wrote, which kept no record: its own tables, and its columns on a sheet of the owner's."""
    by_key = layout.match_headers(
        [_WITHIN.sub("", title) if _is_probability(title) else title for title in source.headers],
        "customers",
    ).columns
    table = layout.table("customers")
    ours = {
        key: place
        for key, place in by_key.items()
        if table.column(key).ours and _titled(source.headers[place], key)
    }
    if source.table is not None and source.table.name.casefold() == "customers":
        return {place: key for key, place in ours.items()} if set(ours) >= _TEMPLATE else {}
    trained = json.loads(known.records.get("source", "{}")).get("sheet")
    if known.any or "model" not in known.records or trained is None:
        return {}
    if str(trained).casefold() not in (source.name.casefold(), source.sheet.name.casefold()):
        return {}
    return {
        ours[key]: key for key in _RESULTS if key in ours and _holds_results(source, key, ours[key])
    }


def _titled(header: str, key: str) -> bool:
    """Whether a header is our own title of a column, not another word for it."""
    title = layout.table("customers").column(key).title
    plain = _WITHIN.sub("", header) if key == "churn_probability" else header
    return folded(plain) in {folded(title.within(lang)) for lang in LANGUAGES}


def _is_probability(header: str) -> bool:
    return bool(_WITHIN.search(header)) and _titled(header, "churn_probability")


def _holds_results(source: Source, key: str, place: int) -> bool:
    """Whether a column holds what csm-xl writes there: probabilities, or words for a risk."""
    filled = [cell for cell in source.cells(place) if not is_blank(cell)]
    if key == "risk":
        fits = [words.RISKS.key(c) is not None or words.STANDING.key(c) is not None for c in filled]
    else:
        fits = [isinstance(c, (int, float)) and 0 <= c <= 1 for c in filled]
    return bool(filled) and sum(fits) >= 0.95 * len(fits)


def record_columns(book: xw.Book, source: Source, known: Ownership | None = None) -> dict[str, str]:
    """Name the title cells of our columns; returns the record that says so.

    Parameters
    ----------
    book : xlwings.Book
    source : Source
        With its own columns as they were just written.
    known : Ownership, optional
        What was on record; read anew when not given.
    """
    if known is None:
        from csm_xl.commands.hidden_sheet import read_texts

        known = read_ownership(book, read_texts(book))
    titles = dict(known.titles)
    at = {cell: name for name, cell in known.cells.items()}
    kept = {name.casefold(): name for name in titles}
    for place, key in source.ours.items():
        cell = (source.sheet.name, source.row, source.column + place)
        name = kept.get(at.get(cell, ""), "")
        if not name:
            name = _free(titles)
            sheet = source.sheet.name.replace("'", "''")
            hide_name(book.names.add(name, f"='{sheet}'!{_absolute(cell[1], cell[2])}"))
        titles[name] = (key, source.headers[place])
    if titles == known.titles:
        return {}
    return {RECORD: json.dumps(titles, ensure_ascii=False)}


def _free(titles: Mapping[str, object]) -> str:
    number = 1
    while f"{_PREFIX}{number}" in titles:
        number += 1
    return f"{_PREFIX}{number}"


def _absolute(row: int, column: int) -> str:
    from csm_xl.formulas.addresses import column_letters

    return f"${column_letters(column)}${row}"
