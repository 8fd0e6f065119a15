"""Cells as people type and programs write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.intake.cells import Amount, amounts, identifiers, texts
from csm_xl.intake.dates import NoDate, dates
from csm_xl.intake.typed import Wrong, hours, plainly, typed
from csm_xl.vocabulary import layout

MARCH_5 = 46086


def convert(table, key, cell):
    return typed([cell], layout.table(table).column(key), "en")[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("￥1,200.50", 1200.5), ("(12.00)", -12), ("RMB 80", 80), ("1.234,50", 1234.5), ("-$3", -3), ("$-3", -3),
        ("85%", 0.85), ("80元", 80), ("1.2万", 12000), ("2.05万元", 20500), ("１２元", 12), ('="88.5"', 88.5),
        ("'66", 66), ("\t45.00", 45), ("45.00-", -45), ("−4", -4), ("1 234,50", 1234.5), ("1'234.50", 1234.5),
        ("US$ 9", 9), ("9 EUR", 9), ("免费", 0),
    ],
)  # fmt: skip
def test_amounts_of_many_countries(text, number):
    assert amounts([text])[0].number == pytest.approx(number)


@pytest.mark.parametrize(
    "text", ["1e400", "12-13", "2 pieces", "1,2,3", "abc", "2026-03-05", "1.2.3"]
)
def test_what_is_no_amount_stays_the_text_it_is(text):
    assert amounts([text]) == [text]


def test_the_column_tells_what_a_comma_means():
    assert [a.number for a in amounts(["1,234", "12.50"])] == [1234, 12.5]
    assert [a.number for a in amounts(["1,234", "12,50", "8,00"])] == [1.234, 12.5, 8]


@given(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False),
    st.sampled_from(["{:,.2f}", "¥{:,.2f}", "{:.2f} 元", '="{:.2f}"', "\t{:.2f}"]),
)
def test_an_amount_is_read_back_however_it_is_dressed(number, form):
    assert amounts([form.format(number)])[0].number == pytest.approx(float(number))


@pytest.mark.parametrize(
    "mark", ["-", "--", "—", "无", "暂无", "null", "n/a", "(空)", "(跳过)", "N/A", "'-", '=""']
)
def test_marks_for_nothing_are_blank(mark):
    assert amounts([mark]) == [None] and identifiers([mark]) == [None] and dates([mark]) == [None]


def test_ids_stay_the_texts_they_are():
    plain = ["00123", "123456789012345678", "3-5", '=RunPython("x")', "+1", "@x"]
    assert identifiers(plain) == plain
    dressed = [1234.0, '="2500937359188820012"', "\t６９００"]
    assert identifiers(dressed) == ["1234", "2500937359188820012", "6900"]


def test_an_apostrophe_is_a_mark_where_the_column_has_it_and_a_letter_elsewhere():
    assert texts(["'Tis soap", "Oil", "Tea"]) == ["'Tis soap", "Oil", "Tea"]
    assert texts(["'红茶", "'绿茶"]) == ["红茶", "绿茶"]


@pytest.mark.parametrize(
    "text",
    [
        "2026年3月5日", "2026-03-05", "2026/3/5 10:00", "46086", "05.03.2026", "5/3/26", "20260305", "Mar 5, 2026",
        "5 March 2026", "2026-03-05T10:00:00.000Z", "2026/3/5 下午3:20", "2026-03-05 10:15:00 -0500", "1772668800",
        "２０２６-０３-０５", 46086, dt.date(2026, 3, 5), dt.datetime(2026, 3, 5, 9),
    ],
)  # fmt: skip
def test_dates_of_an_export(text):
    # The 25th in another row says that the day comes first.
    assert int(dates([text, "25.03.2026"])[0]) == MARCH_5


def test_a_date_that_could_be_two_is_not_guessed_unless_the_column_runs_one_way():
    assert isinstance(dates(["05/03/2026"])[0], NoDate)
    assert int(dates(["01/02/2026", "01/03/2026", "05/03/2026", "02/04/2026"])[2]) == MARCH_5


def test_a_date_without_a_year_gets_that_of_the_rows_around_it():
    found = dates(["2025-12-30", "1月2日", "2026-02-01", "3月5日"])
    assert [int(value) for value in found] == [46021, 46024, 46054, MARCH_5]
    assert isinstance(dates(["3月5日"])[0], NoDate)


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%d %B %Y", "%b %d, %Y"]),
)
def test_a_day_is_read_back_however_it_is_written(day, form):
    assert dates([day.strftime(form)])[0] == (day - dt.date(1899, 12, 30)).days


def test_words_come_out_in_the_workbooks_language():
    assert convert("orders", "kind", "退款成功") == "Refund"
    assert convert("orders", "kind", "Sample") == "Sample"


def test_a_rating_outside_its_scale_is_no_rating():
    assert convert("feedback", "rating", "满意") == "满意"
    assert convert("feedback", "rating", "4") == 4
    assert isinstance(convert("feedback", "rating", "9"), Wrong)
    assert isinstance(convert("feedback", "recommend", "11"), Wrong)
    answers = ("9分", "9/10", "9 - Very likely")
    assert [convert("feedback", "recommend", text) for text in answers] == [9, 9, 9]


def test_durations_are_hours_whatever_unit_their_title_names():
    assert hours([90.0, None], "first_response_time_minutes") == [1.5, None]
    assert hours([2.0], "响应时长（天）") == [48.0] and hours([2.0], "Response hours") == [2.0]


def test_columns_of_the_owners_own_are_numbers_or_dates_only_throughout():
    assert plainly(["1", "2.5", ""]) == ([1.0, 2.5, None], False)
    assert plainly(["007", "8"]) == (["007", "8"], False)
    assert plainly(["2026-03-05", None]) == ([MARCH_5, None], True)


def test_an_amount_remembers_the_sign_of_its_currency():
    assert [a.currency("CNY") for a in amounts(["¥5", "5 €", "HK$5"])] == ["CNY", "EUR", "HKD"]
    assert amounts(["5"]) == [Amount(5.0)]
