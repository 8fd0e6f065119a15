"""The sheet Dashboard of an owner's own workbook: figures below one another, charts beside them."""

from __future__ import annotations

import datetime as dt

import xlwings as xw

from csm_xl.commands.looks import dress_block, dress_level, dress_note, dress_sheet
from csm_xl.commands.own_charts import draw_charts
from csm_xl.commands.session import OWN_DASHBOARD, Session
from csm_xl.commands.writing import add_sheet, cells, write_block
from csm_xl.company.own_figures import Block, own_figures
from csm_xl.company.record_figures import record_figures
from csm_xl.company.scoring import Scored
from csm_xl.errors import CsmError
from csm_xl.language import Text
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH

#: Widths of columns; those that no block needs leave the charts near the figures.
_FIRST, _OTHERS, _UNUSED = 34.0, 15.0, 2.0
#: How many columns the blocks take at most; what stands further right is the owner's.
_WIDEST = 6
_TOP = 4


def figures_of_there(session: Session, scored: Scored) -> tuple[str, list[Block]] | None:
    """What our Dashboard in an owner's workbook will show; None where there is none to renew."""
    name = dashboard_there(session)
    return None if name is None else (name, figures_of(session, scored))


def figures_of(session: Session, scored: Scored) -> list[Block]:
    """The key figures of the list, and of the orders, reviews and calls that are kept beside it."""
    others = [table for table in session.tables() if table is not scored.table]
    try:
        company = session.company
    except CsmError:
        # Orders that cannot be counted stop no other figure; who refreshes is told why.
        company = None
    records = record_figures(others, company, session.today)
    return own_figures(scored, session.today, session.settings, records)


def dashboard_there(session: Session) -> str | None:
    """The name of our Dashboard in an owner's workbook; None where there is none."""
    title = layout.sheet("dashboard").title
    for name in session.sheets:
        called = name.partition(" (csm-xl")[0]
        if called in (title.en, title.zh) and session.begins_with(name, OWN_DASHBOARD):
            return name
    return None


def write_dashboard(session: Session, name: str, blocks: list[Block]) -> None:
    """Write the blocks below one another, the charts beside them; widths that the owner chose stay."""
    lang = session.language
    sheet = session.sheets.get(name)
    new = sheet is None
    if sheet is None:
        sheet = add_sheet(session.book, name)
        cells(sheet, 1, 1).column_width = _FIRST
        cells(sheet, 1, 2, 1, _WIDEST).column_width = _UNUSED
    else:
        used = sheet.used_range
        # What the owner noted at the right stays.
        cells(sheet, 1, 1, used.row + used.rows.count - 1, _WIDEST).clear()
    day = EXCEL_EPOCH + dt.timedelta(days=session.today)
    of_day = Text(f"Figures of {day:%Y-%m-%d}", f"统计日期：{day.year}年{day.month}月{day.day}日")
    write_block(session, sheet, 1, 1, [[OWN_DASHBOARD.within(lang)], [of_day.within(lang)]])
    dress_note(cells(sheet, 1, 1, 2))
    for column in range(2, max(len(block.headers) for block in blocks) + 1):
        there = cells(sheet, 1, column)
        if there.column_width <= _UNUSED:
            there.column_width = _OTHERS
    places: dict[str, tuple[int, Block]] = {}
    row = _TOP
    for block in blocks:
        titles = [title.within(lang) for title in block.headers]
        write_block(session, sheet, row, 1, [[block.title.within(lang)]])
        write_block(session, sheet, row + 1, 1, [titles])
        dress_block(sheet, row, len(titles), len(titles) - 1)
        for offset, (line, formats) in enumerate(zip(block.rows, block.formats, strict=True), 2):
            _write_line(session, sheet, row + offset, line, formats)
        if block.key == "levels":
            for offset, key in enumerate(reversed(words.RISKS.keys), 2):
                dress_level(cells(sheet, row + offset, 1), key)
        places[block.key] = row + 1, block
        row += len(block.rows) + 3
    draw_charts(sheet, places, lang)
    if new:
        dress_sheet(sheet, 0, landscape=True)


def _write_line(
    session: Session, sheet: xw.Sheet, row: int, line: tuple, formats: tuple[str, ...]
) -> None:
    shown = [one.within(session.language) if isinstance(one, Text) else one for one in line]
    for place, form in enumerate(formats, 1):
        cells(sheet, row, place).number_format = form
    cells(sheet, row, 1, 1, len(shown)).raw_value = [[session.prepared(one) for one in shown]]
