"""The model: which candidates suit the size of the data, and how they become one formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.folds import Fold
from csm_xl.churn.formula import MAX_FEATURES, MAX_RULES, ChurnFormula, NumericTerm, TextTerm
from csm_xl.churn.large_trees import LargeTrees, fit_large_trees
from csm_xl.churn.leaf_rules import PackedRules
from csm_xl.churn.leaves import Boosted, RuleSum
from csm_xl.churn.linear import LinearFit, fit_linear
from csm_xl.churn.screening import strongest
from csm_xl.churn.small_trees import SmallTrees, fit_small_trees
from csm_xl.churn.stacking import cross_fitted, fit_stack
from csm_xl.churn.symmetric_trees import SymmetricTrees, fit_symmetric_trees
from csm_xl.language import Text

#: Below this many customers, or this many of either outcome, only the plain ridge is used.
_LEAST_TO_BLEND, _LEAST_TO_BLEND_OF_EACH = 40, 4
#: Below this many customers, or this many of either outcome, what one of them does moves everything.
ENOUGH, ENOUGH_OF_EACH = 60, 9
#: From this many customers on, large trees are grown too.
LARGE = 1000

Shape = SmallTrees | LargeTrees | SymmetricTrees

_SMALL_PENALTIES: tuple[float, ...] = (200.0, 100.0, 50.0, 25.0, 12.0, 6.0)
_PENALTIES: tuple[float, ...] = (100.0, 50.0, 25.0, 12.0, 6.0, 3.0, 1.5, 0.7)
#: With many customers the penalty hardly matters.
_FEW_PENALTIES: tuple[float, ...] = (12.0, 3.0, 0.7)
_MANY = 5000
_KNOTS = 4
#: The part of the weight that the lines begin with, the trees having the rest.
_OF_LINES = 0.4

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
    "A blend of logistic regression with straight and with bent lines, and {n} rules from small "
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


class _Views:
    """The features a model may learn from, chosen from its own rows when there are too many."""

    def __init__(self, table: FeatureTable, y: np.ndarray) -> None:
        self.table = table
        self.y = y

    def __call__(self, rows: np.ndarray | None) -> FeatureTable:
        if len(self.table.features) <= MAX_FEATURES:
            return self.table
        if rows is None:
            return self.table.select(strongest(self.table, self.y, MAX_FEATURES).tolist())
        chosen = strongest(self.table.rows(rows), self.y[rows], MAX_FEATURES)
        return self.table.select(chosen.tolist())


def fit_blend(
    table: FeatureTable,
    y: np.ndarray,
    plan: Sequence[Sequence[Fold]],
    seed: int,
    step: Callable[[float], None],
) -> Fitted:
    """Train on all customers, and predict each by models that have not seen them.

    Parameters
    ----------
    table : FeatureTable
        n customers.
    y : array (n,) of 0 and 1
    plan : repeats of folds
    seed : int
    step : callable
        Called often with the part that is done, 0 to 1; may raise to stop the work.
    """
    views = _Views(table, y)
    n = len(y)
    small = _fewer(y, _LEAST_TO_BLEND, _LEAST_TO_BLEND_OF_EACH) or not table.features
    shapes = [] if small else shapes_for(n)
    work = _Work(step, sum(map(len, plan)) + 1, 1 if small else 2, shapes)
    penalties = _SMALL_PENALTIES if small else _PENALTIES if n < _MANY else _FEW_PENALTIES
    lines = [fit_linear(views, y, plan, penalties, 0, work.line)]
    if not small:
        lines.append(fit_linear(views, y, plan, penalties, _KNOTS, work.line))
    trees = [
        fit_large_trees(views, y, plan, shape, seed, work.folds(shape))
        if isinstance(shape, LargeTrees)
        else fit_small_trees(views, y, plan, shape, seed, work.rounds(shape))
        if isinstance(shape, SmallTrees)
        else fit_symmetric_trees(views, y, plan, shape, seed, work.rounds(shape))
        for shape in shapes
    ]
    out = [line.out_of_fold for line in lines]
    out += [tree.out_of_fold for tree in trees]
    inside = [line.in_sample for line in lines]
    inside += [tree.in_sample for tree in trees]
    if small:
        shift, weights = 0.0, np.ones(1)
        out_of_fold = out[0]
    else:
        scores = np.stack(out, axis=2)
        prior = np.repeat(
            [_OF_LINES / len(lines), (1.0 - _OF_LINES) / len(trees)], [len(lines), len(trees)]
        )
        pull = float(np.clip(3000.0 / n, 2.0, 20.0))
        shift, weights = fit_stack(scores, y, prior, pull)
        out_of_fold = cross_fitted(scores, y, plan, prior, pull)
    in_sample = shift + np.stack(inside, axis=1) @ weights
    final = views(None)
    formula = _compose(
        final,
        shift,
        list(zip(lines, weights, strict=False)),
        list(zip(trees, weights[len(lines) :], strict=True)),
    )
    # Trees stop early.
    step(1.0)
    if are_few(y) or small:
        out_of_fold = _levelled(out_of_fold, y, plan)
    return Fitted(
        formula,
        in_sample,
        out_of_fold.mean(axis=0),
        out_of_fold[0],
        _method(formula, blended=not small),
    )


def are_few(y: np.ndarray) -> bool:
    """Whether there are so few customers, or so few of either outcome, that single ones decide."""
    return _fewer(y, ENOUGH, ENOUGH_OF_EACH)


def _fewer(y: np.ndarray, customers: int, of_each: int) -> bool:
    n, n_churned = len(y), int(y.sum())
    return n < customers or min(n_churned, n - n_churned) < of_each


def _method(formula: ChurnFormula, blended: bool) -> Text:
    if not formula.features:
        return METHOD_AVERAGE
    return METHOD_BLEND.fill(n=len(formula.rules)) if blended else METHOD_RIDGE


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
    """The trees for so many customers, of two kinds: more customers carry larger ones."""
    if n < LARGE:
        # Slow and deep: what a few columns say together only.
        free = SmallTrees(leaves=8, rate=0.04, rounds=500, sample=0.8, columns=0.8, patience=50)
        return [free, SymmetricTrees(depth=3, rate=0.04, rounds=500)]
    return [
        LargeTrees(leaves=24, rate=0.06, rounds=150),
        SymmetricTrees(depth=4, rate=0.1, rounds=400, bins=254),
    ]


def _compose(
    table: FeatureTable,
    shift: float,
    lines: Sequence[tuple[LinearFit, float]],
    trees: Sequence[tuple[Boosted, float]],
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
        # Bins of a text feature are the same for every tree candidate: same rows, same order.
        places = {k: trees[0][0].bins.places(k, levels) for k, levels in listed.items()}
        listed = {k: order for k, (order, _) in places.items()}
    total = RuleSum()
    for tree, weight in trees:
        intercept += weight * tree.base
        if weight > 0.0:
            total.add(tree.leaves, tree.bins, listed, weight)
    for k, (order, other_place) in places.items():
        name = table.features[k].name
        text[name] = _reordered(text[name], [table.levels[k][level] for level in order])
        text[name] = replace(text[name], other_place=other_place)
    rules, rest = total.rules(MAX_RULES)
    formula = ChurnFormula(
        float(intercept),
        tuple(numeric.values()),
        tuple(text.values()),
        rules,
        tuple(feature.name for feature in table.features),
    )
    if not rest:
        return formula
    # Those left out were small, but together they moved everybody: their mean stays.
    mean = float(PackedRules(rest).values(_readings(formula, table)).mean())
    return replace(formula, intercept=formula.intercept + mean)


def _readings(formula: ChurnFormula, table: FeatureTable) -> list[np.ndarray]:
    """What the formula reads in each column of a table."""
    readings = []
    for term, column, levels in zip(formula.terms, table.columns, table.levels, strict=True):
        if isinstance(term, TextTerm):
            places = dict(zip(term.categories, term.all_places.tolist(), strict=False))
            readings.append(np.array([places.get(x, term.other_place) for x in levels])[column])
        else:
            x = np.where(np.isnan(column), term.impute, column)
            readings.append(np.minimum(x, term.highest))
    return readings


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
        self,
        step: Callable[[float], None],
        fits: int,
        n_lines: int,
        shapes: Sequence[Shape],
    ) -> None:
        self.step = step
        self.fits = fits
        # What one fit of a linear candidate takes, beside leaves times rounds of trees.
        self.line_work = 1000
        self.all = fits * (n_lines * self.line_work + sum(shape.work for shape in shapes))
        self.done = 0.0

    def line(self) -> None:
        """Another fold of a linear candidate is done."""
        self._add(self.line_work)

    def folds(self, shape: LargeTrees) -> Callable[[], None]:
        """What to call when another fold of a candidate of large trees is done."""
        return lambda: self._add(shape.work)

    def rounds(self, shape: SmallTrees | SymmetricTrees) -> Callable[[], None]:
        """What to call when another round of a candidate is done on all folds."""
        return lambda: self._add(self.fits * shape.work / shape.rounds)

    def _add(self, work: float) -> None:
        self.done += work
        self.step(min(1.0, self.done / self.all))
