"""Frames as tables of real engines, by address."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("ibis", reason="ibis-framework is not installed (csm-xl[data])")
duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed (csm-xl[data])")
if duckdb.__version__.split(".")[0] != "1":
    pytest.skip("Ibis 12 speaks to DuckDB 1 (csm-xl[data])", allow_module_level=True)


def stored(kind: str, folder: Path, frame: pd.DataFrame, name: str = "customers") -> str:
    """The address of a frame that was put into a file of this kind."""
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
        frame[:half].to_parquet(inside / "a.parquet", index=False)
        frame[half:].to_parquet(inside / "b.parquet", index=False)
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
