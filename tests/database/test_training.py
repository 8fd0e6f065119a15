"""Looking back in an engine: the rows, figures and labels of frames; a sample where there are many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from engines import stored
from public_data import data_file

from csm_xl.churn import labels
from csm_xl.churn.history import as_day
from csm_xl.database import training
from csm_xl.errors import Cancelled, TooLittleDataError

WINDOW, NEW = 60, 30


def company(seed: int, customers: int = 60, n: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    # Some come often, some fall silent for good.
    who = rng.integers(0, customers, n)
    ends = rng.integers(100, 700, customers)
    day = (rng.random(n) * ends[who]).astype(int)
    orders = pd.DataFrame(
        {
            "customer_id": [f"K{k:03d}" for k in who],
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(day, "D"),
            "amount": np.where(rng.random(n) < 0.03, np.nan, rng.normal(40, 30, n).round(2)),
            "product": rng.choice(["tea", "coffee", None], n),
        }
    )
    return orders.sort_values("date", kind="stable", ignore_index=True)


def learned(address: str, today: str, **options) -> labels.TrainingSet:
    return training.training_set(
        address, as_day(np.datetime64(today)), window_days=WINDOW, new_days=NEW, **options
    )


def compare(found: labels.TrainingSet, expected: labels.TrainingSet) -> None:
    assert found.horizon.days == expected.horizon.days
    assert found.horizon.note == expected.horizon.note
    assert found.share_came_back == pytest.approx(expected.share_came_back, abs=1e-12, nan_ok=True)

    def table(one: labels.TrainingSet) -> pd.DataFrame:
        frame = one.features.assign(who=one.groups, at=one.cutoffs, label=one.label)
        return frame.sort_values(["at", "who"], ignore_index=True)

    ours, theirs = table(found), table(expected)
    assert ours[["who", "at", "label"]].equals(theirs[["who", "at", "label"]])
    assert 0 < ours["label"].sum() < len(ours)
    for name in expected.features:
        assert ours[name].to_numpy(float) == pytest.approx(
            theirs[name].to_numpy(float), abs=1e-9, rel=1e-12, nan_ok=True
        ), name


@pytest.mark.parametrize("kind", ["duckdb", "sqlite", "postgres"])
@pytest.mark.parametrize("seed", range(2))
def test_random_companies_are_looked_back_at_as_frames_are(kind, seed, tmp_path):
    orders = company(seed)
    found = learned(stored(kind, tmp_path, orders, "orders"), "2025-01-15")
    expected = labels.training_set(
        orders, today=np.datetime64("2025-01-15"), window_days=WINDOW, new_days=NEW
    )
    compare(found, expected)


def test_a_horizon_of_the_owners_holds(tmp_path):
    orders = company(5)
    found = learned(stored("duckdb", tmp_path, orders, "orders"), "2025-01-15", horizon_days=45)
    expected = labels.training_set(
        orders, today=np.datetime64("2025-01-15"), window_days=WINDOW, new_days=NEW, horizon_days=45
    )
    compare(found, expected)


def test_a_real_shop_is_looked_back_at_as_frames_are(tmp_path):
    given = pd.read_csv(
        data_file("online_retail_orders.csv"), dtype={"InvoiceNo": str, "CustomerID": str}
    )
    orders = given.set_axis(["order_id", "date", "customer_id", "amount"], axis=1)
    orders["date"] = pd.to_datetime(orders["date"])
    found = learned(stored("duckdb", tmp_path, given, "orders"), "2011-12-09")
    expected = labels.training_set(
        orders, today=np.datetime64("2011-12-09"), window_days=WINDOW, new_days=NEW
    )
    compare(found, expected)


def test_of_many_customers_some_are_drawn_in_the_proportions_of_all(tmp_path):
    orders = company(2, customers=900, n=20_000)
    address = stored("duckdb", tmp_path, orders, "orders")
    whole, drawn = learned(address, "2025-01-15"), learned(address, "2025-01-15", most=150)

    def shares(one: labels.TrainingSet) -> tuple[int, float]:
        left = pd.Series(one.label).groupby(one.groups).max()
        return len(left), float(left.mean())

    n_all, share_all = shares(whole)
    n, share = shares(drawn)
    assert n_all > 150
    assert abs(n - 150) <= 1
    assert share == pytest.approx(share_all, abs=1 / 150)
    assert f"Of {n_all} customers {n} were drawn" in drawn.notes[-1].en
    assert f"{n_all} 位客户" in drawn.notes[-1].zh
    again = learned(address, "2025-01-15", most=150)
    assert set(again.groups) == set(drawn.groups)
    # A customer's rows come together, with the figures of the whole.
    table = whole.features.assign(who=whole.groups, at=whole.cutoffs)
    ours = drawn.features.assign(who=drawn.groups, at=drawn.cutoffs)
    both = ours.merge(table, on=["who", "at"], suffixes=("", "_all"))
    assert len(both) == len(ours) == table["who"].isin(set(drawn.groups)).sum()
    assert both["revenue"].to_numpy() == pytest.approx(both["revenue_all"].to_numpy(), abs=1e-9)


def test_a_short_record_says_so(tmp_path):
    address = stored("duckdb", tmp_path, company(1), "orders")
    with pytest.raises(TooLittleDataError, match="Nobody can be judged"):
        learned(address, "2023-03-01", horizon_days=90)
    with pytest.raises(TooLittleDataError, match="no order"):
        learned(address, "2022-03-01")


def test_progress_is_told_and_a_stop_is_heard(tmp_path):
    address = stored("duckdb", tmp_path, company(1), "orders")
    told: list[float] = []
    learned(address, "2025-01-15", progress=lambda share, what: told.append(share))
    assert told == sorted(told) and len(told) > 5 and told[-1] == 1.0
    with pytest.raises(Cancelled):
        learned(address, "2025-01-15", cancelled=lambda: True)
