"""Loyalty: repeat share, tiers by k-means with stored centres, points and referrals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from csm_xl.errors import ScaleError, TooLittleDataError
from csm_xl.language import Text
from csm_xl.metrics.rows import Floats, Ints, Rows, columns, mark, no_problems, outside, sound
from csm_xl.metrics.satisfaction import ratio

_FEATURE = Text("a feature", "特征值")

#: Beyond this skewness a column of amounts is compared by its logarithm.
LONG_TAIL = 2.0
_SEED, _STARTS, _ROUNDS = 20_240_101, 12, 300


def loyalty(repeat: ArrayLike, total: ArrayLike) -> Rows:
    """Repeat purchases by all purchases, row by row.

    Parameters
    ----------
    repeat, total : array_like of float, shape (n,)
        Counts in one window of time; from orders, repeat = orders - 1.

    Returns
    -------
    Rows
        Shares from 0 to 1, with problems as in :func:`~csm_xl.metrics.satisfaction.ratio`.

    Notes
    -----
    一人公司如何打造高效的客户成功管理体系, §4.2.
    """
    return ratio(repeat, total)


@dataclass(frozen=True)
class Tiers:
    """Fitted loyalty tiers: plain data, so that a cell's tier changes only with a new fit.

    Attributes
    ----------
    centres : tuple of tuples of float, shape (tiers, k)
        In standardised units, from the lowest tier to the highest.
    mean, scale : tuple of float, shape (k,)
        What standardises each feature (after the logarithm, where one is taken).
    log : tuple of bool, shape (k,)
        Features compared as ``log(1 + x)``.
    """

    centres: tuple[tuple[float, ...], ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    log: tuple[bool, ...]

    def to_dict(self) -> dict[str, Any]:
        """The tiers as JSON data."""
        return {
            "centres": [list(c) for c in self.centres],
            "mean": list(self.mean),
            "scale": list(self.scale),
            "log": list(self.log),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Tiers:
        """The tiers out of JSON data as :meth:`to_dict` gives it."""
        return cls(
            tuple(tuple(float(x) for x in c) for c in data["centres"]),
            tuple(float(x) for x in data["mean"]),
            tuple(float(x) for x in data["scale"]),
            tuple(bool(x) for x in data["log"]),
        )


def fit_tiers(features: ArrayLike, tiers: float = 3) -> Tiers:
    """Find loyalty tiers by k-means on standardised features.

    The same customers give the same tiers, in whatever order they are listed.

    Parameters
    ----------
    features : array_like of float, shape (n, k)
        One row per customer; in every column more is more loyal (pass days since the last order
        with a minus). Rows with a blank (NaN) are left out.
    tiers : int
        How many.

    Returns
    -------
    Tiers

    Raises
    ------
    ScaleError
        If `tiers` is not a whole number from 2 up, or a feature is infinite.
    TooLittleDataError
        If there are fewer different customers than tiers.

    Notes
    -----
    Seeding by k-means++ (Arthur & Vassilvitskii 2007), iteration by Lloyd (1982), the best of
    several starts. Amounts with a long tail enter by their logarithm: otherwise the one biggest
    customer would be a tier alone.
    """
    if not float(tiers).is_integer() or tiers < 2:
        text = Text(
            "The number of tiers must be a whole number from 2 up, not {tiers:g}.",
            "等级个数应为不小于 2 的整数，而不是 {tiers:g}。",
        ).fill(tiers=tiers)
        raise ScaleError(text.en, text.zh)
    table = _table(features)
    problems = no_problems(len(table))
    _mark_infinite(problems, table)
    Rows(table, problems).checked()
    table = table[~np.isnan(table).any(axis=1)]
    distinct, weight = np.unique(table, axis=0, return_counts=True)
    if len(distinct) < tiers:
        text = Text(
            "{tiers} tiers need at least {tiers} different customers, and there are {n}.",
            "划分 {tiers} 个等级至少需要 {tiers} 个不同的客户，目前只有 {n} 个。",
        ).fill(tiers=int(tiers), n=len(distinct))
        raise TooLittleDataError(text.en, text.zh)
    log = _long_tails(table)
    logged = _logged(distinct, log)
    mean = np.average(logged, axis=0, weights=weight)
    scale = np.sqrt(np.average((logged - mean) ** 2, axis=0, weights=weight))
    scale[scale == 0] = 1.0
    centres = _k_means((logged - mean) / scale, weight.astype(float), int(tiers))
    centres = centres[np.lexsort((*centres.T[::-1], centres.sum(axis=1)))]
    return Tiers(
        tuple(tuple(map(float, c)) for c in centres),
        tuple(map(float, mean)),
        tuple(map(float, scale)),
        tuple(map(bool, log)),
    )


def assign_tiers(tiers: Tiers, features: ArrayLike) -> Rows:
    """The tier of each customer: the nearest centre.

    Parameters
    ----------
    tiers : Tiers
        As fitted.
    features : array_like of float, shape (n, k)
        The same columns as in the fit; a row with a blank (NaN) gets no tier.

    Returns
    -------
    Rows
        Integers from 1 (lowest) to the number of tiers; 0 for a blank row or a problem (a
        ScaleError: an infinite number).

    Raises
    ------
    ScaleError
        If the number of columns is not that of the fit.
    """
    table = _table(features)
    if table.shape[1] != len(tiers.mean):
        text = Text(
            "The loyalty tiers were made from {made} columns and {given} were given. "
            "Choose the same columns, or refresh.",
            "忠诚度等级由 {made} 列算出，而现在给出 {given} 列，请选择相同的列，或重新刷新。",
        ).fill(made=len(tiers.mean), given=table.shape[1])
        raise ScaleError(text.en, text.zh)
    problems = no_problems(len(table))
    _mark_infinite(problems, table)
    blank = np.isnan(table).any(axis=1)
    fine = sound(problems) & ~blank
    # A negative number in a column of logarithms is below all that the fit saw: take it as 0.
    log = np.array(tiers.log, dtype=bool)
    points = (_logged(np.where(log, np.maximum(table, 0), table)[fine], log) - tiers.mean) / (
        tiers.scale
    )
    tier = np.zeros(len(table), dtype=np.int64)
    if fine.any():
        tier[fine] = np.argmin(_squared_distances(points, np.array(tiers.centres)), axis=1) + 1
    return Rows(tier, problems)


def points_earned(spend: ArrayLike, points_per_unit: float = 1.0) -> Rows:
    """Whole loyalty points for net spend; a customer refunded in full has none.

    Parameters
    ----------
    spend : array_like of float, shape (n,)
        Net spend of each customer, refunds taken off; NaN is a blank.
    points_per_unit : float
        Points for one unit of money, not negative.

    Returns
    -------
    Rows
        Points, rounded down, at least 0.

    Raises
    ------
    ScaleError
        If `points_per_unit` is negative.
    """
    if not points_per_unit >= 0:
        text = Text(
            "Points for one unit of money cannot be {rate:g}. Set 0 or more.",
            "每单位金额的积分不能为 {rate:g}，请设为不小于 0 的数。",
        ).fill(rate=points_per_unit)
        raise ScaleError(text.en, text.zh)
    (money,) = columns(spend)
    problems = no_problems(money.size)
    mark(problems, np.isinf(money), outside(Text("spend", "消费金额"), money, 0))
    values = np.floor(np.maximum(money, 0.0) * points_per_unit)
    return Rows(np.where(sound(problems), values, np.nan), problems)


def referrals(customers: Sequence[str], referred_by: Sequence[str | None]) -> Ints:
    """How many customers each customer brought.

    Parameters
    ----------
    customers : sequence of str, shape (n,)
        The key of each customer.
    referred_by : sequence of str or None, shape (n,)
        The key of the customer who brought that one; blank where nobody did. A key that is not
        among the customers, or the customer's own, counts for nobody.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    row = {key: i for i, key in reversed(list(enumerate(customers)))}
    brought = np.zeros(len(customers), dtype=np.int64)
    for own, by in zip(customers, referred_by, strict=True):
        if by is not None and by in row and by != own:
            brought[row[by]] += 1
    return brought


