"""Frames as tables of real engines, by address."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pandas as pd
import pytest
from servers import SECRET, USER, mysql, postgres

pytest.importorskip("ibis", reason="ibis-framework is not installed (csm-xl[data])")
duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed (csm-xl[data])")
if duckdb.__version__.split(".")[0] != "1":
    pytest.skip("Ibis 12 speaks to DuckDB 1 (csm-xl[data])", allow_module_level=True)

#: Everything that an address can be.
KINDS = ["parquet", "csv", "folder", "duckdb", "sqlite", "postgres", "mysql", "spark"]
_TYPES = {
    "postgres": {"i": "bigint", "f": "double precision", "b": "boolean", "M": "timestamp"},
    "mysql": {"i": "bigint", "f": "double", "b": "boolean", "M": "datetime(6)"},
}


def refuse_without_spark() -> None:
    """Skip where there is no Spark or no Java."""
    pytest.importorskip("pyspark", reason="Spark is not installed (csm-xl[spark])")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, which is not installed here")


def stored(kind: str, folder: Path, frame: pd.DataFrame, name: str = "customers") -> str:
    """The address of a frame that was put into a file of this kind, or a database of a server."""
    if kind in ("postgres", "mysql"):
        return _on_server(kind, frame, name)
    if kind == "spark":
        refuse_without_spark()
        return "spark:" + stored("folder", folder, frame, name)
    if kind == "parquet":
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        return str(folder / f"{name}.parquet")
    if kind == "csv":
        frame.to_csv(folder / f"{name}.csv", index=False)
        return str(folder / f"{name}.csv")
    if kind == "folder":
        inside = folder / f"{name} parts [1]"
        inside.mkdir()
        half = len(frame) // 2
        # Spark reads no nanoseconds.
        for part, rows in (("a", frame[:half]), ("b", frame[half:])):
            rows.to_parquet(inside / f"{part}.parquet", index=False, coerce_timestamps="us")
        return str(inside)
    if kind == "duckdb":
        with duckdb.connect(folder / "shop.duckdb") as con:
            con.register("given", frame)
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        return f"duckdb:{folder / 'shop.duckdb'}"
    assert kind == "sqlite"
    with sqlite3.connect(folder / "shop.sqlite") as con:
        frame.to_sql(name, con, index=False)
    return f"sqlite:{folder / 'shop.sqlite'}"


def connection_to(kind: str, database: str | None = None):
    """A driver's own connection to one of the servers."""
    if kind == "postgres":
        import psycopg

        server = postgres()
        return psycopg.connect(
            host="127.0.0.1", port=server.port, user=USER, password=SECRET,
            dbname=database or "postgres", autocommit=True,
        )  # fmt: skip
    import pymysql

    server = mysql()
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user=USER, password=SECRET,
        database=database, autocommit=True, charset="utf8mb4", local_infile=False,
    )  # fmt: skip


def new_database(kind: str) -> str:
    """The name of a new database on one of the servers."""
    name = f"shop_{uuid4().hex[:8]}"
    with connection_to(kind) as con, con.cursor() as cursor:
        encoding = " CHARACTER SET utf8mb4" if kind == "mysql" else ""
        cursor.execute(f"CREATE DATABASE {name}{encoding}")
    return name


def _on_server(kind: str, frame: pd.DataFrame, name: str) -> str:
    database = new_database(kind)
    mark = "`" if kind == "mysql" else '"'
    text = "longtext" if kind == "mysql" else "text"
    columns = ", ".join(
        f"{mark}{header}{mark} {_TYPES[kind].get(dtype.kind, text)}"
        for header, dtype in frame.dtypes.items()
    )
    cells = frame.astype(object).where(frame.notna(), None).values.tolist()
    with connection_to(kind, database) as con, con.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} ({columns})")
        if kind == "postgres":
            with cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in cells:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(frame.columns))
            cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", cells)
    server = postgres() if kind == "postgres" else mysql()
    return server.address(database, quote(SECRET, safe=""))
