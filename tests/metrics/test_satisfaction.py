import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import CellError, DivideError, ScaleError
from csm_xl.language import use_language
from csm_xl.metrics import csat_mean, csat_positive, nps, ratio

BLANK = np.nan
levels = st.lists(st.integers(1, 5), min_size=1, max_size=50)
scores = st.lists(st.integers(0, 10), min_size=1, max_size=50)


def test_csat_mean_of_the_article_is_three():
    assert csat_mean([5, 4, 3, 2, 1]) == 3.0


def test_csat_positive_counts_four_and_five():
    assert csat_positive([5, 4, 3, 2, 1]) == 0.4


def test_csat_skips_blanks():
    assert csat_mean([BLANK, 5, BLANK, 4]) == 4.5
    assert csat_positive([BLANK, 5, 3]) == 0.5


@pytest.mark.parametrize("bad", [0.0, 5.5, -1.0, 6.0, np.inf])
def test_a_level_outside_one_to_five_is_named_with_its_row(bad):
    with pytest.raises(ScaleError) as caught, use_language("en"):
        csat_mean([5, BLANK, bad])
    assert caught.value.excel == "#NUM!"
    assert "Row 3" in caught.value.text.en
    assert "第 3 行" in caught.value.text.zh


@pytest.mark.parametrize("function", [csat_mean, csat_positive, nps])
def test_no_answers_is_nothing_to_divide_by(function):
    for nothing in ([], [BLANK, BLANK]):
        with pytest.raises(DivideError):
            function(nothing)


@given(levels)
def test_csat_mean_lies_between_the_extremes_and_ignores_order(given_levels):
    mean = csat_mean(given_levels)
    assert min(given_levels) <= mean <= max(given_levels)
    assert mean == pytest.approx(csat_mean(given_levels[::-1]))


@given(levels)
def test_csat_positive_is_the_share_a_person_would_count(given_levels):
    assert csat_positive(given_levels) == sum(x >= 4 for x in given_levels) / len(given_levels)


def test_nps_of_reichhelds_definition():
    # 5 promoters, 3 passives, 2 detractors of ten: 50 % - 20 %.
    assert nps([10, 9, 9, 10, 9, 8, 7, 7, 6, 0]) == 30.0


def test_nps_of_all_promoters_is_100_and_of_all_detractors_minus_100():
    assert nps([9, 10]) == 100.0
    assert nps([0, 6]) == -100.0
    assert nps([7, 8]) == 0.0


@given(scores)
def test_nps_stays_within_its_range_and_ignores_order(given_scores):
    assert -100 <= nps(given_scores) <= 100
    assert nps(sorted(given_scores)) == nps(given_scores)


def test_ratio_of_the_articles_table():
    satisfaction = ratio([100, 80, 90, 70, 60], [200, 150, 180, 120, 100]).checked()
    assert satisfaction == pytest.approx([0.5, 8 / 15, 0.5, 7 / 12, 0.6])
    loyalty = ratio([5, 3, 4, 2, 1], [10, 6, 8, 4, 2]).checked()
    assert loyalty == pytest.approx([0.5, 0.5, 0.5, 0.5, 0.5])


def test_one_bad_row_does_not_fail_the_others():
    rows = ratio([1, 3, -1, 1, BLANK, BLANK, 2], [2, 2, 4, 0, 5, BLANK, 2])
    assert rows.values[[0, 6]].tolist() == [0.5, 1.0]
    assert np.isnan(rows.values[1:6]).all()
    kinds = [None if p is None else type(p) for p in rows.problems]
    assert kinds == [None, ScaleError, ScaleError, DivideError, CellError, None, None]
    assert "Row 2" in rows.problems[1].text.en


def test_one_total_for_all_rows():
    assert ratio([1, 2], 4).checked().tolist() == [0.25, 0.5]


def test_checked_raises_the_first_problem():
    with pytest.raises(DivideError):
        ratio([1, 1], [2, 0]).checked()
