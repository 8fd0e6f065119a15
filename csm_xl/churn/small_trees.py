"""Small gradient boosted trees on bin numbers, many models at once.

Every fold's model and the final one grow side by side, one split at a time, so that the work is
a few large array operations instead of many small ones, and each model's scores of the customers
it has not seen come for free. Newton boosting of the log-loss (Friedman 2001; Chen and Guestrin
2016 for the regularised gain), trees grown best leaf first.

Boosting begins at even odds, not at the average customer's. From there the few who left weigh as
much as the many who stayed when the first questions are asked, and a leaf of hardly any customers
stays undecided instead of as safe as everybody: where one in seven leaves, log-loss of 100
customers is a tenth lower for it. The level is learned within some rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from csm_xl.churn.binning import Bins
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import sigmoid
from csm_xl.churn.leaves import Boosted, Conditions

#: Gains that differ by less than this part are the same.
_ALIKE = 1e-9


@dataclass(frozen=True)
class SmallTrees:
    """How trees are grown.

    Parameters
    ----------
    leaves : int
        Leaves per tree at most.
    rate : float
        Learning rate.
    rounds : int
        Trees per model at most.
    ridge : float
        Added to a leaf's curvature: shrinks leaves with few customers.
    least : float
        Curvature (customers times p(1-p)) that a leaf needs.
    sample : float
        Share of the customers that a tree sees.
    columns : float
        Share of the features that a tree sees.
    patience : int
        Stop after so many rounds without a better out-of-fold log-loss.
    bins : int
        Bins per numeric feature at most.
    """

    leaves: int = 3
    rate: float = 0.1
    rounds: int = 300
    ridge: float = 0.3
    least: float = 0.3
    sample: float = 0.5
    columns: float = 0.5
    patience: int = 30
    bins: int = 32

    @property
    def work(self) -> int:
        """How long one fit takes, compared with others."""
        return self.leaves * self.rounds // 10


@dataclass(frozen=True)
class Forest:
    """The trees of all models.

    Parameters
    ----------
    feature, code : arrays (rounds, models, leaves - 1) of int
        What each split asks: is the bin number of `feature` above `code`? -1 for no split.
    leaf : array (rounds, models, leaves - 1) of int
        Which leaf each split parts; the customers above `code` go to leaf (split + 1).
    value : array (rounds, models, leaves)
    """

    feature: np.ndarray
    code: np.ndarray
    leaf: np.ndarray
    value: np.ndarray

    def leaves(self, rounds: int) -> Iterator[tuple[Conditions, float]]:
        """The leaves of the last model's first `rounds` trees."""
        for t in range(rounds):
            leaves: list[Conditions] = [{}]
            for s, feature in enumerate(self.feature[t, -1].tolist()):
                if feature < 0:
                    leaves.append({})
                    continue
                code, parted = int(self.code[t, -1, s]), leaves[self.leaf[t, -1, s]]
                low, high = parted.get(feature, (-1, None))
                leaves[self.leaf[t, -1, s]] = {**parted, feature: (low, code)}
                leaves.append({**parted, feature: (code, high)})
            for conditions, value in zip(leaves, self.value[t, -1].tolist(), strict=True):
                if value != 0.0:
                    yield conditions, value


def fit_small_trees(
    views: Callable[[np.ndarray | None], FeatureTable],
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    shape: SmallTrees,
    seed: int,
    step: Callable[[], None],
) -> Boosted:
    """Grow trees on all folds and on all rows, cut where the out-of-fold log-loss is least.

    Parameters
    ----------
    views : callable
        Gives the features to learn from, chosen from the rows it is given (all for None), of all
        customers.
    step : callable
        Called after each round.
    """
    n = len(y)
    folds = [fold for repeat in plan for fold in repeat]
    owner = np.repeat(np.arange(len(plan)), [len(repeat) for repeat in plan])
    everyone = np.arange(n)
    members = np.zeros((len(folds) + 1, n), dtype=bool)
    codes, n_bins = [], 0
    for m, (train, _) in enumerate([*folds, (everyone, everyone)]):
        members[m, train] = True
        table = views(train if m < len(folds) else None)
        bins = Bins(table.rows(train), y[train], shape.bins)
        codes.append(bins.codes(table))
        n_bins = max(n_bins, bins.most)
    best_loss, best_round = np.inf, 0
    best_out, best_in = np.zeros((len(plan), n)), np.zeros(n)

    def watch(round_number: int, scores: np.ndarray) -> bool:
        nonlocal best_loss, best_round, best_out, best_in
        out = np.empty((len(plan), n))
        for m, (_, test) in enumerate(folds):
            out[owner[m], test] = scores[m, test]
        loss = float((np.logaddexp(0.0, out) - y * out).mean())
        if loss < best_loss - 1e-5:
            best_loss, best_round = loss, round_number
            best_out, best_in = out, scores[-1].copy()
        step()
        return round_number - best_round >= shape.patience

    forest = boost(codes, n_bins, y, members, shape, seed, watch)
    leaves = list(forest.leaves(best_round + 1))
    return Boosted(leaves, 0.0, bins, best_out, best_in)


