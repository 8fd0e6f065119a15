"""What a text means that ``INDIRECT`` is given: an address, a defined name, a part of a table."""

from __future__ import annotations

import re
from typing import Any

from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW, cell_address
from csm_xl.formulas.references import Area, area_text
from csm_xl.formulas.syntax import Call, Literal, Node, Reference
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind
from csm_xl.formulas.workbook_model import ErrorValue

#: What the calculator calls for the address that a text means.
ADDRESS = "CSM_ADDRESS"

#: To an error, the calculator's INDIRECT says ``#VALUE!``; to this text what Excel says.
_NOWHERE = "#REF!"
_ROW = r"R(?P<r{n}>\d+|\[-?\d+\])?"
_COLUMN = r"C(?P<c{n}>\d+|\[-?\d+\])?"
_R1C1 = re.compile(
    r"(?P<sheet>.*!)?"
    + (_ROW + _COLUMN).replace("{n}", "1")
    + "(?::"
    + (_ROW + _COLUMN).replace("{n}", "2")
    + ")?",
    re.IGNORECASE,
)


def written_out(node: Node) -> Node | None:
    """The reference that ``INDIRECT("Price")`` is, where its text is written in the formula."""
    if not isinstance(node, Call) or node.function != "INDIRECT" or len(node.arguments) != 1:
        return None
    argument = node.arguments[0]
    if not isinstance(argument, Literal) or argument.kind is not Kind.TEXT:
        return None
    return _reference(argument.text[1:-1].replace('""', '"'))


def _reference(text: str) -> Node | None:
    try:
        tree = read_formula(text.strip())
    except (FormulaSyntaxError, RecursionError):
        return None
    return tree if isinstance(tree, Reference) else None


def address(scope: Scope, place: str, text: Any, style: Any = 1.0) -> Any:
    """The address, with its sheet, that a text means in a cell.

    Parameters
    ----------
    scope : Scope
    place : str
        Number of the sheet, row and column of the formula, apart by dots.
    text : str
    style : float or bool
        False for ``R1C1``.
    """
    if not isinstance(text, str) or isinstance(text, ErrorValue):
        return text if isinstance(text, ErrorValue) else _NOWHERE
    number, row, column = map(int, place.split("."))
    sheet = scope.sheets[number]
    if not style:
        converted = _from_r1c1(text.strip(), row, column)
        if converted is None:
            return _NOWHERE
        text = converted
    tree = _reference(text)
    if tree is None:
        return _NOWHERE
    try:
        meant = Resolver(scope, sheet, row, column).meant(tree)
    except NotCalculated:
        return _NOWHERE
    return area_text(meant, "") if isinstance(meant, Area) else _NOWHERE


def _from_r1c1(text: str, row: int, column: int) -> str | None:
    found = _R1C1.fullmatch(text)
    if found is None:
        return None
    corners = []
    for n in ("1", "2") if ":" in text.rpartition("!")[2] else ("1",):
        r, c = _counted(found[f"r{n}"], row), _counted(found[f"c{n}"], column)
        if not (1 <= r <= MAX_ROW and 1 <= c <= MAX_COLUMN):
            return None
        corners.append(cell_address(r, c))
    return (found["sheet"] or "") + ":".join(corners)


def _counted(given: str | None, own: int) -> int:
    if given is None:
        return own
    return own + int(given[1:-1]) if given.startswith("[") else int(given)
