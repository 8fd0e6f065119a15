"""The owner's workbook as the copy reads it: what a formula there may refer to, what cells hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csm_xl.calc.formualizer_engine import known_function
from csm_xl.calc.scope import Scope
from csm_xl.errors import COM_ERRORS
from csm_xl.formulas.references import Area
from csm_xl.formulas.workbook_model import CellValue, ErrorValue, WorkbookModel
from csm_xl.functions import REGISTRY
from csm_xl.language import Language
from csm_xl.native.arguments import Contents, Held
from csm_xl.native.rows import Context, ProbabilityForm
from csm_xl.ooxml.workbook_file import Workbook
from csm_xl.share.native_calls import Forms
from csm_xl.share.rewrite import Rewriter

_COM_NUMBER = {name: number for number, name in COM_ERRORS.items()}


def scope_of(model: WorkbookModel) -> Scope:
    """What formulas of a workbook may refer to."""
    own = {name: declared.returns == "value" for name, declared in REGISTRY.items()}
    around = Scope(model, own, known_function)
    for sheet in model.sheet_names:
        around.add_formulas(sheet, model.formulas(sheet))
    return around


def held_by(model: WorkbookModel) -> Held:
    """Reads what cells hold, as Excel hands it to a function; each area once."""
    known: dict[Area, Contents] = {}

    def held(area: Area) -> Contents:
        if area not in known:
            r1, c1, r2, c2 = area.block
            columns = [column_cells(model, area.sheet, c, r1, r2) for c in range(c1, c2 + 1)]
            known[area] = tuple(tuple(map(_as_com, row)) for row in zip(*columns, strict=True))
        return known[area]

    return held


def column_cells(
    model: WorkbookModel, sheet: str, column: int, first: int, last: int
) -> list[CellValue]:
    """What the cells of a column hold, from row `first` to row `last`."""
    if isinstance(model, Workbook):
        return model.sheet(sheet).column_values(column, first, last)
    return [model.cached(sheet, row, column) for row in range(first, last + 1)]


def _as_com(value: CellValue) -> Any:
    return _COM_NUMBER.get(str(value), value) if isinstance(value, ErrorValue) else value


def rewriter_for(
    model: WorkbookModel,
    lang: Language,
    hidden: Mapping[str, Any],
    *,
    settings: Mapping[str, str] | None = None,
    probability: ProbabilityForm | None = None,
) -> Rewriter:
    """Writes a workbook's formulas anew.

    Parameters
    ----------
    model : WorkbookModel
    lang : {"en", "zh"}
        The language of the workbook.
    hidden : mapping of str to object
        What functions are told without the owner typing it.
    settings : mapping of str to str, optional
        The keys of the settings that the copy keeps in cells, with their names.
    probability : ProbabilityForm, optional
        The churn model as a native formula.
    """
    forms = Forms(REGISTRY, Context(lang, settings or {}, probability), hidden)
    return Rewriter(scope_of(model), held_by(model), forms)
