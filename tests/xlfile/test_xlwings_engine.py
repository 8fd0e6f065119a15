"""xlwings' own object model works on a workbook file, in the shapes that Excel uses."""

from __future__ import annotations

import datetime as dt
import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xlwings as xw
from ooxml import handmade
from xlwings import base_classes

from csm_xl.commands.opening import ENGINE_NAME, open_book
from csm_xl.commands.opening import files as engine
from csm_xl.errors import COM_ERRORS, SheetError
from csm_xl.xlfile import app, book, names, sheet, table
from csm_xl.xlfile import range as cells

ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Start</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>Spend</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>甲</t></is></c><c r="B2" s="1"><v>45296</v></c>'
    '<c r="C2"><v>12</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>乙</t></is></c><c r="B3" s="3"><v>45327.5</v></c>'
    '<c r="C3" t="e"><v>#N/A</v></c></row>'
    '<row r="4"><c r="A4" t="b"><v>1</v></c><c r="C4"><f>C2*2</f><v>24</v></c></row>'
)
EXTRA = '<definedNames><definedName name="Spend">Data!$C$2:$C$4</definedName></definedNames>'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    content = handmade.parts(
        {"Data": handmade.sheet_xml(ROWS), "Other": handmade.sheet_xml("")}, workbook_extra=EXTRA
    )
    return handmade.write(tmp_path / "book.xlsx", content)


@pytest.fixture
def data(path: Path) -> xw.Sheet:
    return open_book(path).sheets["Data"]


