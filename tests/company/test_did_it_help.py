"""The loop claims an effect only where a random hold-out shows one, however often one looks."""

import numpy as np
import pytest

from csm_xl.company import contact_effect as loop
from csm_xl.company.contact_effect import Enrolled, compare, enrol
from csm_xl.company.holdout import groups
from csm_xl.company.verdicts import verdict_lines
from csm_xl.errors import NoModelError

DAYS = 90
CLAIMS = ("Contacting helped", "Contacting did harm")


def dashboard_claims(comparison) -> bool:
    """Whether a reader of the Dashboard is told of an effect."""
    lines = verdict_lines(30, 20, {}, comparison, DAYS)
    return any(line.verdict.en.startswith(CLAIMS) for line in lines)


def company(chance, stays, stays_contacted=None, *, share=0.3, refreshes=52, new=6):
    """A year and a half of refreshes: whether the Dashboard ever claims an effect, and the last
    comparison. Customers at higher risk are those who get contacted."""
    enrolled, good, number, claimed, found = [], {}, 0, False, None
    for refresh in range(refreshes):
        day = 14 * refresh
        keys = [f"run{chance.integers(1e9)}-{number + i}" for i in range(chance.poisson(new))]
        number += len(keys)
        drawn = groups(keys, share)
        for key, group in zip(keys, drawn, strict=True):
            p = stays_contacted if group == "contact" and stays_contacted is not None else stays
            good[key] = bool(chance.random() < p)
        enrolled = enrol(enrolled, zip(keys, drawn, strict=True), day, DAYS)
        found = compare(enrolled, good, day)
        claimed |= dashboard_claims(found)
    return claimed, found


@pytest.mark.parametrize("stays", [0.6, 0.85])
def test_contact_without_any_effect_is_claimed_to_help_in_at_most_five_percent_of_companies(stays):
    chance = np.random.default_rng(6)
    assert sum(company(chance, stays)[0] for _ in range(200)) <= 10


def confounded(chance, effect, *, share, refreshes=36, people=700, most=8):
    """A year and a half with customers of every risk, of whom the riskiest are contacted.

    Each refresh the customers most at risk qualify, as the call list ranks them; those of the
    hold-out are left alone, the others are contacted, the owner getting round to two in three.
    `effect` is by how much a contact lowers a customer's risk. Returns whether the Dashboard ever
    claims an effect, the last comparison, and the outcomes of the contacted and of all others.
    """
    keys = [f"run{chance.integers(1e9)}-{i}" for i in range(people)]
    drawn = dict(zip(keys, groups(keys, share), strict=True))
    risk = dict(zip(keys, chance.beta(1.2, 3.0, people), strict=True))
    luck = dict(zip(keys, chance.random(people), strict=True))
    enrolled, reached, claimed, found = [], set(), False, None
    for refresh in range(refreshes):
        day = 14 * refresh
        known = {one.customer for one in enrolled} | reached
        # The model sees the risk through noise.
        seen = {key: risk[key] + 0.1 * chance.normal() for key in keys if key not in known}
        listed = sorted(seen, key=seen.get, reverse=True)[:most]
        if share:
            enrolled = enrol(enrolled, ((key, drawn[key]) for key in listed), day, DAYS)
        reached |= {k for k in listed if drawn[k] != "holdout" and chance.random() < 2 / 3}
        stays = {k: luck[k] >= risk[k] - (effect if k in reached else 0.0) for k in keys}
        found = compare(enrolled, stays, day) if share else None
        claimed |= dashboard_claims(found)
    contacted = [stays[key] for key in keys if key in reached]
    others = [stays[key] for key in keys if key not in reached]
    return claimed, found, np.mean(contacted) - np.mean(others)


def test_contacting_the_riskiest_without_any_effect_is_claimed_in_at_most_five_percent():
    chance = np.random.default_rng(8)
    runs = [confounded(chance, 0.0, share=0.3) for _ in range(200)]
    assert sum(claimed for claimed, *_ in runs) <= 10
    assert all(found.look >= 1 for _, found, _ in runs)
    # Whoever compared contacted with not contacted would call contacting harmful every time.
    assert np.mean([gap < -0.05 for *_, gap in runs]) > 0.9


def test_without_a_hold_out_nothing_is_claimed_of_the_same_companies():
    chance = np.random.default_rng(8)
    runs = [confounded(chance, effect, share=0.0) for effect in (0.0, 0.4) for _ in range(50)]
    assert not any(claimed for claimed, *_ in runs)


def test_a_large_effect_on_the_riskiest_is_found_in_most_companies():
    chance = np.random.default_rng(9)
    runs = [confounded(chance, 0.4, share=0.4) for _ in range(60)]
    assert sum(claimed for claimed, *_ in runs) >= 45
    assert not any(found.effect == "harmed" for _, found, _ in runs)


