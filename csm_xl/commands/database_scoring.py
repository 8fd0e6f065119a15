"""Score a table that is no sheet by a workbook's model, or print the model as SQL."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import xlwings as xw

from csm_xl.commands.model_record import model_of
from csm_xl.commands.order_features import customers_for_orders
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.session import Session
from csm_xl.company.order_training import sheet_features
from csm_xl.company.silence import silent_after
from csm_xl.language import Text

if TYPE_CHECKING:
    from csm_xl.database.scoring import Scored


def score_table(
    book: xw.Book,
    address: str,
    out: Path | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Score every row of a table by the workbook's model; the workbook stays as it is.

    Parameters
    ----------
    book : xlwings.Book
    address : str
        A Parquet or CSV file, a folder of them, ``duckdb:``, ``sqlite:`` or ``postgres://``.
    out : Path, optional
        A ``.parquet`` or ``.csv`` file for the table and its probabilities.
    table, query : str, optional
        Which table, or SQL whose result is scored.
    force : bool
        Replace `out`.
    progress : callable, optional

    Raises
    ------
    CsmError
    """
    from csm_xl.database.scoring import score

    formula = model_of(Session(book))[0]
    done = score(address, formula, out, table=table, query=query, force=force, progress=progress)
    return _told(done, out)


def score_orders(
    book: xw.Book,
    address: str,
    out: Path | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Score every customer of a table of orders by the workbook's model; the workbook stays as it is.

    Parameters
    ----------
    book, address, out, table, query, force, progress
        See :func:`score_table`.
    maps : sequence of str
        ``THEIRS=OURS``, where a title does not say what a column is.

    Raises
    ------
    CsmError
    """
    from csm_xl.database.scoring import score_orders

    session = Session(book)
    formula, _, records = model_of(session)
    titles = dict(sheet_features(customers_for_orders(session)))
    settings = session.settings
    done = score_orders(
        address,
        formula,
        titles,
        int(session.today),
        out,
        window_days=int(settings.number("window_days")),
        new_days=settings.number("trial_days"),
        silent_days=silent_after(settings, records, formula.meta.get("horizon_days") or 0),
        table=table,
        query=query,
        maps=maps,
        force=force,
        progress=progress,
    )
    return _told(done, out)


def _told(done: Scored, out: Path | None) -> Outcome:
    figures = {"n": done.n, "mean": f"{done.mean:.1%}"}
    more = {"customers": done.n, "mean_probability": done.mean, "out": str(out) if out else None}
    if out is not None:
        message = Text(
            "{n} customers scored, {mean} of them expected to leave. Written to {out}.",
            "已为 {n} 位客户评分，预计流失 {mean}。已写入 {out}。",
        ).fill(**figures, out=out.name)
        return Outcome(message, done.notes, more=more)
    message = Text(
        "{n} customers scored, {mean} of them expected to leave. The most likely are below; -o FILE "
        "writes all.",
        "已为 {n} 位客户评分，预计流失 {mean}。最可能流失的客户如下；用 -o 文件 可写出全部。",
    ).fill(**figures)
    headers = (Text(done.header, done.header), Text("Churn probability", "流失概率"))
    rows = tuple((who, round(probability, 4)) for who, probability in done.top)
    return Outcome(message, done.notes, headers, rows, more)


def model_sql(
    book: xw.Book,
    dialect: str,
    address: str | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
) -> str:
    """The workbook's model as SQL that runs without csm-xl.

    Parameters
    ----------
    book : xlwings.Book
    dialect : {"duckdb", "postgres", "spark", "bigquery", "snowflake", "sqlite"}
    address : str, optional
        A table whose columns and spellings the SQL is written for.
    table, query : str, optional

    Raises
    ------
    CsmError
    """
    from csm_xl.database.scoring import sql

    formula = model_of(Session(book))[0]
    return sql(formula, dialect, address, table=table, query=query)
