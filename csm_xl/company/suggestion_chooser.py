"""One suggestion of the call list: whether a customer gets one, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.company import holdout, playbook
from csm_xl.company.action_rows import ActionRows
from csm_xl.company.customers import name_column
from csm_xl.company.loyalty_programme import Programme
from csm_xl.company.main_reason import Reason
from csm_xl.company.occasions import Explorer
from csm_xl.company.scoring import Scored
from csm_xl.language import Language, Text
from csm_xl.vocabulary import words
from csm_xl.vocabulary.cells import as_text

_RISKS = ("low", "medium", "high")


@dataclass
class SuggestionChooser:
    """Chooses what to suggest for one customer after the other.

    Attributes
    ----------
    scored : Scored
    keys : sequence of str
    drawn : sequence of str or None
        The group of each customer in the comparison with the hold-out.
    rows : ActionRows
        What was suggested before.
    rules : sequence of Rule
        The playbook.
    reasons : sequence of Reason
        Per customer, the main reason for leaving.
    moved : sequence of Text or None
        How the probability went, where it did.
    programme : Programme
        Points and word of mouth.
    kept, expected : ndarray, shape (n,)
        The value if kept, and what a contact is expected to save.
    at_risk : collection of int
        The customers who may leave; the others are thanked, or are not customers yet.
    exploring : mapping of int to Explorer
        Who is no customer yet.
    spoken_to : set of str
        Whom the owner contacted of late.
    today : float
        A serial number.
    cadence : float
        Days between two contacts.
    lang : {"en", "zh"}
    repeated, nameless : int
        How many had no rule left in the playbook, and no reason that could be named.
    """

    scored: Scored
    keys: Sequence[str]
    drawn: Sequence[str | None]
    rows: ActionRows
    rules: list[playbook.Rule]
    reasons: Sequence[Reason]
    moved: Sequence[Text | None]
    programme: Programme
    kept: np.ndarray
    expected: np.ndarray
    at_risk: Collection[int]
    exploring: Mapping[int, Explorer]
    spoken_to: set[str]
    today: float
    cadence: float
    lang: Language
    repeated: int = 0
    nameless: int = 0

    def suggestion(self, i: int) -> dict[str, Any] | None:
        """The columns of the i-th customer's row, without its rank; None where there is none."""
        key, today = self.keys[i], self.today
        if self.drawn[i] == holdout.HOLDOUT or key in self.spoken_to:
            return None
        last, open_action = self.rows.last_of(key), self.rows.open_for(key)
        if last is not None and today - last.day < self.cadence:
            return None
        avoid = last.action if last is not None else ""
        if open_action is not None and not today - open_action.suggested < self.cadence:
            # An old suggestion that was never answered is one that did not appeal.
            avoid, open_action = open_action.action, None
        thanks = self.programme.occasion(i)
        reason = self._reason(i, thanks)
        if not reason.named:
            self.nameless += 1
            return None
        risk = _RISKS[self.scored.risk[i]] if self.scored.risk[i] >= 0 else ""
        stage = self._stage(i)
        sought = [reason.sought.within(self.lang)] if reason.known else []
        sought += [thanks.within(self.lang)] if thanks is not None else []
        situation = words.STAGES.key(stage) or "", risk
        thankful = i not in self.at_risk
        if thankful and playbook.repeats(self.rules, *situation, sought, self.rows.actions_of(key)):
            # Whoever was thanked is not thanked again for the same.
            return None
        rule = playbook.choose(self.rules, *situation, " ".join(sought), avoid)
        if rule is None:
            self.repeated += 1
            return None
        suggested, due = today, today + rule.days
        if open_action is not None and open_action.action == rule.action:
            suggested = open_action.suggested
            due = open_action.due if open_action.due == open_action.due else due
        name = name_column(self.scored.table)
        return {
            "suggested": suggested,
            "customer_id": key,
            "name": as_text(self.scored.table.rows[i][name]) if name is not None else None,
            "stage": stage,
            "risk": words.RISKS.word(risk, self.lang) if risk else None,
            "churn_probability": _known(self.scored.probability[i]),
            "reason": self._said(i, reason, thanks).within(self.lang),
            "action": rule.action,
            "value": None if thankful else _known(round(float(self.kept[i]), 2)),
            "due": due,
            "expected": None if thankful else _known(self.expected[i]),
        }

    def _stage(self, i: int) -> Any:
        if i in self.exploring:
            return words.STAGES.word(self.exploring[i].stage, self.lang)
        stages = self.scored.columns.get("stage")
        return None if stages is None else stages[i]

    def _reason(self, i: int, thanks: Text | None) -> Reason:
        """Why to contact a customer: a risk, a next step, or a thank-you."""
        if i in self.exploring:
            return self.exploring[i].reason
        if thanks is None or i in self.at_risk:
            return self.reasons[i]
        thanks = Text(thanks.en[:1].upper() + thanks.en[1:], thanks.zh)
        return Reason(thanks, True, sought=thanks)

    def _said(self, i: int, reason: Reason, thanks: Text | None) -> Text:
        """The reason as the list says it: how the probability went, and what to thank for."""
        said, moved = reason.said, self.moved[i]
        if moved is not None:
            said = Text(f"{said.en}; {moved.en}", f"{said.zh}；{moved.zh}")
        if thanks is None or (i not in self.at_risk and i not in self.exploring):
            return said
        return Text(f"{said.en}; {thanks.en}", f"{said.zh}；{thanks.zh}")


def _known(number: float) -> float | None:
    """A number for a cell; None where it is not known."""
    return None if number != number else float(number)
