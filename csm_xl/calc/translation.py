"""A formula as the calculator must be given it, so that it means what Excel would compute.

formualizer knows no defined names, structured references, unions, intersections or references
across several sheets, computes most functions for one value only, and lets every array spill. So
all references are turned into plain ones, a range where one value is expected is cut to one cell
(implicit intersection), a function that must be computed for each cell of an array is wrapped, and
an array formula is wrapped so that it fills exactly its block.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.array_rules import GIVES_CELLS
from csm_xl.calc.call_writer import FormulaWriter
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Call, Group, Node, Reference
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind
from csm_xl.formulas.workbook_model import Block

#: Functions behind which an error does not show.
_CATCHING = frozenset(
    {"IFERROR", "ISERROR", "ISERR", "ISNUMBER", "AGGREGATE", "COUNT", "LOOKUP", "ERROR.TYPE"}
)
#: Names that name each other would never end.
_MOST_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Translation:
    """What the calculator is given for a formula.

    Attributes
    ----------
    text : str
        With ``=``; for an array formula what it computes, however much that is.
    areas : tuple of Area
        The cells that it reads.
    ordered : tuple of Area
        Those that must be in ascending order: formualizer searches cells that are not
        differently from Excel.
    dynamic : bool
        Whether it may read other cells too, chosen while it is computed (``INDIRECT``).
    joins_text : bool
        Whether a number may become text in it.
    compares_text : bool
        Whether it compares or changes small and capital letters.
    numbers : tuple of Area
        The cells that it reckons with as numbers, where an error of that would not be seen.
    sides : tuple of int
        See :class:`csm_xl.calc.resolution.Resolver`.
    functions : frozenset of str
        The functions it calls, in capitals, those behind names included.
    refused : NotCalculated or None
        Why it cannot be computed; then only `areas` and `functions` are known.
    """

    text: str
    areas: tuple[Area, ...]
    ordered: tuple[Area, ...]
    dynamic: bool
    joins_text: bool
    sides: tuple[int, ...]
    functions: frozenset[str] = frozenset()
    refused: NotCalculated | None = None
    compares_text: bool = False
    numbers: tuple[Area, ...] = ()


def translated(
    scope: Scope, sheet: str, row: int, column: int, formula: str, block: Block | None
) -> Translation:
    """Translate one formula, or say why not, see :func:`translate`."""
    try:
        return translate(scope, sheet, row, column, formula, block)
    except NotCalculated as error:
        areas, functions = mentioned(scope, sheet, row, column, formula)
        return Translation("", areas, (), False, False, (error.side,), functions, error)


def mentioned(
    scope: Scope, sheet: str, row: int, column: int, formula: str
) -> tuple[tuple[Area, ...], frozenset[str]]:
    """The cells and functions that a formula names, whether or not it can be computed."""
    resolver = Resolver(scope, sheet, row, column)
    areas: dict[Area, None] = {}
    functions: set[str] = set()
    try:
        waiting = [read_formula(formula)]
    except (FormulaSyntaxError, RecursionError):
        return (), frozenset()
    seen = 0
    while waiting and (seen := seen + 1) < _MOST_NODES:
        node = waiting.pop()
        waiting += node.children
        if isinstance(node, Call):
            functions.add(node.function)
        if not isinstance(node, Reference):
            continue
        try:
            meant = resolver.meant(node)
            if meant is None and node.kind is Kind.NAME:
                waiting.append(resolver.named(node))
        except NotCalculated:
            continue
        for area in meant if isinstance(meant, list) else [meant]:
            if isinstance(area, Area):
                areas[area] = None
    return tuple(areas), frozenset(functions)


def translate(
    scope: Scope,
    sheet: str,
    row: int,
    column: int,
    formula: str,
    block: Block | None = None,
    *,
    exact: Collection[str] = (),
) -> Translation:
    """Translate one formula.

    Parameters
    ----------
    scope : Scope
    sheet : str
    row, column : int
        The formula's cell; for an array formula the first one of its block.
    formula : str
        As stored, without ``=``.
    block : tuple of int, optional
        The cells that an array formula fills.
    exact : collection of str
        What is to be done as Excel does though it is slower: ``"text"``, join texts with at most
        15 digits of a number; ``"letters"``, compare letters beyond ASCII; ``"conditions"``, count
        and add up under conditions.

    Raises
    ------
    NotCalculated
    """
    try:
        tree = read_formula(formula)
    except FormulaSyntaxError as error:
        raise reasons.unreadable(error.text) from error
    except RecursionError as error:
        raise _too_deep() from error
    fills = block is not None and block[:2] != block[2:]
    # The formula of a large block is computed elsewhere, so its references name their sheets.
    writer = FormulaWriter(scope, sheet, row, column, exact, names_sheets=fills)
    try:
        part = writer.write(tree, "V", block is not None)
    except RecursionError as error:
        raise _too_deep() from error
    for area in writer.areas:
        scope.refuse_too_wide(area)
    text = part.text
    if not fills and (part.shape is not None or _may_give_cells(tree)):
        text = f"@({text})"
    return Translation(
        "=" + text,
        tuple(dict.fromkeys(writer.areas)),
        tuple(dict.fromkeys(writer.ordered)),
        writer.dynamic,
        writer.joins_text,
        tuple(writer.resolver.sides),
        frozenset(writer.functions),
        compares_text=writer.compares_text,
        numbers=tuple(dict.fromkeys(writer.numbers)) if writer.functions & _CATCHING else (),
    )


def _too_deep() -> NotCalculated:
    return reasons.unsupported("very deep nesting", "嵌套过深的公式")


def _may_give_cells(tree: Node) -> bool:
    while isinstance(tree, Group) and len(tree.items) == 1:
        tree = tree.items[0]
    if isinstance(tree, Call):
        return tree.function in GIVES_CELLS
    return isinstance(tree, Reference) and tree.kind is Kind.NAME
