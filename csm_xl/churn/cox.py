"""Fit a survival model: Cox regression by lifelines, turned into plain data."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.churn.cox_regression import (
    LEAST_ROWS,
    PENALTY,
    Term,
    baseline_of,
    concordance_of,
    design_of,
    fit_cox,
    not_proportional,
)
from csm_xl.churn.feature_columns import sift_features
from csm_xl.churn.feature_table import FeatureTable, read_table
from csm_xl.churn.survival import Baseline, Split, SurvivalModel
from csm_xl.churn.time_columns import duration_columns
from csm_xl.errors import CellError, ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Flags, Floats

#: Fewer customers who left say nothing about when customers leave.
LEAST_LEFT = 5
#: Columns by which a model is stratified at most, groups of each, and leavers that a stratum needs
#: for a course of its own.
MOST_SPLITS, MOST_GROUPS, LEAST_STRATUM = 2, 4, 15
#: A customer who left on the first day still stayed for part of it.
SHORTEST = 0.5 / 30.4


def fit_survival(
    frame: Any,
    tenure_months: ArrayLike,
    left: ArrayLike,
    *,
    penalty: float = PENALTY,
    keep: tuple[str, ...] = (),
    stratify: bool = True,
) -> SurvivalModel:
    """Fit Cox's proportional hazards model with a ridge penalty, stratified where hazards are not.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        Feature columns, raw cells (numbers, texts, flags, holes). Columns that carry the duration
        (tenure, dates, recency, totals) are left out and listed in the report.
    tenure_months : array_like of float, shape (n,)
        From the start to the day on which the customer left, or until today.
    left : array_like of bool, shape (n,)
        Who left.
    penalty : float
        See :data:`PENALTY`; 0 for an unpenalised fit.
    keep : tuple of str
        Columns not to be left out, because the owner knows that they do not carry the duration.
    stratify : bool
        Whether columns whose effect changes with tenure, by the test on Schoenfeld's residuals,
        become strata.

    Returns
    -------
    SurvivalModel

    Raises
    ------
    ScaleError
        If a tenure is negative.
    CellError
        If a tenure is blank.
    TooLittleDataError
        If fewer than five customers left, or the numbers do not settle on an answer.
    """
    duration = np.asarray(tenure_months, dtype=float).reshape(-1)
    gone = np.asarray(left, dtype=bool).reshape(-1)
    _check(duration, gone)
    carrying = {n: r for n, r in duration_columns(frame, duration).items() if n not in keep}
    usable = frame[[name for name in frame.columns if str(name) not in carrying]]
    features = [feature for feature, reason in sift_features(usable) if reason is None]
    table = read_table(usable, features)
    design, terms = design_of(table)
    duration = np.maximum(duration, SHORTEST)
    concordance = concordance_of(design, duration, gone, penalty)
    fitted = fit_cox(design, duration, gone, penalty)
    stratum = np.zeros(duration.size, dtype=int)
    splits: list[Split] = []
    stratified: dict[str, float] = {}
    changing = not_proportional(fitted, design, duration, gone, terms)
    while stratify and changing and len(splits) < MOST_SPLITS:
        name = min(changing, key=lambda one: changing[one])
        split = _split(table, name)
        groups = stratum * split.groups + split.of(_cells_of(usable, name))
        if not _splittable(groups, gone):
            break
        stratum, stratified[name] = groups, changing[name]
        splits.append(split)
        design, terms = _within(design, terms, stratum, {one.name for one in splits})
        fitted = fit_cox(design, duration, gone, penalty, stratum)
        changing = {
            other: p
            for other, p in not_proportional(fitted, design, duration, gone, terms, stratum).items()
            if other not in stratified
        }
    coefficients = np.zeros(0) if fitted is None else fitted.params_.to_numpy()
    whole = _course(design, coefficients, duration, gone)
    strata = []
    for number in np.unique(stratum) if splits else ():
        own = stratum == number
        if gone[own].sum() >= LEAST_STRATUM:
            strata.append(
                (int(number), _course(design[own], coefficients, duration[own], gone[own]))
            )
    report = {
        "concordance": concordance,
        "not_proportional": changing,
        "stratified": stratified,
        "left_out": {name: [reason.en, reason.zh] for name, reason in carrying.items()},
    }
    ends = np.cumsum([term.width for term in terms]).astype(int)
    return SurvivalModel(
        tuple(
            term.effect(coefficients[end - term.width : end])
            for term, end in zip(terms, ends, strict=True)
        ),
        whole.months,
        whole.hazard,
        whole.longest,
        whole.tail,
        int(duration.size),
        int(gone.sum()),
        report,
        tuple(splits),
        tuple(strata),
    )


def _course(design: Floats, coefficients: Floats, duration: Floats, gone: Flags) -> Baseline:
    """The cumulative hazard of these customers, and what is taken beyond it."""
    months, hazard = baseline_of(design, coefficients, duration, gone)
    longest = float(duration.max())
    half = np.interp(longest / 2, np.r_[0.0, months], np.r_[0.0, hazard])
    tail = float((hazard[-1] - half) / (longest / 2))
    return Baseline(tuple(months.tolist()), tuple(hazard.tolist()), longest, tail)


def _split(table: FeatureTable, name: str) -> Split:
    """The groups of a column: a text's usual categories, a number's lower and upper half."""
    for feature, column, levels in zip(table.features, table.columns, table.levels, strict=True):
        if feature.name != name:
            continue
        if feature.kind == "text":
            counts = np.bincount(column, minlength=len(levels))
            usual = np.argsort(-counts, kind="stable")[: MOST_GROUPS - 1]
            return Split(
                name, "text", categories=tuple(levels[i] for i in usual if counts[i] >= LEAST_ROWS)
            )
        middle = float(np.nanmedian(column))
        # Where half of all have the highest value, it is the upper group.
        below = column[column < np.nanmax(column)]
        cut = middle if middle < np.nanmax(column) else float(np.nanmax(below))
        return Split(name, feature.kind, cut)
    raise KeyError(name)


def _cells_of(frame: Any, name: str) -> Any:
    """The cells of a column by its name as text."""
    return next(frame[column] for column in frame.columns if str(column) == name)


def _splittable(groups: np.ndarray, gone: Flags) -> bool:
    """Whether at least two strata have leavers enough for a course of their own."""
    return int((np.bincount(groups[gone]) >= LEAST_STRATUM).sum()) >= 2


def _within(
    design: Floats, terms: list[Term], stratum: np.ndarray, split: set[str]
) -> tuple[Floats, list[Term]]:
    """The regression without what the strata say already.

    A text that was split is said by its strata; a number goes on to act within them, unless it is
    the same all over each.
    """
    parts, kept, at = [np.zeros((len(design), 0))], [], 0
    for term in terms:
        part = design[:, at : at + term.width]
        at += term.width
        if term.name in split:
            varies = any(np.ptp(part[stratum == number]) > 0 for number in np.unique(stratum))
            if term.kind == "text" or not varies:
                continue
        parts.append(part)
        kept.append(term)
    return np.hstack(parts), kept


#: Below this concordance a survival model orders customers hardly better than chance.
_GUESSING = 0.55
_TELLS = Text(
    "Of two customers, the survival model says in {share:.0%} of the cases which one leaves first "
    "(50% is guessing).",
    "任取两位客户，生存模型说对谁先流失的比例为 {share:.0%}（随机猜测为 50%）。",
)
_TELLS_NOTHING = Text(
    "SURVIVAL cannot yet tell customers apart: of two, it says in {share:.0%} of the cases which one "
    "leaves first, and 50% is guessing. Its average over all of them still holds.",
    "SURVIVAL 目前还分不出客户之间的差别：任取两位，说对谁先流失的比例为 {share:.0%}，而随机猜测也有 50%。"
    "所有客户的平均水平仍可参考。",
)


def survival_notes(model: SurvivalModel) -> list[Text]:
    """The report of a survival model in sentences."""
    notes = []
    concordance = model.report.get("concordance")
    if concordance is not None:
        told = _TELLS if concordance >= _GUESSING else _TELLS_NOTHING
        notes.append(told.fill(share=concordance))
    split = list(model.report.get("stratified", {}))
    if split:
        notes.append(
            Text(
                "The effect of {names} changes with tenure, so in SURVIVAL its groups each have a "
                "course of their own.",
                "“{names}”的影响随客户时长变化，因此 SURVIVAL 中它的各组有各自的曲线。",
            ).fill(names=Text(", ".join(split), "”“".join(split)))
        )
    changing = list(model.report.get("not_proportional", {}))
    if changing:
        notes.append(
            Text(
                "The effect of {names} changes with tenure, which the survival model cannot "
                "follow: take its long forecasts with care.",
                "“{names}”的影响随客户时长变化，生存模型无法体现，请谨慎看待其长期预测。",
            ).fill(names=Text(", ".join(changing), "”“".join(changing)))
        )
    for name, (en, zh) in model.report.get("left_out", {}).items():
        notes.append(
            Text(
                "{name} is not used for survival: it {reason}.",
                "生存模型未使用“{name}”：{reason}。",
            ).fill(name=name, reason=Text(en, zh))
        )
    return notes


def _check(duration: Floats, gone: Flags) -> None:
    for bad, kind, en, zh in (
        (
            np.isnan(duration),
            CellError,
            "Row {row}: the tenure is blank. Fill in when the customer started.",
            "第 {row} 行：客户时长为空，请填写开始日期。",
        ),
        (
            (duration < 0) | np.isinf(duration),
            ScaleError,
            "Row {row}: the tenure is {value:g} months. Correct the customer's dates.",
            "第 {row} 行：客户时长为 {value:g} 个月，请更正该客户的日期。",
        ),
    ):
        if bad.any():
            i = int(np.argmax(bad))
            text = Text(en, zh).fill(row=i + 1, value=float(duration[i]))
            raise kind(text.en, text.zh)
    if gone.sum() < LEAST_LEFT:
        text = Text(
            "{n} customers have left, and at least {least} are needed to tell how long customers "
            "stay.",
            "已流失的客户有 {n} 位，至少需要 {least} 位才能估计客户会停留多久。",
        ).fill(n=int(gone.sum()), least=LEAST_LEFT)
        raise TooLittleDataError(text.en, text.zh)