class TestEngine:
    def test_it_is_found_in_xlwings_and_is_not_the_active_one(self, path: Path) -> None:
        active = xw.engines.active
        for opened in engine().apps:
            opened.quit()
        found = xw.engines[ENGINE_NAME].apps.active.books.open(path)
        assert found.fullname == str(path)
        assert isinstance(found, xw.Book)
        found.close()
        assert xw.engines.active is active
        assert [e.name for e in xw.engines].count(ENGINE_NAME) == 1

    def test_importing_the_package_does_not_import_xlwings(self) -> None:
        code = "import sys, csm_xl.xlfile; sys.exit('xlwings' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_xlwings_can_be_imported_without_plots(self) -> None:
        code = (
            "import sys\n"
            "from csm_xl.xlfile.lean_import import import_xlwings_without_plots\n"
            "import_xlwings_without_plots()\n"
            "assert 'xlwings' in sys.modules\n"
            "assert 'matplotlib' not in sys.modules\n"
            "import importlib.util\n"
            "if importlib.util.find_spec('matplotlib'):\n"
            "    import matplotlib\n"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_books_of_the_same_name_are_kept_apart(self, path: Path, tmp_path: Path) -> None:
        other = tmp_path / "other" / "book.xlsx"
        other.parent.mkdir()
        handmade.workbook(other, "")
        first, second = open_book(path), open_book(other)
        assert first != second
        assert first.app != second.app
        assert [b.fullname for b in second.app.books] == [str(other)]
        for opened in (first, second):
            opened.close()

    def test_closing_forgets_the_app(self, path: Path) -> None:
        opened = open_book(path)
        pid = opened.app.pid
        opened.close()
        assert pid not in xw.engines[ENGINE_NAME].apps.keys()  # noqa: SIM118 (xlwings' Apps)

    def test_settings_of_the_app_are_kept_and_restored(self, path: Path) -> None:
        application = open_book(path).app
        assert application.calculation == "automatic"
        with application.properties(calculation="manual", screen_updating=False, status_bar="x"):
            assert application.calculation == "manual"
            assert application.screen_updating is False
            assert application.status_bar == "x"
        assert application.calculation == "automatic"
        assert application.screen_updating is True
        with pytest.raises(ValueError, match="calculation must be"):
            application.calculation = "sometimes"

    def test_the_file_says_how_it_is_calculated(self, tmp_path: Path) -> None:
        path = tmp_path / "book.xlsx"
        handmade.workbook(path, "", workbook_extra='<calcPr calcMode="manual"/>')
        assert open_book(path).app.calculation == "manual"


class TestReading:
    def test_values_have_the_types_that_excel_gives(self, data: xw.Sheet) -> None:
        assert data["A1:C4"].value == [
            ["Name", "Start", "Spend"],
            ["甲", dt.datetime(2024, 1, 5), 12.0],
            ["乙", dt.datetime(2024, 2, 5, 12), None],
            [True, None, 24.0],
        ]

    def test_raw_values_are_tuples_with_errors_as_integers(self, data: xw.Sheet) -> None:
        raw = data["A2:C3"].raw_value
        assert raw[0] == ("甲", dt.datetime(2024, 1, 5), 12.0)
        assert COM_ERRORS[raw[1][2]] == "#N/A"
        assert data["C2"].raw_value == 12.0
        assert data["C2:C2"].raw_value == 12.0
        assert data["C2:C3"].raw_value == ((12.0,), (raw[1][2],))
        assert data["A9:B9"].raw_value == ((None, None),)

    def test_value2_gives_dates_as_numbers(self, data: xw.Sheet) -> None:
        assert data["B2:B3"].api.Value2 == ((45296.0,), (45327.5,))
        assert data["B2"].api.Value == dt.datetime(2024, 1, 5)

    def test_xlwings_converts(self, data: xw.Sheet) -> None:
        assert data["C2"].options(numbers=int).value == 12
        assert data["B2"].options(dates=dt.date).value == dt.date(2024, 1, 5)
        assert data["C3"].options(err_to_str=True).value == "#N/A"
        assert data["D1"].options(empty="nothing").value == "nothing"
        assert data["A1:A2"].options(ndim=2).value == [["Name"], ["甲"]]
        assert data["A1:A2"].options(transpose=True, ndim=2).value == [["Name", "甲"]]
        frame = data["A1:C3"].options(pd.DataFrame, index=False).value
        assert list(frame.columns) == ["Name", "Start", "Spend"]
        assert frame["Start"].tolist() == [dt.datetime(2024, 1, 5), dt.datetime(2024, 2, 5, 12)]
        assert np.isnan(data["C2:D2"].options(np.array).value[1])

    def test_places_around_cells(self, data: xw.Sheet) -> None:
        assert data["A1"].expand().address == "$A$1:$C$4"
        assert data["B1"].expand("down").address == "$B$1:$B$3"
        assert data["A1"].expand("down").address == "$A$1:$A$4"
        assert data["A1"].current_region.address == "$A$1:$C$4"
        assert data.used_range.address == "$A$1:$C$4"
        assert data["A1"].end("down").address == "$A$4"
        assert data["A1"].end("right").address == "$C$1"
        assert data["B3"].end("down").address == "$B$1048576"
        assert data["F9"].end("left").address == "$A$9"
        assert data["B20"].end("up").address == "$B$3"
        assert data.range("A1:C4").last_cell.address == "$C$4"
        assert data.cells.last_cell.address == "$XFD$1048576"

    def test_ranges_are_addressed_in_every_way(self, data: xw.Sheet) -> None:
        assert data.range((2, 3)).value == 12.0
        assert data.range((1, 1), (2, 2)).address == "$A$1:$B$2"
        assert data.range("A1", "B2").address == "$A$1:$B$2"
        assert data["B:C"].shape == (1048576, 2)
        assert data["2:3"].address == "$2:$3"
        assert data["B:C"].address == "$B:$C"
        assert data["Spend"].address == "$C$2:$C$4"
        assert data["A1:C4"].rows[1].address == "$A$2:$C$2"
        assert data["A1:C4"].columns[-1].address == "$C$1:$C$4"
        assert data["A1:C4"](2, 3).value == 12.0
        assert data["A1:C4"](6).value == 12.0
        assert data["A1:C4"][1:, 0].address == "$A$2:$A$4"
        assert data["A1"].offset(1, 2).resize(2, 1).address == "$C$2:$C$3"
        assert data["A1"].get_address(False, False) == "A1"
        assert data["A1"].get_address(include_sheetname=True) == "Data!$A$1"
        with pytest.raises(ValueError, match="neither an address nor a name"):
            data["no such name"]
        with pytest.raises(IndexError):
            data.range((0, 1))

    def test_formulas_are_shown_as_typed(self, data: xw.Sheet) -> None:
        assert data["C4"].formula == "=C2*2"
        assert data["A2:C2"].formula == (("甲", "45296", "12"),)
        assert data["A4"].formula == "TRUE"
        assert data["C3"].formula == "#N/A"
        assert data["Z9"].formula == ""

    def test_whole_sheets_are_not_read_by_mistake(self, data: xw.Sheet) -> None:
        with pytest.raises(SheetError, match="too many cells"):
            _ = data.cells.value


class TestWriting:
    def test_what_is_written_is_read_back(self, path: Path, data: xw.Sheet) -> None:
        moment = dt.datetime(2024, 2, 29, 13, 30)
        data["E1"].value = [["text", 1, 2.5], [True, None, moment], [dt.date(2024, 1, 1), "", "x"]]
        assert data["E1:G3"].value == [
            ["text", 1.0, 2.5],
            [True, None, moment],
            [dt.datetime(2024, 1, 1), None, "x"],
        ]
        data.book.save()
        shown = openpyxl.load_workbook(path)["Data"]
        assert shown["G2"].value == moment
        assert shown["E3"].number_format == "mm-dd-yy"  # openpyxl's name of format 14

    def test_arrays_and_frames_are_written(self, data: xw.Sheet) -> None:
        data["E1"].options(transpose=True).value = np.array([0.1, np.nan, 3.0])
        assert data["E1:E3"].value == [0.1, None, 3.0]
        frame = pd.DataFrame(
            {"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2024-01-01", None])}
        )
        data["G1"].options(index=False).value = frame
        assert data["G1:I3"].value == [
            ["a", "b", "c"],
            [1.0, "x", dt.datetime(2024, 1, 1)],
            [2.0, None, None],
        ]

    def test_a_scalar_fills_every_cell(self, data: xw.Sheet) -> None:
        data["E1:F3"].value = "x"
        assert data["E1:F3"].value == [["x", "x"]] * 3
        data["E1:F3"].clear_contents()
        assert data["E1:F3"].value == [[None, None]] * 3

    def test_errors_read_from_a_cell_are_written_as_errors(
        self, path: Path, data: xw.Sheet
    ) -> None:
        data["E1"].raw_value = data["C3"].raw_value
        data.book.save()
        assert openpyxl.load_workbook(path)["Data"]["E1"].data_type == "e"

    def test_an_apostrophe_says_text_and_is_not_part_of_it(
        self, path: Path, data: xw.Sheet
    ) -> None:
        data["E1"].value = [["'=1+1", "=1+1", "''x"]]
        assert data["E1:G1"].value == ["=1+1", "=1+1", "'x"]
        data["E2"].number_format = "@"
        data["E2"].value = "'quoted'"
        assert data["E2"].value == "'quoted'"
        data.book.save()
        shown = openpyxl.load_workbook(path)["Data"]
        assert shown["E1"].quotePrefix
        assert not shown["F1"].quotePrefix
        assert open_book(path).sheets["Data"]["F1"].formula == "=1+1"
        assert not open_book(path).api._book.workbook.sheet("Data").formula_cells.has(1, 6)

    def test_formulas_are_filled_along(self, path: Path, data: xw.Sheet) -> None:
        data["E2:F3"].formula = "=C2*$C2+1"
        assert data["E2:F3"].formula == (("=C2*$C2+1", "=D2*$C2+1"), ("=C3*$C3+1", "=D3*$C3+1"))
        data["G2"].formula2 = "=C2:C4"
        data["H2:H4"].formula_array = "=C2:C4*2"
        assert data["H3"].formula_array == "=C2:C4*2"
        assert data["H3"].has_array
        assert not data["G9"].has_array
        data.book.save()
        shown = openpyxl.load_workbook(path)["Data"]
        assert shown["F3"].value == "=D3*$C3+1"
        assert shown["G2"].value.ref == "G2"
        assert shown["H2"].value.ref == "H2:H4"

    def test_rows_of_different_length_are_refused(self, data: xw.Sheet) -> None:
        with pytest.raises(Exception, match="same length"):
            data["E1"].value = [[1, 2], [3]]
        with pytest.raises(ValueError, match="do not fit"):
            data["E1:F2"].raw_value = [[1, 2, 3], [4, 5, 6]]

    def test_clearing_a_sheet_empties_it(self, path: Path, data: xw.Sheet) -> None:
        data.clear()
        data.book.save()
        part = handmade.read_part(path, "xl/worksheets/sheet1.xml")
        assert b"<c " not in part
        assert open_book(path).sheets["Data"].used_range.address == "$A$1"


