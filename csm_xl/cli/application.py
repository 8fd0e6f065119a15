"""The application, and the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csm_xl import __version__
from csm_xl.cli.answers import keep, kept
from csm_xl.errors import CsmError
from csm_xl.language import LANGUAGES, Language, Text, set_language

app = typer.Typer(
    name="csm-xl",
    help="Customer success inside your Excel workbook. 在您的 Excel 工作簿里做客户成功管理。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The workbook (.xlsx or .xlsm). 工作簿文件。")
]

Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="FILE", help="Write a new file instead. 另存为新文件。"),
]

Force = Annotated[
    bool, typer.Option("--force", help="Replace a file that is there. 覆盖已有文件。")
]

Table = Annotated[
    str | None,
    typer.Option("--table", metavar="NAME", help="Table of the database. 数据库中的表名。"),
]
Query = Annotated[
    str | None,
    typer.Option("--query", metavar="SQL", help="Take what this query gives. 使用该查询的结果。"),
]

Orders = Annotated[
    str | None,
    typer.Option(
        "--orders",
        metavar="ADDRESS",
        help="Orders that are no sheet: Parquet or CSV files, a folder, duckdb:FILE, sqlite:FILE, "
        "spark:FOLDER, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE. "
        "不在工作簿里的订单：Parquet 或 CSV 文件、文件夹、duckdb:文件、sqlite:文件、spark:文件夹、"
        "postgres://用户@主机/数据库、mysql://用户@主机/数据库。",
    ),
]
OrderMaps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="THEIRS=OURS",
        help="Say which column of --orders is which; repeatable. "
        "说明 --orders 的某列对应哪一列，可重复。",
    ),
]

Sheet = Annotated[
    str | None,
    typer.Option("--sheet", metavar="NAME", help="Sheet or table to use. 使用的工作表或表格。"),
]

Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TITLE=ROLE",
        help="Say what a column is; remembered in the workbook; repeatable. "
        "指定某列的角色，并记入工作簿，可重复。",
    ),
]


def refuse_without_orders(orders: str | None, *others: object) -> None:
    """Refuse options that say more of ``--orders`` where it was not given.

    Raises
    ------
    CsmError
    """
    if orders is None and any(others):
        raise CsmError(
            "--table, --query and --map are for --orders ADDRESS: name the address too.",
            "--table、--query 和 --map 须与“--orders 地址”一起使用，请写明地址。",
        )


#: What people call the languages.
_CALLED: dict[Language, tuple[str, ...]] = {
    "en": ("en", "english", "英文", "英语"),
    "zh": ("zh", "chinese", "中文", "汉语", "zh-cn"),
}


def language_named(value: str | None) -> Language | None:
    """The language of an option ``--lang``; wrong usage when it is none of ours."""
    if value is None:
        return None
    for lang in LANGUAGES:
        if value.casefold() in _CALLED[lang]:
            return lang
    text = Text("--lang is en or zh, not {0}", "--lang 只能是 zh（中文）或 en（英文），不能是 {0}")
    raise typer.BadParameter(str(text).format(value))


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"csm-xl {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="en|zh",
            help="Language of messages. 消息的语言。",
        ),
    ] = None,
    json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print the answer as one JSON object. 把结果输出为一个 JSON 对象。",
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Show the version. 显示版本。"
        ),
    ] = False,
) -> None:
    if lang is not None:
        set_language(language_named(lang))
    if json and kept() is None:
        keep()
