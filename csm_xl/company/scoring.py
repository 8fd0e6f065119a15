"""Scores of customers: the probability of leaving, the risk, and what follows from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from csm_xl.churn.feature_values import find_columns
from csm_xl.churn.formula import ChurnFormula, TextTerm, sigmoid
from csm_xl.churn.risk import HIGH, MEDIUM, RiskCuts, cuts_of, risk_levels
from csm_xl.company.counts import counted
from csm_xl.company.frames import Company
from csm_xl.company.header_table import HeaderTable
from csm_xl.company.order_training import sheet_features
from csm_xl.company.readable_cells import UnreadCell, readable, shown
from csm_xl.company.results import results
from csm_xl.company.rule_health import RuleHealth, rule_health
from csm_xl.company.settings import Settings
from csm_xl.company.silence import silent_after
from csm_xl.company.status_by_orders import LEFT, TOO_NEW, status_of
from csm_xl.company.unread import listed
from csm_xl.company.usage import UsageOverTime, usage_over_time
from csm_xl.language import Language, Text


@dataclass
class Scored:
    """Customers with their scores, nothing written yet.

    Attributes
    ----------
    table : HeaderTable
    probability : ndarray of float, shape (n,)
        NaN for customers who get none: they left, or are too new.
    risk : ndarray of int, shape (n,)
        Index into ``RISKS``; -1 without a probability.
    status : list of str or None
        Why a customer gets no score: a key of ``STATUSES``.
    gone : ndarray of bool, shape (n,)
        Who has left: nobody can keep them.
    company : Company or None
        Where orders are kept.
    columns : dict of str to array or list
        Further columns of the Customers table.
    readings : mapping of str to sequence of n
        What the model read, by the sheet's headers.
    records : dict of str to str
        What is stored with them.
    notes : list of Text
    correction : ndarray of float, shape (n,), or None
        What was added to the formula's log-odds; None where there never was anything.
    unread : list of dict
        Cells that could not be read and count as blank.
    by_rule : RuleHealth or None
        Where no model was learned: then nobody has a probability, and the risk is green, amber
        or red.
    usage : UsageOverTime or None
        Level and trend of usage, where the model reads them.
    """

    table: HeaderTable
    probability: np.ndarray
    risk: np.ndarray
    status: list[str | None]
    gone: np.ndarray
    company: Company | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    readings: Mapping[str, Any] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    correction: np.ndarray | None = None
    unread: list[dict[str, Any]] = field(default_factory=list)
    by_rule: RuleHealth | None = None
    usage: UsageOverTime | None = None


@dataclass(frozen=True)
class Learned:
    """What a training that is not written yet has found beside the formula.

    Attributes
    ----------
    correction : mapping of int to float
        Per row of the sheet what is added to the formula's log-odds.
    cuts : RiskCuts
        From where on a risk is medium, and high.
    """

    correction: Mapping[int, float]
    cuts: RiskCuts


def score(
    company: Company,
    formula: ChurnFormula,
    records: Mapping[str, str],
    lang: Language,
    learned: Learned | None = None,
) -> Scored:
    """Score the customers of a company that keeps its orders.

    Parameters
    ----------
    company : Company
    formula : ChurnFormula
    records : mapping of str to str
        The further models, as texts.
    lang : {"en", "zh"}
        Of the words in the columns.
    learned : Learned, optional
        By a training that is not written yet; else the workbook says it.

    Raises
    ------
    CsmError
        Names the cell or the column that cannot be used.
    """
    settings = company.settings
    columns, notes = counted(company)
    readings = _readings(company, columns)
    probability = formula.probability(readings, company.table.row_numbers)
    days = silent_after(settings, records, formula.meta.get("horizon_days") or 0)
    status = status_of(company, columns, days, settings.number("trial_days"))
    probability[[reason is not None for reason in status]] = np.nan
    scored = Scored(
        company.table,
        probability,
        risk_of(settings, probability, formula, learned),
        status,
        np.array([reason == LEFT for reason in status]),
        company,
        columns,
        readings,
        notes=[*notes, *company.notes],
        unread=[listed(table, one) for table, one in company.unread],
    )
    more, scored.records = results(
        company, columns, readings, probability, status, formula, records, lang
    )
    scored.columns = {**columns, **more}
    return scored


def score_sheet(
    table: HeaderTable,
    formula: ChurnFormula,
    settings: Settings,
    learned: Learned | None = None,
) -> Scored:
    """Score rows by the cells that stand in them."""
    columns: dict[str, Any] = dict.fromkeys(table.headers, ())
    if table.rows:
        columns = dict(zip(table.headers, zip(*table.rows, strict=False), strict=False))
    usage = usage_over_time(table)
    if usage is not None:
        columns |= usage.columns
        # A title of ours that a model does not know is not shown either.
        used = set(find_columns(columns, formula.features).values())
        usage = usage if used & set(usage.titles) else None
    columns, unread = _cleaned(table, formula, columns, usage.titles if usage else ())
    odds = formula.log_odds(columns, table.row_numbers)
    correction = _correction(table, learned)
    probability = sigmoid(odds if correction is None else odds + correction)
    status = [
        why if why in NO_SCORE and there else None
        for why, there in zip(_statuses(table), table.holds, strict=True)
    ]
    if formula.meta.get("label") == "orders":
        status = _by_orders_elsewhere(table, formula, settings, status)
    probability[[why is not None for why in status]] = np.nan
    probability[~table.holds] = np.nan
    return Scored(
        table,
        probability,
        risk_of(settings, probability, formula, learned),
        status,
        np.array([why == LEFT for why in status], dtype=bool),
        readings=columns,
        correction=correction,
        unread=unread,
        usage=usage,
    )


def score_by_rule(
    table: HeaderTable, settings: Settings, today: float, company: Company | None = None
) -> Scored:
    """Judge rows by rules that a person can check, where no model can be learned.

    With `company` the day of the last order counts as well.
    """
    last_order = None
    if company is not None and company.table is table:
        last_order = counted(company)[0]["last_order"]
    said = _statuses(table)
    status = [
        why if why in NO_SCORE and there else None
        for why, there in zip(said, table.holds, strict=True)
    ]
    present = table.holds & np.array([why is None for why in status], dtype=bool)
    found = rule_health(table, present, settings, today, last_order)
    return Scored(
        table,
        np.full(len(table.rows), np.nan),
        found.level,
        status,
        np.array([why == LEFT for why in status], dtype=bool),
        notes=list(company.notes) if company is not None else [],
        unread=[] if company is None else [listed(of, one) for of, one in company.unread],
        by_rule=found,
    )


#: Who gets no score: whoever left, leaves soon, is no full customer, or cannot be read.
NO_SCORE = frozenset(["left", "notice", "paused", "trial", "lead", "unclear"])


def _statuses(table: HeaderTable) -> list[str]:
    said = table.leaving.status.tolist()
    return said if len(said) == len(table.rows) else [""] * len(table.rows)


def _by_orders_elsewhere(
    table: HeaderTable, formula: ChurnFormula, settings: Settings, said: list[str | None]
) -> list[str | None]:
    """The status by figures that stand on the sheet, where their orders are kept elsewhere."""
    place = table.places("customers").get("days_since")
    if place is None:
        return said
    days = silent_after(settings, {}, formula.meta.get("horizon_days") or 0)
    found = list(said)
    for row, since in enumerate(table.cells(place)):
        if found[row] is None and table.holds[row]:
            if not isinstance(since, (int, float)):
                found[row] = TOO_NEW
            elif since > days:
                found[row] = LEFT
    return found


def _cleaned(
    table: HeaderTable,
    formula: ChurnFormula,
    columns: dict[str, Any],
    counted: Collection[str] = (),
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The columns with blanks for cells that cannot be read, and those cells."""
    used = find_columns(columns, formula.features)
    unread = []
    for term in formula.terms:
        header = used[term.name]
        if header in counted:
            continue
        place = table.headers.index(header)
        kind = "text" if isinstance(term, TextTerm) else term.kind
        clean, wrong = readable(columns[header], kind)
        columns = {**columns, header: clean}
        unread += [
            listed(
                table,
                UnreadCell(row, place, shown(table.rows[row][place]), table.roles.role_of(place)),
            )
            for row in wrong
            if table.holds[row]
        ]
    return columns, unread


