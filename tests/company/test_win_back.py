"""Customers who fall silent and return all the same: who is listed, and what is at stake."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csm_xl
from csm_xl.company.data_frames import read_frames
from csm_xl.company.first_rules import first_rules
from csm_xl.company.playbook import LEFT, Rule, choose
from csm_xl.company.returns import FOR_GOOD, chance_of_order
from csm_xl.vocabulary.words import RISKS, STAGES

SETTINGS = {"horizon_days": 60, "actions_max": 15, "contact_cost": 1}
FIRST = pd.Timestamp("2024-01-01")
HORIZON = SETTINGS["horizon_days"]


def shop(n=160, days=720, seed=3, **columns):
    """Customers who buy at rates of their own, pause now and then, and some of whom stop."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        gap, day, end = rng.uniform(10, 90), rng.uniform(0, 300), rng.exponential(500)
        while day < min(days, 30 + end):
            rows.append(
                (f"K{i}", FIRST + pd.Timedelta(days=int(day)), round(30 + 40 * rng.random()))
            )
            day += rng.exponential(gap) + 1
    orders = pd.DataFrame(rows, columns=["customer id", "Order date", "Total"])
    people = pd.DataFrame({"Customer ID": orders["customer id"].unique()})
    people["Name"] = "Name of " + people["Customer ID"]
    return people.assign(**columns), orders


@pytest.fixture(scope="module")
def books():
    people, orders = shop()
    return people, orders, csm_xl.train(people, orders, settings=SETTINGS)


def listed(people, orders, model, **settings):
    plan = csm_xl.plan(people, orders, model=model, settings={**SETTINGS, **settings})
    return plan[plan["risk"] == "Left"], plan[plan["risk"] != "Left"]


def test_they_stand_last_without_a_probability_and_are_silent_longer_than_the_horizon(books):
    people, orders, model = books
    back, others = listed(people, orders, model)
    assert 1 <= len(back) <= 5
    plan = csm_xl.plan(people, orders, model=model, settings=SETTINGS)
    assert plan.index[plan["risk"] == "Left"].min() == len(others)
    assert back["churn_probability"].isna().all() and back["expected"].isna().all()
    assert (back["value"] > 0).all() and back["action"].str.contains("missed them").all()
    scores = csm_xl.score(people, orders, model=model, settings=SETTINGS)
    silent = scores.set_index(people["Customer ID"])["days_since"]
    for _, row in back.iterrows():
        assert silent[row["customer_id"]] > 60
        assert row["reason"].startswith(f"No order for {silent[row['customer_id']]:.0f} days;")
    assert not set(back["customer_id"]) & set(others["customer_id"])


def test_frequent_buyers_before_those_who_bought_once(books):
    people, orders, model = books
    counts = orders.groupby("customer id").size()
    scores = csm_xl.score(people, orders, model=model, settings=SETTINGS)
    gone = people["Customer ID"][(scores["risk"] == "Left").to_numpy()]
    back, _ = listed(people, orders, model)
    assert counts[back["customer_id"]].min() > counts[gone].median()


def test_who_said_goodbye_or_wants_to_be_left_alone_is_not_asked_back(books):
    people, orders, model = books
    back, _ = listed(people, orders, model)
    first, second = back["customer_id"].iloc[:2]
    said = people.assign(
        **{
            "Left on": np.where(people["Customer ID"] == first, "2025-06-01", None),
            "Do not contact": np.where(people["Customer ID"] == second, "Yes", None),
        }
    )
    again, _ = listed(said, orders, model)
    assert len(again) and not {first, second} & set(again["customer_id"])


def test_nobody_where_a_contact_costs_more_than_it_brings_or_nobody_ever_came_back(books):
    people, orders, model = books
    assert listed(people, orders, model, contact_cost=1e6)[0].empty
    regular = [
        (f"K{i}", FIRST + pd.Timedelta(days=day), 50.0)
        for i in range(80)
        for day in range(i % 20, 600 if i < 40 else 120 + 6 * i, 20)
    ]
    orders = pd.DataFrame(regular, columns=["customer id", "Order date", "Total"])
    people = pd.DataFrame({"Customer ID": orders["customer id"].unique()})
    model = csm_xl.train(people, orders, settings=SETTINGS)
    assert not model.formula.meta["came_back"]
    assert listed(people, orders, model)[0].empty


