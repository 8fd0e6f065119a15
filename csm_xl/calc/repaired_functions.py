"""Functions that the calculator computes otherwise than Excel, done here instead.

Each is called ``CSM_`` and Excel's name. :func:`repaired` says which calls of a function are turned
into them; what is right as it is stays the calculator's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from functools import reduce
from typing import Any

from csm_xl.calc.conditional_functions import CONDITIONAL, CONDITIONAL_BODIES
from csm_xl.calc.criteria import pattern
from csm_xl.calc.elementwise import DIV, NA, NUM, VALUE, as_number, each, flat, grid_of
from csm_xl.calc.engine import Engine
from csm_xl.calc.text_functions import FOLDING, SINGLE_TEXT_BODIES, TEXT_BODIES
from csm_xl.calc.unit_conversion import converted
from csm_xl.formulas.workbook_model import ErrorValue

#: Functions of which every call is done here.
DONE_HERE = frozenset(
    [
        "CEILING",
        "CONVERT",
        "FLOOR",
        "GCD",
        "LCM",
        "LOG",
        "MOD",
        "POWER",
        "PROPER",
        "REPT",
        "SEARCH",
        "TIME",
        "UNIQUE",
    ]
)
#: The largest hours, minutes and seconds of ``TIME``.
_LONGEST_TIME = 32767
_EMPTY = {
    ("XLOOKUP", 3): "#N/A",
    ("XLOOKUP", 5): "1",
    ("XMATCH", 3): "1",
    ("TEXTBEFORE", 2): "1",
    ("TEXTAFTER", 2): "1",
    ("SEARCH", 2): "1",
    ("CONVERT", 1): '""',
    ("CONVERT", 2): '""',
}


def repaired(function: str, count: int, exact: Collection[str]) -> bool:
    """Whether a call with so many arguments is done here.

    Parameters
    ----------
    function : str
    count : int
    exact : collection of str
        What is slow, and wrong with the calculator only for some cells: ``"conditions"``,
        ``"letters"``.
    """
    if function in DONE_HERE:
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
    if function in CONDITIONAL:
        return "conditions" in exact
    return function in FOLDING and "letters" in exact


def left_empty(function: str, place: int) -> str:
    """What an argument means that is left empty in a call done here."""
    return _EMPTY.get((function, place), "0")


def name_of(function: str) -> str:
    """What the function that does it is called."""
    return f"CSM_{function.replace('.', '_')}"


def add_repaired_functions(engine: Engine) -> None:
    """Register the functions with a calculator."""
    for function, body in _SINGLE.items():
        engine.register(name_of(function), each(body))
    for function, several in _SEVERAL.items():
        engine.register(name_of(function), several)


# -- rounding ---------------------------------------------------------------------------------------


def _steps(number: float, step: float, away: Callable[[float], float]) -> float:
    quotient = number / step
    near = round(quotient)
    if math.isclose(quotient, near, rel_tol=1e-15):
        quotient = near
    return away(quotient) * step


def _ceiling(number: Any, step: Any) -> Any:
    number, step = as_number(number), as_number(step)
    if number == 0 or step == 0:
        return 0.0
    return NUM if number > 0 > step else _steps(number, step, math.ceil)


def _floor(number: Any, step: Any) -> Any:
    number, step = as_number(number), as_number(step)
    if number == 0:
        return 0.0
    if step == 0:
        return DIV
    return NUM if number > 0 > step else _steps(number, step, math.floor)


def _ceiling_math(number: Any, step: Any = 1.0, mode: Any = 0.0) -> Any:
    number, step, mode = as_number(number), abs(as_number(step)), as_number(mode)
    if step == 0:
        return 0.0
    away = math.floor if number < 0 and mode else math.ceil
    return _steps(number, step, away)


def _floor_math(number: Any, step: Any = 1.0, mode: Any = 0.0) -> Any:
    number, step, mode = as_number(number), abs(as_number(step)), as_number(mode)
    if step == 0:
        return 0.0
    away = math.ceil if number < 0 and mode else math.floor
    return _steps(number, step, away)


def _mod(number: Any, divisor: Any) -> Any:
    number, divisor = as_number(number), as_number(divisor)
    return number - divisor * math.floor(number / divisor) if divisor else DIV


def _power(number: Any, exponent: Any) -> Any:
    number, exponent = as_number(number), as_number(exponent)
    if number == 0 and exponent <= 0:
        return NUM if exponent == 0 else DIV
    result = number**exponent
    return NUM if isinstance(result, complex) else result


def _log(number: Any, base: Any = 10.0) -> Any:
    number, base = as_number(number), as_number(base)
    if number <= 0 or base <= 0:
        return NUM
    return (
        math.log10(number)
        if base == 10
        else math.log(number) / math.log(base)
        if base != 1
        else DIV
    )


def _time(hours: Any, minutes: Any, seconds: Any) -> Any:
    parts = [int(as_number(part)) for part in (hours, minutes, seconds)]
    whole = parts[0] * 3600 + parts[1] * 60 + parts[2]
    return NUM if whole < 0 or max(parts) > _LONGEST_TIME else whole % 86400 / 86400


# -- cash flows -------------------------------------------------------------------------------------


def _flows(cells: Any) -> Any:
    """The numbers among some cells, below each other: blanks, texts and truth values do not count."""
    values = flat(cells)
    errors = [cell for cell in values if isinstance(cell, ErrorValue)]
    numbers = [[cell] for cell in values if type(cell) is float]
    return errors[0] if errors else numbers or NUM


# -- loans ------------------------------------------------------------------------------------------


def _payment(rate: float, periods: float, present: float, future: float, due: float) -> float:
    if rate == 0:
        return -(present + future) / periods
    grown = (1 + rate) ** periods
    return -(present * grown + future) * rate / ((1 + rate * due) * (grown - 1))


def _interest(
    rate: Any, period: Any, periods: Any, present: Any, future: Any = 0.0, due: Any = 0.0
) -> Any:
    rate, period, periods = as_number(rate), as_number(period), as_number(periods)
    present, future, due = as_number(present), as_number(future), float(bool(as_number(due)))
    if not 1 <= period <= periods:
        return NUM
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
    due = float(bool(as_number(due)))
    whole = _payment(
        as_number(rate), as_number(periods), as_number(present), as_number(future), due
    )
    return whole - interest


# -- numbers of ranges --------------------------------------------------------------------------------


def _whole_numbers(arguments: Sequence[Any]) -> list[int] | ErrorValue:
    numbers = []
    for argument in arguments:
        for cell in flat(argument):
            if isinstance(cell, ErrorValue):
                return cell
            if cell is None or cell == "":
                continue
            if isinstance(cell, (bool, str)):
                try:
                    cell = float(cell) if isinstance(cell, str) else None
                except ValueError:
                    return VALUE
                if cell is None:
                    return VALUE
            if cell < 0:
                return NUM
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
        if mode in (-1, 1):
            beside = found < key if mode < 0 else found > key
            closer = best is None or (
                found > _rank(cells[best]) if mode < 0 else found < _rank(cells[best])
            )
            if beside and closer:
                best = k
    return best


def _modes(mode: Any, search: Any) -> tuple[int, int] | None:
    """How is searched, None for what Excel does not know."""
    # Left empty, the direction of the search is from the first on.
    chosen, direction = int(as_number(mode)), int(as_number(search)) or 1
    halving = abs(direction) == 2 and chosen == 2
    known = chosen in (-1, 0, 1, 2) and direction in (-2, -1, 1, 2) and not halving
    return (chosen, direction) if known else None


def _xmatch(wanted: Any, cells: Any, mode: Any = 0.0, search: Any = 1.0) -> Any:
    values, how = flat(cells), _modes(mode, search)
    if how is None:
        return VALUE

    def one(value: Any) -> Any:
        place = position(value, values, *how)
        return NA if place is None else float(place + 1)

    return each(one)(wanted)


def _xlookup(
    wanted: Any, cells: Any, results: Any, missing: Any, mode: Any = 0.0, search: Any = 1.0
) -> Any:
    values, grid = flat(cells), grid_of(results)
    across = len(grid_of(cells)) == 1 and len(values) > 1
    how = _modes(mode, search)
    if how is None:
        return VALUE

    def one(value: Any) -> Any:
        if isinstance(value, ErrorValue):
            return value
        place = position(value, values, *how)
        if place is None:
            return NA if missing is None else missing
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
        return VALUE


def _lookup(wanted: Any, cells: Any, results: Any = None) -> Any:
    """``LOOKUP`` in a computed array: the last value that is not larger, errors passed over."""
    values = flat(cells)
    given = values if results is None else flat(results)
    if isinstance(wanted, (list, ErrorValue)):
        return VALUE if isinstance(wanted, list) else wanted
    key = _rank(0.0 if wanted is None else wanted)
    alike = [
        (_rank(v), k)
        for k, v in enumerate(values)
        if v is not None and not isinstance(v, ErrorValue) and _rank(v)[0] == key[0]
    ]
    below = [k for rank, k in alike if rank <= key]
    if not below or below[-1] >= len(given):
        return NA
    return 0.0 if given[below[-1]] is None else given[below[-1]]


_SINGLE: dict[str, Callable[..., Any]] = {
    "CEILING": _ceiling,
    "FLOOR": _floor,
    "CEILING.MATH": _ceiling_math,
    "FLOOR.MATH": _floor_math,
    "IPMT": _interest,
    "PPMT": _principal,
    "MOD": _mod,
    "POWER": _power,
    "LOG": _log,
    "TIME": _time,
    "CONVERT": converted,
    **SINGLE_TEXT_BODIES,
}
_SEVERAL: dict[str, Callable[..., Any]] = {
    "GCD": _gcd,
    "LCM": _lcm,
    "XMATCH": _xmatch,
    "XLOOKUP": _xlookup,
    "LOOKUP": _lookup,
    "FLOWS": _flows,
    **CONDITIONAL_BODIES,
    **TEXT_BODIES,
}
#: Repaired functions that are computed for each cell of an array by themselves.
EACH_BY_ITSELF = frozenset(_SINGLE)
