"""``csm-xl doctor``: what could keep csm-xl from working here, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csm_xl.doctor import workbook
from csm_xl.doctor.check import GOOD, NOTE, WRONG, Check
from csm_xl.doctor.computer import Machine, this_machine
from csm_xl.doctor.excel import excel_for_mac, excel_for_windows
from csm_xl.doctor.python import configuration, python_for_windows, python_itself, self_test
from csm_xl.language import Text

if TYPE_CHECKING:
    import xlwings

    from csm_xl.commands.outcome import Outcome

__all__ = ["GOOD", "NOTE", "WRONG", "Check", "check_setup", "examine", "outcome"]


def examine(path: Path | None = None, machine: Machine | None = None) -> list[Check]:
    """Look at Python, Excel and, if one is given, a workbook.

    Parameters
    ----------
    path : Path, optional
        A workbook file.
    machine : Machine, optional
        This computer when not given.

    Returns
    -------
    list of Check
    """
    machine = machine or this_machine()
    checks = [*python_itself(machine), *self_test()]
    if machine.windows:
        checks += [
            *python_for_windows(machine),
            *configuration(machine),
            *excel_for_windows(machine),
        ]
    elif machine.system == "darwin":
        checks += [*configuration(machine), *excel_for_mac(machine)]
    else:
        checks.append(
            Check(
                Text("Excel", "Excel"),
                NOTE,
                Text(
                    "Excel does not run here. csm-xl's terminal commands work on workbook files.",
                    "此系统不能运行 Excel，但可以用 csm-xl 的终端命令处理工作簿文件。",
                ),
            )
        )
    if path is not None:
        checks += [*workbook.place(path, machine), *workbook.contents(path)]
    return checks


def outcome(checks: list[Check]) -> Outcome:
    """The checks as a command's outcome: a sentence, and a table of what was found."""
    from csm_xl.commands.outcome import Outcome

    wrong = [check for check in checks if check.verdict is WRONG]
    message = Text("Everything that was checked is good.", "检查的各项均正常。")
    if wrong:
        message = Text(
            f"{len(wrong)} of {len(checks)} checks found something to put right.",
            f"{len(checks)} 项检查中有 {len(wrong)} 项需要处理。",
        )
    order = (WRONG, NOTE, GOOD)
    ranked = sorted(checks, key=lambda check: order.index(check.verdict))
    return Outcome(
        message,
        (),
        (Text("Result", "结果"), Text("What", "项目"), Text("Found", "情况")),
        tuple((str(c.verdict), str(c.subject), str(c.found)) for c in ranked),
    )


def check_setup(book: xlwings.Book) -> Outcome:
    """The ribbon's Check setup: this computer and the open workbook."""
    address = str(book.fullname)
    checks = examine()
    if "://" in address:
        checks.append(workbook.online(address))
    else:
        checks += workbook.place(Path(address), this_machine())
    return outcome(checks)
