"""The cells of one sheet of the copy, row by row: styles, values, formulas with their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from csm_xl.formulas.addresses import block_address, column_letters, parse_cell
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.ooxml.cell_text import encode_xml
from csm_xl.ooxml.cell_xml import value_xml
from csm_xl.ooxml.xml_parts import MAIN, Element
from csm_xl.share.copy_model import CopyFormula, CopySheet
from csm_xl.share.style_part import StylePart

_NS = f"{{{MAIN}}}"
_ROW = ("s", "customFormat", "ht", "customHeight", "outlineLevel", "thickTop", "thickBot")


class SheetCells:
    """Writes the cells of a sheet.

    Parameters
    ----------
    sheet : CopySheet
    root : Element
        The root of the owner's part, for heights and styles.
    styles : StylePart
    rich : mapping of str to bytes
        Texts of several formats, with their runs.
    """

    def __init__(
        self, sheet: CopySheet, root: Element, styles: StylePart, rich: Mapping[str, bytes]
    ) -> None:
        self._sheet, self._root, self._styles, self._rich = sheet, root, styles, rich
        self._groups: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> Iterator[bytes]:
        """The rows of the sheet as markup, top to bottom."""
        sheet = self._sheet
        waiting: dict[int, set[int]] = {}
        for row, column in sheet.filled():
            waiting.setdefault(row, set()).add(column)
        self._groups = _groups(sheet)
        data = self._root.find(f"{_NS}sheetData")
        written = 0
        new = sorted(waiting, reverse=True)
        for element in () if data is None else data:
            number = int(element.get("r") or written + 1)
            while new and new[-1] < number:
                between = new.pop()
                if between > written:
                    yield self._row(between, b"", {}, waiting[between])
            yield self._row(
                number,
                _attributes(element, _ROW, self._sheet.styles_from),
                self._cell_styles(element),
                waiting.get(number, set()),
            )
            written = number
        for row in reversed(new):
            if row > written:
                yield self._row(row, b"", {}, waiting[row])

    def _cell_styles(self, row: Element) -> dict[int, int]:
        styles: dict[int, int] = {}
        column = 0
        add = self._sheet.styles_from
        for cell in row.iterchildren(f"{_NS}c"):
            reference = cell.get("r")
            column = parse_cell(reference)[1] if reference else column + 1
            styles[column] = int(cell.get("s", "0")) + add
        return styles

    def _row(self, row: int, attributes: bytes, styles: dict[int, int], filled: set[int]) -> bytes:
        new = self._sheet.column_styles
        cells = [
            self._cell(row, column, styles.get(column, new.get(column, 0)))
            for column in sorted({*styles, *filled})
        ]
        return b'<row r="%d"%s>%s</row>' % (row, attributes, b"".join(cells))

    def _cell(self, row: int, column: int, style: int) -> bytes:
        sheet = self._sheet
        place = (row, column)
        name = b'<c r="%s%d"' % (column_letters(column).encode(), row)
        formula = sheet.formulas.get(place)
        if formula is None:
            value = sheet.values.get(place)
            if value is None:
                value = sheet.results.get(place)
                kind, content = value_xml(b"", value, True)
            else:
                if _begins_like_formula(value):
                    style = self._styles.quoted(style)
                kind, content = self._value(value)
        else:
            kind, content = value_xml(b"", sheet.results.get(place), True)
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


def _attributes(element: Element, names: tuple[str, ...], styles_from: int) -> bytes:
    found = []
    for name in names:
        value = element.get(name)
        if value is not None:
            if name == "s" and styles_from:
                value = str(int(value) + styles_from)
            found.append(b' %s="%s"' % (name.encode(), value.encode()))
    return b"".join(found)


def _begins_like_formula(value: CellValue) -> bool:
    return (
        isinstance(value, str)
        and not isinstance(value, ErrorValue)
        and value[:1] in ("=", "+", "-", "@")
    )
