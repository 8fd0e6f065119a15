"""``csm-xl schedule``: a refresh every day, by the scheduler that the computer already has.

Windows has Task Scheduler, a Mac launchd, Linux cron. Nothing runs in between, and nothing is sent
anywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from csm_xl.doctor.computer import Machine, this_machine
from csm_xl.errors import CsmError, FileError
from csm_xl.language import Text
from csm_xl.logs import log_file

#: Runs a program with what it reads from its input; gives its exit code and what it printed.
Run = Callable[[Sequence[str], str], tuple[int, str]]

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
#: The longest command that schtasks takes.
_LONGEST_TASK = 261
#: What a command window acts on outside quotes, and ``%`` inside them too.
_SPECIAL = re.compile(r"[&|<>^%]")
_SPECIAL_OR_QUOTE = re.compile(r'[&|<>^%"]')
_CRON = Text(
    "add the line below to your crontab (crontab -e)", "把下面这行加入 crontab（crontab -e）"
)
_BY_HAND = defaultdict(
    lambda: _CRON,
    win32=Text("run the command below in a command window", "在命令窗口中运行下面的命令"),
    darwin=Text(
        "save what follows its first line as the file that the first line names, and log in again",
        "把下面第一行之后的内容存为第一行所示的文件，然后重新登录",
    ),
)


@dataclass(frozen=True)
class Schedule:
    """A daily refresh.

    Attributes
    ----------
    commands : str
        What was registered, or what to type or save to register it.
    message : Text
    """

    commands: str
    message: Text


def schedule(
    workbook: Path,
    *,
    at: str = "08:00",
    install: bool = False,
    machine: Machine | None = None,
    run: Run | None = None,
) -> Schedule:
    """Tell how to refresh a workbook every day, or register it.

    Parameters
    ----------
    workbook : Path
    at : str
        Time of day, such as ``08:00``.
    install : bool
        Register it with this computer's scheduler; else only say how.
    machine : Machine, optional
        This computer when not given.
    run : callable, optional
        Runs the scheduler's program.

    Raises
    ------
    FileError
        When there is no such workbook, or the scheduler refuses.
    CsmError
        When the time cannot be read.
    """
    machine, run = machine or this_machine(), run or _run
    time = _TIME.fullmatch(at.strip())
    if time is None:
        raise CsmError(
            f"“{at}” is no time of day. Write it as 08:00.", f"“{at}”不是时间，请写成 08:00。"
        )
    hour, minute = int(time[1]), int(time[2])
    path = workbook.absolute()
    if not path.is_file():
        raise FileError(
            f"There is no workbook {path}. Check its name.", f"没有工作簿 {path}，请检查名称。"
        )
    if any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in str(path)):
        raise FileError(
            f"The name “{path.name}” holds a line break or another control character, which no "
            "scheduler takes. Rename the workbook or its folder.",
            f"“{path.name}”的名称含有换行等控制字符，计划任务无法使用，请重命名工作簿或其文件夹。",
        )
    refresh = [str(machine.executable), "-P", "-m", "csm_xl", "refresh", str(path)]
    name = _name(path)
    if machine.windows:
        refresh[0] = str(machine.interpreter)
        done = _task_scheduler(refresh, name, hour, minute, install, run)
    elif machine.system == "darwin":
        done = _launchd(refresh, name, hour, minute, install, run, machine)
    else:
        done = _cron(refresh, hour, minute, install, run)
    return Schedule(done, _message(path, hour, minute, install, machine))


def _message(path: Path, hour: int, minute: int, install: bool, machine: Machine) -> Text:
    at = f"{hour:02d}:{minute:02d}"
    if install:
        return Text(
            f"{path.name} is refreshed every day at {at} while the computer is on. Close it in "
            "Excel by then: an open workbook is left alone.",
            f"每天 {at} 自动刷新 {path.name}（电脑需开机）。届时请在 Excel 中关闭它，打开着的工作簿不会被改动。",
        )
    do = _BY_HAND["win32" if machine.windows else machine.system]
    return Text(
        f"To refresh {path.name} every day at {at}, {do.en}, or add --install.",
        f"要每天 {at} 刷新 {path.name}，请{do.zh}，或加上 --install。",
    )


def _name(path: Path) -> str:
    """A name of its own for each workbook, in characters that every scheduler takes."""
    return f"csm-xl-refresh-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _task_scheduler(
    refresh: list[str], name: str, hour: int, minute: int, install: bool, run: Run
) -> str:
    task = " ".join(f'"{part}"' if " " in part or "\\" in part else part for part in refresh)
    if len(task) > _LONGEST_TASK:
        raise FileError(
            f"The path of the workbook is too long for Task Scheduler: {refresh[-1]}. Move the "
            "workbook to a folder with a shorter name.",
            f"工作簿路径太长，任务计划程序无法使用：{refresh[-1]}。请把工作簿移到路径较短的文件夹。",
        )
    when = f"{hour:02d}:{minute:02d}"
    program = ["schtasks", "/Create", "/F", "/SC", "DAILY", "/ST", when, "/TN", name, "/TR", task]
    if install:
        _checked(run(program, ""), "Task Scheduler")
    return _for_command_window(program)


def _for_command_window(program: Sequence[str]) -> str:
    r"""A program and its arguments as they are typed in a command window.

    A program reads ``\\"`` inside quotes as a quote, the command window as the end of the quoted
    text: a ``&`` in a folder's name would begin a command of its own. Where a name holds such a
    character nothing is quoted for the window, and each of its characters has ``^`` before it.
    """
    line = subprocess.list2cmdline(program)
    if not _SPECIAL.search(line):
        return line
    return _SPECIAL_OR_QUOTE.sub(r"^\g<0>", line)


def _launchd(
    refresh: list[str],
    name: str,
    hour: int,
    minute: int,
    install: bool,
    run: Run,
    machine: Machine,
) -> str:
    label = f"local.{name}"
    words = "\n".join(f"    <string>{escape(part)}</string>" for part in refresh)
    log = escape(str(log_file()))
    plist = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>{label}</string>
  <key>ProgramArguments</key>
  <array>
{words}
  </array>
  <key>StartCalendarInterval</key>
  <dict>
    <key>Hour</key><integer>{hour}</integer>
    <key>Minute</key><integer>{minute}</integer>
  </dict>
  <key>StandardErrorPath</key><string>{log}</string>
</dict>
</plist>
"""
    path = machine.home / "Library" / "LaunchAgents" / f"{label}.plist"
    if install:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(plist, encoding="utf-8")
        except OSError as error:
            raise FileError(
                f"{path} cannot be written: {error.strerror}. Check the folder's permissions.",
                f"无法写入 {path}：{error.strerror}。请检查文件夹权限。",
            ) from error
        # Loading it a second time is refused, so an older one goes first.
        run(["launchctl", "unload", str(path)], "")
        _checked(run(["launchctl", "load", str(path)], ""), "launchd")
    return f"{path}\n{plist}"


