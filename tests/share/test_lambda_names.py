"""csm-xl's functions as names of LAMBDA give in IronCalc what they give in Python."""

from __future__ import annotations

import random

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from share.sharing import formulas, parts, saved, shared, values
from typer.testing import CliRunner

from csm_xl.cli.application import app
from csm_xl.commands.native_functions import attach_native
from csm_xl.errors import untag
from csm_xl.functions import REGISTRY
from csm_xl.share.lambda_names import MAX_COMMENT, lambda_names

ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")

N = 1000
_ERROR = -2146826281  # #DIV/0! as COM hands it over
_LEVELS = [
    1.0,
    2.0,
    3.5,
    4.0,
    5.0,
    "satisfied",
    "Very Satisfied",
    " neutral ",
    "非常满意",
    "不满意",
    "4",
]
_NOTHING = [None, " ", "n/a", "无", "-"]
_NUMBERS = [0.0, 1.0, 2.0, 3.0, 10.0, 0.25, 7.5, "3", "12"]
_SHARES = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0, "0.5"]
_FLAGS = [0.0, 1.0, "yes", "No", "是", "否", True, False]


def _pick(chance: random.Random, good: list, bad: list, n: int, *, blank: list) -> list:
    """Cells for one call: good ones and blanks, sometimes with one of the bad."""
    cells = [chance.choice(good if chance.random() < 0.75 else blank) for _ in range(n)]
    if chance.random() < 0.25:
        # Often two are wrong at once: the first one decides.
        for _ in range(chance.choice((1, 1, 2))):
            cells[chance.randrange(n)] = chance.choice(bad)
    return cells


def _columns(good, bad):
    def case(chance):
        cells = _pick(chance, good, bad, chance.randint(2, 6), blank=_NOTHING)
        if not isinstance(cells[0], float):
            cells[0] = good[0]
        return [cells]

    return case


def _each(good, bad, n):
    def case(chance):
        return [[cell] for cell in _pick(chance, good, bad, n, blank=[None])]

    return case


def _prices(chance):
    n = chance.randint(2, 6)
    bad = ["zork", "n/a", -1.0, _ERROR]
    two = [_pick(chance, _NUMBERS, bad, n, blank=[None, " "]) for _ in range(2)]
    for cells in two:
        if not isinstance(cells[0], float):
            cells[0] = 5.0
    return two


CASES = {
    "NRR": _prices,
    "GRR": _prices,
    "CSAT": _columns(_LEVELS, ["zork", 6.0, 0.5, _ERROR]),
    "NPS": _columns([0.0, 6.0, 7.0, 8.0, 9.0, 10.0, "9"], ["zork", 11.0, -1.0, _ERROR]),
    "CHURN_RATE": _columns(_FLAGS, ["zork", _ERROR]),
    "SATISFACTION": _each(_NUMBERS, ["zork", -1.0], 2),
    "LOYALTY": _each(_NUMBERS, ["zork", -1.0], 2),
    "EXPERIENCE": _each(_NUMBERS, ["zork"], 3),
    "HEALTH": _each(_SHARES, ["zork", 1.5, -0.5], 4),
    "CHURN_RISK": _each(_SHARES, ["zork", 1.5], 1),
    "LIFECYCLE": _each([0.0, 5.0, 29.0, 45.0, 100.0, 400.0, "12"], ["zork", -1.0], 4),
}


def _in_python(name: str, given: list[list]) -> object:
    """What the function gives for the cells of each argument."""
    declared = REGISTRY[name]
    arguments = [cells[0] if len(cells) == 1 else tuple((c,) for c in cells) for cells in given]
    typed = iter([*arguments, *[None] * len(declared.typed)])
    hidden = {"language": "en"}
    whole = [next(typed) if p.hidden is None else hidden.get(p.hidden) for p in declared.parameters]
    result = declared.call(*whole)[0][0]
    error = untag(result)
    return error[0] if error else ("" if result is None else result)


def _evaluated(path, rows: int) -> list[object]:
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    return [model.get_cell_value(0, row, 1) for row in range(2, rows + 2)]


def _same(found: object, expected: object) -> bool:
    if isinstance(expected, float) and isinstance(found, int | float):
        return found == pytest.approx(expected, rel=1e-9, abs=1e-9)
    return str(found) == str(expected)


