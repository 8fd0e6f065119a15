import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import DivideError, ScaleError
from csm_xl.metrics import (
    churn_rate,
    churn_rate_count,
    churn_rate_period,
    gross_revenue_retention,
    net_revenue_retention,
    retention,
)

STAYED = np.nan


def test_churn_rate_of_the_articles_five_customers():
    assert churn_rate([0, 1, 0, 1, 0]) == 0.4


def test_churn_rate_skips_blanks_and_takes_booleans():
    assert churn_rate([True, False]) == 0.5
    assert churn_rate([1, np.nan, 0, 0]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("bad", [2, -1, 0.5])
def test_a_flag_is_zero_or_one(bad):
    with pytest.raises(ScaleError):
        churn_rate([0, bad, 1])


def test_no_customers_is_nothing_to_divide_by():
    with pytest.raises(DivideError):
        churn_rate([])


def test_churn_rate_of_counts():
    rows = churn_rate_count([5, 3], [100, 0])
    assert rows.values[0] == 0.05
    assert isinstance(rows.problems[1], DivideError)


def test_only_customers_of_the_first_day_count():
    # Of four customers on day 100 one leaves by day 130. The fifth comes and goes in between.
    start = [1, 50, 100, 20, 110]
    left = [STAYED, 120, STAYED, 131, 115]
    assert churn_rate_period(start, left, 100, 130) == 0.25
    assert retention(start, left, 100, 130) == 0.75


def test_both_days_belong_to_the_period():
    assert churn_rate_period([1, 1, 1, 1], [10, 20, 9, 21], 10, 20) == pytest.approx(2 / 3)


def test_a_customer_without_a_start_is_a_blank_row():
    assert churn_rate_period([1, np.nan], [5, STAYED], 1, 10) == 1.0


def test_a_customer_who_left_before_starting_is_named():
    with pytest.raises(ScaleError, match=r"Row 2|第 2 行"):
        churn_rate_period([1, 10], [STAYED, 9], 1, 10)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ScaleError):
        churn_rate_period([1], [STAYED], 10, 9)


def test_nobody_there_is_nothing_to_divide_by():
    with pytest.raises(DivideError):
        churn_rate_period([50], [STAYED], 10, 20)


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.one_of(st.none(), st.integers(50, 100))),
        min_size=1,
        max_size=30,
    )
)
def test_churn_and_retention_are_what_counting_gives(customers):
    start = [s for s, _ in customers]
    left = [STAYED if e is None else e for _, e in customers]
    there = [(s, e) for s, e in customers if s <= 50 and (e is None or e >= 50)]
    lost = [1 for s, e in there if e is not None and e <= 80]
    assert churn_rate_period(start, left, 50, 80) == pytest.approx(len(lost) / len(there))
    total = churn_rate_period(start, left, 50, 80) + retention(start, left, 50, 80)
    assert total == pytest.approx(1.0)


def test_revenue_kept_counts_those_who_paid_before():
    before, now = [40, 40, 20, np.nan, 0], [50, np.nan, 20, 99, 10]
    assert net_revenue_retention(before, now) == 0.7
    assert gross_revenue_retention(before, now) == 0.6


def test_without_a_price_before_nothing_can_be_kept():
    with pytest.raises(DivideError, match="Nobody had a price"):
        net_revenue_retention([0, np.nan], [40, 40])
    with pytest.raises(ScaleError):
        gross_revenue_retention([40], [-1])
