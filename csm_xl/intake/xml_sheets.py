"""Workbooks in the XML of Excel 2003, which older programs still write and call .xls."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree import ElementTree

from csm_xl.errors import FileError
from csm_xl.intake.export import MOST_COLUMNS
from csm_xl.intake.workbook_files import MOST_ROWS, RawSheet

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def xml_sheets(text: str, name: str, sheet: str | None = None) -> list[RawSheet]:
    """The sheets of a workbook in XML, or the one of the name that was asked for.

    Raises
    ------
    FileError
        The file is damaged, declares entities, or has no such sheet.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _damaged(name)
    found: list[RawSheet] = []
    parser: Any = ElementTree.XMLPullParser(["end"])
    try:
        parser.feed(text)
        parser.close()
        for _, element in parser.read_events():
            if element.tag == f"{_SS}Worksheet":
                found.append(_sheet(element))
    except (ElementTree.ParseError, ValueError) as error:
        raise _damaged(name) from error
    kept = [one for one in found if sheet is None or one.name == sheet]
    if not kept:
        names = ", ".join(one.name for one in found[:10])
        raise FileError(
            f"{name} has no sheet {sheet}. It has: {names}.",
            f"{name} 中没有工作表“{sheet}”，其中有：{names}。",
        )
    return kept


def _sheet(page: ElementTree.Element) -> RawSheet:
    rows: list[list[Any]] = []
    lines: list[int] = []
    line = 0
    for row in page.iter(f"{_SS}Row"):
        line = _index(row, line, MOST_ROWS)
        cells: list[Any] = []
        for cell in row.iter(f"{_SS}Cell"):
            place = _index(cell, len(cells), MOST_COLUMNS * 10)
            cells += [None] * (place - len(cells))
            cells[place - 1] = _value(cell.find(f"{_SS}Data"))
            across = cell.get(f"{_SS}MergeAcross", "0")
            cells += [None] * (min(int(across), MOST_COLUMNS) if across.isdigit() else 0)
        rows.append(cells)
        lines.append(line)
    return RawSheet(page.get(f"{_SS}Name", ""), rows, lines)


def _index(element: ElementTree.Element, last: int, most: int) -> int:
    """The row or column that an element is, counted from 1."""
    place = int(element.get(f"{_SS}Index", last + 1))
    if not last < place <= most:
        raise ValueError(place)
    return place


def _value(data: ElementTree.Element | None) -> Any:
    if data is None:
        return None
    text = "".join(str(part) for part in data.itertext())
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    if kind == "DateTime":
        return dt.datetime.fromisoformat(text)
    if kind == "Boolean":
        return text == "1"
    return text


def _damaged(name: str) -> FileError:
    return FileError(
        f"{name} is a damaged workbook in XML. Open it in Excel and save it as .xlsx.",
        f"{name} 是已损坏的 XML 工作簿，请用 Excel 打开后另存为 .xlsx。",
    )
