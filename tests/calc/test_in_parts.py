"""Long columns that are computed some rows at a time give what they give together."""

from __future__ import annotations

import pytest
from hosts.memory_workbook import MemoryWorkbook

from csm_xl.calc import computation
from csm_xl.calc.calculate import calculate
from csm_xl.formulas.workbook_model import ErrorValue

ROWS = 40
#: Of every row; what reads another row, itself or a later column must wait for the others.
COLUMNS = {
    "D": "=A{r}*2",
    "E": "=D{r}+B{r}",
    "F": '=IF(C{r}="","",C{r}="É")',
    "G": "=A{r}/B{r}",
    "H": '=A{r}/3&""',
    "I": '=SUMIF(A{r}:B{r},">5")',
    "J": "=E{r}*Settings!$A$1",
    "K": "=D{before}+1",
    "L": "=SUM(D$1:D{r})",
    "M": "=N{r}+1",
    "N": "=A{r}+A{after}",
    "O": "=O{r}+1",
    "P": "=IFERROR(G{r},-1)",
    "Q": "=UNKNOWN_TO_ALL(A{r})",
    "R": "=Q{r}+1",
    "S": "=Other!A{r}&C{r}",
}


def workbook() -> MemoryWorkbook:
    cells: dict[str, object] = {}
    for r in range(1, ROWS + 1):
        cells |= {f"A{r}": r, f"B{r}": r % 4, f"C{r}": (None, "é", "x", ErrorValue("#N/A"))[r % 4]}
        cells |= {
            f"{column}{r}": text.format(r=r, before=max(1, r - 1), after=r + 1)
            for column, text in COLUMNS.items()
        }
    return MemoryWorkbook(
        {
            "Data": {place: value for place, value in cells.items() if value is not None},
            "Settings": {"A1": 0.5},
            "Other": {f"A{r}": f"=Data!A{r}+0.1" for r in range(1, ROWS + 1)},
            "Sums": {"A1": "=SUM(Data!E1:E40)", "A2": "=COUNTIF(Data!F:F,TRUE)"},
        }
    )


def outcome(part: int, monkeypatch: pytest.MonkeyPatch):
    """The value of every cell, and the reasons why some were kept."""
    monkeypatch.setattr(computation, "PART", part)
    book = workbook()
    report = calculate(book)
    values = {
        (sheet, cell.row, cell.col): book.cached(sheet, cell.row, cell.col)
        for sheet in book.sheet_names
        for cell in book.formulas(sheet)
    }
    return values, {(kept.cell, kept.reason.en) for kept in report.kept}


@pytest.mark.parametrize("part", [1, 7, 39])
def test_parts_give_what_the_whole_gives(part, monkeypatch):
    together = outcome(10_000, monkeypatch)
    assert outcome(part, monkeypatch) == together
    values, kept = together
    assert values["Data", 3, 5] == 9.0
    assert values["Data", 4, 7] == ErrorValue("#DIV/0!")
    assert values["Data", 1, 6] is True
    assert len(kept) >= 2 * ROWS


def test_a_calculator_is_given_no_more_than_a_part(monkeypatch):
    given = []
    compute = computation.Calculator.compute

    def watched(self, groups):
        given.append({(group.column, len(group.rows)) for group in groups})
        compute(self, groups)

    monkeypatch.setattr(computation.Calculator, "compute", watched)
    outcome(7, monkeypatch)
    alone = {column for groups in given if len(groups) == 1 for column, rows in groups if rows <= 7}
    # D, then E and J that build on it, F, G, H, I and P; S builds on another sheet's column.
    assert {4, 5, 6, 7, 8, 9, 10, 16, 19} <= alone
    assert not {11, 12, 13, 14, 15} & alone


def test_rows_that_can_be_no_constants_are_tried_in_parts_once(monkeypatch):
    monkeypatch.setattr(computation, "PART", 3)
    given = []
    compute = computation.Calculator.compute

    def watched(self, groups):
        given.append(sum(len(group.rows) for group in groups))
        assert len(given) < 100
        compute(self, groups)

    monkeypatch.setattr(computation.Calculator, "compute", watched)
    # As if this were an error that the calculator lacks: its rows stay formulas.
    monkeypatch.setattr(computation, "can_be_given", lambda value: value != "#DIV/0!")
    cells: dict[str, object] = {f"A{r}": r % 2 for r in range(1, 13)}
    cells |= {f"B{r}": f"=1/A{r}" for r in range(1, 13)}
    cells |= {f"C{r}": f"=IFERROR(B{r},-1)" for r in range(1, 13)}
    book = MemoryWorkbook({"Data": cells})
    calculate(book)
    assert [book.cached("Data", r, 2) for r in (1, 2, 11)] == [1.0, ErrorValue("#DIV/0!"), 1.0]
    assert [book.cached("Data", r, 3) for r in (1, 2, 11)] == [1.0, -1.0, 1.0]
