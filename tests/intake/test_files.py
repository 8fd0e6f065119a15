"""Reading exports: encodings, delimiters, formats, and files that cannot be read."""

import datetime as dt
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.errors import CsmError, FileError
from csm_xl.intake.files import read_sheets
from csm_xl.intake.reading import Asked, open_export
from csm_xl.ooxml.archive import Archive


def rows(path):
    export = open_export(path, Asked(), Archive)
    return [list(row) for row in zip(*export.columns, strict=True)]


def written(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_an_export_is_read(tmp_path, encoding):
    path = written(tmp_path, "订单号,金额\n00123,￥80\n".encode(encoding))
    assert open_export(path, Asked()).headers == ["订单号", "金额"]
    assert rows(path) == [["00123", "￥80"]]


def test_big5_of_taiwan_is_told_from_gb18030(tmp_path):
    text = "訂單編號,買家姓名,商品名稱,實付金額\nA1,張學友,高山烏龍茶葉禮盒,80\nA2,范瑋琪,東方美人茶,90\n"
    path = written(tmp_path, text.encode("big5"))
    assert open_export(path, Asked()).headers == ["訂單編號", "買家姓名", "商品名稱", "實付金額"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, sign):
    path = written(tmp_path, f'Order{sign}"Amount"\n1{sign}"2"\n3{sign}4\n')
    assert rows(path) == [["1", "2"], ["3", "4"]]


def test_ragged_lines_are_counted_and_short_ones_filled(tmp_path):
    path = written(tmp_path, "a,b,c\n1,2\n1,2,3,4\n\n5,6,7,\n")
    export = open_export(path, Asked())
    assert rows(path) == [["1", "2", None], ["5", "6", "7"]]
    assert export.lines == [2, 5] and export.account.read == 3
    assert list(export.account.reasons.values()) == [[3]]


def test_a_letterhead_a_second_row_of_titles_and_a_count_are_no_rows(tmp_path):
    text = (
        "小山茶铺订单报表,,\n导出时间：2026-01-01,,\n订单号,付款时间,实付金额\n"
        "订单号,付款时间,实付金额\nE1,2026-01-02,5\n共 1 条,,\n"
    )
    export = open_export(written(tmp_path, text), Asked())
    assert export.headers == ["订单号", "付款时间", "实付金额"] and export.lines == [5]
    assert export.account.read == 3 and export.account.left_out == 2


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["订单号", "日期"])
    book.active.append(["00123", dt.datetime(2026, 3, 5)])
    book.save(tmp_path / "a.xlsx")
    assert rows(tmp_path / "a.xlsx") == [["00123", dt.date(2026, 3, 5)]]


def test_a_web_page_called_xls_is_read_by_its_table(tmp_path):
    page = (
        "<html><table><tr><th colspan=2>报表</th></tr><tr><td>订单号</td><td>实付金额</td></tr>"
        "<tr><td>E1</td><td>5&nbsp;元</td></tr></table>"
    )
    assert rows(written(tmp_path, page.encode("gb18030"), "订单.xls")) == [["E1", "5 元"]]


@pytest.mark.parametrize("text", ["1,Jürgen Groß\n2,Zoë\n", "1,Café\n", "1,Bücher €5 – “à”\n"])
def test_letters_of_western_europe_are_not_read_as_chinese(tmp_path, text):
    path = written(tmp_path, ("Customer ID,Name\n" + text).encode("cp1252"))
    assert rows(path) == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize("text", ["1,王喆\n2,朱镕基\n", "1,張學友\n2,范瑋琪\n", "1,￥80 元\n"])
def test_rare_and_traditional_characters_are_chinese(tmp_path, text):
    path = written(tmp_path, ("编号,姓名\n" + text).encode("gb18030"))
    assert rows(path) == [line.split(",") for line in text.splitlines()]


def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path):
    with pytest.raises(FileError, match="line 2"):
        rows(written(tmp_path, 'a,b\n1,"open\n2,x\n3,y\n'))
    path = written(tmp_path, 'a,b\n1,5" pipe\n2,"two\nlines"\n')
    assert rows(path) == [["1", '5" pipe'], ["2", "two\nlines"]]


def test_lone_returns_and_a_stray_nul_are_read(tmp_path):
    assert rows(written(tmp_path, b"Order no.,Amount\rA1,5\rA2,6\r")) == [["A1", "5"], ["A2", "6"]]
    assert rows(written(tmp_path, b"Order no.,Amount\nA\x001,5\n")) == [["A1", "5"]]


def far_cell(folder):
    book = openpyxl.Workbook()
    book.active.append(["Order no.", "Amount"])
    book.save(folder / "near.xlsx")
    with (
        zipfile.ZipFile(folder / "near.xlsx") as near,
        zipfile.ZipFile(folder / "a.xlsx", "w") as far,
    ):
        for name in near.namelist():
            part = near.read(name)
            if name.endswith("sheet1.xml"):
                row = b'<row r="99999999"><c r="A99999999"><v>1</v></c></row></sheetData>'
                part = part.replace(b"</sheetData>", row)
            far.writestr(name, part)
    return folder / "a.xlsx"


def bomb(folder):
    with zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 4_000_000)
    return folder / "a.xlsx"


