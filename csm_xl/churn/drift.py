"""Signs that the world has moved since the model was trained, told at a refresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.feature_values import find_columns, read_codes, read_numbers
from csm_xl.churn.formula import ChurnFormula, TextTerm
from csm_xl.errors import CsmError
from csm_xl.language import Text

#: A model that looks no known time ahead grows old after so many days.
_OLD_DAYS = 180
#: The part of the customers outside of what training saw from which a column has moved, beside
#: one in a hundred that was outside of these quantiles then; and how many customers it takes.
_MOVED, _QUANTILES, _LEAST = 0.2, (0.005, 0.995), 10

OLD = Text(
    "The model was trained {days} days ago and looks {horizon} days ahead: what it foresaw is "
    "over. Retrain it.",
    "模型训练于 {days} 天前，而它只预测 {horizon} 天之内：它所预测的时间已经过去。请重新训练。",
)
MOVED = Text(
    "{share} of the customers have values of {name} that the model has never seen, so their "
    "probabilities are guesses. Check the column, or retrain.",
    "有 {share} 的客户，其“{name}”的值是模型从未见过的，这些概率只是猜测。请检查该列，或重新训练。",
)


def ranges_of(table: FeatureTable) -> dict[str, list[float]]:
    """Per feature of numbers the two ends between which nearly all customers were."""
    found = {}
    for feature, column in zip(table.features, table.columns, strict=True):
        if feature.kind == "text" or feature.kind == "date":
            continue
        filled = column[~np.isnan(column)]
        if len(filled):
            low, high = np.quantile(filled, _QUANTILES)
            found[feature.name] = [float(low), float(high)]
    return found


def drift_warnings(
    formula: ChurnFormula, columns: Mapping[str, Any], scored: np.ndarray, today: dt.date
) -> list[Text]:
    """Sentences on a model that no longer fits; empty when it does.

    Parameters
    ----------
    formula : ChurnFormula
    columns : mapping of str to sequence of n cells
        What the model read.
    scored : array (n,) of bool
        Who got a score.
    today : datetime.date
    """
    found = []
    try:
        age = (today - dt.date.fromisoformat(formula.meta["trained_on"])).days
    except (KeyError, TypeError, ValueError):
        age = 0
    horizon = int(formula.meta.get("horizon_days") or _OLD_DAYS)
    if age > horizon:
        found.append(OLD.fill(days=age, horizon=horizon))
    if scored.sum() < _LEAST:
        return found
    try:
        places = find_columns(columns, formula.features)
    except CsmError:
        return found
    for term in formula.terms:
        cells = [c for c, s in zip(columns[places[term.name]], scored, strict=True) if s]
        share = _outside(formula, term, cells)
        if share > _MOVED:
            found.append(MOVED.fill(share=f"{share:.0%}", name=term.name))
    return found


def _outside(formula: ChurnFormula, term: Any, cells: list[Any]) -> float:
    """The part of the cells outside of what training saw."""
    try:
        if isinstance(term, TextTerm):
            # Rare categories were pooled: only where all were told apart is another one new.
            if term.other or not term.categories:
                return 0.0
            codes = read_codes(cells, term.codes, len(term.categories))
            unknown = float((codes == len(term.categories)).mean())
            return unknown if unknown > 0.5 else 0.0
        ends = formula.meta.get("ranges", {}).get(term.name)
        if ends is None:
            return 0.0
        numbers = read_numbers(cells, term.name, term.kind)
        with np.errstate(invalid="ignore"):
            return float(((numbers < ends[0]) | (numbers > ends[1])).mean())
    except CsmError:
        return 0.0
