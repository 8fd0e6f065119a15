"""One writer at a time: a second csm-xl waits until the first has put its file in place.

The lock belongs to the system and ends with the process, so a kill leaves nothing behind. Programs
that do not ask for it are noticed by the file's stamp instead (:mod:`csm_xl.ooxml.package`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

#: How long another csm-xl may take to put a finished file in place.
_WAIT_MILLISECONDS = 60_000
#: Where there are no locks.
_NO_SAVE_TAKES_SECONDS = 3600


@contextlib.contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock of a file while it is checked and replaced; without one where none is to be had.

    Parameters
    ----------
    path : Path
        The file; it need not exist.
    """
    with _windows_mutex(path) if sys.platform == "win32" else _flock(path):
        yield


def mark_as_being_written(handle: int) -> bool:
    """Lock a new file, for as long as it is open, against :func:`is_being_written`.

    Returns
    -------
    bool
        False where somebody took it for a leftover and deleted it: make another.
    """
    if sys.platform != "win32":
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        return os.fstat(handle).st_nlink > 0
    return True


def is_being_written(path: Path) -> bool:
    """Whether a csm-xl that still runs writes this file; what a killed one left is free.

    Where the file system knows no locks, a file that was written to in the last hour counts.
    """
    recent = time.time() - path.stat().st_mtime < _NO_SAVE_TAKES_SECONDS
    if sys.platform == "win32":
        return recent
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return recent
    finally:
        os.close(handle)
    return False


@contextlib.contextmanager
def _flock(path: Path) -> Iterator[None]:
    """Lock the file itself; once it was replaced by another writer, its successor."""
    import fcntl

    held: int | None = None
    try:
        with contextlib.suppress(OSError):
            # Some network folders know no locks: the stamp must do there.
            while held is None:
                held = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                fcntl.flock(held, fcntl.LOCK_EX)
                if not os.path.samestat(os.fstat(held), path.stat()):
                    os.close(held)
                    held = None
        yield
    finally:
        if held is not None:
            os.close(held)


@contextlib.contextmanager
def _windows_mutex(path: Path) -> Iterator[None]:
    """A mutex named after the file: Windows does not replace a file that is open."""
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateMutexW.restype = ctypes.c_void_p
    mark = hashlib.sha256(os.path.normcase(path.resolve()).encode()).hexdigest()[:32]
    mutex = kernel.CreateMutexW(None, False, f"Local\\csm-xl-{mark}")
    try:
        if mutex:
            kernel.WaitForSingleObject(ctypes.c_void_p(mutex), _WAIT_MILLISECONDS)
        yield
    finally:
        if mutex:
            kernel.ReleaseMutex(ctypes.c_void_p(mutex))
            kernel.CloseHandle(ctypes.c_void_p(mutex))
