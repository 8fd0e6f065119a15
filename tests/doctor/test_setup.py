"""csm-xl setup: the user's configuration and the trusted folder, on computers of the test."""

from __future__ import annotations

import dataclasses
import os

import pytest
import xlwings
from hosts.windows_machines import EXCEL_16, MemoryRegistry, mac, windows

from csm_xl.doctor.setup import apple_script, configured, is_trusted, setup, startable_path
from csm_xl.errors import FileError

TRUSTED = EXCEL_16 + r"\Security\Trusted Locations\csm-xl"


def test_excel_is_told_to_start_this_python_without_a_console(tmp_path):
    machine = windows(tmp_path)
    setup(machine)
    wanted = f'"INTERPRETER_WIN","{machine.prefix / "Scripts" / "pythonw.exe"}"\r\n'
    assert machine.config.read_bytes() == wanted.encode()


def test_xlwings_itself_reads_what_was_written(tmp_path, monkeypatch):
    machine = windows(tmp_path)
    setup(machine)
    monkeypatch.setattr(xlwings, "USER_CONFIG_FILE", str(machine.config))
    from xlwings.utils import read_user_config

    assert read_user_config() == {"interpreter_win": str(machine.interpreter)}


def test_other_settings_stay_byte_for_byte(tmp_path):
    machine = windows(tmp_path)
    machine.config.parent.mkdir(parents=True)
    others = [b'"LICENSE_KEY","abc"', b'"ONEDRIVE_WIN","C:\\caf\xe9, \xb5"']
    old = b'"interpreter_win","C:\\old\\python.exe"'
    machine.config.write_bytes(b"\r\n".join([others[0], old, others[1], b""]))
    setup(machine)
    lines = machine.config.read_bytes().split(b"\r\n")
    assert lines[:2] == others
    assert lines[2].startswith(b'"INTERPRETER_WIN",')
    assert lines[3:] == [b""]


def test_a_former_python_is_named_and_the_former_settings_are_kept(tmp_path):
    machine = windows(tmp_path)
    machine.config.parent.mkdir(parents=True)
    before = b'"INTERPRETER_WIN","C:\\old\\python.exe"\r\n'
    machine.config.write_bytes(before)
    done = setup(machine)
    kept = machine.config.with_name("xlwings.conf.before-csm-xl")
    assert kept.read_bytes() == before
    assert any(r"C:\old\python.exe" in line.en and str(kept) in line.zh for line in done.lines)


def test_running_it_again_changes_nothing(tmp_path):
    machine = windows(tmp_path)
    setup(machine)
    first = machine.config.read_bytes(), dict(machine.registry.entries)
    setup(machine)
    assert (machine.config.read_bytes(), machine.registry.entries) == first
    assert not machine.config.with_name("xlwings.conf.before-csm-xl").exists()


def test_a_chinese_user_name_is_written_as_a_chinese_windows_reads_it(tmp_path):
    machine = windows(tmp_path / "王小明", ansi="cp936")
    setup(machine)
    assert "王小明".encode("gbk") in machine.config.read_bytes()
    assert configured(machine) == str(machine.interpreter)


def test_a_path_that_this_windows_cannot_pass_on_is_refused_with_what_to_do(tmp_path):
    machine = windows(tmp_path / "王小明", ansi="cp1252")
    assert startable_path(machine.interpreter, machine) is None
    with pytest.raises(FileError) as refusal:
        setup(machine)
    assert "install.cmd" in refusal.value.text.en
    assert "install.cmd" in refusal.value.text.zh
    assert not machine.config.exists()


def test_a_short_name_is_used_where_windows_has_one(tmp_path, monkeypatch):
    machine = windows(tmp_path / "王小明", ansi="cp1252")
    monkeypatch.setattr(
        "csm_xl.doctor.setup._short_name", lambda path: r"C:\USERS\A1B2~1\PYTHONW.EXE"
    )
    setup(machine)
    assert configured(machine) == r"C:\USERS\A1B2~1\PYTHONW.EXE"


def test_one_local_folder_is_trusted_and_nothing_below_it(tmp_path):
    machine = windows(tmp_path)
    assert not is_trusted(machine.workbook_folder, machine)
    setup(machine)
    assert machine.registry.entries[TRUSTED] == {
        "Path": f"{machine.home / 'csm-xl'}\\",
        "AllowSubFolders": 0,
        "Description": "csm-xl workbooks",
    }
    assert machine.workbook_folder.is_dir()
    assert is_trusted(machine.workbook_folder, machine)
    assert not is_trusted(machine.home, machine)


def test_every_office_that_the_user_has_started_trusts_the_folder(tmp_path):
    excel_15 = EXCEL_16.replace("16.0", "15.0")
    registry = MemoryRegistry({EXCEL_16 + r"\Options": {}, excel_15 + r"\Options": {}})
    setup(windows(tmp_path, registry=registry))
    assert TRUSTED in registry.entries
    assert TRUSTED.replace("16.0", "15.0") in registry.entries
    assert TRUSTED.replace("16.0", "14.0") not in registry.entries


def test_without_excel_it_says_to_start_excel_once(tmp_path):
    registry = MemoryRegistry()
    done = setup(windows(tmp_path, registry=registry))
    assert "Start Excel once" in done.lines[-1].en
    assert registry.entries == {}


def test_a_folder_that_a_trusted_one_covers_is_trusted(tmp_path):
    machine = windows(tmp_path)
    machine.registry.write(
        EXCEL_16 + r"\Security\Trusted Locations\Location9",
        {"Path": str(machine.home), "AllowSubFolders": 1},
    )
    assert is_trusted(machine.workbook_folder, machine)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root and Windows may write here"
)
def test_settings_that_cannot_be_written_are_one_sentence(tmp_path):
    machine = windows(tmp_path)
    machine.config.parent.mkdir(parents=True)
    machine.config.parent.chmod(0o500)
    with pytest.raises(FileError, match=r"xlwings\.conf"):
        setup(machine)


def test_a_configuration_that_is_a_folder_is_one_sentence(tmp_path):
    machine = windows(tmp_path)
    machine.config.mkdir(parents=True)
    with pytest.raises(FileError, match=r"xlwings\.conf"):
        setup(machine)


def test_on_a_mac_the_buttons_get_their_script(tmp_path):
    machine = mac(tmp_path)
    setup(machine)
    assert machine.config.read_text() == f'"INTERPRETER_MAC","{machine.executable}"\n'
    assert "VbaHandler" in apple_script(machine).read_text()


def test_where_excel_does_not_run_it_says_that_the_terminal_works(tmp_path):
    machine = dataclasses.replace(mac(tmp_path), system="linux")
    with pytest.raises(FileError, match="terminal"):
        setup(machine)
