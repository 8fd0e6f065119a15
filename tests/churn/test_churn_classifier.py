"""The estimator: scikit-learn's own checks, exactness, and data of every kind."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from csm_xl import errors
from csm_xl.churn.blend import LARGE, shapes_for
from csm_xl.churn.classifier import ChurnClassifier
from csm_xl.churn.feature_columns import sift_features
from csm_xl.churn.formula import MAX_FEATURES, MAX_RULES, ChurnFormula, TextTerm

# check_array_api_input is skipped by scikit-learn itself: it needs SCIPY_ARRAY_API to be set, and
# an estimator of data frames with texts has no array API input. No other check is left out.


@parametrize_with_checks([ChurnClassifier()])
def test_scikit_learns_own_checks(estimator, check) -> None:
    check(estimator)


def mixed(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "visits": rng.poisson(6, n).astype(float),
            "price": np.round(rng.lognormal(3, 0.5, n), 2),
            "plan": rng.choice(["free", "pro", "team"], n),
            "city": rng.choice([f"c{k}" for k in range(40)], n),
            "trial": rng.random(n) < 0.5,
            "since": pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D"),
        }
    )
    z = -0.3 * (frame["visits"] - 6) + 1.0 * (frame["plan"] == "free") - 0.6
    z += 1.5 * ((frame["price"] > 22) & frame["trial"])
    frame.loc[rng.random(n) < 0.1, "price"] = np.nan
    frame.loc[rng.random(n) < 0.1, "plan"] = None
    return frame, (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int).to_numpy()


@pytest.fixture(scope="module")
def fitted() -> tuple[ChurnClassifier, pd.DataFrame, np.ndarray]:
    frame, y = mixed(1100)
    return ChurnClassifier().fit(frame, y), frame, y


def test_the_formula_gives_what_the_estimator_gives(fitted) -> None:
    model, _, _ = fitted
    unseen, _ = mixed(300, seed=1)
    unseen.loc[0, "city"] = "never seen"
    expected = model.predict_proba(unseen)[:, 1]
    formula = ChurnFormula.from_json(model.formula_.to_json())
    rows = unseen.to_dict("list")
    assert np.abs(formula.probability(rows) - expected).max() < 1e-12


def test_the_formula_is_the_blend_that_was_trained(fitted) -> None:
    from csm_xl.churn.blend import fit_blend
    from csm_xl.churn.feature_table import read_table
    from csm_xl.churn.folds import duplicate_sets, plan_folds

    _, frame, y = fitted
    table = read_table(frame, [feature for feature, reason in sift_features(frame) if not reason])
    plan = plan_folds(y.astype(float), duplicate_sets(table), 0)
    result = fit_blend(table, y.astype(float), plan, 0, lambda done: None)
    assert np.abs(result.formula.log_odds(frame) - result.in_sample).max() < 1e-9


def test_training_twice_gives_the_same_model(fitted) -> None:
    model, frame, y = fitted
    assert ChurnClassifier().fit(frame, y).formula_ == model.formula_


def test_trees_find_what_lines_cannot() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(1500), "b": rng.random(1500), "c": rng.random(1500)})
    y = ((frame["a"] > 0.5) ^ (frame["b"] > 0.5)).to_numpy().astype(int)
    flip = rng.random(1500) < 0.1
    model = ChurnClassifier().fit(frame[:1200], np.where(flip, 1 - y, y)[:1200])
    assert (model.predict(frame[1200:]) == y[1200:]).mean() > 0.95


def test_capacity_follows_the_number_of_customers() -> None:
    most = [sum(shape.work for shape in shapes_for(n)) for n in (100, LARGE, 10**6)]
    assert most == sorted(most) and most[0] < most[-1]


def inside(conditions, codes: np.ndarray) -> np.ndarray:
    """Which customers are in a leaf, by their bin numbers."""
    found = np.ones(codes.shape[1], dtype=bool)
    for f, (low, high) in conditions.items():
        found &= (codes[f] > low) & (codes[f] <= (high if high is not None else 10**6))
    return found


@pytest.mark.parametrize("kind", ["free", "large", "symmetric"])
def test_trees_of_every_kind_become_boxes(kind) -> None:
    """scikit-learn's trees are read from where it keeps them: its own answers hold them."""
    from csm_xl.churn.feature_table import read_table
    from csm_xl.churn.folds import make_folds
    from csm_xl.churn.large_trees import LargeTrees, fit_large_trees
    from csm_xl.churn.leaves import RuleSum
    from csm_xl.churn.small_trees import SmallTrees, fit_small_trees
    from csm_xl.churn.symmetric_trees import SymmetricTrees, fit_symmetric_trees

    frame, y = mixed(400)
    table = read_table(frame, [f for f, reason in sift_features(frame) if not reason])
    plan = [make_folds(y.astype(float), np.arange(400), 3, 0)]
    fit, shape = {
        "free": (fit_small_trees, SmallTrees(leaves=6, rounds=60)),
        "large": (fit_large_trees, LargeTrees(leaves=12, rate=0.1, rounds=40)),
        "symmetric": (fit_symmetric_trees, SymmetricTrees(depth=4, rate=0.1, rounds=80)),
    }[kind]
    tree = fit(lambda rows: table, y.astype(float), plan, shape, 0, lambda: None)
    codes = tree.bins.codes(table)
    total = np.full(400, tree.base)
    for conditions, value in tree.leaves:
        total += value * inside(conditions, codes)
    assert total == pytest.approx(tree.in_sample, abs=1e-9)
    # Boosting begins at even odds, and learns how many leave.
    assert tree.base == 0.0
    assert (1 / (1 + np.exp(-tree.out_of_fold))).mean() == pytest.approx(y.mean(), abs=0.05)
    rules = RuleSum()
    listed = {k: range(len(levels)) for k, levels in enumerate(table.levels)}
    rules.add(tree.leaves, tree.bins, listed, 1.0)
    kept, rest = rules.rules(50)
    assert len(kept) == 50 and min(abs(r.value) for r in kept) >= max(abs(r.value) for r in rest)
    assert sorted(map(repr, kept + rest)) == sorted(map(repr, rules.rules(10**6)[0]))


