"""Computers for setup and doctor: a registry in memory, and folders of the test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlwings

from csm_xl.doctor.computer import Machine


class MemoryRegistry:
    """``HKEY_CURRENT_USER`` as a dictionary of keys."""

    def __init__(self, keys: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.entries: dict[str, dict[str, Any]] = {k: dict(v) for k, v in (keys or {}).items()}

    def value(self, key: str, name: str) -> Any:
        return self.entries.get(key, {}).get(name)

    def keys(self, key: str) -> list[str]:
        below = f"{key}\\"
        return sorted(
            {path[len(below) :].split("\\")[0] for path in self.entries if path.startswith(below)}
        )

    def write(self, key: str, values: Mapping[str, Any]) -> None:
        self.entries.setdefault(key, {}).update(values)


EXCEL_16 = r"Software\Microsoft\Office\16.0\Excel"


def windows(tmp_path: Path, **changes: Any) -> Machine:
    """A healthy Windows computer with Excel 16 and csm-xl in an environment of its own."""
    env = tmp_path / "env"
    scripts = env / "Scripts"
    scripts.mkdir(parents=True, exist_ok=True)
    for name in ("python.exe", "pythonw.exe"):
        (scripts / name).touch()
    for bits in (32, 64):
        (env / f"xlwings{bits}-{xlwings.__version__}.dll").touch()
    fields: dict[str, Any] = {
        "system": "win32",
        "processor": "AMD64",
        "bits": 64,
        "python_processor": "AMD64",
        "executable": scripts / "python.exe",
        "prefix": env,
        "home": tmp_path / "home",
        "ansi": "cp1252",
        "environ": {},
        "registry": MemoryRegistry({EXCEL_16 + r"\Options": {}}),
        "config": tmp_path / "home" / ".xlwings" / "xlwings.conf",
    }
    return Machine(**{**fields, **changes})


def mac(tmp_path: Path, **changes: Any) -> Machine:
    """A Mac with csm-xl in an environment of its own."""
    data = tmp_path / "Library" / "Containers" / "com.microsoft.Excel" / "Data"
    fields: dict[str, Any] = {
        "system": "darwin",
        "processor": "arm64",
        "bits": 64,
        "python_processor": "arm64",
        "executable": tmp_path / "env" / "bin" / "python",
        "prefix": tmp_path / "env",
        "home": tmp_path,
        "ansi": "utf-8",
        "environ": {},
        "registry": MemoryRegistry(),
        "config": data / "xlwings.conf",
    }
    return Machine(**{**fields, **changes})
