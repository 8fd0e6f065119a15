import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from public_data import data_file

from csm_xl.churn.bg_nbd import BgNbdModel, fit_bg_nbd, purchase_history
from csm_xl.errors import NoModelError, ScaleError, TooLittleDataError

#: The published estimates for CDNOW, time in weeks.
PAPER = BgNbdModel(0.243, 4.414, 0.793, 2.426, 7.0, 2357, -9582.4)


def test_the_fit_on_cdnow_reproduces_the_published_estimates():
    import pandas as pd

    names = ["master", "sample", "date", "cds", "dollars"]
    orders = pd.read_csv(data_file("cdnow_sample.txt"), sep=r"\s+", header=None, names=names)
    day = pd.to_datetime(orders["date"].astype(str))
    end = pd.Timestamp("1997-09-30")
    visits = pd.DataFrame({"who": orders["sample"], "day": day}).query("day <= @end")
    visits = visits.drop_duplicates().groupby("who")["day"].agg(["min", "max", "size"])
    weeks = pd.Timedelta(days=7)
    model = fit_bg_nbd(
        visits["size"] - 1,
        (visits["max"] - visits["min"]) / weeks,
        (end - visits["min"]) / weeks,
        7,
    )
    assert model.customers == 2357
    assert round(model.r, 3) == 0.243
    assert round(model.alpha, 3) == 4.414
    assert round(model.a, 3) == 0.793
    assert round(model.b, 3) == 2.426
    assert round(model.log_likelihood, 1) == -9582.4


def test_the_forecast_for_the_first_cdnow_customer_is_the_published_one():
    # Fader & Hardie, Implementing the BG/NBD model in Microsoft Excel: 1.226 orders in 39 weeks.
    assert PAPER.expected(2, 30.43, 38.86, 39).round(3).tolist() == [1.226]


@pytest.mark.parametrize("x", [0, 1, 2, 7, 26])
@pytest.mark.parametrize("t", [1.0, 39.0, 200.0])
def test_expected_orders_are_those_of_equation_10_as_printed(x, t):
    from scipy.special import hyp2f1

    r, alpha, a, b = PAPER.r, PAPER.alpha, PAPER.a, PAPER.b
    t_x, age = (20.0 if x else 0.0), 38.86
    printed = (a + b + x - 1) / (a - 1)
    z = t / (alpha + age + t)
    shrunk = ((alpha + age) / (alpha + age + t)) ** (r + x)
    printed *= 1 - shrunk * hyp2f1(r + x, b + x, a + b + x - 1, z)
    printed /= 1 + (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x)
    assert PAPER.expected(x, t_x, age, t)[0] == pytest.approx(printed, rel=1e-9)


@pytest.fixture(scope="module")
def shop():
    """Customers who behave as the model says, watched for a year and then for half a year."""
    rng = np.random.default_rng(12)
    model = BgNbdModel(0.8, 40.0, 1.2, 3.0, 1.0, 0, 0.0)
    n = 60_000
    rate = rng.gamma(model.r, 1 / model.alpha, n)
    stop = rng.beta(model.a, model.b, n)
    age, horizon = rng.uniform(100, 365, n), 180.0
    repeat, later = np.zeros(n), np.zeros(n)
    last, clock = np.zeros(n), np.zeros(n)
    going, alive = np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    while going.any():
        clock[going] += rng.exponential(1 / rate[going])
        inside = going & (clock <= age)
        repeat[inside] += 1
        last[inside] = clock[inside]
        later[going & (clock > age) & (clock <= age + horizon)] += 1
        stops = rng.random(n) < stop
        alive &= ~(inside & stops)
        going &= (clock <= age + horizon) & ~stops
    return model, repeat, last, age, horizon, later, alive


def groups(probability):
    edges = np.quantile(probability, np.linspace(0, 1, 11))
    return np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, 9)


def test_no_order_within_the_horizon_comes_as_often_as_the_model_says(shop):
    model, repeat, last, age, horizon, later, _ = shop
    told = model.none_within(repeat, last, age, horizon)
    group = groups(told)
    for g in np.unique(group):
        own = group == g
        error = np.sqrt(told[own].mean() * (1 - told[own].mean()) / own.sum())
        assert abs((later[own] == 0).mean() - told[own].mean()) < 4 * error


def test_as_many_customers_go_on_as_the_model_says(shop):
    model, repeat, last, age, _, _, alive = shop
    told = model.alive(repeat, last, age)
    again = repeat > 0
    assert alive[~again].all()
    assert (told[~again] == 1).all()
    group = groups(told[again])
    for g in np.unique(group):
        own = group == g
        share = told[again][own].mean()
        error = np.sqrt(share * (1 - share) / own.sum())
        assert abs(alive[again][own].mean() - share) < 4 * error


def test_as_many_orders_come_as_the_model_expects(shop):
    model, repeat, last, age, horizon, later, _ = shop
    told = model.expected(repeat, last, age, horizon)
    for x in (0, 1, 2, 5):
        own = repeat == x
        error = later[own].std() / np.sqrt(own.sum())
        assert abs(later[own].mean() - told[own].mean()) < 4 * error


