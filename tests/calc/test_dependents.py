"""Formulas copied down treated as one; what depends on what; circles."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.calc.dependents import Cell, Dependents, circles
from csm_xl.calc.formualizer_engine import known_function
from csm_xl.calc.formula_groups import FormulaGroup, columns_read, copied_down, formula_groups
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.scope import Scope
from csm_xl.calc.translation import Translation, translate, translated
from csm_xl.formulas.references import Area
from csm_xl.formulas.workbook_model import FormulaCell, TableInfo


def formula_cells(column: int, texts: dict[int, str]) -> list[FormulaCell]:
    return [FormulaCell(row, column, text, "plain", None, None) for row, text in texts.items()]


def scope(book: MemoryWorkbook) -> Scope:
    around = Scope(book, {}, known_function)
    for sheet in book.sheet_names:
        around.add_formulas(sheet, book.formulas(sheet))
    return around


def all_groups(book: MemoryWorkbook) -> list[FormulaGroup]:
    around = scope(book)
    found = []
    for sheet in book.sheet_names:

        def told(cell: FormulaCell, sheet: str = sheet) -> Translation:
            return translated(around, sheet, cell.row, cell.col, cell.text, None)

        for group in copied_down(book.formulas(sheet)):
            found += [f for f in formula_groups(sheet, group, told) if f.refused is None]
    return found


def test_formulas_that_differ_by_their_row_only_are_one_group():
    texts = {row: f'A{row}*B{row - 1}+$C$2+SUM(D$1:D{row})+"x7"' for row in range(2, 50)}
    assert len(copied_down(formula_cells(5, texts))) == 1


@pytest.mark.parametrize(
    "text", ["A{row}*{row}", "LOG10(A{row})*{row}", "'Sheet{row}'!A1", "$A${row}", 'A1&"{row}"']
)
def test_numbers_that_are_no_moving_rows_keep_formulas_apart(text):
    texts = {row: text.format(row=row) for row in (12, 13, 14)}
    groups = copied_down(formula_cells(5, texts))
    assert sum(map(len, groups)) == 3
    assert len(groups) == 3


FORMULAS = [
    "A{r}*2",
    "A{r}+A{p}",
    "SUM($A$1:A{r})",
    "SUM(A{r}:B{n})*{r}",
    "IF(A{r}>10,A{r},{r})",
    "T[[#This Row],[a]]+A{r}",
    "T[a]+A$1:A$30",
    "SUM(B:B)+A{r}",
    'A{r}&" row {r}"',
    "A{r}+IF(A{r}>3,LOG10(100),12)",
    "N(E{p})+1",
    "here+left",
    "A$9:A$12*2+{r}",
    "[@b]",
]


@given(st.lists(st.sampled_from(FORMULAS), min_size=2, max_size=4), st.integers(0, 2**32))
def test_a_groups_translations_are_those_of_its_formulas(shapes, seed):
    rng = random.Random(seed)
    rows = sorted(rng.sample(range(2, 40), 20))
    cells = {f"A{row}": row for row in range(1, 41)}
    shape = {row: shapes[(row // rng.randint(3, 9)) % len(shapes)] for row in rows}
    cells |= {
        f"E{row}": Formula("=" + text.format(r=row, p=row - 1, n=row + 1))
        for row, text in shape.items()
    }
    book = MemoryWorkbook(
        cells,
        tables=[("T", "Sheet1", "A5:E25", ["a", "b", "c", "d", "e"])],
        names={"here": "Sheet1!$B$2", "left": "Sheet1!XFD1"},
    )
    around = scope(book)
    single = {}
    for cell in book.formulas("Sheet1"):
        with suppress(NotCalculated):
            single[cell.row] = translate(around, "Sheet1", cell.row, cell.col, cell.text)
    seen = {}
    for group in all_groups(book):
        for row, text in zip(group.rows, group.texts(), strict=True):
            assert text == group.text(row) == single[row].text
            assert tuple(area.at(row) for area in group.areas) == single[row].areas
            seen[row] = group
    assert sorted(seen) == sorted(single)


def test_formulas_that_fail_for_one_reason_fail_together():
    cells = formula_cells(3, {row: f"NOSUCH(A{row})" for row in range(1, 100)})
    book = MemoryWorkbook({"A1": 1})
    around = scope(book)
    calls = []

    def told(cell: FormulaCell) -> Translation:
        calls.append(cell.row)
        return translated(around, "Sheet1", cell.row, cell.col, cell.text, None)

    (failed,) = formula_groups("Sheet1", copied_down(cells)[0], told)
    assert isinstance(failed.refused, NotCalculated)
    assert failed.rows == list(range(1, 100))
    assert failed.areas[0].at(7) == Area("Sheet1", (7, 1, 7, 1))
    assert calls == [1, 99]


def test_a_table_that_ends_half_way_divides_a_column():
    book = MemoryWorkbook({f"C{row}": "=T[[#This Row],[a]]*2" for row in range(2, 30)}, tables=[])
    book._tables = [TableInfo("T", "Sheet1", (1, 1, 12, 1), ["a"], True, 0)]
    found = all_groups(book)
    texts = {row: text for f in found for row, text in zip(f.rows, f.texts(), strict=True)}
    assert texts[12] == "=A12*2"
    assert texts[13] == "=#VALUE!*2"
    assert len(found) < 10


def test_only_the_columns_that_formulas_read_are_wanted():
    book = MemoryWorkbook(
        {
            "One": {"F2": "=B2+Two!C3", "F3": "=B3+Two!C4", "G1": "=SUM(One!C5:D7)"},
            "Two": {"A1": "=SUM(One!B:B)"},
        }
    )
    found = all_groups(book)
    assert columns_read(found, "One", 9) == {2: (1, 1048576), 3: (5, 7), 4: (5, 7)}
    assert columns_read(found, "Two", 9) == {3: (3, 4)}
    assert columns_read(found, "One", 3) == {2: (1, 1048576), 3: (5, 7)}


def sums(cells: dict[str, str]) -> list[FormulaGroup]:
    return all_groups(MemoryWorkbook(cells))


def named(cells: dict[Cell, Cell]) -> dict[tuple[int, int], tuple[int, int]]:
    return {cell[1:]: cause[1:] for cell, cause in cells.items()}


def test_everything_that_reads_a_cell_is_reached_with_the_cause():
    found = sums({"B1": "=A1", "B2": "=SUM(A2:A9)", "C1": "=B1+1", "D1": "=SUM(B:B)", "E1": "=Z1"})
    reached = Dependents(found).reached({("Sheet1", 1, 1): ("Sheet1", 1, 1)})
    assert named(reached) == {(1, 2): (1, 1), (1, 3): (1, 1), (1, 4): (1, 1)}


def test_cells_of_another_sheet_with_the_same_address_are_not_confused():
    book = MemoryWorkbook({"One": {"B1": "=A1"}, "Two": {"B1": "=A1", "C1": "=One!B1"}})
    reached = Dependents(all_groups(book)).reached({("One", 1, 1): ("One", 1, 1)})
    assert set(reached) == {("One", 1, 2), ("Two", 1, 3)}


@given(st.integers(0, 2**32))
def test_reached_formulas_are_those_that_a_plain_search_reaches(seed):
    rng = random.Random(seed)
    reads: dict[tuple[int, int], set[tuple[int, int]]] = {}
    cells = {}
    for _ in range(25):
        row, column = rng.randint(1, 8), rng.randint(1, 6)
        r1, c1 = rng.randint(1, 8), rng.randint(1, 6)
        r2, c2 = min(8, r1 + rng.randint(0, 2)), min(6, c1 + rng.randint(0, 1))
        cells[f"{'ABCDEF'[column - 1]}{row}"] = (
            f"=SUM({'ABCDEF'[c1 - 1]}{r1}:{'ABCDEF'[c2 - 1]}{r2})"
        )
        reads[row, column] = {(r, c) for r in range(r1, r2 + 1) for c in range(c1, c2 + 1)}
    start = (rng.randint(1, 8), rng.randint(1, 6))
    expected: set[tuple[int, int]] = set()
    frontier = {start}
    while frontier:
        frontier = {cell for cell, read in reads.items() if read & frontier} - expected
        expected |= frontier
    found = Dependents(sums(cells)).reached({("Sheet1", *start): ("Sheet1", *start)})
    assert {cell[1:] for cell in found} == expected

    everything = [("Sheet1", *cell) for cell in reads]
    in_circles = {cell[1:] for group in circles(sums(cells), everything) for cell in group}

    def reaches_itself(cell: tuple[int, int]) -> bool:
        seen: set[tuple[int, int]] = set()
        pending = [cell]
        while pending:
            for read in reads.get(pending.pop(), set()):
                if read == cell:
                    return True
                if read not in seen:
                    seen.add(read)
                    pending.append(read)
        return False

    assert in_circles == {cell for cell in reads if reaches_itself(cell)}


def test_separate_circles_are_separate_groups():
    found = sums({"A1": "=B1", "B1": "=A1", "A3": "=A3+1", "A5": "=A1", "D1": "=E1"})
    cells = [(f.sheet, row, f.column) for f in found for row in f.rows]
    groups = [[cell[1:] for cell in group] for group in circles(found, cells)]
    assert sorted(groups) == [[(1, 1), (1, 2)], [(3, 1)]]
