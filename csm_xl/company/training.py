"""Training on a snapshot: plain data in, plain data out, so that it can run in another process."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from csm_xl.company.customers import labelled
from csm_xl.company.date_training import dated_training, day_of
from csm_xl.company.frames import Company
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.order_training import (
    notes_leaving,
    purchase_rows,
    survival_rows,
    training_frames,
)
from csm_xl.company.reliability import reliability_rows
from csm_xl.company.settings import Settings
from csm_xl.errors import TooLittleDataError
from csm_xl.language import Text

if TYPE_CHECKING:
    from csm_xl.churn.labels import TrainingSet

#: The records that a training makes beside the churn model, when there is enough to learn from.
MODELS = ("purchases", "survival")

#: Told how far the work is, 0 to 1, and what is being done.
Progress = Callable[[float, Text], None]
#: Asked often; a true answer stops the work.
Cancellation = Callable[[], bool]


@dataclass(frozen=True)
class TrainingData:
    """A snapshot of what models are trained on: plain data that can go to another process.

    Attributes
    ----------
    columns : dict of str to list
        Raw cells of each feature.
    label : list of float
    label_name : str
    rows : list of int or None
        The sheet's row numbers, for messages; None when rows are customers on cut-off days.
    sheet : str
        The sheet or table that was read.
    left_out : list of (str, str, str)
        Column, and why it is no feature in English and Chinese.
    notes : list of (str, str)
    groups : list or None
        The customer of each row, when a customer has several.
    horizon_days : float or None
    purchases, survival : dict or None
        What the models of orders and of staying are fitted on.
    unread : list of dict
        Cells that could not be read and count as blank.
    cutoffs : list of int or None
        The day (since 1970) that each row was looked back from.
    came_back : float or None
        Of those silent for the whole horizon, the share who ordered again, where silence is
        taken for leaving.
    prior : dict or None
        How many leave within the horizon, where each customer is one row.
    window_days : int or None
        How many days the columns of recent activity cover, where there are such columns.
    """

    columns: dict[str, list[Any]]
    label: list[float]
    label_name: str
    rows: list[int] | None
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]
    groups: list[Any] | None = None
    horizon_days: float | None = None
    purchases: dict[str, Any] | None = None
    survival: dict[str, Any] | None = None
    unread: list[dict[str, Any]] = field(default_factory=list)
    prior: dict[str, Any] | None = None
    cutoffs: list[int] | None = None
    came_back: float | None = None
    window_days: int | None = None


@dataclass(frozen=True)
class TrainingResult:
    """What training gives back: the churn model, its report and further records, as texts.

    `groups` is the number of customers, where a customer is several of the report's cases;
    `reliability` are the rows of the Model sheet's table of that name; `correction` is what each
    row of the sheet that was learned from needs, in log-odds; `unread` are the cells that could not
    be read.
    """

    formula: str
    report: str
    sheet: str
    left_out: list[tuple[str, str, str]]
    notes: list[tuple[str, str]]
    records: dict[str, str] = field(default_factory=dict)
    groups: int | None = None
    reliability: list[dict[str, Any]] = field(default_factory=list)
    correction: list[tuple[int, float]] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)


def data_from_labels(table: HeaderTable, copies: Collection[str] = ()) -> TrainingData:
    """What there is to learn from a column that says who left."""
    found = labelled(table, copies)
    return TrainingData(
        {str(name): found.frame[name].tolist() for name in found.frame.columns},
        found.label.tolist(),
        found.label_name,
        found.rows,
        table.title,
        [(name, reason.en, reason.zh) for name, reason in found.left_out],
        [(note.en, note.zh) for note in found.notes],
        unread=list(found.unread),
    )


def data_from_orders(company: Company) -> TrainingData:
    """What there is to learn where orders are kept: customers as they were on several days."""
    frame, learned = training_frames(company)
    return replace(
        data_looked_back(frame, learned, company),
        purchases=purchase_rows(company),
        survival=survival_rows(company),
        came_back=_came_back(company, learned.share_came_back),
    )


def data_looked_back(frame: Any, learned: TrainingSet, company: Company) -> TrainingData:
    """What there is to learn from customers as they were on several days.

    Parameters
    ----------
    frame : pandas.DataFrame
        The features of `learned` that the sheet shows, under its titles.
    learned : TrainingSet
    company : Company
        Whose customers they are.
    """
    share = learned.share_came_back
    return TrainingData(
        {str(name): frame[name].tolist() for name in frame.columns},
        learned.label.tolist(),
        "orders",
        None,
        company.table.title,
        [(name, reason.en, reason.zh) for name, reason in learned.left_out.items()],
        [(note.en, note.zh) for note in learned.notes],
        [str(group) for group in learned.groups],
        float(learned.horizon.days),
        cutoffs=learned.cutoffs.astype("datetime64[D]").astype(int).tolist(),
        came_back=float(share) if 0.0 <= share <= 1.0 else None,
        window_days=int(company.settings.number("window_days")),
    )


def _came_back(company: Company, share: float) -> float | None:
    """The share of the silent who came back; None where the owner notes who left."""
    return None if notes_leaving(company) or not 0.0 <= share <= 1.0 else float(share)


def data_from_dates(
    table: HeaderTable, today: float, settings: Settings, copies: Collection[str] = ()
) -> TrainingData:
    """What there is to learn from days of beginning and of leaving."""
    learned, left_out, notes, unread = dated_training(
        table, day_of(today), settings.number_or_none("horizon_days"), copies
    )
    frame = learned.features
    return TrainingData(
        {str(name): frame[name].tolist() for name in frame.columns},
        learned.label.tolist(),
        "dates",
        list(learned.rows),
        table.title,
        [(name, reason.en, reason.zh) for name, reason in left_out],
        [(note.en, note.zh) for note in (*learned.notes, *notes)],
        horizon_days=float(learned.horizon.days),
        unread=unread,
        prior=None if learned.prior is None else learned.prior.to_dict(),
    )


def train(
    data: TrainingData,
    *,
    progress: Progress | None = None,
    cancelled: Cancellation | None = None,
    today: dt.date | None = None,
) -> TrainingResult:
    """Train on a snapshot; touches no workbook, so it may run in another process."""
    import numpy as np
    import pandas as pd

    from csm_xl.churn import training
    from csm_xl.churn.prior_correction import PriorCorrection

    trained = training.train(
        pd.DataFrame(
            {name: pd.Series(cells, dtype=object) for name, cells in data.columns.items()},
            # Days alone may be all there is to learn from.
            index=range(len(data.label)),
        ),
        data.label,
        groups=None if data.groups is None else np.array(data.groups),
        horizon_days=None if data.horizon_days is None else int(data.horizon_days),
        label_name=data.label_name,
        rows=data.rows,
        progress=progress,
        cancelled=cancelled,
        trained_on=today,
        prior=None if data.prior is None else PriorCorrection.from_dict(data.prior),
        cutoffs=data.cutoffs,
        came_back=data.came_back,
    )
    formula = trained.formula
    if data.window_days is not None:
        formula = replace(formula, meta={**formula.meta, "window_days": data.window_days})
    notes = list(data.notes)
    records = {
        name: text
        for name, text in (
            ("purchases", _purchase_models(data.purchases, notes)),
            ("survival", _survival_model(data.survival, notes)),
        )
        if text is not None
    }
    return TrainingResult(
        formula.to_json(),
        trained.report.to_json(),
        data.sheet,
        data.left_out,
        notes,
        records,
        None if data.groups is None else len(set(data.groups)),
        reliability_rows(trained.report.judged, np.array(data.label, dtype=float), data.groups),
        []
        if data.rows is None
        else list(zip(data.rows, trained.report.correction.tolist(), strict=True)),
        data.unread,
    )


def _purchase_models(rows: dict[str, Any] | None, notes: list[tuple[str, str]]) -> str | None:
    """BG/NBD and, with enough repeat orders, Gamma-Gamma, as a record."""
    if rows is None:
        return None
    import numpy as np

    from csm_xl.churn.bg_nbd import fit_bg_nbd
    from csm_xl.churn.lifetime_value import fit_gamma_gamma

    repeat = np.array(rows["orders"]) - 1
    try:
        purchases = fit_bg_nbd(
            repeat, np.array(rows["first_to_last"]), np.array(rows["since_first"]), 1.0
        )
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
        return None
    stored: dict[str, Any] = {"purchases": purchases.to_dict()}
    try:
        stored["values"] = fit_gamma_gamma(repeat, np.array(rows["value"], dtype=float)).to_dict()
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
    return json.dumps(stored)


_NO_TRAITS = Text(
    "There is no survival model: nothing in the Customers sheet says what kind of customer each is "
    "(city, plan, came through).",
    "没有生存模型：“客户”表中没有能区分客户的列（城市、方案、来源）。",
)


def _survival_model(rows: dict[str, Any] | None, notes: list[tuple[str, str]]) -> str | None:
    """Cox's model as a record."""
    if rows is None:
        return None
    import pandas as pd

    from csm_xl.churn.cox import fit_survival, survival_notes

    if not rows["columns"]:
        notes.append((_NO_TRAITS.en, _NO_TRAITS.zh))
        return None
    columns = {name: pd.Series(cells, dtype=object) for name, cells in rows["columns"].items()}
    try:
        model = fit_survival(pd.DataFrame(columns), rows["tenure"], rows["left"])
    except TooLittleDataError as error:
        notes.append((error.text.en, error.text.zh))
        return None
    notes += [(note.en, note.zh) for note in survival_notes(model)]
    return json.dumps(model.to_dict())
