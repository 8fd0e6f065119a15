"""A block of cells, as xlwings sees it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, block_address, column_letters, contains
from csm_xl.formulas.workbook_model import Block
from csm_xl.ooxml.xml_numbers import whole
from csm_xl.xlfile import formatting, navigation, reading, writing
from csm_xl.xlfile.looks import ConditionalFormats, Font
from csm_xl.xlfile.unsupported import FileObject

if TYPE_CHECKING:
    from csm_xl.xlfile.sheet import Sheet
    from csm_xl.xlfile.table import Table

#: Excel's number for a list to choose from (``xlValidateList``).
LIST = 3


class Validation:
    """The part of Excel's ``Validation`` that offers a list of texts."""

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    def Delete(self) -> None:
        """Take an earlier list of the same cells away: :meth:`Add` replaces it."""

    def Add(self, Type: int, AlertStyle: int = 1, Operator: int = 1, Formula1: str = "") -> None:
        """Offer a list of texts divided by commas.

        Raises
        ------
        NotImplementedError
            For any other rule.
        """
        if Type != LIST or Formula1.startswith("="):
            raise NotImplementedError("only a list of texts can be offered in a workbook file")
        frame = self._cells.sheet.worksheet.frame
        frame.offer_list(block_address(self._cells.block), Formula1)


_NEEDS_NO_QUOTES = re.compile(r"\[[\w.]+\][^\W\d][\w.]*\Z")


class RangeApi:
    """The part of Excel's own ``Range`` object that a file has too.

    ``Value2`` is the fast way: dates are numbers, errors integers, and nothing is converted.
    """

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    @property
    def Validation(self) -> Validation:
        """What may be chosen in the cells."""
        return Validation(self._cells)

    @property
    def IndentLevel(self) -> int:
        """How far texts stand from the left, of the first cell."""
        try:
            return whole(formatting.alignment(self._cells, "indent"))
        except ValueError:
            return 0

    @IndentLevel.setter
    def IndentLevel(self, level: int) -> None:
        formatting.set_alignment(self._cells, "indent", str(level))

    @property
    def Value2(self) -> Any:
        """A scalar, or a tuple of row tuples."""
        return reading.raw_value(self._cells, dates=False)

    @Value2.setter
    def Value2(self, data: Any) -> None:
        self._cells.raw_value = data

    @property
    def Value(self) -> Any:
        """As ``Value2``, but date-formatted numbers are datetimes."""
        return self._cells.raw_value

    @Value.setter
    def Value(self, data: Any) -> None:
        self._cells.raw_value = data


