"""Kill csm-xl, or let the disk fail, at any moment of any command, and look at what is left.

    python tests/fuzz/run_kills.py [--kills 50] [--faults 20] [--seconds S] [--seed 1]

A kill comes at a random step of a command's work with files (a file opened for writing, renamed or
deleted, or somewhere between two such steps). Afterwards the workbook must be the one before or the
one after the command, whole; the same command must then do its work, and leave nothing of the
killed one beside the workbook or in csm-xl's own folder. A fault is an error of the disk at such a
step, or a disk that is full after some bytes: the command says so in a sentence and changes nothing.
Exit status 1 when anything else happened.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import math
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)]

#: Each writes into own.xlsm or makes a file beside it.
COMMANDS = (
    ("refresh", "own.xlsm"),
    ("retrain", "own.xlsm"),
    ("features", "own.xlsm"),
    ("actions", "own.xlsm"),
    ("dashboard", "own.xlsm"),
    ("calc", "own.xlsm"),
    ("import", "own.xlsm", "export.csv", "--table", "orders"),
    ("check", "own.xlsm", "--set", "Name=name"),
    ("share", "own.xlsm", "-o", "copy.xlsx"),
    ("forget", "own.xlsm", "C0003"),
    ("undo", "own.xlsm"),
    ("new", "fresh.xlsm"),
    ("attach", "plain.xlsx", "-o", "attached.xlsm"),
    ("upgrade", "own.xlsm"),
)
#: What this script writes itself is no step of the command's.
_OWN = ("/said", "/steps")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)


def prepared(good: Path, folder: Path) -> Path:
    """A folder as its owner has it: a trained workbook, an export, one safety copy."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(good, folder)
    return folder / "work"


def paths_of(args: tuple[object, ...]) -> list[str]:
    """The names of files among what an event tells."""
    return [os.fsdecode(a) for a in args if isinstance(a, str | bytes | os.PathLike)]


def steps(folder: Path, act: Callable[[int], None]) -> Callable[[], int]:
    """Call `act` with the number of each step that touches a file of `folder`, before it is done."""
    count, inside = 0, str(folder)
    main = threading.get_ident()

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal count
        touches = (
            event in ("os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate")
            or (event == "open" and isinstance(args[2], int) and bool(args[2] & _WRITING))
        ) and any(inside in path and not path.endswith(_OWN) for path in paths_of(args))
        if touches and threading.get_ident() == main:
            count += 1
            act(count)

    sys.addaudithook(watch)
    return lambda: count


def in_a_child(work: Path, command: tuple[str, ...], prepare: Callable[[], object]) -> int:
    """Run a command in a child that forks from here; its wait status. What it says is kept."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1]
    try:
        os.chdir(work)
        os.environ["CSM_XL_HOME"] = str(work.parent / "home")
        tempfile.tempdir = str(work.parent / "tmp")
        Path(tempfile.tempdir).mkdir(exist_ok=True)
        report = prepare()
        code = said(work, command)
        if callable(report):
            (work.parent / "steps").write_text(str(report()))
    except BaseException as error:
        (work.parent / "said").write_text(f"Traceback {type(error).__name__}: {error}")
        code = 70
    os._exit(code)


def said(work: Path, command: tuple[str, ...]) -> int:
    """Run the command line; what it prints goes beside the work."""
    from csm_xl.cli import main

    text, code = io.StringIO(), 0
    sys.argv = ["csm-xl", "--lang", "en", *command]
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException as error:
            text.write(f"Traceback {type(error).__name__}: {error}")
            code = 70
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    (work.parent / "said").write_text(text.getvalue())
    return code


def files_in(folder: Path) -> list[str]:
    """Every file below a folder; safety copies, whose names are times, as how many there are."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return [name for name in names if not name.endswith("csm-xl.log")]


