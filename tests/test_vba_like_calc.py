"""The same formula in a cell: through the shipped VBA, and through `csm-xl calc` on the file."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from hosts import arguments
from hosts.pywin32_standins import xlwings_on_windows
from hosts.vba_host import ExcelHost, VBAErrorValue
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from csm_xl.cli import app
from csm_xl.errors import EXCEL_ERRORS
from csm_xl.functions.declaration import REGISTRY
from csm_xl.functions.records import HEADER, Record, pack
from csm_xl.workbook.build import build
from csm_xl.workbook.macro_package import add_macros

SHEET = "Try"
#: Every function's arguments stand from row 3 on; its result begins in row 40.
TOP, RESULT = 3, 40


def laid_out() -> dict[str, tuple[int, list[tuple[str, list[list[Any]]]]]]:
    """Function to its first column, and the address and cells of each argument."""
    found = {}
    column = 1
    for name in arguments.NAMES:
        first, areas = column, []
        for value in arguments.typed_arguments(REGISTRY[name]):
            rows = as_rows(value)
            last = column + len(rows[0]) - 1
            corner, end = get_column_letter(column), get_column_letter(last)
            areas.append((f"{corner}{TOP}:{end}{TOP + len(rows) - 1}", rows))
            column = last + 2
        found[name] = (first, areas)
        column = max(column, first + 8) + 1
    return found


def as_rows(value: Any) -> list[list[Any]]:
    if not isinstance(value, tuple):
        return [[value]]
    if isinstance(value[0], tuple):
        return [list(row) for row in value]
    return [[cell] for cell in value]


PLACES = laid_out()


def single(area: str) -> str:
    first, _, last = area.partition(":")
    return first if first == last else area


def spoiled(rows: list[list[Any]]) -> list[list[Any]]:
    return [[*row[:-1], "=1/0"] if row is rows[-1] else row for row in rows]


@pytest.fixture(scope="module", params=["good cells", "an error in the first argument"])
def both(request, tmp_path_factory):
    """A file calculated by csm-xl calc, and Excel with that file open."""
    folder = tmp_path_factory.mktemp("both")
    book = openpyxl.load_workbook(io.BytesIO(build("en")))
    sheet = book.create_sheet(SHEET)
    for name, (first, areas) in PLACES.items():
        for place, (area, rows) in enumerate(areas):
            spoil = place == 0 and request.param != "good cells"
            corner = sheet[area.partition(":")[0]]
            for i, row in enumerate(spoiled(rows) if spoil else rows):
                for j, value in enumerate(row):
                    sheet.cell(corner.row + i, corner.column + j).value = value
        formula = f"={name}({','.join(single(area) for area, _ in areas)})"
        height = max(len(rows) for _, rows in areas)
        corner = get_column_letter(first)
        # As many columns and rows as any of them fills; what is beyond the result shows #N/A.
        area = f"{corner}{RESULT}:{get_column_letter(first + 6)}{RESULT + height - 1}"
        sheet[f"{corner}{RESULT}"] = ArrayFormula(area, formula)
    hidden = book["_csm"]
    for i, row in enumerate(
        [HEADER, *pack(Record(n, t) for n, t in arguments.records().items())], 1
    ):
        for j, value in enumerate(row, 1):
            hidden.cell(i, j).value = value
    plain = folder / "plain.xlsx"
    book.save(plain)
    macro = folder / "CSM.xlsm"
    macro.write_bytes(add_macros(plain.read_bytes(), "en"))
    done = CliRunner().invoke(app, ["calc", str(macro), "-o", str(folder / "done.xlsm")])
    assert done.exit_code == 0, done.output
    calculated = folder / "done.xlsm"
    values = openpyxl.load_workbook(calculated, data_only=True)[SHEET]
    with xlwings_on_windows() as windows:
        yield values, ExcelHost(calculated, windows.com_server.XLPython)


@pytest.mark.parametrize("name", arguments.NAMES)
def test_a_cell_shows_in_excel_what_calc_writes_into_the_file(name, both):
    values, excel = both
    first, areas = PLACES[name]
    shown = excel.formula(name, *(excel.area(area, SHEET) for area, _ in areas), sheet=SHEET)
    rows = shown if isinstance(shown, tuple) else ((shown,),)
    if not isinstance(rows[0], tuple):
        rows = (rows,)
    compared = 0
    for i, row in enumerate(rows):
        for j, value in enumerate(row[:7]):
            written = values.cell(RESULT + i, first + j).value
            if isinstance(value, VBAErrorValue):
                assert EXCEL_ERRORS[written] == value.number
            elif isinstance(value, float):
                assert written == pytest.approx(value, rel=1e-12, abs=1e-12)
            else:
                assert (written or "") == value
            compared += 1
    assert compared
