"""Orders out of exports nobody declared: lines, statuses, currencies, totals, and bad rows by name."""

import pytest

from csm_xl.intake.reading import Asked, open_export, read_intake
from csm_xl.vocabulary.order_statuses import status_meaning


def read(folder, text, table="orders", **told):
    path = folder / "a.csv"
    path.write_text(text, encoding="utf-8")
    asked = Asked(table)
    return read_intake(open_export(path, asked), asked, {}, "en", **told)


def worth(intake):
    return {
        order.order_id: round((order.amount or 0) - order.refund, 2) for order in intake.orders.kept
    }


def reasons(intake):
    return {why.en: lines for why, lines in intake.account.reasons.items()}


def test_the_files_own_total_decides_whether_lines_repeat_the_orders_amount(tmp_path):
    lines = "订单号,手机号,商品,金额\nE1,13800000001,茶,50\nE1,13800000001,杯,50\nE2,13800000002,茶,30\n"
    assert worth(read(tmp_path, lines + "合计,,,130\n")) == {"E1": 100, "E2": 30}
    assert worth(read(tmp_path, lines + "合计,,,80\n")) == {"E1": 50, "E2": 30}


def test_quantity_times_price_tells_that_equal_amounts_are_lines(tmp_path):
    text = "Order number,Email,Product,Qty,Unit price,Amount\nN1,a@b.example,Soap,1,5,5\nN1,a@b.example,Oil,1,5,5\n"
    assert worth(read(tmp_path, text)) == {"N1": 10}


def test_one_order_number_with_two_customers_is_named_and_not_mixed(tmp_path):
    text = (
        "Order number,Email,Date,Total\nN1,a@b.example,2026-01-01,5\nN1,c@d.example,2026-01-02,7\n"
    )
    intake = read(tmp_path, text)
    assert worth(intake) == {"N1": 5}
    assert reasons(intake) == {"its order number is another customer's in the same file": [3]}


def test_a_last_row_that_is_the_sum_of_those_above_is_no_order(tmp_path):
    intake = read(tmp_path, "订单号,手机号,实付金额\nE1,13800000001,5\nE2,13800000002,7\n,,12\n")
    assert worth(intake) == {"E1": 5, "E2": 7} and intake.account.left_out == 1


def test_traditional_titles_and_statuses_are_understood(tmp_path):
    text = "訂單編號,收件人手機,實付金額,付款時間,訂單狀態\nT1,0912345678,80,2026-01-01,已完成\nT2,0912345679,90,2026-01-01,已取消\n"
    intake = read(tmp_path, text)
    assert worth(intake) == {"T1": 80} and reasons(intake) == {"cancelled or closed": [3]}


def test_titles_that_no_list_holds_are_understood_by_meaning(tmp_path):
    text = "门店小票编号,会员手机,客户实付总额,结账日期,退还金额\nX1,13800000001,80,2026-01-01,30\nX2,13800000002,9,2026-01-02,\n"
    intake = read(tmp_path, text)
    assert worth(intake) == {"X1": 50, "X2": 9}


def test_currencies_told_by_their_signs_alone_are_not_added_up(tmp_path):
    text = "Order number,Email,Date,Total\nN1,a@b.example,2026-01-01,$5\nN2,a@b.example,2026-01-02,$6\nN3,a@b.example,2026-01-03,€7\n"
    intake = read(tmp_path, text)
    assert worth(intake) == {"N1": 5, "N2": 6} and intake.orders.currency == "USD"
    assert any("1 order in EUR, 7.00" in why for why in reasons(intake))
    assert worth(read(tmp_path, text, rates={"EUR": 2.0}))["N3"] == 14


def test_an_amount_without_end_is_named_by_its_cell(tmp_path):
    intake = read(tmp_path, "Order number,Email,Total\nN1,a@b.example,5\nN2,a@b.example,1e400\n")
    assert worth(intake) == {"N1": 5} and reasons(intake) == {"Total “1e400” is no amount": [3]}


