"""Train a churn model on a sheet's customers, and report on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from csm_xl import errors
from csm_xl.churn import feature_columns as choosing
from csm_xl.churn.backtest import backtest, over_time, spread_over_cutoffs, told
from csm_xl.churn.blend import are_few, fit_blend
from csm_xl.churn.checks import joined_sentences, too_good, trust_in, warnings_about
from csm_xl.churn.drift import ranges_of
from csm_xl.churn.evaluation import MEASURES, compare, figures
from csm_xl.churn.explain import drivers, typical_values
from csm_xl.churn.feature_table import read_table
from csm_xl.churn.folds import alike, duplicate_sets, joined, plan_folds
from csm_xl.churn.formula import MAX_FEATURES, ChurnFormula, sigmoid
from csm_xl.churn.prior_correction import PriorCorrection, latest_shift
from csm_xl.churn.report import Held, Report
from csm_xl.churn.risk import learn_cuts
from csm_xl.language import Text

#: With so many who left on the past days that were tried, these take the place of the folds.
LEAST_TRIED = 20
#: Above so many customers the comparison is made on one fold.
ONE_FOLD_ABOVE = 20_000

Progress = Callable[[float, Text], None]

READING = Text("Reading the customers", "正在读取客户数据")
LEARNING = Text("Learning", "正在训练模型")
TRYING = Text("Trying it on the past", "正在用过去的数据检验")
COMPARING = Text("Comparing with other models", "正在与其他模型比较")
REPORTING = Text("Writing the report", "正在生成报告")
DONE = Text("Done", "完成")
TOO_MANY = Text(
    "the model takes at most {most} columns; this one says less than the others",
    "模型最多使用 {most} 列，这一列的信息较少",
)


@dataclass(frozen=True)
class Trained:
    """The outcome of :func:`train`: a formula to keep, and a report to show."""

    formula: ChurnFormula
    report: Report


def train(
    frame: Any,
    label: Any,
    *,
    groups: Any = None,
    horizon_days: int | None = None,
    random_state: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    trained_on: dt.date | None = None,
    label_name: str = "churned",
    dates: Collection[str] = (),
    rows: Sequence[object] | None = None,
    prior: PriorCorrection | None = None,
    cutoffs: Any = None,
    came_back: float | None = None,
) -> Trained:
    """Train the churn model and evaluate it.

    Parameters
    ----------
    frame : pandas.DataFrame of n customers
        The feature columns, raw cells (see :func:`csm_xl.churn.feature_columns.choose_features`).
    label : array (n,) of 0 and 1
        1 for a customer who left.
    groups : array (n,), optional
        Rows with one value belong to one customer and are never parted by a fold.
    horizon_days : int, optional
        Within how many days "left" was judged; kept with the model.
    random_state : int
        The same data and number give the same model.
    n_jobs : int, optional
        How many processor cores to use.
    progress : callable (fraction, Text), optional
        Told how far the work is, 0 to 1, and what is being done.
    cancelled : callable () -> bool, optional
        Asked often; a true answer stops the work.
    trained_on : datetime.date, optional
        The date kept with the model; today when not given.
    label_name : str
        The label's header, kept with the model.
    dates : collection of str
        Columns of numbers that are dates (a sheet hands dates over as serial numbers).
    rows : sequence of n, optional
        What to call each row in a message, such as the sheet's row numbers.
    prior : PriorCorrection, optional
        Where the rows are a snapshot, one a customer, how many leave within the horizon.
    cutoffs : array (n,) of datetime64 or int, optional
        The day on which each row was looked back from: then the model is tried on past days.
    came_back : float, optional
        Where silence counts as leaving, the share of the silent who came back later.

    Raises
    ------
    TooLittleDataError
        With fewer than two customers, one outcome only, or no usable column.
    CellError
        When a cell cannot be read.
    Cancelled
        When `cancelled` said so.
    """
    tell = _Teller(progress, cancelled)
    tell(0.0, READING)
    y = read_label(label)
    kept, left_out = _usable(frame, dates, rows)
    table = read_table(frame, kept, rows)
    if table.n != len(y):
        raise ValueError(f"{table.n} customers but {len(y)} labels")
    duplicates = duplicate_sets(table)
    customers = None if groups is None else np.asarray(groups)
    sets = joined(duplicates, customers)
    plan = plan_folds(y, sets, random_state)

    fitted = fit_blend(table, y, plan, random_state, lambda done: tell(0.02 + 0.6 * done, LEARNING))
    too_many = TOO_MANY.fill(most=MAX_FEATURES)
    used = set(fitted.formula.features)
    left_out += [(f.name, too_many) for f in table.features if f.name not in used]
    tell(0.62, COMPARING)
    comparison = compare(
        table,
        y,
        # A fifth of so many customers judges the peers well enough, and five forests take long.
        plan[0] if table.n <= ONE_FOLD_ABOVE else plan[0][:1],
        sigmoid(fitted.first_out_of_fold),
        n_jobs,
        lambda done: tell(0.62 + 0.16 * done, COMPARING),
    )
    judged = sigmoid(fitted.out_of_fold)
    quality = figures(y, judged, sets, random_state)
    tried: tuple[Held, ...] = ()
    days: np.ndarray | None = None
    if cutoffs is not None and horizon_days and customers is not None:
        days = np.asarray(cutoffs).astype("datetime64[D]").astype(int)
        past = backtest(
            frame,
            table,
            y,
            customers,
            days,
            horizon_days,
            random_state,
            lambda done: tell(0.78 + 0.14 * done, TRYING),
        )
        tried = past.days
        measured = None
        # A handful of leavers measures nothing: there the folds say more.
        if sum(held.left for held in tried) >= LEAST_TRIED:
            measured = figures(y[past.rows], past.probability, sets[past.rows], random_state)
        spread = spread_over_cutoffs(y, judged, days, MEASURES)
        quality = over_time(quality, measured, spread)
    tell(0.92, REPORTING)
    active = y == 0
    formula = fitted.formula
    read = [c for f, c in zip(table.features, table.columns, strict=True) if f.name in used]
    unseen = _evened(fitted.out_of_fold, alike([*read, y]))
    odds = formula.log_odds(frame, rows)
    if prior is not None:
        prior = prior.with_bands(fitted.out_of_fold)
        unseen = unseen + prior.added
        shift = prior.shift(unseen[active])
        formula = prior.applied(formula, shift)
        unseen, odds = unseen + shift, odds + prior.added + shift
    elif days is not None:
        shift = latest_shift(fitted.out_of_fold, y, days)
        formula = replace(formula, intercept=formula.intercept + shift)
        unseen, odds = unseen + shift, odds + shift
    in_sample, out_of_fold = sigmoid(odds), sigmoid(unseen)
    # A customer may have several rows, one per date at which they were looked at.
    who = np.arange(table.n) if customers is None else customers
    n_customers, n_churned = len(np.unique(who)), len(np.unique(who[y == 1]))
    typical = typical_values(fitted.formula, table)
    learned = replace(fitted.formula, meta={"typical": typical})
    base_rate = float(y.mean()) if prior is None else prior.share
    formula = replace(
        formula,
        meta={
            "trained_on": (trained_on or dt.date.today()).isoformat(),
            "n_customers": n_customers,
            "n_churned": n_churned,
            "base_rate": base_rate,
            "horizon_days": horizon_days,
            "came_back": came_back,
            "ranges": ranges_of(table),
            "label": label_name,
            "typical": {**typical, **(prior.typical if prior is not None else {})},
            "risk": learn_cuts(
                out_of_fold[active], out_of_fold if prior is None else None
            ).to_dict(),
            "report": {key: [one.value, one.low, one.high] for key, one in quality.items()},
        },
    )
    tell(0.96, REPORTING)
    grade, trust = trust_in(
        y,
        quality,
        comparison,
        suspect=bool(too_good(table, y, judged)),
        customers=None if customers is None else (n_customers, n_churned),
        rate=base_rate,
    )
    if tried and horizon_days:
        trust = joined_sentences(told(tried[0], horizon_days), trust)
    report = Report(
        n_customers=n_customers,
        n_churned=n_churned,
        n_cases=table.n,
        n_cases_left=int(y.sum()),
        base_rate=base_rate,
        features=fitted.formula.features,
        left_out=tuple(left_out),
        figures=quality,
        comparison=tuple(comparison),
        in_sample_mean_active=float(in_sample[active].mean()),
        out_of_fold_mean_active=float(out_of_fold[active].mean()),
        drivers=tuple(drivers(learned, table)),
        warnings=tuple(
            warnings_about(
                frame,
                table,
                y,
                duplicates,
                customers,
                sigmoid(fitted.in_sample),
                judged,
                horizon_days is not None,
            )
        ),
        trust_level=grade,
        trust=trust,
        method=fitted.method,
        in_sample=in_sample,
        out_of_fold=out_of_fold,
        correction=_correction(odds, unseen, y),
        judged=judged,
        backtest=tried,
    )
    tell(1.0, DONE)
    return Trained(formula, report)


def read_label(label: Any) -> np.ndarray:
    """The label as an array of 0.0 and 1.0.

    Raises
    ------
    TooLittleDataError
        With fewer than two customers, or one outcome only.
    ValueError
        For anything but 0 and 1 (or False and True).
    """
    y = np.asarray(label, dtype=float).ravel()
    if not np.all((y == 0.0) | (y == 1.0)):
        raise ValueError("the label must be 0 or 1 for every customer")
    n_churned = int(y.sum())
    if len(y) < 2:
        raise errors.TooLittleDataError(
            "There are not enough customers to learn from: at least two are needed, one who left "
            "and one who stayed.",
            "客户太少，无法训练：至少需要两位客户，其中一位已流失、一位仍在。",
        )
    if n_churned == 0:
        raise errors.TooLittleDataError(
            "No customer is marked as having left, so there is nothing to learn from. "
            "Fill in who left and when, then retrain.",
            "没有任何客户被标记为已流失，模型无从学习。请填写哪些客户在何时离开，再重新训练。",
        )
    if n_churned == len(y):
        raise errors.TooLittleDataError(
            "Every customer is marked as having left, so there is nothing to compare with. "
            "Add the customers who stayed, then retrain.",
            "所有客户都被标记为已流失，没有可以比较的对象。请补上仍在的客户，再重新训练。",
        )
    return y


def _evened(out_of_fold: np.ndarray, sets: np.ndarray) -> np.ndarray:
    """Log-odds out of fold, their mean for rows of one set, (n,).

    Customers whom the formula cannot tell apart have one probability, whichever folds they were
    in; those who left do not count among those who stayed.
    """
    sizes = np.bincount(sets)
    return (np.bincount(sets, weights=out_of_fold) / sizes)[sets]


def _correction(formula: np.ndarray, out_of_fold: np.ndarray, y: np.ndarray) -> np.ndarray:
    """What to add to the formula's log-odds, so that a list of customers is not flattered, (n,).

    With few customers a single out-of-fold prediction is a lottery: there all who stayed are
    moved together, which keeps their order and makes their mean that of unseen customers.
    """
    if not are_few(y):
        return out_of_fold - formula
    stayed = y == 0
    target = sigmoid(out_of_fold[stayed]).mean()
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (
            (middle, high) if sigmoid(formula[stayed] + middle).mean() < target else (low, middle)
        )
    return np.where(stayed, (low + high) / 2.0, 0.0)


def _usable(
    frame: Any, dates: Collection[str], rows: Sequence[object] | None
) -> tuple[list[choosing.Feature], list[tuple[str, Text]]]:
    """The columns with something to learn from, and the others with the reason."""
    kept, left_out = [], []
    for feature, reason in choosing.sift_features(frame, dates, rows):
        if reason is None:
            kept.append(feature)
        else:
            left_out.append((feature.name, reason))
    return kept, left_out


class _Teller:
    """Reports progress, and stops the work when asked to."""

    def __init__(self, progress: Progress | None, cancelled: Callable[[], bool] | None) -> None:
        self.progress = progress
        self.cancelled = cancelled

    def __call__(self, fraction: float, what: Text) -> None:
        if self.cancelled is not None and self.cancelled():
            raise errors.Cancelled
        if self.progress is not None:
            self.progress(min(1.0, max(0.0, fraction)), what)
