"""Training, scores and the plan of actions, from data frames to data frames."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from csm_xl.churn import labels
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.report import Report
from csm_xl.churn.risk import RISKS
from csm_xl.company.action_rows import ActionRows
from csm_xl.company.call_list import plan_actions
from csm_xl.company.data_frames import Given, read_frames
from csm_xl.company.date_training import has_dates
from csm_xl.company.first_rules import first_rules
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.scoring import Scored, score_sheet
from csm_xl.company.scoring import score as score_company
from csm_xl.company.training import (
    Cancellation,
    Progress,
    data_from_dates,
    data_from_labels,
    data_from_orders,
)
from csm_xl.company.training import train as train_on
from csm_xl.errors import NoModelError
from csm_xl.language import Language, Text
from csm_xl.vocabulary.cell_readers import EXCEL_EPOCH
from csm_xl.vocabulary.words import STATUSES

_PLAN = (
    "customer_id",
    "name",
    "churn_probability",
    "risk",
    "stage",
    "reason",
    "action",
    "value",
    "expected",
    "due",
)


@dataclass(frozen=True)
class ChurnModel:
    """What was learned about who leaves: plain data, no pickle.

    Attributes
    ----------
    formula : ChurnFormula
        Gives the probability of leaving within the horizon.
    report : Report
        How good it is on customers it had not seen, with intervals, and how far to trust it.
    records : dict of str to str
        The further models (of orders, of staying), as JSON.
    notes : tuple of Text
        What was left out, and why.
    """

    formula: ChurnFormula
    report: Report
    records: dict[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[Text, ...] = field(default=(), repr=False)

    @property
    def horizon_days(self) -> float | None:
        """Within how many days "leaving" is meant; None where no dates were given."""
        return self.formula.meta.get("horizon_days")

    def to_json(self) -> str:
        """The model as text, to keep it in a file."""
        return json.dumps(
            {
                "formula": json.loads(self.formula.to_json()),
                "report": json.loads(self.report.to_json()),
                "records": self.records,
                "notes": [[note.en, note.zh] for note in self.notes],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> ChurnModel:
        """The model from its text.

        Raises
        ------
        NoModelError
            When the text is no model.
        """
        try:
            fields = json.loads(text)
            return cls(
                ChurnFormula.from_json(json.dumps(fields["formula"])),
                Report.from_json(json.dumps(fields["report"])),
                fields["records"],
                tuple(Text(en, zh) for en, zh in fields["notes"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise NoModelError(
                "This text is no churn model of csm-xl. Train one and keep what to_json gives.",
                "这段文本不是 csm-xl 的流失模型，请重新训练并保存 to_json 的结果。",
            ) from error


def training_set(
    customers: Any,
    orders: Any,
    *,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
    horizon_days: float | None = None,
) -> labels.TrainingSet:
    """Features and labels of customers on several past days: each label lies after its features.

    Parameters
    ----------
    customers : pandas.DataFrame
        Column ``customer_id``; a date ``left_on`` says who left for certain; other columns are
        traits.
    orders : pandas.DataFrame
        ``customer_id``, ``date``, ``amount``; optional ``product``, ``order_id``.
    feedback : pandas.DataFrame, optional
        ``customer_id``, ``date``, ``rating`` and so on.
    contacts : pandas.DataFrame, optional
        ``customer_id``, ``date``, ``kind``.
    today : date, optional
        The last day on record; the last order by default.
    horizon_days : float, optional
        Silence for longer is leaving; learned from the orders when not given.

    Returns
    -------
    TrainingSet
        ``features``, ``label``, ``groups`` (for folds by customer), ``cutoffs``, ``horizon``.

    Raises
    ------
    TooLittleDataError, SheetError, CellError
    """
    settings = {} if horizon_days is None else {"horizon_days": horizon_days}
    given = read_frames(customers, orders, feedback, contacts, today, settings)
    assert given.company is not None
    from csm_xl.company.order_training import training_frames

    frame, learned = training_frames(given.company)
    return replace(learned, features=frame)


def train(
    customers: Any,
    orders: Any = None,
    *,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    cancelled: Cancellation | None = None,
) -> ChurnModel:
    """Learn who leaves.

    With orders, from the customers as they were on several past days; without, from a column that
    says who left (Churned, Exited, 是否流失), or from the dates Start and Left on. Columns are
    found by the titles that people and programs give them.

    Parameters
    ----------
    customers, orders, feedback, contacts : pandas.DataFrame
        See :func:`training_set`; only the customers are needed.
    today : date, optional
        The day of the figures; by default the last order, without orders the present day.
    settings : mapping, optional
        Settings by their keys, such as ``{"horizon_days": 90}``.
    progress, cancelled : callable, optional

    Returns
    -------
    ChurnModel

    Raises
    ------
    TooLittleDataError, SheetError, CellError, Cancelled
    """
    given = read_frames(customers, orders, feedback, contacts, today, settings)
    if given.company is not None and not given.table.flagged:
        data = data_from_orders(given.company)
    elif has_dates(given.table):
        data = data_from_dates(given.table, given.today, given.settings)
    else:
        data = data_from_labels(given.table)
    day = (EXCEL_EPOCH + dt.timedelta(days=int(given.today))).date()
    result = train_on(data, progress=progress, cancelled=cancelled, today=day)
    return ChurnModel(
        ChurnFormula.from_json(result.formula),
        Report.from_json(result.report),
        result.records,
        tuple(Text(en, zh) for en, zh in result.notes),
    )


def score(
    customers: Any,
    orders: Any = None,
    *,
    model: ChurnModel,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
    settings: Mapping[str, Any] | None = None,
    lang: Language = "en",
) -> Any:
    """The probability of leaving of each customer, and what follows from it.

    Parameters
    ----------
    customers, orders, feedback, contacts : pandas.DataFrame
        As in :func:`train`.
    model : ChurnModel
    today, settings
        As in :func:`train`.
    lang : {"en", "zh"}
        Of the words in the result.

    Returns
    -------
    pandas.DataFrame, one row per customer
        Index as `customers`. ``churn_probability`` (NaN for those who left or are too new),
        ``risk`` (for them why there is none) and, with orders, what is counted from them and
        ``stage``, ``tier``, ``rfm``, ``clv``, ``value_at_risk``, ``reasons``, ``health``.

    Raises
    ------
    CellError, SheetError
    """
    given = read_frames(customers, orders, feedback, contacts, today, settings, lang)
    return _as_frame(_scored(given, model, lang), given, lang)


def plan(
    customers: Any,
    orders: Any = None,
    *,
    model: ChurnModel,
    feedback: Any = None,
    contacts: Any = None,
    today: Any = None,
    settings: Mapping[str, Any] | None = None,
    lang: Language = "en",
) -> Any:
    """Whom to contact first, why, and what to do.

    Parameters
    ----------
    customers, orders, feedback, contacts, model, today, settings, lang
        As in :func:`score`; the settings ``save_rate``, ``margin``, ``contact_cost`` and
        ``actions_max`` weigh the list.

    Returns
    -------
    pandas.DataFrame, one row per suggestion, the first to contact first
        ``customer_id``, ``name``, ``churn_probability``, ``risk``, ``stage``, ``reason``,
        ``action``, ``value`` (if kept), ``expected`` (value saved, after the cost of a contact)
        and ``due``. After them come customers who left and are likely to return: their risk is
        the word for *left*, their probability and ``expected`` are NaN.
    """
    import pandas as pd

    given = read_frames(customers, orders, feedback, contacts, today, settings, lang)
    found = plan_actions(
        _scored(given, model, lang),
        model.formula,
        ActionRows(HeaderTable("", None, [], 0, 1, [])),
        first_rules(given.settings.get("business"), lang),
        given.settings,
        model.records,
        given.today,
        lang,
    )
    frame = pd.DataFrame([*found.listed, *found.win_back], columns=list(_PLAN))
    frame["due"] = _days(frame["due"])
    return frame


def _scored(given: Given, model: ChurnModel, lang: Language) -> Scored:
    if given.company is not None and model.formula.meta.get("label") == "orders":
        return score_company(given.company, model.formula, model.records, lang)
    return score_sheet(given.table, model.formula, given.settings)


def _as_frame(scored: Scored, given: Given, lang: Language) -> Any:
    import pandas as pd

    words = [risk.within(lang) for risk in RISKS]
    risk = [
        words[code] if code >= 0 else STATUSES.word(why, lang) if why else None
        for code, why in zip(scored.risk.tolist(), scored.status, strict=True)
    ]
    columns = {"churn_probability": scored.probability, "risk": risk, **scored.columns}
    frame = pd.DataFrame(columns, index=given.table.index[: len(risk)])
    if "last_order" in frame:
        frame["last_order"] = _days(frame["last_order"])
    return frame


def _days(serials: Any) -> Any:
    import pandas as pd

    return pd.Timestamp(EXCEL_EPOCH) + pd.to_timedelta(serials, unit="D")
