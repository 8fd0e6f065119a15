"""A sheet on which the owner says which column of an export is which of ours."""

from __future__ import annotations

from collections.abc import Sequence

import xlwings as xw

from csm_xl.commands.range_cells import cells_of
from csm_xl.commands.session import Session
from csm_xl.commands.writing import add_sheet, write_block
from csm_xl.errors import SheetError
from csm_xl.language import Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank

TITLE = Text("Import mapping", "导入对照")
_HEADERS = (
    Text("Column in your file", "文件中的列"),
    Text("Is this column (leave blank to skip)", "对应的列（留空表示不导入）"),
    Text("Choose from", "可选的列"),
)


def write_mapping(
    book: xw.Book, table: str, headers: Sequence[str], free: Sequence[layout.Column]
) -> None:
    """Ask on a sheet; the owner fills its second column and imports again."""
    session = Session(book)
    lang = session.language
    sheet = _find(book)
    if sheet is None:
        sheet = add_sheet(book, TITLE.within(lang))
    sheet.clear_contents()
    options = [column.title.within(lang) for column in free]
    rows: list[tuple[str, str, str]] = [tuple(text.within(lang) for text in _HEADERS)]  # type: ignore[list-item]
    for i in range(max(len(headers), len(options))):
        rows.append(
            (
                headers[i] if i < len(headers) else "",
                "",
                options[i] if i < len(options) else "",
            )
        )
    write_block(session, sheet, 1, 1, rows)


def asked_on_sheet(headers: Sequence[str]) -> SheetError:
    """The refusal of an export whose columns the mapping sheet asks about."""
    en, zh = ", ".join(headers[:8]), "、".join(headers[:8])
    return SheetError(
        f"The columns that are needed were not found among {en}. Say which column is which on the mapping sheet, then "
        "import again.",
        f"在 {zh} 中没有找到所需的列。请在“{TITLE.zh}”工作表中说明各列含义，然后重新导入。",
    )


def read_mapping(book: xw.Book, table: str) -> dict[str, str]:
    """Header of the export to our column's key, as the owner filled it in."""
    sheet = _find(book)
    if sheet is None:
        return {}
    titles = {}
    for column in layout.table(table).columns:
        titles[folded(column.title.en)] = titles[folded(column.title.zh)] = column.key
    found = {}
    for row in cells_of(sheet.used_range)[1:]:
        if len(row) >= 2 and not is_blank(row[0]) and not is_blank(row[1]):
            key = titles.get(folded(str(row[1])))
            if key is not None:
                found[str(row[0])] = key
    return found


def remove_mapping(book: xw.Book) -> None:
    """Take the sheet away once it has served."""
    sheet = _find(book)
    if sheet is not None:
        sheet.delete()


def _find(book: xw.Book) -> xw.Sheet | None:
    return next((s for s in book.sheets if s.name in (TITLE.en, TITLE.zh)), None)
