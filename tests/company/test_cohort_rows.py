"""The Retention sheet's rows: by hand, and against plain pandas on a real shop."""

from types import SimpleNamespace

import pandas as pd
import pytest
from public_data import data_file

from csm_xl.company.cohort_rows import cohort_rows
from csm_xl.vocabulary.cell_readers import serial
from csm_xl.vocabulary.layout import table


def a_company(customers, orders, today):
    """What `cohort_rows` asks of a company."""
    return SimpleNamespace(customers=customers, orders=orders, today=serial(pd.Timestamp(today)))


def test_where_leaving_is_noted_a_customer_counts_until_the_day_of_leaving():
    left = ["2024-02-29", "2024-03-01", None, None, None, "2024-05-01", "2024-05-02", "2024-05-03"]
    start = ["2024-01-05"] * 4 + ["2024-03-02"] * 4
    customers = pd.DataFrame({"start": pd.to_datetime(start), "left_on": pd.to_datetime(left)})
    rows = cohort_rows(a_company(customers, pd.DataFrame(), "2024-05-10"), 90)
    assert [row["cohort"] for row in rows] == ["2024-01", "2024-02", "2024-03"]
    assert [row["customers"] for row in rows] == [4, 0, 4]
    # Of the four of January one had left by the last of February, two by the last of March.
    assert [rows[0][f"month_{k}"] for k in (1, 2, 3)] == [0.75, 0.5, 0.5]
    assert "month_4" not in rows[0], "May is not over"
    assert rows[2]["month_1"] == 1.0


@pytest.mark.parametrize("silent_days", [30, 91, 200])
def test_of_orders_it_is_what_pandas_counts(silent_days):
    frame = pd.read_csv(data_file("online_retail_orders.csv"), parse_dates=["InvoiceDate"])
    orders = pd.DataFrame(
        {
            "customer_id": frame["CustomerID"],
            "date": frame["InvoiceDate"].dt.normalize(),
            "amount": 1.0,
        }
    )
    today = orders["date"].max()
    rows = cohort_rows(a_company(pd.DataFrame(), orders, today), silent_days)

    first = orders.groupby("customer_id")["date"].min().dt.to_period("M")
    assert [row["cohort"] for row in rows] == [
        str(m) for m in sorted(first.unique())[-table("cohorts").rows :]
    ]
    for row in rows:
        own = first.index[first == row["cohort"]]
        assert row["customers"] == len(own)
        theirs = orders[orders["customer_id"].isin(own)]
        for k in range(1, 13):
            end = (pd.Period(row["cohort"], "M") + k).end_time.normalize()
            if end > today:
                assert f"month_{k}" not in row
                continue
            lately = theirs[theirs["date"].between(end - pd.Timedelta(days=silent_days), end)]
            expected = lately["customer_id"].nunique() / len(own)
            assert row[f"month_{k}"] == pytest.approx(expected, abs=1e-12)
