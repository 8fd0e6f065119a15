"""undo: the workbook as it was before the last command, and forward again."""

import json
import stat
import sys
from pathlib import Path

import pytest
from workbooks import SHOP, opened, saved, values

from csm_xl import commands, safety_copies
from csm_xl.cli.files import save_as
from csm_xl.errors import FileBusyError, FileError

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in lists")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path / "home"))


@pytest.fixture
def shop(tmp_path):
    return saved(tmp_path / "shop.xlsx", SHOP)


def command(path, text):
    """What every command does: a copy, a write, a save."""
    from csm_xl.commands.backups import back_up

    book = opened(path)
    try:
        back_up(book)
        book.sheets["Customers"]["H1"].value = text
        save_as(book, None)
    finally:
        book.close()


def cell(path):
    row = values(path, "Customers")[0]
    return row[7] if len(row) > 7 else None


def test_the_workbook_is_as_before_the_last_command_and_forward_again(shop):
    command(shop, "one")
    command(shop, "two")
    outcome = commands.undo(shop)
    assert cell(shop) == "one" and outcome.more["changed_since"] is False and not outcome.warnings
    commands.undo(shop)
    assert cell(shop) == "two"
    commands.undo(shop)
    assert cell(shop) == "one"


def test_undo_takes_no_other_copys_place(shop):
    for n in range(7):
        command(shop, f"{n}")
    before = safety_copies.copies_of(str(shop))
    commands.undo(shop)
    after = safety_copies.copies_of(str(shop))
    assert len(before) == len(after) == 5 and before[:-1] == after[:-1]


def test_what_somebody_else_typed_since_is_named_and_comes_back(shop):
    command(shop, "ours")
    book = opened(shop)
    book.sheets["Customers"]["H1"].value = "theirs"
    book.save()
    book.close()
    outcome = commands.undo(shop)
    assert cell(shop) is None and outcome.more["changed_since"] is True
    assert outcome.more["kept"] in outcome.warnings[0].en and outcome.warnings[0].zh
    commands.undo(shop)
    assert cell(shop) == "theirs"


def test_a_command_that_wrote_elsewhere_is_no_step_back(shop, tmp_path):
    from csm_xl.commands.backups import back_up

    command(shop, "one")
    book = opened(shop)
    back_up(book)
    save_as(book, tmp_path / "other.xlsx")
    book.close()
    commands.undo(shop)
    assert cell(shop) is None


def test_a_workbook_that_was_deleted_comes_back(shop):
    command(shop, "one")
    shop.unlink()
    commands.undo(shop)
    assert cell(shop) is None


@posix
def test_mode_is_kept_and_the_copy_is_private(shop):
    command(shop, "one")
    shop.chmod(0o640)
    outcome = commands.undo(shop)
    assert stat.S_IMODE(shop.stat().st_mode) == 0o640
    assert stat.S_IMODE(Path(outcome.more["kept"]).stat().st_mode) == 0o600


def test_nothing_to_undo_is_one_sentence_and_an_open_workbook_stays(shop):
    with pytest.raises(FileError, match="nothing to undo"):
        commands.undo(shop)
    with pytest.raises(FileError, match="There is no file"):
        commands.undo(shop.with_name("none.xlsx"))
    command(shop, "one")
    shop.with_name(f"~${shop.name}").touch()
    with pytest.raises(FileBusyError):
        commands.undo(shop)
    assert cell(shop) == "one"


def test_a_program_reads_what_was_brought_back(shop, monkeypatch, capsys):
    from csm_xl.cli import running

    command(shop, "one")
    monkeypatch.setattr(sys, "argv", ["csm-xl", "undo", str(shop), "--json"])
    with pytest.raises(SystemExit) as end:
        running.main()
    answer = json.loads(capsys.readouterr().out)
    assert end.value.code == 0 and answer["ok"] and answer["changed_since"] is False
