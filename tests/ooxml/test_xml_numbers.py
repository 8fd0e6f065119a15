"""What Python takes for a number is not always one of a file; what only looks depend on never stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from ooxml import handmade

from csm_xl.errors import FileError
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.ooxml.xml_numbers import columns_of, decimal, decimal_of, whole, whole_of

NO_COUNT = ["", "-1", "1.0", "1_0", "１", "x", "1e3", "99999999999", "9" * 5000]
NO_NUMBER = ["", "x", "nan", "inf", "-Infinity", "1e999", "1_000", "１２"]
#: Attributes as damage leaves them.
NONSENSE = [*NO_COUNT, "R1C1", "#REF!", "\u202e"]
ROWS = '<row r="1"><c r="A1" s="1"><v>45000</v></c></row>'


@pytest.mark.parametrize("text", NO_COUNT)
def test_a_count_is_plain_digits(text: str) -> None:
    with pytest.raises(ValueError, match="whole number"):
        whole(text)


def test_a_count_may_have_space_around_it() -> None:
    assert [whole(text) for text in ("0", "16384", " 7\n", "+3", "000000000012")] == [0, 16384, 7, 3, 12]  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBER)
def test_a_number_of_a_cell_is_finite_and_spelled_as_xml_does(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|float|codec"):
        decimal(text)
    with pytest.raises(ValueError, match=r"number|float|codec"):
        decimal(text.encode())


@pytest.mark.parametrize("text", NONSENSE)
def test_an_attribute_that_is_none_counts_as_not_there(text: str) -> None:
    element = etree.Element("col", {"min": text, "max": text, "width": "nan"})
    assert whole_of(element, "min", 7) == whole_of(element, "other", 7) == 7
    assert decimal_of(element, "width") is None
    assert columns_of(element) is None


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [("2", "5", (2, 5)), ("5", "2", None), ("0", "3", None), ("3", "99999", (3, 16384))],
)
def test_columns_run_from_the_first_to_the_last_that_a_sheet_has(low, high, found) -> None:
    assert columns_of(etree.Element("col", {"min": low, "max": high})) == found


def framed(path: Path, columns: str) -> Workbook:
    """A workbook whose sheet says something of its columns."""
    xml = handmade.sheet_xml(ROWS, before=f"<cols>{columns}</cols>")
    return Workbook(handmade.write(path, handmade.parts({"Data": xml})))


@pytest.mark.parametrize("text", NONSENSE)
def test_a_width_of_no_column_is_passed_over_and_kept(text: str, tmp_path: Path) -> None:
    odd = f'<col min="{text}" max="{text}" width="{text}" style="{text}"/>'
    odd += f'<col min="3" max="3" width="nan" style="{text}"/>'
    workbook = framed(tmp_path / "book.xlsx", odd + '<col min="2" max="2" width="30" style="1"/>')
    frame = workbook.sheet("Data").frame
    assert frame.column_style(2) == 1
    assert frame.column_style(3) == 0
    assert frame.column_width(2) == 29.29
    assert frame.column_width(3) == 8.43
    frame.set_column_width(1, 4, 12)
    workbook.save(tmp_path / "saved.xlsx")
    after = handmade.read_part(tmp_path / "saved.xlsx", "xl/worksheets/sheet1.xml").decode()
    assert f'<col min="{text}" max="{text}" width="{text}"' in after
    assert Workbook(tmp_path / "saved.xlsx").sheet("Data").frame.column_width(4) == 12


@pytest.mark.parametrize("text", NONSENSE)
@pytest.mark.parametrize("name", ["fontId", "fillId", "indent", "wrong rgb"])
def test_styles_with_nonsense_in_them_are_styles(name: str, text: str, tmp_path: Path) -> None:
    styles = handmade.STYLES.replace('horizontal="center"', 'wrapText="1" indent="0"')
    styles = styles.replace(f'{name}="0"', f'{name}="{text}"')
    if name == "wrong rgb":
        fill = f'<patternFill patternType="solid"><fgColor rgb="{text}"/></patternFill>'
        styles = styles.replace('<patternFill patternType="none"/>', fill)
    workbook = Workbook(handmade.workbook(tmp_path / "book.xlsx", ROWS, styles=styles))
    assert workbook.date_styles == {1, 3}
    assert workbook.wrapping_styles == {2: 0}
    assert workbook.styles.color(1) is None
    assert workbook.styles.font(1, "size") == "11"
    made = workbook.styles.with_font(1, {"bold": True})
    assert workbook.styles.number_format(workbook.styles.with_number_format(made, "0.0")) == "0.0"


@pytest.mark.parametrize("text", NONSENSE)
def test_a_format_that_nobody_can_tell_is_damage(text: str, tmp_path: Path) -> None:
    # Whether a number is a date depends on it.
    styles = handmade.STYLES.replace('numFmtId="164"', f'numFmtId="{text}"')
    workbook = Workbook(handmade.workbook(tmp_path / "book.xlsx", ROWS, styles=styles))
    with pytest.raises(FileError, match="styles"):
        workbook.sheet("Data").date_rows(1, 1, 1)


@pytest.mark.parametrize("text", NONSENSE)
def test_sheets_that_are_counted_with_nonsense_are_sheets(text: str, tmp_path: Path) -> None:
    extra = f'<bookViews><workbookView activeTab="{text}"/></bookViews>'
    content = handmade.parts({"Data": handmade.sheet_xml(ROWS)}, workbook_properties=extra)
    content["xl/workbook.xml"] = str(content["xl/workbook.xml"]).replace(
        'sheetId="1"', f'sheetId="{text}"'
    )
    workbook = Workbook(handmade.write(tmp_path / "book.xlsx", content))
    assert workbook.active_position() == 0
    workbook.add_sheet("New", 0)
    workbook.save(tmp_path / "saved.xlsx")
    assert Workbook(tmp_path / "saved.xlsx").sheet_names == ["New", "Data"]


@pytest.mark.parametrize("text", NONSENSE)
def test_a_name_of_a_sheet_that_nobody_can_tell_is_damage(text: str, tmp_path: Path) -> None:
    names = (
        f'<definedNames><definedName name="a" localSheetId="{text}">1</definedName></definedNames>'
    )
    path = handmade.workbook(tmp_path / "book.xlsx", ROWS, workbook_extra=names)
    with pytest.raises(FileError, match=r"xl/workbook\.xml"):
        Workbook(path)


@pytest.mark.parametrize("style", NO_COUNT[:-1])
def test_a_cell_whose_style_is_none_has_the_usual_one(style: str, tmp_path: Path) -> None:
    rows = ROWS.replace('s="1"', f's="{style}"').replace("</row>", '<c r="B1"><v>1</v></c></row>')
    sheet = Workbook(handmade.workbook(tmp_path / "book.xlsx", rows)).sheet("Data")
    assert sheet.value(1, 2) == 1.0
    assert sheet.style(1, 1) in (0, 99999999999)
