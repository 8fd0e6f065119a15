"""What a refresh works out beside the scores: pain points, the loop, cohorts, changes, sentiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xlwings as xw

from csm_xl.churn.history import day_numbers
from csm_xl.commands.action_rows import ActionRows, read_action_rows
from csm_xl.commands.backups import back_up
from csm_xl.commands.cohort_rows import cohort_rows
from csm_xl.commands.company import Company, read_company
from csm_xl.commands.contact_outcomes import lines_of_loop
from csm_xl.commands.excel import refuse_locked
from csm_xl.commands.header_table import Source
from csm_xl.commands.hidden_sheet import read_records
from csm_xl.commands.outcome import Outcome, Progress
from csm_xl.commands.settings import workbook_language
from csm_xl.commands.table_blocks import fill_block, write_rows
from csm_xl.commands.table_frames import as_of, find_table, table_frame
from csm_xl.commands.writing import calm, write_column
from csm_xl.company import contact_effect as loop
from csm_xl.company.satisfaction_trend import Trend, satisfaction_trend
from csm_xl.company.service_change import before_after
from csm_xl.company.verdicts import Line, trend_line
from csm_xl.errors import SheetError
from csm_xl.intake.values import as_text
from csm_xl.language import Language, Text
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cells import is_blank

#: The horizon that the loop speaks of before there is a model.
_HORIZON = 90
#: A cell of Excel holds no more characters; longer texts are read as far as that.
_LONGEST = 32_767


@dataclass
class Figures:
    """What is worked out, nothing written yet.

    Attributes
    ----------
    blocks : list of (Source, str, list)
        Tables of a fixed size with their keys and rows.
    changes : (Source, dict) or None
        The Changes table, and what is written into which of its rows.
    sentiment : (Source, int, list) or None
        The Feedback table, its sentiment column, and the values.
    trend : Trend or None
    notes : list of Text
    """

    blocks: list[tuple[Source, str, list[dict[str, Any]]]] = field(default_factory=list)
    changes: tuple[Source, dict[int, dict[str, Any]]] | None = None
    sentiment: tuple[Source, int, list[float | None]] | None = None
    trend: Trend | None = None
    notes: list[Text] = field(default_factory=list)


def dashboard(book: xw.Book, *, progress: Progress | None = None) -> Outcome:
    """Renew what the Dashboard, Retention and Changes sheets show, and go to the Dashboard.

    Needs no model.

    Raises
    ------
    SheetError
        When the workbook has none of the tables.
    CsmError
        Nothing was changed.
    """
    company = read_company(book)
    records = {name: record.text for name, record in read_records(book).items()}
    found = read_figures(book, company, records)
    if not found.blocks and found.changes is None and found.sentiment is None:
        raise SheetError(
            "This workbook has no Dashboard. Make a workbook with csm-xl new and import your data.",
            "本工作簿没有仪表盘。请用 csm-xl new 新建工作簿并导入数据。",
        )
    if progress is not None:
        progress(0.8, Text("Writing", "正在写入"))
    refuse_locked(book, own=("dashboard",))
    back_up(book)
    with calm(book):
        write_figures(found)
    book.app.calculate()
    if book.app.visible:
        title = layout.sheet("dashboard").title
        for sheet in book.sheets:
            if sheet.name in (title.en, title.zh):
                sheet.activate()
    if progress is not None:
        progress(1.0, Text("Done", "完成"))
    return Outcome(Text("The Dashboard is up to date.", "仪表盘已更新。"), tuple(found.notes))


def read_figures(
    book: xw.Book,
    company: Company | None,
    records: Mapping[str, str],
    *,
    rows: ActionRows | None = None,
    suggested: int | None = None,
    enrolled: Sequence[loop.Enrolled] | None = None,
    days: float | None = None,
) -> Figures:
    """Work out the figures of the tables that the workbook has.

    Parameters
    ----------
    book : xlwings.Book
    company : Company or None
    records : mapping of str to str
    rows, suggested, enrolled
        The call list that is about to be written; what stands in the workbook when not given.
    days : float, optional
        The model's horizon.
    """
    source = find_table(book, "feedback")
    lang = workbook_language(book, company.source.headers if company is not None else ())
    found = Figures()
    today = company.today if company is not None else as_of(book)
    frame = company.feedback if company is not None else table_frame(source, "feedback")
    answers = _Answers(frame, today)
    found.trend = answers.trend()
    if source is not None:
        found.sentiment = _sentiment(source, frame, found.notes)
    _pain_points(book, frame, today, lang, found)
    table = find_table(book, "loop")
    if table is not None:
        actions = find_table(book, "actions")
        if rows is None and actions is not None:
            rows = read_action_rows(actions)
        if suggested is None:
            suggested = len(rows.answered) + len(rows.open) if rows is not None else 0
        if enrolled is None:
            enrolled = loop.from_json(records["loop"]) if "loop" in records else []
        lines = lines_of_loop(rows, suggested, enrolled, company, int(days or _HORIZON))
        lines.append(trend_line(found.trend))
        found.blocks.append((table, "loop", [_line(line, lang) for line in lines]))
    if found.trend.flag is not None:
        found.notes.append(trend_line(found.trend).verdict)
    table = find_table(book, "cohorts")
    if table is not None:
        found.blocks.append((table, "cohorts", cohort_rows(company) if company else []))
    table = find_table(book, "changes")
    if table is not None:
        found.changes = table, _changes(table, answers, lang, found.notes)
    return found


def write_figures(found: Figures) -> None:
    """Write the figures, one write for each column."""
    for source, key, rows in found.blocks:
        fill_block(source, key, rows)
    if found.changes is not None:
        write_rows(found.changes[0], "changes", found.changes[1])
    if found.sentiment is not None:
        source, place, values = found.sentiment
        column = layout.table("feedback").column("sentiment")
        write_column(source, place, values, column.number_format)


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
                [
                    f"#{i}" if is_blank(cell) else as_text(cell).strip()
                    for i, cell in enumerate(frame["customer_id"])
                ],
                dtype=object,
            )

    def trend(self) -> Trend:
        return satisfaction_trend(self.day, self.rating, self.today)


def _sentiment(
    source: Source, frame: Any, notes: list[Text]
) -> tuple[Source, int, list[float | None]] | None:
    """What each text of the Feedback sheet sounds like."""
    place = layout.find_column(source.headers, "sentiment", "feedback")
    if place is None or not source.rows:
        return None
    values: list[float | None] = [None] * len(source.rows)
    if frame is not None and "text" in frame:
        from csm_xl.feedback.sentiment import read_sentiment

        read = read_sentiment(_texts(frame))
        notes.extend(read.notes)
        for row, score in zip(frame.attrs["rows"], read.scores.tolist(), strict=True):
            values[row - source.row - 1] = None if score != score else round(score, 4)
    return source, place, values


def _texts(frame: Any) -> list[str | None]:
    return [None if is_blank(text) else str(text)[:_LONGEST] for text in frame["text"]]


def _pain_points(book: xw.Book, frame: Any, today: float, lang: Language, found: Figures) -> None:
    table = find_table(book, "pain_points")
    if table is None:
        return
    rows: list[dict[str, Any]] = []
    if frame is not None and "text" in frame:
        from csm_xl.feedback.pain_points import KINDS, TRENDS, pain_points

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
                }
            )
    found.blocks.append((table, "pain_points", rows))


def _line(line: Line, lang: Language) -> dict[str, Any]:
    return {
        key: getattr(line, key).within(lang) or None
        for key in ("measure", "contacted", "holdout", "low", "high", "verdict")
    }


_TOO_FEW = Text("cannot tell", "无法判断")


def _changes(
    source: Source, answers: _Answers, lang: Language, notes: list[Text]
) -> dict[int, dict[str, Any]]:
    """Before and after each change of the Changes sheet."""
    place = layout.find_column(source.headers, "date", "changes")
    if place is None:
        return {}
    rows: dict[int, dict[str, Any]] = {}
    silent = 0
    for index in range(len(source.rows)):
        rows[index] = {}
        day = source.date(index, place)
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
