"""Probabilities are remembered, told of where they moved, and held against who left."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csm_xl.company.trajectory import (
    Past,
    course,
    from_json,
    leavers_alarm,
    remember,
    to_json,
)
from csm_xl.vocabulary.cell_readers import serial


def day(text: str) -> int:
    return int(serial(dt.date.fromisoformat(text)))


MARCH, JUNE = day("2026-03-15"), day("2026-06-15")


def moved(before: float, now: float, then: int = MARCH, today: int = JUNE) -> str | None:
    past = remember([], ["C1"], np.array([before]), then, 90, "m")
    (said,) = course(past, ["C1"], np.array([now]), today, 90)
    return None if said is None else f"{said.en} | {said.zh}"


def test_who_moved_is_told_since_when_and_from_where() -> None:
    assert moved(0.08, 0.31) == "up from 8% in March | 3 月为 8%，已上升"
    assert moved(0.31, 0.08) == "down from 31% in March | 3 月为 31%，已下降"
    assert moved(0.08, 0.31, day("2025-12-31")) == (
        "up from 8% in December 2025 | 2025 年 12 月为 8%，已上升"
    )


def test_who_hardly_moved_or_was_looked_at_of_late_is_not_told_of() -> None:
    assert moved(0.30, 0.33) is None and moved(0.005, 0.02) is None
    assert moved(0.08, 0.31, JUNE - 10) is None
    assert moved(0.08, float("nan")) is None and moved(float("nan"), 0.3) is None


def test_probabilities_of_another_horizon_are_not_compared() -> None:
    past = remember([], ["C1"], np.array([0.08]), MARCH, 30, "m")
    assert course(past, ["C1"], np.array([0.31]), JUNE, 90) == [None]


def test_a_second_refresh_of_a_day_replaces_the_first_and_who_is_gone_is_forgotten() -> None:
    first = remember([], ["C1", "C2"], np.array([0.1, 0.2]), MARCH, 90, "m")
    again = remember(first, ["C1", "C2"], np.array([0.3, 0.2]), MARCH, 90, "m")
    assert [one.of("C1") for one in again] == [0.3]
    later = remember(again, ["C1"], np.array([0.3]), JUNE, 90, "m")
    assert [set(one.chances) for one in later] == [{"C1"}, {"C1"}]


def test_two_customers_of_one_number_are_nobody() -> None:
    (kept,) = remember([], ["C1", "C1", "", "C2"], np.full(4, 0.5), MARCH, 90, "m")
    assert dict(kept.chances) == {"C2": 500}


def test_a_refresh_a_day_for_three_years_keeps_the_latest_and_one_of_each_month() -> None:
    past: list[Past] = []
    for today in range(MARCH, MARCH + 1000):
        past = remember(past, ["C1"], np.array([0.5]), today, 90, "m")
    assert len(past) == 32
    assert [one.day for one in past[-8:]] == list(range(MARCH + 992, MARCH + 1000))
    assert past[0].day < MARCH + 400


def test_a_large_company_does_not_fill_the_workbook_and_keeps_earlier_months() -> None:
    keys = [f"CUSTOMER-{i:06}" for i in range(25_000)]
    past: list[Past] = []
    for today in range(MARCH, MARCH + 70, 5):
        past = remember(past, keys, np.full(25_000, 0.123), today, 90, "m")
    assert len(to_json(past)) <= 1_000_000
    assert past[-1].day - past[0].day >= 28


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=6), st.floats(0, 1), max_size=8))
def test_the_record_reads_back_as_it_was_written(chances: dict[str, float]) -> None:
    past = remember([], list(chances), np.array(list(chances.values())), MARCH, 90, "m")
    assert from_json(to_json(past)) == past


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"days": [{"day": 1}]}', '{"customers": [], "days": [3]}']
)
def test_anything_else_is_no_record(text: str) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json(text)


KEYS = [f"C{i}" for i in range(200)]


def alarm(leavers: int, model: str = "m", waited: int = 90) -> str | None:
    past = remember([], KEYS, np.full(200, 0.1), MARCH, 90, "m")
    said = leavers_alarm(past, KEYS, np.arange(200) < leavers, MARCH + waited, model)
    return None if said is None else said.en


def test_as_many_leavers_as_foreseen_are_no_alarm() -> None:
    assert [alarm(n) for n in (14, 20, 28)] == [None] * 3
    assert alarm(7, waited=30) is None


def test_far_more_leavers_than_foreseen_ask_for_a_retraining() -> None:
    said = alarm(60)
    assert said is not None and "60 of 200" in said and "about 20" in said and "retrain" in said
    assert alarm(22, waited=30) is not None


def test_far_fewer_leavers_ask_to_note_them_first() -> None:
    said = alarm(1)
    assert said is not None and "only 1 of 200" in said and "Note who has left" in said


def test_only_days_of_the_present_model_within_its_horizon_count() -> None:
    assert alarm(60, model="another") is None
    assert alarm(60, waited=10) is None and alarm(60, waited=400) is None


def test_the_alarm_is_rare_where_the_model_is_right() -> None:
    rng = np.random.default_rng(0)
    chance = rng.beta(0.6, 4, 200)
    past = remember([], KEYS, chance, MARCH, 90, "m")
    rings = [
        leavers_alarm(past, KEYS, rng.random(200) < chance, MARCH + 90, "m") for _ in range(300)
    ]
    assert sum(one is not None for one in rings) <= 6
