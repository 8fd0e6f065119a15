"""How the rows of a sheet look: their heights, and the styles of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from csm_xl.formulas.addresses import parse_cell
from csm_xl.ooxml.sheet_scan import attributes_of
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.ooxml.xml_parts import MAIN, Element

_NS = f"{{{MAIN}}}"
_KEPT = ("s", "customFormat", "ht", "customHeight", "outlineLevel", "thickTop", "thickBot")
#: A value that an attribute may have in the copy.
_PLAIN = re.compile(rb"[\w.+-]*\Z")


class RowLook(NamedTuple):
    """One row: its number, its attributes in a file, and the styles of its cells by column."""

    row: int
    attributes: bytes
    styles: dict[int, int]


def looks_of(sheet: Worksheet) -> Iterator[RowLook]:
    """The rows of a sheet of the owner's, top to bottom, read without a tree of its cells."""
    columns = [
        _Column(number, stretches) for number, stretches in sorted(sheet.cells.styles.items())
    ]
    for row, tag in sheet.row_tags():
        styles = {column.number: column.at(row) for column in columns}
        kept = {number: style for number, style in styles.items() if style}
        yield RowLook(row, _attributes(attributes_of(tag), 0), kept)


def looks_in(root: Element, styles_from: int) -> Iterator[RowLook]:
    """The rows of a sheet that was drawn for the copy.

    Parameters
    ----------
    root : Element
        Of its part.
    styles_from : int
        Added to the numbers of its styles.
    """
    data = root.find(f"{_NS}sheetData")
    for element in () if data is None else data:
        attributes = {
            str(name).encode(): str(value).encode() for name, value in element.attrib.items()
        }
        styles = {
            parse_cell(cell.get("r", ""))[1]: int(cell.get("s", "0")) + styles_from
            for cell in element.iterchildren(f"{_NS}c")
        }
        number = int(element.get("r", "0"))
        yield RowLook(number, _attributes(attributes, styles_from), styles)


class _Column:
    """The styles of one column, asked for from top to bottom."""

    def __init__(self, number: int, stretches: Iterable[tuple[int, int, int]]) -> None:
        self.number = number
        self._rest = iter(stretches)
        self._first, self._last, self._style = next(self._rest, (0, 0, 0))

    def at(self, row: int) -> int:
        while row > self._last:
            following = next(self._rest, None)
            if following is None:
                return 0
            self._first, self._last, self._style = following
        return self._style if row >= self._first else 0


def _attributes(found: dict[bytes, bytes], styles_from: int) -> bytes:
    kept = []
    for name in map(str.encode, _KEPT):
        value = found.get(name)
        if value is None or not _PLAIN.match(value):
            continue
        if name == b"s" and styles_from:
            value = b"%d" % (int(value) + styles_from)
        kept.append(b' %s="%s"' % (name, value))
    return b"".join(kept)
