"""The first sheet of the copy: what it is, what it ties out to, and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.styles import Alignment

from csm_xl.formulas.addresses import cell_address
from csm_xl.language import Language, Text
from csm_xl.share.added_sheets import AddedSheets, lines, put
from csm_xl.share.copy_model import CopyFormula, CopySheet
from csm_xl.share.totals import Line, Totals, epoch_of
from csm_xl.workbook.cell_styles import UNDERLINE, Look, printed

TITLE = Text("About this copy", "关于本副本")
_TOTALS = Text("Control totals", "对账合计")
_COMPUTED = Text("How each column is computed", "各列的计算方法")
_ESTIMATES = Text("Which numbers are estimates", "哪些数字是估计值")
_LEFT_OUT = Text("What was left out", "未包含的内容")
_HEADERS = (
    Text("Month", "月份"),
    Text("Revenue", "收入"),
    Text("Refunds", "退款"),
    Text("Net", "净额"),
    Text("Orders", "订单数"),
    Text("Customers who ordered", "下单客户数"),
)
_BEFORE = Text("before {month}", "{month} 之前")
_UNDATED = Text("without a date", "无日期")
_ALL = Text("Total", "合计")
_WIDTHS = (21.0, 16.0, 14.0, 16.0, 11.0, 17.0)
_LAST = len(_WIDTHS)
_SIZE = 8.5
#: The height of a heading, with the space above it.
_HEADING = 23.0
#: The height of a line, and how many characters of this size fit into one of a column's width.
#: Chinese fonts are higher, and their punctuation does not break freely.
_LINE: dict[Language, float] = {"en": 11.5, "zh": 13.5}
_ROOM: dict[Language, float] = {"en": 1.4, "zh": 1.1}


@dataclass(frozen=True)
class ComputedColumns:
    """Columns that are computed alike.

    Attributes
    ----------
    names : str
    how : Text
    state : Text
        Formula or value, and whether it is an estimate.
    """

    names: str
    how: Text
    state: Text


@dataclass
class About:
    """What the first sheet says.

    Attributes
    ----------
    lang : {"en", "zh"}
    name : str
        Of the sheet.
    n_facts : int
        How many facts there will be; the totals stand below them.
    company : str
    facts : sequence of (Text, Text)
        Labels and what they say.
    totals : Totals or None
    orders_sheet, index_sheet : str
        The sheet of the orders in the copy, and that of their customers' numbers.
    totals_note : Text or None
    computed : sequence of ComputedColumns
    estimates, left_out : sequence of Text
    """

    lang: Language
    name: str
    n_facts: int
    company: str = ""
    facts: Sequence[tuple[Text, Text]] = ()
    totals: Totals | None = None
    orders_sheet: str = ""
    index_sheet: str = ""
    totals_note: Text | None = None
    computed: Sequence[ComputedColumns] = ()
    estimates: Sequence[Text] = ()
    left_out: Sequence[Text] = ()
    money_format: str = "#,##0.00"
    expected: dict[tuple[str, int, int], float] = field(default_factory=dict)

    #: The facts begin here, below title and company.
    FIRST_FACT = 4

    @property
    def header_row(self) -> int:
        """The row of the totals' headers."""
        return self.FIRST_FACT + self.n_facts + 1

    # -- control totals, before the rest is known -------------------------------------------------

    def total_rows(self) -> list[tuple[int, Line]]:
        """The row of each line of the totals."""
        if self.totals is None:
            return []
        return list(enumerate(self.totals.lines, self.header_row + 1))

    def put_totals(self, sheet: CopySheet) -> None:
        """Put the totals into the copy, as formulas where formulas can give them."""
        if self.totals is None:
            return
        rows = self.total_rows()
        for row, line in rows:
            if line.start is not None:
                days = line.start - epoch_of(self.totals.date1904)
                sheet.values[row, 1] = float(days.days)
        for row, line in rows:
            self._put_line(sheet, row, line)
        last = self.header_row + 1 + len(rows)
        whole = self.totals.whole
        numbers = (whole.revenue, whole.refunds, whole.revenue + whole.refunds, float(whole.orders))
        for column, number in enumerate(numbers, 2):
            first, end = (cell_address(r, column) for r in (self.header_row + 1, last - 1))
            self._put(sheet, last, column, f"SUM({first}:{end})" if rows else None, number)
        text = self._customers(whole, "", "") if rows and self.totals.live else None
        self._put(sheet, last, 6, text, float(whole.customers))

    def _customers(self, line: Line, first: str, after: str) -> str | None:
        assert self.totals is not None
        found = self.totals
        return found.customers_formula(line, self.orders_sheet, self.index_sheet, first, after)

    def _put_line(self, sheet: CopySheet, row: int, line: Line) -> None:
        assert self.totals is not None
        texts: Sequence[str | None] = (None, None, None)
        customers: str | None = None
        if self.totals.live:
            first = cell_address(row, 1) if line.start is not None else ""
            after = ""
            if line.end is not None:
                following = cell_address(row + 1, 1)
                after = f"EDATE({first},1)" if first else following
            texts = self.totals.formulas(line, self.orders_sheet, first, after)
            customers = self._customers(line, first, after)
        self._put(sheet, row, 2, texts[0], line.revenue)
        self._put(sheet, row, 3, texts[1], line.refunds)
        net = f"{cell_address(row, 2)}+{cell_address(row, 3)}"
        self._put(sheet, row, 4, net, line.revenue + line.refunds)
        self._put(sheet, row, 5, texts[2], float(line.orders))
        self._put(sheet, row, 6, customers, float(line.customers))

    def _put(
        self, sheet: CopySheet, row: int, column: int, text: str | None, number: float
    ) -> None:
        if text is None:
            sheet.put_value(row, column, number)
        else:
            sheet.put_formula(row, column, CopyFormula(text), number)
            self.expected[sheet.name, row, column] = number

    # -- the page ---------------------------------------------------------------------------------

    def draw(self, added: AddedSheets) -> None:
        """Draw the page; numbers and formulas of the totals are already in the copy."""
        sheet = added.sheet(self.name)
        look, lang = added.look, self.lang
        for column, width in enumerate(_WIDTHS):
            sheet.column_dimensions["ABCDEF"[column]].width = width
        sheet.sheet_view.showGridLines = False
        title = sheet.cell(1, 1)
        put(title, TITLE.within(lang))
        title.font = look.font(16, bold=True, color="1B6B72")
        sheet.row_dimensions[1].height = 24
        if self.company:
            put(sheet.cell(2, 1), self.company)
            sheet.cell(2, 1).font = look.bold
        self._facts(sheet, look)
        row = self._draw_totals(sheet, look)
        if self.computed:
            row = self._heading(sheet, look, row, _COMPUTED)
            for group in self.computed:
                row = self._computed(sheet, look, row, group)
        for heading, texts in ((_ESTIMATES, self.estimates), (_LEFT_OUT, self.left_out)):
            if texts:
                row = self._heading(sheet, look, row, heading)
                for text in texts:
                    row = self._paragraph(sheet, look, row, text)
        printed(sheet, lang, landscape=False)
        sheet.page_setup.fitToHeight = 1
        sheet.print_area = f"A1:F{row - 1}"

    def _heading(self, sheet: Any, look: Look, row: int, text: Text) -> int:
        look.heading_at(sheet, row, 1, text.within(self.lang), _LAST)
        sheet.cell(row, 1).font = look.font(10, bold=True, color="1B6B72")
        sheet.cell(row, 1).alignment = Alignment(vertical="bottom")
        sheet.row_dimensions[row].height = _HEADING
        return row + 1

    def _draw_totals(self, sheet: Any, look: Look) -> int:
        row = self.header_row
        if self.totals is None:
            return row - 1
        self._heading(sheet, look, row - 1, _TOTALS)
        sheet.row_dimensions[row].height = 2 * _LINE[self.lang]
        for column, header in enumerate(_HEADERS, 1):
            cell = sheet.cell(row, column)
            put(cell, header.within(self.lang))
            cell.font, cell.fill = look.font(_SIZE, bold=True, color="1B6B72"), look.own_header_fill
            cell.alignment = Alignment(
                horizontal="left" if column == 1 else "right", vertical="center", wrap_text=True
            )
        rows = self.total_rows()
        for at, line in rows:
            self._draw_line(sheet, look, at, line)
        last = row + 1 + len(rows)
        put(sheet.cell(last, 1), _ALL.within(self.lang))
        self._format_line(sheet, look, last, bold=True)
        row = last + 1
        if self.totals_note is not None:
            row = self._paragraph(sheet, look, row, self.totals_note)
        return row

    def _draw_line(self, sheet: Any, look: Look, row: int, line: Line) -> None:
        if line.start is None:
            month = "" if line.end is None else f"{line.end:%Y-%m}"
            label = _UNDATED if line.end is None else _BEFORE.fill(month=month)
            put(sheet.cell(row, 1), label.within(self.lang))
        self._format_line(sheet, look, row)
        sheet.cell(row, 1).number_format = "yyyy-mm"
        sheet.cell(row, 1).alignment = Alignment(horizontal="left")

    def _format_line(self, sheet: Any, look: Look, row: int, *, bold: bool = False) -> None:
        sheet.row_dimensions[row].height = _LINE[self.lang]
        for column in range(1, _LAST + 1):
            cell = sheet.cell(row, column)
            cell.font, cell.border = look.font(_SIZE, bold=bold), UNDERLINE
            if column > 1:
                cell.number_format = self.money_format if column < 5 else "#,##0"

    def _facts(self, sheet: Any, look: Look) -> None:
        if len(self.facts) != self.n_facts:
            raise ValueError(f"{len(self.facts)} facts where {self.n_facts} were announced")
        for row, (label, text) in enumerate(self.facts, self.FIRST_FACT):
            cell = sheet.cell(row, 1)
            put(cell, label.within(self.lang))
            cell.font = look.font(_SIZE, bold=True)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            self._paragraph(sheet, look, row, text, first=2)

    def _computed(self, sheet: Any, look: Look, row: int, column: ComputedColumns) -> int:
        widths = (sum(_WIDTHS[:2]), sum(_WIDTHS[2:5]), _WIDTHS[5])
        texts = (column.names, column.how.within(self.lang), column.state.within(self.lang))
        places = ((1, 2), (3, 5), (6, 6))
        for text, (first, last) in zip(texts, places, strict=True):
            self._merged(sheet, look, row, first, last, text, bold=first == 1)
        high = max(lines(t, w * _ROOM[self.lang]) for t, w in zip(texts, widths, strict=True))
        sheet.row_dimensions[row].height = _LINE[self.lang] * high
        return row + 1

    def _paragraph(self, sheet: Any, look: Look, row: int, text: Text, first: int = 1) -> int:
        words = text.within(self.lang)
        self._merged(sheet, look, row, first, _LAST, words)
        height = _LINE[self.lang] * lines(words, sum(_WIDTHS[first - 1 :]) * _ROOM[self.lang])
        sheet.row_dimensions[row].height = height
        return row + 1

    @staticmethod
    def _merged(
        sheet: Any, look: Look, row: int, first: int, last: int, text: str, *, bold: bool = False
    ) -> None:
        cell = sheet.cell(row, first)
        put(cell, text)
        cell.font = look.font(_SIZE, bold=bold)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        if last > first:
            sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)
