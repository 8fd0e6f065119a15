"""A formula with csm-xl's functions, written anew with native ones.

The formula is parsed, never searched as text; every call of csm-xl in it, however deep, becomes a
native expression that gives the same value and fails where the call fails. A call for which there
is none raises :class:`~csm_xl.native.arguments.NoNativeForm`, and the cell keeps its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from csm_xl.calc.array_rules import GIVES_CELLS, GIVES_SEVERAL, argument_classes
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Meant, Resolver, is_local, local_name
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.errors import CsmError
from csm_xl.formulas.references import Area, intersected
from csm_xl.formulas.syntax import (
    Apply,
    ArrayConstant,
    Call,
    Group,
    Literal,
    Node,
    Omitted,
    Postfix,
    Prefix,
    Reference,
    calls,
    may_be_range,
    replaced,
    walk,
)
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind
from csm_xl.formulas.workbook_model import Block
from csm_xl.native.arguments import (
    Argument,
    Held,
    NoNativeForm,
    absolute,
    as_operand,
    bounded,
    constant_text,
)
from csm_xl.share import native_calls

#: Puts a part of a formula into a cell of its own, and gives the cell's address.
Step = Callable[[str], str | None]

#: Excel's limit for the text of a formula.
MAX_FORMULA = 8192
#: In a formula that is written in steps, longer arguments are steps too.
_LONG_ARGUMENT = 40
#: Nothing random may stand twice in a formula that must be computed once.
_RANDOM = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY"})


@dataclass
class Native:
    """A formula without csm-xl.

    Attributes
    ----------
    text : str
        Without ``=``; ``""`` where each cell has a formula of its own.
    array : bool
        Whether the cell must hold it as an array formula.
    cells : dict of (row, column) to str
        Instead of one array formula, a plain formula for each cell of its block.
    """

    text: str = ""
    array: bool = False
    cells: dict[tuple[int, int], str] = field(default_factory=dict)


class Rewriter:
    """Writes formulas of one workbook anew.

    Parameters
    ----------
    scope : Scope
        Of the owner's workbook.
    held : callable
        Gives what the cells of an area hold today.
    forms : native_calls.Forms
        Builds the native form of a call.
    """

    def __init__(self, scope: Scope, held: Held, forms: native_calls.Forms) -> None:
        self.scope = scope
        self.held = held
        self.forms = forms
        names = "|".join(map(re.escape, forms.functions))
        self._mentions = re.compile(rf"(?<![\w.])(?:_xl\w+\.)*(?:{names})\(", re.IGNORECASE)

    def rewrite(
        self,
        sheet: str,
        row: int,
        column: int,
        text: str,
        block: Block | None = None,
        *,
        arrays: bool = False,
        step: Step | None = None,
    ) -> Native | None:
        """The native formula, or None where the formula has no call of csm-xl.

        Parameters
        ----------
        sheet : str
        row, column : int
            The formula's cell.
        text : str
            Without ``=``.
        block : tuple of int, optional
            The cells that an array formula fills.
        arrays : bool
            Whether Excel computes it as an array formula although no cells hold it: what a name
            stands for, and the rules of conditional formats.
        step : callable, optional
            Where one formula would be too long: puts a part of it, a native formula, into a cell
            of the same row, and gives its address; None where it cannot.

        Raises
        ------
        NoNativeForm
        """
        if self._mentions.search(text) is None:
            return None
        try:
            tree = read_formula(text)
        except (FormulaSyntaxError, RecursionError) as error:
            raise NoNativeForm("The formula cannot be read.", "该公式无法解析。") from error
        if next(calls(tree, self.forms.functions), None) is None:
            return None
        in_cells = arrays or block is not None
        try:
            native = _Writer(self, sheet, row, column, text, in_cells).whole(tree, block)
            if _is_long(native) and step is not None and not (in_cells or native.array):
                native = _Writer(self, sheet, row, column, text, in_cells, step).whole(tree, block)
        except NotCalculated as error:
            raise NoNativeForm(error.text.en, error.text.zh) from error
        except CsmError as error:
            raise NoNativeForm(error.text.en, error.text.zh) from error
        if _is_long(native):
            raise too_long()
        return native


def _is_long(native: Native) -> bool:
    return any(len(text) + 1 > MAX_FORMULA for text in (native.text, *native.cells.values()))


def too_long() -> NoNativeForm:
    """A formula that Excel would not take."""
    return NoNativeForm(
        f"Its native formula would be longer than {MAX_FORMULA:,} characters, Excel's limit.",
        f"对应的原生公式会超过 Excel 的上限（{MAX_FORMULA:,} 个字符）。",
    )


class _Writer:
    """Writes one formula."""

    def __init__(
        self,
        rewriter: Rewriter,
        sheet: str,
        row: int,
        column: int,
        text: str,
        arrays: bool,
        step: Step | None = None,
    ) -> None:
        self._rewriter = rewriter
        self._forms = rewriter.forms
        self._resolver = Resolver(rewriter.scope, sheet, row, column)
        self._sheet, self._row, self._column = sheet, row, column
        self._text = text
        self._arrays = arrays
        self._step = step
        self._needs_array = False
        #: What LET gives each of its names, and in which call.
        self._given: dict[str, list[tuple[Call, Node | None]]] = {}

    # -- the whole formula ----------------------------------------------------------------------

    def whole(self, tree: Node, block: Block | None) -> Native:
        """The formula's native form."""
        self._given = _given_names(tree)
        top = tree
        while isinstance(top, Group) and len(top.items) == 1:
            top = top.items[0]
        in_cells = block is not None or not self._arrays
        if in_cells and isinstance(top, Call) and top.function in self._forms.functions:
            return self._alone(top, block)
        text = self._part(tree)
        if self._needs_array and not self._arrays:
            self._refuse_cut_ranges(tree)
        return Native(text, self._arrays or self._needs_array)

    def _alone(self, call: Call, block: Block | None) -> Native:
        """A formula that is one call and nothing else."""
        arguments = self._arguments(call)
        if self._forms.gives_one(call.function, arguments):
            return Native(self._bare(call, arguments, 0, 0), block is not None)
        if block is None:
            # A formula that is no array formula shows the first of several values.
            return Native(self._bare(call, arguments, 0, 0))
        r1, c1, r2, c2 = block
        rows, columns = self._forms.size(call.function, arguments)
        cells = {}
        for r in range(r2 - r1 + 1):
            for c in range(c2 - c1 + 1):
                # One row or column of results is repeated over the block; what is missing is #N/A.
                at_row, at_column = (0 if rows == 1 else r), (0 if columns == 1 else c)
                inside = at_row < rows and at_column < columns
                cells[r1 + r, c1 + c] = (
                    self._bare(call, arguments, at_row, at_column) if inside else "NA()"
                )
        return Native(cells=cells)

    def _bare(self, call: Call, arguments: list[Argument], row: int, column: int) -> str:
        return self._forms.at(call.function, arguments, row, column)

    # -- parts ----------------------------------------------------------------------------------

    def _part(self, node: Node) -> str:
        """A part of the formula, every call of csm-xl in it replaced."""
        changes = [(call, self._call(call)) for call in self._outermost(node)]
        shift = node.start
        text = self._text[node.start : node.end]
        moved = [(_moved(call, -shift), new) for call, new in changes]
        return replaced(text, moved)

    def _outermost(self, node: Node) -> Iterable[Call]:
        if isinstance(node, Call) and node.function in self._forms.functions:
            yield node
            return
        for child in node.children:
            yield from self._outermost(child)

    def _call(self, call: Call) -> str:
        arguments = self._arguments(call)
        if self._forms.gives_one(call.function, arguments):
            bare = self._bare(call, arguments, 0, 0)
            return self._in_a_step(call, bare) or self._forms.operand(bare)
        if all(argument.constant or argument.left_out for argument in arguments):
            return self._forms.folded(call.function, arguments)
        self._needs_array = True
        return self._forms.operand(self._forms.over_ranges(call.function, arguments))

    def _in_a_step(self, part: Node, native: str) -> str | None:
        """The address of a cell for a part, where the formula is written in steps."""
        # What a name of LET stands for is known inside of the formula alone.
        local = frozenset(self._given)
        if self._step is None or any(is_local(node, local) for node in walk(part)):
            return None
        if len(native) + 1 > MAX_FORMULA:
            raise too_long()
        return self._step(native)

    # -- arguments ------------------------------------------------------------------------------

    def _arguments(self, call: Call) -> list[Argument]:
        nodes = [self._followed(_without_brackets(node)) for node in call.arguments]
        extent = self._extent(nodes)
        return [self._argument(node, extent) for node in nodes]

    def _meant(self, node: Node) -> Meant:
        return self._resolver.meant(node, frozenset(self._given))

    def _followed(self, node: Node) -> Node:
        """The cells or constants that a name of LET stands for, in place of the name."""
        given = self._given_to(node)
        if not isinstance(given, Reference | ArrayConstant | Literal):
            return node
        return self._followed(given)

    def _given_to(self, node: Node) -> Node | None:
        """What LET gives a name; None for a parameter of LAMBDA, and for all else."""
        if not is_local(node, frozenset(self._given)):
            return None
        assert isinstance(node, Reference)
        around = [
            (call.start, value)
            for call, value in self._given[local_name(node.body)]
            # A name means nothing yet within what it is given.
            if (call.start if value is None else value.end) <= node.start < call.end
        ]
        value = max(around, key=itemgetter(0), default=(0, None))[1]
        return None if value is None else _without_brackets(value)

    def _extent(self, nodes: Iterable[Node]) -> tuple[int, int]:
        """The last row and column used on the sheets of the whole columns among arguments.

        All of a call are cut alike, since they may stand beside each other.
        """
        meant = [self._meant(node) for node in nodes if may_be_range(node)]
        sheets = {area.sheet for area in meant if isinstance(area, Area) and area.whole}
        used = [self._rewriter.scope.used(sheet) for sheet in sheets]
        return max((u[0] for u in used), default=1), max((u[1] for u in used), default=1)

    def _argument(self, node: Node, extent: tuple[int, int]) -> Argument:
        if isinstance(node, Omitted):
            return Argument(home=self._sheet)
        constant = self._constant(node)
        if constant is not None:
            return constant
        cut = _cut_to_one(node)
        if cut is not None:
            return self._intersection(cut)
        if may_be_range(node):
            meant = self._meant(node)
            if isinstance(meant, list):
                raise NoNativeForm(
                    "Several ranges at once are refused by csm-xl.",
                    "csm-xl 的函数不接受多个区域的联合引用。",
                )
            if isinstance(meant, str):
                raise NoNativeForm(
                    "It refers to cells that are no longer there.", "它引用的单元格已不存在。"
                )
            if meant is not None:
                return self._range(node, meant, extent)
        if not self.single(node):
            raise NoNativeForm(
                "An argument is a range that is computed, not written as cells.",
                "有一个参数是由公式计算出的区域，而不是直接写出的单元格。",
            )
        if any(call.function in _RANDOM for call in calls(node)):
            raise NoNativeForm("An argument is random.", "有一个参数是随机数。")
        text = self._part(node)
        if len(text) > _LONG_ARGUMENT:
            # A native form reads each of its arguments several times.
            address = self._in_a_step(node, text)
            if address is not None:
                return Argument(address, None, home=self._sheet)
        return Argument(as_operand(text, node), None, home=self._sheet)

    def _constant(self, node: Node) -> Argument | None:
        if isinstance(node, ArrayConstant):
            held = tuple(tuple(_literal(element) for element in row) for row in node.rows)
            text = self._text[node.start : node.end]
            return Argument(text, held, constant=True, home=self._sheet)
        if isinstance(node, Literal) or (
            isinstance(node, Prefix) and node.operator in "+-" and _is_number(node.operand)
        ):
            value = _literal(node)
            return Argument(constant_text(value), ((value,),), constant=True, home=self._sheet)
        return None

    def _intersection(self, node: Node) -> Argument:
        meant = self._meant(node)
        cell = intersected(meant, self._row, self._column) if isinstance(meant, Area) else None
        if cell is None:
            raise NoNativeForm(
                "The cell that an argument means is known only to Excel.",
                "参数所指的单元格只有 Excel 才能确定。",
            )
        blank = Argument(home=self._sheet)
        one = self._rewriter.held(cell)
        return Argument(blank.address(cell), one, cell, home=self._sheet)

    def _range(self, node: Node, area: Area, extent: tuple[int, int]) -> Argument:
        text = as_operand(self._text[node.start : node.end], node)
        top = self._rewriter.scope.begins_block(area)
        if not area.whole:
            return Argument(text, self._rewriter.held(area), area, home=self._sheet, top=top)
        cut = bounded(area, *extent)
        signs = ("$", "$")
        if isinstance(node, Reference) and node.kind is Kind.AREA and ":" in node.body:
            left, _, right = node.body.partition(":")
            signs = ("$" if left[0] == "$" else "", "$" if right[0] == "$" else "")
            if not left.strip("$").isalpha():
                signs = ("$", "$")
        covered = absolute(cut, self._sheet, columns=signs)
        held = self._rewriter.held(self._rewriter.scope.cut(area))
        guard = f"COUNTA({text})<>COUNTA({covered})"
        return Argument(covered, held, cut, guard, home=self._sheet, top=top)

    # -- one value or several ---------------------------------------------------------------------

    def single(self, node: Node) -> bool:
        """Whether a part of the formula gives one value and not an array."""
        if isinstance(node, Literal | Omitted):
            return True
        if isinstance(node, ArrayConstant):
            return len(node.children) == 1
        if is_local(node, frozenset(self._given)):
            given = self._given_to(node)
            return given is not None and self.single(given)
        if may_be_range(node) and not isinstance(node, Call):
            meant = self._meant(node)
            return isinstance(meant, str) or (isinstance(meant, Area) and meant.single)
        if isinstance(node, Call):
            return self._single_call(node)
        if isinstance(node, Apply) or (isinstance(node, Postfix) and node.operator == "#"):
            return False
        if isinstance(node, Prefix) and node.operator == "@":
            return True
        return all(map(self.single, node.children))

    def _single_call(self, node: Call) -> bool:
        function = node.function
        if function in self._forms.functions:
            return self._forms.gives_one(function, self._arguments(node))
        if function == "SINGLE":
            return True
        classes = argument_classes(function, len(node.arguments))
        if classes is None or function in GIVES_SEVERAL:
            return False
        if function in GIVES_CELLS and function not in ("IF", "CHOOSE"):
            return function == "INDEX" and all(map(_not_zero, node.arguments[1:]))
        return all(
            kind in "RA" or self.single(argument)
            for kind, argument in zip(classes, node.arguments, strict=True)
        )

    def _refuse_cut_ranges(self, tree: Node) -> None:
        """An array formula computes with whole ranges where a plain one takes one cell of each."""
        if not self._no_cut(tree, "V"):
            raise NoNativeForm(
                "The formula mixes ranges that Excel cuts to one cell with ranges that it does not.",
                "公式中既有会被 Excel 取单个单元格的区域，也有不会的区域。",
            )

    def _no_cut(self, node: Node, wanted: str) -> bool:
        if isinstance(node, Call) and node.function in self._forms.functions:
            return True
        if may_be_range(node) and not isinstance(node, Call):
            meant = self._meant(node)
            return wanted != "V" or (isinstance(meant, Area) and meant.single)
        if isinstance(node, Call):
            classes = argument_classes(node.function, len(node.arguments))
            if classes is None:
                return False
            kinds = {"V": "V", "R": "R", "A": "A", "P": wanted}
            return all(
                self._no_cut(argument, "A" if wanted == "A" and kind == "V" else kinds[kind])
                for kind, argument in zip(classes, node.arguments, strict=True)
            )
        inner = "A" if wanted == "A" else "V"
        return all(self._no_cut(child, inner) for child in node.children)


