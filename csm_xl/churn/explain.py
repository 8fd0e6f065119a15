"""Why a customer is at risk: what would the log-odds be if this one feature were typical?"""

from __future__ import annotations

from typing import Any

import numpy as np

from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.report import Driver
from csm_xl.churn.table import Table
from csm_xl.language import Text


def typical_values(formula: ChurnFormula, table: Table) -> dict[str, Any]:
    """Per feature the median, or the most common category."""
    named = {feature.name: k for k, feature in enumerate(table.features)}
    typical: dict[str, Any] = {}
    for name in formula.features:
        column = table.columns[named[name]]
        if table.features[named[name]].kind == "text":
            typical[name] = table.levels[named[name]][int(np.argmax(np.bincount(column)))]
        else:
            filled = column[~np.isnan(column)]
            typical[name] = float(np.median(filled)) if len(filled) else 0.0
    return typical


def drivers(formula: ChurnFormula, table: Table) -> list[Driver]:
    """How much each feature moves the predictions, strongest first."""
    return []


def reasons(formula: ChurnFormula, columns: Any, n: int = 3, lang: str | None = None) -> list[str]:
    """Per customer the `n` strongest reasons, as a sentence."""
    count = len(columns[formula.features[0]]) if formula.features else 0
    sentence = Text("No reasons yet.", "暂无原因。")
    return [str(sentence)] * count
