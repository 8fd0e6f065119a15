"""The commands that the ribbon has as well, on a workbook file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from csm_xl.cli.application import (
    File,
    Force,
    OrderMaps,
    Orders,
    Out,
    Query,
    Roles,
    Sheet,
    Table,
    app,
    refuse_without_orders,
)
from csm_xl.cli.files import opened as _book
from csm_xl.cli.files import save_as as _save
from csm_xl.cli.terminal import ask_columns, progress, show
from csm_xl.errors import CsmError
from csm_xl.language import Text


@app.command("import")
def import_(
    file: File,
    source: Annotated[
        str,
        typer.Argument(
            metavar="EXPORT",
            help="A file (csv, xlsx, xls, xlsb, ods, parquet), a folder of them, or a table: duckdb:FILE, "
            "sqlite:FILE, spark:FOLDER, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE. "
            "文件（csv、xlsx、xls、xlsb、ods、parquet）、文件夹，或数据表：duckdb:文件、sqlite:文件、spark:文件夹、"
            "postgres://用户@主机/数据库、mysql://用户@主机/数据库。",
        ),
    ],
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            metavar="KIND",
            help="What it holds: customers, orders, feedback, contacts, subscriptions or usage; recognised when "
            "left out. 文件的内容：客户、订单、反馈、联系、订阅或使用记录；不写则自动识别。",
        ),
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="THEIRS=OURS",
            help="Say which column is which; repeatable. 说明某列对应哪一列，可重复。",
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(
            "--sheet",
            metavar="NAME",
            help="Sheet of the export, or table of the database. 导出文件中的工作表，或数据库中的表。",
        ),
    ] = None,
    header_row: Annotated[
        int | None,
        typer.Option("--header-row", metavar="ROW", help="Row of the titles. 标题所在的行号。"),
    ] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            "--rate",
            metavar="CUR=RATE",
            help="Convert another currency, such as EUR=1.08; repeatable. 换算其他币种，如 EUR=1.08，可重复。",
        ),
    ] = None,
    query: Query = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Tell what would come in; write nothing. 只试运行，不写入。"
        ),
    ] = False,
    out: Out = None,
) -> None:
    """Import an export of your shop, CRM or survey. 导入店铺、CRM 或问卷的导出文件。"""
    from csm_xl import commands
    from csm_xl.commands.importing import Options, parsed_rates
    from csm_xl.commands.opening import open_book

    options = Options(
        table, sheet, header_row, tuple(maps or ()), parsed_rates(rate or ()), dry_run, query
    )
    with _book(open_book(file, readonly=dry_run)) as book, progress() as tell:
        # Nobody can be asked where the terminal is a pipe or a scheduler, or there is none at all.
        can_ask = sys.stdin is not None and sys.stdin.isatty()
        ask = ask_columns if can_ask else lambda headers, columns: {}
        outcome = commands.import_data(book, source, options=options, ask=ask, progress=tell)
        if not dry_run:
            _save(book, out)
    show(outcome)


@app.command()
def check(file: File, sheet: Sheet = None, roles: Roles = None, out: Out = None) -> None:
    """Show what each column is and what cannot be read. 显示每一列的角色和无法识别的单元格。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file, readonly=not roles)) as book:
        if roles:
            outcome = commands.columns(book, roles, sheet)
            _save(book, out)
        else:
            outcome = commands.check(book, sheet)
    show(outcome)