class Range(FileObject, base_classes.Range):
    """Cells of one sheet.

    Text that is written stays text, whatever it looks like. As in Excel, one apostrophe before it
    only says so and is not part of it, unless the cell is formatted as text.
    """

    def __init__(self, sheet: Sheet, row: int, column: int, rows: int, columns: int) -> None:
        self._sheet = sheet
        self._coords = (row, column, rows, columns)

    @property
    def coords(self) -> tuple[Sheet, int, int, int, int]:
        """Sheet, row, column, number of rows, number of columns."""
        return (self._sheet, *self._coords)

    @property
    def block(self) -> Block:
        """First row, first column, last row, last column."""
        row, column, rows, columns = self._coords
        return row, column, row + rows - 1, column + columns - 1

    @property
    def api(self) -> RangeApi | None:
        """``Value2`` and ``Value``, as in Excel for Windows; None for a range without cells."""
        return RangeApi(self) if len(self) else None

    @property
    def sheet(self) -> Sheet:
        """The sheet."""
        return self._sheet

    def __len__(self) -> int:
        return self._coords[2] * self._coords[3]

    @property
    def row(self) -> int:
        """The first row."""
        return self._coords[0]

    @property
    def column(self) -> int:
        """The first column."""
        return self._coords[1]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return self._coords[2], self._coords[3]

    @property
    def max_cells_per_read(self) -> None:
        """No limit: nothing crosses to another process."""
        return

    @property
    def max_cells_per_write(self) -> None:
        """No limit: nothing crosses to another process."""
        return

    def __call__(self, *args: int) -> Range:
        """One cell, by row and column or by its number row by row, counted from the first."""
        if len(args) == 2:
            row, column = args
        elif len(args) == 1:
            row, column = divmod(args[0] - 1, self._coords[3])
            row, column = row + 1, column + 1
        else:
            raise ValueError("Invalid arguments")
        place = (self.row + row - 1, self.column + column - 1)
        return self._sheet.range(place)

    # -- values -------------------------------------------------------------------------------

    @property
    def raw_value(self) -> Any:
        """A scalar, or a tuple of row tuples: float, str, bool, datetime, None; errors as int."""
        return reading.raw_value(self, dates=True)

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        writing.write_values(self, data)

    @property
    def formula(self) -> Any:
        """The formulas with ``=``, and what was typed where there is none."""
        return reading.formulas(self)

    @formula.setter
    def formula(self, data: Any) -> None:
        writing.write_formulas(self, data)

    @property
    def formula2(self) -> Any:
        """As :attr:`formula`.

        A formula that is set is an array formula of its own cell and never spills.
        """
        return reading.formulas(self)

    @formula2.setter
    def formula2(self, data: Any) -> None:
        writing.write_formulas(self, data, each_an_array=True)

    @property
    def formula_array(self) -> str | None:
        """The array formula that fills these cells."""
        place = reading.array_place(self)
        if place is None:
            return None
        text = self._sheet.worksheet.formula_cells.text(*place)
        return None if text is None else f"={text}"

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        self._sheet.worksheet.set_formula(
            self.row, self.column, value.removeprefix("="), self.block
        )

    @property
    def has_array(self) -> bool:
        """Whether the cells belong to an array formula."""
        return reading.array_place(self) is not None

    def clear_contents(self) -> None:
        """Empty the cells; their styles stay."""
        if len(self):
            self._sheet.worksheet.clear_values(self.block)
            writing.sync_headers(self)

    def clear_formats(self) -> None:
        """Take the cells' styles away."""
        formatting.clear(self)

    def clear(self) -> None:
        """Empty the cells and take their styles away."""
        self.clear_formats()
        self.clear_contents()

    # -- places -------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Such as ``$A$1:$B$2``."""
        return self.get_address(True, True, False)

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """The address, on request with the names of file and sheet."""
        r1, c1, r2, c2 = self.block
        row_mark, column_mark = ("$" if row_absolute else ""), ("$" if col_absolute else "")

        def cell(row: int, column: int) -> str:
            return f"{column_mark}{column_letters(column)}{row_mark}{row}"

        if not len(self):
            rows, columns = self.shape
            return f"{cell(r1, c1)}{{{rows}x{columns}}}"
        if (r1, r2) == (1, MAX_ROW) and (c1, c2) != (1, MAX_COLUMN):
            text = f"{column_mark}{column_letters(c1)}:{column_mark}{column_letters(c2)}"
        elif (c1, c2) == (1, MAX_COLUMN):
            text = f"{row_mark}{r1}:{row_mark}{r2}"
        else:
            text = cell(r1, c1) + ("" if len(self) == 1 else f":{cell(r2, c2)}")
        if not external:
            return text
        sheet = f"[{self._sheet.book.name}]{self._sheet.name}"
        if not _NEEDS_NO_QUOTES.match(sheet):
            sheet = "'" + sheet.replace("'", "''") + "'"
        return f"{sheet}!{text}"

    def end(self, direction: str) -> Range:
        """The cell that Ctrl and an arrow key reach from the first one: up, down, left, right."""
        return navigation.end(self, direction)

    @property
    def current_region(self) -> Range:
        """The block around the first cell that empty rows and columns enclose."""
        return navigation.current_region(self)

    @property
    def table(self) -> Table | None:
        """The table that the first cell lies in."""
        place = (self.row, self.column, self.row, self.column)
        for table in self._sheet.tables:
            if contains(table.part.ref, place):
                return table
        return None

    # -- looks --------------------------------------------------------------------------------

    @property
    def number_format(self) -> str | None:
        """The number format; None where the cells differ."""
        return formatting.number_format(self)

    @number_format.setter
    def number_format(self, value: str) -> None:
        formatting.set_number_format(self, value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The fill colour as (red, green, blue) of the first cell; None where it is not filled."""
        return formatting.color(self)

    @color.setter
    def color(self, value: tuple[int, int, int] | int | str | None) -> None:
        formatting.set_color(self, value)

    @property
    def font(self) -> Font:
        """The font."""
        return Font(self)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        """Looks that follow the values."""
        return ConditionalFormats(self)

    @property
    def wrap_text(self) -> bool:
        """Whether texts break within the first cell."""
        return formatting.alignment(self, "wrapText") in ("1", "true")

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        formatting.set_alignment(self, "wrapText", "1" if value else "0")

    @property
    def horizontal_alignment(self) -> str:
        """``general``, ``left``, ``center`` or ``right``, of the first cell."""
        return formatting.alignment(self, "horizontal") or "general"

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        formatting.set_alignment(self, "horizontal", value)

    @property
    def vertical_alignment(self) -> str:
        """``top``, ``center`` or ``bottom``, of the first cell."""
        return formatting.alignment(self, "vertical") or "bottom"

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        formatting.set_alignment(self, "vertical", value)

    @property
    def column_width(self) -> float | None:
        """The width of the columns in characters; None where they differ."""
        frame = self._sheet.worksheet.frame
        _, c1, _, c2 = self.block
        widths = {frame.column_width(column) for column in range(c1, c2 + 1)}
        return widths.pop() if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        _, c1, _, c2 = self.block
        self._sheet.worksheet.frame.set_column_width(c1, c2, float(value))

    def __repr__(self) -> str:
        return f"<Range {self._sheet.name}!{block_address(self.block)}>"
