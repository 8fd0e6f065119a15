"""The churn probability in the copy: live over the customers' cells, stale scores told apart."""

import numpy as np
import openpyxl
import pytest
from share.sharing import formulas, saved, shared, values

from csm_xl import commands
from csm_xl.calc.calculate import calculate
from csm_xl.churn.formula import ChurnFormula, sigmoid
from csm_xl.commands.hidden_sheet import read_records
from csm_xl.commands.opening import open_book
from csm_xl.ooxml.workbook_file import Workbook

N = 60


def _customers():
    rng = np.random.default_rng(5)
    cells = {"A1": "Customer ID", "B1": "Visits", "C1": "Plan", "D1": "Spend", "E1": "Churned"}
    for row in range(2, N + 2):
        visits = int(rng.integers(0, 30))
        plan = ("Basic", "Plus", "  basic ", "VIP")[int(rng.integers(0, 4))]
        left = rng.random() < 1 / (1 + np.exp(0.2 * visits - 2))
        cells |= {
            f"A{row}": f"C{row:04d}",
            f"B{row}": None if row % 9 == 0 else visits,
            f"C{row}": plan,
            f"D{row}": float(rng.gamma(2.0, 40.0)),
            f"E{row}": "yes" if left else "no",
        }
    return {k: v for k, v in cells.items() if v is not None}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    path = saved(tmp_path_factory.mktemp("trained") / "shop.xlsx", {"Customers": _customers()})
    book = open_book(path)
    commands.retrain(book)
    book.save()
    book.close()
    return path


@pytest.fixture
def scored(trained, tmp_path):
    path = tmp_path / "shop.xlsx"
    path.write_bytes(trained.read_bytes())
    return path


def _column(sheet, title):
    return next(c.column_letter for c in sheet[1] if str(c.value).startswith(title))


def _scored_rows(path):
    """The rows of the customers with a score: those who left have none."""
    sheet = values(path)["Customers"]
    column = _column(sheet, "Churn probability")
    return [row for row in range(2, N + 2) if sheet[f"{column}{row}"].value is not None]


def _model(path):
    book = open_book(path)
    try:
        return ChurnFormula.from_json(read_records(book)["model"].text)
    finally:
        book.close()


def _about(path):
    sheet = values(path)["About this copy"]
    return "\n".join(str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None)


