"""Whom else to contact, behind those who may leave: who is no customer yet, and whom to thank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from csm_xl.company.loyalty_programme import Programme
from csm_xl.company.main_reason import Reason
from csm_xl.company.rule_health import day_of
from csm_xl.company.scoring import Scored
from csm_xl.language import Text
from csm_xl.vocabulary import words


def explored(scored: Scored) -> dict[int, str]:
    """Who is no customer yet, by row: a key of the lifecycle's stages."""
    stages = scored.columns.get("stage", [None] * len(scored.status))
    found = {}
    for i, (why, stage) in enumerate(zip(scored.status, stages, strict=True)):
        if not scored.table.holds[i] or scored.gone[i]:
            continue
        if why in _NO_CUSTOMERS:
            found[i] = _NO_CUSTOMERS[why]
        elif scored.risk[i] < 0 and words.STAGES.key(stage) == "exploration":
            found[i] = "exploration"
    return found


@dataclass(frozen=True)
class Explorer:
    """Who is no customer yet: the stage's key, and the reason for a call."""

    stage: str
    reason: Reason


def exploring_rows(scored: Scored, reachable: list[bool]) -> dict[int, Explorer]:
    """Leads, people on trial and those without an order, the newest first, each with a reason."""
    table, found = scored.table, {}
    place = table.roles.place("start")
    begun = [day_of(cell) for cell in table.cells(place)] if place is not None else None
    rows = {i: stage for i, stage in explored(scored).items() if reachable[i]}
    newest = sorted(rows, key=lambda i: 0.0 if begun is None else -np.nan_to_num(begun[i]))
    for i in newest:
        said = _EXPLORING.get(scored.status[i] or "", _NO_ORDER)
        found[i] = Explorer(rows[i], Reason(said, True, sought=said))
    return found


#: What a status that is no customer's means in the lifecycle.
_NO_CUSTOMERS = {"lead": "exploration", "trial": "trial"}
_EXPLORING = {
    "lead": Text("A lead, no customer yet", "意向客户，尚未成交"),
    "trial": Text("On trial, no customer yet", "试用中，尚未成交"),
}
_NO_ORDER = Text("No order yet", "尚未下单")


def thankful_rows(programme: Programme, order: list[int], allowed: list[bool]) -> list[int]:
    """Whom to thank or to tell of a reward though nothing speaks for their leaving."""
    weight, listed = programme.weight, set(order)
    found = [i for i, may in enumerate(allowed) if may and i not in listed and weight[i] > 0]
    return sorted(found, key=lambda i: -weight[i])
