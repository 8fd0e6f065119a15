"""Which formulas compute from personal cells, directly or through other formulas.

``="Dear "&LEFT(B2,5)`` is as personal as the name it reads, and so is the number that
``=RIGHT(D2,4)+0`` gives. A count or a sum over many personal cells is not: it tells nobody apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Call, Node, Reference, walk
from csm_xl.formulas.tokens import FormulaSyntaxError
from csm_xl.formulas.workbook_model import FormulaCell
from csm_xl.functions import REGISTRY
from csm_xl.share.reference_adjustment import skeleton

#: ``one``: from a personal cell, or from cells that a formula may pick one by one; ``many``: a sum or
#: count over many of them.
Level = Literal["one", "many"]

_ADD_UP_NAMES = """
SUM COUNT COUNTA COUNTBLANK COUNTIF COUNTIFS SUMIF SUMIFS SUMPRODUCT AVERAGE AVERAGEIF AVERAGEIFS ROWS
COLUMNS STDEV STDEV.S STDEV.P VAR VAR.S VAR.P CORREL
"""
#: Functions that make one number of many cells, in which no single one shows.
_ADD_UP = frozenset(_ADD_UP_NAMES.split())
#: Of csm-xl's own functions those whose results may quote what people wrote; the others give figures.
_QUOTING = frozenset({"PAIN_POINTS"})
_PICK_NAMES = """
ROW COLUMN INDEX OFFSET INDIRECT ADDRESS CELL CHOOSE LOOKUP VLOOKUP HLOOKUP XLOOKUP MATCH XMATCH SMALL
LARGE MIN MAX MODE MEDIAN RANK SORT SORTBY FILTER UNIQUE TAKE DROP CHOOSEROWS CHOOSECOLS LEFT RIGHT MID
"""
#: With one of these a formula can pick a single cell out of many.
_PICK = frozenset(_PICK_NAMES.split())
#: Cells that only computing tells.
_ANYWHERE = frozenset({"INDIRECT", "OFFSET"})
#: Fewer cells than these are no crowd.
_MANY = 5
#: Of more formulas that are alike, so many are looked at; the rows of their references are left open.
_LOOKED_AT = 40

_BLOCKS = ("array", "data_table")
Segment = tuple[str, int, int, int]
_Where = tuple[str, int]


@dataclass
class _Formulas:
    """The formulas of one column that are alike but for their rows."""

    sheet: str
    column: int
    cells: list[FormulaCell] = field(default_factory=list)
    #: Areas read, and whether only their sum or count is.
    areas: dict[tuple[Area, bool], None] = field(default_factory=dict)
    picks: bool = False
    level: Level | None = None


class PersonalTaint:
    """Finds the formulas that compute from personal cells.

    Parameters
    ----------
    around : Scope
        Of the owner's workbook.
    personal : iterable of (sheet, column, first row, last row)
    formulas : iterable of (sheet, list of FormulaCell)
    """

    def __init__(
        self,
        around: Scope,
        personal: Iterable[Segment],
        formulas: Iterable[tuple[str, Sequence[FormulaCell]]],
    ) -> None:
        self._around = around
        self._segments: dict[_Where, list[tuple[int, int]]] = defaultdict(list)
        for sheet, column, first, last in personal:
            self._segments[sheet, column].append((first, last))
        self._columns_of: dict[str, set[int]] = defaultdict(set)
        for sheet, column in self._segments:
            self._columns_of[sheet].add(column)
        self._level: dict[tuple[str, int, int], Level] = {}
        self._group: dict[tuple[str, int, int], _Formulas] = {}
        if self._segments:
            self._spread(list(self._grouped(formulas)))

    def of(self, sheet: str, row: int, column: int) -> Level | None:
        """How a formula's cell depends on personal cells; None where it does not."""
        return self._level.get((sheet, row, column))

    def alike(self, sheet: str, row: int, column: int) -> list[tuple[int, int]]:
        """The cells of formulas that pick out single cells as this one does."""
        group = self._group.get((sheet, row, column))
        if group is None or group.level != "one":
            return []
        return [(cell.row, cell.col) for cell in group.cells]

    # -- the formulas ---------------------------------------------------------------------------

    def _grouped(
        self, formulas: Iterable[tuple[str, Sequence[FormulaCell]]]
    ) -> Iterator[_Formulas]:
        groups: dict[tuple[str, int, str], _Formulas] = {}
        for sheet, cells in formulas:
            for cell in cells:
                key = (sheet, cell.col, skeleton(cell.text))
                group = groups.get(key)
                if group is None:
                    group = groups[key] = _Formulas(sheet, cell.col)
                group.cells.append(cell)
        for group in groups.values():
            self._read(group)
            yield group

    def _read(self, group: _Formulas) -> None:
        many = len(group.cells) > _LOOKED_AT
        step = max(1, len(group.cells) // _LOOKED_AT)
        for cell in (*group.cells[::step], group.cells[-1]):
            resolver = Resolver(self._around, group.sheet, cell.row, cell.col)
            try:
                tree = read_formula(cell.text)
            except (FormulaSyntaxError, RecursionError):
                group.picks = True
                group.areas[Area(group.sheet, (1, 1, MAX_ROW, 16384)), False] = None
                continue
            for node in walk(tree):
                if isinstance(node, Call):
                    group.picks |= node.function in _PICK
                    if node.function in _ANYWHERE:
                        group.areas[Area("", (1, 1, MAX_ROW, 16384)), False] = None
            for node, added in _references(tree, False):
                for area in self._areas(resolver, node):
                    if many and area.rows < _MANY:
                        area = Area(area.sheet, (1, area.block[1], MAX_ROW, area.block[3]))
                        added = False
                    group.areas[area, added] = None

    def _areas(self, resolver: Resolver, node: Node, depth: int = 0) -> list[Area]:
        try:
            meant = resolver.meant(node)
            if isinstance(meant, Area):
                return [meant]
            if isinstance(meant, list):
                return meant
            if meant is None and isinstance(node, Reference) and depth < 8:
                # A name that stands for a formula.
                named = resolver.named(node)
                return [
                    area
                    for inner in walk(named)
                    if isinstance(inner, Reference)
                    for area in self._areas(resolver, inner, depth + 1)
                ]
        except (NotCalculated, FormulaSyntaxError, RecursionError):
            pass
        return []

    # -- spreading --------------------------------------------------------------------------------

    def _spread(self, groups: list[_Formulas]) -> None:
        waiting = groups
        while True:
            reached: list[_Formulas] = []
            rest: list[_Formulas] = []
            for group in waiting:
                group.level = self._level_of(group)
                (rest if group.level is None else reached).append(group)
            again = False
            for group in reached:
                again |= self._mark(group)
            # A sum may turn out to read cells that became personal only now.
            waiting = rest + [group for group in reached if group.level == "many"]
            if not again:
                return

    def _level_of(self, group: _Formulas) -> Level | None:
        level: Level | None = None
        for area, added in group.areas:
            if not self._touches(area):
                continue
            if added and not group.picks and area.rows * area.columns >= _MANY:
                level = "many"
            else:
                return "one"
        return level

    def _touches(self, area: Area) -> bool:
        if not area.sheet:
            return True
        r1, c1, r2, c2 = area.block
        return any(
            c1 <= column <= c2
            and any(
                first <= r2 and r1 <= last for first, last in self._segments[area.sheet, column]
            )
            for column in self._columns_of.get(area.sheet, ())
        )

    def _mark(self, group: _Formulas) -> bool:
        """Note what a group of formulas is; whether that makes cells personal that were not."""
        assert group.level is not None
        for cell in group.cells:
            for place in _block_of(cell):
                self._level[(group.sheet, *place)] = group.level
                self._group[(group.sheet, *place)] = group
        if group.level == "many":
            return False
        for first, last, column in _runs(group):
            self._segments[group.sheet, column].append((first, last))
            self._columns_of[group.sheet].add(column)
        return True


def _runs(group: _Formulas) -> Iterator[tuple[int, int, int]]:
    """The cells of formulas as few stretches: first row, last row, column."""
    rows = sorted(cell.row for cell in group.cells)
    start = 0
    for at in range(1, len(rows) + 1):
        if at == len(rows) or rows[at] != rows[at - 1] + 1:
            yield rows[start], rows[at - 1], group.column
            start = at
    for cell in group.cells:
        if cell.kind in _BLOCKS and cell.ref is not None:
            r1, c1, r2, c2 = cell.ref
            for column in range(c1, c2 + 1):
                yield r1, r2, column


def _block_of(cell: FormulaCell) -> Iterator[tuple[int, int]]:
    if cell.kind not in _BLOCKS or cell.ref is None:
        yield cell.row, cell.col
        return
    r1, c1, r2, c2 = cell.ref
    for row in range(r1, r2 + 1):
        for column in range(c1, c2 + 1):
            yield row, column


def _references(node: Node, added: bool) -> Iterator[tuple[Node, bool]]:
    """The references in a formula, and whether only a sum or count of their cells is read."""
    if isinstance(node, Reference):
        yield node, added
        return
    if isinstance(node, Call) and node.function in REGISTRY:
        if node.function in _QUOTING:
            yield from ((inner, True) for inner in walk(node) if isinstance(inner, Reference))
        return
    inside = added or (isinstance(node, Call) and node.function in _ADD_UP)
    for child in node.children:
        yield from _references(child, inside)
