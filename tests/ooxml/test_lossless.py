"""What nobody changed is byte for byte what it was; changed sheets differ in the cells written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import xlwings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from ooxml import everything, handmade
from public_data import SCHEMAS

from csm_xl.commands.opening import open_book
from csm_xl.formulas.addresses import cell_address
from csm_xl.formulas.workbook_model import ErrorValue
from csm_xl.ooxml.archive import Archive
from csm_xl.ooxml.workbook_file import Workbook

#: LibreOffice's filter for CSV in UTF-8 with cells as they are shown.
AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
XML = "http://www.w3.org/XML/1998/namespace"
M = f"{{{handmade.MAIN}}}"
SHEET = "xl/worksheets/sheet1.xml"
#: The parts that new sheets and columns may change.
MAY_CHANGE = {
    SHEET,
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "xl/styles.xml",
    "xl/tables/table1.xml",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return everything.make(tmp_path / "book.xlsm")


def stored(path: Path) -> dict[str, bytes]:
    """Each entry as it lies in the archive: header, name, time and packed bytes."""
    archive = Archive(path, path.read_bytes())
    return {e.name: archive.data[e.offset : e.end] for e in archive.entries}


def cells(part: bytes) -> dict[str, bytes]:
    """Each cell's canonical XML, by address."""
    root = etree.fromstring(part)
    return {c.get("r", ""): etree.tostring(c, method="c14n") for c in root.iter(f"{M}c")}


def without_cells(part: bytes) -> bytes:
    """The sheet with its rows, but without cells and what counts them."""
    root = etree.fromstring(part)
    for row in root.iter(f"{M}row"):
        row.attrib.pop("spans", None)
        for cell in list(row):
            row.remove(cell)
    dimension = root.find(f"{M}dimension")
    if dimension is not None:
        dimension.attrib.pop("ref")
    return etree.tostring(root, method="c14n")


def test_cells_written_change_nothing_but_their_sheet(path: Path) -> None:
    before, part = stored(path), handmade.read_part(path, SHEET)
    book = open_book(path)
    book.sheets["Data"]["C2"].value = 13
    book.sheets["Data"]["A3"].value = "=not a formula"
    book.save()
    after = stored(path)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {SHEET}
    new = handmade.read_part(path, SHEET)
    assert without_cells(new) == without_cells(part)
    old_cells, new_cells = cells(part), cells(new)
    assert {a for a in old_cells if old_cells[a] != new_cells[a]} == {"C2", "A3"}
    assert old_cells.keys() == new_cells.keys()


def test_untouched_bytes_of_the_sheet_are_untouched(path: Path) -> None:
    part = handmade.read_part(path, SHEET)
    book = open_book(path)
    book.sheets["Data"]["C2"].value = 13
    book.save()
    assert handmade.read_part(path, SHEET) == part.replace(b"<v>12.5</v>", b"<v>13</v>")


def test_new_columns_and_sheets_change_only_the_parts_that_must(path: Path) -> None:
    before = stored(path)
    book = open_book(path)
    sheet = book.sheets["Data"]
    table = sheet.tables["Customers"]
    table.resize(table.range.resize(4, 6))
    table.header_row_range[0, 4:].value = ["Probability", "Risk"]
    table.columns["Probability"].data_body_range.value = [[0.1], [0.2], [0.3]]
    table.columns["Probability"].data_body_range.number_format = "0.0%"
    table.columns["Risk"].data_body_range.value = [["Low"], ["High"], [None]]
    hidden = book.sheets.add("_csm", after=book.sheets[-1])
    hidden.api.Visible = 2
    hidden["A1"].value = "{}"
    book.save()
    after = stored(path)
    assert [n for n in after if n in before] == list(before)
    assert {n for n in before if before[n] != after[n]} == MAY_CHANGE
    assert set(after) - set(before) == {"xl/worksheets/sheet3.xml"}
    assert open_book(path).sheets["_csm"].visible == 2


def test_what_changed_in_the_workbook_part_is_the_new_sheet(path: Path) -> None:
    before = etree.fromstring(handmade.read_part(path, "xl/workbook.xml"))
    book = open_book(path)
    book.sheets.add("New", after=book.sheets[-1])
    book.save()
    after = etree.fromstring(handmade.read_part(path, "xl/workbook.xml"))
    sheets = after.find(f"{M}sheets")
    assert sheets is not None
    assert sheets[-1].get("name") == "New"
    sheets.remove(sheets[-1])
    assert etree.tostring(after, method="c14n") == etree.tostring(before, method="c14n")


