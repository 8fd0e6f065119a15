"""Reading exports: encodings, delimiters, dates, amounts."""

import datetime as dt

import openpyxl
import pytest
from csm_xl.intake.values import Converter, Unreadable, amount

from csm_xl.errors import FileError
from csm_xl.intake.files import read_export
from csm_xl.vocabulary import layout


def column(table, key):
    return layout.table(table).column(key)


def convert(kind_table, key, cell, cells=None):
    return Converter(column(kind_table, key), cells or [cell], "en")(cell)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_of_an_export_is_read(tmp_path, encoding):
    path = tmp_path / "订单.csv"
    path.write_bytes("订单号,金额\n00123,￥80\n".encode(encoding))
    export = read_export(path)
    assert export.headers == ["订单号", "金额"]
    assert export.rows == [["00123", "￥80"]]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, sign):
    path = tmp_path / "a.csv"
    path.write_text(f'Order{sign}"Amount"\n1{sign}"2"\n3{sign}4\n')
    assert read_export(path).rows == [["1", "2"], ["3", "4"]]


def test_ragged_lines_are_named_and_short_ones_filled(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n1,2\n1,2,3,4\n\n5,6,7,\n")
    export = read_export(path)
    assert export.ragged == [3]
    assert export.rows == [["1", "2", None], ["5", "6", "7"]]
    assert export.lines == [2, 5]


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["订单号", "日期"])
    book.active.append(["00123", dt.datetime(2026, 3, 5)])
    book.save(tmp_path / "a.xlsx")
    assert read_export(tmp_path / "a.xlsx").rows == [["00123", dt.datetime(2026, 3, 5)]]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"a,b\n"),
        ("a.xlsx", b"no zip"),
        ("a.pdf", b"x"),
        ("a.csv", b"\x00\xff\x80"),
    ],
)
def test_a_file_that_cannot_be_imported_gets_one_sentence(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"a\."):
        read_export(path)


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FileError, match="not found"):
        read_export(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("￥1,200.50", 1200.5),
        ("(12.00)", -12),
        ("RMB 80", 80),
        ("1.234,50", 1234.5),
        ("-$3", -3),
        ("85%", 0.85),
        ("80元", 80),
    ],
)
def test_amounts_of_many_countries(text, number):
    assert amount(text) == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["2026年3月5日", "2026-03-05", "2026/3/5 10:00", "46086", "05.03.2026", "5/3/26"]
)
def test_dates_of_an_export(text):
    # The 25th in another row says that the day comes first.
    value = convert("orders", "date", text, [text, "25.03.2026"])
    assert int(value) == 46086


def test_a_date_that_could_be_two_is_not_guessed():
    with pytest.raises(Unreadable):
        convert("orders", "date", "05/03/2026")


def test_ids_stay_the_texts_they_are():
    for text in ("00123", "123456789012345678", "3-5", '=RunPython("x")', "+1", "@x"):
        assert convert("orders", "order_id", text) == text
    assert convert("orders", "order_id", 1234.0) == "1234"


def test_words_come_out_in_the_workbooks_language():
    assert convert("orders", "kind", "退款成功") == "Refund"
    assert convert("orders", "kind", "Sample") == "Sample"


def test_a_rating_outside_its_scale_is_refused():
    assert convert("feedback", "rating", "满意") == "满意"
    assert convert("feedback", "rating", "4") == 4
    with pytest.raises(Unreadable):
        convert("feedback", "rating", "9")
    with pytest.raises(Unreadable):
        convert("feedback", "recommend", "11")


def test_stars_points_and_other_words_become_what_the_sheets_formulas_know():
    ratings = {"★★★★": 4.0, "5星": 5.0, "3 stars": 3.0, "很满意": "Very satisfied", "满意": "满意"}
    ratings |= {"somewhat satisfied": "Satisfied", "very satisfied": "very satisfied", "4": 4.0}
    assert {cell: convert("feedback", "rating", cell) for cell in ratings} == ratings


@pytest.mark.parametrize("text", ["1,Jürgen Groß\n2,Zoë\n", "1,Café\n", "1,Bücher €5 – “à”\n"])
def test_letters_of_western_europe_are_not_read_as_chinese(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_bytes(("Customer ID,Name\n" + text).encode("cp1252"))
    assert read_export(path).rows == [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(
    "text", ["1,王喆\n2,朱镕基\n", "1,張學友,臺灣\n2,范瑋琪,\n", "1,￥80 元\n"]
)
def test_rare_and_traditional_characters_are_chinese(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_bytes(("编号,姓名,城市\n" + text).encode("gb18030"))
    rows = [[cell for cell in row if cell] for row in read_export(path).rows]
    assert rows == [[cell for cell in line.split(",") if cell] for line in text.splitlines()]


def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"open\n2,x\n3,y\n')
    with pytest.raises(FileError, match="line 2"):
        read_export(path)
    path.write_text('a,b\n1,5" pipe\n2,"two\nlines"\n')
    assert read_export(path).rows == [["1", '5" pipe'], ["2", "two\nlines"]]
