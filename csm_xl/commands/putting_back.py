"""Putting a safety copy in the place of a workbook: at once, or once Excel has closed it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from csm_xl.errors import CsmError, FileBusyError
from csm_xl.logs import log_failure
from csm_xl.ooxml import atomic_write
from csm_xl.safety_copies import note_saved

#: Seconds: Excel closes a workbook within a moment; whoever keeps it open has changed their mind.
_PATIENCE, _PACE = 120.0, 0.5


def bring_back(path: Path, copy: Path, *, spend: bool) -> None:
    """Put a safety copy in the place of a workbook that no program has open.

    Parameters
    ----------
    path, copy : Path
    spend : bool
        Whether the copy goes, since another one took its place.

    Raises
    ------
    FileError, FileBusyError
        Nothing was changed.
    """
    content, stamp = copy.read_bytes(), atomic_write.file_stamp(path)
    atomic_write.replace_file(
        path, lambda out: _write(out, content), lambda: atomic_write.file_stamp(path) == stamp
    )
    if spend:
        copy.unlink(missing_ok=True)
    note_saved(path)


def reopen_when_closed(path: Path, copy: Path) -> None:
    """Start the process; it outlives the Python behind the workbook's functions."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", __name__, str(path), str(copy)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A process keeps its folder from being moved or deleted on Windows.
        cwd=tempfile.gettempdir(),
        env={**os.environ, "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        creationflags=flags,
    )


def put_back(path: Path, copy: Path, patience: float = _PATIENCE) -> bool:
    """Wait until no program has the workbook open, and put the copy in its place; whether it was done."""
    until = time.monotonic() + patience
    while True:
        try:
            bring_back(path, copy, spend=True)
        except FileBusyError:
            if time.monotonic() > until:
                return False
            time.sleep(_PACE)
        except (CsmError, OSError) as error:
            # It opens again as it is; the copy stays where it was.
            log_failure("undo could not put the workbook back", error)
            return True
        else:
            return True


def main(arguments: list[str]) -> None:
    """Put the copy back, then open the workbook as a double click would."""
    path, copy = map(Path, arguments)
    if put_back(path, copy) and sys.platform == "win32":
        os.startfile(path)  # noqa: S606 - the owner's own workbook


def _write(out: object, content: bytes) -> None:
    out.write(content)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1:])