def leftovers(before: list[str], work: Path) -> list[str]:
    """Files that a command which ended well does not leave."""
    known = {"copy.xlsx", "fresh.xlsm", "attached.xlsm"}
    left = []
    for name in files_in(work.parent):
        place, base = Path(name).parts[0], Path(name).name
        copy = "backups" in Path(name).parts and base[:2] == "20"
        fine = name in before or base in known or copy or base in ("saved", "said", "steps")
        ours = place != "work" or base in known or name in before
        if not fine or not ours or ".tmp" in base:
            left.append(name)
    return left


def whole(path: Path) -> bool:
    """Whether a workbook is complete."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.testzip() is None and "xl/workbook.xml" in package.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def copies_are_whole(work: Path) -> bool:
    """Whether everything that undo could restore is complete."""
    copies = [p for p in (work.parent / "home").rglob("20*.xls*") if p.is_file()]
    return all(whole(copy) for copy in copies)


def kill(draw: random.Random, good: Path, folder: Path, command: tuple[str, ...], known: dict[str, tuple[int, float]]) -> tuple[str | None, bool]:  # fmt: skip
    """One kill: what is wrong afterwards, and whether the command was still at work."""
    work = prepared(good, folder)
    before = (work / "own.xlsm").read_bytes()
    there = files_in(folder)
    count, seconds = known[command[0]]
    if draw.random() < 0.8:
        at = draw.randint(1, max(count, 1))
        # Before the step, or a little after it: in the middle of what it writes.
        wait = draw.choice([0.0, 0.0, draw.uniform(0, 0.02), draw.uniform(0, 0.2)])

        def act(number: int) -> None:
            if number == at:
                die_after(wait)

        status = in_a_child(work, command, lambda: steps(folder, act))
    else:
        status = in_a_child(work, command, lambda: die_after(draw.uniform(0, seconds)))
    killed = os.WIFSIGNALED(status)
    now = (work / "own.xlsm").read_bytes() if (work / "own.xlsm").exists() else b""
    if now != before and not whole(work / "own.xlsm"):
        return "the workbook is damaged", killed
    if not copies_are_whole(work):
        return "a safety copy is damaged", killed
    for made in ("copy.xlsx", "fresh.xlsm", "attached.xlsm"):
        if (work / made).exists() and not whole(work / made):
            return f"{made} is damaged", killed
    # They are never replaced without being asked.
    for made in ("copy.xlsx", "fresh.xlsm", "attached.xlsm"):
        (work / made).unlink(missing_ok=True)
    again = in_a_child(work, command, lambda: None)
    text = (folder / "said").read_text()
    done = command[0] in ("forget", "undo") and "unexpected" not in text  # it may be done already
    if os.waitstatus_to_exitcode(again) and not done:
        return f"the next run failed: {' '.join(text.split())[-200:]}", killed
    left = leftovers(there, work)
    if left and not os.waitstatus_to_exitcode(again):
        return f"left behind: {left}", killed
    return None, killed


def die_after(seconds: float) -> None:
    """Kill this process, now or after some time, in whatever it does then."""
    if not seconds:
        os.kill(os.getpid(), signal.SIGKILL)
    pid = os.getpid()
    if not os.fork():
        # Whatever happens here, this copy of the command must not go on with its work.
        try:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        finally:
            os._exit(0)


def fault(draw: random.Random, good: Path, folder: Path, command: tuple[str, ...], known: dict[str, tuple[int, float]]) -> str | None:  # fmt: skip
    """One error of the disk: what is wrong afterwards."""
    work = prepared(good, folder)
    before, there = (work / "own.xlsm").read_bytes(), files_in(folder)
    number = draw.choice(_ERRORS)
    at = draw.randint(1, max(known[command[0]][0], 1))
    size = draw.choice([None, draw.randint(0, len(before))])

    def act(step: int) -> None:
        if step == at:
            raise OSError(number, os.strerror(number))

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size or 0, resource.RLIM_INFINITY))

    status = in_a_child(work, command, (lambda: steps(folder, act)) if size is None else limit)
    code, text = os.waitstatus_to_exitcode(status), (folder / "said").read_text()
    if "Traceback" in text or "unexpected" in text or code not in (0, 1, 2):
        return f"exit status {code}: {' '.join(text.split())[-300:]}"
    if code and (work / "own.xlsm").read_bytes() != before:
        return f"it failed and changed the workbook: {' '.join(text.split())[-200:]}"
    if not copies_are_whole(work):
        return "a safety copy is damaged"
    left = leftovers(there, work)
    if left and size is not None:
        return f"left behind: {left}"
    again = in_a_child(work, command, lambda: None)
    left = leftovers(there, work)
    if left and not os.waitstatus_to_exitcode(again):
        return f"left behind after the next run: {left}"
    return None


def log_of(folder: Path) -> str:
    """The end of csm-xl's log."""
    log = folder / "home" / "csm-xl.log"
    return log.read_text("utf-8")[-3000:] if log.exists() else ""


