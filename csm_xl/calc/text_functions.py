"""Functions of texts that the calculator computes otherwise than Excel.

formualizer knows the small and capital letters of ASCII only: to it Ä and ä are different letters,
in comparisons too, and a letter behind a digit begins no word. Excel folds all letters.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Callable
from typing import Any

from csm_xl.calc.comparisons import NEAR
from csm_xl.calc.criteria import expression_of
from csm_xl.calc.elementwise import NA, VALUE, as_number, flat, grid_of, shown
from csm_xl.formulas.workbook_model import CellValue, ErrorValue

#: The longest text that fits into a cell.
_LONGEST = 32_767


def has_letters_with_case(value: CellValue) -> bool:
    """Whether a text has letters beyond ASCII of which there are small and capital ones."""
    if not isinstance(value, str) or value.isascii():
        return False
    return any(letter > "\x7f" and letter.lower() != letter.upper() for letter in value)


# -- upper and lower case -----------------------------------------------------------------------------


def _lower(text: Any) -> Any:
    return shown(text).lower()


def _upper(text: Any) -> Any:
    # One letter stays one letter: Excel leaves ß as it is.
    return "".join(u if len(u := letter.upper()) == 1 else letter for letter in shown(text))


def _proper(text: Any) -> Any:
    letters = []
    inside = False
    for letter in shown(text):
        letters.append(_lower(letter) if inside else _upper(letter))
        inside = letter.isalpha()
    return "".join(letters)


def _search(wanted: Any, text: Any, start: Any = 1.0) -> Any:
    like, whole, first = shown(wanted), shown(text), int(as_number(start)) - 1
    if not 0 <= first <= len(whole):
        return VALUE
    expression = expression_of(like, escapes_all=True)
    found = re.compile(expression, re.IGNORECASE | re.DOTALL).search(whole, first)
    return VALUE if found is None else float(found.start() + 1)


def _rept(text: Any, times: Any) -> Any:
    count = int(as_number(times))
    repeated = shown(text) * max(0, min(count, _LONGEST + 1))
    return VALUE if count < 0 or len(repeated) > _LONGEST else repeated


_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _compare(sign: Any, left: Any, right: Any) -> Any:
    """A comparison: numbers before texts before truth values, almost equal numbers being equal."""
    if left is None:
        left = _blank_beside(right)
    if right is None:
        right = _blank_beside(left)
    one, other = _rank(left), _rank(right)
    if one[0] == other[0] == 0 and abs(one[1] - other[1]) <= abs(other[1]) * NEAR:
        one = other
    holds = _SIGNS[str(sign)]
    if one[0] == other[0] == 1 and one != other:
        return holds(_in_order(one[1]), _in_order(other[1]))
    return holds(one, other)


def _in_order(text: str) -> tuple[str, str]:
    """Letters with marks stand beside those without, ä before b."""
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if not unicodedata.combining(c)), text


def _blank_beside(value: Any) -> Any:
    return "" if isinstance(value, str) else False if isinstance(value, bool) else 0.0


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


def _switch(value: Any, *rest: Any) -> Any:
    """``SWITCH``: the result beside the first value that is equal."""
    pairs, default = (rest, NA) if len(rest) % 2 == 0 else (rest[:-1], rest[-1])
    value = flat(value)[0]
    if isinstance(value, ErrorValue):
        return value
    for wanted, result in zip(pairs[::2], pairs[1::2], strict=True):
        wanted = flat(wanted)[0]
        if isinstance(wanted, ErrorValue):
            return wanted
        if _compare("=", value, wanted):
            return result
    return default


def _unique(cells: Any, by_column: Any = False, once: Any = False) -> Any:
    """``UNIQUE``: rows, or columns, that differ in more than small and capital letters."""
    lines = grid_of(cells)
    if by_column:
        lines = [list(line) for line in zip(*lines, strict=True)]
    groups: dict[tuple[Any, ...], list[list[Any]]] = {}
    for line in lines:
        key = tuple((0, "") if cell is None else _key(cell) for cell in line)
        groups.setdefault(key, []).append(line)
    kept = [group[0] for group in groups.values() if not once or len(group) == 1]
    if not kept:
        return ErrorValue("#CALC!")
    kept = [[0.0 if cell is None else cell for cell in line] for line in kept]
    return [list(line) for line in zip(*kept, strict=True)] if by_column else kept


def _key(cell: Any) -> tuple[Any, ...]:
    return (3, str(cell)) if isinstance(cell, ErrorValue) else _rank(cell)


# -- before and after -----------------------------------------------------------------------------------


def _divided(
    text: Any,
    delimiter: Any,
    instance: Any = 1.0,
    mode: Any = 0.0,
    at_end: Any = 0.0,
    missing: Any = NA,
    *,
    after: bool,
) -> Any:
    text, delimiter = shown(text), shown(delimiter)
    number = int(1 if instance is None else as_number(instance))
    if number == 0 or abs(number) > max(1, len(text)):
        return VALUE
    if delimiter == "":
        whole = (number > 0) == after
        return text if whole else ""
    searched, wanted = (text.lower(), delimiter.lower()) if as_number(mode) else (text, delimiter)
    places = []
    at = searched.find(wanted)
    while at >= 0:
        places.append(at)
        at = searched.find(wanted, at + len(wanted))
    if as_number(at_end):
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


#: What computes each function of single values, by its name; ``COMPARE`` gets the sign first.
SINGLE_TEXT_BODIES: dict[str, Callable[..., Any]] = {
    "COMPARE": _compare,
    "LOWER": _lower,
    "PROPER": _proper,
    "REPT": _rept,
    "SEARCH": _search,
    "TEXTAFTER": _text_after,
    "TEXTBEFORE": _text_before,
    "UPPER": _upper,
}
#: What computes each function that takes arrays as they are.
TEXT_BODIES: dict[str, Callable[..., Any]] = {"SWITCH": _switch, "UNIQUE": _unique}
#: Functions that only letters with case beyond ASCII make wrong.
FOLDING = frozenset({"LOWER", "SWITCH", "UPPER"})
