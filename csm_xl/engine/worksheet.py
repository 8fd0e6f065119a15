"""One sheet of a workbook file: its cells as columns of values, and what was changed in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from csm_xl.engine import file_errors
from csm_xl.engine.addresses import block_address, cell_address, contains, overlaps
from csm_xl.engine.cell_text import encode_text
from csm_xl.engine.cell_xml import KEEP, CellEdit, cell_name
from csm_xl.engine.formula_cells import FormulaCells
from csm_xl.engine.model import Block, CellValue, ErrorValue, FormulaCell
from csm_xl.engine.sheet_edit import RowEditor
from csm_xl.engine.sheet_frame import SheetFrame
from csm_xl.engine.sheet_scan import Scan, attributes_of, cell_styles, scan
from csm_xl.engine.sheet_xml import SheetXml, patterns
from csm_xl.errors import SheetError

if TYPE_CHECKING:
    from csm_xl.engine.workbook import Workbook

#: A column, its values, the rows whose value changed, new formulas by row, new styles by row.
_ColumnEdits: TypeAlias = tuple[
    int,
    Mapping[int, CellValue],
    Collection[int],
    Mapping[int, bytes | None],
    Mapping[int, int],
]


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
        self._new_values: dict[int, set[int]] = {}
        self._new_formulas: dict[int, dict[int, bytes | None]] = {}
        self._new_styles: dict[int, dict[int, int]] = {}

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
            strings, date_styles, xml = book.strings, book.date_styles, self.xml
            with self._reading():
                self._scan = scan(xml, strings, date_styles, book.date1904)
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
        return self.cells.columns.get(column, {}).get(row)

    def column_values(self, column: int, first: int, last: int) -> list[CellValue]:
        """The values of one column from row `first` to row `last`."""
        found = self.cells.columns.get(column)
        if not found:
            return [None] * (last - first + 1)
        get = found.get
        return [get(row) for row in range(first, last + 1)]

    def used_block(self) -> Block | None:
        """The smallest block with every cell that holds or shows something; None if empty."""
        extent = self.cells.extent
        rows: list[int] = []
        columns: list[int] = []
        for store in self._touched():
            for column, touched in store.items():
                if touched:
                    columns.append(column)
                    rows += (min(touched), max(touched))
        if not rows:
            return extent
        if extent is None:
            return min(rows), min(columns), max(rows), max(columns)
        r1, c1, r2, c2 = extent
        return min(r1, *rows), min(c1, *columns), max(r2, *rows), max(c2, *columns)

    def _touched(self) -> Sequence[Mapping[int, Collection[int]]]:
        return self._new_values, self._new_formulas, self._new_styles

    def constant_rows(self) -> Iterator[tuple[int, int, list[CellValue]]]:
        """Constants row by row: (row, first column, values), see ``WorkbookModel.values``."""
        columns = {}
        for column, values in self.cells.columns.items():
            computed = self.formula_cells.computed_rows(column, values)
            columns[column] = (
                {r: v for r, v in values.items() if r not in computed} if computed else values
            )
        order = sorted(c for c, values in columns.items() if values)
        # A run of neighbouring columns is one list; far away columns do not fill the gap.
        runs: list[list[int]] = []
        for column in order:
            if runs and column - runs[-1][-1] <= 8:
                runs[-1].append(column)
            else:
                runs.append([column])
        rows = sorted(set().union(*(columns[c] for c in order)))
        stores = [
            (run[0], [columns.get(c, {}) for c in range(run[0], run[-1] + 1)]) for run in runs
        ]
        for row in rows:
            for first, run_stores in stores:
                found = [store.get(row) for store in run_stores]
                if any(v is not None for v in found):
                    yield row, first, found

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
            What :func:`csm_xl.engine.cell_text.normalised` gives.

        Raises
        ------
        SheetError
            A cell belongs to an array formula that fills other cells too.
        """
        last = row + len(values) - 1
        self.clear_formulas((row, column, last, column))
        store = self.cells.columns.setdefault(column, {})
        changed = self._new_values.setdefault(column, set())
        for at, value in enumerate(values, row):
            if not _same(store.get(at), value):
                changed.add(at)
                if value is None:
                    store.pop(at, None)
                else:
                    store[at] = value

    def clear_values(self, block: Block) -> None:
        """Empty the cells of a block; their styles stay."""
        self.clear_formulas(block)
        r1, c1, r2, c2 = block
        for column, store in self.cells.columns.items():
            if c1 <= column <= c2:
                rows = [row for row in store if r1 <= row <= r2]
                for row in rows:
                    del store[row]
                self._new_values.setdefault(column, set()).update(rows)

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
                self._new_values.setdefault(c, set()).add(r)
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
        self._new_values.setdefault(column, set()).add(row)
        self.cells.columns.setdefault(column, {}).pop(row, None)
        self.workbook.formulas_changed()

    def set_cached(self, row: int, column: int, value: CellValue) -> None:
        """Set the value beside a formula, see ``WorkbookModel.set_cached``."""
        if not self.formula_cells.computes(row, column):
            raise ValueError(f"{self.name}!{cell_address(row, column)} has no formula")
        store = self.cells.columns.setdefault(column, {})
        if _same(store.get(row), value):
            return
        if value is None:
            store.pop(row, None)
        else:
            store[row] = value
        self._new_values.setdefault(column, set()).add(row)

    # -- styles -------------------------------------------------------------------------------

    def style(self, row: int, column: int) -> int:
        """The style of a cell, else what it takes from its row or column."""
        new = self._new_styles.get(column, {}).get(row)
        if new is not None:
            return new
        extent, xml = self.cells.extent, self.xml
        beyond = extent is None or column > extent[3]
        at = None if beyond and not xml.has_row_styles else xml.row_at(row)
        if at is not None:
            if not beyond:
                found = self._stored_style(at, row, column)
                if found is not None:
                    return found
            if xml.has_row_styles:
                return xml.row_style(at) or self.frame.column_style(column)
        return self.frame.column_style(column)

    def _stored_style(self, at: int, row: int, column: int) -> int | None:
        """The style in the cell's element, None where there is no such element."""
        xml = self.xml
        body = xml.content[xml.starts[at] : xml.ends[at]]
        if row in self.cells.odd_rows:
            return cell_styles(body, patterns(xml.prefix)).get(column)
        start = body.find(cell_name(xml.prefix, row, column))
        if start < 0:
            return None
        return int(attributes_of(body[start : body.index(b">", start)]).get(b"s", b"0"))

    def set_style(self, row: int, column: int, style: int) -> None:
        """Give one cell a style."""
        if self.style(row, column) != style:
            self._new_styles.setdefault(column, {})[row] = style
            self._note_date(row, column, style)

    def restyle(self, block: Block, changed: Callable[[int], int]) -> None:
        """Give every cell of a block the style that `changed` makes of its own."""
        r1, c1, r2, c2 = block
        for column in range(c1, c2 + 1):
            styles = self._new_styles.setdefault(column, {})
            for row in range(r1, r2 + 1):
                old = self.style(row, column)
                new = changed(old)
                if new != old:
                    styles[row] = new
                    self._note_date(row, column, new)

    def _note_date(self, row: int, column: int, style: int) -> None:
        if style in self.workbook.date_styles:
            self.cells.dates.setdefault(column, set()).add(row)
        elif column in self.cells.dates:
            self.cells.dates[column].discard(row)

    # -- saving -------------------------------------------------------------------------------

    @property
    def changed(self) -> bool:
        """Whether the part must be written anew."""
        touched = any(rows for store in self._touched() for rows in store.values())
        return touched or (self._frame is not None and self._frame.changed)

    def __iter__(self) -> Iterator[bytes]:
        """The part's bytes with all changes, in pieces."""
        with self._reading():
            head, tail = self.frame.around(self.used_block() if self._scan is not None else None)
            yield head
            odd = self._scan.odd_rows if self._scan is not None else set()
            yield from RowEditor(self.xml, odd, self.frame.column_style).spliced(self._edits())
            self.xml.release()
            yield tail

    def _edits(self) -> Iterator[tuple[int, dict[int, CellEdit]]]:
        """The changed cells, row by row."""
        touched: set[int] = set()
        columns: set[int] = set()
        for store in self._touched():
            for column, rows in store.items():
                if rows:
                    touched.update(rows)
                    columns.add(column)
        no_formulas: dict[int, bytes | None] = {}
        no_styles: dict[int, int] = {}
        stores: list[_ColumnEdits] = [
            (
                column,
                self.cells.columns.get(column, {}),
                self._new_values.get(column, frozenset()),
                self._new_formulas.get(column, no_formulas),
                self._new_styles.get(column, no_styles),
            )
            for column in sorted(columns)
        ]
        formulas_at = self.formula_cells
        arrays = formulas_at.blocks()
        for row in sorted(touched):
            edits = {}
            for column, values, valued, formulas, styles in stores:
                has_value, style = row in valued, styles.get(row, KEEP)
                if has_value or style is not KEEP:
                    value = values.get(row) if has_value else KEEP
                    edits[column] = edit = CellEdit(value, formulas.get(row, KEEP), style)
                    edit.computed = bool(arrays) and formulas_at.computes(row, column)
            yield row, edits


def _same(old: CellValue, new: CellValue) -> bool:
    """Whether two values are the same and of the same type: 1 is not TRUE, ``#N/A`` no text."""
    return (
        old == new
        and isinstance(old, bool) == isinstance(new, bool)
        and isinstance(old, ErrorValue) == isinstance(new, ErrorValue)
    )
