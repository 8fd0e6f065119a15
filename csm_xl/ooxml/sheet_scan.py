"""Reading every cell of a sheet in one pass over its bytes, column by column."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from csm_xl.formulas.addresses import MAX_COLUMN, column_letters, column_number
from csm_xl.formulas.workbook_model import Block, CellValue
from csm_xl.ooxml.cell_columns import ColumnValues, Stretches
from csm_xl.ooxml.cell_text import decode_text, parse_error, parse_iso_date
from csm_xl.ooxml.file_errors import ImpossibleCellError, UnreadableCellError
from csm_xl.ooxml.sheet_xml import Patterns, SheetXml, patterns
from csm_xl.ooxml.xml_numbers import decimal

#: Texts of which each is kept once while reading; names of customers are all different.
_TEXTS_KEPT = 2048
#: Digits of the numbers of which each is kept once.
_SHORT = 3

#: Excel takes 8,192 characters; a file spells some of them with several bytes.
MAX_FORMULA_BYTES = 49_152

_ATTRIBUTE = re.compile(rb"([\w:.\-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(rb"([A-Z]{1,3})\d+\Z")


@dataclass(slots=True)
class Scan:
    """What the cells of a sheet hold.

    Attributes
    ----------
    columns : dict of column to ColumnValues
    styles : dict of column to Stretches of int
        The style of every cell element, styled empty ones too.
    formulas : dict of column to dict of row to bytes
        The ``<f>`` elements.
    extent : Block or None
        The smallest block with every cell element.
    odd_rows : set of int
        Rows whose cells are not spelled the plain way, and must be edited with more care.
    """

    columns: dict[int, ColumnValues] = field(default_factory=dict)
    styles: dict[int, Stretches[int]] = field(default_factory=dict)
    formulas: dict[int, dict[int, bytes]] = field(default_factory=dict)
    extent: Block | None = None
    odd_rows: set[int] = field(default_factory=set)


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes in the bytes of a start tag, values as spelled."""
    return {name: a or b for name, a, b in _ATTRIBUTE.findall(tag)}


def scan(sheet: SheetXml, strings: Sequence[str], date1904: bool) -> Scan:
    """Read the cells of a sheet.

    Parameters
    ----------
    sheet : SheetXml
    strings : sequence of str
        The shared strings.
    date1904 : bool
        Whether ISO dates count from 1904.

    Raises
    ------
    UnreadableCellError, ImpossibleCellError
        A number is none, or a shared string is not there.
    """
    return _Scanner(sheet, strings, date1904).run()


def _too_long(letters: bytes, row: int, length: int) -> ImpossibleCellError:
    return ImpossibleCellError(
        f"{letters.decode()}{row}",
        f"a formula of {length:,} bytes; Excel takes 8,192 characters",
        f"公式长达 {length:,} 字节，Excel 最多允许 8,192 个字符",
    )


class _Column:
    """A column while it is read from top to bottom."""

    __slots__ = ("first", "formulas", "last", "style", "styles", "values")

    def __init__(self) -> None:
        self.values = ColumnValues()
        self.styles: Stretches[int] = Stretches()
        self.formulas: dict[int, bytes] = {}
        self.style = b""
        self.first = self.last = 0

    def turn(self, row: int, style: bytes) -> None:
        """A cell that does not continue the stretch of styles before it."""
        if self.last:
            self.styles.set(self.first, self.last, int(self.style or b"0"))
        self.first, self.style = row, style


class _Scanner:
    def __init__(self, sheet: SheetXml, strings: Sequence[str], date1904: bool) -> None:
        self.sheet = sheet
        self.strings = strings
        self.date1904 = date1904
        self.columns: defaultdict[bytes, _Column] = defaultdict(_Column)
        self.texts: dict[bytes, str] = {}
        self.numbers: dict[bytes, float] = {}
        self.odd_rows: set[int] = set()

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
                self._row(number, cells, b"_" in body)
                first_row, last_row = first_row or number, number
        return self._result(first_row, last_row)

    def _row(self, row: int, cells: list[tuple[bytes, ...]], doubtful: bool) -> None:
        """Keep the cells of a row; `doubtful` where numbers may be spelled as only Python takes them."""
        columns, strings, numbers = self.columns, self.strings, self.numbers
        known: CellValue
        letters = b""
        try:
            for letters, style, kind, formula, value, text in cells:
                column = columns[letters]
                if style != column.style or column.last != row - 1:
                    column.turn(row, style)
                column.last = row
                if formula:
                    if len(formula) > MAX_FORMULA_BYTES:
                        raise _too_long(letters, row, len(formula))
                    column.formulas[row] = formula
                if kind == b"s":
                    if not value:
                        continue
                    at = int(value)
                    if at < 0:
                        raise IndexError(at)
                    known = strings[at]
                elif not kind or kind == b"n":
                    if not value:
                        continue
                    if len(value) <= _SHORT:
                        # Ratings and counts repeat: one object for each number, not for each cell.
                        number = numbers.get(value)
                        if number is None:
                            number = numbers[value] = decimal(value)
                        known = number
                    else:
                        known = float(value)
                        # Asking about every number takes a quarter longer. What is infinite is
                        # not 0 when it is taken from itself.
                        if known - known or doubtful:
                            known = decimal(value)
                elif kind == b"inlineStr":
                    if not text:
                        continue
                    known = self.texts.get(text) or self._text(text)
                elif value or kind == b"str":
                    known = self._other(kind, value)
                else:
                    continue
                values = column.values
                if row != values.next_row:
                    if row < values.next_row:
                        raise ValueError("a cell is there twice")
                    values.begin(row)
                values.append(known)
                values.next_row = row + 1
        except ImpossibleCellError:
            raise
        except (ValueError, LookupError, OverflowError) as error:
            raise UnreadableCellError(f"{letters.decode()}{row}") from error

    def _text(self, raw: bytes) -> str:
        text = decode_text(raw)
        if len(self.texts) < _TEXTS_KEPT:
            self.texts[raw] = text
        return text

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
        found = Scan(odd_rows=self.odd_rows)
        for letters, column in self.columns.items():
            number = column_number(letters.decode())
            if number > MAX_COLUMN:
                place = letters.decode()
                raise ImpossibleCellError(
                    place, "a column beyond XFD", "列号超出工作表的最后一列 XFD"
                )
            column.turn(0, b"")
            found.styles[number] = column.styles
            if column.values:
                found.columns[number] = column.values
            if column.formulas:
                found.formulas[number] = column.formulas
        if found.styles:
            found.extent = (first_row, min(found.styles), last_row, max(found.styles))
        return found


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
                # An index that is none says nothing of the cell's looks.
                style if (style := attributes.get(b"s", b"")).isdigit() else b"",
                attributes.get(b"t", b""),
                formula[0] if formula else b"",
                value[1] if value else b"",
                text,
            )
        )
    return cells
