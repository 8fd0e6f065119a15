"""A Windows Python as tests use it: its programs, and what they print."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from hosts.windows import lay_out

#: Whether everything is to be tried, on every Python that is laid out: .ci/run --windows-all.
ALL = bool(os.environ.get("CSM_XL_WINDOWS_ALL"))
only_all = pytest.mark.skipif(not ALL, reason="runs with .ci/run --windows-all")


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class WindowsPython:
    """One of the Pythons that lay_out.py has laid out."""

    version: str

    @property
    def folder(self) -> Path:
        return lay_out.python_folder(self.version)

    def python(self, *arguments: str, **more: object) -> Ended:
        """Run python.exe."""
        return self.program("python.exe", *arguments, **more)  # type: ignore[arg-type]

    def csm_xl(self, *arguments: str, **more: object) -> Ended:
        """Run csm-xl.exe, as pip has made it."""
        return self.program("Scripts/csm-xl.exe", *arguments, **more)  # type: ignore[arg-type]

    def program(
        self,
        name: str,
        *arguments: str,
        timeout: float = 300,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
    ) -> Ended:
        """Run one of its programs to the end."""
        command = [lay_out.wine(), self.folder / name, *arguments]
        environment = lay_out.environment(**(env or {}))
        return Ended(*lay_out.run(command, environment, timeout=timeout, cwd=cwd))


def windows_path(path: Path) -> str:
    """A path of this computer as Windows programs write it."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def laid_out() -> list[str]:
    """The versions of Python that tests are to use: one, or with `ALL` each that is there."""
    try:
        lay_out.wine()
    except lay_out.NotHereError:
        return []
    if os.environ.get("CSM_XL_WINDOWS_TESTS") == "0":
        return []
    found = [version for version in lay_out.VERSIONS if lay_out.is_laid_out(version)]
    return found if ALL else found[:1]
