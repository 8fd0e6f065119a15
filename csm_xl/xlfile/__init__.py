"""Workbook files without Excel: open, calculate, edit without loss, save.

:func:`open_book` gives an :class:`xlwings.Book` on a file. What runs on it is the code that runs in
Excel; what a file cannot do raises NotImplementedError and names the member.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings

__all__ = ["ENGINE_NAME", "engine", "open_book"]

#: ``xlwings.engines[ENGINE_NAME]``, once :func:`engine` was called.
ENGINE_NAME = "csm-xl"


def engine() -> Any:
    """The xlwings engine for files, registered on first use and never made the active one."""
    import xlwings

    from csm_xl.xlfile.app import Engine

    if ENGINE_NAME not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.main.Engine(impl=Engine(ENGINE_NAME)))
    return xlwings.engines[ENGINE_NAME]


def open_book(path: str | Path, *, readonly: bool = False) -> xlwings.Book:
    """Open a workbook file (.xlsx or .xlsm) without Excel.

    Parameters
    ----------
    path : str or Path
    readonly : bool
        True refuses ``book.save()``; ``book.save(other_path)`` works. Otherwise a workbook that
        is open in another program, or in a folder that cannot be written, is refused at once.

    Returns
    -------
    xlwings.Book
        In an app of its own. ``book.save()``, ``book.close()``, ``book.app.calculate()``.

    Raises
    ------
    FileError, FileBusyError
        One sentence that says why; the file is untouched.
    """
    import xlwings

    app = engine().apps.add().impl
    try:
        return xlwings.Book(impl=app.books.open(str(path), read_only=readonly))
    except BaseException:
        app.quit()
        raise
