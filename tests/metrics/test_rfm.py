import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import CellError, ScaleError
from csm_xl.metrics import rfm

BLANK = np.nan
numbers = st.lists(st.integers(0, 20), min_size=1, max_size=60)


def test_five_different_customers_get_the_five_scores():
    scores = rfm([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [50, 40, 30, 20, 10]).checked()
    assert scores.tolist() == [[5, 1, 5], [4, 2, 4], [3, 3, 3], [2, 4, 2], [1, 5, 1]]


def test_ten_customers_share_the_five_scores_by_two():
    scores = rfm(range(10), range(10), range(10)).checked()
    assert scores[:, 1].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_one_customer_is_in_the_middle():
    assert rfm(3, 1, 10).checked().tolist() == [[3, 3, 3]]


def test_no_customers_no_scores():
    assert rfm([], [], []).checked().shape == (0, 3)


def test_blank_rows_and_bad_rows_are_not_ranked():
    alone = rfm([1, 2, 3], [1, 2, 3], [1, 2, 3]).checked()
    rows = rfm([1, BLANK, 2, -4, 3, 9], [1, BLANK, 2, 9, 3, BLANK], [1, BLANK, 2, 9, 3, 9])
    assert rows.values[[0, 2, 4]].tolist() == alone.tolist()
    assert rows.values[[1, 3, 5]].tolist() == [[0, 0, 0]] * 3
    assert rows.problems[1] is None
    assert isinstance(rows.problems[3], ScaleError)
    assert isinstance(rows.problems[5], CellError)


@pytest.mark.parametrize("bins", [1, 0, 2.5, -3, np.nan, np.inf])
def test_bins_must_be_a_whole_number_from_two_up(bins):
    with pytest.raises(ScaleError):
        rfm([1], [1], [1], bins)


@given(numbers, st.integers(2, 7))
def test_scores_are_within_the_bins_follow_the_value_and_tie_with_it(values, bins):
    score = rfm(values, values, values, bins).checked()
    assert ((score >= 1) & (score <= bins)).all()
    order = np.argsort(values, kind="stable")
    assert (np.diff(score[order, 1]) >= 0).all()
    assert (score[:, 1] == score[:, 2]).all()
    assert (np.diff(score[order, 0]) <= 0).all()
    for a in range(len(values)):
        for b in range(a):
            if values[a] == values[b]:
                assert (score[a] == score[b]).all()


@given(st.integers(1, 200), st.integers(2, 7))
def test_distinct_values_fill_bins_that_differ_by_one_customer_at_most(n, bins):
    scores = rfm(range(n), range(n), range(n), bins).checked()
    sizes = np.bincount(scores[:, 1], minlength=bins + 1)[1:]
    assert sizes.max() - sizes.min() <= 1
    assert sizes.sum() == n


def test_the_excel_formula_of_the_docstring_gives_the_same_scores():
    from scipy.stats import rankdata

    values = np.random.default_rng(5).integers(0, 40, 500).astype(float)
    rank_avg = rankdata(values, method="average")
    by_formula = np.ceil(5 * (2 * rank_avg - 1) / (2 * values.size))
    assert (rfm(values, values, values).checked()[:, 1] == by_formula).all()
