"""What a workbook says about its tables, as plain data: what the owner set, and what csm-xl wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from csm_xl.company.chosen_roles import Chosen
from csm_xl.vocabulary.cell_readers import serial


@dataclass(frozen=True)
class Facts:
    """What is known before a table is looked at.

    Attributes
    ----------
    records : mapping of str to str
        The workbook's records, as texts.
    cells : mapping of str to (str, int, int)
        The hidden names of csm-xl's title cells, to sheet, row and column.
    chosen : Chosen
        The roles that the owner set.
    today : float
        The date of the figures, a serial number.
    """

    records: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, tuple[str, int, int]] = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen)
    today: float = field(default_factory=lambda: serial(dt.date.today()))


NOTHING = Facts()
