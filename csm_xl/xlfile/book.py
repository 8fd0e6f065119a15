"""A book and its sheets, as xlwings sees them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from csm_xl.errors import SheetError
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.xlfile.names import Names
from csm_xl.xlfile.sheet import Sheet
from csm_xl.xlfile.unsupported import FileObject

if TYPE_CHECKING:
    from csm_xl.xlfile.app import App

_FORBIDDEN = set("\\/?*[]:")
_MAX_NAME = 31


class BookApi:
    """The part of Excel's own ``Workbook`` object that a file has too."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def ProtectStructure(self) -> bool:
        """Whether sheets can be neither added nor removed."""
        return self._book.workbook.keeps_its_sheets

    def SaveCopyAs(self, Filename: str) -> None:
        """Write the book as it is now, unsaved edits included, to another file."""
        self._book.workbook.save(Path(Filename))


class Book(FileObject, base_classes.Book):
    """An open workbook file.

    Attributes
    ----------
    workbook : Workbook
        The file behind it.
    calculation_report
        What the last calculation did and what it could not do; None before the first.
    """

    def __init__(self, app: App, workbook: Workbook) -> None:
        self._app = app
        self.workbook = workbook
        self.calculation_report: Any = None

    @property
    def api(self) -> BookApi:
        """What commands use of Excel's own object."""
        return BookApi(self)

    @property
    def app(self) -> App:
        """The app."""
        return self._app

    @property
    def name(self) -> str:
        """The file's name."""
        return self.workbook.path.name

    @property
    def fullname(self) -> str:
        """The file's path."""
        return str(self.workbook.path)

    @property
    def sheets(self) -> Sheets:
        """The worksheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """The defined names."""
        return Names(self)

    def calculate(self, everything: bool = False) -> None:
        """Calculate what must be, or everything, and keep the report."""
        from csm_xl.calc.calculate import calculate

        engine = self._app.engine
        report = self.calculation_report = calculate(
            self.workbook,
            engine.functions,
            engine.hidden(self.workbook),
            everything=everything,
        )
        cached = self.workbook.cached
        if all(cached(k.sheet, k.row, k.column) is not None for k in report.kept):
            self.workbook.mark_calculated()

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save without loss, over the file itself or as another one.

        Saved as another one, the book still stands for the file that was opened.
        """
        if password is not None:
            raise NotImplementedError("Book.save(password=...) is not supported on a workbook file")
        self.workbook.save(None if path is None else Path(path))

    def close(self) -> None:
        """Forget the book; what was not saved is lost."""
        self._app.books.discard(self)


class Sheets(FileObject, base_classes.Sheets):
    """The worksheets of a book, in order; chart sheets are not among them."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Workbook:
        """The file behind it."""
        return self._book.workbook

    @property
    def active(self) -> Sheet:
        """The sheet that is shown when the file is opened."""
        workbook = self._book.workbook
        names = [e.get("name") for e in workbook.sheet_elements()]
        position = workbook.active_position()
        if position < len(names):
            for sheet in workbook.sheets:
                if sheet.name == names[position]:
                    return Sheet(self._book, sheet)
        return Sheet(self._book, workbook.sheets[0])

    def __call__(self, name_or_index: str | int) -> Sheet:
        """A sheet by name, in any case, or by position from 1."""
        sheets = self._book.workbook.sheets
        if isinstance(name_or_index, str):
            return Sheet(self._book, self._book.workbook.sheet(name_or_index))
        return Sheet(self._book, sheets[int(name_or_index) - 1])

    def __len__(self) -> int:
        return len(self._book.workbook.sheets)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self._book, sheet) for sheet in list(self._book.workbook.sheets))

    def __contains__(self, name: object) -> bool:
        wanted = str(name).casefold()
        return any(sheet.name.casefold() == wanted for sheet in self._book.workbook.sheets)

    def add(
        self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None
    ) -> Sheet:
        """A new sheet; without a place it comes before the active one, as in Excel."""
        workbook = self._book.workbook
        if name is None:
            number = 1
            while f"Sheet{number}" in self:
                number += 1
            name = f"Sheet{number}"
        self._check_name(name)
        order: list[Worksheet] = workbook.sheets
        if after is not None:
            position = order.index(after.worksheet) + 1
        else:
            position = order.index((before or self.active).worksheet)
        return Sheet(self._book, workbook.add_sheet(name, position))

    def _check_name(self, name: str) -> None:
        wrong = not name or len(name) > _MAX_NAME or name[0] == "'" or name[-1] == "'"
        if wrong or _FORBIDDEN & set(name):
            raise SheetError(
                f"A sheet cannot be called {name!r}: at most 31 characters, none of \\ / ? * [ ] :",
                f"工作表不能命名为 {name!r}：最多 31 个字符，且不能含有 \\ / ? * [ ] :",
            )
        if any(
            (e.get("name") or "").casefold() == name.casefold()
            for e in self._book.workbook.sheet_elements()
        ):
            raise SheetError(f"There already is a sheet {name}.", f"已有名为 {name} 的工作表。")
