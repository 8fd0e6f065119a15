"""`--json`: one object per command, for a program that runs csm-xl."""

import json
import sys

import pytest

from csm_xl.cli import answers, running


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["csm-xl", *arguments])
    with pytest.raises(SystemExit) as stopped:
        running.main()
    assert answers.kept() is None
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out), stopped.value.code


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_command_answers_with_one_object_wherever_the_option_stands(
    monkeypatch, capsys, tmp_path, place
):
    words = ["new", str(tmp_path / "mine.xlsx"), "--empty"]
    words = ["--json", *words] if place == "first" else [*words, "--json"]
    told, code = run(monkeypatch, capsys, "--lang", "en", *words)
    assert code == 0
    assert told["ok"] is True
    assert "Written" in told["message"]
    assert told["warnings"] == []
    assert told["table"] == []


def test_an_error_is_an_object_too_and_exits_with_1(monkeypatch, capsys, tmp_path):
    told, code = run(monkeypatch, capsys, "refresh", str(tmp_path / "gone.xlsx"), "--json")
    assert code == 1
    assert told["ok"] is False
    assert "gone.xlsx" in told["message"]


def test_wrong_usage_is_an_object_too_and_exits_with_2(monkeypatch, capsys):
    told, code = run(monkeypatch, capsys, "refrsh", "--json")
    assert code == 2
    assert told["ok"] is False


def test_a_table_is_a_list_of_rows_by_title(monkeypatch, capsys, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "=MYFUNC(1)"
    book.save(tmp_path / "book.xlsx")
    told, _ = run(
        monkeypatch, capsys, "calc", str(tmp_path / "book.xlsx"), "--lang", "en", "--json"
    )
    assert [row["Cell"] for row in told["table"]] == ["Sheet!A1"]


def test_importing_where_there_is_no_terminal_asks_nobody(monkeypatch, capsys, tmp_path):
    # pythonw, which Task Scheduler runs, has no standard input at all.
    book, export = tmp_path / "mine.xlsx", tmp_path / "orders.csv"
    run(monkeypatch, capsys, "new", str(book), "--empty", "--lang", "en", "--json")
    export.write_text("order no,customer id,date,amount\nX1,C0001,2026-06-01,12.5\n")
    monkeypatch.setattr(sys, "stdin", None)
    told, code = run(
        monkeypatch, capsys, "import", str(book), str(export), "--table", "orders", "--json"
    )
    assert (code, told["ok"]) == (0, True)
