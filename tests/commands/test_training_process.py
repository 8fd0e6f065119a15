"""Training in a child process: what goes in and comes out, ending it, and its end with its parent."""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from csm_xl.commands import training_process
from csm_xl.commands.training_process import TrainingProcess
from csm_xl.company.training import TrainingData, TrainingResult, train
from csm_xl.errors import CsmError

N = 40


def customers(**changes) -> TrainingData:
    """Forty customers, of whom those with few orders left."""
    orders = [float(i % 10) for i in range(N)]
    fields = {
        "columns": {
            "Orders": orders,
            "City": ["Rome" if i % 3 else "京" for i in range(N)],
            "Since": [dt.datetime(2025, 1, 1) + dt.timedelta(days=i) for i in range(N)],
            "Note": [None, *["x"] * (N - 1)],
        },
        "label": [1.0 if x < 4 else 0.0 for x in orders],
        "label_name": "Churned",
        "rows": list(range(2, N + 2)),
        "sheet": "Customers",
        "left_out": [("Name", "it names the customer", "是客户姓名")],
        "notes": [("A note.", "一条说明。")],
    }
    return TrainingData(**{**fields, **changes})


def ended(process: TrainingProcess, kinds=("trained", "failed"), seconds: float = 120):
    """Wait until the training has ended; returns its last state."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = process.state()
        if state.kind in kinds:
            return state
        time.sleep(0.05)
    raise AssertionError("the training did not end")


def a_child(code: str) -> list[str]:
    """A program in place of the training, which has read what it was given."""
    return [sys.executable, "-c", f"import sys, time\nsys.stdin.read()\n{code}"]


@pytest.fixture
def process():
    made: list[TrainingProcess] = []

    def make(*args, **kwargs) -> TrainingProcess:
        made.append(TrainingProcess(*args, **kwargs))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_a_child_learns_what_this_process_would_have_learned(process):
    child = process(customers())
    assert ended(child).kind == "trained"
    result = child.result()
    assert isinstance(result, TrainingResult)
    here = train(customers())
    assert (
        json.loads(result.formula)["content"]["features"]
        == json.loads(here.formula)["content"]["features"]
    )
    assert result.formula == here.formula
    assert result.left_out == here.left_out
    assert result.notes == here.notes
    assert result.sheet == "Customers"


def test_why_training_was_refused_comes_back_in_both_languages(process):
    one_outcome = customers(label=[0.0] * N)
    with pytest.raises(CsmError) as here:
        train(one_outcome)
    state = ended(process(one_outcome))
    assert state.kind == "failed"
    assert state.text == here.value.text


def test_progress_is_told_while_the_child_works(process):
    told = json.dumps({"share": 0.5, "en": "Folds", "zh": "交叉验证"})
    child = process(customers(), a_child(f"print({told!r}, flush=True)\ntime.sleep(60)"))
    until = time.monotonic() + 30
    while child.state().share == 0 and time.monotonic() < until:
        time.sleep(0.05)
    state = child.state()
    assert (state.kind, state.share, state.text.zh) == ("running", 0.5, "交叉验证")


@pytest.mark.parametrize("line", ["", "{", "5", "null", '{"share": 1}', "Warning: 训练"])
def test_what_a_library_prints_is_no_message(process, line):
    child = process(
        customers(), a_child(f"print({line!r}.encode('utf-8'), flush=True)\ntime.sleep(60)")
    )
    time.sleep(0.5)
    state = child.state()
    assert (state.kind, state.share) == ("running", 0)


def test_starting_does_not_wait_for_a_child_that_is_slow_to_read(process):
    many = customers(columns={"Note": ["x" * 1000] * 5000})
    child = process(many, [sys.executable, "-c", "import time; time.sleep(60)"])
    assert child.state().kind == "running"
    begun = time.monotonic()
    child.close()
    assert time.monotonic() - begun < 5


def test_a_child_that_does_not_read_what_it_was_given_is_a_failed_training(
    process, tmp_path, monkeypatch
):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path))
    many = customers(columns={"Note": ["x" * 1000] * 5000})
    assert ended(process(many, [sys.executable, "-c", "raise SystemExit(3)"])).kind == "failed"


def test_ending_it_stops_the_child(process):
    child = process(customers(), a_child("time.sleep(600)"))
    child.close()
    assert child._child.poll() is not None


def test_customers_never_lie_on_the_disk(tmp_path, monkeypatch, process):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    secret = "A customer's own words"
    child = process(customers(columns={"Note": [secret] * N}), a_child("time.sleep(600)"))
    time.sleep(1)
    assert child.state().kind == "running"
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_text()
    ]
    child.close()
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_crashes_is_one_sentence_and_the_log_has_the_rest(
    process, tmp_path, monkeypatch
):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path))
    child = process(customers(), a_child("raise SystemError('no memory')"))
    state = ended(child)
    assert state.kind == "failed"
    assert "csm-xl.log" in state.text.en
    assert "csm-xl.log" in state.text.zh


@pytest.mark.parametrize("rows", [40, 200_000])
def test_a_child_whose_parent_dies_ends_and_leaves_nothing_behind(tmp_path, rows):
    folder = tmp_path / "temporary"
    folder.mkdir()
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time\n"
            "from csm_xl.commands import training_process\n"
            "from csm_xl.company import training\n"
            f"n = {rows}\n"
            "data = training.TrainingData({'x': [float(i) for i in range(n)]},"
            " [float(i % 2) for i in range(n)], 'left', list(range(n)), 's', [], [])\n"
            "process = training_process.TrainingProcess(data)\n"
            "print(process._child.pid, flush=True)\n"
            "time.sleep(600)\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    assert not _runs(child, seconds=30)
    assert list(folder.iterdir()) == []


def _runs(pid: int, seconds: float) -> bool:
    """Whether a process is still there after some time."""
    until = time.monotonic() + seconds
    while _is_there(pid):
        if time.monotonic() > until:
            return True
        time.sleep(0.1)
    return False


def _is_there(pid: int) -> bool:
    if sys.platform == "win32":
        listed = subprocess.run(
            ["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True, text=True
        )
        return str(pid) in listed.stdout
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        3,
        "客户",
        "\ud83d",
        "",
        math.inf,
        dt.datetime(2026, 3, 5, 9, 30),
        dt.date(2026, 3, 5),
    ],
)
def test_a_cell_of_any_kind_arrives_as_it_was(value):
    again = training_process._loads(training_process._dumps({"cell": value}))["cell"]
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    assert again == value
    assert type(again) is type(value)


def test_numbers_of_numpy_arrive_as_numbers():
    import numpy as np

    again = training_process._loads(training_process._dumps([np.float64(0.1), np.int64(3)]))
    assert again == [0.1, 3]


def test_nothing_is_pickled():
    source = Path(training_process.__file__).read_text(encoding="utf-8")
    assert "pickle" not in source
    assert "multiprocessing" not in source
