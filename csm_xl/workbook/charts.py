"""The Dashboard's native charts: plain, one accent colour, the workbook's font."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.worksheet.worksheet import Worksheet

from csm_xl.workbook.palette import ACCENT, INK, LINE, MUTED, RISK_COLOURS

Block = tuple[int, int, int, int]


class Charts:
    """Makes the charts of one sheet.

    Parameters
    ----------
    sheet : Worksheet
        Holds the charts and the cells they show.
    font : str
    """

    def __init__(self, sheet: Worksheet, font: str) -> None:
        self._sheet = sheet
        self._font = font

    def by_month(self, place: Block, title: str, axes: tuple[str, str], rows: range) -> None:
        """Mean rating as a line over the number of answers as columns.

        Columns B, C and D of `rows` hold month, mean and answers, below their headers.
        """
        # What stands on a second axis is drawn on top: so the columns come first.
        answers = self._titled(BarChart(), title)
        answers.add_data(self._column(rows, 4), titles_from_data=True)
        answers.set_categories(self._labels(rows))
        answers.gapWidth = 60
        _fill(answers.series[0], LINE)
        self._axis(answers.y_axis, axes[1], low=0, number_format="0", grid=False)
        self._axis(answers.x_axis, "", number_format="yyyy-mm", grid=False)
        answers.x_axis.tickLblSkip = 3
        mean = LineChart()
        mean.add_data(self._column(rows, 3), titles_from_data=True)
        mean.set_categories(self._labels(rows))
        line = mean.series[0]
        line.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=ACCENT, w=28575))
        _marker(line, 6)
        line.smooth = False
        self._axis(mean.y_axis, axes[0], low=1, high=5, step=1, number_format="0")
        mean.y_axis.axId = 200
        mean.y_axis.crosses, mean.y_axis.axPos = "max", "r"
        answers += mean
        self._put(answers, place)

    def stacked(
        self, place: Block, title: str, axis: str, rows: range, columns: Sequence[tuple[int, str]]
    ) -> None:
        """Stacked bars: one bar per row, one part per (column, key of its colour)."""
        chart = self._titled(BarChart(), title)
        chart.type, chart.grouping, chart.overlap, chart.gapWidth = "bar", "stacked", 100, 45
        for column, key in columns:
            chart.add_data(self._column(rows, column), titles_from_data=True)
            _fill(chart.series[-1], RISK_COLOURS[key])
        chart.set_categories(self._labels(rows))
        self._axis(chart.y_axis, axis, low=0, number_format="0")
        self._axis(chart.x_axis, "", grid=False)
        chart.x_axis.scaling.orientation = "maxMin"
        chart.y_axis.crosses = "max"
        self._put(chart, place)

    def columns(self, place: Block, title: str, axis: str, rows: range, column: int) -> None:
        """One column per row."""
        chart = self._titled(BarChart(), title)
        chart.gapWidth = 60
        chart.add_data(self._column(rows, column), titles_from_data=True)
        chart.set_categories(self._labels(rows))
        _fill(chart.series[0], ACCENT)
        chart.legend = None
        self._axis(chart.y_axis, axis, low=0, number_format="#,##0")
        self._axis(chart.x_axis, "", grid=False)
        self._put(chart, place)

    def reliability(self, place: Block, title: str, axes: tuple[str, str], rows: range) -> None:
        """Observed against predicted shares, and the line where both are equal.

        Columns C, D and E of `rows` hold predicted, observed and the line.
        """
        chart = self._titled(ScatterChart(), title)
        chart.scatterStyle = "lineMarker"
        predicted = Reference(self._sheet, min_col=3, min_row=rows.start + 1, max_row=rows.stop - 1)
        for column in (5, 4):
            values = self._column(rows, column)
            series = Series(values, predicted, title_from_data=True)
            series.smooth = False
            if column == 5:
                series.marker.symbol = "none"
                line = LineProperties(solidFill=MUTED, w=12700, prstDash="dash")
            else:
                _marker(series, 8)
                line = LineProperties(noFill=True)
            series.graphicalProperties = GraphicalProperties(ln=line)
            chart.series.append(series)
        chart.x_axis.axPos = "b"  # ONLYOFFICE draws nothing between two axes at the left
        self._axis(chart.x_axis, axes[0], low=0, number_format="0%")
        self._axis(chart.y_axis, axes[1], low=0, number_format="0%")
        self._put(chart, place)

    def _column(self, rows: range, column: int) -> Reference:
        return Reference(self._sheet, min_col=column, min_row=rows.start, max_row=rows.stop - 1)

    def _labels(self, rows: range) -> Reference:
        return Reference(self._sheet, min_col=2, min_row=rows.start + 1, max_row=rows.stop - 1)

    def _titled(self, chart: Any, title: str) -> Any:
        chart.style = 2
        chart.title = self._words(title, 1100, bold=True, color=INK)
        chart.legend.position = "b"
        chart.legend.txPr = self._rich(900, MUTED)
        chart.roundedCorners = False
        chart.graphical_properties = GraphicalProperties(
            solidFill="FFFFFF", ln=LineProperties(solidFill=LINE, w=9525)
        )
        return chart

    def _axis(
        self,
        axis: Any,
        title: str,
        *,
        low: float | None = None,
        high: float | None = None,
        step: float | None = None,
        number_format: str = "General",
        grid: bool = True,
    ) -> None:
        axis.delete = False
        axis.title = self._words(title, 900, color=MUTED) if title else None
        axis.scaling.min, axis.scaling.max = low, high
        if step is not None:
            axis.majorUnit = step
        axis.number_format = number_format
        axis.numFmt.sourceLinked = False
        axis.majorTickMark = "none"
        axis.txPr = self._rich(900, MUTED)
        axis.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=LINE, w=9525))
        if not grid:
            axis.majorGridlines = None
        elif axis.majorGridlines is not None:
            axis.majorGridlines.spPr = GraphicalProperties(
                ln=LineProperties(solidFill="ECEFF1", w=6350)
            )

    def _characters(self, size: int, color: str, bold: bool = False) -> CharacterProperties:
        font = Font(typeface=self._font)
        return CharacterProperties(sz=size, b=bold, solidFill=color, latin=font, ea=font)

    def _rich(self, size: int, color: str) -> RichText:
        paragraph = ParagraphProperties(defRPr=self._characters(size, color))
        return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=paragraph, endParaRPr=None)])

    def _words(self, text: str, size: int, *, bold: bool = False, color: str) -> Title:
        style = self._characters(size, color, bold)
        run = RegularTextRun(t=text, rPr=style)
        paragraph = Paragraph(pPr=ParagraphProperties(defRPr=style), r=[run])
        return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)

    def _put(self, chart: Any, place: Block) -> None:
        """Put a chart on the cells from (row, column) to (row, column), counted from 1."""
        top, left, bottom, right = place
        gap = 60000
        chart.anchor = TwoCellAnchor(
            editAs="oneCell",
            _from=AnchorMarker(col=left - 1, colOff=gap, row=top - 1, rowOff=gap),
            to=AnchorMarker(col=right, row=bottom),
        )
        self._sheet.add_chart(chart)


def _fill(series: Any, color: str) -> None:
    series.graphicalProperties = GraphicalProperties(solidFill=color)
    series.graphicalProperties.line.noFill = True


def _marker(series: Any, size: int) -> None:
    series.marker.symbol, series.marker.size = "circle", size
    series.marker.graphicalProperties = GraphicalProperties(solidFill=ACCENT)
    series.marker.graphicalProperties.line.solidFill = ACCENT
