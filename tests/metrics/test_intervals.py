import numpy as np
import pytest

from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.metrics import (
    bootstrap,
    mean_difference,
    mean_interval,
    nps,
    nps_interval,
    share_difference,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_reproduces_newcombes_table(successes, n, low, high):
    interval = wilson(successes, n)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_share_difference_reproduces_newcombes_table():
    # Newcombe (1998), Statistics in Medicine 17:873-890, table II, method 10, first contrast.
    interval = share_difference(56, 70, 48, 80)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.0524, 0.3339)


def test_mean_interval_is_students():
    from scipy import stats

    values = [3.0, 4.5, 5.0, 2.0, 4.0]
    low, high = stats.t.interval(0.9, 4, np.mean(values), stats.sem(values))
    assert mean_interval([*values, np.nan], 0.9) == pytest.approx((np.mean(values), low, high))


def test_mean_difference_is_welchs():
    from scipy import stats

    a, b = [5.0, 4.0, 4.5, 3.0], [2.0, 2.5, 4.0, 3.5, 1.0]
    peer = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    assert mean_difference(a, b)[1:] == pytest.approx((peer.low, peer.high))


def test_equal_values_on_both_sides_have_a_difference_without_width():
    assert mean_difference([3, 3], [3, 3]) == (0, 0, 0)


@pytest.mark.parametrize("shares", [(0.2, 0.3, 0.5), (0.05, 0.15, 0.8), (0.45, 0.1, 0.45)])
@pytest.mark.parametrize("n", [10, 40])
def test_the_nps_interval_holds_the_true_score_in_about_95_of_100_samples(shares, n):
    rng = np.random.default_rng(11)
    truth = 100 * (shares[2] - shares[0])
    held = 0
    for _ in range(1000):
        interval = nps_interval(rng.choice([3, 7, 10], size=n, p=shares))
        held += interval.low <= truth <= interval.high
    assert held >= 915


def test_one_answer_does_not_give_a_certain_nps():
    interval = nps_interval([10])
    assert interval.estimate == nps([10]) == 100
    assert interval.low < 50
    assert interval.high == 100


def test_the_bootstrap_of_a_mean_agrees_with_theory_and_repeats():
    values = np.random.default_rng(0).normal(3, 2, 400)
    interval = bootstrap(values)
    theory = mean_interval(values)
    assert interval.low == pytest.approx(theory.low, abs=0.03)
    assert interval.high == pytest.approx(theory.high, abs=0.03)
    assert bootstrap(values) == interval


def test_too_few_values_and_impossible_counts_say_so():
    for make in (lambda: mean_interval([1]), lambda: wilson(0, 0), lambda: bootstrap([1.0])):
        with pytest.raises(TooLittleDataError):
            make()
    with pytest.raises(ScaleError):
        wilson(5, 4)
