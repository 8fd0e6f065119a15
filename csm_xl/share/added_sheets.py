"""Sheets that the copy has and the owner's workbook has not: drawn with openpyxl, then taken over."""

from __future__ import annotations

import io
import math
import unicodedata
from pathlib import Path
from typing import Any

from openpyxl.utils import column_index_from_string

from csm_xl.formulas.workbook_model import NameInfo
from csm_xl.language import Language
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.parts import read_parts
from csm_xl.ooxml.xml_parts import Element
from csm_xl.share.copy_model import CopyBook, CopyFormula, CopySheet
from csm_xl.share.style_part import StylePart
from csm_xl.workbook.cell_styles import Look
from csm_xl.workbook.grid import put_text


class AddedSheets:
    """A workbook of its own until its sheets are taken over.

    Parameters
    ----------
    lang : {"en", "zh"}

    Attributes
    ----------
    look : Look
        The styles of csm-xl's workbooks.
    """

    def __init__(self, lang: Language) -> None:
        from openpyxl import Workbook

        self.lang: Language = lang
        self.look = Look(lang)
        self._book = Workbook()
        self._book.remove(self._book.active)

    def sheet(self, name: str) -> Any:
        """A new sheet to draw on."""
        return self._book.create_sheet(name)

    def take_over(self, copy: CopyBook, styles: StylePart) -> dict[str, Element]:
        """Put the sheets into the copy, the first ones first.

        Returns
        -------
        dict of str to Element
            The root of each sheet's part, for widths and print settings.
        """
        buffer = io.BytesIO()
        self._book.save(buffer)
        here = Path("csm-xl")
        parts = read_parts(buffer.getvalue())
        first = styles.add(xml_parts.parse(parts["xl/styles.xml"], "styles", here))
        roots = {
            sheet.title: xml_parts.parse(
                parts[f"xl/worksheets/sheet{number}.xml"], sheet.title, here
            )
            for number, sheet in enumerate(self._book.worksheets, 1)
        }
        for drawn in self._book.worksheets:
            sheet = copy.sheets.get(drawn.title)
            if sheet is None:
                sheet = copy.sheets[drawn.title] = CopySheet(drawn.title)
            sheet.styles_from = first
            sheet.column_styles = {
                column_index_from_string(letters): whole.style_id + first
                for letters, whole in drawn.column_dimensions.items()
                if whole.has_style
            }
            for row in drawn.iter_rows():
                for cell in row:
                    self._take_cell(sheet, cell)
        copy.set_names([*copy.names(), *self._print_names()])
        return roots

    def _print_names(self) -> list[NameInfo]:
        """What is printed of each sheet: Excel keeps that among the defined names."""
        return [
            NameInfo(name, sheet.title, text)
            for sheet in self._book.worksheets
            for name, text in (
                ("_xlnm.Print_Area", sheet.print_area),
                ("_xlnm.Print_Titles", sheet.print_titles),
            )
            if text
        ]

    @staticmethod
    def _take_cell(sheet: CopySheet, cell: Any) -> None:
        value = cell.value
        if value is None:
            return
        if cell.data_type == "f":
            sheet.formulas[cell.row, cell.column] = CopyFormula(str(value)[1:])
            sheet.results.setdefault((cell.row, cell.column), None)
        elif isinstance(value, bool | str):
            sheet.values[cell.row, cell.column] = value
        elif isinstance(value, int | float):
            sheet.values[cell.row, cell.column] = float(value)
        else:
            raise TypeError(f"{cell.coordinate} holds a {type(value).__name__}")


def put(cell: Any, value: Any) -> None:
    """Write a number, a text that stays a text, or nothing."""
    if isinstance(value, str):
        put_text(cell, value)
    elif value is not None:
        cell.value = value


def lines(text: str, room: float) -> int:
    """How many lines a text takes where one line has room for so many letters."""
    length = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return max(1, math.ceil(length / room))
