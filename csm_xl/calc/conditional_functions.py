"""Sums, means and counts under conditions, which the calculator gets wrong where cells hold errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from csm_xl.calc.criteria import criterion
from csm_xl.calc.elementwise import DIV, VALUE, each, flat
from csm_xl.formulas.workbook_model import ErrorValue


def _chosen(columns: Sequence[list[Any]], criteria: Sequence[Any]) -> Iterator[int] | ErrorValue:
    if len({len(column) for column in columns}) != 1:
        return VALUE
    tests = [criterion(given) for given in criteria]
    return (
        k
        for k in range(len(columns[0]))
        if all(test(column[k]) for test, column in zip(tests, columns, strict=True))
    )


def _numbers(cells: Sequence[Any], places: Iterator[int]) -> list[float] | ErrorValue:
    found = []
    for place in places:
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, ErrorValue):
            return cell
        if type(cell) is float:
            found.append(cell)
    return found


def _for_criteria(pairs: Sequence[Any], found: Callable[[Any], Any]) -> Any:
    """What is found with the criteria; an array of them gives an array."""
    columns = [flat(cells) for cells in pairs[::2]]

    def one(*criteria: Any) -> Any:
        places = _chosen(columns, criteria)
        return places if isinstance(places, ErrorValue) else found(places)

    return each(one, errors=False)(*pairs[1::2])


def _over(total: Callable[[list[float]], Any]) -> Callable[..., Any]:
    def called(cells: Any, *pairs: Any) -> Any:
        added = flat(cells)

        def found(places: Iterator[int]) -> Any:
            numbers = _numbers(added, places)
            return numbers if isinstance(numbers, ErrorValue) else total(numbers)

        return _for_criteria(pairs, found)

    return called


def _mean(numbers: list[float]) -> Any:
    return math.fsum(numbers) / len(numbers) if numbers else DIV


def _single(total: Callable[[list[float]], Any]) -> Callable[..., Any]:
    """``SUMIF`` and ``AVERAGEIF``: the range to add up comes last and may be left out."""

    def called(cells: Any, given: Any, added: Any = None) -> Any:
        return _over(total)(cells if added is None else added, cells, given)

    return called


def _countifs(cells: float, *pairs: Any) -> Any:
    """``COUNTIFS`` in columns of so many cells: those that are not given are blank."""
    columns = [flat(column) for column in pairs[::2]]
    beyond = int(cells) - len(columns[0])

    def one(*criteria: Any) -> Any:
        places = _chosen(columns, criteria)
        if isinstance(places, ErrorValue):
            return places
        blank = beyond > 0 and all(criterion(given)(None) for given in criteria)
        return float(sum(1 for _ in places) + (beyond if blank else 0))

    return each(one, errors=False)(*pairs[1::2])


#: What computes each function, by its name.
CONDITIONAL_BODIES: dict[str, Callable[..., Any]] = {
    "SUMIF": _single(math.fsum),
    "AVERAGEIF": _single(_mean),
    "SUMIFS": _over(math.fsum),
    "AVERAGEIFS": _over(_mean),
    "MAXIFS": _over(lambda numbers: max(numbers, default=0.0)),
    "MINIFS": _over(lambda numbers: min(numbers, default=0.0)),
    "COUNTIF": _countifs,
    "COUNTIFS": _countifs,
}
CONDITIONAL = frozenset(CONDITIONAL_BODIES)
