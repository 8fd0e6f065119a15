"""Two ways of doing one thing, timed in turns in one run, so that a busy machine slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(
    what: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    *,
    at_most: float,
    rounds: int = 7,
) -> float:
    """Print the ratio of the median times, and whether the claim holds.

    Returns
    -------
    float
        Ours divided by the other.
    """
    pairs = [(seconds(ours), seconds(other)) for _ in range(rounds)]
    mine, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = mine / theirs
    verdict = "holds" if ratio <= at_most else "FAILS"
    print(
        f"{what}: {ratio:.2f} (claimed: at most {at_most:g}; {verdict})"
        f"  [{mine:.3f} s / {theirs:.3f} s]"
    )
    return ratio
