"""Workbooks to share, and looking into the copies."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.utils.datetime import to_excel

from csm_xl.commands.opening import open_book
from csm_xl.commands.sharing import share
from csm_xl.formulas.workbook_model import ErrorValue

PSEUDONYM = re.compile(
    r"(?:Customer|E-mail|Phone|Address|ID|客户|邮箱|电话|地址|证件) [0-9A-HJKMNP-TV-Z]{5}-[0-9A-Z]{5}"
)


def saved(path: Path, sheets: dict[str, dict[str, object]], **more) -> Path:
    """A workbook as openpyxl writes it; ``names``: defined names."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for address, value in cells.items():
            sheet[address] = value
    for name, text in more.get("names", {}).items():
        book.defined_names[name] = openpyxl.workbook.defined_name.DefinedName(name, attr_text=text)
    for title in more.get("hidden", ()):
        book[title].sheet_state = "hidden"
    book.save(path)
    return path


def shared(path: Path, out: Path, **options):
    """Share the workbook at a path, save it as the command line does; returns the outcome."""
    book = open_book(path)
    try:
        outcome = share(book, out, **options)
        book.save()
    finally:
        book.close()
    return outcome


def formulas(path: Path) -> openpyxl.Workbook:
    """A copy as openpyxl reads it, formulas as texts."""
    return openpyxl.load_workbook(path)


def values(path: Path) -> openpyxl.Workbook:
    """A copy as a viewer shows it that computes nothing."""
    return openpyxl.load_workbook(path, data_only=True)


def parts(path: Path) -> dict[str, bytes]:
    """Every part of a package."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def differences(owner: Path, copy: openpyxl.Workbook) -> list[tuple]:
    """Cells of the copy that do not show what the owner's workbook shows.

    A text may have become a pseudonym, or nothing where it was written by people.
    """
    wrong = []
    for sheet in values(owner):
        if sheet.title not in copy.sheetnames:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                new = copy[sheet.title][cell.coordinate].value
                if not same(cell.value, new):
                    wrong.append((sheet.title, cell.coordinate, cell.value, new))
    return wrong


def same(old, new) -> bool:
    """Whether a cell of the copy shows the owner's value."""
    if hasattr(old, "year"):
        old = to_excel(old)
    if hasattr(new, "year"):
        new = to_excel(new)
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, int | float):
        return isinstance(new, int | float) and abs(old - new) <= 1e-9 * max(1.0, abs(old))
    if isinstance(old, ErrorValue) or (isinstance(old, str) and old.startswith("#")):
        return isinstance(new, str) and new.startswith("#")
    if old in (None, "") or new in (None, ""):
        return new in (None, "")
    return old == new or PSEUDONYM.search(str(new)) is not None
