"""Which formulas depend on which cells, and which go round in circles."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from csm_xl.calc.formula_groups import FormulaGroup

#: Sheet, row and column.
Cell = tuple[str, int, int]


class Dependents:
    """The formulas of a workbook by the cells that they read.

    Parameters
    ----------
    groups : iterable of FormulaGroup
    """

    def __init__(self, groups: Iterable[FormulaGroup]) -> None:
        self._groups = list(groups)
        self._rows = [np.array(group.rows) for group in self._groups]
        self._readers: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, group in enumerate(self._groups):
            for area_number, area in enumerate(group.areas):
                self._readers[area.sheet].append((number, area_number))

    def reached(self, causes: Mapping[Cell, Cell]) -> dict[Cell, Cell]:
        """Every formula that reads one of some cells, directly or through other formulas.

        Parameters
        ----------
        causes : mapping of cell to cell
            Cells, each with the cell to be named as the reason.

        Returns
        -------
        dict of cell to cell
            The first cell of each formula reached, with the reason it was reached for.
        """
        found: dict[Cell, Cell] = {}
        unreached = [np.ones(len(rows), dtype=bool) for rows in self._rows]
        wave: Mapping[Cell, Cell] = causes
        while wave:
            wave = self._next(wave, unreached, found)
        return found

    def readers(self, causes: Mapping[Cell, Cell]) -> dict[Cell, Cell]:
        """Every formula that itself reads one of some cells, see :meth:`reached`."""
        found: dict[Cell, Cell] = {}
        self._next(causes, [np.ones(len(rows), dtype=bool) for rows in self._rows], found)
        return found

    def _next(
        self, wave: Mapping[Cell, Cell], unreached: list[np.ndarray], found: dict[Cell, Cell]
    ) -> dict[Cell, Cell]:
        """The cells filled by formulas that read a cell of the wave and were not reached before."""
        columns: dict[tuple[str, int], list[tuple[int, Cell]]] = defaultdict(list)
        for (sheet, row, column), cause in wave.items():
            columns[sheet, column].append((row, cause))
        filled: dict[Cell, Cell] = {}
        for (sheet, column), marked in columns.items():
            marked.sort(key=lambda pair: pair[0])
            marked_rows = np.array([row for row, _ in marked])
            for number, area_number in self._readers[sheet]:
                group = self._groups[number]
                area = group.areas[area_number]
                if not area.first_column <= column <= area.last_column:
                    continue
                first, last = area.rows(self._rows[number])
                nearest = np.searchsorted(marked_rows, first)
                inside = nearest < len(marked_rows)
                inside[inside] &= marked_rows[nearest[inside]] <= last[inside]
                hit = inside & unreached[number]
                unreached[number] &= ~hit
                for k in np.flatnonzero(hit):
                    row, cause = group.rows[k], marked[nearest[k]][1]
                    found[group.sheet, row, group.column] = cause
                    for r, c in group.cells(row):
                        filled[group.sheet, r, c] = cause
        return filled


def circles(groups: Iterable[FormulaGroup], cells: Iterable[Cell]) -> list[list[Cell]]:
    """The groups of formulas that need each other's values.

    Parameters
    ----------
    groups : iterable of FormulaGroup
    cells : iterable of cell
        The formulas to look at, by their first cells.

    Returns
    -------
    list of list of cell
        Each group in order; a formula that only reads from a circle is in none.
    """
    wanted = set(cells)
    reads: dict[Cell, list[Cell]] = {}
    columns: dict[tuple[str, int], list[tuple[int, Cell]]] = defaultdict(list)
    members = [
        (group, row)
        for group in groups
        for row in group.rows
        if (group.sheet, row, group.column) in wanted
    ]
    for group, row in members:
        origin = (group.sheet, row, group.column)
        for r, c in group.cells(row):
            columns[group.sheet, c].append((r, origin))
    for column in columns.values():
        column.sort()
    for group, row in members:
        origin = (group.sheet, row, group.column)
        reads[origin] = list(dict.fromkeys(_read_cells(group, row, columns)))
    return [group for group in _components(reads) if len(group) > 1 or group[0] in reads[group[0]]]


def _read_cells(
    group: FormulaGroup, row: int, columns: Mapping[tuple[str, int], list[tuple[int, Cell]]]
) -> Iterator[Cell]:
    for pattern in group.areas:
        area = pattern.at(row)
        r1, c1, r2, c2 = area.block
        if c2 - c1 < len(columns):
            candidates = [(area.sheet, c) for c in range(c1, c2 + 1)]
        else:
            candidates = [key for key in columns if key[0] == area.sheet and c1 <= key[1] <= c2]
        for key in candidates:
            column = columns.get(key, [])
            k = bisect_left(column, (r1,))
            while k < len(column) and column[k][0] <= r2:
                yield column[k][1]
                k += 1


def _components(reads: Mapping[Cell, list[Cell]]) -> list[list[Cell]]:
    """Strongly connected components (Tarjan 1972), without recursion."""
    index: dict[Cell, int] = {}
    low: dict[Cell, int] = {}
    stack: list[Cell] = []
    on_stack: set[Cell] = set()
    groups: list[list[Cell]] = []
    for root in reads:
        if root in index:
            continue
        work = [(root, iter(reads[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            cell, following = work[-1]
            for read in following:
                if read not in index:
                    index[read] = low[read] = len(index)
                    stack.append(read)
                    on_stack.add(read)
                    work.append((read, iter(reads[read])))
                    break
                if read in on_stack:
                    low[cell] = min(low[cell], index[read])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[cell])
                if low[cell] == index[cell]:
                    group: list[Cell] = []
                    while not group or group[-1] != cell:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    groups.append(sorted(group))
    return groups
