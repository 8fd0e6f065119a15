"""What sheets, tables and names are called in the copy: as Excel takes it, and telling nobody."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from csm_xl.errors import SheetError
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.ooxml.worksheet import Worksheet
from csm_xl.vocabulary import layout

#: Sheets that are no data and no result: how to begin, and what programs need.
LEFT_OUT = frozenset({"start", "conf", "hidden"})
#: Sheets on which nobody is named.
FOR_PROGRAMS = LEFT_OUT - {"start"}
#: The hidden name that holds the fingerprint of the secret behind pseudonyms; never in a copy.
FINGERPRINT = "_csm_pseudonyms"
#: Excel's limit for the name of a sheet.
MAX_SHEET_NAME = 31
_FORBIDDEN = re.compile(r"[\\/?*\[\]:]")
_NOT_IN_NAMES = re.compile(r"[^\w.]+")

#: A text without what is personal in it.
Clean = Callable[[str], str]


def chosen_sheets(
    book: Workbook,
    wanted: Sequence[str] | None,
    clean: Clean,
    without: Collection[str] = (),
    unread: Collection[str] = (),
) -> dict[str, str]:
    """The owner's names of the sheets to share, with their names in the copy.

    Parameters
    ----------
    book : Workbook
    wanted : sequence of str or None
        None for all data and result sheets.
    clean : callable
    without : collection of str
        Sheets to leave out where none are named.
    unread : collection of str
        Sheets that tell csm-xl about the workbook: left out likewise.

    Raises
    ------
    SheetError
        When a sheet is not there, or none is left.
    """
    visible = [s for s in book.sheets if book.sheet_state(s) == "visible"]
    if wanted is None:
        chosen = [
            sheet
            for sheet in visible
            if layout.sheet_key(sheet.name) not in LEFT_OUT
            and sheet.name not in without
            and sheet.name not in unread
        ]
        if without and not chosen:
            raise SheetError(
                "There is no sheet of figures: all hold rows of customers or orders. Share without "
                "--figures-only, or name sheets with --sheet.",
                "没有只含汇总数字的工作表：所有工作表都含客户或订单明细。请去掉 --figures-only，或用 --sheet 指定工作表。",
            )
    else:
        chosen = [_named(name, visible) for name in dict.fromkeys(wanted)]
        chosen.sort(key=book.sheets.index)
    if not chosen:
        raise SheetError(
            "There is no sheet to share: all are hidden. Unhide one.",
            "没有可分享的工作表：全部处于隐藏状态，请先取消隐藏。",
        )
    taken: set[str] = set()
    return {sheet.name: sheet_name(sheet.name, taken, clean) for sheet in chosen}


def _named(name: str, visible: Sequence[Worksheet]) -> Worksheet:
    for sheet in visible:
        if sheet.name.casefold() == name.casefold():
            return sheet
    listed = "、".join(s.name for s in visible)
    raise SheetError(
        f"There is no visible sheet called {name}. Choose among: {listed.replace('、', ', ')}.",
        f"没有名为“{name}”的可见工作表。可选：{listed}。",
    )


def sheet_name(name: str, taken: set[str], clean: Clean) -> str:
    """A name for a sheet of the copy that is not yet `taken` (in lower case); it is then."""
    short = _FORBIDDEN.sub(" ", clean(name))[:MAX_SHEET_NAME].strip("'")
    number, free = 2, short
    while free.casefold() in taken:
        ending = f" ({number})"
        free, number = short[: MAX_SHEET_NAME - len(ending)] + ending, number + 1
    taken.add(free.casefold())
    return free


def identifier(name: str, renamed: dict[str, str], clean: Clean) -> str:
    """A defined name, or that of a table, for the copy.

    Parameters
    ----------
    name : str
    renamed : dict of str to str
        Those that have another name there, in lower case; this one is added to them.
    clean : callable
    """
    told = clean(name)
    if told == name or name.startswith("_xlnm."):
        return name
    if name.casefold() not in renamed:
        taken = {new.casefold() for new in renamed.values()}
        short = free = _NOT_IN_NAMES.sub("_", told).strip("_")
        number = 2
        while free.casefold() in taken:
            free, number = f"{short}_{number}", number + 1
        renamed[name.casefold()] = free
    return renamed[name.casefold()]
