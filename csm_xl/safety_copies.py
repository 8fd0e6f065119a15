"""Copies of a workbook from before something was written into it: on this computer, for its user.

A workbook in OneDrive has an address instead of a folder, so copies are never put beside it. Each
workbook has a folder of its own, in which the last few copies are kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from csm_xl.errors import FileError
from csm_xl.file_lock import only_writer
from csm_xl.logs import data_folder, private_folder
from csm_xl.working_folder import working_folder

#: How many copies of each workbook are kept.
KEEP = 5
_STAMP = "%Y-%m-%d %H.%M.%S.%f"
_NAME = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.\d{3}")
#: Beside the copies: what the workbook was when a command had saved it.
_SAVED = "saved"


def folder_of(fullname: str) -> Path:
    """Where the copies of the workbook with this path or address are kept."""
    name = Path(fullname.replace("\\", "/").rpartition("/")[2]).stem
    mark = hashlib.sha256(fullname.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return data_folder() / "backups" / f"{name}-{mark}"


def copies_of(fullname: str) -> list[Path]:
    """The copies of a workbook that there are, the oldest first."""
    folder = folder_of(fullname)
    if not folder.is_dir():
        return []
    return sorted(copy for copy in folder.iterdir() if _NAME.fullmatch(copy.stem))


def all_copies_named(fullname: str) -> list[Path]:
    """The copies of every workbook of this name: one in OneDrive is known by two addresses."""
    stem = folder_of(fullname).name.rpartition("-")[0]
    there = data_folder() / "backups"
    if not there.is_dir():
        return []
    folders = [f for f in there.iterdir() if f.is_dir() and f.name.rpartition("-")[0] == stem]
    return sorted(copy for f in folders for copy in f.iterdir() if _NAME.fullmatch(copy.stem))


def taken_at(copy: Path) -> dt.datetime:
    """When a copy was made."""
    return dt.datetime.strptime(copy.stem, _STAMP)


def keep_copy(
    fullname: str,
    write: Callable[[Path], object],
    now: dt.datetime | None = None,
    *,
    keep: int = KEEP,
) -> Path:
    """Keep a copy of a workbook; the oldest copies make room.

    Parameters
    ----------
    fullname : str
        The workbook's path or address.
    write : callable
        Writes the copy to the path that it is given.
    now : datetime, optional
    keep : int
        How many copies there may be then.

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
    moment = now or dt.datetime.now()
    suffix = Path(fullname).suffix or ".xlsx"
    try:
        private_folder(folder)
        # A copy has its name once it is whole: what a kill left half written is never restored.
        with working_folder() as inside:
            whole = inside / f"copy{suffix}"
            write(whole)
            whole.chmod(0o600)
            with only_writer(folder):
                # Two commands within a millisecond keep a copy each.
                while (copy := folder / f"{moment.strftime(_STAMP)[:-3]}{suffix}").exists():
                    moment += dt.timedelta(milliseconds=1)
                whole.replace(copy)
                for old in copies_of(fullname)[:-keep]:
                    old.unlink()
    except OSError as error:
        raise FileError(
            f"A safety copy could not be written to {folder} ({error.strerror}), so nothing was "
            "changed. Free some space or check the folder's permissions.",
            f"无法将安全副本写入 {folder}（{error.strerror}），因此未作任何改动。"
            "请释放空间或检查文件夹权限。",
        ) from error
    return copy


def keep_file(path: Path, *, keep: int = KEEP) -> Path:
    """Keep a copy of a workbook file as it is on the disk.

    Raises
    ------
    FileError
    """
    path = path.expanduser().resolve()
    return keep_copy(str(path), lambda copy: shutil.copyfile(path, copy), keep=keep)


def same_content(one: Path, other: Path) -> bool:
    """Whether two workbook files hold the same parts, however they were packed."""
    if one.read_bytes() == other.read_bytes():
        return True
    try:
        return _parts(one) == _parts(other)
    except (zipfile.BadZipFile, OSError):
        return False


def _parts(path: Path) -> dict[str, tuple[int, int]]:
    with zipfile.ZipFile(path) as package:
        return {part.filename: (part.CRC, part.file_size) for part in package.infolist()}


def note_saved(path: Path) -> None:
    """Remember what a command has just saved, so that a later change by somebody else is known.

    Where it cannot be remembered, nobody is told of such a change.
    """
    path = path.expanduser().resolve()
    folder = folder_of(str(path))
    try:
        if folder.is_dir():
            (folder / _SAVED).write_text(_digest(path), "ascii")
            (folder / _SAVED).chmod(0o600)
    except OSError:
        return


def changed_since_saved(path: Path) -> bool | None:
    """Whether somebody else wrote the workbook after the last command; None where nobody knows."""
    note = folder_of(str(path)) / _SAVED
    try:
        copies = copies_of(str(path))
        if not copies or note.stat().st_mtime < copies[-1].stat().st_mtime:
            return None
        return note.read_text("ascii") != _digest(path)
    except OSError:
        return None


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