def test_a_sheet_added_in_front_moves_what_counts_sheets(path: Path) -> None:
    book = open_book(path)
    book.sheets.add("First", before=book.sheets[0])
    assert book.sheets.active.name == "Data"
    book.save()
    again = Workbook(path)
    assert again.sheet_names == ["First", "Data", "Pivot"]
    assert [(n.name, n.sheet) for n in again.names()] == [
        ("_xlnm.Print_Area", "Data"),
        ("Rate", None),
    ]
    assert open_book(path, readonly=True).sheets.active.name == "Data"


def test_going_through_twice_changes_nothing_the_second_time(path: Path) -> None:
    def run() -> bytes:
        book = open_book(path)
        sheet = book.sheets["Data"]
        sheet["F5"].value = [["Risk", 0.25], ["High", None]]
        sheet["G5"].number_format = "0.0%"
        sheet["F5"].color = (255, 0, 0)
        book.save()
        return path.read_bytes()

    assert run() == run()


def test_the_calculation_writes_values_and_nothing_else(path: Path) -> None:
    before, part = stored(path), handmade.read_part(path, SHEET)
    workbook = Workbook(path)
    workbook.set_cached("Data", 2, 4, 26.0)
    workbook.set_cached("Data", 4, 4, ErrorValue("#VALUE!"))
    workbook.save()
    after = stored(path)
    links = "xl/_rels/workbook.xml.rels"
    assert {name for name in before if before[name] != after[name]} == {SHEET, links}
    # Which values are not Excel's is kept in a part that Excel keeps.
    assert after.keys() - before.keys() == {"customXml/item1.xml"}
    old, new = cells(part), cells(handmade.read_part(path, SHEET))
    assert {a for a in old if old[a] != new[a]} == {"D2", "D4"}
    assert without_cells(handmade.read_part(path, SHEET)) == without_cells(part)


@pytest.mark.parametrize("name", ["quickstart.xlsm", "quickstart_standalone.xlsm"])
def test_a_workbook_that_excel_wrote_keeps_its_macros_and_looks(name: str, tmp_path: Path) -> None:
    source = Path(xlwings.__file__).parent / name
    path = tmp_path / name
    path.write_bytes(source.read_bytes())
    before = stored(path)
    book = open_book(path)
    assert book.sheets[1].name == "_xlwings.conf"
    book.sheets[0]["C30"].value = ["中文", 1.5]
    book.save()
    after = stored(path)
    assert list(before) == list(after)
    assert {n for n in before if before[n] != after[n]} == {"xl/worksheets/sheet1.xml"}
    assert openpyxl.load_workbook(path, keep_vba=True).worksheets[0]["C30"].value == "中文"


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    rows = everything.ROWS.replace(' x14ac:dyDescent="0.25"', "")
    path = handmade.workbook(tmp_path / "book.xlsx", rows, strings=everything.STRINGS)
    book = open_book(path)
    book.sheets[0]["F1"].value = [["Risk", 0.25, True], ["=1+1", None, "中文"]]
    book.sheets[0]["G1"].number_format = "0.0%"
    new = book.sheets.add("New", after=book.sheets[0])
    new["A1"].value = [["k"], ["a"]]
    new.tables.add(new["A1:A2"])
    book.save()
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = ["soffice", home, "--headless", "--convert-to", AS_SHOWN, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "book.csv").read_text("utf-8").splitlines()
    assert lines[0] == "Name,Start,Spend,Double,,Risk,25.0%,TRUE"
    assert lines[1].startswith("rich text,")
    assert lines[1].endswith(",,=1+1,,中文")


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**15), 10**15).map(float),
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20),
    st.sampled_from(["=1+1", "'x", " a ", "a\nb", "007", "#N/A", "TRUE", "_x0041_", "]]>"]),
)
WRITES = st.lists(st.tuples(st.integers(1, 8), st.integers(1, 8), VALUES), min_size=1, max_size=12)


@pytest.mark.filterwarnings("ignore:Cell B")  # numbers that are no dates, in date cells
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(writes=WRITES)
def test_random_writes_read_back_and_leave_the_rest(
    writes: list[tuple[int, int, object]], tmp_path: Path
) -> None:
    rows = everything.ROWS.replace(' x14ac:dyDescent="0.25"', "")
    path = handmade.workbook(tmp_path / "random.xlsx", rows, strings=everything.STRINGS)
    before = cells(handmade.read_part(path, SHEET))
    workbook = Workbook(path)
    sheet = workbook.sheet("Data")
    expected = {}
    for row, column, value in writes:
        sheet.set_values(row, column, [value or None if value == "" else value])  # type: ignore[list-item]
        expected[row, column] = value if value != "" else None
    workbook.save()
    part = handmade.read_part(path, SHEET)
    etree.fromstring(part)
    again = Workbook(path).sheet("Data")
    for place, value in expected.items():
        assert again.value(*place) == value
        assert isinstance(again.value(*place), bool) == isinstance(value, bool)
    shown = openpyxl.load_workbook(path, data_only=True)["Data"]
    for (row, column), value in expected.items():
        found = shown.cell(row, column).value
        if isinstance(value, str):
            found = Workbook(path).cached("Data", row, column) if "_x" in str(found) else found
        if column == 2 and row in (2, 3):
            continue  # openpyxl turns a number with a date format into a date
        assert found == value
    after = cells(part)
    formulas = {(2, 4), (3, 4), (4, 4)}
    for address, element in before.items():
        place = next((p for p in expected if cell_address(*p) == address), None)
        shared = address in ("D2", "D3", "D4") and formulas & set(expected)
        if place is None and not shared:
            assert after[address] == element


