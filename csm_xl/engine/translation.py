"""A formula as the calculator must be given it, so that it means what Excel would compute.

formualizer knows no defined names, structured references, unions, intersections or references
across several sheets, computes most functions for one value only, and lets every array spill. So
all references are turned into plain ones, a range where one value is expected is cut to one cell
(implicit intersection), a function that must be computed for each cell of an array is wrapped, and
an array formula is wrapped so that it fills exactly its block.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from csm_xl.engine import reasons
from csm_xl.engine.array_rules import (
    DYNAMIC,
    GIVES_CELLS,
    GIVES_SEVERAL,
    TAKES_ANY_NUMBER,
    argument_classes,
)
from csm_xl.engine.model import Block
from csm_xl.engine.references import Area, area_text, intersected, read_prefix, spanning
from csm_xl.engine.resolution import Resolver, is_local, local_name
from csm_xl.engine.surroundings import Surroundings, read_formula
from csm_xl.engine.syntax import (
    Apply,
    ArrayConstant,
    Binary,
    Call,
    Group,
    Literal,
    Node,
    Omitted,
    Postfix,
    Prefix,
    Reference,
    bare_function,
    may_be_range,
)
from csm_xl.engine.tokens import FormulaSyntaxError, Kind

#: Names under which the calculator finds what csm-xl adds to it.
EACH = "CSM_EACH"
BLOCK = "CSM_BLOCK"
JOINED = "CSM_JOINED"

#: Functions that formualizer computes for each cell of an array by itself.
_EACH_BY_ITSELF = frozenset({"IF", "IFERROR", "IFNA", "SIN", "COS", "TAN"})
#: Functions that ask for what the calculator is not told: formulas, formats, hidden things.
_NOT_TOLD = frozenset(
    {"CELL", "FORMULATEXT", "ISFORMULA", "ISREF", "SHEET", "SHEETS", "LAMBDA", "GROUPBY", "PIVOTBY"}
)
_KNOWN_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!"}
)
_COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
#: Excel and LibreOffice compare numbers to about 15 digits: 0.1+0.2 equals 0.3.
_CLOSE = "IF(AND(ISNUMBER(csm_l),ISNUMBER(csm_r)),ABS(csm_l-csm_r)<=ABS(csm_r)*3.552713678800501E-15,FALSE)"
_COMPARED = {
    "=": f"IF(csm_l=csm_r,TRUE,{_CLOSE})",
    "<>": f"IF(csm_l<>csm_r,NOT({_CLOSE}),FALSE)",
    "<": f"IF(csm_l<csm_r,NOT({_CLOSE}),FALSE)",
    ">": f"IF(csm_l>csm_r,NOT({_CLOSE}),FALSE)",
    "<=": f"IF(csm_l<=csm_r,TRUE,{_CLOSE})",
    ">=": f"IF(csm_l>=csm_r,TRUE,{_CLOSE})",
}

#: Rows and columns of an array, 0 where not known before computing; None for one value.
Shape = tuple[int, int] | None
_SOME: Shape = (0, 0)


@dataclass(frozen=True, slots=True)
class Translation:
    """What the calculator is given for a formula.

    Attributes
    ----------
    text : str
        With ``=``.
    areas : tuple of Area
        The cells that it reads.
    dynamic : bool
        Whether it may read other cells too, chosen while it is computed (``INDIRECT``).
    joins_text : bool
        Whether a number may become text in it.
    """

    text: str
    areas: tuple[Area, ...]
    dynamic: bool
    joins_text: bool


class _Part(NamedTuple):
    """A translated part: its text, its shape, and the cells it is or lies in."""

    text: str
    shape: Shape = None
    area: Area | None = None


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
    writer = _Writer(surroundings, sheet, row, column, exact_text)
    part = writer.write(tree, "V", block is not None)
    text = part.text
    if block is not None and block[:2] != block[2:]:
        text = f"{BLOCK}({block[2] - block[0] + 1},{block[3] - block[1] + 1},{text})"
    elif part.shape is not None or _may_give_cells(tree):
        text = f"@({text})"
    return Translation(
        "=" + text, tuple(dict.fromkeys(writer.areas)), writer.dynamic, writer.joins_text
    )


def _may_give_cells(tree: Node) -> bool:
    while isinstance(tree, Group) and len(tree.items) == 1:
        tree = tree.items[0]
    if isinstance(tree, Call):
        return tree.function in GIVES_CELLS
    return isinstance(tree, Reference) and tree.kind is Kind.NAME


def _fitted(shapes: Iterable[Shape]) -> Shape:
    """The shape of an operation on arrays: one row or column is repeated to fit the other."""
    result: Shape = None
    for shape in shapes:
        if shape is None:
            continue
        if result is None:
            result = shape
            continue
        result = (_fitted_side(result[0], shape[0]), _fitted_side(result[1], shape[1]))
    return result


def _fitted_side(a: int, b: int) -> int:
    if 0 in (a, b):
        return 0
    if a != b and 1 not in (a, b):
        raise reasons.unsupported("ranges of different sizes together", "大小不同的区域一起运算")
    return max(a, b)


class _Writer:
    """Writes one formula anew, part by part."""

    def __init__(
        self, surroundings: Surroundings, sheet: str, row: int, column: int, exact_text: bool
    ) -> None:
        self.surroundings = surroundings
        self.resolver = Resolver(surroundings, sheet, row, column)
        self.sheet = sheet
        self.row = row
        self.column = column
        self.exact_text = exact_text
        self.areas: list[Area] = []
        self.dynamic = False
        self.joins_text = False
        self._local: dict[str, _Part] = {}
        self._names: list[str] = []

    def write(self, node: Node, wanted: str, arrays: bool) -> _Part:
        """Write a part.

        Parameters
        ----------
        node : Node
        wanted : {"V", "R"}
            One value, or a range as it is (see :mod:`csm_xl.engine.array_rules`).
        arrays : bool
            Whether it stands in an array formula, so that nothing is cut to one value.
        """
        if may_be_range(node):
            meant = self.resolver.meant(node, frozenset(self._local))
            if isinstance(meant, Area):
                return self._area(meant, wanted, arrays)
            if isinstance(meant, list):
                raise reasons.unsupported("several ranges at once", "多个区域的联合引用")
            if isinstance(meant, str):
                return _Part(meant)
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Reference):
            return self._name(node, wanted, arrays)
        if isinstance(node, Call):
            return self._call(node, wanted, arrays)
        if isinstance(node, Binary):
            return self._binary(node, wanted, arrays)
        if isinstance(node, Prefix):
            return self._prefix(node, arrays)
        if isinstance(node, Postfix):
            return self._postfix(node, arrays)
        if isinstance(node, Group):
            inner = self.write(node.items[0], wanted, arrays)
            return _Part(f"({inner.text})", inner.shape, inner.area)
        if isinstance(node, ArrayConstant):
            return self._array_constant(node)
        assert isinstance(node, Apply)
        raise reasons.unsupported("a formula that makes functions", "自定义函数（LAMBDA）")

    # -- references -----------------------------------------------------------------------------

    def _area(self, area: Area, wanted: str, arrays: bool) -> _Part:
        if wanted == "V" and not arrays:
            cell = intersected(area, self.row, self.column)
            if cell is None:
                return _Part("#VALUE!")
            area = cell
        elif wanted == "V" and area.whole:
            # All sheets alike, so that B:B on two sheets still fits together.
            area = self.surroundings.cut(area, self.surroundings.sheets)
        self.areas.append(area)
        shape = None if area.single else (area.rows, area.columns)
        return _Part(area_text(area, self.sheet), shape, area)

    def _name(self, node: Reference, wanted: str, arrays: bool) -> _Part:
        if is_local(node, frozenset(self._local)):
            known = self._local[local_name(node.body)]
            return _Part(node.body, known.shape, known.area)
        tree = self.resolver.named(node)
        assert tree is not None
        key = f"{node.prefix}{node.body}".casefold()
        if key in self._names:
            raise reasons.endless_name(node.body)
        self._names.append(key)
        local, self._local = self._local, {}
        # What a name stands for is computed as an array formula.
        part = self.write(tree, wanted, True)
        self._local = local
        self._names.pop()
        return _Part(f"({part.text})", part.shape, part.area)

    # -- operators and constants ------------------------------------------------------------------

    def _literal(self, node: Literal) -> _Part:
        if node.kind is Kind.ERROR and node.text.upper() not in _KNOWN_ERRORS:
            raise reasons.unsupported(node.text, node.text)
        return _Part(node.text)

    def _array_constant(self, node: ArrayConstant) -> _Part:
        rows = [
            ",".join(self.write(element, "V", False).text for element in row) for row in node.rows
        ]
        shape = (len(node.rows), len(node.rows[0]))
        return _Part("{" + ";".join(rows) + "}", None if shape == (1, 1) else shape)

    def _prefix(self, node: Prefix, arrays: bool) -> _Part:
        if node.operator == "@":
            return self._single(node.operand)
        part = self.write(node.operand, "V", arrays)
        return _Part(f"{node.operator}{part.text}", part.shape)

    def _single(self, node: Node) -> _Part:
        part = self.write(node, "V", False)
        return _Part(part.text if part.area and part.area.single else f"@({part.text})")

    def _postfix(self, node: Postfix, arrays: bool) -> _Part:
        if node.operator == "#":
            raise reasons.unsupported("a spilled range", "溢出区域")
        part = self.write(node.operand, "V", arrays)
        return _Part(f"{part.text}%", part.shape)

    def _binary(self, node: Binary, wanted: str, arrays: bool) -> _Part:
        if node.operator == ":":
            return self._range(node)
        if node.operator == " ":
            raise reasons.unsupported("the intersection of computed ranges", "计算所得区域的交集")
        left = self.write(node.left, "V", arrays)
        right = self.write(node.right, "V", arrays)
        shape = _fitted((left.shape, right.shape))
        if node.operator == "&":
            self.joins_text = True
            if self.exact_text:
                return _Part(f"{JOINED}({left.text},{right.text})", shape)
        if node.operator in _COMPARISONS and shape is None:
            return self._comparison(node, left, right)
        return _Part(f"{left.text}{node.operator}{right.text}", shape)

    def _comparison(self, node: Binary, left: _Part, right: _Part) -> _Part:
        sides = [node.left, node.right]
        texts = [left.text, right.text]
        plain = f"{texts[0]}{node.operator}{texts[1]}"
        for side, other in ((0, 1), (1, 0)):
            literal, computed = sides[side], sides[other]
            if isinstance(literal, Literal) and literal.kind is not Kind.NUMBER:
                return _Part(plain)
            if isinstance(literal, Literal) and not literal.text.strip("0."):
                if not isinstance(computed, Binary) or computed.operator != "-" or side == 0:
                    return _Part(plain)
                # Excel makes a difference of almost nothing 0: A1-B1=0 asks whether they are equal.
                texts = [
                    self.write(computed.left, "V", False).text,
                    self.write(computed.right, "V", False).text,
                ]
        if all(isinstance(side, Literal) for side in sides):
            return _Part(plain)
        compared = _COMPARED[node.operator]
        return _Part(f"LET(csm_l,{texts[0]},csm_r,{texts[1]},{compared})")

    def _range(self, node: Binary) -> _Part:
        left = self.write(node.left, "R", False)
        right = self.write(node.right, "R", False)
        if left.area is None or right.area is None:
            raise reasons.unsupported("a range between computed cells", "由公式计算出端点的区域")
        around = spanning(left.area, right.area)
        if around is None:
            return _Part("#VALUE!")
        self.areas.append(around)
        return _Part(f"{left.text}:{right.text}", _SOME, around)

    # -- functions ----------------------------------------------------------------------------

    def _call(self, node: Call, wanted: str, arrays: bool) -> _Part:
        book = read_prefix(node.prefix)
        if book.book is not None and book.book != "0":
            raise reasons.external(book.book)
        if book.sheet is not None:
            raise reasons.external(book.sheet)
        function = node.function
        if function in self.surroundings.own_functions:
            return self._own_call(node, arrays)
        if function in ("ROW", "COLUMN", "ROWS", "COLUMNS"):
            return self._counted(node, arrays)
        if function == "LET":
            return self._let(node, wanted, arrays)
        if function == "SINGLE" and len(node.arguments) == 1:
            return self._single(node.arguments[0])
        if function == "ANCHORARRAY" and len(node.arguments) == 1:
            spilled = Postfix(node.start, node.end, "#", node.arguments[0])
            return self.write(spilled, wanted, arrays)
        if function in _NOT_TOLD:
            raise reasons.unsupported(f"the function {function}", f"函数 {function}")
        if not self.surroundings.known_function(function):
            raise reasons.unknown_function(bare_function(node.name))
        return self._built_in(node, wanted, arrays)

    def _built_in(self, node: Call, wanted: str, arrays: bool) -> _Part:
        function = node.function
        arguments = node.arguments
        classes = list(argument_classes(function, len(arguments)) or "R" * len(arguments))
        if function in DYNAMIC:
            self.dynamic = True
        if function in ("CONCATENATE", "CONCAT", "TEXTJOIN"):
            self.joins_text = True
            if self.exact_text and function != "TEXTJOIN":
                function = JOINED
        parts: list[_Part] = []
        written: list[str] = []
        for argument, kind in zip(arguments, classes, strict=True):
            if isinstance(argument, Omitted):
                parts.append(_Part(""))
                written.append("O")
                continue
            if kind == "R" and function in TAKES_ANY_NUMBER and may_be_range(argument):
                meant = self.resolver.meant(argument, frozenset(self._local))
                if isinstance(meant, list):
                    parts += [self._area(area, "R", arrays) for area in meant]
                    written += "R" * len(meant)
                    continue
            inner = {"V": "V", "R": "R", "A": "V", "P": wanted}[kind]
            parts.append(self.write(argument, inner, arrays or kind == "A"))
            written.append(kind)
        if function in ("SUBTOTAL", "AGGREGATE"):
            self._refuse_hidden_rows(parts)
        if any(kind == "V" and part.shape for kind, part in zip(written, parts, strict=True)):
            return self._for_each(function, written, parts)
        text = f"{function}({','.join(part.text for part in parts)})"
        return _Part(text, self._shape_of(function, written, parts), self._area_of(function, parts))

    def _for_each(self, function: str, written: list[str], parts: list[_Part]) -> _Part:
        """A function of one value, given an array: computed for each of its cells."""
        varying = [part.shape for kind, part in zip(written, parts, strict=True) if kind in "VP"]
        text = ",".join(part.text or "0" for part in parts)
        if function in _EACH_BY_ITSELF or function == JOINED:
            plain = ",".join(part.text for part in parts)
            return _Part(f"{function}({plain})", _fitted(varying))
        if function in GIVES_SEVERAL or function in ("SUBTOTAL", "AGGREGATE"):
            raise reasons.unsupported(
                f"the function {function} of an array", f"对数组使用的函数 {function}"
            )
        return _Part(f'{EACH}("{function}","{"".join(written)}",{text})', _fitted(varying))

    def _shape_of(self, function: str, written: list[str], parts: list[_Part]) -> Shape:
        if function in GIVES_SEVERAL:
            return _SOME
        if function == "INDEX":
            # A row or column number of 0, or none, means all of them.
            given = [part.text for part in parts[1:]]
            if len(given) == 1 and parts[0].shape and 1 in parts[0].shape and given[0] != "0":
                return None
            return None if given and all(text not in ("", "0") for text in given[:2]) else _SOME
        if function == "XLOOKUP":
            shape = parts[2].shape if len(parts) > 2 else None
            return None if shape and 1 in shape else _SOME
        if function in GIVES_CELLS or function in _EACH_BY_ITSELF:
            return _fitted(
                part.shape for kind, part in zip(written, parts, strict=True) if kind in "VP"
            )
        return None

    def _area_of(self, function: str, parts: list[_Part]) -> Area | None:
        return parts[0].area if function == "INDEX" and parts else None

    def _refuse_hidden_rows(self, parts: list[_Part]) -> None:
        for part in parts:
            if part.area is not None and self.surroundings.hides_rows(part.area):
                raise reasons.unsupported(
                    "a total of the rows that are shown", "只汇总可见行的函数"
                )

    def _counted(self, node: Call, arrays: bool) -> _Part:
        """ROW, COLUMN, ROWS and COLUMNS: known without looking at any cell."""
        function = node.function
        if not node.arguments:
            return _Part(str(self.row if function == "ROW" else self.column))
        if len(node.arguments) > 1:
            raise reasons.unsupported(f"{function} of two things", f"{function} 的两个参数")
        argument = node.arguments[0]
        meant = (
            self.resolver.meant(argument, frozenset(self._local))
            if may_be_range(argument)
            else None
        )
        if isinstance(meant, str):
            return _Part(meant)
        if not isinstance(meant, Area):
            if function in ("ROW", "COLUMN"):
                raise reasons.unsupported(
                    f"{function} of a computed range", f"计算所得区域的 {function}"
                )
            return _Part(f"{function}({self.write(argument, 'R', arrays).text})")
        if function in ("ROWS", "COLUMNS"):
            return _Part(str(meant.rows if function == "ROWS" else meant.columns))
        if meant.whole and arrays:
            meant = self.surroundings.cut(meant, self.surroundings.sheets)
        first, count = (
            (meant.block[0], meant.rows) if function == "ROW" else (meant.block[1], meant.columns)
        )
        if not arrays or count == 1:
            return _Part(str(first))
        size = f"{count},1" if function == "ROW" else f"1,{count}"
        return _Part(f"SEQUENCE({size},{first})", (count, 1) if function == "ROW" else (1, count))

    def _let(self, node: Call, wanted: str, arrays: bool) -> _Part:
        names, body = node.arguments[:-1], node.arguments[-1:]
        if not body or len(names) % 2:
            raise reasons.unsupported("LET with a value missing", "缺少参数的 LET")
        before = dict(self._local)
        written = []
        for name, value in zip(names[::2], names[1::2], strict=True):
            if not isinstance(name, Reference) or name.kind is not Kind.NAME:
                raise reasons.unsupported("LET with a name missing", "缺少名称的 LET")
            part = self.write(value, "R", arrays)
            written += [name.body, part.text]
            self._local[local_name(name.body)] = part
        result = self.write(body[0], wanted, arrays)
        self._local = before
        return _Part(f"LET({','.join([*written, result.text])})", result.shape, result.area)

    def _own_call(self, node: Call, arrays: bool) -> _Part:
        """A function of csm-xl: told where it stands and how each argument was written."""
        codes, texts = [], []
        for argument in node.arguments:
            code, text = self._own_argument(argument, arrays)
            codes.append(code)
            texts.append(text)
        place = f"{self.surroundings.sheets.index(self.sheet)}.{self.row}.{self.column}"
        texts.insert(0, f'"{place}.{"".join(codes)}"')
        one_value = self.surroundings.own_functions[node.function]
        return _Part(f"{node.function}({','.join(texts)})", None if one_value else _SOME)

    def _own_argument(self, argument: Node, arrays: bool) -> tuple[str, str]:
        if isinstance(argument, Omitted):
            return "o", "0"
        meant = (
            self.resolver.meant(argument, frozenset(self._local))
            if may_be_range(argument)
            else None
        )
        if isinstance(meant, list):
            return "m", "0"
        if isinstance(meant, Area) and meant.whole:
            return "w", self._area(self.surroundings.cut(meant), "R", arrays).text
        part = self.write(argument, "R", arrays)
        return ("r" if isinstance(meant, Area) or part.area is not None else "a"), part.text
