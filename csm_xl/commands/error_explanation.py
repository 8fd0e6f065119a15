"""Why?: what the error in a cell means, and what to do about it."""

from __future__ import annotations

import re
from typing import Any

import xlwings as xw

from csm_xl.commands.excel import error_in
from csm_xl.commands.outcome import Outcome
from csm_xl.errors import SheetError
from csm_xl.language import Text

_MEANINGS = {
    "#NULL!": Text(
        "Two ranges stand side by side without a comma between them. Correct the formula.",
        "两个区域之间缺少逗号，请更正公式。",
    ),
    "#DIV/0!": Text(
        "The formula divides by zero or by a blank cell, or there is nothing to average.",
        "公式除以了零或空单元格，或没有可平均的数值。",
    ),
    "#VALUE!": Text(
        "A cell that the formula reads holds something of another kind, such as text in place of "
        "a number.",
        "公式读取的某个单元格类型不对，例如应为数字却是文字。",
    ),
    "#REF!": Text(
        "A cell that the formula refers to was deleted. Undo that, or point the formula elsewhere.",
        "公式引用的单元格已被删除，请撤销删除或改用其他单元格。",
    ),
    "#NAME?": Text(
        "The formula names something that Excel does not know. If that is a function of csm-xl, "
        "macros are switched off or csm-xl is not set up: click Check setup.",
        "公式中有 Excel 不认识的名称。如果是 csm-xl 的函数，说明宏未启用或 csm-xl 未安装好，"
        "请点击“检查安装”。",
    ),
    "#NUM!": Text("A number is outside what the function allows.", "数字超出了函数允许的范围。"),
    "#N/A": Text(
        "There is no answer: nothing was found, there is too little data, or no model was trained "
        "yet (click Retrain).",
        "没有结果：未找到、数据太少，或尚未训练模型（请点击“重新训练”）。",
    ),
    "#SPILL!": Text(
        "The result needs several cells, and something stands in one of them. Clear them.",
        "结果需要占用多个单元格，其中有内容，请先清空。",
    ),
}
_OTHER = Text("Excel cannot work this formula out.", "Excel 无法计算此公式。")
_CELL = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<cell>[A-Za-z]{1,3}\$?\d+)")


def why(book: xw.Book, cell: str | None = None) -> Outcome:
    """Say why there is an error in a cell. Writes nothing.

    Parameters
    ----------
    book : xlwings.Book
    cell : str, optional
        Such as ``Customers!C7``; the selected cell when not given.

    Raises
    ------
    SheetError
        When no cell is selected, or there is none of that name.
    """
    one = _cell(book, cell)
    where = f"{one.sheet.name}!{one.get_address(False, False)}"
    name = error_in(one)
    if name is None:
        return Outcome(
            Text("There is no error in {where}.", "{where} 中没有错误。").fill(where=where)
        )
    text = _told(book, one) or _MEANINGS.get(name, _OTHER)
    return Outcome(Text(f"{where} shows {name}. {text.en}", f"{where} 显示 {name}。{text.zh}"))


def _cell(book: xw.Book, named: str | None) -> xw.Range:
    if named is None:
        selection = book.selection
        if selection is None:
            raise SheetError("Select a cell first.", "请先选中一个单元格。")
        return selection[0, 0]
    found = _CELL.fullmatch(named.strip())
    if found is not None:
        title = (found["sheet"] or book.sheets.active.name).strip("'").replace("''", "'")
        for sheet in book.sheets:
            if sheet.name.casefold() == title.casefold():
                return sheet.range(found["cell"].replace("$", ""))
    raise SheetError(
        f"There is no cell {named}. Write the sheet and the cell, such as Customers!C7.",
        f"没有单元格 {named}，请写明工作表和单元格，例如 客户!C7。",
    )


def _told(book: xw.Book, one: xw.Range) -> Text | None:
    """What a function of csm-xl said when a workbook file is calculated; Excel keeps it in VBA."""
    report: Any = None
    if hasattr(book.impl, "calculation_report"):
        book.app.calculate()
        report = book.impl.calculation_report
    for message in report.messages if report is not None else ():
        if (message.sheet, message.row, message.column) == (one.sheet.name, one.row, one.column):
            return Text(
                f"{message.function}: {message.message}", f"{message.function}：{message.message}"
            )
    return None
