"""What the owner set: the values of the Settings sheet and the workbook's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import xlwings as xw

from csm_xl.language import Language, language
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank


def workbook_language(book: xw.Book, headers: Iterable[object] = ()) -> Language:
    """The language of a workbook: of its sheets and headers, else the one in force."""
    names = [sheet.name for sheet in book.sheets]
    return layout.detect_language(names, headers) or language()


def workbook_setting(book: xw.Book, key: str, default: Any) -> Any:
    """The value of a setting; the default where its name or sheet is gone, or it is blank."""
    wanted = layout.setting(key).name.casefold()
    for name in book.names:
        if name.name.casefold() == wanted:
            if "#REF!" in name.refers_to:
                return default
            try:
                value = name.refers_to_range.raw_value
            except ValueError:
                # The sheet was deleted by a program that leaves its names behind.
                return default
            return default if is_blank(value) else value
    return default
