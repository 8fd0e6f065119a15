"""The log file: what went wrong and when, on this computer only."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

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


def log() -> logging.Logger:
    """The logger; its file is opened at the first use, and a folder that is read-only is no error."""
    if not _logger.handlers:
        handler: logging.Handler
        try:
            log_file().parent.mkdir(parents=True, exist_ok=True)
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
