"""Cox's proportional hazards regression of a table of features, by lifelines."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.survival import Effect
from csm_xl.errors import TooLittleDataError
from csm_xl.metrics.rows import Flags, Floats

#: Fewer say nothing about how good the model is.
LEAST_CONCORDANCE = 20
#: Strength of the ridge penalty: as many customers' worth of "nothing matters", in the units in
#: which every column has a standard deviation of 1.
PENALTY = 5.0
#: Categories of a text column kept apart, and customers needed for it.
MOST_CATEGORIES, LEAST_ROWS = 8, 10
#: Tenures kept for the baseline: the workbook carries them.
MOST_STEPS = 400
#: Customers on whom concordance and proportionality are checked at most.
MOST_CHECKED = 10_000

_FOLDS, _SEED = 5, 0


@dataclass(frozen=True)
class Term:
    """One feature's columns in the regression: one of a number, one per category of a text."""

    name: str
    kind: str
    typical: float = 0.0
    #: The most common category first: it has no column, the others are compared with it.
    categories: tuple[str, ...] = ()
    has_rest: bool = False

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.categories) - 1 + self.has_rest if self.kind == "text" else 1

    def effect(self, coefficients: Floats) -> Effect:
        """What the regression found, as plain data."""
        if self.kind != "text":
            return Effect(self.name, self.kind, float(coefficients[0]), self.typical)
        effects = [0.0, *coefficients.tolist()]
        rest = effects.pop() if self.has_rest else float(np.mean(effects))
        pairs = tuple(zip(self.categories, effects, strict=True))
        return Effect(self.name, "text", categories=pairs, other=rest)


def design_of(table: FeatureTable) -> tuple[Floats, list[Term]]:
    """The matrix of the regression, shape (n, columns), and the terms it is made of."""
    parts, terms = [np.zeros((table.n, 0))], []
    for feature, column, levels in zip(table.features, table.columns, table.levels, strict=True):
        if feature.kind != "text":
            typical = float(np.nanmedian(column))
            away = np.where(np.isnan(column), 0.0, column - typical)
            if np.ptp(away) > 0:
                parts.append(away[:, None])
                terms.append(Term(feature.name, feature.kind, typical))
            continue
        counts = np.bincount(column, minlength=len(levels))
        usual = [i for i in np.argsort(-counts, kind="stable") if counts[i] >= LEAST_ROWS]
        apart = usual[: MOST_CATEGORIES + 1]
        rest = ~np.isin(column, apart)
        flags = [column == i for i in apart[1:]]
        if apart and rest.sum() >= LEAST_ROWS:
            flags.append(rest)
        if flags:
            parts.append(np.column_stack(flags).astype(float))
            names = tuple(levels[i] for i in apart)
            terms.append(Term(feature.name, "text", 0.0, names, len(flags) == len(apart)))
    return np.hstack(parts), terms


def fit_cox(
    design: Floats,
    duration: Floats,
    gone: Flags,
    penalty: float,
    stratum: np.ndarray | None = None,
) -> Any:
    """Lifelines' fit, or None without a column to explain with."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError

    if not design.shape[1]:
        return None
    frame = _frame(design, duration, gone, stratum)
    strata = None if stratum is None else ["stratum"]
    # With few who left, columns that tell them apart perfectly have no finite effect: shrink more.
    for strength in (penalty, 10.0 * max(penalty, PENALTY), 100.0 * max(penalty, PENALTY)):
        fitter = CoxPHFitter(penalizer=strength / duration.size)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitter.fit(frame, "duration", "gone", strata=strata)
        except (ConvergenceError, np.linalg.LinAlgError):
            continue
        if np.isfinite(fitter.params_).all():
            return fitter
    raise TooLittleDataError(
        "The survival model does not settle on an answer: too few customers have left for so many "
        "columns. Keep the columns that matter.",
        "生存模型无法收敛：相对于列数，已流失的客户太少，请只保留重要的列。",
    )


def _frame(design: Floats, duration: Floats, gone: Flags, stratum: np.ndarray | None = None) -> Any:
    import pandas as pd

    frame = pd.DataFrame(design, columns=[f"x{i}" for i in range(design.shape[1])])
    frame["duration"], frame["gone"] = duration, gone
    if stratum is not None:
        frame["stratum"] = stratum
    return frame


def baseline_of(
    design: Floats, coefficients: Floats, duration: Floats, gone: Flags
) -> tuple[Floats, Floats]:
    """Breslow's cumulative hazard at the tenures at which somebody left."""
    risk = np.exp(np.clip(design @ coefficients, -50.0, 50.0))
    order = np.argsort(duration, kind="stable")
    later = np.cumsum(risk[order][::-1])[::-1]
    times, leaving = np.unique(duration[gone], return_counts=True)
    at_risk = later[np.searchsorted(duration[order], times, side="left")]
    hazard = np.cumsum(leaving / at_risk)
    if times.size > MOST_STEPS:
        levels = np.linspace(hazard[0], hazard[-1], MOST_STEPS)
        kept = np.unique(np.searchsorted(hazard, levels))
        times, hazard = times[kept], hazard[kept]
    return times, hazard


def concordance_of(design: Floats, duration: Floats, gone: Flags, penalty: float) -> float | None:
    """Concordance of customers that the fit has not seen; None with too few."""
    from lifelines.utils import concordance_index

    if gone.sum() < LEAST_CONCORDANCE or not design.shape[1]:
        return None
    rng = np.random.default_rng(_SEED)
    rows = rng.permutation(duration.size)[:MOST_CHECKED]
    fold = np.empty(rows.size, dtype=int)
    # As many who left in each fold.
    for outcome in (True, False):
        own = np.flatnonzero(gone[rows] == outcome)
        fold[own] = np.arange(own.size) % _FOLDS
    score = np.empty(rows.size)
    for k in range(_FOLDS):
        learn = rows[fold != k]
        varies = np.ptp(design[learn], axis=0) > 0
        fitted = fit_cox(design[learn][:, varies], duration[learn], gone[learn], penalty)
        score[fold == k] = 0.0
        if fitted is not None:
            score[fold == k] = -design[rows[fold == k]][:, varies] @ fitted.params_.to_numpy()
    return float(concordance_index(duration[rows], score, gone[rows]))


def not_proportional(
    fitted: Any,
    design: Floats,
    duration: Floats,
    gone: Flags,
    terms: list[Term],
    stratum: np.ndarray | None = None,
) -> dict[str, float]:
    """Columns whose effect changes with tenure, each with its p-value over all that were tested."""
    from lifelines.statistics import proportional_hazard_test

    if fitted is None or gone.sum() < LEAST_CONCORDANCE or duration.size > MOST_CHECKED:
        return {}
    frame = _frame(design, duration, gone, stratum)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        p = proportional_hazard_test(fitted, frame, time_transform="rank").p_value
    found, at = {}, 0
    for term in terms:
        # Bonferroni: the more columns are tested, the likelier one looks odd by chance.
        value = min(1.0, float(np.min(p[at : at + term.width])) * len(p))
        at += term.width
        if value < 0.05:
            found[term.name] = value
    return found
