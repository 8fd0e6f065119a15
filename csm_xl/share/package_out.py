"""The package of the copy, put together from nothing: no part gets in that nobody asked for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from csm_xl.ooxml.package import CONTENT_TYPES as CONTENT_TYPES_PART
from csm_xl.ooxml.package import rels_name
from csm_xl.ooxml.parts import write_parts
from csm_xl.ooxml.xml_parts import PACKAGE_RELS, RELS, TYPES

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "application/vnd.openxmlformats-officedocument."
#: The content type of each kind of part.
CONTENT_TYPES = {
    "workbook": f"{_OFFICE}spreadsheetml.sheet.main+xml",
    "worksheet": f"{_OFFICE}spreadsheetml.worksheet+xml",
    "styles": f"{_OFFICE}spreadsheetml.styles+xml",
    "theme": f"{_OFFICE}theme+xml",
    "table": f"{_OFFICE}spreadsheetml.table+xml",
    "drawing": f"{_OFFICE}drawing+xml",
    "chart": f"{_OFFICE}drawingml.chart+xml",
    "core": "application/vnd.openxmlformats-package.core-properties+xml",
    "app": f"{_OFFICE}extended-properties+xml",
}


class PackageOut:
    """Parts, their types and their links."""

    def __init__(self) -> None:
        self._parts: dict[str, Iterable[bytes]] = {}
        self._types: dict[str, str] = {}
        self._links: dict[str, list[tuple[str, str, str]]] = {}

    def add(self, name: str, kind: str, content: Iterable[bytes]) -> None:
        """A part, such as ``xl/worksheets/sheet1.xml``."""
        self._parts[name] = content
        self._types[name] = CONTENT_TYPES[kind]

    def link(self, source: str, kind: str, target: str) -> str:
        """Link a part (``""`` for the package) to another; returns the link's id."""
        links = self._links.setdefault(source, [])
        identity = f"rId{len(links) + 1}"
        links.append((identity, kind if "/" in kind else f"{RELS}/{kind}", target))
        return identity

    def write(self, out: BinaryIO) -> None:
        """Write the package."""
        write_parts(out, self._all())

    def _all(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        yield CONTENT_TYPES_PART, (self._content_types(),)
        for source, links in self._links.items():
            yield rels_name(source), (self._relationships(source, links),)
        yield from self._parts.items()

    def _content_types(self) -> bytes:
        overrides = "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>'
            for name, kind in self._types.items()
        )
        return (
            f'{_DECLARATION}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ).encode()

    @staticmethod
    def _relationships(source: str, links: list[tuple[str, str, str]]) -> bytes:
        folder = posixpath.dirname(source) or "."
        items = "".join(
            f'<Relationship Id="{identity}" Type="{kind}" '
            f"Target={quoteattr(posixpath.relpath(target, folder))}/>"
            for identity, kind, target in links
        )
        return (
            f'{_DECLARATION}<Relationships xmlns="{PACKAGE_RELS}">{items}</Relationships>'
        ).encode()


def core_properties(title: str, moment: str) -> bytes:
    """Document properties that name nobody."""
    return (
        f'{_DECLARATION}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/'
        '2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>csm-xl</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        "</cp:coreProperties>"
    ).encode()


def app_properties() -> bytes:
    """The program that is told to have written the file."""
    return (
        f'{_DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        'extended-properties"><Application>Microsoft Excel</Application>'
        "<AppVersion>16.0300</AppVersion></Properties>"
    ).encode()
