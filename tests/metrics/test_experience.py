import numpy as np
import pytest

from csm_xl.errors import CellError, ScaleError
from csm_xl.metrics import experience

BLANK = np.nan


def test_experience_of_the_article_is_one_and_a_half():
    assert experience(0.5, 0.5, 0.5).checked().tolist() == [1.5]


def test_all_three_parts_count_and_none_twice():
    assert experience(1, 10, 100).checked().tolist() == [111.0]


def test_weights_multiply_their_own_part():
    assert experience([1, 2], [1, 2], [1, 2], (2, 3, 4)).checked().tolist() == [9.0, 18.0]


def test_a_blank_row_stays_blank_and_a_half_filled_one_is_named():
    rows = experience([1, BLANK, 1], [1, BLANK, BLANK], [1, BLANK, 1])
    assert rows.values[0] == 3.0
    assert np.isnan(rows.values[1:]).all()
    assert rows.problems[1] is None
    assert isinstance(rows.problems[2], CellError)
    assert "Row 3: service satisfaction is blank" in rows.problems[2].text.en


@pytest.mark.parametrize("weights", [(1, 1), (1, 1, -1), (1, 1, BLANK)])
def test_weights_that_make_no_sense_are_refused(weights):
    with pytest.raises(ScaleError, match="weights"):
        experience([1], [1], [1], weights)
