"""Small trees: of questions that are worth the same the first is asked."""

import numpy as np
import pytest

from csm_xl.churn.small_trees import SmallTrees, boost

SHAPE = SmallTrees(rounds=20, sample=1.0, columns=1.0)


def grown(codes, y, noise):
    members = np.ones((1, len(y)), dtype=bool)
    # Sums in another order differ in their last digits.
    order = np.random.default_rng(noise).permutation(len(y)) if noise else np.arange(len(y))
    return boost([codes[:, order]], 4, y[order], members, SHAPE, 0, lambda n, scores: False)


@pytest.mark.parametrize("noise", range(1, 9))
def test_features_that_part_alike_are_told_apart_by_their_place_and_by_nothing_else(noise):
    chance = np.random.default_rng(7)
    one = chance.integers(0, 4, 300)
    other = chance.integers(0, 4, 300)
    codes = np.array([one, other, one, other, 3 - one]).astype(np.int64)
    y = (chance.random(300) < (1 + one + other) / 8).astype(float)
    first, again = grown(codes, y, 0), grown(codes, y, noise)
    assert (first.feature == again.feature).all()
    assert (first.code == again.code).all()
    assert set(np.unique(first.feature)) <= {-1, 0, 1}
