"""A folder for what a command makes on its way: for this user only, and gone with the command.

It may hold a whole workbook, so what a killed command left is deleted by the next one that needs
such a folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from csm_xl.file_lock import is_being_written, mark_as_being_written
from csm_xl.logs import data_folder, private_folder

#: In each folder, open and locked for as long as its command runs.
_MARK = "in-use"


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    """Make a folder in csm-xl's own, and delete it with all that is in it.

    What libraries write on their way (openpyxl makes a file for each sheet) goes there too.
    Where csm-xl's folder cannot be written, the system's folder for temporary files has to do.
    """
    try:
        above = private_folder(data_folder() / "work")
        _clear_leftovers(above)
        folder, handle = _marked(above)
    except OSError:
        folder, handle = _marked(None)
    usual, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = usual
        os.close(handle)
        # A virus scanner on Windows may just read one of them: the next command deletes it.
        shutil.rmtree(folder, ignore_errors=True)


def _marked(above: Path | None) -> tuple[Path, int]:
    """A new folder, and its mark, open and locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix="csm-xl-", dir=above))
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(folder / _MARK, os.O_RDWR | os.O_CREAT, 0o600)
            if mark_as_being_written(handle):
                return folder, handle
            os.close(handle)
        # Another csm-xl took it for a leftover, before it was marked.


def _clear_leftovers(above: Path) -> None:
    for folder in above.iterdir():
        mark = folder / _MARK
        with contextlib.suppress(OSError):
            if not is_being_written(mark if mark.exists() else folder):
                shutil.rmtree(folder, ignore_errors=True)
