"""Formulas copied down a column, treated as one: translating 50,000 of them one by one takes long.

Two formulas of a column belong together when their texts differ only in row numbers that move
along with the row. The first and the last of them are translated; where the two translations
differ only in such numbers again, those in between follow, because what decides a translation
(being above, beside or below a range or table) holds for one stretch of rows. Otherwise the
formulas are halved and tried again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.translation import Translation
from csm_xl.formulas.references import Area
from csm_xl.formulas.workbook_model import Block, FormulaCell

_NUMBERS = re.compile(r"([0-9]+)")
#: A text, sheet's name or column's name, or a row number that may move along (``$`` fixes it).
_MOVING = re.compile(
    r"""("[^"]*"|'[^']*'|\[[^\]]*\])|(?<=[A-Za-z])([1-9][0-9]{0,6})(?![\w(!.\[])"""
)

#: A row number, or how far a row is below the formula's own.
RowAt = tuple[bool, int]


@dataclass(frozen=True, slots=True)
class AreaPattern:
    """The cells that formulas of one column read, each in its own row.

    Attributes
    ----------
    sheet : str
    first_column, last_column : int
    first_row, last_row : (bool, int)
        Whether it moves with the formula's row, and by how much it is below; else the row itself.
    """

    sheet: str
    first_column: int
    last_column: int
    first_row: RowAt
    last_row: RowAt

    def at(self, row: int) -> Area:
        """The cells that the formula in one row reads."""
        first, last = _row(self.first_row, row), _row(self.last_row, row)
        return Area(self.sheet, (first, self.first_column, last, self.last_column))

    def rows(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """First and last rows of the cells that the formulas in `rows` read."""
        first, last = (
            rows + number if moves else np.full_like(rows, number)
            for moves, number in (self.first_row, self.last_row)
        )
        return first, last

    @property
    def of_one_row(self) -> bool:
        """Whether all cells stand in the formula's own row."""
        return (self.first_row, self.last_row) == ((True, 0), (True, 0))

    @property
    def fixed_cells(self) -> float:
        """How many cells these are if they are the same for every row; infinite if they are not."""
        if self.first_row[0] or self.last_row[0]:
            return math.inf
        block = self.at(1)
        return block.rows * block.columns


@dataclass(frozen=True, slots=True)
class FormulaGroup:
    """Formulas of one column with one translation, or one array formula.

    Attributes
    ----------
    sheet : str
    column : int
    rows : list of int
        In order.
    areas : tuple of AreaPattern
    ordered : tuple of AreaPattern
        Cells that must be in ascending order for the results to be right.
    pieces : tuple of (str or int)
        The translated text; a number is how far a row is below the formula's own.
    dynamic, joins_text : bool
        See :class:`csm_xl.calc.translation.Translation`.
    block : tuple of int or None
        The block of an array formula.
    functions : frozenset of str
    refused : NotCalculated or None
    compares_text : bool
        See :class:`csm_xl.calc.translation.Translation`.
    numbers : tuple of AreaPattern
        Cells that are reckoned with as numbers, where an error of that would not be seen.
    """

    sheet: str
    column: int
    rows: list[int]
    areas: tuple[AreaPattern, ...]
    ordered: tuple[AreaPattern, ...]
    pieces: tuple[str | int, ...]
    dynamic: bool
    joins_text: bool
    block: Block | None = None
    functions: frozenset[str] = frozenset()
    refused: NotCalculated | None = None
    compares_text: bool = False
    numbers: tuple[AreaPattern, ...] = ()

    def text(self, row: int) -> str:
        """The translated formula of one row."""
        return "".join([p if isinstance(p, str) else str(row + p) for p in self.pieces])

    def texts(self) -> list[str]:
        """The translated formulas of all rows."""
        offsets = [piece for piece in self.pieces if isinstance(piece, int)]
        template = "".join(
            "{}" if isinstance(piece, int) else piece.replace("{", "{{").replace("}", "}}")
            for piece in self.pieces
        )
        return [template.format(*[row + offset for offset in offsets]) for row in self.rows]

    def only(self, rows: list[int]) -> FormulaGroup:
        """The group of some of its rows."""
        return replace(self, rows=rows)

    def with_text(self, row: int, text: str) -> FormulaGroup:
        """The formula of one row, translated to something else."""
        return replace(self, rows=[row], pieces=(text,))

    def cells(self, row: int) -> Iterator[tuple[int, int]]:
        """The cells that the formula in one row fills."""
        if self.block is None:
            yield row, self.column
            return
        r1, c1, r2, c2 = self.block
        for r in range(r1, r2 + 1):
            for c in range(c1, c2 + 1):
                yield r, c

    def meets(self, area: AreaPattern) -> bool:
        """Whether the formulas fill cells in the columns of an area."""
        first, last = self.column, self.column
        if self.block is not None:
            first, last = self.block[1], self.block[3]
        same = self.sheet == area.sheet
        return same and first <= area.last_column and area.first_column <= last


def _row(place: RowAt, row: int) -> int:
    moves, number = place
    return row + number if moves else number


def copied_down(cells: Iterable[FormulaCell]) -> list[list[FormulaCell]]:
    """Formulas of a sheet in groups that differ only by their row, each in order of rows."""
    groups: dict[tuple[int, str], list[FormulaCell]] = {}
    for cell in cells:
        groups.setdefault((cell.col, _beside_row(cell.text, cell.row)), []).append(cell)
    return [sorted(group, key=lambda cell: cell.row) for group in groups.values()]


def _beside_row(text: str, row: int) -> str:
    """A formula with the row numbers that move written as distances from its own row."""
    return _MOVING.sub(
        lambda match: match[1] or f"\0{int(match[2]) - row}\0",
        text,
    )


def formula_groups(
    sheet: str,
    copies: Sequence[FormulaCell],
    translate: Callable[[FormulaCell], Translation],
) -> Iterator[FormulaGroup]:
    """The groups of formulas copied down a column.

    Parameters
    ----------
    sheet : str
    copies : sequence of FormulaCell
        One of :func:`copied_down`.
    translate : callable
    """
    start = translate(copies[0])
    end = start if len(copies) == 1 else translate(copies[-1])
    try:
        yield _group(sheet, copies, start, end)
    except _Different:
        middle = len(copies) // 2
        yield from formula_groups(sheet, copies[:middle], translate)
        yield from formula_groups(sheet, copies[middle:], translate)


def array_group(sheet: str, cell: FormulaCell, translation: Translation) -> FormulaGroup:
    """The group of an array formula, which stands alone."""
    return replace(_group(sheet, [cell], translation, translation), block=cell.ref)


def columns_read(
    groups: Iterable[FormulaGroup], sheet: str, last_column: int
) -> dict[int, tuple[int, int]]:
    """The columns of a sheet up to `last_column` that formulas read: first and last row read."""
    read: dict[int, tuple[int, int]] = {}
    for group in groups:
        for area in group.areas:
            if area.sheet != sheet:
                continue
            ends = [area.at(group.rows[0]).block, area.at(group.rows[-1]).block]
            low, high = min(end[0] for end in ends), max(end[2] for end in ends)
            for column in range(area.first_column, min(area.last_column, last_column) + 1):
                before = read.get(column, (low, high))
                read[column] = min(before[0], low), max(before[1], high)
    return read


class _Different(Exception):
    """Two translations differ in more than row numbers."""


def _group(
    sheet: str, copies: Sequence[FormulaCell], start: Translation, end: Translation
) -> FormulaGroup:
    rows = [cell.row for cell in copies]
    first, last = rows[0], rows[-1]
    if _kind(start) != _kind(end):
        raise _Different
    pieces: tuple[str | int, ...] = (start.text,)
    if first != last:
        pieces = _pieces(start.text, end.text, first, last)
    return FormulaGroup(
        sheet,
        copies[0].col,
        rows,
        _patterns(start.areas, end.areas, first, last),
        _patterns(start.ordered, end.ordered, first, last),
        pieces,
        start.dynamic,
        start.joins_text,
        functions=start.functions,
        refused=start.refused,
        compares_text=start.compares_text,
        numbers=_patterns(start.numbers, end.numbers, first, last),
    )


def _kind(translation: Translation) -> tuple[object, ...]:
    why = None if translation.refused is None else translation.refused.text
    return (
        translation.dynamic,
        translation.joins_text,
        translation.compares_text,
        translation.sides,
        why,
    )


def _patterns(
    one: Sequence[Area], other: Sequence[Area], first: int, last: int
) -> tuple[AreaPattern, ...]:
    if len(one) != len(other):
        raise _Different
    return tuple(_area_pattern(a, b, first, last) for a, b in zip(one, other, strict=True))


def _area_pattern(a: Area, b: Area, first: int, last: int) -> AreaPattern:
    if a.sheet != b.sheet or a.block[1::2] != b.block[1::2]:
        raise _Different
    return AreaPattern(
        a.sheet,
        a.block[1],
        a.block[3],
        _row_at(a.block[0], b.block[0], first, last),
        _row_at(a.block[2], b.block[2], first, last),
    )


def _row_at(a: int, b: int, first: int, last: int) -> RowAt:
    if a == b:
        return False, a
    if a - first == b - last:
        return True, a - first
    raise _Different


def _pieces(start: str, end: str, first: int, last: int) -> tuple[str | int, ...]:
    one, other = _NUMBERS.split(start), _NUMBERS.split(end)
    if len(one) != len(other) or one[::2] != other[::2]:
        raise _Different
    pieces: list[str | int] = []
    for k, (a, b) in enumerate(zip(one, other, strict=True)):
        if a == b:
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] += a
            else:
                pieces.append(a)
        elif k % 2 and int(a) - first == int(b) - last:
            pieces.append(int(a) - first)
        else:
            raise _Different
    return tuple(pieces)
