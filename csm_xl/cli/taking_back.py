"""``csm-xl undo`` and ``csm-xl forget``: what a command did, and what is known of a person."""

from __future__ import annotations

from typing import Annotated

import typer

from csm_xl.cli.application import File, app
from csm_xl.cli.terminal import show


@app.command()
def undo(file: File) -> None:
    """Bring back the workbook as it was before the last command. 恢复到上一次命令之前的工作簿。"""
    from csm_xl.commands.undoing import undo as undo_last

    show(undo_last(file))


@app.command()
def forget(
    file: File,
    customer: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER",
            help="Customer number, name, mail address or telephone number. 客户编号、姓名、邮箱或电话。",
        ),
    ],
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would go; write nothing. 只试运行，不写入。"),
    ] = False,
) -> None:
    """Take a person out of the workbook and its safety copies. 从工作簿和安全副本中清除某个人。"""
    from csm_xl.commands.forgetting import forget as forget_person

    show(forget_person(file, customer, dry_run=dry_run))
