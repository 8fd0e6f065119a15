"""Reasons: the differences to a typical customer, said as people say them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from csm_xl.churn.explain import drivers, effects, reasons, typical_values
from csm_xl.churn.feature_columns import Feature
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.formula import ChurnFormula, LeafRule, NumericTerm, TextTerm
from csm_xl.language import use_language

FORMULA = ChurnFormula(
    intercept=-1.0,
    numeric=(
        NumericTerm("使用频率", 8.0, 0.0, (0.0,), (-0.2,), 30.0),
        NumericTerm("start", 45000.0, 0.6, (44000.0,), (0.001,), 46000.0, "date"),
        NumericTerm("trial", 0.0, 0.0, (0.0,), (0.4,), 1.0, "flag"),
    ),
    text=(TextTerm("plan", ("pro", "free"), (-0.5, 0.5), 0.0, 1.5),),
    rules=(LeafRule(1.0, ((0, -math.inf, 4.5), (1, 1.75, math.inf))),),
    features=("使用频率", "plan", "start", "trial"),
    meta={"typical": {"使用频率": 8.0, "plan": "pro", "start": 45000.0, "trial": 0.0}},
)
CUSTOMERS = {
    "使用频率": [3, 8, 12, None],
    "plan": ["free", "pro", "pro", "pro"],
    "start": [45000.0, 45000.0, 45365.0, None],
    "trial": [True, False, False, False],
}


def test_an_effect_is_the_change_when_one_feature_becomes_typical() -> None:
    added = effects(FORMULA, CUSTOMERS)
    whole = FORMULA.log_odds(CUSTOMERS)
    for k, name in enumerate(FORMULA.features):
        changed = {**CUSTOMERS, name: [FORMULA.meta["typical"][name]] * 4}
        assert added[:, k] == pytest.approx(whole - FORMULA.log_odds(changed), abs=1e-12)
    # Both features of the rule get its whole value: without either one it would be gone.
    assert added[0, 0] == pytest.approx(0.2 * 5 + 1.0)
    assert added[0, 1] == pytest.approx(1.0 + 1.0)


def test_reasons_in_english() -> None:
    said = reasons(FORMULA, CUSTOMERS, 3, "en")
    assert said == [
        "More likely to leave: 使用频率 is 3 (typically 8); plan is free (typically pro); "
        "trial is yes (typically no).",
        "Much like the typical customer.",
        "Less likely to leave: 使用频率 is 12 (typically 8). More likely to leave: start is "
        "2024-03-14 (typically 2023-03-15).",
        "More likely to leave: start is blank (typically 2023-03-15).",
    ]


def test_reasons_in_chinese() -> None:
    said = reasons(FORMULA, CUSTOMERS, 2, "zh")
    assert said == [
        "更可能流失：使用频率为 3（多数客户为 8）；plan 为“free”（多数客户为“pro”）。",
        "各方面都与多数客户相近。",
        "不易流失：使用频率为 12（多数客户为 8）。更可能流失：start 为 2024-03-14（多数客户为 2023-03-15）。",
        "更可能流失：start 为空白（多数客户为 2023-03-15）。",
    ]


def test_reasons_speak_the_language_in_force() -> None:
    with use_language("zh"):
        assert "流失" in reasons(FORMULA, CUSTOMERS, 1)[0]


def test_the_number_of_reasons_is_the_one_asked_for() -> None:
    assert reasons(FORMULA, CUSTOMERS, 1, "en")[0].count("typically") == 1
    assert reasons(FORMULA, CUSTOMERS, 0, "en")[0] == "Much like the typical customer."


def table(n: int = 400) -> FeatureTable:
    rng = np.random.default_rng(0)
    return FeatureTable(
        (
            Feature("使用频率", "number"),
            Feature("plan", "text"),
            Feature("start", "date"),
            Feature("trial", "flag"),
        ),
        (
            rng.integers(0, 20, n).astype(float),
            rng.integers(0, 2, n),
            45000.0 + rng.integers(0, 30, n),
            (rng.random(n) < 0.2).astype(float),
        ),
        ((), ("free", "pro"), (), ()),
        n,
    )


def test_drivers_are_ordered_and_say_which_values_matter() -> None:
    found = drivers(FORMULA, table())
    assert [driver.feature for driver in found] == ["使用频率", "plan", "trial", "start"]
    assert sum(driver.share for driver in found) == pytest.approx(1.0)
    said = {driver.feature: driver.sentence for driver in found}
    assert said["使用频率"].en == ("The lower 使用频率 is, the likelier a customer is to leave.")
    assert said["使用频率"].zh == "使用频率越低，客户越可能流失。"
    assert said["plan"].zh == "plan 为“free”的客户最可能流失，为“pro”的最不易流失。"
    assert said["trial"].en == (
        "Customers whose trial is yes are the likeliest to leave, those with no the least likely."
    )
    assert said["start"].en == "start hardly matters."


def test_typical_is_a_value_that_a_customer_has() -> None:
    found = typical_values(FORMULA, table(10))
    assert found["使用频率"] in table(10).columns[0]
    assert found["plan"] in ("free", "pro")
