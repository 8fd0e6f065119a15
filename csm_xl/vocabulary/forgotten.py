"""What stands where a person was who is forgotten: a code that leads to nobody."""

from __future__ import annotations

import re
import secrets

from csm_xl.language import Language, Text

_WORD = Text("Forgotten", "已遗忘")
_CODE = re.compile(rf"(?:{_WORD.en}|{_WORD.zh})_[0-9A-F]{{6}}")


def new_code(lang: Language) -> str:
    """A code for one more person, such as ``Forgotten_3FA27C``; a sheet's name may hold it."""
    return f"{_WORD.within(lang)}_{secrets.token_hex(3).upper()}"


def is_forgotten(cell: object) -> bool:
    """Whether a cell holds such a code."""
    return isinstance(cell, str) and _CODE.fullmatch(cell.strip()) is not None
