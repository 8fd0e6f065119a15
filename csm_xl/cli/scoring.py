"""``csm-xl score``: score a table in a file or a database by a workbook's model, or print SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csm_xl.cli.answers import kept
from csm_xl.cli.application import Force, Query, Table, app
from csm_xl.cli.files import opened
from csm_xl.cli.terminal import show
from csm_xl.errors import CsmError


@app.command()
def score(
    model: Annotated[
        Path,
        typer.Option(
            "--model", metavar="FILE", help="The workbook with the model. 含有模型的工作簿。"
        ),
    ],
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="Parquet or CSV files, a folder of them, duckdb:FILE, sqlite:FILE, "
            "postgres://USER@HOST/DATABASE, mysql://… or spark:… Parquet 或 CSV 文件、文件夹、duckdb:文件、"
            "sqlite:文件、postgres://用户@主机/数据库、mysql://… 或 spark:…",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Write the scored table (.parquet, .csv). 写出评分结果（.parquet、.csv）。",
        ),
    ] = None,
    table: Table = None,
    query: Query = None,
    sql: Annotated[
        str | None,
        typer.Option(
            "--sql",
            metavar="ENGINE",
            help="Print the model as SQL instead: duckdb, postgres, spark, bigquery, snowflake or "
            "sqlite. 改为输出 SQL：duckdb、postgres、spark、bigquery、snowflake 或 sqlite。",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Score a table too large for a sheet. 为工作表装不下的客户表评分。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    if address is None and sql is None:
        raise CsmError(
            "Say what to score: a file, a folder or an address such as duckdb:shop.duckdb.",
            "请指定要评分的文件、文件夹或地址，例如 duckdb:shop.duckdb。",
        )
    if sql is not None and out is not None:
        raise CsmError(
            "--sql prints the model and scores nothing: leave out -o, or --sql.",
            "--sql 只输出模型，不评分：请去掉 -o 或 --sql。",
        )
    with opened(open_book(model, readonly=True)) as book:
        if sql is None:
            assert address is not None
            show(commands.score_table(book, address, out, table=table, query=query, force=force))
            return
        text = commands.model_sql(book, sql, address, table=table, query=query)
    answer = kept()
    if answer is None:
        # As it is: it goes into a file or a program.
        typer.echo(text)
    else:
        answer.more["sql"] = text
