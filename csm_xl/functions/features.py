"""Cells of features to scored rows: one customer in each row, a bad row failing alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from csm_xl.errors import (
    COM_ERRORS,
    CellError,
    CsmError,
    NoModelError,
    PassedError,
    SheetError,
    tagged,
)
from csm_xl.functions.records import known
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import Aligned, Rows, is_blank, rows_of, written

if TYPE_CHECKING:
    from csm_xl.churn.formula import ChurnFormula
    from csm_xl.churn.survival import SurvivalModel

#: Scores the rows of columns by name; fails for all of them when one cannot be read.
Score = Callable[[dict[str, list[Any]], Sequence[int]], Sequence[Any]]


def no_model() -> NoModelError:
    """The workbook has no model yet."""
    return NoModelError(
        "This workbook has no churn model yet. Click Retrain first.",
        "本工作簿还没有流失模型，请先点击“重新训练”。",
    )


def model_of(passed: Any) -> ChurnFormula:
    """The workbook's churn model, from what the wrapper passes."""
    from csm_xl.churn.formula import ChurnFormula

    return known(passed, ChurnFormula.from_json, no_model())


def no_survival_model() -> NoModelError:
    """The workbook has no survival model."""
    return NoModelError(
        "This workbook has no survival model yet. Fill in Start and Left on for your customers and "
        "click Retrain.",
        "本工作簿还没有生存模型，请填写客户的“开始日期”和“流失日期”，再点击“重新训练”。",
    )


def survival_model(text: str) -> SurvivalModel:
    """The workbook's survival model out of its record."""
    from csm_xl.churn.survival import SurvivalModel

    return SurvivalModel.from_dict(json.loads(text))


def logit_rows(intercept: float, slopes: np.ndarray, features: Aligned) -> Rows:
    """The logistic formula with given coefficients, one row per customer."""
    from csm_xl.churn.formula import sigmoid

    values, problems = features.values, features.problems
    if values.shape[1] != len(slopes):
        raise CellError(
            f"There are {len(slopes)} coefficients and {values.shape[1]} columns of features. "
            "Give one coefficient for each column.",
            f"系数有 {len(slopes)} 个，特征有 {values.shape[1]} 列，请让每列对应一个系数。",
        )
    blank = np.isnan(values)
    per_row: dict[tuple[int, int], CsmError] = {}
    for (row, _), problem in sorted(problems.items()):
        per_row.setdefault((row, 0), problem)
    for row in np.flatnonzero(blank.any(axis=1) & ~blank.all(axis=1)).tolist():
        per_row.setdefault(
            (row, 0),
            CellError(
                f"Row {row + 1} of features has a blank cell. Fill it in.",
                f"“特征”第 {row + 1} 行有空单元格，请补上。",
            ),
        )
    return written(sigmoid(intercept + values @ slopes)[:, None], per_row) or [[""]]


def probability_rows(model: ChurnFormula, features: Any, headers: Any) -> Rows:
    """The model's probability of leaving, one row per customer."""
    return scored_rows(
        model.features, features, headers, lambda c, rows: model.probability(c, rows).tolist()
    )


def scored_rows(names: Sequence[str], features: Any, headers: Any, score: Score) -> Rows:
    """One result for each row of features.

    Parameters
    ----------
    names : sequence of str
        The model's features in trained order.
    features : cells
        One row per customer. A first row that repeats the names of the columns is a header.
    headers : cells or None
        The columns' titles.
    score : callable
        Takes columns by name and what to call their rows; returns n floats or texts.
    """
    rows = rows_of(features)
    titles, n_header = _titles(rows, headers, names)
    errors: dict[int, CsmError] = {}
    wanted = []
    has_integers = int in set(map(type, chain.from_iterable(rows)))
    for i, row in enumerate(rows):
        if i < n_header or all(map(is_blank, row)):
            continue
        if has_integers:
            wrong = [c for c in row if type(c) is int and c in COM_ERRORS]
            if wrong:
                errors[i] = PassedError(COM_ERRORS[wrong[0]])
                continue
        wanted.append(i)
    results: Rows = [[""] for _ in rows]
    _score(rows, titles, wanted, score, results, errors)
    for i, error in errors.items():
        results[i][0] = tagged(error.excel, str(error))
    return results


def _score(
    rows: Sequence[tuple],
    titles: list[str],
    wanted: list[int],
    score: Score,
    results: Rows,
    errors: dict[int, CsmError],
) -> None:
    """Score the wanted rows at once; where a cell cannot be read, halve until it stands alone."""
    if not wanted:
        return
    columns = {
        title: list(column)
        for title, column in zip(titles, zip(*(rows[i] for i in wanted), strict=True), strict=True)
    }
    try:
        values = score(columns, [i + 1 for i in wanted])
    except CellError as error:
        if len(wanted) == 1:
            errors[wanted[0]] = error
            return
        middle = len(wanted) // 2
        _score(rows, titles, wanted[:middle], score, results, errors)
        _score(rows, titles, wanted[middle:], score, results, errors)
        return
    for i, value in zip(wanted, values, strict=True):
        results[i][0] = "" if value != value else value


def _titles(rows: Sequence[tuple], headers: Any, names: Sequence[str]) -> tuple[list[str], int]:
    """The name of each column, and how many rows of the features are a header."""
    width = max(map(len, rows), default=0)
    cells = [cell for row in rows_of(headers) for cell in row if not is_blank(cell)]
    for cell in cells:
        if type(cell) is int and cell in COM_ERRORS:
            raise PassedError(COM_ERRORS[cell])
    given = [str(cell) for cell in cells]
    first = [folded(str(cell)) for cell in rows[0]] if rows else []
    repeats = len(set(first) & {folded(name) for name in (given or names)}) >= max(1, width // 2)
    if given:
        if len(given) != width:
            raise SheetError(
                f"There are {len(given)} headers and {width} columns of features. "
                "Choose ranges of the same width.",
                f"标题有 {len(given)} 个，特征有 {width} 列，请选择列数相同的区域。",
            )
        return given, int(repeats)
    if repeats:
        return [str(cell) for cell in rows[0]], 1
    if width != len(names):
        listed = ", ".join(names)
        raise SheetError(
            f"The model was trained on {len(names)} columns, but features has {width}. "
            f"Choose these columns in this order, or give the headers as well: {listed}.",
            f"模型按 {len(names)} 列训练，而“特征”有 {width} 列。"
            f"请按此顺序选择这些列，或同时给出标题：{listed}。",
        )
    return list(names), 0
