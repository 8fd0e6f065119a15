"""Random draws that are the same on every machine and with every version of Python.

Only :meth:`random.Random.random` is used, whose sequence Python promises to keep; the other
methods of the standard library may draw differently from one version to the next.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """A source of draws.

    Parameters
    ----------
    seed : int
        The same seed gives the same draws.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1."""
        return int(self._random() * n)

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`, all equally likely."""
        return low + (high - low) * self._random()

    def happens(self, probability: float) -> bool:
        """Whether something of this probability happens."""
        return self._random() < probability

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all equally likely."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One of (item, weight), in proportion to the weights."""
        point = self._random() * math.fsum(weight for _, weight in items)
        for item, weight in items:
            point -= weight
            if point < 0:
                return item
        return items[-1][0]

    def normal(self) -> float:
        """About standard normal: twelve uniform draws, which no machine rounds differently."""
        return sum(self._random() for _ in range(12)) - 6.0

    def count(self, mean: float) -> int:
        """A Poisson count, by waiting times in units of `mean`."""
        if mean <= 0:
            return 0
        limit, product, events = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            events += 1
        return events

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        deck = list(items)
        for last in range(len(deck) - 1, 0, -1):
            other = self.below(last + 1)
            deck[last], deck[other] = deck[other], deck[last]
        return deck
