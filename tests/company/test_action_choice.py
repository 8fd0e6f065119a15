"""Playbook, ranking and hold-out: who is suggested what."""

import numpy as np
import pytest

from csm_xl.churn.formula import ChurnFormula, NumericTerm
from csm_xl.company import playbook
from csm_xl.company.first_rules import first_rules
from csm_xl.company.holdout import groups
from csm_xl.company.main_reason import main_reasons
from csm_xl.company.playbook import Rule, choose, words_of
from csm_xl.company.ranking import expected_value, ranked
from csm_xl.errors import NoModelError
from csm_xl.vocabulary.words import ACTION_RISKS, BUSINESSES, STAGES

RULES = [
    Rule("", "high", ("complaint",), "Call today", 1),
    Rule("decline", "", (), "Write", 7),
    Rule("", "", (), "Thank", 30),
]


def test_the_first_row_that_fits_is_used():
    assert choose(RULES, "growth", "high", "Complaints is 2 (typically 0)").action == "Call today"
    assert choose(RULES, "decline", "medium", "Complaints is 2").action == "Write"
    assert choose(RULES, "growth", "low", "").action == "Thank"


def test_the_same_action_is_never_suggested_twice_in_a_row():
    assert choose(RULES, "decline", "low", "", avoid="Write").action == "Thank"
    assert choose(RULES, "growth", "low", "", avoid=" Thank ") is None


def test_words_are_parted_by_commas_of_either_script():
    assert words_of("complaint, response，投诉、答复") == ("complaint", "response", "投诉", "答复")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("business", BUSINESSES.keys)
def test_the_first_playbook_has_a_second_idea_for_everybody_at_risk(business, lang):
    rules = first_rules(business, lang)
    for stage in STAGES.keys:
        assert choose(rules, stage, "low", "") is not None
        for risk in ("medium", "high"):
            first = choose(rules, stage, risk, "")
            assert choose(rules, stage, risk, "", avoid=first.action) is not None
    assert {rule.risk for rule in rules} <= {"", *ACTION_RISKS.keys}


def test_a_playbook_survives_its_record_and_a_damaged_one_is_said_to_be():
    assert playbook.from_json(playbook.to_json(RULES)) == RULES
    with pytest.raises(NoModelError, match="Refresh"):
        playbook.from_json('{"rules": [1]}')


def test_the_expected_value_is_probability_times_save_rate_times_margin_minus_cost():
    value = expected_value([0.5, 0.1, np.nan, 0.9], 0.2, [1000.0, 1000.0, 50.0, np.nan], 30.0)
    assert value[:2] == pytest.approx([70.0, -10.0])
    assert np.isnan(value[2:]).all()
    assert ranked(value, [True] * 4) == [0]
    assert ranked([1.0, 3.0, 2.0], [True, False, True]) == [2, 0]


def test_a_group_is_drawn_once_and_for_all_and_a_larger_share_keeps_the_smaller_ones():
    keys = [f"C{i:04d}" for i in range(5000)]
    small, large = groups(keys, 0.1), groups(keys, 0.3)
    assert groups(reversed(keys), 0.1) == small[::-1]
    assert all(b == "holdout" for a, b in zip(small, large, strict=True) if a == "holdout")
    assert 0.28 < large.count("holdout") / 5000 < 0.32
    assert groups(["C1", ""], 0.0) == [None, None] and groups([""], 0.5) == [None]


def test_the_main_reason_is_what_raises_the_probability_and_a_blank_is_no_disappointment():
    formula = ChurnFormula(
        intercept=-1.0,
        numeric=(
            NumericTerm("Rating", 2.0, 1.5, (0.0,), (-1.0,)),
            NumericTerm("订单数", 5.0, 0.0, (0.0,), (-0.1,)),
        ),
        text=(),
        rules=(),
        features=("Rating", "订单数"),
        meta={"typical": {"Rating": 4.0, "订单数": 5.0}},
    )
    found = main_reasons(formula, {"Rating": [2.0, None, 4.0], "订单数": [9.0, 5.0, 6.0]})
    assert found[0].said.en == "Rating: 2, most customers have 4" and found[0].known
    assert found[0].said.zh == "Rating 为 2，多数客户为 4"
    assert "blank" in found[1].said.en and not found[1].known
    assert not found[2].known
