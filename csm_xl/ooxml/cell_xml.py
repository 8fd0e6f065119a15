"""The XML of one cell, new or changed.

A cell that is written keeps its style and whatever attributes belong to the cell. It loses what
belongs to the former value: its type, and the rich value behind it (``vm``).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from csm_xl.formulas.addresses import column_letters
from csm_xl.formulas.workbook_model import CellValue, ErrorValue
from csm_xl.ooxml.cell_text import encode_number, encode_text, inline_string
from csm_xl.ooxml.sheet_scan import attributes_of
from csm_xl.ooxml.sheet_xml import Patterns


class Keep(Enum):
    """Says that a part of a cell stays as it is."""

    KEEP = 0


KEEP = Keep.KEEP


@dataclass(slots=True)
class CellEdit:
    """What becomes of one cell.

    Attributes
    ----------
    value : CellValue or KEEP
        The new value; beside a formula, the cached one.
    formula : bytes, None or KEEP
        The new ``<f>`` element, or None to have none.
    style : int or KEEP
        The new style (index into ``cellXfs``).
    computed : bool
        Whether the value comes from a formula, which may be in another cell (an array formula).
    """

    value: CellValue | Keep = KEEP
    formula: bytes | Keep | None = KEEP
    style: int | Keep = KEEP
    computed: bool = False


#: Columns of words ("High", "Low") repeat; a small cache spells each once.
_inline_string = lru_cache(maxsize=1024)(inline_string)


def cell_name(prefix: bytes, row: int, column: int) -> bytes:
    """How the element of a plainly spelled cell begins."""
    return b'<%sc r="%s%d"' % (prefix, column_letters(column).encode(), row)


def value_xml(prefix: bytes, value: CellValue, beside_formula: bool) -> tuple[bytes, bytes]:
    """The type attribute and the element that hold a value."""
    p = prefix
    if value is None:
        return b"", b""
    if value is True or value is False:
        return b' t="b"', b"<%sv>%d</%sv>" % (p, value, p)
    if isinstance(value, str):
        if isinstance(value, ErrorValue):
            return b' t="e"', b"<%sv>%s</%sv>" % (p, encode_text(value.code), p)
        if beside_formula:
            return b' t="str"', b"<%sv>%s</%sv>" % (p, encode_text(value), p)
        return b' t="inlineStr"', _inline_string(value, p)
    if not math.isfinite(value):
        # More than a cell holds, such as a sum of numbers that are each as large as one holds.
        return value_xml(prefix, ErrorValue("#NUM!"), beside_formula)
    return b"", b"<%sv>%s</%sv>" % (p, encode_number(value), p)


def new_cell(prefix: bytes, row: int, column: int, edit: CellEdit, inherited: int) -> bytes:
    """A cell that did not exist; empty where it would hold and show nothing."""
    style = inherited if edit.style is KEEP else edit.style
    formula = b"" if edit.formula is KEEP else edit.formula or b""
    value = None if edit.value is KEEP else edit.value
    kind, shown = value_xml(prefix, value, bool(formula) or edit.computed)
    if not shown and not formula:
        return b'%s s="%d"/>' % (cell_name(prefix, row, column), style) if style else b""
    return b"%s%s%s>%s%s</%sc>" % (
        cell_name(prefix, row, column),
        b' s="%d"' % style if style else b"",
        kind,
        formula,
        shown,
        prefix,
    )


def changed_cell(
    p: Patterns, prefix: bytes, row: int, column: int, edit: CellEdit, tag: bytes, content: bytes
) -> bytes:
    """A cell that existed; empty where nothing is left of it.

    Parameters
    ----------
    tag : bytes
        The attributes of the cell as spelled.
    content : bytes
        What is between its tags.
    """
    old = attributes_of(tag)
    style = old.get(b"s", b"") if edit.style is KEEP else b"%d" % edit.style if edit.style else b""
    kept = {k: v for k, v in old.items() if k not in (b"r", b"s", b"t")}
    if edit.value is KEEP and edit.formula is KEEP:
        kind, inner = (b' t="%s"' % old[b"t"] if b"t" in old else b""), content
    else:
        match = p.formula.search(content)
        formula = match[0] if match else b""
        if edit.formula is not KEEP:
            formula = edit.formula or b""
            kept.pop(b"cm", None)
        kept.pop(b"vm", None)
        value = None if edit.value is KEEP else edit.value
        kind, shown = value_xml(prefix, value, bool(formula) or edit.computed)
        inner = formula + shown + _extension(content, prefix)
    if not inner and not style and not kept:
        return b""
    return b"".join(
        (
            cell_name(prefix, row, column),
            b' s="%s"' % style if style else b"",
            b"".join(b' %s="%s"' % (k, v.replace(b'"', b"&quot;")) for k, v in kept.items()),
            kind,
            b">%s</%sc>" % (inner, prefix) if inner else b"/>",
        )
    )


def _extension(content: bytes, prefix: bytes) -> bytes:
    """The ``<extLst>`` at the end of a cell, which belongs to the cell and not to its value."""
    at = content.find(b"<%sextLst" % prefix)
    return content[at:] if at >= 0 else b""
