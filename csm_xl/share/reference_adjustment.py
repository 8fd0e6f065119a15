"""A native formula made to fit the copy: sheets that were left out, names, personal texts, today.

What refers to a sheet that is not in the copy gets that cell's value in its place, where Excel
takes a value there; else the whole formula keeps its value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from csm_xl.calc.array_rules import argument_classes
from csm_xl.calc.formualizer_engine import known_function
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import Scope, read_formula
from csm_xl.errors import EXCEL_ERRORS
from csm_xl.formulas.references import Area, quoted_sheet, read_prefix
from csm_xl.formulas.syntax import Binary, Call, Group, Node, Postfix, Prefix, Reference, walk
from csm_xl.formulas.tokens import FormulaSyntaxError, Kind, Token, tokenize
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.native.arguments import NoNativeForm, constant_text
from csm_xl.share.personal import Personal
from csm_xl.share.personal_patterns import kind_in
from csm_xl.share.rewrite import MAX_FORMULA, too_long

#: Their result is another one each time, or comes from outside the workbook.
_UNSTEADY = {"RAND", "RANDBETWEEN", "RANDARRAY"}
_OUTSIDE = re.compile(
    r"RTD|WEBSERVICE|FILTERXML|CUBE\w+|STOCKHISTORY|IMAGE|CALL|REGISTER\.ID|SQL\.REQUEST"
)
#: Functions of Excel that neither the calculator nor its rules know, but every Excel does.
_NAMES = (
    "CELL INFO ERROR.TYPE SHEET SHEETS ISREF AREAS FORMULATEXT HYPERLINK GETPIVOTDATA PHONETIC "
    "DBCS BAHTTEXT SUBTOTAL AGGREGATE LAMBDA LET ROW ROWS COLUMN COLUMNS NA SINGLE ANCHORARRAY"
)
_EXCEL_ONLY = frozenset(_NAMES.split())
_SKELETON = re.compile(r'("(?:[^"]|"")*")|(?<![\w.])(\$?[A-Za-z]{1,3}\$?)[0-9]{1,7}(?![\w.(!\[])')


def skeleton(text: str) -> str:
    """A formula without the numbers of its rows: formulas that are alike have one skeleton."""
    return _SKELETON.sub(lambda m: m[1] or f"{m[2]}#", text)


@dataclass
class Fitting:
    """Makes formulas fit the copy.

    Attributes
    ----------
    around : Scope
        Of the owner's workbook.
    sheets : dict of str to str
        The owner's sheets that are in the copy (in lower case), with their names there.
    names : set of str
        The defined names of the copy, in lower case.
    personal : Personal
    value : callable
        What a cell of the owner's workbook may show in the copy.
    today : datetime.date
        What ``TODAY()`` becomes: a filed copy must not change from day to day.
    columns : dict of (table, column) to str
        The columns of tables that have another name in the copy; tables in lower case.
    renamed : dict of str to str
        Names and tables (in lower case) that are called otherwise in the copy.
    dates_fixed : bool
        Whether ``TODAY()`` was met.
    """

    around: Scope
    sheets: dict[str, str]
    names: set[str]
    personal: Personal
    value: Callable[[str, int, int], CellValue]
    today: dt.date
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)
    dates_fixed: bool = False
    #: csm-xl's functions that are names in the copy.
    functions: frozenset[str] = frozenset()
    #: What became a value inside of a formula: sheet, row, column, the reference, the value.
    frozen: list[tuple[str, int, int, str, CellValue]] = field(default_factory=list)
    _unchanged: set[str] = field(default_factory=set)

    def fit(self, sheet: str, row: int, column: int, text: str) -> str:
        """The formula for the copy.

        Raises
        ------
        NoNativeForm
            When it must become a value.
        """
        shape = skeleton(text)
        if shape in self._unchanged:
            return text
        try:
            # What is printed may be several areas, which only stand together in parentheses.
            read_formula(f"({text})")
            tokens = tokenize(text)
            changed = dict(self._changes(sheet, row, column, text, tokens))
        except (FormulaSyntaxError, RecursionError) as error:
            raise NoNativeForm("The formula cannot be read.", "该公式无法解析。") from error
        except NotCalculated as error:
            raise NoNativeForm(error.text.en, error.text.zh) from error
        if not changed:
            self._unchanged.add(shape)
            return text
        pieces, done = [], 0
        for start, (end, new) in sorted(changed.items()):
            pieces += [text[done:start], new]
            done = end
        fitted = "".join([*pieces, text[done:]])
        if len(fitted) + 1 > MAX_FORMULA:
            raise too_long()
        return fitted

    def _changes(
        self, sheet: str, row: int, column: int, text: str, tokens: list[Token]
    ) -> Iterator[tuple[int, tuple[int, str]]]:
        """Start, end and new text of every part that is another one in the copy."""
        missing: list[Token] = []
        for position, token in enumerate(tokens):
            if token.kind is Kind.TEXT:
                inner = token.text[1:-1].replace('""', '"')
                clean = self.personal.text(inner)
                called = clean in self.columns.values() or self.personal.typed(inner)
                if clean != inner and not called and not self.personal.knows(inner):
                    raise NoNativeForm(
                        "It holds a text that may name somebody.", "它含有可能涉及个人的文字。"
                    )
                if clean != inner:
                    yield token.start, (token.end, constant_text(clean))
            elif token.kind is Kind.NUMBER:
                if float(token.text) in self.personal.numbers or kind_in(token.text):
                    raise NoNativeForm(
                        "It holds a telephone or ID number.", "它含有电话或证件号码。"
                    )
            elif token.kind is Kind.CALL:
                fixed = self._call(token, tokens[position + 1 : position + 3])
                if fixed is not None:
                    yield token.start, fixed
            elif token.kind in (Kind.AREA, Kind.NAME, Kind.STRUCTURED):
                if self._is_missing(token, sheet, row, column):
                    missing.append(token)
                    continue
                if token.kind is not Kind.AREA and token.body.casefold() in self.renamed:
                    start = token.start + len(token.prefix)
                    new = self.renamed[token.body.casefold()]
                    yield start, (start + len(token.body), new)
                if token.kind is Kind.STRUCTURED and self.columns:
                    brackets = self._brackets(token, sheet, row, column)
                    if brackets != token.brackets:
                        yield token.end - len(token.brackets), (token.end, brackets)
                if token.prefix:
                    renamed = self._renamed(token)
                    if renamed is not None:
                        yield token.start, (token.start + len(token.prefix), renamed)
        if missing:
            yield from self._values(sheet, row, column, text, missing)

    # -- references -----------------------------------------------------------------------------

    def _is_missing(self, token: Token, sheet: str, row: int, column: int) -> bool:
        """Whether what a token refers to is not in the copy.

        Raises
        ------
        NoNativeForm
            When it is in another workbook, or no more.
        """
        place = read_prefix(token.prefix)
        if place.book is not None and place.book != "0":
            raise NoNativeForm("It refers to another workbook.", "它引用了另一个工作簿。")
        if place.lost:
            return False
        if place.last_sheet is not None and place.sheet is not None:
            first, last = self.around.sheet(place.sheet), self.around.sheet(place.last_sheet)
            if first is None or last is None:
                return True
            between = self.around.sheets_between(first, last)
            if any(name.casefold() not in self.sheets for name in between):
                raise NoNativeForm(
                    "It adds up sheets that were left out.", "它汇总的工作表中有未包含在内的。"
                )
            return False
        if token.kind is Kind.NAME and (
            self.around.table(token.body) is None or place.sheet is not None
        ):
            return self._name_is_missing(token)
        if token.kind in (Kind.STRUCTURED, Kind.NAME):
            if not token.body:
                return False
            table = self.around.table(token.body)
            return table is None or table.sheet.casefold() not in self.sheets
        return place.sheet is not None and place.sheet.casefold() not in self.sheets

    def _name_is_missing(self, token: Token) -> bool:
        body = token.body.casefold()
        if body in self.names or body.startswith("_xlpm."):
            return False
        # A variable of LET or LAMBDA, or a name that never was, is no loss.
        return self.around.name(token.body, None) is not None or bool(token.prefix)

    def _brackets(self, token: Token, sheet: str, row: int, column: int) -> str:
        """The brackets of a structured reference, with the columns' names in the copy."""
        name = token.body
        if not name:
            table = self.around.table_at(sheet, row, column)
            name = "" if table is None else table.name
        brackets = token.brackets
        for (owner, old), new in self.columns.items():
            if owner == name.casefold():
                brackets = brackets.replace(f"[{_escaped(old)}]", f"[{_escaped(new)}]")
        return brackets

    def _renamed(self, token: Token) -> str | None:
        place = read_prefix(token.prefix)
        names = [name for name in (place.sheet, place.last_sheet) if name is not None]
        new = [self.sheets.get(name.casefold(), name) for name in names]
        if place.book is None and [n.casefold() for n in names] == [n.casefold() for n in new]:
            return None
        return quoted_sheet(":".join(new)) + "!" if new else ""

    # -- values in place of references -------------------------------------------------------------

    def _values(
        self, sheet: str, row: int, column: int, text: str, missing: list[Token]
    ) -> Iterator[tuple[int, tuple[int, str]]]:
        takes_value = {node.start for node in _values_taken(read_formula(text))}
        resolver = Resolver(self.around, sheet, row, column)
        for token in missing:
            node = Reference(
                token.start, token.end, token.kind, token.prefix, token.body, token.brackets
            )
            meant = resolver.meant(node)
            if token.start not in takes_value or not isinstance(meant, Area) or not meant.single:
                raise NoNativeForm(
                    "It refers to cells of a sheet that was left out.",
                    "它引用了未包含在副本中的工作表。",
                )
            value = self.value(meant.sheet, *meant.block[:2])
            if value is None or (isinstance(value, str) and value == ""):
                raise NoNativeForm(
                    "It refers to a blank cell of a sheet that was left out.",
                    "它引用了未包含在副本中的工作表的空单元格。",
                )
            self.frozen.append((sheet, row, column, token.text, value))
            yield token.start, (token.end, _literal(value))

    # -- functions --------------------------------------------------------------------------------

    def _call(self, token: Token, after: list[Token]) -> tuple[int, str] | None:
        """End and new text of a call that is another one in the copy."""
        name = re.sub(r"^(?:_xl\w+\.)+", "", token.body, flags=re.IGNORECASE).upper()
        if token.prefix and read_prefix(token.prefix).book != "0":
            raise NoNativeForm(
                f"It uses the function {name} of another file.",
                f"它使用了其他文件中的函数 {name}。",
            )
        if name == "ANCHORARRAY":
            raise NoNativeForm(
                "It reads a spilled range, which only newer Excels know.",
                "它引用了溢出区域，只有较新的 Excel 支持。",
            )
        if name in _UNSTEADY:
            raise NoNativeForm("It is random.", "它的结果是随机的。")
        if _OUTSIDE.fullmatch(name):
            raise NoNativeForm(
                f"{name} reads from outside the workbook.", f"{name} 会读取工作簿以外的数据。"
            )
        closed = len(after) == 2 and after[1].kind is Kind.CLOSE
        if name in ("TODAY", "NOW") and closed:
            self.dates_fixed = True
            return after[1].end, f"DATE({self.today.year},{self.today.month},{self.today.day})"
        if (
            name not in self.functions
            and argument_classes(name, 1) is None
            and name not in _EXCEL_ONLY
            and not known_function(name)
        ):
            raise NoNativeForm(
                f"It uses the function {name}, which Excel alone does not know.",
                f"它使用了 Excel 本身没有的函数 {name}。",
            )
        return None


