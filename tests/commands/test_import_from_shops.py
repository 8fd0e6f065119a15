"""What shops and form services really export: other keys, other dates, refunds, activities."""

import datetime as dt

import openpyxl
import pytest
from openpyxl.worksheet.table import Table, TableColumn, TableFormula
from sample_books import built, rows_of

from csm_xl import commands
from csm_xl.commands.session import Session

CUSTOMERS = [
    {"customer_id": "C1", "name": "Ann Lee", "email": "ann@example.com", "phone": "07700 900001"},
    {"customer_id": "C2", "name": "王芳", "email": "wang@example.com", "phone": "13800000002"},
    {"customer_id": "C3", "name": "Bo", "email": "bo@example.com", "phone": "07700 900003"},
    {"customer_id": "C4", "name": "Bo", "email": "bo4@example.com", "phone": "07700 900004"},
]


@pytest.fixture
def shop(tmp_path):
    book = built(tmp_path, tables={"customers": CUSTOMERS})
    yield book
    book.close()


def imported(book, folder, table, text, encoding="utf-8"):
    source = folder / f"{table}.csv"
    source.write_bytes(text.encode(encoding))
    return commands.import_data(book, source, table)


def said(outcome):
    return " ".join([outcome.message.en, *(note.en for note in outcome.warnings)])


def test_customers_are_looked_up_by_mail_phone_or_name(shop, tmp_path):
    outcome = imported(
        shop,
        tmp_path,
        "orders",
        "Order no.,Customer,Date,Amount\n"
        "1,ANN@example.com ,2026-03-01,5\n"
        "2,+44 7700 900001,2026-03-02,5\n"
        "3,+86 138-0000-0002,2026-03-03,5\n"
        "4,ann  lee,2026-03-04,5\n"
        "5,王芳,2026-03-05,5\n"
        "6,C2,2026-03-06,5\n",
    )
    assert [row["customer_id"] for row in rows_of(shop, "orders")] == [
        "C1", "C1", "C2", "C1", "C2", "C2",
    ]  # fmt: skip
    assert "not on the Customers sheet" not in said(outcome)


def test_a_name_that_two_customers_share_is_nobodys(shop, tmp_path):
    outcome = imported(shop, tmp_path, "orders", "Order no.,Customer,Date,Amount\n1,Bo,2026-3-1,5")
    assert rows_of(shop, "orders")[0]["customer_id"] == "Bo"
    assert "1 row is of nobody on the Customers sheet (line 2: Bo)" in said(outcome)


def test_a_file_without_the_customer_column_is_told_by_its_phone_column(shop, tmp_path):
    imported(
        shop,
        tmp_path,
        "orders",
        "订单编号,收货人姓名,联系手机,订单付款时间,买家实际支付金额\n1,某某,13800000002,2026-03-01,5\n",
        "gb18030",
    )
    assert rows_of(shop, "orders")[0]["customer_id"] == "C2"


def test_rows_that_came_before_their_customers_are_settled_by_importing_them_again(tmp_path):
    book = built(tmp_path)
    visits = "Date,Customer,Channel,Kind,Times\n2026-03-01,ann@example.com,Website,Visit,2\n"
    first = imported(book, tmp_path, "contacts", visits)
    assert "Import your customers" in said(first)
    imported(book, tmp_path, "customers", "Customer ID,Email\nC1,ann@example.com\n")
    again = imported(book, tmp_path, "contacts", visits)
    assert "0 rows added, 1 updated" in said(again)
    assert [row["customer_id"] for row in rows_of(book, "contacts")] == ["C1"]
    book.close()


def test_activities_of_one_day_add_up_and_importing_them_again_adds_nothing(shop, tmp_path):
    text = (
        "Date,Customer,Channel,Kind,Times\n"
        "2026-03-01,C1,Website,Visit,\n"
        "2026-03-01,C1,Website,Visit,2\n"
        "2026-03-01,C1,Website,Visit,\n"
        "2026-03-02,C1,Website,Visit,\n"
    )
    outcome = imported(shop, tmp_path, "contacts", text)
    assert [row["times"] for row in rows_of(shop, "contacts")] == [4, None]
    assert "added up" in said(outcome)
    again = imported(shop, tmp_path, "contacts", text)
    assert "0 rows added, 0 updated, 2 unchanged" in said(again)


def test_dates_as_shops_write_them(shop, tmp_path):
    dates = [
        "2026-03-05 10:00:00 +0000",
        "2026-03-05T10:00:00.000Z",
        "2026-03-05 10:00:00 UTC",
        '"Mar 5, 2026"',
        '"March 5, 2026 10:32 AM"',
        "5 March 2026",
        "05-Mar-2026",
        "05-Mar-26 14:30",
        '"Thursday, March 5th, 2026"',
        "20260305",
        "2026年03月05日 10:00",
    ]
    lines = "".join(f"{i},C1,{date},5\n" for i, date in enumerate(dates))
    outcome = imported(shop, tmp_path, "orders", "Order no.,Customer ID,Date,Amount\n" + lines)
    days = {row["date"].date() for row in rows_of(shop, "orders")}
    assert days == {dt.date(2026, 3, 5)}
    assert "left out" not in said(outcome)


def test_no_words_are_taken_for_a_date(shop, tmp_path):
    lines = "".join(
        f"{i},C1,{text},5\n"
        for i, text in enumerate(["Foo 5 2026", "31 Feb 2026", "May", "20261305"])
    )
    outcome = imported(shop, tmp_path, "orders", "Order no.,Customer ID,Date,Amount\n" + lines)
    assert "should be a date" in said(outcome) and "lines 2, 3, 4, 5" in said(outcome)


