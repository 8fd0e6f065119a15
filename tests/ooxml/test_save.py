"""Saving leaves the old file or the new one, whole, whatever happens."""

from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from ooxml import handmade

from csm_xl.errors import FileBusyError, FileError
from csm_xl.ooxml import atomic_write as saving
from csm_xl.ooxml.workbook_file import Workbook

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return handmade.workbook(tmp_path / "book.xlsx", ROWS)


def change(path: Path, value: float = 2.0) -> Workbook:
    workbook = Workbook(path)
    workbook.sheet("Data").set_values(1, 1, [value])
    return workbook


def test_the_file_keeps_its_permissions(book: Path) -> None:
    book.chmod(0o640)
    change(book).save()
    assert stat.S_IMODE(book.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_new_file(book: Path, tmp_path: Path) -> None:
    change(book).save(tmp_path / "new.xlsx")
    (tmp_path / "plain").touch()
    assert (tmp_path / "new.xlsx").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_stays_a_link_and_its_file_is_replaced(book: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(book)
    change(link).save()
    assert link.is_symlink()
    assert Workbook(book).cached("Data", 1, 1) == 2.0


def test_nothing_is_left_beside_the_file(book: Path) -> None:
    change(book).save()
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]


def test_saving_twice_keeps_both_changes(book: Path) -> None:
    workbook = change(book)
    workbook.save()
    workbook.sheet("Data").set_values(2, 1, [3.0])
    workbook.save()
    again = Workbook(book)
    assert (again.cached("Data", 1, 1), again.cached("Data", 2, 1)) == (2.0, 3.0)


@pytest.mark.parametrize("lock", ["~$book.xlsx", ".~lock.book.xlsx#"])
def test_a_workbook_open_elsewhere_is_refused_before_any_work(book: Path, lock: str) -> None:
    (book.parent / lock).write_text("owner")
    before = book.read_bytes()
    with pytest.raises(FileBusyError, match="Close it there"):
        Workbook(book)
    assert Workbook(book, readonly=True).cached("Data", 1, 1) == 1.0
    assert book.read_bytes() == before


def test_a_workbook_opened_elsewhere_meanwhile_is_not_overwritten(book: Path) -> None:
    workbook = change(book)
    (book.parent / "~$book.xlsx").write_text("owner")
    before = book.read_bytes()
    with pytest.raises(FileBusyError):
        workbook.save()
    assert book.read_bytes() == before


def test_a_workbook_changed_meanwhile_is_not_overwritten(book: Path) -> None:
    workbook = change(book)
    other = change(book, 5.0)
    other.save()
    with pytest.raises(FileError, match="changed by another program"):
        workbook.save()
    assert Workbook(book).cached("Data", 1, 1) == 5.0


def test_a_workbook_opened_for_reading_is_saved_only_elsewhere(book: Path, tmp_path: Path) -> None:
    workbook = Workbook(book, readonly=True)
    workbook.sheet("Data").set_values(1, 1, [2.0])
    with pytest.raises(FileError, match="reading only"):
        workbook.save()
    with pytest.raises(FileError, match="reading only"):
        workbook.save(book)
    workbook.save(tmp_path / "other.xlsx")
    assert Workbook(book).cached("Data", 1, 1) == 1.0
    assert Workbook(tmp_path / "other.xlsx").cached("Data", 1, 1) == 2.0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_read_only_folder_is_refused_before_any_work(book: Path) -> None:
    book.parent.chmod(0o500)
    try:
        with pytest.raises(FileError, match="cannot be written"):
            Workbook(book)
        assert Workbook(book, readonly=True).cached("Data", 1, 1) == 1.0
    finally:
        book.parent.chmod(0o700)


@pytest.mark.parametrize(
    ("protected", "message"), [("book.xlsx", "marked as read-only"), ("", "cannot be written to")]
)
def test_what_may_not_be_written_is_refused_before_any_work(
    book: Path, monkeypatch: pytest.MonkeyPatch, protected: str, message: str
) -> None:
    # The answer that the system gives to anyone but the administrator.
    def access(path: Path, mode: int) -> bool:
        return not (mode == os.W_OK and Path(path) == book.parent / protected)

    monkeypatch.setattr(saving.os, "access", access)
    with pytest.raises(FileError, match=message):
        Workbook(book)
    workbook = Workbook(book, readonly=True)
    with pytest.raises(FileError):
        workbook.save()
    assert workbook.cached("Data", 1, 1) == 1.0


def test_a_folder_that_refuses_is_a_file_error(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = change(book)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(saving.tempfile, "mkstemp", refuse)
    before = book.read_bytes()
    with pytest.raises(FileError, match="cannot be written to"):
        workbook.save()
    assert book.read_bytes() == before


def test_a_missing_folder_is_a_file_error(book: Path, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no folder"):
        change(book).save(tmp_path / "nowhere" / "book.xlsx")


def test_a_full_disk_leaves_the_old_file(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = change(book)
    written = saving.os.fsync

    def full(handle: int) -> None:
        written(handle)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(saving.os, "fsync", full)
    before = book.read_bytes()
    with pytest.raises(FileError, match="disk is full"):
        workbook.save()
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_device_is_a_file_error(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = change(book)

    def full(*_: object, **__: object) -> tuple[int, str]:
        return os.open("/dev/full", os.O_WRONLY), str(book.parent / "unused")

    monkeypatch.setattr(saving.tempfile, "mkstemp", full)
    with pytest.raises(FileError, match="disk is full"):
        workbook.save()
    assert Workbook(book).cached("Data", 1, 1) == 1.0


def test_a_file_held_by_another_program_is_busy(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = change(book)

    def held(*_: object) -> None:
        raise PermissionError(errno.EACCES, "The process cannot access the file")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(FileBusyError):
        workbook.save()
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]


def test_an_error_while_writing_leaves_the_old_file(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = change(book)
    before = book.read_bytes()

    class Interrupted(Exception):
        pass

    def stop(*_: object) -> None:
        raise Interrupted

    monkeypatch.setattr("csm_xl.ooxml.cell_xml.encode_number", stop)
    with pytest.raises(Interrupted):
        workbook.save()
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]


class TestSuffix:
    def test_any_other_suffix_is_refused(self, book: Path, tmp_path: Path) -> None:
        with pytest.raises(FileError, match=r"\.xlsx or \.xlsm"):
            change(book).save(tmp_path / "book.xls")

    def test_a_workbook_saved_as_xlsm_says_so_inside(self, book: Path, tmp_path: Path) -> None:
        change(book).save(tmp_path / "book.xlsm")
        types = handmade.read_part(tmp_path / "book.xlsm", "[Content_Types].xml")
        assert b"macroEnabled" in types
        Workbook(tmp_path / "book.xlsm").save(tmp_path / "back.xlsx")
        types = handmade.read_part(tmp_path / "back.xlsx", "[Content_Types].xml")
        assert b"macroEnabled" not in types

    def test_macros_are_not_saved_as_xlsx(self, tmp_path: Path) -> None:
        content = handmade.parts({"Data": handmade.sheet_xml(ROWS)}, macros=True)
        content["xl/vbaProject.bin"] = b"project"
        kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
        links = str(content["xl/_rels/workbook.xml.rels"])
        content["xl/_rels/workbook.xml.rels"] = links.replace(
            "</Relationships>",
            f'<Relationship Id="v" Type="{kind}" Target="vbaProject.bin"/></Relationships>',
        )
        workbook = Workbook(handmade.write(tmp_path / "book.xlsm", content))
        with pytest.raises(FileError, match="has macros"):
            workbook.save(tmp_path / "book.xlsx")
        assert not (tmp_path / "book.xlsx").exists()


WRITER = """
import sys
from pathlib import Path
from csm_xl.ooxml.workbook_file import Workbook
path = Path(sys.argv[1])
workbook = Workbook(path)
sheet = workbook.sheet("Data")
value = float(sys.argv[2])
while True:
    value += 1.0
    sheet.set_values(1, 1, [value] * 3000)
    workbook.save()
    print("saved", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>0</v></c><c r="B{n}"><v>{n}</v></c></row>'
        for n in range(1, 3001)
    )
    path = handmade.workbook(tmp_path / "book.xlsx", rows)
    random.seed(1)
    killed_while_writing = 0
    for run in range(10):
        command = [sys.executable, "-c", WRITER, str(path), str(run * 1e6)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "saved\n"
        time.sleep(random.uniform(0.0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
        written = Workbook(path).sheet("Data").column_values(1, 1, 3000)
        assert len(set(written)) == 1
        assert run * 1e6 < float(written[0] or 0) < (run + 1) * 1e6
        for left in path.parent.glob(".book.xlsx.*.tmp"):
            killed_while_writing += 1
            left.unlink()
    assert killed_while_writing


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps what was written of late")
def test_what_a_killed_process_left_is_cleared_away(book: Path) -> None:
    import fcntl

    left = book.parent / ".book.xlsx.abcd1234.tmp"
    left.write_bytes(b"half a workbook")
    running = book.parent / ".book.xlsx.efgh5678.tmp"
    with running.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)  # as another csm-xl has it that is still writing
        change(book).save()
        assert not left.exists()
        assert running.exists()
    change(book).save()
    assert [p.name for p in book.parent.iterdir()] == ["book.xlsx"]
