"""Calls of functions written anew for the calculator (see :mod:`csm_xl.calc.translation`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.array_functions import EACH, JOINED, NUMBER, TRIMMED
from csm_xl.calc.array_rules import (
    DATES,
    DYNAMIC,
    GIVES_CELLS,
    GIVES_SEVERAL,
    NATIVE,
    ROUNDING,
    TAKES_ANY_NUMBER,
    argument_classes,
)
from csm_xl.calc.conditional_functions import CONDITIONAL
from csm_xl.calc.expression_writer import SOME, Part, PartWriter, Shape, fitted
from csm_xl.calc.indirect import ADDRESS
from csm_xl.calc.known_differences import Search, number_of, refuse_differences, search_of
from csm_xl.calc.repaired_functions import EACH_BY_ITSELF, left_empty, name_of, repaired
from csm_xl.calc.resolution import local_name
from csm_xl.calc.text_functions import FOLDING
from csm_xl.formulas.addresses import MAX_COLUMN, MAX_ROW
from csm_xl.formulas.references import Area, read_prefix
from csm_xl.formulas.syntax import (
    ArrayConstant,
    Call,
    Literal,
    Node,
    Omitted,
    Postfix,
    Reference,
    bare_function,
    may_be_range,
)
from csm_xl.formulas.tokens import Kind

#: Functions that formualizer computes for each cell of an array by itself.
_EACH_BY_ITSELF = frozenset({"IF", "IFERROR", "IFNA", "SIN", "COS", "TAN"})
#: Functions that ask for what the calculator is not told: formulas, formats, hidden things.
_NOT_TOLD = frozenset(
    {"CELL", "FORMULATEXT", "ISFORMULA", "ISREF", "SHEET", "SHEETS", "LAMBDA", "GROUPBY", "PIVOTBY"}
)


#: A criterion whose value the calculator takes for a text.
_CRITERION = re.compile(
    r'"(?P<sign><=|>=|<>|<|>|=)?'
    r'(?P<value>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}:\d\d(?::\d\d)?|-?\d+(?:\.\d+)?%)"'
)


def _size(area: Area) -> tuple[int, int]:
    return area.rows, area.columns


def _read_criteria(function: str, parts: list[Part]) -> None:
    """Dates, times and shares in criteria: ``">=2024-01-09"`` means the day's number."""
    first = 1 if function in ("SUMIF", "AVERAGEIF") or function.startswith("COUNT") else 2
    places = [first] if function in ("SUMIF", "AVERAGEIF") else range(first, len(parts), 2)
    for place in places:
        found = _CRITERION.fullmatch(parts[place].text) if place < len(parts) else None
        if found is not None:
            text = f'"{found["sign"] or "="}"&("{found["value"]}"+0)'
            parts[place] = parts[place]._replace(text=text)


def _count_backwards(parts: list[Part]) -> None:
    """``OFFSET`` with a height or width below zero means the cells above, or to the left."""
    for moved, size in ((1, 3), (2, 4)):
        if len(parts) <= size or not parts[size].text or parts[size].text.isdigit():
            continue
        given = parts[size].text
        start = parts[moved].text or "0"
        parts[moved] = parts[moved]._replace(text=f"{start}+IF({given}<0,{given}+1,0)")
        parts[size] = parts[size]._replace(text=f"ABS({given})")