class TestSheetsAndNames:
    def test_sheets_are_found_and_added(self, path: Path) -> None:
        opened = open_book(path)
        sheets = opened.sheets
        assert [s.name for s in sheets] == ["Data", "Other"]
        assert sheets["data"] == sheets[0]
        assert (sheets[1].index, len(sheets)) == (2, 2)
        assert "OTHER" in sheets
        with pytest.raises(KeyError):
            sheets["Missing"]
        added = sheets.add("模型", after=sheets["Data"])
        assert opened.sheet_names == ["Data", "模型", "Other"]
        assert sheets.add().name == "Sheet1"
        assert opened.sheet_names[0] == "Sheet1"
        added["B2"].value = 5
        assert added.used_range.address == "$B$2"
        opened.save()
        assert openpyxl.load_workbook(path)["模型"]["B2"].value == 5

    @pytest.mark.parametrize("name", ["a/b", "x" * 32, "'a", "a:b"])
    def test_names_that_excel_refuses_are_refused(self, path: Path, name: str) -> None:
        with pytest.raises(SheetError, match="cannot be called"):
            open_book(path).sheets.add(name)

    def test_sheets_are_hidden_and_shown(self, path: Path) -> None:
        opened = open_book(path)
        other = opened.sheets["Other"]
        assert other.visible == -1
        other.api.Visible = 2
        opened.save()
        assert openpyxl.load_workbook(path)["Other"].sheet_state == "veryHidden"
        other = open_book(path).sheets["Other"]
        assert other.visible == 2
        other.visible = False
        assert other.visible == 0
        other.visible = True
        assert other.visible == -1
        with pytest.raises(ValueError, match="visible must be"):
            other.visible = 7

    def test_names_are_read_added_and_removed(self, path: Path) -> None:
        opened = open_book(path)
        assert [n.name for n in opened.names] == ["Spend"]
        assert opened.names["spend"].refers_to == "=Data!$C$2:$C$4"
        assert opened.names["Spend"].refers_to_range.value == [12.0, None, 24.0]
        opened.names.add("Own", "='Other'!$A$1")
        opened.sheets["Other"].names.add("Local", "=Other!$B$1")
        assert [n.name for n in opened.names] == ["Spend", "Own", "Other!Local"]
        assert [n.name for n in opened.sheets["Other"].names] == ["Other!Local"]
        opened.names["Own"].refers_to = "=Other!$A$2"
        del opened.names["Spend"]
        assert "Spend" not in opened.names
        opened.save()
        assert openpyxl.load_workbook(path).defined_names["Own"].attr_text == "Other!$A$2"

    def test_a_copy_is_saved_as_it_is_now(self, path: Path, tmp_path: Path) -> None:
        opened = open_book(path)
        opened.sheets[0]["C2"].value = 99
        opened.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))
        assert open_book(path).sheets[0]["C2"].value == 12.0
        assert open_book(tmp_path / "copy.xlsx").sheets[0]["C2"].value == 99.0


