"""A model that no longer fits says so at a refresh."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from csm_xl.churn.drift import drift_warnings
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.training import train

DAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def model() -> tuple[ChurnFormula, pd.DataFrame]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"visits": rng.poisson(6, 50), "spend": rng.lognormal(3, 0.5, 50)})
    left = rng.random(50) < 1 / (1 + np.exp(frame["visits"] - 5))
    return train(frame, left, horizon_days=90, trained_on=DAY).formula, frame


def said(model: ChurnFormula, frame: pd.DataFrame, day: dt.date = DAY) -> list[str]:
    return [text.en for text in drift_warnings(model, frame, np.ones(len(frame), dtype=bool), day)]


def test_nothing_is_said_of_the_customers_it_was_trained_on(model) -> None:
    assert said(*model) == []
    assert said(*model, DAY + dt.timedelta(days=90)) == []


def test_a_model_older_than_its_horizon_is_to_be_retrained(model) -> None:
    (words,) = said(*model, DAY + dt.timedelta(days=91))
    assert "91 days ago" in words and "Retrain" in words


def test_a_column_in_another_unit_is_named(model) -> None:
    formula, frame = model
    (words,) = said(formula, frame.assign(spend=frame["spend"] * 100))
    assert "spend" in words and "100%" in words


def test_a_few_new_customers_or_an_old_model_without_ranges_are_no_alarm(model) -> None:
    formula, frame = model
    assert said(formula, frame.head(5) * 1000) == []
    old = ChurnFormula.from_json(formula.to_json())
    old.meta.pop("ranges")
    assert said(old, frame * 1000) == []