def _correction(table: HeaderTable, learned: Learned | None) -> np.ndarray | None:
    """What is added to each row's log-odds: found just now, or in the column of an earlier day."""
    place = table.places("customers").get("correction")
    if learned is not None:
        added = np.array([learned.correction.get(number, 0.0) for number in table.row_numbers])
        return added if place is not None or added.any() else None
    if place is None:
        return None
    cells = table.cells(place)
    return np.array([c if isinstance(c, float) and np.isfinite(c) else 0.0 for c in cells])


def _readings(company: Company, columns: dict[str, np.ndarray]) -> dict[str, Any]:
    """The sheet's columns by header, the counted ones as they will be written."""
    places = company.table.places("customers")
    rows = company.table.rows
    readings: dict[str, Any] = {
        header: [row[i] for row in rows] for i, header in enumerate(company.table.headers)
    }
    titles = sheet_features(company)
    for key, values in columns.items():
        if key in places:
            readings[company.table.headers[places[key]]] = values
        elif key in titles:
            readings[titles[key]] = values
    return readings


def risk_of(
    settings: Settings,
    probability: np.ndarray,
    formula: ChurnFormula,
    learned: Learned | None = None,
) -> np.ndarray:
    """The place of each probability's level in ``RISKS``; -1 without a probability."""
    cuts = risk_cuts(settings, formula) if learned is None else learned.cuts
    codes = risk_levels(np.nan_to_num(probability), cuts.medium, cuts.high)
    return np.where(np.isnan(probability), -1, codes)