class TestCalculation:
    def test_calculating_sets_cached_values_and_keeps_the_report(self, path: Path) -> None:
        opened = open_book(path)
        opened.sheets["Data"]["C2"].value = 50
        assert opened.impl.calculation_report is None
        opened.app.calculate()
        assert opened.sheets["Data"]["C4"].value == 100.0
        assert opened.impl.calculation_report.calculated == 1
        opened.save()
        shown = openpyxl.load_workbook(path, data_only=True)["Data"]
        assert shown["C4"].value == 100

    def test_a_calculated_file_no_longer_asks_to_be_calculated(self, tmp_path: Path) -> None:
        path = tmp_path / "book.xlsx"
        new = openpyxl.Workbook()
        new.active["A1"] = "=1+1"
        new.save(path)
        assert b'fullCalcOnLoad="1"' in handmade.read_part(path, "xl/workbook.xml")
        opened = open_book(path)
        opened.app.calculate()
        opened.save()
        part = handmade.read_part(path, "xl/workbook.xml")
        assert b"fullCalcOnLoad" not in part
        assert b'calcId="191029"' in part

    def test_a_formula_without_any_value_still_asks_for_it(self, tmp_path: Path) -> None:
        path = tmp_path / "book.xlsx"
        new = openpyxl.Workbook()
        new.active["A1"] = "=NO_SUCH_FUNCTION(1)"
        new.save(path)
        opened = open_book(path)
        opened.app.calculate()
        opened.save()
        assert b'fullCalcOnLoad="1"' in handmade.read_part(path, "xl/workbook.xml")


