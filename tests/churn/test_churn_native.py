"""The native Excel formulas give the same probabilities as scoring does."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from csm_xl.churn.formula import ChurnFormula, LeafRule, NumericTerm, TextTerm
from csm_xl.churn.native_formulas import LONGEST, OPEN_FORMAT, rule_sentence, sheet
from csm_xl.churn.training import train
from csm_xl.formulas.addresses import column_letters
from csm_xl.language import Text

#: Functions that Excel 2010 lacks, or that need array entry there.
TOO_NEW = re.compile(r"_xlfn|LET\(|LAMBDA|XLOOKUP|FILTER\(|IFS\(|SWITCH|CONCAT\(|TEXTJOIN|INDEX\(")


def customers(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "visits": rng.poisson(6, n).astype(float),
            "Spend per month": np.round(rng.lognormal(4, 0.7, n), 2),
            "套餐": rng.choice(["基础版", "专业版", "团队 版", "A*"], n, p=[0.5, 0.3, 0.15, 0.05]),
            "last order": 45000.0 + rng.integers(0, 400, n),
            "active": rng.random(n) < 0.6,
            "city": rng.choice([f"City {k}" for k in range(60)], n),
            "code": rng.choice(["1", "2", "03"], n),
        }
    )
    z = -0.8 - 0.3 * (frame["visits"] - 6) + 0.9 * (frame["套餐"] == "基础版")
    z += 1.5 * ((frame["visits"] < 4) & (frame["Spend per month"] > 60))
    y = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    frame["套餐"] = frame["套餐"].astype(object)
    frame.loc[rng.random(n) < 0.1, "Spend per month"] = np.nan
    frame.loc[rng.random(n) < 0.08, "套餐"] = ""
    return frame, y.to_numpy() if hasattr(y, "to_numpy") else y


@pytest.fixture(scope="module")
def trained() -> ChurnFormula:
    frame, y = customers(1200)
    return train(frame, y, dates=["last order"]).formula


def write_workbook(
    path: Path, formula: ChurnFormula, frame: pd.DataFrame, own_readings: bool
) -> None:
    """A workbook as the accountant gets it: customers, readings, probabilities, the model."""
    book = openpyxl.Workbook()
    data = book.active
    data.title = "Customers"
    tables = sheet(formula, spellings={name: frame[name] for name in formula.features})
    model = book.create_sheet("Model")
    for block in tables.blocks:
        model.cell(block.top, 1, block.title.en)
        for c, word in enumerate(block.header, start=1):
            model.cell(block.top + 1, c, word.en if isinstance(word, Text) else word)
        for r, row in enumerate(block.rows):
            for c, value in enumerate(row, start=1):
                cell = model.cell(block.first + r, c)
                cell.value = value.en if isinstance(value, Text) else value
                if isinstance(cell.value, str):
                    cell.data_type = "s"
                if block.key == "rules" and c > 2:
                    cell.number_format = OPEN_FORMAT
    p = len(formula.features)
    for r, row in enumerate(frame[list(formula.features)].itertuples(index=False), start=2):
        addresses = []
        for c, value in enumerate(row, start=1):
            blank = value is None or value == "" or (isinstance(value, float) and np.isnan(value))
            if not blank:
                data.cell(r, c, value.item() if hasattr(value, "item") else value)
            addresses.append(f"{column_letters(c)}{r}")
        readings = None
        if own_readings:
            readings = [f"{column_letters(p + 2 + k)}{r}" for k in range(p)]
            for k in range(p):
                data[readings[k]] = tables.reading_formula(k, addresses[k])
        data.cell(r, 2 * p + 3, tables.row_formula(addresses, readings))
    book.save(path)


def recalculated(path: Path, column: int, n: int) -> list[str]:
    """What LibreOffice makes of one column of the first sheet."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = (path.parent / "profile").as_uri()
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={profile}",
            "--headless",
            "--convert-to",
            # Full precision: cell contents as calculated, not as shown.
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false",
            "--outdir",
            str(path.parent),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    with path.with_suffix(".csv").open(encoding="utf-8") as lines:
        return [row[column - 1] for row in list(csv.reader(lines))[1 : n + 1]]


