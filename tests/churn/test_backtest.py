"""The model tried on past days: only what was known then, and intervals that know that months differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.backtest import over_time, spread_over_cutoffs
from csm_xl.churn.evaluation import auc_interval, figures, log_loss
from csm_xl.churn.prior_correction import latest_shift
from csm_xl.churn.report import Figure, Report
from csm_xl.churn.training import train

HORIZON = 60


def looks(seed: int = 0, n: int = 70) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Customers looked at on six days; visits tell who leaves, and the last month is worse."""
    rng = np.random.default_rng(seed)
    days = 20000 - 30 * np.arange(6)
    day = np.repeat(days, n)
    who = np.tile(np.arange(n), 6)
    visits = rng.poisson(6, 6 * n).astype(float)
    odds = 1.6 - 0.6 * visits + np.where(day == days[0], 0.8, 0.0)
    left = rng.random(6 * n) < 1 / (1 + np.exp(-odds))
    return pd.DataFrame({"visits": visits, "noise": rng.random(6 * n)}), left, who, day


@pytest.fixture(scope="module")
def report() -> Report:
    frame, left, who, day = looks()
    trained = train(frame, left, groups=who, horizon_days=HORIZON, cutoffs=day, came_back=0.3)
    assert trained.formula.meta["came_back"] == 0.3
    return trained.report


def test_past_days_are_tried_with_what_was_known_then(report: Report) -> None:
    _, left, _, day = looks()
    # A day needs another one, a horizon earlier, to learn from.
    assert [held.day for held in report.backtest] == ["2024-10-04", "2024-09-04", "2024-08-05"]
    latest = report.backtest[0]
    assert (latest.customers, latest.left) == (70, int(left[day == 20000].sum()))
    assert latest.named == 7 and latest.by_chance == pytest.approx(latest.left / 10)
    assert latest.hits > latest.by_chance
    # The last month was worse than the model could know.
    assert latest.predicted < latest.left


def test_the_report_begins_with_the_past(report: Report) -> None:
    assert report.trust.en.startswith("Tried on the past: had you called the 7 customers")
    assert report.trust.zh.startswith("用过去的数据检验")
    assert Report.from_json(report.to_json()).backtest == report.backtest


def test_intervals_are_wider_where_months_differ(report: Report) -> None:
    _, left, who, day = looks()
    alone = figures(left.astype(float), report.out_of_fold, who)["log_loss"]
    figure = report.figures["log_loss"]
    assert figure.high - figure.low > alone.high - alone.low
    spread = spread_over_cutoffs(left.astype(float), report.judged, day, {"log_loss": log_loss})
    wider = over_time({"log_loss": Figure(0.4, 0.35, 0.45)}, None, spread)["log_loss"]
    assert wider.low < 0.35 and wider.high > 0.45 and wider.value == 0.4


def test_how_far_to_trust_counts_leavers_not_looks() -> None:
    frame, left, who, day = looks(1, 12)
    report = train(frame, left, groups=who, horizon_days=HORIZON, cutoffs=day).report
    assert report.n_customers == 12 and report.trust_level in ("none", "little")


def test_an_auc_of_a_handful_is_never_certain() -> None:
    low, high = auc_interval(1.0, 2, 3)
    assert 0.2 < low < 0.75 and high == pytest.approx(1.0)
    low, high = auc_interval(0.0, 2, 3)
    assert low == pytest.approx(0.0, abs=1e-9) and high > 0.25
    low, high = auc_interval(0.8, 300, 700)
    assert low == pytest.approx(0.768, abs=0.01) and high == pytest.approx(0.829, abs=0.01)
    y = np.array([0.0, 0, 0, 1, 1])
    figure = figures(y, np.array([0.1, 0.2, 0.3, 0.7, 0.8]), np.arange(5))["auc"]
    assert figure.value == 1.0 and figure.low < 0.75


def test_the_level_is_that_of_the_latest_days():
    chance = np.random.default_rng(3)
    days = np.repeat([0, 30, 60, 90], 500)
    odds = chance.normal(-1.0, 0.5, 2000)
    # Half as many leave on the two latest days as the model foresees.
    y = (chance.random(2000) < np.where(days >= 60, 0.5, 1.0) / (1 + np.exp(-odds))).astype(float)
    shift = latest_shift(odds, y, days)
    late = days >= 60
    foreseen = 1 / (1 + np.exp(-(odds[late] + shift)))
    assert foreseen.mean() == pytest.approx(y[late].mean(), abs=0.02)
    # What hardly anybody's leaving tells moves it by little.
    few = np.zeros(2000)
    few[-2:] = 1.0
    assert -0.6 < latest_shift(odds, few, days) < 0.0
    assert latest_shift(odds, np.zeros(2000), days) == 0.0


def test_the_formula_and_the_column_stand_at_that_level():
    frame, y, who, days = looks()
    trained = train(frame, y, groups=who, horizon_days=90, cutoffs=days, n_jobs=1)
    odds = trained.formula.log_odds(frame)
    assert trained.report.in_sample == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-12)
