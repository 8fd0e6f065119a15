"""The defined names of a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csm_xl.formulas.addresses import parse_block
from csm_xl.formulas.workbook_model import Block, NameInfo
from csm_xl.ooxml.xml_numbers import whole
from csm_xl.ooxml.xml_parts import Element

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook

#: The elements that stand before ``<definedNames>`` in a workbook part.
_BEFORE = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
)
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!\[\]]+))!([$A-Za-z0-9:]+)\Z")


class DefinedNames:
    """Names, each with its scope: the whole workbook or one sheet.

    Parameters
    ----------
    workbook : Workbook
    """

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    @property
    def _holder(self) -> Element | None:
        return self._workbook.root.find(self._workbook.ns + "definedNames")

    def elements(self) -> list[Element]:
        """The ``<definedName>`` elements, in order."""
        holder = self._holder
        return [] if holder is None else holder.findall(self._workbook.ns + "definedName")

    def scope(self, element: Element) -> str | None:
        """The sheet that a name belongs to, or None for the whole workbook."""
        position = element.get("localSheetId")
        sheets = self._workbook.sheet_elements()
        if position is None or whole(position) >= len(sheets):
            return None
        return sheets[whole(position)].get("name")

    def infos(self) -> list[NameInfo]:
        """Every name as a calculator sees it."""
        return [NameInfo(e.get("name", ""), self.scope(e), e.text or "") for e in self.elements()]

    def find(self, name: str, sheet: str | None) -> Element | None:
        """The element of a name with this scope, in any case."""
        for element in self.elements():
            if element.get("name", "").casefold() == name.casefold() and (
                (self.scope(element) or "").casefold() == (sheet or "").casefold()
            ):
                return element
        return None

    def set(self, name: str, text: str, sheet: str | None = None) -> Element:
        """Define a name, or define it anew; `text` is a formula without ``=``."""
        workbook = self._workbook
        element = self.find(name, sheet)
        if element is None:
            holder = self._holder
            if holder is None:
                holder = workbook.root.makeelement(workbook.ns + "definedNames")
                before = [e for e in workbook.root if str(e.tag).rpartition("}")[2] in _BEFORE]
                workbook.root.insert(workbook.root.index(before[-1]) + 1, holder)
            element = holder.makeelement(workbook.ns + "definedName", {"name": name})
            if sheet is not None:
                names = [e.get("name") for e in workbook.sheet_elements()]
                element.set("localSheetId", str(names.index(sheet)))
            holder.append(element)
        if element.text != text:
            element.text = text
            workbook.package.touch(workbook.part)
        return element

    def remove(self, element: Element) -> None:
        """Take a name away."""
        holder = self._holder
        if holder is not None:
            holder.remove(element)
            if not len(holder):
                self._workbook.root.remove(holder)
            self._workbook.package.touch(self._workbook.part)


def referred_block(text: str) -> tuple[str, Block] | None:
    """Sheet and block that a name such as ``'My sheet'!$A$1:$B$2`` refers to, if it is one."""
    match = _REFERENCE.match(text)
    if match is None:
        return None
    try:
        block = parse_block(match[3])
    except ValueError:
        return None
    return (match[1].replace("''", "'") if match[1] else match[2]), block
