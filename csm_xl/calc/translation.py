"""A formula as the calculator must be given it, so that it means what Excel would compute.

formualizer knows no defined names, structured references, unions, intersections or references
across several sheets, computes most functions for one value only, and lets every array spill. So
all references are turned into plain ones, a range where one value is expected is cut to one cell
(implicit intersection), a function that must be computed for each cell of an array is wrapped, and
an array formula is wrapped so that it fills exactly its block.
"""

from __future__ import annotations

from dataclasses import dataclass

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.array_rules import GIVES_CELLS
from csm_xl.calc.call_writer import FormulaWriter
from csm_xl.calc.scope import Surroundings, read_formula
from csm_xl.formulas.references import Area
from csm_xl.formulas.syntax import Call, Group, Node, Reference
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind
from csm_xl.formulas.workbook_model import Block


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
    sides : tuple of int
        See :class:`csm_xl.calc.resolution.Resolver`.
    """

    text: str
    areas: tuple[Area, ...]
    ordered: tuple[Area, ...]
    dynamic: bool
    joins_text: bool
    sides: tuple[int, ...]


def translate(
    surroundings: Surroundings,
    sheet: str,
    row: int,
    column: int,
    formula: str,
    block: Block | None = None,
    *,
    exact_text: bool = False,
) -> Translation:
    """Translate one formula.

    Parameters
    ----------
    surroundings : Surroundings
    sheet : str
    row, column : int
        The formula's cell; for an array formula the first one of its block.
    formula : str
        As stored, without ``=``.
    block : tuple of int, optional
        The cells that an array formula fills.
    exact_text : bool
        Join texts as Excel does, with at most 15 digits of a number (slower).

    Raises
    ------
    NotCalculated
    """
    try:
        tree = read_formula(formula)
    except FormulaSyntaxError as error:
        raise reasons.unreadable(error.text) from error
    except RecursionError as error:
        raise reasons.unsupported("very deep nesting", "嵌套过深的公式") from error
    fills = block is not None and block[:2] != block[2:]
    # The formula of a large block is computed elsewhere, so its references name their sheets.
    writer = FormulaWriter(surroundings, sheet, row, column, exact_text, names_sheets=fills)
    part = writer.write(tree, "V", block is not None)
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
    )


def _may_give_cells(tree: Node) -> bool:
    while isinstance(tree, Group) and len(tree.items) == 1:
        tree = tree.items[0]
    if isinstance(tree, Call):
        return tree.function in GIVES_CELLS
    return isinstance(tree, Reference) and tree.kind is Kind.NAME