def _table(features: ArrayLike) -> Floats:
    table = np.asarray(features, dtype=np.float64)
    return table.reshape(-1, 1) if table.ndim == 1 else table


def _mark_infinite(problems: np.ndarray, table: Floats) -> None:
    for column in table.T:
        mark(problems, np.isinf(column), outside(_FEATURE, column, 0))


def _long_tails(table: Floats) -> np.ndarray:
    """Which columns hold amounts, none negative, with a long tail to the right."""
    spread = table.std(axis=0)
    away = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return (table.min(axis=0) >= 0) & ((away**3).mean(axis=0) > LONG_TAIL)


def _logged(table: Floats, log: np.ndarray) -> Floats:
    out = table.copy()
    out[:, log] = np.log1p(out[:, log])
    return out


def _squared_distances(points: Floats, centres: Floats) -> Floats:
    return np.stack([((points - c) ** 2).sum(axis=1) for c in centres], axis=1)


def _k_means(points: Floats, weight: Floats, k: int) -> Floats:
    """Centres of the best of several k-means runs over sorted, distinct, weighted points."""
    rng = np.random.default_rng(_SEED)
    best, best_loss = points[:k], np.inf
    for _ in range(_STARTS):
        centres = _seeded(points, weight, k, rng)
        for _ in range(_ROUNDS):
            distance = _squared_distances(points, centres)
            nearest = np.argmin(distance, axis=1)
            moved = centres.copy()
            for j in range(k):
                own = nearest == j
                if own.any():
                    moved[j] = np.average(points[own], axis=0, weights=weight[own])
            if np.array_equal(moved, centres):
                break
            centres = moved
        loss = float(weight @ _squared_distances(points, centres).min(axis=1))
        if loss < best_loss * (1 - 1e-12):
            best, best_loss = centres, loss
    return best


def _seeded(points: Floats, weight: Floats, k: int, rng: np.random.Generator) -> Floats:
    """k-means++: each next centre is drawn with chances by squared distance to the nearest."""
    chosen = [int(rng.choice(len(points), p=weight / weight.sum()))]
    nearest = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chance = weight * nearest
        chosen.append(int(rng.choice(len(points), p=chance / chance.sum())))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return points[chosen]