def boost(
    codes: Sequence[np.ndarray],
    n_bins: int,
    y: np.ndarray,
    members: np.ndarray,
    shape: SmallTrees,
    seed: int,
    watch: Callable[[int, np.ndarray], bool],
) -> Forest:
    """Grow all models' trees.

    Parameters
    ----------
    codes : sequence of M arrays (p, n)
        Bin numbers of all customers by each model's own bins.
    n_bins : int
    y : array (n,)
    members : array (M, n) of bool
        Which customers each model learns from.
    watch : callable (round, scores (M, n)) -> bool
        Called after each round with the log-odds; a true answer ends the growing.
    """
    from scipy.sparse import csr_matrix

    n_models, n = members.shape
    p = codes[0].shape[0]
    rng = np.random.default_rng(seed)
    width = p * n_bins
    model_of, row_of = np.nonzero(members)
    offsets = np.arange(p, dtype=np.int32) * n_bins
    indices = np.concatenate(
        [(codes[m][:, members[m]].T + (offsets + m * width)).ravel() for m in range(n_models)]
    ).astype(np.int32)
    one_hot = csr_matrix(
        (
            np.ones(len(indices)),
            indices,
            np.arange(0, len(indices) + 1, p, dtype=np.int32),
        ),
        shape=(len(model_of), n_models * width),
    ).T
    stacked = np.stack(codes)
    each = np.arange(n_models)

    def histogram(gradients: np.ndarray) -> np.ndarray:
        return (one_hot @ gradients).reshape(n_models, p, n_bins, 2)

    scores = np.zeros((n_models, n))
    all_features, all_codes, all_leaves, all_values = [], [], [], []
    for round_number in range(shape.rounds):
        chance = sigmoid(scores)
        drawn = np.asarray(rng.random(n) < shape.sample)
        allowed = np.zeros((1, p, 1), dtype=bool)
        allowed[0, rng.permutation(p)[: max(1, round(shape.columns * p))]] = True
        in_sample = np.where(drawn[row_of], 1.0, 0.0)
        gradients = np.empty((len(model_of), 2))
        flat = chance[model_of, row_of]
        gradients[:, 0] = (flat - y[row_of]) * in_sample
        gradients[:, 1] = flat * (1.0 - flat) * in_sample
        leaf = np.zeros((n_models, n), dtype=np.int8)
        histograms = np.zeros((shape.leaves, n_models, p, n_bins, 2))
        histograms[0] = histogram(gradients)
        gains = np.full((shape.leaves, n_models), -np.inf)
        where = np.zeros((shape.leaves, n_models), dtype=np.int64)
        gains[0, :], where[0, :] = _best_split(histograms[0], allowed, shape)
        split_feature = np.full((n_models, shape.leaves - 1), -1)
        split_code = np.zeros((n_models, shape.leaves - 1), dtype=int)
        split_leaf = np.zeros((n_models, shape.leaves - 1), dtype=int)
        for s in range(shape.leaves - 1):
            best = _first_of_the_best(gains)
            worth = gains[best, each] > 0.0
            if not worth.any():
                break
            feature, code = np.divmod(where[best, each], n_bins)
            split_feature[:, s] = np.where(worth, feature, -1)
            split_code[:, s] = code
            split_leaf[:, s] = best
            asked = stacked[each, feature]
            moves = (leaf == best[:, None]) & (asked > code[:, None]) & worth[:, None]
            leaf[moves] = s + 1
            moved = moves[model_of, row_of]
            above = histogram(gradients * moved[:, None])
            histograms[s + 1] = above
            histograms[best, each] -= above
            for new in (np.full(n_models, s + 1), best):
                found, place = _best_split(histograms[new, each], allowed, shape)
                gains[new, each] = np.where(worth, found, gains[new, each])
                where[new, each] = np.where(worth, place, where[new, each])
            gains[best, each] = np.where(worth, gains[best, each], -np.inf)
        sums = histograms[:, :, 0].sum(axis=2)
        value = (-shape.rate * sums[..., 0] / (sums[..., 1] + shape.ridge)).T
        scores += np.take_along_axis(value, leaf.astype(np.intp), axis=1)
        all_features.append(split_feature)
        all_codes.append(split_code)
        all_leaves.append(split_leaf)
        all_values.append(value)
        if watch(round_number, scores):
            break
    return Forest(
        np.array(all_features),
        np.array(all_codes),
        np.array(all_leaves),
        np.array(all_values),
    )


def _best_split(
    histograms: np.ndarray, allowed: np.ndarray, shape: SmallTrees
) -> tuple[np.ndarray, np.ndarray]:
    """Per model the largest gain and where it is, ``feature * n_bins + code``."""
    below = np.cumsum(histograms, axis=2)
    total = below[:, :, -1:, :]
    above = total - below
    gain = (
        below[..., 0] ** 2 / (below[..., 1] + shape.ridge)
        + above[..., 0] ** 2 / (above[..., 1] + shape.ridge)
        - total[..., 0] ** 2 / (total[..., 1] + shape.ridge)
    )
    small = np.minimum(below[..., 1], above[..., 1]) < shape.least
    gain[small | ~allowed] = -np.inf
    flat = gain.reshape(len(gain), -1)
    place = _first_of_the_best(flat.T)
    return flat[np.arange(len(flat)), place], place


def _first_of_the_best(values: np.ndarray) -> np.ndarray:
    """Per column the row of the largest value; of equally large ones the first.

    Questions that part the customers alike are worth the same but for the last digits of sums, which
    differ between processors, and part customers that the tree has not seen differently.
    """
    most = values.max(axis=0)
    return np.argmax(values >= most - _ALIKE * np.abs(most), axis=0)
