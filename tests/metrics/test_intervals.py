import numpy as np
import pytest

from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.metrics import (
    bootstrap,
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


def test_the_bootstrap_of_a_mean_agrees_with_theory_and_repeats():
    values = np.random.default_rng(0).normal(3, 2, 400)
    interval = bootstrap(values)
    # Of so many values Student's interval is the normal one.
    half = 1.96 * values.std(ddof=1) / np.sqrt(values.size)
    assert interval.low == pytest.approx(values.mean() - half, abs=0.03)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.03)
    assert bootstrap(values) == interval


def test_too_few_values_and_impossible_counts_say_so():
    for make in (lambda: wilson(0, 0), lambda: bootstrap([1.0])):
        with pytest.raises(TooLittleDataError):
            make()
    with pytest.raises(ScaleError):
        wilson(5, 4)
