import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.labels import training_set
from csm_xl.errors import ScaleError, TooLittleDataError

FIRST = pd.Timestamp("2022-01-01")


def shop(n=150, days=800, seed=0):
    """Customers who order every few weeks until they stop for good."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        day, usual = rng.uniform(0, days / 2), rng.uniform(10, 50)
        stops = day + rng.exponential(500)
        while day < min(days, stops):
            rows.append((f"c{i}", FIRST + pd.Timedelta(days=int(day)), round(rng.gamma(2, 20), 2)))
            day += rng.exponential(usual) + 1
    return pd.DataFrame(rows, columns=["customer_id", "date", "amount"])


@pytest.fixture(scope="module")
def orders():
    return shop()


@pytest.fixture(scope="module")
def trained(orders):
    return training_set(orders, horizon_days=90, today="2024-03-10")


def test_every_row_has_a_label_a_customer_and_a_cut_off(trained):
    n = len(trained.features)
    assert len(trained.label) == len(trained.groups) == len(trained.cutoffs) == n
    assert set(trained.label.tolist()) == {0.0, 1.0}
    assert trained.horizon.days == 90
    assert trained.notes[0] is trained.horizon.note


def test_the_label_is_silence_in_the_horizon_after_the_cut_off(orders, trained):
    for row in np.random.default_rng(0).choice(len(trained.label), 60, replace=False):
        own = orders[orders["customer_id"] == trained.groups[row]]
        cutoff = pd.Timestamp(trained.cutoffs[row])
        after = (own["date"] > cutoff) & (own["date"] <= cutoff + pd.Timedelta(days=90))
        assert trained.label[row] == float(not after.any())


def test_features_know_nothing_later_than_the_cut_off(orders, trained):
    for row in np.random.default_rng(1).choice(len(trained.label), 40, replace=False):
        own = orders[orders["customer_id"] == trained.groups[row]]
        cutoff = pd.Timestamp(trained.cutoffs[row])
        before = own[own["date"] <= cutoff]
        assert trained.features["orders"].iloc[row] == len(before)
        assert trained.features["days_since"].iloc[row] == (cutoff - before["date"].max()).days


def test_no_label_reaches_beyond_today(trained):
    last = trained.cutoffs.max() + np.timedelta64(90, "D")
    assert last <= np.datetime64("2024-03-10")


def test_orders_after_the_last_horizon_change_no_row(orders, trained):
    changed = orders.copy()
    changed.loc[changed["date"] <= trained.cutoffs.min(), "amount"] *= 2
    again = training_set(changed, horizon_days=90, today="2024-03-10")
    assert again.label.tolist() == trained.label.tolist()
    assert (again.features["revenue"] > trained.features["revenue"]).mean() > 0.9


def test_who_had_left_by_a_cut_off_does_not_leave_again(trained):
    assert trained.features["days_since"].max() <= 90


def test_who_was_new_on_a_cut_off_was_not_judged(trained):
    assert trained.features["days_as_customer"].min() >= 30


def test_the_horizon_is_learned_when_nobody_set_it(orders):
    learned = training_set(orders)
    assert learned.horizon.learned
    assert learned.share_came_back == learned.horizon.share_came_back


def test_who_said_goodbye_has_left_whatever_they_ordered(orders, trained):
    customer = trained.groups[np.flatnonzero(trained.label == 0)[0]]
    rows = (trained.groups == customer) & (trained.label == 0)
    cutoff = trained.cutoffs[rows].max()
    people = pd.DataFrame({"customer_id": pd.unique(orders["customer_id"])})
    said = cutoff + np.timedelta64(10, "D")
    people["left_on"] = pd.Series(pd.NaT, index=people.index).where(
        people["customer_id"] != customer, pd.Timestamp(said)
    )
    again = training_set(orders, customers=people, horizon_days=90, today="2024-03-10")
    row = (again.groups == customer) & (again.cutoffs == cutoff)
    assert again.label[row].tolist() == [1.0]
    assert not ((again.groups == customer) & (again.cutoffs > said)).any()


def test_traits_stand_beside_the_orders_and_what_runs_with_time_does_not(orders):
    people = pd.DataFrame({"customer_id": pd.unique(orders["customer_id"])[::-1]})
    people["city"] = "city of " + people["customer_id"]
    people["total spend"] = np.arange(len(people))
    people["start"] = FIRST
    found = training_set(orders, customers=people, horizon_days=90)
    assert (found.features["city"] == "city of " + pd.Series(found.groups)).all()
    assert "start" not in found.features
    assert "total spend" not in found.features
    assert "earlier day" in found.left_out["total spend"].en


def test_a_record_too_short_for_the_horizon_says_so(orders):
    with pytest.raises(TooLittleDataError, match=r"shorter horizon|缩短预测期"):
        training_set(orders, horizon_days=1000)
    with pytest.raises(ScaleError):
        training_set(orders, horizon_days=1)


def test_one_customer_is_a_training_set_of_few_rows(orders):
    faithful = orders["customer_id"].value_counts().index[0]
    found = training_set(orders[orders["customer_id"] == faithful], horizon_days=30)
    assert set(found.groups) == {faithful}
    assert 1 <= len(found.label) <= 6


def test_training_twice_gives_the_same_rows(orders, trained):
    again = training_set(orders.sample(frac=1, random_state=3), horizon_days=90, today="2024-03-10")
    key = ["customer_id", "cutoff"]

    def sorted_rows(found):
        table = found.features.assign(customer_id=found.groups, cutoff=found.cutoffs)
        return table.assign(label=found.label).sort_values(key).reset_index(drop=True)

    pd.testing.assert_frame_equal(sorted_rows(again), sorted_rows(trained))
