"""Ctrl+C while an engine works: one sentence, and nothing half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from engines import duckdb
from sample_books import trained

from csm_xl.commands.model_record import model_of
from csm_xl.commands.session import Session


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to one process alone is POSIX's")
def test_a_stopped_scoring_leaves_no_file(tmp_path):
    book = trained(tmp_path)
    formula, path = model_of(Session(book))[0], book.fullname
    book.close()
    columns = ", ".join(
        f'(random() * 100) AS "{term.name}"'
        if not hasattr(term, "codes")
        else f"'x' AS \"{term.name}\""
        for term in formula.terms
    )
    source = tmp_path / "customers.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT range AS \"Customer ID\", {columns} FROM range(2000000)) TO '{source}'"
        )
    before = {p.name for p in tmp_path.iterdir()}
    running = subprocess.Popen(
        [sys.executable, "-m", "csm_xl", "--lang", "en", "score", str(source), "--model", path,
         "-o", str(tmp_path / "out.parquet")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "CI": "true"},
    )  # fmt: skip
    until = time.monotonic() + 60
    # Once there is something half written to be left behind.
    while running.poll() is None and not any(".part" in p.name for p in tmp_path.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert said[1] == "Error: Stopped. Nothing was changed.\n"
    assert {p.name for p in tmp_path.iterdir()} == before
