"""Retrain on customers with dates: everybody is judged over the same horizon."""

import datetime as dt

import numpy as np
from workbooks import opened, saved, values

from csm_xl import commands
from csm_xl.functions.records import unpack

TODAY = dt.date(2026, 6, 30)


def members():
    """A club: monthly members leave sooner than yearly ones."""
    chance = np.random.default_rng(5)
    rows = [("Member no.", "Plan", "Start", "Left on", "Total paid")]
    for i in range(240):
        plan = ("monthly", "yearly")[i % 2]
        start = TODAY - dt.timedelta(days=int(chance.integers(120, 900)))
        stays = chance.exponential(200 if plan == "monthly" else 1200)
        left = start + dt.timedelta(days=int(stays) + 1)
        gone = left if left <= dt.date.today() and left <= TODAY else None
        paid = ((gone or TODAY) - start).days / 30 * 10
        rows.append((f"M{i:04d}", plan, start, gone, paid))
    return rows


def test_who_left_within_the_horizon_is_learned_from_dates(tmp_path):
    path = saved(tmp_path / "club.xlsx", members(), sheet="Members")
    book = opened(path)
    outcome = commands.retrain(book, "Members")
    book.save()
    book.close()
    rows = values(path, "Members")
    assert rows[0][5].startswith("Churn probability (within ")
    chance = {
        plan: np.mean([r[5] for r in rows[1:] if r[1] == plan and r[3] is None])
        for plan in ("monthly", "yearly")
    }
    assert chance["monthly"] > 1.5 * chance["yearly"]
    model = unpack(values(path, "_csm"))["model"].text
    assert "Total paid" not in model.split('"meta"')[0]
    listed = {row[0] for row in outcome.table}
    assert not listed & {row[0] for row in rows[1:] if row[3] is not None}


def test_days_alone_are_enough_to_learn_from(tmp_path):
    rows = [(row[0], row[2], row[3]) for row in members()[:81]]
    path = saved(tmp_path / "club.xlsx", rows, sheet="Members")
    book = opened(path)
    commands.retrain(book, "Members")
    book.save()
    book.close()
    scored = [row[3] for row in values(path, "Members")[1:] if row[2] is None]
    assert all(0 < chance < 1 for chance in scored)
