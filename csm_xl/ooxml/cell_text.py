"""Values as they are spelled in a sheet's XML, and back.

Text is escaped twice: as XML, and before that control characters as ``_xHHHH_`` (ISO/IEC 29500-1,
22.9.2.19 ST_Xstring), which XML 1.0 cannot hold.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from csm_xl.errors import EXCEL_ERRORS, SheetError
from csm_xl.formulas.workbook_model import CellValue, ErrorValue

#: Excel's limit for the text in one cell.
MAX_TEXT = 32_767

_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_HEX = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_KEEP_SPACE = re.compile(r"^\s|\s$|[\n\t]|  ")


def _entity(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return chr(int(match[2])) if match[2] else _NAMED[match[3]]


def decode_xml(raw: bytes) -> str:
    """The characters that a piece of XML text stands for."""
    text = raw.decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_entity, text) if "&" in text else text


def decode_text(raw: bytes) -> str:
    """The text of a cell, from the XML text of a ``<t>`` or ``<v>``."""
    return unescape_controls(decode_xml(raw))


def unescape_controls(text: str) -> str:
    """Undo ``_xHHHH_``; half of a pair that stands alone, which is no character, becomes U+FFFD."""
    if "_x" not in text:
        return text
    text = _HEX.sub(lambda m: chr(int(m[1], 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def escape_controls(text: str) -> str:
    """Spell characters that XML cannot hold as ``_xHHHH_``; a lone surrogate becomes U+FFFD."""
    text = _SURROGATE.sub("\ufffd", text)
    return _ILLEGAL.sub(lambda m: f"_x{ord(m[0]):04X}_", text)


def encode_xml(text: str) -> bytes:
    """XML text (not an attribute)."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.encode("utf-8")


def encode_text(text: str) -> bytes:
    """The XML text of a cell's text."""
    return encode_xml(escape_controls(text))


def inline_string(text: str, prefix: bytes = b"") -> bytes:
    """An ``<is>`` element that holds `text`, and keeps its spaces."""
    space = b' xml:space="preserve"' if _KEEP_SPACE.search(text) else b""
    p = prefix
    return b"<%sis><%st%s>%s</%st></%sis>" % (p, p, space, encode_text(text), p, p)


def encode_number(value: float) -> bytes:
    """The shortest spelling that reads back as the same double."""
    if value == int(value) and abs(value) < 1e15:
        return b"%d" % int(value)
    return repr(float(value)).encode("ascii")


def normalised(value: object) -> CellValue:
    """What a cell holds after `value` was written to it: float, str, bool, ErrorValue or None.

    Not a number is an empty cell, as xlwings writes it; an infinity is ``#NUM!``.

    Raises
    ------
    SheetError
        The text is longer than a cell can hold.
    TypeError
        Not a value of a cell.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise SheetError(
                f"A text of {len(value):,} characters does not fit into a cell "
                f"(at most {MAX_TEXT:,}).",
                f"文本长达 {len(value):,} 个字符，超出单元格上限（{MAX_TEXT:,} 个字符）。",
            )
        return value or None
    if isinstance(value, float | int):
        value = float(value)
        if math.isfinite(value):
            return value
        return None if math.isnan(value) else ErrorValue("#NUM!")
    item = getattr(value, "item", None)
    if item is not None:
        return normalised(item())
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def parse_error(code: str) -> ErrorValue:
    """An error value, known or not."""
    return ERRORS.get(code) or ErrorValue(code)


#: One object for each error, so that a column of errors costs nothing.
ERRORS: dict[str, ErrorValue] = {code: ErrorValue(code) for code in EXCEL_ERRORS}

_EPOCH_1900 = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)


def serial_of(moment: date, date1904: bool) -> float:
    """The number that stands for a date, with Excel's 29 February 1900."""
    if isinstance(moment, datetime):
        moment = moment.replace(tzinfo=None)
    else:
        moment = datetime.combine(moment, time())
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    days = (moment - epoch) / timedelta(days=1)
    return days - 1 if not date1904 and 2 <= days < 61 else days


def date_of(serial: float, date1904: bool) -> datetime | None:
    """The moment a number stands for, to the microsecond; None outside Excel's calendar."""
    if not 0 <= serial < 2_958_466:
        return None
    if not date1904 and 1 <= serial < 60:
        serial += 1
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    # A millionth of a second is more than a double can tell at today's serials.
    return epoch + timedelta(milliseconds=round(serial * 86_400_000))


def parse_iso_date(text: str, date1904: bool) -> CellValue:
    """The serial of an ISO 8601 date as strict files hold it; the text itself if it is none."""
    try:
        return serial_of(datetime.fromisoformat(text), date1904)
    except ValueError:
        return text
