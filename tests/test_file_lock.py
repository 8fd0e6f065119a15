"""A file is replaced by one writer at a time, and never where it is not the one that was read."""

import os
import subprocess
import sys
import threading

import pytest

from csm_xl.errors import FileError
from csm_xl.file_lock import only_writer
from csm_xl.ooxml.atomic_write import replace_file


def test_a_file_that_changed_while_the_new_one_was_written_stays(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read")
    stamp = path.stat().st_mtime_ns

    def write(out):
        out.write(b"ours")
        path.write_bytes(b"a colleague's")
        os.utime(path, ns=(stamp + 5, stamp + 5))

    with pytest.raises(FileError, match="changed by another program"):
        replace_file(path, write, lambda: path.stat().st_mtime_ns == stamp)
    assert path.read_bytes() == b"a colleague's"
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_the_second_writer_waits_and_then_sees_what_the_first_wrote(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read")
    inside, refused = threading.Event(), []

    def second():
        inside.wait()
        try:
            replace_file(
                path, lambda out: out.write(b"second"), lambda: path.read_bytes() == b"read"
            )
        except FileError as error:
            refused.append(error)

    other = threading.Thread(target=second)
    other.start()
    with only_writer(path):
        inside.set()
        other.join(0.3)
        assert other.is_alive() and path.read_bytes() == b"read"
        (tmp_path / "new").write_bytes(b"first")
        (tmp_path / "new").replace(path)
    other.join(20)
    assert path.read_bytes() == b"first" and len(refused) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other locks")
def test_a_writer_that_was_killed_holds_nothing(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read")
    code = (
        "import sys, time; from pathlib import Path; from csm_xl.file_lock import only_writer\n"
        "with only_writer(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"held\n"
        child.kill()
    with only_writer(path):
        pass


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes here")
def test_extended_attributes_and_mode_stay(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read")
    path.chmod(0o640)
    try:
        os.setxattr(path, "user.tag", b"mine")
    except OSError:
        pytest.skip("this file system keeps no extended attributes")
    replace_file(path, lambda out: out.write(b"new"))
    assert os.getxattr(path, "user.tag") == b"mine"
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files")
def test_the_owner_stays(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"read")
    os.chown(path, 12345, 12346)
    replace_file(path, lambda out: out.write(b"new"))
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 12346)
