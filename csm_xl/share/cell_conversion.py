"""From the owner's workbook to the copy: which sheets, and what each cell of them holds."""

from __future__ import annotations

import datetime as dt
import math
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
from csm_xl.functions import REGISTRY
from csm_xl.language import Language, Text
from csm_xl.native.arguments import NoNativeForm
from csm_xl.native.rows import ProbabilityForm
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.share.column_decisions import RESULTS
from csm_xl.share.copy_model import CopyBook, CopyFormula, CopySheet, Kept
from csm_xl.share.lambda_calls import stay_calls
from csm_xl.share.lambda_names import lambda_names
from csm_xl.share.naming import FINGERPRINT, FOR_PROGRAMS, chosen_sheets, identifier, sheet_name
from csm_xl.share.owner_workbook import rewriter_for
from csm_xl.share.owners_columns import columns_sheet, said_of_columns
from csm_xl.share.personal import Personal
from csm_xl.share.personal_columns import book_columns, decided_columns, settings_list
from csm_xl.share.personal_elsewhere import find_elsewhere
from csm_xl.share.personal_taint import Level, PersonalTaint
from csm_xl.share.pseudonyms import Pseudonyms
from csm_xl.share.reference_adjustment import Fitting
from csm_xl.share.regions import Region, regions
from csm_xl.share.rewrite import Native, Rewriter
from csm_xl.share.step_cells import StepCells, StepsOfOne
from csm_xl.share.totals import day_of, epoch_of
from csm_xl.vocabulary import layout

#: Numbers are the same to this, relative to their size.
TOLERANCE = 1e-9
#: Tables that hold a row for each customer, order and so on; and how many rows make a page or two.
_OF_ROWS = frozenset({"customers", "orders", "feedback", "contacts", "actions"})
_FEW_ROWS = 60
#: Why formulas over personal cells became values.
FROM_PERSONAL: dict[Level, Text] = {
    "one": Text("It is made of personal cells: left blank.", "由个人信息计算得出，已留空。"),
    "many": Text(
        "It counts or adds up personal cells, which are others here.",
        "它对个人信息计数或汇总，而副本中的内容已替换。",
    ),
}
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
    functions: bool = False
    figures_only: bool = False


