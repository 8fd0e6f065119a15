"""An export as titles over columns: where the titles are, which rows are totals and remarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.errors import FileError
from csm_xl.intake.account import Account, lines_text
from csm_xl.intake.cells import LONGEST_TEXT, as_text, blank, unwrapped
from csm_xl.intake.workbook_files import RawSheet
from csm_xl.language import Text
from csm_xl.vocabulary.headers import normalised
from csm_xl.vocabulary.totals import is_remark, is_total, is_total_of

#: Exports begin with a title or a note at most this many lines deep.
_HEADER_WITHIN = 20
#: More columns than any program exports.
MOST_COLUMNS = 1_000
#: The first letters of totals and remarks that may go on with digits.
_MAY_BEGIN_TOTAL = frozenset(
    "tTgGsSoO合总總小共累汇匯本导導下打生统統制数數备備说說注提nNeErRcCfF以"
)
TOTALS = Text("a row of totals or a remark, no record", "合计行或说明行")
TITLES_AGAIN = Text("the titles once more", "重复的标题行")
RAGGED = Text("more cells than there are titles", "单元格多于标题")


@dataclass
class Export:
    """The rows of an exported file.

    Attributes
    ----------
    name : str
        The file's name, with the sheet's where it has several.
    headers : list of str
        ``""`` where a column has none.
    columns : list of list
        The cells below each header: texts from a text file; numbers, dates, texts from a workbook.
    lines : list of int
        What the file calls each row.
    account : Account
        With the rows that are none: totals, remarks, titles once more.
    totals : list of list
        The rows of totals, which tell how amounts add up.
    others : list of str
        Sheets with the same titles that were not read.
    """

    name: str
    headers: list[str]
    columns: list[list[Any]]
    lines: list[int]
    account: Account = field(default_factory=Account)
    totals: list[list[Any]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, place: int) -> list[Any]:
        """The cells below one header."""
        return self.columns[place]


def export_of(
    sheets: Sequence[RawSheet],
    name: str,
    known: Callable[[Sequence[object]], int],
    header_row: int | None = None,
) -> Export:
    """The sheet of a file that holds the records, cut into titles and columns.

    Parameters
    ----------
    sheets : sequence of RawSheet
    name : str
        Of the file, for messages.
    known : callable
        How many of a row's cells are titles that are understood.
    header_row : int, optional
        The line of the titles, as the file counts.

    Raises
    ------
    FileError
        No titles, no rows below them, or too many columns.
    """
    found = []
    for sheet in sheets:
        place = _header_place(sheet, known, header_row)
        if place is not None and place + 1 < len(sheet.rows):
            found.append((known(sheet.rows[place]), sheet, place))
    if header_row is not None and not found:
        raise FileError(
            f"{name} has no row {header_row} with titles and rows below it. Name the row of the titles as the file "
            "counts its rows.",
            f"{name} 的第 {header_row} 行不是标题行，或其下没有数据。请按文件中的行号指定标题行。",
        )
    if not found:
        raise FileError(
            f"{name} has no rows below its headers, so there is nothing to import.",
            f"{name} 的标题下没有数据，没有可导入的内容。",
        )
    # Of sheets with as many known titles the first, for that is the one that is shown.
    best = max(found, key=lambda one: one[0])
    alike = [sheet.name for score, sheet, _ in found if sheet is not best[1] and score == best[0]]
    export = _cut(best[1], best[2], name if len(sheets) == 1 else f"{name} ({best[1].name})", known)
    export.others = alike
    return export


def _header_place(
    sheet: RawSheet, known: Callable[[Sequence[object]], int], header_row: int | None
) -> int | None:
    if header_row is not None:
        return sheet.lines.index(header_row) if header_row in sheet.lines else None
    rows = sheet.rows[:_HEADER_WITHIN]
    widest = max((sum(not blank(cell) for cell in row) for row in sheet.rows[:50]), default=0)
    best, best_score = None, 0.0
    for place, row in enumerate(rows):
        filled = [cell for cell in row if not blank(cell)]
        if len(filled) < min(2, widest):
            continue
        words = sum(isinstance(cell, str) and not _is_value(cell) for cell in filled)
        if best is None and words * 2 > len(filled):
            # Below a title or a note; better ones are told by what they say.
            best, best_score = place, known(row) + 0.5
        elif known(row) > best_score + 0.5 and words == len(filled):
            best, best_score = place, float(known(row))
    if best is None and rows:
        return next(
            (i for i, row in enumerate(rows) if sum(not blank(c) for c in row) >= min(2, widest)),
            None,
        )
    return best


def _is_value(text: str) -> bool:
    stripped = text.strip().lstrip("'=\"￥$¥€£(+-").rstrip('")')
    return (
        stripped[:1].isdigit()
        and not stripped.isalpha()
        and sum(c.isdigit() for c in stripped) * 2 > len(stripped)
    )


def _cut(
    sheet: RawSheet, place: int, name: str, known: Callable[[Sequence[object]], int]
) -> Export:
    titles = sheet.rows[place]
    headers = ["" if blank(cell) else _title(cell) for cell in titles]
    while headers and not headers[-1]:
        headers.pop()
    width = len(headers)
    if width > MOST_COLUMNS:
        raise FileError(
            f"{name} has {width:,} columns, and at most {MOST_COLUMNS:,} can be imported. Export fewer columns.",
            f"{name} 有 {width:,} 列，最多可导入 {MOST_COLUMNS:,} 列，请减少导出的列。",
        )
    account = Account()
    same = [normalised(header) for header in headers]
    kept: list[list[Any]] = []
    lines: list[int] = []
    totals: list[list[Any]] = []
    for row, line in zip(sheet.rows[place + 1 :], sheet.lines[place + 1 :], strict=True):
        if len(row) != width:
            if all(map(blank, row)):
                continue
            if len(row) > width and not all(map(blank, row[width:])):
                account.read += 1
                account.leave_out(RAGGED, [line])
                continue
            row = [*row[:width], *[None] * (width - len(row))]
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None or (isinstance(first, str) and not first.strip() and all(map(blank, row))):
            continue
        account.read += 1
        if isinstance(first, str) and _no_record(row, first, same, account, totals, line, known):
            continue
        kept.append(row)
        lines.append(line)
    if not kept:
        raise FileError(
            f"{name} has no rows below its headers, so there is nothing to import.",
            f"{name} 的标题下没有数据，没有可导入的内容。",
        )
    columns = [list(column) for column in zip(*kept, strict=True)]
    _cut_long_cells(account, headers, columns, lines)
    return Export(name, headers, columns, lines, account, totals)


def _cut_long_cells(
    account: Account, headers: Sequence[str], columns: list[list[Any]], lines: Sequence[int]
) -> None:
    """Cells as long as a sheet holds, and a word about what was longer."""
    for header, column in zip(headers, columns, strict=True):
        long = [i for i, c in enumerate(column) if type(c) is str and len(c) > LONGEST_TEXT]
        if not long:
            continue
        for i in long:
            column[i] = column[i][:LONGEST_TEXT]
        where = lines_text(lines[i] for i in long)
        account.note(
            Text(
                f"{header}: longer than the {LONGEST_TEXT:,} characters that a cell holds, and cut there, in {where.en}.",
                f"“{header}”超过单元格可容纳的 {LONGEST_TEXT:,} 个字符，超出部分已截去：{where.zh}。",
            )
        )


def _title(cell: Any) -> str:
    if isinstance(cell, (dt.datetime, dt.date)):
        return as_text(cell)
    plain = unwrapped(as_text(cell))
    return "" if plain is None else " ".join(str(plain).split())


def _no_record(
    row: list[Any],
    first: str,
    same: list[str],
    account: Account,
    totals: list[list[Any]],
    line: int,
    known: Callable[[Sequence[object]], int],
) -> bool:
    """Whether a row is one of totals, a remark, or the titles once more; it is counted then."""
    text = first.strip()
    digits = any(map(str.isdigit, text[:12]))
    # A first glance, for there may be a million rows: numbers of orders are none of these.
    if digits and text[0] not in _MAY_BEGIN_TOTAL:
        return False
    # A customer may be called Total, but no row of totals has a mail address.
    if is_total(text) and not any(isinstance(cell, str) and "@" in cell for cell in row):
        totals.append(row)
        account.leave_out(TOTALS, [line])
        return True
    filled = sum(not blank(cell) for cell in row)
    if is_total_of(text) and 2 <= filled <= max(2, len(row) / 2) and _only_numbers(row, first):
        totals.append(row)
        account.leave_out(TOTALS, [line])
        return True
    if filled <= 2 < len(row) and is_remark(text):
        account.leave_out(TOTALS, [line])
        return True
    if not digits and filled > 1 and not any(isinstance(cell, (int, float)) for cell in row):
        titles = [normalised(cell) for cell in row]
        repeated = sum(bool(a) and a == b for a, b in zip(titles, same, strict=True))
        if repeated * 2 > filled or (filled > 2 and known(row) * 4 >= filled * 3):
            account.leave_out(TITLES_AGAIN, [line])
            return True
    return False


def _only_numbers(row: list[Any], first: str) -> bool:
    """Whether there is nothing but numbers beside a row's first cell."""
    others = [cell for cell in row if not blank(cell) and cell is not first]
    return all(isinstance(cell, (int, float)) or _is_value(str(cell)) for cell in others)
