"""The charts of a sheet, as xlwings sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from csm_xl.ooxml.charts import Chart as ChartPart
from csm_xl.ooxml.drawings import Drawing
from csm_xl.ooxml.xml_parts import Element
from csm_xl.xlfile.unsupported import FileObject, refuse

if TYPE_CHECKING:
    from csm_xl.xlfile.range import Range
    from csm_xl.xlfile.sheet import Sheet


class Charts(FileObject, base_classes.Charts):
    """The charts of one sheet, in the order in which they were added."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._drawing = Drawing(sheet.book.workbook, sheet.worksheet)

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    def __call__(self, key: str | int) -> Chart:
        """A chart by name, in any case, or by position from 1."""
        charts = list(self)
        if isinstance(key, int):
            return charts[key - 1]
        found = [one for one in charts if one.name.casefold() == key.casefold()]
        if not found:
            raise KeyError(key)
        return found[0]

    def __len__(self) -> int:
        return len(self._drawing.charts())

    def __iter__(self) -> Iterator[Chart]:
        return (Chart(self._sheet, one) for one in self._drawing.charts())

    def __contains__(self, key: object) -> bool:
        return any(one.name.casefold() == str(key).casefold() for one in self)

    def add(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        chart_type: str | None = None,
        source: Range | None = None,
        plot_by: str | None = None,
        name: str | None = None,
        anchor: Any = None,
        style: int | None = None,
    ) -> Chart:
        """A new chart at the cell `anchor`, so many points wide and high, in our own style.

        Raises
        ------
        NotImplementedError
            Without `anchor`: where a distance in points lies depends on the fonts of a screen.
        """
        if anchor is None:
            refuse("Charts", "add(left=..., top=...)")
        made = Chart(self._sheet, self._drawing.add_chart(anchor.row, anchor.column, width, height))
        if chart_type is not None:
            made.chart_type = chart_type
        if source is not None:
            made.set_source_data(source, plot_by)
        if name is not None:
            made.name = name
        return made


class Chart(FileObject, base_classes.Chart):
    """One chart."""

    def __init__(self, sheet: Sheet, part: ChartPart) -> None:
        self._sheet, self._part = sheet, part

    @property
    def api(self) -> ChartPart:
        """The part behind it."""
        return self._part

    @property
    def parent(self) -> Sheet:
        """The sheet that it stands on."""
        return self._sheet

    @property
    def name(self) -> str:
        """What the chart is called."""
        return self._part.name

    @name.setter
    def name(self, value: str) -> None:
        self._part.name = value

    @property
    def chart_type(self) -> str:
        """Such as ``column_clustered``."""
        return self._part.kind

    @chart_type.setter
    def chart_type(self, value: str) -> None:
        self._part.kind = value

    @property
    def title(self) -> str | None:
        """The title; None hides it."""
        return self._part.title

    @title.setter
    def title(self, value: str | None) -> None:
        self._part.title = value

    @property
    def legend(self) -> Legend:
        """The names of the series."""
        return Legend(self._part)

    @property
    def value_axis(self) -> ValueAxis:
        """The axis of the numbers."""
        return ValueAxis(self._part)

    @property
    def series(self) -> SeriesCollection:
        """What is drawn."""
        return SeriesCollection(self._part)

    def set_source_data(self, rng: Range, plot_by: str | None = None) -> None:
        """Show cells; texts in their first row and column are names and categories."""
        self._part.set_source(rng.sheet.worksheet, rng.block, by_rows=plot_by == "rows")

    def set_x_axis_values(self, rng: Range) -> None:
        """Name the points by cells."""
        self._part.set_categories(rng.sheet.worksheet, rng.block)


class Legend(FileObject, base_classes.ChartLegend):
    """The names of the series, below the chart."""

    def __init__(self, part: ChartPart) -> None:
        self._part = part

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return self._part.legend

    @visible.setter
    def visible(self, value: bool) -> None:
        self._part.legend = value

    @property
    def position(self) -> str | None:
        """Below, or nowhere."""
        return "bottom" if self._part.legend else None

    @position.setter
    def position(self, value: str) -> None:
        if value != "bottom":
            refuse("ChartLegend", f"position = {value!r}")
        self._part.legend = True


class ValueAxis(FileObject, base_classes.ChartAxis):
    """The axis of the numbers."""

    def __init__(self, part: ChartPart) -> None:
        self._part = part

    def set(self, **changes: Any) -> None:
        """Change the number format."""
        for what, value in _given(changes):
            if what != "number_format":
                refuse("ChartAxis", what)
            self._part.set_number_format(value)


class SeriesCollection(FileObject, base_classes.ChartSeriesCollection):
    """The series of a chart."""

    def __init__(self, part: ChartPart) -> None:
        self._part = part

    def __call__(self, key: int) -> Series:
        """A series by its position from 1."""
        return Series(self._part, self._part.series()[key - 1])

    def __len__(self) -> int:
        return len(self._part.series())

    def __iter__(self) -> Iterator[Series]:
        return (Series(self._part, one) for one in self._part.series())


class Series(FileObject, base_classes.ChartSeries):
    """One series."""

    def __init__(self, part: ChartPart, element: Element) -> None:
        self._part, self._element = part, element

    def set(self, **changes: Any) -> None:
        """Change the colour of columns or of a line."""
        for what, value in _given(changes):
            if what not in ("fill_color", "line_color"):
                refuse("ChartSeries", what)
            self._part.fill(self._element, value)


def _given(changes: dict[str, Any]) -> list[tuple[str, Any]]:
    """What a caller asked to change: xlwings hands the rest over as not set."""
    return [(what, value) for what, value in changes.items() if value is not base_classes._UNSET]
