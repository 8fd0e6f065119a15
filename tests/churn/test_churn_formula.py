"""The model as plain data: read back bit for bit, refused when it is not what was trained."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.churn.formula import FORMAT, ChurnFormula, LeafRule, NumericTerm, TextTerm, sigmoid
from csm_xl.errors import CellError, NoModelError, SheetError

FORMULA = ChurnFormula(
    intercept=-0.5,
    numeric=(
        NumericTerm("visits", 4.0, 0.25, (1.0, 5.0), (-0.3, 0.2), 20.0),
        NumericTerm("since", 45000.0, 0.0, (44000.0,), (0.001,), 46000.0, "date"),
    ),
    text=(TextTerm("套餐", ("基础版", "Pro"), (0.8, -0.4), 0.1, 1.5),),
    rules=(
        LeafRule(0.7, ((0, -math.inf, 2.5), (1, 1.25, math.inf))),
        LeafRule(-0.2, ((2, 44999.5, 45100.0),)),
    ),
    features=("visits", "套餐", "since"),
    meta={"typical": {"visits": 4.0, "套餐": "Pro", "since": 45000.0}, "label": "left"},
)


def by_hand(visits: float | None, plan: str, since: float) -> float:
    x = 4.0 if visits is None else min(visits, 20.0)
    total = -0.5 - 0.3 * max(0, x - 1) + 0.2 * max(0, x - 5) + (0.25 if visits is None else 0)
    total += {"基础版": 0.8, "pro": -0.4}.get(plan.strip().lower(), 0.1)
    total += 0.001 * max(0, min(since, 46000.0) - 44000)
    place = {"基础版": 1.0, "pro": 2.0}.get(plan.strip().lower(), 1.5)
    if x <= 2.5 and place > 1.25:
        total += 0.7
    if 44999.5 < min(since, 46000.0) <= 45100:
        total -= 0.2
    return total


def test_log_odds_are_the_sum_of_terms_and_boxes() -> None:
    rows = [
        (1.0, "基础版", 45000.0),
        (2.0, " PRO ", 45100.0),
        (None, "never seen", 44999.5),
        (500.0, "", 47000.0),
    ]
    columns = {
        "since": [r[2] for r in rows],
        "visits": [r[0] for r in rows],
        "套餐": [r[1] for r in rows],
        "not a feature": ["x"] * 4,
    }
    expected = [by_hand(*row) for row in rows]
    assert FORMULA.log_odds(columns) == pytest.approx(expected, abs=1e-12)
    assert FORMULA.probability(columns) == pytest.approx(sigmoid(np.array(expected)))


def test_dates_and_serials_and_date_texts_score_alike() -> None:
    columns = {"visits": [3, 3, 3], "套餐": ["Pro"] * 3}
    since = [pd.Timestamp("2023-03-15"), 45000.0, "2023-03-15"]
    odds = FORMULA.log_odds({**columns, "since": since})
    assert odds[0] == odds[1] == odds[2]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SheetError, match=r"套餐.*since|since.*套餐"):
        FORMULA.probability({"visits": [1.0]})


def test_a_header_that_only_looks_different_is_found() -> None:
    columns = {" VISITS ": [1.0], "套餐": ["Pro"], "Since": [45000.0]}
    assert FORMULA.log_odds(columns) == pytest.approx([by_hand(1.0, "Pro", 45000.0)])


def test_text_in_a_column_of_numbers_names_row_and_content() -> None:
    columns = {"visits": [1.0, "lots"], "套餐": ["Pro", "Pro"], "since": [45000.0, 45000.0]}
    with pytest.raises(CellError, match=r"visits.*row 8.*lots") as caught:
        FORMULA.probability(columns, rows=[7, 8])
    assert "第 8 行" in caught.value.text.zh


@pytest.mark.parametrize("wrong", [math.inf, -math.inf, "1850-01-01", -1.0])
def test_no_date_is_infinite_or_before_1900(wrong) -> None:
    with pytest.raises(CellError, match="since"):
        FORMULA.probability({"visits": [1.0], "套餐": ["Pro"], "since": [wrong]})


def test_json_reads_back_bit_for_bit() -> None:
    again = ChurnFormula.from_json(FORMULA.to_json())
    assert again == FORMULA
    assert again.id == FORMULA.id
    assert again.meta["typical"] == FORMULA.meta["typical"]


numbers = st.floats(-1e9, 1e9, allow_nan=False)
names = st.text(min_size=1, max_size=8)


@st.composite
def formulas(draw) -> ChurnFormula:
    features = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    numeric, text = [], []
    for name in features:
        if draw(st.booleans()):
            knots = sorted(draw(st.lists(numbers, max_size=3, unique=True)))
            weights = tuple(draw(numbers) for _ in knots)
            highest = draw(st.one_of(numbers, st.just(math.inf)))
            numeric.append(
                NumericTerm(name, draw(numbers), draw(numbers), tuple(knots), weights, highest)
            )
        else:
            categories = draw(st.lists(st.text(max_size=5), max_size=3, unique=True))
            weights = tuple(draw(numbers) for _ in categories)
            text.append(TextTerm(name, tuple(categories), weights, draw(numbers), 0.5))
    rules = [
        LeafRule(draw(numbers), ((draw(st.integers(0, len(features) - 1)), *sorted(ends)),))
        for ends in draw(
            st.lists(
                st.lists(st.floats(allow_nan=False), min_size=2, max_size=2, unique=True),
                max_size=4,
            )
        )
    ]
    return ChurnFormula(draw(numbers), tuple(numeric), tuple(text), tuple(rules), tuple(features))


@settings(max_examples=60, deadline=None)
@given(formulas())
def test_every_formula_survives_json(formula) -> None:
    again = ChurnFormula.from_json(formula.to_json())
    assert again == formula and again.id == formula.id


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"checksum"', '"sum"'),
        lambda text: json.dumps({"csm_xl_churn_formula": "x", "checksum": "", "content": {}}),
    ],
)
def test_a_damaged_model_is_refused(damage) -> None:
    with pytest.raises(NoModelError, match="damaged") as caught:
        ChurnFormula.from_json(damage(FORMULA.to_json()))
    assert "损坏" in caught.value.text.zh


def test_a_model_edited_by_hand_is_refused() -> None:
    edited = FORMULA.to_json().replace('"intercept":-0.5', '"intercept":-0.4')
    with pytest.raises(NoModelError, match="changed after"):
        ChurnFormula.from_json(edited)


def test_a_model_of_a_newer_version_is_refused() -> None:
    plain = json.loads(FORMULA.to_json())
    plain["csm_xl_churn_formula"] = FORMAT + 1
    with pytest.raises(NoModelError, match="newer"):
        ChurnFormula.from_json(json.dumps(plain))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_packed_boxes_add_up_like_comparisons_do(seed) -> None:
    rng = np.random.default_rng(seed)
    rules = []
    for _ in range(rng.integers(1, 30)):
        conditions = []
        for f in sorted(rng.permutation(3)[: rng.integers(0, 4)]):
            lo, hi = np.sort(rng.integers(0, 6, 2)) / 2.0
            conditions.append(
                (int(f), -math.inf if rng.random() < 0.3 else lo, math.inf if hi == lo else hi)
            )
        rules.append(LeafRule(float(rng.normal()), tuple(conditions)))
    names = ("a", "b", "c")
    terms = tuple(NumericTerm(name, 0.0, 0.0, (), ()) for name in names)
    formula = ChurnFormula(0.0, terms, (), tuple(rules), names)
    x = rng.integers(-1, 8, (3, 40)) / 2.0
    expected = np.zeros(40)
    for rule in rules:
        inside = np.ones(40, dtype=bool)
        for f, lo, hi in rule.conditions:
            inside &= (lo < x[f]) & (x[f] <= hi)
        expected += np.where(inside, rule.value, 0.0)
    got = formula.log_odds(dict(zip(names, x, strict=True)))
    assert got == pytest.approx(expected, abs=1e-12)


def test_scoring_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from csm_xl.churn.formula import ChurnFormula\n"
        "from csm_xl.churn.explain import reasons\n"
        f"f = ChurnFormula.from_json({FORMULA.to_json()!r})\n"
        "row = {'visits': [1.0], '套餐': ['Pro'], 'since': [45000.0]}\n"
        "f.probability(row); reasons(f, row, 3, 'zh')\n"
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'xlwings') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_probability_stays_finite_for_absurd_numbers() -> None:
    columns = {"visits": [1e308, -1e308], "套餐": ["Pro"] * 2, "since": [2.9e6 - 1, 0.0]}
    assert np.isfinite(FORMULA.probability(columns)).all()


def test_a_model_of_the_first_version_is_read_with_the_same_probabilities() -> None:
    """Owners' workbooks carry models that csm-xl 0.1.0 stored."""
    path = Path(__file__).parent / "data" / "model_0_1_0.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    model = ChurnFormula.from_json(kept["model"])
    assert model.id == kept["id"] == model.meta["id"]
    assert model.probability(kept["columns"]) == pytest.approx(kept["probability"], abs=1e-12)
    again = ChurnFormula.from_json(model.to_json())
    assert again == model and again.id == model.id


def test_ends_of_boxes_are_stored_once() -> None:
    many = tuple(LeafRule(0.001 * k, ((0, 1.5, 2.5), (1, -math.inf, 1.25))) for k in range(1000))
    text = dataclasses.replace(FORMULA, rules=many).to_json()
    assert ChurnFormula.from_json(text).rules == many
    assert len(text) < 30_000
