"""Cell values as formualizer takes and gives them."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from csm_xl.formulas.workbook_model import CellValue, ErrorValue

#: formualizer's names of the errors that Excel has too.
KINDS = {
    "Null": "#NULL!",
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Num": "#NUM!",
    "Na": "#N/A",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
#: The longest text that fits into a cell.
_LONGEST = 32_767
_KIND_OF = {error: kind for kind, error in KINDS.items()}


class OwnError(Exception):
    """formualizer could not compute a formula; `kind` is its own word for why (``NImpl``...)."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def kind_of(value: Any) -> str | None:
    """The word for an error that formualizer gave, None for any other value."""
    return str(value["kind"]) if type(value) is dict else None


def from_formualizer(value: Any) -> CellValue:
    """A value that formualizer gave, as a cell holds it; a blank becomes 0, as in Excel.

    Raises
    ------
    OwnError
        For an error that Excel does not have.
    """
    if type(value) is float:
        return value if math.isfinite(value) else ErrorValue("#NUM!")
    if value is None:
        return 0.0
    kind = kind_of(value)
    if kind is not None:
        if kind not in KINDS:
            raise OwnError(kind)
        return ErrorValue(KINDS[kind])
    if type(value) is str and len(value) > _LONGEST:
        return ErrorValue("#VALUE!")
    return float(value) if type(value) is int else value


def can_be_given(value: CellValue) -> bool:
    """Whether formualizer can hold a value: it lacks some of Excel's newer errors."""
    return not isinstance(value, ErrorValue) or value in _KIND_OF


@cache
def error_literal(error: str) -> Any:
    """An Excel error for formualizer; one that it lacks becomes ``#VALUE!``."""
    from formualizer import LiteralValue

    return LiteralValue.error(_KIND_OF.get(str(error), "Value"), None)
