"""Rows of an export: CSV in the encodings that exports come in, or the first sheet of a workbook."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from csm_xl.errors import FileError
from csm_xl.vocabulary.cells import is_blank

#: Excel's own limit; no sheet can take more.
MOST_ROWS = 1_048_575
#: Exports begin with a title or a note at most this many lines deep.
_HEADER_WITHIN = 20
_BYTES_LOOKED_AT = 200_000
_HIGH = re.compile(rb"[\x80-\xff]{1,2}")


@dataclass(frozen=True)
class Export:
    """The rows of an exported file.

    Attributes
    ----------
    headers : list of str
    rows : list of list
        Texts from a CSV file; numbers, dates and texts from a workbook.
    ragged : list of int
        Line numbers of rows with more cells than headers; they are left out.
    lines : list of int
        The line number of each row, for messages.
    """

    headers: list[str]
    rows: list[list[Any]]
    ragged: list[int]
    lines: list[int]


def read_export(path: Path) -> Export:
    """Read a CSV file or the first sheet of an .xlsx workbook.

    Raises
    ------
    FileError
        When the file is missing, empty, too long, or of a kind that cannot be read.
    """
    if not path.is_file():
        raise FileError(f"{path.name} was not found.", f"找不到文件 {path.name}。")
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return _cut(path, _workbook_rows(path))
    if suffix in (".csv", ".txt", ".tsv"):
        return _cut(path, _text_rows(path))
    raise FileError(
        f"{path.name} cannot be imported: csm-xl reads .csv and .xlsx. Export it again as CSV.",
        f"无法导入 {path.name}：csm-xl 支持 .csv 和 .xlsx，请重新导出为 CSV。",
    )


def _text_rows(path: Path) -> list[list[Any]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{path.name} cannot be read ({error.strerror}). Is it open in another program?",
            f"无法读取 {path.name}（{error.strerror}），是否正被其他程序打开？",
        ) from error
    text = decoded(raw, path.name)
    sign = delimiter(text)
    csv.field_size_limit(10_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    rows: list[list[Any]] = []
    last = end = 0
    try:
        for row in reader:
            rows.append(row)
            last, end = end, reader.line_num
    except csv.Error as error:
        raise FileError(
            f"{path.name} is not a CSV file that can be read ({error}). Export it again as CSV UTF-8.",
            f"{path.name} 不是可读取的 CSV 文件（{error}），请重新导出为 UTF-8 CSV。",
        ) from error
    if end - last > 1 and _unclosed(text, last, sign):
        raise FileError(
            f"{path.name} has a quotation mark in line {last + 1} that is never closed, so all "
            "that follows would be one cell. Delete it, or export the file again.",
            f"{path.name} 第 {last + 1} 行的引号没有闭合，其后的内容会被当作一个单元格。"
            "请删除该引号，或重新导出文件。",
        )
    return rows


def _unclosed(text: str, line: int, sign: str) -> bool:
    """Whether the row that begins after `line` lines, the last one, ends within quotation marks."""
    lines = islice(io.StringIO(text, newline=""), line, None)
    try:
        for _ in csv.reader(lines, delimiter=sign, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def decoded(raw: bytes, name: str) -> str:
    """The text of a file in UTF-8 (with or without a mark), UTF-16, GB18030 or Windows-1252.

    Raises
    ------
    FileError
        When it is in none of them.
    """
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    # Chinese shop programs write GB18030 without saying so, and it hardly ever reads as UTF-8.
    local = "cp1252" if _western(raw) else "gb18030"
    for encoding in ["utf-16"] if marked else ["utf-8-sig", local]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise FileError(
        f"{name} is not a text file in a known encoding. Export it again as CSV UTF-8.",
        f"{name} 不是已知编码的文本文件，请重新导出为 UTF-8 CSV。",
    )


def _western(raw: bytes) -> bool:
    """Whether bytes that are no UTF-8 are letters of western Europe, ``é`` and ``ü``, not Chinese.

    In Chinese text such bytes come in pairs; an accented letter stands alone among plain ones.
    GB18030 would read many of them with the letter behind as one rare Chinese character.
    """
    found = _HIGH.findall(raw[:_BYTES_LOOKED_AT])
    return sum(len(high) == 1 for high in found) > len(found) / 2


def delimiter(text: str) -> str:
    """Comma, semicolon or tab: the one that cuts the first lines into most equal rows."""
    lines = text[:_BYTES_LOOKED_AT].splitlines()[:50]
    best, best_score = ",", 0
    for sign in (",", ";", "\t", "，", "|"):
        widths = [len(row) for row in csv.reader(lines, delimiter=sign) if row]
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        score = (width - 1) * times
        if score > best_score:
            best, best_score = sign, score
    return best


def _workbook_rows(path: Path) -> list[list[Any]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise FileError(
            f"{path.name} cannot be opened as a workbook. Open it in Excel and save it as .xlsx or CSV.",
            f"无法将 {path.name} 作为工作簿打开，请在 Excel 中另存为 .xlsx 或 CSV。",
        ) from error
    try:
        sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), None)
        if sheet is None:
            raise FileError(f"{path.name} has no visible sheet.", f"{path.name} 没有可见的工作表。")
        sheet.reset_dimensions()
        return [list(row) for row in sheet.iter_rows(values_only=True)]
    finally:
        book.close()


def _cut(path: Path, rows: list[list[Any]]) -> Export:
    """Find the header, and make every row as long as it."""
    header = next(
        (
            i
            for i, row in enumerate(rows[:_HEADER_WITHIN])
            if sum(not is_blank(cell) for cell in row) >= min(2, max(map(len, rows[:50])))
        ),
        None,
    )
    if header is None or header + 1 >= len(rows):
        raise FileError(
            f"{path.name} has no rows below its headers, so there is nothing to import.",
            f"{path.name} 的标题下没有数据，没有可导入的内容。",
        )
    if len(rows) - header - 1 > MOST_ROWS:
        raise FileError(
            f"{path.name} has {len(rows) - header - 1:,} rows, and an Excel sheet holds "
            f"{MOST_ROWS:,}. Export a shorter period.",
            f"{path.name} 有 {len(rows) - header - 1:,} 行，而 Excel 工作表最多 {MOST_ROWS:,} 行，"
            "请导出较短的时间段。",
        )
    headers = ["" if is_blank(cell) else str(cell).strip() for cell in rows[header]]
    while headers and not headers[-1]:
        headers.pop()
    width = len(headers)
    kept: list[list[Any]] = []
    lines: list[int] = []
    ragged: list[int] = []
    for number, row in enumerate(rows[header + 1 :], header + 2):
        if all(map(is_blank, row)):
            continue
        if any(not is_blank(cell) for cell in row[width:]):
            ragged.append(number)
            continue
        kept.append([*row[:width], *[None] * (width - len(row))])
        lines.append(number)
    return Export(headers, kept, ragged, lines)
