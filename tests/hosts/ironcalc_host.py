"""IronCalc as a host: a spreadsheet engine that shares no code with Excel's other followers."""

from __future__ import annotations

import importlib.util
import posixpath
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

needs_ironcalc = pytest.mark.skipif(
    importlib.util.find_spec("ironcalc") is None, reason="the package ironcalc is not installed"
)

_ABSOLUTE = re.compile(rb'Target="/([^"]*)"')


def recalculated(path: Path, folder: Path, cells: list[tuple[str, str]]) -> dict[Any, Any]:
    """What IronCalc computes for cells, each a sheet's name and an address."""
    import ironcalc

    model = ironcalc.load_from_xlsx(str(_with_relative_targets(path, folder / f"{path.stem}.xlsx")))
    model.evaluate()
    return {
        (sheet, address): model.get_cell_value_by_ref(f"{sheet}!{address}")
        for sheet, address in cells
    }


def _with_relative_targets(path: Path, out: Path) -> Path:
    """The same package; IronCalc does not find a part whose relation names it from the root."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".rels"):
                base = posixpath.dirname(posixpath.dirname(name)) or "."

                def relative(found: re.Match[bytes], base: str = base) -> bytes:
                    target = posixpath.relpath(found[1].decode(), base)
                    return f'Target="{target}"'.encode()

                content = _ABSOLUTE.sub(relative, content)
            new.writestr(name, content)
    return out