def risk_cuts(settings: Settings, formula: ChurnFormula) -> RiskCuts:
    """From where on a risk is medium, and high: by Settings, else as it was learned."""
    usual = cuts_of(formula.meta)
    medium = settings.number_or_none("risk_medium")
    high = settings.number_or_none("risk_high")
    return RiskCuts(
        usual.medium if medium is None else medium, usual.high if high is None else high
    )


#: The record of the cuts that csm-xl wrote into Settings.
CUTS = "risk_cuts"


def new_cuts(
    settings: Settings, formula: ChurnFormula, records: Mapping[str, str]
) -> tuple[RiskCuts, dict[str, float]]:
    """The cuts of a new model: those it learned, but for what the owner set.

    A setting is the owner's unless it is blank, or still what csm-xl wrote there.

    Parameters
    ----------
    settings : Settings
    formula : ChurnFormula
    records : mapping of str to str
        What the workbook keeps, of the time before.

    Returns
    -------
    cuts : RiskCuts
    ours : dict of str to float
        Those of them (``medium``, ``high``) that Settings is to show.
    """
    usual = {"medium": MEDIUM, "high": HIGH}
    before = json.loads(records[CUTS]) if CUTS in records else usual
    held = {key: settings.number_or_none(f"risk_{key}") for key in usual}
    own = {key: cut for key, cut in held.items() if cut is not None and cut != before.get(key)}
    found = {**cuts_of(formula.meta).to_dict(), **own}
    if "high" in own:
        found["medium"] = own.get("medium", min(found["medium"], found["high"]))
    elif "medium" in own:
        found["high"] = max(found["medium"], found["high"])
    ours = {key: cut for key, cut in found.items() if key not in own and "risk" in formula.meta}
    return RiskCuts(**found), ours
