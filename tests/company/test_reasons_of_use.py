"""Reasons that speak of use name a month's mean as a person would."""

from csm_xl.churn.formula import NumericTerm
from csm_xl.company.reason_sentences import phrase


def test_means_of_use_have_one_digit_behind_the_point():
    term = NumericTerm("Usage lately", 7.0, 0.0, (0.0,), (1.0,))
    said = phrase(term, 2 / 3, 22 / 3)
    assert said.en == "used 0.7 a month of late, most customers 7.3"
    assert said.zh == "近期每月使用 0.7，多数客户 7.3"
