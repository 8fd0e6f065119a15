"""Which functions of the calculator are proved against Excel's own results.

The table is made by ``benchmarks/proved_functions.py`` from workbooks that Excel computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

#: Functions that give something else at another time, or depend on more than the workbook.
INCOMPARABLE = frozenset({"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "CELL", "INFO"})
_TABLE = Path(__file__).with_name("proved_functions.json")


@cache
def proved_functions() -> dict[str, str]:
    """Functions in capitals, each ``"proved"``, ``"limits"`` or ``"unproved"``."""
    known: dict[str, str] = json.loads(_TABLE.read_text(encoding="utf-8"))
    return known


def unproved(functions: Iterable[str]) -> list[str]:
    """Those of the functions for which no result of Excel shows that they are computed alike."""
    known = proved_functions()
    return sorted(
        name
        for name in functions
        if known.get(name, "unproved") == "unproved" and name not in INCOMPARABLE
    )


def all_proved(functions: Iterable[str]) -> bool:
    """Whether results of Excel show for each of the functions that it is computed alike."""
    known = proved_functions()
    return all(known.get(name) == "proved" for name in functions)
