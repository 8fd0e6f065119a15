"""The sheet that numbers the customers of the orders, so that formulas can count who ordered."""

from __future__ import annotations

from csm_xl.language import Text
from csm_xl.share.added_sheets import AddedSheets, put
from csm_xl.share.copy_model import CopyBook
from csm_xl.share.totals import Totals
from csm_xl.workbook.cell_styles import printed

TITLE = Text("Customer index", "客户索引")
_HEADERS = (
    (1, Text("Customer's number in this row of the orders", "订单表同一行客户的序号"), 24.0),
    (3, Text("Number", "序号"), 12.0),
    (4, Text("Customer", "客户"), 26.0),
)


def draw_index(added: AddedSheets, name: str, found: Totals) -> None:
    """The titles and widths of the sheet."""
    sheet = added.sheet(name)
    first = found.region.body[0]
    for column, header, width in _HEADERS:
        sheet.column_dimensions["ABCD"[column - 1]].width = width
        if first > 1:
            cell = sheet.cell(first - 1, column)
            put(cell, header.within(added.lang))
            cell.font, cell.fill = added.look.own_header, added.look.own_header_fill
    if first > 1:
        sheet.freeze_panes = f"A{first}"
    printed(sheet, added.lang, landscape=False)


def fill_index(copy: CopyBook, name: str, found: Totals, orders: str) -> None:
    """The numbers, in the rows that the orders have on their sheet."""
    sheet, source = copy.sheets[name], copy.sheets[orders]
    column = found.columns.get("customer_id", 0)
    first = found.region.body[0]
    sheet.values[first, 3] = 0.0
    for row, number in zip(found.region.rows, found.customer_numbers, strict=True):
        sheet.values[row, 1] = float(number)
        place = (first + number, 3)
        if number and place not in sheet.values:
            sheet.values[place] = float(number)
            shown = source.values.get((row, column))
            shown = source.results.get((row, column)) if shown is None else shown
            if shown is not None:
                sheet.values[first + number, 4] = shown
