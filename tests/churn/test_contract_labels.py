import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from csm_xl.churn.contract_labels import contract_training_set, tenure_months
from csm_xl.churn.evaluation import auc
from csm_xl.churn.formula import sigmoid
from csm_xl.churn.prior_correction import PriorCorrection
from csm_xl.churn.training import train
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
    return contract_training_set(people, key="customer_id", today=TODAY)


def test_every_leaver_is_one_row_and_so_is_everybody_who_is_there(people, found):
    gone = people["left_on"].notna()
    new = people["start"] > TODAY - pd.Timedelta(days=30)
    assert len(set(found.groups)) == len(found.groups)
    assert set(found.groups[found.label == 1]) == set(people["customer_id"][gone])
    assert set(found.groups[found.label == 0]) == set(people["customer_id"][~gone & ~new])
    assert [people["customer_id"][row - 1] for row in found.rows] == found.groups.tolist()


def test_the_level_is_the_share_that_left_per_horizon(people, found):
    # Stays are exponential with a mean of 600 days.
    level = found.prior
    true = 1 - np.exp(-90 / 600)
    assert level.low < true < level.high
    assert level.low < level.share < level.high
    assert level.left == (people["left_on"] > TODAY - pd.Timedelta(days=level.days)).sum()
    again = PriorCorrection.from_dict(json.loads(json.dumps(level.to_dict())))
    assert again.share == level.share and np.array_equal(again.ends, level.ends, equal_nan=True)


def test_who_announced_to_leave_is_not_learned_from(people):
    more = people.copy()
    stays = more.index[more["left_on"].isna() & (more["start"] < TODAY - pd.Timedelta(days=99))][0]
    more.loc[stays, "left_on"] = TODAY + pd.Timedelta(days=5)
    found = contract_training_set(more, key="customer_id", today=TODAY)
    assert more["customer_id"][stays] not in set(found.groups)


def test_the_risk_changes_with_the_time_as_a_customer_where_the_dates_say_so():
    rng = np.random.default_rng(3)
    n = 3000
    start = TODAY - pd.to_timedelta(rng.integers(1, 1800, n), unit="D")
    early = rng.random(n) < 0.4
    stays = np.where(early, rng.exponential(60, n), rng.exponential(3000, n)).astype(int) + 1
    left = pd.Series(start + pd.to_timedelta(stays, unit="D"))
    people = pd.DataFrame(
        {"start": start, "left_on": left.where(left <= TODAY), "x": rng.random(n)}
    )
    found = contract_training_set(people, today=TODAY)
    level = found.prior.with_bands(np.zeros(len(found.label)))
    added = [more for *_, more in level.bands]
    assert added[0] > 0.5 and added[0] > added[1] > added[-1]


def clients(seed, n=90):
    """A freelancer's list: low logins go before leaving, other columns mean nothing."""
    rng = np.random.default_rng(seed)
    start = TODAY - pd.to_timedelta(rng.integers(60, 1100, n), unit="D")
    logins = rng.poisson(rng.choice([3, 14], n, p=[0.35, 0.65]))
    rate = 0.00055 * np.exp(-0.16 * (logins - 8))
    stays = np.minimum(rng.exponential(1 / rate).astype(int) + 1, 9999)
    left = pd.Series(start + pd.to_timedelta(stays, unit="D"))
    frame = pd.DataFrame(
        {
            "Client": [f"Client {k}" for k in range(n)],
            "start": start,
            "left_on": left.where(left <= TODAY),
            "Logins": logins,
            "Seats": rng.integers(1, 9, n),
            "Plan": rng.choice(["S", "M", "L"], n),
            "Average basket": np.round(rng.lognormal(3, 0.5, n), 2),
        }
    )
    return frame, rate


