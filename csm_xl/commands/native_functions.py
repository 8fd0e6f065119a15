"""csm-xl's functions put into a workbook as names of LAMBDA: no macros, no Python, any device."""

from __future__ import annotations

from pathlib import Path

from csm_xl.errors import FileError
from csm_xl.functions import REGISTRY
from csm_xl.language import Language, Text, language
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.share.lambda_names import lambda_names
from csm_xl.vocabulary import layout

#: What to know of such a workbook.
NEEDS = Text(
    "The functions are names of LAMBDA: Excel 365 and Excel 2024 know them, on Windows, a Mac, the web "
    "and a phone. Older Excels show the numbers that stand in the cells.",
    "这些函数是 LAMBDA 名称：Excel 365 与 Excel 2024（Windows、Mac、网页版、手机版）均可使用。"
    "更早的版本只显示单元格中已有的数字。",
)


def attach_native(path: Path, out: Path | None = None, lang: Language | None = None) -> Path:
    """Write a copy of a workbook in which csm-xl's functions are names.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` or ``.xlsm``; it is only read.
    out : Path, optional
        The copy, with the same suffix; beside the workbook when not given.
    lang : {"en", "zh"}, optional
        Of the help; the workbook's language when not given.

    Raises
    ------
    FileError, FileBusyError
        Nothing was written.
    """
    target = out or path.with_name(f"{path.stem}-{Text('functions', '函数')}{path.suffix}")
    if target.exists():
        raise FileError(
            f"{target.name} exists already and is not overwritten. Move it away, or choose another "
            "name with -o.",
            f"{target.name} 已存在，不会覆盖。请移走该文件，或用 -o 指定其他文件名。",
        )
    workbook = Workbook(path, readonly=True)
    put_names(workbook, lang or layout.detect_language(workbook.sheet_names) or language())
    workbook.save(target)
    return target


def has_names(workbook: Workbook) -> bool:
    """Whether a workbook has csm-xl's functions as names."""
    there = {one.name for one in workbook.names() if "LAMBDA(" in one.text.upper()}
    return not there.isdisjoint(REGISTRY)


def put_names(workbook: Workbook, lang: Language) -> None:
    """Define the functions in a workbook; names that the owner uses otherwise stay.

    Raises
    ------
    FileError
        When the owner's own names are in the way of all of them.
    """
    there = {name.name.casefold(): name.text for name in workbook.names()}
    there |= {table.name.casefold(): "" for table in workbook.tables()}
    settings = {
        key: setting.name
        for key, setting in layout.SETTINGS.items()
        if setting.name.casefold() in there
    }
    for one in lambda_names(lang, settings):
        known = there.get(one.name.casefold())
        if known is not None and "LAMBDA(" not in known.upper():
            continue
        element = workbook.defined_names.set(one.name, one.text)
        element.set("comment", one.comment)
