"""Fonts, conditional formats, frozen panes and pages, as xlwings and Excel for Windows name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from csm_xl.formulas.addresses import block_address
from csm_xl.ooxml.sheet_looks import OPERATORS, SheetLooks
from csm_xl.ooxml.styles import rgb_of
from csm_xl.ooxml.xml_numbers import decimal
from csm_xl.xlfile import formatting
from csm_xl.xlfile.unsupported import FileObject, refuse

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range
    from csm_xl.xlfile.sheet import Sheet

_LANDSCAPE = 2


class Font(FileObject, base_classes.Font):
    """The font of some cells; of several cells the first one's is read."""

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    def _read(self, what: str) -> str | None:
        sheet = self._cells.sheet.worksheet
        style = sheet.style(self._cells.row, self._cells.column)
        return sheet.workbook.styles.font(style, what)

    def _change(self, what: str, value: object) -> None:
        styles = self._cells.sheet.worksheet.workbook.styles
        formatting.restyle(self._cells, lambda style: styles.with_font(style, {what: value}))

    @property
    def bold(self) -> bool:
        """Whether it is bold."""
        return self._read("bold") in ("1", "true")

    @bold.setter
    def bold(self, value: bool) -> None:
        self._change("bold", bool(value))

    @property
    def italic(self) -> bool:
        """Whether it is in italics."""
        return self._read("italic") in ("1", "true")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._change("italic", bool(value))

    @property
    def size(self) -> float | None:
        """The size in points."""
        size = self._read("size")
        try:
            return None if size is None else decimal(size)
        except ValueError:
            return None

    @size.setter
    def size(self, value: float) -> None:
        self._change("size", float(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour as (red, green, blue); None where it is the theme's."""
        rgb = self._read("color")
        return None if rgb is None else rgb_of(rgb)

    @color.setter
    def color(self, value: tuple[int, int, int] | str | int) -> None:
        self._change("color", formatting.as_rgb(value))


class ConditionalFormats(FileObject, base_classes.ConditionalFormats):
    """Looks that follow the values of some cells."""

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    def add_cell_value(self, spec: dict[str, Any]) -> None:
        """A look for cells whose value compares so with a formula.

        Raises
        ------
        NotImplementedError
            For any other comparison than :data:`csm_xl.ooxml.sheet_looks.OPERATORS`.
        """
        operator = OPERATORS.get(spec["operator"])
        if operator is None:
            refuse("ConditionalFormats", f"add_cell_value({spec['operator']!r})")
        sheet = self._cells.sheet.worksheet
        look = sheet.workbook.styles.differential(
            spec.get("fill_color"), spec.get("font_color"), bool(spec.get("font_bold"))
        )
        formula = str(spec["formula1"]).removeprefix("=")
        SheetLooks(sheet.frame).rule(block_address(self._cells.block), operator, formula, look)


class FreezePanes(FileObject, base_classes.FreezePanes):
    """Rows and columns that stay in sight."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        """Keep the rows and columns up to the end of a range in sight, such as ``1:3``."""
        cells = self._sheet.range(frozen_range)
        _, _, row, column = cells.block
        whole_rows = cells.shape[1] == self._sheet.cells.shape[1]
        whole_columns = cells.shape[0] == self._sheet.cells.shape[0]
        looks = SheetLooks(self._sheet.worksheet.frame)
        looks.freeze(1 if whole_columns else row + 1, 1 if whole_rows else column + 1)

    def unfreeze(self) -> None:
        """Let everything move."""
        SheetLooks(self._sheet.worksheet.frame).freeze(1, 1)


class PageSetupApi:
    """The part of Excel's own ``PageSetup`` object that a file has too."""

    def __init__(self, sheet: Sheet) -> None:
        object.__setattr__(self, "_sheet", sheet)

    def __setattr__(self, name: str, value: Any) -> None:
        sheet: Sheet = object.__getattribute__(self, "_sheet")
        if name == "Orientation":
            SheetLooks(sheet.worksheet.frame).page(landscape=value == _LANDSCAPE)
        elif name == "PrintTitleRows":
            quoted = sheet.name.replace("'", "''")
            names = sheet.book.workbook.defined_names
            names.set("_xlnm.Print_Titles", f"'{quoted}'!{value}", sheet.name)
        elif (name, value) not in (
            ("Zoom", False),
            ("FitToPagesWide", 1),
            ("FitToPagesTall", False),
        ):
            refuse("PageSetup", f"{name} = {value!r}")


class PageSetup(FileObject, base_classes.PageSetup):
    """How a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> PageSetupApi:
        """``Orientation``, ``PrintTitleRows`` and a page's width, as in Excel for Windows."""
        return PageSetupApi(self._sheet)
