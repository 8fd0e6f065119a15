"""The tree of a formula, and changing parts of a formula without touching the rest.

Every node knows its place in the text. :func:`parse` reads a formula, :func:`walk` and
:func:`calls` find parts of it, :func:`replaced` puts new text in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from csm_xl.formulas.tokens import FormulaSyntaxError, Kind, Token, tokenize

#: Deeper nesting than any formula has that Excel accepts (64 functions, and parentheses).
MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula: ``formula[start:end]``."""

    start: int
    end: int

    @property
    def children(self) -> tuple[Node, ...]:
        """The parts directly below this one."""
        return ()


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, truth value or error; `text` as written."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """Cells, a name or a part of a table.

    Attributes
    ----------
    kind : Kind
        AREA, NAME or STRUCTURED.
    prefix : str
        Sheet or book as written, with ``!``; ``""`` when there is none.
    body : str
        ``$A$1:B2``, or the name of a name or table.
    brackets : str
        The part in brackets of a structured reference.
    """

    kind: Kind
    prefix: str
    body: str
    brackets: str


@dataclass(frozen=True, slots=True)
class Omitted(Node):
    """An argument left empty, as the second in ``IF(A1,,2)``."""


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call.

    Attributes
    ----------
    prefix : str
        The book before the function's name, with ``!``.
    name : str
        As written, with ``_xlfn.`` and the like.
    arguments : tuple of Node
        Without the spaces around them; an empty one is :class:`Omitted`.
    """

    prefix: str
    name: str
    arguments: tuple[Node, ...]

    @property
    def function(self) -> str:
        """The function's name in capitals, without the prefixes that files put before it."""
        return bare_function(self.name)

    @property
    def children(self) -> tuple[Node, ...]:
        """The arguments."""
        return self.arguments


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """``-x``, ``+x`` or ``@x``."""

    operator: str
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Postfix(Node):
    """``x%`` or ``x#``."""

    operator: str
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two operands and what stands between them; ``" "`` is the intersection of two ranges."""

    operator: str
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        """Both operands."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Group(Node):
    """Something in parentheses; several items are a union of ranges, ``(A1:A3,C1:C3)``."""

    items: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """What stands in the parentheses."""
        return self.items