def _escaped(column: str) -> str:
    """A column's name as a structured reference spells it."""
    return re.sub(r"(['\[\]#@])", r"'\1", column)


def _literal(value: CellValue) -> str:
    if isinstance(value, ErrorValue):
        if str(value) not in EXCEL_ERRORS:
            raise NoNativeForm("It refers to an error.", "它引用了错误值。")
        return str(value)
    text = constant_text(value)
    return f"({text})" if text.startswith("-") else text


def _values_taken(tree: Node) -> Iterator[Node]:
    """The references in a formula in whose place a value may stand."""
    if isinstance(tree, Reference):
        yield tree
    for node in walk(tree):
        if isinstance(node, Binary):
            if node.operator not in (" ", ":"):
                yield from _references(node.left, node.right)
        elif isinstance(node, Prefix):
            if node.operator != "@":
                yield from _references(node.operand)
        elif isinstance(node, Postfix):
            if node.operator == "%":
                yield from _references(node.operand)
        elif isinstance(node, Call):
            classes = argument_classes(node.function, len(node.arguments))
            for kind, argument in zip(classes or (), node.arguments, strict=False):
                if kind in "VP" and node.function not in _EXCEL_ONLY:
                    yield from _references(argument)


def _references(*nodes: Node) -> Iterator[Node]:
    for node in nodes:
        while isinstance(node, Group) and len(node.items) == 1:
            node = node.items[0]
        if isinstance(node, Reference):
            yield node
