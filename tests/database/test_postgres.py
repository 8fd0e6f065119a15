"""PostgreSQL's own server, started here on loopback: the same scores, and no password in a sentence."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import numpy as np
import pytest
from test_formula_sql import FORMULA, FRAME

from csm_xl.database import formula_sql
from csm_xl.database.sources import opened
from csm_xl.errors import CsmError

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed (csm-xl[data])")
SECRET = "s3cret"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Host, port and database of a server that knows the user shop."""
    if not shutil.which("initdb") or not shutil.which("pg_ctl"):
        pytest.skip("PostgreSQL's server is not installed")
    as_user = []
    folder = tmp_path_factory.mktemp("postgres")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        if (
            not shutil.which("runuser")
            or subprocess.run(["id", "postgres"], capture_output=True).returncode
        ):
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(0o755)
        shutil.chown(folder, "postgres")
    (folder / "password").write_text(SECRET)
    (folder / "password").chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"

    def run(*words):
        subprocess.run([*as_user, *map(str, words)], check=True, stdout=subprocess.DEVNULL, cwd="/")

    run(
        "initdb", "-A", "scram-sha-256", "-U", "shop", f"--pwfile={folder / 'password'}", "-D", data
    )
    options = f"-p {port} -k {folder} -h 127.0.0.1"
    run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "fast", "stop")


@pytest.fixture(scope="module")
def filled(server):
    with psycopg.connect(f"postgresql://shop:{SECRET}@{server}") as con:
        con.execute(
            'CREATE TABLE customers (customer text, visits double precision, "套餐" text, '
            "since timestamp, active boolean, code double precision)"
        )
        cells = FRAME.astype(object).where(FRAME.notna(), None)
        for row in cells.itertuples(index=False):
            con.execute("INSERT INTO customers VALUES (%s, %s, %s, %s, %s, %s)", tuple(row))
    return server


@pytest.mark.parametrize("given", ["address", "environment"])
def test_a_server_scores_as_numpy_does(filled, given, monkeypatch):
    user = f"shop:{SECRET}"
    if given == "environment":
        monkeypatch.setenv("PGPASSWORD", SECRET)
        user = "shop"
    with opened(f"postgres://{user}@{filled}", "customers") as source:
        spelled = formula_sql.spellings(source.table, FORMULA)
        formula_sql.refuse_impossible(source.table, FORMULA, spelled)
        found = formula_sql.scored(source.table, FORMULA, spelled)
        scores = source.run(formula_sql.sql_of(found, "postgres"), found.schema()).execute()
    scores = scores.sort_values("customer")["churn_probability"].to_numpy(float)
    assert np.abs(scores - FORMULA.probability(FRAME)).max() < 1e-9


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgres://shop:wr0ng@{server}", "user or the password"),
        ("postgres://nobody:wr0ng@{server}", "user or the password"),
        ("postgres://shop:s3cret@{server}_2", "no such database"),
        ("postgres://shop:s3cret@{server}#nothing", "no table nothing"),
    ],
)
def test_what_a_server_refuses_is_one_sentence_without_the_password(filled, address, told):
    with pytest.raises(CsmError) as caught, opened(address.format(server=filled), "customers"):
        pass
    assert told in caught.value.text.en
    assert SECRET not in str(caught.value.args)
    assert "wr0ng" not in str(caught.value.args)
