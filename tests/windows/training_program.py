"""Run by Windows' Python: trains in a child process as the ribbon does, and prints what it saw.

training_program.py train FOLDER [TIMES [SECONDS]] | cancel FOLDER | die FOLDER | wait FOLDER
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from csm_xl.commands.training_process import TrainingProcess
from csm_xl.company.training import TrainingData

N = 60
ORDERS = [float(i % 10) for i in range(N)]
DATA = TrainingData(
    columns={
        "Orders": ORDERS,
        "City": ["Rome" if i % 3 else "京" for i in range(N)],
        "Since": [dt.datetime(2025, 1, 1) + dt.timedelta(days=i) for i in range(N)],
    },
    label=[1.0 if x < 4 else 0.0 for x in ORDERS],
    label_name="Churned",
    rows=list(range(2, N + 2)),
    sheet="客户",
    left_out=[("Name", "it names the customer", "是客户姓名")],
    notes=[("A note.", "一条说明。")],
)


def _train(seconds: float) -> dict:
    """Start a training, end it after some time, and tell what was left."""
    begun = time.monotonic()
    process = TrainingProcess(DATA)
    while process.state().kind == "running" and time.monotonic() < begun + seconds:
        time.sleep(0.1)
    state = process.state()
    seen = {"state": state.kind, "text": state.text.en, "seconds": time.monotonic() - begun}
    if state.kind == "trained":
        seen["sheet"] = process.result().sheet
        seen["formula"] = process.result().formula
    begun = time.monotonic()
    process.close()
    seen["closed in"] = time.monotonic() - begun
    seen["ended"] = process._child.poll() is not None
    seen["files"] = sorted(path.name for path in Path(tempfile.gettempdir()).iterdir())
    return seen


def _die() -> None:
    """End as Excel does when it crashes."""
    process = TrainingProcess(DATA)
    time.sleep(2)
    print(json.dumps({"child": process._child.pid, "state": process.state().kind}))
    sys.stdout.flush()
    os._exit(9)


#: Loads numpy while a thread reads from standard input, or waits for nothing.
_LOADS = """
import os, sys, threading
threading.Thread(target={thread}, daemon=True).start()
import time; time.sleep(0.5)
print("begun", flush=True)
import numpy
print("loaded", flush=True)
"""


def _wait() -> dict:
    """How long numpy takes to load, and whether it loads while a thread waits on standard input."""
    seen = {}
    for name, thread in (("free", "lambda: None"), ("blocked", "lambda: os.read(0, 1)")):
        child = subprocess.Popen(
            [sys.executable, "-c", _LOADS.format(thread=thread)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdin is not None and child.stdout is not None
        assert child.stdout.readline().strip() == b"begun"
        begun = time.monotonic()
        listening = threading.Thread(target=child.stdout.readline)
        listening.start()
        listening.join(60 if name == "free" else max(5.0, 3 * seen["seconds"]))
        seen[name] = not listening.is_alive()
        seen.setdefault("seconds", time.monotonic() - begun)
        child.stdin.close()
        listening.join(60)
        seen[f"{name}, then freed"] = not listening.is_alive()
        child.kill()
    return seen


def main(what: str, folder: str, times: str = "1", seconds: str = "840") -> None:
    """Do one of the things that this program is for."""
    os.environ["TEMP"] = os.environ["TMP"] = folder
    if what == "die":
        _die()
    for _ in range(int(times)):
        seen = _wait() if what == "wait" else _train(3 if what == "cancel" else float(seconds))
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
