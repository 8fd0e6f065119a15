"""Results that formualizer may have got wrong, seen from the cells it read.

It searches cells that are not in order differently from Excel, and refuses texts that Excel reads
as numbers or dates, ``"1,234"`` or ``"2024-05-06"``. Such results are not taken over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.dependents import Cell
from csm_xl.calc.formula_groups import FormulaGroup
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.known_differences import MAY_BE_NUMBER, SURELY_NUMBER
from csm_xl.calc.proved import unproved
from csm_xl.calc.repaired_functions import DONE_HERE
from csm_xl.calc.scope import Scope
from csm_xl.formulas.references import Area
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel

_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_POINT = re.compile(r"\d\.\d")
_DECIMALS_IN_TEXT = reasons.unsupported(
    "a number with decimals in a text, which is written as the language of Excel has it",
    "文本中的小数（写法取决于 Excel 的语言）",
)
#: A text that formualizer reckons with as a date or time.
_READ = re.compile(
    r"\s*(?:\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?|\d{1,2}:\d\d(?::\d\d)?)\s*"
)
#: Of a formula that reads more cells than this only so many are looked at.
_MOST = 20_000

#: Functions that look for something, and say #N/A where it is not there.
_FINDS = frozenset(
    [
        "HLOOKUP",
        "LOOKUP",
        "MATCH",
        "VLOOKUP",
        "XLOOKUP",
        "XMATCH",
        "FILTER",
        "NA",
        "INDEX",
        "IFS",
        "SWITCH",
    ]
)

_LOGICAL = frozenset({"AND", "IF", "IFS", "NOT", "OR", "XOR"})
_NOT_IN_ORDER = reasons.unsupported(
    "a search for the nearest value in cells that are not in order",
    "在未排序单元格中的近似匹配查找",
)
_TEXT_FOR_NUMBER = reasons.unsupported(
    "a text that stands for a number or date", "以文本形式存放的数字或日期"
)


class SuspectResults:
    """Looks for doubtful results.

    Parameters
    ----------
    scope : Scope
    model : WorkbookModel
        What cells hold that were not computed.
    results : mapping of cell to value
        What was computed.
    explained : collection of cell
        The formulas whose error a function that was handed in has explained.
    checked : collection of cell
        The formulas that gave what a spreadsheet program gave before their inputs changed.
    """

    def __init__(
        self,
        scope: Scope,
        model: WorkbookModel,
        results: Mapping[Cell, CellValue],
        explained: Collection[Cell],
        checked: Collection[Cell],
    ) -> None:
        self._scope = scope
        self._model = model
        self._results = results
        self._explained = explained
        self._checked = checked
        self._own = scope.own_functions.keys()
        self._in_order: dict[Area, bool] = {}

    def find(self, groups: Sequence[FormulaGroup]) -> Iterator[tuple[Cell, NotCalculated]]:
        """The formulas, by their first cells, whose results are in doubt, and why."""
        for group in groups:
            for row in group.rows if group.ordered else ():
                if not all(self._ordered(pattern.at(row)) for pattern in group.ordered):
                    yield (group.sheet, row, group.column), _NOT_IN_ORDER
        wrong = {
            cell
            for cell, value in self._results.items()
            if type(value) is ErrorValue and value == "#VALUE!"
        }
        yield from self._errors_of_unproved(groups)
        yield from self._hidden_errors(groups)
        if self._scope.decimal_comma:
            yield from self._points_in_text(groups)
        for group in groups if wrong else ():
            for row in group.rows:
                origin = (group.sheet, row, group.column)
                if any((group.sheet, *cell) in wrong for cell in group.cells(row)) and (
                    origin not in self._explained and self._reads_refused(group, row)
                ):
                    yield origin, _TEXT_FOR_NUMBER

    def _points_in_text(
        self, groups: Sequence[FormulaGroup]
    ) -> Iterator[tuple[Cell, NotCalculated]]:
        """Numbers with decimals in a text, where the owner's Excel writes a comma."""
        for group in groups:
            for row in group.rows if group.joins_text else ():
                values = (self._results.get((group.sheet, *cell)) for cell in group.cells(row))
                if any(isinstance(v, str) and _POINT.search(v) is not None for v in values):
                    yield (group.sheet, row, group.column), _DECIMALS_IN_TEXT

    def _hidden_errors(
        self, groups: Sequence[FormulaGroup]
    ) -> Iterator[tuple[Cell, NotCalculated]]:
        """Formulas that catch errors, and reckon with texts that only Excel reads as numbers."""
        for group in groups:
            for row in group.rows if group.numbers else ():
                origin = (group.sheet, row, group.column)
                if origin not in self._checked and any(
                    isinstance(value, str) and _refused(value) and not _READ.fullmatch(value)
                    for pattern in group.numbers
                    for value in islice(self._values(pattern.at(row)), _MOST)
                ):
                    yield origin, _TEXT_FOR_NUMBER

    def _errors_of_unproved(
        self, groups: Sequence[FormulaGroup]
    ) -> Iterator[tuple[Cell, NotCalculated]]:
        """Errors that no input explains, of functions that nobody proved: it may lack something."""
        for group in groups:
            names = unproved(group.functions - self._own - DONE_HERE)
            if not names:
                continue
            for row in group.rows:
                origin = (group.sheet, row, group.column)
                if origin in self._checked or origin in self._explained:
                    continue
                value = self._results.get(origin)
                if type(value) is not ErrorValue or value in ("#DIV/0!", "#NULL!"):
                    continue
                if value == "#N/A" and group.functions & _FINDS:
                    continue
                if not self._reads_error(group, row):
                    yield origin, reasons.unsure(value, names)

    def _reads_error(self, group: FormulaGroup, row: int) -> bool:
        if "#" in group.text(row):
            return True
        seen = 0
        for pattern in group.areas:
            for value in self._values(pattern.at(row)):
                if type(value) is ErrorValue:
                    return True
                seen += 1
                if seen > _MOST:
                    return True
        return False

    def _ordered(self, area: Area) -> bool:
        if area not in self._in_order:
            self._in_order[area] = in_order(list(self._values(area)))
        return self._in_order[area]

    def _reads_refused(self, group: FormulaGroup, row: int) -> bool:
        told = _refused_or_logical if group.functions & _LOGICAL else _refused
        if any(map(told, _TEXT.findall(group.text(row)))):
            return True
        seen = 0
        for pattern in group.areas:
            for value in self._values(pattern.at(row)):
                if isinstance(value, str) and told(value):
                    return True
                seen += 1
                if seen > _MOST:
                    return False
        return False

    def _values(self, area: Area) -> Iterator[CellValue]:
        r1, c1, r2, c2 = self._scope.cut(area).block
        for row in range(r1, r2 + 1):
            for column in range(c1, c2 + 1):
                cell = (area.sheet, row, column)
                if cell in self._results:
                    yield self._results[cell]
                else:
                    yield self._model.cached(*cell)


def _refused(text: str) -> bool:
    """Whether Excel may read a text as a number and formualizer does not everywhere."""
    return MAY_BE_NUMBER.fullmatch(text) is not None and SURELY_NUMBER.fullmatch(text) is None


def _refused_or_logical(text: str) -> bool:
    """Excel takes the text TRUE for a truth value where it needs one."""
    return text.strip().upper() in ("TRUE", "FALSE") or _refused(text)


def in_order(values: Sequence[CellValue]) -> bool:
    """Whether numbers ascend among numbers and texts among texts; blanks do not count."""
    if any(isinstance(value, ErrorValue) for value in values):
        return False
    numbers = [value for value in values if type(value) is float]
    texts = [value.casefold() for value in values if isinstance(value, str)]
    if not all(map(str.isascii, texts[1:])):
        # Their order is that of a language: Chinese by sound or by strokes. A title may be any text.
        return False
    return numbers == sorted(numbers) and texts == sorted(texts)
