"""Cell addresses: ``B2``, ``$B$2:$D$9``, ``B:B`` to numbers and back. Rows and columns from 1."""

from __future__ import annotations

import re
from functools import cache

from csm_xl.formulas.workbook_model import Block

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})\Z")
_ROW = re.compile(r"\$?([0-9]{1,7})\Z")


@cache
def column_letters(column: int) -> str:
    """``A`` for 1, ``XFD`` for 16384."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """1 for ``A``; any case."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def parse_cell(text: str) -> tuple[int, int]:
    """Row and column of an address such as ``$B$2``.

    Raises
    ------
    ValueError
        Not the address of a cell.
    """
    match = _CELL.match(text)
    if match:
        row, column = int(match[2]), column_number(match[1])
        if 1 <= row <= MAX_ROW and column <= MAX_COLUMN:
            return row, column
    raise ValueError(f"{text!r} is not a cell address")


def parse_block(text: str) -> Block:
    """First row, first column, last row, last column of ``B2``, ``B2:D9``, ``B:D`` or ``2:9``.

    Raises
    ------
    ValueError
        Not the address of one block of cells.
    """
    first, _, last = text.partition(":")
    last = last or first
    columns = _COLUMN.match(first), _COLUMN.match(last)
    rows = _ROW.match(first), _ROW.match(last)
    if columns[0] and columns[1] and ":" in text:
        block = (1, column_number(columns[0][1]), MAX_ROW, column_number(columns[1][1]))
    elif rows[0] and rows[1] and ":" in text:
        block = (int(rows[0][1]), 1, int(rows[1][1]), MAX_COLUMN)
    else:
        block = (*parse_cell(first), *parse_cell(last))
    r1, r2 = sorted((block[0], block[2]))
    c1, c2 = sorted((block[1], block[3]))
    if r1 < 1 or c1 < 1 or r2 > MAX_ROW or c2 > MAX_COLUMN:
        raise ValueError(f"{text!r} is outside the sheet")
    return r1, c1, r2, c2


def cell_address(row: int, column: int) -> str:
    """``B2`` for row 2, column 2."""
    return f"{column_letters(column)}{row}"


def block_address(block: Block) -> str:
    """``B2:D9``, or ``B2`` for a block of one cell."""
    r1, c1, r2, c2 = block
    first = cell_address(r1, c1)
    return first if (r1, c1) == (r2, c2) else f"{first}:{cell_address(r2, c2)}"


def overlaps(a: Block, b: Block) -> bool:
    """Whether two blocks share a cell."""
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def contains(outer: Block, inner: Block) -> bool:
    """Whether every cell of `inner` is in `outer`."""
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
    )
