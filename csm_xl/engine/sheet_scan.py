"""Reading every cell of a sheet in one pass over its bytes, column by column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from csm_xl.engine.addresses import column_letters, column_number
from csm_xl.engine.cell_text import decode_text, parse_error, parse_iso_date
from csm_xl.engine.model import Block, CellValue
from csm_xl.engine.sheet_xml import Patterns, SheetXml, patterns

_T = TypeVar("_T")

_ATTRIBUTE = re.compile(rb"([\w:.\-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Z]{1,3})\d+\Z")


@dataclass(slots=True)
class Scan:
    """What the cells of a sheet hold.

    Attributes
    ----------
    columns : dict of column to dict of row to value
        Cells that hold nothing are left out.
    formulas : dict of column to dict of row to bytes
        The ``<f>`` elements.
    dates : dict of column to set of rows
        Cells whose style shows a number as a date.
    extent : Block or None
        The smallest block with every cell element, styled empty ones too.
    odd_rows : set of int
        Rows whose cells are not spelled the plain way, and must be edited with more care.
    """

    columns: dict[int, dict[int, CellValue]] = field(default_factory=dict)
    formulas: dict[int, dict[int, bytes]] = field(default_factory=dict)
    dates: dict[int, set[int]] = field(default_factory=dict)
    extent: Block | None = None
    odd_rows: set[int] = field(default_factory=set)


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes in the bytes of a start tag, values as spelled."""
    return {name: a or b for name, a, b in _ATTRIBUTE.findall(tag)}


def scan(
    sheet: SheetXml, strings: Sequence[str], date_styles: frozenset[int], date1904: bool
) -> Scan:
    """Read the cells of a sheet.

    Parameters
    ----------
    sheet : SheetXml
    strings : sequence of str
        The shared strings.
    date_styles : frozenset of int
        Styles that show a number as a date.
    date1904 : bool
        Whether ISO dates count from 1904.

    Raises
    ------
    ValueError, LookupError
        A number is none, or a shared string is not there.
    """
    return _Scanner(sheet, strings, date_styles, date1904).run()


class _Scanner:
    def __init__(
        self,
        sheet: SheetXml,
        strings: Sequence[str],
        date_styles: frozenset[int],
        date1904: bool,
    ) -> None:
        self.sheet = sheet
        self.strings = strings
        self.date_styles = {b"%d" % s for s in date_styles}
        self.date1904 = date1904
        self.values: dict[bytes, dict[int, CellValue]] = defaultdict(dict)
        self.formulas: dict[bytes, dict[int, bytes]] = defaultdict(dict)
        self.dates: dict[bytes, set[int]] = defaultdict(set)
        self.texts: dict[bytes, str] = {}
        self.odd_rows: set[int] = set()
        self.first_column, self.last_column = 1 << 30, 0

    def run(self) -> Scan:
        sheet, p = self.sheet, patterns(self.sheet.prefix)
        content = sheet.content
        count_start, find_plain = p.cell_start, p.plain_cell.findall
        first_row = last_row = 0
        for number, start, end in zip(sheet.numbers, sheet.starts, sheet.ends, strict=True):
            body = content[start:end]
            cells = find_plain(body)
            if len(cells) != body.count(count_start):
                cells = _odd_cells(body, p)
                self.odd_rows.add(number)
            if cells:
                self._row(number, cells)
                first_row, last_row = first_row or number, number
        return self._result(first_row, last_row)

    def _row(self, row: int, cells: list[tuple[bytes, ...]]) -> None:
        values, strings, texts = self.values, self.strings, self.texts
        date_styles = self.date_styles
        for column, style, kind, formula, value, text in cells:
            if kind == b"s":
                if value:
                    values[column][row] = strings[int(value)]
            elif not kind or kind == b"n":
                if value:
                    values[column][row] = float(value)
            elif kind == b"inlineStr":
                if text:
                    known = texts.get(text)
                    if known is None:
                        known = texts[text] = decode_text(text)
                    values[column][row] = known
            elif value or kind == b"str":
                values[column][row] = self._other(kind, value)
            if formula:
                self.formulas[column][row] = formula
            if style in date_styles:
                self.dates[column].add(row)
        first, last = column_number(cells[0][0].decode()), column_number(cells[-1][0].decode())
        if first < self.first_column:
            self.first_column = first
        if last > self.last_column:
            self.last_column = last

    def _other(self, kind: bytes, value: bytes) -> CellValue:
        if kind == b"str":
            return decode_text(value)
        if kind == b"b":
            return value.strip() in (b"1", b"true")
        if kind == b"e":
            return parse_error(decode_text(value))
        if kind == b"d":
            return parse_iso_date(decode_text(value), self.date1904)
        raise ValueError(kind)

    def _result(self, first_row: int, last_row: int) -> Scan:
        def by_number(store: dict[bytes, _T]) -> dict[int, _T]:
            return {column_number(k.decode()): v for k, v in store.items()}

        extent = None
        if last_row:
            extent = (first_row, self.first_column, last_row, self.last_column)
        return Scan(
            by_number(self.values),
            by_number(self.formulas),
            by_number(self.dates),
            extent,
            self.odd_rows,
        )


def _odd_cells(body: bytes, p: Patterns) -> list[tuple[bytes, ...]]:
    """The cells of a row that is not spelled the plain way, in the plain way's shape."""
    cells: list[tuple[bytes, ...]] = []
    column = 0
    for match in p.any_cell.finditer(body):
        attributes = attributes_of(match[1])
        reference = _REFERENCE.match(attributes.get(b"r", b""))
        column = column_number(reference[1].decode()) if reference else column + 1
        content = match[2] or b""
        formula = p.formula.search(content)
        value = p.value.search(content)
        text = b""
        if attributes.get(b"t") == b"inlineStr":
            # The readings of East Asian text (rPh) have a <t> of their own.
            runs = p.text.findall(p.reading.sub(b"", content))
            text = b"".join(runs)
        cells.append(
            (
                column_letters(column).encode(),
                attributes.get(b"s", b""),
                attributes.get(b"t", b""),
                formula[0] if formula else b"",
                value[1] if value else b"",
                text,
            )
        )
    return cells


def cell_styles(body: bytes, p: Patterns) -> dict[int, int]:
    """The styles of the cells of one row element, by column."""
    return {
        column_number(column.decode()): int(style or b"0")
        for column, style, *_ in _odd_cells(body, p)
    }