def _given_names(tree: Node) -> dict[str, list[tuple[Call, Node | None]]]:
    """The names of LET and LAMBDA in a formula, each with what it is given, and in which call."""
    found: dict[str, list[tuple[Call, Node | None]]] = {}
    for call in calls(tree, ("LET", "LAMBDA")):
        lets = call.function == "LET"
        for place in range(0, len(call.arguments) - 1, 2 if lets else 1):
            name = call.arguments[place]
            if isinstance(name, Reference) and name.kind is Kind.NAME:
                value = call.arguments[place + 1] if lets else None
                found.setdefault(local_name(name.body), []).append((call, value))
    return found


def _moved(call: Call, by: int) -> Call:
    """The call with its place counted from another start."""
    return Call(call.start + by, call.end + by, call.prefix, call.name, call.arguments)


def _is_number(node: Node) -> bool:
    return isinstance(node, Literal) and node.kind is Kind.NUMBER


def _literal(node: Node) -> Any:
    if isinstance(node, Prefix):
        number = _literal(node.operand)
        return -number if node.operator == "-" else number
    assert isinstance(node, Literal)
    if node.kind is Kind.NUMBER:
        return float(node.text)
    if node.kind is Kind.TEXT:
        return node.text[1:-1].replace('""', '"')
    if node.kind is Kind.LOGICAL:
        return node.text.upper() == "TRUE"
    raise NoNativeForm("An argument is an error.", "有一个参数是错误值。")


def _without_brackets(node: Node) -> Node:
    while isinstance(node, Group) and len(node.items) == 1:
        node = node.items[0]
    return node


def _cut_to_one(node: Node) -> Node | None:
    """What ``@x`` or ``SINGLE(x)`` cuts to one cell."""
    if isinstance(node, Prefix) and node.operator == "@":
        return node.operand
    if isinstance(node, Call) and node.function == "SINGLE" and len(node.arguments) == 1:
        return node.arguments[0]
    return None


def _not_zero(node: Node) -> bool:
    """Whether a row or column number of INDEX is one, and not 0, which means all of them."""
    return not isinstance(node, Omitted) and not (
        isinstance(node, Literal) and not node.text.strip("0.")
    )
