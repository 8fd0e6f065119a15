"""A sheet, as xlwings sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings.constants import SheetVisibility

from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, parse_block
from csm_xl.formulas.workbook_model import Block
from csm_xl.ooxml.sheet_looks import SheetLooks
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.xlfile.charts import Charts
from csm_xl.xlfile.looks import FreezePanes, PageSetup
from csm_xl.xlfile.names import Names
from csm_xl.xlfile.range import Range
from csm_xl.xlfile.table import Tables
from csm_xl.xlfile.unsupported import FileObject

if TYPE_CHECKING:
    from csm_xl.xlfile.book import Book

_STATES = {
    SheetVisibility.xlSheetVisible: "visible",
    SheetVisibility.xlSheetHidden: "hidden",
    SheetVisibility.xlSheetVeryHidden: "veryHidden",
}


class SheetApi:
    """The part of Excel's own ``Worksheet`` object that a file has too."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:
        """Whether the locked cells are protected against typing."""
        return self._sheet.worksheet.frame.is_protected

    @property
    def Visible(self) -> int:
        """-1 shown, 0 hidden, 2 very hidden (only a program can show it)."""
        return self._sheet.visible

    @Visible.setter
    def Visible(self, value: int | bool) -> None:
        self._sheet.visible = value


class Sheet(FileObject, base_classes.Sheet):
    """One worksheet."""

    def __init__(self, book: Book, worksheet: Worksheet) -> None:
        self._book = book
        self.worksheet = worksheet

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sheet) and other.worksheet is self.worksheet

    def __hash__(self) -> int:
        return hash(id(self.worksheet))

    @property
    def api(self) -> SheetApi:
        """``Visible`` and ``ProtectContents``, as in Excel for Windows."""
        return SheetApi(self)

    @property
    def book(self) -> Book:
        """The book."""
        return self._book

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.worksheet.name

    @property
    def names(self) -> Names:
        """The names that belong to this sheet."""
        return Names(self._book, self.worksheet.name)

    @property
    def index(self) -> int:
        """The position among the worksheets, from 1."""
        return self._book.workbook.sheets.index(self.worksheet) + 1

    @property
    def visible(self) -> int:
        """-1 shown, 0 hidden, 2 very hidden, as in Excel for Windows.

        True and False may be set as well.
        """
        state = self._book.workbook.sheet_state(self.worksheet)
        return next(number for number, name in _STATES.items() if name == state)

    @visible.setter
    def visible(self, value: int | bool) -> None:
        state = _STATES.get(-1 if value is True else int(value))
        if state is None:
            raise ValueError("visible must be True, False or 2 (very hidden)")
        self._book.workbook.set_sheet_state(self.worksheet, state)

    def block(self, block: Block) -> Range:
        """The range of a block of cells."""
        r1, c1, r2, c2 = block
        return Range(self, r1, c1, r2 - r1 + 1, c2 - c1 + 1)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """Cells by address, by name, by (row, column), or between two cells."""
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        first = self._range(arg1)
        if arg2 is None:
            return first
        last = self._range(arg2)
        a, b = first.block, last.block
        return self.block((min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])))

    def _range(self, place: Any) -> Range:
        if isinstance(place, Range):
            return place
        if isinstance(place, tuple):
            if len(place) == 4:
                return Range(self, *place)
            row, column = place
            if row == 0 or column == 0:
                raise IndexError("rows and columns count from 1")
            if not (0 < row <= MAX_ROW and 0 < column <= MAX_COLUMN):
                raise IndexError(f"({row}, {column}) is outside the sheet")
            return Range(self, row, column, 1, 1)
        try:
            return self.block(parse_block(str(place).rpartition("!")[2]))
        except ValueError:
            pass
        for names in (self.names, self._book.names):
            if names.contains(place):
                return names(place).refers_to_range
        for table in self.tables:
            if table.name.casefold() == str(place).casefold():
                found = table.data_body_range
                if found is not None:
                    return found
        raise ValueError(f"{place!r} is neither an address nor a name of cells")

    @property
    def cells(self) -> Range:
        """Every cell of the sheet."""
        return Range(self, 1, 1, MAX_ROW, MAX_COLUMN)

    @property
    def used_range(self) -> Range:
        """The smallest range with every cell that holds or shows something; A1 if none does."""
        return self.block(self.worksheet.used_block() or (1, 1, 1, 1))

    @property
    def tables(self) -> Tables:
        """The tables."""
        return Tables(self)

    @property
    def charts(self) -> Charts:
        """The charts."""
        return Charts(self)

    @property
    def freeze_panes(self) -> FreezePanes:
        """Rows and columns that stay in sight."""
        return FreezePanes(self)

    @property
    def page_setup(self) -> PageSetup:
        """How the sheet is printed."""
        return PageSetup(self)

    @property
    def show_gridlines(self) -> bool:
        """Whether lines between the cells are shown."""
        return SheetLooks(self.worksheet.frame).gridlines

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        SheetLooks(self.worksheet.frame).gridlines = value

    def clear_contents(self) -> None:
        """Empty every cell; styles stay."""
        self.cells.clear_contents()

    def clear(self) -> None:
        """Empty every cell and take its style away."""
        self.cells.clear()

    def clear_formats(self) -> None:
        """Take every cell's style away."""
        self.cells.clear_formats()
