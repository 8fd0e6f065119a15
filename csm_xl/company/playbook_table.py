"""The owner's playbook, read from its sheet."""

from __future__ import annotations

from csm_xl.company.first_rules import first_rules
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.playbook import DAYS, Rule, words_of
from csm_xl.company.settings import Settings
from csm_xl.errors import CsmError, SheetError
from csm_xl.language import Language
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import COUNT
from csm_xl.vocabulary.cells import as_text, is_blank


def read_playbook(table: HeaderTable | None, settings: Settings, lang: Language) -> list[Rule]:
    """The rules of the Playbook sheet; the first playbook where there is none.

    Raises
    ------
    SheetError
        Names the cell with a word that is no stage or no risk, or with no number of days.
    """
    rules = _rules(table) if table is not None and "action" in _places(table) else []
    return rules or first_rules(settings.get("business"), lang)


def _places(table: HeaderTable) -> dict[str, int]:
    return layout.match_headers(table.headers, "playbook").columns


def _rules(table: HeaderTable) -> list[Rule]:
    places = _places(table)
    table.refuse_errors(list(places.values()))
    rules = []
    for index, row in enumerate(table.rows):
        cells = {key: row[place] for key, place in places.items()}
        if is_blank(cells["action"]):
            continue
        rules.append(
            Rule(
                _key(table, index, cells, "stage", words.STAGES),
                _key(table, index, cells, "risk", words.ACTION_RISKS),
                () if is_blank(cells.get("reason")) else words_of(as_text(cells["reason"])),
                as_text(cells["action"]).strip(),
                _days(table, index, cells),
            )
        )
    return rules


def _key(table: HeaderTable, index: int, cells: dict, name: str, known: words.Words) -> str:
    cell = cells.get(name)
    if is_blank(cell):
        return ""
    key = known.key(cell)
    if key is None:
        where = table.address(index, _places(table)[name])
        raise SheetError(
            f"{where} says “{cell}”. It should be one of {', '.join(known.within('en'))}, or blank "
            "for any.",
            f"{where} 中是“{cell}”，应为 {'、'.join(known.within('zh'))} 之一，或留空表示任何情况。",
        )
    return key


def _days(table: HeaderTable, index: int, cells: dict) -> int:
    cell = cells.get("days")
    try:
        number = COUNT.read(cell)
    except CsmError:
        where = table.address(index, _places(table)["days"])
        raise SheetError(
            f"{where} says “{cell}”. It should be a number of days.",
            f"{where} 中是“{cell}”，应为天数。",
        ) from None
    return DAYS if number != number else int(number)
