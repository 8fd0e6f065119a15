"""The sheets that show the churn model: its terms, and one customer followed step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import copy
from typing import Any

from openpyxl.styles import Alignment

from csm_xl.churn.formula import TextTerm
from csm_xl.churn.native_formulas import OPEN_FORMAT, Block
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.references import quoted_sheet
from csm_xl.language import Text
from csm_xl.share.added_sheets import AddedSheets, lines, put
from csm_xl.share.live_model import LiveModel
from csm_xl.workbook.cell_styles import UNDERLINE, printed, wrapped

_WIDTH = 17.0
#: The width of the first column, which holds sentences, and the height of one of their lines.
_WIDEST, _LINE = 58.0, 13.5
_EXPLAINED = Text(
    "The probability of leaving within the horizon is 1 / (1 + e^−x), where x, the log-odds, is "
    "the sum of what these tables say: where every customer begins, what each number above a limit "
    "adds (so much for each unit), what a category adds, and what a combination adds when "
    "all of its limits hold. The sheet “{readings}” shows how each customer's cells are read, "
    "“{example}” follows one customer step by step. The coefficients were fitted elsewhere and "
    "cannot be derived again from this copy.",
    "预测期内的流失概率为 1 / (1 + e^−x)，其中 x（对数几率）是下列各表之和：每位客户的起始值、数值"
    "超过下限的每一单位的增量、类别的增量，以及各界限同时满足时组合规则的增量。“{readings}”表列出"
    "每位客户各单元格的读取值，“{example}”表逐步演算一位客户。这些系数是在别处拟合得出的，无法由"
    "本副本重新推导。",
)


def draw_terms(added: AddedSheets, model: LiveModel, clean: Callable[[str], str]) -> None:
    """The tables of the model, one below the other."""
    sheet = added.sheet(model.terms_sheet)
    look, lang = added.look, model.lang
    rules = model.tables.block("rules")
    widest = max(max(len(block.header) for block in model.tables.blocks), 5)
    title = sheet.cell(1, 1)
    put(title, Text("The churn model", "流失模型").within(lang))
    title.font = look.title
    words = _EXPLAINED.fill(readings=model.readings_sheet, example=model.example_sheet)
    put(sheet.cell(3, 1), words.within(lang))
    sheet.merge_cells(start_row=3, start_column=1, end_row=3, end_column=4)
    sheet.cell(3, 1).alignment = wrapped()
    sheet.cell(3, 1).font = look.body
    sheet.row_dimensions[3].height = 92
    sheet.column_dimensions["A"].width = _WIDEST
    for column in range(2, widest + 2):
        sheet.column_dimensions[column_letters(column)].width = _WIDTH
    for block in model.tables.blocks:
        _draw_block(sheet, block, added, model, clean)
    if rules is not None and model.live:
        _draw_rules_of_example(sheet, rules, added, model)
    sheet.freeze_panes = "B2"
    printed(sheet, lang, landscape=False)
    last = max(block.first + len(block.rows) - 1 for block in model.tables.blocks)
    if rules is None:
        sheet.print_area = f"A1:D{last}"
    else:
        # On paper a rule is its sentence and its weight; the limits beside it are for formulas.
        sheet.print_area = f"A1:D{rules.top - 1},A{rules.top}:B{last}"


def _draw_block(
    sheet: Any, block: Block, added: AddedSheets, model: LiveModel, clean: Callable[[str], str]
) -> None:
    look, lang = added.look, model.lang
    dates = {term.name for term in model.formula.terms if term.kind == "date"}
    look.heading_at(sheet, block.top, 1, block.title.within(lang), max(len(block.header), 2))
    for column, header in enumerate(block.header, 1):
        cell = sheet.cell(block.top + 1, column)
        put(cell, header.within(lang) if isinstance(header, Text) else header)
        cell.font, cell.fill = look.own_header, look.own_header_fill
        cell.alignment = Alignment(
            horizontal="left" if column == 1 else "right", vertical="center", wrap_text=True
        )
    sheet.row_dimensions[block.top + 1].height = 40
    styles: dict[str, Any] = {}
    for row, values in enumerate(block.rows, block.first):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            if isinstance(value, Text):
                put(cell, clean(value.within(lang)))
            else:
                if isinstance(value, str):
                    category = block.key == "categories" and column == 2
                    value = model.category(str(values[0]), value) if category else clean(value)
                put(cell, value)
            shown = _number_format(block, column, value, values[0] in dates)
            if shown not in styles:
                cell.font, cell.border, cell.number_format = look.body, UNDERLINE, shown
                if shown == "@":
                    cell.alignment = wrapped()
                styles[shown] = cell._style
            # Looking a style up for every cell would take most of the time of drawing.
            cell._style = copy(styles[shown])
        first = values[0]
        name = first.within(lang) if isinstance(first, Text) else str(first or "")
        high = lines(name, _WIDEST)
        if high > 1:
            # No program makes a row as high as its text when it opens a file that says nothing.
            sheet.row_dimensions[row].height = high * _LINE


#: The columns that hold cells of customers, or their places, and not what they add.
_HELD = {"features": (2, 3), "slopes": (2,), "categories": (3,)}


def _number_format(block: Block, column: int, value: Any, date: bool) -> str:
    if block.key == "rules" and column > 2:
        return OPEN_FORMAT
    if not isinstance(value, float):
        return "@"
    if column not in _HELD.get(block.key, ()):
        return "0.000000"
    if date:
        return "yyyy-mm-dd"
    return "#,##0" if value.is_integer() else "#,##0.0000##"


def _draw_rules_of_example(sheet: Any, rules: Block, added: AddedSheets, model: LiveModel) -> None:
    """What each rule adds for the customer of the worked example."""
    column = len(rules.header) + 1
    head = sheet.cell(rules.top + 1, column)
    put(head, Text("In the worked example", "计算示例中").within(model.lang))
    head.font, head.fill = added.look.own_header, added.look.own_header_fill
    head.alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    example = quoted_sheet(model.example_sheet)
    columns = _box_columns(model)
    style: Any = None
    for row, rule in enumerate(model.formula.rules, rules.first):
        inside = "*".join(
            f"({example}!$C${_FIRST_STEP + 1 + f}>{column_letters(columns[f])}{row})"
            f"*({example}!$C${_FIRST_STEP + 1 + f}<={column_letters(columns[f] + 1)}{row})"
            for f, _, _ in rule.conditions
        )
        cell = sheet.cell(row, column)
        cell.value = f"={f'{inside}*' if inside else ''}B{row}"
        if style is None:
            cell.font, cell.border = added.look.body, UNDERLINE
            cell.number_format = '0.000000;-0.000000;""'
            style = cell._style
        cell._style = copy(style)


def _box_columns(model: LiveModel) -> dict[int, int]:
    """The column of each feature's lower end in the table of rules."""
    used = sorted({f for rule in model.formula.rules for f, _, _ in rule.conditions})
    return {f: 3 + 2 * k for k, f in enumerate(used)}


