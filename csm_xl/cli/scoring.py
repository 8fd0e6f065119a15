"""``csm-xl score``: score a table in a file or a database by a workbook's model, or print SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csm_xl.cli.answers import kept
from csm_xl.cli.application import (
    Force,
    OrderMaps,
    Orders,
    Query,
    Table,
    app,
    refuse_without_orders,
)
from csm_xl.cli.files import opened
from csm_xl.cli.terminal import progress, show
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
            help="Customers with the columns of the model: Parquet or CSV files, a folder of them, "
            "duckdb:FILE, sqlite:FILE, spark:FOLDER, postgres://USER@HOST/DATABASE or "
            "mysql://USER@HOST/DATABASE. "
            "含有模型各列的客户表：Parquet 或 CSV 文件、文件夹、duckdb:文件、sqlite:文件、spark:文件夹、"
            "postgres://用户@主机/数据库、mysql://用户@主机/数据库。",
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
    orders: Orders = None,
    table: Table = None,
    query: Query = None,
    maps: OrderMaps = None,
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

    if maps and orders is None:
        refuse_without_orders(orders, maps)
    if orders is not None and (address is not None or sql is not None):
        raise CsmError(
            "--orders has figures counted and scored: leave out the table of customers, and --sql.",
            "--orders 会统计订单并评分：请去掉客户表的地址和 --sql。",
        )
    if address is None and sql is None and orders is None:
        raise CsmError(
            "Say what to score: a file, a folder or an address such as duckdb:shop.duckdb.",
            "请指定要评分的文件、文件夹或地址，例如 duckdb:shop.duckdb。",
        )
    if sql is not None and out is not None:
        raise CsmError(
            "--sql prints the model and scores nothing: leave out -o, or --sql.",
            "--sql 只输出模型，不评分：请去掉 -o 或 --sql。",
        )
    with opened(open_book(model, readonly=True)) as book, progress() as tell:
        chosen = {"table": table, "query": query}
        if orders is not None:
            outcome = commands.score_orders(
                book, orders, out, maps=maps or (), force=force, progress=tell, **chosen
            )
        elif sql is None:
            assert address is not None
            outcome = commands.score_table(book, address, out, force=force, progress=tell, **chosen)
        else:
            outcome, text = None, commands.model_sql(book, sql, address, **chosen)
    if outcome is not None:
        show(outcome)
        return
    answer = kept()
    if answer is None:
        # As it is: it goes into a file or a program.
        typer.echo(text)
    else:
        answer.more["sql"] = text
