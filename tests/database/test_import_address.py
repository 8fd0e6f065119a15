"""Import from a table of a database: the rows, counts and refusals of an import from a file."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest
from engines import KINDS, duckdb, stored
from sample_books import built, rows_of

from csm_xl import commands
from csm_xl.commands.importing import Options
from csm_xl.errors import CsmError
from csm_xl.sample.sample_company import company


@pytest.fixture
def book(tmp_path):
    sample = company("en", customers=20)
    return built(tmp_path, "en", sample.tables, sample.settings, "shop.xlsx")


def orders(n: int = 40) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Order number": [f"00{k}" for k in range(n)],
            "Customer ID": [f"C{k % 5 + 1:04d}" for k in range(n)],
            "Date": pd.Timestamp("2026-03-01 09:30") + pd.to_timedelta(range(n), "D"),
            "Amount": [80.25 + k for k in range(n)],
            "Gift": [k % 3 == 0 for k in range(n)],
        }
    )


def test_a_table_of_every_kind_comes_in_as_its_export_does(tmp_path):
    sample = company("en", customers=20)
    given = orders()
    given.to_csv(tmp_path / "export.csv", index=False)
    expected = built(tmp_path, "en", sample.tables, sample.settings, "file.xlsx")
    from_file = commands.import_data(expected, tmp_path / "export.csv", "orders")
    known = rows_of(expected, "orders")
    for kind in KINDS:
        if kind in ("csv", "spark"):
            continue
        folder = tmp_path / kind
        folder.mkdir()
        address = stored(kind, folder, given, "orders")
        found = built(folder, "en", sample.tables, sample.settings)
        told = commands.import_data(found, address)
        for name in ("read", "added", "updated", "unchanged", "merged"):
            assert told.more[name] == from_file.more[name], (kind, name)
        rows = rows_of(found, "orders")
        assert len(rows) == len(known)
        for one, other in zip(rows, known, strict=True):
            assert one == other, kind
        again = commands.import_data(found, address)
        assert (again.more["added"], again.more["unchanged"]) == (0, len(given)), kind
        found.close()


def test_all_tables_of_a_database_that_are_called_like_ours_come_in_customers_first(book, tmp_path):
    with sqlite3.connect(tmp_path / "crm.sqlite") as con:
        orders().assign(**{"Customer ID": "N1"}).to_sql("orders", con, index=False)
        people = pd.DataFrame({"Customer ID": ["N1"], "Name": ["Nora"], "City": ["Bern"]})
        people.to_sql("customers", con, index=False)
        people.to_sql("log", con, index=False)
    told = commands.import_data(book, f"sqlite:{tmp_path / 'crm.sqlite'}")
    assert (told.more["read"], told.more["added"]) == (41, 41)
    assert not any("of nobody" in note.en for note in told.warnings)
    assert rows_of(book, "customers")[-1]["name"] == "Nora"


def test_a_query_and_a_map_choose_what_comes_in(book, tmp_path):
    given = orders().rename(columns={"Amount": "x"})
    address = stored("duckdb", tmp_path, given, "sales")
    options = Options("orders", maps=("x=Amount",), query="SELECT * FROM sales ORDER BY 1 LIMIT 7")
    told = commands.import_data(book, address, options=options)
    assert told.more["added"] == 7
    other = Options("orders", query='SELECT "Order number", "Date", x AS z FROM sales')
    with pytest.raises(CsmError) as caught:
        commands.import_data(book, address, options=other, ask=lambda headers, columns: {})
    assert "Amount among Order number" in caught.value.text.en
    assert "--map" in caught.value.text.zh


def test_decimals_times_with_a_zone_and_kinds_without_a_cell_are_read(book, tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(path) as con:
        con.execute("SET TimeZone = 'Asia/Shanghai'")
        con.execute(
            "CREATE TABLE orders AS SELECT 'Z1' AS \"Order number\", 'C0001' AS \"Customer ID\", "
            "CAST('2026-03-01 23:30:00+00' AS TIMESTAMPTZ) AS \"Date\", "
            'CAST(12.30 AS DECIMAL(18, 2)) AS "Amount", [1, 2] AS "Parts"'
        )
    told = commands.import_data(book, f"duckdb:{path}", "orders")
    row = rows_of(book, "orders")[-1]
    assert row["amount"] == 12.3
    assert any("time zone" in note.en and "Date" in note.en for note in told.warnings)


@pytest.mark.parametrize(
    ("address", "query", "en", "zh"),
    [
        ("sqlite:{there}", "SELECT * FROM orders WHERE 1 = 0", "no rows", "没有"),
        ("sqlite:{there}#sales", None, "no table sales", "没有表 sales"),
        ("sqlite:{folder}/none.sqlite", None, "nothing at", "不存在"),
        ("duckdb:{there}", None, "not the kind of file", "文件类型"),
        ("oracle://host/db", None, "oracle: is not known", "不支持 oracle:"),
        ("{folder}/none.parquet", None, "nothing at", "不存在"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence_and_changes_nothing(
    book, tmp_path, address, query, en, zh
):
    there = stored("sqlite", tmp_path, orders(), "orders").partition(":")[2]
    before = rows_of(book, "orders")
    with pytest.raises(CsmError) as caught:
        commands.import_data(
            book, address.format(there=there, folder=tmp_path), options=Options(query=query)
        )
    assert en in caught.value.text.en
    assert zh in caught.value.text.zh
    assert rows_of(book, "orders") == before


def test_a_table_that_no_sheet_can_hold_says_what_to_do_instead(book, tmp_path):
    query = 'SELECT range AS "Order number", \'C0001\' AS "Customer ID" FROM range(1048576)'
    address = stored("duckdb", tmp_path, orders(), "orders")
    with pytest.raises(CsmError, match=r"1,048,576 rows.*features FILE --orders ADDRESS"):
        commands.import_data(book, address, options=Options(query=query))
