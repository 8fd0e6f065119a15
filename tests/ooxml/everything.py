"""A workbook with all that owners' files hold and that other libraries lose."""

from __future__ import annotations

from pathlib import Path

from ooxml import handmade
from ooxml.handmade import MAIN, MICROSOFT, RELS, SHEET_TYPE

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
X14 = f"{MICROSOFT}/spreadsheetml/2009/9/main"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8cfc0f01f0005000201e221bc330000000049454e44ae426082"
)

ROWS = (
    '<row r="1" spans="1:4" x14ac:dyDescent="0.25"><c r="A1" t="s"><v>0</v></c>'
    '<c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c></row>'
    '<row r="2" spans="1:4" x14ac:dyDescent="0.25"><c r="A2" t="s"><v>4</v></c>'
    '<c r="B2" s="1"><v>45000</v></c><c r="C2"><v>12.5</v></c>'
    '<c r="D2"><f t="shared" ref="D2:D4" si="0">C2*2</f><v>25</v></c></row>\n'
    '<row r="3" spans="1:4" hidden="1"><c r="A3" t="inlineStr"><is><t xml:space="preserve"> b </t>'
    '</is></c><c r="B3" s="1"><v>45001</v></c><c r="C3"><v>0.30000000000000004</v></c>'
    '<c r="D3"><f t="shared" si="0"/><v>0.6</v></c></row>'
    '<row r="4" ht="40" customHeight="1"><c r="A4" t="str"><f>"x"&amp;A3</f><v>x b </v></c>'
    '<c r="B4" s="2"/><c r="C4" t="e"><v>#N/A</v></c><c r="D4" t="e"><f t="shared" si="0"/>'
    "<v>#N/A</v></c></row>"
)
STRINGS = [
    *(f"<si><t>{t}</t></si>" for t in ("Name", "Start", "Spend", "Double")),
    "<si><r><t>rich</t></r><r><rPr><b/></rPr><t> text</t></r></si>",
]
_BEFORE = (
    '<sheetPr codeName="Sheet1"><tabColor rgb="FFFF0000"/></sheetPr><dimension ref="A1:D4"/>'
    '<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
    'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15" x14ac:dyDescent="0.25"/>'
    '<cols><col min="1" max="1" width="22.5" customWidth="1"/></cols>'
)
_AFTER = (
    '<mergeCells count="1"><mergeCell ref="F1:G2"/></mergeCells>'
    '<conditionalFormatting sqref="C2:C4"><cfRule type="cellIs" dxfId="0" priority="1" '
    'operator="greaterThan"><formula>10</formula></cfRule></conditionalFormatting>'
    '<dataValidations count="1"><dataValidation type="list" allowBlank="1" sqref="A2:A9">'
    '<formula1>"a,b"</formula1></dataValidation></dataValidations>'
    '<hyperlinks><hyperlink ref="A2" r:id="rId5"/></hyperlinks>'
    '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    '<drawing r:id="rId1"/><legacyDrawing r:id="rId2"/>'
    '<tableParts count="1"><tablePart r:id="rId4"/></tableParts>'
    '<extLst><ext uri="{A8765BA9-456A-4dab-B4F3-ACF838C121DE}" '
    f'xmlns:x14="{X14}"><x14:slicerList><x14:slicer r:id="rId6"/></x14:slicerList></ext></extLst>'
)


def data_sheet() -> str:
    """The sheet with cells, table, chart, comment, picture, validation and slicer."""
    part = handmade.sheet_xml(ROWS, before=_BEFORE, after=_AFTER)
    names = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        f'mc:Ignorable="x14ac" xmlns:x14ac="{MICROSOFT}/spreadsheetml/2009/9/ac"'
    )
    return part.replace(f' xmlns:r="{RELS}"', f' xmlns:r="{RELS}"{names}', 1)


