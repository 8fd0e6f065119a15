"""The commands that the ribbon has as well, on a workbook file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from csm_xl.cli.application import File, Force, Out, Roles, Sheet, app
from csm_xl.cli.terminal import ask_columns, progress, say, show, show_table
from csm_xl.errors import CsmError, SheetError
from csm_xl.language import Text


@app.command("import")
def import_(
    file: File,
    source: Annotated[
        Path, typer.Argument(metavar="EXPORT", help="A .csv or .xlsx file. csv 或 xlsx 文件。")
    ],
    table: Annotated[
        str,
        typer.Option(
            "--table",
            metavar="KIND",
            help="What it holds: customers, orders, feedback or contacts. "
            "内容：customers 客户、orders 订单、feedback 反馈、contacts 联系。",
        ),
    ],
    out: Out = None,
) -> None:
    """Import an export of your shop or CRM. 导入店铺或 CRM 的导出文件。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book, progress() as tell:
        # Nobody can be asked where the terminal is a pipe or a scheduler.
        ask = ask_columns if sys.stdin.isatty() else lambda headers, columns: {}
        outcome = commands.import_data(book, source, table, ask=ask, progress=tell)
        _save(book, out)
    show(outcome)


@app.command()
def check(file: File, sheet: Sheet = None, roles: Roles = None, out: Out = None) -> None:
    """Show what each column is and what cannot be read. 显示每一列的角色和无法识别的单元格。"""
    from csm_xl import commands

    with _book(commands.open_book(file, readonly=not roles)) as book:
        if roles:
            outcome = commands.columns(book, roles, sheet)
            _save(book, out)
        else:
            outcome = commands.check(book, sheet)
    show(outcome)


@app.command()
def features(file: File, roles: Roles = None, out: Out = None) -> None:
    """Count each customer's figures from the orders. 由订单等统计每位客户的数据。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book:
        commands.remember_roles(book, roles)
        outcome = commands.build_features(book)
        _save(book, out)
    show(outcome)


@app.command()
def retrain(file: File, sheet: Sheet = None, roles: Roles = None, out: Out = None) -> None:
    """Train the churn model on a sheet and score its customers. 用表中数据训练流失模型并评分。"""
    from csm_xl import commands
    from csm_xl.commands.opening import open_book

    with _book(open_book(file)) as book, progress() as tell:
        commands.remember_roles(book, roles, sheet)
        outcome = commands.retrain(book, sheet, progress=tell)
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
    free_text: Annotated[
        bool, typer.Option("--free-text", help="Keep what customers wrote. 保留客户文字。")
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

    target = out or file.with_name(f"{file.stem}-{Text('for-accountant', '给会计')}.xlsx")
    with _book(open_book(file)) as book, progress() as tell:
        outcome = commands.share(
            book,
            target,
            values=values,
            keep_names=keep_names,
            name_key=name_key,
            free_text=free_text,
            force=force,
            sheets=sheet or None,
            save=book.save,
            progress=tell,
        )
    show(outcome)


@app.command()
def calc(file: File, out: Out = None) -> None:
    """Calculate every formula, csm-xl's functions included. 计算所有公式（含 csm-xl 函数）。"""
    from csm_xl.commands.opening import open_book
    from csm_xl.formulas.addresses import column_letters

    with _book(open_book(file)) as book:
        book.app.calculate()
        report = book.impl.calculation_report
        if report.circular:
            circle = ", ".join(report.circular[0][:6])
            raise SheetError(
                f"These formulas refer to each other in a circle: {circle}. Change one of them.",
                f"以下公式互相循环引用：{circle}。请修改其中一个。",
            )
        _save(book, out)
    say(Text("{n} formulas calculated.", "已计算 {n} 个公式。").fill(n=report.calculated))
    if report.kept:
        say(
            Text(
                "{n} could not be calculated here and kept the value they had:",
                "以下 {n} 个公式无法在此计算，保持原值：",
            ).fill(n=len(report.kept))
        )
        show_table(
            (Text("Cell", "单元格"), Text("Why", "原因")),
            [(kept.cell, str(kept.reason)) for kept in report.kept],
        )
    for message in report.messages:
        where = f"{message.sheet}!{column_letters(message.column)}{message.row}"
        say(f"{where} {message.error} {message.function}: {message.message}")


@contextmanager
def _book(book: Any) -> Iterator[Any]:
    """A book that is closed in any case."""
    try:
        yield book
    finally:
        book.close()


def _save(book: Any, out: Path | None) -> None:
    if out is None:
        book.save()
        return
    if out.suffix.lower() != Path(book.fullname).suffix.lower():
        raise CsmError(
            f"{out.name} must end in {Path(book.fullname).suffix}, like the workbook itself.",
            f"{out.name} 的扩展名应与原工作簿相同（{Path(book.fullname).suffix}）。",
        )
    book.save(out)
