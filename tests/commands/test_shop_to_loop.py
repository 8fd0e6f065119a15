"""From a shop's exports to whether contacting helped, on an empty workbook, in both languages."""

import csv
import datetime as dt

import numpy as np
import pytest
from sample_books import NOW, built, put, rows_of, set_setting, trained

from csm_xl import commands
from csm_xl.sample.sample_company import company
from csm_xl.vocabulary import words

OUTCOMES = [
    "kept",
    "bought",
    "no_answer",
    "no_answer",
    "kept",
    "declined",
    "no_answer",
    "bought",
    "left",
    "kept",
]
COUNTED = [
    "orders",
    "revenue",
    "last_order",
    "days_since",
    "usage_now",
    "usage_before",
    "refund_share",
    "loyalty",
    "rating",
    "experience",
    "sentiment",
    "complaints",
]


def exported(folder, lang):
    """The sample company as an English shop (UTF-8) or a Chinese one (GB18030) exports it.

    Orders name their customers by mail address or by phone, answers by mail address in capitals or
    by name, contacts by number.
    """
    tables = company(lang).tables
    who = {row["customer_id"]: row for row in tables["customers"]}
    english = lang == "en"

    def written(table, headers, row):
        path = folder / f"{table}.csv"
        with path.open("w", encoding="utf-8" if english else "gb18030", newline="") as file:
            csv.writer(file).writerows([headers, *(row(one) for one in tables[table])])
        return path

    yield "customers", written(
        "customers",
        ["Customer ID", "First Name", "Last Name", "Email", "Phone", "Default Address City", "Source", "Membership", "Created At", "Cancelled At", "Loyalty points", "Referrer", "Unsubscribed", "Tags"]
        if english
        else ["会员编号", "姓", "名", "电子邮箱", "手机号", "所在城市", "客户来源", "会员等级", "注册时间", "流失时间", "可用积分", "介绍人", "免打扰", "标签"],
        lambda r: [
            r["customer_id"],
            *(r["name"].split(" ", 1) if english else (r["name"][0], r["name"][1:])),
            *(r[k] for k in ("email", "phone", "city", "source", "plan", "start", "left_on")),
            *(r[k] for k in ("points", "referred_by", "do_not_contact")),
            "vip",
        ],
    )  # fmt: skip
    yield "orders", written(
        "orders",
        ["Name", "Email", "Financial Status", "Paid at", "Lineitem name", "Lineitem quantity", "Total", "Type"]
        if english
        else ["订单编号", "买家手机号", "订单状态", "订单付款时间", "宝贝标题", "宝贝总数量", "买家实际支付金额", "订单类型"],
        lambda r: [
            r["order_id"],
            who[r["customer_id"]]["email" if english else "phone"],
            "paid" if english else "交易成功",
            f"{r['date']} 10:00:00 +0000" if english else f"{r['date']:%Y/%m/%d} 10:00:00",
            r["product"],
            r["quantity"],
            f"{r['amount']:.2f}" if english else f"¥{r['amount']:.2f}",
            r["kind"],
        ],
    )  # fmt: skip
    yield "feedback", written(
        "feedback",
        ["Response ID", "Submitted At", "Requester email", "Type", "Overall satisfaction", "Product quality", "Support rating", "Feeling rating", "How likely are you to recommend us?", "Comments", "Ticket status", "First response time"]
        if english
        else ["序号", "提交答卷时间", "姓名", "反馈类型", "1、您的总体满意度", "2、您对产品质量的满意度", "3、您对客服的满意度", "4、您的感受评分", "5、您有多大可能把我们推荐给朋友", "6、您的意见和建议", "工单状态", "首次响应时间"],
        lambda r: [
            r["feedback_id"],
            r["date"] if english else f"{r['date']:%Y年%m月%d日}",
            who[r["customer_id"]]["email"].upper() if english else who[r["customer_id"]]["name"],
            *(r[k] for k in ("kind", "rating", "functional", "service", "emotional")),
            *(r[k] for k in ("recommend", "text", "status", "response_hours")),
        ],
    )  # fmt: skip
    yield (
        "contacts",
        written(
            "contacts",
            ["Activity date", "Contact ID", "Activity type", "Purpose", "Count", "Summary"]
            if english
            else ["跟进时间", "客户id", "跟进方式", "事项", "频次", "沟通内容"],
            lambda r: [r[k] for k in ("date", "customer_id", "channel", "kind", "times", "note")],
        ),
    )


