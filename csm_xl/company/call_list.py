"""The call list: whom to contact, why, what to do, and what that is expected to save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.formula import ChurnFormula
from csm_xl.company import contact_effect, holdout, playbook, trajectory
from csm_xl.company.action_rows import ActionRows
from csm_xl.company.column_contents import flag_of, is_nothing, spoken
from csm_xl.company.customers import customer_keys
from csm_xl.company.effect_plan import effect_plan, plan_sentence
from csm_xl.company.loyalty_programme import programme_of
from csm_xl.company.main_reason import Reason, main_reasons
from csm_xl.company.occasions import exploring_rows, thankful_rows
from csm_xl.company.ranking import expected_value, ranked
from csm_xl.company.returns import FOR_GOOD, chance_of_order
from csm_xl.company.rule_health import RuleHealth
from csm_xl.company.scoring import Scored
from csm_xl.company.settings import Settings
from csm_xl.company.suggestion_chooser import SuggestionChooser
from csm_xl.company.value_if_kept import margin_if_kept
from csm_xl.company.win_back import win_back_rows
from csm_xl.language import Language, Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cells import as_key
from csm_xl.vocabulary.roles import CONSENT

#: The horizon of a comparison where the model has none.
_HORIZON = 90


@dataclass
class Plan:
    """A call list, nothing written yet.

    Attributes
    ----------
    rows : ActionRows
        What stands in the Actions table now.
    listed : list of dict
        The suggestions, first to contact first: our columns' keys to values, and ``expected``.
    win_back : list of dict
        After them: who left and is likely to return. Without a probability, and nothing is expected
        of a contact.
    groups : list of str or None
        Per customer of the Customers table: the word for the group.
    enrolled : list of Enrolled
        Who takes part in the comparison with the hold-out.
    records : dict of str to str
    notes : list of Text
    """

    rows: ActionRows
    listed: list[dict[str, Any]]
    groups: list[str | None]
    enrolled: list[contact_effect.Enrolled]
    records: dict[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    win_back: list[dict[str, Any]] = field(default_factory=list)


def plan_actions(
    scored: Scored,
    formula: ChurnFormula | None,
    rows: ActionRows,
    rules: list[playbook.Rule],
    settings: Settings,
    records: Mapping[str, str],
    today: float,
    lang: Language,
) -> Plan:
    """Decide whom to contact, why, and what to do.

    Parameters
    ----------
    scored : Scored
    formula : ChurnFormula or None
        None where health is by rule.
    rows : ActionRows
        What was suggested before.
    rules : list of Rule
        The playbook.
    settings : Settings
    records : mapping of str to str
        The further models, and who is enrolled in the comparison, as texts.
    today : float
        A serial number.
    lang : {"en", "zh"}
        Of the words in the list.
    """
    table, today = scored.table, float(np.floor(today))
    keys = customer_keys(table)
    share = settings.number("holdout_share")
    drawn = holdout.groups(keys, share)
    kept, notes = margin_if_kept(table, settings, scored.company, scored.columns, records)
    meta: Mapping[str, Any] = {} if formula is None else formula.meta
    back, whole = meta.get("came_back"), kept
    days = int(meta.get("horizon_days") or 0)
    if isinstance(back, float) and 0.0 < back < 1.0:
        # Who falls silent is not all lost: some come back without being asked.
        returns = _coming_back(scored, records, days, back)
        kept = kept * (1.0 - returns)
        silent = np.nan_to_num(scored.probability)
        overall = float(silent @ returns / silent.sum()) if silent.any() else back
        notes = [*notes, _COME_BACK.fill(back=f"{overall:.0%}")]
    expected = expected_value(
        scored.probability, settings.number("save_rate"), kept, settings.number("contact_cost")
    )
    reachable = _reachable(scored, keys, rows)
    allowed = [
        fine and scored.risk[i] >= 0 and not scored.gone[i] for i, fine in enumerate(reachable)
    ]
    by_rule, priceless = scored.by_rule, bool(np.isnan(kept).all())
    if by_rule is not None:
        order = _by_points(by_rule, kept, allowed)
    elif priceless:
        order = _by_risk(scored, allowed)
    else:
        order = ranked(expected, allowed)
    reasons = _reasons(scored, formula)
    past = trajectory.from_json(records[trajectory.RECORD]) if trajectory.RECORD in records else []
    moved = trajectory.course(past, keys, scored.probability, int(today), days)
    cadence = max(1.0, settings.number("cadence_days"))
    most = int(settings.number("actions_max"))
    programme = programme_of(table, settings)
    chooser = SuggestionChooser(
        scored,
        keys,
        drawn,
        rows,
        rules,
        reasons,
        moved,
        programme,
        kept,
        expected,
        {*order},
        exploring_rows(scored, reachable),
        _outreach(scored, today - cadence),
        today,
        cadence,
        lang,
    )
    listed: list[dict[str, Any]] = []
    qualified: list[tuple[str, str | None]] = []
    for i in [*order, *chooser.exploring, *thankful_rows(programme, order, allowed)]:
        if len(listed) == most:
            break
        if i in chooser.at_risk:
            qualified.append((keys[i], drawn[i]))
        row = chooser.suggestion(i)
        if row is not None:
            listed.append({"rank": float(len(listed) + 1), **row})
    days = days or _HORIZON
    quiet = {key for key, group in zip(keys, drawn, strict=True) if group == holdout.HOLDOUT}
    quiet |= chooser.spoken_to
    win_back = win_back_rows(
        scored,
        rows,
        rules,
        settings,
        records,
        [fine and keys[i] not in quiet for i, fine in enumerate(reachable)],
        whole,
        back,
        days,
        today,
        lang,
        len(listed),
    )
    if win_back:
        notes.append(_WIN_BACK.fill(n=len(win_back)))
    stored: dict[str, str] = {}
    rules_text = playbook.to_json(rules)
    if records.get("playbook") != rules_text:
        stored["playbook"] = rules_text
    before = contact_effect.from_json(records["loop"]) if "loop" in records else []
    enrolled = contact_effect.enrol(before, qualified, int(today), days) if share > 0 else before
    if enrolled != before:
        stored["loop"] = contact_effect.to_json(enrolled)
    if 0 < share < 1 and order:
        # What a hold-out can tell, and when, is said before anybody is left alone for it.
        plan = effect_plan(
            enrolled,
            float(scored.probability[order[:most]].mean()),
            settings.number("save_rate"),
            share,
            int((scored.risk >= 0).sum()),
            days,
            int(today),
        )
        if plan.months != 0:
            notes.append(plan_sentence(plan, days))
    if chooser.repeated:
        notes.append(_NO_OTHER.fill(n=chooser.repeated))
    if chooser.nameless:
        notes.append(_NO_REASON.fill(n=chooser.nameless))
    if by_rule is not None and any(row["risk"] for row in listed):
        notes.append(_BY_RULE)
    elif listed and priceless:
        notes.append(_NO_PRICES)
    if not listed:
        notes.append(_why_nobody(scored, expected, priceless))
    groups = [None if g is None else words.GROUPS.word(g, lang) for g in drawn]
    return Plan(rows, listed, groups, enrolled, stored, notes, win_back)


def _coming_back(
    scored: Scored, records: Mapping[str, str], horizon: int, overall: float
) -> np.ndarray:
    """Each customer's chance to come back after a silence of a horizon, (n,).

    The share of all silences is one of mostly those who ordered once; a customer of many orders is
    likelier to return. It stands in where the model of orders says nothing.
    """
    if scored.company is None or not horizon:
        return np.full(len(scored.probability), overall)
    chance = chance_of_order(scored.company, records, FOR_GOOD * horizon, horizon)
    return np.where(np.isnan(chance), overall, chance)


def _by_points(health: RuleHealth, kept: np.ndarray, allowed: list[bool]) -> list[int]:
    """Who is red or amber, the worst first; of the equally bad the more valuable."""
    order = np.lexsort((-np.nan_to_num(kept), -health.points))
    return [int(i) for i in order if allowed[i] and health.level[i] > 0]


def _by_risk(scored: Scored, allowed: list[bool]) -> list[int]:
    """Whose risk is high or medium, the likeliest to leave first."""
    order = np.argsort(-np.nan_to_num(scored.probability, nan=-1.0), kind="stable")
    return [int(i) for i in order if allowed[i] and scored.risk[i] > 0]


def _reasons(scored: Scored, formula: ChurnFormula | None) -> list[Reason]:
    """Per customer the main reason, by the model or by rule."""
    if scored.by_rule is not None:
        said = [scored.by_rule.reason(i) for i in range(len(scored.table.rows))]
        return [Reason(one, bool(one.en), named=bool(one.en), sought=one) for one in said]
    if formula is None or not scored.table.rows:
        return []
    return main_reasons(formula, scored.readings)


_BY_RULE = Text(
    "No model was learned, so the list ranks by health by rule: red before amber, the worst first.",
    "尚未训练模型，清单按规则得出的健康度排序：先红后黄，最差的在前。",
)
_NO_PRICES = Text(
    "The list has no prices, so it ranks by risk, not by the value that a contact may save.",
    "名单中没有价格，因此清单按风险排序，而不是按预期挽回价值排序。",
)

_NO_REASON = Text(
    "For {n} customers nothing that is known speaks for leaving, so they are not on the list.",
    "有 {n} 位客户没有可以说明的流失原因，因此未列入清单。",
)
_NO_OTHER = Text(
    "For {n} customers the playbook has no row that fits, or only what was suggested last time. "
    "Add rows to the Playbook sheet to contact them.",
    "有 {n} 位客户在行动手册中没有合适的行，或只有上次建议过的内容。如需联系，请在“行动手册”中补充。",
)


def _reachable(scored: Scored, keys: list[str], rows: ActionRows) -> list[bool]:
    """Who may be contacted at all: customers who did not ask to be left alone."""
    table = scored.table
    place = table.places("customers").get("do_not_contact")
    cells = table.cells(place) if place is not None else []
    # Under "OK to call?" a yes is needed; else what is no plain no means to be left alone.
    asked = place is not None and bool(CONSENT.search(spoken(table.headers[place])))
    quiet = [not is_nothing(cell) and flag_of(cell) is not asked for cell in cells]
    declined = {one.customer for one in rows.answered if one.outcome == "declined"}
    gone = {one.customer: one.day for one in rows.answered if one.outcome == "left"}
    last = scored.columns.get("last_order", np.full(len(keys), np.nan))
    return [
        bool(key)
        and not (quiet and quiet[i])
        and key not in declined
        # The owner noted that the customer left; an order since then says otherwise.
        and not (key in gone and not last[i] > gone[key])
        for i, key in enumerate(keys)
    ]


def _outreach(scored: Scored, since: float) -> set[str]:
    """Customers whom the owner wrote to or called of late, by the Contacts sheet."""
    contacts = scored.company.contacts if scored.company is not None else None
    if contacts is None or not {"customer_id", "date", "kind"} <= set(contacts.columns):
        return set()
    from csm_xl.churn.history import day_numbers

    reached = (contacts["kind"] == "outreach").to_numpy() & (
        day_numbers(contacts["date"], "date") > since
    )
    return {as_key(cell) for cell in contacts["customer_id"][reached]} - {""}


_WIN_BACK = Text(
    "At the end of the list: {n} who left without a word and are likelier than others to order "
    "again (risk: Left).",
    "清单末尾另有 {n} 位悄然离开、但较有可能再次下单的客户（风险一栏为“已流失”）。",
)

_COME_BACK = Text(
    "Of the customers who fall silent {back} come back by themselves, so the value if kept is what "
    "the others would take with them.",
    "沉默的客户中有 {back} 会自行回来，因此“留住的价值”只计其余客户会带走的部分。",
)


def _why_nobody(scored: Scored, expected: np.ndarray, priceless: bool) -> Text:
    """One sentence on an empty call list."""
    if scored.by_rule is not None and not (scored.risk > 0).any():
        return Text(
            "Everybody is green by rule, so there is nobody to suggest.",
            "按规则所有客户都是绿色，因此没有建议。",
        )
    if not (scored.risk >= 0).any():
        return Text(
            "Nobody has a churn probability, so there is nobody to suggest.",
            "没有客户有流失概率，因此没有建议。",
        )
    if priceless and not (scored.risk > 0).any():
        return Text(
            "Nobody's risk is high or medium, so there is nobody to suggest.",
            "没有中、高风险的客户，因此没有建议。",
        )
    by_value = scored.by_rule is None and not priceless
    if by_value and not (np.nan_to_num(expected, nan=-1.0) > 0).any():
        return Text(
            "For nobody is a contact expected to save more than it costs (save rate and cost of a "
            "contact are in Settings).",
            "没有客户的预期挽回价值高于联系成本（挽回率和单次联系成本见“设置”）。",
        )
    return Text(
        "Everybody who is worth a contact was contacted of late, is left alone as a hold-out, or "
        "asked not to be contacted.",
        "值得联系的客户近期都已联系、属于对照组，或要求勿扰。",
    )
