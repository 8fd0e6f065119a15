"""What cells and file names hold is shown on a terminal, never obeyed."""

import json
import re
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from csm_xl.cli import answers
from csm_xl.cli.printable import printable
from csm_xl.cli.terminal import note, say, show_table
from csm_xl.language import Text
from csm_xl.release import COMMITTED

EVIL = "K\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnihton\u2066\r\x7f\ud800"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


@given(st.text())
def test_no_text_holds_what_a_terminal_obeys(text):
    shown = printable(text)
    assert not OBEYED.search(shown)
    assert len(shown) == len(text)
    shown.encode("utf-8")


def test_ordinary_text_stays_as_it_is():
    for text in ("非常满意，5 分", "Zoë\tO’Neil\n", "👍🏽 ok", "«x»"):
        assert printable(text) == text


def test_sentences_notes_and_tables_are_shown_not_obeyed(capsys):
    say(EVIL)
    note(Text(EVIL, EVIL))
    show_table([Text("Name", "姓名"), Text(EVIL, EVIL)], [[EVIL, 1], ["b", EVIL]])
    said = capsys.readouterr()
    assert "owned" in said.out and "gnihton" in said.out
    assert not OBEYED.search(said.out + said.err)


def test_json_spells_it_and_reads_back_the_same(capsys):
    answers.keep()
    say(EVIL)
    answers.finish()
    out = capsys.readouterr().out
    assert not OBEYED.search(out)
    assert json.loads(out)["message"] == EVIL


def test_a_file_name_of_two_lines_begins_no_line(tmp_path):
    book = tmp_path / "a\n* * * * * touch owned\n.xlsm"
    book.write_bytes(COMMITTED.read_bytes())
    for words in (["schedule", str(book)], ["calc", str(book)], ["actions", str(book), "--none"]):
        command = [sys.executable, "-m", "csm_xl", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not re.search(r"^\s*\* \* \*", done.stdout + done.stderr, re.MULTILINE), words
