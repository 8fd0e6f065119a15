"""Retrain and refresh on workbook files: what is written, and what is refused."""

import datetime as dt
import json
import zipfile

import numpy as np
import openpyxl
import pytest
from typer.testing import CliRunner
from workbooks import FIVE, SHOP, opened, saved, values

from csm_xl import commands
from csm_xl.churn.formula import ChurnFormula, sigmoid
from csm_xl.cli import app
from csm_xl.errors import CsmError, NoModelError, SheetError, TooLittleDataError
from csm_xl.functions.records import unpack
from csm_xl.safety_copies import KEEP

DAY = dt.date(2026, 1, 31)


def retrained(path, **options):
    book = opened(path)
    try:
        outcome = commands.retrain(book, today=DAY, **options)
        book.save()
        return outcome
    finally:
        book.close()


def model_of(path):
    rows = values(path, "_csm")
    return json.loads(unpack(rows)["model"].text)


def test_the_five_customers_of_the_article_come_out_in_the_right_order(tmp_path):
    path = saved(tmp_path / "five.xlsx", FIVE, sheet="Sheet1")
    outcome = retrained(path)
    rows = values(path, "Sheet1")
    assert rows[0][:5] == FIVE[0]
    assert rows[0][5:] == ("流失概率", "风险", "流失概率修正")
    chance = {row[0]: row[5] for row in rows[1:]}
    assert all(0 < chance[i] < 1 for i in (1, 3, 5))
    # Who has left is not scored.
    assert {row[0]: row[6] for row in rows[1:] if row[5] is None} == {2: "已流失", 4: "已流失"}
    assert any("5 customers" in warning.en for warning in outcome.warnings)
    # With five customers an AUC is 0 or 1 by luck.
    assert "AUC" not in outcome.message.en


def test_the_owners_cells_are_untouched_and_our_columns_stand_at_the_right(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP, table="Customers")
    retrained(path)
    rows = values(path, "Customers")
    assert [row[:4] for row in rows] == SHOP
    assert rows[0][4:] == ("Churn probability", "Risk", "Churn correction")
    assert {row[5] for row in rows[1:] if row[3] == "no"} <= {"Low", "Medium", "High"}
    assert {row[4:] for row in rows[1:] if row[3] == "yes"} == {(None, "Left", None)}
    book = openpyxl.load_workbook(path)
    assert book["Customers"].tables["Customers"].ref == "A1:G61"
    assert book["_csm"].sheet_state == "veryHidden"
    assert "Model" in book.sheetnames


