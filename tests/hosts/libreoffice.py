"""LibreOffice as a host: it opens a workbook, computes every formula anew, prints pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")

#: For tests that cannot do without it.
needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]

_FORMULA_VALUE = re.compile(rb"(<f(?:\s[^>]*)?(?:/>|>[^<]*</f>))<v>[^<]*</v>")

#: The type of a cell whose formula gave a text.
_TEXT_TYPE = re.compile(rb'(<c [^>]*?) t="str"([^>]*><f)')


def without_values(path: Path, out: Path) -> Path:
    """The same workbook with no value beside any formula, so that nothing can be taken over."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                content = _FORMULA_VALUE.sub(rb"\1", content)
                # A formula of the type of a text, without a value, would say that it is "".
                content = _TEXT_TYPE.sub(rb"\1\2", content)
            new.writestr(name, content)
    return out


def converted(path: Path, kind: str, folder: Path) -> Path:
    """The file that LibreOffice makes of a workbook, such as ``xlsx`` or ``pdf``."""
    assert SOFFICE is not None
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                SOFFICE,
                f"-env:UserInstallation=file://{profile}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(folder),
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=600,
        )
    return folder / f"{path.stem}.{kind.partition(':')[0]}"


def recalculated(path: Path, folder: Path) -> openpyxl.Workbook:
    """The values that LibreOffice computes, with all values beside formulas removed first."""
    bare = without_values(path, folder / f"bare {path.name}")
    made = folder / "computed"
    made.mkdir(exist_ok=True)
    return openpyxl.load_workbook(converted(bare, "xlsx", made), data_only=True)
