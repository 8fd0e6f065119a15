import numpy as np
import pytest
from public_data import data_file

from csm_xl.errors import TooLittleDataError
from csm_xl.metrics import cohorts, kaplan_meier

ORDERS = [
    ("ann", "2024-01-05"),
    ("ann", "2024-01-20"),
    ("ann", "2024-03-01"),
    ("bob", "2024-01-31"),
    ("cid", "2024-03-02"),
    ("cid", "2024-04-02"),
]


def orders():
    return [c for c, _ in ORDERS], np.array([d for _, d in ORDERS], dtype="datetime64[D]")


def test_a_cohort_table_by_hand():
    table = cohorts(*orders())
    assert table.months.astype(str).tolist() == ["2024-01", "2024-02", "2024-03"]
    assert table.customers.tolist() == [2, 0, 1]
    assert table.active.tolist() == [[2, 0, 1, 0], [0, 0, 0, 0], [1, 1, 0, 0]]
    assert table.share[0].tolist() == [1.0, 0.0, 0.5, 0.0]
    assert table.share[2, :2].tolist() == [1.0, 1.0]
    assert np.isnan(table.share[1]).all()
    assert np.isnan(table.share[2, 2:]).all()


def test_serial_dates_give_the_same_table():
    who, when = orders()
    serial = (when - np.datetime64("1899-12-30")).astype(float) + 0.75
    assert cohorts(who, serial).active.tolist() == cohorts(who, when).active.tolist()


def test_the_order_of_the_rows_does_not_matter():
    who, when = orders()
    mixed = np.random.default_rng(2).permutation(len(who))
    again = cohorts(np.array(who)[mixed], when[mixed])
    assert again.active.tolist() == cohorts(who, when).active.tolist()


def test_months_after_the_last_day_on_record_are_left_out():
    table = cohorts(*orders(), until="2024-02-10")
    assert table.share.shape == (1, 2)


def test_orders_without_a_date_are_skipped_and_no_orders_is_too_little():
    who, when = orders()
    when[5] = np.datetime64("NaT")
    assert cohorts(who, when).active[2].tolist() == [1, 0, 0]
    with pytest.raises(TooLittleDataError):
        cohorts([], np.array([], dtype="datetime64[D]"))


def test_dates_before_1900_are_dates():
    when = np.array(["1898-01-05", "1898-02-05"], dtype="datetime64[D]")
    assert cohorts(["a", "a"], when).active.tolist() == [[1, 1]]


def test_kaplan_meier_of_the_leukaemia_trial():
    # Remission weeks under 6-MP, Freireich et al. 1963; the published curve of Cox & Oakes 1984.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    curve = kaplan_meier(weeks, ended)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.still.round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert curve.quantile(0.5) == 23
    assert np.isnan(curve.quantile(0.9))
    assert curve.ended_within(12) == pytest.approx(1 - 0.7529, abs=5e-5)
    assert curve.ended_within(5) == 0.0
    assert curve.longest == 35


def test_cohorts_of_online_retail_tie_out_against_plain_pandas():
    import pandas as pd

    frame = pd.read_csv(data_file("online_retail_orders.csv"), parse_dates=["InvoiceDate"])
    month = frame["InvoiceDate"].dt.to_period("M")
    first = month.groupby(frame["CustomerID"]).transform("min")
    later = (month - first).map(lambda d: d.n)
    plain = frame.groupby([first, later])["CustomerID"].nunique().unstack(fill_value=0)

    table = cohorts(frame["CustomerID"], frame["InvoiceDate"].to_numpy())
    assert table.active.tolist() == plain.to_numpy().tolist()
    assert table.customers.tolist() == plain[0].tolist()
