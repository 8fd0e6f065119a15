"""The History sheet: one row per refresh, so that the figures' course can be seen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.report import Report
from csm_xl.commands.customers import holds_customer
from csm_xl.commands.dashboard_blocks import Figures
from csm_xl.commands.header_table import Source
from csm_xl.commands.scoring import Scored
from csm_xl.commands.settings import workbook_language
from csm_xl.commands.table_frames import find_table, table_frame
from csm_xl.commands.writing import append_rows
from csm_xl.company.verdicts import trend_line
from csm_xl.functions.records import record_id
from csm_xl.language import Text
from csm_xl.vocabulary.cell_readers import serial

REFRESH = Text("Refresh", "刷新")
RETRAIN = Text("Retrain", "重新训练")
#: The record that keeps a model's quality from its training on.
QUALITY = "quality"
_HIGH = 2


def quality_record(report: Report) -> str:
    """The quality figures that every later row of the history repeats."""
    return json.dumps({key: report.figures[key].value for key in report.figures})


def history_row(
    book: xw.Book,
    scored: Scored,
    figures: Figures,
    records: Mapping[str, str],
    what: Text,
    now: dt.datetime,
) -> tuple[Source, dict[str, Any]] | None:
    """The row that this refresh adds; None where the workbook has no History table."""
    source = find_table(book, "history")
    if source is None:
        return None
    lang = workbook_language(book, scored.source.headers)
    probability = scored.probability[~np.isnan(scored.probability)]
    listed = _listed(scored)
    quality = json.loads(records.get(QUALITY, "{}"))
    row: dict[str, Any] = {
        "at": round(serial(now) * 1440) / 1440,
        "what": what.within(lang),
        "customers": float((listed & ~scored.gone).sum()),
        "left": float((listed & scored.gone).sum()),
        "high": float((scored.risk == _HIGH).sum()),
        "mean_probability": float(probability.mean()) if probability.size else None,
        "auc": quality.get("auc"),
        "log_loss": quality.get("log_loss"),
        "model": record_id(records["model"]) if "model" in records else None,
        "note": None,
    }
    at_risk = scored.columns.get("value_at_risk")
    if at_risk is not None:
        row["value_at_risk"] = float(np.nansum(at_risk))
    row |= _satisfaction(book, scored)
    if figures.trend is not None and figures.trend.flag is not None:
        row["note"] = trend_line(figures.trend).verdict.within(lang)
    return source, row


def write_history(found: tuple[Source, dict[str, Any]] | None) -> None:
    """Add the row."""
    if found is not None:
        append_rows(found[0], [found[1]], "history")


def _listed(scored: Scored) -> np.ndarray:
    """Rows that hold a customer."""
    if scored.company is None:
        return holds_customer(scored.source)
    return np.array([bool(key) for key in scored.company.keys])


def _satisfaction(book: xw.Book, scored: Scored) -> dict[str, Any]:
    """CSAT with its answers, and NPS, of everything that was ever answered."""
    import pandas as pd

    from csm_xl.metrics.satisfaction import nps

    if scored.company is not None:
        frame = scored.company.feedback
    else:
        frame = table_frame(find_table(book, "feedback"), "feedback")
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
