"""What is wrong with the customers' data, and how far to trust the model, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from csm_xl.churn.report import Figure, Peer
from csm_xl.churn.table import Table
from csm_xl.language import Text

FEW = Text(
    "Only {n} customers, {left} of whom left: the probabilities stay near the average of {rate}.",
    "只有 {n} 个客户，其中 {left} 个已流失：预测概率都会接近平均值 {rate}。",
)
DUPLICATES = Text(
    "{n} customers have exactly the same values as another one. Check that nobody is listed twice.",
    "有 {n} 个客户的各项数据与别的客户完全相同，请检查是否重复录入。",
)


def warnings_about(
    table: Table, y: np.ndarray, duplicates: np.ndarray, out_of_fold: np.ndarray
) -> list[Text]:
    """Sentences on what is wrong with the data; empty when nothing is."""
    found = []
    n_churned = int(y.sum())
    fewer = min(n_churned, table.n - n_churned)
    if table.n < 60 or fewer < 15:
        found.append(FEW.fill(n=table.n, left=n_churned, rate=f"{y.mean():.0%}"))
    n_again = table.n - len(np.unique(duplicates))
    if n_again:
        found.append(DUPLICATES.fill(n=n_again))
    return found


def trust_in(
    y: np.ndarray, figures: dict[str, Figure], comparison: Sequence[Peer]
) -> tuple[str, Text]:
    """How far to trust the model: a level and a sentence."""
    area = figures["auc"]
    low = area.low if area.low is not None else 0.0
    if min(y.sum(), len(y) - y.sum()) < 5 or low <= 0.5:
        return "none", Text(
            "Do not rely on the order of these customers yet: it could be luck.",
            "暂时不要依赖这个排序：它可能只是巧合。",
        )
    return "some", Text(
        "Of two customers, one who left and one who stayed, the model names the right one "
        f"{area.value:.0%} of the time.",
        f"任取一个流失客户和一个留存客户，模型有 {area.value:.0%} 的把握排对先后。",
    )
