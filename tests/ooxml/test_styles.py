"""Styles are added at the end, and cells keep everything else about their looks."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from ooxml import handmade

from csm_xl.commands.opening import open_book
from csm_xl.errors import FileError
from csm_xl.ooxml.styles import shows_date
from csm_xl.ooxml.workbook_file import Workbook

ROWS = (
    '<row r="1"><c r="A1" s="2"><v>0.5</v></c><c r="B1" s="1"><v>45000</v></c>'
    '<c r="C1"><v>1</v></c></row>'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return handmade.workbook(tmp_path / "book.xlsx", ROWS)


@pytest.mark.parametrize("spelled", ["'", handmade.RELS, handmade.MAIN + "2"])
def test_styles_of_another_namespace_are_damage(spelled: str, tmp_path: Path) -> None:
    # Read all the same, no number would be a date.
    styles = handmade.STYLES.replace(handmade.MAIN, spelled)
    workbook = Workbook(handmade.workbook(tmp_path / "book.xlsx", ROWS, styles=styles))
    with pytest.raises(FileError, match=r"xl/styles\.xml"):
        workbook.sheet("Data").date_rows(2, 1, 1)


@pytest.mark.parametrize(
    ("number_format", "expected"),
    [
        ("General", False),
        ("0.00", False),
        ("yyyy-mm-dd", True),
        ("h:mm:ss", True),
        ("[h]:mm", True),
        ("[Red]0.0", False),
        ('0.0" days"', False),
        ("0\\d", False),
        ('yyyy"年"m"月"d"日"', True),
        ("[$-804]yyyy", True),
        ("[$¥-804]#,##0", False),
        ("0;yyyy", False),
        ("_-* #,##0_-", False),
        ("@", False),
    ],
)
def test_date_formats_are_told_from_others(number_format: str, expected: bool) -> None:
    assert shows_date(number_format) is expected


def test_a_number_format_keeps_the_rest_of_the_style(path: Path) -> None:
    book = open_book(path)
    book.sheets[0]["A1"].number_format = "0.000"
    book.save()
    cell = openpyxl.load_workbook(path)["Data"]["A1"]
    assert cell.number_format == "0.000"
    assert cell.alignment.horizontal == "center"
    assert open_book(path).sheets[0]["A1"].number_format == "0.000"


def test_a_colour_keeps_the_number_format(path: Path) -> None:
    book = open_book(path)
    book.sheets[0]["A1:C1"].color = (200, 220, 240)
    book.save()
    sheet = openpyxl.load_workbook(path)["Data"]
    assert [sheet[a].fill.fgColor.rgb for a in ("A1", "B1", "C1")] == ["FFC8DCF0"] * 3
    assert sheet["A1"].number_format == "0%"
    assert open_book(path).sheets[0]["A1"].color == (200, 220, 240)
    book.sheets[0]["A1"].color = None
    assert book.sheets[0]["A1"].color is None


def test_styles_that_exist_are_found_again(path: Path) -> None:
    book = open_book(path)
    sheet = book.sheets[0]
    sheet["C1"].number_format = "yyyy\\-mm\\-dd"
    sheet["D1:D50"].number_format = "0.0%"
    sheet["E1:E50"].number_format = "0.0%"
    book.save()
    root = etree.fromstring(handmade.read_part(path, "xl/styles.xml"))
    styles = root.find(f"{{{handmade.MAIN}}}cellXfs")
    assert styles is not None
    assert len(styles) == 5
    assert styles.get("count") == "5"
    before = path.read_bytes()
    book = open_book(path)
    book.sheets[0]["D1:E50"].number_format = "0.0%"
    book.save()
    assert path.read_bytes() == before


def test_existing_styles_are_not_touched(path: Path) -> None:
    before = etree.fromstring(handmade.read_part(path, "xl/styles.xml"))
    book = open_book(path)
    book.sheets[0]["A1"].number_format = '0.0"x"'
    book.sheets[0]["B1"].color = "#ff0000"
    book.save()
    after = etree.fromstring(handmade.read_part(path, "xl/styles.xml"))
    for old, new in zip(before, after, strict=True):
        children = list(new)[: len(old)]
        assert [etree.tostring(c) for c in old] == [etree.tostring(c) for c in children]
    assert after.get("{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable")


def test_a_number_format_makes_a_number_a_date_at_once(path: Path) -> None:
    sheet = open_book(path).sheets[0]
    assert sheet["C1"].value == 1.0
    sheet["C1"].number_format = "yyyy-mm-dd"
    assert str(sheet["C1"].value) == "1900-01-01 00:00:00"
    assert sheet["C1"].api.Value2 == 1.0
    sheet["B1"].number_format = "0"
    assert sheet["B1"].value == 45000.0


def test_a_workbook_without_styles_is_given_some(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><v>0.5</v></c></row>'
    path = handmade.workbook(tmp_path / "book.xlsx", rows, styles=None)
    assert Workbook(path).date_styles == frozenset()
    book = open_book(path)
    book.sheets[0]["A1"].number_format = "0.0%"
    book.save()
    assert openpyxl.load_workbook(path)["Data"]["A1"].number_format == "0.0%"


def test_whole_columns_take_a_format_for_cells_to_come(path: Path) -> None:
    book = open_book(path)
    book.sheets[0]["C:D"].number_format = "@"
    assert book.sheets[0]["C:D"].number_format == "@"
    assert book.sheets[0]["C999"].number_format == "@"
    book.sheets[0]["D7"].value = "text"
    book.save()
    sheet = openpyxl.load_workbook(path)["Data"]
    assert sheet["C1"].number_format == "@"
    assert sheet["D7"].number_format == "@"


def test_cells_that_differ_have_no_common_format(path: Path) -> None:
    assert open_book(path).sheets[0]["A1:C1"].number_format is None


def test_column_widths_are_read_and_set_where_others_keep_theirs(tmp_path: Path) -> None:
    part = handmade.sheet_xml(
        ROWS,
        before='<sheetFormatPr defaultRowHeight="15"/>'
        '<cols><col min="2" max="5" width="10.7109375" style="1" customWidth="1"/></cols>',
    )
    path = handmade.write(tmp_path / "book.xlsx", handmade.parts({"Data": part}))
    book = open_book(path)
    sheet = book.sheets[0]
    assert sheet["B1"].column_width == 10.0
    assert sheet["A1"].column_width == 8.43
    sheet["A:C"].column_width = 20
    assert sheet["A:C"].column_width == 20.0
    assert sheet["A:D"].column_width is None
    book.save()
    widths = openpyxl.load_workbook(path)["Data"].column_dimensions
    assert widths["A"].width == pytest.approx(20.71, abs=0.01)
    part = handmade.read_part(path, "xl/worksheets/sheet1.xml").decode()
    columns = [dict(c.attrib) for c in etree.fromstring(part.encode()).iter("{*}col")]
    assert [(c["min"], c["max"], c.get("style")) for c in columns] == [
        ("1", "1", None),
        ("2", "3", "1"),
        ("4", "5", "1"),
    ]
    assert columns[2]["width"] == "10.7109375"
