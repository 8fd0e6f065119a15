"""The child that trains, on Windows: it ends by itself, by Cancel, and with the one who started it."""

from __future__ import annotations

import json
import math
import runpy
import time
from pathlib import Path
from typing import Any

import pytest
from hosts.windows.machine import WindowsPython, windows_path

from csm_xl.commands.retraining import train

PROGRAM = Path(__file__).with_name("training_program.py")
#: Long enough for a computer that is busy with other tests; a child that hangs takes all of it.
MOST_SECONDS = 900


def seen(windows: WindowsPython, what: str) -> dict[str, Any]:
    ended = windows.python(windows_path(PROGRAM), what, timeout=MOST_SECONDS)
    assert ended.out, ended.err
    return json.loads(ended.out)


def processes(windows: WindowsPython) -> list[int]:
    """The processes of this Windows whose program is Python."""
    code = (
        "import win32com.client, json;"
        "found = win32com.client.GetObject('winmgmts:').ExecQuery("
        '"SELECT ProcessId, Name FROM Win32_Process");'
        "print(json.dumps([p.ProcessId for p in found if p.Name.lower().startswith('python')]))"
    )
    return json.loads(windows.python("-c", code).out)


def test_the_child_trains_to_the_end(each_windows):
    found = seen(each_windows, "train")
    assert found["state"] == "trained", found
    assert found["sheet"] == "客户"
    assert found["ended"]
    assert found["files"] == []


def test_it_learns_there_what_it_learns_here(windows):
    there = json.loads(seen(windows, "train")["formula"])["content"]
    here = json.loads(train(runpy.run_path(str(PROGRAM))["DATA"]).formula)["content"]
    assert_same(there, here)


def assert_same(there: Any, here: Any, at: str = "") -> None:
    """Compare with 1e-9, whatever the layout."""
    if isinstance(here, dict):
        assert list(there) == list(here), at
        for key in here:
            assert_same(there[key], here[key], f"{at}/{key}")
    elif isinstance(here, list):
        assert len(there) == len(here), at
        for i, pair in enumerate(zip(there, here, strict=True)):
            assert_same(*pair, f"{at}/{i}")
    elif isinstance(here, float):
        assert math.isclose(there, here, rel_tol=1e-9, abs_tol=1e-9), (at, there, here)
    else:
        assert there == here, at


def test_cancel_ends_it_at_once_and_leaves_nothing_behind(each_windows):
    found = seen(each_windows, "cancel")
    assert found["state"] == "running"
    assert found["closed in"] < 5
    assert found["ended"]
    assert found["files"] == []


def test_it_ends_with_the_one_who_started_it_and_leaves_nothing_behind(each_windows, tmp_path):
    temporary = windows_path(tmp_path)
    ended = each_windows.python(
        windows_path(PROGRAM), "die", env={"TEMP": temporary, "TMP": temporary}
    )
    child = json.loads(ended.out)["child"]
    until = time.monotonic() + 60
    while child in processes(each_windows):
        if time.monotonic() > until:
            pytest.fail("the child is still there")
    assert list(tmp_path.iterdir()) == []
