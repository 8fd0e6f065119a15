"""A new workbook, complete: built, calculated, with macros and ribbon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from csm_xl.errors import FileError
from csm_xl.language import Language, use_language
from csm_xl.workbook.build import build
from csm_xl.workbook.macro_package import add_macros
from csm_xl.workbook.normalised_package import with_chart_values
from csm_xl.workbook.row_heights import with_row_heights
from csm_xl.workbook.start_examples import tryouts
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from csm_xl.sample.sample_company import Company


def create(
    path: Path, lang: Language, company: Company | None = None, *, force: bool = False
) -> None:
    """Write a new workbook.

    Parameters
    ----------
    path : Path
        ``.xlsm`` with macros and ribbon, or ``.xlsx`` without.
    lang : {"en", "zh"}
    company : Company, optional
        What it holds; empty tables when not given.
    force : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    FileError
        Nothing was written.
    """
    from csm_xl.ooxml.atomic_write import replace_file

    suffix = path.suffix.casefold()
    if suffix not in (".xlsm", ".xlsx"):
        raise FileError(
            f"{path.name} must end in .xlsm (with the ribbon) or .xlsx (without).",
            f"{path.name} 的扩展名应为 .xlsm（带功能区）或 .xlsx（不带）。",
        )
    if path.exists() and not force:
        raise FileError(
            f"{path.name} exists already. Choose another name, or add --force to replace it.",
            f"{path.name} 已存在，请换一个文件名，或加上 --force 覆盖。",
        )
    if not path.absolute().parent.is_dir():
        raise FileError(
            f"The folder {path.absolute().parent} does not exist. Create it first.",
            f"文件夹 {path.absolute().parent} 不存在，请先创建。",
        )
    tables = {} if company is None else company.tables
    settings = {} if company is None else company.settings
    package = package_of(lang, tables, settings, now=None if company is None else company.today)
    if suffix == ".xlsm":
        package = add_macros(package, lang)

    def write(out: BinaryIO) -> None:
        out.write(package)

    replace_file(path.absolute(), write)


def package_of(
    lang: Language,
    tables: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    now: dt.date | None = None,
) -> bytes:
    """An ``.xlsx`` package with the values of all formulas and charts.

    Parameters
    ----------
    lang : {"en", "zh"}
    tables, settings : mapping
        As for :func:`csm_xl.workbook.build.build`.
    now : date, optional
        What ``TODAY()`` answers.
    """
    from csm_xl.functions import REGISTRY

    with use_language(lang), working_folder():
        package = build(lang, tables, settings, tries=tryouts(REGISTRY.values(), lang))
        return with_row_heights(with_chart_values(calculated(package, now)))


def calculated(package: bytes, now: dt.date | None = None) -> bytes:
    """The package with a value beside every formula."""
    from csm_xl.calc.calculate import calculate
    from csm_xl.functions import REGISTRY
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.workbook.hidden_arguments import HiddenArguments

    moment = None if now is None else dt.datetime(now.year, now.month, now.day)
    with working_folder() as folder:
        path = folder / "new.xlsx"
        path.write_bytes(package)
        workbook = Workbook(path)
        calculate(workbook, REGISTRY, HiddenArguments(workbook), now=moment)
        workbook.save()
        return path.read_bytes()
