"""Who left a shop without a word and is likely to order again: customers worth winning back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csm_xl.company.action_rows import ActionRows
from csm_xl.company.customers import name_column
from csm_xl.company.first_rules import first_rules
from csm_xl.company.frames import Company
from csm_xl.company.order_training import notes_leaving
from csm_xl.company.playbook import LEFT, Rule, choose
from csm_xl.company.returns import chance_of_order
from csm_xl.company.scoring import Scored
from csm_xl.company.settings import Settings
from csm_xl.language import Language, Text
from csm_xl.metrics.rows import Floats
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cells import as_text, is_blank

#: One place in so many of a call list's is added for them.
_PART = 3


def win_back_rows(
    scored: Scored,
    rows: ActionRows,
    rules: Sequence[Rule],
    settings: Settings,
    records: Mapping[str, str],
    reachable: Sequence[bool],
    kept: Floats,
    came_back: object,
    horizon: int,
    today: float,
    lang: Language,
    listed: int,
) -> list[dict[str, Any]]:
    """Silent customers who are likelier than the others to order again, as rows of the call list.

    Only where silence is what counts as leaving, some of the silent did come back, and there is a
    model of orders. Who said goodbye is not among them. Nothing is promised of a contact: the most
    valuable come first, by the chance that they return times what they then bring.

    Parameters
    ----------
    scored : Scored
    rows : ActionRows
        What was suggested before.
    rules : sequence of Rule
        The playbook; those of the first one where it has none for who left.
    settings : Settings
    records : mapping of str to str
        The further models, as texts.
    reachable : sequence of bool, shape (n,)
        Who may be contacted at all.
    kept : array (n,)
        What the months ahead bring from a customer who buys again; NaN where it is not known.
    came_back : object
        Of the silent, the share who ordered again later; no float where that is not known.
    horizon : int
        Days.
    today : float
        A serial number.
    lang : {"en", "zh"}
    listed : int
        How many stand before them.
    """
    company = scored.company
    evidence = isinstance(came_back, float) and came_back > 0.0 and "purchases" in records
    if company is None or not evidence or notes_leaving(company):
        return []
    chance = chance_of_order(company, records, horizon)
    chance = np.where(scored.gone & _said_nothing(company), chance, np.nan)
    if np.isnan(chance).all():
        return []
    own = [rule for rule in rules if rule.risk == LEFT] or [
        rule for rule in first_rules(settings.get("business"), lang) if rule.risk == LEFT
    ]
    cadence = max(1.0, settings.number("cadence_days"))
    table, name = scored.table, name_column(scored.table)
    most = max(1, int(settings.number("actions_max")) // _PART)
    found: list[dict[str, Any]] = []
    for i in _in_order(chance, kept, settings):
        if len(found) == most:
            break
        key = company.keys[i]
        last, open_action = rows.last_of(key), rows.open_for(key)
        if not reachable[i] or (last is not None and today - last.day < cadence):
            continue
        reason = _REASON.fill(
            since=f"{scored.columns['days_since'][i]:.0f}", days=horizon, chance=f"{chance[i]:.0%}"
        ).within(lang)
        stage = scored.columns["stage"][i]
        rule = choose(own, words.STAGES.key(stage) or "", LEFT, reason, last.action if last else "")
        if rule is None:
            continue
        since = (
            open_action.suggested if open_action and open_action.action == rule.action else today
        )
        found.append(
            {
                "rank": float(listed + len(found) + 1),
                "suggested": since,
                "customer_id": key,
                "name": as_text(table.rows[i][name]) if name is not None else None,
                "stage": stage,
                "risk": words.ACTION_RISKS.word(LEFT, lang),
                "churn_probability": None,
                "reason": reason,
                "action": rule.action,
                "value": round(float(kept[i]), 2),
                "due": since + rule.days,
                "expected": None,
            }
        )
    return found


def _in_order(chance: Floats, kept: Floats, settings: Settings) -> list[int]:
    """Whose chance is above the average of the silent, and worth more than a contact costs."""
    worth = np.nan_to_num(chance * kept, nan=-np.inf)
    pays = worth * settings.number("save_rate") > settings.number("contact_cost")
    fine = pays & (np.nan_to_num(chance) >= np.nanmean(chance))
    return [int(i) for i in np.argsort(-worth, kind="stable") if fine[i]]


def _said_nothing(company: Company) -> np.ndarray:
    """Of whom no day of leaving is noted."""
    silent = np.ones(len(company.keys), dtype=bool)
    if "left_on" in company.customers:
        first = company.table.row + 1
        for row, day in zip(
            company.customers.attrs["rows"], company.customers["left_on"], strict=True
        ):
            silent[row - first] = is_blank(day)
    return silent


_REASON = Text(
    "No order for {since} days; customers like this one order again within {days} days in "
    "{chance} of cases",
    "已 {since} 天没有下单；这类客户在 {days} 天内再次下单的概率约为 {chance}",
)
