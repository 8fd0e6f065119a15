"""Tables, as xlwings sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import block_address, overlaps
from csm_xl.formulas.moving import ShiftableFormula
from csm_xl.formulas.workbook_model import Block
from csm_xl.ooxml.tables import TablePart, new_table
from csm_xl.xlfile.range import Range
from csm_xl.xlfile.unsupported import FileObject
from csm_xl.xlfile.writing import sync_headers

if TYPE_CHECKING:
    from csm_xl.xlfile.sheet import Sheet

_NAME = re.compile(r"[^\W\d][\w.\\]{0,254}\Z")
_LOOKS_LIKE_CELL = re.compile(r"[A-Za-z]{1,3}\d+\Z|[Rr](\d*[Cc]\d*)?\Z|[Cc]\Z")


class Tables(FileObject, base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    def _all(self) -> list[Table]:
        worksheet = self._sheet.worksheet
        return [Table(self._sheet, p) for p in worksheet.workbook.sheet_tables(worksheet)]

    def __call__(self, name_or_index: str | int) -> Table:
        """A table by name, in any case, or by position from 1."""
        tables = self._all()
        if isinstance(name_or_index, int):
            return tables[name_or_index - 1]
        for table in tables:
            if table.name.casefold() == name_or_index.casefold():
                return table
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Table]:
        return iter(self._all())

    def __contains__(self, name: object) -> bool:
        return any(table.name.casefold() == str(name).casefold() for table in self._all())

    def add(
        self,
        source_type: Any = None,
        source: Any = None,
        link_source: Any = None,
        has_headers: bool | None = True,
        destination: Any = None,
        table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:
        """Make a table of a range whose first row holds the headers.

        Raises
        ------
        SheetError
            The range overlaps another table, or the name is taken or not allowed.
        """
        if not has_headers or source_type is not None or destination is not None:
            raise NotImplementedError(
                "Tables.add is supported on a workbook file only for a range with headers"
            )
        worksheet = self._sheet.worksheet
        workbook = worksheet.workbook
        block: Block = source.impl.block
        if block[2] == block[0]:
            block = (block[0], block[1], block[0] + 1, block[3])
        _refuse_overlap(self._sheet, block, None)
        taken = {t.name.casefold() for t in workbook.tables()}
        taken |= {n.name.casefold() for n in workbook.names()}
        if name is None:
            number = 1
            while f"table{number}" in taken:
                number += 1
            name = f"Table{number}"
        if name.casefold() in taken or not _NAME.match(name) or _LOOKS_LIKE_CELL.match(name):
            raise SheetError(
                f"A table cannot be called {name!r}: the name is taken or not allowed.",
                f"表格不能命名为 {name!r}：名称已被使用或不符合要求。",
            )
        identity = max(workbook.table_ids(), default=0) + 1
        columns = [f"Column{n}" for n in range(1, block[3] - block[1] + 2)]
        root = new_table(workbook.namespace, identity, name, block, columns, table_style_name)
        part = workbook.add_table(worksheet, root)
        sync_headers(self._sheet.block((block[0], block[1], block[0], block[3])))
        return Table(self._sheet, part)


class Table(FileObject, base_classes.Table):
    """One table."""

    def __init__(self, sheet: Sheet, part: TablePart) -> None:
        self._sheet = sheet
        self.part = part

    def _range(self, block: Block | None) -> Range | None:
        return None if block is None else self._sheet.block(block)

    @property
    def api(self) -> TablePart:
        """The table's part."""
        return self.part

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    @property
    def name(self) -> str:
        """The name that formulas use."""
        return self.part.name

    @property
    def display_name(self) -> str:
        """The name that formulas use."""
        return self.part.name

    @property
    def range(self) -> Range:
        """All cells, header and totals included."""
        return self._sheet.block(self.part.ref)

    @property
    def data_body_range(self) -> Range | None:
        """The cells between header and totals."""
        return self._range(self.part.body)

    @property
    def header_row_range(self) -> Range | None:
        """The header cells."""
        return self._range(self.part.header)

    @property
    def totals_row_range(self) -> Range | None:
        """The totals row, where it is shown."""
        return self._range(self.part.totals)

    @property
    def show_headers(self) -> bool:
        """Whether the header row is shown."""
        return bool(self.part.header_rows)

    @property
    def show_totals(self) -> bool:
        """Whether a totals row is shown."""
        return bool(self.part.totals_rows)

    @property
    def show_autofilter(self) -> bool:
        """Whether the header cells carry filter buttons."""
        return self.part.show_autofilter

    @property
    def table_style(self) -> str | None:
        """The name of the table's style."""
        return self.part.style

    @property
    def columns(self) -> TableColumns:
        """The columns."""
        return TableColumns(self)

    def resize(self, range: Any) -> None:
        """Give the table another range with the same header row.

        New columns take their names from the header cells; an empty one is filled with
        ``Column1`` and so on, and a name that is taken gets a number, as in Excel. New rows look
        like the last row before them, and calculated columns go on in them.
        """
        block: Block = range.impl.block
        old = self.part.ref
        _refuse_overlap(self._sheet, block, self.part)
        if self.part.totals_rows and block[2] != old[2]:
            raise SheetError(
                f"Table {self.name} shows a totals row, so it cannot grow downwards. Hide the "
                "totals row in Excel (Table Design, Total Row) first.",
                f"表格 {self.name} 显示了汇总行，因此不能向下增长，"
                "请先在 Excel 中隐藏汇总行（表设计、汇总行）。",
            )
        self.part.resize(block)
        if self.part.header is not None:
            sync_headers(self._sheet.block(self.part.header))
        if block[2] > old[2] > old[0]:
            self._continue_looks(old, block[2])
            self._continue_formulas(old, block[2])

    def _continue_formulas(self, old: Block, last_row: int) -> None:
        """Fill calculated columns in new rows, where nothing stands yet."""
        worksheet = self._sheet.worksheet
        for place, formula in self.part.calculated.items():
            column = self.part.ref[1] + place
            # The cells are the better source: what the table notes for references like D2, which
            # move along, is the formula of some row.
            above = worksheet.formula_cells.text(old[2], column)
            filled = ShiftableFormula(formula if above is None else above)
            values = worksheet.column_values(column, old[2] + 1, last_row)
            for row, value in enumerate(values, old[2] + 1):
                if value is None and not worksheet.formula_cells.computes(row, column):
                    moved = 0 if above is None else row - old[2]
                    worksheet.set_formula(row, column, filled.moved(moved, 0))

    def _continue_looks(self, old: Block, last_row: int) -> None:
        """Give the cells of new rows the style of the row above, where they have none."""
        worksheet = self._sheet.worksheet
        for column in range(old[1], old[3] + 1):
            above = worksheet.style(old[2], column)
            if above:
                self._dress((old[2] + 1, column, last_row, column), above)

    def _dress(self, block: Block, style: int) -> None:
        self._sheet.worksheet.restyle(block, lambda own: own or style)


