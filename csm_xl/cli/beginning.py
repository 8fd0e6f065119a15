"""Commands that make a workbook: the sample company's, a new one, one's own with csm-xl in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from csm_xl.cli.application import File, Force, Out, app, language_named
from csm_xl.cli.terminal import note, progress, say, show_message, show_table
from csm_xl.errors import FileError
from csm_xl.language import Text, language

#: csm-xl's functions as names of LAMBDA instead of macros.
Native = Annotated[
    bool,
    typer.Option(
        "--native",
        help="Functions as names, without macros (Excel 365). 以名称提供函数，不含宏（Excel 365）。",
    ),
]


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="FOLDER", help="Where to write. 写到哪个文件夹。")
    ] = Path("csm-xl-demo"),
) -> None:
    """Try everything on a sample company. 用示例公司试一遍全部功能。"""
    from csm_xl.cli import demo as demonstration

    with progress() as tell:
        done = demonstration.run(folder, language(), tell)
    show_message(done.trained)
    # Notes that training has just told are not told again.
    told = set(done.trained.warnings)
    news = tuple(remark for remark in done.refreshed.warnings if remark not in told)
    show_message(replace(done.refreshed, warnings=news))
    say(Text("\nWhom to contact first:", "\n最先联系："))
    show_table(done.refreshed.headers, done.refreshed.table)
    show_message(done.shared)
    say(Text("\nFiles written:", "\n已写入的文件："))
    for path, what in done.files:
        say(Text("  {path}  ({what})", "  {path}（{what}）").fill(path=path, what=what))
    say(_NEXT)


_NEXT = Text(
    "\nOpen them in Excel or LibreOffice. To begin with your own customers: "
    "csm-xl new MyCustomers.xlsm --empty",
    "\n可用 Excel 或 LibreOffice 打开。要开始管理自己的客户：csm-xl new 我的客户.xlsm --lang zh --empty",
)


@app.command()
def new(
    file: File,
    empty: Annotated[
        bool, typer.Option("--empty", help="Without the sample company. 不含示例数据。")
    ] = False,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="en|zh",
            help="The workbook's language. 工作簿的语言。",
        ),
    ] = None,
    native: Native = False,
    force: Force = False,
) -> None:
    """Make a new workbook. 新建工作簿。"""
    from csm_xl.sample.sample_company import company
    from csm_xl.workbook.create import create

    chosen = language_named(lang) or language()
    if native and file.suffix.casefold() != ".xlsx":
        raise FileError(
            f"A workbook without macros must end in .xlsx, not {file.suffix or file.name}.",
            f"不含宏的工作簿扩展名应为 .xlsx，而不是 {file.suffix or file.name}。",
        )
    create(file, chosen, None if empty else company(chosen), force=force)
    if native:
        from csm_xl.commands.native_functions import NEEDS, put_names
        from csm_xl.ooxml.workbook_file import Workbook

        workbook = Workbook(file)
        put_names(workbook, chosen)
        workbook.save()
        note(NEEDS)
    say(Text(f"Written: {file}", f"已写入：{file}"))
    say(_IMPORT.fill(file=file) if empty else _LOOK_ROUND)


_LOOK_ROUND = Text(
    "Open it in Excel and look round: it holds a sample company. One without it: add --empty.",
    "请用 Excel 打开看看，里面是一家示例公司。不要示例数据请加 --empty。",
)
_IMPORT = Text(
    "Open it in Excel and type your customers in, or import an export of your shop or CRM: "
    'csm-xl import "{file}" EXPORT --table customers',
    "请用 Excel 打开并填写客户，或导入店铺、CRM 的导出文件："
    'csm-xl import "{file}" 导出文件 --table 客户',
)


@app.command()
def attach(file: File, out: Out = None, native: Native = False) -> None:
    """A copy of your own workbook with functions and ribbon. 为您自己的工作簿生成带函数和功能区的副本。"""
    if native:
        from csm_xl.commands.native_functions import NEEDS, attach_native

        written = attach_native(file, out)
        say(Text(f"Written: {written}", f"已写入：{written}"))
        note(NEEDS)
        return
    from csm_xl.workbook.attach import attach as write

    done = write(file, out)
    say(Text(f"Written: {done.path}", f"已写入：{done.path}"))
    for remark in done.notes:
        note(remark)
    say(
        Text(
            "Open it in Excel for formulas and the ribbon, or learn from a sheet that says who left: "
            f'csm-xl retrain "{done.path}" --sheet NAME',
            "请用 Excel 打开，即可使用公式和功能区；也可以用注明了谁已流失的工作表训练："
            f'csm-xl retrain "{done.path}" --sheet 工作表名',
        )
    )


@app.command()
def upgrade(file: File, out: Out = None) -> None:
    """Renew macros and ribbon of an older csm-xl workbook. 更新旧工作簿中的宏和功能区。"""
    from csm_xl.workbook.upgrade import upgrade as renew

    done = renew(file, out)
    say(Text(f"Written: {done.path}", f"已写入：{done.path}"))
    for remark in done.notes:
        note(remark)