def test_lines_with_states_of_their_own_count_by_themselves(tmp_path):
    text = (
        "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,收件人,订单提交时间,订单状态,售后状态\n"
        "M1,S1,茶,1,76,冯**,2026/03/11,已完成,-\nM1,S2,杯,1,24,冯**,2026/03/11,已完成,退款成功\n"
        "M1,S3,壶,1,50,冯**,2026/03/11,已关闭,-\n"
    )
    assert worth(read(tmp_path, text)) == {"M1": 76}


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("交易成功", "paid"), ("已发货，待签收", "paid"), ("卖家已发货，等待买家确认", "paid"), ("partially_paid", "paid"), ("Fulfilled", "paid"),
        ("用户已取消", "cancelled"), ("已關閉", "cancelled"), ("voided", "cancelled"), ("Payment failed", "unpaid"), ("等待买家付款", "unpaid"),
        ("pending", "unpaid"), ("已取消，退款成功", "refunded"), ("Refunded", "refunded"), ("部分退款", "part_refunded"),
        ("partially_refunded", "part_refunded"), ("退款中", "refund_asked"), ("售后关闭", "neutral"), ("无退款申请", "neutral"),
        ("订单未关闭", "neutral"), ("unfulfilled", "neutral"), ("Zebra lane", None),
    ],
)  # fmt: skip
def test_statuses_are_read_by_their_meaning(status, meaning):
    assert status_meaning(status) == meaning


def test_numbers_that_a_spreadsheet_cut_down_do_not_make_one_order_of_many(tmp_path):
    text = "订单编号,下单时间,买家手机,实付金额\n1.23457E+18,2026-01-05,13800000001,50\n1.23457E+18,2026-01-06,13800000002,70\n"
    intake = read(tmp_path, text)
    assert [(o.order_id, o.amount) for o in intake.orders.kept] == [(None, 50), (None, 70)]
    assert any("cut these order numbers down" in note.en for note in intake.account.notes)
    whole = read(
        tmp_path, "订单编号,下单时间,买家手机,实付金额\n1.5E+1,2026-01-05,13800000001,50\n"
    )
    assert whole.orders.kept[0].order_id is not None


def test_totals_of_a_part_and_what_stands_below_the_last_row_are_no_orders(tmp_path):
    text = (
        "Order Number,Date,Email,Total\nN1,2026-01-05,a@x.example,10\nSubtotal January,,,10\nN2,2026-02-06,b@x.example,5\n"
        "二月小计,,,5\n3,record(s) downloaded,,\nSeller ID : mugs,,,\n"
    )
    intake = read(tmp_path, text)
    assert worth(intake) == {"N1": 10, "N2": 5} and intake.account.left_out == 4


def test_who_sells_by_invoice_counts_by_invoice_and_negative_ones_are_refunds(tmp_path):
    text = (
        "Invoice,InvoiceDate,CustomerID,Description,Quantity,UnitPrice\n536365,2025-12-01,17850,HEART,6,2.5\n"
        "536365,2025-12-01,17850,LANTERN,6,3\nC536367,2025-12-13,17850,HEART,-2,2.5\n"
    )
    kept = read(tmp_path, text).orders.kept
    assert [(o.order_id, o.amount, o.is_refund) for o in kept] == [
        ("536365", 33, False),
        ("C536367", -5, True),
    ]


def test_a_negative_line_of_another_day_is_a_refund_and_one_of_the_same_day_a_discount(tmp_path):
    text = "Order number,Date,Email,Amount\nA1,2026-01-05,a@x.example,50\nA1,2026-01-05,a@x.example,-5\nA1,2026-01-09,a@x.example,-20\n"
    kept = read(tmp_path, text).orders.kept
    assert [(o.amount, o.refund) for o in kept] == [(45, 20)]


def test_what_a_shop_says_was_kept_tells_what_was_paid_back(tmp_path):
    text = (
        "Sale Date,Order ID,Buyer User ID,Full Name,Order Value,Order Total,Order Net,Adjusted Order Total\n"
        "03/14/26,31,annash,Ann Ash,40.00,45.00,43.50,\n03/15/26,32,bbirch,Ben Birch,60.00,65.00,63.50,50.00\n"
    )
    assert worth(read(tmp_path, text)) == {"31": 45, "32": 50}


