"""What `import csm_xl` gives; the page and the notebook about it are true."""

from __future__ import annotations

import base64
import doctest
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import csm_xl
from csm_xl.errors import CellError, NoModelError, ScaleError, SheetError

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL | doctest.NORMALIZE_WHITESPACE


def two_frames(n=40, days=400):
    """Customers and their orders: the later half of the customers fell silent half way."""
    first = pd.Timestamp("2025-01-01")
    customers = pd.DataFrame({"Customer ID": [f"K{i}" for i in range(n)], "City": "Bath"})
    orders = [
        {"customer id": f"K{i}", "Order date": first + pd.Timedelta(days=day), "Total": 20.0 + i}
        for i in range(n)
        for day in range(i % 11, days if i < n // 2 else days // 2, 25 + i % 7)
    ]
    return customers, pd.DataFrame(orders)


def test_every_name_is_there_and_documented():
    for name in csm_xl.__all__:
        assert getattr(csm_xl, name).__doc__
    assert set(csm_xl.__all__) <= set(dir(csm_xl))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        csm_xl.nothing  # noqa: B018


def test_importing_loads_nothing_heavy():
    code = "import sys, csm_xl; print(sorted({'pandas', 'sklearn', 'xlwings'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_page_is_true(monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```pycon\n(.*?)```", text, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(code, {}, "python.md", None, 0)
    said: list[str] = []
    doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=said.append)
    assert not said, "".join(said)


def test_the_notebook_runs_and_shows_what_it_gave(tmp_path, monkeypatch):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(tmp_path)
    cells = json.loads((ROOT / "docs" / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    listed = names["actions"]
    # Those at risk come first, by the value saved; then leads and silent customers to win back.
    saved = listed["expected"].dropna()
    assert len(saved) and (saved > 0).all() and saved.is_monotonic_decreasing
    assert listed["expected"].head(len(saved)).notna().all()
    shown = [output for cell in cells for output in cell.get("outputs", ())]
    pictures = [
        output["data"]["image/png"] for output in shown if "image/png" in output.get("data", {})
    ]
    drawn = ROOT / "docs" / "pictures" / "notebook.png"
    assert drawn.read_bytes() in map(base64.b64decode, pictures)


def test_scores_keep_the_rows_and_labels_of_the_frame():
    customers, orders = two_frames()
    customers.index = customers["Customer ID"].str.lower()
    model = csm_xl.train(customers, orders, settings={"horizon_days": 60})
    assert model.horizon_days == 60
    scores = csm_xl.score(customers, orders, model=model)
    assert list(scores.index) == list(customers.index)
    scored = scores["churn_probability"].notna()
    assert scored.any() and scores.loc[scored, "churn_probability"].between(0, 1).all()
    assert set(scores.loc[~scored, "risk"]) <= {"Left", "Too new"}
    assert scores["last_order"].max() == orders["Order date"].max()


def test_reordering_the_customers_reorders_the_scores():
    customers, orders = two_frames()
    model = csm_xl.train(customers, orders, settings={"horizon_days": 60})
    one = csm_xl.score(customers, orders, model=model)["churn_probability"]
    other = csm_xl.score(customers[::-1], orders, model=model)["churn_probability"]
    np.testing.assert_array_equal(one.to_numpy(), other[::-1].to_numpy())


def test_a_cell_that_cannot_be_read_is_named_by_its_column_and_place():
    customers, orders = two_frames()
    orders = orders.astype({"Total": object})
    orders.loc[3, "Total"] = "much"
    with pytest.raises(CellError, match=r'orders\["Total"\]\.iloc\[3\] holds “much”'):
        csm_xl.training_set(customers, orders)


def test_a_missing_column_is_named_with_those_that_are_there():
    customers, orders = two_frames()
    with pytest.raises(SheetError, match=r"Amount.*Order date"):
        csm_xl.train(customers, orders.drop(columns="Total"))


def test_two_customers_of_one_number_are_named():
    customers, orders = two_frames()
    customers.loc[1, "Customer ID"] = "K0"
    with pytest.raises(SheetError, match=r"iloc\[0\].*iloc\[1\].*K0"):
        csm_xl.training_set(customers, orders)


def test_what_is_no_model_is_refused():
    for text in ("", "{}", "[]", '{"formula": 1}'):
        with pytest.raises(NoModelError):
            csm_xl.ChurnModel.from_json(text)


@pytest.mark.parametrize(
    ("given", "error"),
    [([5, 6], ScaleError), (["mauve", 5, 4], CellError), ([[5], ["mauve"]], CellError)],
)
def test_no_rating_is_dropped_silently(given, error):
    with pytest.raises(error):
        csm_xl.csat(given)


def test_missing_values_of_every_library_are_blanks():
    column = pd.Series([5, None, 3], dtype="Int64")
    assert csm_xl.csat(column) == csm_xl.csat([5, float("nan"), 3]) == 4
    assert csm_xl.csat(np.array([5.0, np.nan, 3.0])) == csm_xl.csat(["5", pd.NA, pd.NaT, 3]) == 4


def test_health_and_experience_keep_the_index():
    column = pd.Series([1.0, 0.5], index=["a", "b"])
    assert list(csm_xl.health(column, column, column, 1 - column)) == [100.0, 50.0]
    assert list(csm_xl.experience(column, column, column).index) == ["a", "b"]
