"""CHURN_PROB, CHURN_REASONS, SURVIVAL and CLV with models as a workbook carries them."""

import json

import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.bg_nbd import fit_bg_nbd
from csm_xl.churn.cox import fit_survival
from csm_xl.churn.lifetime_value import fit_gamma_gamma
from csm_xl.churn.training import train
from csm_xl.errors import COM_ERRORS, untag
from csm_xl.functions import CHURN_PROB, CHURN_REASONS, CLV, EXPECTED_PURCHASES, SURVIVAL
from csm_xl.functions.records import SEND_TEXT, remember

NUM = next(code for code, name in COM_ERRORS.items() if name == "#NUM!")


@pytest.fixture(scope="module")
def trained():
    chance = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "Visits": chance.integers(0, 20, 120).astype(float),
            "Plan": chance.choice(["A", "B"], 120),
        }
    )
    left = chance.random(120) < 1 / (1 + np.exp(frame["Visits"] / 4 - 2))
    return train(frame, left.astype(float)).formula


ROWS = ((3.0, "A"), (None, None), (18.0, "B"), ("many", "A"), (NUM, "A"), (4.0, "unseen"))


def test_probabilities_keep_their_rows_and_a_bad_row_fails_alone(trained):
    rows = CHURN_PROB(ROWS, None, trained.to_json())
    expected = trained.probability({"Visits": [3.0, 18.0, 4.0], "Plan": ["A", "B", "unseen"]})
    assert [rows[i][0] for i in (0, 2, 5)] == expected.tolist()
    assert rows[1] == [""]
    assert [untag(rows[i][0])[0] for i in (3, 4)] == ["#VALUE!", "#NUM!"]
    assert "many" in rows[3][0]


def test_headers_allow_any_order_and_further_columns(trained):
    straight = CHURN_PROB(((3.0, "A"),), None, trained.to_json())
    assert CHURN_PROB(((9.0, "A", 3.0),), ("x", "Plan", "Visits"), trained.to_json()) == straight


def test_a_title_row_gives_a_blank(trained):
    rows = CHURN_PROB((("Visits", "Plan"), (3.0, "A")), None, trained.to_json())
    assert rows[0] == [""] and 0 < rows[1][0] < 1


def test_a_missing_column_is_named(trained):
    rows = CHURN_PROB(((3.0,),), ("Visits",), trained.to_json())
    assert untag(rows[0][0])[0] == "#VALUE!" and "Plan" in rows[0][0]
    assert "trained on 2 columns" in CHURN_PROB((3.0, "A", 1.0), None, trained.to_json())[0][0]


def test_a_known_model_is_passed_by_its_id_and_an_unknown_one_is_asked_for(trained):
    text = trained.to_json()
    assert CHURN_PROB((3.0, "A"), None, remember(text)) == CHURN_PROB((3.0, "A"), None, text)
    assert CHURN_PROB((3.0, "A"), None, "0000000000000000") == [[SEND_TEXT]]


def test_a_damaged_model_is_not_available(trained):
    rows = CHURN_PROB((3.0, "A"), None, trained.to_json().replace("Visits", "Visit"))
    assert untag(rows[0][0])[0] == "#N/A"


def test_reasons_are_sentences_in_both_languages(trained):
    text = trained.to_json()
    english = CHURN_REASONS(ROWS, None, 1.0, text, "en")
    chinese = CHURN_REASONS(ROWS, None, 1.0, text, "zh")
    assert "Visits" in english[0][0] and english[1] == [""]
    assert "Visits" in chinese[0][0] and chinese[0][0] != english[0][0]


@pytest.fixture(scope="module")
def survival():
    chance = np.random.default_rng(2)
    plan = chance.choice(["monthly", "yearly"], 200)
    stay = chance.exponential(np.where(plan == "yearly", 30, 8))
    model = fit_survival(pd.DataFrame({"Plan": plan}), np.minimum(stay, 24), stay < 24)
    return json.dumps(model.to_dict())


def test_survival_falls_with_time_and_knows_the_plan(survival):
    rows = SURVIVAL((("monthly",), ("yearly",)), 6.0, None, None, survival)
    assert 0 < rows[0][0] < rows[1][0] < 1
    assert SURVIVAL((("monthly",),), 0.0, None, 5.0, survival) == [[1.0]]
    later = SURVIVAL((("monthly",), ("monthly",)), ((6.0,), (12.0,)), None, None, survival)
    assert later[1][0] < later[0][0]


def test_survival_without_a_model_says_what_to_do():
    assert untag(SURVIVAL((("monthly",),), 6.0)[0][0])[0] == "#N/A"


@pytest.fixture(scope="module")
def orders():
    chance = np.random.default_rng(3)
    age = np.full(400, 300.0)
    repeat = chance.poisson(3, 400).astype(float)
    last = np.where(repeat > 0, age * chance.random(400), 0.0)
    value = np.where(repeat > 0, chance.gamma(5, 10, 400), np.nan)
    models = {
        "purchases": fit_bg_nbd(repeat, last, age).to_dict(),
        "values": fit_gamma_gamma(repeat, value).to_dict(),
    }
    return json.dumps(models)


def test_value_ahead_is_money_and_an_impossible_row_is_a_num_error(orders):
    rows = CLV(
        ((4.0,), (1.0,), (3.0,), (None,)),
        ((250.0,), (0.0,), (400.0,), (None,)),
        ((280.0,), (280.0,), (300.0,), (None,)),
        ((45.0,), (None,), (45.0,), (None,)),
        12.0, None, None, orders,
    )  # fmt: skip
    assert rows[0][0] > rows[1][0] > 0
    assert untag(rows[2][0])[0] == "#NUM!"
    assert rows[3] == [""]


def test_expected_purchases_grow_with_the_days_ahead(orders):
    near = EXPECTED_PURCHASES(4.0, 250.0, 280.0, 30.0, orders)[0][0]
    far = EXPECTED_PURCHASES(4.0, 250.0, 280.0, 300.0, orders)[0][0]
    assert 0 < near < far
    assert untag(EXPECTED_PURCHASES(4.0, 250.0, 280.0)[0][0])[0] == "#N/A"