def known_of(good: Path, folder: Path) -> dict[str, tuple[int, float]]:
    """For each command: how many steps with files it takes, and how many seconds."""
    known = {}
    for command in COMMANDS:
        work = prepared(good, folder)
        began = time.monotonic()
        status = in_a_child(work, command, lambda: steps(folder, lambda number: None))
        if status:
            raise SystemExit(f"{command[0]} fails by itself: {(folder / 'said').read_text()}")
        known[command[0]] = int((folder / "steps").read_text()), time.monotonic() - began
    return known


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin none after these")
    parser.add_argument("--only", type=int, help="the number of one kill or fault, to see it again")
    parser.add_argument("--log", action="store_true", help="print the log of what failed")
    given = parser.parse_args()
    import openpyxl
    from run_fuzz import good_files

    failures, at_work, kills, faults = [], 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="csm-xl-kills-") as name:
        good, folder = Path(name) / "good", Path(name) / "case"
        (good / "work").mkdir(parents=True)
        os.environ["CSM_XL_HOME"] = str(good / "home")
        for file, content in good_files(Path(name)).items():
            if file != "other.xlsm":
                (good / "work" / file).write_bytes(content)
        plain = openpyxl.Workbook()
        plain.active.append(["Client", "Since", "Visits"])
        plain.save(good / "work" / "plain.xlsx")
        # An import before all others leaves a safety copy to go back to.
        work = prepared(good, folder)
        earlier = (work / "export.csv").read_bytes().replace(b"\n100", b"\n200")
        (work / "earlier.csv").write_bytes(earlier)
        if in_a_child(
            work, ("import", "own.xlsm", "earlier.csv", "--table", "orders"), lambda: None
        ):
            raise SystemExit((folder / "said").read_text())
        shutil.rmtree(good)
        shutil.copytree(folder, good)
        # Safety copies belong to a path: every case is played in the same place.
        known = known_of(good, folder)
        ends = time.monotonic() + given.seconds
        print("steps with files:", ", ".join(f"{c} {n}" for c, (n, _) in known.items()), flush=True)
        for number in range(given.kills) if given.only is None else [given.only]:
            if time.monotonic() > ends:
                break
            kills += 1
            draw = random.Random(f"kill/{given.seed}/{number}")
            command = COMMANDS[number % len(COMMANDS)]
            wrong, killed = kill(draw, good, folder, command, known)
            at_work += killed
            if wrong:
                failures.append(f"kill {number} in {command[0]}: {wrong}")
                print(failures[-1], flush=True)
                print(log_of(folder) if given.log else "", end="")
        for number in range(given.faults) if given.only is None else [given.only]:
            if time.monotonic() > ends + given.seconds / 4:
                break
            faults += 1
            draw = random.Random(f"fault/{given.seed}/{number}")
            command = COMMANDS[number % len(COMMANDS)]
            wrong = fault(draw, good, folder, command, known)
            if wrong:
                failures.append(f"fault {number} in {command[0]}: {wrong}")
                print(failures[-1], flush=True)
                print(log_of(folder) if given.log else "", end="")
    print(
        f"{kills} kills, {at_work} of them while the command was at work, and {faults} faults: "
        f"{len(failures)} failures"
    )
    if kills and not at_work:
        print("no kill met a command at work")
        return 1
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
