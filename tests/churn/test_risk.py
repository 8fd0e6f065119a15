"""Low, Medium and High say something at any share of customers who leave."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.churn.risk import HIGH, MEDIUM, RiskCuts, cuts_of, learn_cuts, risk_levels


@pytest.mark.parametrize("base", [0.02, 0.05, 0.15, 0.3, 0.6])
def test_levels_tell_customers_apart_at_any_base_rate(base: float) -> None:
    rng = np.random.default_rng(0)
    odds = np.log(base / (1 - base)) + rng.normal(0, 1.6, 20_000)
    p = 1 / (1 + np.exp(-odds))
    left = rng.random(20_000) < p
    cuts = learn_cuts(p[~left], p)
    codes = risk_levels(p, cuts.medium, cuts.high)
    high = (codes[~left] == 2).mean()
    low = (codes[~left] == 0).mean()
    assert 0.05 <= high <= 0.25
    assert low >= 0.3
    assert left[codes == 0].mean() <= 0.5 * left.mean() or base == 0.6
    assert left[codes == 0].sum() <= 0.5 * left.sum()


def test_where_all_are_alike_nobody_stands_out() -> None:
    cuts = learn_cuts(np.full(40, 0.12))
    assert not (np.full(40, 0.12) >= cuts.high).any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=0, max_size=60))
def test_cuts_are_always_in_order_and_between_0_and_1(chances: list[float]) -> None:
    cuts = learn_cuts(np.array(chances))
    assert 0 <= cuts.medium <= cuts.high <= 1
    assert cuts_of({"risk": cuts.to_dict()}) == cuts


def test_a_model_that_learned_no_cuts_has_the_usual_ones() -> None:
    assert cuts_of({}) == cuts_of({"risk": {"medium": "x"}}) == RiskCuts(MEDIUM, HIGH)


def test_few_customers_have_levels_too() -> None:
    p = np.array([0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7])
    cuts = learn_cuts(p)
    codes = risk_levels(p, cuts.medium, cuts.high)
    assert 1 <= (codes == 2).sum() <= 2 and (codes == 0).sum() >= 3


@pytest.mark.parametrize("spread", [0.5, 1.6, 3.0, 5.0])
def test_between_low_and_high_there_are_customers_of_medium_risk(spread: float) -> None:
    p = 1 / (1 + np.exp(3 - np.random.default_rng(0).normal(0, spread, 400)))
    cuts = learn_cuts(p)
    assert (risk_levels(p, cuts.medium, cuts.high) == 1).mean() >= 0.05
