"""The Dashboard in an owner's own workbook: key figures of the list, added when first needed."""

from __future__ import annotations

import xlwings as xw

from csm_xl.churn.formula import ChurnFormula
from csm_xl.commands.backups import back_up
from csm_xl.commands.call_list import opened_with, opening, plan_of
from csm_xl.commands.columns_sheet import columns_sheet_name, show_columns
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.hidden_sheet import write_records
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.own_sheets import SHADE, own_sheet_name
from csm_xl.commands.score_or_health import judge, score_or_health
from csm_xl.commands.session import OWN_DASHBOARD, Session
from csm_xl.commands.writing import add_sheet, calm, cells, write_block
from csm_xl.company.own_figures import Block, own_figures
from csm_xl.company.scoring import Scored
from csm_xl.errors import NoModelError
from csm_xl.language import Text
from csm_xl.vocabulary import layout

_WIDTHS = {"A": 34.0, "B": 18.0, "C": 18.0, "D": 18.0}


def own_dashboard(session: Session) -> Outcome:
    """Renew the Dashboard of an owner's workbook, made where there is none.

    Raises
    ------
    CsmError
        Nothing was changed.
    """
    scored, formula, records = _scored(session)
    blocks = own_figures(scored, session.today)
    said = formula is not None or bool((scored.risk >= 0).any())
    plan = plan_of(session, scored, formula, records) if said else None
    name = _there(session) or own_sheet_name(session, "dashboard")
    made = (name, columns_sheet_name(session), layout.HIDDEN_SHEET)
    refuse_locked(session, made=made)
    back_up(session.book)
    with calm(session.book):
        _write(session, name, blocks)
        write_records(session, show_columns(session, scored.table))
    session.book.app.calculate()
    if session.book.app.visible:
        session.book.sheets[name].activate()
    done = Text(f"The sheet {name} is up to date.", f"工作表“{name}”已更新。")
    outcome = Outcome(done, tuple(scored.notes))
    return opened_with(opening(scored, plan, formula, records), outcome) if said else outcome


def _scored(session: Session) -> tuple[Scored, ChurnFormula | None, dict[str, str]]:
    """By the model or by rule; a list that tells nothing of health still has key figures."""
    try:
        return score_or_health(session)
    except NoModelError:
        if "model" in session.records or session.table("customers") is not None:
            raise
        judged = judge(session, session.customers())
        return judged, None, session.texts


def _there(session: Session) -> str | None:
    title = layout.sheet("dashboard").title
    for name in session.sheets:
        called = name.partition(" (csm-xl")[0]
        if called in (title.en, title.zh) and session.begins_with(name, OWN_DASHBOARD):
            return name
    return None


def _write(session: Session, name: str, blocks: list[Block]) -> None:
    lang = session.language
    sheet = session.sheets.get(name)
    if sheet is None:
        sheet = add_sheet(session.book, name)
        for letter, width in _WIDTHS.items():
            sheet.range(f"{letter}:{letter}").column_width = width
    else:
        sheet.clear_contents()
    write_block(session, sheet, 1, 1, [[OWN_DASHBOARD.within(lang)]])
    row = 3
    for block in blocks:
        write_block(session, sheet, row, 1, [[block.title.within(lang)]])
        write_block(session, sheet, row + 1, 1, [[title.within(lang) for title in block.headers]])
        cells(sheet, row + 1, 1, 1, len(block.headers)).color = SHADE
        for offset, (line, formats) in enumerate(zip(block.rows, block.formats, strict=True), 2):
            _write_line(session, sheet, row + offset, line, formats)
        row += len(block.rows) + 3


def _write_line(
    session: Session, sheet: xw.Sheet, row: int, line: tuple, formats: tuple[str, ...]
) -> None:
    shown = [one.within(session.language) if isinstance(one, Text) else one for one in line]
    for place, form in enumerate(formats, 1):
        cells(sheet, row, place).number_format = form
    cells(sheet, row, 1, 1, len(shown)).raw_value = [[session.prepared(one) for one in shown]]