def test_rules_for_those_who_left_are_for_nobody_else_and_the_others_not_for_them():
    for business in ("shop", "freelancer", "saas"):
        rules = first_rules(business, "en")
        own = [rule for rule in rules if rule.risk == LEFT]
        assert own
        for stage in ["", *STAGES.keys]:
            assert choose(rules, stage, LEFT, "") in own
            for risk in RISKS.keys:
                assert choose(rules, stage, risk, "") not in own
    assert choose([Rule("", "", (), "Thank", 14)], "", LEFT, "") is None


@pytest.fixture(scope="module")
def later():
    """A shop as it was known 240 days before the end of its record, and what followed."""
    people, orders = shop(n=600, seed=5)
    day = FIRST + pd.Timedelta(days=720 - (1 + FOR_GOOD) * HORIZON - 60)
    known = orders[orders["Order date"] <= day]
    people = people[people["Customer ID"].isin(known["customer id"])].reset_index(drop=True)
    model = csm_xl.train(people, known, settings=SETTINGS, today=day)
    after = (orders["Order date"] - day).dt.days
    soon = orders["customer id"][(after > 0) & (after <= HORIZON)]
    then = orders["customer id"][(after > HORIZON) & (after <= (1 + FOR_GOOD) * HORIZON)]
    active = known[known["Order date"] > day - pd.Timedelta(days=HORIZON)]["customer id"]
    who = people["Customer ID"]
    fell = who.isin(active) & ~who.isin(soon)
    given = read_frames(people, known, None, None, day, SETTINGS, "en")
    chance = chance_of_order(given.company, model.records, FOR_GOOD * HORIZON, HORIZON)
    return people, known, day, model, fell.to_numpy(), who.isin(then).to_numpy(), chance


def test_the_chance_to_return_is_what_followed_and_says_more_than_one_share_for_all(later):
    *_, fell, back, chance = later
    assert fell.sum() > 60 and 0.1 < back[fell].mean() < 0.9
    assert chance[fell].mean() == pytest.approx(back[fell].mean(), abs=0.12)
    each = np.mean((chance[fell] - back[fell]) ** 2)
    assert each < 0.95 * np.mean((back[fell].mean() - back[fell]) ** 2)


def test_the_value_at_stake_of_a_likely_returner_is_less_than_by_one_share_for_all(later):
    people, known, day, model, _, _, chance = later
    given = {"model": model, "settings": SETTINGS, "today": day}
    plan = csm_xl.plan(people, known, **given).set_index("customer_id")
    plan = plan[plan["risk"] != "Left"]
    without = {k: v for k, v in model.records.items() if k != "purchases"}
    assert len(plan) and not without.get("purchases")
    own = pd.Series(1.0 - chance, people["Customer ID"])[plan.index]
    saved = plan["expected"] + SETTINGS["contact_cost"]
    rate = saved / plan["churn_probability"] / plan["value"]
    # Rounded to cents, so about one save rate for everybody: the share is in the value.
    assert rate.max() - rate.min() < 0.01 * rate.mean()
    assert own.max() - own.min() > 0.1
    whole = plan["value"] / own
    by_share = whole * (1.0 - model.formula.meta["came_back"])
    assert ((plan["value"] < by_share) == (own < 1.0 - model.formula.meta["came_back"])).all()


def test_no_model_of_orders_tells_nothing(later):
    people, known, day, _, _, _, _ = later
    given = read_frames(people, known, None, None, day, SETTINGS, "en")
    assert np.isnan(chance_of_order(given.company, {}, 90)).all()
    assert np.isnan(chance_of_order(given.company, {"purchases": "{}"}, 90)).all()
