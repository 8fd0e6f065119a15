import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl.churn.cox import fit_survival, survival_notes
from csm_xl.churn.survival import Effect, SurvivalModel
from csm_xl.errors import (
    CellError,
    NoModelError,
    ScaleError,
    SheetError,
    TooLittleDataError,
)


@pytest.fixture(scope="module")
def rossi():
    from lifelines.datasets import load_rossi

    return load_rossi()


@pytest.fixture(scope="module")
def unpenalised(rossi):
    return fit_survival(
        rossi.drop(columns=["week", "arrest"]),
        rossi["week"],
        rossi["arrest"],
        penalty=0,
        stratify=False,
    )


def customers(n=600, seed=0):
    """Customers whose hazard doubles with trouble and halves with the yearly plan."""
    rng = np.random.default_rng(seed)
    trouble = rng.normal(size=n).round(2)
    plan = rng.choice(["monthly", "yearly", "weekly"], size=n, p=[0.6, 0.3, 0.1])
    factor = np.exp(0.7 * trouble - 0.7 * (plan == "yearly") + 0.4 * (plan == "weekly"))
    life = rng.exponential(20.0 / factor)
    watched = rng.uniform(1, 40, n)
    frame = pd.DataFrame({"trouble": trouble, "plan": plan})
    return frame, np.minimum(life, watched), life <= watched


def test_the_coefficients_on_the_rossi_data_are_the_published_ones(unpenalised):
    # Allison (1995), Survival Analysis Using the SAS System; Fox & Weisberg (2011), Cox appendix.
    published = {
        "fin": -0.379,
        "age": -0.057,
        "race": 0.314,
        "wexp": -0.150,
        "mar": -0.434,
        "paro": -0.085,
        "prio": 0.091,
    }
    assert {e.name: round(e.coefficient, 3) for e in unpenalised.effects} == published


def test_survival_is_that_of_lifelines(rossi, unpenalised):
    from lifelines import CoxPHFitter

    peer = CoxPHFitter().fit(rossi, "week", "arrest")
    people = rossi.head(20)
    for weeks in (5, 20, 45, 52):
        theirs = peer.predict_survival_function(people, times=[weeks]).to_numpy()[0]
        ours = unpenalised.survival(people, weeks).checked()
        assert ours == pytest.approx(theirs, abs=1e-6)


def test_survival_given_tenure_is_a_quotient(rossi, unpenalised):
    people = rossi.head(20)
    whole = unpenalised.survival(people, 40).checked()
    first = unpenalised.survival(people, 15).checked()
    rest = unpenalised.survival(people, 25, 15).checked()
    assert rest == pytest.approx(whole / first)


def test_now_everybody_is_there_and_later_fewer_are(rossi, unpenalised):
    ahead = [unpenalised.survival(rossi, m, 10).checked() for m in (0, 1, 12, 60, 600)]
    assert (ahead[0] == 1).all()
    for sooner, later in pairwise(ahead):
        assert (later <= sooner).all()
    # Beyond the longest tenure on record customers still leave.
    assert (ahead[4] < ahead[3]).all()


def test_effects_of_numbers_and_texts_are_found_again():
    frame, tenure, left = customers(6000)
    model = fit_survival(frame, tenure, left, penalty=0)
    number, text = model.effects
    assert number.coefficient == pytest.approx(0.7, abs=0.06)
    effects = dict(text.categories)
    assert effects["monthly"] == 0.0
    assert effects["yearly"] == pytest.approx(-0.7, abs=0.12)
    assert effects["weekly"] == pytest.approx(0.4, abs=0.15)


def test_the_penalty_draws_towards_no_effect():
    frame, tenure, left = customers(60)
    free, drawn = (fit_survival(frame, tenure, left, penalty=p).effects[0] for p in (0, 50))
    assert 0 < drawn.coefficient < free.coefficient


def test_columns_that_carry_the_duration_are_left_out_and_named():
    frame, tenure, left = customers()
    rng = np.random.default_rng(1)
    frame["tenure"] = tenure
    frame["paid so far"] = tenure * rng.uniform(9, 11, len(tenure))
    frame["start"] = pd.Timestamp("2024-01-01") - pd.to_timedelta(tenure * 30, unit="D")
    frame["days since last login"] = rng.integers(0, 30, len(tenure))
    model = fit_survival(frame, tenure, left)
    assert model.features == ("trouble", "plan")
    assert set(model.report["left_out"]) == {
        "tenure",
        "paid so far",
        "start",
        "days since last login",
    }
    spoken = " ".join(note.en for note in survival_notes(model))
    assert "paid so far is not used for survival" in spoken


