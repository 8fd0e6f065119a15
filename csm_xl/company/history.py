"""A row of history: what a refresh found, so that the figures' course can be seen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from csm_xl.churn.report import Report
from csm_xl.company.satisfaction_trend import Trend
from csm_xl.company.scoring import Scored
from csm_xl.company.verdicts import trend_line
from csm_xl.language import Language, Text
from csm_xl.vocabulary.cell_readers import serial

REFRESH = Text("Refresh", "刷新")
RETRAIN = Text("Retrain", "重新训练")
#: The records that keep a model's quality, and how far to trust it, from its training on.
QUALITY, TRUST = "quality", "trust"
_HIGH = 2


def trust_record(report: Report) -> str:
    """How far to trust the model, in both languages, for the sentence that every answer opens with."""
    return json.dumps([report.trust.en, report.trust.zh], ensure_ascii=False)


def trust_in(records: Mapping[str, str]) -> Text | None:
    """How far to trust the workbook's model; None where its training did not say."""
    return Text(*json.loads(records[TRUST])) if TRUST in records else None


def quality_record(report: Report) -> str:
    """The quality figures that every later row of the history repeats."""
    return json.dumps({key: report.figures[key].value for key in report.figures})


def history_row(
    scored: Scored,
    feedback: Any,
    trend: Trend | None,
    quality: Mapping[str, float],
    model: str | None,
    what: Text,
    now: dt.datetime,
    lang: Language,
) -> dict[str, Any]:
    """The row that a refresh adds, by our columns' keys.

    Parameters
    ----------
    scored : Scored
    feedback : pandas.DataFrame or None
    trend : Trend or None
        Of satisfaction.
    quality : mapping of str to float
        The model's figures from its training.
    model : str or None
        The model's id.
    what : Text
        What the history calls this.
    now : datetime
    lang : {"en", "zh"}
    """
    probability = scored.probability[~np.isnan(scored.probability)]
    listed = _listed(scored)
    row: dict[str, Any] = {
        "at": round(serial(now) * 1440) / 1440,
        "what": what.within(lang),
        "customers": float((listed & ~scored.gone).sum()),
        "left": float((listed & scored.gone).sum()),
        "high": float((scored.risk == _HIGH).sum()),
        "mean_probability": float(probability.mean()) if probability.size else None,
        "auc": quality.get("auc"),
        "log_loss": quality.get("log_loss"),
        "model": model,
        "note": None,
    }
    at_risk = scored.columns.get("value_at_risk")
    if at_risk is not None:
        row["value_at_risk"] = float(np.nansum(at_risk))
    row |= _satisfaction(feedback)
    if trend is not None and trend.flag is not None:
        row["note"] = trend_line(trend).verdict.within(lang)
    return row


def _listed(scored: Scored) -> np.ndarray:
    """Rows that hold a customer."""
    if scored.company is None:
        return scored.table.holds
    return np.array([bool(key) for key in scored.company.keys])


def _satisfaction(frame: Any) -> dict[str, Any]:
    """CSAT with its answers, and NPS, of everything that was ever answered."""
    import pandas as pd

    from csm_xl.metrics.satisfaction import nps

    if frame is None:
        return {}
    row: dict[str, Any] = {}
    if "rating" in frame:
        ratings = pd.to_numeric(frame["rating"], errors="coerce").dropna()
        row["answers"] = float(len(ratings))
        row["csat"] = float(ratings.mean()) if len(ratings) else None
    if "recommend" in frame:
        scores = pd.to_numeric(frame["recommend"], errors="coerce").dropna()
        row["nps"] = float(nps(scores)) if len(scores) and scores.between(0, 10).all() else None
    return row