class FormulaWriter(PartWriter):
    """Writes a whole formula anew."""

    def call(self, node: Call, wanted: str, arrays: bool) -> Part:
        """Write a call of a function."""
        book = read_prefix(node.prefix)
        if book.book is not None and book.book != "0":
            raise reasons.external(book.book)
        if book.sheet is not None:
            raise reasons.external(book.sheet)
        function = node.function
        self.functions.add(function)
        if function == "INDIRECT":
            return self._indirect(node, wanted, arrays)
        if function in self.scope.own_functions:
            return self._own_call(node, arrays)
        if function in ("ROW", "COLUMN", "ROWS", "COLUMNS"):
            return self._counted(node, arrays)
        if function == "LET":
            return self._let(node, wanted, arrays)
        if function == "SINGLE" and len(node.arguments) == 1:
            return self.single(node.arguments[0])
        if function == "ANCHORARRAY" and len(node.arguments) == 1:
            spilled = Postfix(node.start, node.end, "#", node.arguments[0])
            return self.write(spilled, wanted, arrays)
        if function in _NOT_TOLD:
            raise reasons.unsupported(f"the function {function}", f"函数 {function}")
        if not self.scope.known_function(function):
            raise reasons.unknown_function(bare_function(node.name))
        return self._built_in(node, wanted, arrays)

    def _built_in(self, node: Call, wanted: str, arrays: bool) -> Part:
        function = node.function
        arguments = node.arguments
        classes = list(argument_classes(function, len(arguments)) or "R" * len(arguments))
        if function in DYNAMIC:
            self.dynamic = True
        if function in ("CONCATENATE", "CONCAT", "TEXTJOIN"):
            self.joins_text = True
            exact = "text" in self.exact
            if exact and function != "CONCATENATE":
                raise reasons.unsupported("a long number in a text", "文本中位数很长的数字")
            function = JOINED if exact else function
        if function in ("FIXED", "DOLLAR"):
            self.joins_text = True
        if function in FOLDING:
            self.compares_text = True
        parts: list[Part] = []
        written: list[str] = []
        for argument, kind in zip(arguments, classes, strict=True):
            if isinstance(argument, Omitted):
                parts.append(Part(""))
                written.append("O")
                continue
            if kind == "R" and function in TAKES_ANY_NUMBER and may_be_range(argument):
                meant = self.meant(argument)
                if isinstance(meant, list):
                    parts += [self.cells(area, "R", arrays) for area in meant]
                    written += "R" * len(meant)
                    continue
            if function == "INDEX" and not parts and not isinstance(self.meant(argument), Area):
                # Of computed values it takes all, as SUMPRODUCT does.
                kind = "A"
            inner = {"V": "V", "R": "R", "A": "V", "P": wanted}[kind]
            place = len(parts)
            part = self.write(argument, inner, arrays or kind == "A")
            if place in DATES.get(function, ()) or (kind == "V" and function in ROUNDING):
                part = self._reckoned(function, argument, part)
            parts.append(part)
            written.append(kind)
        if function in ("SUBTOTAL", "AGGREGATE"):
            self._leave_out_hidden_rows(function, arguments, parts, written, arrays)
        refuse_differences(function, arguments, parts, self.scope.decimal_comma)
        if function in CONDITIONAL or function == "SUMPRODUCT":
            unequal = self._same_sizes(function, parts, arrays)
            if unequal is not None:
                return unequal
        if function in ("IRR", "MIRR") and parts:
            parts[0] = parts[0]._replace(text=f"{name_of('FLOWS')}({parts[0].text})")
        if function in CONDITIONAL:
            _read_criteria(function, parts)
        if function == "OFFSET":
            _count_backwards(parts)
        if function == "LOOKUP" and len(arguments) > 1 and parts[1].shape and not parts[1].area:
            return Part(f"{name_of(function)}({','.join(part.text for part in parts)})")
        if repaired(function, len(arguments), self.exact):
            return self._repaired(function, written, parts)
        search = search_of(function, arguments, parts)
        if search is not None and not search.exact:
            function = self._searched(function, search, arguments[1], parts, written)
        if function in ("N", "T") and parts and parts[0].area is None:
            # Of a range they take the first cell, of computed values each.
            written[0] = "V"
        if function == "TRIM":
            function = TRIMMED
        if any(kind == "V" and part.shape for kind, part in zip(written, parts, strict=True)):
            return self._for_each(function, written, parts)
        text = f"{function}({','.join(part.text for part in parts)})"
        if function == "VALUE":
            text = f"IFERROR({text},{NUMBER}({parts[0].text}))"
        area = parts[0].area if function == "INDEX" and parts else None
        return Part(text, self._shape_of(function, written, parts), area)

    def _reckoned(self, function: str, argument: Node, part: Part) -> Part:
        """An argument that is a number: a date written as a text is one, too."""
        if part.area is not None:
            self.numbers.append(part.area)
        number = isinstance(argument, Literal) and argument.kind is Kind.NUMBER
        if number or (function not in DATES and (function not in NATIVE or part.area is None)):
            return part
        return part._replace(text=f"({part.text}+0)")

    def _same_sizes(self, function: str, parts: list[Part], arrays: bool) -> Part | None:
        """Ranges that are gone through together: equal in size, or Excel gives ``#VALUE!``.

        What SUMIF and AVERAGEIF add up takes its size from the range of the condition.
        """
        if function in ("SUMIF", "AVERAGEIF"):
            tested, added = parts[0].area, parts[2].area if len(parts) > 2 else None
            if tested is not None and added is not None and _size(tested) != _size(added):
                r1, c1 = added.block[:2]
                last = (
                    min(r1 + tested.rows - 1, MAX_ROW),
                    min(c1 + tested.columns - 1, MAX_COLUMN),
                )
                parts[2] = self.cells(Area(added.sheet, (r1, c1, *last)), "R", arrays)
            return None
        if function == "SUMPRODUCT":
            shapes = {part.shape or (1, 1) for part in parts}
            known = all(0 not in shape for shape in shapes)
            return Part("#VALUE!") if known and len(shapes) > 1 else None
        first = 0 if function.startswith("COUNT") else 1
        ranges = [*parts[:first], *parts[first::2]]
        sizes = {_size(part.area) for part in ranges if part.area is not None}
        return Part("#VALUE!") if len(sizes) > 1 else None

    def _indirect(self, node: Call, wanted: str, arrays: bool) -> Part:
        """A text that names cells: their address, a defined name, a table's column."""
        written = self.written_out(node)
        if written is not None:
            return self.write(written, wanted, arrays)
        self.dynamic = True
        parts = [self.write(argument, "V", arrays) for argument in node.arguments]
        if not parts or parts[0].shape:
            raise reasons.unsupported("INDIRECT of an array", "对数组使用的 INDIRECT")
        place = f"{self.scope.sheets.index(self.sheet)}.{self.row}.{self.column}"
        style = parts[1].text or "0" if len(parts) > 1 else "1"
        return Part(f'INDIRECT({ADDRESS}("{place}",{parts[0].text},{style}))', SOME)

    def _repaired(self, function: str, written: list[str], parts: list[Part]) -> Part:
        """A call that is done here instead of by the calculator."""
        texts = [part.text or left_empty(function, place) for place, part in enumerate(parts)]
        if function in ("COUNTIF", "COUNTIFS"):
            # Blank cells below everything that is used count, too.
            area = parts[0].area
            texts.insert(0, str(area.rows * area.columns if area else 0))
        text = f"{name_of(function)}({','.join(texts)})"
        if function in EACH_BY_ITSELF:
            return Part(text, fitted(part.shape for part in parts))
        if function in ("XLOOKUP", "XMATCH") and parts[0].shape:
            return Part(text, parts[0].shape)
        if function in CONDITIONAL:
            varying = [p.shape for k, p in zip(written, parts, strict=True) if k == "V"]
            return Part(text, fitted(varying))
        return Part(text, self._shape_of(function, written, parts))

    def _searched(
        self, function: str, search: Search, node: Node, parts: list[Part], written: list[str]
    ) -> str:
        """Prepare a search for the nearest value; returns the function to be called."""
        if isinstance(node, ArrayConstant):
            return function
        area = self.meant(node)
        if not isinstance(area, Area) or search.descending:
            raise reasons.unsupported("a search for the nearest value", "近似匹配查找")
        if area.whole:
            area = self.scope.cut(area)
        r1, c1, r2, c2 = area.block
        line = (r1, c1, r1, c2) if search.by_row else (r1, c1, r2, c1)
        self.ordered.append(Area(area.sheet, line))
        if function != "MATCH":
            return function
        # Unlike LOOKUP, formualizer's MATCH gives up at a title above numbers.
        size = f"1,{area.columns}" if search.by_row else f"{area.rows},1"
        shape = (1, area.columns) if search.by_row else (area.rows, 1)
        parts[1:] = [self.cells(area, "R", True), Part(f"SEQUENCE({size})", shape)]
        written[1:] = ["R", "R"]
        return "LOOKUP"

    def _for_each(self, function: str, written: list[str], parts: list[Part]) -> Part:
        """A function of one value, given an array: computed for each of its cells."""
        varying = [part.shape for kind, part in zip(written, parts, strict=True) if kind in "VP"]
        text = ",".join(part.text or "0" for part in parts)
        if function in _EACH_BY_ITSELF or function in (JOINED, TRIMMED):
            plain = ",".join(part.text for part in parts)
            return Part(f"{function}({plain})", fitted(varying))
        if function in GIVES_SEVERAL or function in ("SUBTOTAL", "AGGREGATE"):
            raise reasons.unsupported(
                f"the function {function} of an array", f"对数组使用的函数 {function}"
            )
        return Part(f'{EACH}("{function}","{"".join(written)}",{text})', fitted(varying))

    def _shape_of(self, function: str, written: list[str], parts: list[Part]) -> Shape:
        if function in GIVES_SEVERAL:
            return SOME
        if function == "INDEX":
            # A row or column number of 0, or none, means all of them.
            given = [part.text for part in parts[1:]]
            if len(given) == 1 and parts[0].shape and 1 in parts[0].shape and given[0] != "0":
                return None
            return None if given and all(text not in ("", "0") for text in given[:2]) else SOME
        if function == "XLOOKUP":
            shape = parts[2].shape if len(parts) > 2 else None
            return None if shape and 1 in shape else SOME
        if function in GIVES_CELLS or function in _EACH_BY_ITSELF:
            return fitted(
                part.shape for kind, part in zip(written, parts, strict=True) if kind in "VP"
            )
        return None

    def _leave_out_hidden_rows(
        self,
        function: str,
        arguments: Sequence[Node],
        parts: list[Part],
        written: list[str],
        arrays: bool,
    ) -> None:
        """Of the ranges of SUBTOTAL and AGGREGATE write only the rows that count.

        Rows that a filter hides never count in SUBTOTAL; those hidden by hand count in its
        functions 1 to 11 and in AGGREGATE without option 1, 3, 5 or 7.
        """
        fixed = 1 if function == "SUBTOTAL" else 2
        chosen = number_of(arguments[0]) if arguments else None
        option = number_of(arguments[1]) if function == "AGGREGATE" and len(arguments) > 1 else 0
        shown: list[Part] = []
        codes: list[str] = []
        for part, code in zip(parts[fixed:], written[fixed:], strict=True):
            if part.area is None:
                shown.append(part)
                codes.append(code)
                continue
            plain = self.scope.shown(part.area, True)
            fewer = self.scope.shown(part.area, False)
            if plain == fewer == [part.area]:
                shown.append(part)
                codes.append(code)
                continue
            if chosen is None or option is None:
                raise reasons.unsupported(
                    "a total of the rows that are shown", "只汇总可见行的函数"
                )
            hides = chosen > 100 if function == "SUBTOTAL" else bool(int(option) % 2)
            rows = fewer if hides else plain if function == "SUBTOTAL" else [part.area]
            if rows == [part.area]:
                shown.append(part)
                codes.append(code)
                continue
            if not rows or (function == "AGGREGATE" and chosen > 13):
                raise reasons.unsupported(
                    "a total of the rows that are shown", "只汇总可见行的函数"
                )
            shown += [self.cells(area, "R", arrays) for area in rows]
            codes += code * len(rows)
        parts[fixed:], written[fixed:] = shown, codes

    def _counted(self, node: Call, arrays: bool) -> Part:
        """ROW, COLUMN, ROWS and COLUMNS: known without looking at any cell."""
        function = node.function
        if not node.arguments:
            return Part(str(self.row if function == "ROW" else self.column))
        if len(node.arguments) > 1:
            raise reasons.unsupported(f"{function} of two things", f"{function} 的两个参数")
        argument = node.arguments[0]
        meant = self.meant(argument)
        if isinstance(meant, str):
            return Part(meant)
        if not isinstance(meant, Area):
            if function in ("ROW", "COLUMN"):
                raise reasons.unsupported(
                    f"{function} of a computed range", f"计算所得区域的 {function}"
                )
            return Part(f"{function}({self.write(argument, 'R', arrays).text})")
        if function in ("ROWS", "COLUMNS"):
            return Part(str(meant.rows if function == "ROWS" else meant.columns))
        if meant.whole and arrays:
            meant = self.scope.cut(meant, self.scope.sheets)
        first, count = (
            (meant.block[0], meant.rows) if function == "ROW" else (meant.block[1], meant.columns)
        )
        if not arrays or count == 1:
            return Part(str(first))
        size = f"{count},1" if function == "ROW" else f"1,{count}"
        return Part(f"SEQUENCE({size},{first})", (count, 1) if function == "ROW" else (1, count))

    def _let(self, node: Call, wanted: str, arrays: bool) -> Part:
        names, body = node.arguments[:-1], node.arguments[-1:]
        if not body or len(names) % 2:
            raise reasons.unsupported("LET with a value missing", "缺少参数的 LET")
        before = dict(self.local)
        written = []
        for name, value in zip(names[::2], names[1::2], strict=True):
            if not isinstance(name, Reference) or name.kind is not Kind.NAME:
                raise reasons.unsupported("LET with a name missing", "缺少名称的 LET")
            part = self.write(value, "R", arrays)
            written += [name.body, part.text]
            self.local[local_name(name.body)] = part
        result = self.write(body[0], wanted, arrays)
        self.local = before
        return Part(f"LET({','.join([*written, result.text])})", result.shape, result.area)

    def _own_call(self, node: Call, arrays: bool) -> Part:
        """A function of csm-xl: told where it stands and how each argument was written."""
        codes, texts = [], []
        for argument in node.arguments:
            code, text = self._own_argument(argument, arrays)
            codes.append(code)
            texts.append(text)
        place = f"{self.scope.sheets.index(self.sheet)}.{self.row}.{self.column}"
        texts.insert(0, f'"{place}.{"".join(codes)}"')
        one_value = self.scope.own_functions[node.function]
        return Part(f"{node.function}({','.join(texts)})", None if one_value else SOME)

    def _own_argument(self, argument: Node, arrays: bool) -> tuple[str, str]:
        if isinstance(argument, Omitted):
            return "o", "0"
        meant = self.meant(argument)
        if isinstance(meant, list):
            return "m", "0"
        if isinstance(meant, Area) and meant.whole:
            code = "W" if self.scope.begins_block(meant) else "w"
            return code, self.cells(self.scope.cut(meant), "R", arrays).text
        part = self.write(argument, "R", arrays)
        cells = part.area is not None
        if isinstance(meant, Area):
            return "R" if self.scope.begins_block(meant) else "r", part.text
        if isinstance(argument, Call) and argument.function in GIVES_CELLS:
            # Where these cells are is known only once they are computed.
            return "R", part.text
        return "R" if cells else "a", part.text
