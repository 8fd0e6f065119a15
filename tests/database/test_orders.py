"""Orders added up in an engine: to 1e-9 the figures of the sheet."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from engines import KINDS, stored
from public_data import data_file

from csm_xl.churn.history import as_day, read_history
from csm_xl.churn.orders import order_features
from csm_xl.database.orders import order_figures
from csm_xl.errors import CellError, CsmError, SheetError


def compare(address: str, orders: pd.DataFrame, today: str, window: int = 90, **options) -> None:
    history = read_history(orders, today=np.datetime64(today))
    expected = order_features(history, None, window).dropna(subset=["orders"])
    found, n, _ = order_figures(address, as_day(np.datetime64(today)), window, **options)
    assert sorted(found.index) == sorted(expected.index)
    assert set(found.columns) == set(expected.columns)
    assert n == expected["orders"].sum()
    for name in expected.columns:
        assert found.loc[expected.index, name].to_numpy() == pytest.approx(
            expected[name].to_numpy(), abs=1e-9, rel=1e-12, nan_ok=True
        ), name


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("parquet", "folder")])
def test_a_real_shop_has_the_figures_of_the_sheet(kind, tmp_path):
    given = pd.read_csv(
        data_file("online_retail_orders.csv"), dtype={"InvoiceNo": str, "CustomerID": str}
    )
    orders = given.set_axis(["order_id", "date", "customer_id", "amount"], axis=1)
    orders["date"] = pd.to_datetime(orders["date"])
    if kind not in ("csv", "sqlite"):
        given["InvoiceDate"] = orders["date"]
    compare(stored(kind, tmp_path, given, "orders"), orders, "2011-10-01")


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("seed", range(2))
def test_random_companies_have_the_figures_of_the_sheet(kind, named, seed, tmp_path):
    rng = np.random.default_rng(seed)
    n = 400
    orders = pd.DataFrame(
        {
            "customer_id": rng.choice(["A1", "B2", "007", "丁", " E ", None], n),
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, n), "D"),
            "amount": np.where(rng.random(n) < 0.05, np.nan, rng.normal(40, 30, n).round(2)),
            "product": rng.choice(["tea", "coffee", None], n),
        }
    ).sort_values("date", kind="stable", ignore_index=True)
    if named:
        orders["order_id"] = [None if k % 17 == 0 else f"X{k // 3}" for k in range(n)]
        orders = pd.concat([orders, orders[5:25]], ignore_index=True)
        orders = orders.sort_values(["date"], kind="stable", ignore_index=True)
        # The sheet's rows tell which line of an order comes first; an engine has no rows.
        orders["customer_id"] = (
            orders.groupby("order_id")["customer_id"]
            .transform("first")
            .where(orders["order_id"].notna(), orders["customer_id"])
        )
    stored_orders = orders.assign(date=orders["date"].dt.strftime("%Y-%m-%d"))
    compare(stored(kind, tmp_path, stored_orders, "orders"), orders, "2025-03-01", 60)


def moments(form: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Orders with the times as texts, and the same with times."""
    rng = np.random.default_rng(3)
    n = 25_000
    when = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 5e7, n), "s")
    orders = pd.DataFrame(
        {"customer_id": rng.choice(list("ABCDEFG"), n), "date": when, "amount": rng.random(n)}
    ).sort_values("date", ignore_index=True)
    return orders.assign(date=orders["date"].dt.strftime(form)), orders


@pytest.mark.parametrize(
    ("kind", "form"),
    [("sqlite", "%Y-%m-%d %H:%M:%S"), ("duckdb", "%Y-%m-%dT%H:%M:%S.123+08:00")],
)
def test_times_kept_as_texts_are_read_in_the_engine(kind, form, tmp_path):
    texts, orders = moments(form)
    compare(stored(kind, tmp_path, texts, "orders"), orders, "2024-08-01")


def test_a_day_that_never_was_is_refused_with_its_text(tmp_path):
    orders = pd.DataFrame(
        {"customer": ["a", "a"], "date": ["2024-02-29", "2023-02-29"], "amount": 1}
    )
    for kind in ("duckdb", "sqlite"):
        with pytest.raises(CellError, match=r"date.*2023-02-29"):
            order_figures(stored(kind, tmp_path, orders, "orders"), 50000, 90)


