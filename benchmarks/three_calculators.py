"""How many formulas of the workbook and of the accountant's copy three programs compute alike.

Each program computes every formula anew, and what it finds is compared with what the file holds, to
1e-9. The tests hold all of them to it (tests/workbook/test_other_spreadsheets.py); this counts.

    python benchmarks/three_calculators.py        needs LibreOffice; ironcalc and document-builder
                                                  from pip install ".[test]"
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "workbook")]

from hosts import ironcalc_host  # noqa: E402
from test_other_spreadsheets import (  # noqa: E402
    differing,
    formulas,
    with_libreoffice,
    with_onlyoffice,
    without_ours,
)

from csm_xl import commands  # noqa: E402
from csm_xl.commands.opening import open_book  # noqa: E402
from csm_xl.release import COMMITTED  # noqa: E402

PROGRAMS = {
    "LibreOffice": with_libreoffice,
    "ONLYOFFICE": with_onlyoffice,
    "IronCalc": ironcalc_host.recalculated,
}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbook, copy = folder / "CSM.xlsm", folder / "for-accountant.xlsx"
        workbook.write_bytes(COMMITTED.read_bytes())
        book = open_book(workbook)
        commands.share(book, copy)
        book.close()
        print("| file | formulas compared |", " | ".join(PROGRAMS), "|")
        print("|---" * (2 + len(PROGRAMS)), "|", sep="")
        for path, native in ((copy, False), (workbook, True)):
            known = formulas(path)
            places = without_ours(known) if native else set(known)
            alike = []
            for compute in PROGRAMS.values():
                with tempfile.TemporaryDirectory() as work:
                    wrong = differing(compute, path, Path(work), known, places)
                alike.append(f"{len(places) - len(wrong):,}")
            print(f"| {path.name} | {len(places):,} |", " | ".join(alike), "|", flush=True)


if __name__ == "__main__":
    main()
