"""Cells to arrays and back: blanks, numbers as text, level words, dates and Excel errors.

Excel hands a range over row by row as a tuple of tuples, a single cell as a scalar and ``{1,2,3}``
as a flat tuple. Numbers arrive as floats, dates as serial numbers, blank cells as None and error
cells as one of the integers in :data:`csm_xl.errors.COM_ERRORS`.

A :class:`Reader` says what a cell may hold (a rating, a yes/no, a date ...). :func:`collect` reads
a column whose order does not matter, skipping blanks and a header; :func:`align` reads cells that
must keep their places, one result for each.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from csm_xl.errors import CellError, CsmError, PassedError, ScaleError, tagged
from csm_xl.language import Text
from csm_xl.vocabulary.argument_names import quoted_argument
from csm_xl.vocabulary.cell_readers import Reader, is_no_answer

Rows = list[list[Any]]


def is_blank(value: object) -> bool:
    """Whether a cell holds nothing: None, empty text or only spaces (full-width ones too)."""
    return value is None or (isinstance(value, str) and not value.strip())


def as_text(cell: Any) -> str:
    """A cell as text, exactly as it stands there; a whole number without ``.0``."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def as_key(cell: Any) -> str:
    """A number or name by which rows are found again; ``""`` where the cell is blank."""
    return "" if is_blank(cell) else as_text(cell).strip()


class Placed(tuple):
    """Cells of which is known whether a title may stand on top of them.

    A title is known by its place: only where a range begins at the top of its block, in a table's
    header row or below nothing, can its first row be one.

    Attributes
    ----------
    top : bool
    """

    top: bool

    @classmethod
    def at(cls, cells: Any, top: bool) -> Any:
        """The cells with what is known of their place; a single cell has none."""
        if not isinstance(cells, (tuple, list)):
            return cells
        made = cls(cells)
        made.top = top
        return made


def rows_of(cells: Any) -> Sequence[tuple]:
    """The cells as rows.

    Parameters
    ----------
    cells : scalar, flat tuple or tuple of tuples
        As Excel delivers them. A flat tuple is one row; an argument left out is one blank cell.
    """
    if not isinstance(cells, (tuple, list)):
        return [(cells,)]
    if not cells:
        return [(None,)]
    if not isinstance(cells[0], (tuple, list)):
        return [tuple(cells)]
    return cells


def left_out(cells: Any) -> bool:
    """Whether an optional argument was left out or points at blank cells only."""
    return all(is_blank(cell) for row in rows_of(cells) for cell in row)


def _trimmed(rows: Sequence[tuple]) -> Sequence[tuple]:
    """The rows without the blank ones at the bottom."""
    last = len(rows)
    while last and all(map(is_blank, rows[last - 1])):
        last -= 1
    return rows if last == len(rows) else rows[:last]


def _place(flat_index: int, width: int, argument: str) -> Text:
    row, column = divmod(flat_index, width)
    name = quoted_argument(argument)
    if width == 1:
        return Text(f"Cell {row + 1} of {name.en}", f"{name.zh}第 {row + 1} 个单元格")
    return Text(
        f"Row {row + 1}, column {column + 1} of {name.en}",
        f"{name.zh}第 {row + 1} 行第 {column + 1} 列",
    )


