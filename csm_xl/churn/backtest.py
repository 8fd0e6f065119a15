"""What the model would have said in the past, and what then happened.

Folds hide that months differ. Here a model is trained only on what could have been known on an
earlier day: cut-offs whose horizon had ended by then; and is asked about the customers of that
day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.blend import fit_blend
from csm_xl.churn.evaluation import auc, log_loss
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import joined, make_folds
from csm_xl.churn.formula import sigmoid
from csm_xl.churn.prior_correction import latest_shift
from csm_xl.churn.report import Figure, Held
from csm_xl.language import Text

#: Days that are tried at most; one where there are many rows.
_MOST_DAYS, _MANY_ROWS = 3, 20_000
#: Fewer rows, or fewer of either outcome, teach a model nothing.
_LEAST_ROWS, _LEAST_OF_EACH = 20, 3
#: The list that is tried: one in ten customers, between these.
_SHORTEST, _LONGEST = 3, 15


@dataclass(frozen=True)
class Backtest:
    """The days that were tried, and the predictions of all of them.

    Attributes
    ----------
    days : tuple of Held
        Latest first.
    rows : array (m,) of int
        Rows that were predicted.
    probability : array (m,)
    """

    days: tuple[Held, ...]
    rows: np.ndarray
    probability: np.ndarray


def backtest(
    frame: Any,
    table: FeatureTable,
    y: np.ndarray,
    groups: np.ndarray,
    cutoffs: np.ndarray,
    horizon: int,
    seed: int,
    step: Callable[[float], None],
) -> Backtest:
    """Try the model on past days.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        Raw cells; `table` was read from them.
    table : FeatureTable
    y : array (n,)
    groups : array (n,)
        The customer of each row.
    cutoffs : array (n,) of int
        The day number of each row's cut-off.
    horizon : int
        Days after a cut-off within which leaving was judged.
    step : callable
        Told the part that is done; may raise to stop the work.
    """
    most = _MOST_DAYS if table.n <= _MANY_ROWS else 1
    found: list[Held] = []
    rows: list[np.ndarray] = []
    chances: list[np.ndarray] = []
    for day in np.unique(cutoffs)[::-1].tolist():
        if len(found) == most:
            break
        known = np.flatnonzero(cutoffs <= day - horizon)
        asked = np.flatnonzero(cutoffs == day)
        left = y[known].sum()
        if len(known) < _LEAST_ROWS or min(left, len(known) - left) < _LEAST_OF_EACH:
            continue
        if len(asked) < _LEAST_ROWS:
            continue
        sets = joined(np.arange(len(known)), groups[known])
        plan = [make_folds(y[known], sets, 5, seed)]
        done = len(found)
        fitted = fit_blend(
            table.rows(known),
            y[known],
            plan,
            seed,
            lambda part, done=done: step((done + part) / most),  # type: ignore[misc]
        )
        shift = latest_shift(fitted.out_of_fold, y[known], cutoffs[known])
        p = sigmoid(fitted.formula.log_odds(frame.iloc[asked]) + shift)
        found.append(_held(day, y[asked], p))
        rows.append(asked)
        chances.append(p)
    step(1.0)
    empty = np.zeros(0)
    return Backtest(
        tuple(found),
        np.concatenate(rows) if rows else empty.astype(int),
        np.concatenate(chances) if chances else empty,
    )


def _held(day: int, y: np.ndarray, p: np.ndarray) -> Held:
    named = int(np.clip(round(len(y) / 10), _SHORTEST, _LONGEST))
    first = np.argsort(-p, kind="stable")[:named]
    return Held(
        str(np.datetime64("1970-01-01", "D") + np.timedelta64(day, "D")),
        len(y),
        int(y.sum()),
        float(p.sum()),
        named,
        int(y[first].sum()),
        named * float(y.mean()),
        auc(y, p),
        log_loss(y, p),
    )


_TRIED = Text(
    "Tried on the past: had you called the {named} customers that it named on {day}, {hits} of "
    "them left within {horizon} days; of {named} picked by chance {chance:.0f}. It foresaw "
    "{predicted:.0f} leavers among {n}, and {left} left.",
    "用过去的数据检验：如果在 {day} 联系模型选出的 {named} 位客户，其中 {hits} 位在 {horizon} 天内流失；"
    "随机挑选 {named} 位则约 {chance:.0f} 位。当时 {n} 位客户中预计流失 {predicted:.0f} 位，"
    "实际流失 {left} 位。",
)


def told(held: Held, horizon: int) -> Text:
    """The latest day that was tried, in a sentence."""
    return _TRIED.fill(
        named=held.named,
        day=held.day,
        hits=held.hits,
        horizon=horizon,
        chance=held.by_chance,
        predicted=held.predicted,
        n=held.customers,
        left=held.left,
    )


def over_time(
    quality: dict[str, Figure],
    measured: dict[str, Figure] | None,
    spread: dict[str, float],
) -> dict[str, Figure]:
    """Figures whose intervals know that months differ.

    Parameters
    ----------
    quality : dict of str to Figure
        Out of fold.
    measured : dict of str to Figure or None
        On the past days that were tried; they take the place of those out of fold.
    spread : dict of str to float
        Standard deviation of a figure from one cut-off to another.
    """
    out = dict(quality)
    for key, figure in (measured or {}).items():
        out[key] = figure
    for key, sd in spread.items():
        figure = out[key]
        if figure.low is None or figure.high is None:
            continue
        below = np.hypot(figure.value - figure.low, 2.0 * sd)
        above = np.hypot(figure.high - figure.value, 2.0 * sd)
        low, high = figure.value - below, figure.value + above
        if key in ("auc", "brier"):
            low, high = max(low, 0.0), min(high, 1.0)
        elif key in ("log_loss", "lift_top_tenth"):
            low = max(low, 0.0)
        out[key] = Figure(figure.value, float(low), float(high))
    return out


def spread_over_cutoffs(
    y: np.ndarray, p: np.ndarray, cutoffs: np.ndarray, measures: dict[str, Callable[..., float]]
) -> dict[str, float]:
    """How much each figure varies from one cut-off to another; empty with fewer than three."""
    each: dict[str, list[float]] = {key: [] for key in measures}
    for day in np.unique(cutoffs).tolist():
        there = cutoffs == day
        if 2 <= y[there].sum() <= there.sum() - 2:
            for key, measure in measures.items():
                each[key].append(measure(y[there], p[there]))
    return {key: float(np.std(values, ddof=1)) for key, values in each.items() if len(values) >= 3}
