"""The charts of a Dashboard in an owner's own workbook, beside the figures that they show."""

from __future__ import annotations

from collections.abc import Mapping

import xlwings as xw

from csm_xl.commands.writing import cells
from csm_xl.company.own_figures import Block
from csm_xl.language import Language, Text
from csm_xl.workbook.palette import ACCENT, RISK_COLOURS, rgb

#: The column at which they stand, and the rows.
_COLUMN, _ROWS = 8, (4, 22, 40)
#: Points.
_WIDTH, _HEIGHT = 400.0, 220.0
_NAMES = {"levels": "csm-xl levels", "closing": "csm-xl months", "moves": "csm-xl new and lost"}
_MOVES = Text("New and lost, by month", "每月新增与流失")


def draw_charts(sheet: xw.Sheet, places: Mapping[str, tuple[int, Block]], lang: Language) -> None:
    """Draw what can be drawn of the blocks; a chart that is there shows the cells of now.

    Parameters
    ----------
    sheet : xlwings.Sheet
    places : mapping
        Of each block its row of titles, and the block.
    lang : {"en", "zh"}
    """
    free = iter(_ROWS)
    if "levels" in places:
        row, block = places["levels"]
        chart = _chart(sheet, "levels", block.chart, next(free))
        chart.set_source_data(cells(sheet, row, 1, len(block.rows) + 1, 2), "rows")
        _dress(chart, block.chart, lang, [RISK_COLOURS[k] for k in ("high", "medium", "low")])
    if "months" in places:
        row, block = places["months"]
        height = len(block.rows)
        labels = cells(sheet, row + 1, 1, height)
        for name, column, width, title, colours in (
            ("closing", 5, 1, block.chart, [ACCENT]),
            ("moves", 3, 2, _MOVES, [ACCENT, RISK_COLOURS["high"]]),
        ):
            chart = _chart(sheet, name, title, next(free))
            chart.set_source_data(cells(sheet, row, column, height + 1, width), "columns")
            chart.set_x_axis_values(labels)
            _dress(chart, title, lang, colours)
            chart.value_axis.set(number_format="#,##0")


def _chart(sheet: xw.Sheet, name: str, title: Text | None, row: int) -> xw.Chart:
    """The chart of that name, or of that title where another program renamed it; else a new one."""
    called = _NAMES[name]
    for one in sheet.charts:
        if one.name == called or (title is not None and one.title in (title.en, title.zh)):
            return one
    anchor = cells(sheet, row, _COLUMN)
    return sheet.charts.add(
        width=_WIDTH,
        height=_HEIGHT,
        chart_type="column_clustered",
        name=called,
        anchor=anchor,
        style=None,
    )


def _dress(chart: xw.Chart, title: Text | None, lang: Language, colours: list[str]) -> None:
    chart.title = None if title is None else title.within(lang)
    series = list(chart.series)
    chart.legend.visible = len(series) > 1
    if len(series) > 1:
        chart.legend.position = "bottom"
    for one, colour in zip(series, colours, strict=False):
        one.set(fill_color=rgb(colour))
