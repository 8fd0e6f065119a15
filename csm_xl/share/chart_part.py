"""Drawings and charts of the copy: charts only, with numbers from the copy's own cells.

A chart keeps what it last showed in a cache of its own, names of customers among it, so every
cache is written anew. Pictures, shapes and buttons stay behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from csm_xl.formulas.addresses import MAX_ROW
from csm_xl.formulas.references import Area
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.ooxml.xml_numbers import decimal, whole_of
from csm_xl.ooxml.xml_parts import RELS, Element
from csm_xl.share.xml_sanitizer import cleaned, local, serialised

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_C = f"{{{CHART}}}"
#: Parts of a chart that lead out of it.
_OUT = ("externalData", "userShapes", "printSettings", "pivotSource", "protection", "clrMapOvr")

#: For a formula of a chart: the formula in the copy and its cells there, or None.
Refer = Callable[[str], tuple[str, list[Area]] | None]
#: What a cell of the copy holds.
Value = Callable[[str, int, int], CellValue]


def drawing_part(root: Element, charts: dict[str, str]) -> bytes | None:
    """A drawing with nothing but charts.

    Parameters
    ----------
    root : Element
        Of the owner's drawing.
    charts : dict of str to str
        The owner's links to charts that are in the copy, with the links there.

    Returns
    -------
    bytes or None
        None where no chart is left.
    """
    from lxml import etree

    new = etree.Element(f"{{{_DRAWING}}}wsDr", nsmap={"xdr": _DRAWING, "a": _A})
    for anchor in root:
        if not isinstance(anchor.tag, str) or not local(anchor).endswith("Anchor"):
            continue
        frame = anchor.find(f"{{{_DRAWING}}}graphicFrame")
        chart = None if frame is None else frame.find(f".//{_C}chart")
        if chart is None or chart.get(f"{{{RELS}}}id") not in charts:
            continue
        clean = cleaned(anchor, (CHART, _A, RELS))
        frame = clean.find(f"{{{_DRAWING}}}graphicFrame")
        assert frame is not None
        frame.set("macro", "")
        for extra in frame.iter(f"{{{_A}}}hlinkClick", f"{{{_A}}}hlinkHover"):
            parent = extra.getparent()
            assert parent is not None
            parent.remove(extra)
        number = len(new) + 2
        for properties in frame.iter(f"{{{_DRAWING}}}cNvPr"):
            properties.attrib.clear()
            properties.set("id", str(number))
            properties.set("name", f"Chart {number - 1}")
        for link in frame.iter(f"{_C}chart"):
            link.set(f"{{{RELS}}}id", charts[link.get(f"{{{RELS}}}id", "")])
        new.append(clean)
    return serialised(new) if len(new) else None


class ChartPart:
    """One chart of the copy.

    Parameters
    ----------
    root : Element
        Of the owner's chart, in the common dialect.
    refer : callable
    value : callable
    text, format_code : callable
        A text, and a number format, without what is personal in it.
    """

    def __init__(
        self,
        root: Element,
        refer: Refer,
        value: Value,
        text: Callable[[str], str],
        format_code: Callable[[str], str],
    ) -> None:
        self._root = cleaned(root, (_A, RELS))
        self._format_code = format_code
        self._refer, self._value, self._text = refer, value, text
        #: How many series now show values because their cells are not in the copy.
        self.frozen = 0

    def part(self) -> bytes:
        """The bytes of the part."""
        root = self._root
        for element in list(root.iter()):
            if element is root or not isinstance(element.tag, str):
                continue
            name = local(element)
            parent = element.getparent()
            if parent is None:
                continue
            if name in _OUT and str(element.tag).startswith(_C):
                parent.remove(element)
            elif name == "blipFill":
                # A fill by a picture would need the picture.
                parent.replace(element, element.makeelement(f"{{{_A}}}noFill"))
            elif name in ("hlinkClick", "hlinkMouseOver"):
                parent.remove(element)
        for paragraph in root.iter(f"{{{_A}}}p"):
            self._clean_runs(list(paragraph.iter(f"{{{_A}}}t")))
        for typed in root.iter(f"{_C}v"):
            # What was typed into the chart itself; caches are made anew.
            typed.text = self._text(typed.text or "")
        for shown in root.iter(f"{_C}numFmt"):
            shown.set("formatCode", self._format_code(shown.get("formatCode", "")))
        for shown in root.iter(f"{_C}formatCode"):
            shown.text = self._format_code(shown.text or "")
        for reference in list(root.iter(f"{_C}numRef", f"{_C}strRef", f"{_C}multiLvlStrRef")):
            self._refill(reference)
        return serialised(root)

    def _clean_runs(self, runs: list[Element]) -> None:
        """A paragraph's texts; a name may begin in one run and end in the next."""
        whole = "".join(run.text or "" for run in runs)
        clean = self._text(whole)
        if clean != whole:
            for place, run in enumerate(runs):
                run.text = clean if place == 0 else ""

    def _refill(self, reference: Element) -> None:
        formula = reference.find(f"{_C}f")
        found = None if formula is None else self._refer(formula.text or "")
        if found is None:
            self._as_literal(reference)
            return
        assert formula is not None
        formula.text, areas = found
        for cache in list(reference)[1:]:
            reference.remove(cache)
        kind = local(reference)
        if kind == "multiLvlStrRef" or not areas or sum(map(_size, areas)) > MAX_ROW:
            # Excel fills what has no cache when it opens the copy.
            return
        cells = [
            self._value(area.sheet, row, column)
            for area in areas
            for row in range(area.block[0], area.block[2] + 1)
            for column in range(area.block[1], area.block[3] + 1)
        ]
        reference.append(
            self._cache(reference, "numCache" if kind == "numRef" else "strCache", cells)
        )

    def _cache(self, holder: Element, name: str, cells: list[CellValue]) -> Element:
        from lxml import etree

        cache = holder.makeelement(f"{_C}{name}")
        if name in ("numCache", "numLit"):
            etree.SubElement(cache, f"{_C}formatCode").text = "General"
        etree.SubElement(cache, f"{_C}ptCount", {"val": str(len(cells))})
        for index, value in enumerate(cells):
            shown = _shown(value, name in ("numCache", "numLit"))
            if shown is not None:
                point = etree.SubElement(cache, f"{_C}pt", {"idx": str(index)})
                etree.SubElement(point, f"{_C}v").text = shown
        return cache

    def _as_literal(self, reference: Element) -> None:
        """What the chart showed last, where its cells are not in the copy."""
        self.frozen += 1
        kind = local(reference)
        parent = reference.getparent()
        assert parent is not None
        points = {
            place: point
            for point in reference.iter(f"{_C}pt")
            if (place := whole_of(point, "idx", -1)) in range(MAX_ROW)
        }
        cells: list[CellValue] = [None] * (max(points, default=-1) + 1)
        for index, point in points.items():
            value = point.find(f"{_C}v")
            text = "" if value is None else value.text or ""
            cells[index] = _number(text) if kind == "numRef" else self._text(text)
        if local(parent) == "tx":
            shown = " ".join(str(cell) for cell in cells if cell is not None)
            above = parent.getparent()
            title = above is not None and local(above) == "title"
            parent.replace(reference, _title(parent, shown) if title else _plain(parent, shown))
            return
        parent.replace(
            reference, self._cache(parent, "numLit" if kind == "numRef" else "strLit", cells)
        )


def _size(area: Area) -> int:
    r1, c1, r2, c2 = area.block
    return (r2 - r1 + 1) * (c2 - c1 + 1)


def _plain(holder: Element, text: str) -> Element:
    new = holder.makeelement(f"{_C}v")
    new.text = text
    return new


def _title(holder: Element, text: str) -> Element:
    from lxml import etree

    new = holder.makeelement(f"{_C}rich")
    etree.SubElement(new, f"{{{_A}}}bodyPr")
    run = etree.SubElement(etree.SubElement(new, f"{{{_A}}}p"), f"{{{_A}}}r")
    etree.SubElement(run, f"{{{_A}}}t").text = text
    return new


def _number(text: str) -> CellValue:
    try:
        return decimal(text)
    except ValueError:
        return None


def _shown(value: Any, number: bool) -> str | None:
    """A cell as a cache spells it; None where there is nothing to show."""
    if value is None or value == "":
        return None
    if number:
        if isinstance(value, ErrorValue):
            return str(value)
        if isinstance(value, str):
            return None
        return repr(float(value)) if math.isfinite(value) else None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
