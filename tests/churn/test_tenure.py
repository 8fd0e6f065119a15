import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.labels import Standing
from csm_xl.churn.tenure import tenure_months, tenure_standing, tenure_training_set
from csm_xl.errors import CellError, ScaleError, TooLittleDataError

TODAY = pd.Timestamp("2025-06-30")


def subscribers(n=400, seed=0):
    rng = np.random.default_rng(seed)
    start = TODAY - pd.to_timedelta(rng.integers(1, 900, n), unit="D")
    stays = pd.to_timedelta(rng.exponential(600, n).astype(int) + 1, unit="D")
    left = pd.Series(start + stays).where(start + stays <= TODAY)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(n)],
            "start": start,
            "left_on": left,
            "plan": rng.choice(["basic", "pro"], n),
            "seats": rng.integers(1, 20, n),
        }
    )


@pytest.fixture(scope="module")
def people():
    return subscribers()


@pytest.fixture(scope="module")
def found(people):
    return tenure_training_set(people, key="customer_id", today=TODAY)


def test_each_row_was_a_customer_on_its_cut_off_and_is_judged_over_the_same_days(people, found):
    by_key = people.set_index("customer_id")
    assert found.horizon.days == 90
    for key, cutoff, label in zip(found.groups, found.cutoffs, found.label, strict=True):
        start, left = by_key.loc[key, ["start", "left_on"]]
        cutoff = pd.Timestamp(cutoff)
        assert start <= cutoff - pd.Timedelta(days=30)
        assert not left <= cutoff
        assert label == float(left <= cutoff + pd.Timedelta(days=90))


def test_every_departure_is_seen_unless_it_was_too_quick(people, found):
    gone = set(found.groups[found.label == 1])
    seen = people[people["left_on"] > pd.Timestamp(found.cutoffs.min())]
    long = seen[(seen["left_on"] - seen["start"]).dt.days > 30 + 30]
    long = long[long["start"] <= pd.Timestamp(found.cutoffs.max()) - pd.Timedelta(days=30)]
    assert len(long) > 50
    assert set(long["customer_id"]) <= gone


def test_the_start_says_the_same_on_a_cut_off_as_in_the_sheet_today(people, found):
    days = {c: i for i, c in enumerate(people["customer_id"])}
    start = people["start"].to_numpy()[[days[g] for g in found.groups]]
    tenure = (found.cutoffs - start).astype("timedelta64[D]").astype(int)
    today = (TODAY - pd.Timestamp("1899-12-30")).days
    assert (today - found.features["start"]).astype(int).tolist() == tenure.tolist()


def test_columns_without_time_stay_and_the_others_go_with_a_reason(people):
    rng = np.random.default_rng(2)
    months = ((people["left_on"].fillna(TODAY) - people["start"]).dt.days / 30).round(1)
    more = people.assign(
        tenure=months,
        paid=months * rng.uniform(9, 11, len(people)),
        **{"days since last login": rng.integers(0, 60, len(people)), "renewal date": TODAY},
    )
    found = tenure_training_set(more, key="customer_id", today=TODAY)
    assert found.features.columns.tolist() == ["start", "plan", "seats"]
    assert list(found.left_out) == ["tenure", "paid", "days since last login", "renewal date"]
    assert "Start tells" in found.left_out["tenure"].en
    assert "earlier day" in found.left_out["paid"].en


def test_an_owner_sets_the_horizon(people):
    found = tenure_training_set(people, today=TODAY, horizon_days=180)
    assert found.horizon.days == 180
    assert "180" in found.notes[0].zh


def test_a_longer_horizon_finds_more_who_left(people):
    shares = [
        tenure_training_set(people, today=TODAY, horizon_days=d).label.mean() for d in (30, 90, 270)
    ]
    assert shares[0] < shares[1] < shares[2]


def test_short_records_are_judged_over_fewer_days():
    people = subscribers(50)
    people["start"] = TODAY - pd.to_timedelta(np.arange(50) + 21, unit="D")
    people["left_on"] = pd.NaT
    assert tenure_training_set(people, today=TODAY).horizon.days == 20


def test_blank_and_future_dates_are_noted():
    people = subscribers(60)
    people.loc[0, "start"] = pd.NaT
    people.loc[1, "start"] = TODAY + pd.Timedelta(days=5)
    people.loc[1, "left_on"] = pd.NaT
    people.loc[2, "left_on"] = TODAY + pd.Timedelta(days=5)
    found = tenure_training_set(people, today=TODAY)
    notes = " ".join(note.en for note in found.notes)
    assert "1 customers without a start date" in notes
    assert "1 customers start after today" in notes
    assert "1 customers leave after today" in notes
    assert not {1, 2} & set(found.groups[found.groups <= 2])


def test_who_gets_a_score_today():
    day = pd.Timedelta(days=1)
    people = pd.DataFrame(
        {
            "start": [TODAY - 400 * day, TODAY - 9 * day, TODAY - 400 * day, None, TODAY + day],
            "left_on": [None, None, TODAY - 2 * day, None, None],
        }
    ).apply(pd.to_datetime)
    assert tenure_standing(people, today=TODAY).tolist() == [
        Standing.JUDGED,
        Standing.TOO_NEW,
        Standing.LEFT,
        Standing.JUDGED,
        Standing.TOO_NEW,
    ]


def test_survival_is_fitted_on_months_stayed():
    people = pd.DataFrame(
        {"start": ["2024-06-30", "2024-06-30", None], "left_on": ["2024-12-30", None, None]}
    )
    months, left = tenure_months(people, start="start", left_on="left_on", today=TODAY)
    assert months[:2] == pytest.approx([183 / 30.436875, 365 / 30.436875])
    assert np.isnan(months[2])
    assert left.tolist() == [True, False, False]


def test_impossible_and_unreadable_dates_are_named():
    people = subscribers(10)
    people.loc[3, "left_on"] = people.loc[3, "start"] - pd.Timedelta(days=1)
    with pytest.raises(ScaleError, match=r"Row 4|第 4 行"):
        tenure_training_set(people, today=TODAY)
    with pytest.raises(CellError, match="soon"):
        tenure_training_set(people.assign(start="soon"), today=TODAY)


def test_nothing_to_look_back_on_is_too_little_data():
    people = subscribers(10)
    for start in (pd.NaT, TODAY + pd.Timedelta(days=1), TODAY - pd.Timedelta(days=20)):
        with pytest.raises(TooLittleDataError):
            tenure_training_set(people.assign(start=start, left_on=pd.NaT), today=TODAY)
    with pytest.raises(TooLittleDataError):
        tenure_training_set(people.head(0), today=TODAY)