def test_an_owner_can_keep_a_column():
    frame, tenure, left = customers()
    frame["total seats"] = np.random.default_rng(1).integers(1, 9, len(tenure))
    assert "total seats" in fit_survival(frame, tenure, left, keep=("total seats",)).features


def test_concordance_is_that_of_customers_not_seen():
    frame, tenure, left = customers(400)
    noise = pd.DataFrame(np.random.default_rng(3).normal(size=(400, 30))).add_prefix("n")
    telling, guessing = (fit_survival(columns, tenure, left) for columns in (frame, noise))
    assert telling.report["concordance"] > 0.6
    assert 0.42 < guessing.report["concordance"] < 0.57


def test_a_model_that_guesses_says_so_in_words():
    def first_note(concordance):
        return survival_notes(replace(model, report={"concordance": concordance}))[0]

    model = fit_survival(*customers(400))
    assert first_note(0.7).en.startswith("Of two customers, the survival model says in 70%")
    assert first_note(0.47).en.startswith("SURVIVAL cannot yet tell customers apart")
    assert "47%" in first_note(0.47).zh and "随机猜测" in first_note(0.47).zh


def test_an_effect_that_changes_with_tenure_is_reported():
    rng = np.random.default_rng(5)
    n = 1500
    promo = rng.integers(0, 2, n)
    # Half of the promoted customers leave at once, the others like everybody.
    life = np.where((promo == 1) & (rng.random(n) < 0.5), rng.uniform(0, 2, n), 0)
    life = np.where(life > 0, life, rng.exponential(25, n))
    frame = pd.DataFrame({"promo": promo, "size": rng.normal(size=n)})
    model = fit_survival(frame, np.minimum(life, 36), life <= 36)
    assert list(model.report["stratified"]) == ["promo"]
    assert not model.report["not_proportional"]
    assert "promo" in survival_notes(model)[1].zh
    # Each group's forecast is what became of it, soon and late.
    for group in (0, 1):
        own = {"promo": [group], "size": [0.0]}
        for months in (2, 6, 24):
            stayed = (life[promo == group] > months).mean()
            assert model.survival(own, months).checked()[0] == pytest.approx(stayed, abs=0.05)
    again = SurvivalModel.from_dict(json.loads(json.dumps(model.to_dict())))
    assert again == model
    assert (again.survival(frame, 3, 2).values == model.survival(frame, 3, 2).values).all()


def test_a_text_whose_effect_changes_has_a_course_per_category_and_unseen_ones_that_of_all():
    rng = np.random.default_rng(6)
    n = 1500
    plan = rng.choice(["trial offer", "monthly", "yearly"], n)
    # A yearly plan ends after a year or not at all; an offer ends in its first months.
    life = rng.exponential(25, n)
    life = np.where(
        plan == "trial offer", np.where(rng.random(n) < 0.6, rng.uniform(0, 3, n), life + 3), life
    )
    life = np.where(plan == "yearly", 12 + rng.exponential(15, n), life)
    frame = pd.DataFrame({"plan": plan})
    model = fit_survival(frame, np.minimum(life, 36), life <= 36)
    assert model.features == ("plan",) and list(model.report["stratified"]) == ["plan"]
    for name in ("trial offer", "monthly", "yearly"):
        for months in (2, 10, 24):
            stayed = (life[plan == name] > months).mean()
            told = model.survival({"plan": [name]}, months).checked()[0]
            assert told == pytest.approx(stayed, abs=0.05)
    assert 0 < model.survival({"plan": ["never seen", None]}, 6).checked()[0] < 1


def test_columns_with_a_steady_effect_make_no_strata():
    model = fit_survival(*customers(1500))
    assert not model.report["stratified"] and not model.splits
    assert "splits" not in model.to_dict()


def test_blanks_and_unseen_categories_are_scored():
    frame, tenure, left = customers()
    model = fit_survival(frame, tenure, left)
    rows = model.survival({"trouble": [None, "0.5"], "plan": ["daily", None]}, 12, 3).checked()
    assert ((rows > 0) & (rows < 1)).all()


