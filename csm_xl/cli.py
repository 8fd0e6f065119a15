"""The command line: the same commands as the ribbon's buttons, on workbook files.

Exit codes: 0 done, 1 a one-line error that says what to do (nothing was written), 2 wrong usage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from csm_xl import __version__
from csm_xl.errors import CsmError, SheetError
from csm_xl.language import LANGUAGES, Text, language, set_language

app = typer.Typer(
    name="csm-xl",
    help="Customer success inside your Excel workbook. 在您的 Excel 工作簿里做客户成功管理。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

File = Annotated[Path, typer.Argument(help="The workbook (.xlsx or .xlsm). 工作簿文件。")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help="Write a new file instead. 另存为新文件。"),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace a file that is there. 覆盖已有文件。")
]
Sheet = Annotated[
    str | None, typer.Option("--sheet", help="Sheet or table to use. 使用的工作表或表格。")
]


@app.callback()
def _common(
    lang: Annotated[
        str | None, typer.Option("--lang", help="en or zh: language of messages. 消息语言。")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version. 显示版本。")
    ] = False,
) -> None:
    if lang is not None:
        if lang not in LANGUAGES:
            raise typer.BadParameter("--lang: en | zh")
        set_language(lang)
    if version:
        typer.echo(f"csm-xl {__version__}")
        raise typer.Exit


@app.command()
def calc(file: File, out: Out = None) -> None:
    """Calculate every formula, csm-xl's functions included. 计算所有公式（含 csm-xl 函数）。"""
    from csm_xl.engine import open_book
    from csm_xl.engine.addresses import column_letters

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
    _say(Text("{n} formulas calculated.", "已计算 {n} 个公式。").fill(n=report.calculated))
    if report.kept:
        _say(
            Text(
                "{n} could not be calculated here and kept the value they had:",
                "以下 {n} 个公式无法在此计算，保持原值：",
            ).fill(n=len(report.kept))
        )
        _table(
            (Text("Cell", "单元格"), Text("Why", "原因")),
            [(kept.cell, str(kept.reason)) for kept in report.kept],
        )
    for message in report.messages:
        where = f"{message.sheet}!{column_letters(message.column)}{message.row}"
        typer.echo(f"{where} {message.error} {message.function}: {message.message}")


@app.command()
def retrain(file: File, sheet: Sheet = None, out: Out = None) -> None:
    """Train the churn model on a sheet and score its customers. 用表中数据训练流失模型并评分。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book, _progress() as progress:
        outcome = commands.retrain(book, sheet, progress=progress)
        _save(book, out)
    _show(outcome)


@app.command()
def refresh(file: File, out: Out = None) -> None:
    """Score the customers with the stored model. 用已有模型刷新评分。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book:
        outcome = commands.refresh(book)
        _save(book, out)
    _show(outcome)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where to write. 写入的文件夹。")] = Path(
        "csm-xl-demo"
    ),
) -> None:
    """Try everything on a sample company. 用示例公司试一遍全部功能。"""
    from csm_xl import demo as demonstration

    with _progress() as progress:
        done = demonstration.run(folder, language(), progress)
    _show_message(done.trained)
    _show(done.refreshed)
    _show_message(done.shared)
    _say(Text("Files written:", "已写入的文件："))
    for path, what in done.files:
        typer.echo(f"  {path}  ({what})")


@app.command()
def new(
    file: File,
    empty: Annotated[
        bool, typer.Option("--empty", help="Without the sample company. 不含示例数据。")
    ] = False,
    lang: Annotated[
        str | None, typer.Option("--lang", help="en or zh: the workbook's language. 工作簿语言。")
    ] = None,
    force: Force = False,
) -> None:
    """Make a new workbook. 新建工作簿。"""
    from csm_xl.sample.company import company
    from csm_xl.workbook.create import create

    if lang is not None and lang not in LANGUAGES:
        raise typer.BadParameter("--lang: en | zh")
    chosen = lang or language()
    create(file, chosen, None if empty else company(chosen), force=force)
    _say(Text(f"Written: {file}", f"已写入：{file}"))


@app.command()
def attach(file: File, out: Out = None) -> None:
    """A copy of your own workbook with functions and ribbon. 为您自己的工作簿生成带函数和功能区的副本。"""
    from csm_xl.workbook.attach import attach as write

    done = write(file, out)
    _say(Text(f"Written: {done.path}", f"已写入：{done.path}"))
    for note in done.notes:
        _warn(note)