def test_a_refund_of_a_payment_service_is_of_whom_it_was_paid_to(tmp_path):
    text = (
        "Date,Name,Type,Status,Currency,Gross,Fee,Net,From Email Address,To Email Address,Transaction ID\n"
        "03/14/2026,Ann Ash,Express Checkout Payment,Completed,USD,50.00,-1,49,ann@x.example,me@shop.example,T1\n"
        "03/16/2026,Ann Ash,Payment Refund,Completed,USD,-30.00,1,-29,me@shop.example,ann@x.example,T2\n"
    )
    kept = read(tmp_path, text).orders.kept
    assert [o.who.email for o in kept] == ["ann@x.example", "ann@x.example"]


def test_a_refund_told_once_that_exceeds_its_line_is_of_the_whole_order(tmp_path):
    text = "订单号,手机号,商品总价,订单状态,退款金额\n1,13800000001,5,退款成功,12\n1,13800000001,7,退款成功,\n"
    assert worth(read(tmp_path, text)) == {"1": 0}


def test_a_grand_total_with_its_currency_is_preferred_to_a_subtotal(tmp_path):
    text = (
        "ID,Purchase Date,Customer Email,Subtotal,Grand Total (Base),Status,Total Refunded\n"
        "1,2026-03-14,a@x.example,45,$50.00,Complete,0\n2,2026-03-15,b@x.example,55,$60.00,Closed,60.00\n"
    )
    assert worth(read(tmp_path, text))["1"] == 50


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [("Refunded?", "1", "0"), ("Fully refunded", "true", "false"), ("是否退款", "是", "否")],
)
def test_yes_or_no_says_whether_not_how_much_was_paid_back(tmp_path, column, yes, no):
    text = f"Order number,Date,Email,Amount,{column}\n1,2026-03-05,a@x.example,20,{no}\n2,2026-03-06,b@x.example,30,{yes}\n"
    assert worth(read(tmp_path, text)) == {"1": 20, "2": 0}


def test_what_was_not_paid_by_a_column_of_yes_and_no_does_not_count(tmp_path):
    text = "Order number,Date,Email,Amount,Paid\n1,2026-03-05,a@x.example,50,Yes\n2,2026-03-06,b@x.example,60,No\n"
    intake = read(tmp_path, text)
    assert worth(intake) == {"1": 50} and reasons(intake) == {"not paid": [3]}


@pytest.mark.parametrize(
    "word", ["Return", "Chargeback", "Credit Memo", "销售退货", "Gutschrift", "返品"]
)
def test_a_row_of_a_refund_by_any_name_goes_back(tmp_path, word):
    text = f"Order number,Date,Email,Type,Amount\n1,2026-03-05,a@x.example,Sale,50\nR,2026-03-07,a@x.example,{word},20\n"
    kept = read(tmp_path, text).orders.kept
    assert [order.is_refund for order in kept] == [False, True]


def test_what_the_owner_spent_is_no_order(tmp_path):
    text = (
        "微信支付账单明细,,,,,,\n共3笔记录,,,,,,\n交易时间,交易类型,交易对方,商品,收/支,金额(元),交易单号\n"
        "2026-03-05 10:00:00,二维码收款,赵一,茶,收入,¥50.00,1000001\t\n2026-03-07 10:00:00,商户消费,美团,外卖,支出,¥30.00,1000003\t\n"
    )
    intake = read(tmp_path, text)
    assert worth(intake) == {"1000001": 50} and intake.account.left_out == 1
    assert intake.orders.kept[0].who.name == "赵一"


def test_a_note_below_orders_without_numbers_is_none(tmp_path):
    text = (
        "Customer,Date,Product,Amount\nAnn Ash,03/14/2026,Soap,20.00\nTotal for Ann Ash,,,$20.00\n"
        '"Sunday, Mar 29, 2026 10:00 AM GMT-7 - Accrual Basis",,,\n'
    )
    intake = read(tmp_path, text)
    assert [order.amount for order in intake.orders.kept] == [20] and intake.account.left_out == 2