# --- One customer, step by step ------------------------------------------------------------------

#: The row of the first step; the features follow in the rows below.
_FIRST_STEP = 9


def draw_example(
    added: AddedSheets, model: LiveModel, clean: Callable[[str], str], customer: str
) -> None:
    """A customer's probability, one step in each row; `customer` is the one shown first."""
    assert model.region is not None
    sheet = added.sheet(model.example_sheet)
    look, lang = added.look, model.lang

    def write(row: int, column: int, value: Any, number_format: str | None = None) -> Any:
        cell = sheet.cell(row, column)
        if isinstance(value, Text):
            put(cell, value.within(lang))
        elif isinstance(value, str) and value.startswith("="):
            cell.value = value
        else:
            put(cell, value)
        cell.font, cell.border = look.body, UNDERLINE
        if number_format:
            cell.number_format = number_format
        return cell

    put(sheet.cell(1, 1), Text("One customer, step by step", "一位客户的逐步计算").within(lang))
    sheet.cell(1, 1).font = look.title
    told = Text(
        "Type another customer's number into the shaded cell to follow that customer.",
        "在底色单元格中输入其他客户的编号，即可查看该客户的计算过程。",
    )
    put(sheet.cell(3, 1), told.within(lang))
    sheet.cell(3, 1).font = look.muted
    names = f"{quoted_sheet(model.readings_sheet)}!$A$1:$A${model.live[-1]}"
    write(4, 1, Text("Customer", "客户"))
    chosen = write(4, 2, customer)
    chosen.fill, chosen.font = look.own_header_fill, look.bold
    chosen.alignment = Alignment(horizontal="right")
    write(5, 1, Text("Row on the sheet {name}", "“{name}”表中的行号").fill(name=model.sheet))
    # The sheet of readings holds the customers as texts, whatever is typed here.
    write(5, 2, f'=MATCH($B$4&"",{names},0)')
    headers = (
        Text("Step", "步骤"),
        Text("In the cell", "单元格内容"),
        Text("Read as", "读取值"),
        Text("Adds to the log-odds", "对数几率增量"),
    )
    for column, header in enumerate(headers, 1):
        cell = write(_FIRST_STEP - 1, column, header)
        cell.font, cell.fill = look.own_header, look.own_header_fill
        cell.alignment = Alignment(horizontal="left" if column == 1 else "right", wrap_text=True)
    last = _draw_steps(write, model, clean)
    total = last + 1
    write(total, 1, Text("Sum: the log-odds", "合计：对数几率")).font = look.bold
    write(total, 4, f"=SUM(D{_FIRST_STEP}:D{last})", "0.000000").font = look.bold
    write(total + 1, 1, Text("Probability: 1 / (1 + e^−sum)", "概率：1 / (1 + e^−合计)"))
    write(total + 1, 4, f"=1/(1+EXP(MIN(700,-D{total})))", "0.000000%").font = look.bold
    letters = column_letters(model.probability)
    scores = f"{quoted_sheet(model.sheet)}!${letters}$1:${letters}${model.live[-1]}"
    write(
        total + 2,
        1,
        Text("On the sheet {name}", "“{name}”表中的概率").fill(name=model.sheet),
    )
    write(total + 2, 4, f"=INDEX({scores},$B$5)", "0.000000%")
    write(total + 3, 1, Text("Difference", "差异"))
    write(total + 3, 4, f"=D{total + 1}-D{total + 2}", "0.000000%")
    for row in range(_FIRST_STEP, total + 4):
        for column in range(1, 5):
            sheet.cell(row, column).border = UNDERLINE
    sheet.column_dimensions["A"].width = 46
    for letters in "BCD":
        sheet.column_dimensions[letters].width = 22
    printed(sheet, lang, landscape=False)


