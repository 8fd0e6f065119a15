"""A copy of the workbook before anything is written, as the owner sees it."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import xlwings as xw

from csm_xl.commands.excel import save_copy
from csm_xl.errors import FileError
from csm_xl.logs import data_folder

#: How many copies of each workbook are kept.
KEEP = 5


def backup_folder(book: xw.Book) -> Path:
    """Where the copies of this workbook are kept: on this computer, one folder each.

    A workbook in OneDrive has an address instead of a folder, so copies are never put beside it.
    """
    name = Path(book.name).stem
    mark = hashlib.sha256(str(book.fullname).encode()).hexdigest()[:8]
    return data_folder() / "backups" / f"{name}-{mark}"


def back_up(book: xw.Book, now: dt.datetime | None = None) -> Path:
    """Copy the workbook, unsaved edits included; the oldest copies make room.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    FileError
        When the copy cannot be written; nothing else has been done then.
    """
    folder = backup_folder(book)
    stamp = (now or dt.datetime.now()).strftime("%Y-%m-%d %H.%M.%S.%f")[:-3]
    copy = folder / f"{stamp}{Path(book.name).suffix or '.xlsx'}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save_copy(book, copy)
        for old in sorted(folder.iterdir())[:-KEEP]:
            old.unlink()
    except OSError as error:
        raise FileError(
            f"A safety copy could not be written to {folder} ({error.strerror}), so nothing was "
            "changed. Free some space or check the folder's permissions.",
            f"无法将安全副本写入 {folder}（{error.strerror}），因此未作任何改动。"
            "请释放空间或检查文件夹权限。",
        ) from error
    return copy
