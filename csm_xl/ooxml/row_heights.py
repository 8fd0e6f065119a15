"""Heights of rows whose texts break into lines, estimated from their lengths.

Excel fits a row while somebody types, but on opening it shows the height in the file; LibreOffice
and viewers always do. So whoever writes a text that breaks into lines has to say how high its row
is. The height is not marked as chosen by hand: Excel fits the row again once something changes.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from csm_xl.formulas.addresses import Block, parse_block

if TYPE_CHECKING:
    from csm_xl.ooxml.worksheet import Worksheet

#: Points for one line of a usual font, and for the space around the text.
_LINE, _SPACE = 13.5, 3.0
_MOST = 409.0
#: How much wider bold letters are.
_BOLD = 1.2


def lines_of(text: str, width: float, indent: int) -> int:
    """How many lines a text takes in a column that is `width` characters wide."""
    room = max(width - 1 - 1.5 * indent, 4.0)
    return sum(max(1, math.ceil(_wide(line) / room)) for line in text.split("\n"))


def height_of(lines: int) -> float:
    """The height in points of a row with so many lines of text."""
    return min(_MOST, lines * _LINE + _SPACE)


def _wide(text: str) -> float:
    kinds = [unicodedata.east_asian_width(char) for char in text]
    # Beside Chinese characters, quotation marks and the like are as wide as they are.
    wide = "WFA" if "W" in kinds else "WF"
    return sum(1.8 if kind in wide else 0.83 for kind in kinds)


class RowFit:
    """The heights that the rows of one sheet need.

    Parameters
    ----------
    sheet : Worksheet
    """

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._wrapping = sheet.workbook.wrapping_styles
        self._columns: dict[int, bool] = {}
        self._widths: dict[int, float] = {}
        self._merged: list[Block] | None = None
        self._used: Block | None = None

    def height(self, row: int, changed: Sequence[int], *, fitted: bool) -> float | None:
        """The height in points; 0 where a line is enough, None where the row may stay as it is.

        Parameters
        ----------
        row : int
        changed : sequence of int
            The columns whose texts are new.
        fitted : bool
            Whether the row has a height that fits its former texts.
        """
        if not self._wrapping or all(self._indent(row, column) is None for column in changed):
            return None
        if not fitted and all(self._lines(row, column) == 1 for column in changed):
            return None
        _, first, _, last = self._block()
        needed = max(self._lines(row, column) for column in range(first, last + 1))
        return height_of(needed) if needed > 1 else 0.0

    def _block(self) -> Block:
        if self._used is None:
            self._used = self._sheet.used_block() or (1, 1, 1, 1)
        return self._used

    def _indent(self, row: int, column: int) -> int | None:
        """The indent of a cell whose text breaks; None where it does not."""
        if column not in self._columns:
            styles = self._sheet.styles(column, 1, max(row, self._block()[2]))
            self._columns[column] = any(style in self._wrapping for _, _, style in styles)
        if not self._columns[column]:
            return None
        return self._wrapping.get(self._sheet.style(row, column))

    def _lines(self, row: int, column: int) -> int:
        value = self._sheet.value(row, column)
        if not isinstance(value, str) or len(value) < 2:
            return 1
        indent = self._indent(row, column)
        if indent is None or self._is_merged(row, column):
            return 1
        if column not in self._widths:
            self._widths[column] = self._sheet.frame.column_width(column)
        bold = self._sheet.style(row, column) in self._sheet.workbook.bold_styles
        return lines_of(value, self._widths[column] / (_BOLD if bold else 1.0), indent)

    def _is_merged(self, row: int, column: int) -> bool:
        """Merged cells do not make their rows higher, in Excel neither."""
        if self._merged is None:
            self._merged = [parse_block(area) for area in self._sheet.frame.merged()]
        return any(r1 <= row <= r2 and c1 <= column <= c2 for r1, c1, r2, c2 in self._merged)
