"""Training in a process of its own, so that Excel stays usable while a model is trained.

The snapshot goes to the child through its standard input, progress and the result come back through
its standard output, one line of JSON each: customers' data never lies on the disk, so nothing is
left behind however the two processes end. The child says every second that it is there, and ends
when nobody hears it.

The child has read its input to the end before it imports anything else, and then leaves it alone. A
thread that waited there for the end of the parent would stop numpy from loading on Windows: each C
library that is loaded asks what its standard handles are, and Windows answers only when the reading
of that pipe is over. Writing a line is over at once, since the parent reads all the time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from csm_xl.errors import CsmError
from csm_xl.language import Text

if TYPE_CHECKING:
    from csm_xl.company.training import TrainingData, TrainingResult

#: Seconds between two reports of progress; Excel asks once in a second.
_PACE = 0.3
#: Seconds between two signs of life.
_BEAT = 1.0
#: How much of what the child said is kept for the log.
_LOG_LENGTH = 4000
_DATE = "$date"
_RUNNING = Text("Training", "正在训练")


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
        What to start instead of this Python.
    """

    def __init__(self, data: TrainingData, command: list[str] | None = None) -> None:
        snapshot = _dumps(dataclasses.asdict(data))
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        # The system removes this file with the last process that has it open.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command or [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            # A process keeps its folder from being moved or deleted on Windows.
            cwd=tempfile.gettempdir(),
            env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
            creationflags=flags,
        )
        self._progress = State("running", 0.0, _RUNNING)
        self._outcome: State | None = None
        self._result: dict[str, Any] = {}
        # Excel waits while this object is made: a child that starts slowly must not hold it up.
        self._talk = threading.Thread(target=self._talk_with_child, args=(snapshot,), daemon=True)
        self._talk.start()

    def state(self) -> State:
        """How the training stands now."""
        # The conversation ends with the child, so that all it said has then been heard.
        if self._talk.is_alive():
            return self._progress
        if self._outcome is None:
            self._outcome = self._unexpected()
        return self._outcome

    def result(self) -> TrainingResult:
        """What was learned; only when the state is "trained"."""
        from csm_xl.company.training import TrainingResult

        return TrainingResult(**self._result)

    def close(self) -> None:
        """End the child if it is still running."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._talk.join(timeout=5)
        self._log.close()

    def _talk_with_child(self, snapshot: bytes) -> None:
        assert self._child.stdin is not None and self._child.stdout is not None
        # A child that ended early does not read; what it said tells why.
        with contextlib.suppress(OSError), self._child.stdin as ear:
            ear.write(snapshot)
        with self._child.stdout as mouth:
            for line in mouth:
                self._hear(line)
        self._child.wait()

    def _hear(self, line: bytes) -> None:
        try:
            told = _loads(line)
        except ValueError:
            return  # a sign of life, or something that a library printed
        match told:
            case {"share": share, "en": en, "zh": zh}:
                self._progress = State("running", share, Text(en, zh))
            case {"failed": {"en": en, "zh": zh}}:
                self._outcome = State("failed", 1.0, Text(en, zh))
            case {"result": result}:
                self._result = _with_tuples(result)
                self._outcome = State("trained", 1.0, Text("Trained", "训练完成"))

    def _unexpected(self) -> State:
        from csm_xl.logs import log, log_file, without_texts

        said = b""
        with contextlib.suppress(OSError, ValueError):
            self._log.seek(0)
            said = self._log.read()[-_LOG_LENGTH:]
        log().error(
            "training ended with code %s: %s",
            self._child.returncode,
            without_texts(said.decode("utf-8", errors="replace")),
        )
        return State(
            "failed",
            1.0,
            Text(
                f"Training ended unexpectedly; nothing was changed. Details are in {log_file()}.",
                f"训练意外中止，未作任何改动。详情见 {log_file()}。",
            ),
        )


# -- in the child ------------------------------------------------------------------------------------


def main() -> int:
    """Train on the snapshot that standard input holds; the child's whole life."""
    given = io.FileIO(0, closefd=False).read()
    parent = _Parent(io.FileIO(1, "w", closefd=False))
    # Standard output is for the parent; what a library prints belongs into the log.
    sys.stdout = sys.stderr
    threading.Thread(target=parent.keep_in_touch, daemon=True).start()
    from csm_xl.company.training import TrainingData, train

    try:
        data = TrainingData(**_with_tuples(_loads(given)))
        result = train(data, progress=_teller(parent))
    except CsmError as error:
        parent.tell({"failed": {"en": error.text.en, "zh": error.text.zh}})
        return 1
    parent.tell({"result": dataclasses.asdict(result)})
    return 0


class _Parent:
    """Who started this child, at the other end of its standard output."""

    def __init__(self, out: io.FileIO) -> None:
        self._out = out
        self._one_at_a_time = threading.Lock()

    def tell(self, message: dict[str, Any] | None) -> None:
        """Send a message, or only a sign of life; end this process when nobody is there."""
        line = memoryview((b"" if message is None else _dumps(message)) + b"\n")
        try:
            with self._one_at_a_time:
                while line:
                    line = line[self._out.write(line) :]
        except OSError:
            os._exit(1)

    def keep_in_touch(self) -> None:
        while True:
            self.tell(None)
            time.sleep(_BEAT)


def _teller(parent: _Parent) -> Callable[[float, Text], None]:
    last = 0.0

    def tell(share: float, text: Text) -> None:
        nonlocal last
        if time.monotonic() - last < _PACE:
            return
        last = time.monotonic()
        parent.tell({"share": share, "en": text.en, "zh": text.zh})

    return tell


# -- what passes between them ------------------------------------------------------------------------


def _with_tuples(fields: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples: the rows of these fields are given back as they were."""
    return {
        name: [tuple(row) for row in value] if name in ("left_out", "notes") else value
        for name, value in fields.items()
    }


def _loads(text: bytes) -> Any:
    return json.loads(text, object_hook=_undated)


def _dumps(value: Any) -> bytes:
    # In ASCII, since a cell can hold half of an emoji, which UTF-8 refuses.
    return json.dumps(value, default=_dated).encode("ascii")


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
    raise SystemExit(main())
