"""The child that trains, on Windows: it ends by itself, by Cancel, and with the one who started it."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path
from typing import Any

import pytest
from hosts.windows.machine import ALL, WindowsPython, only_all, windows_path

from csm_xl.company.training import train

PROGRAM = Path(__file__).with_name("training_program.py")
#: Long enough for a computer that is busy with other tests; a child that hangs takes all of it.
MOST_SECONDS = 900
#: How often in a row a child must end by itself.
TIMES = 20 if ALL else 1


def seen(windows: WindowsPython, folder: Path, what: str, times: int = 1) -> list[dict[str, Any]]:
    """What the program saw, once for each time."""
    arguments = [windows_path(PROGRAM), what, windows_path(folder), str(times)]
    ended = windows.python(*arguments, timeout=MOST_SECONDS * times)
    assert ended.out, ended.err
    return [json.loads(line) for line in ended.out.splitlines()]


@pytest.fixture(scope="module")
def trained(each_windows, tmp_path_factory) -> list[dict[str, Any]]:
    """Trainings of each Python, one after another."""
    return seen(each_windows, tmp_path_factory.mktemp("training"), "train", TIMES)


#: Waits for the end of a process, a minute at most; prints whether it has ended.
WAIT = """
import sys, win32api, win32event
try:
    process = win32api.OpenProcess(0x00100000, False, int(sys.argv[1]))
except win32api.error:
    print("ended")
else:
    print("ended" if win32event.WaitForSingleObject(process, 60000) == 0 else "there")
"""


def test_the_child_trains_to_the_end_every_time(trained):
    assert [found["state"] for found in trained] == ["trained"] * TIMES, trained
    for found in trained:
        assert found["sheet"] == "客户"
        assert found["ended"]
        assert found["files"] == []


def test_it_learns_there_what_it_learns_here(trained):
    there = json.loads(trained[0]["formula"])["content"]
    here = json.loads(train(runpy.run_path(str(PROGRAM))["DATA"]).formula)["content"]
    assert_same(there, here)


@only_all
def test_a_child_that_waited_on_its_standard_input_would_never_load_numpy(each_windows, tmp_path):
    """What the child must not do, seen here: so the tests above would see it."""
    [found] = seen(each_windows, tmp_path, "wait")
    assert found["free"], found
    assert not found["blocked"], found
    assert found["blocked, then freed"], found


def assert_same(there: Any, here: Any, at: str = "") -> None:
    """Compare with 1e-9, whatever the layout."""
    if isinstance(here, dict):
        assert list(there) == list(here), at
        for key in here.keys() - {"id"}:  # it is made of every digit of the others
            assert_same(there[key], here[key], f"{at}/{key}")
    elif isinstance(here, list):
        assert len(there) == len(here), at
        for i, pair in enumerate(zip(there, here, strict=True)):
            assert_same(*pair, f"{at}/{i}")
    elif isinstance(here, float):
        assert math.isclose(there, here, rel_tol=1e-9, abs_tol=1e-9), (at, there, here)
    else:
        assert there == here, at


def test_cancel_ends_it_at_once_and_leaves_nothing_behind(each_windows, tmp_path):
    [found] = seen(each_windows, tmp_path, "cancel")
    assert found["state"] == "running"
    assert found["closed in"] < 5
    assert found["ended"]
    assert found["files"] == []


def test_it_ends_with_the_one_who_started_it_and_leaves_nothing_behind(each_windows, tmp_path):
    [found] = seen(each_windows, tmp_path, "die")
    assert found["state"] == "running"
    assert each_windows.python("-c", WAIT, str(found["child"])).out.strip() == "ended"
    assert list(tmp_path.iterdir()) == []
