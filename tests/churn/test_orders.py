import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl import metrics
from csm_xl.churn.history import read_history
from csm_xl.churn.orders import FEATURES, order_features


def frame_of(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "date", "amount"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


ANN = frame_of(
    ("ann", "2024-01-01", 30.0),
    ("ann", "2024-01-11", 20.0),
    ("ann", "2024-01-11", 10.0),
    ("ann", "2024-01-31", 40.0),
    ("ann", "2024-02-05", -15.0),
    ("bob", "2024-02-10", 8.0),
)


def test_the_features_of_one_customer_by_hand():
    features = order_features(read_history(ANN, today="2024-03-01"), window_days=30)
    ann = features.loc["ann"]
    assert ann["days_since"] == 30
    assert ann["days_as_customer"] == 60
    assert ann["orders"] == 4
    assert ann["revenue"] == 85.0
    assert ann["average_order"] == 25.0
    # Orders on 1, 11 and 31 January: gaps of 10 and 20 days.
    assert ann["gap_trend"] == 2.0
    assert ann["order_rate"] == 30 * 3 / 90
    assert ann["silence"] == 30 / (60 / 3)
    assert ann["usage_now"] == 0
    assert ann["usage_before"] == 3
    assert ann["spend_now"] == -15.0
    assert ann["spend_before"] == 70.0
    assert ann["refund_share"] == 0.15


def test_a_single_order_has_no_trend_and_a_rate_that_is_not_taken_at_face_value():
    bob = order_features(read_history(ANN, today="2024-03-01")).loc["bob"]
    assert bob["orders"] == 1
    assert np.isnan(bob["gap_trend"])
    assert bob["order_rate"] == 30 / 50
    assert bob["silence"] == 20 / 30


def test_nothing_later_than_the_cut_off_counts():
    history = read_history(ANN)
    cutoff = 45312  # 21 January
    early = read_history(ANN[ANN["date"] <= "2024-01-21"], today="2024-01-21")
    whole = order_features(history, cutoff).loc[["ann"]]
    pd.testing.assert_frame_equal(whole, order_features(early))
    assert order_features(history, cutoff).loc["bob"].isna().all()


def test_feedback_and_contacts_tell_more():
    feedback = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "ann", "bob"],
            "date": pd.to_datetime(["2024-01-05", "2024-02-01", "2024-02-10", "2024-03-05"]),
            "rating": [5.0, 2.0, np.nan, 1.0],
            "sentiment": [0.8, -0.4, 0.2, -1.0],
        }
    )
    contacts = pd.DataFrame(
        {
            "customer_id": ["ann", "ann", "bob"],
            "date": pd.to_datetime(["2024-02-20", "2024-02-25", "2024-02-28"]),
            "kind": ["visit", "question", "visit"],
        }
    )
    history = read_history(ANN, feedback=feedback, contacts=contacts, today="2024-03-01")
    features = order_features(history, window_days=30)
    ann, bob = features.loc["ann"], features.loc["bob"]
    assert ann["feedback_count"] == 3
    assert ann["days_since_feedback"] == 20
    assert ann["rating"] == 3.5
    assert ann["last_rating"] == 2.0
    assert ann["sentiment"] == pytest.approx(0.2)
    assert ann["contacts"] == 1
    assert ann["days_since_contact"] == 5
    assert ann["usage_now"] == 1
    assert ann["orders_now"] == 0
    assert bob["usage_now"] == 2
    assert bob["orders_now"] == 1
    assert bob["feedback_count"] == 0
    assert bob[["rating", "last_rating", "sentiment", "days_since_feedback"]].isna().all()
    assert set(features.columns) <= set(FEATURES)


def test_a_row_of_several_visits_counts_as_often_as_it_says():
    """One row that says three, and three rows of one, are the same activity."""
    orders = pd.DataFrame({"customer_id": ["A", "B"], "date": [100, 100], "amount": [5.0, 5.0]})
    once = {"customer_id": ["A"], "date": [110], "kind": ["visit"], "times": [3]}
    thrice = {
        "customer_id": ["B"] * 3,
        "date": [110] * 3,
        "kind": ["visit"] * 3,
        "times": [None, 0, 1],
    }
    contacts = pd.concat([pd.DataFrame(once, dtype=object), pd.DataFrame(thrice, dtype=object)])
    history = read_history(orders, contacts=contacts.reset_index(drop=True), today=120)
    features = order_features(history, None, 30)
    assert features["usage_now"].tolist() == [4, 4]


def test_visits_alone_are_activity():
    contacts = pd.DataFrame(
        {"customer_id": ["cid"], "date": pd.to_datetime(["2024-02-20"]), "kind": ["visit"]}
    )
    history = read_history(ANN, customers=["ann", "cid"], contacts=contacts, today="2024-03-01")
    cid = order_features(history).loc["cid"]
    assert cid["usage_now"] == 1
    assert cid[["orders", "days_since", "orders_now"]].isna().all()


def test_feedback_without_ratings_has_no_rating_columns():
    feedback = pd.DataFrame({"customer_id": ["ann"], "date": pd.to_datetime(["2024-01-05"])})
    columns = order_features(read_history(ANN, feedback=feedback)).columns
    assert "feedback_count" in columns
    assert not {"rating", "last_rating", "sentiment"} & set(columns)


