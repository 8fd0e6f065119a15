"""What follows from a customer's figures: stage, tier, value ahead, reasons, health."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.churn.formula import ChurnFormula
from csm_xl.company.frames import Company
from csm_xl.company.loyalty_programme import programme_of
from csm_xl.company.order_training import tier_features
from csm_xl.company.reason_sentences import phrase
from csm_xl.company.value_if_kept import order_value
from csm_xl.errors import TooLittleDataError
from csm_xl.language import Language
from csm_xl.vocabulary.words import STAGES

#: The stages in the order of ``metrics.Stage``, as keys of the layout's words.
_STAGE_KEYS = {stage.value: stage.name.casefold() for stage in metrics.Stage}


def results(
    company: Company,
    columns: dict[str, np.ndarray],
    readings: Mapping[str, Any],
    probability: np.ndarray,
    status: list[str | None],
    formula: ChurnFormula,
    records: Mapping[str, str],
    lang: Language,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Columns of the Customers table by key, and records to store with them.

    Parameters
    ----------
    columns : dict of str to ndarray of float, shape (n,)
        The counted figures.
    readings : mapping of str to sequence of n
        The sheet's columns by header.
    probability : ndarray of float, shape (n,)
        NaN without a score.
    status : list of str or None
    records : mapping of str to str
        The workbook's further models.
    """
    settings = company.settings
    found: dict[str, Any] = {}
    stage = metrics.lifecycle(
        columns["days_as_customer"],
        columns["days_since"],
        columns["usage_now"],
        columns["usage_before"],
        metrics.Thresholds(
            settings.number("trial_days"),
            settings.number("silence_days"),
            settings.number("decline_ratio"),
            settings.number("growth_ratio"),
        ),
    ).values
    left = np.array([why == "left" for why in status])
    found["stage"] = [
        STAGES.word(_STAGE_KEYS[int(s)], lang) if s and not gone else None
        for s, gone in zip(stage, left, strict=True)
    ]
    ranks = metrics.rfm(
        columns["days_since"], columns["orders"], columns["revenue"], settings.number("rfm_bins")
    ).values
    found["rfm"] = ["".join(map(str, row)) if row[0] else None for row in ranks.tolist()]
    stored: dict[str, str] = {}
    try:
        tiers = metrics.fit_tiers(tier_features(columns), settings.number("tiers"))
    except TooLittleDataError:
        pass
    else:
        tier = metrics.assign_tiers(tiers, tier_features(columns)).values
        found["tier"] = np.where(tier == 0, np.nan, tier.astype(float))
        stored["tiers"] = json.dumps(tiers.to_dict())
    found |= _value(company, probability, left, records)
    found["reasons"] = model_reasons(formula, readings, probability, lang)
    brought = programme_of(company.table, settings).brought
    if brought is not None:
        found["brought"] = brought.astype(float)
    found["health"] = _health(columns, probability)
    return found, stored


def _value(
    company: Company,
    probability: np.ndarray,
    left: np.ndarray,
    records: Mapping[str, str],
) -> dict[str, np.ndarray]:
    """Value ahead and revenue at risk; empty without a model of orders."""
    value = order_value(company, records)
    if value is None:
        return {}
    from csm_xl.churn.lifetime_value import clv

    ahead = np.round(value(clv), 2)
    ahead[left] = 0.0
    return {"clv": ahead, "value_at_risk": np.round(probability * ahead, 2)}


def model_reasons(
    formula: ChurnFormula, readings: Mapping[str, Any], probability: np.ndarray, lang: Language
) -> list[str | None]:
    """What speaks for leaving and for staying, for each row with a probability."""
    from csm_xl.churn.explain import reasons

    scored = np.flatnonzero(~np.isnan(probability))
    found: list[str | None] = [None] * len(probability)
    if len(scored):
        columns = {
            header: [cells[i] for i in scored.tolist()] for header, cells in readings.items()
        }
        for i, sentence in zip(
            scored.tolist(), reasons(formula, columns, lang=lang, phrase=phrase), strict=True
        ):
            found[i] = sentence
    return found


def _health(columns: dict[str, np.ndarray], probability: np.ndarray) -> np.ndarray:
    """Health of the customers who have a score, 0 to 100."""
    blank = np.full(len(probability), np.nan)
    now = columns["usage_now"]
    before = columns["usage_before"]
    with np.errstate(invalid="ignore", divide="ignore"):
        usage = np.where(now + before > 0, np.minimum(now / np.maximum(before, 1.0), 1.0), 0.0)
    usage[np.isnan(now)] = np.nan
    points = metrics.health(
        (columns.get("rating", blank) - 1) / 4, columns["loyalty"], usage, probability
    ).values
    return np.where(np.isnan(probability), np.nan, np.round(points))
