"""The formula in an engine: to 1e-9 what numpy gives, whatever the table holds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from public_data import data_file

from csm_xl.churn.classifier import ChurnClassifier
from csm_xl.churn.formula import ChurnFormula, LeafRule, NumericTerm, TextTerm
from csm_xl.database import formula_sql
from csm_xl.errors import CellError, SheetError

ibis = pytest.importorskip("ibis", reason="ibis-framework is not installed (csm-xl[data])")
duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed (csm-xl[data])")
if duckdb.__version__.split(".")[0] != "1":
    pytest.skip("Ibis 12 speaks to DuckDB 1 (csm-xl[data])", allow_module_level=True)

FORMULA = ChurnFormula(
    intercept=-0.5,
    numeric=(
        NumericTerm("visits", 4.0, 0.25, (1.0, 5.0), (-0.3, 0.2), 20.0),
        NumericTerm("since", 45000.0, 0.0, (44000.0,), (0.001,), 46000.0, "date"),
        NumericTerm("active", 1.0, -0.1, (0.0,), (-0.4,), math.inf, "flag"),
    ),
    text=(
        TextTerm("套餐", ("基础版", "Pro plan", ""), (0.8, -0.4, 0.3), 0.1, 1.5),
        TextTerm("code", ("7", "2.5"), (0.6, -0.6), 0.05, 2.5),
    ),
    rules=(
        LeafRule(0.7, ((0, -math.inf, 2.5), (1, 1.25, math.inf))),
        LeafRule(0.3, ((0, -math.inf, 2.5), (2, 44999.5, math.inf))),
        LeafRule(-0.2, ((2, 44999.5, 45100.0),)),
        LeafRule(0.11, ()),
    ),
    features=("visits", "套餐", "since", "active", "code"),
)
FRAME = pd.DataFrame(
    {
        "customer": list("abcdefg"),
        "visits": [1.0, 2.5, None, 500.0, 1e-9, 7.0, math.nan],
        "套餐": ["基础版", " pro   PLAN ", "never seen", None, "ＰＲＯ　ｐｌａｎ", "", "　"],
        "since": pd.to_datetime(
            ["2023-03-15", "2024-05-01", None, "1900-01-05", "2023-06-22", "2090-01-01", None]
        ),
        "active": pd.array([True, False, None, True, False, True, None], dtype="boolean"),
        "code": [7.0, 2.5, 3.0, None, 7.0, 0.1 + 0.2, 2.5],
    }
)


def by_numpy(formula: ChurnFormula, frame: pd.DataFrame) -> np.ndarray:
    return formula.probability(frame)


def loaded(con, frame: pd.DataFrame):
    """A frame as a table of the engine; NaT and NA are no parameters for SQLite, None is."""
    if con.name == "sqlite":
        kept = frame.astype(object).where(frame.notna(), None)
        schema = ibis.memtable(frame).schema()
        return con.create_table("customers", kept, schema=schema, overwrite=True)
    return con.create_table("customers", frame, temp=True, overwrite=True)


def in_engine(con, frame: pd.DataFrame, formula: ChurnFormula, *, has_nan: bool = True):
    table = loaded(con, frame)
    spelled = formula_sql.spellings(table, formula)
    formula_sql.refuse_impossible(table, formula, spelled, has_nan=has_nan)
    found = formula_sql.scored(table, formula, spelled, has_nan=has_nan)
    sql = formula_sql.sql_of(found, con.name)
    return con.sql(sql).execute()["churn_probability"].to_numpy(float)


@pytest.fixture(params=["duckdb", "sqlite"])
def con(request):
    return ibis.duckdb.connect() if request.param == "duckdb" else ibis.sqlite.connect()


def test_numbers_dates_flags_and_categories_score_as_in_numpy(con):
    found = in_engine(con, FRAME, FORMULA, has_nan=con.name == "duckdb")
    assert found == pytest.approx(by_numpy(FORMULA, FRAME), abs=1e-9)


def test_texts_are_read_as_in_a_sheet(con):
    frame = pd.DataFrame(
        {
            "visits": ["1", " 2.5 ", "￥1,200", "２", "", "12%", None],
            "套餐": ["Pro plan"] * 7,
            "since": ["2023-03-15", "2023/3/15", "2023年3月15日", "45000.5", "", None, "45099"],
            "active": ["true", "FALSE", "1", "0", None, "", "True"],
            "code": ["7", " 7", "2.5", "7.0", "", None, "x"],
        }
    )
    found = in_engine(con, frame, FORMULA, has_nan=con.name == "duckdb")
    assert found == pytest.approx(by_numpy(FORMULA, frame), abs=1e-9)


def test_a_time_of_day_counts_as_in_a_sheet():
    frame = FRAME.assign(since=pd.Timestamp("2023-03-15 13:45:07"))
    found = in_engine(ibis.duckdb.connect(), frame, FORMULA)
    assert found == pytest.approx(by_numpy(FORMULA, frame), abs=1e-9)


def test_decimals_and_whole_numbers_score_as_in_numpy():
    con = ibis.duckdb.connect()
    table = con.sql("SELECT 29.85::DECIMAL(10, 2) AS visits, 7 AS plan")
    formula = ChurnFormula(
        0.0,
        (NumericTerm("visits", 1.0, 0.0, (1.0,), (0.01,)),),
        (TextTerm("plan", ("7", "8"), (1.0, 2.0), 0.0),),
        (LeafRule(0.5, ((0, -math.inf, 29.85),)),),
        ("visits", "plan"),
    )
    found = con.sql(formula_sql.sql_of(formula_sql.scored(table, formula), "duckdb")).execute()
    expected = by_numpy(formula, pd.DataFrame({"visits": [29.85], "plan": [7]}))
    assert found["churn_probability"].to_numpy() == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_value_on_the_edge_of_a_box_is_on_the_same_side(seed):
    rng = np.random.default_rng(seed)
    edges = np.sort(np.unique([*rng.normal(size=40), *(rng.integers(0, 1000, 40) / 7)]))
    rules = []
    for _ in range(300):
        f = rng.choice(3, size=2, replace=False)
        ends = [np.sort(rng.choice([-math.inf, *edges, math.inf], 2, replace=False)) for _ in f]
        rules.append(
            LeafRule(
                float(rng.normal()),
                tuple((int(k), float(lo), float(hi)) for k, (lo, hi) in zip(f, ends, strict=True)),
            )
        )
    names = ("a", "b", "c")
    formula = ChurnFormula(
        0.0, tuple(NumericTerm(n, 0.0, 0.0, (), ()) for n in names), (), tuple(rules), names
    )
    near = np.concatenate([edges, np.nextafter(edges, -9), np.nextafter(edges, 9)])
    frame = pd.DataFrame({n: rng.permutation(near) for n in names})
    found = in_engine(ibis.duckdb.connect(), frame, formula)
    assert found == pytest.approx(by_numpy(formula, frame), abs=1e-9)


def test_log_odds_far_from_nothing_are_no_overflow(con):
    formula = ChurnFormula(0.0, (NumericTerm("x", 0.0, 0.0, (-1e6,), (1.0,)),), (), (), ("x",))
    frame = pd.DataFrame({"x": [-1e6, 1e6, 5e5]})
    below = ChurnFormula(-1e5, formula.numeric, (), (), ("x",))
    for one in (formula, below):
        found = in_engine(con, frame, one, has_nan=False)
        assert found == pytest.approx(by_numpy(one, frame), abs=1e-12)


@pytest.mark.parametrize(
    ("column", "cells", "named"),
    [
        ("visits", ["1", "lots"], "lots"),
        ("visits", [1.0, math.inf], "visits"),
        ("since", ["2023-03-15", "someday"], "someday"),
        ("since", [45000.0, -3.0], "since"),
        ("active", ["true", "perhaps"], "perhaps"),
    ],
)
def test_what_is_no_number_is_named(column, cells, named):
    frame = FRAME.iloc[:2].assign(**{column: cells})
    with pytest.raises(CellError, match=named):
        in_engine(ibis.duckdb.connect(), frame, FORMULA)


def test_a_missing_column_is_named():
    with pytest.raises(SheetError, match="套餐"):
        in_engine(ibis.duckdb.connect(), FRAME.drop(columns="套餐"), FORMULA)


def test_printed_sql_runs_in_duckdb_without_us():
    frame = FRAME.assign(code=FRAME["code"].map(lambda c: None if c != c else f"{c:.15g}"))
    frame = frame.iloc[[0, 1, 2, 3, 5]].assign(since=lambda f: f["since"].dt.date)
    sql = formula_sql.standalone_sql(FORMULA, "duckdb")
    with duckdb.connect() as con:
        con.register("frame", frame)
        con.execute("CREATE TABLE customers AS SELECT * REPLACE (since::DATE AS since) FROM frame")
        found = con.execute(sql).df()["churn_probability"].to_numpy()
    assert found == pytest.approx(by_numpy(FORMULA, frame), abs=1e-9)


@pytest.mark.parametrize("dialect", list(formula_sql.DIALECTS))
def test_sql_is_printed_for_every_engine_and_parses_there(dialect):
    import sqlglot

    sql = formula_sql.standalone_sql(FORMULA, dialect)
    reader = {"spark": "spark"}.get(dialect, dialect)
    assert sqlglot.parse_one(sql, dialect=reader).named_selects[-1] == "churn_probability"
    assert sql.count("44999.5e0") == 2


def test_each_reading_is_written_once():
    sql = formula_sql.standalone_sql(FORMULA, "duckdb")
    assert sql.count("REGEXP_REPLACE") == 2


def test_a_model_of_telco_scores_all_its_customers_in_duckdb_without_us():
    frame = pd.read_csv(data_file("telco_churn.csv"), na_values=" ")
    left = frame.pop("Churn") == "Yes"
    some = np.random.default_rng(1).permutation(len(frame))[:1200]
    learned = frame.drop(columns="customerID")
    model = ChurnClassifier().fit(learned.iloc[some], left.iloc[some])
    formula = model.formula_
    assert len(formula.rules) > 100 and formula.text
    with duckdb.connect() as con:
        con.register("frame", frame)
        con.execute("CREATE TABLE customers AS SELECT * FROM frame")
        sql = formula_sql.standalone_sql(formula, "duckdb")
        found = con.execute(sql).df()["churn_probability"].to_numpy()
    assert len(found) == 7043
    assert found == pytest.approx(formula.probability(learned), abs=1e-9)
