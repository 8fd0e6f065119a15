"""Run by Windows' Python: trains in a child process as the ribbon does, and prints what it saw.

training_program.py train | cancel | die
"""

import datetime as dt
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from csm_xl.commands.retraining import TrainingData
from csm_xl.commands.training_process import TrainingProcess

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


def _files() -> list[str]:
    return sorted(path.name for path in Path(tempfile.gettempdir()).iterdir())


def main(what: str, folder: str) -> None:
    """Train, cancel, or leave the child alone."""
    os.environ["TEMP"] = os.environ["TMP"] = folder
    process = TrainingProcess(DATA)
    if what == "die":
        time.sleep(2)
        print(json.dumps({"child": process._child.pid, "state": process.state().kind}))
        sys.stdout.flush()
        os._exit(9)
    until = time.monotonic() + (3 if what == "cancel" else 840)
    while process.state().kind == "running" and time.monotonic() < until:
        time.sleep(0.1)
    state = process.state()
    seen = {"state": state.kind, "text": state.text.en}
    if state.kind == "trained":
        seen["sheet"] = process.result().sheet
        seen["formula"] = process.result().formula
    begun = time.monotonic()
    process.close()
    seen["closed in"] = time.monotonic() - begun
    seen["ended"] = process._child.poll() is not None
    seen["files"] = _files()
    print(json.dumps(seen))


if __name__ == "__main__":
    main(*sys.argv[1:])
