"""Import on the sample workbook: what comes in, what is updated, and text that stays text."""

import openpyxl
import pytest
from workbooks import opened

from csm_xl import commands
from csm_xl.errors import CsmError
from csm_xl.sample.sample_company import company
from csm_xl.workbook.build import build

HARMLESS = ["00123", "123456789012345678", "3-5", '=RunPython("x")', "+1", "@x"]


@pytest.fixture(params=["en", "zh"])
def shop(request, tmp_path):
    path = tmp_path / "shop.xlsx"
    sample = company(request.param, customers=20)
    path.write_bytes(build(request.param, sample.tables, sample.settings))
    return path, request.param


def imported(path, source, table):
    book = opened(path)
    try:
        outcome = commands.import_data(book, source, table)
        book.save()
        return outcome
    finally:
        book.close()


def cells(path, table):
    book = openpyxl.load_workbook(path)
    for sheet in book:
        if table in sheet.tables:
            return [[c.value for c in row] for row in sheet[sheet.tables[table].ref]]
    raise AssertionError(table)


def test_orders_of_a_chinese_shop_are_added_and_imported_again_change_nothing(shop, tmp_path):
    path, lang = shop
    sign = "￥" if lang == "zh" else ""
    before = cells(path, "Orders")
    quoted = ['"' + text.replace('"', '""') + '"' for text in HARMLESS]
    lines = "订单编号,买家会员名,买家实际支付金额,订单付款时间\n" + "".join(
        f"{text},C0001,{sign}{80 + i},2026年3月{i + 1}日\n" for i, text in enumerate(quoted)
    )
    source = tmp_path / "订单.csv"
    source.write_bytes(lines.encode("gb18030"))
    outcome = imported(path, source, "orders")
    assert "6 rows added" in outcome.message.en
    after = cells(path, "Orders")
    assert after[: len(before)] == before
    new = after[len(before) :]
    assert [row[0] for row in new] == HARMLESS
    again = imported(path, source, "orders")
    assert "0 rows added" in again.message.en and "6 unchanged" in again.message.en
    assert cells(path, "Orders") == after


def test_an_imported_text_is_a_text_cell_and_no_formula(shop, tmp_path):
    path, _ = shop
    source = tmp_path / "a.csv"
    source.write_text('Customer ID,Name\nX1,"=RunPython(""x"")"\n')
    imported(path, source, "customers")
    book = openpyxl.load_workbook(path)
    found = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == '=RunPython("x")'
    ]
    assert len(found) == 1 and found[0].data_type != "f"


def test_a_customer_that_is_there_is_never_doubled_and_what_the_owner_typed_stays(shop, tmp_path):
    path, _ = shop
    before = cells(path, "Customers")
    source = tmp_path / "crm.csv"
    source.write_text(
        "Customer ID,City,Nonsense\nC0001,Atlantis,1\nC0001,Avalon,2\nNEW1,Lima,3\n,Rome,4\n"
    )
    outcome = imported(path, source, "customers")
    assert "1 rows added" in outcome.message.en
    after = cells(path, "Customers")
    assert len(after) == len(before) + 1
    assert [row[: len(before[0])] for row in after[: len(before)]] == before
    assert (after[0][-1], after[1][-1], after[-1][-1]) == ("Nonsense", 2, 3)
    said = " ".join(warning.en for warning in outcome.warnings)
    assert "F2" in said and "line 5" in said


def test_a_cell_that_an_import_wrote_is_updated_until_the_owner_changes_it(tmp_path):
    path = tmp_path / "own.xlsx"
    path.write_bytes(build("en"))
    source = tmp_path / "crm.csv"

    def city(given):
        source.write_text(f"Customer ID,City\nK1,{given}\n")
        imported(path, source, "customers")
        return cells(path, "Customers")[1][5]

    assert [city("Rome"), city("Oslo")] == ["Rome", "Oslo"]
    book = openpyxl.load_workbook(path)
    book["Customers"]["F2"] = "Lima"
    book.save(path)
    assert city("Bath") == "Lima"


def test_orders_whose_dates_could_be_two_are_not_one_order(shop, tmp_path):
    path, _ = shop
    source = tmp_path / "o.csv"
    source.write_text("Customer,Order date,Amount\nC0001,01/02/2026,5\nC0001,03/04/2026,5\n")
    outcome = imported(path, source, "orders")
    assert "2 rows added" in outcome.message.en
    assert any("lines 2, 3" in warning.en for warning in outcome.warnings)
    assert not any("repeat" in warning.en for warning in outcome.warnings)
    after = cells(path, "Orders")
    again = imported(path, source, "orders")
    assert "0 rows added, 0 updated, 2 unchanged" in again.message.en
    assert cells(path, "Orders") == after


def test_another_spelling_of_a_key_changes_no_key(shop, tmp_path):
    path, _ = shop
    source = tmp_path / "crm.csv"
    source.write_text("Customer ID,Points\n ｃ0001,7\nn7,1\n N7,2\n", encoding="utf-8-sig")
    before = cells(path, "Customers")
    imported(path, source, "customers")
    after = cells(path, "Customers")
    assert len(after) == len(before) + 1 and after[1][0] == "C0001"
    assert (after[-1][0], after[-1][10]) == ("n7", 2)


def test_unreadable_cells_are_left_out_and_named(shop, tmp_path):
    path, _ = shop
    source = tmp_path / "f.csv"
    source.write_text(
        "Feedback no.,Date,Customer ID,Rating\nF-1,2026-03-05,C0001,9\nF-2,someday,C0001,5\n"
    )
    outcome = imported(path, source, "feedback")
    said = " ".join(warning.en for warning in outcome.warnings)
    assert "line 2" in said and "line 3" in said
    assert all(warning.zh for warning in outcome.warnings)


def test_a_file_of_unknown_columns_asks_on_a_sheet_and_changes_nothing_else(shop, tmp_path):
    path, lang = shop
    source = tmp_path / "x.csv"
    source.write_text("foo,bar\n1,2\n")
    book = opened(path)
    with pytest.raises(CsmError, match="mapping"):
        commands.import_data(book, source, "orders")
    names = [sheet.name for sheet in book.sheets]
    book.close()
    assert {"en": "Import mapping", "zh": "导入对照"}[lang] in names


@pytest.mark.parametrize(
    ("titles", "row", "name"),
    [
        (["客户编号", "姓", "名"], ["N1", "欧阳", "雪松"], "欧阳雪松"),
        (["客户编号", "名", "姓氏"], ["N1", "雪松", "金"], "金雪松"),
        (["Customer ID", "First Name", "Last Name"], ["N1", "雪松", "金"], "金雪松"),
        (["Customer ID", "Surname", "Given name"], ["N1", "Fenn", "Ada"], "Ada Fenn"),
        (["客户编号", "姓", "名"], ["N1", "Fenn", "Ada"], "Ada Fenn"),
    ],
)
def test_a_name_in_two_columns_is_written_as_its_language_writes_it(
    shop, tmp_path, titles, row, name
):
    path, _ = shop
    source = tmp_path / "people.csv"
    source.write_text(",".join(titles) + "\n" + ",".join(row) + "\n", encoding="utf-8")
    imported(path, source, "customers")
    assert name in [one[1] for one in cells(path, "Customers")]