@pytest.fixture(params=["en", "zh"], scope="module")
def walked(request, tmp_path_factory):
    """The owner's way: import, features, retrain, refresh, ten done, refresh ten days later."""
    lang, folder = request.param, tmp_path_factory.mktemp(request.param)
    patch = pytest.MonkeyPatch()
    patch.setenv("CSM_XL_HOME", str(folder / "home"))
    book = built(folder, lang, name="empty.xlsx")
    said = {}
    for table, path in exported(folder, lang):
        said[table] = commands.import_data(book, path, table)
    set_setting(book, "as_of", NOW.date() + dt.timedelta(days=100))
    said["features, too late"] = commands.build_features(book)
    for key, value in (("as_of", NOW.date()), ("risk_medium", 0.12), ("risk_high", 0.3)):
        set_setting(book, key, value)
    said["features"] = commands.build_features(book)
    counted = rows_of(book, "customers")
    said["retrain"] = commands.retrain(book, today=NOW.date())
    said["refresh"] = commands.refresh(book, now=NOW)
    said["actions"] = commands.actions(book)
    suggested = rows_of(book, "actions")
    for index, outcome in enumerate(OUTCOMES):
        put(
            book,
            "actions",
            index,
            done=words.YES_NO.word("yes", lang),
            done_on=dt.datetime(2026, 7, 2),
            outcome=words.OUTCOMES.word(outcome, lang),
        )
    later = NOW + dt.timedelta(days=10)
    set_setting(book, "as_of", later.date())
    said["later"] = commands.refresh(book, now=later)
    yield lang, book, said, counted, suggested
    book.close()
    patch.undo()


def test_every_row_is_imported_and_finds_its_customer(walked):
    lang, book, said, *_ = walked
    tables = company(lang).tables
    for table in ("customers", "orders", "feedback"):
        assert f"{len(tables[table])} rows added" in said[table].message.en
    for table, number in (("orders", "order_id"), ("feedback", "feedback_id")):
        whose = {row[number]: row["customer_id"] for row in tables[table]}
        assert {row[number]: row["customer_id"] for row in rows_of(book, table)} == whose
    notes = " ".join(note.en for one in said.values() for note in one.warnings)
    assert "nobody on the Customers sheet" not in notes and "should be" not in notes


def test_the_figures_are_those_of_the_same_company_typed_in_by_hand(walked, tmp_path):
    lang, _, _, counted, _ = walked
    typed = trained(tmp_path, lang)
    known = {row["customer_id"]: row for row in rows_of(typed, "customers")}
    for row in counted:
        for key in COUNTED:
            own, other = row[key], known[row["customer_id"]][key]
            if isinstance(own, float) and isinstance(other, float):
                assert own == pytest.approx(other), (row["customer_id"], key)
            else:
                assert own == other, (row["customer_id"], key)
    typed.close()


def test_calculated_columns_of_the_feedback_are_filled(walked):
    _, book, *_ = walked
    rows = rows_of(book, "feedback")
    assert all(isinstance(row["score"], float) for row in rows if row["rating"] is not None)
    whole = [r for r in rows if None not in (r["functional"], r["service"], r["emotional"])]
    assert len(whole) > 50
    for row in whole:
        assert row["experience"] == row["functional"] + row["service"] + row["emotional"]


def test_records_that_end_long_before_the_date_of_the_figures_are_pointed_out(walked):
    _, _, said, *_ = walked
    late, right = (
        " ".join(note.en for note in said[what].warnings)
        for what in ("features, too late", "features")
    )
    assert "The newest order is from 2026-06-30, 100 days before" in late
    assert "newest order" not in right


def test_the_list_is_full_and_none_of_the_ten_is_suggested_again_within_the_cadence(walked):
    _, book, said, _, suggested = walked
    assert len(said["actions"].table) == 10 and len(suggested) == 15
    rows = rows_of(book, "actions")
    assert [r["customer_id"] for r in rows[:10]] == [r["customer_id"] for r in suggested[:10]]
    done = {row["customer_id"] for row in rows[:10]}
    assert done.isdisjoint(row["customer_id"] for row in rows[10:])
    assert all(row["reason"] and row["action"] and row["expected"] > 0 for row in rows)


def test_the_loop_counts_what_was_done_and_says_what_it_cannot_tell(walked):
    lang, book, *_ = walked
    lines = rows_of(book, "loop")
    text = {
        "en": ("10 done", "Cannot tell", "Stayed 3"),
        "zh": ("完成 10 条", "无法判断", "已留住 3"),
    }
    done, cannot, outcomes = text[lang]
    assert done in lines[0]["contacted"]
    assert outcomes in lines[1]["contacted"] and cannot in lines[1]["verdict"]
    assert cannot in lines[2]["verdict"]
    claims = ("helped", "harm", "有效：", "适得其反")
    assert not any(claim in (line["verdict"] or "") for line in lines for claim in claims)
    assert lines[3]["verdict"] and not np.isnan(float(lines[3]["low"]))


def test_history_has_a_row_for_the_training_and_for_each_refresh(walked):
    _, book, *_ = walked
    rows = rows_of(book, "history")
    assert len(rows) == 3
    assert [row["customers"] for row in rows] == [160, 160, 160]


def test_pain_points_are_named_with_an_example(walked):
    lang, book, *_ = walked
    rows = [row for row in rows_of(book, "pain_points") if row["theme"]]
    assert len(rows) == 8
    assert {"packaging" if lang == "en" else "包装"} <= {row["theme"] for row in rows}
    assert all(row["example"] and row["mentions"] > 1 for row in rows)
