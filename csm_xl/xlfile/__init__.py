"""Workbook files without Excel: open, calculate, edit without loss, save.

:func:`open_file` gives an :class:`xlwings.Book` on a file. What runs on it is the code that runs in
Excel; what a file cannot do raises NotImplementedError and names the member.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings

    from csm_xl.calc.host_functions import WorksheetFunction
    from csm_xl.formulas.workbook_model import WorkbookModel

__all__ = ["engine", "open_file"]


def _nothing_hidden(model: WorkbookModel) -> Mapping[str, Any]:
    return {}


def engine(
    name: str = "files",
    functions: Mapping[str, WorksheetFunction] | None = None,
    hidden: Callable[[WorkbookModel], Mapping[str, Any]] = _nothing_hidden,
) -> Any:
    """An xlwings engine for files, registered on first use and never made the active one.

    Parameters
    ----------
    name : str
        ``xlwings.engines[name]`` from then on; each name has functions of its own.
    functions : mapping of str to WorksheetFunction, optional
        Worksheet functions by name, computed like built-in ones.
    hidden : callable
        Gives for a workbook the arguments that functions get without anybody typing them.
    """
    import xlwings

    from csm_xl.xlfile.app import Engine

    if name not in xlwings.engines.engines_by_name:
        made = Engine(name, functions or {}, hidden)
        xlwings.engines.add(xlwings.main.Engine(impl=made))
    return xlwings.engines[name]


def open_file(
    path: str | Path, *, readonly: bool = False, on: Callable[[], Any] = engine
) -> xlwings.Book:
    """Open a workbook file (.xlsx or .xlsm) without Excel.

    Parameters
    ----------
    path : str or Path
    readonly : bool
        True refuses ``book.save()``; ``book.save(other_path)`` works. Otherwise a workbook that
        is open in another program, or in a folder that cannot be written, is refused at once.
    on : callable
        Gives the engine that computes it; one without additional functions if left out.

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

    app = on().apps.add().impl
    try:
        return xlwings.Book(impl=app.books.open(str(path), read_only=readonly))
    except BaseException:
        app.quit()
        raise
