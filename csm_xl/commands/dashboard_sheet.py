"""Dashboard: renew what the Dashboard, Retention and Changes sheets show."""

from __future__ import annotations

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.call_list import opened_with, opening, plan_of
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.own_dashboard import own_dashboard
from csm_xl.commands.score_or_health import score_or_health
from csm_xl.commands.session import Session
from csm_xl.commands.table_blocks import fill_block, write_rows
from csm_xl.commands.writing import calm, write_column
from csm_xl.company.dashboard import Figures, compute_figures
from csm_xl.errors import CsmError
from csm_xl.language import Text
from csm_xl.vocabulary import layout


def dashboard(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Renew what the Dashboard, Retention and Changes sheets show, and go to the Dashboard.

    Needs no model. In a workbook of the owner's own it makes a Dashboard of the list's figures.

    Raises
    ------
    SheetError
        When no sheet holds customers.
    CsmError
        Nothing was changed.
    """
    session = Session(book)
    if not any(session.table(key) for key in ("pain_points", "loop", "cohorts", "changes")):
        return own_dashboard(session)
    company = session.company
    found = compute_figures(
        session.table,
        session.frame("feedback") if company is None else company.feedback,
        company,
        session.texts,
        session.today,
        session.language,
    )
    plain = _plain(session)
    if progress is not None:
        progress(0.8, Text("Writing", "正在写入"))
    refuse_locked(session, own=("dashboard",))
    back_up(book)
    with calm(book):
        write_figures(session, found)
    book.app.calculate()
    if book.app.visible:
        title = layout.sheet("dashboard").title
        for name, sheet in session.sheets.items():
            if name in (title.en, title.zh):
                sheet.activate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    outcome = Outcome(Text("The Dashboard is up to date.", "仪表盘已更新。"), tuple(found.notes))
    return outcome if plain is None else opened_with(plain, outcome)


def _plain(session: Session) -> Text | None:
    """How many may leave; None without a model, or with a cell that it cannot use: figures need none."""
    try:
        scored, formula, records = score_or_health(session)
    except CsmError:
        return None
    return opening(scored, plan_of(session, scored, formula, records), formula, records)


def write_figures(session: Session, found: Figures) -> None:
    """Write the figures, one write for each column."""
    for table, key, rows in found.blocks:
        fill_block(session, table, key, rows)
    if found.changes is not None:
        write_rows(session, found.changes[0], "changes", found.changes[1])
    if found.sentiment is not None:
        table, place, values = found.sentiment
        column = layout.table("feedback").column("sentiment")
        write_column(session, table, place, values, column.number_format)
