"""What Excel for Windows, Excel for Mac and a workbook file are asked for in different words.

xlwings' object model has no word for these. On Windows, and on a file, ``api`` speaks as VBA does;
on a Mac it speaks AppleScript, which cannot save a copy: there the workbook's own VBA does it.
"""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Iterable
from pathlib import Path

import xlwings as xw

from csm_xl.commands.session import Session
from csm_xl.errors import COM_ERRORS, SheetError
from csm_xl.vocabulary import layout

_VERY_HIDDEN = 2
_PORTRAIT, _LANDSCAPE = 1, 2
#: The folder that Excel for Mac may write to without asking the owner.
_MAC_FOLDER = Path("Library/Containers/com.microsoft.Excel/Data")


def speaks_applescript(book: xw.Book) -> bool:
    """Whether the book is open in Excel for Mac."""
    return sys.platform == "darwin" and book.app.engine.name == "excel"


def save_copy(book: xw.Book, path: Path) -> None:
    """Save a copy of the workbook as the owner sees it, unsaved edits included.

    Raises
    ------
    OSError
    """
    if not speaks_applescript(book):
        book.api.SaveCopyAs(str(path))
        return
    within_reach = Path.home() / _MAC_FOLDER / f"csm-xl-{uuid.uuid4().hex}{path.suffix}"
    book.macro("CsmSaveCopy")(str(within_reach))
    shutil.move(within_reach, path)


def hide_for_good(sheet: xw.Sheet) -> None:
    """Hide a sheet from Excel's list of hidden sheets too, where a program can."""
    if speaks_applescript(sheet.book):
        from appscript import k

        sheet.api.visible.set(k.sheet_very_hidden)
    else:
        sheet.api.Visible = _VERY_HIDDEN


def hide_name(name: xw.Name) -> None:
    """Leave a defined name out of Excel's Name Manager, where a program can."""
    if hasattr(name.api, "attrib"):
        name.api.set("hidden", "1")
    elif sys.platform == "win32":
        name.api.Visible = False


def error_in(cell: xw.Range) -> str | None:
    """The name of the error that a cell shows, such as ``#N/A``; None where there is none."""
    if speaks_applescript(cell.sheet.book):
        shown = cell.options(err_to_str=True).value
        return shown if shown in COM_ERRORS.values() else None
    value = cell.api.Value2 if cell.api is not None else None
    return COM_ERRORS.get(value) if type(value) is int else None


def refuse_locked(
    session: Session,
    written: Iterable[str] = (),
    own: Iterable[str] = (),
    *,
    made: Iterable[str] = (),
) -> None:
    """Refuse before the first write what Excel would refuse in the middle of it.

    Parameters
    ----------
    session : Session
    written : iterable of str
        Names of sheets of the owner that get values.
    own : iterable of str
        Keys of csm-xl's own sheets that get values where they exist.
    made : iterable of str
        Names of sheets that get values too, and are added where they are missing.

    Raises
    ------
    SheetError
    """
    there, book = session.sheets, session.book
    names = [*written, *(name for key in own for name in _titles(key)), *made]
    for name in dict.fromkeys(names):
        if name in there and _is_protected(there[name]):
            raise SheetError(
                f"The sheet {name} is protected, so nothing was changed. In Excel choose "
                "Review, Unprotect Sheet, then try again.",
                f"工作表“{name}”受保护，因此未作任何改动。请在 Excel 中选择"
                "“审阅”→“撤消工作表保护”，然后重试。",
            )
    if not set(made) <= set(there) and _keeps_its_sheets(book):
        raise SheetError(
            f"The structure of {book.name} is protected, so no sheet can be added and nothing was "
            "changed. In Excel choose Review, Protect Workbook to lift it, then try again.",
            f"{book.name} 的结构受保护，无法添加工作表，因此未作任何改动。请在 Excel 中选择"
            "“审阅”→“保护工作簿”取消保护，然后重试。",
        )


def _titles(key: str) -> tuple[str, str]:
    title = layout.sheet(key).title
    return title.en, title.zh


def _is_protected(sheet: xw.Sheet) -> bool:
    if speaks_applescript(sheet.book):
        return bool(sheet.api.protect_contents.get())
    return bool(sheet.api.ProtectContents)


def _keeps_its_sheets(book: xw.Book) -> bool:
    if speaks_applescript(book):
        return bool(book.api.protect_structure.get())
    return bool(book.api.ProtectStructure)


def offer_list(cells: xw.Range, choices: Iterable[str]) -> None:
    """Offer a list to choose from in some cells; other texts may be typed all the same."""
    if speaks_applescript(cells.sheet.book):
        # AppleScript has no word for it; the cells can be typed into.
        return
    rule = cells.api.Validation
    rule.Delete()
    rule.Add(Type=3, AlertStyle=3, Operator=1, Formula1=",".join(choices))


def in_excel(book: xw.Book) -> bool:
    """Whether the book is open in Excel, and not a file."""
    return book.app.engine.name == "excel"


def indent(cells: xw.Range) -> None:
    """Keep texts a little apart from what stands at their left."""
    if speaks_applescript(cells.sheet.book):
        cells.api.indent_level.set(1)
    else:
        cells.api.IndentLevel = 1


def freeze(sheet: xw.Sheet, rows: int, columns: int) -> None:
    """Keep the first rows and columns of a sheet in sight; the sheet that is shown stays shown."""
    book = sheet.book
    if not in_excel(book):
        corner = f"1:{rows}" if not columns else sheet.range((1, 1), (rows, columns)).address
        sheet.freeze_panes.freeze_at(corner)
        return
    shown = book.sheets.active
    sheet.activate()
    if speaks_applescript(book):
        window = book.app.api.active_window
        window.split_row.set(rows)
        window.split_column.set(columns)
        window.freeze_panes.set(True)
    else:
        window = book.app.api.ActiveWindow
        window.FreezePanes = False
        window.ScrollRow = window.ScrollColumn = 1
        window.SplitRow, window.SplitColumn = rows, columns
        window.FreezePanes = True
    shown.activate()


def print_as_wide_as_a_page(sheet: xw.Sheet, *, landscape: bool, titles: int) -> None:
    """Print a sheet as wide as a page, its rows up to `titles` on each one."""
    book = sheet.book
    if speaks_applescript(book):
        # AppleScript has no word for a page's orientation; Excel for Mac asks when printing.
        return
    setup = sheet.page_setup.api
    wanted: dict[str, object] = {"Orientation": _LANDSCAPE if landscape else _PORTRAIT}
    wanted |= {"Zoom": False, "FitToPagesWide": 1, "FitToPagesTall": False}
    if titles:
        wanted["PrintTitleRows"] = f"${titles}:${titles}"
    for name, value in wanted.items():
        try:
            setattr(setup, name, value)
        except Exception:
            # Excel asks the printer's driver, and refuses where the computer has no printer.
            if not in_excel(book):
                raise
            return