@dataclass(frozen=True, slots=True)
class ArrayConstant(Node):
    """``{1,2;3,4}``: `rows` of literals, a sign kept as :class:`Prefix`."""

    rows: tuple[tuple[Node, ...], ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """Every element, row by row."""
        return tuple(element for row in self.rows for element in row)


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A call of what a formula computed, ``LAMBDA(x,x+1)(2)``."""

    callee: Node
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        """The callee, then the arguments."""
        return (self.callee, *self.arguments)


_FILE_PREFIXES = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.|_xll\.)+", re.IGNORECASE)

#: How tightly an operator between two operands binds.
_BINDING = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3}
_BINDING |= {"*": 4, "/": 4, "^": 5, " ": 8, ":": 9}
_PERCENT, _SIGN, _SPILL = 6, 7, 10


def bare_function(name: str) -> str:
    """``FILTER`` for ``_xlfn._xlws.FILTER``."""
    return _FILE_PREFIXES.sub("", name).upper()


def parse(formula: str) -> Node:
    """The tree of a formula.

    Parameters
    ----------
    formula : str
        As stored in a file, without ``=``.

    Raises
    ------
    FormulaSyntaxError
        When it is not a formula.
    """
    return _Parser(formula).whole()


class _Parser:
    def __init__(self, formula: str) -> None:
        self._formula = formula
        self._tokens = [t for t in tokenize(formula) if t.kind is not Kind.SPACE]
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        tree = self._expression(0)
        if self._next < len(self._tokens):
            raise self._wrong()
        return tree

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> Token:
        token = self._peek()
        if token is None:
            raise self._wrong()
        self._next += 1
        return token

    def _is(self, kind: Kind) -> bool:
        token = self._peek()
        return token is not None and token.kind is kind

    def _expect(self, kind: Kind) -> Token:
        if not self._is(kind):
            raise self._wrong()
        return self._take()

    def _wrong(self) -> FormulaSyntaxError:
        token = self._peek()
        position = token.start if token else len(self._formula)
        return FormulaSyntaxError(position, self._formula[position:])

    def _expression(self, binding: int) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong()
        node = self._operand()
        while True:
            operator = self._operator_after(node)
            if operator is None or _tightness(operator) <= binding:
                break
            if operator in ("%", "#"):
                node = Postfix(node.start, self._take().end, operator, node)
            elif operator == "(":
                arguments, end = self._arguments()
                node = Apply(node.start, end, node, arguments)
            else:
                if operator != " ":
                    self._take()
                right = self._expression(_tightness(operator))
                node = Binary(node.start, right.end, operator, node, right)
        self._depth -= 1
        return node

    def _operator_after(self, node: Node) -> str | None:
        token = self._peek()
        if token is None:
            return None
        if token.kind is Kind.OPERATOR and token.text != "@":
            return token.text
        if token.kind is Kind.OPEN and token.start == node.end:
            return "("
        starts = (Kind.AREA, Kind.NAME, Kind.STRUCTURED, Kind.CALL, Kind.OPEN)
        # Only ranges intersect, and only where a space stands between them.
        if token.kind in starts and token.start > node.end and may_be_range(node):
            return " "
        return None

    def _operand(self) -> Node:
        token = self._take()
        if token.kind is Kind.OPERATOR and token.text in ("-", "+", "@"):
            operand = self._expression(_SIGN)
            return Prefix(token.start, operand.end, token.text, operand)
        if token.kind in (Kind.NUMBER, Kind.TEXT, Kind.LOGICAL, Kind.ERROR):
            return Literal(token.start, token.end, token.kind, token.text)
        if token.kind in (Kind.AREA, Kind.NAME, Kind.STRUCTURED):
            return Reference(
                token.start, token.end, token.kind, token.prefix, token.body, token.brackets
            )
        if token.kind is Kind.CALL:
            arguments, end = self._arguments()
            return Call(token.start, end, token.prefix, token.body, arguments)
        if token.kind is Kind.OPEN:
            items = [self._expression(0)]
            while self._is(Kind.COMMA):
                self._take()
                items.append(self._expression(0))
            return Group(token.start, self._expect(Kind.CLOSE).end, tuple(items))
        if token.kind is Kind.BRACE_OPEN:
            return self._array(token)
        self._next -= 1
        raise self._wrong()

    def _arguments(self) -> tuple[tuple[Node, ...], int]:
        """The arguments between two parentheses, and where the second one ends."""
        self._expect(Kind.OPEN)
        if self._is(Kind.CLOSE):
            return (), self._take().end
        arguments: list[Node] = []
        while True:
            token = self._peek()
            if token is not None and token.kind in (Kind.COMMA, Kind.CLOSE):
                arguments.append(Omitted(token.start, token.start))
            else:
                arguments.append(self._expression(0))
            if self._is(Kind.COMMA):
                self._take()
            else:
                return tuple(arguments), self._expect(Kind.CLOSE).end

    def _array(self, opening: Token) -> ArrayConstant:
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while True:
            token = self._take()
            if token.kind is Kind.OPERATOR and token.text in ("-", "+"):
                number = self._expect(Kind.NUMBER)
                literal = Literal(number.start, number.end, number.kind, number.text)
                row.append(Prefix(token.start, number.end, token.text, literal))
            elif token.kind in (Kind.NUMBER, Kind.TEXT, Kind.LOGICAL, Kind.ERROR):
                row.append(Literal(token.start, token.end, token.kind, token.text))
            else:
                self._next -= 1
                raise self._wrong()
            after = self._take()
            if after.kind in (Kind.SEMICOLON, Kind.BRACE_CLOSE):
                rows.append(tuple(row))
                row = []
                if after.kind is Kind.BRACE_CLOSE:
                    if len(set(map(len, rows))) > 1:
                        raise FormulaSyntaxError(opening.start, self._formula[opening.start :])
                    return ArrayConstant(opening.start, after.end, tuple(rows))
            elif after.kind is not Kind.COMMA:
                self._next -= 1
                raise self._wrong()


def _tightness(operator: str) -> int:
    if operator in ("#", "("):
        return _SPILL
    return _PERCENT if operator == "%" else _BINDING[operator]


def may_be_range(node: Node) -> bool:
    """Whether a part of a formula can stand for cells (and not only for their values)."""
    if isinstance(node, Group):
        return all(map(may_be_range, node.items))
    if isinstance(node, Binary):
        return node.operator in (" ", ":")
    if isinstance(node, Postfix):
        return node.operator == "#"
    return isinstance(node, Reference | Call)


def walk(node: Node) -> Iterator[Node]:
    """A node and everything below it, in the order of the text."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.children))


def calls(tree: Node, functions: Iterable[str] | None = None) -> Iterator[Call]:
    """The function calls in a tree, outer ones first.

    Parameters
    ----------
    tree : Node
    functions : iterable of str, optional
        Only calls of these functions, in capitals and without file prefixes; all if left out.
    """
    wanted = None if functions is None else set(functions)
    for node in walk(tree):
        if isinstance(node, Call) and (wanted is None or node.function in wanted):
            yield node


def replaced(formula: str, changes: Iterable[tuple[Node, str]]) -> str:
    """The formula with new texts in place of some of its parts.

    Parameters
    ----------
    formula : str
    changes : iterable of (Node, str)
        Parts that do not overlap, in any order. For a call within a call, build the outer one's
        new text from the inner one's.

    Raises
    ------
    ValueError
        When parts overlap.
    """
    pieces, done = [], 0
    for node, text in sorted(changes, key=lambda change: (change[0].start, change[0].end)):
        if node.start < done:
            raise ValueError("the parts to be replaced overlap")
        pieces += [formula[done : node.start], text]
        done = node.end
    return "".join([*pieces, formula[done:]])
