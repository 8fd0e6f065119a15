"""Satisfaction over time and around a change: flagged when it stands out, silent otherwise."""

import numpy as np
import pytest

from csm_xl.company.satisfaction_trend import satisfaction_trend
from csm_xl.company.service_change import before_after
from csm_xl.company.verdicts import trend_line

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


def moods(chance, months, lasts, size):
    """How far each month lies from the level; `lasts` is the correlation of two months in a row."""
    found = [size * chance.normal()]
    for _ in range(months - 1):
        found.append(lasts * found[-1] + size * np.sqrt(1 - lasts**2) * chance.normal())
    return found


def stable(chance, kind, answers):
    """Thirty months of a company in which nothing changes."""
    months = np.repeat(np.arange(30), chance.poisson(answers, 30))
    if kind == "bursts":
        months = np.repeat(
            np.arange(30), chance.poisson(answers * (1 + 6 * (chance.random(30) < 0.15)))
        )
    n = len(months)
    if kind == "skewed":
        given = chance.choice([1, 2, 3, 4, 5], size=n, p=[0.06, 0.03, 0.06, 0.15, 0.7])
    elif kind == "love or hate":
        given = chance.choice([1, 5], size=n, p=[0.2, 0.8])
    else:
        level = 4.1 + np.zeros(30)
        if kind == "months differ":
            level += 0.15 * chance.normal(size=30)
        elif kind == "moods last":
            level += moods(chance, 30, 0.6, 0.15)
        elif kind == "moods last a season":
            level += moods(chance, 30, 0.7, 0.15)
        elif kind == "the seasons differ":
            level += 0.15 * np.sin(2 * np.pi * (np.arange(30) + chance.integers(12)) / 12)
        own = np.zeros(n)
        if kind == "the same customers":
            # Each answers again and again, and one in twelve is replaced every month.
            people = 0.7 * chance.normal(size=answers)
            for month in range(30):
                new = chance.random(answers) < 1 / 12
                people[new] = 0.7 * chance.normal(size=new.sum())
                here = months == month
                own[here] = people[chance.integers(answers, size=here.sum())]
        given = np.clip(np.round(level[months] + own + 0.9 * chance.normal(size=n)), 1, 5)
    return START + MONTH * (months + chance.random(n)), given.astype(float)


KINDS = [
    ("nothing but chance", 8),
    ("nothing but chance", 40),
    ("skewed", 15),
    ("skewed", 200),
    ("love or hate", 40),
    ("months differ", 40),
    ("months differ", 200),
    ("moods last", 40),
    ("moods last", 200),
    ("moods last a season", 200),
    ("the seasons differ", 100),
    ("the same customers", 40),
    ("the same customers", 200),
    ("bursts", 30),
]


@pytest.mark.parametrize(("kind", "answers"), KINDS)
def test_a_stable_year_gives_a_false_alarm_in_less_than_five_percent(kind, answers):
    chance = np.random.default_rng(11)
    runs, alarms = 100, 0
    for _ in range(runs):
        days, given = stable(chance, kind, answers)
        looks = [START + MONTH * month + 5 for month in range(18, 30)]
        alarms += any(satisfaction_trend(days, given, day).flag for day in looks)
    assert alarms / runs < 0.05


@pytest.mark.parametrize(
    ("shift", "answers", "found_in"), [(-0.5, 60, 0.9), (-0.3, 200, 0.75), (-0.8, 20, 0.9)]
)
def test_a_fall_is_noticed_within_half_a_year(shift, answers, found_in):
    chance = np.random.default_rng(17)
    seen = 0
    for _ in range(40):
        days, given = ratings(chance, 27, answers, shift_from=21, shift=shift)
        looks = [START + MONTH * month + 5 for month in range(22, 28)]
        seen += any(satisfaction_trend(days, given, day).flag == "worse" for day in looks)
    assert seen / 40 >= found_in


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
