"""The project's own tests on Windows' Python: what is arithmetic, text and files must hold there too."""

from __future__ import annotations

import pytest
from hosts.windows.lay_out import PROJECT
from hosts.windows.machine import only_all, windows_path

#: What needs no program of this computer; .ci/run --windows-all runs these.
ROOMS = [
    "metrics",
    "vocabulary",
    "functions",
    "calc",
    "churn",
    "company",
    "doctor",
    "feedback",
    "formulas",
    "intake",
    "ooxml",
    "sample",
    "xlfile",
]


def run(windows, names, tmp_path, timeout):
    options = ["-q", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
    paths = [windows_path(PROJECT / "tests" / name) for name in names]
    done = windows.python(
        "-P", "-m", "pytest", *options, "--rootdir", windows_path(PROJECT), *paths,
        env={"CSM_XL_HOME": windows_path(tmp_path)}, timeout=timeout,
    )  # fmt: skip
    assert done.code == 0, done.out[-6000:]


@only_all
@pytest.mark.parametrize("name", ROOMS)
def test_a_room_holds_there(windows, name, tmp_path):
    run(windows, [name], tmp_path, 3600)
