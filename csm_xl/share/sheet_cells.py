"""The cells of one sheet of the copy, row by row: styles, values, formulas with their results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from csm_xl.formulas.addresses import block_address, column_letters
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.ooxml.cell_text import encode_xml
from csm_xl.ooxml.cell_xml import value_xml
from csm_xl.share.copy_model import CopyFormula, CopySheet
from csm_xl.share.row_looks import RowLook
from csm_xl.share.style_part import StylePart


class SheetCells:
    """Writes the cells of a sheet.

    Parameters
    ----------
    sheet : CopySheet
    looks : iterable of RowLook
        How the rows that were drawn look, top to bottom.
    styles : StylePart
    rich : mapping of str to bytes
        Texts of several formats, with their runs.
    """

    def __init__(
        self,
        sheet: CopySheet,
        looks: Iterable[RowLook],
        styles: StylePart,
        rich: Mapping[str, bytes],
    ) -> None:
        self._sheet, self._looks, self._styles, self._rich = sheet, looks, styles, rich
        self._groups: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> Iterator[bytes]:
        """The rows of the sheet as markup, top to bottom."""
        self._groups = _groups(self._sheet)
        filled = self._sheet.filled()
        waiting = next(filled, None)
        for look in self._looks:
            while waiting is not None and waiting[0] < look.row:
                yield self._row(RowLook(waiting[0], b"", {}), waiting[1])
                waiting = next(filled, None)
            if waiting is not None and waiting[0] == look.row:
                yield self._row(look, waiting[1])
                waiting = next(filled, None)
            else:
                yield self._row(look, {})
        while waiting is not None:
            yield self._row(RowLook(waiting[0], b"", {}), waiting[1])
            waiting = next(filled, None)

    def _row(self, look: RowLook, held: Mapping[int, CellValue]) -> bytes:
        styles, new = look.styles, self._sheet.column_styles
        row = look.row
        cells = [
            self._cell(row, column, styles.get(column, new.get(column, 0)), held.get(column))
            for column in sorted({*styles, *held})
        ]
        return b'<row r="%d"%s>%s</row>' % (row, look.attributes, b"".join(cells))

    def _cell(self, row: int, column: int, style: int, value: CellValue) -> bytes:
        name = b'<c r="%s%d"' % (column_letters(column).encode(), row)
        formula = self._sheet.formulas.get((row, column))
        if formula is None:
            computed = self._sheet.results.at(row, column) is not None
            if not computed and _begins_like_formula(value):
                style = self._styles.quoted(style)
            kind, content = value_xml(b"", value, True) if computed else self._value(value)
        else:
            kind, content = value_xml(b"", value, True)
            text = b"" if formula.group else encode_xml(formula.text)
            if formula.group:
                content = self._shared(formula, row, column) + content
            elif formula.block is None:
                content = b"<f>%s</f>%s" % (text, content)
            else:
                block = block_address(formula.block).encode()
                content = b'<f t="array" ref="%s">%s</f>%s' % (block, text, content)
        styled = b' s="%d"' % style if style else b""
        if not content:
            return b"%s%s/>" % (name, styled)
        return b"%s%s%s>%s</c>" % (name, styled, kind, content)

    def _shared(self, formula: CopyFormula, row: int, column: int) -> bytes:
        """A formula that a column has in common: its text in the first cell only."""
        first, last = self._groups[formula.group, column]
        if row != first:
            return b'<f t="shared" si="%d"/>' % (formula.group - 1)
        block = block_address((first, column, last, column)).encode()
        text = encode_xml(formula.text)
        return b'<f t="shared" ref="%s" si="%d">%s</f>' % (block, formula.group - 1, text)

    def _value(self, value: CellValue) -> tuple[bytes, bytes]:
        if self._rich and isinstance(value, str) and value in self._rich:
            return b' t="inlineStr"', self._rich[value]
        return value_xml(b"", value, False)


def _groups(sheet: CopySheet) -> dict[tuple[int, int], tuple[int, int]]:
    """First and last row of each group of formulas, by its number and column."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for (row, column), formula in sheet.formulas.items():
        if formula.group:
            first, last = found.get((formula.group, column), (row, row))
            found[formula.group, column] = (min(first, row), max(last, row))
    return found


def _begins_like_formula(value: CellValue) -> bool:
    return (
        isinstance(value, str)
        and not isinstance(value, ErrorValue)
        and value[:1] in ("=", "+", "-", "@")
    )
