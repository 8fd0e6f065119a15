import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.metrics import Tiers, assign_tiers, fit_tiers, loyalty, points_earned, referrals


def three_groups(n=40, seed=1):
    rng = np.random.default_rng(seed)
    centres = np.array([[1, 2], [20, 30], [60, 90]], dtype=float)
    truth = rng.integers(0, 3, n)
    truth[:3] = [0, 1, 2]
    return centres[truth] + rng.normal(0, 1, (n, 2)), truth + 1


def test_loyalty_is_repeat_by_total():
    assert loyalty([5, 0], [10, 1]).checked().tolist() == [0.5, 0.0]


def test_three_groups_become_three_tiers_lowest_first():
    features, truth = three_groups()
    assert assign_tiers(fit_tiers(features), features).checked().tolist() == truth.tolist()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_the_order_of_the_customers_does_not_matter(seed):
    features = np.random.default_rng(7).gamma(1, 10, (60, 3)).round(1)
    shuffled = np.random.default_rng(seed).permutation(features)
    assert fit_tiers(features) == fit_tiers(shuffled)


def test_the_centres_are_those_of_scikit_learn_in_standard_units():
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    features = np.random.default_rng(3).normal(0, 1, (300, 2))
    peer = KMeans(3, n_init=50, random_state=0, tol=0).fit(StandardScaler().fit_transform(features))
    tiers = fit_tiers(features)
    points = (features - tiers.mean) / tiers.scale
    loss = ((points[:, None] - np.array(tiers.centres)) ** 2).sum(axis=2).min(axis=1).sum()
    assert loss <= peer.inertia_ * (1 + 1e-6)


def test_a_tier_does_not_change_when_another_customer_does():
    features, _ = three_groups()
    tiers = fit_tiers(features)
    before = assign_tiers(tiers, features).checked()
    features[0] = 1e6
    assert assign_tiers(tiers, features).checked()[1:].tolist() == before[1:].tolist()


def test_a_few_very_big_customers_are_not_a_tier_alone():
    spend = np.exp(np.random.default_rng(0).normal(5, 1.5, 500))
    assert spend.max() > 40 * np.median(spend)
    tier = assign_tiers(fit_tiers(spend), spend).checked()
    assert np.bincount(tier, minlength=4)[1:].min() > 50


def test_tiers_travel_as_json():
    features, _ = three_groups()
    tiers = fit_tiers(features)
    assert Tiers.from_dict(json.loads(json.dumps(tiers.to_dict()))) == tiers


def test_blank_customers_get_no_tier_and_bad_ones_a_problem():
    features, truth = three_groups()
    tiers = fit_tiers(features)
    features[5, 0], features[6, 1] = np.nan, np.inf
    rows = assign_tiers(tiers, features)
    assert rows.values[[5, 6]].tolist() == [0, 0]
    assert rows.problems[5] is None
    assert isinstance(rows.problems[6], ScaleError)
    assert rows.values[7:].tolist() == truth[7:].tolist()


def test_more_tiers_than_different_customers_is_too_little_data():
    with pytest.raises(TooLittleDataError):
        fit_tiers([[1.0, 1.0]] * 50)
    with pytest.raises(TooLittleDataError):
        fit_tiers(np.empty((0, 2)))


def test_other_columns_than_in_the_fit_are_refused():
    features, _ = three_groups()
    with pytest.raises(ScaleError, match="2"):
        assign_tiers(fit_tiers(features), features[:, :1])


def test_points_are_whole_and_never_negative():
    assert points_earned([9.99, -5, 100], 1.5).checked().tolist() == [14.0, 0.0, 150.0]
    with pytest.raises(ScaleError):
        points_earned([1], -1)


def test_referrals_count_known_customers_other_than_oneself():
    keys = ["a", "b", "c", "d"]
    assert referrals(keys, [None, "a", "a", "d"]).tolist() == [2, 0, 0, 0]
    assert referrals(keys, ["nobody", None, "b", "b"]).tolist() == [0, 2, 0, 0]
