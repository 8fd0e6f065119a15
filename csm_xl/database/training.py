"""What there is to learn from orders that are no sheet: looked back at, judged and drawn in the engine.

The same rows as :func:`csm_xl.churn.labels.training_set` gives; of more customers than are needed
to learn from, some.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from csm_xl.churn.horizon import Horizon, Waits, horizon_of
from csm_xl.churn.labels import ENOUGH_ROWS, TrainingSet, cutoff_days, day_date, nobody_judged
from csm_xl.database.figures import OrderLines, days_ordered, figures, totals
from csm_xl.database.orders import fetched, no_orders, orders_at
from csm_xl.database.progress import Progress
from csm_xl.database.sources import Source
from csm_xl.errors import Cancelled, CsmError
from csm_xl.language import Text
from csm_xl.metrics.survival_curve import kaplan_meier

#: More customers say hardly more.
MOST_CUSTOMERS = 100_000

_READING = Text("Reading the orders", "正在读取订单")
_LOOKING_BACK = Text("Looking back from {day}", "正在从 {day} 回顾")
_DRAWN = Text(
    "Of {all} customers {n} were drawn to learn from, the same share of those who left and of those "
    "who stayed, so that the probabilities are those of all.",
    "共有 {all} 位客户，训练时按流失与未流失的相同比例抽取了 {n} 位，因此概率适用于全部客户。",
)
_WIDE = "_csm_"


def training_set(
    address: str,
    today: int,
    *,
    horizon_days: float | None = None,
    window_days: int,
    new_days: int,
    table: str | None = None,
    query: str | None = None,
    maps: Sequence[str] = (),
    most: int = MOST_CUSTOMERS,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> TrainingSet:
    """Learn from a table of orders who fell silent for longer than the horizon.

    Parameters
    ----------
    address : str
        See :mod:`csm_xl.database.sources`.
    today : int
        The last day on record, a serial number.
    horizon_days, window_days, new_days
        See :func:`csm_xl.churn.labels.training_set`.
    table, query, maps
        See :func:`csm_xl.database.orders.order_figures`.
    most : int
        Of more customers some are drawn.
    progress, cancelled : callable, optional

    Returns
    -------
    TrainingSet

    Raises
    ------
    TooLittleDataError
        The record is too short for the horizon, or nobody can be judged.
    CsmError
        See :func:`csm_xl.database.sources.opened`.
    """
    import pandas as pd

    def tell(share: float, what: Text) -> None:
        if cancelled is not None and cancelled():
            raise Cancelled
        if progress is not None:
            progress(share, what)

    tell(0.0, _READING)
    with (
        orders_at(address, today, table=table, query=query, maps=maps) as (source, read),
        ExitStack() as kept,
    ):
        lines = OrderLines(_kept(kept, source, read.table))
        tell(0.2, _READING)
        days = _kept(kept, source, days_ordered(lines))
        first = days.day.min().execute()
        if first is None or first != first:
            raise no_orders(source)
        record = today - int(first)
        horizon = horizon_of(_waits(days, today), record, horizon_days)
        tell(0.4, _READING)
        cutoffs = list(cutoff_days(int(first), today, horizon.days, new_days))
        if not cutoffs:
            raise nobody_judged(horizon.days, record)
        judged = _kept(kept, source, _judged(days, cutoffs, horizon, new_days))
        used, n_all = _used(judged, cutoffs, most)
        if not used:
            raise nobody_judged(horizon.days, record)
        chosen = judged if n_all <= most else _kept(kept, source, _drawn(judged, used, most))
        frames, labels, days_of = [], [], []
        for n, place in enumerate(used):
            cutoff = cutoffs[place]
            day = _LOOKING_BACK.fill(day=day_date(cutoff))
            tell(0.5 + 0.5 * n / len(used), day)
            there = chosen.filter(chosen[f"there{place}"])
            past = lines.until(cutoff).of(there)
            found = figures(totals(past, cutoff, window_days), cutoff)
            left = there.select("customer", **{_WIDE: there[f"left{place}"].ifelse(1.0, 0.0)})
            one = fetched(found.inner_join(left, "customer"))
            labels.append(one.pop(_WIDE).to_numpy())
            frames.append(one)
            days_of.append(np.full(len(one), day_date(cutoff)))
        tell(1.0, _READING)
        notes = [horizon.note, *source.notes]
    features = pd.concat(frames)
    groups = features.index.to_numpy()
    if n_all > most:
        drawn = len(set(groups.tolist()))
        notes.append(_DRAWN.fill(all=f"{n_all:,}", n=f"{drawn:,}"))
    return TrainingSet(
        features.reset_index(drop=True),
        np.concatenate(labels),
        groups,
        np.concatenate(days_of),
        horizon,
        tuple(notes),
    )


def _kept(kept: ExitStack, source: Source, table: Any) -> Any:
    """A table that the engine keeps until it is closed, where it may: it is asked for several times."""
    try:
        return kept.enter_context(table.cache())
    except CsmError:
        raise
    except Exception:
        # Who may only read has no tables of their own there; the query is then run again.
        if source.dialect == "postgres":
            source.connection.con.rollback()
        return table


def _waits(days: Any, today: int) -> Waits:
    """How long the waits for a next order are, counted by their length."""
    next_day = days.day.lead().over(group_by=days.customer, order_by=days.day)
    waits = days.mutate(**{_WIDE: next_day})
    over = waits[_WIDE].notnull()
    length = over.ifelse(waits[_WIDE], today) - waits.day
    found = (
        waits.select(length=length, ended=over.ifelse(1, 0))
        .group_by(["length", "ended"])
        .aggregate(n=lambda t: t.count())
        .execute()
    )
    length, ended, n = (found[name].to_numpy(dtype=np.int64) for name in ("length", "ended", "n"))
    return Waits(kaplan_meier(length, ended == 1, n), int(n[ended == 1].sum()))


def _judged(days: Any, cutoffs: Sequence[int], horizon: Horizon, new_days: int) -> Any:
    """Of each customer and cut-off: who could be judged (``there0``), and who left (``left0``)."""
    import ibis

    nothing = ibis.null("int64")
    around = {}
    for n, cutoff in enumerate(cutoffs):
        past = days.day <= cutoff
        around[f"last{n}"] = past.ifelse(days.day, nothing).max()
        around[f"next{n}"] = past.ifelse(nothing, days.day).min()
    seen = days.group_by("customer").aggregate(first=days.day.min(), **around)
    columns = {}
    for n, cutoff in enumerate(cutoffs):
        last, after = seen[f"last{n}"], seen[f"next{n}"]
        known = (seen.first <= cutoff - new_days) & (last >= cutoff - horizon.days)
        columns[f"there{n}"] = known.fill_null(False)
        columns[f"left{n}"] = (after > cutoff + horizon.days).fill_null(True)
    return seen.select("customer", **columns)


def _used(judged: Any, cutoffs: Sequence[int], most: int) -> tuple[list[int], int]:
    """The cut-offs that are learned from, as many as give enough rows, and how many customers."""
    counts = judged.aggregate(
        **{f"n{k}": judged[f"there{k}"].ifelse(1, 0).sum() for k in range(len(cutoffs))}
    ).execute()
    used: list[int] = []
    rows = 0
    for k in range(len(cutoffs)):
        n = counts[f"n{k}"].iloc[0]
        if n == n and n is not None and int(n):
            used.append(k)
            rows += min(int(n), most)
        if rows >= ENOUGH_ROWS:
            break
    if not used:
        return [], 0
    return used, int(judged.filter(_any([judged[f"there{k}"] for k in used])).count().execute())


def _drawn(judged: Any, used: Sequence[int], most: int) -> Any:
    """Some of the customers, the same share of those who left and of those who stayed.

    They are numbered and taken at steps of about the golden ratio, evenly from first to last: the
    same orders give the same customers, in every engine.
    """
    import ibis

    there = judged.filter(_any([judged[f"there{k}"] for k in used]))
    left = _any([there[f"there{k}"] & there[f"left{k}"] for k in used])
    there = there.mutate(**{f"{_WIDE}outcome": left.ifelse(1, 0)})
    outcome = there[f"{_WIDE}outcome"]
    counted = there.group_by(outcome.name("outcome")).aggregate(n=there.count()).execute()
    sizes = dict(zip(counted["outcome"].tolist(), counted["n"].tolist(), strict=True))
    whole = sum(sizes.values())
    numbered = there.mutate(
        **{f"{_WIDE}place": ibis.row_number().over(group_by=outcome, order_by=there.customer)}
    )
    place = numbered[f"{_WIDE}place"].cast("int64")
    taken = []
    for value, size in sizes.items():
        quota = round(most * int(size) / whole)
        of_these = (place * _step(int(size))) % int(size) < quota
        taken.append((numbered[f"{_WIDE}outcome"] == int(value)) & of_these)
    return numbered.filter(_any(taken)).drop(f"{_WIDE}place", f"{_WIDE}outcome")


def _step(size: int) -> int:
    """A step that reaches every one of `size` places before it repeats."""
    step = max(1, round(size * (math.sqrt(5.0) - 1.0) / 2.0))
    while math.gcd(step, size) != 1:
        step += 1
    return step


def _any(conditions: Sequence[Any]) -> Any:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = whole | condition
    return whole