def _draw_steps(write: Callable[..., Any], model: LiveModel, clean: Callable[[str], str]) -> int:
    """The rows of the steps; returns the last one."""
    terms_sheet = quoted_sheet(model.terms_sheet)
    start = model.tables.block("start")
    assert start is not None
    write(_FIRST_STEP, 1, start.rows[0][0])
    write(_FIRST_STEP, 4, f"={terms_sheet}!$B${start.first}", "0.000000")
    for k, term in enumerate(model.formula.terms):
        row = _FIRST_STEP + 1 + k
        letters = column_letters(model.features[k])
        cells = f"{quoted_sheet(model.sheet)}!${letters}$1:${letters}${model.live[-1]}"
        read = column_letters(k + 2)
        readings = f"{quoted_sheet(model.readings_sheet)}!${read}$1:${read}${model.live[-1]}"
        write(row, 1, clean(term.name))
        held = f"INDEX({cells},$B$5)"
        shown = _reading_format(model, k)
        write(row, 2, f'=IF(TRIM({held}&"")="","",{held})', shown).alignment = Alignment(
            horizontal="right"
        )
        write(row, 3, f"=INDEX({readings},$B$5)", shown)
        write(row, 4, f"={_added_by(model, k, f'$C{row}', f'$B{row}')}", "0.000000")
    last = _FIRST_STEP + len(model.formula.terms)
    if model.formula.rules:
        last += 1
        rules = model.tables.block("rules")
        assert rules is not None
        first, end = rules.first, rules.first + len(rules.rows) - 1
        letters = column_letters(len(rules.header) + 1)
        write(
            last,
            1,
            Text(
                "Combinations that hold (last column of {name})",
                "满足的组合规则（见“{name}”表最后一列）",
            ).fill(name=model.terms_sheet),
        )
        write(last, 4, f"=SUM({terms_sheet}!${letters}${first}:${letters}${end})", "0.000000")
    if model.correction is not None:
        last += 1
        letters = column_letters(model.correction)
        added = f"{quoted_sheet(model.sheet)}!${letters}$1:${letters}${model.live[-1]}"
        write(
            last,
            1,
            Text(
                "Correction: the formula had learned from this customer",
                "修正：公式训练时用过这位客户",
            ),
        )
        write(last, 4, f"=INDEX({added},$B$5)+0", "0.000000")
    return last