def test_a_list_of_ninety_clients_is_learned_as_well_as_by_who_knows_the_cause():
    ours, theirs, inside, warned = [], [], [], []
    for seed in range(5):
        frame, _ = clients(seed)
        found = contract_training_set(frame.drop(columns="Client"), today=TODAY)
        trained = train(
            found.features, found.label, horizon_days=90, prior=found.prior, rows=found.rows
        )
        assert trained.report.n_customers == len(found.label) <= 90
        assert trained.report.n_churned == frame["left_on"].notna().sum()
        warned += [w.en for w in trained.report.warnings if "tells" in w.en]
        fresh, rate = clients(1000 + seed, 4000)
        there = fresh["left_on"].isna().to_numpy()
        soon = np.random.default_rng(seed).random(4000) < 1 - np.exp(-90 * rate)
        odds = trained.formula.log_odds(fresh)
        cause = LogisticRegression().fit(found.features[["Logins"]], found.label)
        theirs.append(auc(soon[there], cause.decision_function(fresh[["Logins"]])[there]))
        ours.append(auc(soon[there], odds[there]))
        present = 1 - np.exp(-90 * clients(seed)[1][frame["left_on"].isna()])
        inside.append(found.prior.low <= present.mean() <= found.prior.high)
        column = sigmoid(
            trained.formula.log_odds(frame.iloc[[r - 1 for r in found.rows]])
            + trained.report.correction
        )
        stayed = found.label == 0
        assert column[stayed].mean() == pytest.approx(found.prior.share, abs=1e-9)
    assert np.mean(ours) > np.mean(theirs) - 0.03
    assert sum(inside) >= 4
    assert not warned


def test_columns_without_time_stay_and_the_others_go_with_a_reason(people):
    rng = np.random.default_rng(2)
    months = ((people["left_on"].fillna(TODAY) - people["start"]).dt.days / 30).round(1)
    more = people.assign(
        tenure=months,
        paid=months * rng.uniform(9, 11, len(people)),
        **{"days since last login": rng.integers(0, 60, len(people)), "renewal date": TODAY},
    )
    found = contract_training_set(more, key="customer_id", today=TODAY)
    assert found.features.columns.tolist() == ["plan", "seats"]
    assert list(found.left_out) == ["tenure", "paid", "days since last login", "renewal date"]
    assert "Start tells" in found.left_out["tenure"].en
    assert "earlier day" in found.left_out["paid"].en


def test_an_owner_sets_the_horizon(people):
    found = contract_training_set(people, today=TODAY, horizon_days=180)
    assert found.horizon.days == 180
    assert "180" in found.notes[0].zh


def test_a_longer_horizon_finds_more_who_left(people):
    shares = [
        contract_training_set(people, today=TODAY, horizon_days=d).prior.share
        for d in (30, 90, 270)
    ]
    assert shares[0] < shares[1] < shares[2]


def test_short_records_are_judged_over_fewer_days():
    people = subscribers(50)
    people["start"] = TODAY - pd.to_timedelta(np.arange(50) + 21, unit="D")
    people["left_on"] = pd.NaT
    assert contract_training_set(people, today=TODAY).horizon.days == 20


def test_blank_and_future_dates_are_noted():
    people = subscribers(60)
    people.loc[0, "start"] = pd.NaT
    people.loc[1, "start"] = TODAY + pd.Timedelta(days=5)
    people.loc[1, "left_on"] = pd.NaT
    people.loc[2, "left_on"] = TODAY + pd.Timedelta(days=5)
    found = contract_training_set(people, today=TODAY)
    notes = " ".join(note.en for note in found.notes)
    assert "1 customers have no start date" in notes
    assert "1 customers start after today" in notes
    assert "1 customers leave after today" in notes
    assert not {2, 3} & set(found.groups)


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
        contract_training_set(people, today=TODAY)
    with pytest.raises(CellError, match="soon"):
        contract_training_set(people.assign(start="soon"), today=TODAY)


def test_nothing_to_look_back_on_is_too_little_data():
    people = subscribers(10)
    for start in (pd.NaT, TODAY + pd.Timedelta(days=1), TODAY - pd.Timedelta(days=20)):
        with pytest.raises(TooLittleDataError):
            contract_training_set(people.assign(start=start, left_on=pd.NaT), today=TODAY)
    with pytest.raises(TooLittleDataError):
        contract_training_set(people.head(0), today=TODAY)
