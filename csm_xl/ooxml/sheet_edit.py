"""Splicing changed cells into the bytes of a sheet; every other byte stays as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from csm_xl.formulas.addresses import column_letters, column_number
from csm_xl.ooxml.cell_xml import CellEdit, cell_name, changed_cell, new_cell
from csm_xl.ooxml.row_heights import RowFit
from csm_xl.ooxml.sheet_scan import attributes_of
from csm_xl.ooxml.sheet_xml import SheetXml, custom_row_style, patterns

_LETTERS = re.compile(rb" r=\"([A-Z]{1,3})\d+\"")
#: A height that fits the texts of a row; one chosen by hand says so.
_FITTED = re.compile(rb"\sht\s*=\s*[\"'][^\"']*[\"']")
_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])([^\"']*)([\"'])")
#: Rows joined into one piece: enough to compress well, little enough to stay small.
_BATCH = 512


@dataclass(slots=True)
class RowEditor:
    """Edits the rows of one sheet.

    Attributes
    ----------
    sheet : SheetXml
    odd_rows : set of int
        Rows that are not spelled the plain way, and are edited with more care.
    column_style : callable
        The style that a new cell takes from its column.
    fit : RowFit
        How high a row has to be for its texts.
    """

    sheet: SheetXml
    odd_rows: set[int]
    column_style: Callable[[int], int]
    fit: RowFit

    def spliced(self, edits: Iterator[tuple[int, dict[int, CellEdit]]]) -> Iterator[bytes]:
        """All rows with `edits` (row, edits by column; rows ascending) in them, in pieces."""
        sheet, content = self.sheet, self.sheet.content
        at = sheet.first
        index = 0
        pieces: list[bytes] = []
        for row, cells in edits:
            index = bisect_left(sheet.numbers, row, index)
            if index < len(sheet.numbers) and sheet.numbers[index] == row:
                end = sheet.ends[index]
                pieces.append(content[at : sheet.starts[index]])
                pieces.append(self.edited(row, content[sheet.starts[index] : end], cells))
            else:
                end = sheet.starts[index] if index < len(sheet.starts) else sheet.last
                pieces.append(content[at:end])
                pieces.append(self.new(row, cells))
            at = end
            if len(pieces) > _BATCH:
                yield b"".join(pieces)
                pieces.clear()
        pieces.append(content[at : sheet.last])
        yield b"".join(pieces)

    def new(self, row: int, edits: dict[int, CellEdit]) -> bytes:
        """A row that did not exist; empty where all its cells would be."""
        prefix = self.sheet.prefix
        cells = self._new_cells(row, edits, 0)
        height = self._fitted(row, b"", edits)
        return (
            b'<%srow r="%d"%s>%s</%srow>' % (prefix, row, height, cells, prefix) if cells else b""
        )

    def edited(self, row: int, old: bytes, edits: dict[int, CellEdit]) -> bytes:
        """A row element with its changed cells."""
        prefix = self.sheet.prefix
        name = b"%srow" % prefix
        opened = old.index(b">")
        closed = old[opened - 1] == 0x2F
        attributes = old[len(name) + 1 : opened - 1 if closed else opened].rstrip()
        body = b"" if closed else old[opened + 1 : -len(name) - 3]
        own_style = custom_row_style(attributes) if b"customFormat" in attributes else 0
        if min(edits) > self._last_column(row, body):
            body += self._new_cells(row, edits, own_style)
        else:
            replaced = None if row in self.odd_rows else self._replaced(row, body, edits)
            body = self._merged(row, body, edits, own_style) if replaced is None else replaced
        if b"spans" in attributes:
            attributes = _with_spans(attributes, min(edits), max(edits))
        if b"customHeight" not in attributes:
            attributes = self._fitted(row, attributes, edits)
        if not body:
            return b"<%s%s/>" % (name, attributes)
        return b"<%s%s>%s</%s>" % (name, attributes, body, name)

    def _fitted(self, row: int, attributes: bytes, edits: dict[int, CellEdit]) -> bytes:
        """Row attributes with the height that the new texts need."""
        changed = [c for c, edit in edits.items() if edit.value is None or type(edit.value) is str]
        bare = _FITTED.sub(b"", attributes)
        height = self.fit.height(row, changed, fitted=bare != attributes)
        if height is None:
            return attributes
        return bare + b' ht="%g"' % height if height else bare

    def _last_column(self, row: int, body: bytes) -> float:
        """The last column of a row, infinite where that is not plain to see."""
        if row in self.odd_rows:
            return float("inf")
        start = b"<%sc" % self.sheet.prefix
        at = body.rfind(start)
        if at < 0:
            return 0
        found = _LETTERS.match(body, at + len(start))
        return column_number(found[1].decode()) if found else float("inf")

    def _new_cells(self, row: int, edits: dict[int, CellEdit], own_style: int) -> bytes:
        prefix, column_style = self.sheet.prefix, self.column_style
        return b"".join(
            [
                new_cell(prefix, row, column, edits[column], own_style or column_style(column))
                for column in sorted(edits)
            ]
        )

    def _replaced(self, row: int, body: bytes, edits: dict[int, CellEdit]) -> bytes | None:
        """The cells of a plainly spelled row if all that are edited exist, else None."""
        prefix = self.sheet.prefix
        p = patterns(prefix)
        close = b"</%sc>" % prefix
        pieces = []
        at = 0
        for column in sorted(edits):
            name = cell_name(prefix, row, column)
            start = body.find(name, at)
            if start < 0:
                return None
            opened = body.index(b">", start)
            tag, content, end = body[start + len(name) : opened], b"", opened + 1
            if body[opened - 1] != 0x2F:
                stop = body.index(close, opened)
                content, end = body[opened + 1 : stop], stop + len(close)
            pieces.append(body[at:start])
            pieces.append(changed_cell(p, prefix, row, column, edits[column], tag, content))
            at = end
        pieces.append(body[at:])
        return b"".join(pieces)

    def _merged(self, row: int, body: bytes, edits: dict[int, CellEdit], own_style: int) -> bytes:
        """The cells of any row, edited ones replaced or inserted in their order."""
        prefix = self.sheet.prefix
        p = patterns(prefix)
        waiting = sorted(edits, reverse=True)
        pieces = []
        at = column = 0
        for match in p.any_cell.finditer(body):
            reference = attributes_of(match[1]).get(b"r")
            if reference is None:
                column += 1
            else:
                column = column_number(reference.rstrip(b"0123456789").decode())
            pieces.append(body[at : match.start()])
            at = match.end()
            while waiting and waiting[-1] < column:
                pieces.append(self._new_cells(row, _only(edits, waiting.pop()), own_style))
            if waiting and waiting[-1] == column:
                edit = edits[waiting.pop()]
                pieces.append(changed_cell(p, prefix, row, column, edit, match[1], match[2] or b""))
            elif reference is None:
                # Its place was implied by the cell before, which may now be another one.
                pieces.append(_located(match[0], prefix, row, column))
            else:
                pieces.append(match[0])
        for column in reversed(waiting):
            pieces.append(self._new_cells(row, _only(edits, column), own_style))
        pieces.append(body[at:])
        return b"".join(pieces)


def _only(edits: dict[int, CellEdit], column: int) -> dict[int, CellEdit]:
    return {column: edits[column]}


def _located(cell: bytes, prefix: bytes, row: int, column: int) -> bytes:
    name = b"<%sc" % prefix
    return b'%s r="%s%d"%s' % (name, column_letters(column).encode(), row, cell[len(name) :])


def _with_spans(attributes: bytes, first: int, last: int) -> bytes:
    """Row attributes whose ``spans`` cover the new cells."""
    match = _SPANS.search(attributes)
    if match is None:
        return attributes
    spans = [tuple(map(int, s.split(b":"))) for s in match[2].split()]
    if any(s[0] <= first and last <= s[-1] for s in spans):
        return attributes
    low = min([first, *(s[0] for s in spans)])
    high = max([last, *(s[-1] for s in spans)])
    changed = b"%s%d:%d%s" % (match[1], low, high, match[3])
    return attributes[: match.start()] + changed + attributes[match.end() :]
