"""Formulas copied down a column are translated together, whatever errors are written into them."""

import pytest
from hosts.memory_workbook import Formula, MemoryWorkbook

from csm_xl.calc import calculate as module
from csm_xl.calc import calculator
from csm_xl.formulas.workbook_model import ErrorValue

N = 60


@pytest.fixture
def translations(monkeypatch):
    """The formulas that were translated."""
    found = []
    translated = module.translated

    def counted(*arguments):
        found.append(arguments[4])
        return translated(*arguments)

    monkeypatch.setattr(module, "translated", counted)
    return found


def _column(formula):
    cells = {f"A{row}": row if row % 7 else 0 for row in range(1, N + 1)}
    cells |= {f"B{row}": Formula(formula.format(row=row)) for row in range(1, N + 1)}
    return MemoryWorkbook({"Sheet1": cells})


@pytest.mark.parametrize("error", ["#VALUE!", "#NUM!", "#N/A", "#DIV/0!"])
def test_an_error_in_a_formula_does_not_part_its_column(translations, error):
    book = _column(f"IF(A{{row}}=0,{error},A{{row}}*2)")
    module.calculate(book, everything=True)
    assert len(translations) == 2
    assert book.cached("Sheet1", 7, 2) == ErrorValue(error)
    assert book.cached("Sheet1", 8, 2) == 16


def test_a_reference_to_what_spilled_is_taken_one_by_one(translations):
    module.calculate(_column("SUM($D$1#)+A{row}"), everything=True)
    assert len(translations) == N


def test_a_long_column_computed_in_steps_reads_what_comes_later(monkeypatch):
    monkeypatch.setattr(calculator, "_STEP", 10)
    cells = {f"A{row}": row for row in range(1, N + 1)}
    cells |= {f"B{row}": Formula(f"C{N + 1 - row}+$D$1") for row in range(1, N + 1)}
    cells |= {f"C{row}": Formula(f"A{row}*2") for row in range(1, N)}
    cells |= {f"C{N}": Formula("SUM(A:A)"), "D1": Formula("E1+1"), "E1": Formula("10*10")}
    book = MemoryWorkbook({"Sheet1": cells})
    module.calculate(book, everything=True)
    whole = N * (N + 1) / 2
    assert book.cached("Sheet1", 1, 2) == whole + 101
    found = [book.cached("Sheet1", row, 2) for row in range(2, N + 1)]
    assert found == [2 * (N + 1 - row) + 101 for row in range(2, N + 1)]
