import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csm_xl.errors import DivideError, ScaleError
from csm_xl.metrics import health

BLANK = np.nan
part = st.one_of(st.just(BLANK), st.floats(0, 1))


def test_the_best_customer_has_100_and_the_worst_0():
    assert health([1, 0], [1, 0], [1, 0], [0, 1]).checked().tolist() == [100.0, 0.0]


def test_equal_weights_give_the_mean():
    assert health(0.8, 0.6, 0.4, 0.2).checked() == pytest.approx(
        [100 * (0.8 + 0.6 + 0.4 + 0.8) / 4]
    )


def test_weights_are_scaled_to_sum_to_one():
    assert health(1, 0, 0, 1, (3, 1, 0, 0)).checked() == pytest.approx([75.0])
    assert health(1, 0, 0, 1, (30, 10, 0, 0)).checked() == pytest.approx([75.0])


def test_a_blank_part_drops_out():
    assert health(0.9, BLANK, BLANK, BLANK).checked() == pytest.approx([90.0])
    assert health(0.9, BLANK, 0.5, BLANK, (2, 9, 1, 9)).checked() == pytest.approx([230 / 3])


def test_all_blank_is_blank():
    rows = health(BLANK, BLANK, BLANK, BLANK)
    assert np.isnan(rows.values[0])
    assert rows.problems[0] is None


def test_a_percentage_where_a_share_belongs_is_refused_in_its_row_only():
    rows = health([0.9, 90], [0.5, 0.5], [0.5, 0.5], [0.1, 0.1])
    assert rows.values[0] == pytest.approx(70.0)
    assert isinstance(rows.problems[1], ScaleError)
    assert "satisfaction is 90" in rows.problems[1].text.en


def test_no_weight_at_all_is_nothing_to_divide_by():
    with pytest.raises(DivideError):
        health(1, 1, 1, 0, (0, 0, 0, 0))


@given(part, part, part, part)
def test_health_stays_within_0_and_100(a, b, c, d):
    value = health(a, b, c, d).checked()[0]
    assert np.isnan(value) or -1e-9 <= value <= 100 + 1e-9
