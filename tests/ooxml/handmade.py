"""Workbooks put together part by part, with everything that owners' files hold."""

from __future__ import annotations

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
MICROSOFT = "http://schemas.microsoft.com/office"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'

STYLES = f"""{HEADER}<styleSheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/\
markup-compatibility/2006" mc:Ignorable="x14ac" xmlns:x14ac="{MICROSOFT}/spreadsheetml/2009/9/ac">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>\
<fonts count="1" x14ac:knownFonts="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="9" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1">\
<alignment horizontal="center"/></xf>\
<xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
<dxfs count="0"/></styleSheet>"""


def rels(*links: tuple[str, str, str]) -> str:
    """A relationships part from (id, type, target); a full type is taken as it is."""
    items = "".join(
        f'<Relationship Id="{i}" Type="{t if ":" in t else f"{RELS}/{t}"}" Target="{target}"/>'
        for i, t, target in links
    )
    return f'{HEADER}<Relationships xmlns="{PACKAGE_RELS}">{items}</Relationships>'


def sheet_xml(rows: str, *, before: str = "", after: str = "") -> str:
    """A worksheet part around the given rows."""
    return (
        f'{HEADER}<worksheet xmlns="{MAIN}" xmlns:r="{RELS}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def parts(
    sheets: dict[str, str],
    *,
    strings: list[str] | None = None,
    workbook_extra: str = "",
    workbook_properties: str = "",
    styles: str | None = STYLES,
    macros: bool = False,
) -> dict[str, str | bytes]:
    """The parts of a small workbook: sheet names to worksheet XML; `strings` are ``<si>`` items."""
    names = list(sheets)
    main_type = (
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        if macros
        else f"{SHEET_TYPE}.sheet.main+xml"
    )
    overrides = f'<Override PartName="/xl/workbook.xml" ContentType="{main_type}"/>'
    links = []
    found: dict[str, str | bytes] = {}
    for number, name in enumerate(names, 1):
        overrides += (
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
            f'ContentType="{SHEET_TYPE}.worksheet+xml"/>'
        )
        links.append((f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml"))
        found[f"xl/worksheets/sheet{number}.xml"] = sheets[name]
    if styles is not None:
        links.append(("rId90", "styles", "styles.xml"))
        overrides += f'<Override PartName="/xl/styles.xml" ContentType="{SHEET_TYPE}.styles+xml"/>'
        found["xl/styles.xml"] = styles
    if strings is not None:
        links.append(("rId91", "sharedStrings", "sharedStrings.xml"))
        overrides += (
            '<Override PartName="/xl/sharedStrings.xml" '
            f'ContentType="{SHEET_TYPE}.sharedStrings+xml"/>'
        )
        items = "".join(strings)
        found["xl/sharedStrings.xml"] = (
            f'{HEADER}<sst xmlns="{MAIN}" count="{len(strings)}" '
            f'uniqueCount="{len(strings)}">{items}</sst>'
        )
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)
    )
    return {
        "[Content_Types].xml": (
            f'{HEADER}<Types xmlns="{TYPES}"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": rels(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{RELS}">{workbook_properties}'
            f"<sheets>{listed}</sheets>{workbook_extra}</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": rels(*links),
        **found,
    }


def write(path: Path, content: dict[str, str | bytes]) -> Path:
    """Zip the parts in the given order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            info = zipfile.ZipInfo(name, (2023, 5, 17, 9, 30, 4))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def workbook(path: Path, rows: str, **options: object) -> Path:
    """A workbook with one sheet ``Data`` that holds the given rows."""
    return write(path, parts({"Data": sheet_xml(rows)}, **options))  # type: ignore[arg-type]


def read_part(path: Path, name: str) -> bytes:
    """The bytes of one part."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
