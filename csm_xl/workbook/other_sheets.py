"""The sheets that hold tables: records, actions, playbook, history, retention, model, settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.language import Text
from csm_xl.vocabulary import layout, words
from csm_xl.vocabulary.columns import NUMBER_FORMATS
from csm_xl.workbook.cell_styles import Look, printed, wrapped
from csm_xl.workbook.grid import Rows, listed, put_text, write_table
from csm_xl.workbook.palette import LEVEL_COLOURS

#: Where the panes freeze: how many columns stay in sight on each data sheet.
_FROZEN = {"customers": 2, "orders": 1, "feedback": 1, "contacts": 0, "actions": 4}
_MODEL_TITLE = Text("The churn model", "流失模型")
_MODEL_LEAD = Text(
    "Written by Retrain. The intervals say how far each figure can be trusted: with few customers "
    "they are wide. “Out of fold” figures are for customers that the model had not seen. Compare "
    "the model with the simple ones: when it is not better, trust the simple answer.",
    "由“重新训练”写入。区间表示每个数字可信的程度：客户少时区间会很宽。质量指标都是在模型没有见过的"
    "客户上得出的。请与下面的简单模型比较：如果并不更好，就以简单的结果为准。",
)
_SETTINGS_TITLE = Text("Settings", "设置")
_SETTINGS_LEAD = Text(
    "Change the values in the white column; they take effect at the next refresh.",
    "修改白色列中的数值，下次刷新时生效。",
)
_COHORTS_LEAD = Text(
    "Written by Refresh: of the customers who started in a month, the share still with you later.",
    "由“刷新”写入：某月开始的客户，在之后各月仍未流失的比例。",
)


def write_data(sheet: Worksheet, key: str, look: Look, rows: Rows) -> None:
    """A sheet with one table that begins in its first cell."""
    table = layout.table(key)
    first, _ = write_table(sheet, table, look, rows)
    frozen = _FROZEN.get(key, 0)
    sheet.freeze_panes = sheet.cell(first, frozen + 1)
    for column in table.template:
        if column.words in (words.RISKS, words.ACTION_RISKS) and column.ours:
            _colour_risks(sheet, look, table.template.index(column) + 1, first)
    landscape = layout.sheet(table.sheet).landscape
    if key == "customers":
        _in_three_parts(sheet, look, table)
    else:
        printed(sheet, look.lang, landscape=landscape, title_rows="1:1")


def _in_three_parts(sheet: Worksheet, look: Look, table: layout.Table) -> None:
    """Print what the owner typed, what was counted, and the results on pages of their own."""
    keys = [column.key for column in table.template]
    for key in ("orders", "stage"):
        sheet.col_breaks.append(Break(id=keys.index(key)))
    sheet.print_title_cols = "A:B"
    # Excel ignores page breaks where it fits a sheet to the page, so the scale is set.
    scale = 54
    printed(sheet, look.lang, landscape=True, title_rows="1:1", scale=scale)


def _colour_risks(sheet: Worksheet, look: Look, place: int, first: int) -> None:
    letter = sheet.cell(first, place).column_letter
    for key in ("high", "medium"):
        word = words.RISKS.word(key, look.lang)
        behind, ink = LEVEL_COLOURS[key]
        sheet.conditional_formatting.add(
            f"{letter}{first}:{letter}1048576",
            CellIsRule(
                operator="equal",
                formula=[f'"{word}"'],
                font=Font(bold=key == "high", color=ink),
                fill=PatternFill(bgColor=behind),
            ),
        )


def write_cohorts(sheet: Worksheet, look: Look, rows: Rows) -> None:
    """Retention by month of start."""
    _title(sheet, look, layout.sheet("cohorts").title, _COHORTS_LEAD, 14)
    first, _ = write_table(sheet, layout.table("cohorts"), look, rows, top=4)
    sheet.freeze_panes = sheet.cell(first, 3)
    printed(sheet, look.lang, landscape=True, title_rows="4:4")


def write_model(sheet: Worksheet, look: Look, tables: Mapping[str, Rows]) -> None:
    """The model's report: facts beside an explanation, then quality, comparison, drivers."""
    for letter, width in zip("ABCDEF", (32, 12, 12, 34, 54, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet["A1"] = _MODEL_TITLE.within(look.lang)
    sheet["A1"].font = look.title
    sheet.row_dimensions[1].height = 32
    top = 3
    sheet.merge_cells(start_row=top, start_column=1, end_row=top + 9, end_column=3)
    lead = sheet.cell(top, 1, _MODEL_LEAD.within(look.lang))
    lead.font, lead.alignment = look.muted, wrapped("left", "top")
    row = top
    for key in ("facts", "quality", "comparison", "reliability", "drivers"):
        table = layout.table(key)
        left = 4 if key == "facts" else 1
        if key == "comparison":
            sheet.row_breaks.append(Break(id=row - 1))
        if key != "facts":
            look.heading_at(sheet, row, 1, table.purpose.within(look.lang), 6)
            row += 1
        _, last = write_table(
            sheet, table, look, tables.get(key, ()), top=row, left=left, widths=False
        )
        sheet.row_dimensions[row].height = 30
        row = last + 2
    sheet.sheet_view.showGridLines = False
    printed(sheet, look.lang, landscape=True)
    sheet.page_setup.fitToHeight = 2


def write_settings(sheet: Worksheet, look: Look, values: Mapping[str, Any]) -> None:
    """Every setting with its value, what it means, its key and its defined name."""
    lang = look.lang
    _title(sheet, look, _SETTINGS_TITLE, _SETTINGS_LEAD, 5)
    rows = []
    for group in layout.GROUPS:
        for index, setting in enumerate(group.settings):
            rows.append(
                {
                    "group": group.title.within(lang) if index == 0 else "",
                    "label": setting.label.within(lang),
                    "note": setting.note.within(lang),
                    "key": setting.key,
                }
            )
    table = layout.table("settings")
    first, _ = write_table(sheet, table, look, rows, top=4)
    title = layout.sheet("settings").title.within(lang)
    place = [column.key for column in table.template].index("value") + 1
    for row, setting in enumerate(layout.SETTINGS.values(), first):
        cell = sheet.cell(row, place)
        _setting_value(cell, setting, values.get(setting.key, setting.value(lang)))
        reference = f"'{title}'!${cell.column_letter}${row}"
        sheet.parent.defined_names[setting.name] = DefinedName(setting.name, attr_text=reference)
        if setting.words is not None:
            rule = listed(
                setting.words.within(lang), setting.label.within(lang)[:32], lang, strict=True
            )
            rule.add(cell.coordinate)
            sheet.add_data_validation(rule)
    sheet.freeze_panes = sheet.cell(first, 1)
    printed(sheet, lang, landscape=True, title_rows="4:4")
    sheet.page_setup.fitToHeight = 1


def _setting_value(cell: Any, setting: layout.Setting, value: Any) -> None:
    if isinstance(value, dt.date) or (isinstance(value, (int, float)) and value != ""):
        cell.value = value
    elif value != "":
        put_text(cell, str(value))
    kind = setting.kind
    cell.number_format = {
        "share": "0%",
        "number": "0.0##",
        "text": "@",
        "choice": "@",
    }.get(kind, NUMBER_FORMATS.get(kind, "General"))
    cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)


def _title(sheet: Worksheet, look: Look, title: Text, lead: Text, last_col: int) -> None:
    sheet["A1"] = title.within(look.lang)
    sheet["A1"].font = look.title
    sheet.row_dimensions[1].height = 32
    sheet.merge_cells(start_row=2, start_column=1, end_row=2, end_column=last_col)
    sheet["A2"] = lead.within(look.lang)
    sheet["A2"].font = look.muted
