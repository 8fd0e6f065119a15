"""Satisfaction over time and around a change: flagged when it stands out, silent otherwise."""

import numpy as np
import pytest

from csm_xl.actions.satisfaction_trend import satisfaction_trend
from csm_xl.actions.service_change import before_after
from csm_xl.actions.verdicts import trend_line

START = 44927.0  # 2023-01-01
MONTH = 30.4375


def ratings(chance, months, answers, *, mood=0.0, shift_from=None, shift=0.0):
    """Days and ratings; `mood` is how far whole months lie apart by chance."""
    days, given = [], []
    for month in range(months):
        n = chance.poisson(answers)
        level = 4.1 + mood * chance.normal()
        if shift_from is not None and month >= shift_from:
            level += shift
        days.append(START + MONTH * (month + chance.random(n)))
        given.append(np.clip(np.round(level + 0.9 * chance.normal(size=n)), 1, 5))
    return np.concatenate(days), np.concatenate(given)


@pytest.mark.parametrize(("answers", "mood"), [(8, 0.0), (40, 0.0), (40, 0.15)])
def test_a_stable_year_gives_a_false_alarm_in_less_than_five_percent(answers, mood):
    chance = np.random.default_rng(11)
    runs, alarms = 200, 0
    for _ in range(runs):
        days, given = ratings(chance, 30, answers, mood=mood)
        looks = [START + MONTH * month + 5 for month in range(18, 30)]
        alarms += any(satisfaction_trend(days, given, day).flag for day in looks)
    assert alarms / runs < 0.05


def test_nothing_is_flagged_before_twelve_months_however_bad_it_gets():
    chance = np.random.default_rng(12)
    days, given = ratings(chance, 11, 60, shift_from=8, shift=-2.5)
    found = satisfaction_trend(days, given, START + 11 * MONTH + 3)
    assert found.flag is None and found.difference is None
    assert "12 complete months" in trend_line(found).verdict.en


def test_a_real_fall_is_flagged_and_a_real_rise_too():
    chance = np.random.default_rng(13)
    for shift, flag in ((-0.8, "worse"), (0.6, "better")):
        days, given = ratings(chance, 24, 60, shift_from=21, shift=shift)
        found = satisfaction_trend(days, given, START + 24 * MONTH + 3)
        assert found.flag == flag
    assert "上升" in trend_line(found).verdict.zh


def test_looking_again_within_a_month_changes_nothing():
    chance = np.random.default_rng(14)
    days, given = ratings(chance, 20, 30)
    assert satisfaction_trend(days, given, 45510.0) == satisfaction_trend(days, given, 45530.0)


def test_a_month_with_many_answers_counts_for_more():
    months = np.repeat(np.arange(14), [20] * 11 + [4, 100, 4])
    days = START + MONTH * months + 15
    given = np.where(months == 12, 5.0, np.where(np.arange(len(months)) % 2, 3.0, 4.0))
    found = satisfaction_trend(days, given, START + 14 * MONTH + 5)
    assert found.recent > 4.8


def test_no_answers_are_no_fault():
    assert satisfaction_trend([], [], START).difference is None
    assert before_after([], [], [], START, START).difference is None


def answers_of(chance, n, level, first, last):
    return first + (last - first) * chance.random(n), np.clip(
        np.round(level + 0.8 * chance.normal(size=n)), 1, 5
    )


def test_a_change_of_ratings_has_its_interval_and_few_answers_have_none():
    chance = np.random.default_rng(15)
    before, good = answers_of(chance, 80, 3.2, 900, 999), answers_of(chance, 80, 4.2, 1000, 1099)
    day, rating = (np.concatenate(pair) for pair in zip(before, good, strict=True))
    who = chance.integers(0, 90, len(day))
    found = before_after(day, rating, who, 1000, 1100)
    assert found.difference.low > 0.4 and (found.n_before, found.n_after) == (80, 80)
    assert found.difference.estimate == pytest.approx(found.after - found.before)
    few = before_after(day[70:88], rating[70:88], who[70:88], 1000, 1100)
    assert few.difference is None and few.before > 0


def test_the_interval_of_a_change_holds_the_truth_although_customers_answer_often():
    chance = np.random.default_rng(16)
    inside = 0
    for _ in range(300):
        leaning = 0.8 * chance.normal(size=40)
        who = chance.integers(0, 40, 240)
        day = 800 + 400 * chance.random(240)
        rating = 3.5 + leaning[who] + 0.5 * chance.normal(size=240)
        found = before_after(day, rating, who, 1000, 1200).difference
        inside += found.low <= 0 <= found.high
    assert inside / 300 > 0.92


def test_answers_outside_the_window_or_in_the_future_do_not_count():
    day = np.array([100.0, 950.0, 1050.0, 1500.0, np.nan])
    found = before_after(day, np.full(5, 3.0), list("abcde"), 1000, 1100)
    assert (found.n_before, found.n_after) == (1, 1)
