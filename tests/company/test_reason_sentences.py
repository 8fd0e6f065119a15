"""What speaks for leaving, in numbers with their unit and the days that they cover."""

import pytest

from csm_xl.churn.formula import NumericTerm
from csm_xl.company.reason_sentences import phrase


@pytest.mark.parametrize(
    ("title", "days", "en", "zh"),
    [
        (
            "Recent activity",
            90,
            "2 orders and visits in the last 90 days, most customers have 10",
            "近 90 天活跃 2 次，多数客户 10 次",
        ),
        (
            "此前活跃",
            60,
            "2 orders and visits in the 60 days before that, most customers had 10",
            "再往前 60 天活跃 2 次，多数客户 10 次",
        ),
        (
            "近期活跃",
            None,
            "2 orders and visits of late, most customers have 10",
            "近期活跃 2 次，多数客户 10 次",
        ),
        (
            "Days since last order",
            90,
            "the last order was 2 days ago, for most customers 10",
            "距上次下单 2 天，多数客户 10 天",
        ),
    ],
)
def test_a_figure_is_said_with_its_days_and_its_unit(title, days, en, zh):
    said = phrase(NumericTerm(title, 10.0, 0.0, (0.0,), (1.0,)), 2, 10, window_days=days)
    assert (said.en, said.zh) == (en, zh)
