"""A new workbook: sheets, tables, formulas, charts; empty or with the rows that are given.

The result is a plain ``.xlsx`` package without macros. What makes it a macro workbook (the VBA
project, the ribbon, the content type) is added by whoever adds the VBA: the workbook and its
sheets already have the code names that a VBA project refers to.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import NamedStyle
from openpyxl.workbook.properties import CalcProperties

from csm_xl.functions.records import HEADER, Record, pack
from csm_xl.language import Language
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.playbook_rows import first_playbook
from csm_xl.workbook.cell_styles import Look
from csm_xl.workbook.dashboard_sheet import Dashboard
from csm_xl.workbook.grid import Rows, put_text
from csm_xl.workbook.normalised_package import finished
from csm_xl.workbook.other_sheets import write_cohorts, write_data, write_model, write_settings
from csm_xl.workbook.row_heights import with_row_heights
from csm_xl.workbook.start_sheet import TryOut, write_start

#: What `xlwings.conf` says. No interpreter path: it would tell the user's name and break
#: elsewhere. No UDF MODULES: Import Functions would write every wrapper a second time.
CONF = (("USE UDF SERVER", "TRUE"), ("ADD_WORKBOOK_TO_PYTHONPATH", "FALSE"))

#: Version of the calculation engine that Excel compares with its own: an older one makes it
#: calculate everything on opening, with errors where csm-xl is not installed.
CALC_ID = 191029

#: The names by which a VBA project knows the workbook and its sheets, in order.
BOOK_CODE_NAME = "ThisWorkbook"


def _template() -> list[layout.Sheet]:
    """The sheets of a new workbook, in order."""
    return [sheet for sheet in layout.SHEETS if sheet.template]


def sheet_code_names() -> dict[str, str]:
    """The code name of each sheet of a new workbook, by the sheet's key, in order."""
    return {sheet.key: f"Sheet{number}" for number, sheet in enumerate(_template(), 1)}


def build(
    lang: Language,
    tables: Mapping[str, Rows] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    tries: Iterable[TryOut] = (),
    records: Iterable[Record] = (),
) -> bytes:
    """Build a new workbook.

    Parameters
    ----------
    lang : {"en", "zh"}
        The language of its sheets, columns and words.
    tables : mapping, optional
        Table key to rows; a row maps column keys to values. Missing tables stay empty, except for
        the playbook, which begins with what suits the kind of business.
    settings : mapping, optional
        Setting key to value, where it is not the default.
    tries : iterable of TryOut
        The functions to try on the Start sheet.
    records : iterable of Record
        What the very hidden sheet keeps, such as the model.

    Returns
    -------
    bytes
        An ``.xlsx`` package. The same arguments give the same bytes. Formulas have no cached
        values yet: calculating the file gives them, see :mod:`csm_xl.workbook.create`.
    """
    chosen = dict(settings or {})
    given = dict(tables or {})
    business = words.BUSINESSES.key(chosen.get("business")) or layout.setting("business").default
    given.setdefault("playbook", first_playbook(str(business), lang))
    book = Workbook()
    book.remove(book.active)
    book.code_name = BOOK_CODE_NAME
    look = Look(lang)
    normal: NamedStyle = book._named_styles["Normal"]
    normal.font = look.body
    normal.bind(book)
    sheets = {}
    codes = sheet_code_names()
    for one in _template():
        sheet = book.create_sheet(one.title.within(lang))
        sheet.sheet_state = one.visible
        sheet.sheet_properties.codeName = codes[one.key]
        sheets[one.key] = sheet
    write_settings(sheets["settings"], look, chosen)
    for key in ("customers", "orders", "feedback", "contacts", "actions", "playbook"):
        write_data(sheets[key], key, look, given.get(key, ()))
    write_data(sheets["changes"], "changes", look, given.get("changes", ()))
    write_data(sheets["history"], "history", look, given.get("history", ()))
    write_cohorts(sheets["cohorts"], look, given.get("cohorts", ()))
    write_model(sheets["model"], look, given)
    Dashboard(sheets["dashboard"], look).write(given.get("pain_points", ()), given.get("loop", ()))
    write_start(sheets["start"], look, tries)
    for row, (name, value) in enumerate(CONF, 1):
        put_text(sheets["conf"].cell(row, 1), name)
        put_text(sheets["conf"].cell(row, 2), value)
    _keep_records(sheets["hidden"], records)
    book.calculation = CalcProperties(calcId=CALC_ID, fullCalcOnLoad=None)
    buffer = io.BytesIO()
    book.save(buffer)
    return with_row_heights(finished(buffer.getvalue()))


def _keep_records(sheet: Any, records: Iterable[Record]) -> None:
    kept = [Record("layout", str(layout.VERSION)), *records]
    for row, values in enumerate([HEADER, *pack(kept)], 1):
        for col, value in enumerate(values, 1):
            cell = sheet.cell(row, col)
            if isinstance(value, str):
                put_text(cell, value)
            else:
                cell.value = value
            cell.number_format = "@"
