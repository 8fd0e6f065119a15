"""Web pages that shops call .xls: the largest table in them, as a sheet."""

from __future__ import annotations

from html.parser import HTMLParser

from csm_xl.errors import FileError
from csm_xl.intake.workbook_files import RawSheet

#: More cells than this one cell may span were written by no shop.
_WIDEST = 200


class _Tables(HTMLParser):
    """The rows of every table; a cell that spans several columns is followed by blank ones."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._text: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append([])
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open and self._open[-1]:
            self._close_cell()
            span = dict(attrs).get("colspan") or "1"
            # "²" is a digit too, but no number; nor are five thousand digits one.
            self._span = min(int(span[:9]), _WIDEST) if span.isdecimal() else 1
            self._text = []
        elif tag == "br" and self._text is not None:
            self._text.append(" ")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close_cell()
        if tag == "table" and self._open:
            self.tables.append([row for row in self._open.pop() if row])

    def _close_cell(self) -> None:
        if self._text is not None and self._open and self._open[-1]:
            self._open[-1][-1] += [" ".join("".join(self._text).split()), *[""] * (self._span - 1)]
        self._text = None

    def close(self) -> None:
        super().close()
        self._close_cell()
        # A page that was cut off still has the rows that came.
        self.tables += [[row for row in table if row] for table in self._open]


def page_sheets(text: str, name: str) -> list[RawSheet]:
    """The table of a page with the most cells.

    Raises
    ------
    FileError
        The page holds no table: it is the page of a sign-in or an error that was saved.
    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    found = [rows for rows in parser.tables if len(rows) > 1]
    if not found:
        raise FileError(
            f"{name} is a web page without a table, perhaps a sign-in page that was saved. Export it again as CSV.",
            f"{name} 是没有表格的网页（可能保存成了登录页），请重新导出为 CSV。",
        )
    rows = max(found, key=lambda rows: sum(map(len, rows)))
    return [RawSheet("", list(rows), list(range(1, len(rows) + 1)))]
