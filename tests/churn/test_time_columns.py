import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl.churn.time_columns import TimeColumn, duration_columns, time_columns, undated_columns

NUMBERS = np.random.default_rng(0).integers(1, 50, 40).astype(float)


@pytest.mark.parametrize(
    "header",
    [
        "Days since last order",
        "days_since_login",
        "Last purchase (days)",
        "Recency",
        "LastLogin",
        "距上次下单天数",
        "最近一次消费",
        "未登录天数",
    ],
)
def test_recency_is_known_by_its_name(header):
    assert time_columns(pd.DataFrame({header: NUMBERS})) == {header: TimeColumn.RECENCY}


@pytest.mark.parametrize(
    "header",
    [
        "Total spend",
        "TotalCharges",
        "Lifetime value",
        "累计消费",
        "总购买次数",
        "Cumulative visits",
    ],
)
def test_totals_are_known_by_their_names(header):
    assert time_columns(pd.DataFrame({header: NUMBERS})) == {header: TimeColumn.CUMULATIVE}


@pytest.mark.parametrize(
    "header",
    [
        "tenure",
        "Months as customer",
        "account_length",
        "Lifetime",
        "Lifetime (months)",
        "Customer lifetime",
        "Months on book",
        "MonthsOnBook",
        "MOB",
        "Months with us",
        "Length of stay",
        "在网时长",
        "客户龄",
        "合作时长",
        "账龄",
        "客户生命周期",
    ],
)
def test_tenure_is_known_by_its_name(header):
    assert time_columns(pd.DataFrame({header: NUMBERS})) == {header: TimeColumn.TENURE}


@pytest.mark.parametrize(
    "header",
    [
        "使用频率",
        "使用时长",
        "反馈频率",
        "Age",
        "客户年龄",
        "Last rating",
        "Monthly price",
        "Usage time",
        "SeniorCitizen",
        "Number of products",
        "Average total spend",
        "Mean lifetime order value",
        "Avg. total per month",
        "Total spend last 90 days",
        "Total this month",
        "Orders per month",
        "平均总消费",
        "月均累计消费",
        "近30天消费总额",
        "本月合计",
        "总评分",
    ],
)
def test_what_says_nothing_about_time_is_left_alone(header):
    assert time_columns(pd.DataFrame({header: NUMBERS})) == {}


def test_dates_are_starts_or_dates():
    day = pd.date_range("2023-01-01", periods=40)
    frame = pd.DataFrame({"Signup date": day, "Birthday": day, "Last visit": day})
    assert time_columns(frame) == {
        "Signup date": TimeColumn.START,
        "Birthday": TimeColumn.DATE,
        "Last visit": TimeColumn.RECENCY,
    }


def test_a_total_that_does_not_grow_with_tenure_is_a_figure_of_one_period():
    frame = pd.DataFrame({"tenure": np.arange(40.0), "Total day minutes": NUMBERS})
    assert "Total day minutes" not in time_columns(frame)
    frame["Total charges"] = np.arange(40.0) * 10 + NUMBERS
    assert time_columns(frame)["Total charges"] is TimeColumn.CUMULATIVE


def test_a_column_that_grows_with_tenure_is_a_total_whatever_its_name():
    tenure = np.random.default_rng(1).uniform(1, 60, 300)
    frame = pd.DataFrame({"points": tenure * 7 + 1, "size": np.tile(NUMBERS[:30], 10)})
    assert list(duration_columns(frame, tenure)) == ["points"]
    assert time_columns(frame) == {}


def test_texts_are_no_time_columns():
    assert time_columns(pd.DataFrame({"Total": ["a", "b", "c"]})) == {}


def test_without_dates_recency_and_totals_go_and_tenure_stays():
    frame = pd.DataFrame({"tenure": NUMBERS, "累计消费": NUMBERS, "Recency": NUMBERS})
    dropped = undated_columns(frame)
    assert list(dropped) == ["累计消费", "Recency"]
    assert "grows" in dropped["累计消费"].en
    assert "累加" in dropped["累计消费"].zh


def test_telco_has_one_tenure_and_one_total():
    telco = pd.read_csv(data_file("telco_extract.csv"))
    assert time_columns(telco) == {
        "tenure": TimeColumn.TENURE,
        "TotalCharges": TimeColumn.CUMULATIVE,
    }


def test_an_average_is_no_running_total_even_where_it_grows_with_time():
    tenure = np.arange(1.0, 61.0)
    frame = pd.DataFrame({"tenure": tenure, "Average basket": 10 + tenure, "Basket": 10 + tenure})
    found = time_columns(frame)
    assert "Average basket" not in found
    assert found["Basket"] is TimeColumn.CUMULATIVE
