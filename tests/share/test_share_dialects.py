"""Workbooks as other programs write them: the strict dialect, 1904 dates, runs, ways of storing."""

import datetime as dt

import openpyxl
import pytest
from hosts.ecma_schemas import assert_valid
from ooxml import handmade
from share.sharing import formulas, parts, shared, values

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="s"><v>2</v></c><c r="B2"><v>3</v></c></row>'
    '<row r="3"><c r="A3" t="s"><v>3</v></c><c r="B3"><v>4</v></c></row>'
    '<row r="5"><c r="B5"><f>SUBTOTAL(109,B2:B3)</f><v>4</v></c>'
    '<c r="C5"><f t="shared" ref="C5:C6" si="0">B2*2</f><v>6</v></c></row>'
    '<row r="6"><c r="C6"><f t="shared" si="0"/><v>8</v></c></row>'
)
STRINGS = ["Name", "Spend", "Alice Jones", "<r><t>Bob </t></r><r><rPr><b/></rPr><t>Lee</t></r>"]


def _book(tmp_path, **options):
    content = handmade.parts({"Data": handmade.sheet_xml(ROWS)}, **options)
    items = "".join(
        f"<si>{text}</si>" if text.startswith("<") else f"<si><t>{text}</t></si>"
        for text in STRINGS
    )
    path = tmp_path / "other.xlsx"
    content = handmade.parts({"Data": handmade.sheet_xml(ROWS)}, strings=STRINGS, **options)
    name = next(n for n in content if n.endswith("sharedStrings.xml"))
    content[name] = (
        f'{handmade.HEADER}<sst xmlns="{handmade.MAIN}" count="4" uniqueCount="4">{items}</sst>'
    )
    return handmade.write(path, content)


def _strict(path):
    strict = "http://purl.oclc.org/ooxml/"
    common = "http://schemas.openxmlformats.org/"
    changes = {
        f"{common}spreadsheetml/2006/main": f"{strict}spreadsheetml/main",
        f"{common}officeDocument/2006/relationships": f"{strict}officeDocument/relationships",
    }
    content = {}
    for name, part in parts(path).items():
        text = part.decode()
        for old, new in changes.items():
            text = text.replace(old, new)
        content[name] = text
    return handmade.write(path, content)


@pytest.mark.parametrize("strict", [False, True])
def test_both_dialects_give_a_copy_that_every_program_reads(tmp_path, strict):
    path = _book(tmp_path)
    if strict:
        _strict(path)
    out = tmp_path / "copy.xlsx"
    outcome = shared(path, out)
    assert_valid(out)
    assert not [name for name, part in parts(out).items() if b"purl.oclc.org" in part]
    sheet = values(out)["Data"]
    assert sheet["A2"].value.startswith("Customer ")
    assert sheet["B3"].value == 4
    assert [sheet["C5"].value, sheet["C6"].value] == [6, 8]
    assert formulas(out)["Data"]["C6"].value == "=B3*2"
    assert any(row[0] == "Data!B5" and "rows that are shown" in row[2] for row in outcome.table)


def test_hidden_rows_are_shown_and_a_total_of_shown_rows_keeps_its_value(tmp_path):
    path = _book(tmp_path)
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    sheet = formulas(out)["Data"]
    assert not sheet.row_dimensions[2].hidden
    assert sheet["B5"].value == 4


def test_a_text_of_several_formats_keeps_them_when_it_says_nothing_personal(tmp_path):
    path = _book(tmp_path)
    out = tmp_path / "copy.xlsx"
    shared(path, out, keep_names=True)
    content = next(p for n, p in parts(out).items() if n.endswith("sheet2.xml"))
    assert b"<b/>" in content or b"<b></b>" in content
    assert values(out)["Data"]["A3"].value == "Bob Lee"


def test_months_are_right_in_a_workbook_that_counts_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "Orders"
    sheet.append(["Order no.", "Date", "Customer ID", "Amount"])
    sheet.append(["A-1", dt.date(2026, 3, 5), "C1", 12.5])
    sheet.append(["A-2", dt.date(2026, 4, 6), "C1", 7.5])
    path = tmp_path / "mac.xlsx"
    book.save(path)
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    about = values(out)["About this copy"]
    lines = {
        f"{row[0].value:%Y-%m}": row[1].value
        for row in about.iter_rows(max_col=2)
        if isinstance(row[0].value, dt.datetime)
    }
    assert lines == {"2026-03": 12.5, "2026-04": 7.5}
    text = " ".join(str(c.value) for row in about.iter_rows() for c in row if c.value)
    assert "from 2026-03-05 to 2026-04-06" in text
