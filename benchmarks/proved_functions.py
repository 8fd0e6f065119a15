"""Which functions the calculator computes as Excel does: made from what Excel computed.

    python benchmarks/proved_functions.py FOLDER… [--write] [--show FUNCTION]

Every formula of the workbooks in the folders is computed from the values that Excel left, and its
result compared with Excel's. A function is ``proved`` when at least five formulas with it agree and
none differs because of it, ``limits`` when most agree, else ``unproved``. A formula with several
functions that differs is put down to those of them that differ when they stand alone, or else to all
that no other formula proves. ``--write`` writes the table that the engine reads,
``csm_xl/calc/proved_functions.json``.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path

import csm_xl.calc.proved
from csm_xl.calc.examination import Examination
from csm_xl.calc.formualizer_engine import FormualizerEngine, known_function
from csm_xl.calc.formula_groups import FormulaGroup, array_group, copied_down, formula_groups
from csm_xl.calc.provenance import provenance_of
from csm_xl.calc.recalculation import Recalculation
from csm_xl.calc.scope import Scope
from csm_xl.calc.translation import translated
from csm_xl.errors import CsmError
from csm_xl.ooxml.workbook_file import Workbook

TABLE = Path(csm_xl.calc.proved.__file__).with_name("proved_functions.json")
#: So many different formulas must agree.
ENOUGH = 5
#: Of a function with limits so many agree.
MOST = 0.8

Formula = tuple[frozenset[str], bool, str]


def examined(path: Path) -> list[Formula]:
    """The functions of each formula that could be computed, whether it agrees, and where it is."""
    book = Workbook(path, readonly=True)
    if book.provenance.demands_calculation:
        return []
    around = Scope(book, {}, known_function)
    cells = {}
    for sheet in around.sheets:
        formulas = book.formulas(sheet)
        around.add_formulas(sheet, formulas)
        cells.update({(sheet, cell.row, cell.col): cell for cell in formulas})
    found: list[FormulaGroup] = []
    for sheet in around.sheets:
        told = partial(_translated, around, sheet)
        plain = []
        for cell in book.formulas(sheet):
            if cell.kind == "array" and cell.ref is not None:
                found.append(array_group(sheet, cell, told(cell)))
            elif cell.kind != "data_table":
                plain.append(cell)
        for group in copied_down(plain):
            found += formula_groups(sheet, group, told)
    provenance = provenance_of(book)
    chosen = Recalculation(found, cells, around, provenance).examined(cells.keys())
    make = partial(FormualizerEngine, book.date1904)
    differing = Examination(make, around, cells, provenance).differing(found, chosen)
    return [
        (group.functions, origin not in differing, f"{path.name} {origin[0]}!{cells[origin].text}")
        for group in found
        for row in group.rows
        if (origin := (group.sheet, row, group.column)) in chosen
    ]


def _translated(around, sheet, cell):  # type: ignore[no-untyped-def]
    block = cell.ref if cell.kind == "array" else None
    return translated(around, sheet, cell.row, cell.col, cell.text, block)


def judged(formulas: list[Formula]) -> dict[str, str]:
    """Each function with its status."""
    agree: dict[str, set[str]] = defaultdict(set)
    alone: Counter[str] = Counter()
    for functions, agrees, place in formulas:
        for name in functions:
            if agrees:
                agree[name].add(place)
        if not agrees and len(functions) == 1:
            alone.update(functions)
    differ: Counter[str] = Counter(alone)
    for functions, agrees, _ in formulas:
        if agrees or len(functions) < 2:
            continue
        blamed = [n for n in functions if alone[n]]
        blamed = blamed or [n for n in functions if len(agree[n]) < ENOUGH] or list(functions)
        differ.update(blamed)
    table = {}
    for name in sorted(agree.keys() | differ.keys()):
        good, bad = len(agree[name]), differ[name]
        if good >= ENOUGH and not bad:
            table[name] = "proved"
        elif good >= ENOUGH and good >= MOST * (good + bad):
            table[name] = "limits"
        else:
            table[name] = "unproved"
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true")
    parser.add_argument(
        "--show", default="", help="list the formulas with this function that differ"
    )
    args = parser.parse_args()
    formulas: list[Formula] = []
    for folder in args.folders:
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in (".xlsx", ".xlsm"):
                try:
                    formulas += examined(path)
                except CsmError as error:
                    print(f"{path.name}: {error}")
    for functions, agrees, place in formulas:
        if args.show and args.show in functions and not agrees:
            print(place)
    table = judged(formulas)
    print(len(formulas), "formulas,", sum(agrees for _, agrees, _ in formulas), "agree")
    for status, count in Counter(table.values()).most_common():
        print(f"{status:10} {count}")
    if args.write:
        lines = ",\n".join(f'"{name}": {json.dumps(status)}' for name, status in table.items())
        TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
