"""The list of formulas that became values in the copy, and why."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.styles import Alignment

from csm_xl.formulas.addresses import column_letters
from csm_xl.language import Language, Text
from csm_xl.share.added_sheets import AddedSheets, put
from csm_xl.share.copy_model import Kept
from csm_xl.workbook.cell_styles import UNDERLINE, printed

TITLE = Text("Kept as values", "保留为数值")
_EXPLAINED = Text(
    "These cells held formulas in the owner's workbook. In this copy they hold the values that the "
    "formulas last gave.",
    "以下单元格在原工作簿中是公式，在本副本中保留公式最后算出的数值。",
)
HEADERS = (
    Text("Where", "位置"),
    Text("Cells", "单元格数"),
    Text("Why", "原因"),
    Text("What", "内容"),
)


def grouped(kept: Sequence[Kept]) -> list[tuple[Text, int, Text, Text]]:
    """Neighbouring cells of a column with one reason as one line.

    Returns
    -------
    list of (where, how many, why, what)
        The last tells what stood in the first of the cells, or by how much it differs.
    """
    groups: list[list[Kept]] = []
    for one in sorted(kept, key=lambda k: (k.sheet, k.column, k.row)):
        before = groups[-1][-1] if groups else None
        if (
            before is not None
            and one.what is None
            and before.what is None
            and (before.sheet, before.column, before.reason) == (one.sheet, one.column, one.reason)
            and before.row == one.row - 1
        ):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [(_where(group), len(group), group[0].reason, _what(group)) for group in groups]


def _what(group: Sequence[Kept]) -> Text:
    detail = group[0].detail
    if detail is None:
        return Text("", "")
    if len(group) == 1:
        return detail
    place = group[0].place
    return Text(f"{place.en}: {detail.en}", f"{place.zh}：{detail.zh}")


def _where(group: Sequence[Kept]) -> Text:
    first, last = group[0], group[-1]
    if len(group) == 1:
        return first.place
    letters = column_letters(first.column)
    text = f"{first.sheet}!{letters}{first.row}:{letters}{last.row}"
    return Text(text, text)


def _aligned(column: int) -> Alignment:
    """Numbers at the right, and the words beside them a little away."""
    return Alignment(
        horizontal="right" if column == 2 else "left",
        vertical="top",
        wrap_text=True,
        indent=1 if column > 2 else 0,
    )


def draw_kept(added: AddedSheets, name: str, kept: Sequence[Kept], lang: Language) -> None:
    """Draw the list."""
    sheet = added.sheet(name)
    look = added.look
    title = sheet.cell(1, 1)
    put(title, TITLE.within(lang))
    title.font = look.title
    put(sheet.cell(2, 1), _EXPLAINED.within(lang))
    sheet.cell(2, 1).font = look.muted
    for column, header in enumerate(HEADERS, 1):
        cell = sheet.cell(4, column)
        put(cell, header.within(lang))
        cell.font, cell.fill = look.own_header, look.own_header_fill
        cell.alignment = _aligned(column)
    for row, (where, count, why, what) in enumerate(grouped(kept), 5):
        told = (where.within(lang), count, why.within(lang), what.within(lang))
        for column, value in enumerate(told, 1):
            cell = sheet.cell(row, column)
            put(cell, value)
            cell.font, cell.border = look.body, UNDERLINE
            cell.alignment = _aligned(column)
    for letters, width in zip("ABCD", (34, 10, 70, 46), strict=True):
        sheet.column_dimensions[letters].width = width
    sheet.freeze_panes = "A5"
    printed(sheet, lang, landscape=True, title_rows="4:4")