def test_refunds_beyond_all_sales_are_a_share_of_one():
    features = order_features(
        read_history(frame_of(("a", "2024-01-01", 10.0), ("a", "2024-01-02", -50.0)))
    )
    assert features.loc["a", "refund_share"] == 1.0
    assert features.loc["a", "revenue"] == -40.0


def test_free_orders_have_no_refund_share():
    features = order_features(read_history(frame_of(("a", "2024-01-01", 0.0))))
    assert np.isnan(features.loc["a", "refund_share"])
    assert features.loc["a", "average_order"] == 0.0


def test_every_feature_has_a_name_in_both_languages():
    for text in FEATURES.values():
        assert text.en
        assert any("\u4e00" <= c <= "\u9fff" for c in text.zh)


@pytest.fixture(scope="module")
def retail():
    frame = pd.read_csv(data_file("online_retail_orders.csv"), parse_dates=["InvoiceDate"])
    frame = frame.rename(
        columns={
            "InvoiceNo": "order_id",
            "InvoiceDate": "date",
            "CustomerID": "customer_id",
            "TotalPrice": "amount",
        }
    )
    features = order_features(read_history(frame))
    plain = frame.groupby("customer_id").agg(
        first=("date", "min"),
        last=("date", "max"),
        orders=("date", "size"),
        spend=("amount", "sum"),
    )
    today = frame["date"].max()
    plain["tenure"] = (today - plain["first"]).dt.days
    plain["since"] = (today - plain["last"]).dt.days
    ago = (today - frame["date"]).dt.days
    for name, inside in (("now", ago < 90), ("before", (ago >= 90) & (ago < 180))):
        counts = frame[inside].groupby("customer_id").size()
        plain[name] = counts.reindex(plain.index, fill_value=0)
    return features.loc[[str(key) for key in plain.index]], plain


def test_recency_frequency_and_spend_of_online_retail_tie_out_against_plain_pandas(retail):
    features, plain = retail
    pairs = {"days_since": "since", "days_as_customer": "tenure", "orders": "orders"}
    pairs |= {"usage_now": "now", "usage_before": "before"}
    for ours, theirs in pairs.items():
        assert features[ours].tolist() == plain[theirs].tolist()
    assert features["revenue"].to_numpy() == pytest.approx(plain["spend"].to_numpy())


def test_gaps_of_online_retail_tie_out_against_plain_pandas(retail):
    features, plain = retail
    frame = pd.read_csv(data_file("online_retail_orders.csv"), parse_dates=["InvoiceDate"])
    visits = frame.drop_duplicates(["CustomerID", "InvoiceDate"]).sort_values("InvoiceDate")

    def trend(day):
        gaps = day.diff().dt.days.to_numpy()[1:]
        half = len(day) // 2
        return gaps[half:].mean() / gaps[:half].mean() if len(day) > 2 else np.nan

    found = visits.groupby("CustomerID")["InvoiceDate"].agg(["size", trend])
    assert features["gap_trend"].to_numpy() == pytest.approx(found["trend"], nan_ok=True)
    span = plain["tenure"] - plain["since"]
    silence = plain["since"] * found["size"] / (span + 30)
    assert features["silence"].to_numpy() == pytest.approx(silence)


def test_lifecycle_of_online_retail_ties_out_against_plain_pandas(retail):
    features, plain = retail

    def stage(customer):
        if customer["tenure"] <= 30 and (customer["tenure"] or customer["now"]):
            return "Trial"
        if customer["since"] > 90 or customer["now"] < 0.5 * customer["before"]:
            return "Decline"
        return "Growth" if customer["now"] > 1.2 * customer["before"] else "Maturity"

    found = metrics.lifecycle(
        features["days_as_customer"],
        features["days_since"],
        features["usage_now"],
        features["usage_before"],
    ).checked()
    assert [metrics.STAGES[code].en for code in found] == plain.apply(stage, axis=1).tolist()
    assert len(set(found.tolist())) == 4


def test_rfm_of_online_retail_ties_out_against_plain_pandas(retail):
    features, plain = retail
    found = metrics.rfm(features["days_since"], features["orders"], features["revenue"]).checked()
    spend = plain["spend"].round(6)
    for column, values in enumerate((-plain["since"], plain["orders"], spend)):
        middle = (values.rank(method="average") - 0.5) / len(values)
        assert found[:, column].tolist() == np.ceil((5 * middle).round(12)).astype(int).tolist()


def test_loyalty_tiers_of_online_retail_tie_out_against_scikit_learn(retail):
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    _, plain = retail
    features = np.column_stack([plain["orders"], plain["spend"], -plain["since"]])
    tiers = metrics.fit_tiers(features)
    assert tiers.log == (True, True, False)
    logged = np.column_stack([np.log1p(features[:, :2]), features[:, 2]])
    points = StandardScaler().fit_transform(logged)
    peer = KMeans(3, n_init=20, random_state=0, tol=0).fit(points)
    order = np.argsort(peer.cluster_centers_.sum(axis=1))
    theirs = np.argsort(order)[peer.labels_] + 1
    ours = metrics.assign_tiers(tiers, features).checked()
    assert (ours == theirs).mean() > 0.999
    spend = plain["spend"].groupby(ours).median()
    assert spend[1] < spend[2] < spend[3]
