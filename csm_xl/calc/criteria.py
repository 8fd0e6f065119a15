"""The criteria of ``COUNTIF`` and its like, as Excel reads them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from csm_xl.formulas.workbook_model import ErrorValue

_OPERATOR = re.compile(r"(<=|>=|<>|<|>|=)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:E[-+]?\d+)?\s*", re.IGNORECASE)
_PERCENT = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)\s*%\s*")
_DAY = re.compile(r"\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}\s*")
_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)

Test = Callable[[Any], bool]


def criterion(given: Any) -> Test:
    """The condition that a criterion sets for a cell.

    Parameters
    ----------
    given : float, str, bool, ErrorValue or None
        A value, or a text such as ``">5"``, ``"<>done"``, ``"A*"``.
    """
    if given is None:
        given = 0.0
    if not isinstance(given, str) or isinstance(given, ErrorValue):
        return _equal(given)
    found = _OPERATOR.fullmatch(given)
    assert found is not None
    operator, text = found[1] or "", found[2]
    wanted = _value(text)
    if operator in ("", "="):
        if text == "":
            # "=" finds cells without anything in them, "" those with an empty text too.
            return (lambda v: v is None) if operator else (lambda v: v is None or v == "")
        return _equal(wanted)
    if operator == "<>":
        if text == "":
            return lambda v: v is not None
        if isinstance(wanted, float):
            # A text that reads as the number is another value here, though "=" finds it.
            return lambda v: not (type(v) is float and v == wanted)
        equal = _equal(wanted)
        return lambda v: not equal(v)
    return _compared(operator, wanted)


def _value(text: str) -> Any:
    if _NUMBER.fullmatch(text):
        return float(text)
    if _PERCENT.fullmatch(text):
        return float(text.strip().removesuffix("%")) / 100
    if _DAY.fullmatch(text):
        return _serial(text.strip())
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    return ErrorValue(text.upper()) if text.upper() in _ERRORS else text


def _serial(day: str) -> float | str:
    """The number of a day in the system that begins with 1900; the text where there is none."""
    try:
        year, month, number = map(int, re.split("[-/]", day))
        return float((datetime.date(year, month, number) - datetime.date(1899, 12, 30)).days)
    except ValueError:
        return day


def _equal(wanted: Any) -> Test:
    if isinstance(wanted, ErrorValue):
        return lambda v: isinstance(v, ErrorValue) and v == wanted
    if isinstance(wanted, bool):
        return lambda v: v is wanted
    if isinstance(wanted, float):

        def same_number(v: Any) -> bool:
            if isinstance(v, (bool, ErrorValue)):
                return False
            if isinstance(v, str):
                return _NUMBER.fullmatch(v) is not None and float(v) == wanted
            return isinstance(v, float) and v == wanted

        return same_number
    matches = pattern(str(wanted))
    return lambda v: isinstance(v, str) and not isinstance(v, ErrorValue) and matches(v)


def expression_of(text: str, escapes_all: bool = False) -> str:
    """The regular expression for a text with the wildcards ``*`` and ``?``.

    Parameters
    ----------
    text : str
    escapes_all : bool
        ``~`` stands before any character, as in ``SEARCH``, not only before wildcards.
    """
    parts = re.split(r"(~.|~$|\*|\?)" if escapes_all else r"(~[*?~]|\*|\?)", text)
    return "".join(map(_piece, parts[::2], [*parts[1::2], ""]))


def _piece(plain: str, special: str) -> str:
    if special in ("*", "?"):
        return re.escape(plain) + (".*?" if special == "*" else ".")
    return re.escape(plain) + re.escape(special[1:])


def pattern(text: str) -> Callable[[str], bool]:
    """Whether a text is like another with the wildcards ``*``, ``?`` and ``~``."""
    compiled = re.compile(expression_of(text), re.IGNORECASE | re.DOTALL)
    return lambda v: compiled.fullmatch(v) is not None


def _compared(operator: str, wanted: Any) -> Test:
    compare: Callable[[Any, Any], bool] = {
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
    }[operator]
    if isinstance(wanted, bool):
        return lambda v: isinstance(v, bool) and compare(v, wanted)
    if isinstance(wanted, float):
        return lambda v: type(v) is float and compare(v, wanted)
    if isinstance(wanted, ErrorValue) or wanted == "":
        return lambda v: False
    small = wanted.casefold()
    return lambda v: type(v) is str and compare(v.casefold(), small)