CLASSES = [
    app.Apps,
    app.App,
    app.Books,
    book.Book,
    book.Sheets,
    sheet.Sheet,
    cells.Range,
    table.Tables,
    table.Table,
    table.TableColumns,
    table.TableColumn,
    names.Names,
    names.Name,
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_abstract_member_is_done_or_refused_by_name(cls: type) -> None:
    empty = cls.__new__(cls)
    base = next(b for b in cls.__mro__ if b.__module__ == base_classes.__name__)
    for member in vars(base):
        if member.startswith("__"):
            continue
        own = inspect.getattr_static(cls, member)
        refused = own.fget if isinstance(own, property) else own
        if getattr(refused, "__qualname__", "").startswith("_refusal"):
            with pytest.raises(NotImplementedError, match=rf"^{cls.__name__}\.{member} is not"):
                refused(empty)
        else:
            code = getattr(refused, "__code__", None)
            ours = getattr(refused, "__module__", "").startswith("csm_xl")
            assert ours or code is None or "NotImplementedError" not in code.co_names


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda s: s["A1"].autofit(), "Range.autofit is not supported on a workbook file"),
        (lambda s: s["A1"].borders.color, "Range.borders is not supported"),
        (lambda s: s["A1"].rows.autofit(), "Range.autofit is not supported"),
        (lambda s: s.shapes, "Sheet.shapes is not supported"),
        (lambda s: s.pivot_tables, "Sheet.pivot_tables is not supported"),
        (lambda s: s.delete(), "Sheet.delete is not supported"),
        (lambda s: setattr(s, "name", "New"), "Sheet.name is not supported"),
        (lambda s: s.book.to_pdf(), "Book.to_pdf is not supported"),
        (lambda s: s.book.macro("x")(), "App.run is not supported"),
        (lambda s: s.book.save(password="x"), "password"),
        (lambda s: s["A1"].insert("down"), "Range.insert is not supported"),
        (lambda s: s["A1"].note, "Range.note is not supported"),
        (lambda s: s.book.app.alert("x"), "App.alert is not supported"),
    ],
)
def test_what_a_file_cannot_do_is_refused_by_name(
    data: xw.Sheet, action: object, message: str
) -> None:
    with pytest.raises(NotImplementedError, match=message):
        action(data)  # type: ignore[operator]


def test_one_write_per_column_makes_no_object_per_cell(tmp_path: Path) -> None:
    path = handmade.workbook(tmp_path / "book.xlsx", "")
    target = open_book(path).sheets[0]
    calls = 0
    made = cells.Range.__init__

    def counting(self: object, *args: object) -> None:
        nonlocal calls
        calls += 1
        made(self, *args)  # type: ignore[arg-type]

    cells.Range.__init__ = counting  # type: ignore[method-assign,assignment]
    try:
        target["A1"].options(transpose=True).value = list(range(20_000))
        target["A1:A20000"].number_format = "0"
    finally:
        cells.Range.__init__ = made  # type: ignore[method-assign]
    assert calls < 20