def test_a_refund_within_an_order_becomes_a_row_of_its_own(shop, tmp_path):
    text = (
        "Name,Email,Financial Status,Paid at,Total,Refunded Amount,Lineitem name\n"
        "#1,ann@example.com,paid,2026-03-01,50,0,Tea\n"
        "#2,ann@example.com,partially_refunded,2026-03-02,80,30,Cup\n"
        "#3,bo@example.com,voided,2026-03-03,70,0,Pot\n"
    )
    outcome = imported(shop, tmp_path, "orders", text)
    rows = rows_of(shop, "orders")
    assert [(row["order_id"], row["amount"], row["kind"]) for row in rows] == [
        ("#1", 50, None), ("#2", 80, None), ("#2R", -30, "Refund"),
    ]  # fmt: skip
    assert "cancelled or closed (line 4)" in said(outcome)
    assert "1 refund" in said(outcome)
    again = imported(shop, tmp_path, "orders", text)
    assert "0 rows added, 0 updated, 2 unchanged" in said(again)


def test_a_closed_order_of_a_chinese_shop_is_left_out(shop, tmp_path):
    outcome = imported(
        shop,
        tmp_path,
        "orders",
        "订单编号,买家会员名,买家实际支付金额,订单状态,订单付款时间\n"
        "1,王芳,80,交易成功,2026-03-01\n2,王芳,0,交易关闭,\n3,王芳,9,等待买家付款,\n",
        "gb18030",
    )
    assert [row["order_id"] for row in rows_of(shop, "orders")] == ["1"]
    notes = " ".join(note.zh for note in outcome.warnings)
    assert "已取消或关闭（第 3 行）" in notes and "未付款（第 4 行）" in notes


def test_the_only_currency_of_a_file_becomes_that_of_an_empty_workbook(tmp_path):
    book = built(tmp_path)
    imported(
        book, tmp_path, "orders", "Order no.,Customer ID,Date,Amount,Currency\n1,C1,2026-3-1,5,EUR"
    )
    assert Session(book).settings.get("currency") == "EUR"
    book.close()


def test_calculated_columns_are_filled_from_the_first_imported_row_on(tmp_path):
    book = built(tmp_path)
    text = "Feedback no.,Date,Customer ID,Rating,Function,Service,Feeling\n" + "".join(
        f"F{i},2026-03-0{i},C1,{i},5,4,3\n" for i in (1, 2, 3)
    )
    imported(book, tmp_path, "feedback", text)
    rows = rows_of(book, "feedback")
    assert [row["score"] for row in rows] == [1, 2, 3]
    assert [row["experience"] for row in rows] == [12, 12, 12]
    book.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_calculated_columns_are_filled_although_their_first_cells_were_cleared(tmp_path, lang):
    book = built(tmp_path, lang)
    source = Session(book).table("feedback")
    book.sheets[source.sheet].tables[source.name].data_body_range.clear_contents()
    imported(book, tmp_path, "feedback", "Feedback no.,Rating\nF1,5\nF2,4\n")
    assert [row["score"] for row in rows_of(book, "feedback")] == [5, 4]
    book.close()


def test_an_owners_own_calculated_column_moves_along_with_the_new_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Order no.", "Customer ID", "Date", "Amount", "VAT"])
    for i in (2, 3):
        sheet.append([f"A{i}", "C1", 46000 + i, 100 * i, f"=D{i}*0.2"])
    table = Table(displayName="Orders", ref="A1:E3")
    table._initialise_columns()
    for column, title in zip(table.tableColumns, sheet[1], strict=True):
        column.name = title.value
    table.tableColumns[4] = TableColumn(
        id=5, name="VAT", calculatedColumnFormula=TableFormula(attr_text="D2*0.2")
    )
    sheet.add_table(table)
    path = tmp_path / "own.xlsx"
    book.save(path)
    from csm_xl.commands.opening import open_book

    own = open_book(path)
    imported(own, tmp_path, "orders", "Order no.,Customer ID,Date,Amount\nA4,C1,2026-3-1,10\n")
    assert own.sheets[0].range("E4").formula == "=D4*0.2"
    assert own.sheets[0].range("E4").value == pytest.approx(2)
    own.close()


def test_a_shop_with_nothing_but_orders_gets_its_customers_from_them(tmp_path):
    book = built(tmp_path)
    orders = (
        "Name,Email,Paid at,Total\n#1,ann@example.com,2026-03-01,5\n#2,bo@example.com,2026-03-02,5\n"
        "#3,ann@example.com,2026-03-09,5\n"
    )
    assert "3 rows are of nobody" in said(imported(book, tmp_path, "orders", orders))
    imported(book, tmp_path, "customers", orders)
    assert "3 updated" in said(imported(book, tmp_path, "orders", orders))
    people = rows_of(book, "customers")
    assert [(row["email"], row["name"]) for row in people] == [
        ("ann@example.com", None), ("bo@example.com", None),
    ]  # fmt: skip
    first, second = (row["customer_id"] for row in people)
    assert [row["customer_id"] for row in rows_of(book, "orders")] == [first, second, first]
    commands.build_features(book)
    assert [row["orders"] for row in rows_of(book, "customers")] == [2, 1]
    book.close()


def test_a_refund_in_a_later_file_is_a_row_of_its_own_whatever_came_first(shop, tmp_path):
    head = "Order no.,Customer,Date,Amount\n"
    sold, back = "1,C1,2026-03-01,50\n", "1,C1,2026-03-09,-20\n"
    imported(shop, tmp_path, "orders", head + sold)
    imported(shop, tmp_path, "orders", head + back)
    whole = imported(shop, tmp_path, "orders", head + sold + back)
    assert [row["amount"] for row in rows_of(shop, "orders")] == [50, -20]
    assert whole.more["added"] == whole.more["updated"] == 0
