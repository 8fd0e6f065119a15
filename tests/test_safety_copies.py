"""What is kept on the disk: copies before every write, for their owner's eyes, and a log without cells."""

import os
import stat
import sys

import pytest

from csm_xl import logs, safety_copies
from csm_xl.errors import FileError

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in lists")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path / "home" / "csm-xl"))
    kept = logs._logger.handlers[:]
    logs._logger.handlers[:] = []
    yield tmp_path / "home"
    logs._logger.handlers[:] = kept


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "我的 book.xlsx"
    path.write_bytes(b"as it was")
    return path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_copy_is_the_file_as_it_was_and_five_are_kept(home, book):
    for n in range(7):
        book.write_bytes(b"%d" % n)
        copy = safety_copies.keep_file(book)
        assert copy.read_bytes() == b"%d" % n
    kept = sorted(copy.parent.iterdir())
    assert [c.read_bytes() for c in kept] == [b"2", b"3", b"4", b"5", b"6"]


@posix
def test_copies_their_folders_and_the_log_are_their_owners(home, book):
    old = os.umask(0o022)
    try:
        copy = safety_copies.keep_file(book)
        logs.log().error("x")
    finally:
        os.umask(old)
    assert mode(copy) == 0o600
    assert mode(logs.log_file()) == 0o600
    for folder in (copy.parent, copy.parent.parent, logs.data_folder()):
        assert mode(folder) == 0o700


@posix
def test_what_an_older_version_left_open_is_closed(home, book):
    logs.data_folder().mkdir(parents=True)
    logs.data_folder().chmod(0o755)
    safety_copies.keep_file(book)
    assert mode(logs.data_folder()) == 0o700


def test_a_copy_that_cannot_be_written_is_one_sentence(home, book, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with pytest.raises(FileError, match="nothing was changed"):
        safety_copies.keep_copy(str(book), full)


def test_two_workbooks_of_one_name_have_folders_of_their_own():
    assert safety_copies.folder_of("/a/book.xlsx") != safety_copies.folder_of("/b/book.xlsx")
    assert safety_copies.folder_of("https://d.docs.live.net/x/My%20book.xlsx").name.startswith("My")


def test_the_log_names_kind_and_place_of_an_error_and_no_cell(home):
    cell = "Ada Fenn, 138 0000 0000"
    try:
        float(cell)
    except ValueError as error:
        logs.log_failure("refresh failed", error)
    written = logs.log_file().read_text("utf-8")
    assert "refresh failed: ValueError" in written and "test_safety_copies.py" in written
    assert "Ada Fenn" not in written


def test_what_a_child_says_when_it_fails_is_logged_without_its_text():
    said = 'Traceback:\n  File "a.py", line 3, in train\nValueError: Ada Fenn\nis nobody'
    assert logs.without_texts(said) == 'Traceback:\n  File "a.py", line 3, in train\nValueError'


def test_half_a_copy_is_no_copy(tmp_path):
    """A kill, or a full disk, while a copy is made: undo never restores what was not finished."""
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"PK whole")
    whole = safety_copies.keep_file(book)

    def killed(copy):
        copy.write_bytes(b"PK wh")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        safety_copies.keep_copy(str(book), killed)

    def full(copy):
        copy.write_bytes(b"PK w")
        raise OSError(28, "No space left on device")

    assert safety_copies.copies_of(str(book)) == [whole]
    with pytest.raises(FileError, match="safety copy"):
        safety_copies.keep_copy(str(book), full)
    assert [copy.name for copy in whole.parent.iterdir()] == [whole.name]
    assert not list((logs.data_folder() / "work").iterdir())
