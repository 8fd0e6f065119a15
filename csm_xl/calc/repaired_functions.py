"""Functions that the calculator computes otherwise than Excel, done here instead.

Each is called ``CSM_`` and Excel's name. :func:`repaired` says which calls of a function are turned
into them; what is right as it is stays the calculator's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from csm_xl.calc.conditional_functions import CONDITIONAL, CONDITIONAL_BODIES
from csm_xl.calc.criteria import pattern
from csm_xl.calc.engine import Engine
from csm_xl.formulas.workbook_model import ErrorValue

Grid = list[list[Any]]

_VALUE, _NUM, _NA, _DIV = (ErrorValue(e) for e in ("#VALUE!", "#NUM!", "#N/A", "#DIV/0!"))

#: Repaired functions that are computed for each cell of an array by themselves.
EACH_BY_ITSELF = frozenset(
    {"CEILING", "FLOOR", "CEILING.MATH", "FLOOR.MATH", "IPMT", "PPMT", "TEXTBEFORE", "TEXTAFTER"}
)


_EMPTY = {
    ("XLOOKUP", 3): "#N/A",
    ("XLOOKUP", 5): "1",
    ("XMATCH", 3): "1",
    ("TEXTBEFORE", 2): "1",
    ("TEXTAFTER", 2): "1",
}


def repaired(function: str, count: int, exact: bool) -> bool:
    """Whether a call with so many arguments is done here.

    Parameters
    ----------
    function : str
    count : int
    exact : bool
        Also what is slow, and wrong with the calculator only for some cells.
    """
    if function in ("CEILING", "FLOOR", "GCD", "LCM"):
        return True
    if function in ("CEILING.MATH", "FLOOR.MATH"):
        return count == 3
    if function in ("IPMT", "PPMT"):
        return count == 6
    if function in ("TEXTBEFORE", "TEXTAFTER"):
        return count > 3
    if function == "XLOOKUP":
        return count >= 5
    if function == "XMATCH":
        return count >= 3
    return exact and function in CONDITIONAL


def left_empty(function: str, place: int) -> str:
    """What an argument means that is left empty in a call done here."""
    return _EMPTY.get((function, place), "0")


def name_of(function: str) -> str:
    """What the function that does it is called."""
    return f"CSM_{function.replace('.', '_')}"


def add_repaired_functions(engine: Engine) -> None:
    """Register the functions with a calculator."""
    for function, body in _SINGLE.items():
        engine.register(name_of(function), _each(body))
    for function, several in _SEVERAL.items():
        engine.register(name_of(function), several)


# -- helpers ----------------------------------------------------------------------------------------


def _grid(value: Any) -> Grid:
    return value if isinstance(value, list) else [[value]]


def _flat(value: Any) -> list[Any]:
    return [cell for line in _grid(value) for cell in line]


def _each(body: Callable[..., Any]) -> Callable[..., Any]:
    """The function of single values, computed for every cell of arrays."""

    def called(*arguments: Any) -> Any:
        grids = [_grid(argument) for argument in arguments]
        rows, columns = max(map(len, grids)), max(len(grid[0]) for grid in grids)
        result = [
            [_one(body, [_at(grid, r, c) for grid in grids]) for c in range(columns)]
            for r in range(rows)
        ]
        return result if rows * columns > 1 else result[0][0]

    return called


def _at(grid: Grid, row: int, column: int) -> Any:
    try:
        line = grid[0] if len(grid) == 1 else grid[row]
        return line[0] if len(line) == 1 else line[column]
    except IndexError:
        return _NA


def _one(body: Callable[..., Any], arguments: list[Any]) -> Any:
    for argument in arguments:
        if isinstance(argument, ErrorValue):
            return argument
    try:
        result = body(*arguments)
    except (TypeError, ValueError):
        return _VALUE
    except (OverflowError, ZeroDivisionError):
        return _NUM
    return float(result) if type(result) is int else result


def _number(value: Any) -> float:
    if value is None:
        return 0.0
    return float(value)


# -- rounding ---------------------------------------------------------------------------------------


def _steps(number: float, step: float, away: Callable[[float], float]) -> float:
    quotient = number / step
    near = round(quotient)
    if math.isclose(quotient, near, rel_tol=1e-15):
        quotient = near
    return away(quotient) * step


def _ceiling(number: Any, step: Any) -> Any:
    number, step = _number(number), _number(step)
    if number == 0 or step == 0:
        return 0.0
    return _NUM if number > 0 > step else _steps(number, step, math.ceil)


def _floor(number: Any, step: Any) -> Any:
    number, step = _number(number), _number(step)
    if number == 0:
        return 0.0
    if step == 0:
        return _DIV
    return _NUM if number > 0 > step else _steps(number, step, math.floor)


def _ceiling_math(number: Any, step: Any = 1.0, mode: Any = 0.0) -> Any:
    number, step, mode = _number(number), abs(_number(step)), _number(mode)
    if step == 0:
        return 0.0
    away = math.floor if number < 0 and mode else math.ceil
    return _steps(number, step, away)


def _floor_math(number: Any, step: Any = 1.0, mode: Any = 0.0) -> Any:
    number, step, mode = _number(number), abs(_number(step)), _number(mode)
    if step == 0:
        return 0.0
    away = math.ceil if number < 0 and mode else math.floor
    return _steps(number, step, away)


# -- loans ------------------------------------------------------------------------------------------


def _payment(rate: float, periods: float, present: float, future: float, due: float) -> float:
    if rate == 0:
        return -(present + future) / periods
    grown = (1 + rate) ** periods
    return -(present * grown + future) * rate / ((1 + rate * due) * (grown - 1))


def _interest(
    rate: Any, period: Any, periods: Any, present: Any, future: Any = 0.0, due: Any = 0.0
) -> Any:
    rate, period, periods = _number(rate), _number(period), _number(periods)
    present, future, due = _number(present), _number(future), float(bool(_number(due)))
    if not 1 <= period <= periods:
        return _NUM
    payment = _payment(rate, periods, present, future, due)
    if due and period == 1:
        return 0.0
    done = period - 1
    grown = (1 + rate) ** done
    rest = present * grown + payment * (1 + rate * due) * ((grown - 1) / rate if rate else done)
    interest = -rest * rate
    return interest / (1 + rate) if due else interest


def _principal(
    rate: Any, period: Any, periods: Any, present: Any, future: Any = 0.0, due: Any = 0.0
) -> Any:
    interest = _interest(rate, period, periods, present, future, due)
    if isinstance(interest, ErrorValue):
        return interest
    due = float(bool(_number(due)))
    whole = _payment(_number(rate), _number(periods), _number(present), _number(future), due)
    return whole - interest


# -- texts ------------------------------------------------------------------------------------------


def _divided(
    text: Any,
    delimiter: Any,
    instance: Any = 1.0,
    mode: Any = 0.0,
    at_end: Any = 0.0,
    missing: Any = _NA,
    *,
    after: bool,
) -> Any:
    text, delimiter = _shown(text), _shown(delimiter)
    number = int(1 if instance is None else _number(instance))
    if number == 0 or abs(number) > max(1, len(text)):
        return _VALUE
    if delimiter == "":
        whole = (number > 0) == after
        return text if whole else ""
    searched, wanted = (text.lower(), delimiter.lower()) if _number(mode) else (text, delimiter)
    places = []
    at = searched.find(wanted)
    while at >= 0:
        places.append(at)
        at = searched.find(wanted, at + len(wanted))
    if _number(at_end):
        places = [-len(wanted), *places] if number < 0 else [*places, len(text)]
    index = number - 1 if number > 0 else number
    try:
        place = places[index]
    except IndexError:
        return missing
    return text[place + len(wanted) :] if after else text[: max(0, place)]


def _text_before(*arguments: Any) -> Any:
    return _divided(*arguments, after=False)


def _text_after(*arguments: Any) -> Any:
    return _divided(*arguments, after=True)


def _shown(value: Any) -> str:
    from csm_xl.calc.array_functions import number_text

    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return number_text(value) if isinstance(value, float) else str(value)


# -- numbers of ranges --------------------------------------------------------------------------------


def _whole_numbers(arguments: Sequence[Any]) -> list[int] | ErrorValue:
    numbers = []
    for argument in arguments:
        for cell in _flat(argument):
            if isinstance(cell, ErrorValue):
                return cell
            if cell is None or cell == "":
                continue
            if isinstance(cell, (bool, str)):
                try:
                    cell = float(cell) if isinstance(cell, str) else None
                except ValueError:
                    return _VALUE
                if cell is None:
                    return _VALUE
            if cell < 0:
                return _NUM
            numbers.append(int(cell))
    return numbers


def _gcd(*arguments: Any) -> Any:
    numbers = _whole_numbers(arguments)
    return numbers if isinstance(numbers, ErrorValue) else float(reduce(math.gcd, numbers, 0))


def _lcm(*arguments: Any) -> Any:
    numbers = _whole_numbers(arguments)
    return numbers if isinstance(numbers, ErrorValue) else float(reduce(math.lcm, numbers, 1))


# -- looking up ---------------------------------------------------------------------------------------


def _rank(value: Any) -> tuple[int, Any]:
    """The order that Excel sorts values in: numbers, texts, truth values."""
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, str):
        return 1, value.casefold()
    return 0, value


def position(wanted: Any, cells: Sequence[Any], mode: int, search: int) -> int | None:
    """Where ``XMATCH`` finds a value, from 0.

    Parameters
    ----------
    mode : int
        0 the same, -1 or the next smaller, 1 or the next larger, 2 wildcards.
    search : int
        1 and 2 from the first on, -1 and -2 from the last.
    """
    if wanted is None:
        wanted = ""
    order = range(len(cells)) if search > 0 else range(len(cells) - 1, -1, -1)
    if mode == 2 and isinstance(wanted, str):
        like = pattern(wanted)
        return next(
            (k for k in order if type(cells[k]) is str and like(cells[k])),
            None,
        )
    key = _rank(wanted)
    best: int | None = None
    for k in order:
        cell = cells[k]
        if cell is None and wanted == "":
            return k
        if cell is None or isinstance(cell, ErrorValue):
            continue
        found = _rank(cell)
        if found == key:
            return k
        if mode in (-1, 1) and found[0] == key[0]:
            beside = found < key if mode < 0 else found > key
            closer = best is None or (
                found > _rank(cells[best]) if mode < 0 else found < _rank(cells[best])
            )
            if beside and closer:
                best = k
    return best


def _modes(mode: Any, search: Any) -> tuple[int, int]:
    chosen = int(_number(mode))
    # Left empty, the direction of the search is from the first on.
    return chosen, int(_number(search)) or 1


def _xmatch(wanted: Any, cells: Any, mode: Any = 0.0, search: Any = 1.0) -> Any:
    values = _flat(cells)

    def one(value: Any) -> Any:
        place = position(value, values, *_modes(mode, search))
        return _NA if place is None else float(place + 1)

    return _each(one)(wanted)


def _xlookup(
    wanted: Any, cells: Any, results: Any, missing: Any, mode: Any = 0.0, search: Any = 1.0
) -> Any:
    values, grid = _flat(cells), _grid(results)
    across = len(_grid(cells)) == 1 and len(values) > 1

    def one(value: Any) -> Any:
        if isinstance(value, ErrorValue):
            return value
        place = position(value, values, *_modes(mode, search))
        if place is None:
            return _NA if missing is None else missing
        line = [row[place] for row in grid] if across else grid[place]
        if len(line) == 1:
            return 0.0 if line[0] is None else line[0]
        return [[cell] for cell in line] if across else [line]

    if isinstance(wanted, list):
        found = [[one(value) for value in line] for line in wanted]
        return [[v[0][0] if isinstance(v, list) else v for v in line] for line in found]
    try:
        return one(wanted)
    except (IndexError, TypeError, ValueError):
        return _VALUE


def _lookup(wanted: Any, cells: Any, results: Any = None) -> Any:
    """``LOOKUP`` in a computed array: the last value that is not larger, errors passed over."""
    values = _flat(cells)
    given = values if results is None else _flat(results)
    if isinstance(wanted, (list, ErrorValue)):
        return _VALUE if isinstance(wanted, list) else wanted
    key = _rank(0.0 if wanted is None else wanted)
    alike = [
        (_rank(v), k)
        for k, v in enumerate(values)
        if v is not None and not isinstance(v, ErrorValue) and _rank(v)[0] == key[0]
    ]
    below = [k for rank, k in alike if rank <= key]
    if not below or below[-1] >= len(given):
        return _NA
    return 0.0 if given[below[-1]] is None else given[below[-1]]


_SINGLE: dict[str, Callable[..., Any]] = {
    "CEILING": _ceiling,
    "FLOOR": _floor,
    "CEILING.MATH": _ceiling_math,
    "FLOOR.MATH": _floor_math,
    "IPMT": _interest,
    "PPMT": _principal,
    "TEXTBEFORE": _text_before,
    "TEXTAFTER": _text_after,
}
_SEVERAL: dict[str, Callable[..., Any]] = {
    "GCD": _gcd,
    "LCM": _lcm,
    "XMATCH": _xmatch,
    "XLOOKUP": _xlookup,
    "LOOKUP": _lookup,
    **CONDITIONAL_BODIES,
}
