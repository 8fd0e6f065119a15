"""The last pass over a new package: the numbers inside each chart, nothing that differs by machine.

A viewer that cannot calculate draws a chart from the numbers that are kept inside it.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from openpyxl.utils import range_boundaries

from csm_xl.ooxml.parts import read_parts, write_parts

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:creator>csm-xl</dc:creator>'
    '<dcterms:created xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">2026-01-01T00:00:00Z</dcterms:modified>'
    "</cp:coreProperties>"
)
_APP = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>Microsoft Excel</Application>'
    "<AppVersion>16.0300</AppVersion></Properties>"
)

#: The target of a relation that is named from the package's root.
_FROM_ROOT = re.compile(rb'Target="/([^"]*)"')
_EMPTY_NUMBER = re.compile(rb' t="n"(?: ?/>|></c>)')

#: What a cell may hold: a number, a text, a truth value, or an Excel error such as "#N/A".
Value = float | str | bool | None


def finished(package: bytes) -> bytes:
    """The same package without dates, user names, or an order that depends on the machine."""
    parts = read_parts(package)
    parts["docProps/core.xml"] = _DECLARATION + _CORE.encode()
    parts["docProps/app.xml"] = _DECLARATION + _APP.encode()
    return packed({name: _as_excel_writes(name, content) for name, content in parts.items()})


def _as_excel_writes(name: str, content: bytes) -> bytes:
    """A part without what openpyxl spells out and Excel leaves away, since other programs trip.

    ONLYOFFICE takes ``headerRowCount="1"`` for a second header row, IronCalc an empty cell of type
    ``n`` for a zero, and a target that begins at the root for a part that is missing.
    """
    if name.startswith("xl/tables/"):
        return content.replace(b' headerRowCount="1"', b"")
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        return _EMPTY_NUMBER.sub(b"/>", content)
    if name.endswith(".rels"):
        folder = posixpath.dirname(posixpath.dirname(name))
        return _FROM_ROOT.sub(
            lambda found: b'Target="%s"' % posixpath.relpath(found[1].decode(), folder).encode(),
            content,
        )
    return content


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts; the content types come first, the rest by name."""
    buffer = io.BytesIO()
    order = sorted(parts, key=lambda name: (name != "[Content_Types].xml", name))
    write_parts(buffer, ((name, (parts[name],)) for name in order))
    return buffer.getvalue()


def with_chart_values(package: bytes) -> bytes:
    """Put the numbers that the cells hold now into the charts."""
    parts = read_parts(package)
    _fill_charts(parts)
    return packed(parts)


def declared(root: Any) -> bytes:
    """A part's bytes, with the XML declaration that Excel writes."""
    return _DECLARATION + etree.tostring(root, encoding="UTF-8")


def sheet_parts(parts: Mapping[str, bytes]) -> dict[str, str]:
    """Sheet name to the name of its part."""
    book = etree.fromstring(parts["xl/workbook.xml"])
    rels = etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    targets = {rel.get("Id", ""): rel.get("Target", "") for rel in rels}
    found = {}
    for sheet in book.iterfind(f".//{{{MAIN}}}sheet"):
        target = targets[sheet.get(f"{{{_RELS}}}id", "")]
        found[sheet.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return found


def _place(reference: str) -> tuple[int, int]:
    col, row, _, _ = range_boundaries(reference)
    return row, col


class Cells:
    """What the cells of a package hold, read sheet by sheet when asked."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._parts = parts
        self._sheets = sheet_parts(parts)
        self._read: dict[str, dict[tuple[int, int], Value]] = {}
        strings = parts.get("xl/sharedStrings.xml")
        self._strings = (
            [
                "".join(text.text or "" for text in item.iter(f"{{{MAIN}}}t"))
                for item in etree.fromstring(strings)
            ]
            if strings
            else []
        )

    def block(self, reference: str) -> list[Value]:
        """The cells of ``'Sheet'!$A$1:$A$9``, row by row."""
        sheet, _, area = reference.rpartition("!")
        sheet = sheet.strip("'").replace("''", "'")
        left, top, right, bottom = range_boundaries(area.replace("$", ""))
        return [
            self.at(sheet, row, col)
            for row in range(top, bottom + 1)
            for col in range(left, right + 1)
        ]

    def at(self, sheet: str, row: int, col: int) -> Value:
        """One cell, counted from 1."""
        if sheet not in self._read:
            self._read[sheet] = self._read_sheet(self._parts[self._sheets[sheet]])
        return self._read[sheet].get((row, col))

    def _read_sheet(self, part: bytes) -> dict[tuple[int, int], Value]:
        found: dict[tuple[int, int], Value] = {}
        for cell in etree.fromstring(part).iter(f"{{{MAIN}}}c"):
            kind = cell.get("t", "n")
            place = _place(cell.get("r", ""))
            if kind == "inlineStr":
                found[place] = "".join(text.text or "" for text in cell.iter(f"{{{MAIN}}}t"))
                continue
            value = cell.findtext(f"{{{MAIN}}}v")
            if value is None:
                continue
            if kind == "s":
                found[place] = self._strings[int(value)]
            elif kind == "n":
                found[place] = float(value) if value else None
            else:
                found[place] = value
        return found


def _fill_charts(parts: dict[str, bytes]) -> None:
    cells = Cells(parts)
    for name in sorted(parts):
        if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            root = etree.fromstring(parts[name])
            for reference in root.iter(f"{{{_CHART}}}numRef", f"{{{_CHART}}}strRef"):
                _fill_cache(reference, cells)
            parts[name] = declared(root)


def _fill_cache(reference: Any, cells: Cells) -> None:
    """Give a reference of a chart its cache; labels that are texts need another element."""
    values = cells.block(reference.findtext(f"{{{_CHART}}}f"))
    for old in reference.findall(f"{{{_CHART}}}numCache") + reference.findall(
        f"{{{_CHART}}}strCache"
    ):
        reference.remove(old)
    parent = reference.getparent().tag
    is_label = parent == f"{{{_CHART}}}cat"
    texts = parent == f"{{{_CHART}}}tx" or (
        is_label and any(isinstance(value, str) for value in values)
    )
    reference.tag = f"{{{_CHART}}}{'strRef' if texts else 'numRef'}"
    cache = etree.SubElement(reference, f"{{{_CHART}}}{'strCache' if texts else 'numCache'}")
    if not texts:
        months = is_label and all(isinstance(value, float) for value in values)
        etree.SubElement(cache, f"{{{_CHART}}}formatCode").text = (
            "yyyy\\-mm" if months else "General"
        )
    etree.SubElement(cache, f"{{{_CHART}}}ptCount").set("val", str(len(values)))
    for index, value in enumerate(values):
        if value is None or (not texts and isinstance(value, str)):
            continue
        point = etree.SubElement(cache, f"{{{_CHART}}}pt")
        point.set("idx", str(index))
        etree.SubElement(point, f"{{{_CHART}}}v").text = (
            value if isinstance(value, str) else f"{value:.15g}"
        )
