"""`csm-xl calc` on a workbook that openpyxl wrote, read back by openpyxl."""

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table
from typer.testing import CliRunner

from csm_xl.cli import app
from csm_xl.errors import SheetError

CELLS = {
    "F1": ("=CSAT(B2:B6)", 3.0),
    "F2": ("=CSAT(B:B)", 3.0),
    "F3": ('=CSAT(Customers[评分],"positive")', 0.4),
    "F4": ('=IF(CSAT(B2:B6)<3,"low","ok")', "ok"),
    "F5": ('=IFERROR(CSAT(Z1:Z9),"none")', "none"),
    "F6": ("=CSAT(Z1:Z9)", "#DIV/0!"),
    "F7": ("=CSAT(C2:C6)", "#NUM!"),
    "F8": ("=CSAT(A2:A6)", "#VALUE!"),
    "F9": ("=CHURN_PROB(C2:D2)", "#N/A"),
    "F10": ("=SATISFACTION(C2:C6,D2:D6)", 0.5),
    "F11": ("=ROUND(NPS(G2:G4),2)", 33.33),
    "F12": ("=SUM(F1:F2)+EXPERIENCE(0.5,0.5,0.5)", 7.5),
    "F13": ("=LOYALTY(5,10)", 0.5),
    "F14": ("=CHURN_RISK(0.7)", "High"),
}


@pytest.fixture
def book(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    levels = ["非常满意", "满意", "一般", "不满意", "非常不满意"]
    sheet.append(["客户", "评分", "好评", "总数", "Share"])
    for i, level in enumerate(levels):
        counts = [None, None] if i == 2 else [100.0 + i, 200.0 + 2 * i]
        sheet.append(
            [
                f"客户 {i}",
                level,
                *counts,
                "=Customers[[#This Row],[好评]]/Customers[[#This Row],[总数]]",
            ]
        )
    sheet.add_table(Table(displayName="Customers", ref="A1:E6"))
    for cell, (formula, _) in CELLS.items():
        sheet[cell] = formula
    for row, score in enumerate([10, 9, 0], 2):
        sheet.cell(row, 7, score)
    sheet["H2"] = ArrayFormula("H2:H6", "=SATISFACTION(C2:C6,D2:D6)")
    sheet["J1"] = "='[1]Other'!A1"
    sheet["J2"] = "=MYFUNC(1)"
    sheet["J3"] = "=J2+1"
    path = tmp_path / "book.xlsx"
    book.save(path)
    return with_cached(path, {"J1": "41", "J2": "42", "J3": "43"})


def with_cached(path, values):
    """openpyxl writes no values beside formulas, so they are put into the file by hand."""
    import zipfile

    parts = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            parts[name] = package.read(name)
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    for cell, value in values.items():
        start = text.index(f'<c r="{cell}"')
        end = text.index("</c>", start)
        text = (
            text[:start]
            + text[start:end].replace("<v></v>", "").replace("<v />", "").replace("<v/>", "")
            + f"<v>{value}</v>"
            + text[end:]
        )
    parts[name] = text.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def run(*args):
    return CliRunner().invoke(app, ["--lang", "en", *map(str, args)], catch_exceptions=False)


def test_every_cached_value_is_right_and_no_neighbour_is_filled(book, tmp_path):
    out = tmp_path / "out.xlsx"
    before = book.read_bytes()
    result = run("calc", book, "-o", out)
    assert result.exit_code == 0
    assert book.read_bytes() == before
    sheet = openpyxl.load_workbook(out, data_only=True)["Data"]
    for cell, (formula, expected) in CELLS.items():
        assert (
            sheet[cell].value == pytest.approx(expected)
            if isinstance(expected, float)
            else (sheet[cell].value == expected)
        ), (cell, formula)
        if str(expected).startswith("#"):
            assert sheet[cell].data_type == "e"
    shares = [sheet.cell(row, 8).value or None for row in range(2, 7)]
    assert shares == [0.5, 0.5, None, 0.5, 0.5]
    assert sheet["E2"].value == 0.5
    assert sheet["F15"].value is None and sheet["G10"].value is None


def test_what_cannot_be_calculated_keeps_its_value_and_is_listed(book, tmp_path):
    out = tmp_path / "out.xlsx"
    assert "Data!J1" not in run("calc", book, "-o", out).output  # nobody asked for it
    result = run("calc", book, "-o", out, "--all")
    sheet = openpyxl.load_workbook(out, data_only=True)["Data"]
    assert [sheet[cell].value for cell in ("J1", "J2", "J3")] == [41, 42, 43]
    for cell in ("Data!J1", "Data!J2"):
        assert cell in result.output
    assert "Data!J3" not in result.output  # 43 is what 42 and 1 make


def test_formulas_in_a_circle_are_named_and_nothing_is_written(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=B1+1"
    book.active["B1"] = "=A1+1"
    path = tmp_path / "circle.xlsx"
    book.save(path)
    before = path.read_bytes()
    with pytest.raises(SheetError, match=r"circle.*A1"):
        run("calc", path)
    assert path.read_bytes() == before