@pytest.mark.parametrize("name", CASES)
def test_a_name_gives_what_python_gives(name, tmp_path):
    chance = random.Random(name)
    given = [CASES[name](chance) for _ in range(N)]
    book = openpyxl.Workbook()
    sheet = book.active
    for one in lambda_names("en"):
        book.defined_names[one.name] = DefinedName(one.name, attr_text=one.text)
    for row, arguments in enumerate(given, 2):
        column, ranges = 3, []
        for cells in arguments:
            first = column
            for value in cells:
                sheet.cell(row, column).value = "=1/0" if value == _ERROR else value
                column += 1
            address = f"{get_column_letter(first)}{row}"
            if len(cells) > 1:
                address += f":{get_column_letter(column - 1)}{row}"
            ranges.append(address)
        sheet.cell(row, 1).value = f"={name}({','.join(ranges)})"
    book.save(tmp_path / "names.xlsx")
    found = _evaluated(tmp_path / "names.xlsx", N)
    wrong = [
        (arguments, value, _in_python(name, arguments))
        for arguments, value in zip(given, found, strict=True)
        if not _same(value, _in_python(name, arguments))
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_name_fits_into_excel_and_brings_its_help(lang):
    for one in lambda_names(lang):
        assert len(one.text) < 8192
        assert 0 < len(one.comment) <= MAX_COMMENT
        assert one.text.startswith("_xlfn.LAMBDA(_xlpm.")
        assert "COUNTIF" not in one.text


def test_a_formula_keeps_its_function_only_where_the_name_reads_all_its_cells(tmp_path):
    cells = {
        "A1": "Rating", "A2": 5, "A3": "satisfied", "A4": "4 stars", "A5": 2, "B1": "=CSAT(A2:A3)",
        "B2": "=CSAT(A2:A5)", "B3": "=ROUND(CSAT(A2:A3),1)", "B4": "=SENTIMENT(A3)",
    }  # fmt: skip
    path = saved(tmp_path / "poll.xlsx", {"Poll": cells})
    shared(path, tmp_path / "copy.xlsx", functions=True)
    copy = formulas(tmp_path / "copy.xlsx")["Poll"]
    assert copy["B1"].value == "=CSAT(A2:A3)"
    assert "CSAT(" not in copy["B2"].value
    assert copy["B3"].value == "=ROUND(CSAT(A2:A3),1)"
    shown = values(tmp_path / "copy.xlsx")["Poll"]
    assert [shown[f"B{row}"].value for row in (1, 2, 3)] == [4.5, pytest.approx(15 / 4), 4.5]


def test_revenue_kept_stays_a_function_where_both_columns_have_one_size(tmp_path):
    cells = {
        "A1": 40, "A2": 40, "A3": 20, "B1": 50, "B3": 20, "C1": "=NRR(A1:A3,B1:B3)", "C2": "=NRR(A1:A3,B1:B2)",
        "C3": "=GRR(A1:A3,B1:B3)",
    }  # fmt: skip
    path = saved(tmp_path / "mrr.xlsx", {"Prices": cells})
    shared(path, tmp_path / "copy.xlsx", functions=True)
    copy = formulas(tmp_path / "copy.xlsx")["Prices"]
    assert [copy[f"C{row}"].value for row in (1, 3)] == ["=NRR(A1:A3,B1:B3)", "=GRR(A1:A3,B1:B3)"]
    assert "NRR(" not in str(copy["C2"].value)
    shown = values(tmp_path / "copy.xlsx")["Prices"]
    assert [shown[f"C{row}"].value for row in (1, 2, 3)] == pytest.approx([0.7, 0.5, 0.6])


def test_ones_own_workbook_gets_the_functions_without_macros(tmp_path):
    path = saved(
        tmp_path / "own.xlsx",
        {"Poll": {"A1": 5, "A2": 4, "B1": "=CSAT(A1:A2)"}},
        names={"NPS": "Poll!$A$1"},
    )
    out = attach_native(path, tmp_path / "with.xlsx")
    book = formulas(out)
    assert book.defined_names["NPS"].attr_text == "Poll!$A$1"
    assert book.defined_names["CSAT"].attr_text.startswith("_xlfn.LAMBDA(")
    assert "ratings" in book.defined_names["CSAT"].comment
    assert not [name for name in parts(out) if "vba" in name.lower()]
    model = ironcalc.load_from_xlsx(str(out), "en", "UTC", "en")
    model.evaluate()
    assert model.get_cell_value(0, 1, 2) == 4.5


def test_a_new_workbook_without_macros_has_the_functions(tmp_path):
    path = tmp_path / "new.xlsx"
    assert CliRunner().invoke(app, ["new", str(path), "--native", "--empty"]).exit_code == 0
    assert "LAMBDA(" in formulas(path).defined_names["HEALTH"].attr_text
    assert CliRunner().invoke(app, ["new", str(tmp_path / "new.xlsm"), "--native"]).exit_code != 0
