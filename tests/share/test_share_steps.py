"""Formulas that would be too long in one cell of the copy go on in cells to their right."""

import openpyxl
import pytest
from hosts import libreoffice
from hosts.ecma_schemas import assert_valid
from share.sharing import differences, formulas, saved, shared, values

from csm_xl.commands.opening import open_book
from csm_xl.commands.session import Session
from csm_xl.share.cell_conversion import Copying

TITLES = ("Client", "Positive", "Ratings", "Repeat", "Orders", "Usage", "Risk", "Health", "Verdict")
NESTED = (
    "HEALTH(EXPERIENCE(SATISFACTION(B{r},C{r}),LOYALTY(D{r},E{r}),0.5)/3,"
    "LOYALTY(D{r},E{r}),F{r},CHURN_LOGIT(-1,{{0.5,-0.2}},E{r}:F{r}))"
)
LEVEL = "CHURN_RISK(1-HEALTH(SATISFACTION(B{r},C{r}),LOYALTY(D{r},E{r}),F{r},G{r})/100)"
ROWS = [(3, 4, 5, 10, 0.4, 0.1), (1, 4, 1, 10, 0.9, 0.8), (0, 2, 9, 9, 0, 0.5), (2, 2, 0, 3, 1, 0)]


def book(path, lang="en"):
    cells: dict[str, object] = {f"{'ABCDEFGHI'[c]}1": title for c, title in enumerate(TITLES)}
    for r, row in enumerate(ROWS, 2):
        cells |= {f"A{r}": f"K{r}"} | {f"{'BCDEFG'[c]}{r}": value for c, value in enumerate(row)}
        cells |= {f"H{r}": "=" + NESTED.format(r=r), f"I{r}": f'="risk: "&{LEVEL.format(r=r)}'}
    three = "+".join(NESTED.format(r=f"Data!{r}").replace("Data!", "") for r in (2, 3, 4))
    saved(path, {"Data": cells | {"H8": "=" + three}})
    opened = open_book(path)
    opened.app.calculate()
    opened.save()
    opened.close()
    return path


@pytest.fixture
def copied(tmp_path):
    path, out = book(tmp_path / "own.xlsx"), tmp_path / "copy.xlsx"
    return path, out, shared(path, out)


def test_each_stays_a_formula_and_its_steps_stand_in_the_same_row(copied):
    path, out, outcome = copied
    assert outcome.table == ()
    sheet, shown, own = formulas(out)["Data"], values(out)["Data"], values(path)["Data"]
    for row in (*range(2, 6), 8):
        for column in (8, 9):
            if own.cell(row, column).value is None:
                continue
            assert sheet.cell(row, column).value.startswith("=")
            assert shown.cell(row, column).value == own.cell(row, column).value
    steps = [cell for row in sheet.iter_rows(min_row=2, min_col=11) for cell in row if cell.value]
    assert steps
    assert all(cell.value.startswith("=") for cell in steps)
    assert all(shown[cell.coordinate].value is not None for cell in steps)
    assert max(len(str(cell.value)) for row in sheet.iter_rows() for cell in row) <= 8192
    titles = [cell.value for cell in sheet[1][10:] if cell.value]
    assert [t for t in titles if "Health" in t] == [
        f"Step {n} of Health" for n in range(1, sum("Health" in t for t in titles) + 1)
    ]
    assert [cell.value for cell in sheet["J"] if cell.value] == []
    assert_valid(out)


def test_the_owners_workbook_has_none_of_it(copied):
    path, _, _ = copied
    assert openpyxl.load_workbook(path)["Data"].max_column == len(TITLES)


def test_a_long_argument_is_a_step_too(tmp_path):
    cells: dict[str, object] = {f"A{n}": n / 50 for n in range(1, 41)}
    mean = "(" + "+".join(f"A{n}" for n in range(1, 41)) + ")/40"
    cells["C1"] = f"=HEALTH({mean},{mean},{mean},{mean})+EXPERIENCE({mean},{mean},{mean})"
    path, out = saved(tmp_path / "own.xlsx", {"Data": cells}), tmp_path / "copy.xlsx"
    assert shared(path, out).table == ()
    assert formulas(out)["Data"]["C1"].value.startswith("=")
    expected = 100 * (0.41 * 3 + 0.59) / 4 + 3 * 0.41
    assert values(out)["Data"]["C1"].value == pytest.approx(expected)


def test_steps_of_a_formula_that_became_a_value_go_with_their_titles(tmp_path, monkeypatch):
    path, out = book(tmp_path / "own.xlsx"), tmp_path / "copy.xlsx"
    # As if what it computes were not what the owner's workbook shows.
    agrees = Copying.agrees

    def but_for_health(self, sheet, row, column, found):
        return column != 8 and agrees(self, sheet, row, column, found)

    monkeypatch.setattr(Copying, "agrees", but_for_health)
    assert {line[0] for line in shared(path, out).table} == {"Data!H2:H5", "Data!H8"}
    sheet = formulas(out)["Data"]
    assert {type(sheet.cell(r, 8).value) for r in range(2, 6)} == {float}
    titles = [cell.value for cell in sheet[1][10:] if cell.value]
    assert titles
    assert all("Verdict" in title for title in titles)
    steps = [cell for row in sheet.iter_rows(min_row=2, min_col=11) for cell in row if cell.value]
    assert {sheet.cell(1, cell.column).value for cell in steps} == set(titles)


def test_the_copy_in_another_language_computes_in_the_workbooks(tmp_path, monkeypatch):
    path, out = tmp_path / "own.xlsx", tmp_path / "copy.xlsx"
    words = {"A1": "Client", "B1": "Risk", "C1": "Chance"}
    cells = {f"A{r}": f"K{r}" for r in (2, 3)} | {f"B{r}": f"=CHURN_RISK(C{r})" for r in (2, 3)}
    cells |= {"C2": 0.2, "C3": 0.9}
    saved(path, {"客户": words | cells, "设置": {"A1": "键"}})
    monkeypatch.setattr(Session, "language", "en")
    opened = open_book(path)
    opened.app.calculate()
    opened.save()
    opened.close()
    told = values(path)["客户"]["B2"].value
    assert shared(path, out).table == ()
    assert formulas(out)["客户"]["B2"].value.startswith("=")
    assert values(out)["客户"]["B2"].value == told


@libreoffice.needs_libreoffice[0]
@libreoffice.needs_libreoffice[1]
def test_libreoffice_computes_the_same_from_the_steps(copied, tmp_path):
    path, out, _ = copied
    again = libreoffice.recalculated(out, tmp_path)
    assert differences(path, again) == []
