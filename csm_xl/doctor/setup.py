"""``csm-xl setup``: tell Excel which Python to start, and trust one folder for its workbooks.

Sources: xlwings' ``Config.bas`` (where VBA looks for settings and how it reads them); Office's
trusted locations in the registry.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from csm_xl.doctor.computer import Machine, this_machine
from csm_xl.errors import FileError
from csm_xl.language import Text

_LINE = re.compile(rb'^\s*"([^"]*)"\s*,')
#: Office 2010 to 2024 and 365.
_OFFICE = ("14.0", "15.0", "16.0")
_EXCEL = r"Software\Microsoft\Office\{version}\Excel"
_TRUSTED = _EXCEL + r"\Security\Trusted Locations\csm-xl"


@dataclass(frozen=True)
class Done:
    """What setup did, one sentence for each thing."""

    lines: tuple[Text, ...]


def setup(machine: Machine | None = None) -> Done:
    """Write the user's configuration and trust the folder for workbooks.

    Other settings in the configuration stay as they are. Running it again changes nothing.

    Raises
    ------
    FileError
        When something cannot be written, or Excel could not start this Python.
    """
    machine = machine or this_machine()
    if machine.system not in ("win32", "darwin"):
        raise FileError(
            "Excel runs on Windows and Mac, so there is nothing to set up here. The terminal "
            "commands work without setup.",
            "Excel 只能在 Windows 和 Mac 上运行，此处无需设置。终端命令可以直接使用。",
        )
    lines = _configure(machine)
    if machine.windows:
        lines += _trust(machine)
    else:
        lines.append(_install_apple_script(machine))
    return Done(tuple(lines))


# -- the configuration -------------------------------------------------------------------------------


def key_name(machine: Machine) -> str:
    """The setting that names the Python to start."""
    return "INTERPRETER_WIN" if machine.windows else "INTERPRETER_MAC"


def configured(machine: Machine) -> str | None:
    """The Python that the user's configuration names now, or None."""
    try:
        content = machine.config.read_bytes()
    except OSError:
        return None
    wanted = key_name(machine).casefold()
    for line in content.splitlines():
        found = _LINE.match(line)
        if found and found[1].decode("latin-1").casefold() == wanted:
            value = line[found.end() :].strip().strip(b'"')
            return value.decode(_codec(machine), "replace")
    return None


def startable_path(path: Path, machine: Machine) -> str | None:
    """The path as VBA can pass it on: in the ANSI code page, by its short name where need be.

    None where the path has no such form; Excel could not start a program there.
    """
    text = str(path)
    if _encodable(text, machine):
        return text
    short = _short_name(text)
    return short if short is not None and _encodable(short, machine) else None


def _configure(machine: Machine) -> list[Text]:
    wanted = startable_path(machine.interpreter, machine)
    if wanted is None:
        raise FileError(
            f"Excel cannot start a Python whose path has characters outside this Windows' code "
            f"page: {machine.interpreter}. Run install.cmd again; it then uses a folder without "
            "such characters.",
            f"Excel 无法启动路径中含有本机代码页以外字符的 Python：{machine.interpreter}。"
            "请重新运行 install.cmd，它会改用不含这些字符的文件夹。",
        )
    before = configured(machine)
    if before == wanted:
        return [_says(machine, wanted)]
    lines = [_says(machine, wanted)]
    if before:
        kept = _keep(machine)
        lines.append(
            Text(
                f"Before, Excel started {before}. Other xlwings workbooks now start the new one "
                f"too; the former settings are in {kept}.",
                f"此前 Excel 启动的是 {before}。其他 xlwings 工作簿现在也会启动新的 Python；"
                f"原设置保存在 {kept}。",
            )
        )
    _write(machine, wanted)
    return lines


def _says(machine: Machine, python: str) -> Text:
    return Text(
        f"Excel starts {python} (set in {machine.config}).",
        f"Excel 将启动 {python}（设置在 {machine.config}）。",
    )


def _keep(machine: Machine) -> Path:
    kept = machine.config.with_name("xlwings.conf.before-csm-xl")
    try:
        shutil.copy2(machine.config, kept)
    except OSError as error:
        raise _unwritable(kept, error) from error
    return kept


