"""Web pages that shops call .xls: the tables in them, as sheets."""

from __future__ import annotations

from lxml import html

from csm_xl.errors import FileError
from csm_xl.intake.workbook_files import RawSheet

#: More cells than this one cell may span were written by no shop.
_WIDEST = 200


def page_sheets(text: str, name: str) -> list[RawSheet]:
    """The tables of a page, the one with most cells first; cells that span several are repeated blank.

    Raises
    ------
    FileError
        The page holds no table: it is the page of a sign-in or an error that was saved.
    """
    try:
        # A declaration of the encoding would contradict the text that was already decoded.
        root = html.document_fromstring(
            text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except Exception as error:
        raise _none(name) from error
    found = []
    for table in root.iter("table"):
        rows = [_cells(row) for row in table.iter("tr")]
        rows = [row for row in rows if row]
        if len(rows) > 1:
            found.append(RawSheet("", rows, list(range(1, len(rows) + 1))))
    if not found:
        raise _none(name)
    found.sort(key=lambda sheet: -sum(map(len, sheet.rows)))
    return found[:1]


def _cells(row: html.HtmlElement) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in ("td", "th"):
            continue
        cells.append(" ".join(cell.text_content().split()))
        try:
            span = int(cell.get("colspan", "1"))
        except ValueError:
            span = 1
        cells += [""] * (min(span, _WIDEST) - 1)
    return cells


def _none(name: str) -> FileError:
    return FileError(
        f"{name} is a web page without a table, perhaps a sign-in page that was saved. Export it again as CSV.",
        f"{name} 是没有表格的网页（可能保存成了登录页），请重新导出为 CSV。",
    )
