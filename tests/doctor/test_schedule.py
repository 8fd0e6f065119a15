"""schedule: what is registered on each computer, and that nothing else is touched."""

import os
import plistlib
import re
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from csm_xl.doctor.computer import this_machine
from csm_xl.doctor.schedule import schedule
from csm_xl.errors import CsmError, FileError


class Scheduler:
    """Notes what is run; answers as told."""

    def __init__(self, code=0, said=""):
        self.code, self.said, self.calls = code, said, []

    def __call__(self, program, given):
        self.calls.append((list(program), given))
        return self.code, self.said


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "my 客户.xlsm"
    path.write_bytes(b"")
    return path


def machine(system, home):
    python = "C:\\Python\\python.exe" if system == "win32" else "/usr/bin/python3"
    return replace(this_machine(), system=system, executable=Path(python), home=home)


def test_printing_registers_nothing(workbook, tmp_path):
    for system in ("win32", "darwin", "linux"):
        run = Scheduler()
        found = schedule(workbook, machine=machine(system, tmp_path), run=run)
        assert run.calls == [] and "my 客户.xlsm" in found.commands
        assert "08:00" in found.message.en and "--install" in found.message.zh
        assert "below" in found.message.en or "follows" in found.message.en
    assert not (tmp_path / "Library").exists()


def test_cron_gets_one_line_a_day_and_keeps_the_owners(workbook, tmp_path):
    run = Scheduler(said="0 3 * * * /usr/bin/backup\n")
    linux = machine("linux", tmp_path)
    found = schedule(workbook, at="7:05", install=True, machine=linux, run=run)
    program, table = run.calls[1]
    assert program == ["crontab", "-"]
    assert table.splitlines() == ["0 3 * * * /usr/bin/backup", found.commands]
    minute, hour, *_, command = found.commands.split(" ", 5)
    assert (minute, hour) == ("5", "7")
    assert shlex.split(command)[-2:] == ["refresh", str(workbook)]
    again = Scheduler(said=table)
    schedule(workbook, at="9:30", install=True, machine=linux, run=again)
    assert len(again.calls[1][1].splitlines()) == 2


def test_launchd_gets_a_valid_property_list(workbook, tmp_path):
    run = Scheduler()
    schedule(workbook, at="18:30", install=True, machine=machine("darwin", tmp_path), run=run)
    (path,) = (tmp_path / "Library" / "LaunchAgents").iterdir()
    told = plistlib.loads(path.read_bytes())
    assert told["ProgramArguments"][-1] == str(workbook)
    assert told["StartCalendarInterval"] == {"Hour": 18, "Minute": 30}
    assert run.calls[-1][0] == ["launchctl", "load", str(path)]


def test_task_scheduler_gets_a_daily_task_without_a_console(workbook, tmp_path, monkeypatch):
    monkeypatch.chdir(workbook.parent)
    run = Scheduler()
    short = Path(workbook.name)
    monkeypatch.setattr(Path, "absolute", lambda self: self)
    schedule(short, install=True, machine=machine("win32", tmp_path), run=run)
    ((program, _),) = run.calls
    assert program[:6] == ["schtasks", "/Create", "/F", "/SC", "DAILY", "/ST"]
    assert program[-1].endswith('-P -m csm_xl refresh "my 客户.xlsm"')


ODD = "我的 店铺's 100% $HOME & co.xlsm"


@pytest.fixture
def odd(tmp_path):
    path = tmp_path / "a b" / ODD
    path.parent.mkdir()
    path.write_bytes(b"")
    return path


@pytest.mark.skipif(os.name == "nt", reason="cron's shell is not on Windows")
def test_cron_and_its_shell_pass_any_name_on(odd, tmp_path):
    line = schedule(odd, machine=machine("linux", tmp_path)).commands
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace(r"\%", "")
    # What cron hands to the shell has its percent signs without backslashes again.
    passed = command.replace(r"\%", "%").replace("/usr/bin/python3", "printf '%s\\n'", 1)
    told = subprocess.run(["/bin/sh", "-c", passed], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["-P", "-m", "csm_xl", "refresh", str(odd)]


def typed_in_a_command_window(line: str) -> list[str]:
    """The commands that cmd.exe makes of a line, as the arguments that a program gets of each."""
    commands, quoted, place = [""], False, 0
    while place < len(line):
        mark = line[place]
        if mark == "^" and not quoted:
            place += 1
            commands[-1] += line[place]
        elif mark == "&" and not quoted:
            commands.append("")
        else:
            quoted ^= mark == '"'
            commands[-1] += mark
        place += 1
    return commands


@pytest.mark.parametrize(
    "name", ["A & B.xlsm", "a^b 100%.xlsm", "(1)! 客户 & co.xlsm", "my shop.xlsm"]
)
def test_a_command_window_makes_one_command_of_the_printed_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"")
    monkeypatch.setattr(Path, "absolute", lambda self: self)
    given = Path(name)
    run = Scheduler()
    printed = schedule(given, machine=machine("win32", tmp_path), run=run).commands
    schedule(given, install=True, machine=machine("win32", tmp_path), run=run)
    ((program, _),) = run.calls
    assert typed_in_a_command_window(printed) == [subprocess.list2cmdline(program)]
    # A variable's name between two percent signs is looked up before anything else.
    assert not re.search(r"%[^%^]+%", printed)