def _write(machine: Machine, python: str) -> None:
    try:
        old = machine.config.read_bytes()
    except FileNotFoundError:
        old = b""
    except OSError as error:
        raise _unwritable(machine.config, error) from error
    wanted = key_name(machine)
    line = f'"{wanted}","{python}"'.encode(_codec(machine))
    lines = []
    for one in old.splitlines():
        found = _LINE.match(one)
        if not (found and found[1].decode("latin-1").casefold() == wanted.casefold()):
            lines.append(one)
    end = b"\r\n" if machine.windows else b"\n"
    new = machine.config.with_name(f"{machine.config.name}.new")
    try:
        machine.config.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(end.join([*(one for one in lines if one.strip()), line, b""]))
        new.replace(machine.config)
    except OSError as error:
        raise _unwritable(machine.config, error) from error


def _codec(machine: Machine) -> str:
    # VBA reads the file in the ANSI code page.
    return machine.ansi if machine.windows else "utf-8"


def _encodable(text: str, machine: Machine) -> bool:
    if not machine.windows:
        return True
    try:
        return text.encode(machine.ansi).decode(machine.ansi) == text
    except UnicodeError:
        return False


def _short_name(path: str) -> str | None:
    """The 8.3 form of a path, where Windows keeps one."""
    if sys.platform != "win32":
        return None
    import ctypes

    buffer = ctypes.create_unicode_buffer(1024)
    length = ctypes.windll.kernel32.GetShortPathNameW(path, buffer, len(buffer))
    return buffer.value if 0 < length < len(buffer) else None


def _unwritable(path: Path, error: OSError) -> FileError:
    return FileError(
        f"{path} cannot be written: {error.strerror}. Check the folder's permissions.",
        f"无法写入 {path}：{error.strerror}。请检查文件夹权限。",
    )


# -- the trusted folder ------------------------------------------------------------------------------


def office_versions(machine: Machine) -> list[str]:
    """The Office versions whose Excel this user has started."""
    return [version for version in _OFFICE if machine.registry.keys(_EXCEL.format(version=version))]


def is_trusted(folder: Path, machine: Machine) -> bool:
    """Whether macros in a folder run without being asked about, by a trusted location of the user."""
    wanted = _comparable(folder)
    for version in office_versions(machine):
        locations = _EXCEL.format(version=version) + r"\Security\Trusted Locations"
        for name in machine.registry.keys(locations):
            location = rf"{locations}\{name}"
            path = machine.registry.value(location, "Path")
            if not isinstance(path, str):
                continue
            trusted = _comparable(Path(os.path.expandvars(path)))
            below = machine.registry.value(location, "AllowSubFolders") == 1
            if wanted == trusted or (below and wanted.startswith(trusted)):
                return True
    return False


def _with_separator(folder: Path) -> str:
    return str(folder).rstrip("\\/") + "\\"


def _comparable(folder: Path) -> str:
    return _with_separator(folder).replace("/", "\\").casefold()


def _trust(machine: Machine) -> list[Text]:
    folder = machine.workbook_folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    versions = office_versions(machine)
    if not versions:
        return [
            Text(
                "Excel was not found for this user. Start Excel once, then run csm-xl setup again.",
                "没有找到本用户的 Excel。请先启动一次 Excel，再运行 csm-xl setup。",
            )
        ]
    for version in versions:
        machine.registry.write(
            _TRUSTED.format(version=version),
            {
                "Path": _with_separator(folder),
                "AllowSubFolders": 0,
                "Description": "csm-xl workbooks",
            },
        )
    return [
        Text(
            f"Workbooks in {folder} open with their macros. Keep yours there.",
            f"{folder} 中的工作簿打开时可以直接运行宏，请把工作簿放在这里。",
        )
    ]


# -- Excel for Mac -----------------------------------------------------------------------------------


def apple_script(machine: Machine) -> Path:
    """Where Excel for Mac looks for the script that starts Python."""
    import xlwings

    scripts = machine.home / "Library" / "Application Scripts" / "com.microsoft.Excel"
    return scripts / f"xlwings-{xlwings.__version__}.applescript"


def _install_apple_script(machine: Machine) -> Text:
    from importlib import resources

    target = apple_script(machine)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(resources.files("xlwings").joinpath(target.name).read_bytes())
    except OSError as error:
        raise _unwritable(target, error) from error
    return Text(
        f"The buttons of the ribbon can start Python (by {target}).",
        f"功能区按钮已可启动 Python（通过 {target}）。",
    )
