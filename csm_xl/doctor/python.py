"""Whether Excel can start this Python and this Python can calculate."""

from __future__ import annotations

from collections.abc import Iterator

from csm_xl.doctor.check import GOOD, NOTE, WRONG, Check
from csm_xl.doctor.computer import Machine
from csm_xl.doctor.setup import configured, key_name, startable_path
from csm_xl.language import Text

_PYTHON = Text("Python", "Python")


def python_itself(machine: Machine) -> Iterator[Check]:
    """The versions, and variables that may mislead Python."""
    import xlwings

    from csm_xl import __version__

    version = ".".join(map(str, machine.python_version))
    yield Check(
        _PYTHON,
        GOOD,
        Text(
            f"csm-xl {__version__}, xlwings {xlwings.__version__}, Python {version} at "
            f"{machine.executable}.",
            f"csm-xl {__version__}、xlwings {xlwings.__version__}、Python {version}，位于 "
            f"{machine.executable}。",
        ),
    )
    for name in ("PYTHONHOME", "PYTHONPATH"):
        if value := machine.environ.get(name):
            yield Check(
                _PYTHON,
                NOTE,
                Text(
                    f"The environment variable {name} is set ({value}). If csm-xl does not start, "
                    "remove it.",
                    f"设置了环境变量 {name}（{value}）。如果 csm-xl 无法启动，请删除该变量。",
                ),
            )


def self_test() -> Iterator[Check]:
    """A function of each kind, calculated as a cell would have it."""
    from csm_xl.functions import REGISTRY

    subject = Text("Functions", "函数")
    wanted = {"CSAT": (((5.0,), (4.0,)), 4.5), "NPS": (((10.0,), (9.0,), (8.0,), (6.0,)), 25.0)}
    for name, (cells, right) in wanted.items():
        declaration = REGISTRY[name]
        missing = [None] * (len(declaration.parameters) - 1)
        if declaration.call(cells, *missing) != [[right]]:
            yield Check(
                subject,
                WRONG,
                Text(
                    f"{name} gives a wrong result. Install csm-xl again with install.cmd.",
                    f"{name} 的结果不正确，请用 install.cmd 重新安装 csm-xl。",
                ),
            )
            return
    yield Check(
        subject,
        GOOD,
        Text(f"{len(REGISTRY)} functions are ready.", f"{len(REGISTRY)} 个函数可用。"),
    )


def python_for_windows(machine: Machine) -> Iterator[Check]:
    """What Excel on Windows needs of Python: 64 bits, x64, and xlwings' DLLs."""
    import xlwings

    if machine.bits != 64:
        yield Check(
            _PYTHON,
            WRONG,
            Text(
                "This Python is a 32-bit one. Install the 64-bit Python (32-bit Excel works with "
                "it), for example with install.cmd.",
                "当前是 32 位 Python。请安装 64 位 Python（32 位 Excel 也可配合使用），"
                "例如运行 install.cmd。",
            ),
        )
    if machine.processor.upper() == "ARM64":
        arm = machine.python_processor.upper() == "ARM64"
        yield Check(
            _PYTHON,
            WRONG if arm else GOOD,
            Text(
                "This is an Arm computer with an Arm Python, for which not every part of csm-xl is "
                "available. Install the x64 Python (Windows installer, 64-bit), or run install.cmd.",
                "这是 Arm 电脑，且使用 Arm 版 Python，csm-xl 的部分组件没有该版本。请安装 x64 版 "
                "Python（Windows installer 64-bit），或运行 install.cmd。",
            )
            if arm
            else Text(
                "An Arm computer with an x64 Python, as it should be.",
                "Arm 电脑，使用 x64 版 Python，符合要求。",
            ),
        )
    missing = [
        name
        for bits in (64, 32)
        if not (machine.prefix / (name := f"xlwings{bits}-{xlwings.__version__}.dll")).exists()
    ]
    listed = ", ".join(missing)
    yield Check(
        _PYTHON,
        WRONG if missing else GOOD,
        Text(
            f"xlwings' {listed} is not in {machine.prefix}. Run install.cmd again; if it is still "
            "missing, your virus scanner may have removed it.",
            f"{machine.prefix} 中缺少 xlwings 的 {listed}。请重新运行 install.cmd；"
            "如仍缺少，可能被杀毒软件删除。",
        )
        if missing
        else Text("xlwings' DLLs for Excel are there.", "xlwings 供 Excel 使用的 DLL 齐全。"),
    )


def configuration(machine: Machine) -> Iterator[Check]:
    """Whether the user's configuration makes Excel start this Python."""
    subject = Text("Setup", "设置")
    named = configured(machine)
    wanted = startable_path(machine.interpreter, machine)
    if wanted is None:
        yield Check(
            subject,
            WRONG,
            Text(
                f"Excel cannot start {machine.interpreter}: its path has characters that this "
                "Windows' code page lacks. Run install.cmd, which then uses another folder.",
                f"Excel 无法启动 {machine.interpreter}：路径中含有本机代码页没有的字符。"
                "请运行 install.cmd，它会改用其他文件夹。",
            ),
        )
    elif named is None:
        yield Check(
            subject,
            WRONG,
            Text(
                f"{machine.config} does not say which Python Excel should start. Run: csm-xl setup",
                f"{machine.config} 中没有指定 Excel 应启动的 Python。请运行：csm-xl setup",
            ),
        )
    elif named.casefold() != wanted.casefold():
        yield Check(
            subject,
            WRONG,
            Text(
                f"Excel starts {named} ({key_name(machine)}), but csm-xl is in {wanted}. Run: "
                "csm-xl setup",
                f"Excel 启动的是 {named}（{key_name(machine)}），而 csm-xl 位于 {wanted}。"
                "请运行：csm-xl setup",
            ),
        )
    else:
        yield Check(subject, GOOD, Text("Excel starts this Python.", "Excel 将启动此 Python。"))
