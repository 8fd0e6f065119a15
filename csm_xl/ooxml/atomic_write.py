"""Replacing a file so that a reader, or a power cut, finds the old one or the new one, whole."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from csm_xl.file_lock import is_being_written, mark_as_being_written, only_writer
from csm_xl.ooxml import file_errors


def file_stamp(path: Path) -> tuple[int, int, int] | None:
    """What tells that a file was written by somebody else; None where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def refuse_if_open(path: Path) -> None:
    """Raise FileBusyError when Excel or LibreOffice has the workbook open.

    Excel keeps ``~$name`` beside an open workbook, LibreOffice ``.~lock.name#``.
    """
    for program, name in (("Excel", f"~${path.name}"), ("LibreOffice", f".~lock.{path.name}#")):
        lock = path.with_name(name)
        if lock.exists():
            raise file_errors.busy(path, program, lock)


def refuse_if_read_only(path: Path) -> None:
    """Raise FileError when file or folder cannot be written, before long work begins.

    Replacing a file needs no right to write into it, so its own protection is asked for here.
    """
    if not path.parent.is_dir():
        raise file_errors.no_folder(path)
    if not os.access(path.parent, os.W_OK):
        raise file_errors.read_only_folder(path)
    if path.exists() and not os.access(path, os.W_OK):
        raise file_errors.read_only_file(path)


def replace_file(
    path: Path, write: Callable[[BinaryIO], None], still: Callable[[], bool] | None = None
) -> None:
    """Write a file beside `path` with `write`, and put it in its place in one step.

    Mode, owner and extended attributes of the old file are kept. Whatever goes wrong, the old file
    stays whole. (A second hard link to the old file goes on naming the old content: a file that is
    replaced in one step cannot be written through its links.)

    Parameters
    ----------
    path : Path
    write : callable
        Writes the content into a binary file.
    still : callable, optional
        Whether the file is still the one that was read; asked when the new one is complete, right
        before it takes the name, while no other csm-xl can write it.

    Raises
    ------
    FileError
        The folder cannot be written, the disk is full, or the file is held by another program.
    """
    refuse_if_open(path)
    refuse_if_read_only(path)
    temporary: Path | None = None
    _clear_leftovers(path)
    try:
        handle, temporary = _temporary_beside(path)
        with os.fdopen(handle, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
            # Windows replaces no file that is open, elsewhere an open one is known to be written.
            if sys.platform == "win32":
                out.close()
            _inherit(path, temporary)
            with only_writer(path):
                if still is not None and not still():
                    raise file_errors.changed_meanwhile(path)
                temporary.replace(path)
            temporary = None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise file_errors.disk_full(path) from error
        if isinstance(error, PermissionError):
            raise (
                file_errors.read_only_folder(path)
                if temporary is None
                else file_errors.locked(path)
            ) from error
        raise file_errors.not_saved(path, error.strerror or str(error)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()
    _sync_folder(path.parent)


def _temporary_beside(path: Path) -> tuple[int, Path]:
    """A new file in the same folder, open and marked as being written."""
    while True:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        if mark_as_being_written(handle):
            return handle, Path(name)
        os.close(handle)


def _clear_leftovers(path: Path) -> None:
    """Delete what a save that was killed left behind; one that still runs is left alone."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with contextlib.suppress(OSError):
            if not is_being_written(left):
                left.unlink()


def _inherit(path: Path, temporary: Path) -> None:
    """Give the new file the mode, owner and extended attributes of the old one."""
    temporary.chmod(_mode(path))
    if not path.exists():
        return
    old, new = path.stat(), temporary.stat()
    if hasattr(os, "chown") and (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(_mode(path))
    if hasattr(os, "listxattr"):
        # Some file systems keep none, and some attributes are the system's own.
        with contextlib.suppress(OSError):
            for name in os.listxattr(path):
                with contextlib.suppress(OSError):
                    os.setxattr(temporary, name, os.getxattr(path, name))


def _mode(path: Path) -> int:
    """The permissions of the file to be replaced, else those of any new file."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system can (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
