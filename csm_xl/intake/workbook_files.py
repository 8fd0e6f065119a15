"""Workbooks of every format through calamine, within limits: xlsx, xlsm, xlsb, xls and ods.

calamine holds the whole rectangle from the first to the last cell, so one stray cell at the bottom
right of a sheet would take all memory. Where cells lie is looked at first, in the packed parts.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from csm_xl.errors import FileError

#: Excel's own limits; no sheet can take more.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
#: The largest rectangle of cells that is read.
MOST_CELLS = 40_000_000
_PIECE = 1 << 22
#: Fifteen digits are too far already; of five thousand, Python makes no number.
_CELL = re.compile(rb'<(?:\w+:)?c(?=\s)[^>]*?\sr="([A-Z]{1,4})(\d{1,15})\d*"[^>/]*>')
_ROW = re.compile(rb'<(?:\w+:)?row(?=\s)[^>]*?\sr="(\d{1,15})\d*"')
_REPEATED = re.compile(rb'number-(rows|columns)-repeated="(\d+)"')


@dataclass(frozen=True)
class RawSheet:
    """The cells of one sheet, or of a text file.

    Attributes
    ----------
    name : str
        ``""`` for a text file.
    rows : list of list
    lines : list of int
        What the file calls each row: its line, or the row of the sheet.
    """

    name: str
    rows: list[list[Any]]
    lines: list[int]


def workbook_sheets(path: Path, wanted: str | None = None) -> list[RawSheet]:
    """The visible sheets of a workbook that hold something; or the one called `wanted`.

    Raises
    ------
    FileError
    """
    import python_calamine

    _refuse_far_cells(path)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except python_calamine.PasswordError:
        raise _locked(path) from None
    except Exception as error:
        raise _unreadable(path) from error
    names = [
        meta.name
        for meta in book.sheets_metadata
        if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        and meta.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    if wanted is not None:
        every = [meta.name for meta in book.sheets_metadata]
        names = [name for name in every if name.strip().casefold() == wanted.strip().casefold()]
        if not names:
            raise FileError(
                f"{path.name} has no sheet called {wanted}. It has: {', '.join(every)}.",
                f"{path.name} 中没有名为“{wanted}”的工作表，其中有：{'、'.join(every)}。",
            )
    found = []
    for name in names:
        try:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except Exception as error:
            raise _unreadable(path) from error
        if cells:
            found.append(RawSheet(name, cells, list(range(1, len(cells) + 1))))
    if not found:
        raise FileError(
            f"{path.name} has no visible sheet with anything in it.",
            f"{path.name} 没有可见且有内容的工作表。",
        )
    return found


def _refuse_far_cells(path: Path) -> None:
    """Refuse a workbook whose cells span more than can be held."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as package:
            for entry in package.infolist():
                name = entry.filename.casefold()
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    with package.open(entry) as part:
                        rows, columns = _extent(part)
                elif name == "content.xml":
                    with package.open(entry) as part:
                        rows, columns = _repetitions(part)
                elif name.startswith("xl/worksheets/") and name.endswith(".bin"):
                    with package.open(entry) as part:
                        rows, columns = _binary_rows(part.read()), 1
                else:
                    continue
                if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
                    raise _too_far(path, rows, columns)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise _unreadable(path) from error


def _extent(part: IO[bytes]) -> tuple[int, int]:
    """The last row and column of a worksheet part in which a cell holds something."""
    rows, columns = 0, 1
    rest = b""
    while piece := part.read(_PIECE):
        piece = rest + piece
        for row in _ROW.findall(piece):
            if len(row) > 7 or int(row) > MOST_ROWS:
                return int(row), columns
        last = b""
        for found in _CELL.finditer(piece):
            letters, number = found.groups()
            rows = max(rows, int(number))
            if letters != last and len(letters) >= 2:
                columns = max(columns, _column(letters))
            last = letters
        rest = piece[-300:]
    return rows, max(columns, 26)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _repetitions(part: IO[bytes]) -> tuple[int, int]:
    """A bound for what repetition makes of an OpenDocument sheet whose last cells are filled."""
    rows = columns = 1
    rest = b""
    while piece := part.read(_PIECE):
        piece = rest + piece
        for found in re.finditer(
            rb'<table:table-row[^>]*number-rows-repeated="(\d{1,15})\d*"[^>]*>(?=(.{0,4000}))',
            piece,
            re.DOTALL,
        ):
            # Blank rows are repeated to the end of every sheet; they hold nothing.
            content = found[2].partition(b"</table:table-row>")[0]
            if b"<text:p" in content or b"office:value" in content:
                rows = max(rows, int(found[1]))
        for found in re.finditer(
            rb'<table:table-cell[^>]*number-columns-repeated="(\d{1,15})\d*"[^>]*(?<!/)>', piece
        ):
            columns = max(columns, int(found[1]))
        rest = piece[-4200:]
    return rows, columns


def _binary_rows(data: bytes) -> int:
    """The last row of an xlsb worksheet: the record of a row (0) begins with its number."""
    at, last, size = 0, 0, len(data)
    while at < size:
        kind = data[at]
        at += 1
        if kind & 0x80 and at < size:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while at < size:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if kind == 0 and length >= 4:
            last = max(last, int.from_bytes(data[at : at + 4], "little") + 1)
        at += length
    return last


def _too_far(path: Path, rows: int, columns: int) -> FileError:
    return FileError(
        f"{path.name} has a cell in row {rows:,}, column {columns:,}, more than can be read. Delete what stands "
        "far from the rows, or save the sheet as CSV.",
        f"{path.name} 在第 {rows:,} 行、第 {columns:,} 列有内容，超出可读取的范围。请删除远离数据的内容，"
        "或另存为 CSV。",
    )


def _locked(path: Path) -> FileError:
    return FileError(
        f"{path.name} is protected with a password, so it cannot be read. Save it without one (File, Info, Protect "
        "Workbook, Encrypt with Password) and import that.",
        f"{path.name} 设有打开密码，无法读取。请在 Excel 中取消密码（文件→信息→保护工作簿→用密码进行加密）"
        "后再导入。",
    )


def _unreadable(path: Path) -> FileError:
    return FileError(
        f"{path.name} cannot be opened as a workbook. Open it in Excel and save it as .xlsx or CSV.",
        f"无法将 {path.name} 作为工作簿打开，请在 Excel 中另存为 .xlsx 或 CSV。",
    )
