"""Retrain on orders that are no sheet: learned where they are, written into the workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import xlwings as xw

from csm_xl.commands.backups import back_up
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.order_features import customers_for_orders, figures_elsewhere, write_columns
from csm_xl.commands.outcome import Cancellation, Outcome, Progress
from csm_xl.commands.retraining import refuse_locked_for, write_result
from csm_xl.commands.session import Session
from csm_xl.commands.writing import calm
from csm_xl.company.order_training import sheet_features
from csm_xl.company.training import data_looked_back, train
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary.cells import is_blank

#: How much of the work is done in the engine.
_SHARE = 0.4


def retrain_from(
    book: xw.Book,
    address: str,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    progress: Progress | None = None,
    cancelled: Cancellation | None = None,
    today: dt.date | None = None,
) -> Outcome:
    """Train the churn model on a table of orders, then fill in and score the workbook's customers.

    All customers of the table are learned from, or 100,000 of them; those of the workbook get their
    figures as :func:`csm_xl.commands.build_features_from` fills them in. Nothing is written before
    training has succeeded.

    Parameters
    ----------
    book : xlwings.Book
    address : str
        A Parquet or CSV file, a folder of them, ``duckdb:``, ``sqlite:``, ``postgres://``,
        ``mysql://`` or ``spark:``.
    table, query : str, optional
        Which table, or SQL whose result are the orders.
    maps : sequence of str
        ``THEIRS=OURS``, where a title does not say what a column is.
    progress, cancelled : callable, optional
    today : datetime.date, optional
        The date kept with the model.

    Raises
    ------
    CsmError
        With one sentence that says what to do; the workbook is unchanged.
    """
    from csm_xl.database.training import training_set

    def tell(begun: float, share: float) -> Progress:
        return lambda done, what: progress(begun + share * done, what) if progress else None

    session = Session(book)
    company = customers_for_orders(session)
    _refuse_two_orders(session)
    refuse_locked(session, [company.table.sheet])
    refuse_locked_for(session, company.table)
    settings = session.settings
    learned = training_set(
        address,
        int(session.today),
        horizon_days=settings.number_or_none("horizon_days"),
        window_days=int(settings.number("window_days")),
        new_days=int(settings.number("trial_days")),
        table=table,
        query=query,
        maps=maps,
        progress=tell(0.0, _SHARE),
        cancelled=cancelled,
    )
    found = figures_elsewhere(session, address, table=table, query=query, maps=maps)
    named = {k: title for k, title in sheet_features(company).items() if k in learned.features}
    frame = learned.features[list(named)].rename(columns=named)
    data = data_looked_back(frame, learned, company)
    result = train(data, progress=tell(_SHARE, 1.0 - _SHARE), cancelled=cancelled, today=today)
    back_up(book)
    with calm(book):
        write_columns(session, company, found.columns)
    book.app.calculate()
    now = None if today is None else dt.datetime.combine(today, dt.time())
    told = write_result(Session(book), result, now, backed_up=True)
    return replace(told, warnings=(*told.warnings, *found.notes))


def _refuse_two_orders(session: Session) -> None:
    """Refuse a workbook that keeps orders itself: its customers would be scored by those."""
    orders = session.table("orders")
    if orders is None or all(all(map(is_blank, row)) for row in orders.rows):
        return
    text = Text(
        "The sheet {sheet} holds orders too, and customers are scored by those. Retrain without --orders, "
        "or empty that sheet first.",
        "“{sheet}”表中也有订单，评分会以该表为准。请去掉 --orders 重新训练，或先清空该表。",
    ).fill(sheet=orders.sheet)
    raise SheetError(text.en, text.zh)
