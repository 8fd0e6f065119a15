"""The weights of the blend are where the loss is least, not where a search happened to stop."""

import numpy as np
import pytest

from csm_xl.churn.stacking import fit_stack


@pytest.mark.parametrize("seed", range(6))
def test_a_last_digit_of_the_scores_moves_the_weights_by_no_more(seed):
    chance = np.random.default_rng(seed)
    truth = chance.normal(size=200)
    y = (chance.random(200) < 1 / (1 + np.exp(-truth))).astype(float)
    scores = truth[None, :, None] + chance.normal(scale=0.8, size=(3, 200, 3))
    prior = np.full(3, 1 / 3)
    shift, weights = fit_stack(scores, y, prior, 4.0)
    assert (weights >= 0).all()
    again, others = fit_stack(
        scores * (1 + 1e-15 * chance.normal(size=scores.shape)), y, prior, 4.0
    )
    assert [again, *others] == pytest.approx([shift, *weights], rel=1e-11, abs=1e-12)


@pytest.mark.parametrize("seed", range(30))
def test_so_it_is_where_a_candidate_says_next_to_nothing(seed):
    # Its weight ends at zero, or so near that a search stops beside it.
    chance = np.random.default_rng(seed)
    truth = chance.normal(size=120)
    y = (chance.random(120) < 1 / (1 + np.exp(-truth))).astype(float)
    told = np.array([1.0, chance.uniform(-0.3, 0.3), 0.8])
    scores = truth[None, :, None] * told + chance.normal(scale=0.8, size=(2, 120, 3))
    prior = np.full(3, 1 / 3)
    shift, weights = fit_stack(scores, y, prior, 0.5)
    assert (weights >= 0).all()
    again, others = fit_stack(
        scores * (1 + 1e-15 * chance.normal(size=scores.shape)), y, prior, 0.5
    )
    assert [again, *others] == pytest.approx([shift, *weights], rel=1e-11, abs=1e-12)
