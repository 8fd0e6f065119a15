"""What a refresh works out beside the scores: pain points, whether contacting helped, cohorts, changes, sentiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.history import day_numbers
from csm_xl.company import contact_effect
from csm_xl.company.action_rows import ActionRows, read_action_rows
from csm_xl.company.cohort_rows import cohort_rows
from csm_xl.company.contact_lines import contact_lines
from csm_xl.company.frames import Company, Tables
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.satisfaction_trend import Trend, satisfaction_trend
from csm_xl.company.service_change import before_after
from csm_xl.company.silence import silent_after
from csm_xl.company.verdicts import Line, trend_line
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import as_key, is_blank

#: The horizon of the comparison before there is a model.
_HORIZON = 90
#: A cell of Excel holds no more characters; longer texts are read as far as that.
_LONGEST = 32_767


@dataclass
class Figures:
    """What is worked out, nothing written yet.

    Attributes
    ----------
    blocks : list of (HeaderTable, str, list)
        Tables of a fixed size with their keys and rows.
    changes : (HeaderTable, dict) or None
        The Changes table, and what is written into which of its rows.
    sentiment : (HeaderTable, int, list) or None
        The Feedback table, its sentiment column, and the values.
    trend : Trend or None
    notes : list of Text
    """

    blocks: list[tuple[HeaderTable, str, list[dict[str, Any]]]] = field(default_factory=list)
    changes: tuple[HeaderTable, dict[int, dict[str, Any]]] | None = None
    sentiment: tuple[HeaderTable, int, list[float | None]] | None = None
    trend: Trend | None = None
    notes: list[Text] = field(default_factory=list)


def compute_figures(
    tables: Tables,
    feedback: Any,
    company: Company | None,
    records: Mapping[str, str],
    today: float,
    lang: Language,
    *,
    rows: ActionRows | None = None,
    suggested: int | None = None,
    enrolled: Sequence[contact_effect.Enrolled] | None = None,
    days: float | None = None,
) -> Figures:
    """Work out the figures of the tables that the workbook has.

    Parameters
    ----------
    tables : callable
        Finds our tables by their keys.
    feedback : pandas.DataFrame or None
    company : Company or None
    records : mapping of str to str
    today : float
    lang : {"en", "zh"}
    rows, suggested, enrolled
        The call list that is about to be written; what stands in the workbook when not given.
    days : float, optional
        The model's horizon.
    """
    found = Figures()
    answers = _Answers(feedback, today)
    found.trend = answers.trend()
    table = tables("feedback")
    if table is not None:
        found.sentiment = _sentiment(table, feedback, found.notes)
    table = tables("pain_points")
    if table is not None:
        found.blocks.append((table, "pain_points", _pain_points(feedback, today, lang)))
    table = tables("loop")
    if table is not None:
        actions = tables("actions")
        if rows is None and actions is not None:
            rows = read_action_rows(actions)
        if suggested is None:
            suggested = len(rows.answered) + len(rows.open) if rows is not None else 0
        if enrolled is None:
            enrolled = contact_effect.from_json(records["loop"]) if "loop" in records else []
        lines = contact_lines(rows, suggested, enrolled, company, int(days or _HORIZON))
        lines.append(trend_line(found.trend))
        found.blocks.append((table, "loop", [_line(line, lang) for line in lines]))
    if found.trend.flag is not None:
        found.notes.append(trend_line(found.trend).verdict)
    table = tables("cohorts")
    if table is not None:
        silent = silent_after(company.settings, records, days) if company else 0.0
        found.blocks.append((table, "cohorts", cohort_rows(company, silent) if company else []))
    table = tables("changes")
    if table is not None:
        found.changes = table, _changes(table, answers, lang, found.notes)
    return found


class _Answers:
    """Ratings with their days and customers, as far as they are known."""

    def __init__(self, frame: Any, today: float) -> None:
        import pandas as pd

        self.today = today
        n = 0 if frame is None else len(frame)
        self.day, self.rating = np.full(n, np.nan), np.full(n, np.nan)
        self.customer = np.full(n, "", dtype=object)
        if n and {"date", "rating"} <= set(frame.columns):
            self.day = day_numbers(frame["date"], "date")
            self.day[self.day > today] = np.nan
            self.rating = pd.to_numeric(frame["rating"], errors="coerce").to_numpy(float)
        if n and "customer_id" in frame:
            # An answer without a name is an answer of somebody else.
            self.customer = np.array(
                [as_key(cell) or f"#{i}" for i, cell in enumerate(frame["customer_id"])],
                dtype=object,
            )

    def trend(self) -> Trend:
        return satisfaction_trend(self.day, self.rating, self.today)


def _sentiment(
    table: HeaderTable, frame: Any, notes: list[Text]
) -> tuple[HeaderTable, int, list[float | None]] | None:
    """What each text of the Feedback sheet sounds like."""
    place = layout.find_column(table.headers, "sentiment", "feedback")
    if place is None or not table.rows:
        return None
    values: list[float | None] = [None] * len(table.rows)
    if frame is not None and "text" in frame:
        from csm_xl.feedback.sentiment_scores import read_sentiment

        read = read_sentiment(_texts(frame))
        notes.extend(read.notes)
        for row, score in zip(frame.attrs["rows"], read.scores.tolist(), strict=True):
            values[row - table.row - 1] = None if score != score else round(score, 4)
    return table, place, values


def _texts(frame: Any) -> list[str | None]:
    return [None if is_blank(text) else str(text)[:_LONGEST] for text in frame["text"]]


def _pain_points(frame: Any, today: float, lang: Language) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if frame is not None and "text" in frame:
        from csm_xl.feedback.pain_point_list import KINDS, TRENDS, pain_points

        dates = None
        known = np.ones(len(frame), dtype=bool)
        if "date" in frame:
            dates = day_numbers(frame["date"], "date")
            known = ~(dates > today)
        texts = [text if there else None for text, there in zip(_texts(frame), known, strict=True)]
        most = layout.table("pain_points").rows
        for point in pain_points(texts, most, None if dates is None else dates.tolist()):
            trend = None if point.trend is None else TRENDS[point.trend].within(lang)
            rows.append(
                {
                    "theme": point.theme.within(lang),
                    "kind": KINDS[point.kind].within(lang),
                    "mentions": float(point.mentions),
                    "sentiment": round(point.mean_sentiment, 2),
                    "trend": trend,
                    "example": point.example,
                    "share": point.share,
                }
            )
    return rows


def _line(line: Line, lang: Language) -> dict[str, Any]:
    return {
        key: getattr(line, key).within(lang) or None
        for key in ("measure", "contacted", "holdout", "low", "high", "verdict")
    }


_TOO_FEW = Text("cannot tell", "无法判断")


def _changes(
    table: HeaderTable, answers: _Answers, lang: Language, notes: list[Text]
) -> dict[int, dict[str, Any]]:
    """Before and after each change of the Changes sheet."""
    place = layout.find_column(table.headers, "date", "changes")
    if place is None:
        return {}
    rows: dict[int, dict[str, Any]] = {}
    silent = 0
    for index in range(len(table.rows)):
        rows[index] = {}
        day = table.date(index, place)
        if not day <= answers.today:
            continue
        found = before_after(answers.day, answers.rating, answers.customer, day, answers.today)
        rows[index] = {
            "before": _number(found.before),
            "after": _number(found.after),
            "answers": float(found.n_before + found.n_after),
        }
        if found.difference is None:
            silent += 1
            rows[index]["difference"] = _TOO_FEW.within(lang)
        else:
            rows[index]["difference"] = _number(found.difference.estimate)
            rows[index]["low"] = _number(found.difference.low)
            rows[index]["high"] = _number(found.difference.high)
    if silent:
        notes.append(
            Text(
                "{n} of your changes have too few ratings before or after to tell a difference.",
                "有 {n} 项改进前后的评分太少，无法判断差异。",
            ).fill(n=silent)
        )
    return rows


def _number(value: float) -> float | None:
    return None if value != value else round(value, 4)
