"""The owner's playbook, read from its sheet."""

from __future__ import annotations

import xlwings as xw

from csm_xl.commands.header_table import Source
from csm_xl.commands.settings import workbook_setting
from csm_xl.commands.table_frames import find_table
from csm_xl.company.first_rules import first_rules
from csm_xl.company.playbook import DAYS, Rule, words_of
from csm_xl.errors import CsmError, SheetError
from csm_xl.intake.values import as_text
from csm_xl.language import Language
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import COUNT
from csm_xl.vocabulary.cells import is_blank


def read_playbook(book: xw.Book, lang: Language) -> list[Rule]:
    """The rules of the Playbook sheet; the first playbook where there is none.

    Raises
    ------
    SheetError
        Names the cell with a word that is no stage or no risk, or with no number of days.
    """
    source = find_table(book, "playbook")
    rules = _rules(source) if source is not None and "action" in _places(source) else []
    return rules or first_rules(workbook_setting(book, "business", None), lang)


def _places(source: Source) -> dict[str, int]:
    return layout.match_headers(source.headers, "playbook").columns


def _rules(source: Source) -> list[Rule]:
    places = _places(source)
    source.refuse_errors(list(places.values()))
    rules = []
    for index, row in enumerate(source.rows):
        cells = {key: row[place] for key, place in places.items()}
        if is_blank(cells["action"]):
            continue
        rules.append(
            Rule(
                _key(source, index, cells, "stage", words.STAGES),
                _key(source, index, cells, "risk", words.RISKS),
                () if is_blank(cells.get("reason")) else words_of(as_text(cells["reason"])),
                as_text(cells["action"]).strip(),
                _days(source, index, cells),
            )
        )
    return rules


def _key(source: Source, index: int, cells: dict, name: str, known: words.Words) -> str:
    cell = cells.get(name)
    if is_blank(cell):
        return ""
    key = known.key(cell)
    if key is None:
        where = source.address(index, _places(source)[name])
        raise SheetError(
            f"{where} says “{cell}”. It should be one of {', '.join(known.within('en'))}, or blank "
            "for any.",
            f"{where} 中是“{cell}”，应为 {'、'.join(known.within('zh'))} 之一，或留空表示任何情况。",
        )
    return key


def _days(source: Source, index: int, cells: dict) -> int:
    cell = cells.get("days")
    try:
        number = COUNT.read(cell)
    except CsmError:
        where = source.address(index, _places(source)["days"])
        raise SheetError(
            f"{where} says “{cell}”. It should be a number of days.",
            f"{where} 中是“{cell}”，应为天数。",
        ) from None
    return DAYS if number != number else int(number)
