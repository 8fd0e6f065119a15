"""The arguments of a call of csm-xl: how each is written, and what its cells hold today.

What the cells hold decides which native form is written; the form itself refers to the cells, so
that it stays live.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, cell_address, column_letters
from csm_xl.formulas.references import Area, quoted_sheet
from csm_xl.formulas.syntax import Call, Group, Literal, Node, Reference
from csm_xl.language import Text
from csm_xl.vocabulary.cells import is_blank

#: Excel's limit for a text between quotes in a formula.
MAX_LITERAL = 255
#: A whole column is cut to this many rows beyond its last used one, rounded up to a thousand.
SPARE_ROWS = 500

#: Row by row, as Excel hands a range over: None, float, str, bool or the integer of an error.
Contents = tuple[tuple[Any, ...], ...]


class NoNativeForm(Exception):
    """A call that no native formula can stand for.

    Attributes
    ----------
    text : Text
        Why, in one sentence.
    """

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.text = Text(en, zh)


@dataclass(frozen=True)
class Argument:
    """One argument.

    Attributes
    ----------
    text : str
        As the native formula writes it, in parentheses where it needs them; ``""`` if left out.
    held : tuple of tuples or None
        What its cells hold, or its constant; None for a single value that is computed.
    area : Area or None
        Its cells, whole columns cut; None where it is no range.
    guard : str
        True in Excel when a whole column holds something behind what `text` covers.
    constant : bool
        Whether it is written out in the formula.
    home : str
        The sheet of the formula.
    turned : bool
        Whether its cells stand in a row that is taken for a column.
    top : bool
        Whether it begins at the top of its block, so that a title may stand there.
    """

    text: str = ""
    held: Contents | None = ((None,),)
    area: Area | None = None
    guard: str = ""
    constant: bool = False
    home: str = ""
    turned: bool = False
    top: bool = False

    @property
    def left_out(self) -> bool:
        """Whether the argument is not there at all."""
        return not self.text

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return 1 if self.held is None else len(self.held)

    @property
    def columns(self) -> int:
        """How many columns it has."""
        return 1 if self.held is None else max(map(len, self.held), default=1)

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns of its text; a whole column's are more than it holds."""
        if self.area is None:
            return self.rows, self.columns
        return self.area.rows, self.area.columns

    @property
    def single(self) -> bool:
        """Whether it is one value."""
        return self.rows == 1 and self.columns == 1

    @property
    def value(self) -> Any:
        """What a single argument holds today; None also where it is computed."""
        return self.held[0][0] if self.held else None

    @property
    def blank(self) -> bool:
        """Whether it is left out or holds nothing today."""
        return self.left_out or (self.held is not None and all(map(is_blank, self.flat)))

    @property
    def flat(self) -> list[Any]:
        """Every cell, row by row."""
        return list(chain.from_iterable(self.held or ()))

    def cell(self, row: int, column: int) -> Argument:
        """One cell of a range (from 0), written as an address of its own."""
        if self.single:
            return self
        if self.held is None or (self.area is None and not self.constant):
            raise several()
        value = self.held[row][column]
        if self.constant:
            return Argument(constant_text(value), ((value,),), constant=True, home=self.home)
        assert self.area is not None
        if self.turned:
            row, column = column, row
        r, c = self.area.block[0] + row, self.area.block[1] + column
        area = Area(self.area.sheet, (r, c, r, c))
        return Argument(self.address(area), ((value,),), area, home=self.home)

    def row(self, row: int) -> Argument:
        """One row of a range (from 0), written as an address of its own."""
        if self.rows == 1:
            return self
        if self.held is None or (self.area is None and not self.constant):
            raise several()
        held = (self.held[row],)
        if self.constant:
            text = "{" + ",".join(map(constant_text, held[0])) + "}"
            return Argument(text, held, constant=True, home=self.home)
        assert self.area is not None
        _, c1, _, c2 = self.area.block
        r = self.area.block[0] + row
        area = Area(self.area.sheet, (r, c1, r, c2))
        return Argument(self.address(area), held, area, home=self.home)

    def upright(self) -> Argument:
        """A range of one row, taken for a column; its text stays as it is."""
        if self.rows == 1 and self.columns > 1 and self.held is not None:
            return replace(self, held=tuple((cell,) for cell in self.held[0]), turned=True)
        return self

    def address(self, area: Area) -> str:
        """How the formula's sheet refers to some cells."""
        r1, c1, r2, c2 = area.block
        cells = cell_address(r1, c1)
        if (r1, c1) != (r2, c2):
            cells += f":{cell_address(r2, c2)}"
        return cells if area.sheet == self.home else f"{quoted_sheet(area.sheet)}!{cells}"


def several() -> NoNativeForm:
    """A computed range where one cell is needed."""
    return NoNativeForm(
        "An argument is a range that is computed, not written as cells.",
        "有一个参数是由公式计算出的区域，而不是直接写出的单元格。",
    )


def constant_text(value: Any) -> str:
    """A constant as a formula writes it.

    Raises
    ------
    NoNativeForm
        For a text that is longer than a formula may hold.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        if len(value) > MAX_LITERAL:
            raise NoNativeForm(
                f"A text of more than {MAX_LITERAL} characters cannot stand in a formula.",
                f"超过 {MAX_LITERAL} 个字符的文本不能写在公式里。",
            )
        return '"' + value.replace('"', '""') + '"'
    return number_text(float(value))


def number_text(number: float) -> str:
    """A number as a formula writes it: ``5``, ``0.1``, ``1E-05``."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number).upper()


def as_operand(text: str, node: Node) -> str:
    """A part of a formula that may stand beside an operator."""
    return text if isinstance(node, Literal | Reference | Call | Group) else f"({text})"


def bounded(area: Area, last_row: int, last_column: int) -> Area:
    """A whole column or row cut behind the last used cell, with room for more."""
    r1, c1, r2, c2 = area.block
    if r2 == MAX_ROW:
        r2 = min(MAX_ROW, max(r1, -(-(last_row + SPARE_ROWS) // 1000) * 1000))
    if c2 == MAX_COLUMN:
        c2 = min(MAX_COLUMN, max(c1, -(-(last_column + 10) // 10) * 10))
    return Area(area.sheet, (r1, c1, r2, c2))


def absolute(area: Area, home: str, *, columns: tuple[str, str] = ("$", "$")) -> str:
    """``'Sheet'!B$1:B$2000``: rows fixed, columns with the given signs."""
    r1, c1, r2, c2 = area.block
    left, right = columns
    cells = f"{left}{column_letters(c1)}${r1}:{right}{column_letters(c2)}${r2}"
    return cells if area.sheet == home else f"{quoted_sheet(area.sheet)}!{cells}"


#: Gives what the cells of an area hold today.
Held = Callable[[Area], Contents]
