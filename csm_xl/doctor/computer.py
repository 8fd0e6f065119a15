"""The computer as csm-xl's setup and doctor see it: where things are, and Windows' registry."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

Value = str | int


class Registry(Protocol):
    """The part of Windows' registry that belongs to this user."""

    def value(self, key: str, name: str) -> Value | None:
        """A value, or None where there is none."""

    def keys(self, key: str) -> list[str]:
        """The names of the keys below a key; none where it does not exist."""

    def write(self, key: str, values: Mapping[str, Value]) -> None:
        """Create a key and set its values."""


class NoRegistry:
    """Every system but Windows."""

    def value(self, key: str, name: str) -> Value | None:
        """Nothing is there."""
        return None

    def keys(self, key: str) -> list[str]:
        """Nothing is there."""
        return []

    def write(self, key: str, values: Mapping[str, Value]) -> None:
        """There is nowhere to write."""
        raise NotImplementedError("only Windows has a registry")


if sys.platform == "win32":
    import winreg

    class UserRegistry:
        """``HKEY_CURRENT_USER``."""

        def value(self, key: str, name: str) -> Value | None:
            """See :class:`Registry`."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    found: Value = winreg.QueryValueEx(opened, name)[0]
                    return found
            except OSError:
                return None

        def keys(self, key: str) -> list[str]:
            """See :class:`Registry`."""
            found: list[str] = []
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    while True:
                        found.append(winreg.EnumKey(opened, len(found)))
            except OSError:
                return found

        def write(self, key: str, values: Mapping[str, Value]) -> None:
            """See :class:`Registry`."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                for name, value in values.items():
                    kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
                    winreg.SetValueEx(opened, name, 0, kind, value)

else:
    UserRegistry = NoRegistry


@dataclass(frozen=True)
class Machine:
    """One computer and the Python that runs on it.

    Attributes
    ----------
    system : {"win32", "darwin", "linux"}
    processor : str
        Such as ``AMD64`` or ``ARM64``: the computer's own, whatever this Python is built for.
    bits : int
        Of this Python, 32 or 64.
    python_processor : str
        What this Python is built for.
    executable, prefix, home : Path
        This Python, its environment, the user's folder.
    ansi : str
        The encoding in which VBA reads files and calls DLLs.
    environ : mapping
    registry : Registry
    config : Path
        The user's ``xlwings.conf``.
    """

    system: str
    processor: str
    bits: int
    python_processor: str
    executable: Path
    prefix: Path
    home: Path
    ansi: str
    environ: Mapping[str, str]
    registry: Registry
    config: Path
    python_version: tuple[int, int] = field(default=(3, 11))

    @property
    def windows(self) -> bool:
        """Whether this is Windows."""
        return self.system == "win32"

    @property
    def interpreter(self) -> Path:
        """The Python that Excel should start: on Windows the one without a console."""
        if self.windows and self.executable.name.casefold() == "python.exe":
            return self.executable.with_name("pythonw.exe")
        return self.executable

    @property
    def workbook_folder(self) -> Path:
        """A local folder for workbooks: not Documents, which OneDrive may have moved to the web."""
        return self.home / "csm-xl"


def this_machine() -> Machine:
    """The computer that runs this."""
    import xlwings

    windows = sys.platform == "win32"
    environ = dict(os.environ)
    # An x64 Python on an Arm computer sees AMD64; Windows tells the truth in this variable.
    own = environ.get("PROCESSOR_ARCHITEW6432") or _native_processor(windows)
    return Machine(
        system=sys.platform,
        processor=own,
        bits=64 if sys.maxsize > 2**32 else 32,
        python_processor=platform.machine(),
        executable=Path(sys.executable),
        prefix=Path(sys.prefix),
        home=Path.home(),
        ansi="mbcs" if windows else locale.getpreferredencoding(False),
        environ=environ,
        registry=UserRegistry(),
        config=Path(xlwings.USER_CONFIG_FILE),
        python_version=sys.version_info[:2],
    )


def _native_processor(windows: bool) -> str:
    identifier = os.environ.get("PROCESSOR_IDENTIFIER", "")
    if windows and identifier.upper().startswith("ARM"):
        return "ARM64"
    return platform.machine()
