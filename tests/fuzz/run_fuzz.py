"""Run csm-xl on damaged and hostile files for a while, and say what did not end in a sentence.

    python tests/fuzz/run_fuzz.py [--seconds 120] [--seed 1] [--keep FOLDER] [TARGET ...]

Targets: workbook, export, record. Every input comes from the seed and its number, so a failure can
be made again with ``--seed S --only N``. Exit status 1 when anything failed: a traceback, an
"unexpected", more than 10 s or 1 GiB, or a file that was changed by a command that failed.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm_xl.sample import Company

#: Of the processor, so that a busy machine finds what a quiet one finds.
SECONDS, MEBIBYTES = 10.0, 1024
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

TARGETS = ("workbook", "export", "record")
_EXPORT = """Order ID,Customer ID,Customer,E-mail,Order date,Amount,Currency,Status
1001,K1,Ada Fenn,ada@example.com,2026-01-02,12.50,EUR,paid
1002,K2,王小明,wang@example.com,2026-01-03,￥1200,EUR,refunded
1003,K1,Ada Fenn,ada@example.com,05/01/2026,"1,234.50",EUR,paid
1004,K3,"Lind, Bo",bo@example.com,2026-01-09,(45.00),EUR,cancelled
合计,,,,,2402.00,,
"""


def good_files(folder: Path) -> dict[str, bytes]:
    """The files that are damaged: a workbook of csm-xl with a model, an owner's, an export."""
    from ooxml import everything

    from csm_xl.commands import retrain
    from csm_xl.commands.opening import open_book
    from csm_xl.sample import company
    from csm_xl.workbook.create import create

    own = folder / "own.xlsm"
    create(own, "en", small(company("en")))
    book = open_book(own)
    retrain(book)
    book.save()
    book.close()
    other = everything.make(folder / "other.xlsm")
    return {
        "own.xlsm": own.read_bytes(),
        "other.xlsm": Path(other).read_bytes(),
        "export.csv": _EXPORT.encode(),
    }


def small(company: Company, customers: int = 24) -> Company:
    """The sample company with a few of its customers: enough for a model, and fast."""
    kept = {row["customer_id"] for row in company.tables["customers"][:customers]}
    tables = {
        name: [row for row in rows if row.get("customer_id") in kept]
        for name, rows in company.tables.items()
    }
    return dataclasses.replace(company, tables=tables)


def input_of(
    seed: int, number: int, target: str, good: dict[str, bytes]
) -> tuple[list[str], dict[str, bytes]]:
    """The command, and the files it finds, of one number."""
    import mutations

    draw = random.Random(f"{seed}/{number}/{target}")
    if target == "export":
        return (
            ["import", "own.xlsm", "export.csv", "--table", "orders", "-o", "out.xlsm"],
            {
                "own.xlsm": good["own.xlsm"],
                "export.csv": mutations.mutated_csv(draw, good["export.csv"]),
            },
        )
    if target == "record":
        words = draw.choice([["refresh"], ["explain"], ["share"], ["calc"]])
        content = mutations.mutated_record(draw, good["own.xlsm"])
        name = "own.xlsm"
    else:
        name = draw.choice(["own.xlsm", "other.xlsm", "other.xlsm"])
        words = draw.choice([["calc"], ["calc"], ["check"], ["share"], ["refresh"], ["doctor"]])
        content = mutations.mutated_workbook(draw, good[name])
    command = [*words, name]
    if words == ["explain"]:
        command += ["C0001"]
    if words in (["calc"], ["refresh"]):
        command += ["-o", "out.xlsm"]
    if words == ["share"]:
        command += ["-o", "out.xlsx"]
    return command, {name: content}