def test_a_symmetric_tree_asks_everybody_the_same_and_finds_what_two_columns_say_together() -> None:
    from csm_xl.churn.symmetric_trees import SymmetricTrees, boost

    rng = np.random.default_rng(1)
    codes = rng.integers(0, 8, (5, 3000))
    y = ((codes[1] > 3) ^ (codes[3] > 3)).astype(float)
    shape = SymmetricTrees(depth=2, rate=0.3, rounds=40, drawn=500)
    scores = np.zeros(3000)
    for _, tree in zip(range(shape.rounds), boost(codes, y, shape, 0), strict=False):
        scores += tree.value[tree.place(codes)]
        leaves = list(tree.leaves())
        assert len(leaves) <= 4
        # Nobody is in two leaves, and all are in one.
        assert (sum(inside(conditions, codes) for conditions, _ in leaves) == 1).all()
    assert ((scores > 0) == (y == 1)).mean() > 0.95


def test_symmetric_trees_of_columns_that_say_nothing_add_nothing() -> None:
    from csm_xl.churn.symmetric_trees import SymmetricTrees, boost

    codes, y = np.zeros((3, 50), dtype=int), np.repeat([0.0, 1.0], 25)
    trees = boost(codes, y, SymmetricTrees(depth=3, rate=0.1, rounds=5), 0)
    for _, tree in zip(range(5), trees, strict=False):
        assert np.abs(tree.value[tree.place(codes)]).max() < 1e-12


def test_a_model_of_many_customers_fits_a_workbook() -> None:
    frame, y = mixed(3000)
    model = ChurnClassifier().fit(frame, y)
    text = model.formula_.to_json()
    assert 50 < len(model.formula_.rules) <= MAX_RULES
    assert len(text) < 1_000_000
    again = ChurnFormula.from_json(text)
    assert np.abs(again.log_odds(frame) - model.decision_function(frame)).max() < 1e-9


def test_rules_that_are_too_many_leave_their_mean(monkeypatch, fitted) -> None:
    from csm_xl.churn import blend

    model, frame, y = fitted
    monkeypatch.setattr(blend, "MAX_RULES", 60)
    short = ChurnClassifier().fit(frame, y)
    assert len(short.formula_.rules) == 60 < len(model.formula_.rules)
    mean, whole = (m.decision_function(frame).mean() for m in (short, model))
    assert mean == pytest.approx(whole, abs=1e-9)


def test_at_most_forty_features_are_used() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(150, 60)), columns=[f"x{k}" for k in range(60)])
    y = (frame["x7"] + 0.5 * rng.normal(size=150) > 0).to_numpy().astype(int)
    model = ChurnClassifier().fit(frame, y)
    assert len(model.formula_.features) == MAX_FEATURES
    assert "x7" in model.formula_.features
    assert np.isfinite(model.predict_proba(frame)).all()


def test_out_of_fold_probabilities_know_nothing_of_noise() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(rng.normal(size=(150, 60)), columns=[f"x{k}" for k in range(60)])
    frame["shop"] = rng.choice([f"s{k}" for k in range(50)], 150)
    y = rng.integers(0, 2, 150)
    out = ChurnClassifier().fit(frame, y).out_of_fold_
    # Features chosen, or categories sorted, by the outcomes of judged customers would show here.
    correlation = np.corrcoef(out, y)[0, 1]
    assert correlation < 0.2


def test_rows_of_one_customer_are_never_parted() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"mark": rng.random(120)})
    y = rng.integers(0, 2, 120)
    twice = pd.concat([frame, frame + 1e-9], ignore_index=True)
    groups = np.tile(np.arange(120), 2)
    model = ChurnClassifier().fit(twice, np.tile(y, 2), groups=groups)
    assert np.corrcoef(model.out_of_fold_, np.tile(y, 2))[0, 1] < 0.2


def test_a_category_typed_in_another_way_is_the_same_category(fitted) -> None:
    model, frame, _ = fitted
    typed = frame.head(20).copy()
    typed["plan"] = [None if pd.isna(p) else f" {str(p).upper()} " for p in typed["plan"]]
    np.testing.assert_array_equal(model.predict_proba(typed), model.predict_proba(frame.head(20)))


def test_dates_as_serials_score_like_dates(fitted) -> None:
    model, frame, _ = fitted
    head = frame.head(20)
    epoch = dt.datetime(1899, 12, 30)
    serials = head.assign(since=[(d - epoch).days for d in head["since"]])
    np.testing.assert_array_equal(model.predict_proba(serials), model.predict_proba(head))


def test_categories_stand_in_the_order_that_boxes_compare(fitted) -> None:
    model, _, _ = fitted
    plan = next(term for term in model.formula_.text if term.name == "plan")
    assert isinstance(plan, TextTerm)
    assert set(plan.categories) == {"", "free", "pro", "team"}
    assert plan.weights[plan.categories.index("free")] == max(plan.weights)


def test_stopping_stops() -> None:
    frame, y = mixed(200)
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 5

    with pytest.raises(errors.Cancelled):
        ChurnClassifier(cancelled=cancelled).fit(frame, y)


def test_progress_goes_up_to_one() -> None:
    frame, y = mixed(150)
    done: list[float] = []
    ChurnClassifier(progress=done.append).fit(frame, y)
    assert done == sorted(done) and done[-1] == pytest.approx(1.0)
