"""Training in a process of its own, so that Excel stays usable while a model is trained.

The snapshot goes to the child as a JSON file in a folder that only this user can read; progress and
the result come back the same way. The child ends, and removes the folder, when its parent is gone.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from csm_xl.errors import CsmError
from csm_xl.language import Text

if TYPE_CHECKING:
    from csm_xl.commands.retraining import TrainingData, TrainingResult

_DATA, _PROGRESS, _RESULT, _ERROR, _LOG = (
    "data.json",
    "progress.json",
    "result.json",
    "error.json",
    "child.log",
)
#: Seconds between two reports of progress; Excel asks once in a second.
_PACE = 0.3
_DATE = "$date"


@dataclasses.dataclass(frozen=True)
class State:
    """How a training stands.

    Attributes
    ----------
    kind : {"running", "trained", "failed"}
    share : float
        How much is done, 0 to 1.
    text : Text
        What is being done, or what went wrong.
    """

    kind: Literal["running", "trained", "failed"]
    share: float
    text: Text


class TrainingProcess:
    """One training in a child process.

    Parameters
    ----------
    data : TrainingData
        The snapshot to learn from.
    command : sequence of str, optional
        What to start instead of this Python, followed by the folder.
    """

    def __init__(self, data: TrainingData, command: list[str] | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="csm-xl-training-"))
        (self._folder / _DATA).write_text(_dumps(dataclasses.asdict(data)), encoding="utf-8")
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        with (self._folder / _LOG).open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [*(command or [sys.executable, "-m", __name__]), str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._folder,
                env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
                creationflags=flags,
            )

    def state(self) -> State:
        """How the training stands now."""
        # Asked first: a child that ends in between has then written everything.
        ended = self._child.poll() is not None
        if (self._folder / _RESULT).exists():
            return State("trained", 1.0, Text("Trained", "训练完成"))
        if (self._folder / _ERROR).exists():
            said = _read(self._folder / _ERROR)
            return State("failed", 1.0, Text(said["en"], said["zh"]))
        if ended:
            self._log_end()
            from csm_xl.logs import log_file

            return State(
                "failed",
                1.0,
                Text(
                    f"Training ended unexpectedly; nothing was changed. Details are in {log_file()}.",
                    f"训练意外中止，未作任何改动。详情见 {log_file()}。",
                ),
            )
        # The child replaces the file in one step; on Windows that step can be in progress.
        with contextlib.suppress(OSError, ValueError):
            told = _read(self._folder / _PROGRESS)
            return State("running", told["share"], Text(told["en"], told["zh"]))
        return State("running", 0.0, Text("Training", "正在训练"))

    def result(self) -> TrainingResult:
        """What was learned; only when the state is "trained"."""
        from csm_xl.commands.retraining import TrainingResult

        fields = _read(self._folder / _RESULT)
        fields["left_out"] = [tuple(row) for row in fields["left_out"]]
        fields["notes"] = [tuple(row) for row in fields["notes"]]
        return TrainingResult(**fields)

    def close(self) -> None:
        """End the child if it is still running and remove the snapshot."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._child.stdin is not None:
            with contextlib.suppress(OSError):
                self._child.stdin.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _log_end(self) -> None:
        from csm_xl.logs import log

        said = (self._folder / _LOG).read_text(encoding="utf-8", errors="replace")[-4000:]
        log().error("training ended with code %s: %s", self._child.returncode, said)


# -- in the child ------------------------------------------------------------------------------------


def main(folder: Path) -> int:
    """Train on the snapshot in `folder` and leave the result there; the child's whole life."""
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    from csm_xl.commands.retraining import TrainingData, train

    fields = _read(folder / _DATA)
    fields["left_out"] = [tuple(row) for row in fields["left_out"]]
    fields["notes"] = [tuple(row) for row in fields["notes"]]
    try:
        result = train(TrainingData(**fields), progress=_teller(folder))
    except CsmError as error:
        _write(folder / _ERROR, json.dumps({"en": error.text.en, "zh": error.text.zh}))
        return 1
    _write(folder / _RESULT, _dumps(dataclasses.asdict(result)))
    return 0


def _teller(folder: Path) -> Callable[[float, Text], None]:
    last = 0.0

    def tell(share: float, text: Text) -> None:
        nonlocal last
        if time.monotonic() - last < _PACE:
            return
        last = time.monotonic()
        # Progress that cannot be told, because it is being read, is told next time.
        with contextlib.suppress(OSError):
            _write(folder / _PROGRESS, json.dumps({"share": share, "en": text.en, "zh": text.zh}))

    return tell


def _end_with_parent(folder: Path) -> None:
    """Wait for the end of the pipe that the parent holds: it has closed, cancelled or died."""
    try:
        while os.read(0, 1):
            pass
    except OSError:
        return
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _write(path: Path, text: str) -> None:
    """Write a file so that a reader sees all of it or nothing."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), object_hook=_undated)
    return found


def _dumps(value: Any) -> str:
    return json.dumps(value, default=_dated, ensure_ascii=False)


def _dated(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {_DATE: value.isoformat()}
    if isinstance(value, dt.date):
        return {_DATE: dt.datetime.combine(value, dt.time()).isoformat()}
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        return value.tolist()
    raise TypeError(f"a cell of type {type(value).__name__} cannot go to another process")


def _undated(found: dict[str, Any]) -> Any:
    if set(found) == {_DATE}:
        return dt.datetime.fromisoformat(found[_DATE])
    return found


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
