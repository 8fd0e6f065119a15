"""From the owner's workbook to the copy: which sheets, and what each cell of them holds."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.calc.resolution import Resolver
from csm_xl.calc.scope import read_formula
from csm_xl.formulas.references import Area
from csm_xl.formulas.tokens import FormulaSyntaxError
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, FormulaCell, NameInfo, TableInfo
from csm_xl.language import Language, Text
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.share.arguments import NoNativeForm
from csm_xl.share.copy_model import CopyBook, CopyFormula, CopySheet, Kept
from csm_xl.share.fitting import Fitting
from csm_xl.share.naming import chosen_sheets, identifier, sheet_name
from csm_xl.share.native_calls import ProbabilityForm
from csm_xl.share.personal import Personal
from csm_xl.share.personal_columns import book_columns, personal_columns, settings_list
from csm_xl.share.personal_elsewhere import find_elsewhere
from csm_xl.share.pseudonyms import Pseudonyms
from csm_xl.share.regions import Region, regions
from csm_xl.share.rewrite import Native, Rewriter
from csm_xl.share.source import rewriter_for
from csm_xl.share.totals import epoch_of
from csm_xl.vocabulary import layout

#: Of the names that Excel defines itself, those that say what is printed.
_BUILT_IN = frozenset({"_xlnm.print_area", "_xlnm.print_titles"})
_COUNTS_SHOWN = re.compile(r"(?<![\w.])(?:SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)
_HIDDEN = re.compile(rb'<(?:\w+:)?(?:row|col) [^>]*\bhidden="(?:1|true)"')
#: Formulas that tell the day on which they were computed, the surest first.
_TODAY = (
    re.compile(r"TODAY\(\)|INT\(NOW\(\)\)", re.IGNORECASE),
    re.compile(r"IF\([^,]*,\s*TODAY\(\)\s*,[^,]*\)", re.IGNORECASE),
)


@dataclass(frozen=True)
class Options:
    """How the copy is made.

    Attributes
    ----------
    values : bool
        Whether every formula becomes its value.
    free_text : bool
        Whether what customers wrote stays.
    sheets : sequence of str or None
        The sheets to share, by name; None for all data and result sheets.
    today : datetime.date
    """

    values: bool
    free_text: bool
    sheets: Sequence[str] | None
    today: dt.date


@dataclass
class Copying:
    """Makes the copy of one workbook.

    Attributes
    ----------
    book : Workbook
        The owner's.
    lang : {"en", "zh"}
    options : Options
    hidden : mapping of str to object
        What functions are told without the owner typing it.
    pseudonyms : Pseudonyms or None
        None keeps names.
    probability : ProbabilityForm, optional
        For calls of ``CHURN_PROB``.
    added : sequence of str
        Sheets that the copy gets besides the owner's, which native formulas may refer to.
    """

    book: Workbook
    lang: Language
    options: Options
    hidden: Mapping[str, Any]
    pseudonyms: Pseudonyms | None
    probability: ProbabilityForm | None = None
    added: Sequence[str] = ()
    copy: CopyBook = field(init=False)
    regions: list[Region] = field(init=False)
    personal: Personal = field(init=False)
    fitting: Fitting = field(init=False)
    rewriter: Rewriter = field(init=False)
    sheets: dict[str, str] = field(init=False)
    expected: dict[tuple[str, int, int], CellValue] = field(default_factory=dict)
    rewritten: set[tuple[str, int, int]] = field(default_factory=set)
    names_left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        book = self.book
        self.copy = CopyBook(book.date1904)
        self.regions = regions(book)
        listed = self._setting("personal")
        columns = personal_columns(
            book, self.regions, None if listed is None else settings_list(listed)
        )
        elsewhere = find_elsewhere(book, self.regions)
        self.personal = Personal(
            [*columns, *elsewhere.columns],
            self.pseudonyms,
            self.options.free_text,
            book_columns(self.regions),
            elsewhere.told,
        )
        self.personal.learn(book)
        self.sheets = chosen_sheets(book, self.options.sheets, self.personal.text)

    def free_sheet_name(self, title: str) -> str:
        """A name for a sheet that is added."""
        taken = {name.casefold() for name in self.copy.sheets}
        return sheet_name(title, taken, self.personal.text)

    # -- the copy -------------------------------------------------------------------------------

    def run(self) -> CopyBook:
        """Fill the copy."""
        rewriter = rewriter_for(
            self.book,
            self.lang,
            self.hidden,
            settings=self._setting_names(),
            probability=self.probability,
        )
        self.rewriter = rewriter
        self.fitting = Fitting(
            rewriter.surroundings,
            {name.casefold(): new for name, new in self.sheets.items()}
            | {name.casefold(): name for name in self.added},
            set(),
            self.personal,
            self.shown,
            self.as_of(),
        )
        for owner, name in self.sheets.items():
            self.copy.sheets[name] = CopySheet(name, self.book.sheet(owner))
        self._tables()
        self._names()
        for owner, name in self.sheets.items():
            self._fill(owner, self.copy.sheets[name])
        return self.copy

    def as_of(self) -> dt.date:
        """The day on which the owner's workbook was calculated last, as its own cells tell."""
        for pattern in _TODAY:
            found = Counter(
                cell.cached
                for sheet in self.book.sheets
                for cell in sheet.formulas()
                if isinstance(cell.cached, float) and pattern.fullmatch(cell.text.strip())
            )
            if found:
                return epoch_of(self.book.date1904) + dt.timedelta(
                    days=int(found.most_common(1)[0][0])
                )
        return self.options.today

    def shown(self, sheet: str, row: int, column: int) -> CellValue:
        """What a cell of the owner's workbook may show in the copy."""
        return self.personal.constant(sheet, row, column, self.book.cached(sheet, row, column))

    def areas(self, owner: str, text: str) -> list[Area]:
        """The cells in the copy that a reference in the owner's workbook means."""
        try:
            meant = Resolver(self.rewriter.surroundings, owner, 1, 1).meant(read_formula(text))
        except (NotCalculated, FormulaSyntaxError):
            return []
        found = [meant] if isinstance(meant, Area) else meant if isinstance(meant, list) else []
        return [
            Area(self.sheets[area.sheet], area.block)
            for area in (self.rewriter.surroundings.cut(area) for area in found)
            if area.sheet in self.sheets
        ]

    def _fill(self, owner: str, sheet: CopySheet) -> None:
        source = self.book.sheet(owner)
        formulas = source.formulas()
        plain: dict[int, bool] = {}
        numbers = self.personal.numbers
        for row, first, values in source.constant_rows():
            for column, value in enumerate(values, first):
                if value is None:
                    continue
                if type(value) is float:
                    untouched = plain.get(column)
                    if untouched is None:
                        untouched = plain[column] = self.personal.untouched(owner, column)
                    if untouched and value not in numbers:
                        sheet.values[row, column] = value
                        continue
                clean = self.personal.constant(owner, row, column, value)
                if clean is not None:
                    sheet.values[row, column] = clean
        self._clean_headers(owner, sheet)
        for cell in formulas:
            self._formula(owner, sheet, cell)

    def _clean_headers(self, owner: str, sheet: CopySheet) -> None:
        for table in self.copy.tables():
            if table.sheet == sheet.name and table.has_header:
                for place, name in enumerate(table.columns):
                    sheet.values[table.ref[0], table.ref[1] + place] = name

    def _formula(self, owner: str, sheet: CopySheet, cell: FormulaCell) -> None:
        block = cell.ref if cell.kind in ("array", "data_table") else None
        place = self.personal.column_at(owner, cell.row, cell.col)
        if self.options.values or (
            place is not None and place.treatment == "text" and not self.options.free_text
        ):
            self._freeze(owner, sheet, cell)
            return
        try:
            native = self._native(owner, cell, block)
        except NoNativeForm as error:
            self._freeze(owner, sheet, cell)
            self.copy.keep(sheet.name, cell.row, cell.col, error.text)
            return
        for (row, column), text in native.cells.items():
            self._live(owner, sheet, row, column, CopyFormula(text))
        if not native.cells:
            own = block or (cell.row, cell.col, cell.row, cell.col)
            formula = CopyFormula(native.text, own if native.array else None)
            self._live(owner, sheet, cell.row, cell.col, formula)
            if native.array:
                self._fill_block(owner, sheet, own)

    def _native(self, owner: str, cell: FormulaCell, block: Any) -> Native:
        """The formula for the copy, or why there is none."""
        if cell.kind == "data_table":
            raise NoNativeForm("It is a data table.", "它是模拟运算表。")
        if _COUNTS_SHOWN.search(cell.text) and self.hides():
            raise NoNativeForm(
                "It adds up the rows that are shown, and the copy hides none.",
                "它只汇总显示的行，而副本中不隐藏任何行。",
            )
        native = self.rewriter.rewrite(owner, cell.row, cell.col, cell.text, block)
        if native is None:
            native = Native(cell.text, block is not None)
        else:
            self.rewritten.update(
                (self.sheets[owner], *place)
                for place in (native.cells or {(cell.row, cell.col): ""})
            )
        fit = self.fitting.fit
        if native.cells:
            native.cells = {
                (row, column): fit(owner, row, column, text)
                for (row, column), text in native.cells.items()
            }
        else:
            native.text = fit(owner, cell.row, cell.col, native.text)
        return native

    def _live(
        self, owner: str, sheet: CopySheet, row: int, column: int, formula: CopyFormula
    ) -> None:
        held = self.book.cached(owner, row, column)
        sheet.put_formula(row, column, formula, self.shown(owner, row, column))
        self.expected[sheet.name, row, column] = held

    def _fill_block(self, owner: str, sheet: CopySheet, block: tuple[int, int, int, int]) -> None:
        r1, c1, r2, c2 = block
        for row in range(r1, r2 + 1):
            for column in range(c1, c2 + 1):
                self.expected[sheet.name, row, column] = self.book.cached(owner, row, column)
                if (row, column) != (r1, c1):
                    sheet.values.pop((row, column), None)
                    sheet.results[row, column] = self.shown(owner, row, column)

    def _freeze(self, owner: str, sheet: CopySheet, cell: FormulaCell) -> None:
        """The value in place of a formula, over the whole block of an array formula."""
        block = cell.ref if cell.kind in ("array", "data_table") and cell.ref else None
        r1, c1, r2, c2 = block or (cell.row, cell.col, cell.row, cell.col)
        for row in range(r1, r2 + 1):
            for column in range(c1, c2 + 1):
                sheet.put_value(row, column, self.shown(owner, row, column))

    def hides(self) -> bool:
        """Whether the owner hid rows or columns of the shared sheets."""
        package = self.book.package
        return any(
            _HIDDEN.search(package.read(self.book.sheet(owner).part)) for owner in self.sheets
        )

    # -- tables, names, settings ------------------------------------------------------------------

    def _tables(self) -> None:
        for table in self.book.tables():
            if table.sheet not in self.sheets:
                continue
            columns = []
            for name in table.columns:
                clean = self.personal.text(name)
                if clean != name:
                    self.fitting.columns[table.name.casefold(), name] = clean
                columns.append(clean)
            self.copy.add_table(
                TableInfo(
                    self._identifier(table.name),
                    self.sheets[table.sheet],
                    table.ref,
                    columns,
                    table.has_header,
                    table.totals_rows,
                )
            )

    def _names(self) -> None:
        """The names that formulas may use, in an order in which each finds those it uses."""
        hidden = {
            e.get("name", "").casefold()
            for e in self.book.defined_names.elements()
            if e.get("hidden") in ("1", "true")
        }
        waiting = [
            name
            for name in self.book.names()
            if name.name.casefold() not in hidden
            and not (name.name.startswith("_xlnm.") and name.name.casefold() not in _BUILT_IN)
            and (name.sheet is None or name.sheet in self.sheets)
        ]
        # A name may use another one that follows later: count on all, then drop those that fail.
        self.fitting.names = {name.name.casefold() for name in waiting}
        for name in waiting:
            self._identifier(name.name)
        while True:
            found: list[NameInfo] = []
            failed: dict[str, Text] = {}
            for name in waiting:
                try:
                    found.append(self._name(name))
                except NoNativeForm as error:
                    failed[name.name] = error.text
            if not failed:
                break
            waiting = [name for name in waiting if name.name not in failed]
            self.fitting.names -= {name.casefold() for name in failed}
            for one, reason in failed.items():
                if not one.startswith("_xlnm."):
                    self.names_left_out.append(one)
                    what = Text(f"Name {one}", f"名称 {one}")
                    self.copy.kept.append(Kept("", 0, 0, reason, what))
        self.copy.set_names(found)

    def _name(self, name: NameInfo) -> NameInfo:
        home = name.sheet or next(iter(self.sheets))
        text = name.text.lstrip("=")
        if "#REF!" in text:
            raise NoNativeForm("It refers to cells that are gone.", "它引用的单元格已不存在。")
        native = self.rewriter.rewrite(home, 1, 1, text, arrays=True)
        text = self.fitting.fit(home, 1, 1, text if native is None else native.text)
        sheet = None if name.sheet is None else self.sheets[name.sheet]
        return NameInfo(self._identifier(name.name), sheet, text)

    def _identifier(self, name: str) -> str:
        return identifier(name, self.fitting.renamed, self.personal.text)

    def _setting(self, key: str) -> Any:
        """A setting's value, None where the workbook has no such setting or a blank."""
        found = self.hidden.get(f"setting.{key}")
        return None if found is None or found == "" or isinstance(found, ErrorValue) else found

    def setting(self, key: str) -> Any:
        """A setting's value, None where the workbook has no such setting or a blank."""
        return self._setting(key)

    def _setting_names(self) -> dict[str, str]:
        """The settings that the copy has in cells, by key."""
        kept = {sheet.casefold() for sheet in self.sheets}
        found = {}
        for name in self.book.names():
            key = name.name.casefold().removeprefix("csm_")
            if name.sheet is None and key != name.name.casefold() and key in layout.SETTINGS:
                sheet = name.text.rpartition("!")[0].strip("'").replace("''", "'")
                if sheet.casefold() in kept:
                    found[key] = name.name
        return found
