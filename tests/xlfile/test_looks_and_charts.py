"""Fonts, colours, frozen rows, pages and charts on a workbook file, as the schemas and other programs read them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from hosts.ecma_schemas import _SCHEMAS, _schema
from hosts.libreoffice import converted, needs_libreoffice
from lxml import etree
from public_data import SCHEMAS

from csm_xl.commands.opening import open_book

ROWS = [["Month", "New", "Lost"], ["2026-01", 3, 1], ["2026-02", 4, 2]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    for row in ROWS:
        book.active.append(row)
    book.create_sheet("Other")
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


@pytest.fixture
def data(path: Path) -> xw.Sheet:
    return open_book(path).sheets["Data"]


def reread(data: xw.Sheet) -> openpyxl.worksheet.worksheet.Worksheet:
    """The sheet as another program reads it, each of its parts valid."""
    data.book.save()
    with zipfile.ZipFile(data.book.fullname) as package:
        for name in package.namelist():
            known = [xsd for start, xsd in _SCHEMAS if name.startswith(start)]
            if known and SCHEMAS.is_dir() and name != "docProps/core.xml":
                _schema(SCHEMAS / known[0]).assertValid(etree.fromstring(package.read(name)))
    return openpyxl.load_workbook(data.book.fullname)["Data"]


def test_a_font_changes_in_one_thing_and_stays_in_the_rest(data):
    cell = data.range("A1")
    cell.font.bold = True
    cell.font.size = 12
    cell.font.color = (209, 73, 91)
    assert (cell.font.bold, cell.font.size, cell.font.color) == (True, 12.0, (209, 73, 91))
    cell.font.bold = False
    font = reread(data)["A1"].font
    assert (font.b, font.sz, font.color.rgb) == (False, 12, "FFD1495B")


def test_texts_break_and_stand_where_they_should(data):
    area = data.range("A1:C1")
    area.wrap_text = True
    area.vertical_alignment = "center"
    area.horizontal_alignment = "right"
    area.api.IndentLevel = 1
    found = reread(data)["C1"].alignment
    assert (found.wrap_text, found.vertical, found.horizontal, found.indent) == (
        True,
        "center",
        "right",
        1,
    )


def test_a_look_that_was_there_is_kept_beside_the_new_one(data):
    cell = data.range("B2")
    cell.color = (1, 2, 3)
    cell.number_format = "0.00"
    cell.font.bold = True
    cell.wrap_text = True
    found = reread(data)["B2"]
    assert (found.fill.fgColor.rgb, found.number_format, found.font.b) == ("FF010203", "0.00", True)


def test_rows_stay_in_sight_and_are_printed_on_each_page(data):
    data.freeze_panes.freeze_at("1:1")
    data.show_gridlines = False
    setup = data.page_setup.api
    setup.Orientation, setup.Zoom, setup.FitToPagesWide, setup.FitToPagesTall = 2, False, 1, False
    setup.PrintTitleRows = "$1:$1"
    page = reread(data)
    assert page.freeze_panes == "A2"
    assert not page.sheet_view.showGridLines
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, page.page_setup.fitToHeight) == ("landscape", 0)
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_rows_and_columns_stay_in_sight_together_and_can_be_freed(data):
    data.freeze_panes.freeze_at("A1:B1")
    assert reread(data).freeze_panes == "C2"
    data.freeze_panes.unfreeze()
    assert reread(data).freeze_panes is None


def test_colours_follow_the_values(data):
    formats = data.range("B2:B3").conditional_formats
    formats.add_cell_value("equal_to", '="High"', fill_color=(209, 73, 91), font_bold=True)
    formats.add_cell_value("equal_to", '="Low"', fill_color=(1, 2, 3))
    rules = next(iter(reread(data).conditional_formatting)).rules
    assert [(r.formula, r.dxf.fill.bgColor.rgb, r.priority) for r in rules] == [
        (['"High"'], "FFD1495B", 2),
        (['"Low"'], "FF010203", 1),
    ]


class TestCharts:
    def chart(self, data):
        return data.charts.add(
            width=300,
            height=200,
            chart_type="column_clustered",
            name="moves",
            anchor=data.range("E2"),
            style=None,
        )

    def test_columns_of_two_series_with_names_and_categories(self, data):
        chart = self.chart(data)
        chart.set_source_data(data.range("A1:C3"), "columns")
        chart.title = "New & lost"
        chart.legend.position = "bottom"
        chart.series[1].set(fill_color=(209, 73, 91))
        chart.value_axis.set(number_format="0")
        found = reread(data)._charts[0]
        assert [s.val.numRef.f for s in found.series] == ["'Data'!$B$2:$B$3", "'Data'!$C$2:$C$3"]
        assert [s.tx.strRef.f for s in found.series] == ["'Data'!$B$1", "'Data'!$C$1"]
        assert {s.cat.strRef.f for s in found.series} == {"'Data'!$A$2:$A$3"}
        assert found.series[1].graphicalProperties.solidFill.srgbClr == "D1495B"
        assert found.anchor._from.row == 1

    def test_one_column_has_its_title_as_name_and_gets_categories(self, data):
        chart = self.chart(data)
        chart.set_source_data(data.range("B1:B3"), "columns")
        chart.set_x_axis_values(data.range("A2:A3"))
        series = reread(data)._charts[0].series
        assert [(s.tx.strRef.f, s.val.numRef.f, s.cat.strRef.f) for s in series] == [
            ("'Data'!$B$1", "'Data'!$B$2:$B$3", "'Data'!$A$2:$A$3")
        ]

    def test_rows_are_series_if_asked_for(self, data):
        chart = self.chart(data)
        chart.set_source_data(data.range("A1:C3"), "rows")
        assert [s.val.numRef.f for s in reread(data)._charts[0].series] == [
            "'Data'!$B$2:$C$2",
            "'Data'!$B$3:$C$3",
        ]

    def test_other_cells_keep_the_looks_and_a_saved_chart_is_found_by_name(self, data):
        chart = self.chart(data)
        chart.set_source_data(data.range("A1:C3"), "columns")
        chart.series[0].set(fill_color=(1, 2, 3))
        data.book.save()
        again = open_book(Path(data.book.fullname)).sheets["Data"]
        assert "MOVES" in again.charts
        found = again.charts["moves"]
        found.set_source_data(again.range("A1:C2"), "columns")
        again.book.save()
        series = openpyxl.load_workbook(again.book.fullname)["Data"]._charts[0].series
        assert series[0].val.numRef.f == "'Data'!$B$2"
        assert series[0].graphicalProperties.solidFill.srgbClr == "010203"

    def test_a_line_and_stacked_columns(self, data):
        chart = self.chart(data)
        chart.set_source_data(data.range("A1:C3"), "columns")
        for kind in ("line", "column_stacked", "bar_clustered", "bar_stacked"):
            chart.chart_type = kind
            chart.series[0].set(fill_color=(1, 2, 3))
            assert chart.chart_type == kind
            assert len(reread(data)._charts[0].series) == 2

    def test_what_a_file_cannot_draw_is_refused_by_name(self, data):
        with pytest.raises(NotImplementedError, match="left"):
            data.charts.add(left=3, top=3)
        with pytest.raises(NotImplementedError, match="pie"):
            self.chart(data).chart_type = "pie"

    def test_a_second_chart_stands_in_the_same_drawing(self, data):
        self.chart(data)
        data.charts.add(name="other", anchor=data.range("E20"), chart_type="line", style=None)
        assert [one.name for one in data.charts] == ["moves", "other"]
        assert len(reread(data)._charts) == 2

    @needs_libreoffice[1]
    def test_libreoffice_draws_it(self, data, tmp_path):
        chart = self.chart(data)
        chart.set_source_data(data.range("A1:C3"), "columns")
        data.book.save()
        out = converted(Path(data.book.fullname), "ods", tmp_path)
        with zipfile.ZipFile(out) as package:
            assert any(name.startswith("Object 1/") for name in package.namelist())
