"""A sheet's features as arrays that folds can share: read once, learned from fold by fold.

Reading a cell learns nothing, so it is done once. Everything that is learned from the data
(imputes, knots, kept categories, bins) is learned from the rows of a fold alone, elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from csm_xl.churn.feature_columns import Feature
from csm_xl.churn.feature_values import (
    as_cells,
    find_columns,
    is_blank,
    read_numbers,
    read_texts,
    spelled,
    text_key,
)


@dataclass(frozen=True)
class FeatureTable:
    """n customers' features.

    Parameters
    ----------
    features : tuple of Feature
    columns : tuple of arrays (n,)
        Per feature floats with NaN for blanks, or indices into that feature's `levels`.
    levels : tuple of tuples of str
        Per text feature its categories as most often spelled, ``""`` for blank; else empty.
    n : int
        The number of customers.
    """

    features: tuple[Feature, ...]
    columns: tuple[np.ndarray, ...]
    levels: tuple[tuple[str, ...], ...]
    n: int

    def rows(self, chosen: np.ndarray) -> FeatureTable:
        """The same features of some customers."""
        return FeatureTable(
            self.features,
            tuple(column[chosen] for column in self.columns),
            self.levels,
            len(np.arange(self.n)[chosen]),
        )

    def select(self, places: Sequence[int]) -> FeatureTable:
        """Some of the features of the same customers."""
        return FeatureTable(
            tuple(self.features[k] for k in places),
            tuple(self.columns[k] for k in places),
            tuple(self.levels[k] for k in places),
            self.n,
        )


def read_table(
    frame: Any, features: Sequence[Feature], rows: Sequence[object] | None = None
) -> FeatureTable:
    """Read the features of a data frame (or mapping of columns).

    Raises
    ------
    SheetError, CellError
        As for :meth:`csm_xl.churn.formula.ChurnFormula.read`.
    """
    found = find_columns(frame, [feature.name for feature in features])
    columns, levels = [], []
    for feature in features:
        cells = as_cells(frame[found[feature.name]])
        if feature.kind == "text":
            keys = read_texts(cells)
            order, codes = np.unique(keys.astype(str), return_inverse=True)
            spellings = _usual_spellings(cells)
            columns.append(codes)
            levels.append(tuple(spellings[key] for key in order.tolist()))
        else:
            columns.append(read_numbers(cells, feature.name, feature.kind, rows))
            levels.append(())
    return FeatureTable(tuple(features), tuple(columns), tuple(levels), len(frame))


def _usual_spellings(cells: np.ndarray) -> dict[str, str]:
    """Per key the way it is written most often."""
    counts = Counter(
        (spelled(cell))
        for cell in (cells.tolist() if cells.dtype.kind != "M" else cells)
        if not is_blank(cell)
    )
    usual: dict[str, tuple[int, str]] = {"": (0, "")}
    for spelling, count in counts.items():
        key = text_key(spelling)
        best = usual.get(key)
        # Among equally frequent spellings the alphabet decides, so that row order does not.
        if best is None or (-count, spelling) < (-best[0], best[1]):
            usual[key] = (count, " ".join(spelling.split()))
    return {key: spelling for key, (_, spelling) in usual.items()}
