"""Reading a million cells, beside the plainest numpy and Python that could do it.

Run: python benchmarks/cells.py
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np
from side_by_side import compare

from csm_xl.functions import CSAT

N = 1_000_000
WORDS = ["非常满意", "满意", "一般", "不满意", "very dissatisfied"]


def main() -> None:
    levels = np.random.default_rng(0).integers(1, 6, N)
    numbers = tuple((float(level),) for level in levels)
    words = tuple((WORDS[5 - level],) for level in levels)
    assert abs(CSAT(numbers)[0][0] - levels.mean()) < 1e-9
    assert abs(CSAT(words)[0][0] - levels.mean()) < 1e-9
    compare(
        "CSAT of 1,000,000 numbers / numpy.asarray(cells, float).mean()",
        lambda: CSAT(numbers),
        lambda: np.asarray(numbers, float).mean(),
        at_most=1.3,
    )
    compare(
        "CSAT of 1,000,000 level words / Counter of the flattened cells",
        lambda: CSAT(words),
        lambda: Counter(chain.from_iterable(words)),
        at_most=1.5,
    )


if __name__ == "__main__":
    main()
