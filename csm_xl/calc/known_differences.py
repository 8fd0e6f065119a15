"""Where formualizer computes something else than Excel: such formulas are left alone.

Found by comparing some 700 formulas with LibreOffice and with Microsoft's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from csm_xl.calc import kept_reasons as reasons
from csm_xl.calc.expression_writer import Part
from csm_xl.calc.kept_reasons import NotCalculated
from csm_xl.formulas.syntax import Literal, Node, Omitted, Prefix
from csm_xl.formulas.tokens import Kind

_QUOTED = r'"[^"]*"'
_BESIDE = (
    rf"(?:{_QUOTED}|\[(?:Red|Blue|Green|Black|White|Yellow|Magenta|Cyan)\]|[ ¥￥$€£()+\-元%])*"
)
_DIGITS = r"(?:[#0][#0,]*(?:\.[#0]*,*)?|\.[#0]+)"
_SECTION = rf"(?:{_BESIDE}{_DIGITS}{_BESIDE}|{_BESIDE})"
_NUMBER_FORMAT = re.compile(rf"(?:General|@|{_SECTION}(?:;{_SECTION}){{0,3}})", re.IGNORECASE)
#: A comma that does not group by threes.
_DECIMAL_COMMA = re.compile(r"[#0],(?![#0]{3}(?![#0]))[#0]")
_DATE_FORMAT = re.compile(
    rf"(?:yyyy|yy|m{{1,4}}|d{{1,4}}|hh?|ss?|AM/PM|\[hh?\]|[-/:., 年月日时分秒]|{_QUOTED})+",
    re.IGNORECASE,
)
#: In Chinese, Japanese and Korean Excel these count a character as two.
_BYTES = frozenset({"LENB", "LEFTB", "RIGHTB", "MIDB", "FINDB", "SEARCHB", "REPLACEB"})
_SURE_UNITS = frozenset({"Y", "M", "D", "YM"})

#: A text that Excel may read as a number or date where a number is expected.
MAY_BE_NUMBER = re.compile(
    r"[\s$¥￥€£()+\-]*\d[\d\s,.:/\-年月日时分秒%()]*(?:[a-z]{2,9}\.?[\d\s,.:/\-]*)?"
    r"|\s*[a-z]{3,9}\.?\s*\d{1,2}(?:,?\s*\d{2,4})?",
    re.IGNORECASE,
)
#: A text that formualizer reads as a number, too.
SURELY_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:E[-+]?\d+)?%?\s*", re.IGNORECASE)


def text_of(node: Node) -> str | None:
    """The text of a text literal."""
    if isinstance(node, Literal) and node.kind is Kind.TEXT:
        return node.text[1:-1].replace('""', '"')
    return None


def refuse_differences(
    function: str,
    arguments: Sequence[Node],
    parts: Sequence[Part],
    decimal_comma: bool | None,
) -> None:
    """Refuse a call that formualizer computes differently.

    Parameters
    ----------
    function : str
    arguments : sequence of Node
    parts : sequence of Part
        The arguments as translated.
    decimal_comma : bool or None
        Whether the owner's Excel puts a comma before decimals, if that is known.

    Raises
    ------
    NotCalculated
    """
    if function == "TEXT" and len(arguments) > 1:
        shown = text_of(arguments[1])
        if shown is None or not (_NUMBER_FORMAT.fullmatch(shown) or _DATE_FORMAT.fullmatch(shown)):
            raise reasons.unsupported("an unusual number format", "不常见的数字格式")
        if _of_another_language(shown, decimal_comma):
            raise reasons.unsupported(
                "a number format that depends on the language of Excel",
                "随 Excel 语言而变的数字格式",
            )
    elif function in _BYTES:
        raise reasons.unsupported(
            "a function of bytes, which depends on the language of Excel",
            "按字节计算的函数（结果取决于 Excel 的语言）",
        )
    elif function == "TYPE" and parts and parts[0].shape:
        raise reasons.unsupported("TYPE of an array", "对数组使用的 TYPE")
    elif function == "DATEDIF" and len(arguments) > 2:
        if (text_of(arguments[2]) or "").upper() not in _SURE_UNITS:
            raise reasons.unsupported("DATEDIF with this unit", "使用该单位的 DATEDIF")
    elif (
        function in ("NETWORKDAYS", "WORKDAY")
        and len(parts) > 2
        and parts[2].text
        and parts[2].area is None
    ):
        raise reasons.unsupported("holidays that are not cells", "不在单元格中的节假日")


def _of_another_language(shown: str, decimal_comma: bool | None) -> bool:
    """Whether a number format may mean something else: ``0,00`` are two decimals in German."""
    if _DATE_FORMAT.fullmatch(shown) or decimal_comma is False:
        return False
    bare = re.sub(_QUOTED, "", shown)
    if decimal_comma and set(bare) & set(".,"):
        return True
    return _DECIMAL_COMMA.search(bare) is not None


class Search(NamedTuple):
    """How a lookup function searches.

    Attributes
    ----------
    exact : bool
    descending : bool
    by_row : bool
        Whether the first row is searched instead of the first column.
    """

    exact: bool
    descending: bool
    by_row: bool


def search_of(function: str, arguments: Sequence[Node], parts: Sequence[Part]) -> Search | None:
    """How a call of MATCH, LOOKUP, VLOOKUP or HLOOKUP searches; None for other functions.

    Raises
    ------
    NotCalculated
        When only computing will tell.
    """
    if function == "LOOKUP" and len(arguments) >= 2:
        area = parts[1].area
        wide = area is not None and len(arguments) == 2 and area.columns > area.rows
        return Search(False, False, wide or (area is not None and area.rows == 1))
    if function == "MATCH" and len(arguments) >= 2:
        kind = _number(arguments[2]) if len(arguments) > 2 else 1.0
        area = parts[1].area
        return Search(kind == 0, kind < 0, area is not None and area.rows == 1)
    if function in ("VLOOKUP", "HLOOKUP") and len(arguments) >= 3:
        near = _number(arguments[3]) if len(arguments) > 3 else 1.0
        return Search(near == 0, False, function == "HLOOKUP")
    return None


def number_of(node: Node) -> float | None:
    """The number that is written, None for anything computed."""
    try:
        return _number(node)
    except NotCalculated:
        return None


def _number(node: Node) -> float:
    """The number that an argument is, 0 when left empty."""
    if isinstance(node, Omitted):
        return 0.0
    if isinstance(node, Prefix) and node.operator in ("-", "+"):
        return -_number(node.operand) if node.operator == "-" else _number(node.operand)
    if isinstance(node, Literal) and node.kind is Kind.NUMBER:
        return float(node.text)
    if isinstance(node, Literal) and node.kind is Kind.LOGICAL:
        return 1.0 if node.text.upper() == "TRUE" else 0.0
    raise reasons.unsupported("a kind of search that is computed", "由公式决定的查找方式")
