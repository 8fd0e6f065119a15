"""Numbers as the parts of a workbook spell them.

Python also takes ``nan``, ``1_000``, ``-1`` and full-width digits for numbers. In a count, a position
or a cell they are damage, and an index of -1 would quietly mean the last one.

Source: ISO/IEC 29500-1, 18.18 (counts and positions are ``xsd:unsignedInt``).
"""

from __future__ import annotations

import math
import re

from csm_xl.formulas.addresses import MAX_COLUMN
from csm_xl.ooxml.xml_parts import Element

_WHOLE = re.compile(r"[ \t\r\n]*\+?0*([0-9]{1,10})[ \t\r\n]*\Z")


def whole(text: str) -> int:
    """A count or a position.

    Raises
    ------
    ValueError
        It is none.
    """
    found = _WHOLE.match(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return int(found[1])


def decimal(text: str | bytes) -> float:
    """A number that a cell can hold.

    Raises
    ------
    ValueError
        It is none, or so large that no cell holds it.
    """
    raw = text.encode("ascii") if isinstance(text, str) else text
    number = float(raw)
    if not math.isfinite(number) or b"_" in raw:
        raise ValueError(f"{raw[:40]!r} is not a number of a cell")
    return number


def whole_of(element: Element, name: str, default: int = 0) -> int:
    """A count in an attribute; `default` where there is none, or nonsense that only looks depend on."""
    try:
        return whole(element.get(name, ""))
    except ValueError:
        return default


def decimal_of(element: Element, name: str) -> float | None:
    """A size in an attribute; None where there is none, or nonsense."""
    try:
        return decimal(element.get(name, ""))
    except ValueError:
        return None


def columns_of(element: Element) -> tuple[int, int] | None:
    """First and last column of a ``<col>``; None where it names none, and says nothing then."""
    first, last = whole_of(element, "min"), whole_of(element, "max")
    return (first, min(last, MAX_COLUMN)) if 1 <= first <= min(last, MAX_COLUMN) else None