@app.command()
def upgrade(file: File, out: Out = None) -> None:
    """Renew macros and ribbon of an older csm-xl workbook. 更新旧工作簿中的宏和功能区。"""
    from csm_xl.workbook.upgrade import upgrade as renew

    done = renew(file, out)
    _say(Text(f"Written: {done.path}", f"已写入：{done.path}"))
    for note in done.notes:
        _warn(note)


@app.command("import")
def import_(
    file: File,
    source: Annotated[
        Path, typer.Argument(help="A .csv or .xlsx export. 导出的 csv 或 xlsx 文件。")
    ],
    table: Annotated[
        str,
        typer.Option("--table", help="customers, orders, feedback or contacts. 目标表。"),
    ],
    out: Out = None,
) -> None:
    """Import an export of your shop or CRM. 导入店铺或 CRM 的导出文件。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book, _progress() as progress:
        ask = _ask_columns if sys.stdin.isatty() else None
        outcome = commands.import_data(book, source, table, ask=ask, progress=progress)
        _save(book, out)
    _show(outcome)


@app.command()
def features(file: File, out: Out = None) -> None:
    """Count each customer's figures from the orders. 由订单等统计每位客户的数据。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book:
        outcome = commands.build_features(book)
        _save(book, out)
    _show(outcome)


@app.command()
def explain(
    file: File,
    customer: Annotated[str, typer.Argument(help="Customer number or name. 客户编号或姓名。")],
) -> None:
    """Say why a customer is at risk. 说明某位客户的流失原因。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file, readonly=True)) as book:
        outcome = commands.explain(book, customer)
    _show(outcome)


@app.command()
def share(
    file: File,
    out: Out = None,
    values: Annotated[
        bool, typer.Option("--values", help="Values instead of formulas. 只保留数值。")
    ] = False,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Keep personal columns. 保留个人信息。")
    ] = False,
    name_key: Annotated[
        Path | None, typer.Option("--name-key", help="Write who is who here. 写出对照表。")
    ] = None,
    free_text: Annotated[
        bool, typer.Option("--free-text", help="Keep what customers wrote. 保留客户文字。")
    ] = False,
    sheet: Annotated[
        list[str] | None,
        typer.Option("--sheet", help="Share only this sheet; repeatable. 只分享此工作表，可重复。"),
    ] = None,
    force: Force = False,
) -> None:
    """Write the accountant's copy. 生成给会计的副本。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    target = out or file.with_name(f"{file.stem}-{Text('for-accountant', '给会计')}.xlsx")
    with _book(open_book(file)) as book, _progress() as progress:
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
            progress=progress,
        )
    _show(outcome)


@app.command()
def dashboard(file: File, out: Out = None) -> None:
    """Renew the Dashboard, also before there is a model. 更新仪表盘（无需模型）。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book:
        outcome = commands.dashboard(book)
        _save(book, out)
    _show(outcome)


@app.command()
def actions(file: File, out: Out = None) -> None:
    """Rank whom to contact, why, and what to do. 排出联系顺序、原因和建议行动。"""
    from csm_xl import commands
    from csm_xl.engine import open_book

    with _book(open_book(file)) as book:
        outcome = commands.actions(book)
        _save(book, out)
    _show(outcome)


@app.command()
def schedule(
    file: File,
    at: Annotated[str, typer.Option("--at", help="Time of day, HH:MM. 每天的时间。")] = "08:00",
    install: Annotated[bool, typer.Option("--install", help="Register it now. 立即登记。")] = False,
) -> None:
    """Refresh every day by the computer's own scheduler. 用系统的计划任务每天刷新。"""
    from csm_xl.schedule import schedule as plan

    planned = plan(file, at=at, install=install)
    _say(planned.message)
    typer.echo(planned.commands)


@app.command()
def doctor(
    file: Annotated[
        Path | None, typer.Argument(help="A workbook to look at as well. 也检查某个工作簿。")
    ] = None,
) -> None:
    """Check what is missing, and say what to do. 检查安装并给出建议。"""
    from csm_xl import doctor as checks

    found = checks.examine(file)
    _show(checks.outcome(found))


