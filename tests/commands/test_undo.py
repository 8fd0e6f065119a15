"""undo: the workbook as it was before the last command, and forward again."""

import json
import stat
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from workbooks import SHOP, opened, saved, values

from csm_xl import commands, safety_copies
from csm_xl.cli.files import save_as
from csm_xl.commands import putting_back, undoing
from csm_xl.errors import CsmError, FileBusyError, FileError

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


class TestUndoInExcel:
    """Excel closes the workbook; a process of its own puts the copy in its place."""

    def book(self, path, answer):
        """The book with an Excel that asks its owner."""
        book = opened(path)
        asked = []
        alert = lambda text, **options: asked.append((text, options["buttons"])) or answer  # noqa: E731
        app = SimpleNamespace(alert=alert, engine=book.app.engine)
        return SimpleNamespace(
            fullname=book.fullname, name=book.name, app=app, api=book.api, asked=asked
        )

    def test_it_asks_keeps_the_present_and_leaves_the_rest_to_the_process(self, shop, monkeypatch):
        command(shop, "written")
        before = safety_copies.copies_of(str(shop))[-1]
        started = []
        monkeypatch.setattr(undoing, "reopen_when_closed", lambda *args: started.append(args))
        book = self.book(shop, "yes")
        outcome = commands.undo_last(book)
        assert outcome.more["closing"]
        assert started == [(shop, before)]
        assert len(safety_copies.copies_of(str(shop))) == 2
        assert [buttons for _, buttons in book.asked] == ["yes_no"]

    def test_no_changes_nothing(self, shop, monkeypatch):
        command(shop, "written")
        monkeypatch.setattr(undoing, "reopen_when_closed", lambda *_: pytest.fail("started"))
        with pytest.raises(CsmError, match="Nothing was changed"):
            commands.undo_last(self.book(shop, "no"))
        assert len(safety_copies.copies_of(str(shop))) == 1

    def test_without_a_copy_there_is_nothing_to_undo(self, shop):
        with pytest.raises(FileError, match="nothing to undo"):
            commands.undo_last(self.book(shop, "yes"))

    def test_the_process_waits_until_excel_has_closed_it_and_then_puts_it_back(self, shop):
        was = values(shop, "Customers")
        command(shop, "written")
        copy = safety_copies.copies_of(str(shop))[-1]
        lock = shop.with_name(f"~${shop.name}")
        lock.write_bytes(b"")
        assert not putting_back.put_back(shop, copy, patience=0.6)
        assert values(shop, "Customers") != was
        threading.Timer(0.7, lock.unlink).start()
        assert putting_back.put_back(shop, copy, patience=20)
        assert values(shop, "Customers") == was
        assert not copy.exists()

    def test_it_runs_as_a_process(self, shop):
        was = values(shop, "Customers")
        command(shop, "written")
        copy = safety_copies.copies_of(str(shop))[-1]
        done = subprocess.run(
            [sys.executable, "-m", putting_back.__name__, str(shop), str(copy)],
            capture_output=True, check=True, timeout=60,
        )  # fmt: skip
        assert done.stderr == b""
        assert values(shop, "Customers") == was
