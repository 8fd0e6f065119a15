"""The terminal: help and wrong usage in both languages, tables that fit, errors in one line."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pytest
import typer
from rich.console import Console

from csm_xl.cli import app
from csm_xl.cli.running import language_first
from csm_xl.cli.speaking import halves
from csm_xl.cli.terminal import ask_columns, show_table
from csm_xl.language import Text, use_language

CHINESE = re.compile(r"[\u3400-\u9fff]")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def run(*arguments, lang="en", **environment):
    """The command line as an owner runs it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "csm_xl", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "CSM_XL_LANG": lang, **environment},
    )


def helps(command):
    """Every help text of a command and of what it takes."""
    own = [p.help for p in command.params if getattr(p, "help", None)]
    return [text for text in [command.help, *own] if text != "Show this message and exit."]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_text_is_there_in_english_and_in_chinese(name):
    for text in helps(COMMANDS[name]):
        both = halves(text)
        assert both.en.endswith(".") and not CHINESE.search(both.en), text
        assert both.zh.endswith("。") and CHINESE.search(both.zh), text


def test_help_speaks_one_language_at_a_time():
    english, chinese = run("--help").stdout, run("--help", lang="zh").stdout
    assert "Write the accountant's copy." in english and not CHINESE.search(english)
    assert "生成给会计的副本。" in chinese and "accountant" not in chinese
    assert "用法：csm-xl" in chinese and "显示本帮助" in chinese


@pytest.mark.parametrize(
    "arguments", [("--lang", "zh", "share", "--help"), ("share", "--lang=zh", "--help")]
)
def test_the_language_may_be_named_before_the_command_or_after_it(arguments):
    assert "副本的文件名" in run(*arguments).stdout


def test_the_first_language_named_is_the_messages_the_second_the_new_workbooks():
    assert language_first(["--lang", "en", "new", "a.xlsm", "--lang", "zh"]) == [
        *("--lang", "en", "new", "a.xlsm", "--lang", "zh")
    ]
    assert language_first(["new", "a.xlsm", "--lang", "zh"]) == ["--lang", "zh", "new", "a.xlsm"]


def test_the_version_is_shown_without_a_command():
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"csm-xl \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["nonsense"], "no command nonsense", "没有命令“nonsense”"),
        (["share"], "FILE is missing", "缺少“文件”"),
        (["import", "a.xlsx"], "EXPORT is missing", "缺少“导出文件”"),
        (["retrain", "a.xlsx", "--shet", "b"], "no option --shet", "没有选项 --shet"),
        (["retrain", "a.xlsx", "--sheet"], "--sheet needs a value", "--sheet 后面要写一个值"),
        (["refresh", "My", "book.xlsx"], "“book.xlsx” is too much", "多出了“book.xlsx”"),
        (["--lang"], "--lang needs a value", "--lang 后面要写一个值"),
        (["new", "a.xlsx", "--lang"], "--lang needs a value", "--lang 后面要写一个值"),
        (
            ["--lang", "fr", "demo"],
            "--lang is en or zh, not fr",
            "--lang 只能是 zh（中文）或 en（英文），不能是 fr",
        ),
    ],
)
def test_wrong_usage_is_one_sentence_that_says_where_to_read_on(arguments, english, chinese):
    for lang, said in (("en", english), ("zh", chinese)):
        done = run(*arguments, lang=lang)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr and "--help" in done.stderr
        assert done.stderr.count("\n") == 1


def test_without_a_command_the_help_is_shown():
    done = run()
    assert done.returncode == 2 and done.stderr.startswith("Usage: csm-xl")


def test_a_reader_that_has_seen_enough_is_no_fault():
    command = f"{sys.executable} -m csm_xl functions | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8")
    assert done.stderr == ""


def test_a_demo_where_a_file_is_in_the_way_says_so(tmp_path):
    (tmp_path / "taken").write_text("mine")
    done = run("demo", "--dir", tmp_path / "taken")
    assert done.returncode == 1
    assert "taken is a file" in done.stderr and done.stderr.count("\n") == 1
    assert (tmp_path / "taken").read_text() == "mine"


