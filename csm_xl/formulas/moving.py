"""Moving the relative references of a formula, as a shared formula's children need it.

A shared formula is stored once, with its first cell; the others only name it (ISO/IEC 29500-1,
18.3.1.40). Their own text is the first cell's with every relative reference moved along.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, column_letters, column_number

_TOKEN = re.compile(
    r"""
      "(?:[^"]|"")*"                                             # a text
    | '(?:[^']|'')*'                                             # a quoted sheet name
    | \[(?:[^\[\]]|\[[^\[\]]*\])*\]                              # a structured reference
    | (?P<c1>\$?[A-Za-z]{1,3}):(?P<c2>\$?[A-Za-z]{1,3})(?![\w.(!\[])   # whole columns
    | (?P<col>\$?[A-Za-z]{1,3})(?P<row>\$?[0-9]{1,7})(?![\w.(!\[])     # a cell
    | (?P<r1>\$?[0-9]{1,7}):(?P<r2>\$?[0-9]{1,7})(?![\w.])       # whole rows
    | [0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?                    # a number
    | [^\W\d][\w.\\?]*                                           # a name or function
    """,
    re.VERBOSE,
)


class _Reference(NamedTuple):
    """A column, a row or both; None where there is none, `fixed` where a ``$`` stands."""

    column: int | None
    column_fixed: bool
    row: int | None
    row_fixed: bool


class ShiftableFormula:
    """A formula cut into fixed text and references, to be written for many cells.

    Parameters
    ----------
    text : str
        The formula without ``=``.
    """

    def __init__(self, text: str) -> None:
        self._pieces: list[str | _Reference] = []
        at = 0
        for match in _TOKEN.finditer(text):
            references = _references(match)
            if references:
                self._pieces.append(text[at : match.start()])
                self._pieces.append(references[0])
                for other in references[1:]:
                    self._pieces += (":", other)
                at = match.end()
        self._pieces.append(text[at:])

    def moved(self, rows: int, columns: int) -> str:
        """The text `rows` further down and `columns` further right."""
        return "".join(
            piece if isinstance(piece, str) else _spell(piece, rows, columns)
            for piece in self._pieces
        )


def _references(match: re.Match[str]) -> list[_Reference]:
    if match["col"]:
        column, row = match["col"], match["row"]
        number = column_number(column.lstrip("$"))
        if number > MAX_COLUMN or not 1 <= int(row.lstrip("$")) <= MAX_ROW:
            return []
        return [_Reference(number, column[0] == "$", int(row.lstrip("$")), row[0] == "$")]
    if match["c1"]:
        both = (match["c1"], match["c2"])
        return [_Reference(column_number(c.lstrip("$")), c[0] == "$", None, True) for c in both]
    if match["r1"]:
        return [
            _Reference(None, True, int(r.lstrip("$")), r[0] == "$")
            for r in (match["r1"], match["r2"])
        ]
    return []


def _spell(reference: _Reference, rows: int, columns: int) -> str:
    column, column_fixed, row, row_fixed = reference
    text = ""
    if column is not None:
        if not column_fixed:
            column += columns
        if not 1 <= column <= MAX_COLUMN:
            return "#REF!"
        text = ("$" if column_fixed else "") + column_letters(column)
    if row is not None:
        if not row_fixed:
            row += rows
        if not 1 <= row <= MAX_ROW:
            return "#REF!"
        text += ("$" if row_fixed else "") + str(row)
    return text
