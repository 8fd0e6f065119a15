"""The VBA project of a workbook: csm-xl's modules and xlwings' own, in a ``vbaProject.bin``.

Sources: [MS-OVBA]; pyOpenVBA writes the container. xlwings' VBA looks for a DLL of its own version,
so its modules are those of the installed xlwings.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from csm_xl.errors import FileError
from csm_xl.language import Language
from csm_xl.ooxml.package import Package
from csm_xl.workbook import vba_texts, wrappers
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from pyopenvba import ExcelFile

Kind = Literal["standard", "class", "document"]

#: The document module of the workbook itself, as Excel calls it in a new workbook.
DOCUMENT = "ThisWorkbook"
_WRITTEN = ("CsmCall", "CsmCommand", "CsmRibbon", "CsmWindows", "CsmWorkbook")
_OURS = re.compile(r"Csm[A-Z]\w*", re.ASCII)
_LANGUAGE = re.compile(r'CsmLanguage = "(en|zh)"')


@dataclass(frozen=True)
class Module:
    """One VBA module: its name, its source with CRLF line ends, and what it is."""

    name: str
    source: str
    kind: Kind


def modules(lang: Language, *, watch: bool = False, document: str = DOCUMENT) -> tuple[Module, ...]:
    """Every module that csm-xl puts into a workbook.

    Parameters
    ----------
    lang : {"en", "zh"}
        What the workbook speaks.
    watch : bool
        Leave the workbook's own document module alone and watch its events from outside.
    document : str
        The name of that module in this workbook.
    """
    found = [
        *xlwings_modules(),
        *(Module(name, _source(f"{name}.bas"), "standard") for name in _WRITTEN),
        Module("CsmTexts", _crlf(vba_texts.texts_module(lang, watch=watch)), "standard"),
        Module("CsmFunctions", _crlf(wrappers.functions_module()), "standard"),
        Module("CsmWizard", _crlf(wrappers.wizard_module()), "standard"),
        Module("CsmEvents", _source("CsmEvents.cls"), "class"),
    ]
    if not watch:
        found.append(Module(document, _source(f"{DOCUMENT}.cls"), "document"))
    return tuple(found)


@cache
def xlwings_modules() -> tuple[Module, ...]:
    """The stand-alone VBA of xlwings as it is in the installed package."""
    package = resources.files("xlwings")
    return (
        Module("xlwings", _crlf(package.joinpath("xlwings.bas").read_text("ascii")), "standard"),
        Module(
            "Dictionary",
            _crlf(package.joinpath("addin", "Dictionary.cls").read_text("ascii")),
            "class",
        ),
    )


def is_ours(name: str) -> bool:
    """Whether a module has a name that csm-xl gives."""
    return _OURS.fullmatch(name) is not None


def new_project(lang: Language, document: str = DOCUMENT) -> bytes:
    """A ``vbaProject.bin`` with csm-xl's modules and no module for a sheet.

    Excel adds the modules of the sheets when it opens the workbook, as it does for sheets that
    other programs have added, so no sheet has to be changed.
    """
    with working_folder() as folder:
        path = folder / "new.xlsm"
        with _excel_file().create_new(path) as file:
            project = file.vba_project()
            for name in project.module_names():
                if name != DOCUMENT:
                    project.delete_module(name)
            if document != DOCUMENT:
                project.rename_module(DOCUMENT, document)
            put_modules(file, modules(lang, document=document))
            file.save()
        with _excel_file()(path) as file:
            return file.vba_project_bytes()


def put_modules(file: ExcelFile, wanted: tuple[Module, ...]) -> None:
    """Add modules to the project of an open file, or renew the source of those it has."""
    from pyopenvba import VBAModuleKind

    project = file.vba_project()
    present = {name.casefold() for name in project.module_names()}
    for module in wanted:
        if module.name.casefold() in present:
            file.set_module(module.name, module.source)
        else:
            kind = VBAModuleKind.standard if module.kind == "standard" else VBAModuleKind.other
            project.add_module(module.name, module.source, kind=kind)


def language_of(sources: dict[str, str]) -> Language | None:
    """What an older csm-xl wrote down as the workbook's language."""
    found = _LANGUAGE.search(sources.get("CsmTexts", ""))
    return None if found is None else "zh" if found[1] == "zh" else "en"


def body(source: str) -> str:
    """A module's code without the attributes before it."""
    from pyopenvba.vba import split_attribute_header

    return split_attribute_header(source)[1]


def open_project(path: Path) -> ExcelFile:
    """The file's VBA project, all of it read once, to be looked at or changed.

    Raises
    ------
    FileError
        When the project is protected by a password or cannot be read.
    """
    _refuse_damaged(path)
    try:
        file = _excel_file()(path)
        try:
            _read_through(file, path)
        except BaseException:
            file.close()
            raise
    except FileError:
        raise
    except Exception as error:
        # The bytes are anybody's: a damaged project makes pyOpenVBA fail in any way at all.
        raise _unreadable(path, error) from error
    return file


def save_project(file: ExcelFile, path: Path) -> None:
    """Save the file that :func:`open_project` opened; a signature that no longer fits goes.

    Raises
    ------
    FileError
        When pyOpenVBA packs the file anew and one of its parts cannot be unpacked.
    """
    from pyopenvba import PyOpenVBAError

    try:
        file.save(allow_invalidate_signature=True)
    except (PyOpenVBAError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FileError:
    from pyopenvba import PyOpenVBAError

    reason = error if isinstance(error, PyOpenVBAError) else "vbaProject.bin"
    return FileError(
        f"The macros of {path.name} cannot be read ({reason}). Open it in Excel, save it, and "
        "try again.",
        f"无法读取 {path.name} 中的宏（{reason}），请用 Excel 打开并保存后再试。",
    )


def _refuse_damaged(path: Path) -> None:
    """Unpack the project within limits first; pyOpenVBA has none, and no sentence for a bad checksum."""
    package = Package(path)
    for name in package.part_names():
        # Signatures lie beside the project, and links lead to both.
        if "vbaproject" in name.casefold() or name.casefold().endswith(".rels"):
            package.read(name)


def _read_through(file: ExcelFile, path: Path) -> None:
    if not file.has_vba_project():
        return
    protection = file.vba_project().protection
    if protection is not None and protection.has_password:
        raise FileError(
            f"The macros of {path.name} are protected by a password. Remove it in the "
            "Visual Basic editor (Tools, VBAProject Properties, Protection) first.",
            f"{path.name} 的宏设有密码，请先在 Visual Basic 编辑器中取消"
            "（工具、VBAProject 属性、保护）。",
        )
    file.vba_modules()


def _excel_file() -> type[ExcelFile]:
    from pyopenvba import ExcelFile

    return ExcelFile


@cache
def _source(name: str) -> str:
    return _crlf(resources.files("csm_xl.workbook").joinpath("vba", name).read_text("ascii"))


def _crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")
