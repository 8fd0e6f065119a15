"""Training on the sheets that people really have: few customers, odd columns, wrong cells."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl import errors
from csm_xl.churn.feature_columns import choose_features
from csm_xl.churn.report import Report
from csm_xl.churn.training import Trained, train

ARTICLE = pd.DataFrame(
    {"使用频率": [10, 5, 8, 3, 12], "使用时长": [100, 50, 80, 30, 120], "反馈频率": [5, 3, 4, 2, 6]}
)
ARTICLE_LEFT = [0, 1, 0, 1, 0]


def telco() -> pd.DataFrame:
    return pd.read_csv(data_file("telco_extract.csv"))


def trained(frame: pd.DataFrame, left, **more) -> Trained:
    """Train, and check what must hold whatever the data."""
    outcome = train(frame, left, trained_on=dt.date(2024, 1, 31), **more)
    chance = outcome.formula.probability(frame)
    report = outcome.report
    assert np.all((chance > 0) & (chance < 1))
    assert np.all((report.out_of_fold > 0) & (report.out_of_fold < 1))
    np.testing.assert_allclose(chance, report.in_sample, atol=1e-9)
    assert Report.from_json(report.to_json()) == report
    assert report.trust.en and report.trust.zh and report.method.zh
    assert {peer.key for peer in report.comparison} == {
        "ours",
        "base_rate",
        "logistic",
        "forest",
        "boosting",
    }
    return outcome


def said(outcome: Trained) -> str:
    return " ".join(f"{w.en} {w.zh}" for w in outcome.report.warnings)


def test_the_articles_five_customers() -> None:
    outcome = trained(ARTICLE, ARTICLE_LEFT)
    chance = outcome.formula.probability(ARTICLE)
    assert min(chance[1], chance[3]) > max(chance[0], chance[2], chance[4])
    assert chance.min() > 0.2 and chance.max() < 0.7
    assert outcome.report.trust_level == "none"
    assert "Only 5 customers" in said(outcome) and "只有 5 位客户" in said(outcome)


def test_ten_customers() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"visits": rng.poisson(4, 10), "plan": ["a", "b"] * 5})
    outcome = trained(frame, [1, 0, 0, 1, 0, 0, 0, 1, 0, 0])
    assert outcome.report.trust_level == "none"
    assert abs(outcome.report.in_sample.mean() - 0.3) < 0.05


def test_one_churned_among_fifty() -> None:
    rng = np.random.default_rng(0)
    left = np.zeros(50)
    left[7] = 1
    outcome = trained(pd.DataFrame({"a": rng.random(50), "b": rng.random(50)}), left)
    assert outcome.formula.probability({"a": [0.5], "b": [0.5]})[0] < 0.1
    assert outcome.report.trust_level == "none"


@pytest.mark.parametrize("n", [30, 150])
def test_nothing_but_constants_gives_everyone_the_average(n) -> None:
    frame = pd.DataFrame({"a": np.ones(n), "b": ["x"] * n, "c": [None] * n})
    left = np.arange(n) % 3 == 0
    outcome = trained(frame, left)
    assert outcome.report.in_sample == pytest.approx(np.full(n, 1 / 3), abs=0.01)
    assert outcome.report.method.en.startswith("The average for everyone")
    assert outcome.report.features == ()
    assert [name for name, _ in outcome.report.left_out] == ["a", "b", "c"]
    assert "No column differs" in said(outcome)


def test_separable_customers_do_not_get_certainties() -> None:
    visits = np.arange(40, dtype=float)
    outcome = trained(pd.DataFrame({"visits": visits}), visits < 12)
    assert outcome.report.in_sample.min() > 0.001 and outcome.report.in_sample.max() < 0.999
    assert "tells almost exactly who left" in said(outcome)


def test_sixty_features_for_forty_customers() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(40, 60)), columns=[f"f{k}" for k in range(60)])
    outcome = trained(frame, np.arange(40) % 3 == 0)
    assert len(outcome.report.features) == 40 and len(outcome.report.left_out) == 20
    assert "60 columns for 40 customers" in said(outcome)


def test_a_thousand_categories_are_pooled() -> None:
    rng = np.random.default_rng(0)
    cities = np.r_[rng.integers(0, 1000, 2000), np.arange(1000)]
    frame = pd.DataFrame({"city": [f"city {c}" for c in cities], "v": rng.random(3000)})
    outcome = trained(frame, rng.random(3000) < 0.3)
    assert len(outcome.formula.text[0].categories) <= 50
    assert "1000 different values" in said(outcome)
    assert outcome.report.figures["auc"].value < 0.55


def test_the_label_in_disguise_is_named() -> None:
    rng = np.random.default_rng(0)
    left = rng.random(200) < 0.3
    frame = pd.DataFrame(
        {
            "visits": rng.random(200),
            "status": np.where(left, "closed", "open"),
            "closed on": np.where(left, "2024-01-05", None),
        }
    )
    outcome = trained(frame, left)
    assert "status tells almost exactly who left" in said(outcome)
    assert "Whether closed on is blank tells almost exactly" in said(outcome)
    assert "visits tells" not in said(outcome)
    assert outcome.report.trust_level == "none"


def test_dates_as_text_are_dates() -> None:
    rng = np.random.default_rng(0)
    days = pd.date_range("2022-01-01", periods=300)
    left = rng.random(300) < np.linspace(0.05, 0.7, 300)
    outcome = trained(pd.DataFrame({"start": days.strftime("%Y-%m-%d")}), left)
    assert outcome.formula.numeric[0].kind == "date"
    late, early = outcome.formula.probability({"start": ["2022年10月1日", "2022/1/5"]})
    assert late > 2 * early
    assert outcome.report.drivers[0].sentence.en.startswith("The later start is")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (np.inf, "inf"),
        (-1e308, "-1e\\+308"),
        ("many", "many"),
        ("1850-03-02", "1850-03-02"),
    ],
)
def test_cells_that_cannot_be_read_are_named(cell, words) -> None:
    name = "since" if words.startswith("1850") else "visits"
    good = "2020-01-01" if name == "since" else 5.0
    frame = pd.DataFrame({name: [good] * 20 + [cell] + [good] * 19})
    with pytest.raises(errors.CellError, match=f"{name}.*row 22.*{words}"):
        train(frame, np.arange(40) % 2, rows=range(2, 42))


@pytest.mark.parametrize(("left", "words"), [([0] * 20, "No customer"), ([1] * 20, "Every")])
def test_one_outcome_only_is_refused(left, words) -> None:
    with pytest.raises(errors.TooLittleDataError, match=words) as caught:
        train(pd.DataFrame({"a": np.arange(20.0)}), left)
    assert caught.value.excel == "#N/A" and caught.value.text.zh


def test_a_share_that_cannot_be_is_questioned() -> None:
    rng = np.random.default_rng(0)
    outcome = trained(pd.DataFrame({"a": rng.random(200)}), rng.random(200) < 0.93)
    assert "yes and no are not swapped" in said(outcome)


def test_recency_without_dates_is_questioned() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"days since last order": rng.random(100), "visits": rng.random(100)})
    left = rng.random(100) < 0.4
    assert "days since last order" in said(trained(frame, left))
    assert "days since last order" not in said(trained(frame, left, horizon_days=90))


def test_duplicates_are_counted_but_not_a_customers_own_rows() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(80), "b": rng.random(80)})
    twice = pd.concat([frame, frame.head(7)], ignore_index=True)
    left = rng.random(87) < 0.4
    assert "7 customers have exactly the same values" in said(trained(twice, left))
    groups = np.r_[np.arange(80), np.arange(7)]
    assert "exactly the same" not in said(trained(twice, left, groups=groups))


def test_training_twice_gives_the_same_id_and_report() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.random(120), "b": rng.choice(["x", "y", None], 120)})
    left = rng.random(120) < 0.4
    first, second = trained(frame, left), trained(frame, left)
    assert first.formula.id == second.formula.id
    assert first.formula.to_json() == second.formula.to_json()
    assert first.report == second.report


def test_progress_is_told_and_work_can_be_stopped() -> None:
    told: list[tuple[float, str]] = []
    train(ARTICLE, ARTICLE_LEFT, progress=lambda done, what: told.append((done, what.zh)))
    fractions = [done for done, _ in told]
    assert fractions == sorted(fractions) and fractions[0] == 0.0 and fractions[-1] == 1.0
    assert told[-1][1] == "完成"
    with pytest.raises(errors.Cancelled):
        train(ARTICLE, ARTICLE_LEFT, cancelled=lambda: True)


def test_formula_and_correction_are_the_probability_that_was_not_flattered() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(160, 6)), columns=list("abcdef"))
    left = (frame["a"] + rng.normal(size=160) > 1.0).to_numpy()
    trained = train(frame, left)
    odds = trained.formula.log_odds(frame) + trained.report.correction
    assert np.abs(1.0 / (1.0 + np.exp(-odds)) - trained.report.out_of_fold).max() < 1e-9
    assert trained.report.in_sample == pytest.approx(trained.formula.probability(frame), abs=1e-12)


def test_customers_whom_the_formula_cannot_tell_apart_have_one_probability() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"visits": rng.integers(0, 6, 240), "plan": rng.choice(["a", "b"], 240)})
    left = rng.random(240) < 0.15 + 0.1 * (frame["visits"] < 2)
    frame["remark"] = "none"
    report = train(frame, left).report
    shown = frame.assign(chance=report.out_of_fold, more=report.correction)[~left.to_numpy()]
    alike = shown.groupby(["visits", "plan"])
    assert alike.size().max() > 5
    assert (alike["chance"].max() - alike["chance"].min()).max() < 1e-12
    assert (alike["more"].max() - alike["more"].min()).max() < 1e-12


def test_few_customers_who_stayed_are_moved_together_and_keep_their_order() -> None:
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"a": rng.normal(size=30)})
    left = (frame["a"] + rng.normal(size=30) > 0.7).to_numpy()
    report = train(frame, left).report
    assert len(np.unique(report.correction[~left])) == 1
    odds = np.log(report.in_sample / (1 - report.in_sample)) + report.correction
    shown = (1 / (1 + np.exp(-odds)))[~left]
    assert shown.mean() == pytest.approx(report.out_of_fold_mean_active, abs=1e-9)


@pytest.mark.data
def test_telco_is_learned_better_than_by_the_peers() -> None:
    frame = telco()
    left = (frame["Churn"] == "Yes").to_numpy()
    features = list(choose_features(frame, "Churn").features)
    rows = np.random.default_rng(5).permutation(len(frame))[:1500]
    report = trained(frame.iloc[rows][features], left[rows]).report
    losses = {peer.key: peer.log_loss for peer in report.comparison}
    assert losses["ours"] == min(losses.values())
    assert losses["ours"] < 0.95 * losses["forest"]
    assert report.trust_level in ("some", "good")
    assert {driver.feature for driver in report.drivers[:4]} & {"tenure", "Contract"}


def test_several_rows_of_a_customer_are_one_customer() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 3)
    frame = pd.DataFrame({"a": rng.random(180), "b": rng.random(180)})
    left = (np.arange(180) % 3 == 2) & (groups < 20)
    outcome = trained(frame, left, groups=groups)
    assert outcome.report.n_customers == 60 and outcome.report.n_churned == 20
    assert outcome.report.n_cases == 180 and outcome.report.n_cases_left == 20
    assert outcome.report.base_rate == pytest.approx(20 / 180)
    assert outcome.formula.meta["n_customers"] == 60