def test_looking_at_a_plain_interval_at_every_refresh_would_claim_far_more():
    """What the fixed looks are for."""
    from csm_xl.metrics.intervals import share_difference

    chance = np.random.default_rng(6)
    claimed = 0
    for _ in range(100):
        good = {"contact": [], "holdout": []}
        for _ in range(52):
            for group in ("contact", "holdout"):
                good[group] += (chance.random(3) < 0.6).tolist()
            a, b = good["contact"], good["holdout"]
            found = share_difference(sum(a), len(a), sum(b), len(b))
            if found.low > 0 or found.high < 0:
                claimed += 1
                break
    assert claimed > 15


def test_a_real_effect_is_found():
    chance = np.random.default_rng(7)
    found = [company(chance, 0.5, 0.85) for _ in range(20)]
    assert sum(claimed for claimed, _ in found) >= 18
    assert all(last.effect != "harmed" for _, last in found)


def test_without_a_hold_out_nothing_is_claimed_whatever_the_outcomes():
    lines = verdict_lines(40, 40, {}, None, DAYS)
    assert not any(line.verdict.en.startswith(CLAIMS) for line in lines)
    assert any("Cannot tell" in line.verdict.en for line in lines)
    assert any("无法判断" in line.verdict.zh for line in lines)


def members(contact, holdout, until=100):
    return [Enrolled(f"a{i}", "contact", 10, until) for i in range(contact)] + [
        Enrolled(f"b{i}", "holdout", 10, until) for i in range(holdout)
    ]


def test_before_twenty_of_each_group_are_waited_for_it_says_how_many_are_missing():
    found = compare(members(50, 19), {}, 500)
    assert found.look == 0 and found.difference is None
    verdict = verdict_lines(50, 10, {}, found, DAYS)[2].verdict
    assert "50 and 19" in verdict.en and "Cannot tell yet" in verdict.en


def test_between_two_looks_the_figures_stand_still():
    early = members(20, 20)
    good = {one.customer: one.group == "contact" for one in early}
    first = compare(early, good, 101)
    later = early + [Enrolled(f"c{i}", "holdout", 20, 120) for i in range(15)]
    second = compare(later, good | {f"c{i}": True for i in range(15)}, 130)
    assert first.look == second.look == 1
    assert first.difference == second.difference
    assert first.effect == "helped" and second.over["holdout"] == 35


def test_the_horizon_must_be_over_before_a_customer_counts():
    assert compare(members(30, 30), {}, 100).over == {"contact": 0, "holdout": 0}
    assert compare(members(30, 30), {}, 101).over == {"contact": 30, "holdout": 30}


def test_a_customer_is_enrolled_once_and_only_while_there_are_groups():
    first = enrol([], [("C1", "contact"), ("C2", None)], 10, 90)
    again = enrol(first, [("C1", "holdout"), ("C3", "holdout")], 40, 90)
    assert again == [Enrolled("C1", "contact", 10, 100), Enrolled("C3", "holdout", 40, 130)]
    assert loop.from_json(loop.to_json(again)) == again
    with pytest.raises(NoModelError, match="backup"):
        loop.from_json("{}")


def test_customers_who_are_no_longer_listed_count_as_lost_in_both_groups():
    found = compare(members(20, 20), {f"a{i}": True for i in range(20)}, 200)
    assert (found.contact.good, found.holdout.good) == (20, 0)


def told_of(comparison) -> str:
    return verdict_lines(30, 20, {}, comparison, DAYS)[2].verdict.en


def ended_well(contact, holdout):
    return {f"a{i}": True for i in range(contact)} | {f"b{i}": True for i in range(holdout)}


def test_the_least_that_an_effect_can_be_leads_the_sentence():
    found = compare(members(40, 40), ended_well(36, 14), 200)
    low = int(100 * found.difference.low)
    assert told_of(found).startswith(
        f"Contacting helped: of 100 such customers at least {low} more"
    )
    harmed = compare(members(40, 40), ended_well(14, 36), 200)
    assert f"at least {low} fewer stay" in told_of(harmed)


def test_what_is_called_likely_is_shrunk_towards_none_and_stays_inside_the_interval():
    for contact in range(0, 41, 4):
        for holdout in range(0, 41, 4):
            found = compare(members(40, 40), ended_well(contact, holdout), 200)
            assert abs(found.likely) <= abs(found.difference.estimate)
            assert found.likely * found.difference.estimate >= 0
            assert found.difference.low <= found.likely <= found.difference.high
    many = compare(members(2560, 2560), ended_well(1600, 1300), 200)
    assert many.likely == pytest.approx(many.difference.estimate, rel=0.1)


def test_effects_that_are_told_of_are_not_told_of_as_much_too_large():
    chance = np.random.default_rng(3)
    likely, plain = [], []
    while len(likely) < 60:
        stays = chance.random(40) < 0.85, chance.random(40) < 0.65
        found = compare(members(40, 40), ended_well(0, 0) | _drawn(*stays), 200)
        if found.effect == "helped":
            likely.append(found.likely)
            plain.append(found.difference.estimate)
    assert abs(np.mean(likely) - 0.2) < abs(np.mean(plain) - 0.2)


def _drawn(contact, holdout):
    named = (("a", contact), ("b", holdout))
    return {f"{group}{i}": bool(good) for group, each in named for i, good in enumerate(each)}
