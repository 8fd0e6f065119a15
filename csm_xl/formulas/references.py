"""What the references in a formula stand for: sheets, blocks of cells, parts of tables.

Works on the pieces that :mod:`csm_xl.formulas.syntax` finds. Nothing here looks at cell values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from csm_xl.formulas.addresses import (
    MAX_COLUMN,
    MAX_ROW,
    block_address,
    column_letters,
    parse_block,
)
from csm_xl.formulas.tokens import Kind, tokenize
from csm_xl.formulas.workbook_model import Block, TableInfo

#: Names of sheets that Excel writes without quotation marks, but for those that read as something else.
_PLAIN_SHEET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LIKE_A_CELL = re.compile(r"[a-z]{1,3}[0-9]+|r[0-9]*(c[0-9]*)?|c[0-9]*|true|false", re.IGNORECASE)


class Area(NamedTuple):
    """A block of cells on a sheet."""

    sheet: str
    block: Block

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.block[2] - self.block[0] + 1

    @property
    def columns(self) -> int:
        """How many columns."""
        return self.block[3] - self.block[1] + 1

    @property
    def single(self) -> bool:
        """Whether it is one cell."""
        return self.block[:2] == self.block[2:]

    @property
    def whole(self) -> bool:
        """Whether it reaches to the last row or column of the sheet, as ``B:B`` does."""
        return self.block[2] == MAX_ROW or self.block[3] == MAX_COLUMN


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text before ``!`` points.

    Attributes
    ----------
    book : str or None
        Another workbook, as written: a number or a path with the file's name. ``"0"`` is this
        workbook itself.
    sheet : str or None
    last_sheet : str or None
        The second sheet of ``First:Last!A1``.
    lost : bool
        ``#REF!`` in place of the sheet: it was deleted.
    """

    book: str | None = None
    sheet: str | None = None
    last_sheet: str | None = None
    lost: bool = False


_BOOK = re.compile(r"(?P<path>.*?)\[(?P<book>[^\[\]]*)\](?P<sheet>.*)", re.DOTALL)


@lru_cache(4096)
def read_prefix(prefix: str) -> Place:
    """What ``'Sheet 1'!``, ``[1]Sheet1!``, ``First:Last!`` or ``#REF!`` points at."""
    if not prefix:
        return Place()
    name = prefix[:-1]
    if name.upper() == "#REF":
        return Place(lost=True)
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    match = _BOOK.fullmatch(name)
    if match:
        book = match["path"] + match["book"]
        sheet, _, last = match["sheet"].partition(":")
        return Place("0" if book == "0" else book, sheet or None, last or None)
    sheet, _, last = name.partition(":")
    return Place(None, sheet, last or None)


@lru_cache(4096)
def read_block(body: str) -> Block | None:
    """The block of ``$A$1:B2``, ``B:B``, ``2:9``; None for ``#REF!``."""
    return None if body.startswith("#") else parse_block(body)


@cache
def quoted_sheet(sheet: str) -> str:
    """``Model`` or ``'O''Neil'``: a sheet's name before ``!``, in quotation marks where Excel needs them."""
    if _PLAIN_SHEET.fullmatch(sheet) and not _LIKE_A_CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"


def area_text(area: Area, home: str) -> str:
    """The reference to an area in a formula on the sheet `home`; relative, as ``B2:B9``."""
    r1, c1, r2, c2 = area.block
    if c1 == 1 and c2 == MAX_COLUMN and not (r1 == 1 and r2 == MAX_ROW):
        cells = f"{r1}:{r2}"
    elif r1 == 1 and r2 == MAX_ROW:
        cells = f"{column_letters(c1)}:{column_letters(c2)}"
    else:
        cells = block_address(area.block)
    return cells if area.sheet == home else f"{quoted_sheet(area.sheet)}!{cells}"


def common(a: Area, b: Area) -> Area | None:
    """The cells that two areas share, None when there are none."""
    r1, c1 = max(a.block[0], b.block[0]), max(a.block[1], b.block[1])
    r2, c2 = min(a.block[2], b.block[2]), min(a.block[3], b.block[3])
    if a.sheet != b.sheet or r1 > r2 or c1 > c2:
        return None
    return Area(a.sheet, (r1, c1, r2, c2))


def spanning(a: Area, b: Area) -> Area | None:
    """The smallest block around two areas (``A1:B2``), None when they are on different sheets."""
    if a.sheet != b.sheet:
        return None
    return Area(
        a.sheet,
        (
            min(a.block[0], b.block[0]),
            min(a.block[1], b.block[1]),
            max(a.block[2], b.block[2]),
            max(a.block[3], b.block[3]),
        ),
    )


def intersected(area: Area, row: int, column: int) -> Area | None:
    """The one cell of a range that a formula in (row, column) means where it needs one value.

    Excel takes the cell of a column in the formula's row, or of a row in the formula's column.
    None where the formula stands beside neither.
    """
    r1, c1, r2, c2 = area.block
    if area.single:
        return area
    if c1 == c2 and r1 <= row <= r2:
        return Area(area.sheet, (row, c1, row, c1))
    if r1 == r2 and c1 <= column <= c2:
        return Area(area.sheet, (r1, column, r1, column))
    return None


# --- Structured references ---------------------------------------------------------------------


class Selection(NamedTuple):
    """What the brackets of a structured reference choose.

    Attributes
    ----------
    items : frozenset of str
        ``#all``, ``#data``, ``#headers``, ``#totals``, ``#this row``; empty means the data.
    first, last : str or None
        Columns; None for all of them.
    """

    items: frozenset[str]
    first: str | None = None
    last: str | None = None


