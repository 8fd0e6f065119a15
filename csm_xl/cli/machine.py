"""Commands about the computer and csm-xl itself: set up, check, schedule, list the functions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from csm_xl.cli.application import File, app
from csm_xl.cli.terminal import say, show
from csm_xl.errors import CsmError
from csm_xl.language import Text

_ONE_FUNCTION = Text(
    "What each argument means: csm-xl functions NAME", "各参数的含义：csm-xl functions 函数名"
)


@app.command()
def setup() -> None:
    """Tell Excel where Python is. 让 Excel 找到 Python。"""
    from csm_xl.doctor.setup import setup as configure

    done = configure()
    for text in done.lines:
        say(text)


@app.command()
def doctor(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A workbook to look at as well. 也检查某个工作簿。"),
    ] = None,
) -> None:
    """Check what is missing, and say what to do. 检查安装并给出建议。"""
    from csm_xl import doctor as checks

    found = checks.examine(file)
    show(checks.outcome(found))


@app.command()
def schedule(
    file: File,
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="Time of day. 每天的时间。")
    ] = "08:00",
    install: Annotated[bool, typer.Option("--install", help="Register it now. 立即登记。")] = False,
) -> None:
    """Refresh every day by the computer's own scheduler. 用系统的计划任务每天刷新。"""
    from csm_xl.doctor.schedule import schedule as plan

    planned = plan(file, at=at, install=install)
    say(planned.message)
    say(planned.commands)


@app.command()
def functions(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One function. 某个函数。")
    ] = None,
) -> None:
    """List the functions you can type in a cell. 列出可在单元格中使用的函数。"""
    from csm_xl.functions import REGISTRY

    if name is None:
        for _, listed in sorted(REGISTRY.items()):
            say(f"{listed.signature}\n    {listed.help}\n    {listed.example}\n")
        say(_ONE_FUNCTION)
        return
    declared = REGISTRY.get(name.upper().lstrip("="))
    if declared is None:
        raise CsmError(
            f"There is no function {name}. csm-xl has: {', '.join(sorted(REGISTRY))}.",
            f"没有函数 {name}。csm-xl 的函数有：{'、'.join(sorted(REGISTRY))}。",
        )
    say(f"{declared.signature}\n{declared.help}\n")
    for parameter in declared.typed:
        say(Text(f"  {parameter.name}: {parameter.help.en}", f"  {parameter.told.zh}"))
    say(f"\n{declared.example}")
