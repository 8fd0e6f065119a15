"""Results that formualizer may have got wrong, seen from the cells it read.

It searches cells that are not in order differently from Excel, and refuses texts that Excel reads
as numbers or dates, ``"1,234"`` or ``"2024-05-06"``. Such results are not taken over.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from csm_xl.engine import reasons
from csm_xl.engine.dependents import Cell
from csm_xl.engine.differences import MAY_BE_NUMBER, SURELY_NUMBER
from csm_xl.engine.families import Family
from csm_xl.engine.model import CellValue, ErrorValue
from csm_xl.engine.reasons import NotCalculated
from csm_xl.engine.references import Area
from csm_xl.engine.surroundings import Surroundings

_TEXT = re.compile(r'"((?:[^"]|"")*)"')
#: Of a formula that reads more cells than this only so many are looked at.
_MOST = 20_000


class Doubts:
    """Looks for doubtful results.

    Parameters
    ----------
    surroundings : Surroundings
    results : mapping of cell to value
        What was computed.
    explained : collection of cell
        The formulas whose error a function of csm-xl has explained.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        results: Mapping[Cell, CellValue],
        explained: Collection[Cell],
    ) -> None:
        self._surroundings = surroundings
        self._results = results
        self._explained = explained
        self._in_order: dict[Area, bool] = {}

    def doubtful(self, families: Iterable[Family]) -> Iterator[tuple[Cell, NotCalculated]]:
        """The formulas, by their first cells, whose results are in doubt, and why."""
        for family in families:
            for row in family.rows:
                origin = (family.sheet, row, family.column)
                if any(not self._ordered(pattern.at(row)) for pattern in family.ordered):
                    yield (
                        origin,
                        reasons.unsupported(
                            "a search for the nearest value in cells that are not in order",
                            "在未排序单元格中的近似匹配查找",
                        ),
                    )
                elif self._refuses_text(family, row, origin):
                    yield (
                        origin,
                        reasons.unsupported(
                            "a text that stands for a number or date", "以文本形式存放的数字或日期"
                        ),
                    )

    def _ordered(self, area: Area) -> bool:
        if area not in self._in_order:
            self._in_order[area] = in_order(list(self._values(area)))
        return self._in_order[area]

    def _refuses_text(self, family: Family, row: int, origin: Cell) -> bool:
        if origin in self._explained:
            return False
        if not any(
            isinstance(value, ErrorValue) and value == "#VALUE!"
            for value in (self._results.get((family.sheet, *cell)) for cell in family.cells(row))
        ):
            return False
        if any(map(_refused, _TEXT.findall(family.text(row)))):
            return True
        seen = 0
        for pattern in family.areas:
            for value in self._values(pattern.at(row)):
                if isinstance(value, str) and _refused(value):
                    return True
                seen += 1
                if seen > _MOST:
                    return False
        return False

    def _values(self, area: Area) -> Iterator[CellValue]:
        r1, c1, r2, c2 = self._surroundings.cut(area).block
        for row in range(r1, r2 + 1):
            for column in range(c1, c2 + 1):
                cell = (area.sheet, row, column)
                if cell in self._results:
                    yield self._results[cell]
                else:
                    yield self._surroundings.constant(*cell)


def _refused(text: str) -> bool:
    """Whether Excel may read a text as a number and formualizer does not everywhere."""
    return MAY_BE_NUMBER.fullmatch(text) is not None and SURELY_NUMBER.fullmatch(text) is None


def in_order(values: Sequence[CellValue]) -> bool:
    """Whether numbers ascend among numbers and texts among texts; blanks do not count."""
    if any(isinstance(value, ErrorValue) for value in values):
        return False
    numbers = [value for value in values if type(value) is float]
    texts = [value.casefold() for value in values if isinstance(value, str)]
    return numbers == sorted(numbers) and texts == sorted(texts)