def _refuse_overlap(sheet: Sheet, block: Block, own: TablePart | None) -> None:
    worksheet = sheet.worksheet
    for part in worksheet.workbook.sheet_tables(worksheet):
        if (own is None or part.part != own.part) and overlaps(part.ref, block):
            raise SheetError(
                f"{block_address(block)} on sheet {sheet.name} overlaps table {part.name}. "
                "Leave the cells beside it free.",
                f"工作表 {sheet.name} 的 {block_address(block)} 与表格 {part.name} 重叠，"
                "请空出旁边的单元格。",
            )


class TableColumns(FileObject, base_classes.TableColumns):
    """The columns of a table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def parent(self) -> Table:
        """The table."""
        return self._table

    def __call__(self, name_or_index: str | int) -> TableColumn:
        """A column by name, in any case, or by position from 1."""
        names = [name.casefold() for name in self._table.part.columns]
        if isinstance(name_or_index, int):
            if not 1 <= name_or_index <= len(names):
                raise KeyError(name_or_index)
            return TableColumn(self._table, name_or_index)
        try:
            return TableColumn(self._table, names.index(name_or_index.casefold()) + 1)
        except ValueError:
            raise KeyError(name_or_index) from None

    def __len__(self) -> int:
        return len(self._table.part.columns)

    def __iter__(self) -> Iterator[TableColumn]:
        return (TableColumn(self._table, i) for i in range(1, len(self) + 1))

    def __contains__(self, name: object) -> bool:
        return str(name).casefold() in [n.casefold() for n in self._table.part.columns]

    def add(self, name: str, index: int | None = None) -> TableColumn:
        """Add a column at the right end.

        Raises
        ------
        SheetError
            The cells beside the table are not free. Excel would move them aside; in a file that
            would leave formulas behind that point to them.
        """
        if index is not None and index != len(self) + 1:
            raise NotImplementedError(
                "TableColumns.add inside a table is not supported on a workbook file"
            )
        table = self._table
        sheet = table.parent
        r1, c1, r2, c2 = table.part.ref
        beside = (r1, c2 + 1, r2, c2 + 1)
        column = sheet.worksheet.column_values(c2 + 1, r1, r2)
        if any(value is not None for value in column):
            raise SheetError(
                f"The cells {block_address(beside)} beside table {table.name} are not empty. "
                "Move them, so that a column can be added.",
                f"表格 {table.name} 旁边的单元格 {block_address(beside)} 不为空，"
                "请先移开，才能添加一列。",
            )
        _refuse_overlap(sheet, beside, table.part)
        sheet.range((r1, c2 + 1)).raw_value = "'" + name if name[:1] == "'" else name
        table.part.resize((r1, c1, r2, c2 + 1))
        sync_headers(sheet.block((r1, c1, r1, c2 + 1)))
        return TableColumn(table, len(self))


class TableColumn(FileObject, base_classes.TableColumn):
    """One column of a table."""

    def __init__(self, table: Table, index: int) -> None:
        self._table = table
        self._index = index

    @property
    def parent(self) -> Table:
        """The table."""
        return self._table

    @property
    def index(self) -> int:
        """The position, from 1."""
        return self._index

    @property
    def name(self) -> str:
        """The header."""
        return self._table.part.columns[self._index - 1]

    def _of(self, block: Block | None) -> Range | None:
        if block is None:
            return None
        column = block[1] + self._index - 1
        return self._table.parent.block((block[0], column, block[2], column))

    @property
    def range(self) -> Range:
        """All cells of the column, header and totals included."""
        found = self._of(self._table.part.ref)
        assert found is not None
        return found

    @property
    def data_body_range(self) -> Range | None:
        """The cells between header and totals."""
        return self._of(self._table.part.body)