@pytest.mark.libreoffice
@pytest.mark.parametrize("own_readings", [True, False])
def test_libreoffice_recalculates_every_probability(trained, tmp_path, own_readings) -> None:
    n = 2000 if own_readings else 200
    frame, _ = customers(n, seed=1)
    frame.loc[0, "套餐"] = "never seen"
    frame.loc[1, "套餐"] = "  团队  版 "
    frame.loc[2, "city"] = "CITY 7"
    frame.loc[3, "visits"] = 1e9
    frame.loc[4, "visits"] = -50
    frame.loc[5, "city"] = "City*"
    path = tmp_path / "copy.xlsx"
    write_workbook(path, trained, frame, own_readings)
    got = recalculated(path, 2 * len(trained.features) + 3, n)
    expected = trained.probability(frame)
    assert np.abs(np.array(got, dtype=float) - expected).max() < 1e-9


def test_formualizer_calculates_every_probability(trained, tmp_path) -> None:
    import formualizer

    frame, _ = customers(100, seed=3)
    path = tmp_path / "copy.xlsx"
    write_workbook(path, trained, frame, own_readings=True)
    book = formualizer.load_workbook(str(path), backend="umya")
    column = 2 * len(trained.features) + 3
    got = [book.evaluate_cell("Customers", row, column) for row in range(2, 102)]
    assert np.abs(np.array(got, dtype=float) - trained.probability(frame)).max() < 1e-9


@pytest.mark.libreoffice
def test_a_text_in_a_column_of_numbers_is_an_error_there_too(trained, tmp_path) -> None:
    frame, _ = customers(3, seed=2)
    frame["visits"] = frame["visits"].astype(object)
    frame["last order"] = frame["last order"].astype(object)
    frame.loc[0, "visits"] = "many"
    frame.loc[1, "last order"] = -3.0
    path = tmp_path / "copy.xlsx"
    write_workbook(path, trained, frame, own_readings=True)
    got = recalculated(path, 2 * len(trained.features) + 3, 3)
    assert got[0].startswith(("#", "Err"))
    assert got[1].startswith(("#", "Err"))
    assert 0.0 < float(got[2]) < 1.0


def test_formulas_use_nothing_that_excel_2010_lacks(trained) -> None:
    tables = sheet(trained)
    p = len(trained.features)
    addresses = [f"Customers!{column_letters(k + 1)}2" for k in range(p)]
    texts = [tables.row_formula(addresses), tables.row_formula(addresses, addresses)]
    texts += [tables.reading_formula(k, addresses[k]) for k in range(p)]
    for text in texts:
        assert text.startswith("=") and len(text) <= LONGEST
        assert not TOO_NEW.search(text)


def test_forty_features_fit_into_one_formula_with_cells_for_the_readings() -> None:
    names = tuple(f"feature number {k}" for k in range(40))
    numeric = tuple(
        NumericTerm(name, 1.0, 0.3, (0.0, 1.0, 2.0), (0.1, 0.2, -0.3), 9.0) for name in names
    )
    rules = tuple(LeafRule(0.1, ((k, 0.5, np.inf), (k - 1, -np.inf, 1.5))) for k in range(1, 40))
    formula = ChurnFormula(0.0, numeric, (), rules, names)
    tables = sheet(formula)
    addresses = [f"Customers!${column_letters(k + 1)}50000" for k in range(40)]
    readings = [f"{column_letters(k + 1)}50000" for k in range(40)]
    assert len(tables.row_formula(addresses, readings)) <= LONGEST
    with pytest.raises(ValueError, match="cells of their own"):
        tables.row_formula(addresses)


def test_a_spelling_of_a_category_counts_once() -> None:
    term = TextTerm("plan", ("VIP", ""), (0.7, -0.2), 0.1, 0.5)
    formula = ChurnFormula(0.0, (), (term,), (), ("plan",))
    tables = sheet(formula, spellings={"plan": ["VIP", "vip", "ＶＩＰ", "", None, "other"]})
    lines = tables.block("categories").rows
    assert [line[1] for line in lines[:-1]] == ["VIP", "ＶＩＰ", None]
    assert sum(line[3] for line in lines if line[2] == 1.0) == 0.7


def test_a_box_reads_as_a_rule() -> None:
    formula = ChurnFormula(
        0.0,
        (NumericTerm("tenure", 1.0, 0.0, (), ()), NumericTerm("since", 0, 0, (), (), kind="date")),
        (TextTerm("plan", ("free", "pro"), (0.0, 0.0), 0.0, 1.5),),
        (),
        ("tenure", "plan", "since"),
    )
    conditions = ((0, -np.inf, 5.5), (1, 1.25, np.inf), (2, 45292.0, np.inf))
    assert rule_sentence(formula, conditions) == Text(
        "tenure ≤ 5.5 and plan is pro or (all others) and since > 2024-01-01",
        "tenure ≤ 5.5 且 plan 为 pro 或 （其他） 且 since > 2024-01-01",
    )
