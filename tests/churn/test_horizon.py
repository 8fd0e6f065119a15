import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl.churn.history import read_history
from csm_xl.churn.horizon import find_horizon, order_waits
from csm_xl.errors import ScaleError, TooLittleDataError


def history_of(gaps_by_customer, today=1000):
    """Customers who start on day 40,000 and order again after each gap."""
    rows = [
        (f"c{i}", 40_000 + int(day), 1.0)
        for i, gaps in enumerate(gaps_by_customer)
        for day in np.cumsum([0, *gaps])
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return read_history(frame, today=40_000 + today)


def test_open_waits_count_beside_those_that_ended():
    waits = order_waits(history_of([[10, 20], [30]], today=100))
    # Ended after 10, 20, 30 days; still open after 70 days, twice.
    assert waits.returns == 3
    assert waits.curve.times.tolist() == [10, 20, 30]
    assert waits.curve.still == pytest.approx([4 / 5, 3 / 5, 2 / 5])
    assert waits.curve.longest == 70


def test_the_horizon_is_the_wait_within_which_nine_of_ten_are_over():
    # Monthly customers, one wait in ten of 100 days, and all still there.
    gaps = [[30] * 9 + [100]] * 20
    horizon = find_horizon(history_of(gaps, today=370))
    assert horizon.days == 30
    assert horizon.learned
    assert "30 days" in horizon.note.en
    assert "30 天" in horizon.note.zh
    # Each wait longer than 30 days ended with an order.
    assert horizon.share_came_back == pytest.approx(1.0)
    assert "100%" in horizon.note.en


def test_where_many_never_come_back_it_is_judged_by_those_who_do():
    gaps = [[30] * 9 + [90] if i % 5 == 0 else [] for i in range(100)]
    horizon = find_horizon(history_of(gaps, today=1000))
    assert 30 <= horizon.days <= 90
    assert "of those who come back" in horizon.note.en


def test_closed_waits_alone_would_be_too_short():
    rng = np.random.default_rng(0)
    gaps = [rng.exponential(60, rng.integers(1, 12)).astype(int) + 1 for _ in range(200)]
    history = history_of([g[np.cumsum(g) < 700] for g in gaps], today=700)
    closed = np.concatenate([g[np.cumsum(g) < 700] for g in gaps])
    assert find_horizon(history).days > np.quantile(closed, 0.9)


def test_an_owner_sets_the_horizon_and_still_hears_who_came_back():
    history = history_of([[30] * 9 + [100]] * 20, today=370)
    horizon = find_horizon(history, 45)
    assert (horizon.days, horizon.learned) == (45, False)
    assert horizon.share_came_back == pytest.approx(1.0)
    assert "as set in Settings" in horizon.note.en


def test_a_short_record_makes_a_shorter_horizon_and_says_so():
    gaps = [[5, 40], [5, 40], [8, 45], [9, 44]] * 5
    horizon = find_horizon(history_of(gaps, today=54))
    assert horizon.days == int(54 / 1.25)
    assert "54 days only" in horizon.note.en


def test_a_record_that_ends_at_the_horizon_cannot_tell_who_comes_back():
    history = history_of([[10] * 5] * 5, today=50)
    horizon = find_horizon(history, 400)
    assert np.isnan(horizon.share_came_back)
    assert "too short to say" in horizon.note.en


def test_too_few_returns_are_too_little_data_unless_the_owner_sets_it():
    history = history_of([[10], [12], [], []], today=90)
    with pytest.raises(TooLittleDataError, match="Settings"):
        find_horizon(history)
    assert find_horizon(history, 60).days == 60


@pytest.mark.parametrize("days", [0, -30, 5000, np.nan])
def test_an_impossible_horizon_is_refused(days):
    with pytest.raises(ScaleError):
        find_horizon(history_of([[10]], today=90), days)


def test_one_customer_on_one_day_cannot_teach_a_horizon():
    with pytest.raises(TooLittleDataError):
        find_horizon(history_of([[]], today=0))


def test_on_online_retail_open_waits_move_the_horizon_from_110_to_287_days():
    frame = pd.read_csv(data_file("online_retail_orders.csv"), parse_dates=["InvoiceDate"])
    names = {"InvoiceDate": "date", "CustomerID": "customer_id", "TotalPrice": "amount"}
    horizon = find_horizon(read_history(frame.rename(columns=names)))
    assert horizon.days == 287
    assert 0.3 < horizon.share_came_back < 0.45
    days = frame.drop_duplicates(["CustomerID", "InvoiceDate"]).sort_values("InvoiceDate")
    closed = days.groupby("CustomerID")["InvoiceDate"].diff().dt.days.dropna()
    assert closed.quantile(0.9) == 110
