"""The cells of an export as people type and programs write them: texts and amounts.

A whole column is read at once: what one cell leaves open (``1,234``) others may tell.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from csm_xl.vocabulary.cells import as_text
from csm_xl.vocabulary.currencies import AFFIX, currency_code
from csm_xl.vocabulary.placeholders import is_nothing

#: Excel's limit of a cell.
LONGEST_TEXT = 32_767
_FORMULA_TEXT = re.compile(r'=\s*"(.*)"', re.DOTALL)
_INVISIBLE = dict.fromkeys(
    [0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0xAD, 0x202A, 0x202C, 0x200E, 0x200F]
)
#: Plain letters and signs with a digit among them: nothing is wrapped around them, and no mark for
#: nothing has a digit. Most cells of a large export are such.
_PLAIN = re.compile(r"(?=[ -~]*[0-9])[A-Za-z0-9#$](?:[ -~]*[!-~])?")
_PLAIN_AMOUNT = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,2})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def unwrapped(cell: Any) -> Any:
    """A cell without what programs wrap around it so that Excel leaves it alone; None for nothing.

    ``="2500…"`` becomes 2500…, a tab or a blank in front goes, ``-``, ``--``, ``无`` and ``(空)``
    are nothing. A leading ``'`` is kept here: see :func:`texts`.
    """
    if not isinstance(cell, str) or _PLAIN.fullmatch(cell):
        return cell
    text = cell.translate(_INVISIBLE).replace("\xa0", " ").strip()
    if text.startswith("="):
        found = _FORMULA_TEXT.fullmatch(text)
        if found:
            text = found[1].replace('""', '"').strip()
    text = _CONTROL.sub("", text)
    return None if not text or is_nothing(text) else text


def blank(cell: Any) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def each(cells: Iterable[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Read every cell of a column; equal cells are read once."""
    known: dict[Any, Any] = {}
    found = []
    for cell in cells:
        # 1, 1.0 and True are one key of a dict, but three cells.
        key = cell if type(cell) is str else (type(cell), cell)
        try:
            found.append(known[key])
        except KeyError:
            known[key] = value = read(cell)
            found.append(value)
    return found


def without_mark(text: str) -> str:
    """A text without the ``'`` by which Excel is told that it is one."""
    return text[1:].lstrip() if text[:1] in "'’‘＇" and len(text) > 1 else text


def texts(cells: Sequence[Any]) -> list[str | None]:
    """A column of texts; ``'`` in front goes where most cells have it, for then it is a mark."""
    plain = each(cells, _text)
    filled = [cell for cell in plain if cell]
    marked = sum(cell[0] == "'" for cell in filled)
    if marked and marked * 2 >= len(filled):
        plain = [cell if cell is None else unwrapped(without_mark(cell)) for cell in plain]
    return plain


def _text(cell: Any) -> str | None:
    cell = unwrapped(cell)
    return None if cell is None else as_text(cell)


def identifiers(cells: Sequence[Any]) -> list[str | None]:
    """A column of numbers and keys as text: half width, without marks, no ``.0`` and no exponent."""
    return each(cells, identifier)


def identifier(cell: Any) -> str | None:
    """One number or key as text."""
    if type(cell) is str and len(cell) < 255 and "  " not in cell and _PLAIN.fullmatch(cell):
        return cell
    cell = unwrapped(cell)
    if cell is None:
        return None
    if isinstance(cell, str):
        cell = unwrapped(without_mark(cell))
        if cell is None:
            return None
        return " ".join(unicodedata.normalize("NFKC", cell).split())[:255]
    return as_text(cell)


# -- amounts -------------------------------------------------------------------------------------

_UNITS = {
    "万": 1e4,
    "萬": 1e4,
    "w": 1e4,
    "千": 1e3,
    "k": 1e3,
    "亿": 1e8,
    "億": 1e8,
    "m": 1e6,
    "百万": 1e6,
}
_AMOUNT = re.compile(
    rf"(?P<minus>[-−–+]?)\s*(?P<before>(?:{AFFIX})?)\s*(?P<minus2>[-−–+]?)\s*"
    r"(?P<digits>\d[\d.,'’\s]*|\.\d+)(?P<power>e[-+]?\d+)?\s*"
    rf"(?P<unit>百万|[万萬千亿億]|[wkm](?![a-z]))?\s*(?P<after>(?:{AFFIX})?)\s*(?:整|正)?(?P<minus3>-?)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\d,\d{1,2}(?!\d)|\d\.\d{3},\d|\d,\d{4,}(?!\d)")
