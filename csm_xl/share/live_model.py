"""The churn probability as a formula in the copy: which rows, and what each of them says.

Every customer's cells are first read on a sheet of their own, in the rows that they have on the
owner's sheet, because one formula with everything in it would be too long for Excel, and because a
person can then see how each cell was read.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from csm_xl.churn import native_formulas as native
from csm_xl.churn.feature_values import find_columns
from csm_xl.churn.formula import ChurnFormula
from csm_xl.churn.risk import RISKS, cuts_of, risk_levels
from csm_xl.errors import SheetError
from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.references import quoted_sheet
from csm_xl.language import Language, Text
from csm_xl.native.arguments import Argument, NoNativeForm, constant_text
from csm_xl.native.figures import checked
from csm_xl.native.rows import Context
from csm_xl.share.cell_conversion import Copying
from csm_xl.share.copy_model import ROW, CopyBook, CopyFormula
from csm_xl.share.pseudonyms import as_text
from csm_xl.share.regions import Region
from csm_xl.vocabulary import layout
from csm_xl.vocabulary.cell_readers import folded
from csm_xl.vocabulary.cells import is_blank, rows_of

#: Names of the sheets that explain the model.
TERMS = Text("Churn formula", "流失公式")
READINGS = Text("Readings", "读取值")
EXAMPLE = Text("Worked example", "计算示例")
#: Where the first table of the model begins, below a title and a few words.
FIRST_ROW = 6
TYPED = Text(
    "A number, a date or a blank of this customer is a text, which not every Excel reads alike.",
    "该客户的某个数字、日期或空白是文本，不同的 Excel 读法不同。",
)
#: A written score is the model's own to this.
TOLERANCE = 1e-9
#: So many rows at each end, and as many in between, are computed before the copy is written.
CHECKED = 20
#: Numbers of the formulas that the customers' columns have in common.
_PROBABILITY, _RISK, _PRODUCT, _ROUNDED = 1, 2, 3, 4


@dataclass
class LiveModel:
    """The model of a workbook, and the customers it scores.

    Attributes
    ----------
    formula : ChurnFormula
    lang : {"en", "zh"}
    tables : native.ModelSheet
        The model as tables.
    terms_sheet, readings_sheet, example_sheet : str
    region : Region or None
        The customers; None where they are not in the copy.
    sheet : str
        Their sheet in the copy.
    features : list of int
        The sheet's columns in trained order.
    probability : int
        The sheet's column of the score.
    live, stale : list of int
        Rows whose score is what the model gives for the cells as they are now, and the others.
    frozen : list of int
        Rows whose score is the model's for the cells as they are, but whose texts in place of
        numbers not every Excel reads as the model does.
    readings : list of lists of float
        For each feature, how the cells of the live rows are read.
    also_read : set of int
        Rows that ``CHURN_PROB`` asks for.
    used : bool
        Whether a formula of the copy reads the model.
    """

    formula: ChurnFormula
    lang: Language
    tables: native.ModelSheet
    terms_sheet: str
    readings_sheet: str
    example_sheet: str
    region: Region | None = None
    sheet: str = ""
    features: list[int] = field(default_factory=list)
    probability: int = 0
    correction: int | None = None
    corrected: set[int] = field(default_factory=set)
    live: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    frozen: list[int] = field(default_factory=list)
    readings: list[list[float]] = field(default_factory=list)
    also_read: set[int] = field(default_factory=set)
    used: bool = False
    #: How the copy shows a text of a feature's cells.
    category: Callable[[str, str], str] = field(default=lambda feature, text: text, repr=False)

    @cached_property
    def live_rows(self) -> frozenset[int]:
        """The rows whose score is a formula."""
        return frozenset(self.live)

    def shown_customer(self, copy: CopyBook) -> str:
        """The first customer with a score, as the copy calls it."""
        assert self.region is not None
        column = _name_column(self.region)
        held = (copy.cached(self.sheet, row, column) for row in self.live)
        return next((as_text(value) for value in held if not is_blank(value)), "")

    @property
    def read_rows(self) -> list[int]:
        """The rows whose cells are read on a sheet of their own."""
        return sorted({*self.live, *self.also_read})

    # -- the customers' column --------------------------------------------------------------------

    def fill(self, copying: Copying, context: Context) -> None:
        """Put formulas in place of the scores, and of what follows from them."""
        for row in self.frozen:
            copying.copy.keep(self.sheet, row, self.probability, TYPED)
        if self.region is None or not self.live:
            return
        self.used = True
        letters = [column_letters(column) for column in self.features]
        home = [f"{letter}{ROW}" for letter in letters]
        readings = [self._reading_cell(k, ROW) for k in range(len(letters))]
        pattern = self.tables.row_formula(home, readings, self.terms_sheet).removeprefix("=")
        corrected = pattern
        if self.correction is not None:
            cell = f"{column_letters(self.correction)}{ROW}"
            corrected = self.tables.row_formula(
                home, readings, self.terms_sheet, correction=cell
            ).removeprefix("=")
        sheet = copying.copy.sheets[self.sheet]
        owner = self.region.sheet
        known = copying.copy.known.setdefault(self.sheet, set())
        checked_rows = self.checked_rows()
        for row in self.live:
            text = corrected if row in self.corrected else pattern
            value = copying.book.cached(owner, row, self.probability)
            formula = CopyFormula(text, group=_PROBABILITY, row=row)
            sheet.put_formula(row, self.probability, formula, value)
            if row in checked_rows:
                copying.expected[self.sheet, row, self.probability] = value
            else:
                known.add((row, self.probability))
        self._follow(copying, context)

    def reads_alike(self, cells: Sequence[object]) -> bool:
        """Whether the formulas read one customer's cells, in trained order, as the model does."""
        return all(map(native.reads_alike, self.formula.terms, cells))

    def checked_rows(self) -> set[int]:
        """The rows whose formulas are computed before the copy is written.

        All rows have the same formulas, and the model itself gave what they must give; a sample
        shows that the formulas read the right cells.
        """
        step = max(1, len(self.live) // CHECKED)
        return {*self.live[:CHECKED], *self.live[::step], *self.live[-CHECKED:]}

    def _follow(self, copying: Copying, context: Context) -> None:
        """Risk and revenue at risk follow the probability, where today's cells say they do."""
        assert self.region is not None
        columns = layout.match_headers(self.region.headers, "customers").columns
        start = self.region.body[1]
        places = {key: start + place for key, place in columns.items()}
        sheet = copying.copy.sheets[self.sheet]
        p = f"{column_letters(self.probability)}{ROW}"
        limits = [
            context.setting(key, default)
            for key, default in zip(("risk_medium", "risk_high"), self._cuts(), strict=True)
        ]
        words = [constant_text(risk.within(self.lang)) for risk in RISKS]
        risk = f"IF({p}>={limits[1]},{words[2]},IF({p}>={limits[0]},{words[1]},{words[0]}))"
        for row in self.live:
            if "risk" in places and self._risk_is(copying, row, places["risk"]):
                formula = CopyFormula(risk, group=_RISK, row=row)
                self._put(copying, sheet, row, places["risk"], formula)
            if {"clv", "value_at_risk"} <= places.keys():
                self._put_product(copying, sheet, row, places)

    def _cuts(self) -> tuple[float, float]:
        """The cuts that were learned with the model, for a workbook without Settings."""
        cuts = cuts_of(self.formula.meta)
        return cuts.medium, cuts.high

    def _put(
        self, copying: Copying, sheet: Any, row: int, column: int, formula: CopyFormula
    ) -> None:
        assert self.region is not None
        value = copying.book.cached(self.region.sheet, row, column)
        if (row, column) in sheet.formulas:
            return
        sheet.put_formula(row, column, formula, value)
        copying.expected[self.sheet, row, column] = value

    def _risk_is(self, copying: Copying, row: int, column: int) -> bool:
        assert self.region is not None
        held = copying.book.cached(self.region.sheet, row, column)
        p = copying.book.cached(self.region.sheet, row, self.probability)
        assert isinstance(p, float)
        limits = [copying.setting("risk_medium"), copying.setting("risk_high")]
        medium, high = (
            value if isinstance(value, float) else default
            for value, default in zip(limits, self._cuts(), strict=True)
        )
        code = risk_levels(np.array([p]), medium, high)[0]
        return held == RISKS[code].within(self.lang)

    def _put_product(
        self, copying: Copying, sheet: Any, row: int, places: Mapping[str, int]
    ) -> None:
        assert self.region is not None
        p, value, product = (
            copying.book.cached(self.region.sheet, row, column)
            for column in (self.probability, places["clv"], places["value_at_risk"])
        )
        numbers = [x for x in (p, value, product) if isinstance(x, float)]
        if len(numbers) < 3:
            return
        text = f"{column_letters(self.probability)}{ROW}*{column_letters(places['clv'])}{ROW}"
        group = _PRODUCT
        if not math.isclose(numbers[0] * numbers[1], numbers[2], rel_tol=TOLERANCE):
            # Refresh writes amounts of money.
            if not math.isclose(round(numbers[0] * numbers[1], 2), numbers[2], abs_tol=TOLERANCE):
                return
            text, group = f"ROUND({text},2)", _ROUNDED
        self._put(
            copying, sheet, row, places["value_at_risk"], CopyFormula(text, group=group, row=row)
        )

    def reading_formulas(self, copy: CopyBook) -> None:
        """Fill the sheet on which the customers' cells are read."""
        if self.region is None or not self.read_rows:
            return
        sheet = copy.sheets[self.readings_sheet]
        home = quoted_sheet(self.sheet)
        name = column_letters(_name_column(self.region))
        known = copy.known.setdefault(self.readings_sheet, set())
        checked_rows = self.checked_rows()
        for k, column in enumerate(self.features):
            address = f"{home}!{column_letters(column)}{ROW}"
            pattern = self.tables.reading_formula(k, address, self.terms_sheet).removeprefix("=")
            for row, reading in zip(self.live, self.readings[k], strict=True):
                formula = CopyFormula(pattern, group=k + 1, row=row)
                sheet.put_formula(row, k + 2, formula, reading)
                if row not in checked_rows:
                    known.add((row, k + 2))
            for row in self.also_read.difference(self.live):
                sheet.put_formula(row, k + 2, CopyFormula(pattern, row=row))
        called = f'{home}!{name}{ROW}&""'
        for row in self.read_rows:
            formula = CopyFormula(called, group=len(self.features) + 1, row=row)
            sheet.put_formula(row, 1, formula)

    # -- CHURN_PROB in the owner's formulas ---------------------------------------------------------

    def at(self, features: Argument, headers: Argument, row: int) -> str:
        """The probability of the customer in one row of `features`, for ``CHURN_PROB``."""
        titles, titled = self._titles(features, headers)
        if titled and row == 0:
            return '""'
        try:
            found = find_columns(dict.fromkeys(titles, ()), self.formula.features)
        except SheetError as error:
            raise NoNativeForm(error.text.en, error.text.zh) from error
        addresses = [
            features.cell(row, titles.index(found[name])).text for name in self.formula.features
        ]
        assert features.held is not None
        held = [features.held[row][titles.index(found[name])] for name in self.formula.features]
        if not self.reads_alike(held):
            raise NoNativeForm(TYPED.en, TYPED.zh)
        number = self._customer(features, [titles.index(found[name]) for name in found], row)
        # A cell with CHURN_PROB is the formula alone.
        if number in self.live_rows and number not in self.corrected:
            return f"{quoted_sheet(self.sheet)}!{column_letters(self.probability)}{number}"
        readings = None
        if number is not None:
            self.also_read.add(number)
            readings = [self._reading_cell(k, str(number)) for k in range(len(addresses))]
        try:
            text = self.tables.row_formula(addresses, readings, self.terms_sheet)
        except ValueError:
            raise NoNativeForm(
                "The model is too large for one formula; the scores of the customers are formulas.",
                "模型太大，无法写进一个公式；客户表中的评分仍是公式。",
            ) from None
        self.used = True
        whole = features.row(row).text
        return checked([(f'SUMPRODUCT(--({whole}<>""))=0', '""')], text.removeprefix("="))

    def over(self, features: Argument, headers: Argument) -> str:
        """The probabilities of several customers at once: their column, where they stand in it."""
        titles, titled = self._titles(features, headers)
        found = find_columns(dict.fromkeys(titles, ()), self.formula.features)
        places = [titles.index(found[name]) for name in found]
        rows = [self._customer(features, places, row) for row in range(features.rows)]
        if titled or not all(row in self.live_rows for row in rows):
            raise NoNativeForm(
                "Not all of these customers have a score that is a formula.",
                "这些客户的评分并非都是公式。",
            )
        letters = column_letters(self.probability)
        scores = f"{quoted_sheet(self.sheet)}!{letters}{rows[0]}:{letters}{rows[-1]}"
        if self.correction is None or self.corrected.isdisjoint(row for row in rows if row):
            return scores
        letters = column_letters(self.correction)
        added = f"{quoted_sheet(self.sheet)}!{letters}{rows[0]}:{letters}{rows[-1]}"
        # A cell with CHURN_PROB is the formula alone: the correction is taken away again.
        return f"(1/(1+(1/{scores}-1)*EXP({added})))"

    def _customer(self, features: Argument, places: Sequence[int], row: int) -> int | None:
        """The row of the customer whose own cells these are; None for cells elsewhere."""
        area = features.area
        if area is None or self.region is None or area.sheet != self.region.sheet:
            return None
        number, first = area.block[0] + row, area.block[1]
        own = [first + place for place in places] == self.features
        return number if own and number in self.region.rows else None

    def _reading_cell(self, feature: int, row: str) -> str:
        return f"{quoted_sheet(self.readings_sheet)}!{column_letters(feature + 2)}{row}"

    def _titles(self, features: Argument, headers: Argument) -> tuple[list[str], bool]:
        """The name of each column, and whether the first row of the features repeats them."""
        if features.held is None or (features.area is None and not features.constant):
            raise NoNativeForm("The features are computed.", "特征由公式计算得出。")
        given = [str(cell) for row in rows_of(headers.held) for cell in row if not is_blank(cell)]
        names = given or list(self.formula.features)
        first = [folded(str(cell)) for cell in features.held[0]]
        repeated = len(set(first) & {folded(name) for name in names}) >= max(
            1, features.columns // 2
        )
        if not given and repeated:
            return [str(cell) for cell in features.held[0]], True
        if len(names) != features.columns:
            raise NoNativeForm(
                "There is not one header for each column of features.", "标题与特征的列数不一致。"
            )
        return names, repeated


def _name_column(region: Region) -> int:
    """The column that says which customer a row is."""
    columns = layout.match_headers(region.headers, "customers").columns
    for key in ("customer_id", "name", "company"):
        if key in columns:
            return region.body[1] + columns[key]
    return region.body[1]