def test_launchd_passes_any_name_on(odd, tmp_path):
    found = schedule(odd, machine=machine("darwin", tmp_path)).commands
    told = plistlib.loads(found.split("\n", 1)[1].encode())
    assert told["ProgramArguments"][-1] == str(odd)


def as_windows_reads(line):
    """The arguments of a command line by the rules of Microsoft's C runtime."""
    words, word, quoted, slashes = [], "", False, 0
    for sign in line + " ":
        if sign == "\\":
            slashes += 1
            continue
        if sign == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
        else:
            word += "\\" * slashes
            if sign == " " and not quoted:
                words.append(word)
                word = ""
            else:
                word += sign
        slashes = 0
    return [one for one in words if one]


def test_task_scheduler_passes_any_name_on(tmp_path, monkeypatch):
    name = r"C:\Users\李 明\我的 店铺\it's & co.xlsm"
    monkeypatch.setattr(Path, "absolute", lambda self: Path(name))
    monkeypatch.setattr(Path, "is_file", lambda self: True)
    printed = schedule(Path("x"), machine=machine("win32", tmp_path)).commands
    [line] = typed_in_a_command_window(printed)
    task = as_windows_reads(line)[-1]
    assert as_windows_reads(task)[-2:] == ["refresh", name]


def test_what_cannot_be_registered_is_said_in_one_sentence(workbook, tmp_path):
    linux, windows = machine("linux", tmp_path), machine("win32", tmp_path)
    with pytest.raises(FileError, match="cron did not take the daily refresh: denied"):
        schedule(workbook, install=True, machine=linux, run=Scheduler(1, "denied\n"))
    with pytest.raises(CsmError, match="no time of day"):
        schedule(workbook, at="25:00", machine=linux)
    with pytest.raises(FileError, match="no workbook"):
        schedule(tmp_path / "gone.xlsm", machine=linux)
    deep = tmp_path / ("x" * 120) / ("y" * 120)
    deep.mkdir(parents=True)
    (deep / "book.xlsm").write_bytes(b"")
    with pytest.raises(FileError, match="too long"):
        schedule(deep / "book.xlsm", machine=windows)


def test_a_crontab_that_could_not_be_read_is_never_replaced(workbook, tmp_path):
    run = Scheduler(code=1, said="crontabs/owner/: fopen: Permission denied")
    with pytest.raises(FileError, match="Permission denied"):
        schedule(workbook, install=True, machine=machine("linux", tmp_path), run=run)
    assert [program for program, _ in run.calls] == [["crontab", "-l"]]


def test_without_a_crontab_the_line_is_the_first(workbook, tmp_path):
    class Empty(Scheduler):
        def __call__(self, program, given):
            super().__call__(program, given)
            return (1, "no crontab for owner\n") if program[1] == "-l" else (0, "")

    run = Empty()
    found = schedule(workbook, install=True, machine=machine("linux", tmp_path), run=run)
    assert run.calls[1][1] == f"{found.commands}\n"


@pytest.mark.skipif(os.name == "nt", reason="cron's shell is not on Windows")
def test_other_peoples_lines_go_back_byte_for_byte(tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "crontab"
    fake.parent.mkdir()
    fake.write_text(
        '#!/bin/sh\nif [ "$1" = -l ]; then printf "# caf\\351\\n"; else cat > "$HOME/table"; fi\n'
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    book = tmp_path / "book.xlsm"
    book.write_bytes(b"")
    schedule(book, install=True, machine=machine("linux", tmp_path))
    assert (tmp_path / "table").read_bytes().startswith(b"# caf\xe9\n")


@pytest.mark.parametrize("name", ["a\nb.xlsm", "a\x1b[2J.xlsm", "a\u2028b.xlsm", "a\tb.xlsm"])
@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_names_that_break_lines_are_refused(name, system, tmp_path):
    try:
        (tmp_path / name).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes no such name")
    with pytest.raises(FileError, match="line break"):
        schedule(tmp_path / name, machine=machine(system, tmp_path))
