"""The Start sheet: what to do first, and a place to try each function."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openpyxl.styles import Alignment
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.workbook.cell_styles import UNDERLINE, Look, printed, wrapped
from csm_xl.workbook.grid import put_text

_TITLE = Text("Customer success in one workbook", "一本工作簿做好客户成功")
_LEAD = Text(
    "Know which customers are happy, which are about to leave, and whom to contact first.",
    "看清哪些客户满意、哪些可能流失，以及应该先联系谁。",
)
_STEPS: tuple[tuple[Text, Text, tuple[str, ...]], ...] = (
    (
        Text("1  Fill in", "1  填数据"),
        Text(
            "Type or paste your customers, orders, feedback and contacts into their sheets, or "
            "click Import on the Customer Success tab. Only the white columns are yours to fill.",
            "把客户、订单、反馈和联系记录输入或粘贴到各工作表，或点“客户成功”选项卡上的“导入”。"
            "只需填写白色的列。",
        ),
        ("customers", "orders", "feedback", "contacts"),
    ),
    (
        Text("2  Let it learn", "2  训练"),
        Text(
            "Click Retrain. The model learns from the customers who left (Left on) what comes "
            "before leaving, and says how far it can be trusted. Later, Refresh is enough.",
            "点“重新训练”。模型会从已流失的客户（流失日期）中学习流失前的表现，"
            "并说明结果可信到什么程度。以后点“刷新”即可。",
        ),
        ("model", "settings"),
    ),
    (
        Text("3  Act", "3  行动"),
        Text(
            "See whom to contact first, why, and what to do. Tick Done and note the outcome. The "
            "Dashboard shows how your customers are doing.",
            "查看先联系谁、为什么、做什么。完成后勾选并记下结果。仪表盘显示客户的整体状况。",
        ),
        ("actions", "dashboard"),
    ),
)
_LEGEND = Text(
    "White columns are yours. Shaded columns are filled by csm-xl and are replaced at the next "
    "refresh. Rest the mouse on a header to read what a column holds.",
    "白色的列由您填写；有底色的列由 csm-xl 填写，下次刷新时会被更新。把鼠标停在标题上可以看到说明。",
)
_NO_TAB = Text(
    "No Customer Success tab, or #NAME? in a cell? Allow macros for this file and run "
    "“csm-xl setup” once on Windows. Numbers already calculated stay readable without it.",
    "看不到“客户成功”选项卡，或单元格显示 #NAME?？请允许本文件运行宏，并在 Windows 上运行一次"
    "“csm-xl setup”。已经算好的数字不需要它也能阅读。",
)
_TRY = Text("Try each function", "试一试每个函数")
_TRY_LEAD = Text(
    "The results are live: change a formula and see. Each works in any cell of this workbook.",
    "结果是实时计算的，可以改动公式看看。每个函数都能用在本工作簿的任何单元格。",
)
_HEADERS = (
    Text("Function", "函数"),
    Text("What it gives", "用途"),
    Text("Example", "示例"),
    Text("Result", "结果"),
)
#: Rows of a step: room for four links.
_STEP_ROWS = 4


@dataclass(frozen=True)
class TryOut:
    """One function on the Start sheet.

    Parameters
    ----------
    name : str
        What it is called.
    help : Text
        What it gives.
    formula : str
        The example, with ``=``.
    number_format : str, optional
        How the result is shown.
    """

    name: str
    help: Text
    formula: str
    number_format: str = "General"


def write_start(sheet: Worksheet, look: Look, tries: Iterable[TryOut]) -> None:
    """Fill the Start sheet."""
    lang = look.lang
    for letter, width in zip("ABCDE", (2, 24, 40, 44, 34), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    sheet["B2"] = _TITLE.within(lang)
    sheet["B2"].font = look.title
    sheet.row_dimensions[2].height = 32
    sheet["B3"] = _LEAD.within(lang)
    sheet["B3"].font = look.font(12, color=look.muted.color.rgb[2:])
    row = 5
    for title, text, links in _STEPS:
        row = _step(sheet, look, row, title, text, links)
    for text in (_LEGEND, _NO_TAB):
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=5)
        cell = sheet.cell(row, 2, text.within(lang))
        cell.font, cell.alignment = look.muted, wrapped("left", "center")
        sheet.row_dimensions[row].height = 32
        row += 1
    row += 1
    look.heading_at(sheet, row, 2, _TRY.within(lang), 5)
    sheet.cell(row + 1, 2, _TRY_LEAD.within(lang)).font = look.muted
    _tries(sheet, look, row + 2, tries)
    printed(sheet, lang, landscape=False)


def _step(
    sheet: Worksheet, look: Look, row: int, title: Text, text: Text, links: tuple[str, ...]
) -> int:
    height = _STEP_ROWS
    sheet.merge_cells(start_row=row, start_column=2, end_row=row + height - 1, end_column=2)
    sheet.merge_cells(start_row=row, start_column=3, end_row=row + height - 1, end_column=4)
    head = sheet.cell(row, 2, title.within(look.lang))
    head.font = look.font(14, bold=True, color="FFFFFF")
    head.fill = look.accent_fill
    head.alignment = Alignment(horizontal="left", vertical="center", indent=1)
    body = sheet.cell(row, 3, text.within(look.lang))
    body.font = look.font(11)
    body.alignment = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
    for offset in range(height):
        sheet.row_dimensions[row + offset].height = 18
        if offset < len(links):
            _link(sheet, look, row + offset, 5, links[offset])
    sheet.row_dimensions[row + height].height = 8
    return row + height + 1


def _link(sheet: Worksheet, look: Look, row: int, col: int, key: str) -> None:
    name = layout.sheet(key).title.within(look.lang)
    cell = sheet.cell(row, col, f"→ {name}")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1", display=f"→ {name}")
    cell.font = look.link
    cell.alignment = Alignment(horizontal="left", vertical="center", indent=1)


def _tries(sheet: Worksheet, look: Look, top: int, tries: Iterable[TryOut]) -> None:
    lang: Language = look.lang
    for offset, header in enumerate(_HEADERS):
        cell = sheet.cell(top, 2 + offset, header.within(lang))
        cell.font, cell.fill = look.header, look.accent_fill
        cell.alignment = Alignment(horizontal="left", vertical="center")
    sheet.row_dimensions[top].height = 20
    for row, one in enumerate(tries, top + 1):
        put_text(sheet.cell(row, 2), one.name)
        put_text(sheet.cell(row, 3), one.help.within(lang))
        put_text(sheet.cell(row, 4), one.formula)
        result = sheet.cell(row, 5)
        result.value = one.formula
        result.number_format = one.number_format
        result.fill = look.own_fill
        for col in range(2, 6):
            cell = sheet.cell(row, col)
            cell.font = look.bold if col == 2 else look.body
            cell.alignment = Alignment(
                horizontal="left", vertical="center", wrap_text=True, indent=1 if col == 5 else 0
            )
            cell.border = UNDERLINE