def _cron(refresh: list[str], hour: int, minute: int, install: bool, run: Run) -> str:
    # A percent sign ends a command of cron.
    command = " ".join(map(shlex.quote, refresh)).replace("%", r"\%")
    line = f"{minute} {hour} * * * {command}"
    if install:
        code, table = run(["crontab", "-l"], "")
        if code and "no crontab" not in table.lower():
            # Registering would replace lines that were never seen.
            _checked((code, table), "cron")
        lines = table.splitlines() if code == 0 else []
        kept = [one for one in lines if not one.endswith(command)]
        _checked(run(["crontab", "-"], "\n".join([*kept, line, ""])), "cron")
    return line


def _checked(result: tuple[int, str], scheduler: str) -> None:
    code, said = result
    if code:
        reason = " ".join(said.split()) or str(code)
        raise FileError(
            f"{scheduler} did not take the daily refresh: {reason}",
            f"{scheduler} 未能登记每日刷新：{reason}",
        )


def _no_scheduler(name: str) -> FileError:
    return FileError(
        f"This computer has no {name}, so nothing can be registered. Run csm-xl refresh by hand, "
        "or add the line that csm-xl schedule prints to your scheduler.",
        f"本机没有 {name}，无法登记。请手动运行 csm-xl refresh，或把 csm-xl schedule 给出的内容加入您的计划任务。",
    )


def _run(program: Sequence[str], given: str) -> tuple[int, str]:
    try:
        done = subprocess.run(  # noqa: S603 (the scheduler's own program, no shell)
            list(program),
            input=given,
            capture_output=True,
            text=True,
            # What stands there already goes back byte for byte.
            errors="surrogateescape",
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError:
        raise _no_scheduler(program[0]) from None
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr or done.stdout
