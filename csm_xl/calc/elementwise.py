"""What functions done here share: arrays as rows, and a function of single values for each cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm_xl.formulas.workbook_model import ErrorValue

Grid = list[list[Any]]

VALUE, NUM, NA, DIV = (ErrorValue(e) for e in ("#VALUE!", "#NUM!", "#N/A", "#DIV/0!"))


def grid_of(value: Any) -> Grid:
    """Rows, of one value too."""
    return value if isinstance(value, list) else [[value]]


def flat(value: Any) -> list[Any]:
    """The cells of an array, row by row."""
    return [cell for line in grid_of(value) for cell in line]


def each(body: Callable[..., Any], errors: bool = True) -> Callable[..., Any]:
    """The function of single values, computed for every cell of arrays.

    Parameters
    ----------
    body : callable
    errors : bool
        An error among the values is the result, without asking the function.
    """

    def called(*arguments: Any) -> Any:
        grids = [grid_of(argument) for argument in arguments]
        rows, columns = max(map(len, grids)), max(len(grid[0]) for grid in grids)
        result = [
            [_one(body, [_at(grid, r, c) for grid in grids], errors) for c in range(columns)]
            for r in range(rows)
        ]
        return result if rows * columns > 1 else result[0][0]

    return called


def _at(grid: Grid, row: int, column: int) -> Any:
    try:
        line = grid[0] if len(grid) == 1 else grid[row]
        return line[0] if len(line) == 1 else line[column]
    except IndexError:
        return NA


def _one(body: Callable[..., Any], arguments: list[Any], errors: bool) -> Any:
    for argument in arguments:
        if errors and isinstance(argument, ErrorValue):
            return argument
    try:
        result = body(*arguments)
    except (TypeError, ValueError):
        return VALUE
    except (OverflowError, ZeroDivisionError):
        return NUM
    return float(result) if type(result) is int else result


def as_number(value: Any) -> float:
    """The number that a value is, 0 for a blank."""
    return 0.0 if value is None else float(value)


def shown(value: Any) -> str:
    """A value as Excel writes it into a text."""
    from csm_xl.calc.array_functions import number_text

    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return number_text(value) if isinstance(value, float) else str(value)
