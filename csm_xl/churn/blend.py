"""The model: which candidates suit the size of the data, and how they become one formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from csm_xl.churn.binning import Bins
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import MAX_FEATURES, ChurnFormula, NumericTerm, TextTerm
from csm_xl.churn.leaves import BoxSum
from csm_xl.churn.linear import LinearFit, fit_linear, most_optimism, optimism
from csm_xl.churn.screening import strongest
from csm_xl.churn.stacking import cross_fitted, fit_stack
from csm_xl.churn.table import Table
from csm_xl.churn.trees import Forest, Shape, boost
from csm_xl.language import Text

#: Below this many customers, or this many of either outcome, only the plain ridge is used.
LEAST_TO_BLEND, LEAST_OF_EACH = 60, 15
#: From this many customers on, trees may have more than three leaves.
LARGE = 1000
#: Below that, trees are grown so many times with other random numbers, and averaged.
COPIES = 3

_SMALL_PENALTIES: tuple[float, ...] = (200.0, 100.0, 50.0, 25.0, 12.0, 6.0)
_PENALTIES: tuple[float, ...] = (100.0, 50.0, 25.0, 12.0, 6.0, 3.0, 1.5, 0.7)
#: With many customers the penalty hardly matters.
_FEW_PENALTIES: tuple[float, ...] = (12.0, 3.0, 0.7)
_MANY = 5000
_KNOTS = 4
_BINS = 32

METHOD_AVERAGE = Text(
    "The average for everyone: there is no column to learn from.",
    "所有客户都取平均值：没有可供学习的列。",
)
METHOD_RIDGE = Text(
    "Logistic regression, shrunk towards the average customer: there are too few customers for "
    "more.",
    "向平均水平收缩的逻辑回归：客户数量还不足以支持更复杂的模型。",
)
METHOD_BLEND = Text(
    "A blend of logistic regression with straight and with bent lines, and {n} boxes from small "
    "trees.",
    "由直线与折线逻辑回归以及 {n} 条来自小决策树的组合规则混合而成。",
)


@dataclass(frozen=True)
class Fitted:
    """A trained formula and its log-odds.

    Parameters
    ----------
    formula : ChurnFormula
    in_sample : array (n,)
        Log-odds by the final formula.
    out_of_fold : array (n,)
        Log-odds by models that had not seen the customer, averaged over repeats; where customers
        are few, without what leaving some out does to the base rate.
    first_out_of_fold : array (n,)
        Log-odds by models that had not seen the customer, of the first repeat alone.
    method : Text
    """

    formula: ChurnFormula
    in_sample: np.ndarray
    out_of_fold: np.ndarray
    first_out_of_fold: np.ndarray
    method: Text


@dataclass(frozen=True)
class TreeFit:
    """A tree candidate: the final model is the last of `forest`, cut at `rounds`."""

    forest: Forest
    rounds: int
    bins: Bins
    base: float
    out_of_fold: np.ndarray
    in_sample: np.ndarray


class _Views:
    """The features a model may learn from, chosen from its own rows when there are too many."""

    def __init__(self, table: Table, y: np.ndarray) -> None:
        self.table = table
        self.y = y

    def __call__(self, rows: np.ndarray | None) -> Table:
        if len(self.table.features) <= MAX_FEATURES:
            return self.table
        if rows is None:
            return self.table.select(strongest(self.table, self.y, MAX_FEATURES).tolist())
        chosen = strongest(self.table.rows(rows), self.y[rows], MAX_FEATURES)
        return self.table.select(chosen.tolist())


def fit_blend(
    table: Table,
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    seed: int,
    step: Callable[[float], None],
) -> Fitted:
    """Train on all customers, and predict each by models that have not seen them.

    Parameters
    ----------
    table : Table
        n customers.
    y : array (n,) of 0 and 1
    plan : repeats of folds
    seed : int
    step : callable
        Called often with the part that is done, 0 to 1; may raise to stop the work.
    """
    views = _Views(table, y)
    n = len(y)
    n_churned = int(y.sum())
    few = n < LEAST_TO_BLEND or min(n_churned, n - n_churned) < LEAST_OF_EACH
    small = few or not table.features
    shapes = [] if small else shapes_for(n)
    copies = COPIES if n < LARGE else 1
    work = _Work(step, (1 if small else 2) * (1 + sum(map(len, plan))), shapes, copies)
    penalties = _SMALL_PENALTIES if small else _PENALTIES if n < _MANY else _FEW_PENALTIES
    lines = [fit_linear(views, y, plan, penalties, 0, work.line)]
    if not small:
        lines.append(fit_linear(views, y, plan, penalties, _KNOTS, work.line))
    trees = [
        [_fit_trees(views, y, plan, shape, seed + copy, work) for copy in range(copies)]
        for shape in shapes
    ]
    out = [line.out_of_fold for line in lines]
    out += [np.mean([tree.out_of_fold for tree in same], axis=0) for same in trees]
    inside = [line.in_sample for line in lines]
    inside += [np.mean([tree.in_sample for tree in same], axis=0) for same in trees]
    if small:
        shift, weights = 0.0, np.ones(1)
        out_of_fold = out[0]
    else:
        scores = np.stack(out, axis=2)
        # Lines and trees begin with half of the weight each.
        prior = np.repeat([0.5 / len(lines), 0.5 / len(trees)], [len(lines), len(trees)])
        pull = float(np.clip(3000.0 / n, 3.0, 30.0))
        shift, weights = fit_stack(scores, y, prior, pull)
        out_of_fold = cross_fitted(scores, y, plan, prior, pull)
    in_sample = shift + np.stack(inside, axis=1) @ weights
    final = views(None)
    each = [
        (tree, w / copies)
        for same, w in zip(trees, weights[len(lines) :], strict=True)
        for tree in same
    ]
    formula = _compose(final, shift, list(zip(lines, weights, strict=False)), each)
    return Fitted(
        formula,
        in_sample,
        (_levelled(out_of_fold, y, plan) if small else out_of_fold).mean(axis=0),
        out_of_fold[0],
        _method(formula, blended=not small),
    )


def _method(formula: ChurnFormula, blended: bool) -> Text:
    if not formula.features:
        return METHOD_AVERAGE
    return METHOD_BLEND.fill(n=len(formula.boxes)) if blended else METHOD_RIDGE


def _levelled(scores: np.ndarray, y: np.ndarray, plan: Sequence[Sequence[Fold]]) -> np.ndarray:
    """Scores without what the lack of the judged customers did to each fold's base rate.

    With five customers, leaving one out who left makes everyone look safer: such scores rank
    those who left below those who stayed, whatever the features say.
    """
    overall = _smoothed_log_odds(y)
    out = scores.copy()
    for r, folds in enumerate(plan):
        for train, test in folds:
            out[r, test] += overall - _smoothed_log_odds(y[train])
    return out


def _smoothed_log_odds(y: np.ndarray) -> float:
    return float(np.log((y.sum() + 0.1) / (len(y) - y.sum() + 0.1)))


def shapes_for(n: int) -> list[Shape]:
    """The trees for so many customers.

    Three leaves make boxes of two features, which a person can check; more customers carry more.
    """
    usual = Shape(
        leaves=3,
        rate=0.1 if n < LARGE else 0.07,
        rounds=250,
        ridge=0.3,
        least=0.3,
        sample=0.5,
        columns=0.5,
        patience=30,
    )
    if n < LARGE:
        return [usual]
    return [usual, replace(usual, leaves=8, columns=0.7)]


def _fit_trees(
    views: _Views,
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    shape: Shape,
    seed: int,
    work: _Work,
) -> TreeFit:
    n = len(y)
    folds = [fold for repeat in plan for fold in repeat]
    everyone = np.arange(n)
    members = np.zeros((len(folds) + 1, n), dtype=bool)
    codes, n_bins = [], 0
    for m, (train, _) in enumerate([*folds, (everyone, everyone)]):
        members[m, train] = True
        table = views(train if m < len(folds) else None)
        bins = Bins(table.rows(train), y[train], _BINS)
        codes.append(bins.codes(table))
        n_bins = max(n_bins, bins.most)
    owner = np.repeat(np.arange(len(plan)), [len(repeat) for repeat in plan])
    best_loss, best_round = np.inf, 0
    best_out = np.zeros((len(plan), n))
    best_in = np.zeros(n)

    def watch(round_number: int, scores: np.ndarray) -> bool:
        nonlocal best_loss, best_round, best_out, best_in
        out = np.empty((len(plan), n))
        for m, (_, test) in enumerate(folds):
            out[owner[m], test] = scores[m, test]
        loss = float((np.logaddexp(0.0, out) - y * out).mean())
        held = round_number == 0 or optimism(out, scores[-1], y) <= most_optimism(n)
        if loss < best_loss - 1e-5 and held:
            best_loss, best_round = loss, round_number
            best_out, best_in = out, scores[-1].copy()
        work.tree(shape)
        return round_number - best_round >= shape.patience

    forest = boost(codes, n_bins, y, members, shape, seed, watch)
    work.tree(shape, finished=True)
    return TreeFit(forest, best_round + 1, bins, forest.base[-1], best_out, best_in)


def _compose(
    table: Table,
    shift: float,
    lines: Sequence[tuple[LinearFit, float]],
    trees: Sequence[tuple[TreeFit, float]],
) -> ChurnFormula:
    """One formula that gives ``shift + sum(weight * candidate)``."""
    intercept = shift
    numeric: dict[str, NumericTerm] = {}
    text: dict[str, TextTerm] = {}
    for line, weight in lines:
        base, own_numeric, own_text = line.basis.terms(
            table, weight * line.weights, weight * line.intercept
        )
        intercept += base
        for term in own_numeric:
            numeric[term.name] = _sum_numeric(numeric.get(term.name), term)
        for category in own_text:
            text[category.name] = _sum_text(text.get(category.name), category)
    listed = lines[0][0].basis.kept_levels()
    places: dict[int, tuple[list[int], float]] = {}
    if trees:
        # Bins of a text feature are the same for every tree candidate: same rows, same rule.
        places = {k: trees[0][0].bins.places(k, levels) for k, levels in listed.items()}
        listed = {k: order for k, (order, _) in places.items()}
    total = BoxSum()
    for tree, weight in trees:
        intercept += weight * tree.base
        if weight > 0.0:
            total.add(tree.forest, tree.rounds, tree.bins, listed, weight)
    for k, (order, other_place) in places.items():
        name = table.features[k].name
        text[name] = _reordered(text[name], [table.levels[k][level] for level in order])
        text[name] = replace(text[name], other_place=other_place)
    return ChurnFormula(
        float(intercept),
        tuple(numeric.values()),
        tuple(text.values()),
        total.boxes(),
        tuple(feature.name for feature in table.features),
    )


def _sum_numeric(first: NumericTerm | None, second: NumericTerm) -> NumericTerm:
    if first is None:
        return second
    knots = dict(zip(first.knots, first.weights, strict=True))
    for knot, weight in zip(second.knots, second.weights, strict=True):
        knots[knot] = knots.get(knot, 0.0) + weight
    order = sorted(knots)
    return replace(
        first,
        missing=first.missing + second.missing,
        knots=tuple(order),
        weights=tuple(knots[knot] for knot in order),
    )


def _sum_text(first: TextTerm | None, second: TextTerm) -> TextTerm:
    if first is None:
        return second
    added = tuple(a + b for a, b in zip(first.weights, second.weights, strict=True))
    return replace(first, weights=added, other=first.other + second.other)


def _reordered(term: TextTerm, categories: list[str]) -> TextTerm:
    weights = dict(zip(term.categories, term.weights, strict=True))
    return replace(
        term,
        categories=tuple(categories),
        weights=tuple(weights[category] for category in categories),
    )


class _Work:
    """Turns finished pieces into the part of the whole that is done."""

    def __init__(
        self, step: Callable[[float], None], n_lines: int, shapes: Sequence[Shape], copies: int
    ) -> None:
        self.step = step
        self.n_lines = n_lines
        self.all_rounds = float(copies * sum(shape.rounds * shape.leaves for shape in shapes))
        self.lines_done = 0
        self.finished = 0.0
        self.growing = 0.0

    def line(self) -> None:
        """Another fold of a linear candidate is done."""
        self.lines_done += 1
        self._tell()

    def tree(self, shape: Shape, finished: bool = False) -> None:
        """Another round of a tree candidate is done, or all of them."""
        self.growing += shape.leaves
        if finished:
            self.finished += shape.rounds * shape.leaves
            self.growing = 0.0
        self._tell()

    def _tell(self) -> None:
        done = self.lines_done / self.n_lines
        if self.all_rounds:
            done = 0.3 * done + 0.7 * (self.finished + self.growing) / self.all_rounds
        self.step(min(1.0, done))