def test_the_fit_finds_the_parameters_that_made_the_data(shop):
    model, repeat, last, age, *_ = shop
    fitted = fit_bg_nbd(repeat, last, age)
    assert fitted.r == pytest.approx(model.r, rel=0.05)
    assert fitted.alpha == pytest.approx(model.alpha, rel=0.06)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(1.2 / 4.2, rel=0.05)


def test_weeks_and_days_give_the_same_model(shop):
    _, repeat, last, age, *_ = shop
    days = fit_bg_nbd(repeat[:3000], last[:3000], age[:3000])
    weeks = fit_bg_nbd(repeat[:3000], last[:3000] / 7, age[:3000] / 7, 7)
    assert weeks.alpha * 7 == pytest.approx(days.alpha, rel=1e-4)
    assert weeks.r == pytest.approx(days.r, rel=1e-4)


def test_a_long_silence_of_a_frequent_customer_says_more_than_that_of_a_rare_one():
    frequent, rare = PAPER.alive([20, 1], [20, 20], [39, 39])
    assert frequent < 0.1 < rare


def test_within_no_time_nobody_orders():
    x, last, age = [0, 3, 9], [0, 20, 38], [39, 39, 39]
    assert PAPER.none_within(x, last, age, 0) == pytest.approx([1, 1, 1])
    assert PAPER.expected(x, last, age, 0) == pytest.approx([0, 0, 0])


def test_a_hundred_orders_on_one_day_are_no_infinity():
    for a in (0.5, 1.5):
        model = BgNbdModel(0.5, 10.0, a, 2.0, 1.0, 100, -1.0)
        orders = model.expected([98] * 3, [0.0] * 3, [0.0] * 3, [89.0, 91.0, 500.0])
        assert np.isfinite(orders).all() and (np.diff(orders) > 0).all()


@settings(deadline=None)
@given(
    st.integers(0, 3000),
    st.floats(0, 1),
    st.floats(0, 3000),
    st.floats(0, 1500),
    st.floats(0.05, 20),
    st.floats(0.05, 20),
)
def test_any_history_gives_finite_figures_that_agree(x, part, age, horizon, a, b):
    model = BgNbdModel(0.5, 10.0, a, b, 1.0, 100, -1.0)
    last = age * part if x else 0.0
    none = model.none_within(x, last, age, horizon)[0]
    orders = model.expected(x, last, age, horizon)[0]
    assert 0 <= none <= 1
    assert np.isfinite(orders)
    # Markov: an order comes at most as often as orders are expected.
    assert orders >= (1 - none) - 1e-6
    assert model.none_within(x, last, age, horizon + 10)[0] <= none + 1e-12
    assert model.expected(x, last, age, horizon + 10)[0] >= orders - 1e-6 * (1 + orders)


def test_impossible_rows_are_marked_and_the_others_are_not():
    rows = purchase_history(
        [3, 0, 2, 2, 1, np.nan, 3], [10, 0, 50, -1, 5, np.nan, 0], [40, 40, 40, 40, 40, np.nan, 9]
    )
    assert rows.values[0].tolist() == [2, 10, 40]
    assert [isinstance(p, ScaleError) for p in rows.problems] == [False, *[True] * 4, False, False]
    assert np.isnan(rows.values[5]).all()
    assert rows.values[6].tolist() == [0, 0, 9]


def test_too_few_customers_is_too_little_data():
    with pytest.raises(TooLittleDataError, match="9"):
        fit_bg_nbd([1] * 9, [1] * 9, [2] * 9)
    with pytest.raises(TooLittleDataError):
        fit_bg_nbd([0] * 50, [0] * 50, [20] * 50)
    with pytest.raises(TooLittleDataError):
        fit_bg_nbd([], [], [])


def test_a_dozen_customers_give_a_model_that_answers():
    model = fit_bg_nbd([0, 1, 2, 3] * 3, [0, 30, 60, 80] * 3, [100, 90, 95, 120] * 3)
    assert np.isfinite(model.expected([0, 3], [0, 80], [100, 120], 90)).all()


def test_customers_on_one_day_only_do_not_break_the_fit():
    model = fit_bg_nbd([0] * 20 + [1] * 5, [0] * 20 + [1] * 5, [0] * 20 + [1] * 5)
    assert np.isfinite(model.alive([0, 1], [0, 1], [5, 5])).all()


def test_the_model_travels_as_json():
    assert BgNbdModel.from_dict(json.loads(json.dumps(PAPER.to_dict()))) == PAPER


@pytest.mark.parametrize("change", [{"r": -1}, {"alpha": "many"}, {"b": float("nan")}, {"a": None}])
def test_a_damaged_model_is_refused(change):
    with pytest.raises(NoModelError):
        BgNbdModel.from_dict({**PAPER.to_dict(), **change})
    with pytest.raises(NoModelError):
        BgNbdModel.from_dict({"r": 1})


def test_the_probability_of_no_order_needs_numpy_only():
    code = (
        "import sys; from csm_xl.churn.bg_nbd import BgNbdModel as M; "
        "M(0.2, 4.4, 0.8, 2.4, 7, 9, -1).none_within(2, 30, 38, 39); "
        "print('scipy' in sys.modules, 'pandas' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["False", "False"]
