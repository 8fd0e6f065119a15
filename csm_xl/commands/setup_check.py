"""Check setup: this computer and the open workbook."""

from __future__ import annotations

import xlwings as xw

from csm_xl.commands.outcome import Outcome


def check_setup(book: xw.Book) -> Outcome:
    """What could keep csm-xl from working here, and what to do about it. Writes nothing."""
    # The checks look at the registry, at Excel and at every package: only when asked for.
    from csm_xl import doctor

    return doctor.check_setup(book)
