"""`csm-xl retrain --orders`: a model of orders that are no sheet, in the owner's workbook."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from engines import stored
from sample_books import built, rows_of

from csm_xl import commands
from csm_xl.commands.model_record import model_of
from csm_xl.commands.session import Session
from csm_xl.errors import CsmError
from csm_xl.sample.sample_company import company
from csm_xl.vocabulary.words import STATUSES

TODAY = dt.date(2026, 6, 30)


def split(folder, lang="en"):
    """A workbook of the sample company without orders, and its orders in DuckDB."""
    told = company(lang)
    orders = pd.DataFrame(told.tables["orders"])
    orders["date"] = pd.to_datetime(orders["date"])
    tables = {name: rows for name, rows in told.tables.items() if name == "customers"}
    return built(folder, lang, tables, told.settings), stored("duckdb", folder, orders, "orders")


def test_a_model_of_orders_elsewhere_scores_the_customers_of_the_workbook(tmp_path):
    lang = "zh"
    book, address = split(tmp_path, lang)
    told: list[float] = []
    outcome = commands.retrain_from(
        book, address, progress=lambda share, what: told.append(share), today=TODAY
    )
    assert told == sorted(told) and told[-1] == 1.0
    formula = model_of(Session(book))[0]
    assert formula.meta["label"] == "orders"
    assert formula.meta["n_customers"] > 60
    assert any("days without an order" in note.en for note in outcome.warnings)
    rows = rows_of(book, "customers")
    horizon = formula.meta["horizon_days"]
    scored = [row for row in rows if row["churn_probability"] is not None]
    silent = [row for row in rows if row["days_since"] is not None and row["days_since"] > horizon]
    assert len(scored) > 20 and len(silent) > 5
    assert {row["risk"] for row in silent} == {STATUSES.word("left", lang)}
    assert all(row["days_since"] <= horizon for row in scored)
    before = [row["churn_probability"] for row in rows]
    out = tmp_path / "scores.parquet"
    done = commands.score_orders(book, address, out)
    found = pd.read_parquet(out).set_index("customer")["churn_probability"]
    assert done.more["customers"] == found.notna().sum() > 20
    for row in rows:
        if row["customer_id"] not in found.index:
            assert row["churn_probability"] is None
        elif row["left_on"] is None and not pd.isna(found[row["customer_id"]]):
            assert row["churn_probability"] == pytest.approx(found[row["customer_id"]], abs=1e-9)
    commands.refresh(book)
    after = [row["churn_probability"] for row in rows_of(book, "customers")]
    assert after == pytest.approx(before, abs=1e-12)


def test_what_cannot_be_learned_from_changes_nothing(tmp_path):
    book, address = split(tmp_path)
    before = rows_of(book, "customers")
    for options, told in (
        ({"query": "SELECT * FROM orders LIMIT 3"}, "Customers came back"),
        ({"query": "SELECT * FROM orders WHERE 1 = 0"}, "no order"),
        ({"query": "SELECT customer_id, date FROM orders"}, "Amount"),
        ({"table": "sales"}, "no table sales"),
    ):
        with pytest.raises(CsmError, match=told):
            commands.retrain_from(book, address, today=TODAY, **options)
    assert rows_of(book, "customers") == before
    assert "model" not in Session(book).texts


def test_a_stop_leaves_the_workbook_as_it_was(tmp_path):
    book, address = split(tmp_path)
    before = rows_of(book, "customers")
    calls = iter(range(1000))
    with pytest.raises(CsmError):
        commands.retrain_from(book, address, today=TODAY, cancelled=lambda: next(calls) > 8)
    assert rows_of(book, "customers") == before
    assert "model" not in Session(book).texts


def test_a_workbook_with_orders_of_its_own_is_refused(tmp_path):
    told = company("en", customers=20)
    book = built(tmp_path, "en", told.tables, told.settings)
    with pytest.raises(CsmError, match="Orders holds orders too"):
        commands.retrain_from(book, "orders.parquet")
