"""The drawing of a sheet: where its charts stand, and adding one.

Source: ISO/IEC 29500-1, 20.5 (spreadsheet drawing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.charts import CHART, Chart
from csm_xl.ooxml.sheet_looks import SheetLooks
from csm_xl.ooxml.xml_numbers import whole_of
from csm_xl.ooxml.xml_parts import RELS, Element

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.ooxml.worksheet import Worksheet

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.drawing"
#: English metric units in a point.
EMU = 12700
_ANCHOR = """<xdr:oneCellAnchor xmlns:xdr="{drawing}" xmlns:a="{main}"><xdr:from><xdr:col>{column}</xdr:col>\
<xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>\
<xdr:ext cx="{width}" cy="{height}"/><xdr:graphicFrame macro=""><xdr:nvGraphicFramePr>\
<xdr:cNvPr id="{number}" name="Chart {number}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr><xdr:xfrm>\
<a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="{chart}">\
<c:chart xmlns:c="{chart}" xmlns:r="{links}" r:id="{link}"/></a:graphicData></a:graphic></xdr:graphicFrame>\
<xdr:clientData/></xdr:oneCellAnchor>"""


class Drawing:
    """The charts of one sheet.

    Parameters
    ----------
    workbook : Workbook
    sheet : Worksheet
    """

    def __init__(self, workbook: Workbook, sheet: Worksheet) -> None:
        self._workbook, self._sheet = workbook, sheet
        self._package = workbook.package

    @property
    def _part(self) -> str | None:
        for link in self._package.relationships(self._sheet.part):
            if link.kind == "drawing" and self._package.has(link.target):
                return self._package.name_of(link.target)
        return None

    def charts(self) -> list[Chart]:
        """The sheet's charts, in the order in which they were added."""
        part = self._part
        if part is None:
            return []
        links = {link.id: link for link in self._package.relationships(part)}
        found = []
        for frame in self._package.tree(part).iter(f"{{{_DRAWING}}}graphicFrame"):
            chart = next(frame.iter(f"{{{CHART}}}chart"), None)
            label = next(frame.iter(f"{{{_DRAWING}}}cNvPr"), None)
            identity = "" if chart is None else self._identity(chart)
            if label is not None and identity in links:
                target = self._package.name_of(links[identity].target)
                found.append(Chart(self._workbook, target, part, label))
        return found

    def _identity(self, chart: Element) -> str:
        return chart.get(f"{{{RELS}}}id") or chart.get(f"{{{self._workbook.links}}}id") or ""

    def add_chart(self, row: int, column: int, width: float, height: float) -> Chart:
        """An empty chart, its corner at a cell, so many points wide and high."""
        package, links = self._package, self._workbook.links
        part = self._part or self._new_part()
        chart = package.free_name("xl/charts/chart{}.xml")
        package.add_tree(chart, xml_parts.parse(Chart.empty(), chart, package.path))
        package.set_content_type(chart, f"{_TYPE}ml.chart+xml")
        link = package.relate(part, f"{links}/chart", chart)
        root = package.tree(part)
        numbers = [whole_of(e, "id") for e in root.iter(f"{{{_DRAWING}}}cNvPr")]
        anchor = _ANCHOR.format(
            drawing=_DRAWING, main=_MAIN, chart=CHART, links=links, link=link,
            row=row - 1, column=column - 1, width=round(width * EMU), height=round(height * EMU),
            number=max(numbers, default=1) + 1,
        )  # fmt: skip
        root.append(xml_parts.parse(anchor.encode(), part, package.path))
        package.touch(part)
        return self.charts()[-1]

    def _new_part(self) -> str:
        package, links = self._package, self._workbook.links
        part = package.free_name("xl/drawings/drawing{}.xml")
        package.add_tree(part, xml_parts.new_root("wsDr", _DRAWING))
        package.set_content_type(part, f"{_TYPE}+xml")
        link = package.relate(self._sheet.part, f"{links}/drawing", part)
        SheetLooks(self._sheet.frame).draw(link)
        return part