LOCKED = b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le")
MIXED = "订单号,备注\n1,好\n".encode() + "2,坏".encode("gb18030") + b"\n3,\xe9\n"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda f: written(f, b""), id="empty"),
        pytest.param(lambda f: written(f, b"a,b\n"), id="only titles"),
        pytest.param(lambda f: written(f, b"\n\n,,\n"), id="only commas"),
        pytest.param(lambda f: written(f, b"PK\x03\x04no zip", "a.xlsx"), id="no zip"),
        pytest.param(lambda f: written(f, b"%PDF-1.7", "a.pdf"), id="a pdf"),
        pytest.param(lambda f: written(f, b"\x00\xff\x80" * 400), id="no text"),
        pytest.param(lambda f: written(f, MIXED), id="two encodings"),
        pytest.param(
            lambda f: written(f, "c," * 10_000 + "c\n" + "1," * 10_000 + "1\n"), id="columns"
        ),
        pytest.param(
            lambda f: written(f, "<html><form>sign in", "a.xls"), id="a page without a table"
        ),
        pytest.param(lambda f: written(f, LOCKED, "a.xlsx"), id="a password"),
        pytest.param(far_cell, id="a far row"),
        pytest.param(bomb, id="a bomb"),
    ],
)
def test_a_file_that_cannot_be_imported_gets_one_sentence(tmp_path, made):
    with pytest.raises(CsmError, match=r"a\.\w+") as refused:
        rows(made(tmp_path))
    assert "\n" not in refused.value.text.en and refused.value.text.zh


@pytest.mark.parametrize("size", [32_768, 200_000, 3_000_000])
def test_a_cell_longer_than_a_sheet_holds_is_cut_and_told_and_keeps_nobody_out(tmp_path, size):
    path = written(tmp_path, "a,b\n1,x\n2," + "y" * size + "\n3,z\n")
    export = open_export(path, Asked())
    assert export.columns[0] == ["1", "2", "3"]
    assert [len(cell) for cell in export.columns[1]] == [1, 32_767, 1]
    (note,) = export.account.notes
    assert "line 3" in note.en and "第 3 行" in note.zh


def test_a_quotation_mark_that_is_never_closed_is_found_however_much_follows(tmp_path):
    path = written(tmp_path, 'a,b\n1,x\n2,"y\n' + "3,z\n" * 100_000)
    with pytest.raises(FileError, match="line 3 that is never closed"):
        read_sheets(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FileError, match="not found"):
        rows(tmp_path / "none.csv")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path_factory, content):
    path = written(tmp_path_factory.mktemp("bytes"), content)
    try:
        export = open_export(path, Asked(), Archive)
    except CsmError:
        return
    assert export.account.read == len(export) + export.account.left_out


XML_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="Sales"><Table><Row><Cell><Data ss:Type="String">Order</Data></Cell><Cell ss:Index="3">'
    '<Data ss:Type="String">Total</Data></Cell></Row><Row ss:Index="4"><Cell><Data ss:Type="String">N1</Data></Cell>'
    '<Cell ss:Index="3"><Data ss:Type="Number">12.5</Data></Cell></Row></Table></Worksheet></Workbook>'
)


def test_a_workbook_in_the_xml_of_excel_2003_is_read(tmp_path):
    path = tmp_path / "sales.xls"
    path.write_text(XML_2003)
    (sheet,) = read_sheets(path)
    assert (sheet.name, sheet.rows, sheet.lines) == (
        "Sales",
        [["Order", None, "Total"], ["N1", None, 12.5]],
        [1, 4],
    )


@pytest.mark.parametrize(
    "change",
    [
        ("<Workbook", "<!DOCTYPE a [<!ENTITY b 'c'>]><Workbook"),
        ('ss:Index="4"', 'ss:Index="99999999"'),
        ("</Workbook>", ""),
        (">12.5<", ">twelve<"),
    ],
)
def test_a_damaged_one_is_refused_in_a_sentence(tmp_path, change):
    path = tmp_path / "sales.xls"
    path.write_text(XML_2003.replace(*change))
    with pytest.raises(FileError, match="damaged workbook in XML"):
        read_sheets(path)


@pytest.mark.parametrize("span", ["²", "１", "9" * 5000, "-1", "0", "x"])
def test_a_cell_of_a_web_page_that_spans_nonsense_is_a_cell(tmp_path, span):
    page = (
        f"<table><tr><th>Order</th><th>Amount</th></tr><tr><td>E1</td><td colspan={span}>5</td></tr>"
        "<tr><td>E2</td><td>6</td></tr></table>"
    )
    assert [row[:2] for row in rows(written(tmp_path, page, "a.xls"))] == [["E1", "5"], ["E2", "6"]]


@pytest.mark.parametrize("digits", [12, 5000])
@pytest.mark.parametrize("what", ["row", "c"])
def test_a_place_of_thousands_of_digits_is_too_far(tmp_path, what, digits):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["Order", "Amount"])
    book.active.append(["E1", 5])
    book.save(path)
    with zipfile.ZipFile(path) as package:
        whole = {name: package.read(name) for name in package.namelist()}
    name = "xl/worksheets/sheet1.xml"
    old = b'<row r="2"' if what == "row" else b'r="B2"'
    assert old in whole[name]
    whole[name] = whole[name].replace(old, old[:-1].replace(b"2", b"") + b"9" * digits + b'"')
    with zipfile.ZipFile(path, "w") as package:
        for part, content in whole.items():
            package.writestr(part, content)
    with pytest.raises(FileError, match=r"a\.xlsx has a cell in row 999,999,999,"):
        rows(path)
