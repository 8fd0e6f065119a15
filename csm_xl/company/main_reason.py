"""The main reason why each customer may leave: one phrase, and the words to look it up by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.explain import LEAST_EFFECT, NOTHING, effects
from csm_xl.churn.feature_values import as_cells, find_columns, is_blank
from csm_xl.churn.formula import ChurnFormula
from csm_xl.company.reason_sentences import phrase
from csm_xl.language import Text


@dataclass(frozen=True)
class Reason:
    """Why a customer may leave.

    Attributes
    ----------
    said : Text
        The phrase a person reads.
    known : bool
        Whether it names something that is known of the customer. A blank rating may go with
        leaving, but nobody was disappointed; no playbook row about ratings fits then.
    named : bool
        Whether there is a reason at all.
    sought : Text
        What the playbook looks its words up in: the phrase and the column's title.
    """

    said: Text
    known: bool
    named: bool = True
    sought: Text = NOTHING


def main_reasons(formula: ChurnFormula, columns: Mapping[str, Any]) -> list[Reason]:
    """Per customer what raises the probability most, compared with the typical customer.

    Parameters
    ----------
    formula : ChurnFormula
        With ``meta["typical"]``.
    columns : mapping of str to sequence of n cells

    Returns
    -------
    list of Reason, n
    """
    added = effects(formula, columns)
    found = find_columns(columns, formula.features)
    cells = [as_cells(columns[found[name]]) for name in formula.features]
    typical = formula.meta["typical"]
    reasons = []
    for i, row in enumerate(added):
        strongest = int(np.argmax(row)) if row.size else 0
        if not row.size or row[strongest] < LEAST_EFFECT:
            reasons.append(Reason(NOTHING, False, named=False))
            continue
        term, cell = formula.terms[strongest], cells[strongest][i]
        said = phrase(term, cell, typical[term.name], window_days=formula.meta.get("window_days"))
        sought = Text(f"{term.name}: {said.en}", f"{term.name}：{said.zh}")
        reasons.append(Reason(said, not is_blank(cell) and cell == cell, sought=sought))
    return reasons