_ITEMS = ("#all", "#data", "#headers", "#totals", "#this row")
_PIECE = re.compile(r"\s*(?:(?P<mark>[:,@])|\[(?P<text>(?:[^\[\]']|'.)*)\])\s*", re.DOTALL)
_ESCAPED = re.compile(r"'(.)", re.DOTALL)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


@lru_cache(4096)
def read_brackets(brackets: str) -> Selection:
    """What ``[[#This Row],[col]]``, ``[@col]``, ``[[#Headers],[a]:[b]]`` or ``[]`` choose.

    Raises
    ------
    ValueError
        When it is no structured reference.
    """
    inner = brackets[1:-1]
    if not inner.strip():
        return Selection(frozenset())
    if inner.strip().lower() in _ITEMS:
        return Selection(frozenset([inner.strip().lower()]))
    this_row = inner.lstrip().startswith("@")
    rest = inner.lstrip()[1:] if this_row else inner
    items = {"#this row"} if this_row else set()
    if not rest.strip():
        return Selection(frozenset(items))
    if not rest.lstrip().startswith("["):
        column = _unescaped(rest)
        return Selection(frozenset(items), column, column)
    columns: list[str] = []
    position, ranged = 0, False
    while position < len(rest):
        match = _PIECE.match(rest, position)
        if match is None:
            raise ValueError(f"{brackets} is no reference to a table")
        position = match.end()
        if match["mark"]:
            ranged = ranged or match["mark"] == ":"
        elif match["text"].lower() in _ITEMS:
            items.add(match["text"].lower())
        else:
            columns.append(_unescaped(match["text"].removeprefix("@")))
    if len(columns) > 2 or (len(columns) == 2) != ranged:
        raise ValueError(f"{brackets} is no reference to a table")
    if not columns:
        return Selection(frozenset(items))
    return Selection(frozenset(items), columns[0], columns[-1])


def _column_key(name: str) -> str:
    """A column's name as it compares: any case; a line break in a header counts as a space."""
    return " ".join(name.replace("_x000a_", " ").replace("_x000d_", " ").split()).casefold()


def _column_place(table: TableInfo, name: str) -> int:
    folded = name.casefold()
    for place, column in enumerate(table.columns):
        if column.casefold() == folded:
            return place
    key = _column_key(name)
    for place, column in enumerate(table.columns):
        if _column_key(column) == key:
            return place
    raise KeyError(name)


def table_area(table: TableInfo, chosen: Selection, sheet: str, row: int) -> Area | str:
    """The cells that a structured reference means in a formula in a row of a sheet.

    Returns
    -------
    Area or str
        The error that Excel shows instead: ``#VALUE!`` for "this row" outside the table's data,
        ``#REF!`` for headers, totals or data that the table does not have.

    Raises
    ------
    KeyError
        With the name of a column that the table does not have.
    """
    r1, c1, r2, c2 = table.ref
    if chosen.first is not None and chosen.last is not None:
        places = sorted((_column_place(table, chosen.first), _column_place(table, chosen.last)))
        c1, c2 = c1 + places[0], c1 + places[1]
    first_data = r1 + (1 if table.has_header else 0)
    last_data = r2 - table.totals_rows
    spans = []
    items = chosen.items or {"#data"}
    if "#this row" in items:
        if sheet != table.sheet or not first_data <= row <= last_data:
            return "#VALUE!"
        spans.append((row, row))
    if "#all" in items:
        spans.append((r1, r2))
    if "#data" in items:
        spans.append((first_data, last_data))
    if "#headers" in items and table.has_header:
        spans.append((r1, r1))
    if "#totals" in items and table.totals_rows:
        spans.append((last_data + 1, r2))
    spans = [span for span in spans if span[0] <= span[1]]
    if not spans:
        return "#REF!"
    return Area(table.sheet, (min(spans)[0], c1, max(span[1] for span in spans), c2))


# --- Moving a formula --------------------------------------------------------------------------

_PART = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")


def moved(formula: str, rows: int, columns: int) -> str:
    """The formula as it reads after being copied down by `rows` and right by `columns`.

    References without ``$`` move along, everything else stays. A reference pushed off the sheet
    comes back in on the other side, as in the formulas that several cells of a file share.
    """
    if not rows and not columns:
        return formula
    return "".join(
        token.prefix + _moved_area(token.body, rows, columns)
        if token.kind is Kind.AREA and not token.body.startswith("#")
        else token.text
        for token in tokenize(formula)
    )


def _moved_area(body: str, rows: int, columns: int) -> str:
    return ":".join(_moved_part(part, rows, columns) for part in body.split(":"))


def _moved_part(part: str, rows: int, columns: int) -> str:
    match = _PART.fullmatch(part)
    assert match is not None
    fixed_column, letters, fixed_row, digits = match.groups()
    if not letters:  # "$2": the sign belongs to the row
        fixed_column, fixed_row = "", fixed_column or fixed_row
    if letters and not fixed_column:
        column = parse_block(f"{letters}:{letters}")[1]
        letters = column_letters((column - 1 + columns) % MAX_COLUMN + 1)
    if digits and not fixed_row:
        digits = str((int(digits) - 1 + rows) % MAX_ROW + 1)
    return f"{fixed_column}{letters}{fixed_row}{digits}"
