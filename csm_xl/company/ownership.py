"""Which columns csm-xl wrote: a hidden name on each title cell, and the title that it had then.

Ours is what we wrote, not what is called like ours. Where the name points at another title, or at
none, the column is the owner's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from csm_xl.company.workbook_facts import Facts
from csm_xl.language import LANGUAGES
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank

#: The record that says which name stands for which column, and the beginning of such names.
RECORD = "columns"
PREFIX = "_csm.column."
#: Columns of the Customers table without which it is none of csm-xl's own making.
_TEMPLATE = frozenset(["churn_probability", "risk", "stage", "orders", "days_since"])
#: What csm-xl writes on a sheet of the owner's.
_RESULTS = ("churn_probability", "risk", "correction")
_WITHIN = re.compile(r"\s*(?:[(（][^()（）]*(?:within|天内|days?)[^()（）]*[)）]|within .+)\s*$")


def titles_on_record(records: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The names of csm-xl's title cells, to the column's key and its title when it was written."""
    return {
        name: (key, title) for name, (key, title) in json.loads(records.get(RECORD, "{}")).items()
    }


def own_places(
    facts: Facts,
    sheet: str,
    name: str | None,
    headers: Sequence[str],
    row: int,
    column: int,
    rows: Sequence[Sequence[Any]],
) -> dict[int, str]:
    """The columns of a table that csm-xl wrote: place to key.

    Parameters
    ----------
    facts : Facts
    sheet : str
    name : str or None
        Of the Excel table.
    headers : sequence of p str
    row, column : int
        Of the first title.
    rows : sequence of n rows
    """
    found: dict[int, str] = {}
    titles = titles_on_record(facts.records)
    for cell_name, (key, title) in titles.items():
        at, down, across = facts.cells.get(cell_name.casefold(), ("", 0, 0))
        place = across - column
        if at != sheet or down != row or not 0 <= place < len(headers):
            continue
        if folded(headers[place]) == folded(title):
            found[place] = key
    if not found:
        found = _adopted(facts, sheet, name, headers, rows)
    # A program that moves cells without their names leaves a title and results that are ours.
    alike = [folded(header) for header in headers]
    for key, title in titles.values():
        if key in _RESULTS and key not in found.values() and folded(title) in alike:
            place = alike.index(folded(title))
            if place not in found and _holds_results(rows, key, place):
                found[place] = key
    return found


def _adopted(
    facts: Facts,
    sheet: str,
    name: str | None,
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> dict[int, str]:
    """What csm-xl 0.1.0 wrote, which kept no record: its own tables, and its columns on a sheet of the owner's."""
    plain = [_WITHIN.sub("", title) if _is_probability(title) else title for title in headers]
    table = layout.table("customers")
    ours = {
        key: place
        for key, place in layout.match_headers(plain, "customers").columns.items()
        if table.column(key).ours and _titled(headers[place], key)
    }
    if name is not None and name.casefold() == "customers" and set(ours) >= _TEMPLATE:
        return {place: key for key, place in ours.items()}
    trained = json.loads(facts.records.get("source", "{}")).get("sheet")
    if RECORD in facts.records or "model" not in facts.records or trained is None:
        return {}
    if str(trained).casefold() not in ((name or sheet).casefold(), sheet.casefold()):
        return {}
    return {
        ours[key]: key for key in _RESULTS if key in ours and _holds_results(rows, key, ours[key])
    }


def _titled(header: str, key: str) -> bool:
    """Whether a header is our own title of a column, not another word for it."""
    title = layout.table("customers").column(key).title
    plain = _WITHIN.sub("", header) if key == "churn_probability" else header
    return folded(plain) in {folded(title.within(lang)) for lang in LANGUAGES}


def _is_probability(header: str) -> bool:
    return bool(_WITHIN.search(header)) and _titled(header, "churn_probability")


def _holds_results(rows: Sequence[Sequence[Any]], key: str, place: int) -> bool:
    """Whether a column holds what csm-xl writes there: probabilities, or words for a risk."""
    filled = [row[place] for row in rows if place < len(row) and not is_blank(row[place])]
    if key == "risk":
        fits = [words.RISKS.key(c) is not None or words.STATUSES.key(c) is not None for c in filled]
    elif key == "correction":
        fits = [isinstance(c, (int, float)) for c in filled]
    else:
        fits = [isinstance(c, (int, float)) and 0 <= c <= 1 for c in filled]
    return bool(filled) and sum(fits) >= 0.95 * len(fits)


def new_name(taken: Collection[str]) -> str:
    """A name for a further title cell."""
    number = 1
    while f"{PREFIX}{number}" in taken:
        number += 1
    return f"{PREFIX}{number}"