def _reading_format(model: LiveModel, feature: int) -> str:
    """How a feature's readings are shown: a program would show every digit it has room for."""
    if model.formula.terms[feature].kind == "date":
        return "yyyy-mm-dd"
    if not model.readings:
        return "General"
    readings = [value for value in model.readings[feature] if math.isfinite(value)]
    if all(value.is_integer() for value in readings):
        return "#,##0"
    large = max(map(abs, readings), default=0.0) >= 100
    return "#,##0.00" if large else "0.0000"


def _added_by(model: LiveModel, feature: int, reading: str, held: str) -> str:
    """What one feature adds to the log-odds."""
    term = model.formula.terms[feature]
    sheet = quoted_sheet(model.terms_sheet)

    def down(letters: str, first: int, last: int) -> str:
        return f"{sheet}!${letters}${first}:${letters}${last}"

    lines = _lines(
        model.tables.block("categories" if isinstance(term, TextTerm) else "slopes"), term.name
    )
    parts = []
    if lines and isinstance(term, TextTerm):
        parts.append(f"SUMPRODUCT(({reading}={down('C', *lines)})*{down('D', *lines)})")
    elif lines:
        knots, weights = down("B", *lines), down("C", *lines)
        parts.append(f"SUMPRODUCT(({reading}>{knots})*({reading}-{knots})*{weights})")
    features = model.tables.block("features")
    if not isinstance(term, TextTerm) and term.missing and features is not None:
        parts.append(f'IF({held}="",{sheet}!$D${features.first + feature},0)')
    return "+".join(parts) or "0"


def _lines(block: Block | None, name: str) -> tuple[int, int] | None:
    """First and last row of a feature's lines in a table."""
    if block is None:
        return None
    rows = [block.first + i for i, row in enumerate(block.rows) if row[0] == name]
    return (rows[0], rows[-1]) if rows else None


def draw_readings(added: AddedSheets, model: LiveModel) -> None:
    """The headers and widths of the sheet on which the customers' cells are read."""
    assert model.region is not None
    sheet = added.sheet(model.readings_sheet)
    look, lang = added.look, model.lang
    header = model.region.header or 1
    names = [Text("Customer", "客户").within(lang), *model.formula.features]
    for column, name in enumerate(names, 1):
        cell = sheet.cell(header, column)
        put(cell, name)
        cell.font, cell.fill = look.own_header, look.own_header_fill
        cell.alignment = Alignment(
            horizontal="left" if column == 1 else "right", vertical="center", wrap_text=True
        )
        whole = sheet.column_dimensions[column_letters(column)]
        whole.width = _WIDTH
        whole.font = look.body
        whole.number_format = "@" if column == 1 else _reading_format(model, column - 2)
    sheet.row_dimensions[header].height = 40
    sheet.freeze_panes = f"B{header + 1}"
    printed(sheet, lang, landscape=True, title_rows=f"{header}:{header}")
