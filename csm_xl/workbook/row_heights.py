"""Heights of rows with text that breaks, estimated for programs that do not fit them on opening.

Excel fits such rows itself; LibreOffice and viewers take what the file says. The heights are not
marked as chosen by hand, so Excel fits the row again as soon as something in it changes.
"""

from __future__ import annotations

from typing import Any

from lxml import etree
from openpyxl.utils import range_boundaries

from csm_xl.ooxml.parts import read_parts
from csm_xl.ooxml.row_heights import height_of, lines_of
from csm_xl.workbook.normalised_package import (
    MAIN,
    Cells,
    declared,
    packed,
    sheet_parts,
)

_DEFAULT_WIDTH = 8.43


def with_row_heights(package: bytes) -> bytes:
    """Give every row whose height nobody chose the height that its wrapped texts need."""
    parts = read_parts(package)
    wraps = _wrapping(parts["xl/styles.xml"])
    cells = Cells(parts)
    for name, part in sheet_parts(parts).items():
        root = etree.fromstring(parts[part])
        if _fit(root, name, wraps, cells):
            parts[part] = declared(root)
    return packed(parts)


def _wrapping(styles: bytes) -> dict[int, int]:
    """The cell formats that break text, each with its indent."""
    found = {}
    formats = etree.fromstring(styles).find(f"{{{MAIN}}}cellXfs")
    for index, one in enumerate(formats if formats is not None else ()):
        alignment = one.find(f"{{{MAIN}}}alignment")
        if alignment is not None and alignment.get("wrapText") in ("1", "true"):
            found[index] = int(alignment.get("indent", "0"))
    return found


def _fit(root: Any, sheet: str, wraps: dict[int, int], cells: Cells) -> bool:
    widths = _widths(root)
    merged = {
        tuple(range_boundaries(area.get("ref"))[1::-1]): range_boundaries(area.get("ref"))
        for area in root.iter(f"{{{MAIN}}}mergeCell")
    }
    changed = False
    for row in root.iter(f"{{{MAIN}}}row"):
        if row.get("customHeight") in ("1", "true"):
            continue
        lines = 1
        for cell in row.iter(f"{{{MAIN}}}c"):
            style = int(cell.get("s", "0"))
            if style not in wraps:
                continue
            left, top, _, _ = range_boundaries(cell.get("r"))
            area = merged.get((top, left))
            if area is not None and area[3] > area[1]:
                continue
            last = area[2] if area is not None else left
            value = cells.at(sheet, top, left)
            if isinstance(value, str):
                room = sum(widths.get(col, _DEFAULT_WIDTH) for col in range(left, last + 1))
                lines = max(lines, lines_of(value, room, wraps[style]))
        if lines > 1:
            row.set("ht", f"{height_of(lines):g}")
            changed = True
    return changed


def _widths(root: Any) -> dict[int, float]:
    found = {}
    for column in root.iter(f"{{{MAIN}}}col"):
        for place in range(int(column.get("min")), int(column.get("max")) + 1):
            found[place] = float(column.get("width", _DEFAULT_WIDTH))
    return found
