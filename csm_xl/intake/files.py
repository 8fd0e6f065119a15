"""What kind of file an export is, by its first bytes, and the rows in it.

The end of its name says little: shops write web pages called .xls and text files called .xlsx.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from csm_xl.errors import FileError
from csm_xl.intake.text_files import decoded, text_rows
from csm_xl.intake.workbook_files import MOST_ROWS, RawSheet, workbook_sheets

#: The largest text file that is read, in bytes; a sheet's rows are fewer.
LARGEST_TEXT = 1 << 30
#: Checks a packed file before it is opened; the workbook engine's limits are handed in.
Check = Callable[[Path, bytes], Any]

_ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html")


def exports_in(folder: Path) -> list[Path]:
    """The files of a folder that may be exports, in the order of their names."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file()
        and path.suffix.lower() in _ENDINGS
        and not path.name.startswith(("~$", "."))
    )


def read_sheets(path: Path, sheet: str | None = None, check: Check | None = None) -> list[RawSheet]:
    """The sheets of an export with their rows; a text file is one sheet without a name.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Only the sheet of this name, hidden or not.
    check : callable, optional
        Called with a zip file's path and bytes before it is unpacked; raises what it refuses.

    Raises
    ------
    FileError
        The file is missing, empty, too large, locked, damaged, or of a kind that cannot be read.
    """
    raw = _bytes(path)
    kind = _kind(raw)
    if kind == "zip":
        if check is not None:
            check(path, raw)
        del raw
        return _fitting(path, workbook_sheets(path, sheet))
    if kind == "compound":
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" in raw:
            from csm_xl.intake.workbook_files import _locked

            raise _locked(path)
        return _fitting(path, workbook_sheets(path, sheet))
    if kind == "html":
        from csm_xl.intake.web_pages import page_sheets

        return _fitting(path, page_sheets(decoded(raw, path.name), path.name))
    if kind == "spreadsheetml":
        from csm_xl.intake.xml_sheets import xml_sheets

        return _fitting(path, xml_sheets(decoded(raw, path.name), path.name, sheet))
    if kind is not None:
        raise FileError(
            f"{path.name} is {kind[0]}, which cannot be imported. Export it as CSV or .xlsx.",
            f"{path.name} 是{kind[1]}，无法导入，请导出为 CSV 或 .xlsx。",
        )
    if sheet is not None:
        raise FileError(
            f"{path.name} is a text file and has no sheets. Leave --sheet out.",
            f"{path.name} 是文本文件，没有工作表，请去掉 --sheet。",
        )
    rows, lines = text_rows(decoded(raw, path.name), path.name)
    return _fitting(path, [RawSheet("", list(rows), lines)])


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise FileError(f"{path.name} was not found.", f"找不到文件 {path.name}。")
    try:
        if path.stat().st_size > LARGEST_TEXT:
            raise FileError(
                f"{path.name} is larger than 1 GB. Export a shorter period.",
                f"{path.name} 超过 1 GB，请导出较短的时间段。",
            )
        raw = path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{path.name} cannot be read ({error.strerror}). Is it open in another program?",
            f"无法读取 {path.name}（{error.strerror}），是否正被其他程序打开？",
        ) from error
    if not raw.strip(b"\0\t\r\n ,;\xef\xbb\xbf"):
        raise FileError(
            f"{path.name} is empty, so there is nothing to import.",
            f"{path.name} 是空文件，没有可导入的内容。",
        )
    return raw


def _kind(raw: bytes) -> Any:
    """``"zip"``, ``"compound"``, ``"html"``, ``"spreadsheetml"``, (English, Chinese) of what is not read, None for text."""
    if raw.startswith(b"PK\x03\x04"):
        return "zip"
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        return "compound"
    if raw.startswith(b"%PDF"):
        return "a PDF", " PDF 文件"
    if raw.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "a picture", "图片"
    if raw.startswith((b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        return "a packed archive; unpack it first", "压缩包，请先解压"
    if raw[8:12] == b"DUCK":
        return "a database; give its address as duckdb:FILE", "数据库，请用 duckdb:文件 的地址导入"
    if raw.startswith(b"SQLite format 3"):
        return "a database; give its address as sqlite:FILE", "数据库，请用 sqlite:文件 的地址导入"
    head = raw[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\0", b"").lower()
    if head.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<body", b"<div")
    ):
        return "html"
    if head.startswith(b"<?xml"):
        if b"<html" in head or (
            b"schemas-microsoft-com:office:excel" in head and b"<table" in head
        ):
            return "html"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            return "spreadsheetml"
        return "an XML file", " XML 文件"
    if head.startswith(b"<html") or (b"<table" in head[:2000] and b"<tr" in head):
        return "html"
    if head[:1] in (b"{", b"[") and head[1:40].lstrip()[:1] in (b'"', b"{", b"["):
        return "a JSON file", " JSON 文件"
    return None


def _fitting(path: Path, sheets: list[RawSheet]) -> list[RawSheet]:
    for one in sheets:
        if len(one.rows) > MOST_ROWS:
            raise FileError(
                f"{path.name} has {len(one.rows):,} rows, and an Excel sheet holds {MOST_ROWS:,}. Export a "
                "shorter period.",
                f"{path.name} 有 {len(one.rows):,} 行，而 Excel 工作表最多 {MOST_ROWS:,} 行，请导出较短的时间段。",
            )
    return sheets
