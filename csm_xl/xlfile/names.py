"""Defined names, as xlwings sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlwings import base_classes

from csm_xl.ooxml.defined_names import referred_block
from csm_xl.ooxml.xml_parts import Element
from csm_xl.xlfile.unsupported import FileObject

if TYPE_CHECKING:
    from csm_xl.xlfile.book import Book
    from csm_xl.xlfile.range import Range


class Names(FileObject, base_classes.Names):
    """The defined names of a book, or those that belong to one sheet.

    Parameters
    ----------
    book : Book
    sheet : str, optional
        Only the names of this sheet.
    """

    def __init__(self, book: Book, sheet: str | None = None) -> None:
        self._book = book
        self._sheet = sheet

    def _all(self) -> list[Name]:
        defined = self._book.workbook.defined_names
        found = [Name(self._book, element) for element in defined.elements()]
        if self._sheet is None:
            return found
        return [name for name in found if name.scope == self._sheet]

    def __call__(self, name_or_index: str | int) -> Name:
        """A name by itself, with or without its sheet, or by position from 1."""
        if isinstance(name_or_index, int):
            return self._all()[name_or_index - 1]
        wanted = name_or_index.casefold()
        for name in self._all():
            if wanted in (name.name.casefold(), name.name.rpartition("!")[2].casefold()):
                return name
        raise KeyError(name_or_index)

    def contains(self, name_or_index: str | int) -> bool:
        """Whether there is such a name."""
        try:
            self(name_or_index)
        except (KeyError, IndexError):
            return False
        return True

    def __len__(self) -> int:
        return len(self._all())

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name; `refers_to` is a formula such as ``=Sheet1!$A$1``."""
        defined = self._book.workbook.defined_names
        return Name(self._book, defined.set(name, refers_to.removeprefix("="), self._sheet))


class Name(FileObject, base_classes.Name):
    """One defined name."""

    def __init__(self, book: Book, element: Element) -> None:
        self._book = book
        self._element = element

    @property
    def api(self) -> Element:
        """The element in the workbook part."""
        return self._element

    @property
    def scope(self) -> str | None:
        """The sheet that the name belongs to, None for the whole book."""
        return self._book.workbook.defined_names.scope(self._element)

    @property
    def name(self) -> str:
        """The name, after its sheet if it belongs to one."""
        own = self._element.get("name", "")
        return own if self.scope is None else f"{self.scope}!{own}"

    @property
    def refers_to(self) -> str:
        """The formula behind the name."""
        return f"={self._element.text or ''}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        defined = self._book.workbook.defined_names
        defined.set(self._element.get("name", ""), value.removeprefix("="), self.scope)

    @property
    def refers_to_range(self) -> Range:
        """The cells that the name stands for."""
        found = referred_block(self._element.text or "")
        if found is None:
            raise ValueError(f"{self.name} does not stand for cells: {self.refers_to}")
        sheet, block = found
        if sheet not in [one.name for one in self._book.workbook.sheets]:
            raise ValueError(f"{self.name} stands for a sheet that is gone: {self.refers_to}")
        return self._book.sheets(sheet).block(block)

    def delete(self) -> None:
        """Take the name away."""
        self._book.workbook.defined_names.remove(self._element)
