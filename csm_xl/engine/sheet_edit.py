"""Splicing changed cells into the bytes of a sheet; every other byte stays as it is.

A cell that is written keeps its style and whatever attributes belong to the cell. It loses what
belongs to the former value: its type, and the rich value behind it (``vm``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from csm_xl.engine.addresses import column_letters, column_number
from csm_xl.engine.cell_text import encode_number, encode_text, inline_string
from csm_xl.engine.model import CellValue, ErrorValue
from csm_xl.engine.sheet_scan import attributes_of
from csm_xl.engine.sheet_xml import Patterns, SheetXml, custom_row_style, patterns


class Keep(Enum):
    """Says that a part of a cell stays as it is."""

    KEEP = 0


KEEP = Keep.KEEP


@dataclass(slots=True)
class CellEdit:
    """What becomes of one cell.

    Attributes
    ----------
    value : CellValue or KEEP
        The new value; beside a formula, the cached one.
    formula : bytes, None or KEEP
        The new ``<f>`` element, or None to have none.
    style : int or KEEP
        The new style (index into ``cellXfs``).
    """

    value: CellValue | Keep = KEEP
    formula: bytes | Keep | None = KEEP
    style: int | Keep = KEEP


#: The style of a cell that did not exist, by row attributes and column.
InheritedStyle = Callable[[int], int]

_LETTERS = re.compile(rb"\sr=\"([A-Z]{1,3})\d+\"")
_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])([^\"']*)([\"'])")
_BATCH = 512


def spliced_rows(
    sheet: SheetXml,
    edits: Iterator[tuple[int, dict[int, CellEdit]]],
    odd_rows: set[int],
    column_style: InheritedStyle,
) -> Iterator[bytes]:
    """The rows of a sheet with `edits` in them, in pieces.

    Parameters
    ----------
    sheet : SheetXml
    edits : iterator of (row, edits by column)
        Rows ascending.
    odd_rows : set of int
        Rows that are not spelled the plain way.
    column_style : callable
        The style that a new cell takes from its column.
    """
    p, content = patterns(sheet.prefix), sheet.content
    at = sheet.first
    pieces: list[bytes] = []
    index = 0
    for row, cells in edits:
        index = bisect_left(sheet.numbers, row, index)
        there = index < len(sheet.numbers) and sheet.numbers[index] == row
        if there:
            start, end = sheet.starts[index], sheet.ends[index]
        else:
            start = end = sheet.starts[index] if index < len(sheet.starts) else sheet.last
        old = content[start:end]
        pieces += (
            content[at:start],
            edit_row(p, sheet.prefix, row, old, cells, odd_rows, column_style),
        )
        at = end
        if len(pieces) > _BATCH:
            yield b"".join(pieces)
            pieces.clear()
    pieces.append(content[at : sheet.last])
    yield b"".join(pieces)


def edit_row(
    p: Patterns,
    prefix: bytes,
    row: int,
    old: bytes,
    edits: dict[int, CellEdit],
    odd_rows: set[int],
    column_style: InheritedStyle,
) -> bytes:
    """One row element with its changed cells; `old` is empty where there was no row."""
    name = b"%srow" % prefix
    opening = p.row_open.match(old) if old else None
    if opening is None:
        cells = _new_cells(prefix, row, edits, column_style)
        return b'<%s r="%d">%s</%s>' % (name, row, cells, name) if cells else b""
    attributes = opening[1]
    own = custom_row_style(attributes)

    def inherited(column: int) -> int:
        return own or column_style(column)

    body = b"" if opening[2] else old[opening.end() : -len(p.row_close)]
    last = 0
    if row not in odd_rows:
        at = body.rfind(p.cell_start + b" ")
        found = _LETTERS.match(body, at + len(p.cell_start)) if at >= 0 else None
        last = column_number(found[1].decode()) if found else 0
        if at >= 0 and not found:
            last = 1 << 30
    else:
        last = 1 << 30
    if min(edits) > last:
        body += _new_cells(prefix, row, edits, inherited)
    else:
        odd = row in odd_rows
        plain = None if odd else _replace_cells(p, prefix, row, body, edits)
        body = _edit_cells(p, prefix, row, body, edits, inherited, odd) if plain is None else plain
    attributes = _with_spans(attributes, min(edits), max(edits))
    if not body:
        return b"<%s%s/>" % (name, attributes)
    return b"<%s%s>%s</%s>" % (name, attributes, body, name)


def _new_cells(
    prefix: bytes, row: int, edits: dict[int, CellEdit], inherited: InheritedStyle
) -> bytes:
    return b"".join(
        _cell(prefix, row, column, edits[column], None, b"", inherited(column))
        for column in sorted(edits)
    )


def _replace_cells(
    p: Patterns, prefix: bytes, row: int, body: bytes, edits: dict[int, CellEdit]
) -> bytes | None:
    """The content of a plainly spelled row whose edited cells all exist; None if one does not."""
    pieces = []
    at = 0
    close = b"</%sc>" % prefix
    for column in sorted(edits):
        key = b'<%sc r="%s%d"' % (prefix, column_letters(column).encode(), row)
        start = body.find(key, at)
        if start < 0:
            return None
        after = body.index(b">", start)
        attributes = attributes_of(body[start + len(key) : after])
        content, end = b"", after + 1
        if body[after - 1] != 0x2F:
            stop = body.index(close, after)
            content, end = body[after + 1 : stop], stop + len(close)
        pieces.append(body[at:start])
        pieces.append(_cell(prefix, row, column, edits[column], attributes, content, 0, p))
        at = end
    pieces.append(body[at:])
    return b"".join(pieces)


def _edit_cells(
    p: Patterns,
    prefix: bytes,
    row: int,
    body: bytes,
    edits: dict[int, CellEdit],
    inherited: InheritedStyle,
    odd: bool,
) -> bytes:
    """The content of a row, cells replaced or inserted in their order."""
    waiting = sorted(edits, reverse=True)
    pieces = []
    at = column = 0
    for match in p.any_cell.finditer(body):
        attributes = attributes_of(match[1])
        reference = attributes.get(b"r")
        column = (
            column_number(reference.rstrip(b"0123456789").decode()) if reference else column + 1
        )
        pieces.append(body[at : match.start()])
        at = match.end()
        while waiting and waiting[-1] < column:
            new = waiting.pop()
            pieces.append(_cell(prefix, row, new, edits[new], None, b"", inherited(new)))
        if waiting and waiting[-1] == column:
            waiting.pop()
            content = match[2] or b""
            pieces.append(_cell(prefix, row, column, edits[column], attributes, content, 0, p))
        elif reference is None and odd:
            # Its place was implied by the cell before, which may now be another one.
            pieces.append(_located(match[0], prefix, row, column))
        else:
            pieces.append(match[0])
    for new in reversed(waiting):
        pieces.append(_cell(prefix, row, new, edits[new], None, b"", inherited(new)))
    pieces.append(body[at:])
    return b"".join(pieces)


def _located(cell: bytes, prefix: bytes, row: int, column: int) -> bytes:
    name = b"<%sc" % prefix
    return b'%s r="%s%d"%s' % (name, column_letters(column).encode(), row, cell[len(name) :])


def _cell(
    prefix: bytes,
    row: int,
    column: int,
    edit: CellEdit,
    attributes: dict[bytes, bytes] | None,
    content: bytes,
    inherited: int,
    p: Patterns | None = None,
) -> bytes:
    """One cell element; empty where nothing is left of it and it had no style."""
    old = attributes or {}
    style = edit.style
    style_text = old.get(b"s", b"") if style is KEEP else b"%d" % style
    if attributes is None and style is KEEP:
        style_text = b"%d" % inherited if inherited else b""
    kept = {k: v for k, v in old.items() if k not in (b"r", b"s", b"t")}
    formula, tail = b"", b""
    if edit.value is KEEP and edit.formula is KEEP:
        kind, inner = old.get(b"t", b""), content
    else:
        if p is not None:
            match = p.formula.search(content)
            formula = match[0] if match else b""
            tail = _extension(content, prefix)
        if edit.formula is not KEEP:
            formula = edit.formula or b""
            kept.pop(b"cm", None)
        kept.pop(b"vm", None)
        value = None if edit.value is KEEP else edit.value
        kind, shown = _value(prefix, value, bool(formula))
        inner = formula + shown + tail
    if not inner and not style_text and not kept:
        return b""
    return b"".join(
        (
            b'<%sc r="%s%d"' % (prefix, column_letters(column).encode(), row),
            b' s="%s"' % style_text if style_text else b"",
            b"".join(b' %s="%s"' % (k, v.replace(b'"', b"&quot;")) for k, v in kept.items()),
            b' t="%s"' % kind if kind else b"",
            b">%s</%sc>" % (inner, prefix) if inner else b"/>",
        )
    )


def _value(prefix: bytes, value: CellValue, cached: bool) -> tuple[bytes, bytes]:
    """The type attribute and the element that hold a value."""
    p = prefix
    if value is None:
        return b"", b""
    if value is True or value is False:
        return b"b", b"<%sv>%d</%sv>" % (p, value, p)
    if isinstance(value, ErrorValue):
        return b"e", b"<%sv>%s</%sv>" % (p, encode_text(value.code), p)
    if isinstance(value, str):
        if cached:
            return b"str", b"<%sv>%s</%sv>" % (p, encode_text(value), p)
        return b"inlineStr", inline_string(value, p)
    return b"", b"<%sv>%s</%sv>" % (p, encode_number(value), p)


def _extension(content: bytes, prefix: bytes) -> bytes:
    """The ``<extLst>`` at the end of a cell, which belongs to the cell and not to its value."""
    at = content.find(b"<%sextLst" % prefix)
    return content[at:] if at >= 0 else b""


def _with_spans(attributes: bytes, first: int, last: int) -> bytes:
    """Row attributes whose ``spans``, where there is one, covers the new cells."""
    match = _SPANS.search(attributes)
    if match is None:
        return attributes
    spans = [tuple(map(int, s.split(b":"))) for s in match[2].split()]
    low = min([first, *(s[0] for s in spans)])
    high = max([last, *(s[-1] for s in spans)])
    if any(s[0] <= first and last <= s[-1] for s in spans):
        return attributes
    changed = b"%s%d:%d%s" % (match[1], low, high, match[3])
    return attributes[: match.start()] + changed + attributes[match.end() :]
