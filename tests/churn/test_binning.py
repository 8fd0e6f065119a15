"""Bins of numbers: the same on every computer, whatever its last digits are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.churn.binning import Bins, between
from csm_xl.churn.feature_columns import Feature
from csm_xl.churn.feature_table import FeatureTable

NUMBERS = [0.1, 0.3, 1 / 3, np.log(3), 7.5, -2.25, 5.0, 6.0, 0.0, 1e6 / 7]


def bins_of(numbers: np.ndarray, most: int) -> tuple[list[float], list[int]]:
    """The edges between the bins of a column, and the bin of each of its numbers."""
    table = FeatureTable((Feature("x", "number"),), (numbers,), ((),), len(numbers))
    bins = Bins(table, np.zeros(len(numbers)), most)
    edges = [bins.upper(0, k, ()) for k in range(bins.most - 1)]
    return edges, bins.codes(table)[0].tolist()


@given(
    st.lists(st.tuples(st.sampled_from(NUMBERS), st.integers(-4, 4)), min_size=1, max_size=60),
    st.sampled_from([1e-7, 1.0, 30.0, 1e9]),
    st.sampled_from([3, 16]),
)
def test_last_digits_that_are_rounded_differently_move_no_edge_and_no_customer(cells, unit, most):
    # One is no whole number: a column of whole numbers alone is exact on every computer.
    numbers = np.array([*(number * unit for number, _ in cells), 0.5])
    noise = np.array([*(1.0 + noise * 2.2e-16 for _, noise in cells), 1.0])
    assert bins_of(numbers * noise, most) == bins_of(numbers, most)


def test_a_trend_of_nothing_is_nothing_however_it_was_added_up():
    trends = np.array([0.0, 0.1 + 0.2 - 0.3, -1e-17, 0.0, 2.0, 2.0, -1.5, -1.5])
    edges, codes = bins_of(trends, 16)
    assert edges == [-1.0, 1.0]
    assert codes == [1, 1, 1, 1, 2, 2, 0, 0]


@pytest.mark.parametrize(
    ("low", "high", "edge"), [(1, 2, 1.5), (10, 20, 15), (2, 50, 30), (29.85, 29.9, 29.88)]
)
def test_an_edge_has_few_digits_and_lies_off_both_numbers(low, high, edge):
    assert between(low, high) == edge


@pytest.mark.parametrize("ends", [(-1.7e308, 1.7e308), (0.0, 5e-324), (1e15, 1e15 + 0.125)])
def test_an_edge_never_leaves_its_two_numbers(ends):
    low, high = ends
    assert low <= between(low, high) < high


def test_an_edge_between_whole_numbers_is_a_whole_number():
    edges, codes = bins_of(np.array([1.0, 2.0, 3.0, 66.0, 67.0]), 16)
    assert edges == [1.0, 2.0, 30.0, 66.0]
    assert codes == [0, 1, 2, 3, 4]
