"""What is wrong with the customers' data, and how far to trust the model, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from csm_xl.churn.blend import ENOUGH, are_few
from csm_xl.churn.evaluation import auc
from csm_xl.churn.feature_table import FeatureTable
from csm_xl.churn.report import Figure, Peer, percent
from csm_xl.churn.time_columns import undated_columns
from csm_xl.language import Text

#: Rounds and penalties were chosen by the folds that are judged, which flatters a little: luck is
#: ruled out where an interval so many times as wide still lies above it.
_LUCK = 1.3
#: A feature that ranks customers this well all alone is taken for the label in disguise.
DISGUISED = 0.97
#: Out-of-fold AUC from which the whole is too good to be true.
TOO_GOOD = 0.99
#: A share of churned customers from which the sheet probably lacks those who stayed.
TOO_MANY_LEFT = 0.8
#: Categories from which a text feature is told to be pooled.
MANY_CATEGORIES = 50

FEW = Text(
    "Only {n} customers, {left} of whom left: that tells little about a single one. Most probabilities "
    "stay near the average of {rate}.",
    "只有 {n} 位客户，其中 {left} 位已流失，不足以看清单个客户；大多数预测概率会接近平均值 {rate}。",
)
DUPLICATES = Text(
    "{n} customers have exactly the same values as another one. Check that nobody is listed twice.",
    "有 {n} 位客户的各项数据与别的客户完全相同，请检查是否重复录入。",
)
DISGUISE = Text(
    "{name} tells almost exactly who left. It is probably filled in when a customer leaves, and "
    "then it cannot warn you in advance. Leave it out and retrain.",
    "仅凭“{name}”就几乎能断定谁已流失。它很可能是客户离开时才填写的，无法用来提前预警。"
    "请去掉该列后重新训练。",
)
DISGUISED_BLANK = Text(
    "Whether {name} is blank tells almost exactly who left. It is probably filled in when a "
    "customer leaves. Leave it out and retrain.",
    "“{name}”是否为空几乎就能断定谁已流失，它很可能是客户离开时才填写的。请去掉该列后重新训练。",
)
UNREAL = Text(
    "The model tells who left almost without error, which real customers do not allow. Look for "
    "columns that were filled in, or stopped changing, when a customer left.",
    "模型几乎能毫无差错地判断谁已流失，这在现实中不太可能。"
    "请检查是否有在客户离开时才填写、或离开后不再变化的列。",
)
SEPARABLE = Text(
    "Who left and who stayed can be told apart without error. With so few customers that is "
    "easily luck, so the probabilities are held back.",
    "流失与留存的客户可以被完全分开。客户这么少时这很可能只是巧合，因此预测概率偏保守。",
)
UNDATED = Text(
    "{names}: {why}. Fill in when customers left, or leave the column out.",
    "“{names}”{why}。请填写客户离开的日期，或去掉该列。",
)
MOST_LEFT = Text(
    "{rate} of the customers are marked as having left. Check that the customers who stayed are "
    "listed, and that yes and no are not swapped.",
    "有 {rate} 的客户被标记为已流失。请检查是否漏掉了仍在的客户，或把“是”和“否”弄反了。",
)
NONE_USABLE = Text(
    "No column differs from customer to customer in a way that can be learned from, so everyone "
    "gets the average of {rate}.",
    "没有任何一列能区分不同的客户，因此所有客户都得到平均值 {rate}。",
)
WIDE = Text(
    "{p} columns for {n} customers is more than can be learned from. Keep the ones that you "
    "believe matter.",
    "{n} 位客户却有 {p} 列数据，多到学不过来。请只保留您认为重要的列。",
)
MANY = Text(
    "{name} has {k} different values; the rare ones are treated as one.",
    "“{name}”有 {k} 种不同的取值，少见的取值会合并处理。",
)


def too_good(table: FeatureTable, y: np.ndarray, out_of_fold: np.ndarray) -> list[Text]:
    """Signs that a column was filled in when a customer left; empty when there are none."""
    n, n_churned = table.n, int(y.sum())
    if min(n_churned, n - n_churned) < 5 or n < 20:
        return []
    found = [text for _, text in _disguised(table, y)]
    if not found and n >= 30 and auc(y, out_of_fold) >= TOO_GOOD:
        found.append(UNREAL)
    return found


def warnings_about(
    frame: Any,
    table: FeatureTable,
    y: np.ndarray,
    duplicates: np.ndarray,
    groups: np.ndarray | None,
    in_sample: np.ndarray,
    out_of_fold: np.ndarray,
    dated: bool,
) -> list[Text]:
    """Sentences on what is wrong with the data; empty when nothing is.

    Parameters
    ----------
    frame : data frame
        The raw cells that `table` was read from.
    duplicates : array (n,)
        A number per customer, shared by exact duplicates.
    groups : array (n,), optional
        A customer's rows at several dates share a value; they are no duplicates.
    in_sample, out_of_fold : arrays (n,)
        Probabilities.
    dated : bool
        Whether it is known when customers left.
    """
    n, p = table.n, len(table.features)
    n_churned = int(y.sum())
    fewer = min(n_churned, n - n_churned)
    rate = percent(float(y.mean()))
    found: list[Text] = []
    if p == 0:
        found.append(NONE_USABLE.fill(rate=rate))
    elif are_few(y):
        found.append(FEW.fill(n=n, left=n_churned, rate=rate))
    suspicious = too_good(table, y, out_of_fold)
    found += suspicious
    if p and not suspicious and fewer >= 2 and n < ENOUGH and auc(y, in_sample) == 1.0:
        found.append(SEPARABLE)
    if not dated:
        named: dict[Text, list[str]] = {}
        kept = {feature.name for feature in table.features}
        for name, why in undated_columns(frame).items():
            if name in kept:
                named.setdefault(why, []).append(name)
        found += [
            UNDATED.fill(names=Text(", ".join(names), "”、“".join(names)), why=why)
            for why, names in named.items()
        ]
    again = _repeated(duplicates, groups)
    if again:
        found.append(DUPLICATES.fill(n=again))
    if n >= 10 and n_churned >= TOO_MANY_LEFT * n:
        found.append(MOST_LEFT.fill(rate=rate))
    if p > 1 and p >= n:
        found.append(WIDE.fill(p=p, n=n))
    for feature, levels in zip(table.features, table.levels, strict=True):
        if len(levels) > MANY_CATEGORIES:
            found.append(MANY.fill(name=feature.name, k=len(levels)))
    return found


def gives_away(table: FeatureTable, y: np.ndarray) -> dict[str, Text]:
    """Features that tell who left all alone, each with what is probably the matter.

    Parameters
    ----------
    table : FeatureTable
    y : ndarray of float, shape (n,)

    Returns
    -------
    dict of str to Text
        Empty where customers are too few to tell.
    """
    n_churned = int(y.sum())
    if min(n_churned, table.n - n_churned) < 5 or table.n < 20:
        return {}
    return dict(_disguised(table, y))


def _disguised(table: FeatureTable, y: np.ndarray) -> list[tuple[str, Text]]:
    """Features that tell who left all alone."""
    found: list[tuple[str, Text]] = []
    for feature, column in zip(table.features, table.columns, strict=True):
        if feature.kind == "text":
            counts = np.bincount(column)
            left = np.bincount(column, weights=y)
            others = np.maximum(counts[column] - 1, 0)
            # Without the customer's own outcome, or a rare category would always be right.
            share = (left[column] - y + y.mean()) / (others + 1.0)
            if auc(y, share) >= DISGUISED:
                found.append((feature.name, DISGUISE.fill(name=feature.name)))
            continue
        blank = np.isnan(column)
        if 5 <= blank.sum() <= len(y) - 5:
            area = auc(y, blank.astype(float))
            if max(area, 1.0 - area) >= DISGUISED:
                found.append((feature.name, DISGUISED_BLANK.fill(name=feature.name)))
                continue
        seen = ~blank
        if min(y[seen].sum(), (1 - y[seen]).sum()) >= 5:
            area = auc(y[seen], column[seen])
            if max(area, 1.0 - area) >= DISGUISED:
                found.append((feature.name, DISGUISE.fill(name=feature.name)))
    return found


def _repeated(duplicates: np.ndarray, groups: np.ndarray | None) -> int:
    """Customers that are exact duplicates of another customer."""
    if groups is None:
        return len(duplicates) - len(np.unique(duplicates))
    names = np.unique(groups, return_inverse=True)[1].ravel()
    pairs = np.unique(np.column_stack([duplicates, names]), axis=0)
    return len(pairs) - len(np.unique(pairs[:, 0]))


RANKS = Text(
    "Of two customers, one who left and one who stayed, the model rates the one who left higher "
    "in {area} of cases (between {low} and {high}).",
    "任取一位已流失和一位仍在的客户，模型在 {area} 的情况下给流失者更高的概率"
    "（区间 {low} 至 {high}）。",
)
NOT_YET = Text(
    "Do not rely on it yet: with {n} customers, {left} of whom left, it could be luck. Take the "
    "average of {rate} for everyone, and retrain when more is known.",
    "暂时不要依赖它：{n} 位客户中有 {left} 位流失，结果可能只是巧合。"
    "请先把所有人都当作平均值 {rate}，数据多了再重新训练。",
)
A_HINT = Text(
    "Take it as a hint whom to look at first, not as a number to plan with.",
    "可以参考它决定先关注谁，但不要把概率当作可以用来做计划的数字。",
)
AN_ORDER = Text(
    "Good for deciding whom to call first; a single probability may be well off.",
    "适合用来决定先联系谁；单独一位客户的概率可能有较大偏差。",
)
RELIABLE = Text(
    "Its order and its probabilities can both be planned with: of customers rated 30%, about 30% "
    "leave.",
    "排序和概率都可以用来做计划：被评为 30% 的客户中，大约有 30% 会流失。",
)
WEAK = Text(
    "These columns hardly tell who leaves: take the average of {rate} for everyone, and add what "
    "you know about customers, such as how often they use the service.",
    "这些列几乎看不出谁会流失：请先把所有人都当作平均值 {rate}，并补充您了解的客户信息，"
    "例如使用频率。",
)
SUSPECT = Text(
    "The figures are too good to be true. Correct what the warnings name before you rely on "
    "anything here.",
    "这些指标好得可疑。请先按提示更正数据，再使用这里的任何结果。",
)
NO_BETTER = Text(
    "It does no better than giving every customer the average.",
    "它并不比给所有客户同一个平均值更准。",
)


def trust_in(
    y: np.ndarray,
    figures: dict[str, Figure],
    comparison: Sequence[Peer],
    suspect: bool = False,
    *,
    customers: tuple[int, int] | None = None,
    rate: float | None = None,
) -> tuple[str, Text]:
    """How far to trust the model: ``none``, ``little``, ``some`` or ``good``, and a sentence.

    Parameters
    ----------
    suspect : bool
        Whether a feature is taken for the label in disguise.
    customers : (int, int), optional
        How many different customers, and how many of them left, where rows are several a customer:
        what is known of one leaver from six days is known of one leaver.
    rate : float, optional
        The average to take for everyone; the share of `y` when not given.
    """
    if suspect:
        return "none", SUSPECT
    n, n_churned = customers or (len(y), int(y.sum()))
    average = float(y.mean()) if rate is None else rate
    # A customer may be among those who stayed on one day and among the leavers on another.
    fewer = min(n_churned, max(n - n_churned, int(len(y) - y.sum()) if customers else 0))
    area, slope = figures["auc"], figures["calibration_slope"]
    losses = {peer.key: peer.log_loss for peer in comparison}
    useless = losses["ours"] >= losses["base_rate"]
    if (
        fewer < 5
        or area.low is None
        or area.high is None
        or area.value - _LUCK * (area.value - area.low) <= 0.5
    ):
        why = WEAK if n >= 200 and fewer >= 20 else NOT_YET
        not_yet = why.fill(n=n, left=n_churned, rate=percent(average))
        return "none", joined_sentences(NO_BETTER, not_yet) if useless and fewer >= 5 else not_yet
    ranks = RANKS.fill(area=percent(area.value), low=percent(area.low), high=percent(area.high))
    if useless:
        return "little", joined_sentences(ranks, NO_BETTER)
    if n < 100 or fewer < 20 or area.low < 0.6:
        return "little", joined_sentences(ranks, A_HINT)
    sure = n >= 500 and fewer >= 50 and area.low >= 0.7
    if slope.low is None or slope.high is None or slope.low < 0.75 or slope.high > 1.35:
        sure = False
    if sure:
        return "good", joined_sentences(ranks, RELIABLE)
    return "some", joined_sentences(ranks, AN_ORDER)


def joined_sentences(*sentences: Text) -> Text:
    """Sentences one after the other, in both languages."""
    return Text(" ".join(s.en for s in sentences), "".join(s.zh for s in sentences))
