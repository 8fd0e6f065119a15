"""Addresses: what each says, what of it may be shown, and what is missing to read it."""

from __future__ import annotations

import shutil
import sys

import pytest
from engines import duckdb

from csm_xl.database.addresses import address_of, is_address
from csm_xl.database.sources import opened
from csm_xl.errors import CsmError


@pytest.mark.parametrize(
    ("text", "shown", "parts"),
    [
        (
            "postgres://anna:p%23w@db.shop:5433/shop?sslmode=require#orders",
            "postgres://anna@db.shop:5433/shop",
            ("postgres", "db.shop", 5433, "anna", "p#w", "shop", "orders"),
        ),
        (
            "postgresql://anna:p#w@x:y/@db/shop",
            "postgres://anna@db/shop",
            ("postgres", "db", None, "anna", "p#w@x:y/", "shop", None),
        ),
        (
            "mysql://db/shop?user=anna&password=s3cret",
            "mysql://anna@db/shop",
            ("mysql", "db", None, "anna", "s3cret", "shop", None),
        ),
        (
            "mariadb://[::1]:3307/shop",
            "mysql://::1:3307/shop",
            ("mysql", "::1", 3307, None, None, "shop", None),
        ),
        (
            "spark://cluster:7077#orders",
            "spark://cluster:7077",
            ("spark", "cluster", 7077, None, None, None, "orders"),
        ),
    ],
)
def test_a_server_is_read_and_shown_without_its_password(text, shown, parts):
    found = address_of(text)
    assert (
        found.scheme, found.host, found.port, found.user, found.password, found.database, found.table
    ) == parts  # fmt: skip
    assert found.shown == shown
    for secret in ("p#w", "p%23w", "s3cret"):
        assert secret not in found.shown


@pytest.mark.parametrize(
    ("text", "scheme", "path", "table"),
    [
        ("orders.parquet", "", "orders.parquet", None),
        (r"C:\shop\orders.csv", "", r"C:\shop\orders.csv", None),
        ("duckdb:shop.duckdb#orders", "duckdb", "shop.duckdb", "orders"),
        ("sqlite:///srv/shop.sqlite", "sqlite", "/srv/shop.sqlite", None),
        ("spark:orders/", "spark", "orders/", None),
        ("spark:#orders", "spark", "", "orders"),
    ],
)
def test_a_file_is_read(text, scheme, path, table):
    found = address_of(text)
    assert (found.scheme, found.path, found.table) == (scheme, path, table)


def test_a_file_is_that_file_whatever_its_name_looks_like(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("orders #2.parquet", "orders:2024.parquet"):
        duckdb.sql("SELECT 1 AS a").write_parquet(name)
        assert is_address(name)
        with opened(name, "orders") as source:
            assert source.table.count().execute() == 1
    (tmp_path / "shop#1.csv").write_text("a\n1\n")
    assert not is_address("shop#1.csv")
    assert not is_address(r"C:\shop\orders.csv")
    assert is_address("oracle://db/shop")


def told(address: str) -> CsmError:
    with pytest.raises(CsmError) as caught, opened(address, "orders"):
        pass
    return caught.value


@pytest.mark.parametrize(
    ("address", "package", "extra"),
    [
        ("mysql://anna:s3cret@db/shop", "pymysql", "csm-xl[mysql]"),
        ("spark:orders/", "pyspark", "csm-xl[spark]"),
        ("postgres://anna:s3cret@db/shop", "psycopg", "csm-xl[data]"),
    ],
)
def test_a_missing_driver_is_named_with_what_brings_it(address, package, extra, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "ibis.backends.postgres", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    said = told(address).text
    assert package in said.en and extra in said.en
    assert package in said.zh and extra in said.zh
    assert "s3cret" not in said.en + said.zh


def test_spark_without_java_says_so(monkeypatch):
    pytest.importorskip("pyspark", reason="Spark is not installed (csm-xl[spark])")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    said = told("spark:orders/").text
    assert "needs Java" in said.en and "需要 Java" in said.zh


@pytest.mark.parametrize("address", ["postgres://db:port/shop", "mysql://a:s3cret@db:x/y"])
def test_what_is_no_address_is_said_without_its_password(address):
    said = told(address).text
    assert "s3cret" not in said.en + said.zh
    assert said.en.count(".") >= 1


def test_too_little_space_is_said_and_not_how_the_engine_puts_it(tmp_path):
    duckdb.sql("SELECT range AS a, hash(range) AS b FROM range(200000)").write_parquet(
        str(tmp_path / "orders.parquet")
    )
    with (
        pytest.raises(CsmError) as caught,
        opened(str(tmp_path / "orders.parquet"), "orders") as source,
    ):
        source.connection.raw_sql("SET memory_limit = '1MB'")
        source.connection.raw_sql("SET temp_directory = ''")
        source.table.order_by("b").execute()
    assert "memory or disk space" in caught.value.text.en
    assert "空间不足" in caught.value.text.zh
