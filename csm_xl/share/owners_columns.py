"""What the owner said of columns on the Columns sheet: their roles, and what becomes of them."""

from __future__ import annotations

from itertools import islice

from csm_xl.formulas.workbook_model import WorkbookModel
from csm_xl.language import Text
from csm_xl.share.column_decisions import Said
from csm_xl.vocabulary.headers import normalised
from csm_xl.vocabulary.words import IN_THE_COPY

#: The titles stand in the first rows, below a word on what the sheet is for.
_TITLES_WITHIN = 20
#: The sheet, and the titles that are looked for on it.
SHEET = Text("Columns", "列")
_TITLES: dict[str, tuple[str, ...]] = {
    "sheet": ("sheet", "sheet or table", "工作表", "工作表或表格", "表"),
    "header": ("column", "title", "header", "列", "标题", "列名"),
    "role": ("role", "角色", "作用"),
    "copy": ("in the copy", "in copy", "copy", "副本中", "在副本中", "副本"),
}


def columns_sheet(model: WorkbookModel) -> str | None:
    """The Columns sheet; None where there is none.

    It quotes a cell of every column, so that nothing on it says what stands elsewhere.
    """
    for name in model.sheet_names:
        if name.removesuffix(" (csm-xl)").casefold() not in (SHEET.en.casefold(), SHEET.zh):
            continue
        for _row, first, values in islice(model.values(name), _TITLES_WITHIN):
            if _places({first + i: str(v) for i, v in enumerate(values) if v is not None}):
                return name
    return None


def said_of_columns(model: WorkbookModel) -> dict[tuple[str, str], Said]:
    """What the owner said, by sheet and header in lower case; nothing without such a sheet."""
    name = columns_sheet(model)
    if name is None:
        return {}
    found: dict[tuple[str, str], Said] = {}
    places: dict[str, int] = {}
    for _row, first, values in model.values(name):
        cells = {first + i: str(v).strip() for i, v in enumerate(values) if v is not None}
        if not places:
            places = _places(cells)
            continue
        sheet, header = cells.get(places["sheet"], ""), cells.get(places["header"], "")
        if not sheet or not header:
            continue
        copy = IN_THE_COPY.key(cells.get(places.get("copy", 0), ""))
        role = cells.get(places.get("role", 0)) or None
        found[sheet.casefold(), header.casefold()] = Said(copy, role)  # type: ignore[arg-type]
    return found


def _places(cells: dict[int, str]) -> dict[str, int]:
    """Where the titles stand, if these cells are they."""
    found: dict[str, int] = {}
    for key, titles in _TITLES.items():
        for column, text in cells.items():
            if normalised(text) in {normalised(title) for title in titles}:
                found.setdefault(key, column)
    return found if {"sheet", "header"} <= found.keys() else {}
