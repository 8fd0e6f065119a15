"""One sheet of a workbook file: its cells as columns of values, and what was changed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import block_address, cell_address, contains, overlaps
from csm_xl.formulas.workbook_model import Block, CellValue, FormulaCell
from csm_xl.ooxml import file_errors
from csm_xl.ooxml.cell_columns import ColumnValues, Stretches, merged_rows
from csm_xl.ooxml.cell_text import encode_text
from csm_xl.ooxml.cell_xml import KEEP, CellEdit
from csm_xl.ooxml.formula_cells import FormulaCells
from csm_xl.ooxml.row_heights import RowFit
from csm_xl.ooxml.sheet_edit import RowEditor
from csm_xl.ooxml.sheet_frame import SheetFrame
from csm_xl.ooxml.sheet_scan import Scan, scan
from csm_xl.ooxml.sheet_xml import SheetXml

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook

#: Rows that are worked on together: enough to be fast, few enough to stay small.
_CHUNK = 1024
#: Empty columns between two that hold something which are cheaper to keep than a new row.
_NEIGHBOURS = 8


class Worksheet:
    """The cells of one sheet.

    Nothing is read before it is asked for. A value is written only where it differs, so that
    writing the same result twice leaves the file as it is.

    Parameters
    ----------
    workbook : Workbook
    name : str
        The sheet's name.
    part : str
        The sheet's part.
    """

    def __init__(self, workbook: Workbook, name: str, part: str) -> None:
        self.workbook = workbook
        self.name = name
        self.part = part
        self._xml: SheetXml | None = None
        self._scan: Scan | None = None
        self._formulas: FormulaCells | None = None
        self._frame: SheetFrame | None = None
        self._new_values: dict[int, Stretches[bool]] = {}
        self._before: dict[int, ColumnValues] = {}
        #: The cells, by column, whose constants or formulas changed since the file was opened.
        self.changed_inputs: dict[int, Stretches[bool]] = {}
        #: The cells, by column, whose values were computed anew and differ from what was there.
        self.computed: dict[int, Stretches[bool]] = {}
        self._new_formulas: dict[int, dict[int, bytes | None]] = {}
        self._new_styles: dict[int, Stretches[int]] = {}

    def _reading(self) -> AbstractContextManager[None]:
        return file_errors.reading(self.workbook.path, self.part)

    # -- reading ------------------------------------------------------------------------------

    @property
    def xml(self) -> SheetXml:
        """The part's bytes and rows."""
        if self._xml is None:
            package = self.workbook.package
            with self._reading():
                self._xml = SheetXml(partial(package.original, self.part), self.part, package.path)
        return self._xml

    @property
    def cells(self) -> Scan:
        """What the cells hold now, changes included."""
        if self._scan is None:
            book = self.workbook
            strings, xml = book.strings, self.xml
            with self._reading():
                self._scan = scan(xml, strings, book.date1904)
            self.xml.release()
        return self._scan

    @property
    def frame(self) -> SheetFrame:
        """Everything of the sheet but its cells."""
        if self._frame is None:
            self._frame = SheetFrame(self.xml)
        return self._frame

    @property
    def formula_cells(self) -> FormulaCells:
        """The cells with formulas."""
        if self._formulas is None:
            elements = self.cells.formulas
            with self._reading():
                self._formulas = FormulaCells(elements)
        return self._formulas

    def value(self, row: int, column: int) -> CellValue:
        """What one cell holds."""
        found = self.cells.columns.get(column)
        return None if found is None else found.get(row)

    def original_value(self, row: int, column: int) -> CellValue:
        """What one cell held when the file was opened."""
        found = self._before.get(column)
        return self.value(row, column) if found is None else found.get(row)

    def row_tags(self) -> Iterator[tuple[int, bytes]]:
        """The rows that the file has, in order, each with the attributes in its tag."""
        return self.xml.row_tags()

    def hidden_rows(self) -> list[tuple[int, int]]:
        """Stretches of rows that are not shown: hidden, filtered away or grouped together."""
        return self.xml.hidden_rows()

    def filtered_rows(self) -> list[tuple[int, int]]:
        """Those of the hidden rows that a filter hides."""
        hidden = self.hidden_rows()
        if not hidden:
            return []
        tables = self.workbook.sheet_tables(self)
        with self._reading():
            filters = self.frame.active_filters()
        for table in tables:
            with file_errors.reading(self.workbook.path, table.part):
                filters += [block for block in (table.active_filter,) if block]
        return [
            (max(first, top), min(last, bottom))
            for first, last in hidden
            for top, _, bottom, _ in filters
            if first <= bottom and last >= top
        ]

    def column_values(self, column: int, first: int, last: int) -> list[CellValue]:
        """The values of one column from row `first` to row `last`."""
        found = self.cells.columns.get(column)
        return [None] * (last - first + 1) if found is None else found.slice(first, last)

    def used_block(self) -> Block | None:
        """The smallest block with every cell that holds or shows something; None if empty."""
        blocks = [] if self.cells.extent is None else [self.cells.extent]
        for column, (first, last) in self._touched():
            blocks.append((first, column, last, column))
        if not blocks:
            return None
        r1, c1, r2, c2 = zip(*blocks, strict=True)
        return min(r1), min(c1), max(r2), max(c2)

    def _touched(self) -> Iterator[tuple[int, tuple[int, int]]]:
        """Columns with changed cells, and the stretches of their rows."""
        for marks in (self._new_values, self._new_styles):
            for column, stretches in marks.items():
                for first, last, _ in stretches:
                    yield column, (first, last)

    def constant_rows(self) -> Iterator[tuple[int, int, list[CellValue]]]:
        """Constants row by row: (row, first column, values), see ``WorkbookModel.values``."""
        columns = self.cells.columns
        # A run of neighbouring columns is one list; far away columns do not fill the gap.
        runs: list[list[int]] = []
        for column in sorted(columns):
            if runs and column - runs[-1][-1] <= _NEIGHBOURS:
                runs[-1].append(column)
            else:
                runs.append([column])
        spans = merged_rows(span for values in columns.values() for span in values.spans())
        for first, last in list(spans):
            for top in range(first, last + 1, _CHUNK):
                bottom = min(last, top + _CHUNK - 1)
                lines = [self._constants(run, top, bottom) for run in runs]
                for place, row in enumerate(range(top, bottom + 1)):
                    for run, rows in zip(runs, lines, strict=True):
                        if any(value is not None for value in rows[place]):
                            yield row, run[0], list(rows[place])

    def _constants(self, run: list[int], first: int, last: int) -> list[tuple[CellValue, ...]]:
        """Rows of neighbouring columns, without what formulas fill."""
        columns = []
        for column in range(run[0], run[-1] + 1):
            values = self.column_values(column, first, last)
            for low, high in self.formula_cells.computed_rows(column, first, last):
                values[low - first : high - first + 1] = [None] * (high - low + 1)
            columns.append(values)
        return list(zip(*columns, strict=True))

    def formulas(self) -> list[FormulaCell]:
        """Every cell with a formula, row by row."""
        formulas = self.formula_cells
        with self._reading():
            return formulas.listed(self.value)

    # -- writing ------------------------------------------------------------------------------

    def set_values(self, row: int, column: int, values: Sequence[CellValue]) -> None:
        """Write constants down one column.

        Parameters
        ----------
        row, column : int
            The first cell.
        values : sequence of CellValue
            What :func:`csm_xl.ooxml.cell_text.normalised` gives.

        Raises
        ------
        SheetError
            A cell belongs to an array formula that fills other cells too.
        """
        last = row + len(values) - 1
        self.clear_formulas((row, column, last, column))
        old = self.column_values(column, row, last)
        changed = self._new_values.setdefault(column, Stretches())
        inputs = self.changed_inputs.setdefault(column, Stretches())
        anything = False
        for at, (before, after) in enumerate(zip(old, values, strict=True), row):
            # 1 is not TRUE, and the text #N/A is not the error.
            if before != after or before.__class__ is not after.__class__:
                changed.set(at, at, True)
                inputs.set(at, at, True)
                anything = True
        if anything:
            self._store(column).put(row, values)

    def _store(self, column: int) -> ColumnValues:
        """The values of a column, which are about to change: what they were is kept."""
        if column not in self._before:
            before = self.cells.columns.get(column)
            self._before[column] = ColumnValues() if before is None else before.copy()
        return self.cells.columns.setdefault(column, ColumnValues())

    def clear_values(self, block: Block) -> None:
        """Empty the cells of a block; their styles stay."""
        self.clear_formulas(block)
        r1, c1, r2, c2 = block
        for column, store in self.cells.columns.items():
            if c1 <= column <= c2:
                for low, high in list(store.spans()):
                    first, last = max(low, r1), min(high, r2)
                    if first <= last:
                        self.set_values(first, column, [None] * (last - first + 1))

    def clear_formulas(self, block: Block) -> None:
        """Take the formulas in a block away; their values stay, as constants.

        Raises
        ------
        SheetError
            The block holds a part of an array formula.
        """
        formulas = self.formula_cells
        if not formulas:
            return
        for array in formulas.blocks():
            if overlaps(array, block) and not contains(block, array):
                raise SheetError(
                    f"Cells {block_address(block)} on sheet {self.name} overlap the array formula "
                    f"in {block_address(array)}. Part of an array cannot be changed.",
                    f"工作表 {self.name} 的单元格 {block_address(block)} 与数组公式 "
                    f"{block_address(array)} 重叠，不能只更改数组的一部分。",
                )
        for row, column in formulas.inside(block):
            for (r, c), element in formulas.remove(row, column).items():
                self._new_formulas.setdefault(c, {})[r] = element
                self._mark(r, c)
            self.workbook.formulas_changed()

    def set_formula(self, row: int, column: int, text: str, ref: Block | None = None) -> None:
        """Write a formula without ``=``; with `ref`, an array formula that fills the block."""
        self.clear_formulas(ref or (row, column, row, column))
        body = encode_text(text)
        p = self.xml.prefix
        if ref is None:
            element = b"<%sf>%s</%sf>" % (p, body, p)
        else:
            address = block_address(ref).encode()
            element = b'<%sf t="array" ref="%s">%s</%sf>' % (p, address, body, p)
        self.formula_cells.add(row, column, element)
        self._new_formulas.setdefault(column, {})[row] = element
        self._mark(row, column)
        self.changed_inputs.setdefault(column, Stretches()).set(row, row, True)
        self._store(column).put(row, [None])
        self.workbook.formulas_changed()

    def set_cached(self, row: int, column: int, value: CellValue) -> None:
        """Set the value beside a formula, see ``WorkbookModel.set_cached``."""
        if not self.formula_cells.computes(row, column):
            raise ValueError(f"{self.name}!{cell_address(row, column)} has no formula")
        before = self.value(row, column)
        if before != value or before.__class__ is not value.__class__:
            self._store(column).put(row, [value])
            self._mark(row, column)
            self.computed.setdefault(column, Stretches()).set(row, row, True)

    def _mark(self, row: int, column: int) -> None:
        self._new_values.setdefault(column, Stretches()).set(row, row, True)

    # -- styles -------------------------------------------------------------------------------

    def style(self, row: int, column: int) -> int:
        """The style of a cell, else what it takes from its row or column."""
        return next(iter(self.styles(column, row, row)))[2]

    def styles(self, column: int, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Stretches of a column's rows with their styles, without a gap."""
        layers = (self._new_styles.get(column), self.cells.styles.get(column))
        return self._layered([layer for layer in layers if layer], column, first, last)

    def _layered(
        self, layers: list[Stretches[int]], column: int, first: int, last: int
    ) -> Iterator[tuple[int, int, int]]:
        if not layers:
            yield from self._inherited(column, first, last)
            return
        at = first
        for low, high, style in layers[0].within(first, last):
            if low > at:
                yield from self._layered(layers[1:], column, at, low - 1)
            yield low, high, style
            at = high + 1
        if at <= last:
            yield from self._layered(layers[1:], column, at, last)

    def _inherited(self, column: int, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """What cells that do not exist take from their rows or their column."""
        of_column = self.frame.column_style(column)
        if not self.xml.has_row_styles:
            yield first, last, of_column
            return
        for row in range(first, last + 1):
            at = self.xml.row_at(row)
            of_row = 0 if at is None else self.xml.row_style(at)
            yield row, row, of_row or of_column

    def date_rows(self, column: int, first: int, last: int) -> list[tuple[int, int]]:
        """Stretches of rows whose style shows a number as a date."""
        dates = self.workbook.date_styles
        return [(low, high) for low, high, s in self.styles(column, first, last) if s in dates]

    def set_style(self, row: int, column: int, style: int) -> None:
        """Give one cell a style."""
        self.restyle((row, column, row, column), lambda _: style)

    def restyle(self, block: Block, changed: Callable[[int], int]) -> None:
        """Give every cell of a block the style that `changed` makes of its own."""
        r1, c1, r2, c2 = block
        for column in range(c1, c2 + 1):
            for low, high, old in list(self.styles(column, r1, r2)):
                new = changed(old)
                if new != old:
                    self._new_styles.setdefault(column, Stretches()).set(low, high, new)

    # -- saving -------------------------------------------------------------------------------

    @property
    def changed(self) -> bool:
        """Whether the part must be written anew."""
        touched = next(self._touched(), None) is not None
        return touched or (self._frame is not None and self._frame.changed)

    def __iter__(self) -> Iterator[bytes]:
        """The part's bytes with all changes, in pieces."""
        with self._reading():
            head, tail = self.frame.around(self.used_block() if self._scan is not None else None)
            yield head
            odd = self._scan.odd_rows if self._scan is not None else set()
            editor = RowEditor(self.xml, odd, self.frame.column_style, RowFit(self))
            yield from editor.spliced(self._edits())
            self.xml.release()
            yield tail

    def _edits(self) -> Iterator[tuple[int, dict[int, CellEdit]]]:
        """The changed cells, row by row."""
        columns = sorted({column for column, _ in self._touched()})
        for first, last in list(merged_rows(span for _, span in self._touched())):
            for top in range(first, last + 1, _CHUNK):
                yield from self._edits_within(columns, top, min(last, top + _CHUNK - 1))

    def _edits_within(
        self, columns: list[int], first: int, last: int
    ) -> Iterator[tuple[int, dict[int, CellEdit]]]:
        edits: dict[int, dict[int, CellEdit]] = {}
        arrays = bool(self.formula_cells.blocks())
        nothing: Stretches[Any] = Stretches()
        for column in columns:
            values = self.column_values(column, first, last)
            formulas = self._new_formulas.get(column, {})
            for low, high, _ in self._new_values.get(column, nothing).within(first, last):
                for row in range(low, high + 1):
                    edit = CellEdit(values[row - first], formulas.get(row, KEEP))
                    edit.computed = arrays and self.formula_cells.computes(row, column)
                    edits.setdefault(row, {})[column] = edit
            for low, high, style in self._new_styles.get(column, nothing).within(first, last):
                for row in range(low, high + 1):
                    edits.setdefault(row, {}).setdefault(column, CellEdit()).style = style
        for row in sorted(edits):
            yield row, edits[row]
