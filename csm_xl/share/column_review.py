"""What the owner is told before a copy goes out: every column of texts, and what cannot be hidden."""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.language import Text
from csm_xl.share.cell_conversion import Copying
from csm_xl.share.column_decisions import Treatment
from csm_xl.share.owner_workbook import column_cells
from csm_xl.share.personal_columns import PersonalColumn
from csm_xl.vocabulary.cells import is_blank

HEADERS = (
    Text("Column", "列"),
    Text("In the copy", "副本中"),
    Text("Why", "原因"),
    Text("Example", "示例"),
)
_STAYS = Text("stays", "保留")
_LABELS = Text("stays; unknown words go", "保留，未知词语除外")
_CODED = Text("pseudonyms", "代号")
_BLANK = Text("left out", "不包含")
_LONGEST = 36


@dataclass(frozen=True)
class Reviewed:
    """One column of texts.

    Attributes
    ----------
    cells : tuple
        One for each of :data:`HEADERS`.
    stays : bool
    """

    cells: tuple[object, ...]
    stays: bool


def rows(copying: Copying) -> list[Reviewed]:
    """Every column of texts of the sheets that would be shared."""
    found = []
    for column in copying.personal.columns:
        if column.sheet not in copying.sheets:
            continue
        held = column_cells(copying.book, column.sheet, column.column, column.first, column.last)
        texts = [v for v in held if isinstance(v, str) and not isinstance(v, ErrorValue)]
        example: CellValue = next((text for text in texts if not is_blank(text)), None)
        if example is None:
            if column.stays:
                continue
            example = next((value for value in held if not is_blank(value)), None)
        what = _what(column.treatment, free_text=copying.options.free_text)
        title = column.header or column_letters(column.column)
        place = f"{column.sheet}: {title}"
        cells = (place, what, column.why, _example(copying, column, example))
        found.append(Reviewed(cells, column.stays))
    return found


def _what(treatment: Treatment, *, free_text: bool) -> Text:
    if treatment == "fact":
        return _STAYS
    if treatment == "number":
        return _LABELS
    if treatment == "text" and free_text:
        return _LABELS
    return _BLANK if treatment in ("text", "gone") else _CODED


def _example(copying: Copying, column: PersonalColumn, value: CellValue) -> str:
    if value is None:
        return ""
    old = _short(value)
    new = copying.personal.constant(column.sheet, column.first, column.column, value)
    if new == value:
        return old
    return f"{old} → {_short(new) if new is not None else '–'}"


def _short(value: CellValue) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def notes(copying: Copying) -> tuple[Text, ...]:
    """What becomes visible in a copy, and what it cannot hide."""
    found = []
    if copying.hides():
        found.append(
            Text(
                "Rows or columns that are hidden in your workbook are visible in the copy.",
                "您在工作簿中隐藏的行或列，在副本中是可见的。",
            )
        )
    if copying.pseudonyms is None:
        return tuple(found)
    keys = [
        column.header
        for column in copying.personal.columns
        if column.key and column.sheet in copying.sheets
    ]
    if keys:
        listed = list(dict.fromkeys(keys))[:4]
        found.append(
            Text(
                "Your own numbers stay ({columns}): whoever knows a customer's number finds the "
                "customer's rows.",
                "您自己的编号保留在副本中（{zh}）：知道某位客户编号的人可以找到其各行。",
            ).fill(columns=", ".join(listed), zh="、".join(listed))
        )
    return tuple(found)
