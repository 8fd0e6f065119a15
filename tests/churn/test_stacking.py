"""The weights of the blend are where the loss is least, not where a search happened to stop."""

import numpy as np
import pytest

from csm_xl.churn.stacking import fit_stack


def almost(scores, chance):
    """The same scores but for their last digits."""
    return scores * (1 + 1e-15 * chance.normal(size=scores.shape))


@pytest.mark.parametrize(
    ("seed", "n", "told", "prior"),
    [(seed, 200, (1.0, 1.0, 1.0), 4.0) for seed in range(6)]
    # A candidate that says next to nothing: its weight ends at zero, or so near that a search
    # stops beside it.
    + [(seed, 120, (1.0, None, 0.8), 0.5) for seed in range(30)],
)
def test_a_last_digit_of_the_scores_moves_the_weights_by_no_more(seed, n, told, prior):
    chance = np.random.default_rng(seed)
    truth = chance.normal(size=n)
    y = (chance.random(n) < 1 / (1 + np.exp(-truth))).astype(float)
    parts = np.array([chance.uniform(-0.3, 0.3) if part is None else part for part in told])
    scores = truth[None, :, None] * parts + chance.normal(scale=0.8, size=(2, n, 3))
    even = np.full(3, 1 / 3)
    shift, weights = fit_stack(scores, y, even, prior)
    assert (weights >= 0).all()
    again, others = fit_stack(almost(scores, chance), y, even, prior)
    assert [again, *others] == pytest.approx([shift, *weights], rel=1e-11, abs=1e-12)