@app.command()
def setup() -> None:
    """Tell Excel where Python is. 让 Excel 找到 Python。"""
    from csm_xl.setup import setup as configure

    done = configure()
    for text in done.lines:
        _say(text)


@app.command()
def functions(
    name: Annotated[str | None, typer.Argument(help="One function. 某个函数。")] = None,
) -> None:
    """List the functions you can type in a cell. 列出可在单元格中使用的函数。"""
    from csm_xl.functions import REGISTRY

    if name is None:
        _table(
            (Text("Function", "函数"), Text("What it gives", "作用"), Text("Example", "示例")),
            [(d.signature, str(d.help), d.example) for d in REGISTRY.values()],
        )
        return
    declared = REGISTRY.get(name.upper().lstrip("="))
    if declared is None:
        raise CsmError(
            f"There is no function {name}. csm-xl has: {', '.join(REGISTRY)}.",
            f"没有函数 {name}。csm-xl 的函数有：{'、'.join(REGISTRY)}。",
        )
    typer.echo(f"{declared.signature}\n{declared.help}\n")
    for parameter in declared.typed:
        typer.echo(f"  {parameter.name}: {parameter.help}")
    typer.echo(f"\n{declared.example}")


def main() -> None:
    """Run the command line; an error becomes one sentence and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        # A redirected stream on Windows is ANSI, which has no Chinese in most countries.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    from csm_xl.engine.lean_import import import_xlwings_without_plots

    try:
        import_xlwings_without_plots()
        app()
    except CsmError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail(str(Text("Stopped. Nothing was changed.", "已停止，未作任何改动。")))
    except Exception:
        from csm_xl.logs import log, log_file

        log().exception("command failed: %s", sys.argv[1:2])
        _fail(
            str(
                Text(
                    f"Something unexpected went wrong; your file was not changed. Details are in {log_file()}.",
                    f"发生意外错误，文件未被改动。详情见 {log_file()}。",
                )
            )
        )


def _fail(sentence: str) -> None:
    typer.echo(("错误：" if language() == "zh" else "Error: ") + sentence, err=True)
    if sys.stderr is None:
        # A scheduled refresh on Windows has no console that would keep the sentence.
        from csm_xl.logs import log

        log().error(sentence)
    sys.exit(1)


def _say(text: Text) -> None:
    typer.echo(str(text))


def _warn(text: Text) -> None:
    typer.echo(("注意：" if language() == "zh" else "Mind: ") + str(text))


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


@contextmanager
def _progress() -> Iterator[Any]:
    """A progress line on a terminal; silence elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("", total=1.0)

        def tell(fraction: float, what: Text) -> None:
            bar.update(task, completed=fraction, description=str(what))

        yield tell


def _table(headers: tuple[Text, ...], rows: Any) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=False)
    # A narrow terminal shows what comes first; every column in it would be a word wide.
    shown = headers if console.width >= 120 else headers[:4]
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for header in shown:
        table.add_column(str(header), overflow="fold")
    for row in rows:
        # Customers' texts may hold square brackets, which are no mark-up.
        table.add_row(*(_plain(cell) for cell in row[: len(shown)]))
    console.print(table)


def _plain(cell: object) -> str:
    from rich.markup import escape

    return escape(str(cell))


def _show_message(outcome: Any) -> None:
    _say(outcome.message)
    for warning in outcome.warnings:
        _warn(warning)


def _ask_columns(headers: list[str], columns: list[Any]) -> dict[str, str]:
    """Ask for each header that is not understood which of our columns it is."""
    answers: dict[str, str] = {}
    titles = {str(column.title).casefold(): column.key for column in columns}
    _say(Text("Some columns are not known. Choose from:", "有些列无法识别，可选："))
    typer.echo("  " + ", ".join(str(column.title) for column in columns))
    for header in headers:
        question = Text(
            f"Which column is “{header}”? (Enter to leave it out)",
            f"“{header}”是哪一列？（直接回车表示不导入）",
        )
        given = typer.prompt(str(question), default="", show_default=False).strip().casefold()
        if given in titles and titles[given] not in answers.values():
            answers[header] = titles[given]
    return answers


def _show(outcome: Any) -> None:
    _show_message(outcome)
    if outcome.table:
        _table(outcome.headers, outcome.table)
