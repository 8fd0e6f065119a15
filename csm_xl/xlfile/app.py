"""The engine, its apps and their books: ``xlwings.engines["csm-xl"]``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from xlwings import base_classes

import csm_xl
from csm_xl.calc.host_functions import WorksheetFunction
from csm_xl.formulas.workbook_model import WorkbookModel
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.xlfile import conversion
from csm_xl.xlfile.book import Book
from csm_xl.xlfile.unsupported import FileObject

_CALCULATION = {"auto": "automatic", "manual": "manual", "autoNoTable": "semiautomatic"}


class Engine:
    """What xlwings asks of an engine.

    Parameters
    ----------
    name : str
        What ``xlwings.engines`` calls it.
    functions : mapping of str to WorksheetFunction
        Worksheet functions by name, computed like built-in ones.
    hidden : callable
        Gives for a workbook the arguments that functions get without anybody typing them.
    """

    #: As Excel on a desktop: values are written at once and whole.
    type = "desktop"

    def __init__(
        self,
        name: str,
        functions: Mapping[str, WorksheetFunction],
        hidden: Callable[[WorkbookModel], Mapping[str, Any]],
    ) -> None:
        self.name = name
        self.functions = functions
        self.hidden = hidden
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: dict[str, Any]) -> Any:
        """One value on its way to a cell."""
        return conversion.prepared(value)

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        """Raw values as ``Range.value`` gives them."""
        return conversion.cleaned(data, datetime_builder, empty_as, number_builder, err_to_str)


class Apps(FileObject, base_classes.Apps):
    """The apps that have a book open, and always at least one."""

    _numbers = itertools.count(1)

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._apps: list[App] = []

    def add(
        self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None
    ) -> App:
        """A new app without books, which becomes the active one."""
        app = App(self, next(self._numbers))
        self._apps.insert(0, app)
        return app

    def discard(self, app: App) -> None:
        """Forget an app that was quit."""
        if app in self._apps:
            self._apps.remove(app)

    def _present(self) -> list[App]:
        if not self._apps:
            self.add()
        return self._apps

    def keys(self) -> list[int]:
        """The numbers of the apps."""
        return [app.pid for app in self._present()]

    def __iter__(self) -> Iterator[App]:
        return iter(list(self._present()))

    def __len__(self) -> int:
        return len(self._present())

    def __getitem__(self, pid: int) -> App:
        for app in self._present():
            if app.pid == pid:
                return app
        raise KeyError(pid)


class App(FileObject, base_classes.App):
    """A place for open books and the settings that commands change while they write."""

    screen_updating: bool = True
    display_alerts: bool = True
    enable_events: bool = True
    interactive: bool = True
    status_bar: str | bool = False

    def __init__(self, apps: Apps, pid: int) -> None:
        self._apps = apps
        self._pid = pid
        self._books = Books(self)
        self._calculation: str | None = None

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self._apps.engine

    @property
    def books(self) -> Books:
        """The open books."""
        return self._books

    @property
    def pid(self) -> int:
        """The app's number; no process of its own stands behind it."""
        return self._pid

    @property
    def version(self) -> str:
        """The version of csm-xl."""
        return csm_xl.__version__

    @property
    def visible(self) -> bool:
        """False: there is no window."""
        return False

    @property
    def selection(self) -> None:
        """None: nothing is selected."""
        return

    @property
    def calculation(self) -> str:
        """``automatic``, ``semiautomatic`` or ``manual``; a file is only calculated when asked."""
        if self._calculation is None:
            book = self.books.active
            mode = book.workbook.calculation_mode if book else "auto"
            return _CALCULATION.get(mode, "automatic")
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in _CALCULATION.values():
            raise ValueError(f"calculation must be one of {tuple(_CALCULATION.values())}")
        self._calculation = value

    def calculate(self) -> None:
        """Calculate every open book; each keeps its report as ``book.calculation_report``."""
        for book in self.books:
            book.calculate()

    def quit(self) -> None:
        """Close every book without saving."""
        for book in list(self.books):
            book.close()
        self._apps.discard(self)

    def kill(self) -> None:
        """Close every book without saving."""
        self.quit()


class Books(FileObject, base_classes.Books):
    """The open books of an app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._books: list[Book] = []

    @property
    def active(self) -> Book | None:
        """The book that was opened last."""
        return self._books[-1] if self._books else None

    def open(self, fullname: str, *options: Any, **named: Any) -> Book:
        """Open a workbook file. Of Excel's options only ``read_only`` has a meaning here."""
        read_only = named.get("read_only", options[1] if len(options) > 1 else None)
        book = Book(self.app, Workbook(Path(fullname), readonly=bool(read_only)))
        self._books.append(book)
        return book

    def discard(self, book: Book) -> None:
        """Forget a book that was closed."""
        if book in self._books:
            self._books.remove(book)
        if not self._books:
            self.app.engine.apps.discard(self.app)

    def __call__(self, name_or_index: str | int) -> Book:
        """A book by file name or position from 1."""
        if isinstance(name_or_index, int):
            return self._books[name_or_index - 1]
        for book in self._books:
            if book.name.casefold() == name_or_index.casefold():
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self._books)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._books))