def _shown(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _explained(error: CsmError, place: Text, value: Any) -> CsmError:
    """The same error, its sentence completed with the place and content of the cell."""
    if isinstance(error, PassedError):
        return error
    text = Text(
        f"{place.en} holds “{_shown(value)}”: {error.text.en}",
        f"{place.zh}是“{_shown(value)}”，{error.text.zh}",
    )
    return type(error)(text.en, text.zh)


def _read_distinct(values: Iterable[Any], reader: Reader) -> dict[Any, float | CsmError]:
    """Each different value read once; NaN for a blank, the error for what cannot be read."""
    found: dict[Any, float | CsmError] = {}
    for value in values:
        try:
            found[value] = reader.read(value)
        except CsmError as error:
            found[value] = error
    return found


def _key(value: Any) -> tuple[type, Any]:
    # True, 1 and 1.0 are one dictionary key, but TRUE is not a rating.
    return type(value), value


class _TypedReader(Reader):
    """Reads (type, value) keys with another reader."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, value: Any) -> float:
        return self._reader.read(value[1])


def _numbers_only(flat: list[Any]) -> np.ndarray | None:
    """A float array when every cell is a float or None, which is how most columns arrive."""
    if set(map(type, flat)) <= {float, type(None)}:
        return np.array(flat, dtype=float)
    return None


def _out_of_scale(values: np.ndarray, reader: Reader) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (values < reader.low) | (values > reader.high) | np.isinf(values)


def collect(cells: Any, reader: Reader, argument: str) -> np.ndarray:
    """Read cells whose order does not matter, skipping blank cells and a header.

    Parameters
    ----------
    cells : scalar, flat tuple or tuple of tuples
        As Excel delivers them.
    reader : Reader
        What a cell may hold.
    argument : str
        The name of the function's argument, for messages.

    Returns
    -------
    ndarray of float, shape (n_read,)
        The values in no particular order.

    Raises
    ------
    CellError, ScaleError, PassedError
        For the first cell that cannot be read.
    """
    rows = _trimmed(rows_of(cells))
    if not rows:
        return np.empty(0)
    width = len(rows[0])
    if type(rows[len(rows) // 2][0]) is not str:
        numbers = _numbers_only(list(chain.from_iterable(rows)))
        if numbers is not None and not _out_of_scale(numbers, reader).any():
            return numbers[~np.isnan(numbers)]
    counts: Counter = Counter(chain.from_iterable(rows))
    # 0 and 1 are the only numbers that a truth value can hide behind.
    if any(type(key) is bool or key in (0, 1) for key in counts):
        typed = Counter(map(_key, chain.from_iterable(rows)))
        read = _read_distinct(typed, _TypedReader(reader))
        counts = typed
        keyed: Callable[[Any], Any] = _key
    else:
        read = _read_distinct(counts, reader)
        keyed = _itself
    read.update((key, np.nan) for key in read if is_no_answer(key[1] if keyed is _key else key))
    title = _blank_rows_on_top(rows) if _has_header(cells, read, keyed, reader) else -1
    if any(isinstance(value, CsmError) for value in read.values()):
        start = (title + 1) * width
        for position, value in enumerate(chain.from_iterable(rows)):
            error = read[keyed(value)]
            if isinstance(error, CsmError) and position >= start:
                raise _explained(error, _place(position, width, argument), value)
    for row in rows[: title + 1]:
        for value in row:
            counts[keyed(value)] -= 1
    pairs = [
        (value, counts[key])
        for key, value in read.items()
        if not isinstance(value, CsmError) and value == value
    ]
    if not pairs:
        return np.empty(0)
    values, times = zip(*pairs, strict=True)
    return np.repeat(np.array(values, dtype=float), times)


def _itself(value: Any) -> Any:
    return value


def _blank_rows_on_top(rows: Sequence[tuple]) -> int:
    return next((i for i, row in enumerate(rows) if not all(map(is_blank, row))), len(rows))


def _has_header(cells: Any, read: dict, keyed: Callable[[Any], Any], reader: Reader) -> bool:
    """Whether the first row is a title: text that is no value, above rows that hold values.

    Only where the cells begin at the top of their block, if that is known; blank rows above the
    title do not matter, since a used range may begin further down.
    """
    if not getattr(cells, "top", True):
        return False
    rows = _trimmed(rows_of(cells))
    top = _blank_rows_on_top(rows)
    if len(rows) - top < 2:
        return False
    first = [value for value in rows[top] if not is_blank(value)]
    if not first or not all(isinstance(value, str) for value in first):
        return False
    for value in first:
        found = read[keyed(value)]
        if isinstance(found, CsmError):
            if type(found) is not CellError or reader.attempts(value):
                return False
        elif not reader.may_be_title(value, chain.from_iterable(rows[top + 1 :])):
            return False
    below = (read[keyed(value)] for value in chain.from_iterable(rows[top + 1 :]))
    return any(not isinstance(value, CsmError) and value == value for value in below)


@dataclass(frozen=True)
class Aligned:
    """Cells read in their places.

    Attributes
    ----------
    values : ndarray of float, shape (n_rows, n_columns)
        NaN where a cell is blank, is a header or cannot be read.
    problems : dict of (row, column) to CsmError
        The cells that cannot be read.
    header : bool
        Whether the first row is a header.
    """

    values: np.ndarray
    problems: dict[tuple[int, int], CsmError]
    header: bool = False


def align(cells: Any, reader: Reader, argument: str) -> Aligned:
    """Read cells that must keep their places: one value for each cell.

    Parameters
    ----------
    cells, reader, argument
        As for :func:`collect`.

    Returns
    -------
    Aligned
    """
    rows = rows_of(cells)
    width = max(map(len, rows), default=1)
    if any(len(row) != width for row in rows):
        rows = [tuple(row) + (None,) * (width - len(row)) for row in rows]
    flat = list(chain.from_iterable(rows))
    shape = (len(rows), width)
    numbers = _numbers_only(flat)
    if numbers is not None and not _out_of_scale(numbers, reader).any():
        return Aligned(numbers.reshape(shape), {})
    read = _read_distinct(set(map(_key, flat)), _TypedReader(reader))
    header = _has_header(cells, read, _key, reader)
    results = [read[_key(value)] for value in flat]
    if header:
        until = (_blank_rows_on_top(rows) + 1) * width
        results[:until] = [np.nan] * until
    problems = {
        divmod(i, width): _explained(value, _place(i, width, argument), flat[i])
        for i, value in enumerate(results)
        if isinstance(value, CsmError)
    }
    values = np.array([np.nan if isinstance(v, CsmError) else v for v in results], dtype=float)
    return Aligned(values.reshape(shape), problems, header)


def one(cells: Any, reader: Reader, argument: str) -> float | None:
    """Read a single cell; None when it is blank or the argument was left out."""
    rows = rows_of(cells)
    if len(rows) > 1 or len(rows[0]) > 1:
        raise CellError(
            f"{argument} takes a single cell, not a range. Point it at one cell.",
            f"{quoted_argument(argument).zh}只接受一个单元格，不能是区域。请只选一个单元格。",
        )
    value = rows[0][0]
    try:
        result = reader.read(value)
    except CsmError as error:
        raise _explained(error, _place(0, 1, argument), value) from None
    return None if result != result else result


def together(*columns: Aligned) -> tuple[list[np.ndarray], dict[tuple[int, int], CsmError]]:
    """Cut aligned arguments to one common shape and merge their problems.

    A single cell serves every row. Other arguments are cut to the shortest, because whole columns
    end at different rows; results then stay beside the customers they belong to.

    Returns
    -------
    arrays : list of ndarray, all of one shape (n_rows, n_columns)
    problems : dict of (row, column) to CsmError
        The first problem of each place.

    Raises
    ------
    CellError
        When the arguments have different numbers of columns.
    """
    long = [c for c in columns if c.values.shape != (1, 1)] or list(columns)
    n_rows = min(c.values.shape[0] for c in long)
    widths = {c.values.shape[1] for c in long}
    if len(widths) > 1:
        raise CellError(
            "The ranges have different numbers of columns. Make them the same shape.",
            "各区域的列数不同，请选择形状相同的区域。",
        )
    shape = (n_rows, widths.pop())
    arrays: list[np.ndarray] = []
    problems: dict[tuple[int, int], CsmError] = {}
    header = any(column.header for column in columns)
    for column in columns:
        single = column.values.shape == (1, 1)
        values = np.broadcast_to(column.values, shape) if single else column.values[:n_rows]
        if header:
            values = np.array(values)
            values[:1] = np.nan
        arrays.append(values)
        for (row, col), error in column.problems.items():
            places = np.ndindex(shape) if single else [(row, col)]
            for place in places:
                if place[0] < n_rows and not (header and place[0] == 0):
                    problems.setdefault(place, error)
    return arrays, problems


def written(values: np.ndarray, problems: dict[tuple[int, int], CsmError]) -> Rows:
    """Rows for the sheet: floats, ``""`` for NaN, and a tagged text for each problem.

    A number too large for a cell is a ``#NUM!`` of its own.
    """
    table = values.tolist()
    for row, column in zip(*np.nonzero(np.isinf(values)), strict=True):
        problems.setdefault((int(row), int(column)), _too_large())
    if np.isnan(values).any():
        table = [["" if v != v else v for v in row] for row in table]
    for (row, column), error in problems.items():
        table[row][column] = tagged(error.excel, str(error))
    return table


def _too_large() -> ScaleError:
    return ScaleError(
        "The result is too large for a cell. Check the numbers it is made from.",
        "结果太大，单元格无法显示，请检查所用的数字。",
    )
