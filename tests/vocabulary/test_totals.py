"""Rows of totals and averages are known in either language; people and firms are none."""

import pytest

from csm_xl.vocabulary.totals import is_total

ENGLISH = ["Total", "Grand total: 12", "sub-total", "Avg.", "Count", "Summe", "Total (12 men)"]
CHINESE = ["总计", "合計", "小計", "平均數", "彙總", "合计（12人）"]


@pytest.mark.parametrize("text", [*ENGLISH, *CHINESE])
def test_a_word_for_totals(text):
    assert is_total(text)


@pytest.mark.parametrize(
    "text", ["All Saints", "Count Basie", "Average Joe's", "Totally Fit", "总统套房", "平均的"]
)
def test_a_name_that_begins_alike(text):
    assert not is_total(text)
