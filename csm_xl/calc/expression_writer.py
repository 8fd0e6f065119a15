"""Parts of a formula written anew for the calculator: references, operators, constants.

See :mod:`csm_xl.calc.translation` for what is changed and why; calls of functions are in
:mod:`csm_xl.calc.call_writer`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.array_functions import JOINED
from csm_xl.calc.comparisons import COMPARISONS, compared, compared_with_number, mirrored
from csm_xl.calc.indirect import written_out
from csm_xl.calc.repaired_functions import name_of
from csm_xl.calc.resolution import Meant, Resolver, is_local, local_name
from csm_xl.calc.scope import Scope
from csm_xl.formulas.references import Area, area_text, intersected, spanning
from csm_xl.formulas.syntax import (
    Apply,
    ArrayConstant,
    Binary,
    Call,
    Group,
    Literal,
    Node,
    Postfix,
    Prefix,
    Reference,
    may_be_range,
)
from csm_xl.formulas.tokens import Kind

_KNOWN_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
#: Rows and columns of an array, 0 where not known before computing; None for one value.
Shape = tuple[int, int] | None
SOME: Shape = (0, 0)


_RECKONING = frozenset("+-*/^")


class Part(NamedTuple):
    """A translated part.

    Attributes
    ----------
    text : str
    shape : (int, int) or None
    area : Area or None
        The cells that it is or lies in.
    """

    text: str
    shape: Shape = None
    area: Area | None = None


def fitted(shapes: Iterable[Shape]) -> Shape:
    """The shape of an operation on arrays: one row or column is repeated to fit the other."""
    result: Shape = None
    for shape in shapes:
        if shape is None:
            continue
        if result is None:
            result = shape
            continue
        result = (_side(result[0], shape[0]), _side(result[1], shape[1]))
    return result


def _side(a: int, b: int) -> int:
    if 0 in (a, b):
        return 0
    if a != b and 1 not in (a, b):
        raise reasons.unsupported("ranges of different sizes together", "大小不同的区域一起运算")
    return max(a, b)


def _is_positive(node: Node) -> bool:
    return isinstance(node, Literal) and node.kind is Kind.NUMBER and float(node.text) > 0


def _may_be_letters(node: Node, equal: bool) -> bool:
    """Whether letters beyond ASCII may matter to a comparison, as far as one side of it tells.

    Nothing that holds some is equal to a text that holds none.
    """
    if isinstance(node, Literal):
        return node.kind is Kind.TEXT and not (equal and node.text.isascii())
    return not (isinstance(node, Binary) and node.operator in _RECKONING)


class PartWriter:
    """Writes one formula anew, part by part.

    Parameters
    ----------
    scope : Scope
    sheet : str
    row, column : int
        Where the formula stands.
    exact : collection of str
        See :func:`csm_xl.calc.translation.translate`.
    names_sheets : bool
        Name the sheet in every reference, its own one too.

    Attributes
    ----------
    areas : list of Area
        The cells read so far.
    ordered : list of Area
        Those of them that must be in ascending order for the result to be right.
    numbers : list of Area
        Those of them that are reckoned with as numbers.
    dynamic, joins_text, compares_text : bool
    functions : set of str
        See :class:`csm_xl.calc.translation.Translation`.
    """

    def __init__(
        self,
        scope: Scope,
        sheet: str,
        row: int,
        column: int,
        exact: Collection[str],
        names_sheets: bool,
    ) -> None:
        self.scope = scope
        self.resolver = Resolver(scope, sheet, row, column)
        self.sheet = sheet
        self.row = row
        self.column = column
        self.exact = exact
        self.home = "" if names_sheets else sheet
        self.areas: list[Area] = []
        self.ordered: list[Area] = []
        self.numbers: list[Area] = []
        self.dynamic = False
        self.joins_text = False
        self.compares_text = False
        self.functions: set[str] = set()
        self.local: dict[str, Part] = {}
        self._names: list[str] = []

    def write(self, node: Node, wanted: str, arrays: bool) -> Part:
        """Write a part.

        Parameters
        ----------
        node : Node
        wanted : {"V", "R"}
            One value, or a range as it is (see :mod:`csm_xl.calc.array_rules`).
        arrays : bool
            Whether it stands in an array formula, so that nothing is cut to one value.
        """
        if may_be_range(node):
            meant = self.meant(node)
            if isinstance(meant, Area):
                return self.cells(meant, wanted, arrays)
            if isinstance(meant, list):
                raise reasons.unsupported("several ranges at once", "多个区域的联合引用")
            if isinstance(meant, str):
                return Part(meant)
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Reference):
            return self._name(node, wanted, arrays)
        if isinstance(node, Call):
            return self.call(node, wanted, arrays)
        if isinstance(node, Binary):
            return self._binary(node, wanted, arrays)
        if isinstance(node, Prefix):
            return self._prefix(node, arrays)
        if isinstance(node, Postfix):
            return self._postfix(node, arrays)
        if isinstance(node, Group):
            inner = self.write(node.items[0], wanted, arrays)
            return Part(f"({inner.text})", inner.shape, inner.area)
        if isinstance(node, ArrayConstant):
            return self._array_constant(node)
        assert isinstance(node, Apply)
        raise reasons.unsupported("a formula that makes functions", "自定义函数（LAMBDA）")

    def call(self, node: Call, wanted: str, arrays: bool) -> Part:
        """Write a call of a function."""
        raise NotImplementedError

    def written_out(self, node: Node) -> Node | None:
        """The reference that a call of ``INDIRECT`` with a written text is; None for all else."""
        return written_out(node)

    # -- references -----------------------------------------------------------------------------

    def meant(self, node: Node) -> Meant:
        """The cells that a part means, see :meth:`Resolver.meant`."""
        node = self.written_out(node) or node
        return self.resolver.meant(node, frozenset(self.local)) if may_be_range(node) else None

    def cells(self, area: Area, wanted: str, arrays: bool) -> Part:
        """Write a reference to cells."""
        if wanted == "V" and not arrays:
            cell = intersected(area, self.row, self.column)
            if cell is None:
                self.resolver.beside(area)
                return Part("#VALUE!")
            area = cell
        elif wanted == "V" and area.whole:
            # All sheets alike, so that B:B on two sheets still fits together.
            area = self.scope.cut(area, self.scope.sheets)
        self.areas.append(area)
        shape = None if area.single else (area.rows, area.columns)
        return Part(area_text(area, self.home), shape, area)

    def _name(self, node: Reference, wanted: str, arrays: bool) -> Part:
        if is_local(node, frozenset(self.local)):
            known = self.local[local_name(node.body)]
            return Part(node.body, known.shape, known.area)
        tree = self.resolver.named(node)
        key = f"{node.prefix}{node.body}".casefold()
        if key in self._names:
            raise reasons.endless_name(node.body)
        self._names.append(key)
        local, self.local = self.local, {}
        # What a name stands for is computed as an array formula.
        part = self.write(tree, wanted, True)
        self.local = local
        self._names.pop()
        return Part(f"({part.text})", part.shape, part.area)

    # -- operators and constants ------------------------------------------------------------------

    def _literal(self, node: Literal) -> Part:
        if node.kind is Kind.ERROR and node.text.upper() not in _KNOWN_ERRORS:
            raise reasons.unsupported(node.text, node.text)
        return Part(node.text)

    def _array_constant(self, node: ArrayConstant) -> Part:
        rows = [
            ",".join(self.write(element, "V", False).text for element in row) for row in node.rows
        ]
        shape = (len(node.rows), len(node.rows[0]))
        return Part("{" + ";".join(rows) + "}", None if shape == (1, 1) else shape)

    def _prefix(self, node: Prefix, arrays: bool) -> Part:
        if node.operator == "@":
            return self.single(node.operand)
        part = self.number(node.operand, arrays)
        return Part(f"{node.operator}{part.text}", part.shape)

    def number(self, node: Node, arrays: bool) -> Part:
        """Write what is reckoned with as a number."""
        part = self.write(node, "V", arrays)
        if part.area is not None:
            self.numbers.append(part.area)
        return part

    def single(self, node: Node) -> Part:
        """Write ``@x``: the one value that is meant."""
        part = self.write(node, "V", False)
        return Part(part.text if part.area and part.area.single else f"@({part.text})")

    def _postfix(self, node: Postfix, arrays: bool) -> Part:
        if node.operator == "#":
            raise reasons.unsupported("a spilled range", "溢出区域")
        part = self.number(node.operand, arrays)
        return Part(f"{part.text}%", part.shape)

    def _binary(self, node: Binary, wanted: str, arrays: bool) -> Part:
        if node.operator == ":":
            return self._range(node)
        if node.operator == " ":
            raise reasons.unsupported("the intersection of computed ranges", "计算所得区域的交集")
        side = self.number if node.operator in _RECKONING else partial(self.write, wanted="V")
        left, right = side(node.left, arrays=arrays), side(node.right, arrays=arrays)
        shape = fitted((left.shape, right.shape))
        if node.operator == "^" and not _is_positive(node.right):
            return Part(f"{name_of('POWER')}({left.text},{right.text})", shape)
        if node.operator == "&":
            self.joins_text = True
            if "text" in self.exact:
                return Part(f"{JOINED}({left.text},{right.text})", shape)
        if node.operator in COMPARISONS:
            equal = node.operator in ("=", "<>")
            if _may_be_letters(node.left, equal) and _may_be_letters(node.right, equal):
                self.compares_text = True
                if "letters" in self.exact:
                    sign = f'"{node.operator}"'
                    return Part(f"{name_of('COMPARE')}({sign},{left.text},{right.text})", shape)
            if shape is None:
                return self._comparison(node, left, right)
        return Part(f"{left.text}{node.operator}{right.text}", shape)

    def _comparison(self, node: Binary, left: Part, right: Part) -> Part:
        operator, one, other = node.operator, node.left, node.right
        plain = Part(f"{left.text}{operator}{right.text}")
        if isinstance(one, Literal):
            operator, one, other = mirrored(operator), other, one
            left, right = right, left
        if isinstance(other, Literal):
            if isinstance(one, Literal) or other.kind is not Kind.NUMBER:
                return plain
            if not float(other.text):
                if not isinstance(one, Binary) or one.operator != "-":
                    return plain
                # Excel makes a difference of almost nothing 0: A1-B1=0 asks whether they are equal.
                sides = [self.write(side, "V", False).text for side in (one.left, one.right)]
                return Part(compared(operator, f"{sides[0]}+0", f"({sides[1]})+0"))
            text = compared_with_number(operator, left.text, right.text)
            if text is not None:
                return Part(text)
        return Part(compared(operator, left.text, right.text))

    def _range(self, node: Binary) -> Part:
        left = self.write(node.left, "R", False)
        right = self.write(node.right, "R", False)
        if left.area is None or right.area is None:
            raise reasons.unsupported("a range between computed cells", "由公式计算出端点的区域")
        around = spanning(left.area, right.area)
        if around is None:
            return Part("#VALUE!")
        self.areas.append(around)
        return Part(f"{left.text}:{right.text}", SOME, around)
