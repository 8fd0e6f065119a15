"""The articles' own numbers, from cells."""

import pytest

from csm_xl.functions import CSAT, EXPERIENCE, LOYALTY, SATISFACTION

LEVELS = ("非常满意", "满意", "一般", "不满意", "非常不满意")


def column(*values):
    return tuple((value,) for value in values)


def test_csat_of_the_five_levels_is_three():
    assert CSAT(column(*LEVELS)) == [[3.0]]


def test_csat_by_positive_feedback_counts_four_and_five():
    assert CSAT(column(*LEVELS), "positive") == [[0.4]]
    assert CSAT(column(*LEVELS), "好评率") == [[0.4]]


def test_satisfaction_loyalty_and_experience_of_the_example():
    assert SATISFACTION(100.0, 200.0) == [[0.5]]
    assert LOYALTY(5.0, 10.0) == [[0.5]]
    assert EXPERIENCE(0.5, 0.5, 0.5) == [[1.5]]


def test_the_table_of_five_rows():
    positive, total = (
        column(100.0, 80.0, 90.0, 70.0, 60.0),
        column(200.0, 150.0, 180.0, 120.0, 100.0),
    )
    repeat, bought = column(5.0, 3.0, 4.0, 2.0, 1.0), column(10.0, 6.0, 8.0, 4.0, 2.0)
    assert [row[0] for row in SATISFACTION(positive, total)] == pytest.approx(
        [0.5, 8 / 15, 0.5, 7 / 12, 0.6]
    )
    assert LOYALTY(repeat, bought) == [[0.5]] * 5
