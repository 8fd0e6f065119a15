"""A chart part: columns, bars or lines over cells of a sheet, in a plain style.

Source: ISO/IEC 29500-1, 21.2 (DrawingML charts).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from csm_xl.formulas.addresses import block_address
from csm_xl.formulas.workbook_model import Block
from csm_xl.ooxml import xml_parts
from csm_xl.ooxml.xml_parts import Element

if TYPE_CHECKING:
    from csm_xl.ooxml.workbook_file import Workbook
    from csm_xl.ooxml.worksheet import Worksheet

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_C, _A = f"{{{CHART}}}", f"{{{_MAIN}}}"
#: What can be drawn: the element, its direction, and how series stand to one another.
KINDS: dict[str, tuple[str, str, str]] = {
    "column_clustered": ("barChart", "col", "clustered"),
    "column_stacked": ("barChart", "col", "stacked"),
    "bar_clustered": ("barChart", "bar", "clustered"),
    "bar_stacked": ("barChart", "bar", "stacked"),
    "line": ("lineChart", "", "standard"),
}
_INK, _MUTED, _LINE, _GRID = "1F2933", "66727A", "D9DFE3", "ECEFF1"
_SMALL = (
    f'<c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"><a:solidFill><a:srgbClr val="{_MUTED}"/></a:solidFill>'
    '</a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p></c:txPr>'
)
_AXIS = (
    '<c:{name}><c:axId val="{id}"/><c:scaling><c:orientation val="minMax"/>{low}</c:scaling><c:delete val="0"/>'
    '<c:axPos val="{at}"/>{grid}<c:numFmt formatCode="{form}" sourceLinked="0"/><c:majorTickMark val="none"/>'
    '<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln w="9525"><a:solidFill>'
    f'<a:srgbClr val="{_LINE}"/></a:solidFill></a:ln></c:spPr>{_SMALL}'
    '<c:crossAx val="{other}"/><c:crosses val="autoZero"/></c:{name}>'
)
_LINES = (
    f'<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="{_GRID}"/></a:solidFill></a:ln></c:spPr>'
    "</c:majorGridlines>"
)
_EMPTY = (
    f'<c:chartSpace xmlns:c="{CHART}" xmlns:a="{_MAIN}"><c:roundedCorners val="0"/><c:chart>'
    '<c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}{axes}</c:plotArea><c:plotVisOnly val="1"/>'
    '<c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
    f'<a:ln w="9525"><a:solidFill><a:srgbClr val="{_LINE}"/></a:solidFill></a:ln></c:spPr></c:chartSpace>'
)


class Chart:
    """One chart.

    Parameters
    ----------
    workbook : Workbook
    part : str
    drawing : str
        The part that places it.
    label : Element
        The element that holds its name there.
    """

    def __init__(self, workbook: Workbook, part: str, drawing: str, label: Element) -> None:
        self._workbook, self.part = workbook, part
        self._drawing, self._label = drawing, label

    @staticmethod
    def empty() -> bytes:
        """A chart of columns without a series."""
        low = '<c:min val="0"/>'
        axes = _AXIS.format(
            name="catAx", id=1, at="b", grid="", form="General", other=2, low=""
        ) + _AXIS.format(name="valAx", id=2, at="l", grid=_LINES, form="General", other=1, low=low)
        return _EMPTY.format(plot=_plot("column_clustered"), axes=axes).encode()

    @property
    def _root(self) -> Element:
        return self._workbook.package.tree(self.part)

    def _touch(self) -> None:
        self._workbook.package.touch(self.part)

    def _fragment(self, text: str) -> Element:
        package = self._workbook.package
        spaces = f'<x xmlns:c="{CHART}" xmlns:a="{_MAIN}">{text}</x>'
        return xml_parts.parse(spaces.encode(), self.part, package.path)[0]

    @property
    def _plot(self) -> Element:
        area = next(self._root.iter(_C + "plotArea"))
        known = {element for element, *_ in KINDS.values()}
        found = next((e for e in area if xml_parts.local(e) in known), None)
        if found is None:
            raise NotImplementedError(
                "only charts of columns, bars and lines can be changed in a file"
            )
        return found

    # -- what it is ---------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What the chart is called."""
        return self._label.get("name", "")

    @name.setter
    def name(self, value: str) -> None:
        self._label.set("name", value)
        self._workbook.package.touch(self._drawing)

    @property
    def kind(self) -> str:
        """One of :data:`KINDS`."""
        plot = self._plot
        element = xml_parts.local(plot)
        said = [e.get("val", "") for n in ("barDir", "grouping") for e in plot.findall(_C + n)]
        wanted = (element, *([""] if element == "lineChart" else []), *said)
        return next((kind for kind, one in KINDS.items() if one == wanted), "column_clustered")

    @kind.setter
    def kind(self, value: str) -> None:
        if value not in KINDS:
            raise NotImplementedError(
                f"a chart of the type {value} cannot be made in a workbook file"
            )
        old = self._plot
        new = self._fragment(_plot(value))
        place = _behind(new, "varyColors")
        new[place:place] = old.findall(_C + "ser")
        holder = old.getparent()
        assert holder is not None
        holder.replace(old, new)
        lying = KINDS[value][1] == "bar"
        for axis, at in (("catAx", "l" if lying else "b"), ("valAx", "b" if lying else "l")):
            for found in holder.iterfind(f"{_C}{axis}/{_C}axPos"):
                found.set("val", at)
        self._touch()

    @property
    def title(self) -> str | None:
        """The title; None where none is shown."""
        found = self._root.find(f"{_C}chart/{_C}title")
        return None if found is None else "".join(t.text or "" for t in found.iter(_A + "t"))

    @title.setter
    def title(self, value: str | None) -> None:
        chart = self._root.find(_C + "chart")
        assert chart is not None
        for former in chart.findall(_C + "title"):
            chart.remove(former)
        if value is not None:
            ink = f'<a:solidFill><a:srgbClr val="{_INK}"/></a:solidFill>'
            chart.insert(
                0,
                self._fragment(
                    '<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:rPr lang="en-US" sz="1100" b="1">'
                    f"{ink}</a:rPr><a:t>{escape(value)}</a:t></a:r></a:p></c:rich></c:tx>"
                    '<c:overlay val="0"/></c:title>'
                ),
            )
        for hidden in chart.findall(_C + "autoTitleDeleted"):
            hidden.set("val", "1" if value is None else "0")
        self._touch()

    @property
    def legend(self) -> bool:
        """Whether the names of the series are shown below."""
        return self._root.find(f"{_C}chart/{_C}legend") is not None

    @legend.setter
    def legend(self, shown: bool) -> None:
        chart = self._root.find(_C + "chart")
        area = self._root.find(f"{_C}chart/{_C}plotArea")
        assert chart is not None
        assert area is not None
        for former in chart.findall(_C + "legend"):
            chart.remove(former)
        if shown:
            text = f'<c:legend><c:legendPos val="b"/><c:overlay val="0"/>{_SMALL}</c:legend>'
            chart.insert(chart.index(area) + 1, self._fragment(text))
        self._touch()

    def set_number_format(self, value: str) -> None:
        """Show the numbers of the value axis so."""
        for found in self._root.iterfind(f".//{_C}valAx/{_C}numFmt"):
            found.set("formatCode", value)
        self._touch()

    # -- what it shows ------------------------------------------------------------------------

    def series(self) -> list[Element]:
        """The series, in order."""
        return self._plot.findall(_C + "ser")

    def fill(self, series: Element, color: tuple[int, int, int]) -> None:
        """Draw a series in a colour."""
        rgb = "{:02X}{:02X}{:02X}".format(*color)
        solid = f'<a:solidFill><a:srgbClr val="{rgb}"/></a:solidFill>'
        line = xml_parts.local(self._plot) == "lineChart"
        looks = f'<a:ln w="28575">{solid}</a:ln>' if line else solid
        for former in series.findall(_C + "spPr"):
            series.remove(former)
        place = _behind(series, "idx", "order", "tx")
        series.insert(place, self._fragment(f"<c:spPr>{looks}</c:spPr>"))
        self._touch()

    def set_source(self, sheet: Worksheet, block: Block, *, by_rows: bool) -> None:
        """Show the cells of a block; texts in its first row and column are names and categories.

        Series that were there before keep their looks.
        """
        r1, c1, r2, c2 = block
        # Beside the corner, which is nobody's, stand the heads of columns and the sides of rows.
        side = _said(sheet, (r1 + 1, c1, r2, c1))
        first_column = c1 + 1 if side else c1
        head = _said(sheet, (r1, first_column, r1, c2))
        first_row = r1 + 1 if head else r1
        heads, sides = (r1, first_column, r1, c2), (first_row, c1, r2, c1)
        if by_rows:
            categories, named = heads if head else None, side
        else:
            categories, named = sides if side else None, head
        plot, former = self._plot, self.series()
        for one in former:
            plot.remove(one)
        place = _behind(plot, "grouping", "varyColors")
        lines = range(first_row, r2 + 1) if by_rows else range(first_column, c2 + 1)
        for number, line in enumerate(lines):
            values = (line, first_column, line, c2) if by_rows else (first_row, line, r2, line)
            label = ((line, c1, line, c1) if by_rows else (r1, line, r1, line)) if named else None
            looks = former[number].find(_C + "spPr") if number < len(former) else None
            series = self._fragment(_series(number, sheet, label, categories, values))
            if looks is not None:
                series.insert(_behind(series, "idx", "order", "tx"), looks)
            plot.insert(place + number, series)
        self._touch()

    def set_categories(self, sheet: Worksheet, block: Block) -> None:
        """Name the points by the cells of a block."""
        for series in self.series():
            for former in series.findall(_C + "cat"):
                series.remove(former)
            values = series.find(_C + "val")
            assert values is not None
            series.insert(
                series.index(values), self._fragment(f"<c:cat>{_texts(sheet, block)}</c:cat>")
            )
        self._touch()