def parts() -> dict[str, str | bytes]:
    """Every part, in the order of the archive."""
    pivot_sheet = handmade.sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    properties = (
        '<fileVersion appName="xl" lastEdited="7"/><workbookPr codeName="ThisWorkbook"/>'
        '<bookViews><workbookView xWindow="0" yWindow="0" activeTab="0"/></bookViews>'
    )
    extra = (
        '<externalReferences><externalReference r:id="rId50"/></externalReferences>'
        '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">Data!$A$1:$D$4'
        '</definedName><definedName name="Rate">0.19</definedName></definedNames>'
        '<calcPr calcId="191029"/><pivotCaches><pivotCache cacheId="1" r:id="rId51"/></pivotCaches>'
        f'<extLst><ext uri="{{x}}" xmlns:x14="{X14}"><x14:slicerCaches><x14:slicerCache '
        'r:id="rId53"/></x14:slicerCaches></ext></extLst>'
    )
    found = handmade.parts(
        {"Data": data_sheet(), "Pivot": pivot_sheet},
        strings=STRINGS,
        workbook_properties=properties,
        workbook_extra=extra,
        macros=True,
    )
    links = [
        ("rId50", "externalLink", "externalLinks/externalLink1.xml"),
        ("rId51", "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"),
        ("rId52", f"{MICROSOFT}/2006/relationships/vbaProject", "vbaProject.bin"),
        ("rId53", f"{MICROSOFT}/2007/relationships/slicerCache", "slicerCaches/slicerCache1.xml"),
        ("rId54", "calcChain", "calcChain.xml"),
        ("rId55", "theme", "theme/theme1.xml"),
    ]
    found["xl/_rels/workbook.xml.rels"] = _joined(found["xl/_rels/workbook.xml.rels"], links)
    custom_ui = (
        "rId9",
        f"{MICROSOFT}/2007/relationships/ui/extensibility",
        "customUI/customUI14.xml",
    )
    found["_rels/.rels"] = _joined(found["_rels/.rels"], [custom_ui])
    found["xl/worksheets/_rels/sheet1.xml.rels"] = handmade.rels(
        ("rId1", "drawing", "../drawings/drawing1.xml"),
        ("rId2", "vmlDrawing", "../drawings/vmlDrawing1.vml"),
        ("rId3", "comments", "../comments1.xml"),
        ("rId4", "table", "../tables/table1.xml"),
        ("rId5", "hyperlink", '../other.xlsx" TargetMode="External'),
        ("rId6", f"{MICROSOFT}/2007/relationships/slicer", "../slicers/slicer1.xml"),
        ("rId7", "ctrlProp", "../ctrlProps/ctrlProp1.xml"),
    )
    found["xl/worksheets/_rels/sheet2.xml.rels"] = handmade.rels(
        ("rId1", "pivotTable", "../pivotTables/pivotTable1.xml")
    )
    found["xl/drawings/_rels/drawing1.xml.rels"] = handmade.rels(
        ("rId1", "chart", "../charts/chart1.xml"), ("rId2", "image", "../media/image1.png")
    )
    overrides = ""
    for name, kind, content in _OTHER_PARTS:
        found[name] = content
        if kind:
            overrides += f'<Override PartName="/{name}" ContentType="{kind}"/>'
    found["[Content_Types].xml"] = str(found["[Content_Types].xml"]).replace(
        "</Types>",
        '<Default Extension="png" ContentType="image/png"/><Default Extension="vml" '
        'ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f"{overrides}</Types>",
    )
    return found


def _joined(part: str | bytes, links: list[tuple[str, str, str]]) -> str:
    items = handmade.rels(*links).partition("<Relationships")[2].partition(">")[2]
    return str(part).replace("</Relationships>", items)


_CHART = (
    f'<?xml version="1.0"?><c:chartSpace xmlns:c="{CHART}"><c:chart><c:plotArea><c:barChart>'
    "<c:ser><c:val><c:numRef><c:f>Data!$C$2:$C$4</c:f></c:numRef></c:val></c:ser></c:barChart>"
    "</c:plotArea></c:chart></c:chartSpace>"
)
_TABLE = (
    f'<table xmlns="{MAIN}" id="1" name="Customers" displayName="Customers" ref="A1:D4" '
    'totalsRowShown="0"><autoFilter ref="A1:D4"/><tableColumns count="4"><tableColumn id="1" '
    'name="Name"/><tableColumn id="2" name="Start"/><tableColumn id="3" name="Spend"/>'
    '<tableColumn id="4" name="Double"/></tableColumns>'
    '<tableStyleInfo name="TableStyleMedium2" showFirstColumn="0" showLastColumn="0" '
    'showRowStripes="1" showColumnStripes="0"/></table>'
)
_OTHER_PARTS: list[tuple[str, str, str | bytes]] = [
    ("xl/vbaProject.bin", "", bytes(range(256)) * 40),
    ("customUI/customUI14.xml", "", '<customUI xmlns="x"><ribbon/></customUI>'),
    (
        "xl/drawings/drawing1.xml",
        "application/vnd.openxmlformats-officedocument.drawing+xml",
        f'<xdr:wsDr xmlns:xdr="{DRAWING}"/>',
    ),
    ("xl/drawings/vmlDrawing1.vml", "", "<xml>not even <br> well-formed</xml>"),
    (
        "xl/charts/chart1.xml",
        "application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
        _CHART,
    ),
    ("xl/media/image1.png", "", PNG),
    (
        "xl/comments1.xml",
        f"{SHEET_TYPE}.comments+xml",
        f'<comments xmlns="{MAIN}"><authors><author>me</author></authors><commentList/></comments>',
    ),
    ("xl/tables/table1.xml", f"{SHEET_TYPE}.table+xml", _TABLE),
    ("xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml", "<slicers/>"),
    ("xl/slicerCaches/slicerCache1.xml", "application/vnd.ms-excel.slicerCache+xml", "<s/>"),
    ("xl/ctrlProps/ctrlProp1.xml", "application/vnd.ms-excel.controlproperties+xml", "<p/>"),
    ("xl/pivotTables/pivotTable1.xml", f"{SHEET_TYPE}.pivotTable+xml", f'<p xmlns="{MAIN}"/>'),
    (
        "xl/pivotCache/pivotCacheDefinition1.xml",
        f"{SHEET_TYPE}.pivotCacheDefinition+xml",
        f'<pivotCacheDefinition xmlns="{MAIN}"/>',
    ),
    (
        "xl/externalLinks/externalLink1.xml",
        f"{SHEET_TYPE}.externalLink+xml",
        f'<externalLink xmlns="{MAIN}"/>',
    ),
    (
        "xl/calcChain.xml",
        f"{SHEET_TYPE}.calcChain+xml",
        f'<calcChain xmlns="{MAIN}"><c r="D2" i="1"/><c r="A4"/></calcChain>',
    ),
    ("xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml", "<theme/>"),
    ("docProps/custom.xml", "", "<Properties/>"),
    ("future/unknown.dat", "application/x-future", b"\x00\x01\x02what nobody knows"),
]


def make(path: Path) -> Path:
    """Write the workbook; use a name that ends in .xlsm."""
    return handmade.write(path, parts())
