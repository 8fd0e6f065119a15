"""Importing the worksheet functions, beside importing xlwings alone, in fresh processes.

Run: python benchmarks/imports.py
"""

from __future__ import annotations

import subprocess
import sys

from side_by_side import compare

HEAVY = ("scipy", "sklearn", "lifelines", "openpyxl", "formualizer", "lxml", "pyopenvba")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    added = run(
        "import sys, xlwings; before = set(sys.modules); import csm_xl.functions; "
        "print(*{m.partition('.')[0] for m in set(sys.modules) - before})"
    ).split()
    print("imported beyond xlwings:", ", ".join(sorted(added)))
    assert not set(added) & set(HEAVY)
    compare(
        "import csm_xl.functions / import xlwings",
        lambda: run("import csm_xl.functions"),
        lambda: run("import xlwings"),
        at_most=1.15,
        rounds=11,
    )


if __name__ == "__main__":
    main()
