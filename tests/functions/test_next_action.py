"""NEXT_ACTION: the playbook in a cell."""

import pytest

from csm_xl.company.first_rules import first_rules
from csm_xl.company.playbook import Rule, to_json
from csm_xl.errors import COM_ERRORS, untag
from csm_xl.functions import NEXT_ACTION
from csm_xl.functions.declaration import REGISTRY
from csm_xl.functions.records import SEND_TEXT, remember

OWN = to_json(
    [
        Rule("", "high", ("complaint", "投诉"), "Call", 1),
        Rule("", "", ("rating", "评分"), "Ask", 3),
        Rule("decline", "", (), "Write", 7),
    ]
)
NUM = next(code for code, name in COM_ERRORS.items() if name == "#NUM!")


def test_stage_risk_and_reason_choose_the_row_of_the_playbook():
    assert NEXT_ACTION(0.7, "Decline", "Complaints is 2", None, OWN) == [["Call"]]
    assert NEXT_ACTION(0.4, "Decline", "Complaints is 2", None, OWN) == [["Write"]]
    assert NEXT_ACTION(0.4, "衰退期", None, None, OWN) == [["Write"]]
    assert NEXT_ACTION(0.4, "Growth", None, None, OWN) == [[""]]


def test_the_limits_of_risk_come_from_the_settings():
    assert NEXT_ACTION(0.4, "Growth", "complaint", None, OWN, 0.1, 0.3) == [["Call"]]


def test_a_low_rating_is_a_reason_unless_the_reason_says_something_else():
    assert NEXT_ACTION(0.4, "Decline", None, 2.0, OWN, None, None, None, "en") == [["Ask"]]
    assert NEXT_ACTION(0.4, "Decline", "", "不满意", OWN, None, None, None, "zh") == [["Ask"]]
    assert NEXT_ACTION(0.7, "Decline", "complaint", 2.0, OWN) == [["Call"]]
    assert NEXT_ACTION(0.4, "Decline", None, 4.0, OWN) == [["Write"]]


def test_every_row_keeps_its_own_result_and_a_bad_row_fails_alone():
    rows = NEXT_ACTION(
        (("Churn probability",), (0.7,), (None,), (1.7,), (0.7,), (0.7,)),
        (("Stage",), ("Decline",), ("Decline",), ("Decline",), ("nonsense",), (NUM,)),
        None, None, OWN,
    )  # fmt: skip
    assert rows[:3] == [[""], ["Write"], [""]]
    assert [untag(row[0])[0] for row in rows[3:]] == ["#NUM!", "#VALUE!", "#NUM!"]
    assert "nonsense" in rows[4][0]


def test_a_single_probability_serves_a_column_of_stages():
    assert NEXT_ACTION(0.4, (("Decline",), ("",)), None, None, OWN) == [["Write"], [""]]
    assert NEXT_ACTION((0.4, 0.5), ("Decline", "Decline"), None, None, OWN) == [["Write"]] * 2


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("business", ["shop", "freelancer", "saas"])
def test_without_a_playbook_of_ones_own_the_first_one_serves(business, lang):
    first = first_rules(business, lang)[0]
    found = NEXT_ACTION(0.9, "Growth", first.words[0], None, None, None, None, business, lang)
    assert found == [[first.action]]


def test_a_playbook_is_passed_by_its_id_and_asked_for_when_unknown():
    assert NEXT_ACTION(0.4, "Decline", None, None, remember(OWN)) == [["Write"]]
    assert NEXT_ACTION(0.4, "Decline", None, None, "0" * 16) == [[SEND_TEXT]]


def test_two_columns_of_stages_are_refused():
    found = NEXT_ACTION(0.4, (("Decline", "Growth"), ("Decline", "Growth")), None, None, OWN)
    assert untag(found[0][0])[0] == "#VALUE!"


def test_its_declaration_asks_for_the_playbook_and_speaks_both_languages():
    declared = REGISTRY["NEXT_ACTION"]
    assert declared.signature.en == (
        "NEXT_ACTION(churn_probability, stage, [reason], [satisfaction])"
    )
    assert declared.signature.zh == "NEXT_ACTION(流失概率, 阶段, [原因], [满意度])"
    assert {"playbook", "language"} <= {p.hidden for p in declared.parameters}
    assert all(p.help.en and p.help.zh for p in declared.typed)
