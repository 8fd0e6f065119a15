"""How often a command asks Excel for something: over COM each question costs about a millisecond."""

import re
from pathlib import Path

import pytest
from hosts.counting_book import counting
from sample_books import NOW, trained

from csm_xl import commands

#: The table of docs/architecture.md: calls before, blocks read twice before, calls now.
_ROW = re.compile(r"^\| ([a-z]+)(?: \([^)]*\))? \| ([\d,]+) \| (\d+) \| ([\d,]+) \| 0 \|$", re.M)
PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
SAID = {
    name: int(now.replace(",", ""))
    for name, _, _, now in _ROW.findall(PAGE.read_text(encoding="utf-8"))
}
#: The command of each row.
COMMANDS = {
    "refresh": "refresh",
    "actions": "actions",
    "dashboard": "dashboard",
    "features": "build_features",
    "import": "import_data",
}


@pytest.fixture
def counted(tmp_path):
    book = trained(tmp_path)
    yield counting(book)
    book.close()


def run(name, book, folder):
    if name == "refresh":
        return commands.refresh(book, now=NOW)
    if name == "import_data":
        export = folder / "orders.csv"
        export.write_text("order no,customer id,date,amount\nX1,C0001,2026-06-01,12.5\n")
        return commands.import_data(book, export, "orders")
    return getattr(commands, name)(book)


def as_said(name):
    """A command's number of calls: what the page says, give or take a tenth."""
    return pytest.approx(SAID[name], rel=0.1)


def test_the_page_says_it_of_every_command():
    assert SAID.keys() == {*COMMANDS, "retrain", "explain"}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_reads_each_table_once_and_writes_each_column_once(name, counted, tmp_path):
    book, calls = counted
    run(COMMANDS[name], book, tmp_path)
    assert calls.twice() == []
    assert calls.read and max(calls.written.values()) == 1
    assert calls.asked["BookApi.SaveCopyAs"] == calls.asked["App.calculate"] == 1
    assert calls.total == as_said(name)


def test_a_training_reads_each_table_once_and_writes_each_column_once(counted, monkeypatch):
    book, calls = counted
    learned = []

    def train(data, **_):
        # What was learned is kept: how long that takes is not what is counted here.
        from csm_xl.release import kept_training

        learned.append(data)
        return kept_training()

    monkeypatch.setattr("csm_xl.commands.retraining.train", train)
    commands.retrain(book, today=NOW.date())
    assert len(learned) == 1 and calls.twice() == []
    assert max(calls.written.values()) == 1
    assert calls.asked["BookApi.SaveCopyAs"] == calls.asked["App.calculate"] == 1
    assert calls.total == as_said("retrain")


def test_an_explanation_reads_each_block_once(counted):
    book, calls = counted
    commands.explain(book, "C0001")
    assert calls.twice() == [] and not calls.written
    assert calls.total == as_said("explain")


def test_each_setting_is_asked_for_once(counted):
    book, calls = counted
    commands.refresh(book, now=NOW)
    assert calls.asked["Book.names"] == 1
    settings = [place for place in calls.read if place[0] == "Settings"]
    assert len(settings) == 1


def test_the_count_sees_what_is_read_twice(counted):
    book, calls = counted
    for _ in range(2):
        assert book.sheets["Orders"].range("A1:B2").raw_value
    assert calls.twice() == [("Orders", "A1:B2", "values")]
