"""Whether calculating a workbook leaves what Excel computed as it is.

    python benchmarks/excel_values.py FOLDER [--all] [--files N]

For each workbook in the folder three things are counted:

* as it is: how many formulas `calculate` computed, how many of Excel's values it replaced (more
  than the last digits of a number; what reads the clock or throws dice aside);
* with every formula computed (``--all``): how many values were replaced, and how many of those are
  not in the report's list;
* with formulas of csm-xl added, and formulas that build on them: how many were computed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from csm_xl.calc.calculate import calculate
from csm_xl.calc.dependents import Cell, Dependents
from csm_xl.calc.formualizer_engine import known_function
from csm_xl.calc.formula_groups import copied_down, formula_groups
from csm_xl.calc.provenance import same_value
from csm_xl.calc.scope import Scope
from csm_xl.calc.translation import translated
from csm_xl.errors import CsmError
from csm_xl.formulas.workbook_model import CellValue
from csm_xl.functions import REGISTRY
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.workbook.hidden_arguments import HiddenArguments

#: What these give is another thing at another time, or on another computer.
_VOLATILE = frozenset({"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"})
_SUFFIXES = {".xlsx", ".xlsm"}
#: Formulas of csm-xl that are added, and what builds on them.
_ADDED = ("CSAT({block})", 'IFERROR(CSAT({block}),"none")', "NPS({block})")
_DEPENDING = ('IF(ISERROR({cell}),"unclear",{cell}*2)', '"result: "&TEXT({cell},"0.00")')
_ADDED_BLOCK_ROWS = 40


def values_of(book: Workbook) -> dict[Cell, CellValue]:
    """Every value beside a formula, and those that array formulas fill."""
    found: dict[Cell, CellValue] = {}
    for sheet in book.sheets:
        for cell in sheet.formulas():
            r1, c1, r2, c2 = (cell.row, cell.col, cell.row, cell.col)
            if cell.kind == "array" and cell.ref is not None:
                r1, c1, r2, c2 = cell.ref
            for row in range(r1, r2 + 1):
                for column in range(c1, c2 + 1):
                    found[sheet.name, row, column] = sheet.value(row, column)
    return found


def volatile_cells(book: Workbook) -> set[Cell]:
    """Formulas that read the clock or the like, and those that depend on one."""
    around = Scope(book, {}, known_function)
    found = []
    for sheet in around.sheets:
        around.add_formulas(sheet, book.formulas(sheet))
    for sheet in around.sheets:

        def told(cell, sheet=sheet):  # type: ignore[no-untyped-def]
            return translated(around, sheet, cell.row, cell.col, cell.text, None)

        for group in copied_down(book.formulas(sheet)):
            found += formula_groups(sheet, group, told)
    causes = {
        (f.sheet, row, f.column): (f.sheet, row, f.column)
        for f in found
        if f.functions & _VOLATILE
        for row in f.rows
    }
    return causes.keys() | Dependents(found).reached(causes).keys()


def replaced(before: dict[Cell, CellValue], book: Workbook, aside: set[Cell]) -> list[Cell]:
    """The cells that had a value and have another one now."""
    after = values_of(book)
    return [
        cell
        for cell, value in before.items()
        if value is not None and cell not in aside and not same_value(value, after.get(cell))
    ]


def add_formulas(book: Workbook) -> tuple[set[Cell], set[Cell]]:
    """Put formulas of csm-xl, and some that build on them, on a sheet of their own."""
    first = book.sheets[0]
    used = first.used_block() or (1, 1, 1, 1)
    name = first.name.replace("'", "''")
    block = f"'{name}'!$A$1:$C${min(max(used[2], 3), _ADDED_BLOCK_ROWS)}"
    sheet = book.add_sheet("csm-xl added")
    own: set[Cell] = set()
    depending: set[Cell] = set()
    row = 1
    # Numbers that everybody can read, so that not every formula gives an error.
    sheet.set_values(1, 6, [5.0, 4.0, 3.0, 5.0, 2.0])
    ratings = "F1:F5"
    for pattern in _ADDED:
        for cells in (block, ratings):
            sheet.set_formula(row, 1, pattern.format(block=cells))
            own.add((sheet.name, row, 1))
            for place, text in enumerate(_DEPENDING, 1):
                sheet.set_formula(row, 1 + place, text.format(cell=f"A{row}"))
                depending.add((sheet.name, row, 1 + place))
            row += 1
    return own, depending


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--all", action="store_true", help="only the count with everything computed"
    )
    parser.add_argument("--files", type=int, default=0, help="so many files at most")
    parser.add_argument("--name", default="", help="only files whose names hold this")
    parser.add_argument("--verbose", action="store_true", help="name what is out of date")
    args = parser.parse_args()
    paths = sorted(p for p in args.folder.iterdir() if p.suffix.lower() in _SUFFIXES)
    paths = [p for p in paths if args.name in p.name]
    total: Counter[str] = Counter()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in paths[: args.files or None]:
            copy = Path(folder) / path.name
            shutil.copyfile(path, copy)
            copy.chmod(0o600)
            try:
                one_file(copy, total, only_all=args.all, verbose=args.verbose)
            except (CsmError, zipfile.BadZipFile) as error:
                total["refused"] += 1
                print(f"{path.name}: {error}")
            copy.unlink()
    for key in sorted(total):
        print(f"{key:48} {total[key]:8}")
    print(f"{'seconds':48} {time.perf_counter() - started:8.1f}")
    sys.exit(bool(total["as it is: replaced"] or total["all: replaced and not listed"]))


def one_file(path: Path, total: Counter[str], *, only_all: bool, verbose: bool = False) -> None:
    """Count what happens to one workbook."""
    book = Workbook(path)
    aside = volatile_cells(book)
    before = values_of(book)
    total["workbooks"] += 1
    total["formulas"] += sum(len(sheet.formulas()) for sheet in book.sheets)
    if not only_all:
        report = calculate(book, REGISTRY, HiddenArguments(book))
        total["as it is: computed"] += report.calculated
        total["as it is: out of date"] += len(report.kept)
        total["as it is: Excel's value stands"] += len(report.stands)
        for cell in replaced(before, book, aside):
            total["as it is: replaced"] += 1
            print(f"{path.name} {cell}: {before[cell]!r} became {book.cached(*cell)!r}")
        book = Workbook(path)
        own, depending = add_formulas(book)
        before = values_of(book)
        report = calculate(book, REGISTRY, HiddenArguments(book))
        kept = {(k.sheet, k.row, k.column) for k in report.kept}
        for entry in report.kept if verbose else ():
            print(
                f"{path.name} with csm-xl, out of date: {entry.cell} {entry.formula} {entry.reason.en}"
            )
        total["with csm-xl: formulas and dependents"] += len(own | depending)
        total["with csm-xl: of them computed"] += len((own | depending) - kept)
        for cell in replaced(before, book, aside | own | depending):
            total["with csm-xl: replaced"] += 1
            print(f"{path.name} with csm-xl {cell}: {before[cell]!r} became {book.cached(*cell)!r}")
    book = Workbook(path)
    before = values_of(book)
    report = calculate(book, REGISTRY, HiddenArguments(book), everything=True)
    listed = {(d.sheet, d.row, d.column) for d in report.differing}
    total["all: computed"] += report.calculated
    total["all: listed as different"] += len(listed)
    for cell in replaced(before, book, aside):
        total["all: replaced"] += 1
        if cell not in listed:
            total["all: replaced and not listed"] += 1
            print(f"{path.name} --all {cell}: {before[cell]!r} became {book.cached(*cell)!r}")


if __name__ == "__main__":
    main()
