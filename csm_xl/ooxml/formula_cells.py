"""The cells of a sheet that hold formulas: plain, shared, array formulas and data tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from csm_xl.formulas.addresses import MAX_ROW, block_address, cell_address, parse_block
from csm_xl.formulas.moving import ShiftableFormula
from csm_xl.formulas.workbook_model import Block, CellValue, FormulaCell
from csm_xl.ooxml.cell_columns import merged_rows
from csm_xl.ooxml.cell_text import decode_text, encode_text
from csm_xl.ooxml.file_errors import ImpossibleCellError
from csm_xl.ooxml.sheet_scan import attributes_of

Place = tuple[int, int]

#: Twice what a column of a sheet has: more would take the memory of the whole machine.
MAX_ARRAY_CELLS = 2 * MAX_ROW


@dataclass(slots=True)
class _SharedGroup:
    """A shared formula: the cell that holds its text, and the cells that name it."""

    row: int
    column: int
    formula: ShiftableFormula
    children: set[Place] = field(default_factory=set)


class FormulaCells:
    """Every formula of a sheet, and which cells they fill.

    Parameters
    ----------
    elements : dict of column to dict of row to bytes
        The ``<f>`` elements; kept and changed by this object.
    """

    def __init__(self, elements: dict[int, dict[int, bytes]]) -> None:
        self._elements = elements
        self._groups: dict[bytes, _SharedGroup] = {}
        self._group_of: dict[Place, bytes] = {}
        self._blocks: dict[Place, tuple[str, Block]] = {}
        waiting: list[tuple[Place, bytes]] = []
        for column, rows in elements.items():
            for row, element in rows.items():
                tag, text = _split(element)
                if b"=" in tag:
                    self._index((row, column), tag, text, waiting)
        for place, group in waiting:
            if group in self._groups:
                self._groups[group].children.add(place)
                self._group_of[place] = group

    def _index(
        self, place: Place, tag: bytes, text: bytes, waiting: list[tuple[Place, bytes]]
    ) -> None:
        attributes = attributes_of(tag)
        kind = attributes.get(b"t", b"")
        if kind == b"shared":
            group = attributes.get(b"si", b"")
            if text:
                formula = ShiftableFormula(decode_text(text))
                self._groups[group] = _SharedGroup(*place, formula)
                self._group_of[place] = group
            else:
                waiting.append((place, group))
        elif kind in (b"array", b"dataTable") and b"ref" in attributes:
            name = "array" if kind == b"array" else "data_table"
            block = parse_block(attributes[b"ref"].decode())
            cells = (block[2] - block[0] + 1) * (block[3] - block[1] + 1)
            if cells > MAX_ARRAY_CELLS:
                raise ImpossibleCellError(
                    cell_address(*place),
                    f"a formula that fills {cells:,} cells",
                    f"一个公式要填满 {cells:,} 个单元格",
                )
            self._blocks[place] = (name, block)

    def __bool__(self) -> bool:
        return any(self._elements.values())

    def blocks(self) -> list[Block]:
        """The blocks of array formulas and data tables that fill more than one cell."""
        return [b for _, b in self._blocks.values() if b[:2] != b[2:]]

    def has(self, row: int, column: int) -> bool:
        """Whether a formula is in this cell."""
        return row in self._elements.get(column, {})

    def computes(self, row: int, column: int) -> bool:
        """Whether the cell's value comes from a formula, its own or an array's."""
        if self.has(row, column):
            return True
        return any(b[0] <= row <= b[2] and b[1] <= column <= b[3] for b in self.blocks())

    def computed_rows(self, column: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Stretches of rows in a column, between two rows, whose values formulas give."""
        rows = self._elements.get(column)
        if rows:
            yield from ((row, row) for row in range(first, last + 1) if row in rows)
        for top, left, bottom, right in self.blocks():
            if left <= column <= right and top <= last and bottom >= first:
                yield max(top, first), min(bottom, last)

    def computed_runs(self, column: int, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The same without gaps or overlaps, in order."""
        return merged_rows(list(self.computed_rows(column, first, last)))

    def inside(self, block: Block) -> list[Place]:
        """The cells with a formula in a block."""
        r1, c1, r2, c2 = block
        return [
            (row, column)
            for column, rows in self._elements.items()
            if c1 <= column <= c2
            for row in rows
            if r1 <= row <= r2
        ]

    def text(self, row: int, column: int) -> str | None:
        """The formula of a cell without ``=``, or None."""
        element = self._elements.get(column, {}).get(row)
        if element is None:
            return None
        group = self._groups.get(self._group_of.get((row, column), b""))
        if group is not None:
            return group.formula.moved(row - group.row, column - group.column)
        return decode_text(_split(element)[1])

    def array_block(self, row: int, column: int) -> Block | None:
        """The block of the array formula in this cell."""
        kind, block = self._blocks.get((row, column), ("", None))
        return block if kind == "array" else None

    def listed(self, value: Callable[[int, int], CellValue]) -> list[FormulaCell]:
        """Every formula, row by row; `value` gives what a cell holds."""
        found = []
        places = [(row, column) for column, rows in self._elements.items() for row in rows]
        for row, column in sorted(places):
            kind, block = self._blocks.get((row, column), ("plain", None))
            if (row, column) in self._group_of:
                kind = "shared"
            text = "" if kind == "data_table" else self.text(row, column) or ""
            found.append(
                FormulaCell(row, column, text, kind, block, value(row, column))  # type: ignore[arg-type]
            )
        return found

    def add(self, row: int, column: int, element: bytes) -> None:
        """Put a formula into a cell that has none."""
        self._elements.setdefault(column, {})[row] = element
        tag, text = _split(element)
        if b"=" in tag:
            self._index((row, column), tag, text, [])

    def remove(self, row: int, column: int) -> dict[Place, bytes | None]:
        """Take the formula of a cell away.

        Returns
        -------
        dict of (row, column) to bytes or None
            What becomes of the ``<f>`` elements: none in this cell, and where the cell held the
            text of a shared formula, the text in the next cell that shares it.
        """
        element = self._elements[column].pop(row)
        changed: dict[Place, bytes | None] = {(row, column): None}
        self._blocks.pop((row, column), None)
        name = self._group_of.pop((row, column), None)
        if name is None:
            return changed
        group = self._groups[name]
        group.children.discard((row, column))
        if (row, column) != (group.row, group.column):
            return changed
        if not group.children:
            del self._groups[name]
            return changed
        heir = min(group.children)
        text = group.formula.moved(heir[0] - row, heir[1] - column)
        places = group.children
        block = (
            min(r for r, _ in places),
            min(c for _, c in places),
            max(r for r, _ in places),
            max(c for _, c in places),
        )
        group.children.discard(heir)
        group.row, group.column = heir
        group.formula = ShiftableFormula(text)
        opening = element[: element.index(b"f") + 1]
        closing = b"</" + opening[1:]
        new = b'%s t="shared" ref="%s" si="%s">%s%s>' % (
            opening,
            block_address(block).encode(),
            name,
            encode_text(text),
            closing,
        )
        self._elements[heir[1]][heir[0]] = new
        changed[heir] = new
        return changed


def _split(element: bytes) -> tuple[bytes, bytes]:
    """Start tag and text of an ``<f>`` element."""
    end = element.index(b">")
    if element[end - 1] == 0x2F:
        return element[:end], b""
    return element[:end], element[end + 1 : element.rindex(b"<")]