def run_numbers(seed: int, target: str, first: int, folder: Path) -> None:
    """In a child: one input after the other, a line for each when it begins and when it is done."""
    from csm_xl.cli import main

    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    os.environ["CSM_XL_HOME"] = str(folder / "home")
    good = {p.name: p.read_bytes() for p in (folder / "good").iterdir()}
    number = first
    while True:
        command, files = input_of(seed, number, target, good)
        place = folder / "work"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        os.chdir(place)
        for name, content in files.items():
            (place / name).write_bytes(content)
        print(json.dumps({"begins": number, "command": command}), flush=True)
        sys.argv = ["csm-xl", "--lang", "en", *command]
        said, code = io.StringIO(), 0
        began = time.process_time()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                main()
            except SystemExit as stop:
                code = stop.code or 0
            except BaseException as error:
                said.write(f"Traceback {type(error).__name__}: {error}")
        changed = [n for n, c in files.items() if code and (place / n).read_bytes() != c]
        print(
            json.dumps(
                {
                    "done": number,
                    "code": code,
                    "said": said.getvalue()[-600:],
                    "seconds": time.process_time() - began,
                    "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                    "changed": changed,
                }
            ),
            flush=True,
        )
        number += 1


def failure_of(done: dict) -> str | None:
    """What is wrong with one outcome, or None."""
    if done["code"] not in (0, 1, 2):
        return f"exit status {done['code']}"
    if "Traceback" in done["said"]:
        return "a traceback"
    if "unexpected" in done["said"]:
        return "something unexpected"
    if done["seconds"] > SECONDS:
        return f"{done['seconds']:.0f} s"
    if done["peak"] > MEBIBYTES:
        return f"{done['peak']} MiB"
    if done["changed"]:
        return f"changed {done['changed']} and failed"
    return None


def processor_seconds(pid: int) -> float:
    """What a process has had of the processor: a busy machine makes nobody slow."""
    after_name = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def fuzz(
    target: str, seed: int, seconds: float, first: int, folder: Path, only: bool
) -> tuple[int, list[str]]:
    """Run one target for some seconds; how many inputs, and what failed."""
    ends, number, failures, count = time.monotonic() + seconds, first, [], 0
    while time.monotonic() < ends and len(failures) < 20:
        child = subprocess.Popen(
            [sys.executable, __file__, "--child", target, str(seed), str(number), str(folder)],
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        os.set_blocking(child.stdout.fileno(), False)
        begun, waiting, since, rest = None, 0.0, time.monotonic(), b""
        while time.monotonic() < ends or begun is not None:
            chunk = child.stdout.read() or b""
            rest += chunk
            *lines, rest = rest.split(b"\n")
            for line in lines:
                event = json.loads(line)
                waiting, since = processor_seconds(child.pid), time.monotonic()
                if "begins" in event:
                    begun = event
                    continue
                count += 1
                number = event["done"] + 1
                wrong = failure_of(event)
                if wrong:
                    failures.append(
                        f"{target} --seed {seed} --only {event['done']}: {wrong}: "
                        f"{' '.join(begun['command'])}: {' '.join(event['said'].split())[:300]}"
                    )
                begun = None
                if only or (wrong and wrong.endswith("MiB")):
                    break
            if only and count:
                break
            if (
                child.poll() is not None
                or processor_seconds(child.pid) - waiting > 6 * SECONDS
                or time.monotonic() - since > 60 * SECONDS
            ):
                if begun is not None:
                    how = (
                        f"ended with {child.returncode}"
                        if child.poll() is not None
                        else "never ended"
                    )
                    failures.append(
                        f"{target} --seed {seed} --only {begun['begins']}: {how}: {begun['command']}"
                    )
                    number = begun["begins"] + 1
                    begun = None
                elif not count:
                    child.kill()
                    return 0, failures
                break
            if not chunk:
                time.sleep(0.02)
        child.kill()
        child.wait()
        if only:
            break
    return count, failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("--child", nargs=4)
    given = parser.parse_args()
    if given.child:
        target, seed, number, folder = given.child
        run_numbers(int(seed), target, int(number), Path(folder))
    targets = given.targets or TARGETS
    failed = 0
    with tempfile.TemporaryDirectory(prefix="csm-xl-fuzz-") as name:
        folder = Path(name)
        (folder / "good").mkdir()
        for file, content in good_files(folder).items():
            (folder / "good" / file).write_bytes(content)
        for target in targets:
            count, failures = fuzz(
                target,
                given.seed,
                given.seconds / len(targets),
                given.only or 0,
                folder,
                given.only is not None,
            )
            if not count:
                failures.append(f"{target}: nothing ran")
            print(f"{target}: {count} inputs, {len(failures)} failures", flush=True)
            for failure in failures:
                print("  " + failure)
            failed += len(failures)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
