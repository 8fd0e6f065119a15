"""Copies of a workbook from before something was written into it: on this computer, for its user.

A workbook in OneDrive has an address instead of a folder, so copies are never put beside it. Each
workbook has a folder of its own, in which the last few copies are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from csm_xl.errors import FileError
from csm_xl.logs import data_folder, private_folder

#: How many copies of each workbook are kept.
KEEP = 5


def folder_of(fullname: str) -> Path:
    """Where the copies of the workbook with this path or address are kept."""
    name = Path(fullname.replace("\\", "/").rpartition("/")[2]).stem
    mark = hashlib.sha256(fullname.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return data_folder() / "backups" / f"{name}-{mark}"


def keep_copy(
    fullname: str, write: Callable[[Path], object], now: dt.datetime | None = None
) -> Path:
    """Keep a copy of a workbook; the oldest copies make room.

    Parameters
    ----------
    fullname : str
        The workbook's path or address.
    write : callable
        Writes the copy to the path that it is given.
    now : datetime, optional

    Returns
    -------
    Path
        The copy, readable by its user only.

    Raises
    ------
    FileError
        When the copy cannot be written; nothing else has been done then.
    """
    folder = folder_of(fullname)
    stamp = (now or dt.datetime.now()).strftime("%Y-%m-%d %H.%M.%S.%f")[:-3]
    copy = folder / f"{stamp}{Path(fullname).suffix or '.xlsx'}"
    try:
        private_folder(folder)
        write(copy)
        copy.chmod(0o600)
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


def keep_file(path: Path) -> Path:
    """Keep a copy of a workbook file as it is on the disk.

    Raises
    ------
    FileError
    """
    return keep_copy(str(path), lambda copy: shutil.copyfile(path, copy))
