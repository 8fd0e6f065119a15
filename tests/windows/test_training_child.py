"""The child that trains, on Windows: it ends by itself, by Cancel, and with the one who started it."""

from __future__ import annotations

import json
import math
import runpy
from pathlib import Path
from typing import Any

import pytest
from hosts.windows.machine import WindowsPython, windows_path

from csm_xl.commands.retraining import train

PROGRAM = Path(__file__).with_name("training_program.py")
#: Long enough for a computer that is busy with other tests; a child that hangs takes all of it.
MOST_SECONDS = 900


@pytest.fixture
def seen(tmp_path):
    def run(windows: WindowsPython, what: str) -> dict[str, Any]:
        program = windows_path(PROGRAM)
        ended = windows.python(program, what, windows_path(tmp_path), timeout=MOST_SECONDS)
        assert ended.out, ended.err
        return json.loads(ended.out)

    return run


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


def test_the_child_trains_to_the_end(each_windows, seen):
    found = seen(each_windows, "train")
    assert found["state"] == "trained", found
    assert found["sheet"] == "客户"
    assert found["ended"]
    assert found["files"] == []


def test_it_learns_there_what_it_learns_here(windows, seen):
    there = json.loads(seen(windows, "train")["formula"])["content"]
    here = json.loads(train(runpy.run_path(str(PROGRAM))["DATA"]).formula)["content"]
    assert_same(there, here)


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


def test_cancel_ends_it_at_once_and_leaves_nothing_behind(each_windows, seen):
    found = seen(each_windows, "cancel")
    assert found["state"] == "running"
    assert found["closed in"] < 5
    assert found["ended"]
    assert found["files"] == []


def test_it_ends_with_the_one_who_started_it_and_leaves_nothing_behind(
    each_windows, seen, tmp_path
):
    found = seen(each_windows, "die")
    assert found["state"] == "running"
    assert each_windows.python("-c", WAIT, str(found["child"])).out.strip() == "ended"
    assert list(tmp_path.iterdir()) == []
