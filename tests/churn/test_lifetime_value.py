import json

import numpy as np
import pytest
from public_data import data_file

from csm_xl.churn.bg_nbd import BgNbdModel
from csm_xl.churn.lifetime_value import (
    GammaGammaModel,
    clv,
    expected_value_saved,
    fit_gamma_gamma,
    margin_if_kept,
)
from csm_xl.errors import CellError, NoModelError, ScaleError, TooLittleDataError
from csm_xl.metrics.calendar_days import DAYS_PER_MONTH

PURCHASES = BgNbdModel(0.243, 4.414, 0.793, 2.426, 7.0, 2357, -9582.4)
VALUES = GammaGammaModel(6.25, 3.74, 15.44, 946)
BLANK = np.nan


def test_the_fit_on_cdnow_reproduces_the_published_estimates():
    import pandas as pd

    names = ["master", "sample", "date", "cds", "dollars"]
    orders = pd.read_csv(data_file("cdnow_sample.txt"), sep=r"\s+", header=None, names=names)
    orders = orders[orders["date"] <= 19970930]
    visits = orders.groupby(["sample", "date"])["dollars"].sum().reset_index()
    first = visits.groupby("sample")["date"].transform("min")
    again = visits[visits["date"] > first].groupby("sample")["dollars"].agg(["size", "mean"])
    model = fit_gamma_gamma(again["size"], again["mean"])
    # Fader & Hardie, The Gamma-Gamma model of monetary value.
    assert model.customers == 946
    assert (round(model.p, 2), round(model.q, 2), round(model.gamma, 2)) == (6.25, 3.74, 15.44)


def test_a_customer_without_a_repeat_order_is_worth_the_mean_customer():
    # gamma p / (q - 1) = 35.2 for CDNOW.
    assert VALUES.expected([0, 0], [BLANK, 999]).round(1).tolist() == [35.2, 35.2]


def test_the_more_orders_the_nearer_to_the_customers_own_mean():
    few, many = VALUES.expected([1, 500], [100, 100])
    assert 35.2 < few < many < 100
    assert many == pytest.approx(100, rel=0.01)


def test_customers_whose_values_made_the_data_are_found_again():
    rng = np.random.default_rng(4)
    n = 20_000
    scale = rng.gamma(4.0, 1 / 20.0, n)
    count = rng.integers(1, 10, n)
    average = rng.gamma(6.0 * count) / scale / count
    model = fit_gamma_gamma(count, average)
    # p and gamma trade off against each other; their product and q are what forecasts use.
    assert model.q == pytest.approx(4.0, rel=0.05)
    assert model.p * model.gamma / (model.q - 1) == pytest.approx(40.0, rel=0.02)
    assert model.p == pytest.approx(6.0, rel=0.2)


def test_a_shop_with_one_price_expects_that_price():
    model = fit_gamma_gamma([1, 2, 3] * 10, [50.0] * 30)
    assert model.expected([0, 1, 5], [BLANK, 50, 50]) == pytest.approx([50, 50, 50], rel=0.01)


def test_refunded_customers_are_left_out_and_too_few_is_too_little_data():
    with pytest.raises(TooLittleDataError, match="9"):
        fit_gamma_gamma([1] * 12, [10.0] * 9 + [0.0, -5.0, BLANK])
    with pytest.raises(TooLittleDataError):
        fit_gamma_gamma([], [])


def test_clv_is_the_sum_of_discounted_months():
    value = clv(PURCHASES, VALUES, [3], [30.43 * 7], [38.86 * 7], [25.0], 12, 0.10, 0.4)
    by_hand, before = 0.0, 0.0
    for k in range(1, 13):
        now = PURCHASES.expected(2, 30.43, 38.86, k * DAYS_PER_MONTH / 7)[0]
        by_hand += (now - before) * 1.1 ** (-k / 12)
        before = now
    by_hand *= 0.4 * VALUES.expected(2, 25.0)[0]
    assert value.checked()[0] == pytest.approx(by_hand, rel=1e-12)


def test_without_a_discount_clv_is_expected_orders_times_expected_value():
    orders = PURCHASES.expected(2, 30, 38, 24 * DAYS_PER_MONTH / 7)[0]
    value = clv(PURCHASES, VALUES, 3, 210, 266, 25.0, 24, 0).checked()[0]
    assert value == pytest.approx(orders * VALUES.expected(2, 25.0)[0])


def test_a_first_order_needs_no_repeat_value_and_a_repeat_order_does():
    rows = clv(
        PURCHASES,
        VALUES,
        [1, 3, 3, BLANK],
        [0, 10, 10, BLANK],
        [50, 50, 50, BLANK],
        [BLANK, BLANK, -4, BLANK],
    )
    assert rows.values[0] > 0
    assert isinstance(rows.problems[1], CellError)
    assert isinstance(rows.problems[2], ScaleError)
    assert rows.problems[3] is None
    assert np.isnan(rows.values[1:]).all()


@pytest.mark.parametrize(
    "settings",
    [{"months": 0}, {"months": 1.5}, {"annual_discount": -0.1}, {"margin": 30}, {"months": BLANK}],
)
def test_settings_outside_their_scale_are_refused(settings):
    with pytest.raises(ScaleError):
        clv(PURCHASES, VALUES, [1], [0], [50], [BLANK], **settings)


def test_a_customer_who_stays_brings_more_than_one_who_may_leave():
    history = ([2, 5, 9], [10, 100, 200], [266, 266, 266], [30.0, 30.0, 30.0])
    kept = margin_if_kept(PURCHASES, VALUES, *history).checked()
    assert (kept > clv(PURCHASES, VALUES, *history).checked()).all()


def test_value_if_kept_by_hand():
    kept = margin_if_kept(PURCHASES, VALUES, 3, 210, 266, 25.0, 12, 0, 0.5).checked()[0]
    rate = (0.243 + 2) / (4.414 + 38)
    assert kept == pytest.approx(rate * 365.2425 / 7 * VALUES.expected(2, 25.0)[0] * 0.5)


def test_expected_value_saved_by_hand():
    saved = expected_value_saved([0.5, 0.1, BLANK], 0.2, [1000, 100, 500], 15)
    assert saved.checked() == pytest.approx([85, -13, BLANK], nan_ok=True)


def test_a_probability_above_one_is_a_problem_of_its_row():
    rows = expected_value_saved([0.5, 50], [0.2, 0.2], [100, 100], 1)
    assert rows.values[0] == 9
    assert isinstance(rows.problems[1], ScaleError)


def test_the_model_travels_as_json_and_a_damaged_one_is_refused():
    assert GammaGammaModel.from_dict(json.loads(json.dumps(VALUES.to_dict()))) == VALUES
    for change in ({"q": 1.0}, {"p": "x"}, {"gamma": -3}):
        with pytest.raises(NoModelError):
            GammaGammaModel.from_dict({**VALUES.to_dict(), **change})
