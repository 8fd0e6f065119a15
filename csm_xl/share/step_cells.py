"""Steps of formulas that would be too long in one cell: each in a cell to the right of its sheet's.

A call within a call stands in a native form as often as the outer one reads it, and Excel takes
8,192 characters. Beside the same row every reference of the formula means what it meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from csm_xl.formulas.addresses import MAX_COLUMN, cell_address
from csm_xl.language import Text
from csm_xl.share.copy_model import CopyBook, CopyFormula, CopySheet, Place
from csm_xl.share.regions import Region

#: Columns left empty between a sheet's own cells and the steps.
_GAP = 1
_TITLE = Text("Step {n} of {title}", "“{title}”的第 {n} 步")


@dataclass
class StepCells:
    """The cells that hold steps.

    Parameters
    ----------
    used : callable
        The last column used on a sheet of the owner's.
    """

    used: Callable[[str], int]
    _columns: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=dict)
    _written: list[_Written] = field(default_factory=list)

    def of(self, sheet: str, row: int, column: int) -> StepsOfOne:
        """The steps of one formula."""
        return StepsOfOne(self, sheet, row, column)

    def column(self, sheet: str, column: int, n: int) -> int:
        """Where the n-th step of a column's formulas stands; the same in every row."""
        key = (sheet, column, n)
        if key not in self._columns:
            place = self._next.get(sheet) or self.used(sheet) + _GAP + 1
            self._columns[key], self._next[sheet] = place, place + 1
        return self._columns[key]

    def write(
        self, sheet: CopySheet, steps: StepsOfOne, texts: list[str], titles: dict[Place, str]
    ) -> list[Place]:
        """Put the steps of one formula into the copy.

        Parameters
        ----------
        sheet : CopySheet
        steps : StepsOfOne
        texts : list of str
            The formula of each step as the copy writes it, without ``=``.
        titles : dict of (row, column) to str

        Returns
        -------
        list of (row, column)
            Where they stand.
        """
        places = [(steps.row, column) for column, _ in steps.placed]
        for place, text in zip(places, texts, strict=True):
            sheet.put_formula(*place, CopyFormula(text))
        for place, title in titles.items():
            sheet.values[place] = title
        self._written.append(_Written(sheet, (steps.row, steps.column), places, [*titles]))
        return places

    def drop_unused(self, copy: CopyBook) -> None:
        """Take away the steps of formulas that became values, and the titles over nothing."""
        used = {
            (one.sheet.name, *place)
            for one in self._written
            if one.formula in one.sheet.formulas
            for place in (*one.places, *one.titles)
        }
        dropped = set()
        for one in self._written:
            for place in (*one.places, *one.titles):
                if (one.sheet.name, *place) not in used:
                    one.sheet.put_value(*place, None)
                    dropped.add((one.sheet.name, *place))
        copy.kept = [k for k in copy.kept if (k.sheet, k.row, k.column) not in dropped]


@dataclass(frozen=True)
class _Written:
    """The cells of one formula's steps, and of their titles."""

    sheet: CopySheet
    formula: Place
    places: list[Place]
    titles: list[Place]


@dataclass
class StepsOfOne:
    """The steps of one formula, in the order in which each needs those before it.

    Attributes
    ----------
    texts : list of str
        Native formulas, without ``=``.
    """

    cells: StepCells
    sheet: str
    row: int
    column: int
    texts: list[str] = field(default_factory=list)

    def put(self, text: str) -> str | None:
        """The address of the cell that holds a step; None where the sheet has no column left."""
        n = self.texts.index(text) if text in self.texts else len(self.texts)
        if self._place(n) > MAX_COLUMN:
            return None
        if n == len(self.texts):
            self.texts.append(text)
        return cell_address(self.row, self._place(n))

    @property
    def placed(self) -> list[tuple[int, str]]:
        """The column of each step, with its text."""
        return [(self._place(n), text) for n, text in enumerate(self.texts)]

    def titles(self, region: Region | None, title: str) -> list[tuple[int, int, Text]]:
        """The row and column of each step's title, and the title; nothing outside of a table."""
        if region is None or region.header is None or region.header >= self.row:
            return []
        return [
            (region.header, self._place(n), _TITLE.fill(n=n + 1, title=title))
            for n in range(len(self.texts))
        ]

    def _place(self, n: int) -> int:
        return self.cells.column(self.sheet, self.column, n)