def test_retraining_again_gives_the_same_model(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    retrained(path)
    first = model_of(path)
    retrained(path)
    assert model_of(path) == first
    assert "Churn probability" not in first["content"]["features"]


def test_formulas_that_nobody_has_calculated_yet_count_from_the_first_training_on(tmp_path):
    rows = [
        (*row[:3], "Visits a year" if i == 0 else f"=B{i + 1}*12+{i % 5}", row[3])
        for i, row in enumerate(SHOP)
    ]
    path = saved(tmp_path / "shop.xlsx", rows)
    retrained(path)
    first = model_of(path)
    assert "Visits a year" in first["content"]["features"]
    retrained(path)
    assert model_of(path) == first


def test_a_formula_on_our_own_result_is_no_feature(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    retrained(path)
    book = openpyxl.load_workbook(path)
    sheet = book["Customers"]
    sheet["G1"], sheet["H1"] = "Worth calling", "Twice"
    for row in range(2, 62):
        sheet[f"G{row}"], sheet[f"H{row}"] = f"=E{row}*100", f"=G{row}*2"
    book.save(path)
    book = opened(path)
    book.app.calculate()
    commands.retrain(book, today=DAY)
    book.save()
    book.close()
    assert model_of(path)["content"]["features"] == ["Visits", "Plan"]


def test_refresh_scores_new_customers_with_the_stored_model(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    retrained(path)
    book = openpyxl.load_workbook(path)
    book["Customers"].append(["00099", 3.0, "A", None])
    book.save(path)
    book = opened(path)
    outcome = commands.refresh(book)
    book.save()
    book.close()
    present = sum(row[3] == "no" for row in SHOP[1:])
    assert f"{present + 1} customers" in outcome.message.en
    assert 0 < values(path, "Customers")[-1][4] < 1


def test_the_probability_is_the_formulas_with_the_correction_also_after_a_refresh(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    retrained(path)
    first = values(path, "Customers")
    model = ChurnFormula.from_json(unpack(values(path, "_csm"))["model"].text)
    columns = {name: [row[i] for row in first[1:]] for i, name in enumerate(first[0][:4])}
    added = [row[6] or 0.0 for row in first[1:]]
    assert any(added)
    shown = sigmoid(model.log_odds(columns) + np.array(added))
    scored = [i for i, row in enumerate(first[1:]) if row[4] is not None]
    assert [first[1 + i][4] for i in scored] == pytest.approx(shown[scored].tolist(), abs=1e-9)
    book = openpyxl.load_workbook(path)
    sheet = book["Customers"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)][::-1]
    for r, row in enumerate(rows, 2):
        for c, cell in enumerate(row, 1):
            sheet.cell(r, c).value = cell
    book.save(path)
    book = opened(path)
    commands.refresh(book)
    book.save()
    book.close()
    again = values(path, "Customers")[:0:-1]
    for before, after in zip(first[1:], again, strict=True):
        assert after[4] == (before[4] and pytest.approx(before[4], abs=1e-9))


def test_customers_who_left_are_not_in_the_call_list(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    outcome = retrained(path)
    left = {row[0] for row in SHOP if row[3] == "yes"}
    assert outcome.table and not left & {row[0] for row in outcome.table}


def test_refresh_without_a_model_judges_by_rule_and_says_what_to_do(tmp_path):
    book = opened(saved(tmp_path / "shop.xlsx", SHOP))
    said = commands.refresh(book).message.en
    assert "by rule" in said and "Retrain" in said
    book.close()


def test_refresh_with_neither_a_model_nor_anything_to_judge_by_says_what_to_do(tmp_path):
    rows = [("Client", "Colour"), *((f"Client {i}", "red" if i % 2 else "blue") for i in range(9))]
    path = saved(tmp_path / "list.xlsx", rows)
    typed = path.read_bytes()
    book = opened(path)
    with pytest.raises(NoModelError, match="Retrain"):
        commands.refresh(book)
    book.close()
    assert path.read_bytes() == typed


def test_a_safety_copy_is_kept_of_the_last_five_times(tmp_path, home):
    path = saved(tmp_path / "shop.xlsx", SHOP)
    original = path.read_bytes()
    retrained(path)
    folders = list((home / "backups").iterdir())
    assert len(folders) == 1
    copies = list(folders[0].iterdir())
    with zipfile.ZipFile(copies[0]) as copy:
        assert copy.testzip() is None
    assert values(copies[0], "Customers") == SHOP
    for _ in range(KEEP + 1):
        book = opened(path)
        commands.refresh(book)
        book.close()
    assert len(list(folders[0].iterdir())) == KEEP
    assert path.read_bytes() != original


def bad(name, rows, words, error=CsmError):
    return pytest.param(rows, words, error, id=name)


HEADER = ("ID", "Visits", "Churned")


@pytest.mark.parametrize(
    ("rows", "words", "error"),
    [
        bad("no header row", [(1, 2.0, 0), (2, 3.0, 1)], "row of titles", SheetError),
        bad("no label", [("ID", "Visits"), ("a", 2.0)], "says who left", SheetError),
        bad("two labels", [("Churned", "Exited", "Visits"), (1, 0, 2.0)], "2 columns", SheetError),
        bad("one class", [HEADER, (1, 2.0, 0), (2, 3.0, 0)], "No customer", TooLittleDataError),
        bad("everybody left", [HEADER, (1, 2.0, 1), (2, 3.0, 1)], "Every customer", TooLittleDataError),
        bad("three values", [HEADER, (1, 2.0, "a"), (2, 3.0, "b"), (3, 1.0, "c")], r"Churned.*--set", SheetError),
        bad("all features blank", [HEADER, (1, None, 0), (2, None, 1)], "no column to learn", TooLittleDataError),
        bad("duplicate headers", [("Visits", "visits", "Churned"), (1, 2, 1), (2, 1, 0)], "Two columns", SheetError),
        bad("zero rows", [HEADER], "says who left|no customers|row of titles", CsmError),
    ],
)  # fmt: skip
def test_each_bad_sheet_gets_one_sentence_and_the_file_is_untouched(tmp_path, rows, words, error):
    path = saved(tmp_path / "bad.xlsx", rows)
    before = path.read_bytes()
    book = opened(path)
    with pytest.raises(error, match=words) as caught:
        commands.retrain(book)
    book.close()
    assert caught.value.text.zh
    assert path.read_bytes() == before


def test_a_column_without_a_title_is_not_learned_from(tmp_path):
    rows = [(a, b, None if i == 0 else i % 5, c, d) for i, (a, b, c, d) in enumerate(SHOP)]
    path = saved(tmp_path / "shop.xlsx", rows)
    retrained(path)
    assert model_of(path)["content"]["features"] == ["Visits", "Plan"]
    book = opened(path)
    commands.refresh(book)
    book.close()


def test_an_error_cell_in_a_feature_is_named_and_stops_nobody(tmp_path):
    path = saved(tmp_path / "bad.xlsx", [*SHOP[:9], ("x", "#DIV/0!", "A", "no"), *SHOP[9:]])
    outcome = retrained(path)
    assert any("Customers!B10 “#DIV/0!”" in warning.en for warning in outcome.warnings)
    assert {"sheet": "Customers", "cell": "B10", "text": "#DIV/0!", "role": "usage"} in (
        outcome.more["unreadable"]
    )
    assert 0 < values(path, "Customers")[9][4] < 1


def test_a_label_that_cannot_be_read_is_named_and_that_row_is_neither(tmp_path):
    path = saved(tmp_path / "bad.xlsx", [*SHOP[:9], ("x", 3.0, "A", "ye"), *SHOP[9:]])
    outcome = retrained(path)
    assert any("Customers!D10 “ye”" in warning.en for warning in outcome.warnings)
    assert "60 customers" in outcome.message.en
    assert values(path, "Customers")[9][4:6] == (None, "Unclear")


def test_a_filled_cell_at_the_right_is_never_overwritten(tmp_path):
    path = saved(tmp_path / "shop.xlsx", SHOP, table="Customers")
    book = openpyxl.load_workbook(path)
    book["Customers"]["E7"] = "my own note"
    book.save(path)
    before = path.read_bytes()
    book = opened(path)
    with pytest.raises(SheetError, match=r"Customers!E7"):
        commands.retrain(book)
    book.close()
    assert path.read_bytes() == before


def test_a_totals_row_below_the_customers_is_no_customer(tmp_path):
    path = saved(tmp_path / "shop.xlsx", [*SHOP, ("Total", 400.0, None, None)])
    outcome = retrained(path)
    assert "60 customers" in outcome.message.en
    assert values(path, "Customers")[-1][4] is None


def test_the_terminal_prints_one_line_and_exits_with_one(tmp_path):
    import subprocess
    import sys

    path = tmp_path / "not.xlsx"
    path.write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-m", "csm_xl", "retrain", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "not.xlsx" in done.stderr
    assert path.read_bytes() == b""


def test_wrong_usage_exits_with_two():
    assert CliRunner().invoke(app, ["retrain"]).exit_code == 2
    assert CliRunner().invoke(app, ["nonsense"]).exit_code == 2
