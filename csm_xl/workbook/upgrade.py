"""The macros and the ribbon of this version into a workbook of an older one; nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csm_xl.errors import FileError
from csm_xl.language import Language, Text, language
from csm_xl.safety_copies import keep_file, note_saved
from csm_xl.vocabulary import layout
from csm_xl.workbook import vba_project
from csm_xl.workbook.attach import Attached, take_over_project
from csm_xl.workbook.macro_package import code_name, put_hidden_sheets
from csm_xl.workbook.ribbon_part import put_ribbon
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook


def upgrade(path: Path, out: Path | None = None) -> Attached:
    """Renew the VBA modules, the ribbon tab and the xlwings settings of a csm-xl workbook.

    Parameters
    ----------
    path : Path
        The workbook.
    out : Path, optional
        Where to write; the workbook itself when not given, and a copy of it is kept first.

    Returns
    -------
    Attached
        The file written, and where the copy is.

    Raises
    ------
    FileError, FileBusyError
        Nothing was written.
    """
    from csm_xl.ooxml.workbook_file import Workbook

    workbook = Workbook(path, readonly=out is not None)
    if not workbook.has_macros:
        raise FileError(
            f"{path.name} has no csm-xl macros to upgrade. Use attach to add them.",
            f"{path.name} 中没有可升级的 csm-xl 宏，请用 attach 添加。",
        )
    _renew_project(workbook, path)
    put_hidden_sheets(workbook, renew=True)
    put_ribbon(workbook.package)
    notes: tuple[Text, ...] = ()
    if out is None:
        kept = keep_file(path)
        notes = (
            Text(f"The workbook as it was is kept as {kept}.", f"升级前的工作簿保存在 {kept}。"),
        )
    workbook.save(out)
    if out is None:
        note_saved(path)
    return Attached(out or path, notes)


def _renew_project(workbook: Workbook, path: Path) -> None:
    with working_folder() as folder:
        copy = folder / path.name
        copy.write_bytes(path.read_bytes())
        with vba_project.open_project(copy) as file:
            sources = file.vba_modules()
            if not any(vba_project.is_ours(name) for name in sources):
                raise FileError(
                    f"{path.name} has macros, but none of csm-xl. Use attach to add them.",
                    f"{path.name} 中有宏，但没有 csm-xl 的宏，请用 attach 添加。",
                )
            document = code_name(workbook)
            lang = vba_project.language_of(sources) or _language(workbook)
            watch = not _is_our_document(sources.get(document, ""))
            wanted = vba_project.modules(lang, watch=watch, document=document)
            if not _is_xlwings_dictionary(sources.get("Dictionary", "")):
                # Left out when the workbook was attached, or its owner's own.
                wanted = tuple(module for module in wanted if module.name != "Dictionary")
            names = {module.name for module in wanted}
            for name in sources:
                if vba_project.is_ours(name) and name not in names:
                    file.vba_project().delete_module(name)
            vba_project.put_modules(file, wanted)
            vba_project.save_project(file, path)
        take_over_project(workbook, copy)


def _is_our_document(source: str) -> bool:
    """Whether the workbook's own module holds only what csm-xl put there, in any version."""
    code = [line.strip() for line in vba_project.body(source).splitlines()]
    inside = [line for line in code if line and not line.startswith(("'", "Option ", "End Sub"))]
    known = ("Private Sub Workbook_", "Csm")
    return bool(inside) and all(line.startswith(known) for line in inside)


def _is_xlwings_dictionary(source: str) -> bool:
    return "Drop-in replacement for Scripting.Dictionary" in source


def _language(workbook: Workbook) -> Language:
    return layout.detect_language([sheet.name for sheet in workbook.sheets]) or language()
