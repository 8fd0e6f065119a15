"""Finding the churn model that a workbook carries, and the customers whose scores are its own."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from csm_xl.churn import native_formulas as native
from csm_xl.churn.feature_values import find_columns
from csm_xl.churn.formula import ChurnFormula, corrected
from csm_xl.errors import CellError, CsmError, NoModelError, SheetError
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.functions.records import Record
from csm_xl.language import Text
from csm_xl.share.cell_conversion import Copying
from csm_xl.share.live_model import EXAMPLE, FIRST_ROW, READINGS, TERMS, TOLERANCE, LiveModel
from csm_xl.share.regions import Region
from csm_xl.vocabulary import layout


def find_model(
    copying: Copying, records: Mapping[str, Record]
) -> tuple[LiveModel | None, Text | None]:
    """The model that a workbook carries, and why its scores cannot be formulas.

    Returns
    -------
    LiveModel or None
    Text or None
        None where nothing is in the way.
    """
    if "model" not in records:
        return None, Text("There is no churn model yet.", "还没有流失模型。")
    try:
        formula = ChurnFormula.from_json(records["model"].text)
    except NoModelError as error:
        return None, error.text
    source = json.loads(records["source"].text) if "source" in records else {}
    region = _region(copying, str(source.get("sheet") or ""))
    reason: Text | None = None
    features: list[int] = []
    if region is None:
        reason = Text(
            "The sheet that the model scores is not in the copy.", "模型所评分的工作表不在副本中。"
        )
    else:
        try:
            found = find_columns(dict.fromkeys(region.headers, ()), formula.features)
            features = [
                region.body[1] + region.headers.index(found[name]) for name in formula.features
            ]
        except SheetError as error:
            region, reason = None, error.text
    spellings = {}
    if region is not None:
        spellings = {
            name: _cells(copying, region, column)
            for name, column in zip(formula.features, features, strict=True)
        }
    taken = {name.casefold() for name in copying.sheets.values()}
    names = [_free(title.within(copying.lang), taken) for title in (TERMS, READINGS, EXAMPLE)]
    texts = {term.name: spellings.get(term.name, ()) for term in formula.text}
    tables = native.sheet(formula, FIRST_ROW, texts)
    terms, readings, example = names
    model = LiveModel(formula, copying.lang, tables, terms, readings, example)
    if region is None:
        return model, reason
    columns = layout.match_headers(region.headers, "customers").columns
    if "churn_probability" not in columns:
        return model, Text(
            "The sheet has no column of churn probabilities yet.", "工作表还没有流失概率列。"
        )
    model.region, model.features = region, features
    model.sheet = copying.sheets[region.sheet]
    model.probability = region.body[1] + columns["churn_probability"]
    if "correction" in columns:
        model.correction = region.body[1] + columns["correction"]
    _sort_rows(copying, model, spellings)
    return model, None


def _free(title: str, taken: set[str]) -> str:
    name, number = title, 2
    while name.casefold() in taken:
        name, number = f"{title} {number}", number + 1
    taken.add(name.casefold())
    return name


def _region(copying: Copying, name: str) -> Region | None:
    """The region that a model was trained on, if it is in the copy."""
    inside = [region for region in copying.regions if region.sheet in copying.sheets]
    for region in inside:
        if name and name.casefold() in (region.table.casefold(), region.sheet.casefold()):
            return region
    return next((region for region in inside if region.key == "customers"), None)


def _cells(copying: Copying, region: Region, column: int) -> list[CellValue]:
    sheet = copying.book.sheet(region.sheet)
    return sheet.column_values(column, region.body[0], region.body[2])


def _sort_rows(
    copying: Copying, model: LiveModel, columns: Mapping[str, Sequence[CellValue]]
) -> None:
    """Which written scores are those of the model for the cells as they are now."""
    region = model.region
    assert region is not None
    written = _cells(copying, region, model.probability)
    typed = {
        (cell.row) for cell in copying.book.formulas(region.sheet) if cell.col == model.probability
    }
    rows = [
        place
        for place, value in enumerate(written)
        if isinstance(value, float) and region.body[0] + place not in typed
    ]
    now = _scores(model.formula, columns, rows)
    if model.correction is not None:
        added = _cells(copying, region, model.correction)
        for k, place in enumerate(rows):
            more = added[place]
            if isinstance(more, float) and more != 0.0:
                model.corrected.add(region.body[0] + place)
                now[k] = corrected(now[k], more)
    for place, score in zip(rows, now, strict=True):
        value = written[place]
        assert isinstance(value, float)
        same = score == score and abs(score - value) <= TOLERANCE
        if same and not model.reads_alike([columns[name][place] for name in columns]):
            model.frozen.append(region.body[0] + place)
        else:
            (model.live if same else model.stale).append(region.body[0] + place)
    live = [row - region.body[0] for row in model.live]
    if live:
        given = {name: [cells[place] for place in live] for name, cells in columns.items()}
        model.readings = [column.tolist() for column in model.formula.read(given)[0]]


def _scores(
    formula: ChurnFormula, columns: Mapping[str, Sequence[CellValue]], places: Sequence[int]
) -> list[float]:
    """What the model gives for some rows; NaN where a cell cannot be read."""
    if not places:
        return []
    readable = [
        place
        for place in places
        if not any(isinstance(cells[place], ErrorValue) for cells in columns.values())
    ]
    found = dict.fromkeys(places, math.nan)
    given: dict[str, list[Any]] = {
        name: [cells[place] for place in readable] for name, cells in columns.items()
    }
    try:
        found |= zip(readable, formula.probability(given).tolist(), strict=True)
    except CellError:
        for place in readable:
            try:
                one = formula.probability({name: [cells[place]] for name, cells in columns.items()})
            except CsmError:
                continue
            found[place] = float(one[0])
    return [found[place] for place in places]
