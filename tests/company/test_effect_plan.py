"""How long it takes to tell whether contacting helps is said before anybody is left alone for it."""

from __future__ import annotations

import numpy as np
import pytest

from csm_xl.company.contact_effect import Enrolled, compare
from csm_xl.company.effect_plan import customers_needed, effect_plan, of_hundred, plan_sentence


@pytest.mark.parametrize(("stay", "kept"), [(0.5, 0.3), (0.7, 0.2), (0.4, 0.15)])
def test_so_many_customers_find_the_effect_in_about_four_of_five_companies(stay, kept) -> None:
    each = customers_needed(stay, kept, 0.5)
    chance, found = np.random.default_rng(1), 0
    people = [Enrolled(f"{g}{i}", g, 0, 90) for g in ("contact", "holdout") for i in range(each)]
    for _ in range(200):
        good = {
            one.customer: bool(chance.random() < stay + kept * (one.group == "contact"))
            for one in people
        }
        found += compare(people, good, 91).effect == "helped"
    assert found / 200 > 0.75


def test_smaller_effects_and_smaller_shares_take_more() -> None:
    needed = [customers_needed(0.6, kept, 0.5) for kept in (0.3, 0.2, 0.1, 0.05, 0.02)]
    assert needed == sorted(needed) and needed[0] < needed[-1]
    assert customers_needed(0.6, 0.0, 0.5) is None and customers_needed(0.6, 0.001, 0.5) is None
    assert customers_needed(0.6, 0.2, 0.0) is customers_needed(0.6, 0.2, 1.0) is None


def enrolled(days: int, per_month: int) -> list[Enrolled]:
    return [
        Enrolled(f"{group}{day}-{i}", group, day, day + 90)
        for day in range(0, days + 1, 30)
        for group in ("contact", "holdout")
        for i in range(per_month)
    ]


def test_months_follow_from_the_pace_at_which_customers_come_onto_the_list() -> None:
    quick, slow = (effect_plan(enrolled(60, pace), 0.6, 0.5, 0.5, 5000, 90, 60) for pace in (20, 5))
    assert quick.each == slow.each and quick.enough and slow.enough
    assert quick.months < slow.months
    assert quick.months >= 90 / 31
    said = plan_sentence(slow, 90)
    assert f"{slow.each} customers in each group" in said.en and "more months" in said.en
    assert f"{slow.each} 位客户" in said.zh and "个月" in said.zh


def test_a_company_with_too_few_customers_is_told_so_and_not_how_long_to_wait() -> None:
    plan = effect_plan(enrolled(0, 3), 0.3, 0.2, 0.3, 60, 90, 0)
    said = plan_sentence(plan, 90)
    assert not plan.enough and "too few customers" in said.en and "months" not in said.en
    never = plan_sentence(effect_plan([], 0.01, 0.01, 0.3, 60, 90, 0), 90)
    assert "cannot be told" in never.en and "无法判断" in never.zh


def test_when_all_are_over_there_is_nothing_left_to_wait_for() -> None:
    people = enrolled(600, 40)
    assert effect_plan(people, 0.6, 0.5, 0.5, 5000, 90, 1500).months == 0


@pytest.mark.parametrize(
    ("share", "said"), [(0.29, "29"), (0.299, "29"), (0.004, "0.4"), (0.0001, "0.1"), (-0.12, "12")]
)
def test_shares_are_said_as_customers_of_a_hundred(share, said) -> None:
    assert of_hundred(share) == said