def test_every_score_is_a_formula_that_gives_the_owners_number(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    outcome = shared(scored, out)
    assert not outcome.table
    owner, copy = values(scored)["Customers"], formulas(out)["Customers"]
    column = _column(owner, "Churn probability")
    rows = _scored_rows(scored)
    assert len(rows) > N / 2
    assert all(str(copy[f"{column}{row}"].value).startswith("=1/(1+EXP(") for row in rows)
    shown = values(out)["Customers"]
    for row in range(2, N + 2):
        assert shown[f"{column}{row}"].value == owner[f"{column}{row}"].value
    assert f"{len(rows)} scores are formulas" in _about(out)


def test_a_changed_cell_changes_the_probability_as_the_model_says(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(scored, out)
    owner = values(scored)["Customers"]
    column = _column(owner, "Churn probability")
    book = openpyxl.load_workbook(out)
    cells = [("B", 0), ("C", "VIP"), ("C", "never seen"), ("B", None), ("D", 1e9)]
    changes = dict(zip(_scored_rows(scored), cells, strict=False))
    for row, (letters, value) in changes.items():
        book["Customers"][f"{letters}{row}"].value = value
    changed = tmp_path / "changed.xlsx"
    book.save(changed)
    copy = Workbook(changed, readonly=True)
    assert not calculate(copy, {}, {}).kept
    model = _model(scored)
    sheet = book["Customers"]
    titles = {c.value: c.column_letter for c in sheet[1]}
    for row in changes:
        customer = {name: [sheet[f"{titles[name]}{row}"].value] for name in model.features}
        added = owner[f"{_column(owner, 'Churn correction')}{row}"].value or 0.0
        expected = sigmoid(model.log_odds(customer) + added)[0]
        number = openpyxl.utils.column_index_from_string(column)
        assert copy.cached("Customers", row, number) == pytest.approx(expected, abs=1e-9)
        assert expected != pytest.approx(owner[f"{column}{row}"].value, abs=1e-9)


def test_the_worked_example_follows_any_customer_to_the_number(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(scored, out)
    owner = values(scored)["Customers"]
    column = _column(owner, "Churn probability")
    for row in (2, 17):
        book = openpyxl.load_workbook(out)
        book["Worked example"]["B4"].value = f"C{row:04d}"
        book.save(tmp_path / "example.xlsx")
        copy = Workbook(tmp_path / "example.xlsx", readonly=True)
        calculate(copy, {}, {})
        steps = {
            copy.cached("Worked example", r, 1): copy.cached("Worked example", r, 4)
            for r in range(9, 25)
        }
        probability = steps["Probability: 1 / (1 + e^−sum)"]
        assert probability == pytest.approx(owner[f"{column}{row}"].value, abs=1e-9)
        assert steps["Difference"] == pytest.approx(0, abs=1e-12)
        assert copy.cached("Worked example", 5, 2) == row


def test_the_risk_follows_the_probability(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(scored, out)
    copy, owner = formulas(out)["Customers"], values(scored)["Customers"]
    risk = _column(owner, "Risk")
    assert copy[f"{risk}2"].value.startswith("=IF(")
    assert [values(out)["Customers"][f"{risk}{r}"].value for r in range(2, N + 2)] == [
        owner[f"{risk}{r}"].value for r in range(2, N + 2)
    ]


def test_scores_older_than_the_data_keep_their_value_and_the_copy_says_so(scored, tmp_path):
    book = open_book(scored)
    book.sheets["Customers"]["B2"].value = 29
    book.sheets["Customers"]["B3"].value = 0
    book.save()
    book.close()
    out = tmp_path / "copy.xlsx"
    outcome = shared(scored, out)
    owner = values(scored)["Customers"]
    column = _column(owner, "Churn probability")
    copy = formulas(out)["Customers"]
    assert copy[f"{column}2"].value == owner[f"{column}2"].value
    assert copy[f"{column}4"].value.startswith("=1/(1+EXP(")
    assert "2 scores are older than the data" in _about(out)
    assert any("older than the data" in warning.en for warning in outcome.warnings)


def test_a_model_that_was_changed_by_hand_is_not_used(scored, tmp_path):
    book = open_book(scored)
    sheet = book.sheets["_csm"]
    rows = sheet.used_range.value
    place = next(i for i, row in enumerate(rows) if row[0] == "model")
    text = rows[place][4].replace('"intercept":', '"intercept":1', 1)
    sheet.range((place + 1, 5)).value = text
    book.save()
    book.close()
    from csm_xl.errors import NoModelError

    with pytest.raises(NoModelError, match="damaged"):
        shared(scored, tmp_path / "copy.xlsx")
    assert not (tmp_path / "copy.xlsx").exists()


def test_churn_prob_in_a_cell_is_the_customers_own_score(scored, tmp_path):
    book = openpyxl.load_workbook(scored)
    sheet = book.create_sheet("Ask")
    sheet["A1"] = "=CHURN_PROB(Customers!A2:E2,Customers!A1:E1)"
    sheet["A2"] = "=SUMPRODUCT(CHURN_PROB(Customers!A2:E5,Customers!A1:E1))"
    sheet["A3"] = '=CHURN_RISK(CHURN_PROB(Customers!A2:E2,Customers!A1:E1))&"!"'
    book.save(scored)
    out = tmp_path / "copy.xlsx"
    outcome = shared(scored, out)
    assert not outcome.table
    shown = values(out)
    customers = shown["Customers"]
    column, added = (_column(customers, t) for t in ("Churn probability", "Churn correction"))
    p = np.array([customers[f"{column}{row}"].value for row in range(2, 6)])
    correction = np.array([customers[f"{added}{row}"].value or 0.0 for row in range(2, 6)])
    assert correction.any()
    # A cell with CHURN_PROB is the formula alone.
    alone = sigmoid(np.log(p / (1 - p)) - correction)
    assert shown["Ask"]["A1"].value == pytest.approx(alone[0], abs=1e-9)
    assert shown["Ask"]["A2"].value == pytest.approx(alone.sum(), abs=1e-9)
    assert shown["Ask"]["A3"].value.endswith("!")


def test_a_copy_of_values_explains_no_model(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(scored, out, values=True)
    assert formulas(out).sheetnames == ["About this copy", "Customers", "Model"]


def test_the_uncertainty_is_told_where_the_owner_has_no_table_of_it(scored, tmp_path):
    out = tmp_path / "copy.xlsx"
    shared(scored, out)
    rows = {row[0].value: row for row in values(scored)["Model"].iter_rows() if row[0].value}
    auc, low, high = (cell.value for cell in rows["AUC"][1:4])
    assert low < auc < high
    assert f"AUC {auc:.3f} ({low:.3f}–{high:.3f})" in _about(out)


@pytest.mark.parametrize("title", ["Device", "Bundel"])
def test_categories_that_no_dictionary_knows_keep_every_score_live(title, tmp_path, monkeypatch):
    monkeypatch.setattr("csm_xl.share.live_model.CHECKED", 2)
    called = {"Basic": "Zorvex", "Plus": "Quibblon", "  basic ": "Zorvex", "VIP": "Fnurt"}
    cells = {k: called.get(v, v) for k, v in _customers().items()} | {"C1": title}
    path = saved(tmp_path / "shop.xlsx", {"Customers": cells})
    book = open_book(path)
    commands.retrain(book)
    book.save()
    book.close()
    out = tmp_path / "copy.xlsx"
    shared(path, out)
    owner, column = (
        values(path)["Customers"],
        _column(values(path)["Customers"], "Churn probability"),
    )
    copy = Workbook(out, readonly=True)
    for cell in copy.sheet("Customers").formulas():
        copy.set_cached("Customers", cell.row, cell.col, None)
    calculate(copy, {}, {})
    for row in range(2, N + 2):
        address = openpyxl.utils.cell.coordinate_to_tuple(f"{column}{row}")
        assert copy.cached("Customers", *address) == pytest.approx(
            owner[f"{column}{row}"].value, abs=1e-9
        )
    assert str(formulas(out)["Customers"][f"{column}2"].value).startswith("=1/(1+EXP(")
