"""A copy of the workbook before anything is written, as the owner sees it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import xlwings as xw

from csm_xl import safety_copies
from csm_xl.commands.excel import save_copy


def backup_folder(book: xw.Book) -> Path:
    """Where the copies of this workbook are kept."""
    return safety_copies.folder_of(str(book.fullname))


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
    return safety_copies.keep_copy(str(book.fullname), lambda path: save_copy(book, path), now)
