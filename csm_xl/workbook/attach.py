"""Functions and the ribbon into a workbook that the owner already has, without losing anything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from csm_xl.errors import FileError
from csm_xl.language import Language, Text, language
from csm_xl.ooxml.package import Package
from csm_xl.vocabulary import layout
from csm_xl.workbook import vba_names, vba_project
from csm_xl.workbook.macro_package import (
    PART,
    code_name,
    put_hidden_sheets,
    put_project,
)
from csm_xl.workbook.ribbon_part import callbacks, put_ribbon
from csm_xl.working_folder import working_folder

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook

#: Where procedures are called by name: cells, buttons on sheets, controls and the ribbon.
_NAMING_PARTS = ("xl/worksheets/", "xl/drawings/", "xl/ctrlProps/", "xl/workbook.xml", "customUI/")


@dataclass(frozen=True)
class Attached:
    """What was written.

    Attributes
    ----------
    path : Path
        The new workbook.
    notes : tuple of Text
        What its owner should know.
    """

    path: Path
    notes: tuple[Text, ...] = ()


def attach(path: Path, out: Path | None = None, lang: Language | None = None) -> Attached:
    """Write a copy of a workbook that has csm-xl's functions and ribbon.

    Every part of the workbook is copied byte for byte, except those that list its parts and sheets,
    its ribbon if it has one, and its VBA project if it has one: our modules are added there.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` or ``.xlsm``; it is only read.
    out : Path, optional
        The new ``.xlsm``; beside the workbook when not given.
    lang : {"en", "zh"}, optional
        What the ribbon speaks; the workbook's language when not given.

    Raises
    ------
    FileError, FileBusyError
        Nothing was written.
    """
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.ooxml.xml_parts import MAIN

    target = out or _beside(path)
    if target.suffix.casefold() != ".xlsm":
        raise FileError(
            f"{target.name} must end in .xlsm, since it holds macros.",
            f"{target.name} 含有宏，文件名必须以 .xlsm 结尾。",
        )
    if target.exists():
        raise FileError(
            f"{target.name} exists already and is not overwritten. Move it away, or choose "
            "another name with -o.",
            f"{target.name} 已存在，不会覆盖。请移走该文件，或用 -o 指定其他文件名。",
        )
    workbook = Workbook(path, readonly=True)
    if workbook.namespace != MAIN:
        raise FileError(
            f"{path.name} is a Strict Open XML workbook, which cannot hold macros. Save it in "
            "Excel as a normal .xlsx workbook first.",
            f"{path.name} 是 Strict Open XML 格式，不能含有宏，请先在 Excel 中另存为普通 .xlsx。",
        )
    _refuse_other_xlwings(workbook)
    spoken = lang or _language(workbook)
    notes: list[Text] = []
    if workbook.has_macros:
        notes += _join_project(workbook, path, spoken)
    else:
        document = code_name(workbook)
        put_project(workbook, vba_project.new_project(spoken, document), document)
    put_hidden_sheets(workbook)
    put_ribbon(workbook.package)
    workbook.save(target)
    return Attached(target, tuple(notes))


def _beside(path: Path) -> Path:
    if path.suffix.casefold() == ".xlsm":
        return path.with_name(f"{path.stem} csm-xl.xlsm")
    return path.with_suffix(".xlsm")


def _language(workbook: Workbook) -> Language:
    headers: list[object] = []
    for sheet in workbook.sheets[:20]:
        block = sheet.used_block()
        if block is not None:
            top, left, _, right = block
            headers += [
                sheet.value(top, column) for column in range(left, min(right, left + 30) + 1)
            ]
    return layout.detect_language([s.name for s in workbook.sheets], headers) or language()


def _refuse_other_xlwings(workbook: Workbook) -> None:
    if any(sheet.name == layout.CONF_SHEET for sheet in workbook.sheets):
        raise FileError(
            f"{workbook.path.name} has a sheet {layout.CONF_SHEET}: it is a csm-xl workbook "
            "already (use upgrade), or another xlwings project, whose settings csm-xl must not "
            "change.",
            f"{workbook.path.name} 中已有工作表 {layout.CONF_SHEET}：它已经是 csm-xl 工作簿（请用 "
            "upgrade），或属于其他 xlwings 项目，csm-xl 不会改动其设置。",
        )


def _join_project(workbook: Workbook, path: Path, lang: Language) -> list[Text]:
    """Add our modules to the owner's VBA project, every one of whose modules stays as it is."""
    from pyopenvba import VBAModuleKind

    with working_folder() as folder:
        copy = folder / path.name
        copy.write_bytes(path.read_bytes())
        with vba_project.open_project(copy) as file:
            sources = file.vba_modules()
            standard = {
                module.name: module.source
                for module in file.vba_project().modules
                if module.kind is VBAModuleKind.standard
            }
            document = code_name(workbook)
            watch = document not in sources or _has_code(sources[document])
            wanted = vba_project.modules(lang, watch=watch, document=document)
            notes, wanted = _without_dictionary(wanted, sources)
            _refuse_clashes(workbook, wanted, sources, standard)
            vba_project.put_modules(file, wanted)
            signed = file.vba_signature().present
            vba_project.save_project(file, path)
        take_over_project(workbook, copy)
    if signed:
        notes.append(
            Text(
                "The signature of the macros is gone, since macros were added. Sign them again.",
                "由于添加了宏，原有的宏签名已失效，请重新签名。",
            )
        )
    return notes


def _has_code(source: str) -> bool:
    lines = (line.strip() for line in vba_project.body(source).splitlines())
    return any(line and not line.startswith(("'", "Option ")) for line in lines)


def _without_dictionary(
    wanted: tuple[vba_project.Module, ...], sources: dict[str, str]
) -> tuple[list[Text], tuple[vba_project.Module, ...]]:
    """Leave xlwings' Dictionary out where the owner's code means another one by that name.

    Only Excel for Mac needs it.
    """
    used = any(vba_names.mentions(source, "Dictionary") for source in sources.values())
    if not used and "Dictionary" not in sources:
        return [], wanted
    note = Text(
        "Your macros use a Dictionary of their own, so csm-xl's buttons work in this workbook on "
        "Windows only.",
        "您的宏使用了自己的 Dictionary，因此 csm-xl 的按钮在此工作簿中只能在 Windows 上使用。",
    )
    return [note], tuple(module for module in wanted if module.name != "Dictionary")


def _refuse_clashes(
    workbook: Workbook,
    wanted: tuple[vba_project.Module, ...],
    sources: dict[str, str],
    standard: dict[str, str],
) -> None:
    from csm_xl.functions import REGISTRY

    present = {name.casefold(): name for name in sources}
    same = [
        present[module.name.casefold()]
        for module in wanted
        if module.kind != "document" and module.name.casefold() in present
    ]
    if same:
        listed = ", ".join(same)
        raise FileError(
            f"{workbook.path.name} has VBA modules that csm-xl needs the names of: {listed}. If it "
            "is a csm-xl workbook already, use upgrade; otherwise rename them first.",
            f"{workbook.path.name} 中已有 csm-xl 需要使用的 VBA 模块名：{listed}。"
            "如果它已经是 csm-xl 工作簿，请用 upgrade；否则请先给这些模块改名。",
        )
    package = workbook.package
    parts = [package.read(name) for name in package.part_names() if name.startswith(_NAMING_PARTS)]
    parts.append(callbacks(package).encode())
    found = vba_names.clashes(
        {m.name: m.source for m in wanted if m.kind == "standard"}, standard, set(REGISTRY), parts
    )
    if found:
        listed = ", ".join(f"{name} ({module})" for name, module in sorted(found.items()))
        raise FileError(
            f"Your macros have names that csm-xl uses too: {listed}. Rename them, or make them "
            "Private, and try again.",
            f"您的宏中有与 csm-xl 相同的名称：{listed}。请改名或设为 Private 后再试。",
        )


def take_over_project(workbook: Workbook, changed: Path) -> None:
    """Bring the VBA project of a changed copy into the workbook, and drop what left with it.

    A signature lies in parts beside the project and no longer fits it.
    """
    package = workbook.package
    kept = Package(changed)
    for name in package.part_names():
        if not kept.has(name):
            package.remove(name)
    package.replace(PART, (kept.read(PART),))
