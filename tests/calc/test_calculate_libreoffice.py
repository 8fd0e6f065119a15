"""The same formulas in LibreOffice give the same values, and files get the right cached values."""

from __future__ import annotations

import math
import os
import random
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from csm_xl.calc.calculate import calculate
from csm_xl.ooxml.workbook_file import Workbook

DATA = [
    ["Name", "Qty", "Price", "Date", "Text", "Flag"],
    ["Ann", 5, 2.5, 45000, "alpha", True],
    ["Bob", 3, 10, 45031, "Beta", False],
    ["Cid", 8, 0.1, 45100.5, "gamma 客户", True],
    ["Dan", None, 7.25, 44900, " d e ", False],
    ["Eve", -2, 1e6, 45365, "5", True],
    ["Ann", 12, 3.333333, 45400, "", None],
]

PLAIN = """
SUM(Data!B2:B7)/COUNT(Data!B2:B7)
AVERAGE(Data!B2:B7)+STDEV(Data!B2:B7)*VAR(Data!C2:C7)
COUNTA(Data!A1:F7)-COUNTBLANK(Data!A1:F7)
MEDIAN(Data!B2:B7)&LARGE(Data!B2:B7,2)&SMALL(Data!B2:B7,1)
SUMIF(Data!A2:A7,"A*",Data!B2:B7)
COUNTIFS(Data!A2:A7,"Ann",Data!B2:B7,">=5")
SUMIFS(Data!B2:B7,Data!D2:D7,">="&DATE(2023,3,1),Data!D2:D7,"<"&DATE(2023,5,1))
SUMPRODUCT((Data!A2:A7="Ann")*Data!C2:C7)
SUMPRODUCT((MONTH(Data!D2:D7)=3)*1)
SUMPRODUCT(ISNUMBER(SEARCH("a",Data!E2:E7))*1)
SUMPRODUCT(1/COUNTIF(Data!A2:A7,Data!A2:A7))
VLOOKUP("Cid",Data!A2:C7,3,FALSE)
INDEX(Data!C2:C7,MATCH("Dan",Data!A2:A7,0))
IF(Data!B5="","blank","no")
IFERROR(VLOOKUP("Zed",Data!A2:C7,3,FALSE),"none")
LEFT(Data!E4,3)&MID(Data!E4,2,3)&LEN(Data!E4)
UPPER(Data!A2)&PROPER("one two")&TRIM(Data!E5)
SUBSTITUTE("a-b-c","-","+",2)
TEXT(1234.5678,"#,##0.00")&TEXT(0.1234,"0.0%")&TEXT(45000,"yyyy-mm-dd")
EDATE(Data!D2,3)+EOMONTH(Data!D2,0)
DATEDIF(DATE(2020,2,29),DATE(2024,2,28),"m")
NETWORKDAYS(DATE(2024,1,1),DATE(2024,1,31))
ROUND(2.345,2)+ROUNDUP(-2.341,1)+TRUNC(-2.7)+INT(-2.7)+MOD(-7,3)
PMT(0.05/12,360,200000)+NPV(0.1,100,200,300)
1/3&""
-2^2+2^3^2
0.1+0.2=0.3
IF(SUM(0.1,0.2)-0.3=0,"ties","off")
Data!B5+1&Data!B5&"x"
SUM(Data!B2:B4 Data!B3:C5)
SUM((Data!B2,Data!B4))
RANK(5,Data!B2:B7)+PERCENTILE(Data!B2:B7,0.3)+QUARTILE(Data!B2:B7,1)
CORREL(Data!B2:B4,Data!C2:C4)
1/0
NA()
"a"+1
"""
ARRAYS = """
SUM(ABS(Data!B2:B7))
SUM(LEN(Data!E2:E7))
MAX(IF(Data!A2:A7="Ann",Data!C2:C7))
INDEX(Data!C2:C7,MATCH(1,(Data!A2:A7="Ann")*(Data!B2:B7=12),0))
SUM(IFERROR(1/Data!B2:B7,0))
SMALL(IF(Data!A2:A7="Ann",ROW(Data!A2:A7)),2)
SUM(SUMIF(Data!A2:A7,{"Ann","Bob"},Data!B2:B7))
SUM(--(FREQUENCY(Data!B2:B7,Data!B2:B7)>0))
SUM(Data!B2:B4*TRANSPOSE(Data!B2:B4))
SUM(IF(LEFT(Data!A2:A7,1)="A",Data!B2:B7))
MEDIAN(IF(Data!F2:F7,Data!B2:B7))
"""