@pytest.fixture(scope="module")
def schemas() -> Iterator[dict[str, etree.XMLSchema]]:
    yield {
        "sml": etree.XMLSchema(etree.parse(SCHEMAS / "sml.xsd")),
        "types": etree.XMLSchema(etree.parse(SCHEMAS / "opc-contentTypes.xsd")),
        "rels": etree.XMLSchema(etree.parse(SCHEMAS / "opc-relationships.xsd")),
    }


def valid(schema: etree.XMLSchema, part: bytes) -> None:
    """Check a part against its schema, without what the schema tells readers to ignore."""
    root = etree.fromstring(part)
    ignorable = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"
    prefixes = root.attrib.pop(ignorable, "").split()
    ignored = {root.nsmap[p] for p in prefixes}
    for element in root.iter():
        for name in list(element.attrib):
            # xml:space belongs to XML itself; Excel writes it and the schema does not name it.
            if etree.QName(name).namespace in {*ignored, XML}:
                del element.attrib[name]
    schema.assertValid(root)


def test_everything_written_is_valid(path: Path, schemas: dict[str, etree.XMLSchema]) -> None:
    book = open_book(path)
    sheet = book.sheets["Data"]
    table = sheet.tables["Customers"]
    table.resize(table.range.resize(6, 6))
    table.data_body_range[:, 4:].value = [[0.5, "High"]] * 5
    sheet["C2:C4"].number_format = "0.000"
    sheet["A10"].value = ["text", True, -1.5, None, "'quoted"]
    sheet["A11"].formula = "=SUM(C2:C4)"
    sheet["A12"].formula2 = "=C2:C4*2"
    sheet["H:J"].column_width = 15
    sheet["B12"].color = "#abcdef"
    new = book.sheets.add("Model", after=book.sheets[0])
    new["B2"].value = [["k", "v"], ["a", 1.0]]
    new.tables.add(new["B2:C3"], name="Drivers")
    new["B:B"].column_width = 30
    new["C:C"].number_format = "0.0%"
    book.names.add("Own", "=Model!$B$2")
    book.sheets.add("_csm", after=book.sheets[-1]).visible = 2
    book.save()
    archive = Archive(path, path.read_bytes())
    parts = {e.name: archive.read(e) for e in archive.entries}
    for name, part in parts.items():
        if name == "[Content_Types].xml":
            valid(schemas["types"], part)
        elif name in ("_rels/.rels", "xl/_rels/workbook.xml.rels") or (
            name.endswith(".rels") and "sheet3" in name
        ):
            valid(schemas["rels"], part)
        elif name.startswith(("xl/worksheets/sheet", "xl/tables/")) or name in (
            "xl/workbook.xml",
            "xl/styles.xml",
        ):
            valid(schemas["sml"], part)


@pytest.mark.parametrize("strict", [False, True])
def test_both_dialects_of_the_format_are_read_and_written(tmp_path: Path, strict: bool) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="d" s="1"><v>2024-01-05</v></c></row>'
    content = handmade.parts({"Data": handmade.sheet_xml(rows)})
    if strict:
        for name, part in content.items():
            content[name] = (
                str(part)
                .replace(handmade.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
                .replace(handmade.RELS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
            )
    path = handmade.write(tmp_path / "book.xlsx", content)
    book = open_book(path)
    assert str(book.sheets[0]["B1"].value) == "2024-01-05 00:00:00"
    book.sheets[0]["A1"].value = "new"
    new = book.sheets.add("New", after=book.sheets[0])
    new["A1"].value = [["k"], ["a"]]
    new.tables.add(new["A1:A2"])
    new["A1"].number_format = "0.0"
    book.save()
    again = open_book(path)
    assert again.sheets["New"]["A1"].value == "k"
    assert [t.name for t in again.sheets["New"].tables] == ["Table1"]
    if not strict:
        assert openpyxl.load_workbook(path)["New"]["A1"].value == "k"
    foreign = b"schemas.openxmlformats.org/spreadsheetml"
    if strict:
        assert foreign not in handmade.read_part(path, "xl/worksheets/sheet2.xml")
        assert foreign not in handmade.read_part(path, "xl/tables/table1.xml")
