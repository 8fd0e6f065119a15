"""What a command makes on its way is its own, and does not outlive it."""

import subprocess
import sys

import pytest

from csm_xl.logs import data_folder
from csm_xl.working_folder import working_folder

_RUN = """
import sys
from csm_xl.working_folder import working_folder
with working_folder() as folder:
    (folder / "book.xlsx").write_bytes(b"customers")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_it_goes_with_its_command_whatever_happens():
    with pytest.raises(KeyError), working_folder() as folder:
        (folder / "book.xlsx").write_bytes(b"customers")
        assert folder.is_relative_to(data_folder())
        raise KeyError
    assert not folder.exists()


def test_another_command_leaves_it_alone_until_its_own_was_killed():
    with subprocess.Popen(
        [sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        theirs = other.stdout.readline().strip()
        with working_folder() as folder:
            assert {theirs, str(folder)} <= set(map(str, folder.parent.iterdir()))
        other.kill()
        other.wait()
    if sys.platform != "win32":
        with working_folder() as folder:
            assert [folder] == list(folder.parent.iterdir())


def test_without_a_folder_of_its_own_the_systems_has_to_do(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path / "file"))
    with working_folder() as folder:
        assert folder.is_dir()
    assert not folder.exists()
