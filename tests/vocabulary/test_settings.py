"""What is said once: defaults of Settings, and the defaults of functions that know no Settings."""

import inspect

import pytest

from csm_xl import metrics
from csm_xl.churn import lifetime_value
from csm_xl.company import figures
from csm_xl.vocabulary.settings import default_number


@pytest.mark.parametrize(
    ("function", "argument", "key"),
    [
        (metrics.rfm, "bins", "rfm_bins"),
        (metrics.fit_tiers, "tiers", "tiers"),
        (metrics.Thresholds, "trial_days", "trial_days"),
        (metrics.Thresholds, "silent_days", "silence_days"),
        (metrics.Thresholds, "decline_ratio", "decline_ratio"),
        (metrics.Thresholds, "growth_ratio", "growth_ratio"),
        (lifetime_value.clv, "months", "value_months"),
        (lifetime_value.clv, "annual_discount", "discount"),
        (lifetime_value.margin_if_kept, "months", "value_months"),
        (lifetime_value.margin_if_kept, "annual_discount", "discount"),
        (figures.clv, "months", "value_months"),
        (figures.clv, "annual_discount", "discount"),
    ],
)
def test_a_default_of_a_function_is_that_of_its_setting(function, argument, key):
    assert inspect.signature(function).parameters[argument].default == default_number(key)