def write(path: Path, plain: list[str], arrays: list[str], data: list[list]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for row in data:
        sheet.append(row)
    for title, formulas in (("Plain", plain), ("Arrays", arrays)):
        sheet = book.create_sheet(title)
        for row, formula in enumerate(formulas, 1):
            cell = sheet.cell(row, 1)
            cell.value = f"={formula}"
            if title == "Arrays":
                cell.value = ArrayFormula(f"A{row}", f"={formula}")
    book.save(path)


def by_libreoffice(path: Path, tmp_path: Path) -> openpyxl.Workbook:
    out = tmp_path / "out"
    subprocess.run(
        [
            *("soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"),
            *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    return openpyxl.load_workbook(out / path.name, data_only=True)


def differences(path: Path, tmp_path: Path, plain: list[str], arrays: list[str]) -> list[str]:
    theirs = by_libreoffice(path, tmp_path)
    ours = Workbook(path, readonly=True)
    assert calculate(ours).kept == []
    found = []
    for title, formulas in (("Plain", plain), ("Arrays", arrays)):
        for row, formula in enumerate(formulas, 1):
            one, other = ours.cached(title, row, 1), theirs[title].cell(row, 1).value
            same = one == other
            if isinstance(one, float) and isinstance(other, int | float):
                same = math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
            if not same:
                found.append(f"{formula}: {one!r}, LibreOffice {other!r}")
    return found


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_everyday_formulas_equal_libreoffice(tmp_path):
    plain, arrays = PLAIN.strip().splitlines(), ARRAYS.strip().splitlines()
    path = tmp_path / "formulas.xlsx"
    write(path, plain, arrays, DATA)
    assert differences(path, tmp_path, plain, arrays) == []


def random_formulas(rng: random.Random, count: int) -> list[str]:
    def cell() -> str:
        return f"Data!{rng.choice('ABCD')}{rng.randint(1, 6)}"

    def expression(depth: int) -> str:
        if depth == 0:
            return rng.choice([cell(), str(rng.randint(0, 20)), "0.5", "0.1"])
        inner = [expression(depth - 1) for _ in range(3)]
        row = rng.randint(1, 5)
        return rng.choice(
            [
                f"({inner[0]}{rng.choice('+-*/')}{inner[1]})",
                f"SUM({cell()},{inner[0]},Data!A{row}:C{row + 1})",
                f"IF({inner[0]}{rng.choice(['>', '<', '>=', '<>', '='])}{inner[1]},{inner[2]},1)",
                f"ROUND({inner[0]},2)",
                f"-{cell()}",
                f"MAX({inner[0]},Data!B1:B6)",
                f"IFERROR({inner[0]}/{inner[1]},{inner[2]})",
            ]
        )

    return [expression(rng.randint(1, 4)) for _ in range(count)]


@pytest.mark.libreoffice
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_random_formulas_equal_libreoffice(tmp_path):
    rng = random.Random(20240506)
    data = [
        [rng.choice([rng.randint(-50, 50), round(rng.uniform(-9, 9), 2), None]) for _ in range(4)]
        for _ in range(6)
    ]
    formulas = random_formulas(rng, 400)
    path = tmp_path / "random.xlsx"
    write(path, formulas, [], data)
    assert differences(path, tmp_path, formulas, []) == []
