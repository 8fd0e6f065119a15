"""`csm-xl score`: a table that is no sheet, by a workbook's model; one sentence where it cannot be."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import pandas as pd
import pytest
from engines import duckdb, stored
from sample_books import trained

from csm_xl.cli import answers, running
from csm_xl.commands.model_record import model_of
from csm_xl.commands.session import Session


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A workbook with a model, its formula, and its customers as a frame."""
    book = trained(tmp_path_factory.mktemp("company"))
    formula = model_of(Session(book))[0]
    table = Session(book).customers()
    frame = pd.DataFrame(list(table.rows), columns=table.headers)
    path = book.fullname
    book.close()
    return path, formula, frame[["Customer ID", *formula.features]].infer_objects()


@pytest.fixture
def csm(monkeypatch, capsys):
    """The command line; gives the exit code, what was printed and what was complained of."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["csm-xl", "--lang", "en", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            running.main()
        answers.forget()
        said = capsys.readouterr()
        return stopped.value.code, said.out, said.err

    return run


@pytest.mark.parametrize("kind", ["parquet", "csv", "folder", "duckdb", "sqlite"])
def test_every_kind_of_address_scores_as_the_sheet_does(company, csm, tmp_path, kind):
    path, formula, frame = company
    address = stored(kind, tmp_path, frame)
    code, said, wrong = csm("score", address, "--model", path, "-o", tmp_path / "out.parquet")
    assert (code, wrong) == (0, "")
    assert f"{len(frame)} customers scored" in said
    found = pd.read_parquet(tmp_path / "out.parquet").set_index("Customer ID")
    expected = pd.Series(formula.probability(frame), frame["Customer ID"])
    assert len(found) == len(frame)
    assert found.loc[expected.index, "churn_probability"].to_numpy(float) == pytest.approx(
        expected.to_numpy(), abs=1e-9
    )
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def test_without_a_file_the_most_likely_are_shown(company, csm, tmp_path):
    path, formula, frame = company
    address = stored("parquet", tmp_path, frame)
    code, said, _ = csm("score", address, "--model", path, "--json")
    told = json.loads(said)
    assert (code, told["ok"], told["customers"]) == (0, True, len(frame))
    probability = formula.probability(frame)
    assert told["mean_probability"] == pytest.approx(probability.mean())
    assert [row["Churn probability"] for row in told["table"]] == pytest.approx(
        sorted(probability, reverse=True)[:20], abs=1e-4
    )


def test_a_query_chooses_who_is_scored(company, csm, tmp_path):
    path, _, frame = company
    address = stored("csv", tmp_path, frame)
    query = "SELECT * FROM customers ORDER BY 1 LIMIT 7"
    told = json.loads(csm("score", address, "--model", path, "--query", query, "--json")[1])
    assert told["customers"] == 7


def test_printed_sql_scores_a_table_in_duckdb_itself(company, csm, tmp_path):
    path, formula, frame = company
    address = stored("duckdb", tmp_path, frame)
    code, sql, _ = csm("score", address, "--model", path, "--sql", "duckdb")
    assert code == 0
    with duckdb.connect(address.removeprefix("duckdb:"), read_only=True) as con:
        found = con.execute(sql).df()["churn_probability"]
    assert found.to_numpy() == pytest.approx(formula.probability(frame), abs=1e-9)


def test_zeros_in_front_of_a_customer_number_stay(company, csm, tmp_path):
    path, _, frame = company
    frame = frame.assign(**{"Customer ID": [f"{n:05d}" for n in range(len(frame))]})
    address = stored("csv", tmp_path, frame)
    csm("score", address, "--model", path, "-o", tmp_path / "out.csv")
    assert "00007," in (tmp_path / "out.csv").read_text("utf-8")


def test_a_file_that_is_there_is_kept(company, csm, tmp_path):
    path, _, frame = company
    address = stored("csv", tmp_path, frame)
    (tmp_path / "out.csv").write_text("mine")
    code, _, wrong = csm("score", address, "--model", path, "-o", tmp_path / "out.csv")
    assert code == 1
    assert "--force" in wrong
    assert (tmp_path / "out.csv").read_text() == "mine"


def sentence(code, said, wrong):
    assert (code, said) == (1, "")
    assert wrong.startswith("Error: ")
    assert len(wrong.strip().splitlines()) == 1
    assert "Something unexpected" not in wrong
    return wrong


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("gone.parquet", "nothing at"),
        ("duckdb:gone.duckdb", "nothing at"),
        ("sqlite:gone.sqlite", "nothing at"),
        ("empty", "no Parquet and no CSV"),
        ("oracle://u:secret@h/db", "oracle: is not known"),
        ("postgres://u:secret@127.0.0.1:1/db", "does not answer"),
        ("duckdb:text.csv", "not the kind of file"),
        ("sqlite:text.csv", "not the kind of file"),
        ("text.parquet", "not the kind of file"),
        ("book.xlsx", "no Parquet and no CSV"),
    ],
)
def test_what_is_not_there_is_one_sentence_without_a_password(
    company, csm, tmp_path, monkeypatch, address, told
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.csv").write_text("a,b\n1,2\n" * 3000)
    (tmp_path / "text.parquet").write_text("a,b\n1,2\n" * 3000)
    (tmp_path / "book.xlsx").write_text("x")
    wrong = sentence(*csm("score", address, "--model", company[0]))
    assert told in wrong
    assert "secret" not in wrong


def test_a_table_that_lacks_a_column_is_refused(company, csm, tmp_path):
    path, formula, frame = company
    address = stored("sqlite", tmp_path, frame.drop(columns=formula.features[0]))
    wrong = sentence(*csm("score", address, "--model", path))
    assert formula.features[0] in wrong


@pytest.mark.parametrize("kind", ["csv", "sqlite", "duckdb"])
def test_a_text_among_numbers_is_named(company, csm, tmp_path, kind):
    path, formula, frame = company
    name = next(t.name for t in formula.numeric if t.kind == "number")
    cells = frame[name].astype(object)
    cells.iloc[3] = "plenty"
    # DuckDB's columns have one type, SQLite's cells have each its own.
    cells = cells.map(str, na_action="ignore") if kind == "duckdb" else cells
    wrong = sentence(
        *csm("score", stored(kind, tmp_path, frame.assign(**{name: cells})), "--model", path)
    )
    assert "plenty" in wrong
    assert name in wrong


def test_texts_in_a_column_that_sqlite_calls_numbers_are_seen(company, csm, tmp_path):
    path, formula, frame = company
    name = next(t.name for t in formula.numeric if t.kind == "number")
    address = stored("sqlite", tmp_path, frame.assign(**{name: frame[name].astype(float)}))
    with sqlite3.connect(address.removeprefix("sqlite:")) as con:
        con.execute(f'UPDATE customers SET "{name}" = ? WHERE rowid = 4', ("plenty",))
    assert "plenty" in sentence(*csm("score", address, "--model", path))


def test_a_query_without_rows_and_one_that_is_none_are_refused(company, csm, tmp_path):
    path, _, frame = company
    address = stored("parquet", tmp_path, frame)
    none = "SELECT * FROM customers WHERE 1 = 0"
    assert "no rows" in sentence(*csm("score", address, "--model", path, "--query", none))
    assert "SELEKT" in sentence(*csm("score", address, "--model", path, "--query", "SELEKT 1"))


def test_the_table_to_score_is_asked_for_where_there_are_several(company, csm, tmp_path):
    path, _, frame = company
    address = stored("sqlite", tmp_path, frame, "people")
    with sqlite3.connect(address.removeprefix("sqlite:")) as con:
        frame.to_sql("others", con, index=False)
    assert "others, people" in sentence(*csm("score", address, "--model", path))
    assert csm("score", f"{address}#people", "--model", path)[0] == 0
    assert csm("score", address, "--model", path, "--table", "others")[0] == 0


def test_an_engine_that_nobody_knows_is_refused(company, csm):
    wrong = sentence(*csm("score", "--model", company[0], "--sql", "oracle"))
    assert "duckdb" in wrong
    assert "Say what to score" in sentence(*csm("score", "--model", company[0]))


def test_without_the_extra_it_says_what_to_install(company, csm, monkeypatch):
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "ibis" else real(name)
    )
    assert "csm-xl[data]" in sentence(*csm("score", "x.parquet", "--model", company[0]))


def test_ibis_is_loaded_only_where_it_is_used():
    import subprocess

    program = (
        "import sys, csm_xl.cli, csm_xl.commands.database_scoring\nprint('ibis' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to one process alone is POSIX's")
def test_a_stopped_scoring_leaves_no_file(company, tmp_path):
    path, formula, _ = company
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
        # What a shell starts in the background ignores Ctrl+C, and so does what that starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    until = time.monotonic() + 60
    # Once there is something half written to be left behind.
    while running.poll() is None and not any(".part" in p.name for p in tmp_path.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert said[1] == "Error: Stopped. Nothing was changed.\n"
    assert {p.name for p in tmp_path.iterdir()} == before


def test_a_model_that_reads_more_than_orders_tell_says_how_to_train_another(company, csm, tmp_path):
    orders = pd.DataFrame({"customer": ["a"], "date": ["2026-01-01"], "amount": [1.0]})
    address = stored("duckdb", tmp_path, orders, "orders")
    code, _, wrong = csm("score", "--orders", address, "--model", company[0])
    assert code == 1
    assert "also reads" in wrong and "retrain FILE --orders ADDRESS" in wrong


def test_nobody_to_score_leaves_no_file(company, csm, tmp_path):
    path, _, frame = company
    address = stored("duckdb", tmp_path, frame[:0])
    code, _, wrong = csm("score", address, "--model", path, "-o", tmp_path / "out.parquet")
    assert (code, "nobody to score" in wrong) == (1, True)
    assert not (tmp_path / "out.parquet").exists()