def test_what_is_missing_or_no_number_is_one_sentence(tmp_path):
    orders = pd.DataFrame({"customer": ["a"], "date": ["2024-01-01"], "amount": ["lots"]})
    with pytest.raises(CellError, match=r"amount.*lots"):
        order_figures(stored("duckdb", tmp_path, orders, "orders"), 50000, 90)
    address = stored("sqlite", tmp_path, orders.drop(columns="amount"), "orders")
    with pytest.raises(SheetError, match="Amount"):
        order_figures(address, 50000, 90)
    with pytest.raises(CsmError, match="no rows"):
        query = "SELECT customer, date, 1 AS amount FROM orders WHERE 1 = 0"
        order_figures(address, 50000, 90, query=query)


def test_a_column_with_a_title_of_its_own_is_named_by_the_owner(tmp_path):
    orders = pd.DataFrame(
        {"customer": ["a", "a"], "date": ["2024-01-01", "2024-02-01"], "x": [2, 3]}
    )
    address = stored("duckdb", tmp_path, orders, "orders")
    found, n, _ = order_figures(address, 45400, 90, maps=["x=Amount"])
    assert (n, found.loc["a", "revenue"]) == (2, 5.0)
    with pytest.raises(SheetError, match="y=Amount"):
        order_figures(address, 45400, 90, maps=["y=Amount"])


def test_features_of_an_address_are_those_of_the_same_orders_in_the_sheet(tmp_path):
    from sample_books import built, rows_of

    from csm_xl import commands
    from csm_xl.sample.sample_company import company

    told = company("en")
    sheet = built(tmp_path, "en", told.tables, told.settings, "sheet.xlsx")
    orders = pd.DataFrame(rows_of(sheet, "orders"))
    orders["date"] = pd.to_datetime(orders["date"]).dt.strftime("%Y-%m-%d")
    address = stored("duckdb", tmp_path, orders, "orders")
    tables = {name: rows for name, rows in told.tables.items() if name != "orders"}
    without = built(tmp_path, "en", tables, told.settings, "without.xlsx")
    commands.build_features(sheet)
    commands.build_features_from(without, address)
    expected, found = rows_of(sheet, "customers"), rows_of(without, "customers")
    assert len(found) == len(expected)
    assert [row["last_order"] for row in found] == [row["last_order"] for row in expected]
    for name in ("orders", "revenue", "days_since", "refund_share", "loyalty"):
        assert any(row[name] is not None for row in found)
        for one, other in zip(found, expected, strict=True):
            assert one[name] == pytest.approx(other[name], abs=1e-9), name


@pytest.mark.parametrize("kind", ["csv", "sqlite", "duckdb"])
@pytest.mark.parametrize(
    ("title", "off", "fine"),
    [
        ("status", "Cancelled by buyer", "paid"),
        ("订单状态", "用户已取消", "交易成功"),
        ("State", "void", "settled"),
    ],
)
def test_orders_that_came_to_nothing_are_counted_and_told(kind, title, off, fine, tmp_path):
    orders = pd.DataFrame(
        {
            "customer_id": ["A", "A", "B"],
            "date": ["2024-01-02", "2024-02-03", "2024-02-04"],
            "amount": [10.0, 20.0, 30.0],
            title: [fine, off, None],
            "remark": ["cancelled?", None, "nice"],
        }
    )
    address = stored(kind, tmp_path, orders, "orders")
    _, n, notes = order_figures(address, 45500, 90)
    assert n == 3
    (note,) = notes
    assert title in note.en and off in note.en and off in note.zh and fine not in note.en
    query = re.search(r'"(SELECT [^"]*)"', note.en)[1].replace(title, f'"{title}"')
    left = order_figures(address, 45500, 90, query=query)
    assert left[1] == 2 and left[2] == ()


@pytest.mark.parametrize(
    "titles",
    [
        ("Kundennummer", "Bestelldatum", "Gesamtbetrag"),
        ("client_id", "ordered_at", "grand_total"),
        ("顧客番号", "注文日", "金額"),
        ("Numéro client", "Date de commande", "Montant"),
    ],
)
def test_titles_of_exports_are_known_in_a_table_too(titles, tmp_path):
    rows = [["A", "2024-01-02", 10.0], ["A", "2024-02-03", 20.0], ["B", "2024-02-04", 30.0]]
    address = stored("duckdb", tmp_path, pd.DataFrame(rows, columns=titles), "orders")
    figures, n, _ = order_figures(address, 45500, 90)
    assert n == 3 and figures["revenue"].to_dict() == {"A": 30.0, "B": 30.0}
