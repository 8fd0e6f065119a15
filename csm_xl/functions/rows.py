"""Laying results out: one value, or one result for each row of the arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from csm_xl import metrics
from csm_xl.errors import CellError
from csm_xl.vocabulary.argument_names import quoted_argument
from csm_xl.vocabulary.cell_readers import NUMBER
from csm_xl.vocabulary.cells import (
    Aligned,
    Placed,
    Rows,
    align,
    left_out,
    rows_of,
    together,
    written,
)


def value(number: float) -> Rows:
    """A single result."""
    return [[float(number)]]


def row_by_row(metric: Callable[..., metrics.Rows], *columns: Aligned) -> Rows:
    """One result for each cell of the aligned columns, a bad cell failing alone."""
    arrays, problems = together(*columns)
    shape = arrays[0].shape
    found = metric(*(array.ravel() for array in arrays))
    if any(problem is not None for problem in found.problems):
        for place, problem in enumerate(found.problems):
            if problem is not None:
                problems.setdefault(divmod(place, shape[1]), problem)
    return written(found.values.reshape(shape), problems) or [[""]]


def upright(cells: Any) -> Any:
    """A range of one row stood upright, where each cell is one customer."""
    rows = rows_of(cells)
    if len(rows) != 1:
        return cells
    return Placed.at(tuple((cell,) for cell in rows[0]), getattr(cells, "top", True))


def in_order(cells: Any, argument: str) -> np.ndarray:
    """A vector of numbers in the order of its cells.

    Raises
    ------
    CellError
        When a cell is blank or no number.
    """
    read = align(cells, NUMBER, argument)
    for problem in read.problems.values():
        raise problem
    numbers = read.values.ravel()
    if np.isnan(numbers).any():
        raise CellError(
            f"{argument} has a blank cell. Fill it in.",
            f"{quoted_argument(argument).zh}中有空单元格，请补上。",
        )
    return numbers


def weights_of(cells: Any, default: tuple[float, ...]) -> tuple[float, ...]:
    """The weights that were given, or the default where the argument was left out."""
    if left_out(cells):
        return default
    return tuple(in_order(cells, "weights"))