def test_missing_columns_and_unreadable_cells_are_named():
    frame, tenure, left = customers()
    model = fit_survival(frame, tenure, left)
    with pytest.raises(SheetError, match="plan"):
        model.survival({"trouble": [1.0]}, 12)
    with pytest.raises(CellError, match="much"):
        model.survival({"trouble": ["much"], "plan": ["monthly"]}, 12)


def test_a_negative_number_of_months_is_a_problem_of_its_row():
    frame, tenure, left = customers()
    rows = fit_survival(frame, tenure, left).survival(frame.head(3), [12, -1, 12], [1, 1, -2])
    assert rows.values[0] > 0
    assert [isinstance(p, ScaleError) for p in rows.problems] == [False, True, True]


def test_without_columns_everybody_has_the_same_curve():
    frame, tenure, left = customers()
    model = fit_survival(frame[[]], tenure, left)
    assert model.survival({}, 12).checked().size == 1


def test_columns_that_tell_perfectly_who_left_give_a_finite_answer():
    frame, tenure, left = customers(80)
    frame["gone"] = left.astype(int)
    assert np.isfinite([e.coefficient for e in fit_survival(frame, tenure, left).effects]).all()
    assert np.isfinite(
        [e.coefficient for e in fit_survival(frame, tenure, left, penalty=0).effects]
    ).all()


def test_too_few_who_left_and_impossible_tenures_say_so():
    frame, tenure, left = customers(50)
    with pytest.raises(TooLittleDataError, match="5"):
        fit_survival(frame, tenure, np.zeros(50, dtype=bool))
    tenure[7] = -1
    with pytest.raises(ScaleError, match="8"):
        fit_survival(frame, tenure, left)
    tenure[7] = np.nan
    with pytest.raises(CellError, match="8"):
        fit_survival(frame, tenure, left)


def test_the_model_travels_as_json(unpenalised, rossi):
    again = SurvivalModel.from_dict(json.loads(json.dumps(unpenalised.to_dict())))
    assert again == unpenalised
    assert (again.survival(rossi, 9, 3).values == unpenalised.survival(rossi, 9, 3).values).all()


@pytest.mark.parametrize(
    "change",
    [{"months": [3.0, 1.0]}, {"hazard": [1.0]}, {"tail": float("nan")}, {"effects": [{}]}],
)
def test_a_damaged_model_is_refused(change):
    good = SurvivalModel((Effect("x", "number", 1.0),), (1.0, 2.0), (0.1, 0.2), 3.0, 0.1, 9, 5)
    assert SurvivalModel.from_dict(good.to_dict()) == good
    with pytest.raises(NoModelError):
        SurvivalModel.from_dict({**good.to_dict(), **change})


def test_many_tenures_become_few_steps_without_changing_the_answer():
    frame, tenure, left = customers(3000)
    model = fit_survival(frame, tenure, left)
    assert len(model.months) <= 400
    alone = frame.head(50)
    exact = fit_survival(frame, np.ceil(tenure * 4) / 4, left)
    difference = model.survival(alone, 12, 6).values - exact.survival(alone, 12, 6).values
    assert np.abs(difference).max() < 0.02


def test_scoring_needs_numpy_only():
    code = (
        "import sys; from csm_xl.churn.survival import Effect, SurvivalModel as M; "
        "m = M((Effect('x', 'number', 0.5),), (1.0, 9.0), (0.1, 0.4), 9.0, 0.1, 9, 5); "
        "m.survival({'x': [1, 2]}, 3, 1); "
        "print(any(k in sys.modules for k in ('pandas', 'scipy', 'lifelines', 'sklearn')))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_on_telco_totals_are_left_out_and_the_order_of_leaving_is_told():
    telco = pd.read_csv(data_file("telco_extract.csv"), na_values=" ")
    frame = telco.drop(columns=["customerID", "Churn", "tenure"])
    model = fit_survival(frame, telco["tenure"], telco["Churn"] == "Yes")
    assert list(model.report["left_out"]) == ["TotalCharges"]
    assert model.report["concordance"] > 0.8
    two_year = dict(next(e for e in model.effects if e.name == "Contract").categories)
    assert two_year["Two year"] < two_year["One year"] < two_year["Month-to-month"]