@app.command()
def features(
    file: File,
    roles: Roles = None,
    orders: Orders = None,
    table: Table = None,
    query: Query = None,
    maps: OrderMaps = None,
    out: Out = None,
) -> None:
    """Count each customer's figures from the orders. 由订单等统计每位客户的数据。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    refuse_without_orders(orders, table, query, maps)
    with _book(open_book(file)) as book, progress() as tell:
        commands.remember_roles(book, roles)
        if orders is None:
            outcome = commands.build_features(book, progress=tell)
        else:
            outcome = commands.build_features_from(
                book, orders, table=table, query=query, maps=maps or (), progress=tell
            )
        _save(book, out)
    show(outcome)


@app.command()
def retrain(
    file: File,
    sheet: Sheet = None,
    roles: Roles = None,
    orders: Orders = None,
    table: Table = None,
    query: Query = None,
    maps: OrderMaps = None,
    out: Out = None,
) -> None:
    """Train the churn model and score the customers. 训练流失模型并为客户评分。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    refuse_without_orders(orders, table, query, maps)
    if orders is not None and sheet is not None:
        raise CsmError(
            "--sheet and --orders do not go together: customers with orders elsewhere are those on the "
            "Customers sheet.",
            "--sheet 和 --orders 不能同时使用：订单在别处时，客户取自“客户”表。",
        )
    with _book(open_book(file)) as book, progress() as tell:
        commands.remember_roles(book, roles, sheet)
        if orders is None:
            outcome = commands.retrain(book, sheet, progress=tell)
        else:
            outcome = commands.retrain_from(
                book, orders, table=table, query=query, maps=maps or (), progress=tell
            )
        _save(book, out)
    show(outcome)


@app.command()
def refresh(file: File, roles: Roles = None, out: Out = None) -> None:
    """Score the customers with the stored model. 用已有模型刷新评分。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book:
        commands.remember_roles(book, roles)
        outcome = commands.refresh(book)
        _save(book, out)
    show(outcome)


@app.command()
def actions(file: File, out: Out = None) -> None:
    """Rank whom to contact, why, and what to do. 排出联系顺序、原因和建议行动。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book:
        outcome = commands.actions(book)
        _save(book, out)
    show(outcome)


@app.command()
def dashboard(file: File, out: Out = None) -> None:
    """Renew the Dashboard, also before there is a model. 更新仪表盘（无需模型）。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book:
        outcome = commands.dashboard(book)
        _save(book, out)
    show(outcome)


@app.command()
def explain(
    file: File,
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Customer number or name. 客户编号或姓名。")
    ],
) -> None:
    """Say why a customer is at risk. 说明某位客户的流失原因。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file, readonly=True)) as book:
        outcome = commands.explain(book, customer)
    show(outcome)


@app.command()
def share(
    file: File,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="Name of the copy. 副本的文件名。"),
    ] = None,
    values: Annotated[
        bool, typer.Option("--values", help="Values instead of formulas. 只保留数值。")
    ] = False,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Keep personal columns. 保留个人信息。")
    ] = False,
    name_key: Annotated[
        Path | None,
        typer.Option("--name-key", metavar="FILE", help="Write who is who here. 写出对照表。"),
    ] = None,
    keep_text: Annotated[
        bool,
        typer.Option(
            "--keep-text", "--free-text", help="Keep what customers wrote. 保留客户写的文字。"
        ),
    ] = False,
    review: Annotated[
        bool,
        typer.Option(
            "--review", help="Say what would become of each column; write nothing. 只查看，不写入。"
        ),
    ] = False,
    figures_only: Annotated[
        bool,
        typer.Option("--figures-only", help="Only the sheets of figures. 只含汇总数字的工作表。"),
    ] = False,
    functions: Annotated[
        bool,
        typer.Option(
            "--functions", help="Keep CSAT, NPS … as names of LAMBDA. 以 LAMBDA 名称保留函数。"
        ),
    ] = False,
    new_pseudonyms: Annotated[
        bool,
        typer.Option(
            "--new-pseudonyms", help="When the old ones are lost. 旧代号的密钥丢失时使用。"
        ),
    ] = False,
    sheet: Annotated[
        list[str] | None,
        typer.Option(
            "--sheet",
            metavar="NAME",
            help="Share only this sheet; repeatable. 只分享此工作表，可重复。",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write the accountant's copy. 生成给会计的副本。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    if review:
        with _book(open_book(file, readonly=True)) as book:
            show(commands.review(book, keep_text=keep_text, sheets=sheet or None))
        return
    target = out or file.with_name(f"{file.stem}-{Text('for-accountant', '给会计')}.xlsx")
    with _book(open_book(file)) as book, progress() as tell:
        outcome = commands.share(
            book,
            target,
            values=values,
            keep_names=keep_names,
            name_key=name_key,
            keep_text=keep_text,
            functions=functions,
            figures_only=figures_only,
            new_pseudonyms=new_pseudonyms,
            force=force,
            sheets=sheet or None,
            save=lambda: _save(book, None),
            progress=tell,
        )
    show(outcome)