def same_value(found: CellValue, value: CellValue) -> bool:
    """Whether two results that are no texts are the same."""
    if isinstance(value, ErrorValue) or isinstance(found, ErrorValue):
        return isinstance(value, ErrorValue) and isinstance(found, ErrorValue)
    if isinstance(value, bool) or isinstance(found, bool):
        return value is found
    one, other = found or 0.0, value or 0.0
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)  # type: ignore[arg-type]


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
    steps: StepCells = field(init=False)
    rewriter: Rewriter = field(init=False)
    sheets: dict[str, str] = field(init=False)
    expected: dict[tuple[str, int, int], CellValue] = field(default_factory=dict)
    rewritten: set[tuple[str, int, int]] = field(default_factory=set)
    names_left_out: list[str] = field(default_factory=list)
    _taint: PersonalTaint | None = None
    _functions: frozenset[str] = frozenset()
    #: Cells outside of columns whose texts are others in the copy.
    _changed: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        book = self.book
        self.copy = CopyBook(book.date1904)
        ours = columns_sheet(book)
        # What these hold is about the workbook, and would hide its own words as somebody's.
        programs = {s.name for s in book.sheets if layout.sheet_key(s.name) in FOR_PROGRAMS}
        unread = frozenset(programs if ours is None else programs | {ours})
        self.regions = [region for region in regions(book) if region.sheet not in unread]
        listed = self._setting("personal")
        columns = decided_columns(
            book,
            self.regions,
            None if listed is None else settings_list(listed),
            said_of_columns(book),
        )
        elsewhere = find_elsewhere(book, self.regions, unread)
        self.personal = Personal(
            [*columns, *elsewhere.columns],
            self.pseudonyms,
            self.options.free_text,
            book_columns(self.regions),
            elsewhere.told,
            titles={(r.sheet, r.header) for r in self.regions if r.header is not None},
            company=str(self._setting("company") or ""),
            own=frozenset(s.name for s in book.sheets if layout.sheet_key(s.name) in RESULTS),
        )
        self.personal.learn(book)
        self.sheets = chosen_sheets(
            book,
            self.options.sheets,
            self.personal.text,
            self._without_figures(),
            unread,
        )

    def _without_figures(self) -> frozenset[str]:
        """The sheets that hold rows of customers and the like, where only figures are shared."""
        if not self.options.figures_only:
            return frozenset()
        return frozenset(
            region.sheet
            for region in self.regions
            if region.key in _OF_ROWS
            or (len(region.rows) > _FEW_ROWS and layout.sheet_key(region.sheet) not in RESULTS)
        )

    def free_sheet_name(self, title: str) -> str:
        """A name for a sheet that is added."""
        taken = {name.casefold() for name in self.copy.sheets}
        return sheet_name(title, taken, self.personal.text)

    # -- the copy -------------------------------------------------------------------------------

    def run(self) -> CopyBook:
        """Fill the copy."""
        rewriter = rewriter_for(
            self.book,
            # Its functions go on in the language in which they spoke to the owner.
            self.hidden.get("language") or self.lang,
            self.hidden,
            settings=self._setting_names(),
            probability=self.probability,
        )
        self.rewriter = rewriter
        self.steps = StepCells(lambda sheet: rewriter.scope.used(sheet)[1])
        self.fitting = Fitting(
            rewriter.scope,
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
        if self.options.functions and not self.options.values:
            self._define_functions()
        for owner, name in self.sheets.items():
            self._constants(owner, self.copy.sheets[name])
        self._find_taint()
        for owner, name in self.sheets.items():
            self._clean_headers(owner, self.copy.sheets[name])
            for cell in self.book.sheet(owner).formulas():
                self._formula(owner, self.copy.sheets[name], cell)
        return self.copy

    def _define_functions(self) -> None:
        """csm-xl's functions as names of LAMBDA, but for those that the owner uses otherwise."""
        taken = {name.name.casefold() for name in self.copy.names()}
        taken |= {table.name.casefold() for table in self.copy.tables()}
        self.copy.functions = [
            one
            for one in lambda_names(self.lang, self._setting_names())
            if one.name.casefold() not in taken
        ]
        self._functions = frozenset(one.name for one in self.copy.functions) & REGISTRY.keys()
        self.fitting.functions = self._functions

    def _find_taint(self) -> None:
        """Which formulas compute from personal cells."""
        if self.pseudonyms is None:
            return
        columns = ((c.sheet, c.column, c.first, c.last) for c in self.personal.replaced)
        cells = ((sheet, column, row, row) for sheet, row, column in self._changed)
        formulas = ((sheet.name, sheet.formulas()) for sheet in self.book.sheets)
        self._taint = PersonalTaint(self.rewriter.scope, [*columns, *cells], formulas)

    def taint(self, sheet: str, row: int, column: int) -> Level | None:
        """How a cell of the owner's workbook depends on personal cells through its formula."""
        return None if self._taint is None else self._taint.of(sheet, row, column)

    def as_of(self) -> dt.date:
        """The day on which the owner's workbook was calculated last, as its own cells tell."""
        for pattern in _TODAY:
            found = Counter(
                cell.cached
                for sheet in self.book.sheets
                for cell in sheet.formulas()
                if isinstance(cell.cached, float) and pattern.fullmatch(cell.text.strip())
            )
            for serial, _ in found.most_common(1):
                day = day_of(serial, epoch_of(self.book.date1904))
                if day is not None:
                    return day
        return self.options.today

    def shown(self, sheet: str, row: int, column: int) -> CellValue:
        """What a cell of the owner's workbook may show in the copy."""
        value = self.book.cached(sheet, row, column)
        level = self.taint(sheet, row, column)
        if level is None or value is None or isinstance(value, bool | ErrorValue):
            return self.personal.constant(sheet, row, column, value)
        if isinstance(value, str):
            return self.personal.derived(value, short=level == "many")
        return None if level == "one" else self.personal.constant(sheet, row, column, value)

    def agrees(self, sheet: str, row: int, column: int, found: CellValue) -> bool:
        """Whether a formula of the copy may show what it gives there.

        Parameters
        ----------
        sheet, row, column
            The owner's cell.
        found : CellValue
            A text, number, truth value or error that the copy computed.
        """
        value = self.book.cached(sheet, row, column)
        if isinstance(value, float) and not isinstance(value, bool):
            shown = self.personal.constant(sheet, row, column, value)
            if isinstance(shown, str):
                return False
        if not isinstance(found, str) and not isinstance(value, str):
            return same_value(found, value)
        if isinstance(found, float | bool | ErrorValue) or isinstance(value, float | bool):
            return same_value(found, value) if isinstance(found, ErrorValue) else False
        new, old = str(found or ""), str(value or "")
        if self.pseudonyms is None:
            return new == old
        if self.personal.is_coded(new):
            return self.personal.text(new) == new
        if new != old:
            return False
        place = self.personal.column_at(sheet, row, column)
        if place is not None and not place.stays:
            # A formula may put a name together out of pieces that tell nothing.
            return self.personal.derived(new, short=True) == new
        return not new or self.personal.constant(sheet, row, column, new) == new

    def alike(self, sheet: str, row: int, column: int) -> list[tuple[int, int]]:
        """The cells whose formulas read personal cells as this one does: all go, or none."""
        return [] if self._taint is None else self._taint.alike(sheet, row, column)

    def areas(self, owner: str, text: str) -> list[Area]:
        """The cells in the copy that a reference in the owner's workbook means."""
        try:
            meant = Resolver(self.rewriter.scope, owner, 1, 1).meant(read_formula(text))
        except (NotCalculated, FormulaSyntaxError):
            return []
        found = [meant] if isinstance(meant, Area) else meant if isinstance(meant, list) else []
        return [
            Area(self.sheets[area.sheet], area.block)
            for area in (self.rewriter.scope.cut(area) for area in found)
            if area.sheet in self.sheets
        ]

    def _constants(self, owner: str, sheet: CopySheet) -> None:
        source = self.book.sheet(owner)
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
                if clean is not value and clean != value:
                    place = self.personal.column_at(owner, row, column)
                    if place is None or place.stays:
                        self._changed.append((owner, row, column))

    def _clean_headers(self, owner: str, sheet: CopySheet) -> None:
        for table in self.copy.tables():
            if table.sheet == sheet.name and table.has_header:
                for place, name in enumerate(table.columns):
                    sheet.values[table.ref[0], table.ref[1] + place] = name

    def _formula(self, owner: str, sheet: CopySheet, cell: FormulaCell) -> None:
        block = cell.ref if cell.kind in ("array", "data_table") else None
        place = self.personal.column_at(owner, cell.row, cell.col)
        goes = place is not None and (
            (place.treatment == "text" and not self.options.free_text)
            or (place.treatment == "gone" and self.pseudonyms is not None)
        )
        if self.options.values or goes:
            self._freeze(owner, sheet, cell)
            return
        try:
            native = self._native(owner, cell, block)
        except NoNativeForm as error:
            self._freeze(owner, sheet, cell)
            level = self.taint(owner, cell.row, cell.col)
            reason = error.text
            if level is not None:
                told = FROM_PERSONAL[level]
                reason = Text(f"{reason.en} {told.en}", f"{reason.zh}{told.zh}")
            self.copy.keep(sheet.name, cell.row, cell.col, reason)
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
        if (
            self._functions
            and block is None
            and stay_calls(self.rewriter, self._functions, owner, cell.row, cell.col, cell.text)
        ):
            return Native(self.fitting.fit(owner, cell.row, cell.col, cell.text), False)
        steps = self.steps.of(owner, cell.row, cell.col)
        # A step of what is personal would be a cell that the owner never had.
        step = steps.put if self.taint(owner, cell.row, cell.col) is None else None
        native = self.rewriter.rewrite(owner, cell.row, cell.col, cell.text, block, step=step)
        self._put_steps(owner, steps)
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

    def _put_steps(self, owner: str, steps: StepsOfOne) -> None:
        """The steps of a formula that is too long for one cell."""
        if not steps.texts:
            return
        sheet = self.copy.sheets[self.sheets[owner]]
        texts = [self.fitting.fit(owner, steps.row, column, text) for column, text in steps.placed]
        around = (r for r in self.regions if r.sheet == owner and steps.row in r.rows)
        region = next((r for r in around if steps.column in dict(r.columns)), None)
        title = dict(region.columns)[steps.column] if region is not None else ""
        titles = {
            (row, column): told.within(self.lang)
            for row, column, told in steps.titles(region, self.personal.text(title))
        }
        places = self.steps.write(sheet, steps, texts, titles)
        self.rewritten.update((sheet.name, *place) for place in places)

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
            and name.name.casefold() != FINGERPRINT
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
                    called = self.personal.text(one)
                    what = Text(f"Name {called}", f"名称 {called}")
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
