"""Making the copy: every step in its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from csm_xl.calc.calculate import calculate
from csm_xl.formulas.workbook_model import CellValue
from csm_xl.functions import REGISTRY
from csm_xl.functions.records import Record
from csm_xl.language import Language, Text
from csm_xl.native.rows import Context
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.ooxml.xml_parts import Element
from csm_xl.share.about_facts import N_FACTS
from csm_xl.share.about_notes import Described, totals_note
from csm_xl.share.about_sheet import TITLE, About
from csm_xl.share.added_sheets import AddedSheets
from csm_xl.share.assembly import Assembly
from csm_xl.share.cell_conversion import FROM_PERSONAL, Copying, Options, same_value
from csm_xl.share.column_review import notes
from csm_xl.share.copy_model import FROZEN_REFERENCE, CopySheet, Kept
from csm_xl.share.customer_index import TITLE as INDEX_TITLE
from csm_xl.share.customer_index import draw_index, fill_index
from csm_xl.share.finding_model import find_model
from csm_xl.share.kept_sheet import TITLE as KEPT_TITLE
from csm_xl.share.kept_sheet import draw_kept
from csm_xl.share.live_model import LiveModel
from csm_xl.share.model_sheet_native import draw_example, draw_readings, draw_terms
from csm_xl.share.package_out import PackageOut
from csm_xl.share.pseudonyms import Pseudonyms
from csm_xl.share.totals import Totals, totals
from csm_xl.share.verify import verify
from csm_xl.workbook.hidden_arguments import HiddenArguments

#: Told how far the work is, 0 to 1, and what is being done.
Progress = Callable[[float, Text], None]


@dataclass(frozen=True)
class Made:
    """A copy that is ready to be written.

    Attributes
    ----------
    package : PackageOut
    kept : list of Kept
        Formulas that became values although they should have stayed formulas.
    formulas : int
        How many formulas the copy has.
    frozen : list of Kept
        References inside of formulas that became values.
    key : dict of str to str
        Each pseudonym in the copy, with the text it stands for.
    stale : int
        Scores that are older than the data.
    warnings : tuple of Text
    notes : tuple of Text
        What becomes visible in the copy, and what it cannot hide.
    """

    package: PackageOut
    kept: list[Kept]
    formulas: int
    frozen: list[Kept] = field(default_factory=list)
    key: dict[str, str] = field(default_factory=dict)
    stale: int = 0
    warnings: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()


def make_copy(
    book: Workbook,
    *,
    lang: Language,
    options: Options,
    secret: bytes | None,
    source: str,
    made: dt.datetime,
    records: Mapping[str, Record],
    progress: Progress | None = None,
) -> Made:
    """Make the accountant's copy of a workbook.

    Parameters
    ----------
    book : Workbook
        The owner's workbook, or a snapshot of it; nothing is written to it.
    lang : {"en", "zh"}
        The language of the copy's own sheets.
    options : Options
    secret : bytes or None
        For pseudonyms; None keeps names.
    source : str
        The name of the owner's workbook.
    made : datetime.datetime
        When the copy is made.
    records : mapping of str to Record
        What the workbook carries, the churn model among it.
    progress : callable, optional

    Returns
    -------
    Made

    Raises
    ------
    CsmError
        With one sentence that says what to do.
    """
    tell = progress or (lambda fraction, what: None)
    hidden = HiddenArguments(book)
    tell(0.05, Text("Reading the workbook", "读取工作簿"))
    _compute_if_never(book, hidden)
    pseudonyms = None if secret is None else Pseudonyms(secret, lang)
    copying = Copying(book, lang, options, hidden, pseudonyms)
    model, reason = find_model(copying, records)
    if not options.values:
        copying.probability = model
        if model is not None:
            copying.added = (model.terms_sheet, model.readings_sheet, model.example_sheet)
    tell(0.2, Text("Writing formulas anew", "改写公式"))
    copying.run()
    job = _Making(copying, model, lang)
    if model is not None and not options.values:
        job.put_model()
    about = job.put_totals()
    tell(0.5, Text("Checking every formula", "核对每个公式"))
    # The calculator holds the copy's cells: not the owner's as well.
    copying.rewriter.scope.forget_cells()
    job.check(about)
    job.assembly.prepare()
    tell(0.8, Text("Writing the first sheet", "编写首页"))
    described = Described(
        copying, source, made, pseudonyms is None, model, reason, about.totals, job.kept_name()
    )
    roots = job.draw(about, described)
    copy = copying.copy
    first = [about.name, *copying.sheets.values()]
    order = [*first, *(name for name in copy.sheets if name not in first)]
    package = job.assembly.package(roots, order, TITLE.within(lang), made)
    warnings = []
    newer = described.newer_than_model()
    if newer is not None:
        warnings.append(newer)
    return Made(
        package,
        copy.kept,
        sum(len(sheet.formulas) for sheet in copy.sheets.values()),
        copy.frozen,
        {} if pseudonyms is None else job.key_in_copy(pseudonyms),
        0 if model is None else len(model.stale),
        tuple(warnings),
        notes(copying),
    )


def _compute_if_never(book: Workbook, hidden: Mapping[str, Any]) -> None:
    """A file that no program has computed yet holds formulas without values."""
    empty = any(cell.cached is None for sheet in book.sheets for cell in sheet.formulas())
    if empty:
        calculate(book, REGISTRY, hidden)


class _Making:
    """The steps that add sheets to the copy."""

    def __init__(self, copying: Copying, model: LiveModel | None, lang: Language) -> None:
        self._copying, self._model, self._lang = copying, model, lang
        self.assembly = Assembly(copying)
        self._roots: dict[str, Element] = {}

    def put_model(self) -> None:
        """The scores as formulas, and the sheets that explain them."""
        model, copying = self._model, self._copying
        assert model is not None
        context = Context(self._lang, copying.rewriter.forms.context.settings)
        model.fill(copying, context)
        if not model.used:
            return
        added = AddedSheets(self._lang)
        clean = copying.personal.text
        model.category = self._category
        draw_terms(added, model, clean)
        if model.read_rows:
            draw_readings(added, model)
        if model.live:
            draw_example(added, model, clean, model.shown_customer(copying.copy))
        self._roots |= added.take_over(copying.copy, self.assembly.styles)
        model.reading_formulas(copying.copy)

    def _category(self, feature: str, text: str) -> str:
        """A category of the model as the customers' cells show it, or else as a label."""
        model, personal = self._model, self._copying.personal
        assert model is not None
        if model.region is not None and feature in model.formula.features:
            column = model.features[list(model.formula.features).index(feature)]
            shown = personal.constant(model.region.sheet, model.region.body[0], column, text)
            if isinstance(shown, str):
                return shown
        return personal.text(text)

    def put_totals(self) -> About:
        """The first sheet with its control totals, which are checked like all formulas."""
        copying = self._copying
        inside = [
            region
            for region in copying.regions
            if region.sheet in copying.sheets or copying.options.figures_only
        ]
        found: Totals | None = totals(copying.book, inside)
        about = About(self._lang, copying.free_sheet_name(TITLE.within(self._lang)), N_FACTS)
        about.totals = found
        sheet = copying.copy.sheets[about.name] = CopySheet(about.name)
        if found is not None:
            if found.region.sheet not in copying.sheets or copying.options.values:
                found.live = False
            else:
                about.orders_sheet = copying.sheets[found.region.sheet]
            if found.live and found.n_customers:
                self._put_index(about, found)
            about.put_totals(sheet)
            if copying.options.values:
                for place, number in list(sheet.results.items()):
                    sheet.put_value(*place, number)
                about.expected.clear()
        return about

    def _put_index(self, about: About, found: Totals) -> None:
        copying = self._copying
        about.index_sheet = copying.free_sheet_name(INDEX_TITLE.within(self._lang))
        added = AddedSheets(self._lang)
        draw_index(added, about.index_sheet, found)
        self._roots |= added.take_over(copying.copy, self.assembly.styles)
        fill_index(copying.copy, about.index_sheet, found, about.orders_sheet)

    def check(self, about: About) -> None:
        """Compute the copy; what does not give the owner's numbers becomes a value."""
        copying = self._copying
        owners = {name: owner for owner, name in copying.sheets.items()}

        def shown(cell: tuple[str, int, int]) -> CellValue:
            sheet, row, column = cell
            if sheet not in owners:
                return about.expected.get(cell)
            return copying.shown(owners[sheet], row, column)

        expected = {**copying.expected, **about.expected}

        def agrees(cell: tuple[str, int, int], found: CellValue) -> bool:
            sheet, row, column = cell
            if sheet not in owners:
                return same_value(found, about.expected.get(cell))
            return copying.agrees(owners[sheet], row, column, found)

        def alike(cell: tuple[str, int, int]) -> list[tuple[str, int, int]]:
            sheet, row, column = cell
            if sheet not in owners:
                return []
            found = copying.alike(owners[sheet], row, column)
            return [(sheet, *place) for place in found if (sheet, *place) in expected]

        def reason_of(cell: tuple[str, int, int], reason: Text) -> Text:
            sheet, row, column = cell
            level = copying.taint(owners[sheet], row, column) if sheet in owners else None
            return reason if level is None else FROM_PERSONAL[level]

        verify(copying.copy, expected, copying.rewritten, shown, agrees, alike, reason_of)
        copying.steps.drop_unused(copying.copy)

    def kept_name(self) -> str:
        """The sheet that lists what was kept as values; ``""`` where there is nothing to list."""
        self._note_frozen()
        if not self._copying.copy.kept and not self._copying.copy.frozen:
            return ""
        return self._copying.free_sheet_name(KEPT_TITLE.within(self._lang))

    def _note_frozen(self) -> None:
        """The references inside of live formulas that became values."""
        copying = self._copying
        clean = copying.personal.text
        for owner, row, column, reference, value in copying.fitting.frozen:
            name = copying.sheets.get(owner)
            if name is None or (row, column) not in copying.copy.sheets[name].formulas:
                continue
            shown = f"{value:.15g}" if type(value) is float else str(value)
            told = f"{clean(reference)} = {shown}"
            copying.copy.frozen.append(
                Kept(name, row, column, FROZEN_REFERENCE, None, Text(told, told))
            )

    def draw(self, about: About, described: Described) -> dict[str, Element]:
        """Draw the first sheet, and the list of what was kept."""
        copying = self._copying
        company = copying.setting("company")
        about.company = copying.personal.redacted(company) if isinstance(company, str) else ""
        about.facts = [(label, self._clean(text)) for label, text in described.facts()]
        about.totals_note = totals_note(about.totals)
        about.computed = [
            replace(group, names=copying.personal.text(group.names))
            for group in described.computed()
        ]
        about.estimates = [self._clean(text) for text in described.estimates()]
        about.left_out = [self._clean(text) for text in described.left_out()]
        added = AddedSheets(self._lang)
        about.draw(added)
        if described.kept_sheet:
            kept = [
                replace(
                    one, reason=self._clean(one.reason), what=one.what and self._clean(one.what)
                )
                for one in (*copying.copy.kept, *copying.copy.frozen)
            ]
            draw_kept(added, described.kept_sheet, kept, self._lang)
        return self._roots | added.take_over(copying.copy, self.assembly.styles)

    def _clean(self, text: Text) -> Text:
        # Our own sentences: what stands in them of the owner's was cleaned before.
        clean = self._copying.personal.redacted
        return Text(clean(text.en), clean(text.zh))

    def key_in_copy(self, pseudonyms: Pseudonyms) -> dict[str, str]:
        """The pseudonyms that were given out."""
        return dict(pseudonyms.key)
