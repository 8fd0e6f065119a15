"""Training in a child process: what goes in and comes out, ending it, and its end with its parent."""

from __future__ import annotations

import datetime as dt
import json
import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csm_xl.commands import training_process
from csm_xl.commands.retraining import TrainingData, TrainingResult, train
from csm_xl.commands.training_process import TrainingProcess
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
    """A program in place of the training: it is told the folder."""
    return [
        sys.executable,
        "-c",
        f"import sys, pathlib, time\nfolder = pathlib.Path(sys.argv[1])\n{code}",
    ]


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
    told = json.dumps({"share": 0.5, "en": "Folds", "zh": "交叉验证"}, ensure_ascii=False)
    child = process(
        customers(),
        a_child(
            f"(folder / 'progress.json').write_text({told!r}, encoding='utf-8')\ntime.sleep(60)"
        ),
    )
    until = time.monotonic() + 30
    while child.state().share == 0 and time.monotonic() < until:
        time.sleep(0.05)
    state = child.state()
    assert (state.kind, state.share, state.text.zh) == ("running", 0.5, "交叉验证")


def test_progress_that_is_being_written_is_no_fault(process):
    child = process(
        customers(),
        a_child("(folder / 'progress.json').write_text('{\"sha')\ntime.sleep(60)"),
    )
    time.sleep(0.5)
    assert child.state().kind == "running"


def test_ending_it_stops_the_child_and_leaves_no_customer_data_behind(process):
    child = process(customers(), a_child("time.sleep(600)"))
    folder = child._folder
    assert (folder / "data.json").exists()
    child.close()
    assert child._child.poll() is not None
    assert not folder.exists()


def test_only_this_user_can_read_the_snapshot(process):
    child = process(customers(), a_child("time.sleep(600)"))
    if sys.platform != "win32":
        assert child._folder.stat().st_mode & 0o077 == 0


def test_a_child_that_crashes_is_one_sentence_and_the_log_has_the_rest(
    process, tmp_path, monkeypatch
):
    monkeypatch.setenv("CSM_XL_HOME", str(tmp_path))
    child = process(customers(), a_child("raise SystemError('no memory')"))
    state = ended(child)
    assert state.kind == "failed"
    assert "csm-xl.log" in state.text.en
    assert "csm-xl.log" in state.text.zh


def test_a_child_whose_parent_dies_ends_and_removes_the_snapshot(tmp_path):
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\n"
            "from csm_xl import training_process\n"
            "from csm_xl.commands.retraining import TrainingData\n"
            "data = TrainingData({'x': [float(i) for i in range(3000)]},"
            " [float(i % 2) for i in range(3000)], 'left', list(range(3000)), 's', [], [])\n"
            "code = 'import sys, pathlib, time, csm_xl.commands.training_process as t, threading;'"
            "'threading.Thread(target=t._end_with_parent, args=(pathlib.Path(sys.argv[1]),)).start();'"
            "'time.sleep(600)'\n"
            "process = training_process.TrainingProcess(data, [sys.executable, '-c', code])\n"
            "print(process._folder, process._child.pid, flush=True)\n"
            "time.sleep(600)\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    folder, pid = parent.stdout.readline().split()
    assert Path(folder).exists()
    time.sleep(1)
    parent.kill()
    parent.wait()
    until = time.monotonic() + 30
    while Path(folder).exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(folder).exists()
    assert not _runs(int(pid))


def _runs(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize(
    "value",
    [None, True, 1.5, 3, "客户", "", math.inf, dt.datetime(2026, 3, 5, 9, 30), dt.date(2026, 3, 5)],
)
def test_a_cell_of_any_kind_arrives_as_it_was(value):
    again = json.loads(
        training_process._dumps({"cell": value}), object_hook=training_process._undated
    )["cell"]
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime.combine(value, dt.time())
    assert again == value
    assert type(again) is type(value)


def test_numbers_of_numpy_arrive_as_numbers():
    import numpy as np

    again = json.loads(training_process._dumps([np.float64(0.1), np.int64(3)]))
    assert again == [0.1, 3]


def test_nothing_is_pickled():
    source = Path(training_process.__file__).read_text(encoding="utf-8")
    assert "pickle" not in source
    assert "multiprocessing" not in source
