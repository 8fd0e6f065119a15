"""The constants of a sheet on their way into the calculator: only the columns that are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from csm_xl.calc.engine import Engine
from csm_xl.formulas.workbook_model import CellValue

#: Blank rows between two stretches that are loaded along rather than in two steps.
_GAP = 64


class Stretch(NamedTuple):
    """Rows without a gap, each with values in the same columns."""

    first_row: int
    first_column: int
    lines: list[list[CellValue]]


def load_constants(
    engine: Engine,
    sheet: str,
    stretches: Sequence[Stretch],
    wanted: Mapping[int, tuple[int, int]],
) -> None:
    """Put a sheet's constants into a calculator.

    Parameters
    ----------
    engine : Engine
    sheet : str
    stretches : sequence of Stretch
        In order.
    wanted : mapping of int to (int, int)
        The columns that formulas read, each with its first and last row read.
    """
    columns = sorted(wanted)
    start = 0
    for place, column in enumerate(columns, 1):
        if place < len(columns) and columns[place] == column + 1:
            continue
        run = columns[start:place]
        rows = min(wanted[c][0] for c in run), max(wanted[c][1] for c in run)
        _load_run(engine, sheet, stretches, run[0], run[-1], rows)
        start = place


def _load_run(
    engine: Engine,
    sheet: str,
    stretches: Sequence[Stretch],
    left: int,
    right: int,
    rows: tuple[int, int],
) -> None:
    blank = [None] * (right - left + 1)
    batch: list[list[Any]] = []
    start = 0
    for first_row, first_column, lines in stretches:
        above = max(0, rows[0] - first_row)
        lines = lines[above : max(0, rows[1] - first_row + 1)]
        last_column = first_column + len(lines[0]) - 1 if lines else 0
        if not lines or first_column > right or last_column < left:
            continue
        row = first_row + above
        gap = row - start - len(batch)
        if batch and gap > _GAP:
            _send(engine, sheet, start, left, batch)
            batch = []
        if not batch:
            start, gap = row, 0
        batch += [blank] * gap
        batch += _cut(lines, first_column, left, right)
    if batch:
        _send(engine, sheet, start, left, batch)


def _send(engine: Engine, sheet: str, row: int, column: int, lines: list[list[Any]]) -> None:
    """Set values, and never a blank: formualizer lets it hide what a formula there gives."""
    if not any(None in line for line in lines):
        engine.set_values(sheet, row, column, lines)
        return
    for place, cells in enumerate(zip(*lines, strict=True), column):
        for is_blank, run in groupby(enumerate(cells), key=_blank):
            if not is_blank:
                filled = list(run)
                values = [[value] for _, value in filled]
                engine.set_values(sheet, row + filled[0][0], place, values)


def _blank(numbered: tuple[int, Any]) -> bool:
    return numbered[1] is None


def _cut(lines: list[list[CellValue]], first: int, left: int, right: int) -> list[list[Any]]:
    """Lines that begin in column `first`, cut and filled up to the columns from left to right."""
    before, skipped = max(0, first - left), max(0, left - first)
    cut: list[list[Any]] = [line[skipped : right - first + 1] for line in lines]
    after = right - left + 1 - before - len(cut[0])
    if before or after:
        cut = [[None] * before + line + [None] * after for line in cut]
    return cut
