"""Macros and the ribbon into a workbook package: a new workbook's, or one that an owner keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from csm_xl.functions.records import HEADER, Record, pack
from csm_xl.language import Language
from csm_xl.vocabulary import layout
from csm_xl.workbook import vba_project
from csm_xl.workbook.ribbon_part import put_ribbon
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook

_RELATIONSHIP = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_CONTENT_TYPE = "application/vnd.ms-office.vbaProject"
PART = "xl/vbaProject.bin"


def add_macros(package: bytes, lang: Language) -> bytes:
    """Make a macro workbook of a new workbook that csm-xl built.

    Parameters
    ----------
    package : bytes
        An ``.xlsx`` package.
    lang : {"en", "zh"}
        What the workbook speaks.

    Returns
    -------
    bytes
        An ``.xlsm`` package. The same arguments give the same bytes.
    """
    from csm_xl.ooxml.parts import read_parts
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.workbook.normalised_package import packed

    with working_folder() as folder:
        plain, macro = folder / "plain.xlsx", folder / "macro.xlsm"
        plain.write_bytes(package)
        # Its suffix decides the content type.
        Workbook(plain).save(macro)
        with vba_project.open_project(macro) as file:
            file.add_vba_project()
            vba_project.put_modules(file, vba_project.modules(lang))
            file.save()
        workbook = Workbook(macro)
        put_ribbon(workbook.package)
        workbook.save()
        return packed(read_parts(macro.read_bytes()))


def put_project(workbook: Workbook, project: bytes, document: str) -> None:
    """Put a VBA project into a workbook that has none.

    Parameters
    ----------
    workbook : Workbook
    project : bytes
        A ``vbaProject.bin``.
    document : str
        The name of the project's module for the workbook itself.
    """
    package = workbook.package
    package.add(PART, project)
    package.set_content_type(PART, _CONTENT_TYPE)
    package.relate(workbook.part, _RELATIONSHIP, PART)
    properties = workbook.root.find(f"{workbook.ns}workbookPr")
    if properties is None:
        properties = workbook.root.makeelement(f"{workbook.ns}workbookPr", {})
        before = [
            child
            for child in workbook.root
            if child.tag in (f"{workbook.ns}fileVersion", f"{workbook.ns}fileSharing")
        ]
        workbook.root.insert(len(before), properties)
    properties.set("codeName", document)
    package.touch(workbook.part)


def code_name(workbook: Workbook) -> str:
    """What the workbook calls its own document module."""
    properties = workbook.root.find(f"{workbook.ns}workbookPr")
    found = "" if properties is None else properties.get("codeName", "")
    return found or vba_project.DOCUMENT


def put_hidden_sheets(workbook: Workbook, *, renew: bool = False) -> None:
    """Add the sheets that the VBA reads: xlwings' settings, and the records.

    Parameters
    ----------
    workbook : Workbook
    renew : bool
        Write xlwings' settings again where the sheet is there already.
    """
    from csm_xl.workbook.build import CONF

    present = {sheet.name for sheet in workbook.sheets}
    if layout.CONF_SHEET not in present or renew:
        _write_sheet(workbook, layout.CONF_SHEET, CONF)
    if layout.HIDDEN_SHEET not in present:
        rows = [HEADER, *pack([Record("layout", str(layout.VERSION))])]
        _write_sheet(workbook, layout.HIDDEN_SHEET, rows)


def _write_sheet(workbook: Workbook, name: str, rows: Sequence[Sequence[Any]]) -> None:
    try:
        sheet = workbook.sheet(name)
        block = sheet.used_block()
        if block is not None:
            sheet.clear_values(block)
    except KeyError:
        sheet = workbook.add_sheet(name)
        workbook.set_sheet_state(sheet, "veryHidden")
    for column, values in enumerate(zip(*rows, strict=True), 1):
        sheet.set_values(1, column, list(values))
