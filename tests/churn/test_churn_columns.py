"""Cells to features, and which columns may be features at all."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.churn import feature_columns as choosing
from csm_xl.churn.feature_columns import choose_features, kind_of, named_identifier, named_personal
from csm_xl.churn.feature_values import (
    read_codes,
    read_numbers,
    read_texts,
    serial_date,
    text_key,
)
from csm_xl.errors import CellError
from csm_xl.vocabulary.cell_readers import parse_date, parse_number

ARTICLE = pd.DataFrame(
    {
        "客户ID": [1, 2, 3, 4, 5],
        "使用频率": [10, 5, 8, 3, 12],
        "使用时长": [100, 50, 80, 30, 120],
        "反馈频率": [5, 3, 4, 2, 6],
        "是否流失": [0, 1, 0, 1, 0],
    }
)


def test_the_article_keeps_its_three_features() -> None:
    chosen = choose_features(ARTICLE, "是否流失")
    assert chosen.features == ("使用频率", "使用时长", "反馈频率")
    assert [name for name, _ in chosen.left_out] == ["客户ID"]


@pytest.mark.parametrize(
    "header",
    ["Name", "E-mail", "Phone number", "mobile", "姓名", "客户名称", "手机", "微信", "联系电话"],
)
def test_personal_columns_are_recognised(header) -> None:
    assert named_personal(header)


@pytest.mark.parametrize(
    "header", ["ID", "customerID", "Customer No", "order number", "客户编号", "会员卡号", "序号"]
)
def test_identifiers_are_recognised(header) -> None:
    assert named_identifier(header)


@pytest.mark.parametrize(
    "header",
    [
        "PhoneService",
        "Email opens",
        "number of orders",
        "手机型号",
        "电话次数",
        "产品名称",
        "Contract",
        "Account length",
        "Area code",
        "paid",
    ],
)
def test_features_are_not_taken_for_either(header) -> None:
    assert not named_personal(header) and not named_identifier(header)


def test_every_column_left_out_has_a_reason() -> None:
    n = 30
    frame = pd.DataFrame(
        {
            "line": np.arange(100, 100 + n),
            "mobile as digits": 13800000000 + np.arange(n)[::-1] * 7919,
            "free text": [f"note {k}" for k in range(n)],
            "same": ["x"] * n,
            "nothing": [None] * n,
            "risk": np.linspace(0, 1, n),
            "secret": np.arange(n) % 3,
            "visits": np.arange(n) % 7,
            "left": np.arange(n) % 2,
        }
    )
    chosen = choose_features(frame, "left", own=["risk"], personal=["Secret"])
    assert chosen.features == ("visits",)
    assert dict(chosen.left_out) == {
        "line": choosing.IDENTIFIER,
        "mobile as digits": choosing.IDENTIFIER,
        "free text": choosing.ALL_DIFFERENT,
        "same": choosing.CONSTANT,
        "nothing": choosing.EMPTY,
        "risk": choosing.OWN,
        "secret": choosing.PERSONAL,
    }


@pytest.mark.parametrize(
    ("cells", "name", "kind"),
    [
        ([1, 2.5, None], "x", "number"),
        (["1", " 2 ", "", "３"], "x", "number"),
        ([True, False, None], "x", "flag"),
        (["yes", "no", "yes"], "x", "text"),
        (["2024-01-31", "2024年2月1日"], "x", "date"),
        ([dt.date(2024, 1, 31), None], "x", "date"),
        ([45000.0, 45100.0], "Start date", "date"),
        ([45000.0, 45100.0], "注册日期", "date"),
        ([45000.0, 45100.0], "salary", "number"),
        ([3.0, 4.0], "date", "number"),
        (["01/02/2024", "03/04/2024"], "x", "text"),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, "many"], "x", "number"),
        (["a", 1, "b", 2], "x", "text"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_cells(cells, name, kind) -> None:
    assert kind_of(cells, name) == kind


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5.0), ("５", 5.0), ("-1.5e3", -1500.0), ("1,234.5", 1234.5), ("12%", 0.12), (".5", 0.5)],
)
def test_texts_that_are_numbers(text, number) -> None:
    assert parse_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1_000", "12,34", "5 kg", "%", "-", "0x1f"])
def test_texts_that_are_no_numbers(text) -> None:
    assert parse_number(text) is None


def test_serials_are_excels_own() -> None:
    # Excel counts a 29 February 1900, which never was.
    assert parse_date("1900-01-01") == 1.0
    assert parse_date("1900-02-28") == 59.0
    assert parse_date("1900-03-01") == 61.0
    assert parse_date("2024-01-31") == 45322.0
    assert parse_date("2024-01-31 12:00") == 45322.5
    assert parse_date("2024-02-30") is None
    moments = np.array(["1900-01-01", "1900-02-28", "1900-03-01", "NaT"], dtype="datetime64[D]")
    assert read_numbers(moments, "x", "date")[:3].tolist() == [1.0, 59.0, 61.0]


@given(st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 30)))
def test_every_date_goes_to_a_serial_and_back(day) -> None:
    serial = read_numbers([day], "x", "date")[0]
    assert serial_date(serial) == day
    assert read_numbers(np.array([day], dtype="datetime64[D]"), "x", "date")[0] == serial


@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(10**9), 10**9))))
def test_numbers_read_the_same_as_cells_and_as_texts(cells) -> None:
    texts = ["" if cell is None else repr(cell) for cell in cells]
    np.testing.assert_array_equal(read_numbers(cells, "x"), read_numbers(texts, "x"))


def test_a_category_has_one_key_however_it_is_typed() -> None:
    assert {text_key(c) for c in ["VIP", " vip ", "ＶＩＰ", "Vip"]} == {"vip"}
    assert {text_key(c) for c in [1, 1.0, "1", " 1"]} == {"1"}
    assert text_key(None) == text_key("  ") == text_key(float("nan")) == ""
    assert text_key(True) == "true" != text_key(1)


def test_codes_tell_a_logical_from_a_one() -> None:
    codes = read_codes([True, 1, 1.0, "1", "TRUE", "?"], {"1": 0, "true": 1}, 9)
    assert codes.tolist() == [1, 0, 0, 0, 1, 9]
    assert read_texts([True, 1, None]).tolist() == ["true", "1", ""]


def test_an_infinity_is_named() -> None:
    with pytest.raises(CellError, match="row 2"):
        read_numbers([1.0, np.inf], "x")
    with pytest.raises(CellError, match="row 2"):
        read_numbers([1.0, 10**400], "x")


def test_a_word_in_a_column_of_logicals_is_told_what_may_stand_there() -> None:
    with pytest.raises(CellError, match="row 2: 'perhaps' is neither TRUE nor FALSE"):
        read_numbers([True, "perhaps"], "member", "flag")


def test_of_two_columns_under_one_header_the_first_counts() -> None:
    frame = pd.DataFrame([[1, 9], [2, 8], [3, 7], [1, 7]], columns=["a", "a"])
    chosen = choose_features(frame, None)
    assert chosen.features == ("a",)
    assert chosen.left_out == [("a", choosing.SAME_HEADER)]
    kinds = choosing.sift_features(frame)
    assert [reason for _, reason in kinds] == [None, choosing.SAME_HEADER]
    assert read_numbers(frame["a"], "a").tolist() == [1.0, 2.0, 3.0, 1.0]
