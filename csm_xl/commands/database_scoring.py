"""Score a table that is no sheet by a workbook's model, or print the model as SQL."""

from __future__ import annotations

from pathlib import Path

import xlwings as xw

from csm_xl.commands.model_record import model_of
from csm_xl.commands.outcome import Outcome
from csm_xl.commands.session import Session
from csm_xl.language import Text


def score_table(
    book: xw.Book,
    address: str,
    out: Path | None = None,
    *,
    table: str | None = None,
    query: str | None = None,
    force: bool = False,
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

    Raises
    ------
    CsmError
    """
    from csm_xl.database.scoring import score

    formula = model_of(Session(book))[0]
    done = score(address, formula, out, table=table, query=query, force=force)
    figures = {"n": done.n, "mean": f"{done.mean:.1%}"}
    more = {"customers": done.n, "mean_probability": done.mean, "out": str(out) if out else None}
    if out is not None:
        message = Text(
            "{n} customers scored, {mean} of them expected to leave. Written to {out}.",
            "已为 {n} 位客户评分，预计流失 {mean}。已写入 {out}。",
        ).fill(**figures, out=out.name)
        return Outcome(message, more=more)
    message = Text(
        "{n} customers scored, {mean} of them expected to leave. The most likely are below; -o FILE "
        "writes all.",
        "已为 {n} 位客户评分，预计流失 {mean}。最可能流失的客户如下；用 -o 文件 可写出全部。",
    ).fill(**figures)
    headers = (Text(done.header, done.header), Text("Churn probability", "流失概率"))
    rows = tuple((who, round(probability, 4)) for who, probability in done.top)
    return Outcome(message, (), headers, rows, more)


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
