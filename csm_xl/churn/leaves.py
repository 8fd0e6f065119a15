"""Trees to rules: the leaves of all trees as conditions on features, equal ones added up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.binning import Bins
from csm_xl.churn.formula import LeafRule

#: Per feature the bins that a leaf takes: those above the first number, up to the second; -1 and
#: None are open ends.
Conditions = dict[int, tuple[int, int | None]]
_Key = tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class Boosted:
    """A tree candidate.

    Parameters
    ----------
    leaves : list of (Conditions, float)
        Of all its trees; the values of those that a customer is in, and `base`, are the log-odds.
    base : float
    bins : Bins
        Learned from all rows.
    out_of_fold : array (repeats, n)
        Log-odds.
    in_sample : array (n,)
        Log-odds.
    """

    leaves: list[tuple[Conditions, float]]
    base: float
    bins: Bins
    out_of_fold: np.ndarray
    in_sample: np.ndarray


class RuleSum:
    """Rules of several tree candidates; the same rule from two trees is one."""

    def __init__(self) -> None:
        self._values: dict[_Key, float] = defaultdict(float)

    def add(
        self,
        leaves: Iterable[tuple[Conditions, float]],
        bins: Bins,
        listed: Mapping[int, Sequence[int]],
        weight: float,
    ) -> None:
        """Add leaves, their values times `weight`.

        Parameters
        ----------
        listed : mapping of int to sequence of int
            Per text feature its levels in the order of their places in the formula.
        """
        for conditions, value in leaves:
            key = tuple(
                (
                    f,
                    -math.inf if low < 0 else bins.upper(f, low, listed.get(f, ())),
                    math.inf if high is None else bins.upper(f, high, listed.get(f, ())),
                )
                for f, (low, high) in sorted(conditions.items())
            )
            self._values[key] += weight * value

    def rules(self, most: int) -> tuple[tuple[LeafRule, ...], tuple[LeafRule, ...]]:
        """The rules, those with few conditions first, and those that are too many.

        Parameters
        ----------
        most : int
            Where there are more, those that say least are parted off: a workbook bears no more.
        """
        # Twelve digits are plenty for log-odds, and make the model a third shorter as text.
        values = {key: round(value, 12) for key, value in self._values.items()}
        kept = [key for key, value in values.items() if value != 0.0]
        if len(kept) > most:
            kept = sorted(kept, key=lambda key: (-abs(values[key]), key))
        listed, rest = (
            tuple(LeafRule(values[key], key) for key in sorted(keys, key=lambda k: (len(k), k)))
            for keys in (kept[:most], kept[most:])
        )
        return listed, rest
