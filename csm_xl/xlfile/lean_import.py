"""Importing xlwings for work on files: a third of its memory and half its time are for plots."""

from __future__ import annotations

import sys


def import_xlwings_without_plots() -> None:
    """Import xlwings without matplotlib, which it loads only to insert figures as pictures.

    For a process of our own that works on files, such as the terminal's, before anything else
    imports xlwings. matplotlib itself can be imported as usual afterwards. Does nothing where
    either is loaded already.
    """
    if "xlwings" in sys.modules or "matplotlib" in sys.modules:
        return
    # xlwings tries the import and does without it; an entry of None makes the attempt fail.
    sys.modules["matplotlib"] = None  # type: ignore[assignment]
    try:
        import xlwings  # noqa: F401
    finally:
        del sys.modules["matplotlib"]
