"""The log file: what went wrong and when, on this computer only."""

from __future__ import annotations

import logging
import os
import re
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

#: The last line of a traceback: the kind of an error and its text, which may go on below.
_ERROR_TEXT = re.compile(
    r"^([A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt)): .*\Z", re.M | re.S
)

_logger = logging.getLogger("csm_xl")


def data_folder() -> Path:
    """The folder where csm-xl keeps its log, backups and settings for this user.

    ``CSM_XL_HOME`` overrides the platform's usual place.
    """
    if chosen := os.environ.get("CSM_XL_HOME"):
        return Path(chosen)
    if sys.platform.startswith("win"):
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "csm-xl"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "csm-xl"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "csm-xl"


def log_file() -> Path:
    """Where the log is written."""
    return data_folder() / "csm-xl.log"


def private_folder(folder: Path) -> Path:
    """A folder that nobody but this user can list, made with all that is missing above it.

    Raises
    ------
    OSError
    """
    missing = [folder, *folder.parents][: _missing(folder)]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    if sys.platform != "win32" and folder.is_relative_to(data_folder()):
        for each in (data_folder(), folder):
            if each.exists():
                each.chmod(0o700)
    return folder


def _missing(folder: Path) -> int:
    """How many folders at the end of a path do not exist."""
    return next((n for n, each in enumerate([folder, *folder.parents]) if each.exists()), 0)


def log_failure(what: str, error: BaseException) -> None:
    """Log an error that nobody expected: its kind and where it happened, never its text.

    The text of an error may hold what stood in a cell, and the log stays on the disk for long.
    """
    where = "".join(traceback.format_tb(error.__traceback__))
    log().error("%s: %s\n%s", what, type(error).__name__, where)


def without_texts(said: str) -> str:
    """What a process printed when it failed, without what its errors say after their kind."""
    return _ERROR_TEXT.sub(r"\1", said)


def log() -> logging.Logger:
    """The logger; its file is opened at the first use, and a folder that is read-only is no error."""
    if not any(isinstance(h, (RotatingFileHandler, logging.NullHandler)) for h in _logger.handlers):
        handler: logging.Handler
        try:
            private_folder(log_file().parent)
            log_file().touch(mode=0o600)
            log_file().chmod(0o600)
            handler = RotatingFileHandler(
                log_file(), maxBytes=512_000, backupCount=2, encoding="utf-8", delay=True
            )
        except OSError:
            handler = logging.NullHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False
    return _logger
