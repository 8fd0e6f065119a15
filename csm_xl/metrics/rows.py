"""One result row per input row: what an element-wise metric returns, and how a row fails alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from csm_xl.errors import CellError, CsmError, DivideError, ScaleError
from csm_xl.language import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

_OUTSIDE = Text(
    "Row {row}: {what} is {value:g}, but must be from {low:g} to {high:g}. Correct that cell.",
    "第 {row} 行：{what}为 {value:g}，应在 {low:g} 到 {high:g} 之间，请更正该单元格。",
)
_BELOW = Text(
    "Row {row}: {what} is {value:g}, but cannot be below {low:g}. Correct that cell.",
    "第 {row} 行：{what}为 {value:g}，不能小于 {low:g}，请更正该单元格。",
)
_NOT_FINITE = Text(
    "Row {row}: {what} is not a finite number. Correct that cell.",
    "第 {row} 行：{what}不是有限的数字，请更正该单元格。",
)
_BLANK = Text(
    "Row {row}: {what} is blank while the rest of the row is filled in. Fill it in.",
    "第 {row} 行：{what}为空，而同一行的其他单元格已填写，请补上。",
)


class Rows(NamedTuple):
    """Element-wise results in which one bad row does not fail the others.

    Attributes
    ----------
    values : ndarray
        One result per input row, shape (n,) or (n, k). Where a row is blank or has a problem:
        NaN in float results, 0 in results that are codes or scores.
    problems : ndarray of object, shape (n,)
        None, or the :class:`~csm_xl.errors.CsmError` that says what is wrong with that row.
    """

    values: np.ndarray
    problems: np.ndarray

    def checked(self) -> np.ndarray:
        """The values, or raise the first row's problem.

        Raises
        ------
        CsmError
            The problem of the first row that has one.
        """
        for problem in self.problems:
            if problem is not None:
                raise problem
        return self.values


def columns(*values: ArrayLike) -> tuple[Floats, ...]:
    """Columns of floats of one length; a lone number stands for every row.

    Raises
    ------
    ValueError
        If the columns have different numbers of rows.
    """
    arrays = [np.asarray(v, dtype=np.float64) for v in values]
    arrays = [a.reshape(-1) if a.ndim else a for a in arrays]
    longest = max((a.size for a in arrays if a.ndim), default=1)
    return tuple(np.broadcast_to(a, (longest,)) for a in arrays)


def no_problems(n: int) -> np.ndarray:
    """An array of n rows without a problem."""
    return np.full(n, None, dtype=object)


def sound(problems: np.ndarray) -> Flags:
    """The rows without a problem."""
    nothing_wrong: object = None
    return np.asarray(problems == nothing_wrong, dtype=bool)


def mark(problems: np.ndarray, bad: Flags, error: Callable[[int], CsmError]) -> None:
    """Write ``error(i)`` into each bad row i that has no problem yet."""
    for i in np.flatnonzero(bad):
        if problems[i] is None:
            problems[i] = error(int(i))


def outside(what: Text, values: Floats, low: float, high: float = np.inf) -> Callable:
    """A maker of the error that names the row and the number outside low to high."""

    def error(i: int) -> CsmError:
        value = float(values[i])
        template = _BELOW if np.isinf(high) else _OUTSIDE
        if not np.isfinite(value):
            template = _NOT_FINITE
        text = template.fill(row=i + 1, what=what, value=value, low=low, high=high)
        return ScaleError(text.en, text.zh)

    return error


def mark_scale(
    problems: np.ndarray, what: Text, values: Floats, low: float, high: float = np.inf
) -> None:
    """Mark the rows whose number is outside low to high or infinite; NaN (blank) is fine."""
    bad = (values < low) | (values > high) | np.isinf(values)
    mark(problems, bad, outside(what, values, low, high))


def mark_holes(problems: np.ndarray, named: list[tuple[Text, Floats]]) -> Flags:
    """Mark the rows in which some of the columns are blank; return the rows all blank."""
    holes = np.array([np.isnan(values) for _, values in named], dtype=bool)
    blank = np.logical_and.reduce(holes, axis=0)
    partly = np.logical_or.reduce(holes, axis=0) & ~blank

    def error(i: int) -> CsmError:
        what = named[int(np.argmax(holes[:, i]))][0]
        text = _BLANK.fill(row=i + 1, what=what)
        return CellError(text.en, text.zh)

    mark(problems, partly, error)
    return blank


def on_scale(what: Text, values: ArrayLike, low: float, high: float = np.inf) -> Floats:
    """The numbers of an aggregate without the blanks (NaN), all within low to high.

    Raises
    ------
    ScaleError
        If a number is outside the scale; the message names its row, blanks counted.
    """
    column = np.asarray(values, dtype=np.float64).reshape(-1)
    bad = (column < low) | (column > high) | np.isinf(column)
    if bad.any():
        raise outside(what, column, low, high)(int(np.argmax(bad)))
    return column[~np.isnan(column)]


def nothing(what: Text) -> DivideError:
    """The error of an aggregate without a single number."""
    text = Text(
        "There is no {what} to take the figure from. Choose cells that hold some.",
        "没有可用于计算的{what}，请选择含有数据的单元格。",
    ).fill(what=what)
    return DivideError(text.en, text.zh)