_POINT = re.compile(r"\d\.\d{1,2}(?!\d)|\d,\d{3}\.\d|\d\.\d{4,}(?!\d)")
_FREE = frozenset(("free", "免费", "免單", "免单", "gratis"))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and, where it is written beside it, the sign of its currency."""

    number: float
    sign: str = ""

    def currency(self, preferred: str | None = None) -> str | None:
        """The code of the currency that the sign means."""
        return currency_code(self.sign, preferred) if self.sign else None


def decimal_sign(cells: Iterable[Any]) -> str:
    """``","`` or ``"."``: what stands before the decimals in a column, as its plain cases tell."""
    commas = points = 0
    for cell in cells:
        if isinstance(cell, str):
            commas += _COMMA.search(cell) is not None
            points += _POINT.search(cell) is not None
    return "," if commas > points else "."


def amounts(cells: Sequence[Any]) -> list[Amount | str | None]:
    """A column of amounts: an :class:`Amount`, None for nothing, the text that is none.

    ``￥1,234.50``, ``1.2万``, ``12元``, ``(45.00)``, ``45-`` and full-width digits are read;
    ``12,50`` and ``1.234,50`` as the column as a whole writes them. ``1e400`` is no amount.
    """
    sign = decimal_sign(cells)

    def read(cell: Any) -> Amount | str | None:
        return amount(cell, sign)

    return each(cells, read)


def amount(cell: Any, decimal: str = ".") -> Amount | str | None:
    """One amount, see :func:`amounts`."""
    if type(cell) is str and decimal == "." and _PLAIN_AMOUNT.fullmatch(cell):
        return Amount(float(cell))
    cell = unwrapped(cell)
    if cell is None:
        return None
    if isinstance(cell, (bool, dt.date, dt.time, dt.timedelta)):
        return as_text(cell)
    if isinstance(cell, (int, float)):
        return Amount(float(cell)) if abs(cell) < 1e15 else as_text(cell)
    text = unwrapped(without_mark(cell))
    if text is None:
        return None
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.casefold() in _FREE:
        return Amount(0.0)
    within = re.fullmatch(r"\((.*)\)|(.*)\bCR", plain)
    bare = ((within[1] or within[2]) if within else plain).strip()
    found = _AMOUNT.fullmatch(bare.removesuffix("%"))
    if found is None:
        return text
    number = _digits(found["digits"].strip(), decimal)
    if number is None:
        return text
    if found["power"]:
        number *= (
            10.0 ** min(int(found["power"][1:]), 400)
            if abs(int(found["power"][1:])) < 300
            else float("inf")
        )
    number *= _UNITS.get((found["unit"] or "").casefold(), 1.0) * (
        0.01 if bare.endswith("%") else 1.0
    )
    if not abs(number) < 1e15:
        return text
    minus = bool(within) ^ (
        "-"
        in (found["minus"] + found["minus2"] + found["minus3"]).replace("−", "-").replace("–", "-")
    )
    return Amount(-number if minus else number, found["before"] or found["after"])


def _digits(text: str, decimal: str) -> float | None:
    text = re.sub(r"['’\s]", "", text)
    thousands = "." if decimal == "," else ","
    last_comma, last_point = text.rfind(","), text.rfind(".")
    if last_comma >= 0 and last_point >= 0:
        # Whichever comes last stands before the decimals.
        thousands = "," if last_point > last_comma else "."
    elif (last_comma if decimal == "." else last_point) >= 0:
        only = "," if decimal == "." else "."
        parts = text.split(only)
        # 12,50 in a column of points, or 12.50 in one of commas, leaves no doubt either.
        if len(parts) == 2 and len(parts[1]) != 3 and parts[1]:
            thousands = "." if only == "," else ","
    whole, _, rest = text.partition("." if thousands == "," else ",")
    groups = whole.split(thousands)
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3
        and all(len(group) in (2, 3) for group in groups[1:-1])
        and len(groups[-1]) == 3
    ):
        return None
    if thousands in rest or not (groups[0] or rest):
        return None
    try:
        return float("".join(groups) + "." + (rest or "0"))
    except ValueError:
        return None
