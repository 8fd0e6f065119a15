"""ONLYOFFICE as a host: the office program of the wheel document-builder, in a process of its own.

    python tests/hosts/onlyoffice.py WORKBOOK RESULT.json

Only reading is used, which it does without a licence.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

needs_onlyoffice = pytest.mark.skipif(
    importlib.util.find_spec("docbuilder") is None,
    reason="the package document-builder is not installed",
)

_EVERY_FORMULA = """
(function () {
  var found = [];
  Api.GetSheets().forEach(function (sheet) {
    var used = sheet.GetUsedRange();
    if (!used) return;
    used.ForEach(function (cell) {
      var formula = cell.GetFormula();
      if (typeof formula === 'string' && formula.charAt(0) === '=')
        found.push([sheet.GetName(), cell.GetAddress(false, false, 'xlA1', false), cell.GetValue()]);
    });
  });
  GlobalVariable['found'] = JSON.stringify(found);
})();
"""


def recalculated(path: Path, folder: Path) -> dict[Any, Any]:
    """What ONLYOFFICE computes for every formula, by sheet and address; each value is a text."""
    result = folder / "onlyoffice.json"
    # In a process of its own, since the program ends its process when it fails.
    subprocess.run(
        [sys.executable, __file__, str(path), str(result)],
        check=True,
        capture_output=True,
        timeout=600,
    )
    found = json.loads(result.read_text(encoding="utf-8"))
    return {(sheet, address): value for sheet, address, value in found}


def main(path: str, result: str) -> None:
    """Open, recalculate, and write down what every formula shows."""
    import docbuilder

    builder = docbuilder.CDocBuilder()
    if builder.OpenFile(path, "") != 0:
        raise SystemExit(f"{path} cannot be opened")
    builder.ExecuteCommand("Api.RecalculateAllFormulas();")
    builder.ExecuteCommand(_EVERY_FORMULA)
    found = builder.GetContext().GetGlobal()["GlobalVariable"]["found"].ToString()
    Path(result).write_text(found, encoding="utf-8")
    builder.CloseFile()


if __name__ == "__main__":
    main(*sys.argv[1:])
