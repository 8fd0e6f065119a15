"""Quality figures against scikit-learn and by hand, folds, and what they may claim."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from csm_xl.churn import evaluation
from csm_xl.churn.checks import trust_in
from csm_xl.churn.evaluation import compare, figures
from csm_xl.churn.feature_columns import Feature
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import duplicate_sets, joined, make_folds, plan_folds
from csm_xl.churn.report import Figure, Peer
from csm_xl.churn.stacking import cross_fitted, fit_stack


def outcomes(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-rng.normal(-1, 1.2, n)))
    return (rng.random(n) < p).astype(float), p


def numbers(*columns: np.ndarray) -> FeatureTable:
    features = tuple(Feature(f"f{k}", "number") for k in range(len(columns)))
    return FeatureTable(features, columns, ((),) * len(columns), len(columns[0]))


def test_figures_are_scikit_learns() -> None:
    y, p = outcomes(500)
    weights = np.random.default_rng(1).integers(0, 4, 500).astype(float)
    for w in (None, weights):
        assert evaluation.log_loss(y, p, w) == pytest.approx(
            metrics.log_loss(y, p, sample_weight=w)
        )
        assert evaluation.brier(y, p, w) == pytest.approx(
            metrics.brier_score_loss(y, p, sample_weight=w)
        )
        assert evaluation.auc(y, np.round(p, 1), w) == pytest.approx(
            metrics.roc_auc_score(y, np.round(p, 1), sample_weight=w)
        )


def test_a_calibration_slope_of_one_is_right_and_below_one_overconfident() -> None:
    y, p = outcomes(20_000)
    assert evaluation.calibration_slope(y, p) == pytest.approx(1.0, abs=0.05)
    doubled = 1 / (1 + ((1 - p) / p) ** 2)
    assert evaluation.calibration_slope(y, doubled) == pytest.approx(0.5, abs=0.03)


def test_lift_of_the_top_tenth_by_hand() -> None:
    y = np.r_[np.ones(8), np.zeros(2), np.ones(12), np.zeros(78)]
    p = np.r_[np.full(10, 0.9), np.linspace(0.5, 0.1, 90)]
    assert evaluation.lift_top_tenth(y, p) == pytest.approx(0.8 / 0.2)
    assert evaluation.lift_top_tenth(y, np.full(100, 0.2)) == pytest.approx(1.0)


def test_no_lift_below_two_hundred_customers() -> None:
    for n, has in ((199, False), (200, True)):
        y, p = outcomes(n)
        assert ("lift_top_tenth" in figures(y, p, np.arange(n))) is has


def test_intervals_cover_the_truth_nine_times_in_ten() -> None:
    # The truth is the long-run value of predictions that are exactly right.
    y, p = outcomes(400_000, seed=99)
    truth = {"log_loss": evaluation.log_loss(y, p), "auc": evaluation.auc(y, p)}
    inside = dict.fromkeys(truth, 0)
    for seed in range(40):
        y, p = outcomes(250, seed)
        found = figures(y, p, np.arange(250), seed)
        for key, value in truth.items():
            inside[key] += found[key].low <= value <= found[key].high
    assert all(33 <= count <= 40 for count in inside.values()), inside


def test_intervals_allow_for_the_training_where_customers_are_few() -> None:
    def wider(n: int, key: str) -> float:
        y, p = outcomes(n, 3)
        found = figures(y, p, np.arange(n))[key]
        rng = np.random.default_rng(7)
        drawn = []
        for _ in range(400):
            w = rng.multinomial(n, np.full(n, 1.0 / n)).astype(float)
            drawn.append(evaluation.MEASURES[key](y, p, w))
        low, high = np.quantile(drawn, [0.025, 0.975])
        return (found.high - found.low) / (high - low)

    assert wider(60, "log_loss") == pytest.approx(1.3, abs=0.12)
    assert wider(60, "calibration_slope") == pytest.approx(1.8, abs=0.2)
    assert wider(4000, "log_loss") == pytest.approx(1.05, abs=0.12)


def test_widened_intervals_stay_in_their_range_and_never_say_certain() -> None:
    y = np.r_[np.ones(5), np.zeros(5)]
    found = figures(y, np.where(y == 1, 0.9, 0.1), np.arange(10))
    assert found["auc"].value == 1.0 and found["auc"].low < 0.8 and found["auc"].high == 1.0
    assert found["log_loss"].low >= 0.0 and 0.0 <= found["brier"].low <= found["brier"].high <= 1.0


def test_rows_that_belong_together_widen_the_interval() -> None:
    y, p = outcomes(200)
    apart = figures(np.tile(y, 4), np.tile(p, 4), np.arange(800))["auc"]
    together = figures(np.tile(y, 4), np.tile(p, 4), np.tile(np.arange(200), 4))["auc"]
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


def test_folds_keep_sets_together_and_shares_alike() -> None:
    rng = np.random.default_rng(0)
    sets = rng.integers(0, 150, 400)
    y = (rng.random(400) < 0.2).astype(float)
    folds = make_folds(y, sets, 5, 0)
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(400))
    for train, test in folds:
        assert not set(sets[train]) & set(sets[test])
        assert len(test) == pytest.approx(80, abs=15)
        assert y[test].mean() == pytest.approx(y.mean(), abs=0.05)


def test_folds_of_five_customers_leave_one_out() -> None:
    plan = plan_folds(np.array([0.0, 1, 0, 1, 0]), np.arange(5), 0)
    assert all(len(test) == 1 for folds in plan for _, test in folds)


def test_duplicates_are_found_unless_chance_makes_them() -> None:
    rng = np.random.default_rng(0)
    fine = np.round(rng.normal(size=60), 6)
    table = numbers(np.r_[fine, fine[:5]], np.r_[fine, fine[:5]] * 2)
    assert len(np.unique(duplicate_sets(table))) == 60
    coarse = numbers(rng.integers(0, 2, 60).astype(float), rng.integers(0, 2, 60).astype(float))
    assert len(np.unique(duplicate_sets(coarse))) == 60


def test_joined_groups_follow_chains() -> None:
    first = np.array([0, 0, 1, 1, 2, 3])
    second = np.array([9, 8, 8, 7, 6, 5])
    assert joined(first, second).tolist() == [0, 0, 0, 0, 1, 2]


def test_peers_are_judged_on_customers_they_have_not_seen() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 120).astype(float)
    table = numbers(rng.random(120), rng.random(120))
    folds = make_folds(y, np.arange(120), 5, 0)
    peers = compare(table, y, folds, np.full(120, y.mean()), None, lambda done: None)
    assert [peer.key for peer in peers] == [
        "ours",
        "base_rate",
        "logistic",
        "forest",
        "boosting",
    ]
    # On noise nobody is right: a forest that had seen them would have an AUC near 1.
    assert all(0.3 < peer.auc < 0.7 for peer in peers)


def test_the_stack_prefers_what_works_and_corrects_overconfidence() -> None:
    y, p = outcomes(2000)
    z = np.log(p / (1 - p))
    noise = np.random.default_rng(5).normal(size=2000)
    scores = np.stack([2.0 * z, noise], axis=1)[None]
    shift, weights = fit_stack(scores, y, np.array([0.5, 0.5]), 3.0)
    assert weights[0] == pytest.approx(0.5, abs=0.06) and weights[1] < 0.1
    assert abs(shift) < 0.2


def test_the_stack_keeps_to_its_prior_when_customers_are_few() -> None:
    y, p = outcomes(20)
    z = np.log(p / (1 - p))
    scores = np.stack([z, -z], axis=1)[None]
    loose = fit_stack(scores, y, np.array([0.5, 0.5]), 0.1)[1]
    held = fit_stack(scores, y, np.array([0.5, 0.5]), 100.0)[1]
    assert np.abs(held - 0.5).max() < np.abs(loose - 0.5).max()


def test_cross_fitted_blends_do_not_know_the_judged_customers() -> None:
    y, p = outcomes(300)
    scores = np.stack([np.log(p / (1 - p)), np.zeros(300)], axis=1)[None]
    plan = [make_folds(y, np.arange(300), 5, 0)]
    prior = np.array([0.5, 0.5])
    before = cross_fitted(scores, y, plan, prior, 3.0)
    train, test = plan[0][0]
    changed = y.copy()
    changed[test] = 1 - changed[test]
    after = cross_fitted(scores, changed, plan, prior, 3.0)
    np.testing.assert_array_equal(before[0, test], after[0, test])
    assert not np.allclose(before[0, train], after[0, train])


@pytest.mark.parametrize(
    ("n", "left", "low", "slope", "ours", "level"),
    [
        (1000, 250, 0.80, (0.9, 1.1), 0.42, "good"),
        (1000, 250, 0.80, (0.5, 0.8), 0.42, "some"),
        (1000, 250, 0.55, (0.9, 1.1), 0.50, "little"),
        (80, 30, 0.70, (0.5, 1.5), 0.50, "little"),
        (1000, 250, 0.60, (0.9, 1.1), 0.60, "little"),
        (1000, 250, 0.48, (0.9, 1.1), 0.55, "none"),
        # Just above luck: rounds that were chosen by the judged folds do as much on shuffled labels.
        (1000, 250, 0.505, (0.3, 1.6), 0.56, "none"),
        (50, 3, 0.90, (0.9, 1.1), 0.20, "none"),
    ],
)
def test_trust_follows_from_size_and_intervals(n, left, low, slope, ours, level) -> None:
    from csm_xl.language import Text

    y = np.r_[np.ones(left), np.zeros(n - left)]
    found = {"auc": Figure(low + 0.03, low, low + 0.06), "calibration_slope": Figure(1.0, *slope)}
    peers = [
        Peer("ours", Text("", ""), ours, 0.1, 0.8),
        Peer("base_rate", Text("", ""), 0.57, 0.2, 0.5),
    ]
    said, words = trust_in(y, found, peers)
    assert said == level
    assert words.en and words.zh
