"""Trees to boxes: the leaves of all trees as conditions on features, equal ones added up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from csm_xl.churn.binning import Bins
from csm_xl.churn.formula import Box
from csm_xl.churn.trees import Forest

Conditions = tuple[tuple[int, float, float], ...]


class BoxSum:
    """Boxes of several tree candidates; the same box from two trees is one."""

    def __init__(self) -> None:
        self._values: dict[Conditions, float] = defaultdict(float)

    def add(
        self,
        forest: Forest,
        rounds: int,
        bins: Bins,
        listed: Mapping[int, Sequence[int]],
        weight: float,
    ) -> None:
        """Add the last model's first `rounds` trees, times `weight`.

        Parameters
        ----------
        listed : mapping of int to sequence of int
            Per text feature its levels in the order of their places in the formula.
        """
        for t in range(rounds):
            leaves: list[dict[int, tuple[float, float]]] = [{}]
            for s, feature in enumerate(forest.feature[t, -1]):
                if feature < 0:
                    leaves.append({})
                    continue
                feature = int(feature)
                parted = leaves[forest.leaf[t, -1, s]]
                lo, hi = parted.get(feature, (-math.inf, math.inf))
                end = bins.upper(feature, int(forest.code[t, -1, s]), listed.get(feature, ()))
                leaves.append({**parted, feature: (end, hi)})
                leaves[forest.leaf[t, -1, s]] = {**parted, feature: (lo, end)}
            for leaf, value in zip(leaves, forest.value[t, -1], strict=True):
                if value != 0.0:
                    key = tuple((f, lo, hi) for f, (lo, hi) in sorted(leaf.items()))
                    self._values[key] += weight * float(value)

    def boxes(self) -> tuple[Box, ...]:
        """All boxes, those with few conditions first."""
        order = sorted(self._values, key=lambda key: (len(key), key))
        return tuple(Box(self._values[key], key) for key in order if self._values[key] != 0.0)