def shown(monkeypatch, width, headers, rows):
    """The lines of a table on a terminal of this width."""
    page = io.StringIO()
    console = Console(file=page, width=width)
    monkeypatch.setattr("rich.console.Console", lambda **options: console)
    show_table(headers, rows)
    return [line.rstrip() for line in page.getvalue().splitlines() if line.strip()]


def test_an_answer_that_is_no_column_is_asked_for_again(monkeypatch, capsys):
    from csm_xl.vocabulary import layout

    answers = iter(["customer number", "Name", "name", "", "City"])
    monkeypatch.setattr("typer.prompt", lambda *args, **options: next(answers))
    columns = [layout.table("customers").column(key) for key in ("name", "city")]
    with use_language("en"):
        assert ask_columns(["Wer", "Was", "Wo"], columns) == {"Wer": "name", "Wo": "city"}
    said = capsys.readouterr().out
    assert "“customer number” is none of the columns" in said
    assert "“name” is none of the columns above, or was named already" in said


HEADERS = (
    Text("Customer", "客户"),
    Text("Likely to leave", "流失概率"),
    Text("Expected value saved", "预期挽回价值"),
    Text("Why", "原因"),
    Text("What to do", "建议行动"),
)
ROWS = [
    ("Matilda Larkfield", "15.6%", "7.12", "Recent activity is 3 (typically 10)", "Thank them."),
    ("Bronwen Sandringfield", "6.9%", "4.20", "Recent activity is 5 (typically 8)", "Wait."),
]


def test_a_narrow_terminal_breaks_long_titles_rather_than_rows(monkeypatch):
    lines = shown(monkeypatch, 80, HEADERS, ROWS)
    assert max(map(len, lines)) <= 80
    for row in ROWS:
        assert sum(all(cell in line for cell in row[:4]) for line in lines) == 1


def test_a_wide_terminal_shows_every_column(monkeypatch):
    lines = shown(monkeypatch, 140, HEADERS, ROWS)
    assert all(any(all(cell in line for cell in row) for line in lines) for row in ROWS)


def test_a_text_without_a_place_to_break_still_fits(monkeypatch):
    lines = shown(monkeypatch, 60, (Text("A", "甲"), Text("B", "乙")), [("x" * 90, "y" * 90)])
    assert max(map(len, lines)) <= 60
    assert "".join(lines).count("x") == 90


def test_square_brackets_of_a_customer_are_no_mark_up(monkeypatch):
    assert any(
        "[bold]us[/bold]" in line
        for line in shown(monkeypatch, 80, HEADERS[:2], [("[bold]us[/bold]", "1")])
    )


def test_an_export_that_nobody_understands_is_told_which_titles_to_write(tmp_path):
    from csm_xl.workbook.create import create

    create(tmp_path / "shop.xlsx", "en", None)
    (tmp_path / "export.csv").write_text("foo,bar\n1,2\n")
    before = (tmp_path / "shop.xlsx").read_bytes()
    done = run("import", tmp_path / "shop.xlsx", tmp_path / "export.csv", "--table", "orders")
    assert done.returncode == 1
    assert "foo, bar" in done.stderr and '--map "foo=Amount"' in done.stderr
    assert "mapping" not in done.stderr
    assert (tmp_path / "shop.xlsx").read_bytes() == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_workbook_is_followed_by_what_to_do_next(tmp_path, lang):
    done = run("new", tmp_path / "mine.xlsx", "--empty", lang=lang)
    assert done.returncode == 0
    assert f'csm-xl import "{tmp_path / "mine.xlsx"}"' in done.stdout


def test_the_demo_tells_each_note_once_and_what_comes_next(tmp_path):
    done = run("demo", "--dir", tmp_path / "demo")
    assert (done.returncode, done.stderr) == (0, "")
    notes = [line for line in done.stdout.splitlines() if line.startswith("Note: ")]
    assert notes and len(notes) == len(set(notes))
    assert "Whom to contact first:" in done.stdout
    assert done.stdout.rstrip().endswith("csm-xl new MyCustomers.xlsm --empty")