def _behind(element: Element, *names: str) -> int:
    """The place behind the last child that has one of the names."""
    return 1 + max(i for i, e in enumerate(element) if xml_parts.local(e) in names)


def _plot(kind: str) -> str:
    element, direction, grouping = KINDS[kind]
    overlap = '<c:overlap val="100"/>' if grouping == "stacked" else ""
    bars = f'<c:gapWidth val="60"/>{overlap}' if direction else '<c:marker val="1"/>'
    way = f'<c:barDir val="{direction}"/>' if direction else ""
    return (
        f'<c:{element}>{way}<c:grouping val="{grouping}"/><c:varyColors val="0"/>{bars}'
        f'<c:axId val="1"/><c:axId val="2"/></c:{element}>'
    )


def _said(sheet: Worksheet, block: Block) -> bool:
    """Whether cells hold a text."""
    return any(isinstance(value, str) for value in _values(sheet, block))


def _values(sheet: Worksheet, block: Block) -> Sequence[object]:
    r1, c1, r2, c2 = block
    return [sheet.value(row, column) for row in range(r1, r2 + 1) for column in range(c1, c2 + 1)]


def _reference(sheet: Worksheet, block: Block) -> str:
    quoted = sheet.name.replace("'", "''")
    corners = block_address(block).split(":")
    fixed = ":".join(
        "$" + c.rstrip("0123456789") + "$" + c.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for c in corners
    )
    return escape(f"'{quoted}'!{fixed}")


def _texts(sheet: Worksheet, block: Block) -> str:
    values = _values(sheet, block)
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{escape(str(v))}</c:v></c:pt>'
        for i, v in enumerate(values)
        if v is not None
    )
    return (
        f'<c:strRef><c:f>{_reference(sheet, block)}</c:f><c:strCache><c:ptCount val="{len(values)}"/>{points}'
        "</c:strCache></c:strRef>"
    )


def _series(
    number: int, sheet: Worksheet, label: Block | None, categories: Block | None, values: Block
) -> str:
    numbers = _values(sheet, values)
    points = "".join(
        f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>'
        for i, v in enumerate(numbers)
        if isinstance(v, int | float) and not isinstance(v, bool)
    )
    name = "" if label is None else f"<c:tx>{_texts(sheet, label)}</c:tx>"
    cats = "" if categories is None else f"<c:cat>{_texts(sheet, categories)}</c:cat>"
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/>{name}{cats}'
        f"<c:val><c:numRef><c:f>{_reference(sheet, values)}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{len(numbers)}"/>{points}</c:numCache></c:numRef></c:val></c:ser>'
    )
